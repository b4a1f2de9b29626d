"""Purity: the order of its sources, the arithmetic of TP53, and every case in which it cannot be told."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given as given_that
from hypothesis import strategies as st

from sclcohort.contracts import PURITY
from sclcohort.drivers.intervals import clopper_pearson
from sclcohort.drivers.mixture import expected_vaf
from sclcohort.drivers.purity import MAX_INTERVAL_WIDTH, Purity, estimate_purity
from sclcohort.tables import read_rows, write_rows
from tests.unit.drivers_fixtures import copies, hit, variant


def estimate(hits=(), copy_number=None, has_normal=True, sheet=None, caller=None) -> Purity:
    return estimate_purity(sheet=sheet, copy_number_caller=caller, hits=hits, copies=copy_number, has_normal=has_normal)


# --- the order of the sources ---------------------------------------------------------------------


def test_the_sheet_comes_before_the_caller_and_the_caller_before_tp53():
    hits = [hit(variant(120, 300))]
    assert estimate(hits, sheet=0.7, caller=0.5) == Purity(0.7, None, None, "sheet", "given in the sample sheet")
    assert estimate(hits, caller=0.5).source == "copy_number_caller"
    assert estimate(hits, caller=0.5).value == 0.5
    assert estimate(hits).source == "tp53_vaf"
    assert estimate().source == "none"


def test_a_given_purity_has_no_interval_and_spans_itself():
    assert estimate(sheet=0.7).range == (0.7, 0.7)
    assert estimate().range is None


# --- the arithmetic -------------------------------------------------------------------------------


def test_one_copy_left_gives_twice_the_vaf_over_one_plus_vaf():
    purity = estimate([hit(variant(120, 300))], copies("loss", 1.2))
    vaf_low, vaf_high = clopper_pearson(120, 300)
    assert purity.value == pytest.approx(2 * 0.4 / 1.4)
    assert (purity.low, purity.high) == pytest.approx((2 * vaf_low / (1 + vaf_low), 2 * vaf_high / (1 + vaf_high)))


def test_a_copy_neutral_loss_gives_the_vaf_itself():
    purity = estimate([hit(variant(120, 300))], copies("neutral", 2.0, 0.0))
    assert purity.value == pytest.approx(0.4)
    assert (purity.low, purity.high) == pytest.approx(clopper_pearson(120, 300))


def test_without_copy_number_the_interval_spans_both_models_and_the_estimate_is_their_middle():
    purity = estimate([hit(variant(120, 300))])
    vaf_low, vaf_high = clopper_pearson(120, 300)
    assert purity.value == pytest.approx((0.4 + 0.8 / 1.4) / 2)
    assert (purity.low, purity.high) == pytest.approx((vaf_low, 2 * vaf_high / (1 + vaf_high)))


def test_neutral_copies_at_an_unknown_purity_leave_both_models_open():
    hits = [hit(variant(120, 300))]
    assert estimate(hits, copies("neutral", 1.7)).range == estimate(hits).range


@given_that(st.floats(0.05, 0.9), st.sampled_from([1, 2, 3, 4]))
def test_the_purity_is_the_one_at_which_the_vaf_is_expected(true, left):
    vaf = true * left / (true * left + 2 * (1 - true))
    depth = 1_000_000
    purity = estimate([hit(variant(round(vaf * depth), depth))], copies("neutral", float(left), 0.0))
    if vaf <= 0.95:
        assert purity.value == pytest.approx(true, abs=1e-4)
        assert expected_vaf(purity.value, left, left) == pytest.approx(vaf, abs=1e-4)


@pytest.mark.parametrize(("true", "left", "depth"), [(0.4, 1, 150), (0.6, 2, 150), (0.6, 1, 400), (0.8, 2, 100)])
def test_the_interval_holds_the_purity_in_at_least_93_of_100_simulated_samples(true, left, depth):
    vaf = expected_vaf(true, left, left)
    drawn = np.random.default_rng(7).binomial(depth, vaf, size=600)
    estimates = [estimate([hit(variant(int(alt), depth))]) for alt in drawn]
    told = [one for one in estimates if one.range is not None]
    held = [one.low <= true <= one.high for one in told]
    assert len(told) > 500
    assert sum(held) / len(held) >= 0.93


# --- cannot tell ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hits", "copy_number", "has_normal", "reason"),
    [
        ([], None, True, "no TP53 hit"),
        ([hit()], None, True, "an event without an allele fraction"),
        ([hit(variant(), "hotspot"), hit()], None, True, "an event without an allele fraction"),
        ([hit(variant()), hit(variant(position_1based=7675000))], None, True, "2 different hits"),
        ([hit(variant(None, 100))], None, True, "depth or alternate depth"),
        ([hit(variant(40, None))], None, True, "depth or alternate depth"),
        ([hit(variant(0, 100))], None, True, "no read carries"),
        ([hit(variant(297, 300))], None, True, "297 of 300 reads are more"),
        ([hit(variant(150, 300), "missense")], None, False, "fit a heterozygous germline variant"),
        ([hit(variant(150, 300), "missense")], None, None, "fit a heterozygous germline variant"),
        (
            [hit(variant(60, 300, population_frequency=0.01), "missense")],
            None,
            False,
            "allele frequency of 0.01 in the population",
        ),
        ([hit(variant(9, 20))], None, True, "TP53 cannot tell: 0.23 to 0.81"),
        ([hit(variant())], copies("neutral", 2.0, 1.0), True, "both alleles are there"),
        ([hit(variant())], copies("deep_deletion", 0.1), True, "the gene is deleted"),
        ([hit(variant())], copies("gain", 3.4), True, "state gain"),
        ([hit(variant())], copies("amplification", 9.0), True, "state amplification"),
    ],
)
def test_purity_is_unknown_with_its_reason(hits, copy_number, has_normal, reason):
    purity = estimate(hits, copy_number, has_normal)
    assert (purity.value, purity.low, purity.high, purity.source) == (None, None, None, "none")
    assert reason in purity.reason


def test_a_hotspot_or_a_normal_removes_the_germline_doubt():
    assert estimate([hit(variant(150, 300), "hotspot")], has_normal=False).source == "tp53_vaf"
    assert estimate([hit(variant(150, 300), "missense")], has_normal=True).source == "tp53_vaf"


def test_two_records_of_one_change_are_one_hit():
    near = [hit(variant(120, 300)), hit(variant(120, 300, position_1based=7674222))]
    assert estimate(near).source == "tp53_vaf"


@given_that(st.integers(10, 500), st.data())
def test_no_estimate_is_wider_than_the_bound_and_each_lies_in_its_interval(depth, data):
    purity = estimate([hit(variant(data.draw(st.integers(0, depth)), depth))])
    if purity.source == "tp53_vaf":
        assert 0 < purity.low < purity.value < purity.high <= 1
        assert purity.high - purity.low <= MAX_INTERVAL_WIDTH


# --- what may use it ------------------------------------------------------------------------------


def test_tp53_is_never_judged_by_the_purity_that_was_estimated_from_it():
    estimated = estimate([hit(variant(120, 300))])
    assert estimated.independent_of("TP53").value is None
    assert "estimated from TP53 itself" in estimated.independent_of("TP53").reason
    assert estimated.independent_of("RB1") is estimated
    assert estimate(sheet=0.7).independent_of("TP53").value == 0.7


def test_every_purity_keeps_the_contract(tmp_path):
    rows = [
        estimate(sheet=0.7).as_row("S1"),
        estimate([hit(variant(120, 300))]).as_row("S2"),
        estimate().as_row("S3"),
    ]
    write_rows(tmp_path / "purity.tsv", PURITY, rows)
    assert [row["source"] for row in read_rows(tmp_path / "purity.tsv", PURITY)] == ["sheet", "tp53_vaf", "none"]
