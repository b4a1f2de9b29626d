"""Which column of a VCF is the tumour, and which its normal: by name, never by position."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sclcohort.variants.header import fields_of
from sclcohort.variants.refusal import RefusedVcfError

TUMOUR, NORMAL = "tumour", "normal"
_WORDS = {"tumor": TUMOUR, "tumour": TUMOUR, "normal": NORMAL, "germline": NORMAL, "blood": NORMAL}
# P01_T and P01_N: a letter is a role only as the last part of a name.
_LETTERS = {"t": TUMOUR, "n": NORMAL}
# ##tumor_sample=NAME (Mutect2); the option of a command line that a header records (MuTect, TNscope).
_WHOLE_LINE = re.compile(r"^##(?P<role>tumou?r|normal)_sample=(?P<name>.+?)\s*$", re.IGNORECASE)
_OPTION = re.compile(
    r"\b(?P<role>tumou?r|normal)[_-]sample(?:[_-]name)?(?:=|\s+)[\"']?(?P<name>[^\s\"',>]+)", re.IGNORECASE
)
_SAMPLE_LINE = re.compile(r"^##SAMPLE=<(.*)>\s*$")
_PEDIGREE_LINE = re.compile(r"^##PEDIGREE=<(.*)>\s*$")


@dataclass(frozen=True)
class Columns:
    """The columns to read.

    Parameters
    ----------
    tumour : str
        Name in the file.
    normal : str or None
        Name in the file; None in a tumour-only file, or where no column is known to be the normal.
    rule : str
        How the tumour was found: ``sheet``, ``header``, ``name``, ``only_column``; ``info`` where the
        file has no columns and INFO has the reads.
    note : str
        What a reader should know, e.g. columns left out; empty when nothing.
    """

    tumour: str
    normal: str | None
    rule: str
    note: str = ""


def choose_columns(
    columns: Sequence[str],
    header_lines: Iterable[str],
    *,
    sample_id: str,
    tumour_named: str | None,
    normal_named: str | None,
) -> Columns:
    """Choose the tumour and the normal column.

    The sheet decides; else what the header says; else the sample_id or a conventional name
    (TUMOR, P01_N, ...); else the only column.

    Parameters
    ----------
    columns : sequence of str
        Sample columns of the file; at least one.
    header_lines : iterable of str
        Its ``##`` lines.
    sample_id : str
        The sample of the sheet.
    tumour_named, normal_named : str or None
        The sheet's variants_sample and normal_sample.

    Raises
    ------
    RefusedVcfError
        A named column that is not there, or more than one answer.
    """
    for sheet_column, name in (("variants_sample", tumour_named), ("normal_sample", normal_named)):
        if name is not None and name not in columns:
            raise RefusedVcfError(_not_there(sheet_column, name, columns))
    if tumour_named is not None and tumour_named == normal_named:
        raise RefusedVcfError(f'variants_sample and normal_sample both name "{tumour_named}"; name two columns')
    by_header = roles_in_header(header_lines, columns)
    by_name = {name: role for name in columns if (role := role_of_name(name))}
    tumour, rule = _tumour(columns, by_header, by_name, sample_id, tumour_named, normal_named)
    normal = normal_named or _normal(tumour, by_header, by_name)
    left_out = [name for name in columns if name not in (tumour, normal)]
    note = ""
    if normal is None and left_out:
        note = (
            f"no column is known to be the normal ({_listed(left_out)} left out); "
            "if one is, name it as normal_sample in the sample sheet"
        )
    return Columns(tumour, normal, rule, note)


def _tumour(
    columns: Sequence[str],
    by_header: dict[str, str],
    by_name: dict[str, str],
    sample_id: str,
    tumour_named: str | None,
    normal_named: str | None,
) -> tuple[str, str]:
    """Return the tumour column and the rule that found it."""
    if tumour_named is not None:
        return tumour_named, "sheet"
    candidates = [name for name in columns if name != normal_named]
    if normal_named is not None and len(candidates) == 1:
        return candidates[0], "sheet"
    for rule, roles in (("header", by_header), ("name", {**by_name, **by_header})):
        tumours = [name for name in candidates if roles.get(name) == TUMOUR]
        rest = [name for name in candidates if roles.get(name) != NORMAL]
        if sample_id in tumours or (rule == "name" and sample_id in rest):
            return sample_id, rule
        if len(tumours) == 1:
            return tumours[0], rule
        # Every other column is known to be a normal: what is left is the tumour.
        if not tumours and len(rest) == 1 and len(candidates) > 1:
            return rest[0], rule
    if len(columns) == 1 and by_name.get(columns[0]) != NORMAL:
        return columns[0], "only_column"
    if len(columns) == 1:
        raise RefusedVcfError(
            f'the only column is "{columns[0]}", the name of a normal; if it is the tumour, '
            "name it as variants_sample in the sample sheet"
        )
    raise RefusedVcfError(
        f"which column is the tumour cannot be told ({_listed(columns)}); "
        "name it as variants_sample, and the normal as normal_sample, in the sample sheet"
    )


def _normal(tumour: str, by_header: dict[str, str], by_name: dict[str, str]) -> str | None:
    for roles in (by_header, by_name):
        normals = [name for name, role in roles.items() if role == NORMAL and name != tumour]
        if len(normals) == 1:
            return normals[0]
    return None


def role_of_name(name: str) -> str | None:
    """Return the role that a column name states: None where it states none, or both."""
    parts = [part for part in re.split(r"[^a-z0-9]+", name.casefold()) if part]
    roles = {_WORDS[part] for part in parts if part in _WORDS}
    if not roles and parts and parts[-1] in _LETTERS:
        roles = {_LETTERS[parts[-1]]}
    return roles.pop() if len(roles) == 1 else None


def roles_in_header(lines: Iterable[str], columns: Sequence[str]) -> dict[str, str]:
    """Return the roles that header lines give to columns of the file; contradictory ones are left out."""
    found: dict[str, set[str]] = {}

    def note(name: str, role: str) -> None:
        if name in columns:
            found.setdefault(name, set()).add(role)

    for line in lines:
        whole = _WHOLE_LINE.match(line)
        for match in [whole] if whole else _OPTION.finditer(line):
            note(match["name"], NORMAL if match["role"].casefold() == "normal" else TUMOUR)
        sample, pedigree = _SAMPLE_LINE.match(line), _PEDIGREE_LINE.match(line)
        if sample:
            pairs = fields_of(sample[1])
            role = role_of_name(pairs.get("Description", ""))
            if role is not None:
                note(pairs.get("ID", ""), role)
        if pedigree:
            pairs = fields_of(pedigree[1])
            note(pairs.get("Derived", pairs.get("ID", "")), TUMOUR)
            note(pairs.get("Original", ""), NORMAL)
    return {name: roles.pop() for name, roles in found.items() if len(roles) == 1}


def _not_there(sheet_column: str, name: str, columns: Sequence[str]) -> str:
    folded = {column.casefold(): column for column in columns}
    close = difflib.get_close_matches(name.casefold(), folded, n=1, cutoff=0.6)
    hint = f'did you mean "{folded[close[0]]}"?' if close else f"write one of them as {sheet_column}"
    return f'{sheet_column} "{name}" is no column of the VCF, which has {_listed(columns)}; {hint}'


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(f'"{name}"' for name in names[:6])
    return shown if len(names) <= 6 else f"{shown} and {len(names) - 6} more"
