"""The spread of rates between genes: measured as it was made, and known better where a gene has silent mutations."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sclcohort.burden.heterogeneity import NO_SPREAD, VARIANCES, Spread, factor_nodes, fit_spread, gamma_nodes


@given(st.floats(0.25, 400))
def test_the_nodes_of_a_gamma_distribution_have_its_moments(shape):
    points, weights = gamma_nodes(shape)
    assert (points > 0).all()
    assert weights.sum() == pytest.approx(1)
    for power in range(1, 6):
        assert (weights * points**power).sum() == pytest.approx(stats.gamma(shape).moment(power), rel=1e-6)


@pytest.mark.parametrize("variance", [0.1, 0.3, 1.0])
def test_the_spread_that_was_made_is_measured_and_mostly_within_its_interval(variance):
    stream = np.random.default_rng(7)
    found = []
    for _ in range(20):
        expected = np.exp(stream.normal(np.log(0.3), 1.0, 3000))
        found.append(fit_spread(stream.poisson(expected * stream.gamma(1 / variance, variance, 3000)), expected))
    assert np.mean([spread.variance for spread in found]) == pytest.approx(variance, rel=0.1, abs=0.02)
    assert all(spread.low <= spread.variance <= spread.high for spread in found)
    assert sum(spread.low <= variance <= spread.high for spread in found) >= 17


def test_genes_that_are_alike_have_no_spread():
    stream = np.random.default_rng(8)
    expected = np.exp(stream.normal(np.log(0.3), 1.0, 15_000))
    spread = fit_spread(stream.poisson(expected), expected)
    assert (spread.variance, spread.low) == (0, 0)
    assert spread.high < 0.1


def test_the_best_spread_is_that_of_the_negative_binomial_of_scipy():
    stream = np.random.default_rng(9)
    expected = stream.random(300) * 4
    silent = stream.poisson(expected * stream.gamma(2, 0.5, 300))
    likelihood = [
        stats.nbinom.logpmf(silent, 1 / one, 1 / (1 + one * expected)).sum()
        if one
        else stats.poisson.logpmf(silent, expected).sum()
        for one in VARIANCES
    ]
    assert fit_spread(silent, expected).variance == VARIANCES[int(np.argmax(likelihood))]


def test_without_silent_mutations_every_spread_is_possible():
    assert fit_spread(np.zeros(5, dtype=int), np.zeros(5)) == Spread(0, 0, VARIANCES[-1])


def test_the_silent_mutations_of_a_gene_say_whether_its_rate_is_high():
    points, weights = factor_nodes(Spread(0.5, 0.4, 0.6), np.array([0, 5, 0, 40]), np.array([0.0, 5.0, 5.0, 5.0]))
    means = (points * weights).sum(axis=1)
    assert means == pytest.approx([1, 1, 2 / 7, 6])


def test_without_spread_every_factor_is_one():
    points, weights = factor_nodes(NO_SPREAD, np.array([0, 9]), np.array([1.0, 1.0]))
    assert points.tolist() == weights.tolist() == [[1.0], [1.0]]
