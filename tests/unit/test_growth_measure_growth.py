"""From measurements and days of platinum to doubling times: periods, states, reasons, and the table."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from sclcohort.contracts import CLINICAL, DOUBLING_TIMES, LESIONS
from sclcohort.growth.measure_growth import growth_rows, period_of, run
from sclcohort.tables import read_rows, write_rows


def lesion(pairs, patient="P1", name="lung"):
    """Return rows of the lesion sheet with volumes."""
    return [{"patient_id": patient, "lesion": name, "day": day, "volume_ml": volume} for day, volume in pairs]


def course(start=None, end=None, patient="P1"):
    """Return a row of the clinical sheet."""
    return {"patient_id": patient, "platinum_start_day": start, "platinum_end_day": end}


def doubling(days, every=30, first=2.0):
    """Return volumes that double every so many days."""
    return [(day, first * 2 ** (day / every)) for day in days]


def only(rows):
    (row,) = rows
    return row


@pytest.mark.parametrize(
    ("day", "start", "end", "period"),
    [
        (13, 14, 98, "before_platinum"),
        (14, 14, 98, "before_platinum"),
        (15, 14, 98, "during_platinum"),
        (98, 14, 98, "during_platinum"),
        (99, 14, 98, "after_platinum"),
        (14, 14, None, "before_platinum"),
        (15, 14, None, "unknown"),
        (98, None, 98, "unknown"),
        (99, None, 98, "after_platinum"),
        (0, None, None, "unknown"),
        (-5, 14, 14, "before_platinum"),
        (15, 14, 14, "after_platinum"),
    ],
)
def test_the_period_of_a_day(day, start, end, period):
    assert period_of(day, start, end) == period


def test_before_and_after_platinum_are_fitted_apart_and_what_lies_between_is_set_aside():
    pairs = [*doubling([-20, 0, 10], every=30), (40, 3.0), (80, 0.5), *doubling([120, 150, 190], every=50, first=0.1)]
    rows = {row["period"]: row for row in growth_rows(lesion(pairs), [course(14, 98)])}
    assert list(rows) == ["after_platinum", "before_platinum", "during_platinum"]
    assert rows["before_platinum"]["doubling_time_days"] == pytest.approx(30)
    assert rows["after_platinum"]["doubling_time_days"] == pytest.approx(50)
    assert (rows["before_platinum"]["first_day"], rows["before_platinum"]["last_day"]) == (-20, 10)
    assert "may outlast" in rows["after_platinum"]["reason"]
    aside = rows["during_platinum"]
    assert (aside["state"], aside["measurements"], aside.get("doublings_per_day")) == ("not_assessable", 2, None)
    assert aside["reason"] == "Measured during platinum (day 14 to 98): no untreated growth."


def test_every_measurement_stands_in_exactly_one_row():
    draw = random.Random(5)
    rows = [
        row
        for number in range(30)
        for row in lesion([(day, draw.uniform(1, 9)) for day in draw.sample(range(200), 6)], f"P{number}")
    ]
    courses = [
        course(draw.choice([None, 30]), draw.choice([None, 90]), patient=f"P{number}") for number in range(0, 30, 2)
    ]
    assert sum(row["measurements"] for row in growth_rows(rows, courses)) == len(rows)


@pytest.mark.parametrize("courses", [[], [course()]])
def test_without_days_of_platinum_all_measurements_are_one_fit_that_says_so(courses):
    row = only(growth_rows(lesion(doubling([0, 60, 130])), courses))
    assert (row["period"], row["state"], row["measurements"]) == ("unknown", "fitted", 3)
    assert "treatment within the period is not excluded" in row["reason"]


@pytest.mark.parametrize(
    ("platinum", "known", "words"),
    [
        (course(start=14), "before_platinum", "began on day 14 and the sheet has no last day"),
        (course(end=98), "after_platinum", "ended on day 98 and the sheet has no first day"),
    ],
)
def test_what_one_day_of_platinum_cannot_place_is_set_aside(platinum, known, words):
    rows = {row["period"]: row for row in growth_rows(lesion(doubling([0, 10, 50, 60, 110, 120])), [platinum])}
    assert (rows[known]["state"], rows["unknown"]["state"]) == ("fitted", "not_assessable")
    assert words in rows["unknown"]["reason"]


def test_two_measurements_give_a_time_without_an_interval_and_say_so():
    row = only(growth_rows(lesion([(0, 4.0), (21, 8.0)]), [course(30, 90)]))
    assert (row["state"], row["doubling_time_days"], row["interval"]) == ("fitted", pytest.approx(21), "none")
    assert row["doubling_time_low_days"] is None
    assert row["doublings_per_day_low"] is None
    assert row["reason"] == "Two measurements leave no error to estimate, so there is no interval."


def test_one_measurement_is_not_assessable_and_still_shows_its_volume():
    row = only(growth_rows(lesion([(0, 4.0)]), []))
    assert (row["state"], row["first_volume_ml"], row["days_spanned"]) == ("not_assessable", 4.0, 0)
    assert row["reason"] == "One measurement; a doubling time needs two."


def test_a_shrinking_lesion_has_a_negative_rate_and_no_doubling_time():
    row = only(growth_rows(lesion([(0, 8.0), (30, 4.0), (60, 2.1)]), [course(90, 120)]))
    assert row["state"] == "shrinking"
    assert row["doublings_per_day"] < 0
    assert row.get("doubling_time_days") is None
    assert row.get("interval") is None


def test_a_shrinking_lesion_whose_growth_is_not_excluded_says_from_which_time_on():
    row = only(growth_rows(lesion([(0, 5.0), (30, 9.0), (60, 4.0)]), [course(90, 120)]))
    assert row["state"] == "shrinking"
    assert f"doubling times of {1 / row['doublings_per_day_high']:.3g} days and more" in row["reason"]


def test_growth_in_doubt_leaves_the_interval_open_upwards():
    row = only(growth_rows(lesion([(0, 4.0), (30, 9.0), (60, 6.0)]), [course(90, 120)]))
    assert (row["state"], row["interval"]) == ("fitted", "no_upper_bound")
    assert row["doublings_per_day_low"] < 0 < row["doubling_time_low_days"] < row["doubling_time_days"]
    assert row["doubling_time_high_days"] is None
    assert "no upper end" in row["reason"]


def test_the_same_volume_throughout_is_unchanged():
    row = only(growth_rows(lesion([(0, 4.0), (30, 4.0)]), [course(90, 120)]))
    assert (row["state"], row["doublings_per_day"], row.get("doubling_time_days")) == ("unchanged", 0, None)


def test_volumes_beside_diameters_are_not_assessable():
    rows = lesion([(0, 4.0)])
    rows.append({"patient_id": "P1", "lesion": "lung", "day": 30, "longest_diameter_mm": 25.0})
    row = only(growth_rows(rows, []))
    assert (row["state"], row["method"]) == ("not_assessable", None)
    assert "not comparable" in row["reason"]


def test_diameters_are_fitted_as_volumes():
    rows = [
        {"patient_id": "P1", "lesion": "liver", "day": day, "longest_diameter_mm": size}
        for day, size in ((0, 20.0), (45, 40.0))
    ]
    row = only(growth_rows(rows, [course(50, 90)]))
    # Twice the diameter is three doublings of the volume.
    assert (row["method"], row["doubling_time_days"]) == ("sphere", pytest.approx(15))


def test_the_order_of_the_rows_does_not_matter_and_other_patients_change_nothing():
    rows = lesion(doubling([0, 40, 70, 150])) + lesion(doubling([3, 9, 30], every=12), name="liver")
    alone = list(growth_rows(rows, [course(50, 90)]))
    mixed = rows + lesion(doubling([0, 10]), patient="P0") + lesion([(0, 1.0)], patient="P2")
    random.Random(3).shuffle(mixed)
    beside = list(growth_rows(mixed, [course(1, 2, patient="P2"), course(50, 90)]))
    assert [row for row in beside if row["patient_id"] == "P1"] == alone


def test_the_table_is_written_as_its_contract_says(tmp_path):
    write_rows(tmp_path / "lesions.tsv", LESIONS, lesion(doubling([0, 10, 20, 100, 130])))
    write_rows(tmp_path / "clinical.tsv", CLINICAL, [course(14, 98)])
    out = tmp_path / "doubling_times.tsv"
    run(lesions=tmp_path / "lesions.tsv", clinical=tmp_path / "clinical.tsv", doubling_times=out)
    rows = list(read_rows(out, DOUBLING_TIMES))
    assert [row["period"] for row in rows] == ["after_platinum", "before_platinum", "during_platinum"]


def test_without_lesions_the_table_is_empty(tmp_path):
    write_rows(tmp_path / "lesions.tsv", LESIONS, [])
    write_rows(tmp_path / "clinical.tsv", CLINICAL, [])
    out = Path(tmp_path / "doubling_times.tsv")
    run(lesions=tmp_path / "lesions.tsv", clinical=tmp_path / "clinical.tsv", doubling_times=out)
    assert list(read_rows(out, DOUBLING_TIMES)) == []
