from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from sclcohort.contracts import GENE_ALIASES, REGULONS
from sclcohort.errors import StepError, TableError
from sclcohort.regulators.activity import (
    BLOCK_SAMPLES,
    activity_rows,
    adjust,
    check_regulons,
    products_of,
    rows_without_activity,
    score_activities,
    two_sided_p,
    ulm,
    weighted_mean,
    weights_of,
)
from sclcohort.regulators.matrix import Matrix
from sclcohort.regulators.universe import universe_of
from sclcohort.tables import as_frame

GENES = tuple(f"G{number:03d}" for number in range(600))


def regulon_of(edges):
    fixed = {"symbol_in_source": "x", "citation": "made up", "certainty": "choice"}
    names = ("source", "target", "weight")
    return as_frame(REGULONS, (dict(zip(names, edge, strict=True)) | fixed for edge in edges))


@pytest.fixture
def regulons():
    """Signed regulons of 4 to 200 targets, some of them not in the matrix."""
    rng = np.random.default_rng(2)
    edges = []
    for source, size in (("A", 4), ("B", 20), ("C", 200), ("D", 60)):
        targets = rng.choice([*GENES, *(f"X{number}" for number in range(50))], size, replace=False)
        edges += [(source, target, weight) for target, weight in zip(targets, rng.uniform(-1, 1, size), strict=True)]
    return regulon_of(edges)


@pytest.fixture
def expression():
    """Log2 expression, genes x samples, with ties at zero; more samples than one block."""
    return np.maximum(np.random.default_rng(3).normal(4, 4, (len(GENES), BLOCK_SAMPLES + 7)), 0)


def matrix_of(values, genes=GENES):
    samples = tuple(f"S{number}" for number in range(values.shape[1]))
    return Matrix("m.tsv", tuple(genes), tuple(range(2, len(genes) + 2)), samples, values)


@pytest.fixture
def universe():
    """Return a function that makes the universe of log2 values."""
    aliases = as_frame(GENE_ALIASES, ())

    def maker(values, genes=GENES):
        return universe_of(matrix_of(values, genes), "log2_tpm_plus_1", (), aliases)

    return maker


def ulm_of(values, weights):
    return ulm(products_of(values, weights), weights)


def test_t_and_p_are_those_of_an_ordinary_regression(expression, regulons):
    weights = weights_of(GENES, regulons)
    t, p = ulm_of(expression, weights)
    for row, dense in enumerate(weights.matrix.toarray()):
        for column in range(0, expression.shape[1], 11):
            fit = stats.linregress(dense, expression[:, column])
            assert t[row, column] == pytest.approx(fit.slope / fit.stderr, abs=1e-10, rel=1e-10)
            assert p[row, column] == pytest.approx(fit.pvalue, abs=1e-12, rel=1e-9)


def test_weights_are_the_table_on_the_genes_of_the_matrix(regulons):
    weights = weights_of(GENES, regulons)
    assert weights.regulators == ("A", "B", "C", "D")
    for row, regulator in enumerate(weights.regulators):
        edges = regulons[(regulons["source"] == regulator) & regulons["target"].isin(GENES)]
        dense = dict(zip(GENES, weights.matrix.toarray()[row].tolist(), strict=True))
        assert {gene: weight for gene, weight in dense.items() if weight} == dict(
            zip(edges["target"], edges["weight"], strict=True)
        )
        assert weights.targets_measured[row] == len(edges)


def test_a_sample_alone_has_the_activity_it_has_beside_others(expression, regulons):
    weights = weights_of(GENES, regulons)
    together, _ = ulm_of(expression, weights)
    for column in (0, 5, BLOCK_SAMPLES):
        alone, _ = ulm_of(expression[:, [column]], weights)
        np.testing.assert_array_equal(alone[:, 0], together[:, column])
        pair, _ = ulm_of(expression[:, [column, 2]], weights)
        np.testing.assert_array_equal(pair[:, 0], together[:, column])


def test_the_order_of_samples_and_edges_changes_nothing(expression, regulons):
    t, p = ulm_of(expression, weights_of(GENES, regulons))
    shuffled = regulons.sample(frac=1, random_state=1)
    turned_t, turned_p = ulm_of(expression[:, ::-1], weights_of(GENES, shuffled))
    np.testing.assert_array_equal(turned_t[:, ::-1], t)
    np.testing.assert_array_equal(turned_p[:, ::-1], p)


def test_the_order_of_genes_in_the_matrix_changes_nothing(universe, expression, regulons):
    straight = score_activities(universe(expression), regulons, min_targets=3)
    order = np.random.default_rng(4).permutation(len(GENES))
    turned = score_activities(universe(expression[order], [GENES[row] for row in order]), regulons, min_targets=3)
    np.testing.assert_array_equal(turned.score, straight.score)
    np.testing.assert_array_equal(turned.p_adjusted, straight.p_adjusted)


def test_scale_and_offset_of_a_sample_change_nothing_and_its_sign_turns_the_score(expression, regulons):
    weights = weights_of(GENES, regulons)
    t, _ = ulm_of(expression, weights)
    np.testing.assert_allclose(ulm_of(3 * expression + 7, weights)[0], t, rtol=1e-9, atol=1e-11)
    np.testing.assert_allclose(ulm_of(-expression, weights)[0], -t, rtol=1e-9, atol=1e-11)


@pytest.mark.parametrize("offset", [40.0, 1e6])
def test_a_sample_that_varies_little_around_a_large_mean_keeps_its_digits(expression, regulons, offset):
    weights = weights_of(GENES, regulons)
    shifted = np.round(expression * 1024) / 1024 + offset  # no digit is lost by the addition itself
    t, _ = ulm_of(shifted, weights)
    np.testing.assert_allclose(t, ulm_of(shifted - offset, weights)[0], rtol=1e-9, atol=1e-10)


@pytest.mark.parametrize("degrees", [1, 98, 4_999, 5_000, 19_998, 60_000])
def test_p_is_scipys_down_to_the_smallest(degrees):
    t = np.concatenate([np.linspace(-8, 8, 801), [0.0, 1e-9, 20, -30, 36, 1e3, 1e12, np.nan]])
    expected = 2 * stats.t.sf(np.abs(t), degrees)
    np.testing.assert_allclose(two_sided_p(t, degrees), expected, rtol=1e-9, atol=0)


def test_the_weighted_mean_is_that_of_a_case_worked_by_hand():
    # A: (2 * 3 - 1 * 5) / 3; B: 0.5 * 1 / 0.5, its other target is not measured; C has none.
    edges = [("A", "G000", 2.0), ("A", "G001", -1.0), ("B", "G002", 0.5), ("B", "X1", 4.0), ("C", "X2", 1.0)]
    weights = weights_of(GENES[:4], regulon_of(edges))
    mean = weighted_mean(products_of(np.array([[3.0], [5.0], [1.0], [0.0]]), weights), weights)
    np.testing.assert_allclose(mean[:, 0], [1 / 3, 1.0, np.nan], rtol=1e-15)


def test_the_weighted_mean_is_numpys(expression, regulons):
    weights = weights_of(GENES, regulons)
    mean = weighted_mean(products_of(expression, weights), weights)
    for row, dense in enumerate(weights.matrix.toarray()):
        expected = (dense[:, np.newaxis] * expression).sum(axis=0) / np.abs(dense).sum()
        np.testing.assert_allclose(mean[row], expected, rtol=1e-12, atol=1e-13)


def test_the_weighted_mean_moves_with_its_targets_alone(expression, regulons):
    weights = weights_of(GENES, regulons)
    before = weighted_mean(products_of(expression, weights), weights)
    targets = weights.matrix.toarray()[1] != 0
    expression[~targets] += 1
    np.testing.assert_array_equal(weighted_mean(products_of(expression, weights), weights)[1], before[1])


def test_a_perfect_fit_is_finite_and_leaves_no_doubt(regulons):
    weights = weights_of(GENES, regulons)
    t, p = ulm_of(weights.matrix.toarray().T.copy(), weights)
    assert np.isfinite(t).all()
    assert (np.diag(t) > 1e6).all()
    assert (np.diag(p) < 1e-300).all()


def test_a_constant_sample_and_a_regulator_without_contrast_have_no_activity(expression):
    expression[:, 3] = 2.5
    alike = [("E", gene, 0.1) for gene in GENES]
    t, p = ulm_of(expression, weights_of(GENES, regulon_of([*alike, ("F", "absent", 1.0), ("G", "G001", 1.0)])))
    assert np.isnan(t[:2]).all()
    assert np.isnan(p[:, 3]).all()
    assert np.isnan(t[2]).tolist() == [column == 3 for column in range(expression.shape[1])]


def test_adjusted_p_values_are_those_of_a_case_worked_by_hand():
    # 4 tests sorted .01 .02 .03 .5: times 4/1, 4/2, 4/3, 4/4 is .04 .04 .04 .5. With 2 tests: .03 * 2 and .06.
    p = np.array([[0.02, 0.03], [0.5, np.nan], [0.01, 0.06], [0.03, np.nan]])
    expected = np.array([[0.04, 0.06], [0.5, np.nan], [0.04, 0.06], [0.04, np.nan]])
    np.testing.assert_allclose(adjust(p), expected, rtol=1e-12)


def test_adjusted_p_values_are_scipys():
    p = np.random.default_rng(6).uniform(0, 1, (40, 9)) ** 3
    expected = np.column_stack([stats.false_discovery_control(column) for column in p.T])
    np.testing.assert_allclose(adjust(p), expected, rtol=1e-12)


def test_tests_that_were_not_made_stay_missing():
    assert np.isnan(adjust(np.full((3, 2), np.nan))).all()


def test_a_regulator_below_the_least_number_of_targets_is_neither_scored_nor_counted(universe, expression, regulons):
    every = score_activities(universe(expression), regulons, min_targets=1)
    few = score_activities(universe(expression), regulons, min_targets=10)
    assert np.isnan(few.score[0]).all()
    np.testing.assert_array_equal(few.score[1:], every.score[1:])
    np.testing.assert_array_equal(few.p_adjusted[1:], adjust(every.p_value[1:]))


def test_fewer_than_500_genes_are_no_background(universe, expression, regulons):
    small = score_activities(universe(expression[:499], GENES[:499]), regulons, min_targets=1)
    assert np.isnan(small.score).all()
    assert not np.isnan(score_activities(universe(expression[:500], GENES[:500]), regulons, min_targets=1).score).any()
    rows = list(activity_rows("T1", "S2", small, min_targets=1))
    assert {row["reason"] for row in rows} == {"the matrix has 499 genes: no background, 500 needed"}
    assert {row["state"] for row in rows} == {"not_assessable"}


def test_rows_hold_the_sample_asked_for_and_say_what_the_background_is(universe, expression, regulons):
    activities = score_activities(universe(expression), regulons, min_targets=10)
    rows = {row["regulator"]: row for row in activity_rows("T1", "S5", activities, min_targets=10)}
    assert rows["B"]["score"] == activities.score[1, 5]
    assert rows["B"]["p_adjusted"] == activities.p_adjusted[1, 5]
    assert rows["B"]["weighted_mean"] == activities.weighted_mean[1, 5]
    assert rows["B"]["reason"] == "the background is the 600 genes of the matrix, no whole transcriptome"
    assert rows["A"]["reason"] == f"{activities.targets_measured[0]} of its targets measured, 10 needed"
    assert not {"score", "weighted_mean"} & rows["A"].keys()


def test_a_constant_sample_says_so(universe, expression, regulons):
    expression[:, 0] = 3.0
    activities = score_activities(universe(expression), regulons, min_targets=1)
    (reason,) = {row["reason"] for row in activity_rows("T1", "S0", activities, min_targets=1)}
    assert reason == "the sample, or the regulator's weight, is the same for every gene of the matrix"


def test_a_sample_without_expression_has_a_row_for_each_regulator(regulons):
    rows = list(rows_without_activity("T1", regulons, "no RNA"))
    assert [row["regulator"] for row in rows] == ["A", "B", "C", "D"]
    assert {(row["state"], row["reason"]) for row in rows} == {("not_assessable", "no RNA")}


def test_values_that_are_not_finite_are_refused(expression, regulons):
    expression[5, 1] = np.nan
    with pytest.raises(StepError, match="not finite; fix: take the gene or the sample out"):
        ulm_of(expression, weights_of(GENES, regulons))


def test_other_genes_than_those_of_the_weights_are_refused(expression, regulons):
    with pytest.raises(StepError, match="599 genes of expression and 600 of weights"):
        ulm_of(expression[1:], weights_of(GENES, regulons))


def test_two_genes_are_refused(expression, regulons):
    with pytest.raises(StepError, match="at least three genes, the matrix has 2"):
        ulm_of(expression[:2], weights_of(GENES[:2], regulons))


def test_a_regulon_without_edges_with_an_edge_twice_or_with_a_weight_of_zero_is_refused():
    with pytest.raises(TableError, match="has no row"):
        check_regulons(regulon_of([]))
    with pytest.raises(TableError, match="A to G001 has the weight 0"):
        check_regulons(regulon_of([("A", "G000", 1.0), ("A", "G001", 0.0)]))
    with pytest.raises(TableError, match="A to G000 is there twice; fix: keep one of the rows"):
        check_regulons(regulon_of([("A", "G000", 1.0), ("A", "G000", -1.0)]))
    check_regulons(regulon_of([("A", "G000", -1.0)]))
