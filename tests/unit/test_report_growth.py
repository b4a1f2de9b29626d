"""Growth in the report: words for every answer, a table per patient with measured lesions, methods with sources."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

from sclcohort.report.context_growth import (
    REFERENCES,
    growth_lines,
    growth_sentences,
    interval_words,
    rated_lines,
)
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
        "3, day \N{MINUS SIGN}10 to 25",
        "8.12 \N{RIGHTWARDS ARROW} 16.2",
        "measured",
    )
    assert (before.time, before.interval) == ("35 days", "21\N{EN DASH}96")
    assert after.interval == "9.2 or more"


def test_one_measurement_has_one_day_and_no_time():
    lines = [line for patient in ("P009", "P011") for line in growth_lines(cohort_of(Builder(11)), patient)]
    (single,) = [line for line in lines if line.measured.startswith("1,") and line.period == "before platinum"]
    assert (single.measured, single.state, single.time, single.interval) == (
        "1, day \N{MINUS SIGN}10", "not_assessable", "", ""
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


def test_aggression_with_growth_is_of_samples_whose_patient_has_a_measured_lesion():
    cohort = cohort_of(Builder(6))
    lines = {line.sample: line for line in rated_lines(cohort, cohort.samples)}
    minus = str.maketrans("\N{MINUS SIGN}", "-")
    assert {cohort.patient_of(sample) for sample in lines} == {"P001", "P003", "P005"}
    fitted, none = lines["P001_T1"], lines["P003_T1"]
    assert (fitted.lesion, fitted.period) == ("lung primary", "before platinum")
    assert (fitted.score, fitted.interval.translate(minus)) == ("+0.31", "-0.44 to +0.69")
    assert (fitted.aggression, fitted.with_growth) == ("+0.25", "+0.26")
    assert (none.lesion, none.score, none.interval, none.aggression, none.with_growth) == ("", "", "", "+0.25", "")
    assert none.reason == "reason of no growth"
    shrinking = lines["P005_T2"]
    assert (shrinking.period, shrinking.score.translate(minus), shrinking.interval) == (
        "after platinum",
        "-1.00",
        "no interval",
    )
    assert (shrinking.aggression, shrinking.with_growth) == ("", "")


def test_the_page_rates_samples_in_the_table_of_the_cohort_and_in_the_section_of_the_patient(tmp_path):
    keywords = write_results(tmp_path, Builder(6))
    run(**keywords)
    page = keywords["index"].read_text(encoding="utf-8").replace("\N{MINUS SIGN}", "-")
    assert page.count("<h4>Aggression with growth</h4>") == 3
    assert page.count("Aggression with growth, where lesions were measured") == 1
    for words in ("-0.44 to +0.69", "reason of no growth", "reason of no aggression"):
        assert page.count(words) >= 2
    assert "reason of no lesion" not in page
    builder = Builder(6)
    builder.rows["doubling_times"].clear()
    keywords = write_results(tmp_path / "without", builder)
    run(**keywords)
    assert "Aggression with growth" not in keywords["index"].read_text(encoding="utf-8")


def test_the_methods_say_how_growth_was_scored_only_where_it_was():
    cited = []
    sentences = growth_sentences(cohort_of(Builder(6)), lambda *names: cited.extend(names) or "[1]")
    assert len(sentences) == 2
    assert sentences[1].startswith("The growth score of 4 tumours is log2(53 / doubling time in days) / 2")
    assert cited[-1] == "sclc_growth_1981"
    builder = Builder(6)
    for row in builder.rows["aggression"]:
        row.pop("growth_score", None)
    assert len(growth_sentences(cohort_of(builder), lambda *names: "[1]")) == 1


def test_the_methods_name_model_and_formulas_and_number_their_sources_in_order():
    cohort = cohort_of(Builder(12))
    written = methods(cohort)
    assert [reference for reference in written.references if reference in REFERENCES.values()] == list(
        REFERENCES.values()
    )
    builder = Builder(4)
    for row in builder.rows["doubling_times"]:
        row["method"] = "volume"
    builder.rows["aggression"].clear()
    cited = []
    (sentence,) = growth_sentences(cohort_of(builder), lambda *names: cited.extend(names) or "")
    assert "ellipsoid" not in sentence
    assert cited == ["growth_model", "growth_rate", "sclc_growth_1978", "sclc_growth_1981"]
