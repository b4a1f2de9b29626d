"""The figures: readable at any size, never blank where something is not assessable, patients together."""

from __future__ import annotations

import itertools
import re
import runpy
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from sclcohort.report import layout, palette
from sclcohort.report.figure_availability import draw_availability
from sclcohort.report.figure_oncoprint import draw_oncoprint, gene_rows, sample_order, second_copy
from sclcohort.report.figure_resistance import draw_resistance
from sclcohort.report.figure_subtypes import draw_subtype_map
from sclcohort.report.figure_subtypes import sample_order as subtype_order
from sclcohort.report.figure_timelines import draw_timelines, panel_for

if TYPE_CHECKING:
    from sclcohort.report.canvas import Canvas
    from sclcohort.report.cohort import Cohort

FIXTURES = runpy.run_path(str(Path(__file__).with_name("report_fixtures.py")))
Builder, cohort_of = FIXTURES["Builder"], FIXTURES["cohort_of"]
FIGURES = (draw_availability, draw_oncoprint, draw_subtype_map, draw_resistance)


def texts(canvas: Canvas) -> list[tuple[float, float, str]]:
    """Return the place and words of every text of a drawing."""
    pattern = re.compile(r'<text x="([-\d.]+)" y="([-\d.]+)"[^>]*>([^<]*)</text>')
    return [(float(x), float(y), words) for x, y, words in pattern.findall("\n".join(canvas.elements()))]


def made(patients: int, **options: Any) -> Cohort:
    cohort: Cohort = cohort_of(Builder(patients, **options))
    return cohort


@pytest.mark.parametrize("draw", FIGURES)
@pytest.mark.parametrize(
    ("patients", "options"),
    [(1, {}), (5, {}), (45, {}), (4, {"rna": False}), (4, {"dna": False}), (4, {"events": False})],
)
def test_every_figure_draws_any_cohort_with_all_text_inside(draw: Any, patients: int, options: dict[str, bool]) -> None:
    canvas = draw(made(patients, **options))
    assert texts(canvas)
    for x, y, words in texts(canvas):
        assert 0 <= x <= canvas.width, words
        assert 0 <= y <= canvas.height, words


@pytest.mark.parametrize("draw", FIGURES)
def test_figures_of_few_samples_name_them_and_figures_of_many_say_why_not(draw: Any) -> None:
    few, many = made(5), made(120)
    named = {words for _, _, words in texts(draw(few))}
    assert set(few.samples) <= named
    crowded = [words for _, _, words in texts(draw(many))]
    assert not set(many.samples) & set(crowded)
    assert any("names are left out here" in words for words in crowded)
    # What cannot be labelled can still be pointed at.
    assert set(many.samples) <= {note.words for note in draw(many).notes}


@pytest.mark.parametrize("draw", FIGURES)
def test_every_cell_says_what_it_shows_and_samples_lead_to_their_patient(draw: Any) -> None:
    cohort = made(6)
    canvas = draw(cohort)
    for sample in cohort.samples:
        anchors = {note.anchor for note in canvas.notes if note.words == sample}
        assert anchors == {f"patient-{cohort.patient_of(sample)}"}


def test_columns_rise_from_left_to_right_with_gaps_only_between_groups() -> None:
    columns = layout.columns_for(["a", "b", "c", "d"], ["p", "p", "q", "q"], 10, 90)
    steps = [after - before for before, after in itertools.pairwise(columns.places)]
    assert columns.places[0] == 10
    assert steps == pytest.approx([columns.cell, columns.cell + columns.gap, columns.cell])
    assert columns.right == columns.places[-1] + columns.cell


@pytest.mark.parametrize("count", [1, 5, 25, 60, 92, 93, 250, 500, 2000])
def test_columns_are_never_narrower_than_a_pixel_nor_wider_than_a_thumb(count: int) -> None:
    columns = layout.columns_for([f"s{place}" for place in range(count)], ["p"] * count, 100, 150)
    assert layout.SMALLEST_CELL <= columns.cell <= layout.LARGEST_CELL
    assert columns.labelled == (columns.cell >= layout.SMALLEST_LABELLED_CELL)
    if columns.labelled:
        assert columns.label_size >= 5
    if count <= 60:
        assert columns.right + 150 <= layout.PAGE_WIDTH + 1


def test_runs_join_neighbours_of_a_group_and_stop_at_its_end() -> None:
    columns = layout.columns_for(["a", "b", "c", "d", "e"], ["p", "p", "p", "q", "q"], 0, 90)
    runs = columns.runs([True, True, False, True, True], 5, 10)
    assert [(box.x, box.width) for box in runs] == [
        (columns.places[0], pytest.approx(2 * columns.cell)),
        (columns.places[3], pytest.approx(2 * columns.cell)),
    ]
    across = columns.runs([True] * 5, 5, 10)
    assert [box.x for box in across] == [columns.places[0], columns.places[3]]
    assert columns.runs([False] * 5, 5, 10) == []


def test_oncoprint_keeps_the_samples_of_a_patient_together_and_loses_none() -> None:
    cohort = made(20)
    order = sample_order(cohort, gene_rows(cohort))
    assert sorted(order) == sorted(cohort.samples)
    patients = [patient for patient, _ in itertools.groupby(order, key=cohort.patient_of)]
    assert len(patients) == len(set(patients))


def test_tumour_suppressors_always_have_a_row_and_other_genes_only_with_an_event() -> None:
    quiet = made(3, events=False)
    assert [row.gene for row in gene_rows(quiet)] == ["TP53", "RB1", "PTEN"]
    cohort = made(12)
    with_event = {str(row["gene_symbol"]) for row in cohort.events}
    assert {row.gene for row in gene_rows(cohort)} == with_event | {"TP53", "RB1", "PTEN"}


def test_lines_without_any_value_are_left_out_of_the_figures() -> None:
    builder = Builder(4, rna=False)
    for row in builder.rows["samples"]:
        row["timepoint"] = ""
    words = {words for _, _, words in texts(draw_oncoprint(cohort_of(builder)))}
    assert "patient" in words
    assert not {"time point", "subtype"} & words


def test_scores_that_no_sample_has_are_named_and_not_drawn() -> None:
    builder = Builder(4)
    for row in builder.rows["scores"]:
        row.pop("ne_score", None)
        row.pop("yap1_log2", None)
    words = [words for _, _, words in texts(draw_subtype_map(cohort_of(builder)))]
    assert not {"NE score", "YAP1"} & set(words)
    assert "ASCL1" in words
    assert any(word.endswith("(reasons in the table): NE score, YAP1.") for word in words)


def test_a_gene_whose_absence_nobody_could_judge_has_no_fraction() -> None:
    builder = Builder(8, dna=False)
    for row in builder.rows["gene_states"]:
        assert row["state"] != "none"
    cohort = cohort_of(builder)
    altered = [row for row in gene_rows(cohort) if row.altered]
    assert altered
    assert not any(row.refutable for row in altered if row.gene == "RB1")
    words = {words for _, _, words in texts(draw_oncoprint(cohort))}
    assert f"{altered[0].altered} altered" in words


def test_gene_bars_count_only_tumours_that_could_be_judged() -> None:
    cohort = made(15)
    for row in gene_rows(cohort):
        states = [cohort.state_of(sample, row.gene) for sample in cohort.samples]
        assert row.assessable == len(states) - states.count("not_assessable")
        assert row.altered == sum(state in ("biallelic", "one_hit", "altered") for state in states)
        assert row.altered <= row.assessable


def test_a_gene_that_could_be_judged_nowhere_says_so_instead_of_zero() -> None:
    words = {words for _, _, words in texts(draw_oncoprint(made(3, dna=False, events=False)))}
    assert "not assessable" in words
    assert not any(re.match(r"\d+/0", word) for word in words)


@pytest.mark.parametrize(
    ("state", "kind"),
    [
        ({"state": "biallelic", "confidence": "definite"}, "definite"),
        ({"state": "biallelic", "confidence": "probable"}, "probable"),
        ({"state": "one_hit", "second_hit": "not_assessable"}, "open"),
        ({"state": "one_hit", "second_hit": "not_found"}, ""),
        ({"state": "none"}, ""),
        ({}, ""),
    ],
)
def test_strip_under_a_glyph_tells_the_second_copy(state: dict[str, str], kind: str) -> None:
    assert second_copy(state) == kind


def test_subtype_map_orders_by_call_then_falling_probability() -> None:
    cohort = made(20)
    order = subtype_order(cohort)
    calls = [call for call, _ in itertools.groupby(order, key=cohort.subtype_of)]
    assert len(calls) == len(set(calls))
    for _, members in itertools.groupby(order, key=cohort.subtype_of):
        chances = [float(cohort.subtype_row[(sample,)].get("probability") or 0) for sample in members]
        assert chances == sorted(chances, reverse=True)


def test_subtype_map_shows_the_gate_of_this_run() -> None:
    assert "gate 0.625" in {words for _, _, words in texts(draw_subtype_map(made(3)))}


def test_timelines_show_only_patients_with_several_samples_a_dozen_to_a_figure() -> None:
    assert draw_timelines(made(1)) == []
    cohort = made(45)
    pages = draw_timelines(cohort)
    assert len(pages) == -(-len(cohort.followed_patients) // 12)
    shown = {words for page in pages for _, _, words in texts(page)}
    assert set(cohort.followed_patients) <= shown
    for page in pages:
        for x, y, words in texts(page):
            assert 0 <= x <= page.width, words
            assert 0 <= y <= page.height, words


def test_timelines_put_changes_before_what_was_kept() -> None:
    cohort = made(30)
    for patient in cohort.followed_patients:
        changes = [str(row["change"]) for row in panel_for(cohort, patient).changes]
        assert changes == sorted(changes, key=lambda change: change in ("kept", "not_assessable"))


@pytest.mark.parametrize("looks", [palette.SUBTYPE_LOOKS, palette.CLASS_LOOKS])
def test_no_two_states_share_a_letter_or_a_colour(looks: dict[str, palette.Look]) -> None:
    assert len({look.letter for look in looks.values()}) == len(looks)
    assert len({look.colour for look in looks.values()}) == len(looks)
    assert len({look.words for look in looks.values()}) == len(looks)


def test_scale_ends_with_the_colours_of_viridis() -> None:
    assert palette.viridis(-1) == palette.viridis(0) == "#440154"
    assert palette.viridis(1) == palette.viridis(7) == "#fde725"
