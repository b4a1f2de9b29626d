"""The mutation burden: one mark per sample with its exact interval, by target, highest first.

Samples without a burden are counted in words; they have no place on the scale, least of all at 0.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from sclcohort.report import layout
from sclcohort.report.anchors import patient_anchor
from sclcohort.report.canvas import Box, Canvas, Point, text_width
from sclcohort.report.cohort import Cohort, Row, number, text
from sclcohort.report.context_burden import measured_burden, target_words
from sclcohort.report.layout import MARGIN, SMALL_SIZE, Columns, Key, Legend
from sclcohort.report.palette import BLUE, GREEN, INK, LINE, MUTED, ORANGE, PURPLE, SKY, VERMILLION

PLOT = 150.0
AXIS_ROOM = 46.0
HEADER = 15.0
# Colours of targets; the sixth and later share the last, and their names stand above their samples anyway.
TARGET_COLOURS = (BLUE, VERMILLION, GREEN, PURPLE, ORANGE, SKY)
# The scale is logarithmic, so it ends below at this or the lowest burden: counts of 0 stand on that end, hollow.
LOWEST = 0.1


@dataclass(frozen=True)
class Scale:
    """A logarithmic axis from `low` to `high` mutations per megabase over the height of the plot."""

    low: float
    high: float
    top: float

    def place(self, value: float) -> float:
        """Return the height of a value, points from above; what lies outside stands on the edge."""
        within = min(max(value, self.low), self.high)
        return self.top + PLOT * (1 - math.log(within / self.low) / math.log(self.high / self.low))

    @property
    def ticks(self) -> list[float]:
        """Return the powers of ten on the axis."""
        first, last = math.ceil(math.log10(self.low) - 1e-9), math.floor(math.log10(self.high) + 1e-9)
        return [10.0**power for power in range(first, last + 1)]


def shown_rows(cohort: Cohort) -> list[Row]:
    """Return the rows to draw: measured ones by target, the target of most samples first, then by falling burden."""
    rows = [
        row
        for sample in cohort.samples
        if (row := cohort.burden_row.get((sample,))) is not None and measured_burden(row) is not None
    ]
    sizes: dict[str, int] = {}
    for row in rows:
        sizes[text(row, "target")] = sizes.get(text(row, "target"), 0) + 1
    return sorted(
        rows,
        key=lambda row: (
            -sizes[text(row, "target")],
            text(row, "target"),
            -(measured_burden(row) or 0.0),
            text(row, "sample_id"),
        ),
    )


def scale_of(rows: Sequence[Row], top: float) -> Scale:
    """Return the axis: whole powers of ten around every burden above 0 and both ends of its interval."""
    lows = [value for row in rows if (value := number(row, "burden_low") or measured_burden(row))]
    highs = [value for row in rows if (value := number(row, "burden_high") or measured_burden(row))]
    low = 10.0 ** math.floor(math.log10(max(min(lows, default=1.0), LOWEST)))
    high = 10.0 ** math.ceil(math.log10(max(highs, default=10.0)))
    return Scale(low, max(high, low * 10), top)


def draw_burden(cohort: Cohort) -> Canvas:
    """Return the figure of the mutation burden of a cohort (see the module)."""
    rows = shown_rows(cohort)
    names = [text(row, "sample_id") for row in rows]
    targets = [text(row, "target") for row in rows]
    columns = layout.columns_for(names, targets, MARGIN + AXIS_ROOM, MARGIN)
    title, detail = "Mutation burden", f"{cohort.name}: {cohort.counted(len(names))} with a burden"
    colours = target_colours(targets)
    legend = _legend(colours)
    notes = [layout.unlabelled_note(columns), *open_notes(cohort)]
    width = max(columns.right + MARGIN, layout.title_width(title, detail), 8.2 * 72)
    top = layout.TITLE_ROOM + MARGIN + HEADER
    height = (
        top + PLOT + 8 + columns.label_height + 10 + legend.height(width - 2 * MARGIN)
        + 11 * sum(map(bool, notes)) + MARGIN
    )  # fmt: skip
    canvas = Canvas(width, height, f"{title}, {detail}")
    layout.draw_title(canvas, title, detail)
    scale = scale_of(rows, top)
    _draw_axis(canvas, scale, columns)
    _draw_marks(canvas, cohort, columns, rows, scale, colours)
    y = top + PLOT + 6
    layout.draw_sample_labels(canvas, columns, y, lambda name: patient_anchor(cohort.patient_of(name)))
    y += columns.label_height + 10
    y += legend.draw(canvas, MARGIN, y, width - 2 * MARGIN)
    layout.draw_notes(canvas, notes, MARGIN, y + 4)
    return canvas


def target_colours(targets: Sequence[str]) -> dict[str, str]:
    """Return a colour for each target, in the order of the figure."""
    return {
        target: TARGET_COLOURS[min(place, len(TARGET_COLOURS) - 1)]
        for place, target in enumerate(dict.fromkeys(targets))
    }


def open_notes(cohort: Cohort) -> list[str]:
    """Return the sentence that says which samples have no burden; empty when all have one."""
    without = [
        sample
        for sample in cohort.samples
        if (row := cohort.burden_row.get((sample,))) is None or measured_burden(row) is None
    ]
    if not without:
        return []
    named = f": {', '.join(without)}" if len(without) <= 8 else ", listed in the table"
    return [f"Not assessable, so not drawn: {cohort.counted(len(without))}{named}."]


def _draw_axis(canvas: Canvas, scale: Scale, columns: Columns) -> None:
    left = columns.left - 4
    for tick in scale.ticks:
        y = scale.place(tick)
        canvas.lines([((left, y), (columns.right, y))], LINE, 0.6)
        canvas.text(left - 4, y, f"{tick:g}", SMALL_SIZE, anchor="end", colour=MUTED)
    canvas.text(MARGIN + 3, scale.top + PLOT / 2, "per Mb, log scale", SMALL_SIZE, anchor="middle", rotation=90)


def _draw_marks(
    canvas: Canvas, cohort: Cohort, columns: Columns, rows: Sequence[Row], scale: Scale, colours: dict[str, str]
) -> None:
    """Draw interval and mark of every sample, and the name of the target over its samples where there is room."""
    radius = min(max(columns.cell * 0.3, 1.0), 3.6)
    for target, colour in colours.items():
        places = [place for place, row in enumerate(rows) if text(row, "target") == target]
        middles = {place: columns.places[place] + columns.cell / 2 for place in places}
        intervals: list[tuple[Point, Point]] = []
        solid: list[tuple[float, float, float]] = []
        hollow: list[tuple[float, float, float]] = []
        for place in places:
            value, low, high = (
                number(rows[place], name) for name in ("burden_per_megabase", "burden_low", "burden_high")
            )
            mark = (middles[place], scale.place(value or 0.0), radius)
            (solid if value else hollow).append(mark)
            if low is not None and high is not None:
                intervals.append(((middles[place], scale.place(low)), (middles[place], scale.place(high))))
        canvas.lines(intervals, colour, min(1.2, columns.cell * 0.3))
        canvas.circles(solid, colour)
        canvas.circles(hollow, "#ffffff", stroke=colour)
        left, right = columns.places[places[0]], columns.places[places[-1]] + columns.cell
        canvas.lines([((left, scale.top - 4), (right, scale.top - 4))], colour, 2.0)
        label = target_words(target)
        if len(colours) > 1 and text_width(label, SMALL_SIZE) <= right - left:
            canvas.text(left, scale.top - 10, label, SMALL_SIZE, colour=INK)
    for place, row in enumerate(rows):
        box = Box(columns.places[place], scale.top, columns.cell, PLOT)
        canvas.note(box, burden_words(row), patient_anchor(cohort.patient_of(columns.names[place])))


def burden_words(row: Row) -> str:
    """Return what a mark says: burden, interval, count and target."""
    value, low, high = (number(row, name) for name in ("burden_per_megabase", "burden_low", "burden_high"))
    interval = "" if low is None or high is None else f" (95 % interval {low:.1f} to {high:.1f})"
    return (
        f"{text(row, 'sample_id')}: {value or 0.0:.1f} per Mb{interval}, {text(row, 'counted')} counted, "
        f"{target_words(text(row, 'target'))}"
    )


def _legend(colours: dict[str, str]) -> Legend:
    keys = tuple(Key(layout.filled(colour), target_words(target)) for target, colour in colours.items())

    def draw_zero(canvas: Canvas, box: Box) -> None:
        canvas.circles([(*box.middle, 3.6)], "#ffffff", stroke=INK)

    return Legend((("target", keys), ("mark", (Key(draw_zero, "nothing counted: below the scale, see the interval"),))))
