"""From planned changes to alleles on the genome, and to the reads that show them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from builder.coding import Change, edit_of
from builder.genetic_code import CODONS, reverse_complement
from builder.model import COPIES_BY_ROUTE, ZYGOSITY_GENES, Copies, Hit, Tumour
from builder.plan import EVENTS
from builder.streams import Stream

if TYPE_CHECKING:
    from builder.genome import Genome


@dataclass(frozen=True)
class Allele:
    """One alternate allele on the genome, left-aligned, with the base before an indel."""

    contig: str
    position_1based: int
    ref: str
    alt: str


@dataclass(frozen=True)
class Reads:
    """Reads with the reference and with each alternate allele."""

    ref: int
    alts: tuple[int, ...]

    @property
    def depth(self) -> int:
        """All reads."""
        return self.ref + sum(self.alts)


@dataclass(frozen=True)
class Record:
    """One VCF record, before a caller's dialect is put on it.

    Parameters
    ----------
    failing : str
        Empty, or why it fails its filter, as in `plan.Hit`.
    normal : Reads or None
        None in tumour-only calls.
    status : str
        `somatic`, `germline` or `loh`.
    phase : str
        Name of the phase set, for callers that report one.
    info : str
        INFO of symbolic records.
    callers : tuple of str
        Which callers have it; empty: all.
    """

    contig: str
    position_1based: int
    ref: str
    alts: tuple[str, ...]
    tumour: Reads
    normal: Reads | None
    failing: str = ""
    status: str = "somatic"
    phase: str = ""
    info: str = ""
    callers: tuple[str, ...] = ()


def allele_of(genome: Genome, change: Change) -> Allele:
    """Return the allele of a planned change."""
    gene = genome.genes[change.gene_symbol]
    contig, plus = gene.spec.contig, gene.spec.strand == "+"
    if change.is_splice:
        start = gene.splice_base_0based(change.residue_number, change.form)
        base = genome.bases(contig, start, start + 1)
        # Both sites have a G there (GT donor, AG acceptor); A on the transcript is its transition.
        return Allele(contig, start + 1, base, "A" if plus else "T")
    edit = edit_of(change, gene.cds)
    removed, inserted = edit.removed, edit.inserted
    first = gene.position_0based(edit.offset_0based)
    if not plus:
        removed, inserted = reverse_complement(removed), reverse_complement(inserted)
        first = first - len(removed) + 1
    if len(removed) == len(inserted):
        return Allele(contig, first + 1, removed, inserted)
    return left_aligned(genome, contig, first, removed, inserted)


def left_aligned(genome: Genome, contig: str, first: int, removed: str, inserted: str) -> Allele:
    """Return an indel at its leftmost place, with the base before it."""
    unit = removed or inserted
    while genome.bases(contig, first - 1, first) == unit[-1]:
        unit = unit[-1] + unit[:-1]
        first -= 1
    before = genome.bases(contig, first - 1, first)
    return Allele(contig, first, before + (unit if removed else ""), before + (unit if inserted else ""))


def right_aligned(genome: Genome, allele: Allele) -> Allele:
    """Return a deletion at its rightmost place, as a caller without left-alignment may write it."""
    deleted, start = allele.ref[1:], allele.position_1based
    while genome.bases(allele.contig, start + len(deleted), start + len(deleted) + 1) == deleted[0]:
        deleted = deleted[1:] + deleted[0]
        start += 1
    before = genome.bases(allele.contig, start - 1, start)
    return Allele(allele.contig, start, before + deleted, before)


def copies_of(tumour: Tumour, hit: Hit) -> Copies:
    """Return the (total, minor) copies that reads of a hit are drawn from."""
    symbol = EVENTS[hit.event].change.gene_symbol
    if tumour.segments is not None:
        return tumour.segments.copies.get(symbol, (2, 1))
    if symbol in ZYGOSITY_GENES:
        route = tumour.routes[ZYGOSITY_GENES.index(symbol)]
        return COPIES_BY_ROUTE.get((route, hit.mutated_copies), (2, 1))
    return 2, 1


def expected_vaf(purity: float, total: int, mutated: int) -> float:
    """Return the allele fraction of a somatic variant among tumour and normal cells."""
    return purity * mutated / (purity * total + 2 * (1 - purity))


def germline_vaf(purity: float, total: int, mutated: int) -> float:
    """Return the allele fraction of a heterozygous germline variant that lies on so many copies of the tumour."""
    return (purity * mutated + 1 - purity) / (purity * total + 2 * (1 - purity))


def records_of_hit(genome: Genome, tumour: Tumour, hit: Hit) -> Iterator[Record]:
    """Yield the record of a planted event, twice where the plan wants a duplicate."""
    stream = Stream(tumour.sample_id, "reads", hit.event)
    allele = allele_of(genome, EVENTS[hit.event].change)
    total, _ = copies_of(tumour, hit)
    vaf = hit.cell_fraction * expected_vaf(tumour.purity, total, hit.mutated_copies)
    vaf = {"low_evidence": 0.04, "germline": 0.5}.get(hit.failing, vaf)
    if hit.germline_frequency:
        vaf = germline_vaf(tumour.purity, total, hit.mutated_copies)
    record = draw_record(stream, tumour, allele, vaf, failing=hit.failing, depth=hit.depth_reads)
    record = replace(record, callers=hit.callers)
    if hit.written == "multiallelic":
        record = _with_synonymous_allele(genome, EVENTS[hit.event].change, record)
    elif hit.written == "lower_case":
        record = replace(record, ref=record.ref.lower(), alts=tuple(alt.lower() for alt in record.alts))
    elif hit.written == "right_aligned":
        moved = right_aligned(genome, allele)
        record = replace(record, position_1based=moved.position_1based, ref=moved.ref, alts=(moved.alt,))
    elif hit.written == "phased":
        yield from haplotype_of(record)
        return
    yield record
    if hit.written == "twice":
        yield record


def haplotype_of(record: Record) -> Iterator[Record]:
    """Yield a change of neighbouring bases as records of one base each, on one haplotype."""
    phase = f"{record.position_1based}_{record.ref[0]}_{record.alts[0][0]}"
    for offset, (ref, alt) in enumerate(zip(record.ref, record.alts[0], strict=True)):
        yield replace(record, position_1based=record.position_1based + offset, ref=ref, alts=(alt,), phase=phase)


def _with_synonymous_allele(genome: Genome, change: Change, record: Record) -> Record:
    """Add a second, rare alternate base at the same place that does not change the protein."""
    gene = genome.genes[change.gene_symbol]
    edit = edit_of(change, gene.cds)
    start = edit.offset_0based // 3 * 3
    codon, offset = gene.cds[start : start + 3], edit.offset_0based - start
    silent = next(
        base
        for base in "ACGT"
        if base != codon[offset] and CODONS[codon[:offset] + base + codon[offset + 1 :]] == CODONS[codon]
    )
    alt = silent if gene.spec.strand == "+" else reverse_complement(silent)
    normal = None if record.normal is None else Reads(record.normal.ref, (*record.normal.alts, 0))
    tumour = Reads(record.tumour.ref - 4, (*record.tumour.alts, 4))
    return replace(record, alts=(*record.alts, alt), tumour=tumour, normal=normal)


def draw_record(
    stream: Stream, tumour: Tumour, allele: Allele, vaf: float, *, failing: str = "", depth: int = 0, phase: str = ""
) -> Record:
    """Draw the reads of one allele.

    Parameters
    ----------
    stream : Stream
        Of the record alone.
    vaf : float
        Expected allele fraction in the tumour; at least 3 reads show the allele, or nobody had called it.
    depth : int
        Reads in the tumour; 0: drawn, 80 to 200.
    """
    depth = depth or stream.integer(80, 200)
    alternate = min(depth, max(stream.binomial(depth, vaf), 3))
    normal = None
    if tumour.calls is not None and tumour.calls.normal:
        in_normal = stream.integer(60, 120)
        seen = stream.binomial(in_normal, 0.14) if failing == "normal_support" else int(stream.uniform() < 0.08)
        normal = Reads(in_normal - seen, (seen,))
    reads = Reads(depth - alternate, (alternate,))
    return Record(allele.contig, allele.position_1based, allele.ref, (allele.alt,), reads, normal, failing, phase=phase)
