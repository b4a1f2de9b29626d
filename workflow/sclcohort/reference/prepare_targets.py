"""Step prepare-targets: the coding bases that each target covers, per gene and in all.

INPUTS   inputs/samples.tsv and the BED files it names, reference/genes.tsv, reference/coding_exons.tsv, the genome
OUTPUTS  targets        contract TARGETS, one row per BED, and one for samples without
         target_genes   contract TARGET_GENES, one row per target and gene
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pysam

from sclcohort.contracts import REFERENCE_GENES, TARGET_GENES, TARGETS
from sclcohort.errors import StepError
from sclcohort.reference.contigs import read_contigs
from sclcohort.reference.genome import coding_sequence
from sclcohort.reference.intervals import Bed, Intervals, check_contigs, read_bed
from sclcohort.reference.sites import count_sites
from sclcohort.reference.targets import ALL_CODING, coding_intervals, read_exons, target_files
from sclcohort.tables import Cell, read_rows, write_rows

if TYPE_CHECKING:
    from sclcohort.coordinates import Span

log = logging.getLogger(__name__)

Row = dict[str, Cell]


def run(*, samples: Path, genes: Path, coding_exons: Path, genome: Path, targets: Path, target_genes: Path) -> None:
    """Measure what each target covers of the coding sequence.

    Parameters
    ----------
    samples : Path
        Contract SAMPLES; the BED files it names are read.
    genes, coding_exons : Path
        Contracts REFERENCE_GENES and CODING_EXONS.
    genome : Path
        Genome with its ``.fai``; an empty file where the cohort has no variants.
    targets, target_genes : Path
        To write: contracts TARGETS and TARGET_GENES.

    Raises
    ------
    StepError
        A BED cannot be read, or is of another genome.
    """
    exons = read_exons(coding_exons)
    beds = {name: read_bed(path) for name, path in target_files(samples).items()}
    contigs = read_contigs(genome) if Path(f"{genome}.fai").is_file() else {}
    for bed in beds.values():
        check_bed(bed, contigs)
    coding = coding_intervals(exons)
    write_rows(targets, TARGETS, target_rows(beds, coding))
    written = write_rows(target_genes, TARGET_GENES, gene_rows(read_models(genes, exons), beds, genome))
    log.info("%d targets besides all coding bases, %d rows of genes", len(beds), written)


def check_bed(bed: Bed, contigs: Mapping[str, int]) -> None:
    """Refuse a BED of another genome; say which of its contigs are not there.

    Raises
    ------
    StepError
        It has no contig of the genome, or an interval ends beyond its contig.
    """
    check_contigs(bed, set(contigs))
    for span in bed.intervals:
        if span.end > contigs.get(span.contig, span.end):
            raise StepError(
                f"target {bed.path}: an interval ends at {span.contig}:{span.end}, beyond the contig's "
                f"{contigs[span.contig]} bases in the genome; give the BED of this genome build"
            )
    unknown = sorted(bed.intervals.contigs - set(contigs))
    if contigs and unknown:
        log.warning("%s: contigs that the genome lacks are left out, e.g. %s", bed.path.name, unknown[0])


def target_rows(beds: Mapping[str, Bed], coding: Intervals) -> Iterator[Row]:
    """Yield rows of contract TARGETS, `ALL_CODING` among them."""
    bases = coding.bases
    none = "" if bases else "no gene model is configured, so no base is known to be coding"
    yield {"target": ALL_CODING, "target_bases": bases, "coding_bases": bases, "reason": none}
    for name, bed in beds.items():
        covered = bed.intervals.common(coding).bases
        reason = none or ("" if covered else "no coding base of a representative transcript is in the target")
        yield {"target": name, "target_bases": bed.intervals.bases, "coding_bases": covered, "reason": reason}


@dataclass(frozen=True)
class Model:
    """The coding sequence that stands for a gene.

    Parameters
    ----------
    gene_symbol, strand : str
        As in the gene model.
    coding : sequence of Span
        Coding intervals in genome order.
    has_frame : bool
        Whether its first base begins a codon.
    """

    gene_symbol: str
    strand: str
    coding: Sequence[Span]
    has_frame: bool


def read_models(genes: Path, exons: Mapping[str, Sequence[Span]]) -> list[Model]:
    """Return one coding sequence per gene symbol: where the model has two genes of one name, the longer one."""
    best: dict[str, tuple[int, Model]] = {}
    for row in read_rows(genes, REFERENCE_GENES):
        symbol, coding = str(row["gene_symbol"]), exons[str(row["transcript_id"])]
        bases = sum(span.end - span.start_0based for span in coding)
        if symbol not in best or bases > best[symbol][0]:
            best[symbol] = (bases, Model(symbol, str(row["strand"]), coding, row["protein"] is not None))
    return [model for _, model in best.values()]


def gene_rows(models: Sequence[Model], beds: Mapping[str, Bed], genome: Path) -> Iterator[Row]:
    """Yield rows of contract TARGET_GENES: every gene on every target, and on all coding bases."""
    if not models:
        return
    with pysam.FastaFile(str(genome)) as sequence:
        for model in models:
            bases = coding_sequence(sequence, model.coding, model.strand)
            yield _gene_row(ALL_CODING, model, [[exon] for exon in model.coding], bases)
            for name, bed in beds.items():
                yield _gene_row(name, model, [bed.intervals.within(exon) for exon in model.coding], bases)


def _gene_row(target: str, model: Model, covered: Sequence[Sequence[Span]], bases: str) -> Row:
    ranges = in_transcript(model, covered)
    count = sum(end - start for start, end in ranges)
    row: Row = {
        "target": target,
        "gene_symbol": model.gene_symbol,
        "coding_bases": len(bases),
        "covered_bases": count,
        "covered_fraction": count / len(bases),
    }
    if model.has_frame:
        row["nonsilent_sites"], row["silent_sites"] = count_sites(bases, ranges)
    return row


def in_transcript(model: Model, covered: Sequence[Sequence[Span]]) -> list[tuple[int, int]]:
    """Return parts of the coding sequence as half-open ranges that count from its first base, in genome order.

    Parameters
    ----------
    model : Model
        The coding sequence.
    covered : sequence of sequence of Span
        For each coding interval, in order, its parts.
    """
    total = sum(exon.end - exon.start_0based for exon in model.coding)
    ranges = []
    before = 0
    for exon, parts in zip(model.coding, covered, strict=True):
        shift = before - exon.start_0based
        ranges += [(part.start_0based + shift, part.end + shift) for part in parts]
        before += exon.end - exon.start_0based
    return ranges if model.strand == "+" else [(total - end, total - start) for start, end in ranges]
