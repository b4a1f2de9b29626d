"""Origin of a variant: with a normal, without one, and how often the reads alone are wrong."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume
from hypothesis import given as given_that
from hypothesis import strategies as st
from scipy import stats

from sclcohort.contracts import ORIGINS
from sclcohort.drivers.origin import MAX_ERROR_RATE, judge_origin
from sclcohort.drivers.purity import unknown_purity
from tests.unit.drivers_fixtures import copies, given, variant

UNKNOWN = unknown_purity("not given")


def judge(one=None, *, has_normal=False, at_hotspot=False, copy_number=None, purity=UNKNOWN, configured=False):
    return judge_origin(
        variant() if one is None else one,
        has_normal=has_normal,
        at_hotspot=at_hotspot,
        copies=copy_number,
        purity=purity,
        population_configured=configured,
        max_error_probability=0.01,
    )


# --- with a normal --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("normal", "call", "reason"),
    [
        ((0, 60), "somatic", "0 of 60 reads of the normal have it"),
        ((1, 30), "somatic", "called against the normal"),
        ((None, 60), "somatic", "whose reads the file does not give"),
        ((0, None), "somatic", "whose reads the file does not give"),
        ((0, 0), "somatic", "whose reads the file does not give"),
        ((9, 5), "somatic", "whose reads the file does not give"),
        ((0, 3), "somatic", "too few to tell"),
        ((28, 60), "likely_germline", "as a germline variant would"),
        ((60, 60), "likely_germline", "as a germline variant would"),
        ((6, 60), "uncertain", "tumour cells in the normal"),
    ],
)
def test_a_variant_called_against_a_normal_is_somatic_unless_the_normal_contradicts(normal, call, reason):
    alt, depth = normal
    found = judge(variant(normal_alt_depth_reads=alt, normal_depth_reads=depth), has_normal=True)
    assert (found.call, reason in found.reason) == (call, True), found.reason


@given_that(st.integers(1, 200), st.data())
def test_reads_of_the_normal_contradict_exactly_when_errors_do_not_explain_them(depth, data):
    alt = data.draw(st.integers(0, depth))
    found = judge(variant(normal_alt_depth_reads=alt, normal_depth_reads=depth), has_normal=True)
    by_errors = stats.binomtest(alt, depth, MAX_ERROR_RATE, alternative="greater").pvalue
    assume(abs(by_errors - 0.01) > 1e-9)
    explained = by_errors > 0.01
    assert (found.call == "somatic") == explained


def test_a_rejected_filter_leaves_the_origin_uncertain():
    one = variant(filter="germline", filter_accepted=False)
    assert judge(one, has_normal=True) == judge(one, has_normal=False)
    assert judge(one).call == "uncertain"
    assert "FILTER germline" in judge(one).reason
    assert "FILTER empty" in judge(variant(filter="", filter_accepted=False)).reason


# --- without a normal: the population -------------------------------------------------------------


@pytest.mark.parametrize(
    ("frequency", "at_hotspot", "call"),
    [
        (0.2, False, "likely_germline"),
        (0.001, False, "likely_germline"),
        (0.0009, False, "uncertain"),
        (0.0, False, "uncertain"),
        (None, False, "uncertain"),
        (0.2, True, "uncertain"),
        (0.0009, True, "somatic"),
        (None, True, "somatic"),
    ],
)
def test_the_population_makes_it_germline_except_at_a_hotspot(frequency, at_hotspot, call):
    one = variant(population_frequency=frequency)
    assert judge(one, at_hotspot=at_hotspot, configured=True).call == call


def test_the_reason_says_what_the_population_resource_could_tell():
    assert "no population resource is configured" in judge().reason
    assert "no population frequency" in judge(configured=True).reason
    assert "which is no proof" in judge(variant(population_frequency=0.0), configured=True).reason


def test_not_knowing_whether_there_was_a_normal_is_taken_as_none():
    assert judge(has_normal=None) == judge(has_normal=False)


# --- without a normal: the reads ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reads", "copy_number", "purity", "call"),
    [
        ((150, 500), copies("neutral", 2.0, 1.0), given(0.6), "somatic"),  # 0.30: het somatic; germline 0.50
        ((250, 500), copies("neutral", 2.0, 1.0), given(0.6), "likely_germline"),
        ((400, 500), copies("neutral", 2.0, 0.0), given(0.6), "likely_germline"),  # 0.80: germline, its allele kept
        ((300, 500), copies("neutral", 2.0, 0.0), given(0.6), "somatic"),  # 0.60: somatic on both copies
        ((475, 500), copies("neutral", 2.0, 1.0), given(0.6), "likely_germline"),  # homozygous
        ((250, 500), copies("neutral", 2.0, 1.0), given(1.0), "uncertain"),  # both expect 0.50
        ((50, 500), copies("neutral", 2.0, 1.0), given(0.6), "somatic"),  # subclonal
        ((5, 10), copies("neutral", 2.0, 1.0), given(0.6), "uncertain"),  # too few reads
        ((250, 500), copies("neutral", 2.0, 1.0), given(0.6, 0.5, 1.0), "uncertain"),  # purity too vague
        ((200, 500), copies("neutral", 2.0, 1.0), given(0.6), "uncertain"),  # 0.40: neither fits
    ],
)
def test_the_reads_decide_where_one_origin_is_likelier_and_fits(reads, copy_number, purity, call):
    found = judge(variant(*reads), copy_number=copy_number, purity=purity)
    assert found.call == call, found.reason


def test_without_minor_copies_every_number_of_kept_copies_is_tried():
    # 0.80 at purity 0.6 and 2 copies: germline with its other allele lost, which unknown minor copies allow.
    assert judge(variant(400, 500), copy_number=copies("neutral", 2.0), purity=given(0.6)).call == "likely_germline"


@pytest.mark.parametrize(
    ("one", "copy_number", "purity", "reason"),
    [
        (variant(None, 100), copies(), given(0.6), "depth or alternate depth"),
        (variant(chrom="chrX"), copies(), given(0.6), "on chrX, of which normal cells have one copy or two"),
        (variant(), copies(), UNKNOWN, "purity is not known"),
        (variant(), None, given(0.6), "copies of the gene are not known"),
        (variant(), copies("neutral", None), given(0.6), "copies of the gene are not known"),
        (variant(), copies("deep_deletion", 0.2), given(0.6), "copies of the gene are not known"),
    ],
)
def test_what_is_missing_for_the_reads_is_said(one, copy_number, purity, reason):
    found = judge(one, copy_number=copy_number, purity=purity)
    assert found.call == "uncertain"
    assert reason in found.reason


def test_a_hotspot_is_somatic_unless_the_reads_speak_for_germline():
    neutral = copies("neutral", 2.0, 1.0)
    assert judge(variant(250, 500), at_hotspot=True, copy_number=neutral, purity=given(0.6)).call == "uncertain"
    assert judge(variant(200, 500), at_hotspot=True, copy_number=neutral, purity=given(0.6)).call == "somatic"


# --- how often it is wrong ------------------------------------------------------------------------


@pytest.mark.parametrize("purity", [0.3, 0.5, 0.7, 0.9])
@pytest.mark.parametrize(("total", "minor"), [(1, 0), (2, 0), (2, 1), (3, 1), (4, 2)])
@pytest.mark.parametrize("depth", [100, 500])
def test_neither_origin_is_called_the_other_in_more_than_2_of_100(purity, total, minor, depth):
    generator = np.random.default_rng(3)
    cells = purity * total + 2 * (1 - purity)
    number = copies("neutral", float(total), float(minor))

    def calls(fraction):
        drawn = generator.binomial(depth, fraction, size=300)
        return [judge(variant(int(alt), depth), copy_number=number, purity=given(purity)).call for alt in drawn]

    for mutated in {minor, total - minor}:
        germline = calls((purity * mutated + 1 - purity) / cells)
        assert germline.count("somatic") <= 6
    for mutated in range(1, total - minor + 1):
        somatic = calls(min(purity * mutated / cells, 0.95))
        assert somatic.count("likely_germline") <= 6


@given_that(st.integers(0, 200), st.floats(0.05, 1), st.floats(0.4, 6), st.booleans())
def test_every_call_is_one_of_the_contract(alt, purity, total, at_hotspot):
    found = judge(variant(alt, 200), at_hotspot=at_hotspot, copy_number=copies("gain", total), purity=given(purity))
    assert found.call in ORIGINS
    assert found.reason
