"""The statistics of the recurrence test, against enumeration, scipy and simulation."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats

from sclcohort.burden.chance import adjusted, least_detectable, mutated_probability, tails_beyond, upper_tails

CHANCES = st.lists(st.floats(0, 1), min_size=1, max_size=7)


def alone(chances):
    """Return chances as the only ones that rows may have."""
    return [(np.ones(len(chances)), chances)]


@given(CHANCES)
def test_tails_of_unequal_coins_are_those_of_all_outcomes_enumerated(chances):
    exact = [0.0] * (len(chances) + 1)
    for outcome in itertools.product((0, 1), repeat=len(chances)):
        weight = np.prod([one if hit else 1 - one for one, hit in zip(chances, outcome, strict=True)])
        exact[sum(outcome)] += weight
    tails = [sum(exact[number:]) for number in range(len(exact))]
    assert upper_tails(np.array([chances]), len(chances))[0] == pytest.approx(tails, abs=1e-12)


def test_tails_keep_their_digits_far_out():
    chances = np.full((1, 300), 0.003)
    found = upper_tails(chances, 60)[0]
    expected = [stats.binom.sf(number - 1, 300, 0.003) for number in range(61)]
    assert found == pytest.approx(expected, rel=1e-9)
    assert 0 < found[60] < 1e-80


def test_tails_do_not_depend_on_the_order_of_patients_or_on_other_genes():
    stream = np.random.default_rng(3)
    chances = stream.random((5, 40)) * 0.1
    observed = np.array([0, 1, 3, 9, 40])
    p_values, critical = tails_beyond(alone(chances), observed, 1e-4)
    shuffled = tails_beyond(alone(chances[:, ::-1]), observed, 1e-4)
    single = [tails_beyond(alone(chances[[row]]), observed[[row]], 1e-4) for row in range(5)]
    assert p_values == pytest.approx(shuffled[0])
    assert p_values == pytest.approx([one[0][0] for one in single])
    assert list(critical) == list(shuffled[1]) == [one[1][0] for one in single]
    assert p_values[0] == 1


def test_a_mixture_has_the_mean_tails_of_its_parts():
    one, other = np.full((2, 30), 0.01), np.full((2, 30), 0.2)
    weights = np.array([0.75, 0.4])
    p_values, critical = tails_beyond([(weights, one), (1 - weights, other)], np.array([2, 3]), 1e-4)
    for row, (weight, seen) in enumerate(zip(weights, (2, 3), strict=True)):
        tails = weight * stats.binom.sf(np.arange(31) - 1, 30, 0.01) + (1 - weight) * stats.binom.sf(
            np.arange(31) - 1, 30, 0.2
        )
        assert p_values[row] == pytest.approx(tails[seen])
        assert critical[row] == np.flatnonzero(tails <= 1e-4)[0]


def test_the_critical_number_is_the_first_whose_tail_is_small_enough():
    for size, chance in ((36, 0.004), (200, 0.02), (50, 0.5)):
        _, critical = tails_beyond(alone(np.full((1, size), chance)), np.array([0]), 2.5e-6)
        assert stats.binom.sf(critical[0] - 1, size, chance) <= 2.5e-6 < stats.binom.sf(critical[0] - 2, size, chance)


def test_where_not_even_all_patients_are_significant_nothing_is_detectable():
    _, critical = tails_beyond(alone(np.full((1, 3), 0.5)), np.array([3]), 0.05)
    assert critical[0] == 4
    assert np.isnan(least_detectable(np.array([3]), critical, 0.8)[0])


def test_a_gene_at_its_detectable_fraction_is_found_with_the_stated_power():
    patients, critical = np.array([36, 100, 500]), np.array([5, 6, 12])
    fraction = least_detectable(patients, critical, 0.8)
    assert stats.binom.sf(critical - 1, patients, fraction) == pytest.approx(0.8)
    assert (np.diff(fraction) < 0).all()


def test_unequal_patients_of_the_same_mean_are_found_at_least_as_often():
    stream = np.random.default_rng(5)
    fraction = float(least_detectable(np.array([60]), np.array([6]), 0.8)[0])
    for spread in (0.2, 0.5, 0.9):
        chances = fraction * (1 + spread * np.linspace(-1, 1, 60))
        stream.shuffle(chances)
        assert upper_tails(chances[np.newaxis], 6)[0, 6] >= 0.8


def test_36_patients_at_one_mutation_per_megabase_find_4_percent_of_genes_mutated_in_5_percent():
    """A gene of 1,500 coding bases, three quarters nonsilent, at 3.9 times the mean rate, among 20,000 genes.

    The 5 % come on top of the background.
    """
    chance = 1 - np.exp(-3.9e-6 * 1500 * 0.75)
    _, critical = tails_beyond(alone(np.full((1, 36), chance)), np.array([0]), 0.05 / 20_000)
    assert critical[0] == 5
    assert stats.binom.sf(critical[0] - 1, 36, 0.05 + 0.95 * chance) == pytest.approx(0.04, abs=0.005)


@pytest.mark.parametrize(
    ("count", "sites", "gene_sites"), [(0, 1e6, 1e3), (10, 1e6, 1e3), (200, 3e7, 5e4), (3, 500, 500)]
)
def test_the_probability_of_a_mutation_is_that_of_a_gamma_rate(count, sites, gene_sites):
    rate = stats.gamma(count + 0.5, scale=1 / sites).ppf
    expected = integrate.quad(lambda quantile: 1 - np.exp(-rate(quantile) * gene_sites), 0, 1)[0]
    found = mutated_probability(np.array(count), np.array(sites), np.array(gene_sites))
    assert found == pytest.approx(expected, rel=1e-4)


@given(st.integers(0, 500), st.floats(1e3, 1e8), st.floats(0, 1e5))
def test_the_probability_grows_with_the_gene_and_with_the_background(count, sites, gene_sites):
    one, longer, denser = mutated_probability(
        np.array([count, count, count + 1]), np.full(3, sites), np.array([gene_sites, 2 * gene_sites, gene_sites])
    )
    assert 0 <= one <= longer <= 1
    assert one <= denser


@given(st.lists(st.floats(0, 1), min_size=1, max_size=40))
def test_adjusted_p_values_are_those_of_scipy(p_values):
    assert adjusted(np.array(p_values)) == pytest.approx(stats.false_discovery_control(p_values), abs=1e-15)


def test_a_chance_too_small_to_be_written_is_not_zero():
    p_values, _ = tails_beyond(alone(np.full((1, 400), 1e-4)), np.array([400]), 0.05)
    assert 0 < p_values[0] < 1e-300
