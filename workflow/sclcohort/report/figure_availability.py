"""The availability matrix: which layer of data each tumour has, and what became of it."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence

from sclcohort.contracts import LAYERS
from sclcohort.report import layout
from sclcohort.report.anchors import patient_anchor
from sclcohort.report.canvas import Box, Canvas, Point, text_width
from sclcohort.report.cohort import ANALYSED, DATA_LAYERS, Cohort, plural
from sclcohort.report.layout import MARGIN, SMALL_SIZE, Columns, Key, Legend
from sclcohort.report.palette import INK, LAYER_LOOKS, LAYER_WORDS, LINE, MUTED, WHITE

ROW = 18.0
TRACK = 12.0
COUNT_ROOM = 150.0


def draw_availability(cohort: Cohort) -> Canvas:
    """Return the availability matrix of a cohort: layers in rows, tumours by patient in columns."""
    names = cohort.samples
    room = max(text_width(words, layout.LABEL_SIZE) for words in LAYER_WORDS.values())
    columns = layout.columns_for(
        names, [cohort.patient_of(name) for name in names], MARGIN + room + 8, 10 + COUNT_ROOM + MARGIN
    )
    title, detail = (
        "Available data",
        f"{cohort.name}: {cohort.counted(len(names))} of {plural(len(cohort.patients), 'patient')}",
    )
    width = max(columns.right + 10 + COUNT_ROOM + MARGIN, layout.title_width(title, detail), 8.2 * 72)
    keys = [Key(_key(state), look.words) for state, look in LAYER_LOOKS.items()]
    if any(cohort.uncovered_genes(name) for name in names):
        keys.append(Key(_draw_partial, "target without some driver genes"))
    legend = Legend((("data", tuple(keys)),))
    notes = [layout.unlabelled_note(columns)]
    top = layout.TITLE_ROOM + MARGIN
    body = TRACK + 4 + len(LAYERS) * ROW + 6
    height = (
        top + body + columns.label_height + 12 + legend.height(width - 2 * MARGIN) + 11 * sum(map(bool, notes)) + MARGIN
    )
    canvas = Canvas(width, height, f"{title}, {detail}")
    layout.draw_title(canvas, title, detail)
    canvas.text(columns.left - 6, top + TRACK / 2, "patient", SMALL_SIZE, anchor="end", colour=MUTED)
    layout.draw_patient_strip(canvas, columns, top, TRACK, patient_anchor)
    y = top + TRACK + 4
    for layer in LAYERS:
        y += 6 if layer == "purity" else 0
        _draw_layer(canvas, cohort, columns, layer, y)
        y += ROW
    layout.draw_sample_labels(canvas, columns, y + 2, lambda name: patient_anchor(cohort.patient_of(name)))
    y += columns.label_height + 10
    y += legend.draw(canvas, MARGIN, y, width - 2 * MARGIN)
    layout.draw_notes(canvas, notes, MARGIN, y + 4)
    return canvas


def _draw_layer(canvas: Canvas, cohort: Cohort, columns: Columns, layer: str, y: float) -> None:
    layout.draw_row_label(canvas, columns.left - 6, y + ROW / 2, LAYER_WORDS[layer], room=120)
    states = [cohort.outcomes[name, layer].state for name in columns.names]
    for state in LAYER_LOOKS:
        chosen = [listed == state for listed in states]
        if columns.cell < 4:
            boxes = columns.runs(chosen, y + 1, ROW - 2)
        else:
            boxes = [
                Box(columns.places[place] + 0.5, y + 1, columns.cell - 1, ROW - 2)
                for place in itertools.compress(range(len(states)), chosen)
            ]
        _draw_cells(canvas, state, boxes, marked=columns.lettered)
    if layer == "variants" and columns.lettered:
        partial = [place for place, name in enumerate(columns.names) if cohort.uncovered_genes(name)]
        canvas.polygons([_corner(columns.box(place, y, ROW).inset(0.5)) for place in partial], WHITE)
    for place, name in enumerate(columns.names):
        outcome = cohort.outcomes[name, layer]
        if len(columns.names) > layout.MOST_NOTED_COLUMNS and outcome.state not in ("refused", "tumour_only"):
            continue
        words = f"{name}, {LAYER_WORDS[layer].lower()}: {LAYER_LOOKS[outcome.state].words}"
        if layer == "variants" and cohort.uncovered_genes(name):
            words += f", {plural(len(cohort.uncovered_genes(name)), 'driver gene')} outside the target"
        canvas.note(columns.box(place, y, ROW), f"{words}: {outcome.reason}" if outcome.reason else words)
    canvas.text(columns.right + 10, y + ROW / 2, _counts(cohort, layer), SMALL_SIZE, colour=MUTED)


def _counts(cohort: Cohort, layer: str) -> str:
    if layer not in DATA_LAYERS:
        return f"{cohort.count(layer, 'given')} given, {cohort.count(layer, 'not_provided')} not"
    refused = cohort.count(layer, "refused")
    parts = [f"{cohort.count(layer, *ANALYSED)} analysed", f"{cohort.count(layer, 'not_provided')} not provided"]
    return ", ".join([*parts, f"{refused} refused"] if refused else parts)


def _draw_cells(canvas: Canvas, state: str, boxes: Sequence[Box], *, marked: bool) -> None:
    """Draw cells of one state: its colour and, where there is room, its mark."""
    look = LAYER_LOOKS[state]
    if state == "not_provided":
        canvas.boxes(boxes, WHITE, stroke=LINE, stroke_width=0.5)
        if marked:
            canvas.lines([((x - 2, y), (x + 2, y)) for x, y in (box.middle for box in boxes)], MUTED, 0.8)
        return
    canvas.boxes(boxes, look.colour)
    if not marked:
        return
    if state == "refused":
        canvas.lines([line for box in boxes for line in _cross(box)], WHITE, 1.4)
    elif state == "tumour_only":
        for box in boxes:
            canvas.text(*box.middle, "T", SMALL_SIZE, anchor="middle", weight=700, colour=INK)
    else:
        canvas.lines([line for box in boxes for line in _tick(box)], WHITE, 1.3)


def _corner(box: Box) -> list[Point]:
    """Return the upper right corner of a cell."""
    reach, right = min(box.width, box.height) * 0.5, box.x + box.width
    return [(right - reach, box.y), (right, box.y), (right, box.y + reach)]


def _draw_partial(canvas: Canvas, box: Box) -> None:
    """Draw the legend sample of a target that leaves driver genes out."""
    canvas.boxes([box.inset(0.3)], LAYER_LOOKS["analysed"].colour)
    canvas.polygons([_corner(box.inset(0.3))], WHITE)


def _cross(box: Box) -> list[tuple[Point, Point]]:
    x, y = box.middle
    return [((x - 2.6, y - 2.6), (x + 2.6, y + 2.6)), ((x - 2.6, y + 2.6), (x + 2.6, y - 2.6))]


def _tick(box: Box) -> list[tuple[Point, Point]]:
    x, y = box.middle
    return [((x - 2.8, y + 0.2), (x - 0.8, y + 2.2)), ((x - 1.2, y + 2.2), (x + 2.8, y - 2.4))]


def _key(state: str) -> Callable[[Canvas, Box], None]:
    return lambda canvas, box: _draw_cells(canvas, state, [box.inset(0.3)], marked=True)
