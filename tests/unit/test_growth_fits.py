"""A line through log2(volume): slope, interval and doubling time, against an independent fit and by invariances."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sclcohort.growth.fits import DoublingTime, Fit, doubling_time, fit_growth

DAYS = [-20, 0, 15, 31, 90]
VOLUMES = [1.1, 2.3, 2.9, 6.0, 41.0]

days_and_volumes = st.lists(
    st.tuples(st.integers(-2000, 2000), st.floats(0.01, 5000)), min_size=2, max_size=12, unique_by=lambda pair: pair[0]
)


@given(days_and_volumes)
def test_slope_and_interval_are_those_of_an_independent_regression(pairs):
    days, volumes = [day for day, _ in pairs], [volume for _, volume in pairs]
    fit = fit_growth(days, volumes)
    logs = [math.log2(volume) for volume in volumes]
    oracle = stats.linregress(days, logs)
    scale = max(map(abs, logs)) / (max(days) - min(days)) + abs(oracle.slope)
    assert fit.slope == pytest.approx(oracle.slope, rel=1e-9, abs=1e-11 * scale)
    if len(pairs) == 2:
        assert (fit.low, fit.high) == (None, None)
        return
    margin = stats.t.ppf(0.975, len(pairs) - 2) * oracle.stderr
    # A perfect fit leaves rounding only, of which the oracle's way loses more.
    assert fit.high - fit.slope == pytest.approx(margin, rel=1e-6, abs=1e-5 * scale)
    assert fit.low <= fit.slope <= fit.high


def test_a_worked_example():
    # log2: 0, 1, 3 on days 0, 10, 20: slope (3 - 0) / 20, residuals 1/6, -1/3, 1/6, t of one degree 12.7062.
    fit = fit_growth([0, 10, 20], [1, 2, 8])
    error = math.sqrt((1 / 36 + 1 / 9 + 1 / 36) / 200)
    assert fit.slope == pytest.approx(0.15)
    assert fit.high == pytest.approx(0.15 + 12.7062047 * error)
    assert fit.low == pytest.approx(0.15 - 12.7062047 * error)


def test_two_measurements_give_schwartz_formula_and_no_interval():
    fit = fit_growth([3, 45], [5.0, 17.0])
    assert doubling_time(fit) == DoublingTime(pytest.approx(42 * math.log(2) / math.log(17 / 5)), None, None, "none")


@given(st.integers(-30000, 30000))
def test_another_day_zero_changes_no_bit(shift):
    assert fit_growth([day + shift for day in DAYS], VOLUMES) == fit_growth(DAYS, VOLUMES)


@given(st.integers(-20, 20))
def test_another_unit_of_volume_changes_no_bit_where_it_is_exact(power):
    assert fit_growth(DAYS, [volume * 2**power for volume in VOLUMES]) == fit_growth(DAYS, VOLUMES)


@given(st.floats(1e-3, 1e3))
def test_another_unit_of_volume_changes_nothing(factor):
    found, wanted = fit_growth(DAYS, [volume * factor for volume in VOLUMES]), fit_growth(DAYS, VOLUMES)
    assert (found.slope, found.low, found.high) == pytest.approx((wanted.slope, wanted.low, wanted.high))


def test_days_twice_as_far_apart_double_the_time_and_its_interval():
    one = doubling_time(fit_growth(DAYS, VOLUMES))
    two = doubling_time(fit_growth([2 * day for day in DAYS], VOLUMES))
    assert (two.days, two.low, two.high) == pytest.approx((2 * one.days, 2 * one.low, 2 * one.high))


def test_diameters_of_one_shape_give_a_third_of_the_doublings_of_volumes():
    cubes = fit_growth(DAYS, [volume**3 for volume in VOLUMES])
    assert cubes.slope == pytest.approx(3 * fit_growth(DAYS, VOLUMES).slope)


@given(st.permutations(list(zip(DAYS, VOLUMES, strict=True))))
def test_the_order_of_the_measurements_does_not_matter(pairs):
    fit, wanted = fit_growth(*zip(*pairs, strict=True)), fit_growth(DAYS, VOLUMES)
    assert (fit.slope, fit.low, fit.high) == pytest.approx((wanted.slope, wanted.low, wanted.high), rel=1e-12)


@given(st.floats(0.01, 5000), st.lists(st.integers(-900, 900), min_size=2, max_size=9, unique=True))
def test_a_constant_volume_has_a_slope_of_exactly_zero_and_no_doubling_time(volume, days):
    fit = fit_growth(days, [volume] * len(days))
    assert fit.slope == 0
    assert doubling_time(fit) is None


def test_time_reversed_growth_is_shrinking_at_the_same_rate():
    fit, mirrored = fit_growth(DAYS, VOLUMES), fit_growth([-day for day in DAYS], VOLUMES)
    assert (mirrored.slope, mirrored.low, mirrored.high) == pytest.approx((-fit.slope, -fit.high, -fit.low))
    assert doubling_time(mirrored) is None


@pytest.mark.parametrize(
    ("fit", "low", "high", "interval"),
    [
        (Fit(0.02, 0.01, 0.04), 25, 100, "two_sided"),
        (Fit(0.02, 0.0, 0.04), 25, None, "no_upper_bound"),
        (Fit(0.02, -0.01, 0.05), 20, None, "no_upper_bound"),
        (Fit(0.02, None, None), None, None, "none"),
    ],
)
def test_the_interval_of_the_time_is_that_of_the_slope_crosswise_and_open_where_growth_is_in_doubt(
    fit, low, high, interval
):
    assert doubling_time(fit) == DoublingTime(50, low, high, interval)


@pytest.mark.parametrize("slope", [0.0, -0.001])
def test_without_growth_there_is_no_doubling_time(slope):
    assert doubling_time(Fit(slope, -1.0, 1.0)) is None


@pytest.mark.parametrize(
    ("days", "volumes"), [([1], [2.0]), ([], []), ([1, 1], [2.0, 3.0]), ([1, 2], [0.0, 3.0]), ([1, 2], [2.0, -3.0])]
)
def test_what_has_no_line_is_refused(days, volumes):
    with pytest.raises(ValueError, match=r"no line|empty|min\(\)"):
        fit_growth(days, volumes)


@pytest.mark.parametrize(("count", "true_days"), [(3, 40), (4, 90), (6, 200)])
def test_the_interval_holds_the_true_doubling_time_95_times_of_100(count, true_days):
    draw = random.Random(f"coverage {count} {true_days}")
    trials, held = 4000, 0
    for _ in range(trials):
        days = sorted(draw.sample(range(120), count))
        volumes = [8 * 2 ** (day / true_days + draw.gauss(0, 0.3)) for day in days]
        fit = fit_growth(days, volumes)
        held += fit.low <= 1 / true_days <= fit.high
        time = doubling_time(fit)
        if time is not None:
            # The interval of the time holds the true time where that of the slope holds the true slope.
            is_inside = time.low <= true_days and (time.high is None or true_days <= time.high)
            assert is_inside == (fit.low <= 1 / true_days <= fit.high)
    # Four standard errors of a proportion of 0.95 in 4000 trials.
    assert held / trials == pytest.approx(0.95, abs=0.014)
