"""Rank correlation of two measurements over few tumours: rho, its p, its interval, and rho with others held fixed.

Ranks are doubled to whole numbers, so that ties (half ranks) stay exact: a permutation counts as being as extreme
as the data by comparing integers, never by comparing sums of fractions.
"""

from __future__ import annotations

import functools
import hashlib
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]
    Counts = NDArray[np.int64]

# Choice: up to here the full distribution takes a tenth of a second or less; it doubles with every tumour.
MOST_EXACT = 12
# From here on the t approximation is used, as the requirement of this workflow has it.
LEAST_APPROXIMATE = 30
# Choice: a p of 0.05 has a standard error of 0.0007, and the smallest p is 0.00001.
PERMUTATIONS = 99_999
QUANTILE = 1.959963984540054  # of the standard normal, 97.5 %


@dataclass(frozen=True)
class Tested:
    """A p-value and how it was found.

    Parameters
    ----------
    p_value : float
        Two-sided.
    method : str
        ``exact``, ``monte_carlo`` or ``t_approximation``.
    permutations : int or None
        Permutations looked at: all n! of them, or those drawn.
    """

    p_value: float
    method: str
    permutations: int | None


def doubled_ranks(values: Sequence[float] | Numbers) -> Counts:
    """Return twice the rank of each value, from 2 (lowest) on; ties share their mean rank."""
    numbers = np.asarray(values, dtype=np.float64)
    ordered = np.sort(numbers)
    below, up_to = np.searchsorted(ordered, numbers, "left"), np.searchsorted(ordered, numbers, "right")
    return (below + up_to + 1).astype(np.int64)


def spearman(x: Sequence[float] | Numbers, y: Sequence[float] | Numbers) -> float:
    """Return Spearman's rho; NaN where one side is constant."""
    return _rho_of(doubled_ranks(x), doubled_ranks(y))


def _rho_of(x: Counts, y: Counts) -> float:
    n = len(x)
    spread_x, spread_y = int(n * (x @ x) - x.sum() ** 2), int(n * (y @ y) - y.sum() ** 2)
    if spread_x == 0 or spread_y == 0:
        return math.nan
    return _excess(x, y) / math.sqrt(spread_x * spread_y)


def _excess(x: Counts, y: Counts) -> int:
    """Return n times the sum of products less the product of sums: zero without association, a whole number."""
    return int(len(x) * (x @ y) - x.sum() * y.sum())


def _smallest(ranks: Counts) -> Counts:
    """Return ranks as the smallest whole numbers with the same steps: products stay small, nothing else changes."""
    shifted = ranks - ranks.min()
    step = int(np.gcd.reduce(shifted)) or 1
    smallest: Counts = shifted // step
    return smallest


def exact_p(x: Sequence[float] | Numbers, y: Sequence[float] | Numbers) -> float:
    """Return the two-sided p of rho over all n! pairings.

    Parameters
    ----------
    x, y : sequence of float
        2 to `MOST_EXACT` values each; ties are allowed.

    Returns
    -------
    float
        Share of the pairings whose rho is at least as far from zero as the one seen; never 0.
    """
    one, other = _smallest(doubled_ranks(x)), _smallest(doubled_ranks(y))
    n = len(one)
    seen = abs(_excess(one, other))
    counts = _pairings(tuple(sorted(one.tolist())), tuple(sorted(other.tolist())))
    sums = np.arange(len(counts), dtype=np.int64)
    extreme = np.abs(n * sums - int(one.sum()) * int(other.sum())) >= seen
    return float(counts[extreme].sum() / math.factorial(n))


@functools.lru_cache(maxsize=256)
def _pairings(x: tuple[int, ...], y: tuple[int, ...]) -> Numbers:
    """Return how many of the n! pairings of two sets of whole numbers give each sum of products.

    Filled subset by subset: row `taken` holds the pairings of the first numbers of `x` with those of `y` in `taken`.
    Every count is a whole number far below 2 ** 53, so that the floats are exact.
    """
    n, most = len(x), int(np.dot(x, y))
    counts = np.zeros((2**n, most + 1))
    counts[0, 0] = 1.0
    for taken in range(2**n - 1):
        value = x[taken.bit_count()]
        for place in range(n):
            if not taken & (1 << place):
                step = value * y[place]
                counts[taken | (1 << place), step:] += counts[taken, : most + 1 - step]
    all_taken: Numbers = counts[-1]
    return all_taken


def monte_carlo_p(x: Sequence[float] | Numbers, y: Sequence[float] | Numbers, seed: str) -> float:
    """Return the two-sided p of rho over `PERMUTATIONS` random pairings.

    Parameters
    ----------
    x, y : sequence of float
        Values, ties allowed.
    seed : str
        Name from which the permutations are drawn; one name gives the same ones every time.

    Returns
    -------
    float
        (1 + as extreme) / (1 + drawn), which is never 0: Phipson and Smyth 2010 Stat Appl Genet Mol Biol 9:39,
        doi:10.2202/1544-6115.1585.
    """
    one, other = _smallest(doubled_ranks(x)), _smallest(doubled_ranks(y))
    n = len(one)
    seen = abs(_excess(one, other))
    sums = one[_permutations(n, seed)] @ other
    extreme = np.abs(n * sums - int(one.sum()) * int(other.sum())) >= seen
    return float((1 + int(extreme.sum())) / (1 + PERMUTATIONS))


@functools.lru_cache(maxsize=4)
def _permutations(n: int, seed: str) -> NDArray[np.int8]:
    number = int.from_bytes(hashlib.sha256(f"{seed}/{n}".encode()).digest()[:16], "big")
    generator = np.random.Generator(np.random.PCG64(number))
    return generator.permuted(np.tile(np.arange(n, dtype=np.int8), (PERMUTATIONS, 1)), axis=1)


def t_p(rho: float, freedom: int) -> float:
    """Return the two-sided p of a correlation by Student's t.

    Parameters
    ----------
    rho : float
        From -1 to 1.
    freedom : int
        Degrees of freedom, n - 2 less the variables held fixed; at least 1.

    Returns
    -------
    float
        Above 0: a p below the least positive number is that number.
    """
    if abs(rho) >= 1:
        return float(np.finfo(float).tiny)
    t = abs(rho) * math.sqrt(freedom / ((1 - rho) * (1 + rho)))
    return max(float(2 * special.stdtr(freedom, -t)), float(np.finfo(float).tiny))


def association_p(x: Sequence[float] | Numbers, y: Sequence[float] | Numbers, seed: str) -> Tested:
    """Return the p of Spearman's rho: exact, by random permutations, or by t, as the number of tumours asks.

    Parameters
    ----------
    x, y : sequence of float
        As many values each, neither constant.
    seed : str
        Of random permutations.
    """
    n = len(x)
    if n <= MOST_EXACT:
        return Tested(exact_p(x, y), "exact", math.factorial(n))
    if n < LEAST_APPROXIMATE:
        return Tested(monte_carlo_p(x, y, seed), "monte_carlo", PERMUTATIONS)
    return Tested(t_p(spearman(x, y), n - 2), "t_approximation", None)


def interval(rho: float, n: int) -> tuple[float, float] | None:
    """Return the 95 % interval of rho by Fisher's z.

    The variance of z is (1 + rho ** 2 / 2) / (n - 3): Bonett and Wright 2000 Psychometrika 65:23,
    doi:10.1007/BF02294183. None where rho is -1 or 1, of which z is not finite, and for n of 3 or less.
    """
    if abs(rho) >= 1 or n <= 3:
        return None
    half = QUANTILE * math.sqrt((1 + rho * rho / 2) / (n - 3))
    return math.tanh(math.atanh(rho) - half), math.tanh(math.atanh(rho) + half)


def partial_spearman(
    x: Sequence[float] | Numbers, y: Sequence[float] | Numbers, fixed: NDArray[np.float64]
) -> tuple[float, float] | None:
    """Return Spearman's rho with other variables held fixed, and its p.

    Parameters
    ----------
    x, y : sequence of float
        As many values each.
    fixed : array, values x variables
        What is held fixed: ranks of numbers, indicators of categories. No constant column, full rank.

    Returns
    -------
    tuple of float, or None
        Pearson's r of the residuals of the ranks, and its p by t with n - 2 - variables degrees of freedom. None where
        the fixed variables leave nothing of one side.
    """
    n, variables = fixed.shape
    design = np.column_stack([np.ones(n), fixed])
    residuals = []
    for values in (x, y):
        ranks = doubled_ranks(values).astype(np.float64)
        kept = ranks - design @ np.linalg.lstsq(design, ranks, rcond=None)[0]
        # What remains of a side that the fixed variables explain is rounding.
        if np.sum(kept**2) <= 1e-12 * max(np.sum((ranks - ranks.mean()) ** 2), 1.0):
            return None
        residuals.append(kept / math.sqrt(float(np.sum(kept**2))))
    # Twelve decimals: nothing held in common is 0, not the rounding of a sum.
    rho = min(1.0, max(-1.0, round(float(residuals[0] @ residuals[1]), 12)))
    return rho, t_p(rho, n - 2 - variables)
