"""What each variant caller writes: how it is recognised, and where it counts reads.

A dialect is data. To teach the workflow another caller, add a row to `DIALECTS`: the header lines
or FORMAT fields that give it away, the fields that hold its counts, and what they mean. All
dialects lead to the same three numbers (`Evidence`):

- depth: the caller's own DP, never less than the reads counted for the two alleles;
- alternate depth: reads that the caller counts for the alternate allele;
- allele fraction: from counts where there are counts, else the caller's own estimate.

Sources are the VCF headers that the callers write, except where a row says more.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from sclcohort.variants.refusal import RefusedVcfError

Value = int | float | str | None
# Values of a FORMAT field in one column, () where the record or the column lacks it.
Getter = Callable[[str], Sequence[Value]]
CountKind = Literal["listed", "apart", "alternate", "by_base", "in_base_order", "by_strand"]
BASES = ("A", "C", "G", "T")


class Evidence(NamedTuple):
    """Reads behind one allele in one column; None where the file does not say."""

    depth_reads: int | None
    alt_depth_reads: int | None
    vaf: float | None


NO_EVIDENCE = Evidence(None, None, None)


@dataclass(frozen=True)
class Counts:
    """Fields that hold the reads of the reference and of the alternate allele.

    Parameters
    ----------
    kind : str
        - ``listed``: one field, reference then alternate (``AD``).
        - ``apart``: two fields, reference and alternate; the first value of each (``RO``, ``AO``).
        - ``alternate``: one field, reads of the alternate allele; those of the reference are not said (``VD``).
        - ``by_base``: four fields, one for each of A, C, G, T; the first value of each (Strelka).
        - ``in_base_order``: one field with the counts of A, C, G, T (``BCOUNT``).
        - ``by_strand``: one field, reference forward and reverse, alternate forward and reverse (``DP4``).
    fields : tuple of str
        In the order of the kind.
    """

    kind: CountKind
    fields: tuple[str, ...]


@dataclass(frozen=True)
class Dialect:
    """One caller's way of writing a VCF.

    Parameters
    ----------
    name : str
        As in the status table (`contracts.CALLERS`).
    signs : tuple of str
        Regular expressions; a header line that one of them finds is the caller's own.
    marks : tuple of tuple of str
        FORMAT fields that together are written by this caller alone, for files whose header
        lines are lost; any one of the sets suffices. None where the fields are those of others too.
    counts : tuple of Counts
        Where reads are counted; the first whose fields a record has is used.
    versions : tuple of str
        Regular expressions whose group is the caller's version, in a header line.
    fractions : tuple of str
        Fields with the caller's own allele fraction, a number or a percentage.
    vaf_of : {"counts", "depth"}
        What the allele fraction is a fraction of: the reads of the two alleles, where the caller
        defines its own fraction so and writes one alternate allele a record; else the depth,
        which at a site with several alternate alleles counts the reads of all of them.
    numbers : mapping of str to str
        True Number of FORMAT fields. Many headers say ``Number=.``, and the counts of a site with
        several alternate alleles would then not be split with it.
    depth : str
        Field with the caller's depth.
    """

    name: str
    signs: tuple[str, ...]
    marks: tuple[tuple[str, ...], ...]
    counts: tuple[Counts, ...]
    versions: tuple[str, ...] = ()
    fractions: tuple[str, ...] = ()
    vaf_of: Literal["counts", "depth"] = "depth"
    numbers: Mapping[str, str] = field(default_factory=dict)
    depth: str = "DP"

    def is_written_with(self, fields: Collection[str]) -> bool:
        """Tell whether the fields of a file hold counts or fractions of this dialect."""
        return any(set(counts.fields) <= set(fields) for counts in self.counts) or bool(
            set(self.fractions) & set(fields)
        )

    def counts_in(self, fields: Collection[str]) -> Counts | None:
        """Return where a record with these fields has its reads counted; None where it has not."""
        return next((one for one in self.counts if set(one.fields) <= set(fields)), None)

    def version_in(self, header_lines: Iterable[str]) -> str | None:
        """Return the caller's version as the header has it."""
        lines = list(header_lines)
        found = (re.search(version, line) for version in self.versions for line in lines)
        return next((one[1] for one in found if one), None)


LISTED = Counts("listed", ("AD",))
BY_BASE, TIERS = Counts("by_base", ("AU", "CU", "GU", "TU")), Counts("apart", ("TAR", "TIR"))
DIALECTS: tuple[Dialect, ...] = (
    # Strelka 1 and 2 write the same fields, each with a value for tier 1 and one for tier 2. The allele
    # fraction from tier 1 counts is that of the Strelka user guide, "Extracting somatic allele frequencies".
    Dialect(
        name="strelka2",
        signs=(r"^##source=[Ss]trelka", r"^##content=strelka somatic"),
        versions=(r"^##source_version=(\S+)",),
        marks=(("AU", "CU", "GU", "TU"), ("TAR", "TIR")),
        counts=(BY_BASE, TIERS, LISTED),
        vaf_of="counts",
    ),
    # AD is the alternate allele alone; FREQ is AD / (RD + AD), in percent.
    Dialect(
        name="varscan2",
        signs=(r"^##source=VarScan",),
        marks=(("RD", "AD", "FREQ"),),
        counts=(Counts("apart", ("RD", "AD")),),
        fractions=("FREQ",),
        vaf_of="counts",
    ),
    Dialect(
        name="freebayes",
        signs=(r"^##source=[Ff]ree[Bb]ayes",),
        versions=(r"^##source=[Ff]ree[Bb]ayes v(\S+)",),
        marks=(("RO", "AO"),),
        counts=(Counts("apart", ("RO", "AO")), LISTED),
        numbers={"AD": "R", "RO": "1", "AO": "A", "QA": "A"},
    ),
    Dialect(
        name="mutect2",
        signs=(
            r"^##source=Mutect2",
            r"^##MutectVersion=2",
            r"^##GATKCommandLine=<ID=Mutect2",
            r"^##GATKCommandLine\.MuTect2=",
        ),
        versions=(
            r"^##GATKCommandLine=<ID=Mutect2,.*?Version=\"?([\d.]+)",
            r"^##MutectVersion=(\S+)",
        ),
        marks=(("AD", "AF", "F1R2", "F2R1"), ("AD", "AF", "ALT_F1R2", "ALT_F2R1")),
        counts=(LISTED,),
        fractions=("AF",),
        numbers={"AD": "R", "AF": "A", "F1R2": "R", "F2R1": "R"},
    ),
    # FA is alternate / (reference + alternate); one alternate allele a record.
    Dialect(
        name="mutect1",
        signs=(r"^##MuTect=", r"^##GATKCommandLine\.MuTect="),
        marks=(("AD", "FA"),),
        counts=(LISTED,),
        fractions=("FA",),
        vaf_of="counts",
        numbers={"AD": "R", "FA": "A"},
    ),
    # AD as the specification has it, base counts of the pileup in the tumour. The fields are those of the VCF of TCGA,
    # which other callers write too. Source: MuSE 2, WriteHeader and what precedes it; vcf2maf's test_muse.vcf.
    Dialect(
        name="muse",
        signs=(r"^##MuSE_version=",),
        versions=(r"^##MuSE_version=\"?([^\s\"]+)",),
        marks=(),
        counts=(LISTED,),
        numbers={"AD": "R"},
    ),
    # SNVs only; BCOUNT counts A, C, G, T. Source: genome/somatic-sniper, somatic_sniper.c (both counts are of the
    # same pileup); header of vcf2maf's test_sniper.vcf.
    Dialect(
        name="somaticsniper",
        signs=(r"^##vcfProcessLog=.*<bam-somaticsniper>",),
        versions=(r"InputVCFVer=<([^>]+)>",),
        marks=(("BCOUNT", "DP4"),),
        counts=(Counts("in_base_order", ("BCOUNT",)), Counts("by_strand", ("DP4",))),
    ),
    # RD and ALD are reads by strand, so RD beside AD is not VarScan's pair; VD is the alternate allele alone.
    # Source: AstraZeneca-NGS/VarDict, var2vcf_paired.pl 1.8.2; header of var2vcf_valid.pl 1.8.2.
    Dialect(
        name="vardict",
        signs=(r"^##source=VarDict",),
        versions=(r"^##source=VarDict_v?(\S+)",),
        marks=(("VD", "ALD", "RD"),),
        counts=(LISTED, Counts("alternate", ("VD",))),
        fractions=("AF",),
        numbers={"AD": "R", "AF": "A", "VD": "1", "RD": "2", "ALD": "2"},
    ),
    # AD and AF count reads by read context; raw counts (RAD) are others. Source: hartwigmedical/hmftools,
    # sage/README.md; header of SAGE 3.4.
    Dialect(
        name="sage",
        signs=(r"^##sageVersion=",),
        versions=(r"^##sageVersion=(\S+)",),
        marks=(("AD", "AF", "RC_CNT", "RC_QUAL"),),
        counts=(LISTED,),
        fractions=("AF",),
        numbers={"AD": "R"},
    ),
    # AD and DP count informative reads. Mutect2's fields, and SQ. Source: headers of DRAGEN 3.6 and 3.8; FORMAT
    # of Illumina/Nirvana's tests; support-docs.illumina.com, DRAGEN v4.0, Somatic Mode (SQ).
    Dialect(
        name="dragen",
        signs=(r"^##DRAGENCommandLine=<ID=dragen\b",),
        versions=(r"^##DRAGENCommandLine=<ID=dragen\b.*?Version=\"(?:SW: )?([^\s\",]+)",),
        marks=(("SQ", "AD", "AF", "F1R2", "F2R1"),),
        counts=(LISTED,),
        fractions=("AF",),
        numbers={"AD": "R", "AF": "A", "F1R2": "R", "F2R1": "R"},
    ),
    # DeepSomatic is DeepVariant with a tumour and a normal, and writes one column, the tumour's. MED_DP is defined in
    # the header, and used in gVCF only. Source: google/deepvariant, dv_vcf_constants.py; google/deepsomatic, README.md.
    # That DeepSomatic's version line is called after itself is an assumption (unverified).
    Dialect(
        name="deepvariant",
        signs=(r"^##Deep(?:Variant|Somatic)_version=",),
        versions=(r"^##Deep(?:Variant|Somatic)_version=(\S+)",),
        marks=(("AD", "VAF", "MED_DP"),),
        counts=(LISTED,),
        fractions=("VAF",),
        numbers={"AD": "R", "VAF": "A"},
    ),
    # AD is there when asked for (--annotations AD). MAP_HF is of haplotypes, not of alleles, and no fraction of ours.
    # Source: luntergroup/octopus, measures/allele_depth.cpp; headers of 0.6.3 (its issue 255) and 0.7.1.
    Dialect(
        name="octopus",
        signs=(r"^##octopus(?:_version)?=",),
        versions=(
            r"^##octopus_version=(\S+)",
            r"^##octopus=<.*?version=([^,>\s]+)",
        ),
        marks=(("AD", "MAP_HF", "HF_CR"),),
        counts=(LISTED,),
        numbers={"AD": "R"},
    ),
    # AFDP is the depth that AF is a fraction of; FORMAT has no DP. The names of the strands are those of MuTect2 in
    # GATK 3. Source: header lines and a record of Sentieon TNscope, found in public pipelines that read them;
    # no document of Sentieon's was at hand (unverified).
    Dialect(
        name="tnscope",
        signs=(r"^##SentieonCommandLine\.TNscope=",),
        marks=(("AD", "AF", "AFDP", "ALT_F1R2", "ALT_F2R1"),),
        counts=(LISTED,),
        fractions=("AF",),
        numbers={"AD": "R"},
        depth="AFDP",
    ),
    # These two have no sample columns: their FORMAT is made of INFO, and they are told by it (info_counts.py).
    Dialect(
        name="lofreq",
        signs=(),
        marks=(),
        counts=(Counts("by_strand", ("DP4",)),),
        fractions=("AF",),
    ),
    Dialect(name="pcgr", signs=(), marks=(), counts=(), fractions=("AF",)),
    # Anything else, also files that several callers were merged into: each record by the fields it has. AD as the
    # VCF specification defines it, unless RD or RO stands beside it; the counts of SomaticSniper by base or strand.
    Dialect(
        name="generic",
        signs=(),
        marks=((),),
        counts=(
            *(Counts("apart", pair) for pair in (("RD", "AD"), ("RO", "AO"))),
            BY_BASE,
            TIERS,
            LISTED,
            Counts("in_base_order", ("BCOUNT",)),
            Counts("by_strand", ("DP4",)),
        ),
        fractions=("AF", "VAF", "FREQ", "FA"),
        numbers={"AD": "R"},
    ),
)
_BY_NAME = {dialect.name: dialect for dialect in DIALECTS}


def dialect_named(name: str) -> Dialect:
    """Return a dialect by its name in the status table."""
    return _BY_NAME[name]


class Detected(NamedTuple):
    """A dialect, and what gave it away: ``header``, ``fields``, ``config`` or ``default``."""

    dialect: Dialect
    rule: str


def detect_dialect(header_lines: Iterable[str], fields: Collection[str], configured: str | None = None) -> Detected:
    """Return the dialect of a VCF.

    Parameters
    ----------
    header_lines : iterable of str
        The ``##`` lines.
    fields : collection of str
        FORMAT fields that are defined or used.
    configured : str or None
        `variants.caller`: settles what the file leaves open.

    Returns
    -------
    Detected
        The caller that the header names, where the fields are its own; else the one that the fields give away;
        else the one of the configuration; else ``generic``.

    Raises
    ------
    RefusedVcfError
        Header or fields are those of two callers that count reads in different fields.
    """
    lines = list(header_lines)
    signed = [
        dialect
        for dialect in DIALECTS
        if any(re.search(sign, line) for sign in dialect.signs for line in lines) and dialect.is_written_with(fields)
    ]
    marked = [
        (dialect, set(mark)) for dialect in DIALECTS for mark in dialect.marks if mark and set(mark) <= set(fields)
    ]
    # What a caller shares with another that writes more is no sign of it: DRAGEN has all fields of Mutect2.
    told = [dialect for dialect, mark in marked if not any(mark < other for _, other in marked)]
    for rule, found in (("header", signed), ("fields", told)):
        readings = {one.counts_in(fields): one for one in reversed(found)}
        if len(readings) > 1 and configured is None:
            raise RefusedVcfError(_two_answers(rule, list(readings.values())[::-1]))
        if len(readings) == 1:
            return Detected(found[0], rule)
    if configured is not None:
        return Detected(dialect_named(configured), "config")
    return Detected(dialect_named("generic"), "default")


def _two_answers(rule: str, found: Sequence[Dialect]) -> str:
    names = " and of ".join(one.name for one in found)
    what = "header lines" if rule == "header" else "FORMAT fields"
    return (
        f"its {what} are those of {names}, which count reads in different fields; set variants.caller to one of them, "
        "or to generic to read each record by the fields it has"
    )


def read_evidence(dialect: Dialect, get: Getter, ref: str, alt: str) -> Evidence:
    """Return the reads behind an allele in one column of a record with one alternate allele.

    Parameters
    ----------
    dialect : Dialect
        Of the file.
    get : callable
        FORMAT field to the values of the column.
    ref, alt : str
        The alleles, upper case; base counts are looked up by them.

    Returns
    -------
    Evidence
        ``depth_reads >= alt_depth_reads``; a count that is missing stays missing.
    """
    reference, alternate = _counts(dialect, get, ref, alt)
    depth = _whole(_first(get(dialect.depth)))
    if alternate is None:
        return Evidence(depth, None, _fraction(dialect, get))
    counted = alternate + (reference or 0)
    if depth is None and reference is not None:
        depth = counted
    elif depth is not None:
        depth = max(depth, counted)
    if dialect.vaf_of == "counts" and reference is not None:
        total: int | None = counted
    else:
        total = depth
    if total is None:
        return Evidence(None, alternate, _fraction(dialect, get))
    return Evidence(depth, alternate, alternate / total if total else None)


def _counts(dialect: Dialect, get: Getter, ref: str, alt: str) -> tuple[int | None, int | None]:
    """Return the reads of the reference and the alternate allele, by the first field set that has them."""
    for counts in dialect.counts:
        found = _READERS[counts.kind](counts.fields, get, ref, alt)
        if found is not None and found[1] is not None:
            return found
    return None, None


Pair = tuple[int | None, int | None] | None


def _listed(fields: Sequence[str], get: Getter, _ref: str, _alt: str) -> Pair:
    values = _split(get(fields[0]))
    return (_whole(values[0]), _whole(values[1])) if len(values) == 2 else None


def _apart(fields: Sequence[str], get: Getter, _ref: str, _alt: str) -> Pair:
    reference, alternate = (_split(get(name)) for name in fields)
    return (_whole(reference[0]), _whole(alternate[0])) if reference and alternate else None


def _alternate(fields: Sequence[str], get: Getter, _ref: str, _alt: str) -> Pair:
    values = _split(get(fields[0]))
    return (None, _whole(values[0])) if values else None


def _by_base(fields: Sequence[str], get: Getter, ref: str, alt: str) -> Pair:
    if ref not in BASES or alt not in BASES:
        return None
    return _apart((fields[BASES.index(ref)], fields[BASES.index(alt)]), get, ref, alt)


def _in_base_order(fields: Sequence[str], get: Getter, ref: str, alt: str) -> Pair:
    values = _split(get(fields[0]))
    if len(values) != len(BASES) or ref not in BASES or alt not in BASES:
        return None
    return _whole(values[BASES.index(ref)]), _whole(values[BASES.index(alt)])


def _by_strand(fields: Sequence[str], get: Getter, _ref: str, _alt: str) -> Pair:
    values = [_whole(value) for value in _split(get(fields[0]))]
    if len(values) != 4 or None in values:
        return None
    forward, reverse, alt_forward, alt_reverse = (value or 0 for value in values)
    return forward + reverse, alt_forward + alt_reverse


_READERS: Mapping[CountKind, Callable[[Sequence[str], Getter, str, str], Pair]] = {
    "listed": _listed,
    "apart": _apart,
    "alternate": _alternate,
    "by_base": _by_base,
    "in_base_order": _in_base_order,
    "by_strand": _by_strand,
}


def _fraction(dialect: Dialect, get: Getter) -> float | None:
    """Return the caller's own allele fraction."""
    for name in dialect.fractions:
        value = _first(_split(get(name)))
        if value is None:
            continue
        text = str(value).strip()
        try:
            number = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
        except ValueError:
            continue
        if 0 <= number <= 1:
            return number
    return None


def _first(values: Sequence[Value]) -> Value:
    return values[0] if len(values) else None


def _split(values: Sequence[Value]) -> Sequence[Value]:
    """Return single values where a header calls a list of numbers one string."""
    if len(values) == 1 and isinstance(values[0], str):
        return [None if part in ("", ".") else part for part in values[0].split(",")]
    return values


def _whole(value: Value) -> int | None:
    """Return a count of reads; None where it is missing or no count."""
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return None
    try:
        number = int(value)
    except ValueError:
        # A header may call counts fractions, and write 20.0.
        try:
            number = int(float(value))
        except (ValueError, OverflowError):
            return None
    return number if number >= 0 else None
