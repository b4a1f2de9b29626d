"""Activity of regulators in each sample, by a univariate linear model over the genes of the matrix.

For one sample and one regulator, the log2 expression of every gene of the matrix is regressed on the regulator's
weights (0 for a gene that is no target), and the activity is t of the slope: the model ULM of Badia-i-Mompel et al.
2022 Bioinform Adv 2:vbac016, doi:10.1093/bioadv/vbac016. A sample is judged against its own genes alone, so a cohort
that grows changes none; but t depends on which genes the matrix holds, and is comparable within one matrix only.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
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
    """

    regulators: tuple[str, ...]
    matrix: csr_array[np.float64, tuple[int, int]]
    targets_measured: NDArray[np.int64]


@dataclass(frozen=True)
class Activities:
    """Activity of every regulator in every column of a matrix.

    Parameters
    ----------
    samples, regulators : tuple of str
        Columns of the matrix, and the regulators of the regulon.
    score, p_value, p_adjusted : ndarray, regulators x samples
        t, its two-sided p, and that adjusted within the sample; NaN where not assessable.
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
    targets_measured: NDArray[np.int64]
    genes: int


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
    return Weights(regulators, matrix, np.bincount(rows, minlength=len(regulators)).astype(np.int64))


def ulm(expression: NDArray[np.float64], weights: Weights) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return t and p of the slope of each sample's expression on each regulator's weights.

    With r the correlation of the n genes' expression with their weights, ``t = r * sqrt((n - 2) / (1 - r^2))`` on n - 2
    degrees of freedom: what an ordinary regression of one on the other gives.

    Parameters
    ----------
    expression : ndarray, genes x samples
        log2 expression, finite. All genes of the matrix, not the targets alone.
    weights : Weights
        On the same genes.

    Returns
    -------
    t, p : ndarray, regulators x samples
        p is two-sided. Both NaN for a sample that is constant, and for a regulator whose weights are: without a
        measured target, or with all genes as equal ones.

    Raises
    ------
    StepError
        Fewer than three genes, genes that are not those of the weights, values that are not finite.

    Notes
    -----
    Badia-i-Mompel et al. 2022 Bioinform Adv 2:vbac016, doi:10.1093/bioadv/vbac016.
    """
    from scipy.special import stdtr

    n = weights.matrix.shape[1]
    if expression.shape[0] != n:
        raise StepError(
            f"{expression.shape[0]} genes of expression and {n} of weights; fix: give them on the same genes"
        )
    if n < 3:
        raise StepError(f"a slope needs at least three genes, the matrix has {n}")
    sums, squares = _sums_of(weights)
    centred = squares - sums**2 / n
    # Equal weights on all genes leave rounding alone.
    spread = np.where(centred > 1e-12 * squares, centred, np.nan)
    t = np.empty((len(weights.regulators), expression.shape[1]))
    for start in range(0, expression.shape[1], BLOCK_SAMPLES):
        block = slice(start, start + BLOCK_SAMPLES)
        t[:, block] = _t_of_block(expression[:, block], weights.matrix, spread)
    return t, 2 * stdtr(n - 2, -np.abs(t))


def _sums_of(weights: Weights) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the sum and the sum of squares of each regulator's weights."""
    row = np.repeat(np.arange(len(weights.regulators)), np.diff(weights.matrix.indptr))
    values = weights.matrix.data
    sums = [np.bincount(row, powers, minlength=len(weights.regulators)) for powers in (values, values**2)]
    return np.asarray(sums[0], dtype=np.float64), np.asarray(sums[1], dtype=np.float64)


def _t_of_block(
    expression: NDArray[np.float64], weights: csr_array[np.float64, tuple[int, int]], spread: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return t of some samples; `spread` is the centred sum of squares of each regulator's weights, NaN for none."""
    from scipy.sparse import csr_array

    # A sparse product adds up gene by gene, the same way however many samples there are; numpy's sums do not.
    ones = csr_array(np.ones((1, len(expression))))
    block = np.array(expression, order="C")
    sums = np.asarray(ones @ block)
    if not np.isfinite(sums).all():
        raise StepError("expression holds values that are not finite; fix: take the gene or the sample out")
    block -= sums / len(expression)
    # Centred expression adds up to 0, so that the weights need no centring and stay sparse.
    covariance = np.asarray(weights @ block)
    squares = np.asarray(ones @ np.square(block, out=block))[0]
    # A sample this flat is looked at in full: only one that is constant has no slope.
    for column in np.flatnonzero(squares <= 1e-16 * sums[0] ** 2):
        if (expression[:, column] == expression[0, column]).all():
            squares[column] = np.nan
    r = np.clip(covariance / np.sqrt(np.outer(spread, squares)), -1.0, 1.0)
    return np.asarray(r * np.sqrt((weights.shape[1] - 2) / ((1.0 - r + TINY) * (1.0 + r + TINY))))


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
    order = np.argsort(by_sample, axis=1, kind="stable")  # NaN last
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
    score, p_value, p_adjusted = (np.full(shape, np.nan) for _ in range(3))
    scored = np.flatnonzero(weights.targets_measured >= min_targets)
    if len(universe.genes) >= BACKGROUND_MIN_GENES:
        for start in range(0, len(universe.samples), BLOCK_SAMPLES):
            block = slice(start, start + BLOCK_SAMPLES)
            t, p = ulm(universe.log2(block), weights)
            score[scored, block], p_value[scored, block] = t[scored], p[scored]
            p_adjusted[scored, block] = adjust(p[scored])
    return Activities(
        universe.samples,
        weights.regulators,
        score,
        p_value,
        p_adjusted,
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
    sample = activities.samples.index(column)
    for number, regulator in enumerate(activities.regulators):
        score = float(activities.score[number, sample])
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
                "p_value": float(activities.p_value[number, sample]),
                "p_adjusted": float(activities.p_adjusted[number, sample]),
            }
        yield row


def rows_without_activity(sample_id: str, regulons: pd.DataFrame, reason: str) -> Iterator[dict[str, Cell]]:
    """Yield the rows of ACTIVITY of a sample whose expression cannot be used."""
    for regulator in sorted(set(regulons["source"])):
        yield {"sample_id": sample_id, "regulator": regulator, "state": "not_assessable", "reason": reason}
