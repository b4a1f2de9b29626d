"""Scores of small published gene sets in one sample, and the aggression composite.

A set is scored by the ranks of its genes among all genes of ``gene_sets.tsv``, within the sample: no score looks at
another sample, nor at genes of the matrix that the table does not name.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sclcohort.errors import TableError
from sclcohort.regulators.signatures import Coverage, average_ranks, coverage_of

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

# The family is scored by its highest member: a tumour expresses one of them as a rule, and a mean would say that two
# are missing (a choice).
MYC_FAMILY = "myc_family"
# Sets scored by rank, in the order of the columns of SCORES.
RANKED_SETS = ("proliferation", "antigen_presentation", "emt", "tuft", "notch", "metastasis", MYC_FAMILY)
NE_LOW_SHIFT = "ne_low_shift"
AGGRESSION = "aggression"
AGGRESSION_PARTS = ("proliferation", "metastasis", MYC_FAMILY, NE_LOW_SHIFT)


@dataclass(frozen=True)
class SetScores:
    """The rank scores of the columns of a matrix.

    Parameters
    ----------
    table : DataFrame, columns of the matrix x RANKED_SETS
        From -1 to 1; NaN where not assessable.
    coverage : dict of str to Coverage
        Of each set.
    universe : int
        Measured genes of the table, which the ranks are taken among.
    missing : tuple of str
        Genes of the sets that the matrix lacks, sorted.
    reason : str
        Why scores are not assessable, set by set; empty where all are. The same for every column: a matrix without
        gaps measures the same genes in all.
    """

    table: pd.DataFrame
    coverage: Mapping[str, Coverage]
    universe: int
    missing: tuple[str, ...]
    reason: str


def directed_members(gene_sets: pd.DataFrame, gene_set: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the genes of a set that are high, and those that are low, where its score is high; each sorted.

    Raises
    ------
    TableError
        A set without genes.
    """
    rows = gene_sets[gene_sets["gene_set"] == gene_set]
    if rows.empty:
        raise TableError(f"gene_sets.tsv: no gene of the set {gene_set}")
    up, down = (sorted(rows.loc[rows["direction"] == side, "gene_symbol"]) for side in ("up", "down"))
    return tuple(up), tuple(down)


def directed_rank_scores(log2: pd.DataFrame, gene_sets: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """Score sets by the ranks of their genes among all measured genes of `gene_sets`, within each sample.

    Ranks run from 1 (lowest) to n, ties share their mean. With k genes of mean rank m, a side of a set scores
    ``(m - (n + 1) / 2) / ((n - k) / 2)``, and minus that where its genes are expected to be low; the set scores the
    mean of its sides. Genes that `log2` lacks are left out.

    Parameters
    ----------
    log2 : DataFrame, genes x samples
        Any monotonic scale, finite.
    gene_sets : DataFrame
        The resource table; its genes are the universe.
    names : sequence of str
        Sets to score; they may share genes.

    Returns
    -------
    DataFrame, samples x names
        From -1 to +1; 0 is what chance gives. NaN for a set with a side of which no gene is measured, or all of the
        universe.

    Notes
    -----
    The centred singscore of Foroutan et al. 2018 BMC Bioinformatics 19:404, doi:10.1186/s12859-018-2435-4, on a fixed
    universe; a side is 2 AUC - 1 of the Mann-Whitney statistic of its genes against the others.
    """
    import pandas as pd

    universe, ranks = _ranks(log2, gene_sets)
    scores: dict[str, NDArray[np.float64]] = {}
    for name in names:
        sides = []
        for sign, genes in zip((1, -1), directed_members(gene_sets, name), strict=True):
            if genes:
                rows = np.searchsorted(universe, coverage_of(genes, log2).measured)
                sides.append(sign * _centred(ranks, rows))
        scores[name] = np.mean(sides, axis=0)
    return pd.DataFrame(scores, index=log2.columns)


def highest_rank_scores(log2: pd.DataFrame, gene_sets: pd.DataFrame, name: str) -> pd.Series[float]:
    """Score a set by the highest rank among its genes, on the scale of `directed_rank_scores`.

    Returns
    -------
    Series, samples
        +1 where one of the genes stands above the whole universe; NaN where none is measured. Chance gives more than
        0, as the highest of several is taken.
    """
    import pandas as pd

    universe, ranks = _ranks(log2, gene_sets)
    rows = np.searchsorted(universe, coverage_of(directed_members(gene_sets, name)[0], log2).measured)
    if not len(rows):
        return pd.Series(np.nan, index=log2.columns, dtype="float64")
    highest = np.stack([_centred(ranks, rows[[place]]) for place in range(len(rows))]).max(axis=0)
    return pd.Series(highest, index=log2.columns)


def _ranks(log2: pd.DataFrame, gene_sets: pd.DataFrame) -> tuple[list[str], NDArray[np.float64]]:
    """Return the measured genes of `gene_sets`, sorted, and their ranks within each sample (genes x samples)."""
    universe = list(coverage_of(sorted(set(gene_sets["gene_symbol"])), log2).measured)
    return universe, average_ranks(log2.loc[universe].to_numpy())


def aggression_scores(sets: pd.DataFrame, ne_score: pd.Series[float]) -> pd.DataFrame:
    """Return the shift to NE-low and the aggression composite of each sample.

    The composite is the plain mean of four parts: proliferation, the factors of metastasis FOXA2 and NFIB, the highest
    of the MYC family, and minus the neuroendocrine score.

    Parameters
    ----------
    sets : DataFrame, samples x RANKED_SETS
        Rank scores.
    ne_score : Series, samples
        Neuroendocrine score, -1 to 1.

    Returns
    -------
    DataFrame, samples x (NE_LOW_SHIFT, AGGRESSION)
        From -1 to 1; NaN where a part is.

    Notes
    -----
    A choice of this workflow: each part has publications that tie it to aggressive SCLC (see ``gene_sets.tsv``; NE-low
    under MYC: Ireland et al. 2020 Cancer Cell 38:60), but no publication defines the sum, weights it or tests it
    against outcome. The parts may pull apart: FOXA2 is driven by ASCL1 (Kawasaki 2025), which NE-low tumours lack, and
    Notch-active non-neuroendocrine cells grow slowly (Lim et al. 2017 Nature 545:360). The shift to NE-low spans most
    of its range between tumours while proliferation is high in nearly all SCLC, so it moves the mean most. Read the
    parts first.
    """
    import pandas as pd

    parts = sets.assign(**{NE_LOW_SHIFT: -ne_score})
    # Added in one order, sample by sample, so that other samples change no bit.
    total = parts[AGGRESSION_PARTS[0]]
    for name in AGGRESSION_PARTS[1:]:
        total = total + parts[name]
    return pd.DataFrame({NE_LOW_SHIFT: parts[NE_LOW_SHIFT], AGGRESSION: total / len(AGGRESSION_PARTS)})


def aggression_reason(values: Mapping[str, float]) -> str:
    """Return which parts keep a sample's composite from being assessable; empty where none does."""
    lacking = [name for name in AGGRESSION_PARTS if math.isnan(values[name])]
    return f"{AGGRESSION}: not assessable without {', '.join(lacking)}" if lacking else ""


def _centred(ranks: NDArray[np.float64], rows: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the centred mean rank of some rows of `ranks` (genes x samples), for each sample."""
    n, k = len(ranks), len(rows)
    if k in (0, n):
        return np.full(ranks.shape[1], np.nan)
    mean_rank: NDArray[np.float64] = ranks[rows].mean(axis=0)
    return (mean_rank - (n + 1) / 2) / ((n - k) / 2)


def score_sets(log2: pd.DataFrame, gene_sets: pd.DataFrame, *, min_genes_fraction: float) -> SetScores:
    """Score every set of RANKED_SETS in every column of a matrix, each column by itself.

    Parameters
    ----------
    log2 : DataFrame, genes x columns of the matrix
        log2(TPM + 1), approved symbols.
    gene_sets : DataFrame
        The resource table.
    min_genes_fraction : float
        Least measured fraction, 0 to 1, of a set and of the table as a whole.
    """
    members = {name: directed_members(gene_sets, name) for name in RANKED_SETS}
    coverage = {name: coverage_of([*up, *down], log2) for name, (up, down) in members.items()}
    universe = coverage_of(sorted(set(gene_sets["gene_symbol"])), log2)
    table = directed_rank_scores(log2, gene_sets, RANKED_SETS)
    table[MYC_FAMILY] = highest_rank_scores(log2, gene_sets, MYC_FAMILY)
    reasons = []
    if not universe.is_enough(min_genes_fraction):
        reasons.append(f"ranks are taken among the genes of all sets: {universe}, {min_genes_fraction:.0%} needed")
        table[:] = math.nan
    for name, (up, down) in members.items():
        why = "" if coverage[name].is_enough(min_genes_fraction) else f"{min_genes_fraction:.0%} needed"
        for word, genes in (("high", up), ("low", down)):
            if genes and not coverage_of(genes, log2).measured:
                why = why or f"no gene measured that should be {word}"
        if why:
            reasons.append(f"{name}: {coverage[name]}, {why}")
            table[name] = math.nan
    missing = sorted({gene for covered in coverage.values() for gene in covered.missing})
    return SetScores(table, coverage, len(universe.measured), tuple(missing), "; ".join(reasons))
