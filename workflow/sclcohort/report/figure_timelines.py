"""Patient timelines: what each sample of a patient shows, by day and site, for patients with several samples."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sclcohort.contracts import EVENT_TYPES
from sclcohort.report import layout
from sclcohort.report.anchors import patient_anchor
from sclcohort.report.canvas import Box, Canvas, shortened
from sclcohort.report.cohort import Cohort, Row, day_words, event_name, integer, number, plural, text
from sclcohort.report.layout import MARGIN, SMALL_SIZE, Key, Legend
from sclcohort.report.palette import BLUE, INK, LINE, MUTED, PALE, SUBTYPE_LOOKS, WHITE, is_dark

PATIENTS_PER_FIGURE = 12
MOST_EVENTS = 16
ROW = 15.0
HEAD = 56.0
COLUMN = 66.0
LABELS = 118.0
CHANGE_ROOM = 94.0
SPACE = 26.0
FULL_WIDTH = 11.4 * 72
CHANGE_WORDS = {
    "kept": "kept",
    "newly_detected": "newly detected",
    "no_longer_detected": "no longer detected",
    "differs_between_sites": "differs between sites",
    "single_sample": "single sample",
    "not_assessable": "not assessable",
}


@dataclass(frozen=True)
class Panel:
    """One patient: its samples in order, and its events in the order of their genes."""

    patient: str
    samples: tuple[str, ...]
    changes: tuple[Row, ...]
    left_out: int

    @property
    def width(self) -> float:
        """Return the width of the panel, points."""
        return LABELS + COLUMN * len(self.samples) + CHANGE_ROOM

    @property
    def height(self) -> float:
        """Return the height of the panel, points."""
        return HEAD + ROW * (len(self.changes) + 1) + (12 if self.left_out else 0)


def panel_for(cohort: Cohort, patient: str) -> Panel:
    """Return the panel of a patient: changes first, then what was kept, at most `MOST_EVENTS` of them."""
    order = ["no_longer_detected", "newly_detected", "differs_between_sites", "kept", "not_assessable", "single_sample"]
    rows = [row for row in cohort.changes_of.get((patient,), []) if text(row, "event_type") in EVENT_TYPES]

    def place(row: Row) -> tuple[int, int, str, str]:
        return order.index(text(row, "change")), *cohort.gene_place(text(row, "gene_symbol")), text(row, "event")

    rows.sort(key=place)
    return Panel(patient, cohort.patients[patient], tuple(rows[:MOST_EVENTS]), max(len(rows) - MOST_EVENTS, 0))


def draw_timelines(cohort: Cohort) -> list[Canvas]:
    """Return the timelines, a dozen patients to a figure; none where no patient has two samples."""
    panels = [panel_for(cohort, patient) for patient in cohort.followed_patients]
    pages = [panels[start : start + PATIENTS_PER_FIGURE] for start in range(0, len(panels), PATIENTS_PER_FIGURE)]
    return [_draw_page(cohort, page, number + 1, len(pages)) for number, page in enumerate(pages)]


def _draw_page(cohort: Cohort, panels: Sequence[Panel], page: int, pages: int) -> Canvas:
    title = "Patients over time and sites"
    detail = f"{cohort.name}: {plural(len(cohort.followed_patients), 'patient')} with several samples"
    if pages > 1:
        detail += f", part {page} of {pages}"
    lines = _packed(panels)
    width = max(*(2 * MARGIN + _line_width(line) for line in lines), layout.title_width(title, detail), 8.2 * 72)
    legend = _legend(cohort, panels)
    top = layout.TITLE_ROOM + MARGIN
    body = sum(max(panel.height for panel in line) + SPACE for line in lines)
    canvas = Canvas(width, top + body + legend.height(width - 2 * MARGIN) + MARGIN - 8, f"{title}, {detail}")
    layout.draw_title(canvas, title, detail)
    y = top
    for line in lines:
        x = MARGIN
        for panel in line:
            _draw_panel(canvas, cohort, panel, x, y)
            x += panel.width + SPACE
        y += max(panel.height for panel in line) + SPACE
    legend.draw(canvas, MARGIN, y - 8, width - 2 * MARGIN)
    return canvas


def _packed(panels: Sequence[Panel]) -> list[list[Panel]]:
    """Return the panels in lines that fit a page."""
    lines: list[list[Panel]] = [[]]
    for panel in panels:
        if lines[-1] and _line_width([*lines[-1], panel]) > FULL_WIDTH - 2 * MARGIN:
            lines.append([])
        lines[-1].append(panel)
    return lines


def _line_width(panels: Sequence[Panel]) -> float:
    return sum(panel.width for panel in panels) + SPACE * (len(panels) - 1)


def _draw_panel(canvas: Canvas, cohort: Cohort, panel: Panel, x: float, y: float) -> None:
    canvas.text(x, y + 6, shortened(panel.patient, LABELS - 10, 9, 700), 9, weight=700)
    canvas.note(Box(x, y, LABELS - 10, 14), f"patient {panel.patient}", patient_anchor(panel.patient))
    canvas.lines([((x, y + HEAD - 3), (x + panel.width, y + HEAD - 3))], LINE, 0.6)
    left = x + LABELS
    for place, sample in enumerate(panel.samples):
        _draw_head(canvas, cohort, sample, left + (place + 0.5) * COLUMN, y)
    middle = y + HEAD + ROW / 2
    canvas.text(x, middle, "subtype", layout.LABEL_SIZE)
    for place, sample in enumerate(panel.samples):
        _draw_call(canvas, cohort, sample, left + (place + 0.5) * COLUMN, middle)
    for line, row in enumerate(panel.changes, start=1):
        _draw_event(canvas, cohort, panel, row, x, y + HEAD + line * ROW)
    if panel.left_out:
        bottom = y + HEAD + (len(panel.changes) + 1) * ROW + 6
        canvas.text(
            x, bottom, f"and {plural(panel.left_out, 'more event')}: see the patient's table", SMALL_SIZE, colour=MUTED
        )


def _draw_head(canvas: Canvas, cohort: Cohort, sample: str, x: float, y: float) -> None:
    """Write sample, time point, day and site over a column."""
    row = cohort.sample_row[sample]
    day = integer(row, "day")
    lines = (sample, text(row, "timepoint"), "" if day is None else day_words(day), text(row, "site"))
    for place, (words, weight) in enumerate(zip(lines, (700, 400, 400, 400), strict=True)):
        kept = shortened(words, COLUMN - 4, SMALL_SIZE, weight)
        canvas.text(
            x, y + 8 + 11 * place, kept, SMALL_SIZE, anchor="middle", weight=weight, colour=INK if place == 0 else MUTED
        )
    canvas.note(Box(x - COLUMN / 2, y, COLUMN, HEAD - 4), ", ".join(filter(None, lines)))


def _draw_call(canvas: Canvas, cohort: Cohort, sample: str, x: float, y: float) -> None:
    call = cohort.subtype_of(sample)
    box = Box(x - 30, y - 5.5, 60, 11)
    if call == "not_assessable":
        canvas.hatched([box])
    else:
        look = SUBTYPE_LOOKS[call]
        canvas.boxes([box], look.colour)
        components = text(cohort.subtype_row.get((sample,), {}), "components")
        ink = WHITE if is_dark(look.colour) else INK
        canvas.text(x, y, components or call, SMALL_SIZE, anchor="middle", weight=700, colour=ink)
    canvas.note(box, f"{sample}: {SUBTYPE_LOOKS[call].words}")


def _draw_event(canvas: Canvas, cohort: Cohort, panel: Panel, row: Row, x: float, y: float) -> None:
    gene, event = text(row, "gene_symbol"), text(row, "event")
    middle = y + ROW / 2
    name = f"{gene} {event_name(row)}"
    canvas.text(x, middle, shortened(name, LABELS - 8, layout.LABEL_SIZE), layout.LABEL_SIZE)
    canvas.note(Box(x, y, LABELS - 8, ROW), name)
    places = [x + LABELS + (place + 0.5) * COLUMN for place in range(len(panel.samples))]
    canvas.lines([((places[0], middle), (places[-1], middle))], LINE, 0.8)
    for across, sample in zip(places, panel.samples, strict=True):
        status = cohort.status_of.get((panel.patient, gene, event, sample), {})
        _draw_status(canvas, status, across, middle)
        canvas.note(Box(across - COLUMN / 2, y, COLUMN, ROW), status_words(sample, gene, event, status))
    words = CHANGE_WORDS[text(row, "change")]
    changed = text(row, "change") in ("newly_detected", "no_longer_detected", "differs_between_sites")
    canvas.text(
        places[-1] + COLUMN / 2 + 4,
        middle,
        words,
        SMALL_SIZE,
        weight=700 if changed else 400,
        colour=INK if changed else MUTED,
    )


def _draw_status(canvas: Canvas, status: Row, x: float, y: float) -> None:
    """Draw one status: filled where seen (with its allele fraction), open where not, hatched where unknowable."""
    state = text(status, "status") or "not_assessable"
    _draw_sign(canvas, state, x, y)
    vaf = number(status, "vaf")
    if vaf is not None:
        canvas.boxes([Box(x + 6, y - 4, 17, 8)], WHITE)
        canvas.text(x + 7, y, f"{vaf:.2f}", SMALL_SIZE - 0.5, colour=MUTED)


def _draw_sign(canvas: Canvas, state: str, x: float, y: float) -> None:
    if state == "present":
        canvas.circles([(x, y, 4.2)], BLUE, stroke=WHITE, stroke_width=0.8)
    elif state == "not_detected":
        canvas.circles([(x, y, 3.8)], WHITE, stroke=BLUE, stroke_width=1.2)
    else:
        canvas.hatched([Box(x - 5, y - 5, 10, 10)], gap=2.6)
        canvas.boxes([Box(x - 5, y - 5, 10, 10)], None, stroke=LINE)


def status_words(sample: str, gene: str, event: str, status: Row) -> str:
    """Return what one sign says, with its reason."""
    state = (text(status, "status") or "not_assessable").replace("_", " ")
    vaf, reason = number(status, "vaf"), text(status, "reason")
    fraction = f", VAF {vaf:.2f}" if vaf is not None else ""
    return f"{sample}, {gene} {event}: {state}{fraction}{f' ({reason})' if reason else ''}"


def _legend(cohort: Cohort, panels: Sequence[Panel]) -> Legend:
    def sign(state: str) -> Callable[[Canvas, Box], None]:
        return lambda canvas, box: _draw_sign(canvas, state, *box.middle)

    events = (
        Key(sign("present"), "present (number: allele fraction)"),
        Key(sign("not_detected"), "not detected, which is no proof of absence"),
        Key(sign("not_assessable"), "not assessable"),
    )
    found = {cohort.subtype_of(sample) for panel in panels for sample in panel.samples}
    calls = [look for call, look in SUBTYPE_LOOKS.items() if call in found and call != "not_assessable"]
    subtypes = tuple(Key(layout.filled(look.colour, stroke=PALE), look.words) for look in calls)
    return Legend((("event", events), ("subtype", subtypes)) if subtypes else (("event", events),))
