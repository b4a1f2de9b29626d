"""Tabulate the coding variants of a chunk: one row per allele and coding transcript, with its reads.

Reads the VCFs that `import_variants` wrote. Alleles that no read of the tumour carries (of another
sample in a joint call, or lost in this one) are left out; every FILTER is kept.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sclcohort.contracts import CODING_INTRONS, CODING_VARIANTS, REFERENCE_GENES, VARIANT_STATUS
from sclcohort.tables import Cell, read_rows, write_rows
from sclcohort.variants.consequences import SPLICE_TERMS, Consequence, consequence_class, parse_bcsq
from sclcohort.variants.dialects import NO_EVIDENCE, Dialect, Evidence, Getter, Value, dialect_named, read_evidence
from sclcohort.variants.filters import is_accepted
from sclcohort.variants.hgvs import UNNAMED, Intron, ProteinChange, name_change, name_splice

if TYPE_CHECKING:
    import cyvcf2

log = logging.getLogger(__name__)

Row = dict[str, Cell]
# htslib's marks for a missing value and for the end of a shorter list (VCF specification, section 6.3.3).
_NO_INTEGERS = frozenset((-2147483648, -2147483647))


def run(
    *,
    vcfs: Path,
    status: Path,
    genes: Path,
    coding_introns: Path,
    accepted_filters: tuple[str, ...],
    coding_variants: Path,
) -> None:
    """Write the coding variants of all imported samples of a chunk.

    Parameters
    ----------
    vcfs : Path
        Folder of ``<sample_id>.vcf.gz``, as import-variants writes it.
    status : Path
        Contract VARIANT_STATUS of the chunk.
    genes, coding_introns : Path
        Contracts REFERENCE_GENES and CODING_INTRONS.
    accepted_filters : tuple of str
        FILTER values that count as passed; ``.`` is an unset FILTER.
    coding_variants : Path
        To write: contract CODING_VARIANTS.
    """
    names = AlleleNames(read_genes(genes, coding_introns))
    rows: list[Row] = []
    for sample in read_rows(status, VARIANT_STATUS):
        if sample["state"] != "imported":
            continue
        name = str(sample["sample_id"])
        before = len(rows)
        rows += tabulate_sample(vcfs / f"{name}.vcf.gz", name, str(sample["caller"]), names, accepted_filters)
        log.info("%s: %d rows of coding variants", name, len(rows) - before)
    write_rows(coding_variants, CODING_VARIANTS, rows)


@dataclass(frozen=True)
class Representative:
    """The transcript that stands for a gene, as far as names of changes need it."""

    gene_symbol: str
    protein: str


@dataclass(frozen=True)
class GeneTable:
    """What names of changes rest on.

    Parameters
    ----------
    representatives : mapping
        Transcript id to gene and protein.
    introns : mapping
        Transcript id to its introns, in genome order.
    symbols : mapping of str to str
        Outdated name of a gene in the model to its symbol.
    """

    representatives: Mapping[str, Representative]
    introns: Mapping[str, Sequence[Intron]]
    symbols: Mapping[str, str]


def read_genes(genes: Path, coding_introns: Path) -> GeneTable:
    """Read reference/genes.tsv and reference/coding_introns.tsv."""
    representatives: dict[str, Representative] = {}
    symbols: dict[str, str] = {}
    introns: dict[str, list[Intron]] = {}
    for row in read_rows(genes, REFERENCE_GENES):
        symbol = str(row["gene_symbol"])
        representatives[str(row["transcript_id"])] = Representative(symbol, str(row["protein"] or ""))
        if row["name_in_model"] not in (None, symbol):
            symbols[str(row["name_in_model"])] = symbol
    for row in read_rows(coding_introns, CODING_INTRONS):
        intron = Intron(*(int(str(row[name])) for name in Intron._fields))
        introns.setdefault(str(row["transcript_id"]), []).append(intron)
    return GeneTable(representatives, introns, symbols)


class AlleleNames:
    """Consequence rows of alleles; those of an allele are made once, however many samples carry it."""

    def __init__(self, genes: GeneTable) -> None:
        self.genes = genes
        self.known: dict[tuple[str, int, str, str], list[Row]] = {}

    def rows(self, contig: str, position: int, ref: str, alt: str, bcsq: str) -> list[Row]:
        """Return the columns of an allele's rows that do not depend on the sample."""
        key = (contig, position, ref, alt)
        if key not in self.known:
            self.known[key] = [consequence_row(one, position, ref, alt, self.genes) for one in parse_bcsq(bcsq)]
        return self.known[key]


def consequence_row(one: Consequence, position: int, ref: str, alt: str, genes: GeneTable) -> Row:
    """Return the gene, transcript and protein columns of one allele on one transcript.

    Parameters
    ----------
    one : Consequence
        On a coding transcript.
    position : int
        1-based, of the first base of `ref`.
    ref, alt : str
        Alleles, normalised.
    genes : GeneTable
        Representative transcripts; only on them are splice sites named.
    """
    stands = genes.representatives.get(one.transcript)
    symbol = stands.gene_symbol if stands else genes.symbols.get(one.gene, one.gene)
    change = _named(one, position, ref, alt, genes)
    return {
        "position_1based": position,
        "ref": ref,
        "alt": alt,
        "gene_symbol": symbol or one.transcript,
        "transcript_id": one.transcript,
        "is_representative": stands is not None,
        "consequence": "&".join(one.terms),
        "consequence_class": consequence_class(one.terms, one.amino_acids),
        "protein_position": change.position,
        "hgvs_p": change.hgvs_p,
    }


def _named(one: Consequence, position: int, ref: str, alt: str, genes: GeneTable) -> ProteinChange:
    terms = frozenset(one.terms)
    if terms & SPLICE_TERMS:
        return name_splice(position, ref, alt, genes.introns.get(one.transcript, ()), terms)
    if one.amino_acids is None:
        return UNNAMED
    stands = genes.representatives.get(one.transcript)
    return name_change(terms, one.amino_acids, stands.protein if stands else "")


def tabulate_sample(
    vcf: Path, sample_id: str, caller: str, names: AlleleNames, accepted_filters: Collection[str]
) -> Iterator[Row]:
    """Yield the rows of one sample.

    Parameters
    ----------
    vcf : Path
        Written by `import_variants`: column 0 is the tumour, column 1 the normal where there is one.
    sample_id, caller : str
        As in the status table.
    names : AlleleNames
        Shared by the samples of a chunk.
    accepted_filters : collection of str
        FILTER values that count as passed.
    """
    dialect = dialect_named(caller)
    reader = open_vcf(vcf)
    has_normal = len(reader.samples) > 1
    for record in reader:
        bcsq = record.INFO.get("BCSQ")
        if bcsq is None:
            continue
        ref, alt = record.REF, record.ALT[0]
        shared = names.rows(record.CHROM, record.POS, ref, alt, bcsq)
        if not shared:
            continue
        tumour, normal = evidence_of(record, dialect, ref, alt, has_normal=has_normal)
        if not _is_carried(record, tumour):
            continue
        filters = ";".join(record.FILTERS) or "."
        own: Row = {
            "sample_id": sample_id,
            "chrom": record.CHROM,
            "filter": "" if filters == "." else filters,
            "filter_accepted": is_accepted(filters, accepted_filters),
            "depth_reads": tumour.depth_reads,
            "alt_depth_reads": tumour.alt_depth_reads,
            "vaf": tumour.vaf,
            "normal_depth_reads": normal.depth_reads,
            "normal_alt_depth_reads": normal.alt_depth_reads,
        }
        for row in shared:
            yield row | own


def open_vcf(vcf: Path) -> cyvcf2.VCF:
    """Open a VCF with cyvcf2, whose import would silence NumPy's warnings in the whole process."""
    import numpy as np

    state = np.geterr()
    import cyvcf2

    np.seterr(**state)
    return cyvcf2.VCF(str(vcf))


def evidence_of(
    record: cyvcf2.Variant, dialect: Dialect, ref: str, alt: str, *, has_normal: bool
) -> tuple[Evidence, Evidence]:
    """Return the reads behind an allele in the tumour and in the normal column."""
    columns: dict[str, list[Any]] = {}
    present = frozenset(record.FORMAT)

    def values(field: str) -> list[Any]:
        if field not in columns:
            found = record.format(field) if field in present else None
            columns[field] = [] if found is None else found.tolist()
        return columns[field]

    def getter(place: int) -> Getter:
        def get(field: str) -> Sequence[Value]:
            found = values(field)
            return _clean(found[place]) if found else ()

        return get

    tumour = read_evidence(dialect, getter(0), ref, alt)
    return tumour, read_evidence(dialect, getter(1), ref, alt) if has_normal else NO_EVIDENCE


def _clean(cell: Any) -> Sequence[Value]:
    """Return the values of one column of one field, None where missing."""
    if isinstance(cell, list):
        return [None if value in _NO_INTEGERS or value != value else value for value in cell if value != -2147483647]
    return () if cell in (".", "") else (cell,)


def _is_carried(record: cyvcf2.Variant, tumour: Evidence) -> bool:
    """Tell whether the tumour has the allele: by its reads, else by its genotype, else because it was called."""
    if tumour.alt_depth_reads is not None:
        return tumour.alt_depth_reads > 0
    if tumour.vaf is not None:
        return tumour.vaf > 0
    if "GT" not in record.FORMAT:
        return True
    alleles = record.genotypes[0][:-1]
    return any(allele != 0 for allele in alleles)
