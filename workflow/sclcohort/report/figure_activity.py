"""The activity of regulators: regulators in rows, tumours in columns, alike ones side by side, both with their tree.

What could not be assessed takes no part in the clustering: it is hatched and stands apart, tumours on the right,
regulators below.
"""

from __future__ import annotations

import itertools
import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sclcohort.report import layout
from sclcohort.report.anchors import patient_anchor
from sclcohort.report.canvas import Box, Canvas, Point, text_width
from sclcohort.report.clusters import Tree, cluster, euclidean, one_minus_spearman, unordered
from sclcohort.report.cohort import Cohort, integer, number, plural, signed, text
from sclcohort.report.figure_subtypes import TRACK, call_keys, draw_calls
from sclcohort.report.layout import MARGIN, SMALL_SIZE, Columns, Key, Legend
from sclcohort.report.palette import DIVERGING, INK, MUTED, SUBTYPE_LOOKS, WHITE, diverging, is_dark

TREE = 44.0
ROW_TREE = 46.0
GAP = 6.0
RIGHT_ROOM = 122.0
LABEL_ROOM = 90.0
# Rows that a reader can take in, and that keep 500 samples below a megabyte.
MOST_REGULATORS = 40
MOST_APART = 8
# Benjamini-Hochberg, conventional; what it is worth is said under the figure.
SIGNIFICANT = 0.05
# Cells are separate boxes above this width, points; below it equal neighbours join.
SEPARATE_CELL = 5.0
# The colours end at the first of these, or of ten, a hundred ... times these, that holds 95 % of the values.
SCALE_ENDS = (2, 3, 4, 5, 6, 8, 10, 12, 15)
SCALE_SHARE = 0.95
# A correlation of two samples is 1 or -1 whatever they are.
LEAST_CORRELATED = 3


@dataclass(frozen=True)
class Rows:
    """The regulators that have a row.

    Parameters
    ----------
    clustered : tuple of str
        Assessable in every sample that has any activity; by name.
    apart : tuple of str
        The others, those that are assessable somewhere first.
    left_out : int
        Regulators without a row: those that differ least between samples, or are assessable in fewest.
    """

    clustered: tuple[str, ...]
    apart: tuple[str, ...]
    left_out: int


@dataclass(frozen=True)
class Arrangement:
    """Where everything stands.

    Parameters
    ----------
    samples, regulators : tuple of str
        Clustered ones, in the order of their trees; without a tree by name.
    samples_apart : tuple of str
        Those without any activity, by name.
    sample_tree, regulator_tree : Tree
        Joins of the clustered ones; none where there is nothing to compare.
    """

    samples: tuple[str, ...]
    samples_apart: tuple[str, ...]
    regulators: tuple[str, ...]
    sample_tree: Tree
    regulator_tree: Tree


def assessed_samples(cohort: Cohort) -> list[str]:
    """Return the samples with the activity of any regulator, by name."""
    return sorted({text(row, "sample_id") for row in cohort.activity if number(row, "score") is not None})


def activity_of(cohort: Cohort, sample: str, regulator: str) -> float | None:
    """Return t of a regulator in a sample, None where not assessable."""
    return number(cohort.activity_row.get((sample, regulator), {}), "score")


def activity_remarks(cohort: Cohort) -> list[str]:
    """Return what is to be said of activities that were assessed all the same, each remark once, in sorted order."""
    return sorted(
        {text(row, "reason") for row in cohort.activity if number(row, "score") is not None and text(row, "reason")}
    )


def rows_of(cohort: Cohort) -> Rows:
    """Return the regulators that have a row: up to MOST_REGULATORS that differ most, and MOST_APART others."""
    samples = assessed_samples(cohort)
    known = sorted({text(row, "regulator") for row in cohort.activity})
    scores = {
        regulator: [score for sample in samples if (score := activity_of(cohort, sample, regulator)) is not None]
        for regulator in known
    }
    full = [regulator for regulator in known if scores[regulator] and len(scores[regulator]) == len(samples)]
    chosen = sorted(full, key=lambda regulator: (-round(float(np.std(scores[regulator])), 9), regulator))
    others = sorted(set(known) - set(full), key=lambda regulator: (-len(scores[regulator]), regulator))
    clustered, apart = sorted(chosen[:MOST_REGULATORS]), others[:MOST_APART]
    return Rows(tuple(clustered), tuple(apart), len(known) - len(clustered) - len(apart))


def arrange(cohort: Cohort, rows: Rows) -> Arrangement:
    """Return the order of samples and regulators by average linkage.

    Samples by the Euclidean distance of their t, regulators by one minus Spearman's correlation across samples.
    """
    samples = assessed_samples(cohort)
    values = np.array(
        [[activity_of(cohort, sample, regulator) for sample in samples] for regulator in rows.clustered],
        dtype=np.float64,
    ).reshape(len(rows.clustered), len(samples))
    sample_tree, regulator_tree = unordered(len(samples)), unordered(len(rows.clustered))
    if rows.clustered:
        sample_tree = cluster(euclidean(values.T), len(samples))
    if len(samples) >= LEAST_CORRELATED:
        regulator_tree = cluster(one_minus_spearman(values), len(rows.clustered))
    return Arrangement(
        samples=tuple(samples[place] for place in sample_tree.order),
        samples_apart=tuple(sorted(set(cohort.samples) - set(samples))),
        regulators=tuple(rows.clustered[place] for place in regulator_tree.order),
        sample_tree=sample_tree,
        regulator_tree=regulator_tree,
    )


def colour_end(cohort: Cohort) -> float:
    """Return |t| at which the colours end: the first step that `SCALE_SHARE` of the values drawn do not pass."""
    rows = rows_of(cohort)
    drawn = {*rows.clustered, *rows.apart}
    sizes = sorted(
        abs(score)
        for row in cohort.activity
        if text(row, "regulator") in drawn and (score := number(row, "score")) is not None
    )
    within = sizes[math.ceil(SCALE_SHARE * len(sizes)) - 1] if sizes else 0.0
    steps = (float(end * 10**power) for power in itertools.count() for end in SCALE_ENDS)
    return next(end for end in steps if end >= within)


def draw_activity(cohort: Cohort) -> Canvas:
    """Return the figure of the activity of regulators of a cohort (see the module)."""
    chosen = rows_of(cohort)
    placed = arrange(cohort, chosen)
    rows = (*placed.regulators, *chosen.apart)
    room = min(max((text_width(name, layout.LABEL_SIZE) for name in rows), default=60.0), LABEL_ROOM)
    names = (*placed.samples, *placed.samples_apart)
    groups = ["assessed"] * len(placed.samples) + ["apart"] * len(placed.samples_apart)
    columns = layout.columns_for(names, groups, MARGIN + max(room, 40.0) + 8, RIGHT_ROOM + MARGIN)
    title = "Regulator activity"
    detail = (
        f"{cohort.name}: {len(placed.samples)} of {cohort.counted(len(names))}, {plural(len(rows), 'regulator')} by "
        "their targets"
    )
    width = max(columns.right + RIGHT_ROOM + MARGIN, layout.title_width(title, detail), 8.2 * 72)
    legend = _legend(cohort, columns, is_hatched=bool(placed.samples_apart or chosen.apart))
    notes = [*_notes(placed, chosen.left_out), layout.unlabelled_note(columns)]
    row = layout.rows_for(len(rows))
    gap = GAP if chosen.apart and placed.regulators else 0.0
    end = colour_end(cohort)
    top = layout.TITLE_ROOM + MARGIN
    body = TREE + 4 + TRACK + 4 + row * len(rows) + gap
    height = (
        top + body + columns.label_height + 14 + legend.height(width - 2 * MARGIN) + 11 * sum(map(bool, notes)) + MARGIN
    )
    canvas = Canvas(width, height, f"{title}, {detail}")
    layout.draw_title(canvas, title, detail)
    _draw_sample_tree(canvas, placed.sample_tree, columns, top + TREE)
    _draw_scale(canvas, end, columns.right + 12, top + TREE - 24)
    y = top + TREE + 4
    draw_calls(canvas, cohort, columns, y)
    y += TRACK + 4
    _draw_regulator_tree(canvas, placed.regulator_tree, columns.right + 8, y, row)
    for regulator in rows:
        y += gap if regulator in chosen.apart[:1] else 0.0
        _draw_row(canvas, cohort, columns, regulator, Box(columns.left, y, 0, row), end)
        y += row
    _draw_column_notes(canvas, cohort, columns, rows, Box(0, top + TREE, 0, y - top - TREE))
    layout.draw_sample_labels(canvas, columns, y + 2, lambda name: patient_anchor(cohort.patient_of(name)))
    y += columns.label_height + 12
    y += legend.draw(canvas, MARGIN, y, width - 2 * MARGIN)
    layout.draw_notes(canvas, notes, MARGIN, y + 4)
    return canvas


def _notes(placed: Arrangement, left_out: int) -> list[str]:
    """Return what the figure says of its own order, below it."""
    parts = []
    if placed.sample_tree.merges:
        parts.append("samples by the Euclidean distance of their t")
    if placed.regulator_tree.merges:
        parts.append("regulators by one minus Spearman's correlation")
    notes = [f"Order and trees: average linkage, {', '.join(parts)}."] if parts else []
    if left_out:
        notes.append(
            f"{plural(left_out, 'regulator')} left out, those that differ least between samples or are "
            "assessable in the fewest: see the table."
        )
    return notes


def _draw_row(canvas: Canvas, cohort: Cohort, columns: Columns, regulator: str, place: Box, end: float) -> None:
    """Draw one regulator from the upper left corner and the height of `place`."""
    y, row = place.y, place.height
    layout.draw_row_label(canvas, columns.left - 6, y + row / 2, regulator, room=LABEL_ROOM)
    scores = [activity_of(cohort, name, regulator) for name in columns.names]
    canvas.hatched(columns.runs([score is None for score in scores], y + 0.4, row - 0.8))
    levels = [None if score is None else diverging(score / end) for score in scores]
    if columns.cell >= SEPARATE_CELL:
        cells: dict[str, list[Box]] = defaultdict(list)
        for number_, level in enumerate(levels):
            if level is not None:
                cells[level].append(Box(columns.places[number_] + 0.3, y + 0.4, columns.cell - 0.6, row - 0.8))
        for level in sorted(cells):
            canvas.boxes(cells[level], level)
    else:
        # A stroke as thick as the row takes half the bytes of a box.
        for level in sorted({level for level in levels if level is not None}):
            runs = columns.runs([drawn == level for drawn in levels], y, row)
            strokes = [((box.x, y + row / 2), (box.x + box.width, y + row / 2)) for box in runs]
            canvas.lines(strokes, level, row - 0.8)
    if columns.lettered:
        _draw_dots(canvas, cohort, columns, regulator, y + row / 2, levels)
    if len(columns.names) <= layout.MOST_NOTED_COLUMNS:
        for number_, name in enumerate(columns.names):
            canvas.note(columns.box(number_, y, row), cell_words(cohort, name, regulator))


def _draw_dots(
    canvas: Canvas, cohort: Cohort, columns: Columns, regulator: str, y: float, levels: Sequence[str | None]
) -> None:
    dots: dict[str, list[tuple[float, float, float]]] = defaultdict(list)
    for place, (name, level) in enumerate(zip(columns.names, levels, strict=True)):
        adjusted = number(cohort.activity_row.get((name, regulator), {}), "p_adjusted")
        if level is not None and adjusted is not None and adjusted < SIGNIFICANT:
            ink = WHITE if is_dark(level) else INK
            dots[ink].append((columns.places[place] + columns.cell / 2, y, 1.5))
    for ink in sorted(dots):
        canvas.circles(dots[ink], ink)


def cell_words(cohort: Cohort, sample: str, regulator: str) -> str:
    """Return what one cell says: t, its adjusted p and the targets behind it, or why it is not assessable."""
    row = cohort.activity_row.get((sample, regulator), {})
    score, adjusted, targets = number(row, "score"), number(row, "p_adjusted"), integer(row, "targets_measured")
    reason = text(row, "reason")
    if score is None:
        return f"{sample}, {regulator}: not assessable{f' ({reason})' if reason else ''}"
    facts = [f"t {signed(score, 1)}"]
    if adjusted is not None:
        facts.append(f"adjusted p {adjusted:.2g}")
    if targets is not None:
        facts.append(f"{plural(targets, 'target')} measured")
    return f"{sample}, {regulator}: {', '.join(facts)}"


def _draw_column_notes(canvas: Canvas, cohort: Cohort, columns: Columns, regulators: Sequence[str], body: Box) -> None:
    """Let the reader point at the call of a sample or, where cells are too many for that, at its whole column."""
    many = len(columns.names) > layout.MOST_NOTED_COLUMNS
    for place, name in enumerate(columns.names):
        words = f"{name}: {SUBTYPE_LOOKS[cohort.subtype_of(name)].words}"
        scores = [(score, one) for one in regulators if (score := activity_of(cohort, name, one)) is not None]
        if many:
            strongest = sorted(scores, key=lambda pair: (-abs(pair[0]), pair[1]))[:3]
            facts = ", ".join(f"{one} {signed(score, 1)}" for score, one in strongest)
            words += f"; strongest {facts}" if facts else "; no activity assessable"
        canvas.note(columns.box(place, body.y, body.height if many else TRACK + 4), words)


def _draw_sample_tree(canvas: Canvas, tree: Tree, columns: Columns, base: float) -> None:
    """Draw the tree of the samples upwards from the line `base`."""
    strokes: list[tuple[Point, Point]] = []
    for merge in tree.merges:
        left, right = (columns.left + (place + 0.5) * columns.cell for place in (merge.left, merge.right))
        level, low_left, low_right = (
            base - (TREE - 6) * height for height in (merge.height, merge.left_height, merge.right_height)
        )
        strokes += [((left, low_left), (left, level)), ((left, level), (right, level))]
        strokes.append(((right, level), (right, low_right)))
    canvas.lines(strokes, MUTED, 0.8 if columns.labelled else 0.4)


def _draw_regulator_tree(canvas: Canvas, tree: Tree, x: float, y: float, row: float) -> None:
    """Draw the tree of the regulators to the right from the line `x`, its first row at `y`."""
    strokes: list[tuple[Point, Point]] = []
    for merge in tree.merges:
        upper, lower = (y + (place + 0.5) * row for place in (merge.left, merge.right))
        level, from_upper, from_lower = (
            x + ROW_TREE * height for height in (merge.height, merge.left_height, merge.right_height)
        )
        strokes += [((from_upper, upper), (level, upper)), ((level, upper), (level, lower))]
        strokes.append(((level, lower), (from_lower, lower)))
    canvas.lines(strokes, MUTED, 0.8)


def _draw_scale(canvas: Canvas, end: float, x: float, y: float) -> None:
    width = 6.0
    for step, colour in enumerate(DIVERGING):
        canvas.boxes([Box(x + step * width, y, width + 0.2, 9)], colour)
    right = x + width * len(DIVERGING)
    canvas.text(x, y - 8, "activity, t", SMALL_SIZE, colour=MUTED)
    for place, words, anchor in (
        (x, f"\u2264 \N{MINUS SIGN}{end:g}", "start"),
        ((x + right) / 2, "0", "middle"),
        (right, f"\u2265 {end:g}", "end"),
    ):
        canvas.text(place, y + 16, words, SMALL_SIZE, anchor=anchor, colour=MUTED)  # type: ignore[arg-type]


def _legend(cohort: Cohort, columns: Columns, *, is_hatched: bool) -> Legend:
    cells = []
    if columns.lettered:
        cells.append(Key(_dot_key, f"adjusted p below {SIGNIFICANT:g}"))
    if is_hatched:
        cells.append(Key(layout.hatched, "not assessable: outside the clustering"))
    groups = [("call", call_keys(cohort)), *([("cells", tuple(cells))] if cells else [])]
    return Legend(tuple(groups))


def _dot_key(canvas: Canvas, box: Box) -> None:
    canvas.boxes([box.inset(0.3)], DIVERGING[len(DIVERGING) // 2 + 3])
    canvas.circles([(*box.middle, 1.5)], INK)
