"""The neuroendocrine score against the aggression composite, one mark per tumour in the shape and colour of its call.

A tumour with a neuroendocrine score and no composite stands in a hatched strip below the plot, at its score; one
without either is counted in words. No line is fitted: the shift to NE-low is a part of the composite, so the two would
be related if nothing else were.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sclcohort.contracts import SUBTYPES
from sclcohort.report import layout
from sclcohort.report.anchors import patient_anchor
from sclcohort.report.canvas import Box, Canvas, Point, shortened, text_width
from sclcohort.report.cohort import Cohort, number, signed
from sclcohort.report.layout import MARGIN, SMALL_SIZE, Key, Legend
from sclcohort.report.palette import INK, LINE, MUTED, SUBTYPE_LOOKS, WHITE

PLOT_WIDTH = 480.0
PLOT_HEIGHT = 320.0
LEFT = MARGIN + 62.0
STRIP = 18.0
AXIS_ROOM = 34.0
# Up to this many marks their names are written beside them, and marks are large.
MOST_LABELLED = 30
LARGE, SMALL = 4.6, 2.8
LONGEST_NAME = 90.0
# Where a name may stand, seen from its mark: near first, then further off with a line.
DIRECTIONS = (
    (1.0, 0.0), (-1.0, 0.0), (0.0, -1.0), (0.0, 1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, -1.0), (-1.0, 1.0),
    (1.0, -0.5), (1.0, 0.5), (-1.0, -0.5), (-1.0, 0.5), (0.5, -1.0), (0.5, 1.0), (-0.5, -1.0), (-0.5, 1.0),
)  # fmt: skip
DISTANCES = (3.0, 11.0, 20.0, 32.0, 46.0, 62.0, 80.0)
FINEST_STEP = 0.05


@dataclass(frozen=True)
class Axis:
    """A linear scale from `low` to `high`, marked at multiples of `step`."""

    low: float
    high: float
    step: float

    @property
    def ticks(self) -> list[float]:
        """Return the marks of the axis, both ends among them."""
        return [self.low + place * self.step for place in range(round((self.high - self.low) / self.step) + 1)]

    def share(self, value: float) -> float:
        """Return where a value stands between the ends, 0 to 1."""
        return (value - self.low) / (self.high - self.low)


def axis_for(values: Sequence[float]) -> Axis:
    """Return an axis around all values and 0: ends at whole steps, at most eight of them, a mark never on the edge."""
    low, high = min(*values, 0.0, 0.0), max(*values, 0.0, 0.0)
    steps = itertools.chain.from_iterable((size, 2 * size, 5 * size) for size in (FINEST_STEP, 10 * FINEST_STEP))
    for step in steps:
        first, last = math.floor((low - 0.2 * step) / step), math.ceil((high + 0.2 * step) / step)
        if last - first <= 8:
            break
    return Axis(first * step, last * step, step)


def plotted_samples(cohort: Cohort) -> list[str]:
    """Return the samples with both scores, in the order of their calls, then by name."""
    return [sample for sample in _by_call(cohort) if _scores(cohort, sample)[1] is not None]


def strip_samples(cohort: Cohort) -> list[str]:
    """Return the samples with a neuroendocrine score and no composite."""
    return [sample for sample in _by_call(cohort) if _scores(cohort, sample)[1] is None]


def _by_call(cohort: Cohort) -> list[str]:
    """Return the samples with a neuroendocrine score by call, then by name."""
    scored = [sample for sample in cohort.samples if _scores(cohort, sample)[0] is not None]
    return sorted(scored, key=lambda sample: (SUBTYPES.index(cohort.subtype_of(sample)), sample))


def _scores(cohort: Cohort, sample: str) -> tuple[float | None, float | None]:
    row = cohort.score_row.get((sample,), {})
    score = number(row, "ne_score")
    return score, None if score is None else number(row, "aggression")


def draw_ne_aggression(cohort: Cohort) -> Canvas:
    """Return the figure of a cohort with at least one sample in `plotted_samples` (see the module)."""
    names, beneath = plotted_samples(cohort), strip_samples(cohort)
    title = "Neuroendocrine score and aggression"
    detail = f"{cohort.name}: {len(names)} of {cohort.counted(len(cohort.samples))} with both"
    legend = Legend((("call", call_shapes(cohort, [*names, *beneath])),))
    width = max(LEFT + PLOT_WIDTH + 2 * MARGIN, layout.title_width(title, detail), 8.2 * 72)
    top = layout.TITLE_ROOM + MARGIN
    strip = STRIP + 6 if beneath else 0.0
    below = top + PLOT_HEIGHT + strip + AXIS_ROOM
    # The note on names is known only once they are placed; it has its line in any case.
    notes = _open_notes(cohort)
    height = below + legend.height(width - 2 * MARGIN) + 11 * (len(notes) + 1) + MARGIN
    canvas = Canvas(width, height, f"{title}, {detail}")
    layout.draw_title(canvas, title, detail)
    plot = Box(LEFT, top, PLOT_WIDTH, PLOT_HEIGHT)
    across = axis_for([score for name in (*names, *beneath) if (score := _scores(cohort, name)[0]) is not None])
    upwards = axis_for([score for name in names if (score := _scores(cohort, name)[1]) is not None])
    _draw_axes(canvas, plot, across, upwards, strip)
    marks = {}
    for name in names:
        x, y = _scores(cohort, name)
        marks[name] = (
            plot.x + plot.width * across.share(x or 0.0),
            plot.y + plot.height * (1 - upwards.share(y or 0.0)),
        )
    for name in beneath:
        x, _ = _scores(cohort, name)
        marks[name] = (plot.x + plot.width * across.share(x or 0.0), plot.y + plot.height + 6 + STRIP / 2)
    if beneath:
        _draw_strip(canvas, Box(plot.x, plot.y + plot.height + 6, plot.width, STRIP))
    _draw_marks(canvas, cohort, marks)
    zero = Box(plot.x + plot.width * across.share(0.0) - 1, plot.y, 2, plot.height)
    unnamed = _draw_names(canvas, {name: marks[name] for name in names}, plot, zero)
    y = below + legend.draw(canvas, MARGIN, below, width - 2 * MARGIN)
    layout.draw_notes(canvas, [*notes, unnamed], MARGIN, y + 4)
    return canvas


def _open_notes(cohort: Cohort) -> list[str]:
    """Return the sentence that says which samples have no mark; none where all have one."""
    without = [sample for sample in cohort.samples if _scores(cohort, sample)[0] is None]
    if not without:
        return []
    named = f": {', '.join(without)}" if len(without) <= 8 else ", listed in the table"
    return [f"Neuroendocrine score not assessable, so not drawn: {cohort.counted(len(without))}{named}."]


def _draw_axes(canvas: Canvas, plot: Box, across: Axis, upwards: Axis, strip: float) -> None:
    right, bottom = plot.x + plot.width, plot.y + plot.height
    columns = [(tick, plot.x + plot.width * across.share(tick)) for tick in across.ticks]
    rows = [(tick, plot.y + plot.height * (1 - upwards.share(tick))) for tick in upwards.ticks]
    canvas.lines([((x, plot.y), (x, bottom)) for _, x in columns], LINE, 0.5)
    canvas.lines([((plot.x, y), (right, y)) for _, y in rows], LINE, 0.5)
    zero = plot.x + plot.width * across.share(0.0)
    canvas.lines([((zero, plot.y), (zero, bottom))], MUTED, 1.0)
    for tick, x in columns:
        canvas.text(x, bottom + strip + 9, _signed(tick), SMALL_SIZE, anchor="middle", colour=MUTED)
    for tick, y in rows:
        canvas.text(plot.x - 6, y, _signed(tick), SMALL_SIZE, anchor="end", colour=MUTED)
    for words, anchor, x in (("NE-low", "end", zero - 5), ("NE-high", "start", zero + 5)):
        room = x - plot.x if anchor == "end" else right - x
        if room > 40:
            canvas.text(x, plot.y + 8, words, SMALL_SIZE, anchor=anchor, colour=MUTED)  # type: ignore[arg-type]
    canvas.text(
        plot.x + plot.width / 2, bottom + strip + 22, "neuroendocrine score", layout.LABEL_SIZE, anchor="middle"
    )
    canvas.text(
        MARGIN + 4, plot.y + plot.height / 2, "aggression composite", layout.LABEL_SIZE, anchor="middle", rotation=90
    )


def _signed(tick: float) -> str:
    rounded = round(tick, 6)
    return f"{rounded:+g}".replace("-", "\N{MINUS SIGN}") if rounded else "0"


def _draw_strip(canvas: Canvas, strip: Box) -> None:
    canvas.hatched([strip])
    canvas.boxes([strip], None, stroke=LINE, stroke_width=0.5)
    for words, y in (("aggression not", strip.y + 5), ("assessable", strip.y + 13)):
        canvas.text(strip.x - 6, y, words, SMALL_SIZE, anchor="end", colour=MUTED)
    canvas.note(strip, "aggression composite not assessable: tumours at their neuroendocrine score")


def _draw_marks(canvas: Canvas, cohort: Cohort, marks: dict[str, Point]) -> None:
    """Draw the marks, frequent calls first so that rare ones lie on top, and let the reader point at them."""
    radius = LARGE if len(marks) <= MOST_LABELLED else SMALL
    by_call: dict[str, list[str]] = {}
    for name in marks:
        by_call.setdefault(cohort.subtype_of(name), []).append(name)
    for call in sorted(by_call, key=lambda call: (-len(by_call[call]), SUBTYPES.index(call))):
        draw_shape(canvas, call, [marks[name] for name in by_call[call]], radius)
    for name, (x, y) in marks.items():
        box = Box(x - radius, y - radius, 2 * radius, 2 * radius)
        canvas.note(box, mark_words(cohort, name), patient_anchor(cohort.patient_of(name)))


def mark_words(cohort: Cohort, sample: str) -> str:
    """Return what one mark says."""
    score, aggression = _scores(cohort, sample)
    facts = [SUBTYPE_LOOKS[cohort.subtype_of(sample)].words]
    if score is not None:
        facts.append(f"NE score {signed(score)}")
    facts.append("aggression not assessable" if aggression is None else f"aggression {signed(aggression)}")
    return f"{sample}: {', '.join(facts)}"


def draw_shape(canvas: Canvas, call: str, points: Sequence[Point], radius: float) -> None:
    """Draw the marks of one call: each call has its own shape and colour, all of about one area."""
    colour = SUBTYPE_LOOKS[call].colour
    if call in ("SCLC-A", "not_assessable"):
        hollow = call == "not_assessable"
        circles = [(x, y, radius) for x, y in points]
        canvas.circles(circles, WHITE if hollow else colour, stroke=INK if hollow else WHITE, stroke_width=0.6)
        return
    outlines = [[(x + radius * dx, y + radius * dy) for dx, dy in OUTLINES[call]] for x, y in points]
    canvas.polygons(outlines, colour, stroke=WHITE, stroke_width=0.6)


def _star(points: int, inner: float, outer: float) -> tuple[Point, ...]:
    turns = [math.pi * place / points - math.pi / 2 for place in range(2 * points)]
    reach = [outer, inner] * points
    return tuple((size * math.cos(turn), size * math.sin(turn)) for turn, size in zip(turns, reach, strict=True))


def _cross() -> tuple[Point, ...]:
    arm, end = 0.42, 1.2
    return (
        (-arm, -end), (arm, -end), (arm, -arm), (end, -arm), (end, arm), (arm, arm),
        (arm, end), (-arm, end), (-arm, arm), (-end, arm), (-end, -arm), (-arm, -arm),
    )  # fmt: skip


def _saltire() -> tuple[Point, ...]:
    half = math.sqrt(0.5)
    return tuple((half * (x - y), half * (x + y)) for x, y in _cross())


# Unit outlines around (0, 0), y downwards.
OUTLINES: dict[str, tuple[Point, ...]] = {
    "SCLC-N": ((-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)),
    "SCLC-P": ((0.0, -1.25), (1.2, 0.85), (-1.2, 0.85)),
    "SCLC-Y": ((0.0, 1.25), (1.2, -0.85), (-1.2, -0.85)),
    "SCLC-I": ((0.0, -1.3), (1.3, 0.0), (0.0, 1.3), (-1.3, 0.0)),
    "hybrid": _star(5, 0.62, 1.45),
    "unclassified": _saltire(),
}


def call_shapes(cohort: Cohort, names: Sequence[str]) -> tuple[Key, ...]:
    """Return the legend of the calls that are drawn, each with its count."""
    found = [cohort.subtype_of(name) for name in names]

    def key(call: str) -> Callable[[Canvas, Box], None]:
        return lambda canvas, box: draw_shape(canvas, call, [box.middle], 4.2)

    return tuple(
        Key(key(call), f"{look.words if call != 'not_assessable' else 'no call'}: {found.count(call)}")
        for call, look in SUBTYPE_LOOKS.items()
        if call in found
    )


def _draw_names(canvas: Canvas, marks: dict[str, Point], plot: Box, zero: Box) -> str:
    """Write the names beside the marks; return what is to be said of names that are not written."""
    if len(marks) > MOST_LABELLED:
        return f"{len(marks)} samples: names are left out here, point at a mark to read its name."
    placed = place_names(marks, plot, (zero,))
    for name, (box, is_far) in placed.items():
        x, y = marks[name]
        if is_far:
            canvas.lines([((x, y), _nearest((x, y), box))], MUTED, 0.4)
        words = shortened(name, LONGEST_NAME, SMALL_SIZE)
        canvas.text(box.x, box.middle[1], words, SMALL_SIZE)
    missing = len(marks) - len(placed)
    return f"{missing} of {len(marks)} names found no room: point at a mark to read its name." if missing else ""


def place_names(marks: dict[str, Point], plot: Box, obstacles: Sequence[Box] = ()) -> dict[str, tuple[Box, bool]]:
    """Return the box of each name and whether it stands too far from its mark to do without a line.

    Names and the lines to them stand inside the plot, over no mark, no other name and no obstacle; one that finds no
    such place is left out. Placed from above to below, so the same marks give the same places.
    """
    taken = [Box(x - LARGE, y - LARGE, 2 * LARGE, 2 * LARGE) for x, y in marks.values()]
    taken += obstacles
    placed: dict[str, tuple[Box, bool]] = {}
    for name in sorted(marks, key=lambda name: (marks[name][1], marks[name][0], name)):
        width = text_width(shortened(name, LONGEST_NAME, SMALL_SIZE), SMALL_SIZE)
        for distance, (right, down) in itertools.product(DISTANCES, DIRECTIONS):
            box = _beside(marks[name], width, right, down, LARGE + distance)
            is_far = distance > DISTANCES[0]
            line = _line_boxes(marks[name], box) if is_far else []
            if _holds(plot, box) and not any(_overlap(one, other) for one in (box, *line) for other in taken):
                placed[name] = (box, is_far)
                taken += [box, *line]
                break
    return placed


def _nearest(mark: Point, box: Box) -> Point:
    """Return the point of a box that is nearest to a mark."""
    x, y = mark
    return min(max(x, box.x), box.x + box.width), min(max(y, box.y), box.y + box.height)


def _line_boxes(mark: Point, box: Box) -> list[Box]:
    """Return small boxes along the line from a mark to its name, from where it has left the mark and its like."""
    end = _nearest(mark, box)
    length = math.dist(mark, end)
    clear = 2.2 * LARGE
    shares = [(clear + step) / length for step in range(0, max(int(length - clear), 0), 2)] if length else []
    return [
        Box(mark[0] + share * (end[0] - mark[0]) - 0.5, mark[1] + share * (end[1] - mark[1]) - 0.5, 1.0, 1.0)
        for share in shares
    ]


def _beside(mark: Point, width: float, right: float, down: float, distance: float) -> Box:
    """Return the box of a name in one direction from its mark."""
    height = SMALL_SIZE + 1
    reach = distance / math.hypot(right, down)
    x, y = mark[0] + right * reach, mark[1] + down * reach
    left = x if right > 0 else x - width if right < 0 else x - width / 2
    middle = y + (0.0 if right else math.copysign(height / 2 - 1, down))
    return Box(left, middle - height / 2, width, height)


def _holds(plot: Box, box: Box) -> bool:
    inside_x = plot.x + 1 <= box.x and box.x + box.width <= plot.x + plot.width - 1
    return inside_x and plot.y + 14 <= box.y and box.y + box.height <= plot.y + plot.height - 1


def _overlap(one: Box, other: Box) -> bool:
    apart_x = one.x >= other.x + other.width or other.x >= one.x + one.width
    return not (apart_x or one.y >= other.y + other.height or other.y >= one.y + one.height)
