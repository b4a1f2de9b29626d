"""Aggression with growth: scores, the part of the course that a sample is of, reasons, and the table."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest

from sclcohort.contracts import AGGRESSION, CLINICAL, DOUBLING_TIMES, SAMPLES, SCORES
from sclcohort.growth.measure_growth import growth_rows
from sclcohort.growth.rate_aggression import (
    aggression_rows,
    fastest,
    growth_of,
    growth_score,
    run,
    sample_period,
    with_growth,
)
from sclcohort.tables import read_rows, write_rows

BASELINE = {"sample_id": "S1", "patient_id": "P1", "timepoint": "baseline", "day": 0}
RELAPSE = {"sample_id": "S2", "patient_id": "P1", "timepoint": "relapse", "day": 200}
COURSE = {"patient_id": "P1", "platinum_start_day": 14, "platinum_end_day": 98}


def lesion(time, low=None, high=None, name="lung", period="before_platinum", patient="P1"):
    """Return a row of DOUBLING_TIMES by its time, negative where it shrinks, and the ends of its slope."""
    slope = 1 / time
    return {
        "patient_id": patient,
        "lesion": name,
        "period": period,
        "state": "fitted" if slope > 0 else "shrinking",
        "measurements": 2 if low is None else 3,
        "first_day": 0,
        "last_day": 30,
        "days_spanned": 30,
        "doublings_per_day": slope,
        "doublings_per_day_low": low,
        "doublings_per_day_high": high,
        "doubling_time_days": time if slope > 0 else None,
    }


def refused(reason, name="lung", period="before_platinum"):
    """Return a row of DOUBLING_TIMES without a slope."""
    row = lesion(1, name=name, period=period)
    unknown = dict.fromkeys(("doublings_per_day", "doubling_time_days"))
    return row | unknown | {"state": "not_assessable", "reason": reason}


@pytest.mark.parametrize(
    ("days", "score"),
    [
        (53, 0),
        (26.5, 0.5),
        (106, -0.5),
        (13.25, 1),
        (212, -1),
        (12, 1),  # log2(53 / 12) / 2 = 1.07
        (209, -0.98972),  # log2(53 / 209) / 2
        (1000, -1),
        (-30, -1),
        (-1e9, -1),
    ],
)
def test_the_growth_score_of_a_doubling_time_by_hand(days, score):
    assert growth_score(1 / days) == pytest.approx(score, abs=1e-5)


def test_no_growth_and_the_fastest_growth_are_the_ends_exactly():
    assert (growth_score(0), growth_score(-0.5), growth_score(5)) == (-1, -1, 1)


def test_the_growth_score_never_falls_where_the_slope_rises():
    slopes = [place / 1000 for place in range(-20, 200)]
    scores = [growth_score(slope) for slope in slopes]
    assert scores == sorted(scores)
    assert (scores[0], scores[-1]) == (-1, 1)


@pytest.mark.parametrize(
    ("aggression", "score", "mean"), [(0.5, 0, 0.4), (0.5, -1, 0.2), (-0.25, 1, 0), (1, 1, 1), (-1, -1, -1)]
)
def test_growth_is_one_part_of_five(aggression, score, mean):
    assert with_growth(aggression, score) == pytest.approx(mean)


@pytest.mark.parametrize(
    ("timepoint", "day", "start", "end", "period"),
    [
        ("baseline", 0, 14, 98, "before_platinum"),
        ("Baseline", 14, 14, 98, "before_platinum"),
        ("baseline", None, 14, 98, "before_platinum"),
        ("baseline", None, 14, None, "before_platinum"),
        ("baseline", None, None, 98, "unknown"),
        ("baseline", 0, None, 98, "unknown"),
        ("baseline", 0, None, None, "unknown"),
        ("relapse", 200, 14, 98, "after_platinum"),
        ("relapse", 200, None, 98, "after_platinum"),
        ("relapse", 200, 14, None, "unknown"),
        ("relapse", 200, None, None, "unknown"),
        ("relapse", None, None, None, "unknown"),
        ("relapse", None, 14, None, "unknown"),
        ("relapse", None, 14, 98, "after_platinum"),
        ("diagnosis", 3, 14, 98, "before_platinum"),
        ("", 3, 14, 98, "before_platinum"),
        ("", 200, 14, 98, "after_platinum"),
    ],
)
def test_the_part_of_the_course_that_a_sample_is_of(timepoint, day, start, end, period):
    course = {"platinum_start_day": start, "platinum_end_day": end}
    assert sample_period({"timepoint": timepoint or None, "day": day}, course)[0] == period


@pytest.mark.parametrize(
    ("timepoint", "day", "course", "words"),
    [
        ("on treatment", 50, COURSE, r"Taken during platinum \(day 50 of 14 to 98\)"),
        ("baseline", 50, COURSE, "baseline, but day 50 is not before platinum"),
        ("baseline", 99, COURSE, "baseline, but day 99 is not before platinum"),
        ("baseline", 15, {"platinum_start_day": 14}, "baseline, but day 15 is not before platinum"),
        ("", None, COURSE, "no time point, and no day beside"),
        ("", 3, {}, "no time point, and no day beside"),
        ("", None, {}, "no time point, and no day beside"),
    ],
)
def test_a_sample_that_no_part_of_the_course_is_known_for_is_not_assessable(timepoint, day, course, words):
    sample = {"timepoint": timepoint or None, "day": day}
    period, reason = sample_period(sample, course)
    assert period == ""
    row = growth_of(sample, course, [lesion(30), lesion(30, period="unknown"), lesion(30, period="after_platinum")])
    assert row == {"state": "not_assessable", "reason": reason}
    assert re.search(words, reason)


def test_a_later_sample_without_a_day_says_what_was_taken_for_granted():
    row = growth_of({"timepoint": "relapse"}, COURSE, [lesion(53, 0.01, 0.03, period="after_platinum")])
    assert row["growth_score"] == 0
    assert "The sample has no day; time point relapse is taken to be after platinum." in row["reason"]


def test_the_fastest_lesion_of_the_period_is_the_one_that_counts():
    lesions = [
        lesion(60, name="a"),
        lesion(26.5, 0.02, 0.06, name="b"),
        lesion(-40, name="c"),
        lesion(13.25, name="d", period="after_platinum"),
        refused("One measurement; a doubling time needs two.", name="e"),
    ]
    row = growth_of(BASELINE, COURSE, lesions)
    assert (row["lesion"], row["period"], row["state"]) == ("b", "before_platinum", "fitted")
    assert (row["growth_score"], row["doubling_time_days"]) == (pytest.approx(0.5), 26.5)
    # log2(53 * 0.02) / 2 and log2(53 * 0.06) / 2.
    assert (row["growth_score_low"], row["growth_score_high"]) == (
        pytest.approx(0.042032, abs=1e-6),
        pytest.approx(0.834513, abs=1e-6),
    )
    assert row["reason"] == "Fastest of 3 lesions."
    assert growth_of(RELAPSE, COURSE, lesions)["lesion"] == "d"


def test_the_order_of_lesions_does_not_matter_and_equals_go_by_name():
    lesions = [lesion(days, name=name) for name, days in (("d", 30), ("a", 60), ("c", 30), ("b", -30))]
    draw = random.Random(3)
    for _ in range(10):
        draw.shuffle(lesions)
        assert fastest(lesions)["lesion"] == "c"
    assert fastest([refused("no")]) is None


def test_an_interval_that_holds_zero_is_said_and_ends_at_the_lowest_score():
    row = growth_of(BASELINE, COURSE, [lesion(106, -0.01, 53 / 2809)])
    assert (row["growth_score"], row["growth_score_low"]) == (pytest.approx(-0.5), -1)
    assert row["growth_score_high"] == pytest.approx(0)
    assert row["reason"] == "The slope is not significantly different from zero: its 95 % interval holds zero."


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (-0.05, 0.01, "The slope is not significantly different from zero: its 95 % interval holds zero."),
        (-0.05, -0.01, None),
        (None, None, "Two measurements leave no error to estimate, so there is no interval."),
    ],
)
def test_a_lesion_that_shrinks_has_the_lowest_score_and_no_doubling_time(low, high, words):
    (row,) = aggression_rows([BASELINE], [COURSE], [{"sample_id": "S1", "aggression": 0.5}], [lesion(-40, low, high)])
    assert (row["state"], row["growth_score"], row.get("doubling_time_days")) == ("shrinking", -1, None)
    assert row["aggression_with_growth"] == pytest.approx(0.2)
    assert row.get("growth_score_low") == (None if low is None else -1)
    assert row["reason"] == words


def test_a_lesion_measured_twice_has_a_score_without_an_interval():
    row = growth_of(BASELINE, COURSE, [lesion(30)])
    assert "growth_score_low" not in row
    assert "growth_score_high" not in row
    assert row["reason"] == "Two measurements leave no error to estimate, so there is no interval."


@pytest.mark.parametrize(
    ("lesions", "period", "reason"),
    [
        ([], None, "No lesion of the patient was measured."),
        (
            [lesion(30, period="after_platinum"), lesion(30, period="during_platinum")],
            "before_platinum",
            "No lesion of the patient was measured before platinum.",
        ),
        (
            [refused("Two ways.", name="b"), refused("One measurement; a doubling time needs two.", name="a")],
            "before_platinum",
            "a: One measurement; a doubling time needs two. b: Two ways.",
        ),
    ],
)
def test_without_a_fitted_lesion_of_its_period_the_growth_is_not_assessable_with_its_reason(lesions, period, reason):
    row = growth_of(BASELINE, COURSE, lesions)
    assert (row["state"], row.get("period"), row.get("growth_score")) == ("not_assessable", period, None)
    assert row["reason"] == reason


def test_nothing_measured_during_platinum_is_ever_used():
    lesions = [lesion(5, period="during_platinum"), lesion(53, 0.01, 0.03)]
    for day in range(-20, 220):
        row = growth_of({"timepoint": "follow-up", "day": day}, COURSE, lesions)
        assert row.get("growth_score", 0) == 0


@pytest.mark.parametrize(("sample", "period"), [(BASELINE, "unknown"), (RELAPSE, "unknown")])
def test_where_treatment_is_not_known_the_reason_keeps_the_caution(sample, period):
    row = growth_of(sample, {}, [lesion(53, 0.01, 0.03, period=period)])
    assert row["growth_score"] == 0
    assert row["reason"].endswith("treatment within the period is not excluded.")


def test_either_part_alone_is_shown_and_makes_no_composite():
    samples = [BASELINE | {"sample_id": name} for name in ("none", "scored", "unscored")]
    scores = [
        {"sample_id": "none", "set_reason": "no expression given"},
        {"sample_id": "scored", "aggression": 0.25},
    ]
    none, scored, unscored = aggression_rows(samples, [COURSE], scores, [lesion(53, 0.01, 0.03)])
    assert scored["aggression_with_growth"] == pytest.approx(0.2)
    for row, why in ((none, "no expression given"), (unscored, "the sample has no scores")):
        assert (row["aggression"], row.get("aggression_with_growth"), row["growth_score"]) == (None, None, 0)
        assert row["reason"] == f"No aggression by expression: {why}."
    (row,) = aggression_rows([BASELINE], [], [{"sample_id": "S1", "aggression": 0.25}], [])
    assert (row["aggression"], row.get("aggression_with_growth")) == (0.25, None)
    assert row["reason"] == "No lesion of the patient was measured."


def test_the_table_keeps_its_contract_and_a_sample_more_changes_no_byte_of_the_others(tmp_path: Path):
    def written(name, samples):
        folder = tmp_path / name
        folder.mkdir()
        kept = {row["patient_id"] for row in samples}
        lesions = [
            {"patient_id": patient, "lesion": "lung", "day": day, "volume_ml": 2 * 2 ** (day / 25) + day % 3 / 10}
            for patient in sorted(kept)
            for day in (-20, 0, 10, 150, 190)
        ]
        courses = [COURSE | {"patient_id": patient} for patient in sorted(kept)]
        scores = [{"sample_id": row["sample_id"], "aggression": 0.3} for row in samples]
        write_rows(folder / "samples.tsv", SAMPLES, [row | {"chunk": "chunk_001"} for row in samples])
        write_rows(folder / "clinical.tsv", CLINICAL, courses)
        write_rows(folder / "scores.tsv", SCORES, scores)
        write_rows(folder / "doubling_times.tsv", DOUBLING_TIMES, growth_rows(lesions, courses))
        run(
            samples=folder / "samples.tsv",
            clinical=folder / "clinical.tsv",
            scores=folder / "scores.tsv",
            doubling_times=folder / "doubling_times.tsv",
            aggression=folder / "aggression.tsv",
        )
        return (folder / "aggression.tsv").read_text(encoding="utf-8").splitlines()

    few = written("few", [BASELINE, RELAPSE])
    more = written("more", [BASELINE, RELAPSE, BASELINE | {"sample_id": "S0"}, RELAPSE | {"sample_id": "S3"}])
    other = written("other", [BASELINE, RELAPSE, BASELINE | {"sample_id": "S9", "patient_id": "P9"}])
    assert len(few) == 3
    assert set(few) <= set(more)
    assert set(few) <= set(other)
    rows = list(read_rows(tmp_path / "more" / "aggression.tsv", AGGRESSION))
    assert [row["sample_id"] for row in rows] == ["S0", "S1", "S2", "S3"]
    assert all(row["aggression_with_growth"] is not None for row in rows)
    assert {row["period"] for row in rows} == {"before_platinum", "after_platinum"}
