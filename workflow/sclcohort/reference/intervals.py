"""Sets of bases as merged intervals, and BED files read into them.

Intervals are half-open and count from 0, as in BED.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from sclcohort.coordinates import Span, differ_by_prefix
from sclcohort.errors import StepError
from sclcohort.files import UNREADABLE, open_text

# Lines of a BED that are for genome browsers.
BROWSER_WORDS = ("#", "track", "browser")


class Intervals:
    """A set of bases: sorted intervals per contig that neither overlap nor touch.

    Parameters
    ----------
    spans : iterable of Span
        In any order; overlapping and adjacent ones become one.
    """

    def __init__(self, spans: Iterable[Span]) -> None:
        self.starts: dict[str, list[int]] = {}
        self.ends: dict[str, list[int]] = {}
        for contig, start, end in sorted(spans):
            starts, ends = self.starts.setdefault(contig, []), self.ends.setdefault(contig, [])
            if ends and start <= ends[-1]:
                ends[-1] = max(ends[-1], end)
            else:
                starts.append(start)
                ends.append(end)

    @property
    def contigs(self) -> set[str]:
        """Contigs with at least one base."""
        return set(self.starts)

    @property
    def bases(self) -> int:
        """Bases in the set, each once."""
        return sum(span.end - span.start_0based for span in self)

    def __iter__(self) -> Iterator[Span]:
        for contig, starts in self.starts.items():
            for start, end in zip(starts, self.ends[contig], strict=True):
                yield Span(contig, start, end)

    def within(self, span: Span) -> list[Span]:
        """Return the parts of `span` that are in the set, in order."""
        starts, ends = self.starts.get(span.contig, []), self.ends.get(span.contig, [])
        found = []
        for place in range(bisect_right(ends, span.start_0based), len(starts)):
            if starts[place] >= span.end:
                break
            start, end = max(starts[place], span.start_0based), min(ends[place], span.end)
            found.append(Span(span.contig, start, end))
        return found

    def common(self, spans: Iterable[Span]) -> Intervals:
        """Return the bases of the set that are in any of `spans`."""
        return Intervals(part for span in spans for part in self.within(span))


@dataclass(frozen=True)
class Bed:
    """A BED file: its bases, and the line on which each contig is first met."""

    path: Path
    intervals: Intervals
    first_lines: dict[str, int]


def read_bed(path: Path) -> Bed:
    """Read a BED file, plain or compressed.

    Parameters
    ----------
    path : Path
        Three columns or more, separated by tabs or spaces; lines of ``track``, ``browser`` and ``#`` are passed over.

    Returns
    -------
    Bed
        Overlapping intervals merged.

    Raises
    ------
    StepError
        The file cannot be read, has no interval, or a line is none; the message names the line.
    """
    spans: list[Span] = []
    first_lines: dict[str, int] = {}
    try:
        with open_text(path) as handle:
            for number, line in enumerate(handle, start=1):
                if line.strip() and not line.startswith(BROWSER_WORDS):
                    spans.append(_bed_span(path, number, line))
                    first_lines.setdefault(spans[-1].contig, number)
    except UNREADABLE as error:
        raise StepError(f"target {path}: cannot be read ({error}); check path and permissions") from error
    if not spans:
        raise StepError(f"target {path}: has no interval; give a BED with chrom, start and end")
    return Bed(path, Intervals(spans), first_lines)


def _bed_span(path: Path, number: int, line: str) -> Span:
    cells = line.rstrip("\n").split("\t") if "\t" in line else line.split()
    if len(cells) < 3:
        raise StepError(
            f"target {path}: line {number} has {len(cells)} columns; a BED has at least three: chrom, start, end"
        )
    try:
        span = Span(cells[0], int(cells[1]), int(cells[2]))
    except ValueError as error:
        raise StepError(
            f"target {path}: line {number}: start {cells[1]!r} and end {cells[2]!r} must be integers; "
            "remove a header line, or begin it with #"
        ) from error
    if not 0 <= span.start_0based < span.end:
        raise StepError(
            f"target {path}: line {number}: start {span.start_0based} is not before end {span.end}; "
            "a BED counts from 0 and excludes the end"
        )
    return span


def check_contigs(bed: Bed, contigs: set[str]) -> None:
    """Refuse a BED that names contigs as the reference does not: nothing would be covered, in silence.

    Parameters
    ----------
    bed : Bed
        The target.
    contigs : set of str
        Contig names of the reference; empty: not known yet.

    Raises
    ------
    StepError
        No contig of the BED is in the reference; the message names the first line.
    """
    if not contigs or bed.intervals.contigs & contigs:
        return
    contig, line = min(bed.first_lines.items(), key=lambda item: item[1])
    place = f"target {bed.path}: line {line}: contig {contig}"
    if differ_by_prefix(bed.intervals.contigs, contigs):
        raise StepError(f"{place} is named otherwise than in the reference ({min(contigs)}); add or remove chr")
    raise StepError(f"{place} is not in the reference, nor is any other; give the BED of this genome build")
