from __future__ import annotations

import dataclasses
import math

import pytest

from sclcohort.errors import TableError
from sclcohort.regulators.subtypes import Calibration, Evidence, call_subtype, programme_probabilities

GATES = {"min_probability": 0.6, "min_margin": 0.2}
GENES = dict.fromkeys("ANPY", 20)
CONSTANTS = {
    "steepness": 5.0,
    "floor_deviations": 1.645,
    "hybrid_min_sum": 0.8,
    "hybrid_min_second": 0.25,
    "factor_min_log2": 1.0,
    "inflamed_min_log2": 4.0,
    "min_purity": 0.5,
}


def rows_of(least=0.0, most=1.0):
    rows = [{"parameter": name, "programme": "all", "value": value} for name, value in CONSTANTS.items()]
    for letter in "ANPY":
        rows.append({"parameter": "least", "programme": letter, "value": least})
        rows.append({"parameter": "most", "programme": letter, "value": most})
    return rows


@pytest.fixture
def calibration():
    """Four programmes alike, steepness 5: odds of exp(5 x difference of scores)."""
    return Calibration.from_rows(rows_of())


def evidence(a=-0.3, n=-0.3, p=-0.3, y=-0.3, specimen="cell_line", **given):
    scores = {"A": a, "N": n, "P": p, "Y": y}
    without = {letter: scores[letter] for letter in "ANP"}
    return Evidence(scores=scores, scores_without_stroma=without, genes=GENES, specimen=specimen, **given)


ABSENT = {"A": 0.2, "N": 0.0, "P": 0.99}


def test_probabilities_are_a_softmax_of_positions_between_least_and_most():
    calibration = dataclasses.replace(
        Calibration.from_rows(rows_of()),
        least={"A": 0.0, "N": -0.5, "P": -1.0, "Y": 0.0},
        most={"A": 1.0, "N": 0.5, "P": 0.0, "Y": 2.0},
        steepness=2.0,
    )
    probabilities = programme_probabilities({"A": 0.5, "N": 0.5, "P": 0.5, "Y": -1}, calibration)
    odds = {"A": math.exp(1), "N": math.exp(2), "P": math.exp(3), "Y": math.exp(-1)}
    for letter, odd in odds.items():
        assert probabilities[letter] == pytest.approx(odd / sum(odds.values()), abs=1e-6)
    assert sum(probabilities.values()) == pytest.approx(1, abs=4e-6)


def test_a_programme_that_never_ranks_high_is_called_at_the_same_score_before_one_that_always_does(calibration):
    rare = dataclasses.replace(calibration, least={**calibration.least, "P": -1.0}, most={**calibration.most, "P": 0.5})
    # P at 0.3 is 87 % of the way that it goes, A at 0.3 is 30 %.
    assert programme_probabilities({"A": 0.3, "N": -0.3, "P": 0.3, "Y": -0.3}, rare)["P"] > 0.9


@pytest.mark.parametrize("letter", ["a", "n", "p", "y"])
def test_a_programme_that_stands_out_is_called(calibration, letter):
    call = call_subtype(evidence(**{letter: 0.8}), calibration, **GATES)
    assert (call.subtype, call.rule, call.components) == (f"SCLC-{letter.upper()}", "programme", "")
    assert call.probability > 0.95
    assert call.margin == pytest.approx(call.probability - (1 - call.probability) / 3, abs=1e-5)


def test_a_flat_sample_is_unclassified(calibration):
    call = call_subtype(evidence(0, 0, 0, 0), calibration, **GATES)
    assert (call.subtype, call.rule) == ("unclassified", "no_programme_stands_out")


def test_a_probable_programme_below_the_floor_is_unclassified_and_above_it_called(calibration):
    # 20 genes of 80: the floor is 1.645 x 0.15 = 0.24675.
    below, above = evidence(a=0.2467, n=-0.6), evidence(a=0.2468, n=-0.6)
    call = call_subtype(below, calibration, **GATES)
    assert call.probability > GATES["min_probability"]
    assert (call.subtype, call.rule) == ("unclassified", "no_programme_stands_out")
    assert "ASCL1, does not stand out" in call.reason
    assert call_subtype(above, calibration, **GATES).subtype == "SCLC-A"


def test_the_floor_rises_when_fewer_genes_are_measured(calibration):
    sample = evidence(a=0.26, n=-0.6)
    fewer = dataclasses.replace(sample, genes=dict.fromkeys("ANPY", 16))
    assert call_subtype(sample, calibration, **GATES).subtype == "SCLC-A"
    assert call_subtype(fewer, calibration, **GATES).rule == "no_programme_stands_out"


@pytest.mark.parametrize(
    ("scores", "components"),
    [
        ({"a": 0.6, "n": 0.58}, "A+N"),
        ({"n": 0.6, "a": 0.58}, "A+N"),
        ({"p": 0.5, "y": 0.5}, "P+Y"),
        ({"a": 0.5, "y": 0.52}, "A+Y"),
    ],
)
def test_two_programmes_that_stand_out_alike_are_a_hybrid(calibration, scores, components):
    call = call_subtype(evidence(**scores), calibration, **GATES)
    assert (call.subtype, call.rule, call.components) == ("hybrid", "hybrid", components)
    assert call.margin < GATES["min_margin"]


def test_three_programmes_that_stand_out_are_no_hybrid(calibration):
    call = call_subtype(evidence(0.5, 0.5, 0.5, -1), calibration, **GATES)
    assert (call.subtype, call.rule) == ("unclassified", "below_probability")


def test_a_second_programme_that_does_not_stand_out_makes_no_hybrid(calibration):
    near = dataclasses.replace(
        calibration, least={**calibration.least, "N": -0.38}, most={**calibration.most, "N": 0.62}
    )
    call = call_subtype(evidence(a=0.5, n=0.1), near, **GATES)
    assert (call.subtype, call.rule) == ("unclassified", "below_probability")


@pytest.fixture
def anchored(calibration):
    """N goes from -0.5 to 0.7, so that it is nearer its most than A at the same score."""
    return dataclasses.replace(calibration, least={**calibration.least, "N": -0.5}, most={**calibration.most, "N": 0.7})


@pytest.mark.parametrize("a", [0.6, 0.55])
def test_a_hybrid_is_called_where_probability_and_rank_score_disagree_on_the_lead(anchored, a):
    call = call_subtype(evidence(a=a, n=0.55), anchored, **GATES)
    assert (call.subtype, call.rule, call.components) == ("hybrid", "hybrid", "A+N")
    assert call.probability > GATES["min_probability"]
    assert call.reason == "NEUROD1 leads by probability, ASCL1 by rank score, both stand out"
    assert call_subtype(evidence(a=0.54, n=0.55), anchored, **GATES).subtype == "SCLC-N"


def test_the_lead_by_rank_score_counts_for_nothing_where_its_own_factor_is_not_expressed(anchored):
    absent = evidence(a=0.6, n=0.55, factors={"A": 0.1, "N": 5.0})
    assert call_subtype(absent, anchored, **GATES).subtype == "SCLC-N"
    both = evidence(a=0.6, n=0.55, factors={"A": 5.0, "N": 5.0})
    assert call_subtype(both, anchored, **GATES).components == "A+N"


def test_three_programmes_of_one_rank_score_are_no_hybrid_whichever_leads_by_probability(anchored):
    call = call_subtype(evidence(0.5, 0.5, 0.5, -1), dataclasses.replace(anchored, steepness=0.5), **GATES)
    assert (call.subtype, call.rule) == ("unclassified", "below_probability")


def test_the_gates_are_the_callers(calibration):
    sample = evidence(a=0.6, n=0.45)
    call = call_subtype(sample, calibration, **GATES)
    assert call.subtype == "SCLC-A"
    assert call_subtype(sample, calibration, min_probability=0.9, min_margin=0.2).subtype == "hybrid"
    assert call_subtype(sample, calibration, min_probability=0.6, min_margin=0.5).subtype == "hybrid"
    strict = dataclasses.replace(calibration, hybrid_min_second=0.4)
    by_probability = call_subtype(sample, strict, min_probability=0.9, min_margin=0.2)
    by_margin = call_subtype(sample, strict, min_probability=0.6, min_margin=0.5)
    assert (by_probability.rule, by_margin.rule) == ("below_probability", "below_margin")
    assert "ASCL1 is below 0.9" in by_probability.reason
    assert "of ASCL1 over NEUROD1 is below 0.5" in by_margin.reason


@pytest.mark.parametrize(("letter", "factor"), [("a", "ASCL1"), ("n", "NEUROD1"), ("p", "POU2F3"), ("y", "YAP1")])
def test_a_call_whose_own_factor_is_not_expressed_is_withdrawn(calibration, letter, factor):
    off = evidence(**{letter: 0.8}, factors={letter.upper(): 0.99})
    on = evidence(**{letter: 0.8}, factors={letter.upper(): 1.0})
    call = call_subtype(off, calibration, **GATES)
    assert (call.subtype, call.rule) == ("unclassified", "factor_not_expressed")
    assert f"{factor} is not expressed" in call.reason
    assert call.probability > 0.9
    assert call_subtype(on, calibration, **GATES).subtype == f"SCLC-{letter.upper()}"


def test_another_factor_that_is_expressed_changes_no_call(calibration):
    call = call_subtype(evidence(a=0.8, factors={"A": 5.0, "N": 6.0, "Y": 7.0}), calibration, **GATES)
    assert call.subtype == "SCLC-A"


def test_a_hybrid_needs_both_factors_where_they_are_measured(calibration):
    both = evidence(a=0.6, n=0.6, factors={"A": 4.0, "N": 4.0})
    one = evidence(a=0.6, n=0.6, factors={"A": 4.0, "N": 0.1})
    assert call_subtype(both, calibration, **GATES).components == "A+N"
    call = call_subtype(one, calibration, **GATES)
    assert (call.subtype, call.rule, call.components) == ("unclassified", "factor_not_expressed", "")
    assert "the programmes say A+N, but NEUROD1 is not expressed" in call.reason


@pytest.mark.parametrize("specimen", ["tumour_tissue", ""])
def test_stroma_does_not_turn_an_ascl1_tumour_into_a_yap1_tumour(calibration, specimen):
    sample = evidence(a=0.5, y=0.7, n=-0.6, p=-0.6, specimen=specimen, factors={"A": 5.0, "N": 0.0, "P": 0.0, "Y": 6.0})
    call = call_subtype(sample, calibration, **GATES)
    assert (call.subtype, call.rule) == ("SCLC-A", "programme")
    assert "YAP1 programme set aside, stroma expresses it: ASCL1 is expressed" in call.reason
    assert call.probability == programme_probabilities(sample.scores, calibration, "ANP")["A"]


@pytest.mark.parametrize("specimen", ["cell_line", "pdx", "organoid", "ctc"])
def test_without_stroma_the_yap1_programme_counts_whatever_else_is_expressed(calibration, specimen):
    factors = {"A": 5.0, "N": 0.0, "P": 0.0, "Y": 6.0}
    sample = evidence(a=0.3, y=0.8, specimen=specimen, factors=factors)
    assert call_subtype(sample, calibration, **GATES).subtype == "SCLC-Y"


def test_a_yap1_call_on_tissue_needs_the_other_factors_measured_and_absent(calibration):
    unmeasured = evidence(y=0.8, specimen="tumour_tissue", factors={"A": 0.0, "Y": 5.0})
    call = call_subtype(unmeasured, calibration, **GATES)
    assert (call.subtype, call.rule) == ("unclassified", "stroma_not_excluded")
    assert "NEUROD1, POU2F3 are not measured" in call.reason
    absent = evidence(y=0.8, specimen="tumour_tissue", factors=ABSENT | {"Y": 5.0})
    call = call_subtype(absent, calibration, **GATES)
    assert (call.subtype, call.rule) == ("SCLC-Y", "programme")
    assert "stroma expresses this programme too" in call.reason


@pytest.mark.parametrize(("purity", "subtype"), [(None, "SCLC-Y"), (0.5, "SCLC-Y"), (0.49, "unclassified")])
def test_no_yap1_call_on_tissue_of_low_purity(calibration, purity, subtype):
    sample = evidence(y=0.8, specimen="tumour_tissue", factors=ABSENT | {"Y": 5.0}, purity=purity)
    call = call_subtype(sample, calibration, **GATES)
    assert call.subtype == subtype
    assert call.rule == ("programme" if subtype == "SCLC-Y" else "purity_too_low")


def inflamed(**changes):
    given = {"specimen": "tumour_tissue", "factors": ABSENT, "t_cell_inflamed": 4.0} | changes
    return evidence(y=0.8, **given)


def test_an_inflamed_tumour_without_the_three_factors_is_called(calibration):
    call = call_subtype(inflamed(), calibration, **GATES)
    assert (call.subtype, call.rule) == ("SCLC-I", "inflamed")
    assert (call.probability, call.margin) == (None, None)
    assert "ASCL1, NEUROD1, POU2F3 are not expressed, the T-cell-inflamed score 4 is at or above 4" in call.reason


@pytest.mark.parametrize(
    "changes",
    [
        {"specimen": "cell_line"},
        {"specimen": "pdx"},
        {"specimen": ""},
        {"t_cell_inflamed": 3.99},
        {"t_cell_inflamed": None},
        {"factors": {"A": 0.0, "N": 0.0}},
        {"factors": ABSENT | {"P": 1.0}},
    ],
)
def test_no_inflamed_call_without_tissue_signal_and_all_three_factors_absent(calibration, changes):
    assert call_subtype(inflamed(**changes), calibration, **GATES).subtype != "SCLC-I"


@pytest.mark.parametrize(("purity", "subtype"), [(0.5, "SCLC-I"), (0.3, "unclassified")])
def test_no_inflamed_call_where_the_stated_purity_is_low(calibration, purity, subtype):
    call = call_subtype(inflamed(purity=purity), calibration, **GATES)
    assert call.subtype == subtype
    assert ("purity 0.3 is below 0.5" in call.reason) == (subtype == "unclassified")


@pytest.mark.parametrize("missing", [*CONSTANTS, "least", "most"])
def test_a_calibration_without_one_of_its_constants_is_refused(missing):
    rows = [row for row in rows_of() if row["parameter"] != missing]
    with pytest.raises(TableError, match=f"no row of parameter {missing}, programme"):
        Calibration.from_rows(rows)


def test_a_calibration_whose_least_is_not_below_its_most_is_refused():
    with pytest.raises(TableError, match="least of programme A is not below its most"):
        Calibration.from_rows(rows_of(least=0.5, most=0.5))
