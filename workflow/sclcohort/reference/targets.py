"""Targets: what samples were sequenced on, by name, and how much of each gene a target covers.

A target is named by its BED file without the folder; `ALL_CODING` stands for samples without one, whose
variants may lie anywhere in the gene model.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from sclcohort.contracts import CODING_EXONS, SAMPLES, TARGET_GENES
from sclcohort.coordinates import Span
from sclcohort.reference.intervals import Intervals, read_bed
from sclcohort.tables import read_rows

if TYPE_CHECKING:
    from sclcohort.tables import Cell

ALL_CODING = "all_coding"


def target_name(cell: Cell) -> str:
    """Return the name of the target that `SAMPLES.target` names; `ALL_CODING` where it is empty."""
    return ALL_CODING if cell is None else Path(str(cell)).name


def target_files(samples: Path) -> dict[str, Path]:
    """Return the BED files that the samples name (contract SAMPLES), by name, sorted."""
    paths = {str(row["target"]) for row in read_rows(samples, SAMPLES) if row["target"]}
    return {target_name(path): Path(path) for path in sorted(paths)}


def read_exons(coding_exons: Path) -> dict[str, list[Span]]:
    """Return the coding intervals of each transcript (contract CODING_EXONS), in genome order."""
    exons: dict[str, list[Span]] = {}
    for row in read_rows(coding_exons, CODING_EXONS):
        span = Span(str(row["contig"]), int(str(row["start_0based"])), int(str(row["end"])))
        exons.setdefault(str(row["transcript_id"]), []).append(span)
    return {transcript: sorted(spans) for transcript, spans in exons.items()}


def targeted_coding(files: Mapping[str, Path], coding: Intervals) -> dict[str, Intervals]:
    """Return the coding bases inside each target, `ALL_CODING` first.

    Parameters
    ----------
    files : mapping of str to Path
        BED files by name.
    coding : Intervals
        Coding bases of all representative transcripts.
    """
    return {ALL_CODING: coding} | {name: read_bed(path).intervals.common(coding) for name, path in files.items()}


def coding_intervals(exons: Mapping[str, Iterable[Span]]) -> Intervals:
    """Return the bases that any of the transcripts codes."""
    return Intervals(span for spans in exons.values() for span in spans)


def read_covered_fractions(target_genes: Path, genes: Collection[str]) -> dict[tuple[str, str], float]:
    """Return the covered fraction of some genes by target and gene (contract TARGET_GENES)."""
    return {
        (str(row["target"]), str(row["gene_symbol"])): float(str(row["covered_fraction"]))
        for row in read_rows(target_genes, TARGET_GENES, {"gene_symbol": genes})
    }
