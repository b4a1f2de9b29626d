"""Growth in the report: words for every answer, a table per patient with measured lesions, methods with sources."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

from sclcohort.report.context_growth import REFERENCES, growth_lines, growth_sentences, interval_words
from sclcohort.report.methods import methods
from sclcohort.report.write_report import run

FIXTURES = runpy.run_path(str(Path(__file__).with_name("report_fixtures.py")))
Builder, cohort_of, write_results = (FIXTURES[name] for name in ("Builder", "cohort_of", "write_results"))


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"interval": "two_sided", "doubling_time_low_days": 21.4, "doubling_time_high_days": 96.0}, "21\N{EN DASH}96"),
        (
            {"interval": "two_sided", "doubling_time_low_days": 4.44, "doubling_time_high_days": 1234.0},
            "4.4\N{EN DASH}1,234",
        ),
        ({"interval": "no_upper_bound", "doubling_time_low_days": 9.25}, "9.2 or more"),
        ({"interval": "none"}, "no interval"),
        ({"interval": ""}, ""),
    ],
)
def test_an_interval_in_words(row, words):
    assert interval_words(row) == words


def test_a_patient_without_a_measured_lesion_has_no_line():
    assert growth_lines(cohort_of(Builder(3)), "P002") == []


def test_lines_follow_the_course_and_say_what_was_measured():
    before, after = growth_lines(cohort_of(Builder(1)), "P001")
    assert (before.period, after.period) == ("before platinum", "after platinum")
    assert (before.measured, before.volumes, before.method) == (
        "3, day -10 to 25",
        "8.12 \N{RIGHTWARDS ARROW} 16.2",
        "measured",
    )
    assert (before.time, before.interval) == ("35 days", "21\N{EN DASH}96")
    assert after.interval == "9.2 or more"


def test_one_measurement_has_one_day_and_no_time():
    lines = [line for patient in ("P009", "P011") for line in growth_lines(cohort_of(Builder(11)), patient)]
    (single,) = [line for line in lines if line.measured.startswith("1,") and line.period == "before platinum"]
    assert (single.measured, single.state, single.time, single.interval) == (
        "1, day -10", "not_assessable", "", ""
    )  # fmt: skip


def test_the_page_shows_every_answer_where_lesions_were_measured_and_nothing_where_none_was(tmp_path):
    keywords = write_results(tmp_path, Builder(12))
    run(**keywords)
    page = keywords["index"].read_text(encoding="utf-8")
    assert page.count("Growth of measured lesions") == 6
    for words in ("shrinking", "unchanged", "9.2 or more", "no interval", "reason of growth 5"):
        assert words in page
    builder = Builder(12)
    builder.rows["doubling_times"].clear()
    keywords = write_results(tmp_path / "without", builder)
    run(**keywords)
    page = keywords["index"].read_text(encoding="utf-8")
    assert "Growth of measured lesions" not in page
    assert "Schwartz" not in page


def test_the_methods_name_model_and_formulas_and_number_their_sources_in_order():
    cohort = cohort_of(Builder(12))
    written = methods(cohort)
    assert [reference for reference in written.references if reference in REFERENCES.values()] == list(
        REFERENCES.values()
    )
    builder = Builder(4)
    for row in builder.rows["doubling_times"]:
        row["method"] = "volume"
    cited = []
    (sentence,) = growth_sentences(cohort_of(builder), lambda *names: cited.extend(names) or "")
    assert "ellipsoid" not in sentence
    assert cited == ["growth_model", "growth_rate", "sclc_growth_1978", "sclc_growth_1981"]
