"""The canvas: what it draws is clean SVG and equal bytes, whatever text it is given."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sclcohort.report.canvas import (
    Box,
    Canvas,
    clean_elements,
    drawable,
    shortened,
    svg_file,
    svg_inline,
    text_width,
)

HOSTILE = """<script>alert(1)</script> "quoted" 'single' & $x^2$ \u65e5\u672c"""


def drawn(words: str = "label") -> Canvas:
    """Return a canvas of 200 x 100 points with one of each mark."""
    canvas = Canvas(200, 100, f"title {words}")
    canvas.boxes([Box(10, 10, 20, 20), Box(40, 10, 20, 20)], "#ff0000", stroke="#000000")
    canvas.circles([(120, 20, 8)], "#00ff00")
    canvas.hatched([Box(70, 10, 30, 20)])
    canvas.lines([((0, 50), (200, 50))], "#cccccc")
    canvas.text(10, 60, words, 8, weight=700)
    canvas.text(150, 90, words, 8, anchor="end", rotation=90)
    canvas.note(Box(10, 10, 20, 20), words, "patient-P1")
    return canvas


def test_svg_holds_no_style_no_id_and_no_doctype() -> None:
    canvas = drawn()
    for svg in (svg_file(canvas, canvas.elements()), svg_inline(canvas, canvas.elements(), "title-x")):
        assert not re.search(r"\b(style|id|class=\"(?!n\"))=", svg)
        assert "<!DOCTYPE" not in svg
        assert "<?xml" not in svg
        assert "url(" not in svg


def test_every_mark_is_kept_and_in_order() -> None:
    elements = drawn().elements()
    assert [element.split()[0] for element in elements] == ["<path"] * 6 + ["<text"] * 2
    # Ground, boxes, circle, ground of the hatching, hatching, line.
    assert 'fill="#ff0000"' in elements[1]
    assert "M10 10H30V30H10zM40 10H60V30H40z" in elements[1]
    assert "C" in elements[2]
    assert 'stroke="#cccccc"' in elements[5]


def test_turned_text_turns_around_its_own_anchor() -> None:
    turned = drawn().elements()[-1]
    # A line of 8 points is centred on its capitals, 0.365 of the size from the baseline.
    assert 'x="152.92" y="90" transform="rotate(-90 152.92 90)"' in turned
    assert 'text-anchor="end"' in turned


def test_same_drawing_gives_the_same_bytes() -> None:
    assert drawn().elements() == drawn().elements()
    assert drawn().pdf() == drawn().pdf()
    assert b"CreationDate" not in drawn().pdf()


def test_hostile_text_is_escaped_and_never_read_as_mathematics() -> None:
    canvas = drawn(HOSTILE)
    for svg in (svg_file(canvas, canvas.elements()), svg_inline(canvas, canvas.elements(), "title-x")):
        assert "<script" not in svg
        assert "$x^2$" in svg
        ElementTree.fromstring(svg)


def test_text_that_the_font_lacks_becomes_empty_squares() -> None:
    assert drawable("P\u65e5 \x01\n\u00e9") == "P\u25a1 \u25a1\u25a1\u00e9"


def test_control_characters_do_not_reach_the_notes() -> None:
    canvas = Canvas(100, 100, "t")
    canvas.note(Box(0, 0, 1, 1), "a\x00\x0bb")
    assert "<title>ab</title>" in svg_inline(canvas, canvas.elements(), "title-x")


@given(st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=0x17F), max_size=60), st.floats(10, 200))
def test_shortened_text_fits_its_room_and_keeps_both_ends(words: str, room: float) -> None:
    kept = shortened(words, room, 8)
    if kept == words:
        return
    assert text_width(kept, 8) <= room or len(kept) == 1
    assert words.startswith(kept[0])


@given(st.floats(0, 150), st.floats(0, 50), st.floats(0.5, 40), st.floats(0.5, 40))
def test_hatching_stays_inside_its_box(x: float, y: float, width: float, height: float) -> None:
    box = Box(x, y, width, height)
    lines: list[tuple[tuple[float, float], tuple[float, float]]] = []

    class Recorder(Canvas):
        def lines(self, drawn_lines, colour, width=0.6):  # type: ignore[no-untyped-def]
            lines.extend(drawn_lines)

    Recorder(200, 100, "t").hatched([box])
    for line in lines:
        for across, down in line:
            assert box.x - 1e-9 <= across <= box.x + box.width + 1e-9
            assert box.y - 1e-9 <= down <= box.y + box.height + 1e-9


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("<use/>", "unexpected SVG element use"),
        ('<path d="M 0 0" style="filter: url(#x)"/>', "unexpected SVG style filter"),
    ],
)
def test_what_the_cleaner_does_not_know_is_refused(body: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        clean_elements(f'<svg xmlns="http://www.w3.org/2000/svg">{body}</svg>'.encode())
