"""The dialects of variant callers: how to tell them, which columns they mean, how they count reads.

A dialect is told by what its caller writes into the header, else by its FORMAT fields. Counts come
from the fields of the dialect; what a field means is documented by each caller, cited beside it.
Nothing here reads a file: functions take header text and the values of one sample of one record.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sclcohort.errors import StepError

Values = Sequence[float | None]
Fields = Mapping[str, Values]


class Counts(NamedTuple):
    """Reads of one sample at one allele; None where the record does not say."""

    depth_reads: int | None
    alt_depth_reads: int | None
    vaf: float | None


class Columns(NamedTuple):
    """Which columns of a VCF are the tumour's and the normal's, and what told so."""

    tumour: str
    normal: str | None
    rule: str


UNKNOWN = Counts(None, None, None)


def counted(depth: float | None, alt: float | None) -> Counts:
    """Return counts with their fraction; a depth below the alternate reads is no depth."""
    if alt is None:
        return Counts(None if depth is None else int(depth), None, None)
    if depth is None or depth < alt or depth == 0:
        return Counts(None, int(alt), None)
    return Counts(int(depth), int(alt), alt / depth)


def total(*values: float | None) -> float | None:
    """Return the sum of values; None if any is missing."""
    known = [value for value in values if value is not None]
    return sum(known) if len(known) == len(values) else None


def _first(fields: Fields, name: str) -> float | None:
    values = fields.get(name)
    return values[0] if values else None


def _allelic_depths(fields: Fields, ref: str, alt: str) -> Counts:
    """Count by AD (reference, alternate) and DP; DP also counts reads of other alleles."""
    depths = fields.get("AD")
    if not depths:
        return UNKNOWN
    alternate = depths[1] if len(depths) > 1 else depths[0]
    depth = _first(fields, "DP")
    return counted(depth if depth is not None else total(*depths), alternate)


def _strand_counts(fields: Fields, ref: str, alt: str) -> Counts:
    """Count by DP4: reference forward and reverse, alternate forward and reverse (SAMtools, SomaticSniper)."""
    strands = fields.get("DP4")
    if not strands or len(strands) != 4:
        return UNKNOWN
    depth = _first(fields, "DP")
    return counted(depth if depth is not None else total(*strands), total(strands[2], strands[3]))


def _fraction(fields: Fields, ref: str, alt: str) -> Counts:
    """Take the caller's own allele fraction, where it gives no reads of the allele."""
    depth, fraction = _first(fields, "DP"), _first(fields, "AF")
    return Counts(None if depth is None else int(depth), None, fraction)


def _strelka(fields: Fields, ref: str, alt: str) -> Counts:
    """Count tier-1 reads as Strelka's user guide does: reference and alternate alone.

    SNVs by AU, CU, GU, TU; indels by TAR and TIR. The first value of each is tier 1.
    """
    if len(ref) == len(alt) == 1 and f"{alt}U" in fields:
        reference, alternate = _first(fields, f"{ref}U"), _first(fields, f"{alt}U")
    else:
        reference, alternate = _first(fields, "TAR"), _first(fields, "TIR")
    return counted(total(reference, alternate), alternate)


def _varscan(fields: Fields, ref: str, alt: str) -> Counts:
    """Count by RD and AD, which in VarScan is the alternate reads alone; its FREQ is AD over DP."""
    if "RD" not in fields:
        return UNKNOWN
    reference, alternate = _first(fields, "RD"), _first(fields, "AD")
    depth = _first(fields, "DP")
    return counted(depth if depth is not None else total(reference, alternate), alternate)


def _freebayes(fields: Fields, ref: str, alt: str) -> Counts:
    """Count by RO and AO; DP also counts reads of other alleles."""
    if "AO" not in fields:
        return UNKNOWN
    reference, alternate = _first(fields, "RO"), _first(fields, "AO")
    depth = _first(fields, "DP")
    return counted(depth if depth is not None else total(reference, alternate), alternate)


@dataclass(frozen=True)
class Dialect:
    """What tells a caller's VCF, and how it counts reads.

    Parameters
    ----------
    caller : str
        Name, a state of contract VARIANT_STATUS.
    sign : str
        Regular expression that a line of its header matches.
    fields : tuple of frozenset of str
        FORMAT fields that tell the dialect without that line; one set suffices.
    counters : tuple of function
        Tried in order until one finds the alternate reads.
    """

    caller: str
    sign: str
    fields: tuple[frozenset[str], ...]
    counters: tuple[Callable[[Fields, str, str], Counts], ...]


_ANY = (_allelic_depths, _strand_counts, _fraction)
DIALECTS = (
    Dialect("mutect2", r"##(source=Mutect2|MutectVersion=|GATKCommandLine=<ID=Mutect2)", (), _ANY),
    Dialect("mutect1", r"##(MuTect=|source=MuTect$)", (frozenset({"FA", "AD"}),), _ANY),
    Dialect(
        "strelka2",
        r"##source=strelka",
        (frozenset({"AU", "CU", "GU", "TU"}), frozenset({"TAR", "TIR"})),
        (_strelka, *_ANY),
    ),
    Dialect("varscan2", r"##source=VarScan2?", (frozenset({"RD", "FREQ"}),), (_varscan, *_ANY)),
    Dialect("freebayes", r"##source=freeBayes", (frozenset({"RO", "AO"}),), (_freebayes, *_ANY)),
)
GENERIC = Dialect("generic", "", (), (_varscan, *_ANY))
FIELDS_READ = ("AD", "DP", "DP4", "AF", "RD", "RO", "AO", "AU", "CU", "GU", "TU", "TAR", "TIR")


def detect_dialect(header: str, fields: set[str]) -> Dialect:
    """Return the dialect of a VCF.

    Parameters
    ----------
    header : str
        All header lines.
    fields : set of str
        FORMAT fields that the header defines.
    """
    for dialect in DIALECTS:
        if re.search(f"^{dialect.sign}", header, flags=re.MULTILINE | re.IGNORECASE):
            return dialect
    for dialect in DIALECTS:
        if any(wanted <= fields for wanted in dialect.fields):
            return dialect
    return GENERIC


def dialect_of(caller: str) -> Dialect:
    """Return a dialect by the caller's name."""
    return next((dialect for dialect in DIALECTS if dialect.caller == caller), GENERIC)


def count_reads(dialect: Dialect, fields: Fields, ref: str, alt: str) -> Counts:
    """Return the reads of one sample at one allele.

    Parameters
    ----------
    dialect : Dialect
        Whose fields they are.
    fields : mapping
        FORMAT field to the values of the sample, None where missing; of one alternate allele,
        as after splitting.
    ref, alt : str
        The alleles.
    """
    best = UNKNOWN
    for counter in dialect.counters:
        found = counter(fields, ref.upper(), alt.upper())
        if found.alt_depth_reads is not None or found.vaf is not None:
            return found
        if best.depth_reads is None:
            best = found
    return best


TUMOUR_NAMES = ("tumor", "tumour")
NORMAL_NAMES = ("normal",)


def choose_columns(
    names: Sequence[str], header: str, sample_id: str, tumour: str | None, normal: str | None
) -> Columns:
    """Choose the tumour and the normal column, by name and never by place.

    The sheet decides; else the header (``##tumor_sample=``, ``##normal_sample=``, as Mutect2 writes
    them); else a name: the sample_id itself, or the conventional TUMOR and NORMAL; else the only column there
    is. With the tumour known, the other one of two columns is the normal.

    Parameters
    ----------
    names : sequence of str
        Sample columns of the VCF.
    header : str
        Header lines.
    sample_id : str
        Name of the sample in the sheet.
    tumour, normal : str or None
        What the sheet says.

    Raises
    ------
    StepError
        No column, a name that is not there, or more than one answer.
    """
    if not names:
        raise StepError(
            "the VCF has no sample column, so reads of the tumour cannot be told; fix: give the caller's VCF"
        )
    for column, name in (("variants_sample", tumour), ("normal_sample", normal)):
        if name is not None and name not in names:
            close = difflib.get_close_matches(name, names, n=1)
            hint = f'did you mean "{close[0]}"?' if close else f"columns are {', '.join(names)}"
            raise StepError(f'{column} "{name}" is no column of the VCF; fix: {hint}')
    if tumour is not None:
        rule = "sheet"
    else:
        tumour, rule = _inferred_tumour(names, header, sample_id)
    return Columns(tumour, normal or _inferred_normal(names, header, tumour), rule)


def _inferred_tumour(names: Sequence[str], header: str, sample_id: str) -> tuple[str, str]:
    named = _from_header(header, "tumor_sample", names)
    if named is not None:
        return named, "header"
    if sample_id in names:
        return sample_id, "name"
    conventional = [name for name in names if name.lower() in TUMOUR_NAMES]
    if len(conventional) == 1:
        return conventional[0], "name"
    if len(names) == 1 and names[0].lower() not in NORMAL_NAMES:
        return names[0], "only_column"
    raise StepError(
        f"which column is the tumour cannot be told from {', '.join(names)}; "
        "fix: name it in the sheet, column variants_sample"
    )


def _inferred_normal(names: Sequence[str], header: str, tumour: str) -> str | None:
    others = [name for name in names if name != tumour]
    named = _from_header(header, "normal_sample", others)
    if named is not None or not others:
        return named
    conventional = [name for name in others if name.lower() in NORMAL_NAMES]
    if len(conventional) == 1:
        return conventional[0]
    if len(others) == 1:
        return others[0]
    raise StepError(
        f"which column is the normal cannot be told from {', '.join(others)}; "
        "fix: name it in the sheet, column normal_sample"
    )


def _from_header(header: str, key: str, names: Sequence[str]) -> str | None:
    found = re.search(rf"^##{key}=(.+?)\s*$", header, flags=re.MULTILINE)
    return found[1] if found and found[1] in names else None
