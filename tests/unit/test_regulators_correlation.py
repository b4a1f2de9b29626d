from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from sclcohort.regulators.correlation import (
    LEAST_APPROXIMATE,
    MOST_EXACT,
    PERMUTATIONS,
    association_p,
    doubled_ranks,
    exact_p,
    interval,
    monte_carlo_p,
    partial_spearman,
    spearman,
    t_p,
)

FEW = st.lists(st.integers(0, 6), min_size=3, max_size=6)


def values(n, seed, levels=None):
    """Return two columns of random numbers, tied where `levels` says of how many."""
    rng = np.random.default_rng(seed)
    return rng.integers(0, levels, (2, n)) if levels else rng.normal(size=(2, n))


@pytest.mark.parametrize("levels", [None, 4])
def test_rho_equals_that_of_scipy_with_and_without_ties(levels):
    for seed in range(20):
        x, y = values(15, seed, levels)
        assert spearman(x, y) == pytest.approx(stats.spearmanr(x, y).statistic, abs=1e-12)
        assert doubled_ranks(x).tolist() == (2 * stats.rankdata(x)).tolist()


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_the_exact_p_is_the_share_of_all_pairings_that_are_as_extreme(data):
    x = data.draw(FEW)
    y = data.draw(st.lists(st.integers(0, 6), min_size=len(x), max_size=len(x)))
    rank_x, rank_y = stats.rankdata(x), stats.rankdata(y)
    middle = rank_x.sum() * rank_y.sum() / len(x)
    seen = abs(rank_x @ rank_y - middle)
    all_of_them = [abs(rank_x @ np.array(other) - middle) for other in itertools.permutations(rank_y)]
    share = np.mean([one >= seen - 1e-9 for one in all_of_them])
    assert exact_p(x, y) == pytest.approx(share, abs=1e-12)


def test_the_exact_p_equals_the_exact_permutation_test_of_scipy():
    x, y = values(7, 3)
    done = stats.permutation_test(
        (x,), lambda one: stats.spearmanr(one, y).statistic, permutation_type="pairings", n_resamples=math.factorial(7)
    )
    assert exact_p(x, y) == pytest.approx(done.pvalue, abs=1e-12)


def test_the_smallest_exact_p_is_two_of_all_permutations():
    order = list(range(MOST_EXACT))
    assert exact_p(order, order) == pytest.approx(2 / math.factorial(MOST_EXACT))
    assert exact_p(order, order[::-1]) == exact_p(order, order)


def test_random_permutations_come_near_the_exact_p_and_are_the_same_every_time():
    x, y = values(10, 1)
    y = y + x
    p = monte_carlo_p(x, y, "name")
    exact = exact_p(x, y)
    assert p == pytest.approx(exact, abs=4 * math.sqrt(exact * (1 - exact) / PERMUTATIONS))
    assert p == monte_carlo_p(x, y, "name") != monte_carlo_p(x, y, "another name")


def test_a_p_is_never_zero():
    order = list(range(25))
    assert monte_carlo_p(order, order, "name") == 1 / (PERMUTATIONS + 1)
    assert t_p(1.0, 40) > 0
    assert t_p(1 - 1e-16, 100_000) > 0


@pytest.mark.parametrize(
    ("n", "method"),
    [
        (MOST_EXACT, "exact"),
        (MOST_EXACT + 1, "monte_carlo"),
        (LEAST_APPROXIMATE - 1, "monte_carlo"),
        (LEAST_APPROXIMATE, "t_approximation"),
    ],
)
def test_the_number_of_patients_says_how_p_is_found(n, method):
    x, y = values(n, 5)
    tested = association_p(x, y, "name")
    assert tested.method == method
    assert tested.permutations == {"exact": math.factorial(n), "monte_carlo": PERMUTATIONS}.get(method)
    assert tested.p_value == pytest.approx(stats.spearmanr(x, y).pvalue, abs=0.02)


def test_from_thirty_patients_on_p_is_that_of_scipy():
    x, y = values(40, 8)
    assert association_p(x, y, "name").p_value == pytest.approx(stats.spearmanr(x, y).pvalue, rel=1e-9)


def test_the_interval_equals_the_worked_example_of_the_package_of_its_first_author():
    # statpsych 1.6.0 (Bonett), help page of ci.spear: 0.8699639, 0.5840951 to 0.9638297.
    y = [21, 4, 9, 12, 35, 18, 10, 22, 24, 1, 6, 8, 13, 16, 19]
    x = [67, 28, 30, 28, 52, 40, 25, 37, 44, 10, 14, 20, 28, 40, 51]
    rho = spearman(x, y)
    assert rho == pytest.approx(0.8699639, abs=5e-8)
    assert interval(rho, 15) == pytest.approx((0.5840951, 0.9638297), abs=5e-8)


def test_the_interval_holds_the_true_rho_about_as_often_as_it_says():
    rng = np.random.default_rng(4)
    r = 0.6
    true_rho = 6 / math.pi * math.asin(r / 2)
    held = 0
    for _ in range(600):
        x = rng.normal(size=20)
        low, high = interval(spearman(x, r * x + math.sqrt(1 - r * r) * rng.normal(size=20)), 20)
        held += low <= true_rho <= high
    assert 0.92 <= held / 600 <= 0.98


def test_a_perfect_rank_order_and_three_patients_have_no_interval():
    assert interval(1.0, 20) is None
    assert interval(-1.0, 20) is None
    assert interval(0.5, 3) is None


def test_a_constant_has_no_rho():
    assert math.isnan(spearman([1.0] * 5, [1, 2, 3, 4, 5]))


@pytest.mark.parametrize("n", [11, 20, 35])
def test_monotone_transforms_change_nothing_and_reversal_turns_the_sign(n):
    x, y = values(n, n)
    assert spearman(np.exp(x), y**3) == spearman(x, y)
    assert association_p(np.exp(x), y**3, "name") == association_p(x, y, "name")
    assert spearman(-x, y) == -spearman(x, y)
    assert spearman(y, x) == spearman(x, y)


@pytest.mark.parametrize("n", [11, 35])
def test_the_order_of_the_patients_changes_no_p_that_is_not_drawn(n):
    x, y = values(n, 2)
    order = np.random.default_rng(9).permutation(n)
    assert association_p(x[order], y[order], "name") == association_p(x, y, "name")


def test_one_variable_held_fixed_gives_the_textbook_partial_correlation():
    x, y = values(18, 11)
    z = x + y + values(18, 12)[0]
    xy, xz, yz = spearman(x, y), spearman(x, z), spearman(y, z)
    by_hand = (xy - xz * yz) / math.sqrt((1 - xz**2) * (1 - yz**2))
    rho, p = partial_spearman(x, y, doubled_ranks(z)[:, np.newaxis].astype(float))
    assert rho == pytest.approx(by_hand, abs=1e-12)
    t = abs(by_hand) * math.sqrt(15 / (1 - by_hand**2))
    assert p == pytest.approx(2 * stats.t.sf(t, 15), rel=1e-9)


def test_a_batch_effect_that_makes_the_association_goes_when_it_is_held_fixed():
    rng = np.random.default_rng(6)
    batch = np.repeat([0.0, 1.0], 20)
    x, y = 5 * batch + rng.normal(size=40), 5 * batch + rng.normal(size=40)
    rho, p = partial_spearman(x, y, batch[:, np.newaxis])
    assert spearman(x, y) > 0.7
    assert abs(rho) < 0.35
    assert p > 0.03


def test_a_partial_correlation_of_nothing_is_zero_and_not_rounding():
    x, y = [1, 2, 3, 4] * 3, [1, 1, 2, 2, 2, 2, 1, 1, 1, 1, 2, 2]
    fixed = np.array([[float(place % 2)] for place in range(12)])
    rho, p = partial_spearman(x, y, fixed)
    assert rho == round(rho, 12)
    assert 0 < p <= 1


def test_nothing_is_left_of_a_side_that_the_fixed_variable_explains():
    x, y = values(15, 1)
    assert partial_spearman(x, y, doubled_ranks(x)[:, np.newaxis].astype(float)) is None
