"""The figures of scores and regulators: what is related by construction is not fitted, what is unknown stands apart."""

from __future__ import annotations

import functools
import itertools
import math
import random
import re
import runpy
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from scipy.cluster.hierarchy import cophenet, linkage
from scipy.spatial.distance import pdist, squareform
from scipy.stats import spearmanr

from sclcohort.contracts import SUBTYPES
from sclcohort.report import captions_regulators, palette
from sclcohort.report.canvas import Box, Canvas, svg_file
from sclcohort.report.clusters import Tree, cluster, euclidean, one_minus_spearman, unordered
from sclcohort.report.cohort import number
from sclcohort.report.figure_activity import (
    MOST_APART,
    MOST_REGULATORS,
    SCALE_SHARE,
    activity_of,
    arrange,
    assessed_samples,
    cell_words,
    colour_end,
    draw_activity,
    rows_of,
)
from sclcohort.report.figure_aggression import (
    MOST_LABELLED,
    OUTLINES,
    axis_for,
    draw_ne_aggression,
    place_names,
    plotted_samples,
    strip_samples,
)
from sclcohort.report.write_report import draw_figures, run

if TYPE_CHECKING:
    from sclcohort.report.cohort import Cohort

FOLDER = Path(__file__).parent
FIXTURES = runpy.run_path(str(FOLDER / "report_fixtures.py"))
Builder, cohort_of, write_results = (FIXTURES[name] for name in ("Builder", "cohort_of", "write_results"))
REGULATORS = runpy.run_path(str(FOLDER / "report_regulator_fixtures.py"))
regulate = REGULATORS["regulate"]
FIGURES = (draw_ne_aggression, draw_activity)
MANY_REGULATORS = tuple(f"R{place:03d}" for place in range(60))


@functools.cache
def made(patients: int, **options: Any) -> Cohort:
    cohort: Cohort = cohort_of(regulate(Builder(patients), **options))
    return cohort


def texts(canvas: Canvas) -> list[tuple[float, float, str]]:
    """Return the place and words of every text of a drawing."""
    pattern = re.compile(r'<text x="([-\d.]+)" y="([-\d.]+)"[^>]*>([^<]*)</text>')
    return [(float(x), float(y), words) for x, y, words in pattern.findall("\n".join(canvas.elements()))]


def words_of(canvas: Canvas) -> list[str]:
    return [words for _, _, words in texts(canvas)]


def values_of(cohort: Cohort, samples: Any, regulators: Any) -> Any:
    return np.array([[activity_of(cohort, sample, one) for sample in samples] for one in regulators], dtype=float)


# --- both figures ---------------------------------------------------------------------------------


@pytest.mark.parametrize("draw", FIGURES)
@pytest.mark.parametrize("patients", [1, 2, 5, 30, 340])
def test_text_stays_inside_the_figure_and_the_file_below_a_megabyte(draw: Any, patients: int) -> None:
    canvas = draw(made(patients))
    assert texts(canvas)
    for x, y, words in texts(canvas):
        assert 0 <= x <= canvas.width, words
        assert 0 <= y <= canvas.height, words
    assert len(svg_file(canvas, canvas.elements())) < 1_000_000


def test_forty_regulators_of_five_hundred_samples_stay_below_a_megabyte() -> None:
    cohort = made(340, regulators=MANY_REGULATORS)
    assert len(cohort.samples) >= 500
    canvas = draw_activity(cohort)
    assert len(svg_file(canvas, canvas.elements())) < 1_000_000


@pytest.mark.parametrize("draw", FIGURES)
def test_few_samples_are_named_and_many_can_still_be_pointed_at(draw: Any) -> None:
    few, many = made(5), made(120)
    shown = plotted_samples(few) if draw is draw_ne_aggression else few.samples
    assert set(shown) <= set(words_of(draw(few)))
    crowded = draw(many)
    assert not set(many.samples) & set(words_of(crowded))
    assert any("names are left out here" in words for words in words_of(crowded))
    pointed = {note.words.partition(":")[0].partition(",")[0] for note in crowded.notes}
    expected = {*plotted_samples(many), *strip_samples(many)} if draw is draw_ne_aggression else set(many.samples)
    assert expected <= pointed


@pytest.mark.parametrize("draw", FIGURES)
def test_marks_and_names_lead_to_the_patient(draw: Any) -> None:
    cohort = made(6)
    anchors = {note.words.partition(":")[0]: note.anchor for note in draw(cohort).notes if note.anchor}
    for sample in plotted_samples(cohort):
        assert anchors[sample] == f"patient-{cohort.patient_of(sample)}"


@pytest.mark.parametrize("draw", FIGURES)
def test_the_order_of_the_tables_changes_no_byte_of_a_figure(draw: Any) -> None:
    builder = regulate(Builder(8))
    cohort = cohort_of(builder)
    for name in ("samples", "scores", "subtypes", "activity"):
        random.Random(3).shuffle(builder.rows[name])
    shuffled = cohort_of(builder)
    assert draw(cohort).elements() == draw(shuffled).elements()


def test_a_cohort_without_any_score_has_neither_figure_and_the_page_says_so(tmp_path: Path) -> None:
    cohort = cohort_of(regulate(Builder(3, rna=False)))
    assert not {"ne_aggression", "activity"} & {name for name, _ in draw_figures(cohort)}
    keywords = write_results(tmp_path, regulate(Builder(2, rna=False)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Canvas, "pdf", lambda canvas: b"%PDF")
        run(**keywords)
    page = keywords["index"].read_text(encoding="utf-8")
    assert "Regulator activity: it could be assessed in no tumour." in page
    assert "Neuroendocrine score and aggression: no tumour has both scores." in page


def test_the_page_shows_both_figures_with_their_cautions(tmp_path: Path) -> None:
    keywords = write_results(tmp_path, regulate(Builder(4)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Canvas, "pdf", lambda canvas: b"%PDF")
        run(**keywords)
    page = keywords["index"].read_text(encoding="utf-8")
    assert 'id="figure-ne_aggression"' in page
    assert 'id="figure-activity"' in page
    assert "The two are not independent" in page
    assert "univariate linear model [" in page


# --- neuroendocrine score and aggression ----------------------------------------------------------


def test_every_sample_is_in_the_plot_or_in_the_strip_or_named_below() -> None:
    cohort = made(30)
    canvas = draw_ne_aggression(cohort)
    plotted, beneath = plotted_samples(cohort), strip_samples(cohort)
    unscored = [sample for sample in cohort.samples if "ne_score" not in cohort.score_row[(sample,)]]
    assert plotted
    assert beneath
    assert unscored
    assert sorted([*plotted, *beneath, *unscored]) == sorted(cohort.samples)
    note = next(words for words in words_of(canvas) if words.startswith("Neuroendocrine score not assessable"))
    assert all(sample in note for sample in unscored)
    assert {"aggression not", "assessable"} <= set(words_of(canvas))


def test_a_sample_without_a_composite_has_no_height_in_the_plot() -> None:
    cohort = made(12)
    canvas = draw_ne_aggression(cohort)
    boxes = {note.words.partition(":")[0]: note.box for note in canvas.notes if note.anchor}
    lowest = max(boxes[sample].y for sample in plotted_samples(cohort))
    for sample in strip_samples(cohort):
        assert boxes[sample].y > lowest


def test_marks_stand_at_their_scores() -> None:
    cohort = made(12)
    boxes = {note.words.partition(":")[0]: note.box for note in draw_ne_aggression(cohort).notes if note.anchor}
    names = plotted_samples(cohort)
    for column, sign in (("ne_score", 1), ("aggression", -1)):
        scores = [number(cohort.score_row[(name,)], column) for name in names]
        places = [boxes[name].middle[0 if sign > 0 else 1] for name in names]
        slope, offset = np.polyfit(np.array(scores, dtype=float), places, 1)
        assert slope * sign > 0
        # The strip lies below the plot on the same axis of the score.
        assert np.allclose(np.array(scores, dtype=float) * slope + offset, places, atol=1e-6)


def test_no_line_is_fitted_to_scores_that_share_a_part() -> None:
    cohort = made(12)
    caption = captions_regulators.ne_aggression(cohort)
    assert "not independent" in caption.distrust
    assert "no line is fitted" in caption.distrust
    assert "never tested against outcome" in caption.distrust
    # Every line but the hatching is level or upright, which SVG writes in a short form, or leads to a name.
    for path in draw_ne_aggression(cohort).elements():
        if 'fill="none"' in path and palette.HATCH not in path and 'stroke-width="0.4"' not in path:
            assert "L" not in path.partition(' d="')[2]


def test_every_call_has_its_own_shape_beside_its_colour() -> None:
    assert set(OUTLINES) == set(SUBTYPES) - {"SCLC-A", "not_assessable"}
    assert len(set(OUTLINES.values())) == len(OUTLINES)


@pytest.mark.parametrize("values", [[0.0], [0.3], [-0.9, 0.95], [0.001, 0.002], [-1.0, 1.0], [0.5, 0.55]])
def test_an_axis_holds_all_values_and_zero_with_at_most_nine_marks(values: list[float]) -> None:
    axis = axis_for(values)
    assert axis.low <= min(*values, 0.0, 0.0) < axis.high
    assert axis.low < max(*values, 0.0, 0.0) < axis.high
    assert len(axis.ticks) <= 9
    assert any(math.isclose(tick, 0.0, abs_tol=1e-9) for tick in axis.ticks)
    assert axis.ticks[-1] == pytest.approx(axis.high)


def test_names_cover_no_mark_and_no_other_name() -> None:
    draw = random.Random(2)
    plot = Box(80, 40, 480, 320)
    marks = {f"SAMPLE_{place:02d}": (draw.gauss(320, 60), draw.gauss(200, 30)) for place in range(MOST_LABELLED)}
    placed = place_names(marks, plot)
    boxes = [box for box, _ in placed.values()]
    for one, other in itertools.combinations(boxes, 2):
        assert (
            one.x + one.width <= other.x
            or other.x + other.width <= one.x
            or one.y + one.height <= other.y
            or other.y + other.height <= one.y
        )
    for box in boxes:
        assert not any(box.x < x < box.x + box.width and box.y < y < box.y + box.height for x, y in marks.values())
        assert plot.x <= box.x
        assert box.x + box.width <= plot.x + plot.width


def test_no_name_stands_across_the_line_between_low_and_high() -> None:
    plot, zero = Box(80, 40, 480, 320), Box(319, 40, 2, 320)
    marks = {f"SAMPLE_{place:02d}": (310.0, 70.0 + 30 * place) for place in range(8)}
    assert any(box.x < 320 < box.x + box.width for box, _ in place_names(marks, plot).values())
    placed = place_names(marks, plot, (zero,))
    assert set(placed) == set(marks)
    assert not any(box.x < 320 < box.x + box.width for box, _ in placed.values())


def test_the_line_to_a_name_crosses_no_other_name() -> None:
    draw = random.Random(6)
    marks = {f"SAMPLE_{place:02d}": (draw.gauss(320, 25), draw.gauss(200, 15)) for place in range(20)}
    placed = place_names(marks, Box(80, 40, 480, 320))
    lines = {name: box for name, (box, is_far) in placed.items() if is_far}
    assert lines
    for name, box in lines.items():
        x, y = marks[name]
        end = min(max(x, box.x), box.x + box.width), min(max(y, box.y), box.y + box.height)
        for share in np.linspace(0.5, 0.95, 10):
            across, down = x + share * (end[0] - x), y + share * (end[1] - y)
            for other, (hit, _) in placed.items():
                inside = hit.x + 1 < across < hit.x + hit.width - 1 and hit.y + 1 < down < hit.y + hit.height - 1
                assert other == name or not inside, (name, other)


def test_names_that_find_no_room_are_counted() -> None:
    marks = {f"{'A_VERY_LONG_SAMPLE_NAME'}_{place}": (100.0, 60.0) for place in range(MOST_LABELLED)}
    placed = place_names(marks, Box(80, 40, 110, 60))
    assert len(placed) < len(marks)
    builder = regulate(Builder(12))
    for row in builder.rows["scores"]:
        if "aggression" in row:
            row |= {"ne_score": 0.5, "aggression": 0.25}
    words = words_of(draw_ne_aggression(cohort_of(builder)))
    named = set(words) & set(plotted_samples(cohort_of(builder)))
    unnamed = len(plotted_samples(cohort_of(builder))) - len(named)
    assert unnamed == 0 or any(text.startswith(f"{unnamed} of ") for text in words)


# --- activity -------------------------------------------------------------------------------------


def test_samples_and_regulators_that_cannot_be_assessed_stand_apart_and_are_hatched() -> None:
    cohort = made(12)
    rows = rows_of(cohort)
    placed = arrange(cohort, rows)
    assert rows.apart == REGULATORS["TOO_FEW"]
    assert set(placed.samples) == set(assessed_samples(cohort))
    assert placed.samples_apart
    assert sorted([*placed.samples, *placed.samples_apart]) == sorted(cohort.samples)
    canvas = draw_activity(cohort)
    assert any(f'stroke="{palette.HATCH}"' in element for element in canvas.elements())
    edges = {note.words: note.box.x for note in canvas.notes if note.words in cohort.samples}
    assert max(edges[name] for name in placed.samples) < min(edges[name] for name in placed.samples_apart)
    assert cell_words(cohort, placed.samples_apart[0], "MYC").endswith("MYC: not assessable (no expression)")
    assert "3 targets measured, 5 needed" in cell_words(cohort, placed.samples[0], "ATOH1")


def test_a_regulator_assessed_in_some_samples_only_takes_no_part_in_the_clustering() -> None:
    builder = regulate(Builder(12))
    full = arrange(cohort_of(builder), rows_of(cohort_of(builder)))
    for row in builder.rows["activity"]:
        if row["regulator"] == "MYC" and row["sample_id"] == full.samples[3]:
            for name in ("score", "p_value", "p_adjusted"):
                row.pop(name)
            row |= {"state": "not_assessable", "reason": "a reason"}
    cohort = cohort_of(builder)
    rows = rows_of(cohort)
    assert "MYC" not in rows.clustered
    # What is assessable somewhere stands before what is nowhere.
    assert rows.apart == ("MYC", "ATOH1")
    assert "MYC" in words_of(draw_activity(cohort))


def test_of_many_regulators_those_that_differ_most_are_drawn_and_the_rest_counted() -> None:
    cohort = made(6, regulators=MANY_REGULATORS)
    rows = rows_of(cohort)
    assert len(rows.clustered) == MOST_REGULATORS
    assert rows.left_out == len(MANY_REGULATORS) - MOST_REGULATORS
    spreads = {one: np.std(values_of(cohort, assessed_samples(cohort), [one])[0]) for one in MANY_REGULATORS}
    assert min(spreads[one] for one in rows.clustered) >= max(
        spreads[one] for one in set(MANY_REGULATORS) - set(rows.clustered)
    )
    assert any(words.startswith("20 regulators left out") for words in words_of(draw_activity(cohort)))


def test_of_many_regulators_that_cannot_be_assessed_a_few_are_drawn() -> None:
    builder = regulate(Builder(3), regulators=MANY_REGULATORS)
    for row in builder.rows["activity"]:
        if row["regulator"] > "R030":
            row.pop("score", None)
    rows = rows_of(cohort_of(builder))
    assert len(rows.clustered) == 31
    assert rows.apart == tuple(f"R{place:03d}" for place in range(31, 31 + MOST_APART))
    assert rows.left_out == len(MANY_REGULATORS) - 31 - MOST_APART


def test_dots_stand_on_significant_cells_and_only_where_cells_have_room() -> None:
    few = draw_activity(made(5))
    assert "adjusted p below 0.05" in words_of(few)
    crowded = draw_activity(made(120))
    assert "adjusted p below 0.05" not in words_of(crowded)
    builder = regulate(Builder(5))
    for row in builder.rows["activity"]:
        row["p_adjusted"] = 0.05
    without = draw_activity(cohort_of(builder))
    assert sum("C" in path for path in without.elements()) < sum("C" in path for path in few.elements())


def test_colours_end_where_95_percent_of_the_values_are_and_figure_and_caption_say_it() -> None:
    cohort = made(25)
    end = colour_end(cohort)
    sizes = np.abs(values_of(cohort, assessed_samples(cohort), rows_of(cohort).clustered)).ravel()
    assert (sizes <= end).mean() >= SCALE_SHARE
    assert {f"\N{LESS-THAN OR EQUAL TO} \N{MINUS SIGN}{end:g}", f"\N{GREATER-THAN OR EQUAL TO} {end:g}"} <= set(
        words_of(draw_activity(cohort))
    )
    assert f"Colours end at t of {end:g} " in captions_regulators.activity(cohort).thresholds


def test_a_remark_on_assessed_activities_stands_first_among_the_cautions() -> None:
    assert captions_regulators.activity(made(4)).distrust.startswith("That targets rise")
    builder = regulate(Builder(4))
    for row in builder.rows["activity"]:
        if "score" in row:
            row["reason"] = "the background is small"
    said = captions_regulators.activity(cohort_of(builder)).distrust
    assert said.startswith("In this run the background is small: ")


@pytest.mark.parametrize(("scale", "end"), [(0.01, 2.0), (1.0, 3.0), (10.0, 30.0), (1000.0, 3000.0)])
def test_the_colour_scale_follows_the_size_of_t(scale: float, end: float) -> None:
    builder = regulate(Builder(3))
    for row in builder.rows["activity"]:
        if "score" in row:
            row["score"] = 2.5 * scale
    assert colour_end(cohort_of(builder)) == end


@pytest.mark.parametrize("patients", [1, 2])
def test_one_or_two_samples_have_no_correlation_so_regulators_stand_by_name(patients: int) -> None:
    cohort = made(patients)
    samples = assessed_samples(cohort)[:2]
    builder = regulate(Builder(patients))
    for name in ("samples", "activity", "scores", "subtypes"):
        builder.rows[name] = [row for row in builder.rows[name] if row["sample_id"] in samples]
    small = cohort_of(builder)
    placed = arrange(small, rows_of(small))
    assert list(placed.regulators) == sorted(placed.regulators)
    assert placed.regulator_tree.merges == ()
    assert len(placed.sample_tree.merges) == len(samples) - 1
    assert draw_activity(small).elements()


def test_one_regulator_orders_samples_by_its_activity() -> None:
    cohort = made(8, regulators=("MYC",))
    placed = arrange(cohort, rows_of(cohort))
    scores = values_of(cohort, placed.samples, ["MYC"])[0]
    # Up to where two branches of the tree can only be turned, a line is ordered along itself.
    steps = np.abs(np.diff(scores)).sum()
    assert steps <= 2 * (scores.max() - scores.min())
    assert placed.regulators == ("MYC",)


# --- clustering -----------------------------------------------------------------------------------


def test_rank_correlation_equals_that_of_scipy_with_ties() -> None:
    draw = np.random.default_rng(4)
    values = draw.integers(0, 6, size=(5, 30)).astype(float)
    wanted = 1 - spearmanr(values, axis=1).statistic
    assert np.allclose(squareform(one_minus_spearman(values)), np.where(np.eye(5) > 0, 0, wanted), atol=1e-9)


def test_a_constant_row_is_as_far_as_an_uncorrelated_one() -> None:
    assert one_minus_spearman(np.array([[1.0, 1.0, 1.0], [1.0, 2.0, 3.0]])).tolist() == [1.0]


def test_distances_of_samples_are_euclidean() -> None:
    assert euclidean(np.array([[0.0, 0.0], [3.0, 4.0], [0.0, 1.0]])).tolist() == [
        5.0,
        1.0,
        pytest.approx(math.sqrt(18)),
    ]


def test_a_tree_by_hand() -> None:
    # 0 and 1 join at 1, 2 and 3 at 2, both at the mean of 10, 12, 9 and 11.
    values = np.array([[0.0], [1.0], [10.0], [12.0]])
    tree = cluster(euclidean(values), 4)
    assert tree.order in ((0, 1, 2, 3), (3, 2, 1, 0))
    assert [merge.height for merge in tree.merges] == pytest.approx([1 / 10.5, 2 / 10.5, 1.0])
    last = tree.merges[-1]
    assert (last.left, last.right) == (0.5, 2.5)
    assert sorted([last.left_height, last.right_height]) == pytest.approx([1 / 10.5, 2 / 10.5])


def test_heights_are_those_of_average_linkage_and_every_leaf_is_there_once() -> None:
    values = np.random.default_rng(9).normal(size=(40, 4))
    tree = cluster(euclidean(values), 40)
    assert sorted(tree.order) == list(range(40))
    assert len(tree.merges) == 39
    joins = linkage(pdist(values), "average")
    assert [merge.height for merge in tree.merges] == pytest.approx((joins[:, 2] / joins[-1, 2]).tolist())
    for merge in tree.merges:
        assert merge.left < merge.right
        assert max(merge.left_height, merge.right_height) <= merge.height
    assert cophenet(joins).max() == pytest.approx(joins[-1, 2])


def test_neighbours_are_nearer_than_in_the_order_of_the_input() -> None:
    values = np.random.default_rng(1).normal(size=(60, 6))
    apart = squareform(euclidean(values))
    order = cluster(euclidean(values), 60).order
    walked = sum(apart[one, other] for one, other in itertools.pairwise(order))
    assert walked < sum(apart[one, other] for one, other in itertools.pairwise(range(60)))


def test_equal_rows_join_at_height_one_of_a_flat_tree() -> None:
    tree = cluster(euclidean(np.ones((3, 2))), 3)
    assert [merge.height for merge in tree.merges] == [1.0, 1.0]


@pytest.mark.parametrize("leaves", [0, 1])
def test_fewer_than_two_leaves_have_no_tree(leaves: int) -> None:
    assert cluster(np.empty(0), leaves) == unordered(leaves) == Tree(tuple(range(leaves)), ())


def test_the_diverging_scale_is_even_around_zero() -> None:
    assert palette.diverging(0.0) == "#f7f6f6"
    assert palette.diverging(-2) == palette.diverging(-1) == palette.DIVERGING[0]
    assert palette.diverging(2) == palette.diverging(1) == palette.DIVERGING[-1]
    assert len(palette.DIVERGING) % 2 == 1
    assert palette.is_dark(palette.DIVERGING[0])
    assert palette.is_dark(palette.DIVERGING[-1])
