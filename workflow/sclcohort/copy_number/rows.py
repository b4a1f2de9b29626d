"""One row of a file of segments: place, log2 ratio and copies, or what is wrong with it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from sclcohort.coordinates import Span
from sclcohort.errors import CohortError, Fault

if TYPE_CHECKING:
    from sclcohort.copy_number.formats import SegmentFormat

NO_VALUE = frozenset(("", "na", "nan", "null", "."))
INFINITE = frozenset(("inf", "-inf", "infinity", "-infinity"))

# Choice: no DNA has 2^50 times the normal copies; bins without reads are seen down to -27 (biostars.org/p/9586896).
LARGEST_LOG2_RATIO = 50.0
LOG2_FIX = "give log2 ratios: log2(value) where the values are ratios, log2(value / 2) where they are copies"
# Choice: the fractions of the two states of a segment add up to 1; Battenberg computes the second as the
# rest, so that only rounding by other tools lies between.
FRACTION_SLACK = 0.01


class Segment(NamedTuple):
    """One segment of one sample.

    Parameters
    ----------
    span : Span
        Half-open, counted from 0; its contig by `segments.contig_key`.
    log2_ratio : float or None
        Mean log2 ratio, finite; None where a file of fitted copies gives none.
    total_copies : float or None
        Copies per tumour cell where the caller gives them, not below 0.
    minor_copies : float or None
        Copies of the rarer allele where the caller gives them, not below 0.
    row : int
        1-based line of the file.
    is_subclonal : bool
        Whether the copies are the mean of two populations of tumour cells.
    """

    span: Span
    log2_ratio: float | None
    total_copies: float | None
    minor_copies: float | None
    row: int
    is_subclonal: bool = False


class RowFaultError(CohortError):
    """What is wrong with one row."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(str(fault))
        self.fault = fault


@dataclass(frozen=True)
class Row:
    """The cells of one row, by role."""

    file: str
    row: int
    cells: Sequence[str]
    columns: Mapping[str, int]
    form: SegmentFormat

    def text(self, role: str) -> str | None:
        """Return the cell of a role; None where there is no column, or no value in it."""
        place = self.columns.get(role)
        if place is None:
            return None
        text = self.cells[place]
        return None if text.casefold() in NO_VALUE else text

    def error(self, code: str, found: str, fix: str, role: str) -> RowFaultError:
        """Return the error that a cell is faulty."""
        return RowFaultError(Fault(code, self.file, found, fix, self.row, role, self.cells[self.columns[role]]))

    def span(self, contig: str) -> Span:
        """Return the place of the segment, half-open and counted from 0."""
        start, end = self._position("start"), self._position("end")
        span = Span(contig, start, end)
        if self.form.is_one_based:
            # Some SEG files begin chromosomes and arms at 0; base 0 does not exist there, so nothing is lost.
            span = Span.from_inclusive(contig, max(start, 1), end)
        if span.end <= span.start_0based:
            found = f"the segment ends before it starts ({self.cells[self.columns['start']]})"
            raise self.error("E-CN-014", found, "mend start and end", "end")
        return span

    def log2_ratio(self) -> float | None:
        """Return the log2 ratio, None where there is none."""
        role = "ratio" if "ratio" in self.columns else "log2"
        text = self.text(role)
        if text is None or (self.form.fitted_by and text.casefold() in INFINITE):
            return None
        value = number(text)
        if value is None:
            fix = "write numbers with a decimal point; for no reads at all give the caller's floor, not -Inf"
            raise self.error("E-CN-015", "no log2 ratio" if role == "log2" else "no depth ratio", fix, role)
        if role == "ratio":
            if value < 0:
                raise self.error("E-CN-015", "a ratio of depths is never below 0", "give the caller's file", role)
            return math.log2(value) if value > 0 else None
        if abs(value) > LARGEST_LOG2_RATIO:
            raise self.error("E-CN-015", "too large for a log2 ratio", LOG2_FIX, role)
        return value

    def copies(self, role: str) -> float | None:
        """Return the copies of a role, None where there are none given.

        Fits give copies below 0 where the purity is too low for the data (`cnvkit.py call`) or by
        noise (PURPLE): there are none.
        """
        text = self.text(role)
        if text is None:
            return None
        value = whole_number(text) if self.form.has_whole_copies else number(text)
        if value is None:
            found = "no whole number of copies" if self.form.has_whole_copies else "no number of copies"
            raise self.error("E-CN-015", found, f"give, as it was written, {self.form.file}", role)
        return max(0, value)

    def fraction(self, role: str, is_needed: bool) -> float | None:
        """Return a fraction of the tumour cells; None where there is none and none is needed."""
        text = self.text(role)
        if text is None and not is_needed:
            return None
        value = number(text or "")
        if value is None or not -FRACTION_SLACK <= value <= 1 + FRACTION_SLACK:
            raise self.error("E-CN-015", "no fraction of cells between 0 and 1", "give the caller's file", role)
        return value

    def _position(self, role: str) -> int:
        value = whole_number(self.cells[self.columns[role]])
        if value is None or value < 0:
            fix = "give a position as a whole number, without thousands marks"
            raise self.error("E-CN-014", "no position", fix, role)
        return value


def parse_row(row: Row, contig: str) -> Segment | Fault | None:
    """Return the segment of one row.

    Parameters
    ----------
    row : Row
        Its cells.
    contig : str
        Its contig, as contigs are compared.

    Returns
    -------
    Segment, Fault or None
        The first fault of the row; None where it has no value: no copies in a format of fitted
        copies, no log2 ratio in any other.
    """
    try:
        span, log2_ratio = row.span(contig), row.log2_ratio()
        if log2_ratio is None and not row.form.fitted_by:
            return None
        total, minor, is_subclonal = _two_states(row) if "major_1" in row.columns else (*_one_state(row), False)
    except RowFaultError as error:
        return error.fault
    if total is None and row.form.fitted_by:
        return None
    return Segment(span, log2_ratio, total, minor, row.row, is_subclonal)


def _one_state(row: Row) -> tuple[float | None, float | None]:
    """Return total and minor copies of a row that has one state."""
    total, minor = row.copies("total"), row.copies("minor")
    first, second = row.copies("first_allele"), row.copies("second_allele")
    if first is not None and second is not None:
        minor = min(first, second)
        total = total if "total" in row.columns else first + second
    return total, minor


def _two_states(row: Row) -> tuple[float | None, float | None, bool]:
    """Return the mean of two states, each weighted by its fraction of the tumour cells, and whether there are two.

    A segment of one state has no second one; a segment that the caller masked has none at all.
    """
    majors, minors, weights = [], [], []
    for state in (1, 2):
        major, minor = row.copies(f"major_{state}"), row.copies(f"minor_{state}")
        if (major is None) != (minor is None):
            role = f"{'major' if major is None else 'minor'}_{state}"
            raise row.error("E-CN-015", "one allele of a state without the other", "give the caller's file", role)
        weight = row.fraction(f"fraction_{state}", is_needed=major is not None)
        if major is not None and minor is not None and weight is not None:
            majors.append(major)
            minors.append(minor)
            weights.append(weight)
    if not weights:
        return None, None, False
    if abs(sum(weights) - 1) > FRACTION_SLACK:
        found = f"the fractions of cells of its states add up to {sum(weights):.3g}"
        raise row.error("E-CN-015", found, "give the caller's file", "fraction_1")
    major, minor = _weighted(majors, weights), _weighted(minors, weights)
    return major + minor, min(major, minor), len(weights) > 1


def _weighted(values: Sequence[float], weights: Sequence[float]) -> float:
    return sum(value * weight for value, weight in zip(values, weights, strict=True)) / sum(weights)


def number(text: str) -> float | None:
    """Return a finite number; None where the text is none."""
    try:
        value = float(text)
    except ValueError:
        return None
    # Python reads 1_000 as a number; no segmenter writes that.
    return value if math.isfinite(value) and "_" not in text else None


def whole_number(text: str) -> int | None:
    """Return an integer; R writes 100000 as 1e+05, and pandas writes integers beside gaps as 2.0."""
    if text.isascii() and text.isdigit():
        return int(text)
    value = number(text)
    return int(value) if value is not None and value.is_integer() else None
