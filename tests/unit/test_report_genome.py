"""Origin, clonality, points, purity, burden and junctions: shown where known, never guessed where not."""

from __future__ import annotations

import dataclasses
import html
import itertools
import re
import runpy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sclcohort.report import context_burden, context_events, context_samples, figure_burden
from sclcohort.report.canvas import Canvas
from sclcohort.report.cautions import cautions
from sclcohort.report.context_cohort import gene_state_lines
from sclcohort.report.figure_availability import draw_availability
from sclcohort.report.figure_oncoprint import GLYPHS, draw_oncoprint, gene_rows
from sclcohort.report.findings import zygosity
from sclcohort.report.summarise import drivers_line
from sclcohort.report.write_report import run

FIXTURES = runpy.run_path(str(Path(__file__).with_name("report_fixtures.py")))
Builder, write_results, cohort_of = FIXTURES["Builder"], FIXTURES["write_results"], FIXTURES["cohort_of"]
enrich = runpy.run_path(str(Path(__file__).with_name("report_genome_fixtures.py")))["enrich"]


@pytest.fixture(scope="module")
def cohort() -> Any:
    """Return ten patients with every state of the new columns."""
    return cohort_of(enrich(Builder(10)))


def page_of(folder: Path, builder: Any) -> str:
    """Return the page of a builder's cohort, unescaped; its PDFs are not drawn, which saves time."""
    keywords = write_results(folder, builder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Canvas, "pdf", lambda canvas: b"%PDF")
        run(**keywords)
    return html.unescape(keywords["index"].read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the page of that cohort."""
    return page_of(tmp_path_factory.mktemp("genome"), enrich(Builder(10)))


# --- events ---------------------------------------------------------------------------------


def line(cohort: Any, **row: Any) -> context_events.EventLine:
    """Return the line of one event of the first sample."""
    base = {"sample_id": cohort.samples[0], "gene_symbol": "TP53", "event": "p.R175H", "event_type": "hotspot"}
    return context_events.event_line(cohort, base | {"oncogenic_call": "likely_oncogenic"} | row)


def test_a_junction_is_shown_with_the_reads_that_support_it(cohort: Any) -> None:
    shown = line(cohort, event_type="rearrangement", alt_depth_reads=37, depth_reads=150)
    assert (shown.event_type, shown.reads, shown.vaf) == ("rearrangement", "37/150", "")
    assert line(cohort, event_type="fusion", alt_depth_reads=37).reads == "37"


def test_callers_are_told_only_where_several_could_have_had_the_allele(cohort: Any) -> None:
    assert line(cohort, callers="mutect2", callers_given=1).remarks == ()
    assert line(cohort, callers="mutect2;strelka2", callers_given=3).remarks == ("2 of 3 callers: mutect2, strelka2",)


def test_cell_fraction_has_its_interval_and_its_word(cohort: Any) -> None:
    shown = line(cohort, ccf=0.8, ccf_low=0.61, ccf_high=1.0, clonality="clonal")
    assert (shown.ccf, shown.interval, shown.clonality) == ("0.80", "0.61\u20131.00", "clonal")
    assert line(cohort, clonality="not_assessable").clonality == "not assessable"
    assert line(cohort).ccf == line(cohort).clonality == ""


def test_points_stand_beside_their_criteria(cohort: Any) -> None:
    shown = line(cohort, oncogenicity_class="vus", oncogenicity_points=0, oncogenicity_criteria="OM1=2;SBS1=-4;OM2=2")
    assert (shown.points, shown.criteria) == ("VUS,\u00a00", "OM1\u00a02, SBS1\u00a0-4, OM2\u00a02")
    assert line(cohort).points == ""


def test_copies_say_how_focal_and_how_far_above_the_ploidy(cohort: Any) -> None:
    shown = line(cohort, event_type="amplification", copies=12.0, ploidy_ratio=4.8, focality="focal")
    assert (shown.copies, shown.amount) == ("12.00", "focal, 4.8 \u00d7 ploidy")
    assert line(cohort, event_type="amplification", focality="not_assessable").amount == "extent not assessable"


def test_uncertain_origins_are_marked_in_the_page_and_counted_in_a_caution(cohort: Any, page: str) -> None:
    expected = sum(
        row.get("origin") == "uncertain" and row["oncogenic_call"] == "likely_oncogenic" for row in cohort.events
    )
    found = [caution for caution in cautions(cohort) if caution.title == "Events of uncertain origin"]
    assert expected > 0
    assert found[0].words.startswith(f"{expected} likely oncogenic event")
    assert "b-origin-uncertain" in page.split("</style>")[1]
    assert "origin reason 0" in page
    assert "annotation disagrees: VEP: intron_variant" in page


def test_no_uncertain_origin_gives_no_caution() -> None:
    assert "Events of uncertain origin" not in [caution.title for caution in cautions(cohort_of(Builder(3)))]


# --- gene states ----------------------------------------------------------------------------


def test_a_gene_outside_the_target_is_in_no_denominator(cohort: Any) -> None:
    uncovered = sum(row["gene_symbol"] == "CREBBP" and row["state"] == "not_covered" for row in cohort.gene_states)
    unjudged = sum(row["gene_symbol"] == "CREBBP" and row["state"] == "not_assessable" for row in cohort.gene_states)
    assert uncovered > 0
    row = next(row for row in gene_rows(cohort) if row.gene == "CREBBP")
    assert row.assessable == len(cohort.samples) - uncovered - unjudged
    counted = zygosity(cohort, "CREBBP")
    parts = (counted.biallelic, counted.one_hit, counted.one_hit_open, counted.none, counted.not_assessable)
    altered = sum(row["gene_symbol"] == "CREBBP" and row["state"] == "altered" for row in cohort.gene_states)
    assert sum(parts) + counted.not_covered + altered == len(cohort.samples)
    assert "outside the target" in counted.sentence or not counted.judged


def test_not_covered_is_drawn_and_in_the_legends_only_where_it_occurs(cohort: Any) -> None:
    without = cohort_of(Builder(10))
    for draw, words in (
        (draw_oncoprint, "not covered by the target"),
        (draw_availability, "target without some driver genes"),
    ):
        assert words in "".join(draw(cohort).elements())
        assert words not in "".join(draw(without).elements())


def test_every_kind_of_event_has_a_glyph() -> None:
    from sclcohort.contracts import EVENT_TYPES

    assert set(GLYPHS) == set(EVENT_TYPES)
    looks = [(glyph.colour, glyph.shape) for glyph in GLYPHS.values()]
    assert len(set(looks)) == len(looks)


def test_mechanism_of_loss_is_said_in_words(cohort: Any) -> None:
    from sclcohort.contracts.drivers import MECHANISMS
    from sclcohort.report.palette import MECHANISM_WORDS

    assert set(MECHANISM_WORDS) == set(MECHANISMS)
    lines = [shown for shown in gene_state_lines(cohort, cohort.samples) if shown.kind == "biallelic"]
    assert lines
    assert all(shown.mechanism for shown in lines)


def test_a_gene_that_only_a_rearrangement_shows_is_complete_only_with_structural_variants(cohort: Any) -> None:
    analysed = [sample for sample in cohort.samples if cohort.has(sample, "structural_variants")]
    assert not any(cohort.is_complete(sample, "TP73") for sample in cohort.samples if sample not in analysed)


# --- purity, junctions, annotation ----------------------------------------------------------


def test_purity_says_value_interval_and_source(cohort: Any, page: str) -> None:
    by_source = {shown.source: shown for shown in context_samples.purity_lines(cohort, cohort.samples)}
    assert by_source["TP53 allele fraction"].interval == "0.44\u20130.69"
    assert by_source["sample sheet"].interval == ""
    assert by_source[""].value == "unknown"
    assert "Purity of each" in page
    assert any(caution.title.startswith("Purity estimated in") for caution in cautions(cohort))


def test_purity_of_the_sheet_stands_where_no_step_judged_it() -> None:
    cohort = cohort_of(Builder(3))
    for shown in context_samples.purity_lines(cohort, cohort.samples):
        given_value = cohort.sample_row[shown.sample]["purity"]
        assert shown.value == ("unknown" if given_value is None else f"{given_value:.2f}")


def test_junctions_set_aside_are_counted_apart_from_small_variants(cohort: Any) -> None:
    summary = context_samples.structural_summary(cohort)
    assert [(shown.reason, shown.variants) for shown in summary.set_aside] == [("a junction inside an intron", 1)]
    assert summary.events == 1
    assert "1 driver event, 1 set aside" in summary.sentence


def test_disagreements_are_listed_and_else_denied(cohort: Any) -> None:
    found = context_samples.disagreements(cohort)
    assert found.table.rows[0][:2] == (cohort.samples[0], "TP53")
    assert "disagrees on 1 variant " in found.sentence
    assert "variant files brought an annotation" in found.sentence
    assert context_samples.disagreements(cohort_of(Builder(2))).sentence.startswith("No variant of a driver gene")


# --- burden and recurrence ------------------------------------------------------------------


def test_a_sample_without_a_burden_is_named_and_never_drawn(cohort: Any) -> None:
    drawn = {row["sample_id"] for row in figure_burden.shown_rows(cohort)}
    open_ones = {row["sample_id"] for row in cohort.mutation_burden if row["state"] == "not_assessable"}
    assert open_ones
    assert drawn == set(cohort.samples) - open_ones
    assert f"{len(open_ones)} tumour" in figure_burden.open_notes(cohort)[0]
    labelled = context_burden.burden(cohort).table.rows
    assert {row[0] for row in labelled if row[1] == "not assessable"} == open_ones


def test_burden_falls_within_each_target_and_targets_stay_together(cohort: Any) -> None:
    rows = figure_burden.shown_rows(cohort)
    targets = [row["target"] for row in rows]
    assert len(set(targets)) == 2
    assert len(figure_burden.target_colours(targets)) == 2
    assert sum(before != after for before, after in itertools.pairwise(targets)) == 1
    for target in set(targets):
        values = [row["burden_per_megabase"] for row in rows if row["target"] == target]
        assert values == sorted(values, reverse=True)


@given(st.lists(st.floats(0, 5000), min_size=1, max_size=8))
def test_scale_holds_every_burden_and_rises_with_it(values: list[float]) -> None:
    rows = [{"state": "measured", "burden_per_megabase": value} for value in values]
    scale = figure_burden.scale_of(rows, 10.0)
    places = [scale.place(value) for value in sorted(values)]
    assert places == sorted(places, reverse=True)
    assert all(10.0 <= place <= 10.0 + figure_burden.PLOT + 1e-9 for place in places)
    assert scale.high >= max(values)


@pytest.mark.parametrize("patients", [4, 90])
def test_burden_is_drawn_inside_its_canvas_at_any_size(patients: int) -> None:
    cohort = cohort_of(enrich(Builder(patients)))
    canvas = figure_burden.draw_burden(cohort)
    assert canvas.elements()
    for note in canvas.notes:
        assert 0 <= note.box.x <= note.box.x + note.box.width <= canvas.width
        assert 0 <= note.box.y <= note.box.y + note.box.height <= canvas.height


def test_definition_of_the_burden_is_printed(page: str) -> None:
    assert "Counted:</b> accepted small variants per megabase." in page
    assert re.findall(r'<figure id="figure-([a-z_]+)">', page)[2] == "mutation_burden"


def test_genes_are_listed_by_q_value_with_what_could_be_found(cohort: Any) -> None:
    found = context_burden.recurrence(cohort)
    assert [row[0] for row in found.table.rows] == ["TP53", "NOTCH1", "FAT1"]
    assert found.table.rows[0][1] == "40 of 60"
    assert "q value of at most 0.1: TP53 and NOTCH1." in found.sentence
    assert "mutated in 12 % of patients" in found.sentence


def test_a_refused_recurrence_test_says_why_in_one_sentence(cohort: Any) -> None:
    refused = {"state": "not_assessable", "reason": "12 patients, 50 needed; a gene must be mutated in 23 % of them"}
    rows = tuple({"gene_symbol": gene} | refused for gene in ("TP53", "RB1"))
    found = context_burden.recurrence(dataclasses.replace(cohort, recurrence=rows))
    assert found.sentence == f"Recurrence was not tested: {refused['reason']}."
    assert found.table.rows == ()
    assert context_burden.recurrence(cohort_of(Builder(1))).sentence.startswith("Recurrence was not tested: no coding")


def test_a_target_below_the_bound_is_cautioned(cohort: Any) -> None:
    config = FIXTURES["CONFIG"] | {"burden": {"min_target_megabases": 0.667}}
    small = [row for row in cohort.mutation_burden if row.get("target") == "panel_300"]
    assert small
    found = [caution.title for caution in cautions(dataclasses.replace(cohort, config=config))]
    assert "Mutation burden unreliable" in found
    assert "Mutation burden unreliable" not in [caution.title for caution in cautions(cohort)]


def test_methods_and_glossary_name_what_was_done_with_its_source(page: str) -> None:
    for words in (
        "10.1016/j.gim.2022.01.001",
        "10.1126/scitranslmed.aaa1408",
        "10.1136/jitc-2019-000147",
        "10.1038/nature12213",
        "oncogenicity points",
        "CCF, clonal, subclonal",
        "not covered",
    ):
        assert words in page


def test_large_cohort_with_all_tables_stays_small(tmp_path: Path) -> None:
    text = page_of(tmp_path, enrich(Builder(45)))
    # 500 samples must stay below 15 MB: 67 samples in 2 MB leave room.
    assert len(text.encode()) < 2_000_000


def test_the_line_of_drivers_still_adds_up_to_all_samples_where_a_target_leaves_a_gene_out() -> None:
    builder = Builder(14)
    uncovered = [row for row in builder.rows["gene_states"] if row["gene_symbol"] == "RB1" and row["state"] == "none"]
    assert uncovered
    for row in uncovered:
        row["state"] = "not_covered"
    cohort = cohort_of(builder)
    found = re.search(r"RB1 both copies lost (\d+), not lost (\d+), not judged (\d+)", drivers_line(cohort))
    assert found is not None
    assert sum(map(int, found.groups())) == len(cohort.samples)
