"""Cancer-cell fractions, worked by hand and against simulated tumours."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given as given_that
from hypothesis import strategies as st

from sclcohort.contracts import EVENTS
from sclcohort.drivers.clonality import cancer_cell_fraction
from sclcohort.drivers.purity import Purity, unknown_purity
from tests.unit.drivers_fixtures import copies, given


def judge(alt, depth, copy_number=None, purity=None):
    return cancer_cell_fraction(
        (alt, depth), copies=copies() if copy_number is None else copy_number, purity=purity or given(0.6)
    )


def test_a_clonal_heterozygous_variant_is_clonal():
    found = judge(30, 100)
    assert (found.clonality, found.estimate, found.high) == ("clonal", pytest.approx(1.0), 1.0)
    assert found.low < 1


def test_a_variant_of_half_the_cells_is_subclonal():
    found = judge(75, 500)
    assert (found.clonality, found.estimate) == ("subclonal", pytest.approx(0.5))
    assert found.low < 0.5 < found.high < 1


def test_few_reads_leave_clonal_open():
    assert judge(3, 20).clonality == "clonal"
    assert judge(3, 20).low < 0.2


def test_a_variant_on_several_copies_is_older_than_their_gain_and_clonal():
    found = judge(300, 500, copies("neutral", 2.0, 0.0))
    assert (found.estimate, found.low, found.high, found.clonality) == (1.0, 1.0, 1.0, "clonal")
    assert "older than their gain" in found.reason


def test_a_few_reads_too_many_are_chance_and_no_contradiction():
    found = judge(53, 123, copies("neutral", 2.0, 1.0), given(0.65))
    assert (found.clonality, found.low, found.high) == ("clonal", 1.0, 1.0)


def test_an_uncertain_purity_widens_the_interval():
    sure, unsure = judge(75, 500), judge(75, 500, purity=given(0.6, 0.4, 0.8))
    assert unsure.low < sure.low < sure.high < unsure.high
    assert unsure.estimate == sure.estimate


def test_purity_from_tp53_takes_copies_from_the_log2_ratio_at_that_purity():
    estimated = Purity(0.5, 0.5, 0.5, "tp53_vaf", "estimated")
    # log2 ratio -0.415: 1.5 copies on average, 1 in each tumour cell at purity 0.5 (1.5 at purity 1).
    lost = copies("neutral", 1.5, log2_ratio=float(np.log2(0.75)))
    found = cancer_cell_fraction((333, 1000), copies=lost, purity=estimated)
    assert found.estimate == pytest.approx(1.0, abs=0.01)
    assert "1 copies" in found.reason


@pytest.mark.parametrize(
    ("reads", "copy_number", "purity", "reason"),
    [
        (None, copies(), given(0.6), "depth or alternate depth"),
        ((30, 100), copies(), unknown_purity("not given"), "purity unknown: not given"),
        ((30, 100), None, given(0.6), "copies of the gene are not known"),
        ((30, 100), copies("not_covered", None), given(0.6), "copies of the gene are not known"),
        ((30, 100), copies("neutral", None), given(0.6), "copies of the gene are not known"),
        ((30, 100), copies("deep_deletion", 0.2), given(0.6), "the gene is deleted"),
        ((60, 100), copies("neutral", 2.0, 1.0), given(0.6), "more than the 1 that can carry it"),
        ((95, 100), copies("loss", 1.0), given(0.3), "purity or copies are wrong, or it is germline"),
    ],
)
def test_what_is_missing_or_contradicts_is_not_assessable(reads, copy_number, purity, reason):
    found = cancer_cell_fraction(reads, copies=copy_number, purity=purity)
    assert (found.clonality, found.estimate, found.low, found.high) == ("not_assessable", None, None, None)
    assert reason in found.reason


@pytest.mark.parametrize("chrom", ["X", "chrX", "Y", "chrY"])
def test_sex_chromosomes_are_not_assessable(chrom):
    found = cancer_cell_fraction((30, 100), copies=copies(), purity=given(0.6), chrom=chrom)
    assert found.clonality == "not_assessable"
    assert f"on {chrom}" in found.reason


@pytest.mark.parametrize("depth", [50, 100, 400])
@pytest.mark.parametrize(
    ("purity", "total", "minor", "mutated", "fraction"),
    [
        (0.6, 2, 1, 1, 1.0),
        (0.6, 2, 1, 1, 0.4),
        (0.6, 2, 0, 2, 1.0),
        (0.4, 1, 0, 1, 0.7),
        (0.8, 4, 1, 3, 1.0),
        (0.8, 4, 2, 1, 0.5),
        (1.0, 2, 1, 1, 0.2),
    ],
)
def test_the_interval_holds_the_true_fraction_in_at_least_93_of_100(depth, purity, total, minor, mutated, fraction):
    vaf = purity * fraction * mutated / (purity * total + 2 * (1 - purity))
    drawn = np.random.default_rng(11).binomial(depth, vaf, size=1000)
    number = copies("neutral", float(total), float(minor))
    found = [cancer_cell_fraction((int(alt), depth), copies=number, purity=given(purity)) for alt in drawn]
    held = [one.low is not None and one.low <= fraction <= one.high for one in found]
    assert sum(held) / len(held) >= 0.93
    assert sum(one.estimate is None for one in found) <= 5


@given_that(st.integers(1, 300), st.data(), st.floats(0.05, 1), st.floats(0.6, 8))
def test_the_estimate_lies_in_the_interval_and_more_reads_never_lower_it(depth, data, purity, total):
    alt = data.draw(st.integers(0, depth - 1))
    number = copies("neutral", total)
    few, more = (cancer_cell_fraction((one, depth), copies=number, purity=given(purity)) for one in (alt, alt + 1))
    for one in (few, more):
        if one.estimate is not None:
            assert 0 <= one.low <= one.estimate <= one.high <= 1
            assert (one.clonality == "clonal") == (one.high == 1)
    if few.estimate is not None and more.estimate is not None:
        assert few.estimate <= more.estimate


def test_its_cells_are_columns_of_the_events():
    names = {column.name for column in EVENTS.columns}
    assert set(judge(30, 100).as_cells()) <= names
