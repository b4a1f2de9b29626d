from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from sclcohort.contracts import GENE_SETS, NE_SIGNATURE
from sclcohort.errors import TableError
from sclcohort.regulators.signatures import (
    average_ranks,
    coverage_of,
    mean_log2,
    members_of,
    ne_scores,
    programme_members,
    rank_score_deviation,
    rank_scores,
)
from sclcohort.tables import as_frame

MEMBERS = {
    "A": ("A1", "A2", "A3", "A4", "A5"),
    "N": ("N1", "N2", "N3", "N4", "N5"),
    "P": ("P1", "P2", "P3", "P4", "P5"),
    "Y": ("Y1", "Y2", "Y3", "Y4", "Y5"),
}
UNIVERSE = [gene for genes in MEMBERS.values() for gene in genes]


@pytest.fixture
def log2():
    """Expression of 20 programme genes and 10 others in 6 samples, with ties at zero."""
    rng = np.random.default_rng(5)
    values = np.maximum(rng.normal(2, 3, (30, 6)), 0)
    index = pd.Index([*UNIVERSE, *(f"O{number}" for number in range(10))], name="gene_symbol")
    return pd.DataFrame(values, index=index, columns=[f"S{number}" for number in range(6)])


@pytest.fixture
def signature():
    """Ten genes with made-up reference values, NE and non-NE of opposite trend."""
    rng = np.random.default_rng(6)
    ne, non_ne = np.r_[rng.normal(12, 1, 5), rng.normal(4, 1, 5)], np.r_[rng.normal(4, 1, 5), rng.normal(11, 1, 5)]
    rows = zip([*MEMBERS["A"], *MEMBERS["Y"]], ["ne"] * 5 + ["non_ne"] * 5, ne, non_ne, strict=True)
    names = ("gene_symbol", "group", "ne_reference_log2", "non_ne_reference_log2")
    return as_frame(NE_SIGNATURE, (dict(zip(names, row, strict=True)) for row in rows))


@pytest.mark.parametrize("shape", [(30, 7), (1, 3), (0, 3), (5, 0)])
def test_ranks_are_those_of_scipy_with_ties_sharing_their_mean(shape):
    values = np.random.default_rng(3).integers(0, 6, shape).astype(float)
    np.testing.assert_array_equal(average_ranks(values), stats.rankdata(values, axis=0))
    np.testing.assert_array_equal(average_ranks(np.ones(shape)), stats.rankdata(np.ones(shape), axis=0))


def test_rank_score_of_a_worked_example():
    # Six genes: ranks g1 1, g2 and g3 2.5 each, g4 4, g5 5, g6 6. The set {g5, g6} has mean rank 5.5, the highest two
    # genes can have: +1. {g1, g3}: (1 + 2.5) / 2 = 1.75; (1.75 - 3.5) / 2 = -0.875. {g2, g4}: (2.5 + 4) / 2 = 3.25;
    # (3.25 - 3.5) / 2 = -0.125.
    log2 = pd.DataFrame({"S": [0.1, 2.0, 2.0, 3.0, 4.0, 9.0]}, index=["g1", "g2", "g3", "g4", "g5", "g6"])
    scores = rank_scores(log2, {"top": ("g5", "g6"), "low": ("g1", "g3"), "middle": ("g2", "g4")})
    assert scores.loc["S"].tolist() == [1.0, -0.875, -0.125]


def test_rank_score_is_twice_the_auc_of_the_set_minus_one(log2):
    scores = rank_scores(log2, MEMBERS)
    for sample in log2:
        for letter, genes in MEMBERS.items():
            others = [gene for gene in UNIVERSE if gene not in genes]
            u = stats.mannwhitneyu(log2.loc[list(genes), sample], log2.loc[others, sample]).statistic
            assert scores.loc[sample, letter] == pytest.approx(2 * u / (5 * 15) - 1, abs=1e-12)


def test_rank_score_is_twice_the_centred_singscore(log2):
    # Foroutan 2018: (mean rank - least) / (greatest - least) - 0.5, with ranks over the universe.
    ranks = log2.loc[UNIVERSE].rank()
    least, greatest = 3.0, 18.0
    for letter, genes in MEMBERS.items():
        singscore = (ranks.loc[list(genes)].mean() - least) / (greatest - least) - 0.5
        np.testing.assert_allclose(rank_scores(log2, MEMBERS)[letter], 2 * singscore, atol=1e-12)


def test_rank_scores_do_not_depend_on_other_genes_of_the_matrix(log2):
    pd.testing.assert_frame_equal(rank_scores(log2, MEMBERS), rank_scores(log2.loc[UNIVERSE], MEMBERS))


def test_rank_scores_do_not_depend_on_the_order_of_rows_or_columns(log2):
    shuffled = log2.sample(frac=1, random_state=1).loc[:, list(log2)[::-1]]
    pd.testing.assert_frame_equal(rank_scores(shuffled, MEMBERS).loc[list(log2)], rank_scores(log2, MEMBERS))


def test_rank_scores_do_not_depend_on_a_monotonic_scale(log2):
    pd.testing.assert_frame_equal(rank_scores(np.exp2(log2) * 17 - 1, MEMBERS), rank_scores(log2, MEMBERS))


@pytest.mark.parametrize("score", ["ranks", "ne", "mean"])
def test_a_sample_scores_the_same_bits_alone_and_in_a_cohort(log2, signature, score):
    function = {
        "ranks": lambda frame: rank_scores(frame, MEMBERS),
        "ne": lambda frame: ne_scores(frame, signature).to_frame(),
        "mean": lambda frame: mean_log2(frame, UNIVERSE).to_frame(),
    }[score]
    together = function(log2)
    for sample in log2:
        pd.testing.assert_frame_equal(function(log2[[sample]]), together.loc[[sample]], check_exact=True)


def test_a_set_without_measured_genes_has_no_rank_score(log2):
    scores = rank_scores(log2.drop(index=list(MEMBERS["P"])), MEMBERS)
    assert scores["P"].isna().all()
    assert scores[["A", "N", "Y"]].notna().all(axis=None)


def test_a_matrix_without_samples_has_no_scores(log2, signature):
    empty = log2.iloc[:, :0]
    assert rank_scores(empty, MEMBERS).shape == (0, 4)
    assert ne_scores(empty, signature).empty
    assert mean_log2(empty, UNIVERSE).empty


def test_the_deviation_of_a_chance_score_is_that_of_random_orders():
    rng = np.random.default_rng(8)
    draws = pd.DataFrame(rng.normal(size=(20, 20000)), index=UNIVERSE)
    assert rank_scores(draws, MEMBERS).to_numpy().std() == pytest.approx(rank_score_deviation(5, 20), rel=0.01)
    # By hand for the 80 genes of the programmes: sqrt(81 / (3 * 20 * 60)) = 0.15.
    assert rank_score_deviation(20, 80) == pytest.approx(0.15)


def test_ne_score_is_half_the_difference_of_two_correlations(log2, signature):
    scores = ne_scores(log2, signature)
    for sample in log2:
        values = log2.loc[signature["gene_symbol"], sample]
        with_ne = stats.pearsonr(values, signature["ne_reference_log2"]).statistic
        with_non_ne = stats.pearsonr(values, signature["non_ne_reference_log2"]).statistic
        assert scores[sample] == pytest.approx((with_ne - with_non_ne) / 2, abs=1e-12)


def test_ne_score_uses_the_measured_genes_only(log2, signature):
    measured = signature.iloc[2:]
    pd.testing.assert_series_equal(ne_scores(log2.drop(index=["A1", "A2"]), signature), ne_scores(log2, measured))


def test_ne_score_does_not_depend_on_a_linear_scale_or_on_order(log2, signature):
    expected = ne_scores(log2, signature)
    pd.testing.assert_series_equal(ne_scores(log2 * 3 + 2, signature), expected)
    shuffled = ne_scores(log2.sample(frac=1, random_state=2), signature.iloc[::-1].reset_index(drop=True))
    pd.testing.assert_series_equal(shuffled, expected)


def test_ne_score_of_a_constant_sample_or_too_few_genes_is_missing(log2, signature):
    log2["flat"] = 3.3
    assert np.isnan(ne_scores(log2, signature)["flat"])
    assert ne_scores(log2.loc[["A1", "A2"]], signature).isna().all()


def test_mean_log2_is_the_mean_of_the_measured_genes(log2):
    genes = ("A1", "A2", "absent")
    np.testing.assert_allclose(mean_log2(log2, genes), log2.loc[["A1", "A2"]].mean())
    assert mean_log2(log2, ("absent",)).isna().all()


@pytest.mark.parametrize(("fraction", "enough"), [(0.5, True), (2 / 3, True), (0.67, False)])
def test_coverage_counts_measured_genes_against_the_floor(log2, fraction, enough):
    coverage = coverage_of(["A1", "absent", "A2"], log2)
    assert (coverage.measured, coverage.missing) == (("A1", "A2"), ("absent",))
    assert coverage.is_enough(fraction) is enough
    assert str(coverage) == "2 of 3 genes measured"


def test_a_gene_in_two_programmes_or_a_missing_set_is_refused():
    rows = [(f"programme_{letter}", gene) for letter, gene in zip("anpy", ["G1", "G2", "G3", "G1"], strict=True)]
    sets = as_frame(GENE_SETS, ({"gene_set": name, "gene_symbol": gene} for name, gene in rows))
    with pytest.raises(TableError, match="G1 in two programmes"):
        programme_members(sets)
    with pytest.raises(TableError, match="no gene of the set programme_y"):
        programme_members(sets.iloc[:3])
    assert members_of(sets, "programme_a") == ("G1",)
