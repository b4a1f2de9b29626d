"""A page to draw on in points, y downwards, rendered by matplotlib to SVG and PDF.

All figures of the report are matrices, bars and labels, so they are placed by their own
coordinates: nothing depends on the metrics of a viewer's font, and what the reader hovers over
(`Canvas.note`) is known to the point. The SVG is cleaned after matplotlib wrote it: no prolog,
no doctype, no style attribute (a strict Content-Security-Policy forbids those), no ids that
could collide in one page, two decimals. Recipe for equal bytes: ``docs/audit.md`` section 2.
"""

from __future__ import annotations

import contextlib
import functools
import io
import logging
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from xml.etree import ElementTree
from xml.sax.saxutils import escape, quoteattr

import matplotlib as mpl
from matplotlib import font_manager
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ft2font import FT2Font
from matplotlib.patches import PathPatch
from matplotlib.path import Path as Outline

from sclcohort.report.palette import HATCH, INK, WHITE

Anchor = Literal["start", "middle", "end"]
Point = tuple[float, float]

# matplotlib's own copy of DejaVu Sans, never one of the system: text is measured the same everywhere.
FONT_NAME = "sclcohort-sans"
FONT_FILES = {400: "DejaVuSans.ttf", 700: "DejaVuSans-Bold.ttf"}
# Verdana has almost the widths of DejaVu Sans, for viewers that lack the latter.
FONT_STACK = "DejaVu Sans, Verdana, Geneva, Arial, sans-serif"
SETTINGS: dict[str, Any] = {
    "font.family": [FONT_NAME],
    "text.usetex": False,
    "path.simplify": False,
    "svg.fonttype": "none",
    "svg.hashsalt": "sclcohort",
    "pdf.fonttype": 42,
    "pdf.compression": 6,
}
SVG_METADATA: dict[str, Any] = {"Date": None, "Creator": None}
PDF_METADATA: dict[str, Any] = {"CreationDate": None, "ModDate": None, "Creator": None, "Producer": None}
MISSING_GLYPH = "\N{WHITE SQUARE}"
MOVE, DRAW, CURVE, CLOSE = (int(code) for code in (Outline.MOVETO, Outline.LINETO, Outline.CURVE4, Outline.CLOSEPOLY))
# How far below its middle a line of capital letters sits, as a fraction of the font size.
HALF_CAPITAL = 0.365
# Distance of a control point from the end of a quarter circle of radius 1.
CIRCLE_HANDLE = 0.5523


@dataclass(frozen=True)
class Box:
    """A rectangle in points, y downwards from its upper left corner."""

    x: float
    y: float
    width: float
    height: float

    def inset(self, margin: float) -> Box:
        """Return the box made smaller by `margin` on every side."""
        return Box(self.x + margin, self.y + margin, self.width - 2 * margin, self.height - 2 * margin)

    @property
    def middle(self) -> Point:
        """Return the centre."""
        return self.x + self.width / 2, self.y + self.height / 2


@dataclass(frozen=True)
class Note:
    """What a reader sees when pointing at a place, and where a click leads (an anchor of the page)."""

    box: Box
    words: str
    anchor: str = ""


@functools.cache
def _font(weight: int) -> FT2Font:
    return FT2Font(str(Path(mpl.get_data_path()) / "fonts" / "ttf" / FONT_FILES[weight]))


@functools.cache
def _glyphs() -> frozenset[int]:
    return frozenset(_font(400).get_charmap()) & frozenset(_font(700).get_charmap())


@functools.cache
def _register_fonts() -> None:
    for weight, file in FONT_FILES.items():
        path = Path(mpl.get_data_path()) / "fonts" / "ttf" / file
        entry = font_manager.FontEntry(
            fname=str(path), name=FONT_NAME, style="normal", variant="normal", weight=weight, size="scalable"
        )
        font_manager.fontManager.ttflist.append(entry)
    # Subsetting fonts for the PDF tells its every step at INFO.
    logging.getLogger("fontTools").setLevel(logging.WARNING)


def drawable(text: str) -> str:
    """Return the text with what the font of the figures cannot draw replaced by an empty square."""
    kept = unicodedata.normalize("NFC", text)
    return "".join(mark if ord(mark) >= 32 and ord(mark) in _glyphs() else MISSING_GLYPH for mark in kept)


@functools.lru_cache(maxsize=20_000)
def text_width(text: str, size: float, weight: int = 400) -> float:
    """Return the width of a line of text, in points."""
    font = _font(weight)
    font.set_size(100, 72)
    font.set_text(drawable(text), 0.0)
    width, _ = font.get_width_height()
    return float(width) / 64 * size / 100


def shortened(text: str, room: float, size: float, weight: int = 400) -> str:
    """Return the text, its middle left out where it would be wider than `room` points."""
    if text_width(text, size, weight) <= room:
        return text
    for kept in range(len(text) - 1, 1, -1):
        head = (kept + 1) // 2
        shorter = f"{text[:head]}\N{HORIZONTAL ELLIPSIS}{text[len(text) - (kept - head) :]}"
        if text_width(shorter, size, weight) <= room:
            return shorter
    return text[:1]


@contextlib.contextmanager
def _settings() -> Iterator[None]:
    """Draw with matplotlib's own defaults and ours, whatever a user's matplotlibrc says."""
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(SETTINGS)
        yield


class Canvas:
    """One figure.

    Parameters
    ----------
    width, height : float
        Size in points (1/72 inch).
    title : str
        What the figure shows, for screen readers and file viewers.
    """

    def __init__(self, width: float, height: float, title: str) -> None:
        self.width = round(width, 1)
        self.height = round(height, 1)
        self.title = title
        self.notes: list[Note] = []
        _register_fonts()
        with _settings():
            self._figure = Figure(figsize=(self.width / 72, self.height / 72), dpi=72, facecolor=WHITE)
            FigureCanvasAgg(self._figure)
            self._axes = self._figure.add_axes((0, 0, 1, 1))
        self._axes.set_xlim(0, self.width)
        self._axes.set_ylim(self.height, 0)
        self._axes.set_axis_off()
        self._drawn = 0

    def _next(self) -> int:
        self._drawn += 1
        return self._drawn

    def _outline(
        self, points: list[Point], codes: list[int], fill: str | None, stroke: str | None, stroke_width: float
    ) -> None:
        if not points:
            return
        patch = PathPatch(
            Outline(points, codes),
            facecolor=fill or "none",
            edgecolor=stroke or "none",
            linewidth=stroke_width if stroke else 0,
            joinstyle="miter",
            capstyle="butt",
            clip_on=False,
            zorder=self._next(),
        )
        self._axes.add_artist(patch)

    def boxes(
        self, boxes: Iterable[Box], fill: str | None, *, stroke: str | None = None, stroke_width: float = 0.6
    ) -> None:
        """Draw rectangles of one look as one path, which keeps large figures small."""
        corners = []
        for box in boxes:
            right, bottom = box.x + box.width, box.y + box.height
            corners.append(((box.x, box.y), (right, box.y), (right, bottom), (box.x, bottom)))
        self.polygons(corners, fill, stroke=stroke, stroke_width=stroke_width)

    def polygons(
        self,
        polygons: Iterable[Sequence[Point]],
        fill: str | None,
        *,
        stroke: str | None = None,
        stroke_width: float = 0.6,
    ) -> None:
        """Draw closed polygons of one look."""
        points: list[Point] = []
        codes: list[int] = []
        for polygon in polygons:
            points += [*polygon, polygon[0]]
            codes += [MOVE, *[DRAW] * (len(polygon) - 1), CLOSE]
        self._outline(points, codes, fill, stroke, stroke_width)

    def circles(
        self,
        circles: Iterable[tuple[float, float, float]],
        fill: str | None,
        *,
        stroke: str | None = None,
        stroke_width: float = 0.8,
    ) -> None:
        """Draw circles (x, y, radius) of one look."""
        points: list[Point] = []
        codes: list[int] = []
        for x, y, radius in circles:
            handle = radius * CIRCLE_HANDLE
            points += [(x + radius, y)]
            points += [(x + radius, y + handle), (x + handle, y + radius), (x, y + radius)]
            points += [(x - handle, y + radius), (x - radius, y + handle), (x - radius, y)]
            points += [(x - radius, y - handle), (x - handle, y - radius), (x, y - radius)]
            points += [(x + handle, y - radius), (x + radius, y - handle), (x + radius, y), (x + radius, y)]
            codes += [MOVE, *[CURVE] * 12, CLOSE]
        self._outline(points, codes, fill, stroke, stroke_width)

    def lines(self, lines: Iterable[tuple[Point, Point]], colour: str, width: float = 0.6) -> None:
        """Draw straight lines of one look."""
        points = [point for line in lines for point in line]
        codes: list[int] = [MOVE, DRAW] * (len(points) // 2)
        self._outline(points, codes, None, colour, width)

    def hatched(self, boxes: Iterable[Box], *, gap: float = 3.6) -> None:
        """Fill rectangles with thin diagonals on white: the sign of "not assessable" in every figure."""
        listed = list(boxes)
        self.boxes(listed, WHITE)
        diagonals: list[tuple[Point, Point]] = []
        for box in listed:
            # Diagonals x + y = constant, on one lattice for the whole figure: neighbours join up.
            first = int((box.x + box.y) // gap) + 1
            last = int((box.x + box.y + box.width + box.height) // gap)
            for step in range(first, last + 1):
                total = step * gap
                low = max(box.x, total - box.y - box.height)
                high = min(box.x + box.width, total - box.y)
                if high > low:
                    diagonals.append(((low, total - low), (high, total - high)))
        self.lines(diagonals, HATCH, 0.5)

    def text(
        self,
        x: float,
        y: float,
        words: str,
        size: float = 8,
        *,
        anchor: Anchor = "start",
        weight: int = 400,
        colour: str = INK,
        rotation: float = 0,
    ) -> None:
        """Write one line; (x, y) is the anchor on the middle of its capital letters."""
        shift = HALF_CAPITAL * size
        # Rotated by 90 degrees the line runs upwards: its baseline lies to the right of the anchor.
        place = (x + shift, y) if rotation == 90 else (x, y + shift)
        self._axes.text(
            *place,
            drawable(words),
            family=FONT_NAME,
            parse_math=False,
            fontsize=size,
            fontweight=weight,
            color=colour,
            ha={"start": "left", "middle": "center", "end": "right"}[anchor],
            va="baseline",
            rotation=rotation,
            rotation_mode="anchor",
            clip_on=False,
            zorder=self._next(),
        )

    def note(self, box: Box, words: str, anchor: str = "") -> None:
        """Let a reader of the page point at a place and read `words`; a click goes to `anchor`."""
        self.notes.append(Note(box, words, anchor))

    def pdf(self) -> bytes:
        """Return the figure as PDF."""
        return self._rendered("pdf", PDF_METADATA)

    def elements(self) -> list[str]:
        """Return the drawing as SVG elements without ids and without style attributes."""
        return clean_elements(self._rendered("svg", SVG_METADATA))

    def _rendered(self, kind: str, metadata: dict[str, Any]) -> bytes:
        target = io.BytesIO()
        with _settings():
            self._figure.savefig(target, format=kind, metadata=metadata, facecolor=WHITE)
        return target.getvalue()


def svg_file(canvas: Canvas, elements: Sequence[str]) -> str:
    """Return the figure as an SVG document that stands alone."""
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{canvas.width:g}pt" height="{canvas.height:g}pt" '
        f'viewBox="0 0 {canvas.width:g} {canvas.height:g}" font-family="{FONT_STACK}">'
    )
    return "\n".join([head, f"<title>{escape(canvas.title)}</title>", *elements, "</svg>", ""])


def svg_inline(canvas: Canvas, elements: Sequence[str], labelled_by: str) -> str:
    """Return the figure as SVG inside a page: with the notes to point at, labelled by an element of the page."""
    head = (
        f'<svg width="{canvas.width * 4 / 3:.0f}" height="{canvas.height * 4 / 3:.0f}" '
        f'viewBox="0 0 {canvas.width:g} {canvas.height:g}" font-family="{FONT_STACK}" '
        f'role="group" aria-labelledby="{labelled_by}">'
    )
    return "\n".join([head, *elements, *(_note_element(note) for note in canvas.notes), "</svg>"])


def _note_element(note: Note) -> str:
    place = f'x="{note.box.x:.1f}" y="{note.box.y:.1f}" width="{note.box.width:.1f}" height="{note.box.height:.1f}"'
    target = f'<rect class="n" {place}><title>{escape(printable(note.words))}</title></rect>'
    return f"<a href={quoteattr('#' + note.anchor)}>{target}</a>" if note.anchor else target


def printable(text: str) -> str:
    """Return the text without control characters, which no XML document may hold."""
    return "".join(mark for mark in text if unicodedata.category(mark) not in ("Cc", "Cs"))


SVG = "{http://www.w3.org/2000/svg}"
KEPT_STYLES = {"font-size", "font-weight", "text-anchor", "fill", "stroke", "stroke-width", "opacity", "stroke-opacity"}
IGNORED_STYLES = {"font-family", "stroke-linejoin", "stroke-linecap", "stroke-miterlimit"}
DEFAULT_STYLES = {("text-anchor", "start"), ("stroke-width", "1")}


def clean_elements(svg: bytes) -> list[str]:
    """Return the paths and texts of an SVG that matplotlib wrote, in order.

    Style attributes become presentation attributes, groups and ids go, numbers keep two
    decimals (a hundredth of a point; digits beyond it may differ between processors).

    Raises
    ------
    ValueError
        The drawing holds an element or a style that this function does not know: it would be lost.
    """
    root = ElementTree.fromstring(svg)
    cleaned = []
    for element in root.iter():
        tag = element.tag.removeprefix(SVG)
        if tag == "path":
            cleaned.append(f"<path{_attributes(element)} d={quoteattr(_compact(element.attrib['d']))}/>")
        elif tag == "text":
            cleaned.append(f"<text{_placed(element)}{_attributes(element)}>{escape(element.text or '')}</text>")
        elif tag.startswith("{") or tag in ("svg", "g", "metadata", "defs", "style"):
            continue
        else:
            raise ValueError(f"unexpected SVG element {tag}")
    return cleaned


def _attributes(element: ElementTree.Element) -> str:
    parts = [part.split(":", 1) for part in element.attrib.get("style", "").split(";") if part.strip()]
    styles = {name.strip(): value.strip() for name, value in parts}
    unknown = sorted(set(styles) - KEPT_STYLES - IGNORED_STYLES)
    if unknown:
        raise ValueError(f"unexpected SVG style {', '.join(unknown)}")
    kept = [(name, value) for name, value in styles.items() if name in KEPT_STYLES]
    return "".join(f" {name}={quoteattr(value)}" for name, value in kept if (name, value) not in DEFAULT_STYLES)


def _placed(element: ElementTree.Element) -> str:
    x, y = (_short(float(element.attrib[name])) for name in ("x", "y"))
    turned = re.match(r"rotate\((-?[\d.]+) ", element.attrib.get("transform", ""))
    angle = float(turned.group(1)) if turned else 0.0
    return f' x="{x}" y="{y}"' + (f' transform="rotate({angle:g} {x} {y})"' if angle else "")


def _short(number: float) -> str:
    text = f"{number:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _compact(outline: str) -> str:
    """Return a path with rounded numbers, and with the short forms of level and upright lines."""
    written = []
    here = ("", "")
    for command, numbers in re.findall(r"([MLCz])([^MLCz]*)", outline):
        values = [_short(float(number)) for number in numbers.split()]
        if command == "L" and values[1] == here[1]:
            written.append(f"H{values[0]}")
        elif command == "L" and values[0] == here[0]:
            written.append(f"V{values[1]}")
        else:
            written.append(command + " ".join(values))
        if values:
            here = (values[-2], values[-1])
    return "".join(written)
