"""What the figures share: columns of samples, their labels, the strip of patients, legends.

A figure is as wide as its samples need between 1.5 times a page of text and a few thumbs: cells
shrink from 20 to 2.4 points, labels go when they could not be read, and the figure says so.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from sclcohort.report.canvas import Anchor, Box, Canvas, Point, shortened, text_width
from sclcohort.report.palette import INK, LINE, MUTED, WHITE

MARGIN = 14.0
TITLE_SIZE = 11.0
LABEL_SIZE = 8.0
SMALL_SIZE = 7.0
TITLE_ROOM = 26.0
# Space between two groups, as a fraction of a column.
GAP_SHARE = 0.2
LARGEST_CELL = 24.0
SMALLEST_CELL = 2.4
# Width of a page of the report, points; a figure that can fit does, others scroll.
PAGE_WIDTH = 826.0
# Below this cell width a turned label would be under 5.2 points, which nobody reads.
SMALLEST_LABELLED_CELL = 6.5
# Columns may take this width, and the figure scroll, if that keeps the samples named.
WIDEST_LABELLED = 900.0
LONGEST_LABEL = 110.0
LEGEND_ROOM = 780.0
SWATCH = 11.0
LEGEND_LINE = SWATCH + 5.5
# Below this width a cell has no room for a letter or for shapes that differ by form.
SMALLEST_LETTERED_CELL = 8.0
# Of more columns than this only cells that say something out of the ordinary carry a note: the page must stay small.
MOST_NOTED_COLUMNS = 100


@dataclass(frozen=True)
class Columns:
    """Where the samples stand, from left to right.

    Parameters
    ----------
    names : tuple of str
        Sample ids, in order.
    groups : tuple of str
        Group of each sample (its patient, its subtype); neighbours of one group stay together.
    left : float
        Where the first column begins, points.
    cell : float
        Width of a column, points.
    gap : float
        Space between two groups, points.
    """

    names: tuple[str, ...]
    groups: tuple[str, ...]
    left: float
    cell: float
    gap: float

    @functools.cached_property
    def places(self) -> tuple[float, ...]:
        """Return the left edge of each column."""
        changes = [0, *(int(before != after) for before, after in itertools.pairwise(self.groups))]
        breaks = itertools.accumulate(changes[: len(self.names)])
        return tuple(self.left + place * self.cell + gaps * self.gap for place, gaps in enumerate(breaks))

    @property
    def right(self) -> float:
        """Return the right edge of the last column."""
        return self.places[-1] + self.cell if self.names else self.left

    @property
    def labelled(self) -> bool:
        """Tell whether the columns are wide enough for labels."""
        return self.cell >= SMALLEST_LABELLED_CELL

    @property
    def lettered(self) -> bool:
        """Tell whether a cell has room for a letter."""
        return self.cell >= SMALLEST_LETTERED_CELL

    @property
    def label_size(self) -> float:
        """Return the size of the labels, points."""
        return min(LABEL_SIZE, self.cell * 0.82)

    @property
    def label_height(self) -> float:
        """Return the room the turned labels take, points; 0 without labels."""
        if not self.labelled or not self.names:
            return 0.0
        return min(max(text_width(name, self.label_size) for name in self.names), LONGEST_LABEL) + 8

    def box(self, place: int, y: float, height: float) -> Box:
        """Return the cell of a column in a row."""
        return Box(self.places[place], y, self.cell, height)

    def runs(self, chosen: Sequence[bool], y: float, height: float) -> list[Box]:
        """Return boxes over the chosen columns, neighbours of one group joined to one box."""
        places = self.places
        boxes: list[Box] = []
        start: int | None = None
        for place, is_chosen in enumerate([*chosen, False]):
            breaks = place == len(self.names) or (place > 0 and self.groups[place] != self.groups[place - 1])
            if start is not None and (not is_chosen or breaks):
                boxes.append(Box(places[start], y, places[place - 1] + self.cell - places[start], height))
                start = None
            if is_chosen and start is None:
                start = place
        return boxes


def columns_for(names: Sequence[str], groups: Sequence[str], left: float, right: float) -> Columns:
    """Return columns for samples: as wide as reads well, as narrow as their number asks.

    Parameters
    ----------
    names, groups : sequence of str
        Samples and the group of each, neighbours of one group together.
    left, right : float
        Room that the figure needs beside the columns, points.
    """
    breaks = sum(before != after for before, after in itertools.pairwise(groups))
    share = max(len(names) + GAP_SHARE * breaks, 1.0)
    cell = min((PAGE_WIDTH - left - right) / share, LARGEST_CELL)
    if cell < SMALLEST_LABELLED_CELL and SMALLEST_LABELLED_CELL * share <= WIDEST_LABELLED:
        cell = SMALLEST_LABELLED_CELL
    cell = max(cell, SMALLEST_CELL)
    gap = min(3.0, cell * GAP_SHARE)
    return Columns(tuple(names), tuple(groups), left, round(cell, 2), round(gap, 2))


def rows_for(count: int, *, tall: float = 15.0) -> float:
    """Return the height of a row of a matrix, points."""
    return tall if count <= 40 else max(9.0, tall * 40 / count)


def draw_title(canvas: Canvas, words: str, detail: str) -> None:
    """Write the title of a figure and, lighter, what it covers."""
    canvas.text(MARGIN, MARGIN + 4, words, TITLE_SIZE, weight=700)
    start = MARGIN + text_width(words, TITLE_SIZE, 700) + 8
    canvas.text(start, MARGIN + 4, detail, LABEL_SIZE, colour=MUTED)


def title_width(words: str, detail: str) -> float:
    """Return the width that a title with its detail needs, margins included."""
    return 2 * MARGIN + text_width(words, TITLE_SIZE, 700) + 8 + text_width(detail, LABEL_SIZE)


def draw_sample_labels(canvas: Canvas, columns: Columns, y: float, anchor_of: Callable[[str], str]) -> None:
    """Write the sample names under the columns, and let the reader click through to their patient."""
    for place, name in enumerate(columns.names):
        box = columns.box(place, y, max(columns.label_height, 6))
        if columns.labelled:
            size = columns.label_size
            words = shortened(name, LONGEST_LABEL, size)
            canvas.text(box.middle[0], y + 4, words, size, anchor="end", rotation=90)
        canvas.note(box, name, anchor_of(name))


def unlabelled_note(columns: Columns) -> str:
    """Return the sentence that says why there are no labels; empty when there are."""
    return (
        ""
        if columns.labelled
        else f"{len(columns.names)} samples: names are left out here, point at a column to read its name."
    )


def draw_patient_strip(
    canvas: Canvas, columns: Columns, y: float, height: float, anchor_of: Callable[[str], str]
) -> None:
    """Draw which neighbouring columns are one patient: alternating greys, named where there is room."""
    edges: list[tuple[str, float, float]] = []
    for group, places in itertools.groupby(range(len(columns.names)), key=lambda place: columns.groups[place]):
        members = list(places)
        edges.append((group, columns.places[members[0]], columns.places[members[-1]] + columns.cell))
    for shade, boxes in (("#c3cbd4", edges[0::2]), ("#e1e6eb", edges[1::2])):
        canvas.boxes([Box(left, y, right - left, height) for _, left, right in boxes], shade)
    for group, left, right in edges:
        canvas.note(Box(left, y, right - left, height), f"patient {group}", anchor_of(group))
        size = min(SMALL_SIZE, height - 3)
        if text_width(group, size) <= right - left - 2:
            canvas.text((left + right) / 2, y + height / 2, group, size, anchor="middle")


def draw_row_label(
    canvas: Canvas, x: float, y: float, words: str, *, room: float, size: float = LABEL_SIZE, anchor: Anchor = "end",
    weight: int = 400, colour: str = INK,
) -> None:  # fmt: skip
    """Write the label of a row, shortened to its room."""
    canvas.text(x, y, shortened(words, room, size, weight), size, anchor=anchor, weight=weight, colour=colour)


@dataclass(frozen=True)
class Key:
    """One entry of a legend: how to draw its sample in a box, and its words."""

    draw: Callable[[Canvas, Box], None]
    words: str


@dataclass(frozen=True)
class Legend:
    """The legend of a figure: groups of entries, each group under its name and on its own lines."""

    groups: tuple[tuple[str, tuple[Key, ...]], ...]

    def draw(self, canvas: Canvas, x: float, y: float, width: float) -> float:
        """Draw the legend from (x, y) down, in lines that fit `width`; return its height, points."""
        return self._flow(x, y, width, canvas)

    def height(self, width: float) -> float:
        """Return the height that the legend takes in lines that fit `width`, points."""
        return self._flow(0, 0, width, None)

    def _flow(self, x: float, y: float, width: float, canvas: Canvas | None) -> float:
        start = x + max((text_width(name, SMALL_SIZE) for name, _ in self.groups), default=0.0) + 10
        limit = x + min(width, LEGEND_ROOM)
        down = y
        for name, keys in self.groups:
            if canvas is not None:
                canvas.text(x, down + SWATCH / 2, name, SMALL_SIZE, colour=MUTED)
            across = start
            for key in keys:
                taken = SWATCH + 5 + text_width(key.words, LABEL_SIZE)
                if across > start and across + taken > limit:
                    across, down = start, down + LEGEND_LINE
                if canvas is not None:
                    box = Box(across, down, SWATCH, SWATCH)
                    key.draw(canvas, box)
                    canvas.text(across + SWATCH + 5, box.middle[1], key.words, LABEL_SIZE)
                across += taken + 16
            down += LEGEND_LINE
        return down - y


def filled(colour: str, *, stroke: str | None = LINE) -> Callable[[Canvas, Box], None]:
    """Return a legend sample: a filled box."""
    return lambda canvas, box: canvas.boxes([box.inset(0.5)], colour, stroke=stroke, stroke_width=0.5)


def hatched(canvas: Canvas, box: Box) -> None:
    """Draw a legend sample: the hatching of "not assessable"."""
    canvas.hatched([box.inset(0.5)], gap=3.0)
    canvas.boxes([box.inset(0.5)], None, stroke=LINE, stroke_width=0.5)


def lettered(colour: str, letter: str, ink: str = WHITE) -> Callable[[Canvas, Box], None]:
    """Return a legend sample: a filled box with a letter."""

    def draw(canvas: Canvas, box: Box) -> None:
        filled(colour)(canvas, box)
        canvas.text(*box.middle, letter, SMALL_SIZE, anchor="middle", weight=700, colour=ink)

    return draw


def triangle(box: Box, *, up: bool) -> list[Point]:
    """Return a triangle that fills a box."""
    tip, base = (box.y, box.y + box.height) if up else (box.y + box.height, box.y)
    return [(box.x, base), (box.x + box.width, base), (box.x + box.width / 2, tip)]


def diamond(box: Box) -> list[Point]:
    """Return a diamond that fills a box."""
    x, y = box.middle
    return [(x, box.y), (box.x + box.width, y), (x, box.y + box.height), (box.x, y)]


def draw_notes(canvas: Canvas, notes: Iterable[str], x: float, y: float) -> None:
    """Write sentences below a figure, one a line."""
    for place, words in enumerate(note for note in notes if note):
        canvas.text(x, y + 11 * place, words, SMALL_SIZE, colour=MUTED)
