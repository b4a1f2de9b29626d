"""How much mutation rates differ between genes, measured on silent mutations, and what that says of one gene.

A gene mutates at the rate of its sites times a factor of its own (replication timing, expression, sequence context).
Factors have a gamma distribution of mean 1; its variance is fitted to the silent mutations of all genes, which no
selection sorts. A gene's own silent mutations then sharpen what is known of its factor. Without this a test of many
patients finds long, late-replicating genes by the hundred (Lawrence et al. 2013, Nature 499:214,
doi:10.1038/nature12213).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from scipy import special

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

# Variances tried: none, then in steps of 4 %. Below 0.01 (factors of 0.8 to 1.2) a spread changes nothing.
VARIANCES = np.concatenate([[0.0], np.geomspace(0.01, 4.0, 160)])
# Half of the 95 % quantile of chi-square with one degree of freedom: the fall of the log likelihood in the interval.
LIKELIHOOD_FALL = 1.92
# Points of the quadrature: exact for polynomials up to degree 23.
NODES = 12


class Spread(NamedTuple):
    """Variance of the factors of genes, with the ends of its 95 % profile-likelihood interval."""

    variance: float
    low: float
    high: float


NO_SPREAD = Spread(0.0, 0.0, 0.0)


def fit_spread(silent: NDArray[Any], expected: Array) -> Spread:
    """Return the variance of the factors of genes that explains their silent mutations best.

    Parameters
    ----------
    silent : array of int
        Silent mutations of each gene, of all patients together.
    expected : array
        What is expected of them, were all factors 1.

    Returns
    -------
    Spread
        Maximum likelihood among `VARIANCES`: of a Poisson for 0, else of a negative binomial.
    """
    kept = expected > 0
    count, mean = silent[kept].astype(float), expected[kept]
    if not count.sum():
        return Spread(0.0, 0.0, float(VARIANCES[-1]))
    likelihood = np.array([_log_likelihood(count, mean, float(variance)) for variance in VARIANCES])
    inside = VARIANCES[likelihood >= likelihood.max() - LIKELIHOOD_FALL]
    return Spread(float(VARIANCES[likelihood.argmax()]), float(inside[0]), float(inside[-1]))


def _log_likelihood(count: Array, mean: Array, variance: float) -> float:
    """Return the log likelihood of counts, without what does not depend on the variance."""
    if not variance:
        return float((special.xlogy(count, mean) - mean).sum())
    shape = 1 / variance
    terms = special.gammaln(count + shape) - special.gammaln(shape) + special.xlogy(count, mean)
    return float((terms + shape * np.log(shape) - (count + shape) * np.log(shape + mean)).sum())


def gamma_nodes(shape: float) -> tuple[Array, Array]:
    """Return points and weights that stand for a gamma distribution of scale 1.

    Parameters
    ----------
    shape : float
        Above 0.

    Returns
    -------
    array, array
        Gauss-Laguerre quadrature from the eigenvalues of its Jacobi matrix (Golub and Welsch 1969, Math Comp 23:221);
        the weights add up to 1.
    """
    steps = np.arange(NODES, dtype=float)
    between = np.sqrt(steps[1:] * (steps[1:] + shape - 1))
    points, vectors = np.linalg.eigh(np.diag(2 * steps + shape) + np.diag(between, 1) + np.diag(between, -1))
    return points, vectors[0] ** 2


def factor_nodes(spread: Spread, silent: NDArray[Any], expected: Array) -> tuple[Array, Array]:
    """Return what is known of the factor of each gene, as points and weights.

    Parameters
    ----------
    spread : Spread
        As `fit_spread` gives it.
    silent, expected : array
        Silent mutations of each gene, and what is expected of them at factor 1.

    Returns
    -------
    array, array, genes x nodes
        Of the gamma distribution with the gene's own silent mutations added; one node, 1, where there is no spread.
    """
    if not spread.variance:
        return np.ones((len(silent), 1)), np.ones((len(silent), 1))
    shape = 1 / spread.variance
    known = {int(count): gamma_nodes(shape + int(count)) for count in np.unique(silent)}
    points = np.array([known[int(count)][0] for count in silent]).reshape(-1, NODES)
    weights = np.array([known[int(count)][1] for count in silent]).reshape(-1, NODES)
    return points / (shape + expected)[:, np.newaxis], weights
