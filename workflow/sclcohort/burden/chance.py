"""How likely it is that so many patients carry a mutation in a gene by chance, and what a cohort can find.

A patient's mutations fall on sites at the patient's own rate. That rate is not known but was counted: `count`
mutations on `sites` background sites. With Jeffreys' prior the rate has a gamma distribution, and the mutations on
other sites follow from it; the number of patients with at least one is a sum of unequal coins (Poisson-binomial).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import special

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Counts = NDArray[np.int64]

# Shape that Jeffreys' prior of a Poisson rate adds to a count.
JEFFREYS = 0.5


def mutated_probability(count: NDArray[Any], sites: Array, gene_sites: Array) -> Array:
    """Return the probability of one mutation or more on the sites of a gene, given a background count.

    Parameters
    ----------
    count : array
        Mutations counted on the background sites of a patient.
    sites : array
        Background sites, above 0.
    gene_sites : array
        Nonsilent sites of the gene, at least 0. All three broadcast.

    Returns
    -------
    array
        1 - (sites / (sites + gene_sites)) ** (count + 1/2): the gamma posterior of the rate, integrated out.
    """
    return -np.expm1(-(count + JEFFREYS) * np.log1p(gene_sites / sites))


def upper_tails(probabilities: Array, most: int) -> Array:
    """Return the exact probabilities of at least 0, 1, ..., `most` successes of unequal coins.

    Parameters
    ----------
    probabilities : array, rows x coins
        Chance of success of each coin.
    most : int
        Largest number of successes asked for.

    Returns
    -------
    array, rows x (most + 1)
        Sums of positive terms alone, so that small tails keep their digits.
    """
    rows = len(probabilities)
    # Rows lie side by side in memory: the loop is over coins, all rows and counts at once.
    exactly, tails = np.zeros((most + 1, rows)), np.zeros((most + 1, rows))
    exactly[0] = tails[0] = 1.0
    stepping = np.empty((most, rows))
    for success in np.ascontiguousarray(probabilities.T):
        np.multiply(exactly[:-1], success, out=stepping)
        # The coin that makes it k successes is the last that matters: from then on it is at least k.
        tails[1:] += stepping
        exactly *= 1 - success
        exactly[1:] += stepping
    return tails.T


def tails_beyond(mixture: Sequence[tuple[Array, Array]], observed: Counts, alpha: float) -> tuple[Array, Counts]:
    """Return the p-value of each row, and the least number of successes that would be significant.

    Parameters
    ----------
    mixture : sequence of (array, array)
        Sets of coins that a row may have: the probability of the set, by row, and the chance of success of each
        coin, rows x coins. The probabilities of a row add up to 1.
    observed : array of int
        Successes seen, one per row.
    alpha : float
        Significance level, one-sided.

    Returns
    -------
    array
        P(at least `observed`), one per row.
    array of int
        Least number whose p-value is at most `alpha`; coins + 1 where not even all successes would do.
    """
    rows, coins = mixture[0][1].shape
    most = min(coins, max(8, int(observed.max(initial=0))))
    while True:
        tails = np.zeros((rows, most + 1))
        for weights, probabilities in mixture:
            tails += weights[:, np.newaxis] * upper_tails(probabilities, most)
        found = tails <= alpha
        if most == coins or found.any(axis=1).all():
            break
        most = min(coins, 2 * most)
    critical = np.where(found.any(axis=1), found.argmax(axis=1), coins + 1)
    # A chance below the least positive number is small, not none.
    return np.maximum(tails[np.arange(rows), observed], np.finfo(float).tiny), critical


def least_detectable(patients: NDArray[Any], critical: NDArray[Any], power: float) -> Array:
    """Return the least fraction of patients that must be mutated for a gene to be found.

    Parameters
    ----------
    patients, critical : array of int
        Patients tested, and the mutated ones that are significant.
    power : float
        Probability to find it.

    Returns
    -------
    array
        Fraction of patients, background included; NaN where no number of patients is significant. All are taken to
        be mutated with that one probability: unequal ones of the same mean vary less (Wang 1993, Stat Sinica 3:295), so
        that the power is hardly ever lower.
    """
    possible = (critical >= 1) & (critical <= patients)
    safe = np.where(possible, critical, 1)
    fraction = special.betaincinv(safe, np.maximum(patients - safe + 1, 1), power)
    return np.where(possible, fraction, np.nan)


def adjusted(p_values: Array) -> Array:
    """Return p-values adjusted for the false discovery rate (Benjamini and Hochberg 1995, J R Stat Soc B 57:289)."""
    order = np.argsort(p_values, kind="stable")[::-1]
    ranks = np.arange(len(p_values), 0, -1)
    scaled = np.minimum.accumulate(p_values[order] * len(p_values) / ranks)
    result = np.empty(len(p_values))
    result[order] = np.minimum(scaled, 1.0)
    return result
