"""Read copy-number segments: SEG files of one or many samples, and CNVkit's ``.cns``.

The format is told by the header, never by the file's name:

* **SEG** (the output of circular binary segmentation, Olshen 2004; also GATK, TCGA, CCLE): a column
  of samples, contig, start and end counted from 1 with the end included, and the segment's mean
  log2 ratio. The names of these columns differ between tools; `SEG_COLUMNS` lists those known.
* **CNVkit .cns** (Talevich 2016): one sample; start and end counted from 0 with the end left out;
  ``log2``, and after ``cnvkit.py call`` the integer copies ``cn`` and those of either allele,
  ``cn1`` and ``cn2``.

Copy number has no sequence to protect, so contigs are compared by `contig_key`: without ``chr``,
and with 23, 24 and 25, as arrays number them, for X, Y and MT. The files themselves are not changed.

A file that cannot be trusted as a whole (header, broken rows, cut short) is refused for every
sample; a faulty row of one sample refuses that sample alone.
"""

from __future__ import annotations

import difflib
import gzip
import itertools
import math
import re
import zlib
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, NamedTuple

from sclcohort.coordinates import Span, without_chr
from sclcohort.errors import Fault, StepError
from sclcohort.files import open_text

Format = Literal["seg", "cns"]

# Header names without case and punctuation: "loc.start", "Loc_Start" and "locStart" are one.
SEG_COLUMNS: Mapping[str, frozenset[str]] = {
    "sample": frozenset({"id", "sample", "sampleid", "samplename", "name", "barcode", "tumorsamplebarcode"})
    | {"gdcaliquot", "depmapid", "modelid", "profileid", "cclename"},
    "contig": frozenset(("chrom", "chromosome", "chr")),
    "start": frozenset(("locstart", "start", "startposition", "chromstart")),
    "end": frozenset(("locend", "end", "endposition", "chromend", "stop")),
    "log2": frozenset(("segmean", "segmentmean", "log2", "log2ratio", "meanlog2ratio", "meanlog2copyratio")),
}
CNS_COLUMNS: Mapping[str, frozenset[str]] = {
    "contig": frozenset(("chromosome",)),
    "start": frozenset(("start",)),
    "end": frozenset(("end",)),
    "log2": frozenset(("log2",)),
    "total": frozenset(("cn",)),
    "first_allele": frozenset(("cn1",)),
    "second_allele": frozenset(("cn2",)),
}
CNS_OPTIONAL = ("total", "first_allele", "second_allele")
NUMBERED_CONTIGS = {"23": "X", "24": "Y", "25": "MT"}
NO_VALUE = frozenset(("", "na", "nan", "null", "."))

# Choice: no DNA has 2^50 times the normal copies; bins without reads are seen down to -27 (biostars.org/p/9586896).
LARGEST_LOG2_RATIO = 50.0
# Choice: segmenters centre log2 ratios on the bulk of the genome, so that the median lies near 0 and about half the
# segments below it. Ratios (DepMap's SegmentMean, 22Q4) lie around 1, copies around 2, neither below 0.
LOG2_MEDIAN_LIMIT = 0.5
FEWEST_SEGMENTS_TO_JUDGE = 10
LOG2_FIX = "give log2 ratios: log2(value) where the values are ratios, log2(value / 2) where they are copies"
# A file with one fault of a kind has it in every row: enough to see the pattern.
MOST_FAULTS_KEPT = 20


class Segment(NamedTuple):
    """One segment of one sample.

    Parameters
    ----------
    span : Span
        Half-open, counted from 0; its contig by `contig_key`.
    log2_ratio : float
        Mean log2 ratio, finite.
    total_copies : int or None
        Integer copies where the caller gives them, not below 0.
    minor_copies : int or None
        Copies of the rarer allele where the caller gives them, not below 0.
    row : int
        1-based line of the file.
    """

    span: Span
    log2_ratio: float
    total_copies: int | None
    minor_copies: int | None
    row: int


class SampleSegments:
    """The segments of one sample, disjoint, found by position.

    Parameters
    ----------
    segments : iterable of Segment
        In any order; a base that the next segment shares with the one before it (files that
        write half-open ends into SEG) goes to the first.
    without_value : int
        Rows of the sample that gave no log2 ratio: their bases are not covered.
    """

    def __init__(self, segments: Iterable[Segment], without_value: int = 0) -> None:
        self.without_value = without_value
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
    format : {"seg", "cns"}
        Format told by the header.
    names : set of str
        Every sample name of a SEG file; empty for a .cns, which names none.
    whole : bool
        Whether the last line ends as lines do; a file cut by a transfer does not.
    """

    file: str
    format: Format
    names: set[str] = field(default_factory=set)
    whole: bool = True
    _segments: dict[str, list[Segment]] = field(default_factory=dict, init=False)
    _without_value: dict[str, int] = field(default_factory=dict, init=False)
    _faults: dict[str, list[Fault]] = field(default_factory=dict, init=False)

    def sample(self, name: str) -> SampleSegments:
        """Return the segments of one sample of those that were wanted.

        Parameters
        ----------
        name : str
            Sample name inside a SEG file; a .cns has one sample, whatever its name.

        Raises
        ------
        StepError
            No such sample, naming the closest; every fault of its rows; segments that overlap;
            values that are no log2 ratios.
        """
        key = name if self.format == "seg" else ""
        if self.format == "seg" and name not in self.names:
            raise StepError(str(self._unknown(name)))
        segments = self._segments.get(key, [])
        faults = self._faults.get(key, []) or list(_overlaps(self.file, segments))[:MOST_FAULTS_KEPT]
        faults = faults or list(self._scale_faults(key, segments))
        if faults:
            raise StepError("\n".join(str(fault) for fault in faults))
        return SampleSegments(segments, self._without_value.get(key, 0))

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
        elif len(segments) >= FEWEST_SEGMENTS_TO_JUDGE and min(one.log2_ratio for one in segments) >= 0:
            middle = _median_base(segments)
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
    """Return the sample names inside a SEG file; none for a .cns, which has one sample without a name.

    Raises
    ------
    StepError
        The file is neither, or damaged.
    """
    return read_segments(path, wanted=()).names


def read_segments(path: Path, wanted: Collection[str] | None = None) -> SegmentFile:
    """Read a file of segments in one pass.

    Parameters
    ----------
    path : Path
        SEG or .cns, plain or gzip, tab-separated with a header; lines that start with ``#`` are
        comments.
    wanted : collection of str or None
        Samples of a SEG file to keep; of all others only the names are noted. None keeps all.
        The one sample of a .cns is always kept, unless nothing at all is wanted.

    Returns
    -------
    SegmentFile
        Ask it for each sample.

    Raises
    ------
    StepError
        The file is unreadable, cut short or of neither format, a needed column is missing or
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
        ((row, _cells(line)) for row, line in numbered if line.strip() and not line.startswith("#")), (1, [])
    )
    form, columns = _recognised(file, header_row, header)
    found = SegmentFile(file, form)
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
        if form == "seg":
            name = cells[columns["sample"]]
            if not name:
                broken.append(Fault("E-CN-013", file, "no sample name", "name the sample, or drop the row", row))
            found.names.add(name)
        if wanted is None or (name in wanted if form == "seg" else wanted):
            found.add(name, _parse(file, row, cells, columns, form))
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


def _recognised(file: str, row: int, header: Sequence[str]) -> tuple[Format, dict[str, int]]:
    """Return the format a header has, and where its columns are; raise StepError with every fault."""
    plain = [re.sub(r"[^a-z0-9]", "", name.casefold()) for name in header]
    faults: list[Fault] = []
    form: Format = "seg"
    if len(header) == 1 and re.search(r"[,; ]", header[0]):
        faults.append(Fault("E-CN-011", file, "not tab-separated", "save it as tab-separated text", row))
    elif not SEG_COLUMNS["sample"] & set(plain) and {"chromosome", "gene", "log2"} <= set(plain):
        form = "cns"
        if {"depth", "weight"} <= set(plain) and "probes" not in plain:
            faults.append(Fault("E-CN-011", file, "CNVkit bins (.cnr), not segments", "give the .cns", row))
    wanted = SEG_COLUMNS if form == "seg" else CNS_COLUMNS
    columns: dict[str, int] = {}
    for role, spellings in wanted.items():
        places = [place for place, name in enumerate(plain) if name in spellings]
        if len(places) > 1:
            twice = " and ".join(header[place] for place in places)
            faults.append(Fault("E-CN-012", file, f"two columns for the {role}: {twice}", "leave one", row))
        elif places:
            columns[role] = places[0]
    missing = [role for role in wanted if role not in columns and role not in CNS_OPTIONAL]
    if missing and not faults:
        found = f"no column for {', '.join(missing)} among: {', '.join(header) or 'nothing'}"
        fix = "give a SEG (sample, chrom, start, end, segment_mean) or a CNVkit .cns, with its header"
        faults.append(Fault("E-CN-011", file, found, fix, row))
    if faults:
        raise StepError("\n".join(str(fault) for fault in faults))
    return form, columns


def _parse(
    file: str, row: int, cells: Sequence[str], columns: Mapping[str, int], form: Format
) -> Segment | Fault | None:
    """Return the segment of one row, its first fault, or None where it has no log2 ratio."""
    contig = contig_key(cells[columns["contig"]])
    positions: dict[str, int] = {}
    for role in ("start", "end"):
        number = _whole_number(cells[columns[role]])
        if number is None or number < 0:
            fix = "give a position as a whole number, without thousands marks"
            return Fault("E-CN-014", file, "no position", fix, row, role, cells[columns[role]])
        positions[role] = number
    span = Span(contig, positions["start"], positions["end"])
    if form == "seg":
        # Some SEG files begin chromosomes and arms at 0; base 0 does not exist there, so nothing is lost.
        span = Span.from_inclusive(contig, max(positions["start"], 1), positions["end"])
    if span.end <= span.start_0based:
        found = f"the segment ends before it starts ({cells[columns['start']]})"
        return Fault("E-CN-014", file, found, "mend start and end", row, "end", cells[columns["end"]])
    value = cells[columns["log2"]]
    if value.casefold() in NO_VALUE:
        return None
    log2_ratio = _number(value)
    if log2_ratio is None:
        fix = "write numbers with a decimal point; for no reads at all give the caller's floor, not -Inf"
        return Fault("E-CN-015", file, "no log2 ratio", fix, row, "log2", value)
    if abs(log2_ratio) > LARGEST_LOG2_RATIO:
        return Fault("E-CN-015", file, "too large for a log2 ratio", LOG2_FIX, row, "log2", value)
    copies = {}
    for role in CNS_OPTIONAL:
        text = cells[columns[role]] if role in columns else ""
        copies[role] = _whole_number(text)
        if copies[role] is None and text.casefold() not in NO_VALUE:
            return Fault("E-CN-015", file, "no whole number of copies", "give cnvkit.py call's file", row, role, text)
    return Segment(span, log2_ratio, _copies(copies["total"]), _minor(copies), row)


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    # Python reads 1_000 as a number; no segmenter writes that.
    return value if math.isfinite(value) and "_" not in text else None


def _whole_number(text: str) -> int | None:
    """Return an integer; R writes 100000 as 1e+05, and pandas writes integers beside gaps as 2.0."""
    if text.isascii() and text.isdigit():
        return int(text)
    value = _number(text)
    return int(value) if value is not None and value.is_integer() else None


def _copies(number: int | None) -> int | None:
    # `cnvkit.py call` with a purity too low for the data gives copies below 0: there are none.
    return None if number is None else max(0, number)


def _minor(copies: Mapping[str, int | None]) -> int | None:
    first, second = _copies(copies["first_allele"]), _copies(copies["second_allele"])
    return None if first is None or second is None else min(first, second)


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


def _median_base(segments: Sequence[Segment]) -> float:
    """Return the log2 ratio under the middle base of all segments, ordered by log2 ratio."""
    ordered = sorted(segments, key=lambda segment: segment.log2_ratio)
    passed = list(itertools.accumulate(segment.span.end - segment.span.start_0based for segment in ordered))
    return ordered[bisect_left(passed, passed[-1] / 2)].log2_ratio
