"""Read copy-number segments of any caller: the segments of each sample, by position.

`formats` says what each format looks like and tells them apart by header, `rows` reads one row; here
files are read, and the segments of a sample are checked and found by position.

Copy number has no sequence to protect, so contigs are compared by `contig_key`: without ``chr``,
and with 23, 24 and 25, as arrays number them, for X, Y and MT. The files themselves are not changed.

A file that cannot be trusted as a whole (header, broken rows, cut short) is refused for every
sample; a faulty row of one sample refuses that sample alone.
"""

from __future__ import annotations

import difflib
import gzip
import itertools
import zlib
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from sclcohort.coordinates import Span, without_chr
from sclcohort.copy_number.formats import Format, SegmentFormat, recognised
from sclcohort.copy_number.rows import LOG2_FIX, Row, Segment, parse_row
from sclcohort.errors import Fault, StepError
from sclcohort.files import open_text

NUMBERED_CONTIGS = {"23": "X", "24": "Y", "25": "MT"}

# Choice: segmenters centre log2 ratios on the bulk of the genome, so that the median lies near 0 and about half the
# segments below it. Ratios (DepMap's SegmentMean, 22Q4) lie around 1, copies around 2, neither below 0.
LOG2_MEDIAN_LIMIT = 0.5
FEWEST_SEGMENTS_TO_JUDGE = 10
# A file with one fault of a kind has it in every row: enough to see the pattern.
MOST_FAULTS_KEPT = 20


class SampleSegments:
    """The segments of one sample, disjoint, found by position.

    Parameters
    ----------
    segments : iterable of Segment
        In any order; a base that the next segment shares with the one before it (files that
        write half-open ends into SEG) goes to the first.
    without_value : int
        Rows of the sample that gave no log2 ratio, or no fitted copies: their bases are not covered.
    fitted_by : str
        Caller whose fitted copies every segment has; empty where copies come from the log2 ratio.
    """

    def __init__(self, segments: Iterable[Segment], without_value: int = 0, fitted_by: str = "") -> None:
        self.without_value = without_value
        self.fitted_by = fitted_by
        by_contig: dict[str, list[Segment]] = {}
        for segment in sorted(segments, key=_by_place):
            before = by_contig.setdefault(segment.span.contig, [])
            start = max([segment.span.start_0based, *(one.span.end for one in before[-1:])])
            if start < segment.span.end:
                before.append(segment._replace(span=segment.span._replace(start_0based=start)))
        self._by_contig = by_contig
        self._starts = {contig: [one.span.start_0based for one in found] for contig, found in by_contig.items()}
        self._ends = {contig: [one.span.end for one in found] for contig, found in by_contig.items()}

    def __len__(self) -> int:
        return sum(len(found) for found in self._by_contig.values())

    @property
    def contigs(self) -> frozenset[str]:
        """Contigs with a segment, by `contig_key`."""
        return frozenset(self._by_contig)

    @property
    def has_copies(self) -> bool:
        """Whether every segment has the caller's own copies."""
        return all(one.total_copies is not None for found in self._by_contig.values() for one in found)

    def mean_copies(self, contigs: Collection[str]) -> float | None:
        """Return the mean of the segments' own copies on some contigs, weighted by bases; None where there are none.

        Exact before the last rounding: a segment split in two changes no bit.
        """
        found = [
            (Fraction(one.total_copies), one.span.end - one.span.start_0based)
            for contig in sorted(contigs)
            for one in self.on(contig)
            if one.total_copies is not None
        ]
        bases = sum(length for _, length in found)
        return float(sum(copies * length for copies, length in found) / bases) if found else None

    def on(self, contig: str) -> list[Segment]:
        """Return the segments of a contig, in order."""
        return list(self._by_contig.get(contig, []))

    def over(self, span: Span) -> list[Segment]:
        """Return the segments that share a base with a span, in order, cut to the span."""
        found = self._by_contig.get(span.contig)
        if not found:
            return []
        first = bisect_right(self._ends[span.contig], span.start_0based)
        last = bisect_left(self._starts[span.contig], span.end)
        return [_cut(segment, span) for segment in found[first:last]]


def _by_place(segment: Segment) -> tuple[Span, int]:
    return segment.span, segment.row


def _cut(segment: Segment, span: Span) -> Segment:
    start, end = max(segment.span.start_0based, span.start_0based), min(segment.span.end, span.end)
    return segment._replace(span=Span(span.contig, start, end))


@dataclass
class SegmentFile:
    """What one pass over a file found.

    Parameters
    ----------
    file : str
        Name of the file, without its folder: what messages and result tables show.
    form : SegmentFormat
        Format told by the header.
    has_names : bool
        Whether the file has a column of sample names; without, it has one sample.
    names : set of str
        Every sample name of the file.
    whole : bool
        Whether the last line ends as lines do; a file cut by a transfer does not.
    """

    file: str
    form: SegmentFormat
    has_names: bool
    names: set[str] = field(default_factory=set)
    whole: bool = True
    _segments: dict[str, list[Segment]] = field(default_factory=dict, init=False)
    _without_value: dict[str, int] = field(default_factory=dict, init=False)
    _faults: dict[str, list[Fault]] = field(default_factory=dict, init=False)

    @property
    def format(self) -> Format:
        """Name of the format."""
        return self.form.name

    def sample(self, name: str) -> SampleSegments:
        """Return the segments of one sample of those that were wanted.

        Parameters
        ----------
        name : str
            Sample name inside a file that has names; any other has one sample, whatever its name.

        Raises
        ------
        StepError
            No such sample, naming the closest; every fault of its rows; segments that overlap;
            values that are no log2 ratios.
        """
        key = name if self.has_names else ""
        if self.has_names and name not in self.names:
            raise StepError(str(self._unknown(name)))
        segments = self._segments.get(key, [])
        faults = self._faults.get(key, []) or list(_overlaps(self.file, segments))[:MOST_FAULTS_KEPT]
        faults = faults or list(self._scale_faults(key, segments))
        if faults:
            raise StepError("\n".join(str(fault) for fault in faults))
        return SampleSegments(segments, self._without_value.get(key, 0), self.form.fitted_by)

    def add(self, name: str, parsed: Segment | Fault | None) -> None:
        """Keep what one row gave: a segment, a fault, or nothing where the row has no value."""
        if isinstance(parsed, Segment):
            self._segments.setdefault(name, []).append(parsed)
        elif parsed is None:
            self._without_value[name] = self._without_value.get(name, 0) + 1
        elif len(kept := self._faults.setdefault(name, [])) < MOST_FAULTS_KEPT:
            kept.append(parsed)

    def _unknown(self, name: str) -> Fault:
        folded = {known.casefold(): known for known in sorted(self.names)}
        close = difflib.get_close_matches(name.casefold(), sorted(folded), n=1, cutoff=0.6)
        fix = (
            f'set copy_number_sample to "{folded[close[0]]}" if that is the sample'
            if close
            else ("set copy_number_sample to one of its names: " + shortened(self.names))
        )
        found = f"no such sample; the file has {len(self.names)}"
        return Fault("E-CN-018", self.file, found, fix, None, "sample", name)

    def _scale_faults(self, name: str, segments: Sequence[Segment]) -> Iterator[Fault]:
        if not segments:
            lost = self._without_value.get(name, 0)
            found = f"no segment with a value ({lost} rows without one)"
            yield Fault("E-CN-017", self.file, found, "give the segments of the sample", value=name or None)
        ratios = [(one.log2_ratio, one.span) for one in segments if one.log2_ratio is not None]
        judged = len(ratios) >= FEWEST_SEGMENTS_TO_JUDGE and not self.form.fitted_by
        if judged and min(log2_ratio for log2_ratio, _ in ratios) >= 0:
            middle = _median_base(ratios)
            if middle >= LOG2_MEDIAN_LIMIT:
                found = f"no value is below 0 and half the genome is at {middle:.3g} or more: not log2 ratios"
                yield Fault("E-CN-017", self.file, found, LOG2_FIX, value=name or None)


def contig_key(name: str) -> str:
    """Return the name by which contigs of segments and genes are compared.

    Parameters
    ----------
    name : str
        As written in either file.

    Returns
    -------
    str
        Without ``chr``; X, Y and MT for 23, 24 and 25.
    """
    bare = without_chr(name)
    return NUMBERED_CONTIGS.get(bare, bare)


def shortened(names: Collection[str], most: int = 5) -> str:
    """Return the first of the sorted names, and how many more there are."""
    listed = sorted(names)
    return ", ".join(listed[:most]) + (f" and {len(listed) - most} more" if len(listed) > most else "")


def sample_names(path: Path) -> set[str]:
    """Return the sample names inside a file; none where the format has one sample without a name.

    Raises
    ------
    StepError
        The file is of no known format, or damaged.
    """
    return read_segments(path, wanted=()).names


def read_segments(path: Path, wanted: Collection[str] | None = None) -> SegmentFile:
    """Read a file of segments in one pass.

    Parameters
    ----------
    path : Path
        Any of `formats.FORMATS`, plain or gzip, tab-separated with a header; lines that start with
        ``#`` are comments, and so are those before the header that start with ``@`` (GATK).
    wanted : collection of str or None
        Samples to keep of a file with names; of all others only the names are noted. None keeps all.
        The one sample of a file without is always kept, unless nothing at all is wanted.

    Returns
    -------
    SegmentFile
        Ask it for each sample.

    Raises
    ------
    StepError
        The file is unreadable, cut short, of no known format or of two, a needed column is missing or
        there twice, or rows have other numbers of cells than the header.
    """
    try:
        with open_text(path) as handle:
            return _read_lines(path.name, handle, None if wanted is None else frozenset(wanted))
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        found = f"the compressed file is cut short or damaged ({error})"
        raise StepError(str(Fault("E-CN-010", path.name, found, "copy it again"))) from error
    except UnicodeDecodeError as error:
        found = f"not UTF-8 text ({error.reason} at byte {error.start})"
        raise StepError(str(Fault("E-CN-010", path.name, found, "save it as UTF-8"))) from error
    except OSError as error:
        found = f"cannot be read: {error.strerror}"
        raise StepError(str(Fault("E-CN-010", path.name, found, "check path and permissions"))) from error


def _read_lines(file: str, lines: Iterable[str], wanted: frozenset[str] | None) -> SegmentFile:
    """Read header and rows; see `read_segments`."""
    numbered = enumerate(lines, start=1)
    header_row, header = next(
        ((row, _cells(line)) for row, line in numbered if line.strip() and not line.startswith(("#", "@"))), (1, [])
    )
    form, columns = recognised(file, header_row, header)
    found = SegmentFile(file, form, "sample" in columns)
    broken: list[Fault] = []
    line = "\n"
    for row, line in numbered:
        if not line.strip() or line.startswith("#"):
            continue
        cells = _cells(line)
        if len(cells) != len(header):
            broken.append(_wrong_width(file, row, len(cells), len(header)))
            continue
        name = ""
        if found.has_names:
            name = cells[columns["sample"]]
            if not name:
                broken.append(Fault("E-CN-013", file, "no sample name", "name the sample, or drop the row", row))
            found.names.add(name)
        if wanted is None or (name in wanted if found.has_names else wanted):
            contig = contig_key(cells[columns["contig"]])
            found.add(name, parse_row(Row(file, row, cells, columns, form), contig))
    if broken:
        raise StepError("\n".join(str(fault) for fault in broken[:MOST_FAULTS_KEPT]))
    found.whole = line.endswith("\n")
    return found


def _cells(line: str) -> list[str]:
    """Split a line; R quotes text unless told not to, and no name of ours needs a quote."""
    return [cell.strip() for cell in line.rstrip("\n").replace('"', "").split("\t")]


def _wrong_width(file: str, row: int, cells: int, expected: int) -> Fault:
    fix = "write it again in full; was it cut?"
    if cells == expected + 1:
        fix = "write it without row names (in R: row.names = FALSE)"
    return Fault("E-CN-013", file, f"{cells} cells, the header has {expected}", fix, row)


def _overlaps(file: str, segments: Sequence[Segment]) -> Iterator[Fault]:
    """Yield segments that share more than one base with the one before: two statements about one place."""
    last: Segment | None = None
    for segment in sorted(segments, key=_by_place):
        if last is not None and last.span.overlap_bases(segment.span) > 1:
            found = f"overlaps the segment of row {last.row} on contig {segment.span.contig}"
            fix = "give each sample once, segmented once"
            yield Fault("E-CN-016", file, found, fix, segment.row, "start", str(segment.span.start_0based))
        if last is None or segment.span.contig != last.span.contig or segment.span.end > last.span.end:
            last = segment


def _median_base(ratios: Sequence[tuple[float, Span]]) -> float:
    """Return the log2 ratio under the middle base of all segments, ordered by log2 ratio."""
    ordered = sorted(ratios, key=lambda one: one[0])
    passed = list(itertools.accumulate(span.end - span.start_0based for _, span in ordered))
    return ordered[bisect_left(passed, passed[-1] / 2)][0]
