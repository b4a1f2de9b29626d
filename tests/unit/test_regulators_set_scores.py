from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import mannwhitneyu

from sclcohort.contracts import GENE_SETS, SCORES
from sclcohort.errors import TableError
from sclcohort.regulators.set_scores import (
    AGGRESSION_PARTS,
    RANKED_SETS,
    aggression_reason,
    aggression_scores,
    directed_members,
    directed_rank_scores,
    highest_rank_scores,
    score_sets,
)
from sclcohort.tables import read_table


@pytest.fixture
def gene_sets(repository):
    return read_table(repository / "resources" / "gene_sets.tsv", GENE_SETS)


@pytest.fixture
def matrix(gene_sets):
    """Return random expression of every gene of the table, in 20 samples."""
    genes = sorted(set(gene_sets["gene_symbol"]))
    values = np.random.default_rng(11).gamma(2, 2, (len(genes), 20))
    return pd.DataFrame(values, index=genes, columns=[f"S{number}" for number in range(20)])


def small(rows):
    return pd.DataFrame(rows, columns=["gene_set", "gene_symbol", "direction"])


def scored(matrix, gene_sets, fraction=0.8):
    return score_sets(matrix, gene_sets, min_genes_fraction=fraction)


def test_a_set_without_down_genes_scores_two_auc_minus_one_of_mann_whitney(matrix, gene_sets):
    scores = directed_rank_scores(matrix, gene_sets, RANKED_SETS)
    for name in ("proliferation", "antigen_presentation", "tuft", "notch", "metastasis"):
        genes, _ = directed_members(gene_sets, name)
        inside, outside = matrix.loc[list(genes)], matrix.drop(index=list(genes))
        for sample in matrix:
            auc = mannwhitneyu(inside[sample], outside[sample]).statistic / (len(inside) * len(outside))
            assert scores.loc[sample, name] == pytest.approx(2 * auc - 1)


def test_hand_worked_scores_of_both_sides():
    sets = small([("s", "A", "up"), ("s", "B", "down"), ("other", "C", "up"), ("other", "D", "up")])
    log2 = pd.DataFrame({"one": [4.0, 1.0, 2.0, 3.0], "two": [1.0, 4.0, 2.0, 2.0]}, index=list("ABCD"))
    scores = directed_rank_scores(log2, sets, ["s", "other"])
    # Of "one", A has rank 4 of 4 and B rank 1: (4 - 2.5) / 1.5 = 1 on both sides.
    assert scores["s"].tolist() == [1.0, -1.0]
    # C and D have ranks 2 and 3: mean 2.5, the middle; tied in "two" at 2.5 each.
    assert scores["other"].tolist() == [0.0, 0.0]


def test_the_myc_family_is_scored_by_its_highest_member(matrix, gene_sets):
    for member in ("MYC", "MYCL", "MYCN"):
        raised = matrix.copy()
        raised.loc[["MYC", "MYCL", "MYCN"]] = 0
        raised.loc[member] = 1000
        assert scored(raised, gene_sets).table["myc_family"].tolist() == [1.0] * matrix.shape[1]
    sets = small([("s", "A", "up"), ("s", "B", "up"), ("other", "C", "up"), ("other", "D", "up"), ("other", "E", "up")])
    log2 = pd.DataFrame({"one": [1.0, 2.0, 3.0, 4.0, 5.0]}, index=list("ABCDE"))
    # B has rank 2 of 5: (2 - 3) / 2.
    assert highest_rank_scores(log2, sets, "s").tolist() == [-0.5]
    assert highest_rank_scores(log2.drop(index=["A", "B"]), sets, "s").isna().all()


def parts(**values):
    return pd.DataFrame({name: [values.get(name, 0.0)] for name in RANKED_SETS}, index=["one"])


def test_aggression_is_the_mean_of_its_four_parts():
    given = parts(proliferation=0.8, metastasis=0.4, myc_family=0.2, emt=-1.0)
    found = aggression_scores(given, pd.Series([0.6], index=["one"])).loc["one"]
    assert found["ne_low_shift"] == -0.6
    assert found["aggression"] == pytest.approx((0.8 + 0.4 + 0.2 - 0.6) / 4)


@pytest.mark.parametrize("lacking", AGGRESSION_PARTS)
def test_aggression_is_not_assessable_without_any_one_of_its_parts(lacking):
    given = parts(**{lacking: np.nan})
    ne_score = pd.Series([np.nan if lacking == "ne_low_shift" else 0.5], index=["one"])
    found = aggression_scores(given, ne_score)
    assert found["aggression"].isna().all()
    values = given.join(found).loc["one"].to_dict()
    assert aggression_reason(values) == f"aggression: not assessable without {lacking}"
    assert aggression_reason(dict.fromkeys(AGGRESSION_PARTS, 0.5)) == ""


def test_each_part_raises_aggression():
    low = aggression_scores(parts(), pd.Series([0.0], index=["one"]))["aggression"]
    for name in ("proliferation", "metastasis", "myc_family"):
        assert (aggression_scores(parts(**{name: 0.4}), pd.Series([0.0], index=["one"]))["aggression"] > low).all()
    assert (aggression_scores(parts(), pd.Series([-0.4], index=["one"]))["aggression"] > low).all()


def test_epithelial_genes_lower_the_score_of_emt_and_mesenchymal_genes_raise_it(matrix, gene_sets):
    up, down = directed_members(gene_sets, "emt")
    assert {"VIM", "FN1", "ZEB2"} <= set(up)
    assert {"CDH1", "EPCAM"} <= set(down)
    mesenchymal, epithelial = matrix.copy(), matrix.copy()
    mesenchymal.loc[list(up)] += 100
    mesenchymal.loc[list(down)] = 0
    epithelial.loc[list(down)] += 100
    epithelial.loc[list(up)] = 0
    assert scored(mesenchymal, gene_sets).table["emt"].min() == 1
    assert scored(epithelial, gene_sets).table["emt"].max() == -1


def test_scores_keep_within_their_bounds_and_chance_gives_zero(gene_sets):
    genes = sorted(set(gene_sets["gene_symbol"]))
    values = np.random.default_rng(5).random((len(genes), 2000))
    table = scored(pd.DataFrame(values, index=genes), gene_sets).table
    assert table.abs().max().max() <= 1
    # The highest of three is above the middle by chance: its mean is (3 - 1) / (3 + 1).
    assert table.pop("myc_family").mean() == pytest.approx(0.5, abs=0.03)
    assert table.mean().abs().max() < 0.05


def test_scores_depend_on_the_order_of_expression_alone(matrix, gene_sets):
    expected = scored(matrix, gene_sets).table
    pd.testing.assert_frame_equal(scored(matrix**3 + 1, gene_sets).table, expected)


def test_genes_that_no_set_names_change_no_score(matrix, gene_sets):
    wider = pd.concat([matrix, pd.DataFrame(50.0, index=["OTHER1", "OTHER2"], columns=matrix.columns)])
    pd.testing.assert_frame_equal(scored(wider, gene_sets).table, scored(matrix, gene_sets).table)
    assert scored(wider, gene_sets).universe == len(matrix)


def test_other_samples_change_no_score(matrix, gene_sets):
    alone = pd.concat([scored(matrix[[sample]], gene_sets).table for sample in matrix])
    pd.testing.assert_frame_equal(alone, scored(matrix, gene_sets).table, check_exact=True)


def test_a_set_that_the_matrix_covers_too_little_is_not_assessable_and_says_so(matrix, gene_sets):
    found = scored(matrix.drop(index=["TAP1", "TAPBP"]), gene_sets)
    assert found.table["antigen_presentation"].isna().all()
    assert found.table.drop(columns="antigen_presentation").notna().all(axis=None)
    assert found.reason == "antigen_presentation: 5 of 7 genes measured, 80% needed"
    assert found.missing == ("TAP1", "TAPBP")
    assert scored(matrix, gene_sets).reason == ""
    assert scored(matrix, gene_sets).missing == ()


def test_a_set_of_which_a_whole_side_is_unmeasured_is_not_assessable():
    pairs = [(name, f"G{number}") for number, name in enumerate(RANKED_SETS) if name != "emt"]
    up = [("emt", f"U{number}", "up") for number in range(9)]
    sets = small([*up, ("emt", "D", "down"), *((name, gene, "up") for name, gene in pairs)])
    genes = [gene for gene in sets["gene_symbol"] if gene != "D"]
    log2 = pd.DataFrame({"one": np.arange(len(genes), dtype=float)}, index=genes)
    found = scored(log2, sets)
    assert np.isnan(found.table.loc["one", "emt"])
    assert found.reason == "emt: 9 of 10 genes measured, no gene measured that should be low"


def test_nothing_is_scored_where_the_ranks_have_too_few_genes_to_be_taken_among(matrix, gene_sets):
    wanted = [gene for name in RANKED_SETS for side in directed_members(gene_sets, name) for gene in side]
    found = scored(matrix.loc[sorted(wanted)], gene_sets)
    assert found.table.isna().all(axis=None)
    assert "ranks are taken among the genes of all sets" in found.reason
    assert found.universe == len(set(wanted))


def test_a_matrix_without_any_gene_of_the_sets_has_no_scores(gene_sets):
    found = scored(pd.DataFrame({"one": [1.0]}, index=["OTHER"]), gene_sets)
    assert found.table.isna().all(axis=None)
    assert found.universe == 0


def test_a_table_without_a_set_is_refused(matrix, gene_sets):
    with pytest.raises(TableError, match="no gene of the set emt"):
        scored(matrix, gene_sets[gene_sets["gene_set"] != "emt"])


def test_the_columns_of_scores_say_how_many_genes_each_set_has(gene_sets):
    columns = {column.name: column for column in SCORES.columns}
    for name in RANKED_SETS:
        assert columns[f"{name}_genes"].maximum == (gene_sets["gene_set"] == name).sum()
