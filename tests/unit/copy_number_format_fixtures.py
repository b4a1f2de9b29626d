"""One truth as a miniature file of every format of segments, and ways to change and read a miniature."""

from __future__ import annotations

from pathlib import Path

import pytest

from sclcohort.coordinates import Span
from sclcohort.copy_number.formats import FORMATS, plain_name
from sclcohort.copy_number.genes import Thresholds, Tumour, gene_copy_number
from sclcohort.copy_number.segments import SampleSegments, read_segments
from sclcohort.errors import StepError

DEFAULT = Thresholds(8, 3, 1.5, 0.5, None, 3_000_000)

# What every miniature below says: contig, first and last base counted from 1, total and minor copies, state.
TRUTH = [
    ("8", 1001, 2000, 12, 1, "amplification"),
    ("8", 2001, 3000, 4, 2, "gain"),
    ("13", 5001, 6000, 1, 0, "loss"),
    ("17", 7001, 8000, 2, 0, "neutral"),
    ("X", 101, 200, 0, 0, "deep_deletion"),
]

# Columns as each caller writes them; the log2 ratios of the fitted ones are those of a tumour of ploidy 3.
SEG = """ID chrom loc.start loc.end num.mark seg.mean
S1 8 1001 2000 10 2.584962500721156
S1 8 2001 3000 10 1
S1 13 5001 6000 10 -1
S1 17 7001 8000 10 0
S1 23 101 200 10 -25
"""
CNS = """chromosome start end gene log2 baf cn cn1 cn2 depth probes weight
chr8 1000 2000 MYC 2.5 . 12 11 1 90 3 1
chr8 2000 3000 - 1 . 4 2 2 90 3 1
chr13 5000 6000 RB1 -1 . 1 1 0 90 3 1
chr17 7000 8000 TP53 0 . 2 0 2 90 3 1
chrX 100 200 KDM6A -25 . 0 0 0 90 3 1
"""
GATK = """CONTIG START END NUM_POINTS_COPY_RATIO MEAN_LOG2_COPY_RATIO CALL
chr8 1001 2000 10 2.584962500721156 +
chr8 2001 3000 10 1.000000 +
chr13 5001 6000 10 -1.000000 -
chr17 7001 8000 10 0.000000 0
chrX 101 200 10 -25.000000 -
"""
GATK_HEADER = "@HD\tVN:1.6\n@SQ\tSN:chr8\tLN:145138636\n@RG\tID:GATKCopyNumber\tSM:S1\n"
PURPLE = """chromosome start end copyNumber bafCount observedBAF baf segmentStartSupport segmentEndSupport method \
depthWindowCount gcContent minStart maxStart minorAlleleCopyNumber majorAlleleCopyNumber
chr8 1001 2000 12.0000 9 0.9 0.9 TELOMERE NONE BAF_WEIGHTED 10 0.4 1001 1001 1.0000 11.0000
chr8 2001 3000 4.0000 9 0.5 0.5 NONE TELOMERE BAF_WEIGHTED 10 0.4 2001 2001 2.0000 2.0000
chr13 5001 6000 1.0000 9 1 1 TELOMERE TELOMERE BAF_WEIGHTED 10 0.4 5001 5001 0.0000 1.0000
chr17 7001 8000 2.0000 9 1 1 TELOMERE TELOMERE BAF_WEIGHTED 10 0.4 7001 7001 0.0000 2.0000
chrX 101 200 0.0000 0 0 0 TELOMERE TELOMERE BAF_WEIGHTED 10 0.4 101 101 0.0000 0.0000
"""
FACETS = """chrom seg num.mark nhet cnlr.median mafR segclust cnlr.median.clust mafR.clust start end cf.em tcn.em lcn.em
8 1 10 5 2.0 5 1 2.0 5 1001 2000 0.7 12 1
8 2 10 5 0.4 0 2 0.4 0 2001 3000 0.7 4 2
13 3 10 5 -1.6 5 3 -1.6 5 5001 6000 0.7 1 0
17 4 10 5 -0.6 5 4 -0.6 5 7001 8000 0.7 2 0
23 5 10 5 -25 0 5 -25 0 101 200 0.7 0 0
"""
ASCAT = """sample chr startpos endpos nMajor nMinor
S1 8 1001 2000 11 1
S1 8 2001 3000 2 2
S1 13 5001 6000 1 0
S1 17 7001 8000 2 0
S1 X 101 200 0 0
"""
SEQUENZA = """\
"chromosome" "start.pos" "end.pos" "Bf" "N.BAF" "sd.BAF" "depth.ratio" "N.ratio" "sd.ratio" "CNt" "A" "B" "LPP"
"chr8" 1001 2000 0.1 10 0.1 4 10 0.1 12 11 1 -6.8
"chr8" 2001 3000 0.5 10 0.1 1.32 10 0.1 4 2 2 -6.8
"chr13" 5001 6000 0.0 10 0.1 0.33 10 0.1 1 1 0 -6.8
"chr17" 7001 8000 0.0 10 0.1 0.66 10 0.1 2 2 0 -6.8
"chrX" 101 200 NA 0 NA 0.001 10 0.1 0 0 0 -6.8
"""
BATTENBERG = """chr startpos endpos BAF pval LogR ntot nMaj1_A nMin1_A frac1_A nMaj2_A nMin2_A frac2_A SDfrac_A \
SDfrac_A_BS frac1_A_0.025 frac1_A_0.975 nMaj1_B nMin1_B frac1_B
8 1001 2000 0.9 1 2.0 12.1 11 1 1 NA NA NA NA NA NA NA NA NA NA
8 2001 3000 0.5 1 0.4 4.1 2 2 1 NA NA NA NA NA NA NA NA NA NA
13 5001 6000 0.9 1 -1.6 1.1 1 0 1 NA NA NA NA NA NA NA NA NA NA
17 7001 8000 0.9 1 -0.6 2.1 2 0 1 NA NA NA NA NA NA NA NA NA NA
X 101 200 0.5 1 -25 0.1 0 0 1 NA NA NA NA NA NA NA NA NA NA
"""
MINIATURES = {
    "seg": SEG.replace(" ", "\t"),
    "cns": CNS.replace(" ", "\t"),
    "gatk": GATK_HEADER + GATK.replace(" ", "\t"),
    "purple": PURPLE.replace(" ", "\t"),
    "facets": FACETS.replace(" ", "\t"),
    "ascat": ASCAT.replace(" ", "\t"),
    "sequenza": SEQUENZA.replace(" ", "\t"),
    "battenberg": BATTENBERG.replace(" ", "\t"),
}
FITTED = {
    "purple": "PURPLE",
    "facets": "FACETS",
    "ascat": "ASCAT",
    "sequenza": "Sequenza",
    "battenberg": "Battenberg",
}
WITH_LOG2_RATIO = {"facets", "sequenza", "battenberg"}
FORM = {form.name: form for form in FORMATS}
every_format = pytest.mark.parametrize("name", sorted(MINIATURES))
every_fitted_format = pytest.mark.parametrize("name", sorted(FITTED))


def write(folder: Path, text: str, name: str = "file.txt") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def table(name: str) -> tuple[list[str], list[list[str]]]:
    """Return header and rows of a miniature."""
    lines = [line for line in MINIATURES[name].splitlines() if not line.startswith("@")]
    header, *rows = [line.replace('"', "").split("\t") for line in lines]
    return header, rows


def text_of(header: list[str], rows: list[list[str]]) -> str:
    return "".join("\t".join(row) + "\n" for row in [header, *rows])


def with_cell(name: str, role: str, value: str, row: int = 0) -> str:
    """Return a miniature in which one cell has another value."""
    header, rows = table(name)
    rows[row][place_of(name, role)] = value
    return text_of(header, rows)


def place_of(name: str, role: str) -> int:
    header, _ = table(name)
    (place,) = (place for place, cell in enumerate(header) if plain_name(cell) in FORM[name].columns[role])
    return place


def read(folder: Path, text: str) -> SampleSegments:
    return read_segments(write(folder, text)).sample("S1")


def refusal(folder: Path, text: str) -> str:
    with pytest.raises(StepError) as caught:
        read(folder, text)
    return str(caught.value)


def gene(segments: SampleSegments, contig: str, first: int, last: int, purity: float | None = 1.0):
    return gene_copy_number("GENE", [Span.from_inclusive(contig, first, last)], segments, Tumour(purity), DEFAULT)
