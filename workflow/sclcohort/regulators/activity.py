"""Activity of regulators in each sample, by a univariate linear model over the genes of the matrix.

For one sample and one regulator, the log2 expression of every gene of the matrix is regressed on the regulator's
weights (0 for a gene that is no target), and the activity is t of the slope: the model ULM of Badia-i-Mompel et al.
2022 Bioinform Adv 2:vbac016, doi:10.1093/bioadv/vbac016. The mean of the targets by weight stands beside it. A sample
is judged against its own genes alone, so a cohort that grows changes none; but t depends on which genes the matrix
holds, and is comparable within one matrix only.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from sclcohort.errors import StepError, TableError
from sclcohort.regulators.units import TRANSCRIPTOME_MIN_GENES

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    from sclcohort.regulators.universe import Universe
    from sclcohort.tables import Cell

# Choice of this workflow: fewer genes are a panel, picked for what they are, and no background to stand out from. The
# 80 genes of the four programmes would only measure one programme against the others.
BACKGROUND_MIN_GENES = 500
# Samples that are worked on at once: 20,000 genes of them are 20 MB.
BLOCK_SAMPLES = 128
# A sample whose variance is less than this fraction of its mean square is centred before it is squared; above, the
# difference of the two sums keeps 12 digits of 15.
FLAT = 1e-3
# Hill's approximation is exact to 1e-10 of p from here on (compared with the incomplete beta function).
NORMAL_MIN_DEGREES = 5_000
# scipy.stats.linregress keeps a perfect correlation from dividing by zero with the same number.
TINY = 1e-20


@dataclass(frozen=True)
class Weights:
    """A regulon on the genes of one matrix.

    Parameters
    ----------
    regulators : tuple of str
        In sorted order; those without a measured target are among them.
    matrix : csr_array, regulators x genes
        Weight of each measured target, 0 elsewhere.
    targets_measured : ndarray of int, regulators
        Targets that are genes of the matrix.
    sums, sizes, squares : ndarray, regulators
        Sum of the weights, of their absolute values, and of their squares.
    """

    regulators: tuple[str, ...]
    matrix: csr_array[np.float64, tuple[int, int]]
    targets_measured: NDArray[np.int64]
    sums: NDArray[np.float64]
    sizes: NDArray[np.float64]
    squares: NDArray[np.float64]


@dataclass(frozen=True)
class Products:
    """Expression of some samples against the weights of a regulon.

    Parameters
    ----------
    sums : ndarray, regulators x samples
        Sum of weight times expression.
    covariance : ndarray, regulators x samples
        The same of expression less the sample's mean.
    squares : ndarray, samples
        Sum of squares of that; NaN for a sample that is constant.
    """

    sums: NDArray[np.float64]
    covariance: NDArray[np.float64]
    squares: NDArray[np.float64]


@dataclass(frozen=True)
class Activities:
    """Activity of every regulator in every column of a matrix.

    Parameters
    ----------
    samples, regulators : tuple of str
        Columns of the matrix, and the regulators of the regulon.
    score, p_value, p_adjusted : ndarray, regulators x samples
        t, its two-sided p, and that adjusted within the sample; NaN where not assessable.
    weighted_mean : ndarray, regulators x samples
        Mean of the targets by weight; NaN where `score` is.
    targets_measured : ndarray of int, regulators
        Targets that are genes of the matrix.
    genes : int
        Genes of the matrix; t has two degrees of freedom fewer.
    """

    samples: tuple[str, ...]
    regulators: tuple[str, ...]
    score: NDArray[np.float64]
    p_value: NDArray[np.float64]
    p_adjusted: NDArray[np.float64]
    weighted_mean: NDArray[np.float64]
    targets_measured: NDArray[np.int64]
    genes: int

    @cached_property
    def places(self) -> Mapping[str, int]:
        """Return where each column of the matrix stands in `samples`."""
        return {sample: place for place, sample in enumerate(self.samples)}


def check_regulons(regulons: pd.DataFrame) -> None:
    """Refuse a regulon table without rows, with an edge twice, or with a weight of 0.

    Raises
    ------
    TableError
        Any of these; the contract has refused the rest.
    """
    if regulons.empty:
        raise TableError("regulons.tsv: has no row; fix: give each regulator at least one target")
    for at_fault, why, fix in (
        (regulons.duplicated(["source", "target"]), "is there twice", "keep one of the rows"),
        (regulons["weight"] == 0, "has the weight 0", "a gene that is no target has no row"),
    ):
        edges = regulons[at_fault]
        if len(edges):
            edge = " to ".join(edges.iloc[0][["source", "target"]])
            raise TableError(f"regulons.tsv: {edge} {why}; fix: {fix}")


def weights_of(genes: Sequence[str], regulons: pd.DataFrame) -> Weights:
    """Return the weights of a regulon on the genes of a matrix.

    Parameters
    ----------
    genes : sequence of str
        Genes of the matrix, each once.
    regulons : DataFrame
        The resource table; targets that are none of `genes` are left out.

    Returns
    -------
    Weights
    """
    from scipy.sparse import csr_array

    position = {gene: number for number, gene in enumerate(genes)}
    regulators = tuple(sorted(set(regulons["source"])))
    row = {regulator: number for number, regulator in enumerate(regulators)}
    measured = regulons[regulons["target"].isin(list(position))].sort_values(["source", "target"], kind="stable")
    rows = measured["source"].map(row).to_numpy(dtype=np.int64)
    columns = measured["target"].map(position).to_numpy(dtype=np.int64)
    values = measured["weight"].to_numpy(dtype=np.float64)
    matrix = csr_array((values, (rows, columns)), shape=(len(regulators), len(position)))
    sums, sizes, squares = (
        np.bincount(rows, powers, minlength=len(regulators)).astype(np.float64)
        for powers in (values, np.abs(values), values**2)
    )
    measured_targets = np.bincount(rows, minlength=len(regulators)).astype(np.int64)
    return Weights(regulators, matrix, measured_targets, sums, sizes, squares)


def products_of(expression: NDArray[np.float64], weights: Weights) -> Products:
    """Return what every score of a sample rests on: its sums over the genes, and over each regulator's targets.

    Parameters
    ----------
    expression : ndarray, genes x samples
        log2 expression, finite. All genes of the matrix, not the targets alone. Fastest where it is contiguous and
        has some 100 samples.
    weights : Weights
        On the same genes.

    Returns
    -------
    Products

    Raises
    ------
    StepError
        Fewer than three genes, genes that are not those of the weights, values that are not finite.
    """
    from scipy.sparse import csr_array

    genes = weights.matrix.shape[1]
    if expression.shape[0] != genes:
        raise StepError(
            f"{expression.shape[0]} genes of expression and {genes} of weights; fix: give them on the same genes"
        )
    if genes < 3:
        raise StepError(f"a slope needs at least three genes, the matrix has {genes}")
    block = np.ascontiguousarray(expression)
    # A sparse product adds up gene by gene, the same way however many samples there are; numpy's sums do not.
    totals = np.asarray(csr_array(np.ones((1, genes))) @ block)[0]
    if not np.isfinite(totals).all():
        raise StepError("expression holds values that are not finite; fix: take the gene or the sample out")
    sums = np.asarray(weights.matrix @ block)
    squares = _squares_of(block)
    means = totals / genes
    centred = squares - totals * means
    covariance = sums - np.multiply.outer(weights.sums, means)
    flat = np.flatnonzero(centred <= FLAT * squares)
    if len(flat):
        # What a large mean has rounded away; one that is constant to the last bit has no slope.
        varied = block[:, flat] - means[flat]
        varied -= np.asarray(csr_array(np.ones((1, genes))) @ varied) / genes
        covariance[:, flat] = np.asarray(weights.matrix @ varied)
        constant = (block[:, flat] == block[0, flat]).all(axis=0)
        centred[flat] = np.where(constant, np.nan, _squares_of(varied))
    return Products(sums, covariance, centred)


def _squares_of(block: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the sum of squares of each column, added up gene by gene."""
    # einsum adds a single column up in another order than the same one beside others.
    pair = block if block.shape[1] > 1 else np.repeat(block, 2, axis=1)
    return np.asarray(np.einsum("ij,ij->j", pair, pair)[: block.shape[1]])


def ulm(products: Products, weights: Weights) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return t and p of the slope of each sample's expression on each regulator's weights.

    With r the correlation of the n genes' expression with their weights, ``t = r * sqrt((n - 2) / (1 - r^2))`` on n - 2
    degrees of freedom: what an ordinary regression of one on the other gives.

    Parameters
    ----------
    products : Products
        As given by `products_of`.
    weights : Weights
        The same.

    Returns
    -------
    t, p : ndarray, regulators x samples
        p is two-sided. Both NaN for a sample that is constant, and for a regulator whose weights are: without a
        measured target, or with all genes as equal ones.

    Notes
    -----
    Badia-i-Mompel et al. 2022 Bioinform Adv 2:vbac016, doi:10.1093/bioadv/vbac016.
    """
    n = weights.matrix.shape[1]
    # Centred expression adds up to 0, so that the weights need no centring and stay sparse.
    spread = weights.squares - weights.sums**2 / n
    # Equal weights on all genes leave rounding alone.
    spread = np.where(spread > 1e-12 * weights.squares, spread, np.nan)
    r = products.covariance / np.sqrt(np.multiply.outer(spread, products.squares))
    np.clip(r, -1.0, 1.0, out=r)
    t = r * np.sqrt((n - 2) / ((1.0 - r + TINY) * (1.0 + r + TINY)))
    return t, two_sided_p(t, n - 2)


def two_sided_p(t: NDArray[np.float64], degrees: int) -> NDArray[np.float64]:
    """Return the two-sided p of Student's t.

    Parameters
    ----------
    t : ndarray
        Any; NaN stays NaN.
    degrees : int
        Degrees of freedom, 1 or more.

    Notes
    -----
    With many degrees of freedom the distribution is the normal one of a transformed t: Hill 1970 Commun ACM 13:617
    (algorithm 395), doi:10.1145/355598.355599. Several times faster than the incomplete beta function, and equal to it
    within 1e-10 of p from `NORMAL_MIN_DEGREES` on, down to the smallest p that is above 0.
    """
    from scipy.special import ndtr, stdtr

    if degrees < NORMAL_MIN_DEGREES:
        return np.asarray(2 * stdtr(degrees, -np.abs(t)))
    a = degrees - 0.5
    b = 48 * a**2
    y = a * np.log1p(t * t / degrees)
    tail = (((-0.4 * y - 3.3) * y - 24.0) * y - 85.5) / ((0.8 * y) * y + (100.0 + b))
    return np.asarray(2 * ndtr(-((tail + y + 3.0) / b + 1.0) * np.sqrt(y)))


def weighted_mean(products: Products, weights: Weights) -> NDArray[np.float64]:
    """Return the mean of each regulator's targets in each sample, by weight: ``sum(w * x) / sum(|w|)``.

    A target of weight -1 counts with its expression turned around. The mean looks at the targets alone: it says how
    high they are, not whether they are higher than other genes, and has no p value but by permutation of genes.

    Parameters
    ----------
    products : Products
        As given by `products_of`.
    weights : Weights
        The same.

    Returns
    -------
    ndarray, regulators x samples
        log2(TPM + 1); NaN for a regulator without a measured target.

    Notes
    -----
    `waggr` with ``fun="wmean"`` of decoupler, Badia-i-Mompel et al. 2022 Bioinform Adv 2:vbac016,
    doi:10.1093/bioadv/vbac016.
    """
    sizes = np.where(weights.sizes > 0, weights.sizes, np.nan)
    return np.asarray(products.sums / sizes[:, np.newaxis])


def adjust(p_values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Adjust p values for the false discovery rate within each sample.

    Parameters
    ----------
    p_values : ndarray, regulators x samples
        NaN where a regulator was not tested; it then does not count.

    Returns
    -------
    ndarray, regulators x samples
        From 0 to 1, NaN where `p_values` is.

    Notes
    -----
    Benjamini and Hochberg 1995 J R Stat Soc B 57:289: of m tests, the i-th smallest p becomes the smallest of
    ``p_j * m / j`` over all j from i on.
    """
    by_sample = np.ascontiguousarray(p_values.T)
    tested = (~np.isnan(by_sample)).sum(axis=1, keepdims=True)
    # NaN last. Equal p get the same whatever their order, so that the sort need not be a stable one, which is slower.
    order = np.argsort(by_sample, axis=1)
    scaled = np.take_along_axis(by_sample, order, axis=1) * (tested / np.arange(1, by_sample.shape[1] + 1))
    smallest = np.fmin.accumulate(scaled[:, ::-1], axis=1)[:, ::-1]
    adjusted = np.empty_like(by_sample)
    np.put_along_axis(adjusted, order, np.minimum(smallest, 1.0), axis=1)
    return np.where(np.isnan(p_values), np.nan, adjusted.T)


def score_activities(universe: Universe, regulons: pd.DataFrame, *, min_targets: int) -> Activities:
    """Compute the activity of every regulator in every column of a matrix.

    Parameters
    ----------
    universe : Universe
        All genes of the matrix.
    regulons : DataFrame
        The resource table.
    min_targets : int
        Least measured targets of a regulator that is scored.

    Returns
    -------
    Activities
        All NaN where the matrix holds fewer than `BACKGROUND_MIN_GENES` genes.
    """
    weights = weights_of(universe.genes, regulons)
    shape = (len(weights.regulators), len(universe.samples))
    score, p_value, p_adjusted, mean = (np.full(shape, np.nan) for _ in range(4))
    scored = np.flatnonzero(weights.targets_measured >= min_targets)
    if len(universe.genes) >= BACKGROUND_MIN_GENES:
        for block, log2 in universe.blocks(BLOCK_SAMPLES):
            products = products_of(log2, weights)
            t, p = ulm(products, weights)
            score[scored, block], p_value[scored, block] = t[scored], p[scored]
            p_adjusted[scored, block] = adjust(p[scored])
            mean[scored, block] = np.where(np.isnan(t), np.nan, weighted_mean(products, weights))[scored]
    return Activities(
        universe.samples,
        weights.regulators,
        score,
        p_value,
        p_adjusted,
        mean,
        weights.targets_measured,
        len(universe.genes),
    )


def reason_of(activities: Activities, regulator: int, sample: int, *, min_targets: int) -> str:
    """Return why an activity is not assessable, or what a reader should know of one that is.

    Parameters
    ----------
    activities : Activities
        As given by `score_activities`.
    regulator, sample : int
        Positions, from 0.
    min_targets : int
        As for `score_activities`.
    """
    targets, genes = int(activities.targets_measured[regulator]), activities.genes
    if genes < BACKGROUND_MIN_GENES:
        return f"the matrix has {genes} genes: no background, {BACKGROUND_MIN_GENES} needed"
    if targets < min_targets:
        return f"{targets} of its targets measured, {min_targets} needed"
    if np.isnan(activities.score[regulator, sample]):
        return "the sample, or the regulator's weight, is the same for every gene of the matrix"
    if genes <= TRANSCRIPTOME_MIN_GENES:
        return f"the background is the {genes} genes of the matrix, no whole transcriptome"
    return ""


def activity_rows(
    sample_id: str, column: str, activities: Activities, *, min_targets: int
) -> Iterator[dict[str, Cell]]:
    """Yield a sample's rows of ACTIVITY, one for each regulator.

    Parameters
    ----------
    sample_id : str
        The sample.
    column : str
        Its column of the matrix.
    activities : Activities
        As given by `score_activities`.
    min_targets : int
        As for `score_activities`.
    """
    sample = activities.places[column]
    numbers = (activities.score, activities.p_value, activities.p_adjusted, activities.weighted_mean)
    by_regulator = zip(*(values[:, sample].tolist() for values in numbers), strict=True)
    for number, (regulator, (score, p_value, p_adjusted, mean)) in enumerate(
        zip(activities.regulators, by_regulator, strict=True)
    ):
        row: dict[str, Cell] = {
            "sample_id": sample_id,
            "regulator": regulator,
            "state": "not_assessable" if math.isnan(score) else "assessed",
            "targets_measured": int(activities.targets_measured[number]),
            "genes": activities.genes,
            "reason": reason_of(activities, number, sample, min_targets=min_targets),
        }
        if not math.isnan(score):
            row |= {
                "score": score,
                "p_value": p_value,
                "p_adjusted": p_adjusted,
                "weighted_mean": mean,
            }
        yield row


def rows_without_activity(sample_id: str, regulons: pd.DataFrame, reason: str) -> Iterator[dict[str, Cell]]:
    """Yield the rows of ACTIVITY of a sample whose expression cannot be used."""
    for regulator in sorted(set(regulons["source"])):
        yield {"sample_id": sample_id, "regulator": regulator, "state": "not_assessable", "reason": reason}
