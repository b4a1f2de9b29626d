"""VCFs without sample columns whose INFO counts the reads of the tumour: give them the columns they lack.

LoFreq calls one BAM file and writes no sample columns; PCGR asks its users to put depth and allele
fraction of tumour and control into INFO. The values are copied as they are into FORMAT, so that
everything downstream reads one kind of VCF.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from sclcohort.variants.columns import Columns
from sclcohort.variants.dialects import Detected, Dialect, dialect_named
from sclcohort.variants.header import Definition, Header
from sclcohort.variants.refusal import RefusedVcfError

TUMOUR, NORMAL = "tumour", "normal"
FIXED = 8
NOTE = "no sample columns: reads are those in INFO; germline variants are among them unless the caller left them out"
# Number and Type of the FORMAT fields that are written.
_FIELDS = {
    "DP": ("1", "Integer"),
    "DP4": ("4", "Integer"),
    "RD": ("1", "Integer"),
    "AD": ("A", "Integer"),
    "AF": ("A", "Float"),
}


@dataclass(frozen=True)
class InfoCounts:
    """Where INFO holds the reads.

    Parameters
    ----------
    dialect : str
        Name of the dialect that reads the FORMAT fields made of them.
    tumour, normal : mapping of str to str
        FORMAT field to the INFO tag it is copied from; the same fields for both. No normal: empty.
    needed : frozenset of str
        INFO tags that are all defined where a file is of this kind.
    """

    dialect: str
    tumour: Mapping[str, str]
    normal: Mapping[str, str]
    needed: frozenset[str]


KINDS = (
    # DP is the depth that AF is a fraction of, DP4 reference and alternate reads by strand. SB sets it apart from
    # bcftools call, whose DP4 counts all samples. Source: CSB5/lofreq, lofreq_call.c (report_var, call_alt_ins) and
    # vcf_var_sprintf_info beside it.
    InfoCounts("lofreq", {"DP": "DP", "DP4": "DP4", "AF": "AF"}, {}, frozenset(("DP", "DP4", "AF", "SB"))),
    # Source: sigven/pcgr, input files, "Formatting of variant sequencing depth/allelic support"; CDP and CVAF are the
    # same of the control. Reads of the alternate allele are not given and not computed from a rounded fraction.
    InfoCounts("pcgr", {"DP": "TDP", "AF": "TVAF"}, {"DP": "CDP", "AF": "CVAF"}, frozenset(("TDP", "TVAF"))),
)
_NO_KIND: tuple[None, None, str] = (None, None, "")


@dataclass(frozen=True)
class Completed:
    """A VCF with the columns it lacked.

    Parameters
    ----------
    header : Header
        With the FORMAT fields and columns.
    columns : Columns
        Their names, and rule ``info``.
    dialect : Detected
        That reads the fields, and what gave it away.
    records : Path
        Text of the records.
    """

    header: Header
    columns: Columns
    dialect: Detected
    records: Path


def complete(
    blocks: Iterator[bytes],
    header: Header,
    *,
    tumour_named: str | None,
    normal_named: str | None,
    out: Path,
    configured: tuple[InfoCounts, Dialect] | None = None,
) -> Completed:
    """Give a VCF without sample columns a tumour column, and a normal one where INFO has its reads.

    Parameters
    ----------
    blocks : iterator of bytes
        Of the records, each ending with a whole line.
    header : Header
        Without columns.
    tumour_named, normal_named : str or None
        The sheet's variants_sample and normal_sample.
    out : Path
        To write: the records.
    configured : tuple of InfoCounts and Dialect, or None
        Of `variants.fields`, for files of no known kind.

    Raises
    ------
    RefusedVcfError
        INFO has no known counts, or the sheet names columns.
    """
    defined = {name for kind, name in header.definitions if kind == "INFO"}
    kind, dialect, rule = next(
        ((one, dialect_named(one.dialect), "fields") for one in KINDS if one.needed <= defined), _NO_KIND
    )
    if kind is None and configured is not None:
        (kind, dialect), rule = configured, "config"
    if kind is None or dialect is None:
        raise RefusedVcfError(
            "the VCF has no sample columns, so depth and allele fraction of the tumour cannot be read; "
            "give the VCF with its genotype columns, or name the INFO tags with variants.fields (in: INFO)"
        )
    for sheet_column, named in (("variants_sample", tumour_named), ("normal_sample", normal_named)):
        if named is not None:
            raise RefusedVcfError(f'{sheet_column} "{named}" is no column of the VCF, which has none; leave it empty')
    has_normal = bool(kind.normal) and set(kind.normal.values()) <= defined
    tags = [kind.tumour, kind.normal] if has_normal else [kind.tumour]
    with out.open("wb") as sink:
        for block in blocks:
            sink.write(b"\n".join(_with_columns(line, tags) for line in block.split(b"\n")))
    definitions = (Definition("FORMAT", name, *_FIELDS[name], f"INFO/{kind.tumour[name]}") for name in kind.tumour)
    names = (TUMOUR, NORMAL) if has_normal else (TUMOUR,)
    return Completed(
        replace(header.with_definitions(definitions), columns=names),
        Columns(TUMOUR, NORMAL if has_normal else None, "info", NOTE),
        Detected(dialect, rule),
        out,
    )


def _with_columns(line: bytes, tags: list[Mapping[str, str]]) -> bytes:
    """Return a record with FORMAT and one column for each mapping; a line that is no record as it is."""
    end = b"\r" if line.endswith(b"\r") else b""
    cells = line.removesuffix(b"\r").split(b"\t")[:FIXED]
    if len(cells) < FIXED:
        return line
    found = dict(pair.split("=", 1) for pair in cells[-1].decode("utf-8", "replace").split(";") if "=" in pair)
    columns = [":".join(found.get(tag) or "." for tag in one.values()) for one in tags]
    return b"\t".join([*cells, *(text.encode() for text in (":".join(tags[0]), *columns))]) + end
