"""Copy-number segments: one SEG file for the cohort, a CNVkit .cns for other tumours."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from builder.genome import TELOMERE, Genome
from builder.streams import Stream

if TYPE_CHECKING:
    from builder.model import Copies, Segments, Tumour

NEUTRAL: Copies = (2, 1)
# Left out everywhere, as many pipelines do: what is neutral there depends on the patient's sex.
NEVER_COVERED = ("chrX",)
NOISE_LOG2 = 0.02
# Reads that map to a gene without any copy left, as a share of the diploid depth.
LEAST_RATIO = 0.03
BASES_PER_PROBE = 120


@dataclass(frozen=True)
class Segment:
    """Stretch of one contig with one copy number, from 0, end left out."""

    contig: str
    start_0based: int
    end: int
    copies: Copies
    log2_ratio: float
    genes: tuple[str, ...]

    @property
    def probes(self) -> int:
        """Number of markers."""
        return max(5, (self.end - self.start_0based) // BASES_PER_PROBE)


def expected_log2_ratio(purity: float, total_copies: float) -> float:
    """Return the log2 ratio of tumour and normal cells together, at an average ploidy of 2."""
    return math.log2(max((purity * total_copies + 2 * (1 - purity)) / 2, LEAST_RATIO))


def total_copies(log2_ratio: float, purity: float) -> float:
    """Return the tumour's copies that a log2 ratio means: the formula that the workflow states."""
    return max(0.0, (2 ** (log2_ratio + 1) - 2 * (1 - purity)) / purity)


def segments_of(genome: Genome, tumour: Tumour) -> list[Segment]:
    """Return the segments of a tumour; log2 ratios are those of its true purity, as measured, not corrected."""
    if tumour.segments is None:
        return []
    segments = []
    for contig in genome.contigs:
        if contig in NEVER_COVERED or contig in tumour.segments.not_covered:
            continue
        for start, end, copies, genes in _stretches(genome, contig, tumour.segments):
            noise = Stream(tumour.sample_id, "segments", contig, start).normal(0, NOISE_LOG2)
            ratio = round(expected_log2_ratio(tumour.purity, copies[0]) + noise, 4)
            segments.append(Segment(contig, start, end, copies, ratio, genes))
    return segments


def _stretches(genome: Genome, contig: str, segments: Segments) -> Iterator[tuple[int, int, Copies, tuple[str, ...]]]:
    """Yield stretches of equal copies; they change half-way between genes, so that no gene is cut."""
    genes = sorted(
        (gene for gene in genome.genes.values() if gene.spec.contig == contig), key=lambda gene: gene.span.start_0based
    )
    start = len(TELOMERE)
    held: list[str] = []
    for gene, following in zip(genes, [*genes[1:], None], strict=True):
        copies = segments.copies.get(gene.spec.symbol, NEUTRAL)
        held.append(gene.spec.symbol)
        if following is None:
            yield start, len(genome.contigs[contig]) - len(TELOMERE), copies, tuple(held)
        elif segments.copies.get(following.spec.symbol, NEUTRAL) != copies:
            end = (gene.span.end + following.span.start_0based) // 2
            yield start, end, copies, tuple(held)
            start, held = end, []


def seg_text(rows: list[tuple[str, list[Segment]]]) -> str:
    """Return a SEG file of several samples: first and last base counted from 1."""
    lines = ["ID\tchrom\tloc.start\tloc.end\tnum.mark\tseg.mean"]
    for name, segments in rows:
        lines += [
            f"{name}\t{one.contig}\t{one.start_0based + 1}\t{one.end}\t{one.probes}\t{one.log2_ratio:.4f}"
            for one in segments
        ]
    return "\n".join(lines) + "\n"


def cns_text(tumour: Tumour, segments: list[Segment]) -> str:
    """Return a .cns as `cnvkit.py call` writes it: from 0, end left out; cn1 and cn2 are major and minor copies."""
    lines = ["chromosome\tstart\tend\tgene\tlog2\tbaf\tcn\tcn1\tcn2\tdepth\tprobes\tweight"]
    for one in segments:
        total, minor = one.copies
        mixed = tumour.purity * total + 2 * (1 - tumour.purity)
        # Where no copy is left, in a pure tumour, there is no read to give an allele fraction.
        baf = f"{(tumour.purity * (total - minor) + 1 - tumour.purity) / mixed:.4f}" if mixed > 0 else ""
        cells = [one.contig, one.start_0based, one.end, ",".join(one.genes), f"{one.log2_ratio:.4f}", baf]
        cells += [total, total - minor, minor, f"{110 * 2**one.log2_ratio:.3f}", one.probes, f"{0.87 * one.probes:.4f}"]
        lines.append("\t".join(map(str, cells)))
    return "\n".join(lines) + "\n"
