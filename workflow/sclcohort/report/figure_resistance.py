"""The resistance table: therapies by strategy in rows, tumours in columns, one class per cell.

Every class has a colour and a sign; the letter is the highest level of the evidence that decided.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Callable, Sequence

from sclcohort.report import layout
from sclcohort.report.anchors import patient_anchor
from sclcohort.report.canvas import Box, Canvas, text_width
from sclcohort.report.cohort import Cohort, text
from sclcohort.report.layout import MARGIN, SMALL_SIZE, Columns, Key, Legend
from sclcohort.report.palette import CLASS_LOOKS, INK, MUTED, STRATEGY_WORDS, WHITE

ROW = 25.0
HEADER = 18.0
TRACK = 12.0
BAR_ROOM = 150.0
LABEL_ROOM = 150.0
DECIDED = ("resistance_evidence", "sensitivity_evidence", "conflicting")


def draw_resistance(cohort: Cohort) -> Canvas:
    """Return the resistance figure of a cohort (see the module)."""
    names = cohort.samples
    therapies = [therapy for members in cohort.therapies.values() for therapy in members]
    room = min(max((text_width(name, layout.LABEL_SIZE) for name in therapies), default=60.0), LABEL_ROOM)
    columns = layout.columns_for(
        names, [cohort.patient_of(name) for name in names], MARGIN + room + 8, 12 + BAR_ROOM + MARGIN
    )
    title, detail = "Evidence by therapy", f"{cohort.name}: {cohort.counted(len(names))}, {len(therapies)} therapies"
    width = max(columns.right + 12 + BAR_ROOM + MARGIN, layout.title_width(title, detail), 8.2 * 72)
    classes = tuple(Key(_key(state), look.words) for state, look in CLASS_LOOKS.items())
    level = Key(
        _level_key,
        "highest level among the rules that decided: A prospective clinical, B retrospective, C animal, D cell lines",
    )
    legend = Legend((("class", classes), ("level", (level,))))
    notes = [layout.unlabelled_note(columns), "Research use only: evidence from publications, no recommendation."]
    top = layout.TITLE_ROOM + MARGIN
    body = TRACK + 2 + len(cohort.therapies) * HEADER + len(therapies) * ROW
    height = (
        top + body + columns.label_height + 16 + legend.height(width - 2 * MARGIN) + 11 * sum(map(bool, notes)) + MARGIN
    )
    canvas = Canvas(width, height, f"{title}, {detail}")
    layout.draw_title(canvas, title, detail)
    canvas.text(columns.left - 6, top + TRACK / 2, "patient", SMALL_SIZE, anchor="end", colour=MUTED)
    layout.draw_patient_strip(canvas, columns, top, TRACK, patient_anchor)
    y = top + TRACK + 2
    for strategy, members in cohort.therapies.items():
        canvas.text(MARGIN, y + HEADER / 2 + 2, STRATEGY_WORDS[strategy], layout.LABEL_SIZE, weight=700)
        if y < top + TRACK + 3:
            canvas.text(columns.right + 12, y + HEADER / 2 + 2, f"{cohort.noun}s by class", SMALL_SIZE, colour=MUTED)
        y += HEADER
        for therapy in members:
            layout.draw_row_label(canvas, columns.left - 6, y + ROW / 2, therapy, room=LABEL_ROOM)
            _draw_therapy(canvas, cohort, columns, therapy, y)
            y += ROW
    layout.draw_sample_labels(canvas, columns, y + 2, lambda name: patient_anchor(cohort.patient_of(name)))
    y += columns.label_height + 12
    y += legend.draw(canvas, MARGIN, y, width - 2 * MARGIN)
    layout.draw_notes(canvas, notes, MARGIN, y + 4)
    return canvas


def _draw_therapy(canvas: Canvas, cohort: Cohort, columns: Columns, therapy: str, y: float) -> None:
    names = columns.names
    states = [cohort.class_of(name, therapy) for name in names]
    levels = [text(cohort.class_row.get((name, therapy), {}), "highest_level") for name in names]
    margin = 0.5 if columns.cell > 5 else 0.0
    for state in CLASS_LOOKS:
        chosen = [listed == state for listed in states]
        if margin:
            boxes = [
                Box(columns.places[place] + margin, y + 1, columns.cell - 2 * margin, ROW - 2)
                for place in itertools.compress(range(len(states)), chosen)
            ]
        else:
            boxes = columns.runs(chosen, y + 1, ROW - 2)
        _draw_cells(canvas, state, boxes, signed=columns.lettered)
    for place, (name, level) in enumerate(zip(names, levels, strict=True)):
        box = columns.box(place, y, ROW)
        if level and columns.lettered:
            canvas.text(box.middle[0], y + ROW - 7, level, SMALL_SIZE, anchor="middle", weight=700, colour=WHITE)
        if states[place] in DECIDED or len(names) <= layout.MOST_NOTED_COLUMNS:
            canvas.note(box, class_words(cohort, name, therapy))
    _draw_counts(canvas, states, columns.right + 12, y + 6, ROW - 12)


def class_words(cohort: Cohort, sample: str, therapy: str) -> str:
    """Return what one cell says: the class, its level and rules, or why there is none."""
    row = cohort.class_row.get((sample, therapy), {})
    words = CLASS_LOOKS[cohort.class_of(sample, therapy)].words
    level, rules, reason = (text(row, name) for name in ("highest_level", "deciding_rules", "reason"))
    decided = f", level {level}, by {rules.replace(',', ', ')}" if level else ""
    return f"{sample}, {therapy}: {words}{decided}{f'. {reason}' if reason else ''}"


def _draw_cells(canvas: Canvas, state: str, boxes: Sequence[Box], *, signed: bool) -> None:
    """Draw cells of one class: its colour and, where there is room, its sign."""
    if state == "not_assessable":
        canvas.hatched(boxes)
        return
    canvas.boxes(boxes, CLASS_LOOKS[state].colour)
    if not signed:
        return
    decided = state in DECIDED
    signs = [_sign_box(box, lifted=decided and box.height > 16) for box in boxes]
    if state == "resistance_evidence":
        canvas.polygons([layout.triangle(box, up=False) for box in signs], WHITE)
    elif state == "sensitivity_evidence":
        canvas.polygons([layout.triangle(box, up=True) for box in signs], WHITE)
    elif state == "conflicting":
        canvas.polygons([layout.diamond(box) for box in signs], WHITE)
    else:
        canvas.lines([((x - 2.2, y), (x + 2.2, y)) for x, y in (box.middle for box in boxes)], MUTED, 0.9)


def _sign_box(box: Box, *, lifted: bool) -> Box:
    x, y = box.middle
    size = min(6.4, box.width * 0.62)
    y = box.y + 7 if lifted else y
    return Box(x - size / 2, y - size / 2, size, size)


def _draw_counts(canvas: Canvas, states: Sequence[str], x: float, y: float, height: float) -> None:
    """Draw the tumours of one therapy by class: a bar of the whole cohort, counts inside."""
    counts: dict[str, int] = defaultdict(int)
    for state in states:
        counts[state] += 1
    across = x
    for state, look in CLASS_LOOKS.items():
        if not counts[state]:
            continue
        box = Box(across, y, BAR_ROOM * counts[state] / len(states), height)
        if state == "not_assessable":
            canvas.hatched([box])
        else:
            canvas.boxes([box], look.colour)
        words = str(counts[state])
        if text_width(words, SMALL_SIZE) + 3 <= box.width:
            ink = WHITE if state in DECIDED else INK
            canvas.text(*box.middle, words, SMALL_SIZE, anchor="middle", weight=700, colour=ink)
        canvas.note(box, f"{look.words}: {counts[state]} of {len(states)}")
        across += box.width


def _key(state: str) -> Callable[[Canvas, Box], None]:
    return lambda canvas, box: _draw_cells(canvas, state, [box.inset(0.3)], signed=True)


def _level_key(canvas: Canvas, box: Box) -> None:
    canvas.boxes([box.inset(0.3)], MUTED)
    canvas.text(*box.middle, "A", SMALL_SIZE, anchor="middle", weight=700, colour=WHITE)
