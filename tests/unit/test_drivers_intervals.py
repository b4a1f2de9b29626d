"""The exact binomial interval, against scipy's own and by its defining property."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sclcohort.drivers.intervals import clopper_pearson


@given(st.integers(1, 400).flatmap(lambda trials: st.tuples(st.integers(0, trials), st.just(trials))))
def test_the_interval_is_that_of_scipy(reads):
    alt, depth = reads
    expected = stats.binomtest(alt, depth).proportion_ci(confidence_level=0.95, method="exact")
    assert clopper_pearson(alt, depth) == pytest.approx((expected.low, expected.high), abs=1e-9)


def test_a_wider_coverage_gives_a_wider_interval():
    low, high = clopper_pearson(30, 100)
    wider_low, wider_high = clopper_pearson(30, 100, coverage=0.99)
    assert wider_low < low < 0.3 < high < wider_high


@pytest.mark.parametrize("depth", [1, 7, 300])
def test_no_read_and_every_read_reach_the_ends(depth):
    assert clopper_pearson(0, depth)[0] == 0.0
    assert clopper_pearson(depth, depth)[1] == 1.0
