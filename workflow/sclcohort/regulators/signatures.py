"""Scores of one sample by itself: programme ranks, the neuroendocrine score, the T-cell-inflamed score.

No score looks at another sample, so a cohort that grows changes none of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sclcohort.errors import TableError
from sclcohort.regulators.genes import PROGRAMME_SETS

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Coverage:
    """How much of a gene set a matrix measures.

    Parameters
    ----------
    measured, missing : tuple of str
        Genes of the set, sorted.
    """

    measured: tuple[str, ...]
    missing: tuple[str, ...]

    def is_enough(self, min_genes_fraction: float) -> bool:
        """Tell whether at least that fraction of the set is measured."""
        return len(self.measured) >= min_genes_fraction * (len(self.measured) + len(self.missing))

    def __str__(self) -> str:
        return f"{len(self.measured)} of {len(self.measured) + len(self.missing)} genes measured"


def coverage_of(genes: Sequence[str], log2: pd.DataFrame) -> Coverage:
    """Return which of `genes` are rows of `log2`."""
    present = set(log2.index)
    return Coverage(
        tuple(sorted(gene for gene in genes if gene in present)),
        tuple(sorted(gene for gene in genes if gene not in present)),
    )


def programme_members(gene_sets: pd.DataFrame) -> dict[str, tuple[str, ...]]:
    """Return the genes of the four programmes, by letter A, N, P, Y, each sorted.

    Raises
    ------
    TableError
        A programme without genes, or a gene in two of them.
    """
    members = {letter: members_of(gene_sets, name) for letter, name in PROGRAMME_SETS.items()}
    genes = [gene for programme in members.values() for gene in programme]
    shared = sorted({gene for gene in genes if genes.count(gene) > 1})
    if shared:
        raise TableError(f"gene_sets.tsv: {', '.join(shared)} in two programmes; ranks need disjoint programmes")
    return members


def members_of(gene_sets: pd.DataFrame, gene_set: str) -> tuple[str, ...]:
    """Return the genes of one set, sorted; raise TableError when there are none."""
    genes = tuple(sorted(gene_sets.loc[gene_sets["gene_set"] == gene_set, "gene_symbol"]))
    if not genes:
        raise TableError(f"gene_sets.tsv: no gene of the set {gene_set}")
    return genes


def rank_scores(log2: pd.DataFrame, members: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    """Score each programme by the ranks of its genes among the genes of all programmes, within the sample.

    The universe is fixed: the n measured genes of `members`, whatever else the matrix holds, so that a panel and a
    transcriptome give one sample the same score. Ranks run from 1 (lowest) to n, ties share their mean. With k genes
    of mean rank m, the score is ``(m - (n + 1) / 2) / ((n - k) / 2)``.

    Parameters
    ----------
    log2 : DataFrame, genes x samples
        Any monotonic scale, finite.
    members : dict of str to sequence of str
        Disjoint sets; genes that `log2` lacks are left out.

    Returns
    -------
    DataFrame, samples x sets
        From -1 (every gene of the set below every other) to +1; 0 is what chance gives. NaN for a set of which no
        gene is measured, or all.

    Notes
    -----
    This is the centred singscore of Foroutan et al. 2018 BMC Bioinformatics 19:404, doi:10.1186/s12859-018-2435-4,
    twice over, on a fixed universe; and 2 AUC - 1 of the Mann-Whitney statistic of the set against the other genes.
    """
    import pandas as pd

    measured = {name: coverage_of(genes, log2).measured for name, genes in members.items()}
    universe = sorted(gene for genes in measured.values() for gene in genes)
    ranks = average_ranks(log2.loc[universe].to_numpy())
    n = len(universe)
    scores: dict[str, NDArray[np.float64]] = {}
    for name, genes in measured.items():
        k = len(genes)
        if k in (0, n):
            scores[name] = np.full(log2.shape[1], np.nan)
            continue
        mean_rank = ranks[np.searchsorted(universe, genes)].mean(axis=0)
        scores[name] = (mean_rank - (n + 1) / 2) / ((n - k) / 2)
    return pd.DataFrame(scores, index=log2.columns)


def average_ranks(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the rank of each gene within its sample: 1 for the lowest, the mean of their ranks for equal ones.

    What ``scipy.stats.rankdata`` gives; that module takes longer to load than all ranks of a cohort to compute.

    Parameters
    ----------
    values : ndarray, genes x samples
        Finite.

    Returns
    -------
    ndarray, genes x samples
    """
    by_sample = np.ascontiguousarray(values.T)
    order = np.argsort(by_sample, axis=1)
    in_order = np.take_along_axis(by_sample, order, axis=1)
    starts, ends = np.ones(by_sample.shape, dtype=bool), np.ones(by_sample.shape, dtype=bool)
    np.not_equal(in_order[:, 1:], in_order[:, :-1], out=starts[:, 1:])
    ends[:, :-1] = starts[:, 1:]
    places = np.arange(by_sample.shape[1])
    first = np.maximum.accumulate(np.where(starts, places, 0), axis=1)
    last = np.minimum.accumulate(np.where(ends, places, len(places))[:, ::-1], axis=1)[:, ::-1]
    ranks = np.empty(by_sample.shape)
    np.put_along_axis(ranks, order, (first + last) / 2 + 1, axis=1)
    return ranks.T


def rank_score_deviation(genes: int, universe: int) -> float:
    """Return the standard deviation of a rank score when the order of the genes is chance.

    Parameters
    ----------
    genes : int
        Measured genes of the set, k.
    universe : int
        Measured genes of all sets, n; more than k.

    Notes
    -----
    The mean rank of k of n has variance (n - k)(n + 1) / 12k (Wilcoxon 1945 Biometrics Bull 1:80, ties apart), and the
    score divides it by (n - k) / 2.
    """
    return float(np.sqrt((universe + 1) / (3 * genes * (universe - genes))))


def ne_scores(log2: pd.DataFrame, ne_signature: pd.DataFrame) -> pd.Series[float]:
    """Return the neuroendocrine score of Zhang 2018 for each sample.

    Half the difference between Pearson's correlation of the sample with the NE reference vector and that with the
    non-NE reference vector, over the measured genes of the signature.

    Parameters
    ----------
    log2 : DataFrame, genes x samples
        log2(TPM + 1).
    ne_signature : DataFrame
        The resource table.

    Returns
    -------
    Series, samples
        From -1 to +1, positive is NE-high. NaN where the sample is constant over the signature, or fewer than three
        genes are measured.

    Notes
    -----
    Zhang et al. 2018 Transl Lung Cancer Res 7:32, doi:10.21037/tlcr.2018.02.02.
    """
    import pandas as pd

    measured = ne_signature[ne_signature["gene_symbol"].isin(log2.index)]
    if len(measured) < 3:
        return pd.Series(np.nan, index=log2.columns, dtype="float64")
    samples = _samples_first(log2.loc[measured["gene_symbol"]])
    with_ne = _correlations(samples, measured["ne_reference_log2"].to_numpy())
    with_non_ne = _correlations(samples, measured["non_ne_reference_log2"].to_numpy())
    return pd.Series((with_ne - with_non_ne) / 2, index=log2.columns)


def _samples_first(log2: pd.DataFrame) -> NDArray[np.float64]:
    """Return samples x genes, contiguous: numpy then adds up a sample the same way however many samples there are."""
    return np.ascontiguousarray(log2.to_numpy(dtype=np.float64).T)


def _correlations(samples: NDArray[np.float64], reference: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return Pearson's correlation of each row of `samples` (samples x genes) with `reference` (genes)."""
    centred = samples - samples.mean(axis=1, keepdims=True)
    target = reference - reference.mean()
    covariance = (centred * target).sum(axis=1)
    spread = np.sqrt((centred**2).sum(axis=1) * (target**2).sum())
    constant = samples.max(axis=1) == samples.min(axis=1)
    return np.where(constant, np.nan, covariance / np.where(constant, 1.0, spread))


def mean_log2(log2: pd.DataFrame, genes: Sequence[str]) -> pd.Series[float]:
    """Return the mean log2 expression of the measured genes of a set, for each sample; NaN when none is measured."""
    import pandas as pd

    measured = coverage_of(genes, log2).measured
    if not measured:
        return pd.Series(np.nan, index=log2.columns, dtype="float64")
    return pd.Series(_samples_first(log2.loc[list(measured)]).mean(axis=1), index=log2.columns)
