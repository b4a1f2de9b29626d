"""The oncoprint: driver genes in rows, tumours in columns, one glyph per event.

A cell is never blank: grey where the gene could be judged, hatched where it could not.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sclcohort.contracts import GENE_CLASSES
from sclcohort.report import layout
from sclcohort.report.anchors import patient_anchor
from sclcohort.report.canvas import Box, Canvas, Point, text_width
from sclcohort.report.cohort import Cohort, Row, event_name, number, plural, text
from sclcohort.report.layout import MARGIN, SMALL_SIZE, Columns, Key, Legend
from sclcohort.report.palette import (
    BLACK,
    BLUE,
    GREEN,
    INK,
    LINE,
    MUTED,
    ORANGE,
    PALE,
    PURPLE,
    SKY,
    SUBTYPE_LOOKS,
    UNJUDGED,
    VERMILLION,
    WHITE,
    is_dark,
)

MOST_GENES = 45
BAR_ROOM = 74.0
COUNT_ROOM = 64.0
TRACK = 12.0
HEADER = 15.0
STRIP = 2.8
TWO_GLYPHS_CELL = 13.0
CLASS_WORDS = {
    "sclc_driver": "SCLC drivers",
    "nsclc_like": "NSCLC-like genes: a flag, not SCLC drivers",
    "sclc_mimic": "Genes of SCLC mimics: a flag, not SCLC drivers",
    "dna_repair": "DNA repair",
    "passenger_prone": "Passenger-prone long genes: never promoted to drivers",
}
TIMEPOINT_COLOURS = ("#dbe4ee", "#9fb3c8", "#627d98", "#334e68", "#102a43")


@dataclass(frozen=True)
class Glyph:
    """How one kind of event is drawn."""

    words: str
    colour: str
    pale: str
    shape: str


GLYPHS = {
    "amplification": Glyph("amplification", VERMILLION, "#f3c9ad", "cell"),
    "deep_deletion": Glyph("deep deletion (both copies)", BLUE, "#b3d4e8", "cell"),
    "truncating": Glyph("truncating", BLACK, WHITE, "bar"),
    "hotspot": Glyph("hotspot", GREEN, WHITE, "diamond"),
    "splice": Glyph("splice site", PURPLE, WHITE, "triangle"),
    "missense": Glyph("missense", SKY, WHITE, "circle"),
    "inframe_indel": Glyph("in-frame indel", ORANGE, WHITE, "line"),
    "stop_lost": Glyph("stop lost", "#8a94a0", WHITE, "line"),
    "rearrangement": Glyph("rearrangement", VERMILLION, WHITE, "zigzag"),
    "fusion": Glyph("fusion", PURPLE, WHITE, "bowtie"),
}
BAR_HEIGHTS = {"diamond": 0.8, "bar": 0.6, "triangle": 0.45, "circle": 0.45, "line": 0.25, "zigzag": 0.7, "bowtie": 0.7}


@dataclass(frozen=True)
class GeneRow:
    """One row of the figure: a gene, and how often it is altered among the tumours where that can be told.

    Where the absence of an event can be judged in no tumour (`refutable` is false), there is no fraction.
    """

    gene: str
    gene_class: str
    altered: int
    assessable: int
    refutable: bool


def is_altered(state: str) -> bool:
    """Tell whether a state of `contracts.GENE_STATES` says that the gene carries a driver event."""
    return state in ("biallelic", "one_hit", "altered")


def gene_rows(cohort: Cohort) -> list[GeneRow]:
    """Return the genes to show, by class, zygosity genes first, then by how often they are altered.

    Zygosity genes always stand there; others when any tumour has an event in them.
    """
    with_event = {text(row, "gene_symbol") for row in cohort.events}
    rows = []
    for gene, row in cohort.gene_row.items():
        if gene not in with_event and gene not in cohort.zygosity_genes:
            continue
        states = [cohort.state_of(sample, gene) for sample in cohort.samples]
        rows.append(
            GeneRow(
                gene,
                text(row, "gene_class"),
                sum(is_altered(state) for state in states),
                sum(state not in UNJUDGED for state in states),
                cohort.is_refutable(gene),
            )
        )
    pinned = {gene: place for place, gene in enumerate(cohort.zygosity_genes[:3])}
    rows.sort(key=lambda row: (GENE_CLASSES.index(row.gene_class), pinned.get(row.gene, 9), -row.altered, row.gene))
    return rows


def sample_order(cohort: Cohort, rows: Sequence[GeneRow]) -> list[str]:
    """Return the samples so that the commonest patterns stand together; a patient's samples stay neighbours."""
    ranks = {"biallelic": 0, "one_hit": 1, "altered": 1, "none": 2, "not_covered": 3, "not_assessable": 3}
    genes = [row.gene for row in rows]

    def pattern(sample: str) -> tuple[int, ...]:
        states = [ranks[cohort.state_of(sample, gene)] for gene in genes]
        return (int(all(state == 3 for state in states)), *states)

    by_pattern = sorted(cohort.patients.items(), key=lambda item: (min(map(pattern, item[1])), item[0]))
    return [sample for _, members in by_pattern for sample in members]


def draw_oncoprint(cohort: Cohort) -> Canvas:
    """Return the oncoprint of a cohort (see the module)."""
    rows = gene_rows(cohort)
    shown = rows[:MOST_GENES]
    names = sample_order(cohort, shown)
    label_room = max(
        [text_width(row.gene, layout.LABEL_SIZE) for row in shown] + [text_width("time point", SMALL_SIZE)]
    )
    columns = layout.columns_for(
        names, [cohort.patient_of(name) for name in names], MARGIN + label_room + 8, 10 + BAR_ROOM + COUNT_ROOM + MARGIN
    )
    row_height = layout.rows_for(len(shown))
    title, detail = (
        "Driver events",
        f"{cohort.name}: {cohort.counted(len(names))} of {plural(len(cohort.patients), 'patient')}",
    )
    echo = label_room + 8 if columns.right > layout.PAGE_WIDTH else 0.0
    width = max(columns.right + 10 + echo + BAR_ROOM + COUNT_ROOM + MARGIN, layout.title_width(title, detail), 8.2 * 72)
    legend = _legend(cohort, wide=columns.lettered)
    headers = len({row.gene_class for row in shown})
    body = len(shown) * row_height + headers * HEADER
    notes = [
        layout.unlabelled_note(columns),
        f"Not drawn, for room: {', '.join(row.gene for row in rows[MOST_GENES:])}." if len(rows) > MOST_GENES else "",
    ]
    top = layout.TITLE_ROOM + MARGIN
    tracks = (TRACK + 2) * len(_tracks(cohort, columns)) + 2
    height = (
        top
        + tracks
        + body
        + 8
        + columns.label_height
        + 10
        + legend.height(width - 2 * MARGIN)
        + 11 * sum(map(bool, notes))
        + MARGIN
    )
    canvas = Canvas(width, height, f"{title}, {detail}")
    layout.draw_title(canvas, title, detail)
    _draw_tracks(canvas, cohort, columns, top)
    y = _draw_genes(canvas, cohort, columns, shown, top + tracks, row_height, echo)
    layout.draw_sample_labels(canvas, columns, y + 2, lambda name: patient_anchor(cohort.patient_of(name)))
    y += columns.label_height + 16
    y += legend.draw(canvas, MARGIN, y, width - 2 * MARGIN)
    layout.draw_notes(canvas, notes, MARGIN, y + 4)
    return canvas


def timepoint_colours(cohort: Cohort) -> dict[str, str]:
    """Return a colour for each named time point, earlier lighter; the last colour repeats from the fifth on."""
    days: dict[str, list[float]] = defaultdict(list)
    for row in cohort.sample_rows:
        if text(row, "timepoint"):
            day = number(row, "day")
            days[text(row, "timepoint")].append(float("inf") if day is None else day)
    order = sorted(days, key=lambda name: (min(days[name]), name))
    return {name: TIMEPOINT_COLOURS[min(place, len(TIMEPOINT_COLOURS) - 1)] for place, name in enumerate(order)}


def _tracks(cohort: Cohort, columns: Columns) -> dict[str, list[str]]:
    """Return the lines above the matrix with the value of each column; a line without any value is left out."""
    tracks = {
        "patient": list(columns.groups),
        "time point": [text(cohort.sample_row[name], "timepoint") for name in columns.names],
        "subtype": [cohort.subtype_of(name) for name in columns.names],
    }
    return {words: values for words, values in tracks.items() if set(values) - {"", "not_assessable"}}


def _draw_tracks(canvas: Canvas, cohort: Cohort, columns: Columns, y: float) -> None:
    colours = timepoint_colours(cohort)
    cells = {
        "time point": lambda name: (colours[name], name[:1].upper(), f"time point {name}"),
        "subtype": _subtype_cell,
    }
    for words, values in _tracks(cohort, columns).items():
        canvas.text(columns.left - 6, y + TRACK / 2, words, SMALL_SIZE, anchor="end", colour=MUTED)
        if words == "patient":
            layout.draw_patient_strip(canvas, columns, y, TRACK, patient_anchor)
        else:
            _draw_track(canvas, columns, y, values, cells[words])
        y += TRACK + 2


def _subtype_cell(call: str) -> tuple[str, str, str]:
    look = SUBTYPE_LOOKS[call]
    return look.colour, look.letter, look.words


def _draw_track(
    canvas: Canvas, columns: Columns, y: float, values: Sequence[str], cell: Callable[[str], tuple[str, str, str]]
) -> None:
    """Draw one line of coloured, lettered cells; empty and not assessable ones are hatched."""
    unknown = [value in ("", "not_assessable") for value in values]
    canvas.hatched(columns.runs(unknown, y, TRACK))
    for value in sorted(set(values) - {"", "not_assessable"}):
        colour, letter, words = cell(value)
        chosen = [listed == value for listed in values]
        canvas.boxes(columns.runs(chosen, y, TRACK), colour)
        for place in itertools.compress(range(len(values)), chosen):
            box = columns.box(place, y, TRACK)
            if columns.lettered:
                ink = WHITE if is_dark(colour) else INK
                canvas.text(*box.middle, letter, SMALL_SIZE, anchor="middle", weight=700, colour=ink)
            canvas.note(box, f"{columns.names[place]}: {words}")


def _draw_genes(
    canvas: Canvas, cohort: Cohort, columns: Columns, rows: Sequence[GeneRow], y: float, row_height: float, echo: float
) -> float:
    """Draw the matrix with its class headers and bars; return where it ends."""
    bar_left = columns.right + 10 + echo
    canvas.text(bar_left, y + HEADER / 2, "altered of assessable", SMALL_SIZE, colour=MUTED)
    for gene_class, members in itertools.groupby(rows, key=lambda row: row.gene_class):
        canvas.text(columns.left, y + HEADER / 2, CLASS_WORDS[gene_class], SMALL_SIZE, weight=700, colour=MUTED)
        y += HEADER
        for row in members:
            middle = y + row_height / 2
            layout.draw_row_label(canvas, columns.left - 6, middle, row.gene, room=120)
            if echo:
                canvas.text(columns.right + 8, middle, row.gene)
            _draw_gene(canvas, cohort, columns, row.gene, y + 0.8, row_height - 1.6)
            _draw_bar(canvas, row, bar_left, y + 2.5, row_height - 5)
            y += row_height
    return y + 2


def _draw_bar(canvas: Canvas, row: GeneRow, x: float, y: float, height: float) -> None:
    middle = y + height / 2
    if not row.assessable or not row.refutable:
        canvas.hatched([Box(x, y, BAR_ROOM, height)])
        words = f"{row.altered} altered" if row.altered else "not assessable"
        canvas.text(x + BAR_ROOM + 5, middle, words, SMALL_SIZE, colour=MUTED)
        return
    canvas.boxes([Box(x, y, BAR_ROOM, height)], PALE)
    canvas.boxes([Box(x, y, BAR_ROOM * row.altered / row.assessable, height)], "#4a5766")
    percent = f" ({100 * row.altered / row.assessable:.0f} %)" if row.assessable >= 10 else ""
    canvas.text(x + BAR_ROOM + 5, middle, f"{row.altered}/{row.assessable}{percent}", SMALL_SIZE)


def _draw_gene(canvas: Canvas, cohort: Cohort, columns: Columns, gene: str, y: float, height: float) -> None:
    """Draw one row: ground, copy-number events, small variants, and the strip that speaks of the second copy."""
    states = [cohort.state_of(name, gene) for name in columns.names]
    unknown = [state == "not_assessable" for state in states]
    outside = [state == "not_covered" for state in states]
    canvas.boxes(_cells(columns, y, height, [state not in UNJUDGED for state in states]), PALE)
    canvas.hatched(_cells(columns, y, height, unknown))
    _draw_outside(canvas, _cells(columns, y, height, outside))
    drawn: dict[tuple[str, bool], list[Box]] = defaultdict(list)
    strips: dict[str, list[Box]] = defaultdict(list)
    margin = 0.8 if columns.lettered else 0.2
    few = len(columns.names) <= layout.MOST_NOTED_COLUMNS
    for place, name in enumerate(columns.names):
        cell = columns.box(place, y, height)
        events = cohort.events_of.get((name, gene), [])
        _place_events(events, cell, drawn, most=2 if columns.cell >= TWO_GLYPHS_CELL else 1)
        state = cohort.gene_state.get((name, gene), {})
        kind = second_copy(state)
        if kind:
            strips[kind].append(Box(cell.x + margin, cell.y + cell.height - STRIP, cell.width - 2 * margin, STRIP))
        if events or few:
            canvas.note(cell.inset(-0.2), cell_words(name, gene, events, state))
    for (event_type, solid), boxes in sorted(drawn.items(), key=lambda item: list(GLYPHS).index(item[0][0])):
        _draw_glyphs(canvas, GLYPHS[event_type], boxes, solid=solid, wide=columns.lettered)
    _draw_strips(canvas, strips)


def _draw_outside(canvas: Canvas, boxes: Sequence[Box]) -> None:
    """Draw cells whose gene the target leaves out: white, framed, with a dot (by form, so that no colour decides)."""
    canvas.boxes(boxes, WHITE, stroke=LINE, stroke_width=0.5)
    canvas.circles([(*box.middle, min(1.1, box.width * 0.25)) for box in boxes], MUTED)


def _draw_strips(canvas: Canvas, strips: Mapping[str, Sequence[Box]]) -> None:
    """Draw what is known of the second copy: full where lost, half where probably lost, empty where open."""
    canvas.boxes(strips.get("definite", ()), INK)
    canvas.boxes([Box(box.x, box.y, box.width / 2, box.height) for box in strips.get("probable", ())], INK)
    canvas.boxes(strips.get("open", ()), WHITE, stroke=MUTED, stroke_width=0.7)


def _cells(columns: Columns, y: float, height: float, chosen: Sequence[bool]) -> list[Box]:
    """Return cells with thin white lines between them where there is room, joined to runs where not."""
    if columns.cell < 4:
        return columns.runs(chosen, y, height)
    boxes = [columns.box(place, y, height) for place in itertools.compress(range(len(chosen)), chosen)]
    return [Box(box.x + 0.4, box.y, box.width - 0.8, box.height) for box in boxes]


def second_copy(state: Row) -> str:
    """Return what the strip says: definite or probable loss of both copies, open, or nothing."""
    if text(state, "state") == "biallelic":
        return text(state, "confidence") or "probable"
    return "open" if text(state, "second_hit") == "not_assessable" else ""


def _place_events(events: Sequence[Row], cell: Box, drawn: dict[tuple[str, bool], list[Box]], *, most: int) -> None:
    """Give each event of a cell its place: copy number fills it, `most` small variants stand in it."""
    order = list(GLYPHS)
    kinds = sorted(
        {(text(row, "event_type"), text(row, "oncogenic_call") == "likely_oncogenic") for row in events},
        key=lambda kind: (not kind[1], order.index(kind[0])),
    )
    small = [kind for kind in kinds if GLYPHS[kind[0]].shape != "cell"][:most]
    for kind in kinds:
        if GLYPHS[kind[0]].shape == "cell":
            drawn[kind].append(cell)
    share = cell.width / max(len(small), 1)
    for place, kind in enumerate(small):
        drawn[kind].append(Box(cell.x + place * share, cell.y, share, cell.height))


def _draw_glyphs(canvas: Canvas, glyph: Glyph, boxes: Sequence[Box], *, solid: bool, wide: bool) -> None:
    colour = glyph.colour if solid else glyph.pale
    if glyph.shape == "cell":
        margin = 0.4 if wide else 0.0
        canvas.boxes([Box(box.x + margin, box.y, box.width - 2 * margin, box.height) for box in boxes], colour)
        return
    stroke, stroke_width = (WHITE, 0.5) if solid else (glyph.colour, 0.9)
    if not wide:
        bars = [_bar(box, BAR_HEIGHTS[glyph.shape], 0.0) for box in boxes]
        canvas.boxes(bars, glyph.colour if solid else "#b7c0ca")
    elif glyph.shape == "circle":
        radii = [(*box.middle, min(box.width, box.height) * 0.29) for box in boxes]
        canvas.circles(radii, colour, stroke=stroke, stroke_width=stroke_width)
    else:
        canvas.polygons(
            [shape_outline(glyph.shape, box) for box in boxes], colour, stroke=stroke, stroke_width=stroke_width
        )


def _bar(box: Box, height: float, margin: float) -> Box:
    return Box(box.x + margin, box.y + box.height * (1 - height) / 2, box.width - 2 * margin, box.height * height)


def shape_outline(shape: str, box: Box) -> list[Point]:
    """Return the outline of a glyph in its cell."""
    x, y = box.middle
    reach = min(box.width, box.height) * 0.36
    square = Box(x - reach, y - reach, 2 * reach, 2 * reach)
    if shape == "diamond":
        return layout.diamond(square)
    if shape == "triangle":
        return layout.triangle(square, up=True)
    if shape == "zigzag":
        left, right, down, half = x - reach, x + reach, y + reach, reach * 0.45
        return [(left, y), (x + half, y - reach), (x + half * 0.2, y - 0.1 * reach), (right, y), (x - half, down),
                (x - half * 0.2, y + 0.1 * reach)]  # fmt: skip
    if shape == "bowtie":
        return [(x - reach, y - reach), (x, y - 0.2 * reach), (x + reach, y - reach), (x + reach, y + reach),
                (x, y + 0.2 * reach), (x - reach, y + reach)]  # fmt: skip
    bar = _bar(box, 0.46 if shape == "bar" else 0.2, min(2.0, box.width * 0.14))
    return [
        (bar.x, bar.y),
        (bar.x + bar.width, bar.y),
        (bar.x + bar.width, bar.y + bar.height),
        (bar.x, bar.y + bar.height),
    ]


def event_words(row: Row) -> str:
    """Return one event in words, with what was measured."""
    facts = [text(row, "event_type").replace("_", " ")]
    vaf, copies = number(row, "vaf"), number(row, "copies")
    if vaf is not None:
        facts.append(f"VAF {vaf:.2f}")
    if copies is not None:
        facts.append(f"{copies:.1f} copies")
    if text(row, "origin") in ("uncertain", "likely_germline"):
        facts.append(f"origin {text(row, 'origin').replace('_', ' ')}")
    facts.append(text(row, "oncogenic_call").replace("_", " "))
    return f"{event_name(row)} ({', '.join(facts)})"


def cell_words(sample: str, gene: str, events: Sequence[Row], state: Row) -> str:
    """Return what one cell says: the events, the state and its reason."""
    said = "; ".join(event_words(row) for row in events) or "no event"
    call = (text(state, "state") or "not_assessable").replace("_", " ")
    reason = text(state, "reason")
    return f"{sample}, {gene}: {said}. State: {call}{f' ({reason})' if reason else ''}"


def _legend(cohort: Cohort, *, wide: bool) -> Legend:
    """Return the legend: glyphs, strips and grounds, and the calls and time points that occur."""

    def glyph_key(event_type: str, *, solid: bool) -> Callable[[Canvas, Box], None]:
        def draw(canvas: Canvas, box: Box) -> None:
            canvas.boxes([box.inset(0.3)], PALE)
            _draw_glyphs(
                canvas,
                GLYPHS[event_type],
                [box if wide else Box(box.x + 3.5, box.y, 4, box.height)],
                solid=solid,
                wide=wide,
            )

        return draw

    def strip_key(kind: str) -> Callable[[Canvas, Box], None]:
        def draw(canvas: Canvas, box: Box) -> None:
            canvas.boxes([box.inset(0.3)], PALE)
            _draw_strips(canvas, {kind: [Box(box.x, box.y + box.height - 3.2, box.width, 3.0)]})

        return draw

    occurring = {text(row, "event_type") for row in cohort.events} | {
        "amplification",
        "deep_deletion",
        "truncating",
        "hotspot",
    }
    events = [Key(glyph_key(kind, solid=True), glyph.words) for kind, glyph in GLYPHS.items() if kind in occurring]
    events.append(
        Key(glyph_key("truncating", solid=False), f"{'hollow' if wide else 'grey'}: uncertain or not promoted")
    )
    copies = (
        Key(strip_key("definite"), "lost"),
        Key(strip_key("probable"), "probably lost"),
        Key(strip_key("open"), "one hit, other copy not assessable"),
    )
    ground = [Key(layout.filled(PALE, stroke=LINE), "judged, no event"), Key(layout.hatched, "not assessable")]
    if any(cohort.uncovered_genes(sample) for sample in cohort.samples):
        ground.append(Key(lambda canvas, box: _draw_outside(canvas, [box.inset(0.5)]), "not covered by the target"))
    times = tuple(_lettered_key(colour, name[:1].upper(), name) for name, colour in timepoint_colours(cohort).items())
    found = {cohort.subtype_of(sample) for sample in cohort.samples} - {"not_assessable"}
    looks = [look for call, look in SUBTYPE_LOOKS.items() if call in found]
    calls = tuple(_lettered_key(look.colour, look.letter, look.words) for look in looks)
    groups = (
        ("event", tuple(events)),
        ("both copies", copies),
        ("ground", tuple(ground)),
        ("subtype", calls),
        ("time point", times),
    )
    return Legend(tuple((name, keys) for name, keys in groups if keys))


def _lettered_key(colour: str, letter: str, words: str) -> Key:
    return Key(layout.lettered(colour, letter, WHITE if is_dark(colour) else INK), words)
