"""The subtype map: call, probabilities, neuroendocrine score and lineage factors of each tumour.

Tumours stand by call and falling probability. The leading programme is at the bottom of each
stack, so a bar of one colour that crosses the line passes the gate.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Sequence

from sclcohort.contracts import SUBTYPES
from sclcohort.report import layout
from sclcohort.report.anchors import patient_anchor
from sclcohort.report.canvas import Box, Canvas
from sclcohort.report.cohort import Cohort, number, signed, text
from sclcohort.report.layout import MARGIN, SMALL_SIZE, Columns, Key, Legend
from sclcohort.report.palette import (
    INK,
    LINE,
    MUTED,
    PROGRAMME_COLOURS,
    SUBTYPE_LOOKS,
    WHITE,
    is_dark,
    viridis,
)

TRACK = 14.0
STACK = 96.0
NE_BAND = 60.0
HEAT_ROW = 15.0
GAP = 14.0
LEFT_ROOM = 92.0
RIGHT_ROOM = 130.0
# log2(TPM + 1) at which the heat map's colour ends; 8 is 255 TPM, the level of a lineage factor that drives.
HEAT_TOP = 8.0
FACTORS = (
    ("ascl1_log2", "ASCL1"),
    ("neurod1_log2", "NEUROD1"),
    ("pou2f3_log2", "POU2F3"),
    ("yap1_log2", "YAP1"),
    ("t_cell_inflamed", "T-cell inflamed"),
)
PROGRAMME_WORDS = {"a": "ASCL1 programme", "n": "NEUROD1 programme", "p": "POU2F3 programme", "y": "YAP1 programme"}


def sample_order(cohort: Cohort) -> list[str]:
    """Return the samples by call, within a call by falling probability, then by name."""

    def place(sample: str) -> tuple[int, float, str]:
        probability = number(cohort.subtype_row.get((sample,), {}), "probability")
        return SUBTYPES.index(cohort.subtype_of(sample)), -(probability or 0.0), sample

    return sorted(cohort.samples, key=place)


def draw_subtype_map(cohort: Cohort) -> Canvas:
    """Return the subtype map of a cohort (see the module)."""
    names = sample_order(cohort)
    columns = layout.columns_for(names, [cohort.subtype_of(name) for name in names], MARGIN + LEFT_ROOM, RIGHT_ROOM)
    scored = sum(cohort.subtype_of(name) != "not_assessable" for name in names)
    title, detail = "Subtype map", f"{cohort.name}: {cohort.counted(scored)} of {len(names)} with a call"
    width = max(columns.right + RIGHT_ROOM, layout.title_width(title, detail), 8.2 * 72)
    legend = _legend(cohort)
    factors = [(column, words) for column, words in FACTORS if is_measured(cohort, column)]
    ne_band = NE_BAND + GAP if is_measured(cohort, "ne_score") else 0.0
    notes = [layout.unlabelled_note(columns), _unmeasured_note(cohort)]
    top = layout.TITLE_ROOM + MARGIN
    body = TRACK + 6 + STACK + GAP + ne_band + HEAT_ROW * len(factors) + 4
    height = (
        top + body + columns.label_height + 14 + legend.height(width - 2 * MARGIN) + 11 * sum(map(bool, notes)) + MARGIN
    )
    canvas = Canvas(width, height, f"{title}, {detail}")
    layout.draw_title(canvas, title, detail)
    y = top
    draw_calls(canvas, cohort, columns, y)
    y += TRACK + 6
    _draw_stacks(canvas, cohort, columns, y)
    y += STACK + GAP
    if ne_band:
        _draw_ne(canvas, cohort, columns, y)
        y += ne_band
    if factors:
        _draw_heat(canvas, cohort, columns, factors, y)
        y += HEAT_ROW * len(factors)
    y += 4
    _draw_columns_notes(canvas, cohort, columns, top, y)
    layout.draw_sample_labels(canvas, columns, y, lambda name: patient_anchor(cohort.patient_of(name)))
    y += columns.label_height + 12
    y += legend.draw(canvas, MARGIN, y, width - 2 * MARGIN)
    layout.draw_notes(canvas, notes, MARGIN, y + 4)
    return canvas


def is_measured(cohort: Cohort, column: str) -> bool:
    """Tell whether a score of `contracts.SCORES` was assessable in any sample."""
    return any(number(row, column) is not None for row in cohort.scores)


def _unmeasured_note(cohort: Cohort) -> str:
    """Return the sentence that names the scores no sample has; empty where each is assessable somewhere."""
    absent = [words for column, words in (("ne_score", "NE score"), *FACTORS) if not is_measured(cohort, column)]
    if not absent or not any(cohort.subtype_of(sample) != "not_assessable" for sample in cohort.samples):
        return ""
    return f"Not assessable in any {cohort.noun}, so not drawn (reasons in the table): {', '.join(absent)}."


def draw_calls(canvas: Canvas, cohort: Cohort, columns: Columns, y: float) -> None:
    """Draw a strip with the subtype call of each column, from `y` down."""
    layout.draw_row_label(canvas, columns.left - 6, y + TRACK / 2, "call", room=LEFT_ROOM)
    calls = [cohort.subtype_of(name) for name in columns.names]
    canvas.hatched(columns.runs([call == "not_assessable" for call in calls], y, TRACK))
    for call, look in SUBTYPE_LOOKS.items():
        if call == "not_assessable":
            continue
        chosen = [listed == call for listed in calls]
        canvas.boxes(columns.runs(chosen, y, TRACK), look.colour)
        if columns.lettered:
            ink = WHITE if is_dark(look.colour) else INK
            for place in itertools.compress(range(len(calls)), chosen):
                middle = columns.box(place, y, TRACK).middle
                canvas.text(*middle, look.letter, SMALL_SIZE, anchor="middle", weight=700, colour=ink)


def _axis(canvas: Canvas, columns: Columns, marks: Sequence[tuple[float, str]]) -> None:
    """Draw level lines with their numbers left of the columns."""
    canvas.lines([((columns.left - 3, y), (columns.right, y)) for y, _ in marks], LINE, 0.5)
    for y, words in marks:
        canvas.text(columns.left - 6, y, words, SMALL_SIZE, anchor="end", colour=MUTED)


def _drawn_columns(columns: Columns) -> float:
    """Return the part of a column that a bar leaves empty on each side."""
    return 0.6 if columns.cell > 5 else 0.0


def _draw_stacks(canvas: Canvas, cohort: Cohort, columns: Columns, y: float) -> None:
    _axis(canvas, columns, [(y + STACK * (1 - level), f"{level:g}") for level in (0, 0.5, 1)])
    canvas.text(MARGIN, y + STACK / 2 - 6, "probability", SMALL_SIZE, colour=MUTED)
    canvas.text(MARGIN, y + STACK / 2 + 5, "by programme", SMALL_SIZE, colour=MUTED)
    margin = _drawn_columns(columns)
    bars: dict[str, list[Box]] = defaultdict(list)
    missing = []
    for place, name in enumerate(columns.names):
        row = cohort.subtype_row.get((name,), {})
        chances = {key: number(row, f"probability_{key}") or 0.0 for key in PROGRAMME_COLOURS}
        missing.append(not any(chances.values()))
        base = y + STACK
        for key in sorted(chances, key=lambda key: (-chances[key], key)):
            height = STACK * chances[key]
            box = Box(columns.places[place] + margin, base - height, columns.cell - 2 * margin, height)
            bars[key].append(box)
            base -= height
    for key, colour in PROGRAMME_COLOURS.items():
        canvas.boxes([box for box in bars[key] if box.height > 0.05], colour)
    canvas.hatched(columns.runs(missing, y, STACK))
    gate = cohort.setting("regulators", "min_probability")
    if isinstance(gate, int | float):
        level = y + STACK * (1 - gate)
        canvas.lines([((columns.left - 3, level), (columns.right + 4, level))], INK, 1.0)
        canvas.text(columns.right + 8, level, f"gate {gate:g}", SMALL_SIZE, weight=700)


def _draw_ne(canvas: Canvas, cohort: Cohort, columns: Columns, y: float) -> None:
    middle = y + NE_BAND / 2
    _axis(canvas, columns, [(y, "+1"), (middle, "0"), (y + NE_BAND, "\N{MINUS SIGN}1")])
    canvas.text(MARGIN, middle, "NE score", SMALL_SIZE, colour=MUTED)
    canvas.text(columns.right + 8, y + NE_BAND / 4, "NE-high", SMALL_SIZE, colour=MUTED)
    canvas.text(columns.right + 8, y + 3 * NE_BAND / 4, "NE-low", SMALL_SIZE, colour=MUTED)
    scores = [number(cohort.score_row.get((name,), {}), "ne_score") for name in columns.names]
    canvas.hatched(columns.runs([score is None for score in scores], y, NE_BAND))
    margin = _drawn_columns(columns)
    up: list[Box] = []
    down: list[Box] = []
    for place, score in enumerate(scores):
        if score is None:
            continue
        reach = abs(score) * NE_BAND / 2
        box = Box(
            columns.places[place] + margin, middle - reach if score > 0 else middle, columns.cell - 2 * margin, reach
        )
        (up if score > 0 else down).append(box)
    canvas.boxes(up, "#334e68")
    canvas.boxes(down, "#9fb3c8")
    canvas.lines([((columns.left - 3, middle), (columns.right, middle))], INK, 0.7)


def _draw_heat(canvas: Canvas, cohort: Cohort, columns: Columns, factors: Sequence[tuple[str, str]], y: float) -> None:
    margin = 0.3 if columns.cell > 5 else 0.0
    for line, (column, words) in enumerate(factors):
        top = y + line * HEAT_ROW
        layout.draw_row_label(canvas, columns.left - 6, top + HEAT_ROW / 2, words, room=LEFT_ROOM, size=SMALL_SIZE)
        values = [number(cohort.score_row.get((name,), {}), column) for name in columns.names]
        canvas.hatched(columns.runs([value is None for value in values], top + 0.4, HEAT_ROW - 0.8))
        cells: dict[str, list[Box]] = defaultdict(list)
        for place, value in enumerate(values):
            if value is not None:
                box = Box(columns.places[place] + margin, top + 0.4, columns.cell - 2 * margin, HEAT_ROW - 0.8)
                cells[viridis(value / HEAT_TOP)].append(box)
        for colour in sorted(cells):
            canvas.boxes(cells[colour], colour)
    _draw_scale(canvas, columns.right + 10, y + 12)


def _draw_scale(canvas: Canvas, x: float, y: float) -> None:
    steps, width = 16, 5.0
    for step in range(steps):
        canvas.boxes([Box(x + step * width, y, width + 0.2, 9)], viridis(step / (steps - 1)))
    canvas.text(x, y + 16, "0", SMALL_SIZE, colour=MUTED)
    canvas.text(x + steps * width, y + 16, f"{HEAT_TOP:g}+", SMALL_SIZE, anchor="end", colour=MUTED)
    canvas.text(x, y - 7, "log2 expression", SMALL_SIZE, colour=MUTED)


def _draw_columns_notes(canvas: Canvas, cohort: Cohort, columns: Columns, top: float, bottom: float) -> None:
    for place, name in enumerate(columns.names):
        canvas.note(columns.box(place, top, bottom - top), call_words(cohort, name))


def call_words(cohort: Cohort, sample: str) -> str:
    """Return what the figure says of one sample."""
    row, scores = cohort.subtype_row.get((sample,), {}), cohort.score_row.get((sample,), {})
    call = SUBTYPE_LOOKS[cohort.subtype_of(sample)].words
    components = text(row, "components")
    facts = [f"{call}{f' {components}' if components else ''}"]
    probability, margin, score = number(row, "probability"), number(row, "margin"), number(scores, "ne_score")
    if probability is not None and margin is not None:
        facts.append(f"probability {probability:.2f}, margin {margin:.2f}")
    if score is not None:
        facts.append(f"NE score {signed(score)}")
    if text(row, "reason"):
        facts.append(text(row, "reason"))
    return f"{sample}: {'; '.join(facts)}"


def call_keys(cohort: Cohort) -> tuple[Key, ...]:
    """Return the legend of the calls of a cohort, each with its count."""
    found = [cohort.subtype_of(sample) for sample in cohort.samples]
    calls = []
    for call, look in SUBTYPE_LOOKS.items():
        if call in found and call != "not_assessable":
            ink = WHITE if is_dark(look.colour) else INK
            calls.append(Key(layout.lettered(look.colour, look.letter, ink), f"{look.words}: {found.count(call)}"))
    if "not_assessable" in found:
        calls.append(Key(layout.hatched, f"not assessable: {found.count('not_assessable')}"))
    return tuple(calls)


def _legend(cohort: Cohort) -> Legend:
    programmes = tuple(Key(layout.filled(colour), PROGRAMME_WORDS[key]) for key, colour in PROGRAMME_COLOURS.items())
    return Legend((("call", call_keys(cohort)), ("bars", programmes)))
