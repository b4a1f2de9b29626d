"""Copy number as PURPLE writes it: fitted copies of every segment, and the purity and ploidy of the tumour."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from builder.model import Tumour
    from builder.segments import Segment

SEGMENT_COLUMNS = (
    "chromosome", "start", "end", "copyNumber", "bafCount", "observedBAF", "baf", "segmentStartSupport",
    "segmentEndSupport", "method", "depthWindowCount", "gcContent", "minStart", "maxStart", "minorAlleleCopyNumber",
    "majorAlleleCopyNumber",
)  # fmt: skip
# The first columns of the file; those after them are not about copy number.
PURITY_COLUMNS = ("purity", "normFactor", "score", "diploidProportion", "ploidy", "gender", "status")


def segments_text(segments: list[Segment]) -> str:
    """Return a .purple.cnv.somatic.tsv: first and last base counted from 1, copies of a tumour cell."""
    lines = ["\t".join(SEGMENT_COLUMNS)]
    for place, one in enumerate(segments):
        total, minor = one.copies
        baf = f"{(total - minor) / total:.4f}" if total else "0.0000"
        first = place == 0 or segments[place - 1].contig != one.contig
        last = place + 1 == len(segments) or segments[place + 1].contig != one.contig
        cells = [one.contig, one.start_0based + 1, one.end, f"{total:.4f}", one.probes // 4, baf, baf]
        cells += ["TELOMERE" if first else "NONE", "TELOMERE" if last else "NONE", "BAF_WEIGHTED", one.probes, "0.4100"]
        cells += [one.start_0based + 1, one.start_0based + 1, f"{minor:.4f}", f"{total - minor:.4f}"]
        lines.append("\t".join(map(str, cells)))
    return "\n".join(lines) + "\n"


def purity_text(tumour: Tumour, segments: list[Segment], gender: str) -> str:
    """Return a .purple.purity.tsv: the true purity, and the mean copies of the segments."""
    bases = [one.end - one.start_0based for one in segments]
    ploidy = sum(one.copies[0] * length for one, length in zip(segments, bases, strict=True)) / sum(bases)
    diploid = sum(length for one, length in zip(segments, bases, strict=True) if one.copies == (2, 1)) / sum(bases)
    cells = [f"{tumour.purity:.4f}", "1.0000", "0.1000", f"{diploid:.4f}", f"{ploidy:.4f}", gender.upper(), "NORMAL"]
    return "\n".join("\t".join(row) for row in (PURITY_COLUMNS, cells)) + "\n"
