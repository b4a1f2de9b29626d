"""Every route to a zygosity state, worked by hand, and what must hold for all of them."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats

from sclcohort.drivers.events import Event
from sclcohort.drivers.genes import DriverGene
from sclcohort.drivers.purity import Purity, unknown_purity
from sclcohort.drivers.records import GeneCopies, Variant
from sclcohort.drivers.zygosity import (
    assess_zygosity,
    judge_by_vaf,
    probability_of_at_least,
    probability_of_at_most,
)

ALPHA = 0.01
RB1 = DriverGene(
    "RB1", "tumour_suppressor", "sclc_driver", ("truncating", "deep_deletion"), True, None, "George 2015", "verified"
)
NO_SEGMENTS = ("copy number not provided",)


def variant(
    position: int = 1000, alt_reads: int | None = 60, depth: int | None = 100, ref: str = "C", alt: str = "T"
) -> Variant:
    return Variant(
        sample_id="S1",
        chrom="13",
        position_1based=position,
        ref=ref,
        alt=alt,
        gene_symbol="RB1",
        transcript_id="T1",
        is_representative=True,
        filter="PASS",
        filter_accepted=True,
        depth_reads=depth,
        alt_depth_reads=alt_reads,
        vaf=None if alt_reads is None or not depth else alt_reads / depth,
        consequence="stop_gained",
        consequence_class="truncating",
        protein_position=320,
        hgvs_p="p.R320*",
    )


def phased(position: int, phase_set: str) -> Event:
    return Event(
        "S1", RB1, f"p.{position}*", "truncating", "likely_oncogenic", "", "",
        replace(variant(position, 30), phase_set=phase_set), None,
    )  # fmt: skip


def hit(*arguments, **fields) -> Event:
    return Event("S1", RB1, "p.R320*", "truncating", "likely_oncogenic", "", "", variant(*arguments, **fields), None)


def deletion(name: str = "deep_deletion") -> Event:
    return Event("S1", RB1, name, "deep_deletion", "likely_oncogenic", "", "", None, None)


def copies(state: str = "neutral", total: float | None = 2.0, minor: float | None = None) -> GeneCopies:
    covered = 0.0 if state == "not_covered" else 1.0
    return GeneCopies(0.0, total, minor, state, 0.0, covered)


def assess(hits, copy_number=None, purity=0.6, gaps=None, alpha=ALPHA):
    gaps = (NO_SEGMENTS if copy_number is None else ()) if gaps is None else gaps
    known = unknown_purity("not given") if purity is None else Purity(purity, None, None, "sheet", "")
    return assess_zygosity(hits, copy_number, purity=known, gaps=gaps, max_error_probability=alpha)


def outcome(zygosity):
    return (zygosity.state, zygosity.second_hit, zygosity.confidence)


DEFINITE = ("biallelic", "found", "definite")
PROBABLE = ("biallelic", "found", "probable")
KEPT = ("one_hit", "not_found", None)
OPEN = ("one_hit", "not_assessable", None)


# --- reads -----------------------------------------------------------------------------------------


@given(st.integers(1, 5000), st.data(), st.floats(0.001, 0.95))
@settings(derandomize=True, deadline=None)
def test_tail_probabilities_are_those_of_the_binomial_distribution(depth, data, fraction):
    alt = data.draw(st.integers(0, depth))
    binomial = stats.binom(depth, fraction)
    assert probability_of_at_least(alt, depth, fraction) == pytest.approx(binomial.sf(alt - 1), rel=1e-9, abs=1e-300)
    assert probability_of_at_most(alt, depth, fraction) == pytest.approx(binomial.cdf(alt), rel=1e-9, abs=1e-300)


@pytest.mark.parametrize(
    ("alt", "second_copy"),
    [
        (60, "lost"),  # copy-neutral loss on the nose: P(X >= 60 | 0.30) = 8e-10
        (43, "lost"),  # one copy left on the nose: P(X >= 43 | 0.30) = 0.004
        (30, "kept"),  # one of two on the nose: P(X <= 30 | 0.43) = 0.006
        (36, "cannot_tell"),  # P(X >= 36 | 0.30) = 0.12, P(X <= 36 | 0.43) = 0.10
        (3, "kept"),  # a subclonal hit is not on every copy either
        (90, "lost"),  # more than any model: the purity is understated, a whole copy is out all the more
    ],
)
def test_a_hundred_reads_at_purity_six_tenths_are_judged_as_worked_by_hand(alt, second_copy):
    verdict = judge_by_vaf(alt, 100, purity=0.6, copies=None, max_error_probability=ALPHA)
    assert verdict.second_copy == second_copy
    assert verdict.reason.endswith("expected VAF 0.30 with one copy whole, 0.43 or 0.60 without, at purity 0.6")
    whole = stats.binom(100, 0.3).sf(alt - 1) <= ALPHA
    lost = any(stats.binom(100, fraction).cdf(alt) > ALPHA for fraction in (0.6 / 1.4, 0.6))
    assert (whole, lost) == {
        "lost": (True, True),
        "kept": (False, False),
        "cannot_tell": (False, True),
    }[second_copy]


def test_reads_between_one_copy_and_two_of_two_fit_neither():
    verdict = judge_by_vaf(45, 100, purity=0.6, copies=2, max_error_probability=ALPHA)
    assert verdict.second_copy == "fits_neither"
    assert "expected VAF 0.30 with one copy whole, 0.60 without" in verdict.reason


def test_two_copies_of_three_and_three_of_three_are_told_apart_in_a_pure_tumour():
    for alt, expected in ((200, "kept"), (290, "lost")):  # 2/3 and 3/3 of 300 reads
        verdict = judge_by_vaf(alt, 300, purity=1.0, copies=3, max_error_probability=ALPHA)
        assert verdict.second_copy == expected


# --- routes --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hits", "copy_number", "purity", "expected", "reason"),
    [
        ([deletion()], copies("deep_deletion", 0.1), 0.6, DEFINITE, "both copies of the gene are deleted"),
        ([deletion()], copies("deep_deletion", 0.1), None, DEFINITE, "deleted"),
        ([deletion(), hit()], copies("deep_deletion", 0.1), 0.6, DEFINITE, "deleted"),
        ([deletion("intragenic_deep_deletion")], copies(), 0.6, PROBABLE, "part of the gene"),
        ([hit()], copies("neutral", 2.0, 0.0), 0.6, DEFINITE, "minor copy number 0"),
        ([hit()], copies("gain", 3.0, 0.0), None, DEFINITE, "minor copy number 0"),
        ([hit(alt_reads=43)], copies("loss", 1.0), 0.6, DEFINITE, "one copy is lost"),
        ([hit(alt_reads=None)], copies("loss", 1.0), 0.6, DEFINITE, "one copy is lost"),
        ([hit()], copies("loss", 1.0), None, DEFINITE, "one copy is lost"),
        ([hit(alt_reads=5)], copies("loss", 1.0), 0.6, PROBABLE, "may be subclonal"),
        ([hit(), hit(5000)], None, None, PROBABLE, "2 distinct hits; .*phase.* unknown"),
        ([hit(), hit(5000)], copies("neutral", 2.0, 1.0), 0.6, PROBABLE, "2 distinct hits"),
        ([hit(), hit(5000)], copies("loss", 1.0), 0.6, DEFINITE, "one copy is lost"),
        ([hit(alt_reads=60)], None, 0.6, PROBABLE, "60 of 100 reads reject a whole copy"),
        ([hit(alt_reads=43)], None, 0.6, PROBABLE, "reject a whole copy and fit its loss"),
        ([hit(alt_reads=30)], None, 0.6, KEPT, "reject that the other copy is lost"),
        ([hit(alt_reads=36)], None, 0.6, OPEN, "copy number not provided; .*alike"),
        ([hit()], None, None, OPEN, "copy number not provided; purity unknown"),
        ([hit(alt_reads=None)], None, 0.6, OPEN, "depth or alternate depth of the hit is missing"),
        ([hit(depth=None)], None, 0.6, OPEN, "depth or alternate depth of the hit is missing"),
        ([hit(alt_reads=0, depth=0)], None, 0.6, OPEN, "depth or alternate depth of the hit is missing"),
        ([hit(alt_reads=101)], None, 0.6, OPEN, "depth or alternate depth of the hit is missing"),
        ([hit()], copies("neutral", 2.0, 1.0), 0.6, KEPT, "minor copy number 1: both alleles are there"),
        ([hit()], copies("gain", 3.0, 1.0), None, KEPT, "both alleles are there"),
        (
            [hit()],
            copies("loss", 1.2, 1.0),
            0.6,
            OPEN,
            "total copies 1.2 speak for a loss, minor copy number 1 against",
        ),
        ([hit(alt_reads=60)], copies(), 0.6, PROBABLE, "no loss, and cannot show a copy-neutral one; .*fit its loss"),
        ([hit(alt_reads=30)], copies(), 0.6, KEPT, "reject that the other copy is lost"),
        ([hit(alt_reads=45)], copies(), 0.6, OPEN, "fit neither"),
        ([hit()], copies(), None, OPEN, "cannot show a copy-neutral one; purity unknown"),
        ([hit(alt_reads=95)], copies("gain", 3.0), 1.0, PROBABLE, "fit its loss"),
        ([hit(alt_reads=65)], copies("gain", 3.0), 1.0, KEPT, "reject that the other copy is lost"),
        ([hit(alt_reads=90)], copies("amplification", 20.0), 0.9, OPEN, "alike"),
    ],
)
def test_each_route_leads_to_its_state(hits, copy_number, purity, expected, reason):
    zygosity = assess(hits, copy_number, purity)
    assert outcome(zygosity) == expected
    assert re.search(reason, zygosity.reason), zygosity.reason


def test_a_gene_without_a_hit_is_none_only_where_nothing_is_missing():
    assert outcome(assess([], copies())) == ("none", None, None)
    missing = assess([], None, gaps=("variants refused: REF differs", "copy number not provided"))
    assert outcome(missing) == ("not_assessable", None, None)
    assert missing.reason == "no hit seen, but variants refused: REF differs; copy number not provided"


def test_none_never_says_intact_and_names_a_lost_copy():
    assert "no proof that the gene is intact" in assess([], copies()).reason
    for lost in (copies("loss", 1.0), copies("neutral", 2.0, 0.0)):
        zygosity = assess([], lost)
        assert outcome(zygosity) == ("none", None, None)
        assert "one copy is lost, without a hit seen on the other" in zygosity.reason
    assert "one copy is lost" not in assess([], copies("neutral", 2.0, 1.0)).reason


def test_a_gene_not_covered_by_segments_is_judged_like_one_without_copy_number():
    zygosity = assess(
        [hit(alt_reads=43)], copies("not_covered", None), gaps=("no copy-number segment covers the gene",)
    )
    assert outcome(zygosity) == PROBABLE


# --- distinct hits -------------------------------------------------------------------------------


def test_two_records_of_one_change_are_no_two_hits():
    pair = [hit(100, alt_reads=30), hit(101, alt_reads=29)]
    assert outcome(assess(pair)) == KEPT


# --- what holds for every input ------------------------------------------------------------------

ANY_COPIES = st.one_of(
    st.none(),
    st.builds(
        copies,
        st.sampled_from(["loss", "neutral", "gain", "amplification"]),
        st.floats(0.6, 20),
        st.one_of(st.none(), st.sampled_from([0.0, 0.3, 1.0, 2.0])),
    ),
)
PURITIES = st.one_of(st.none(), st.floats(0.05, 1))
RANK = {"kept": 0, "cannot_tell": 1, "fits_neither": 1, "lost": 2}


@given(st.integers(1, 1000), st.data(), PURITIES, ANY_COPIES, st.floats(0.0001, 0.2))
@settings(derandomize=True, deadline=None, max_examples=300)
def test_more_alternate_reads_never_turn_biallelic_into_one_hit(depth, data, purity, copy_number, alpha):
    fewer = data.draw(st.integers(0, depth))
    more = data.draw(st.integers(fewer, depth))
    before = assess([hit(alt_reads=fewer, depth=depth)], copy_number, purity, alpha=alpha)
    after = assess([hit(alt_reads=more, depth=depth)], copy_number, purity, alpha=alpha)
    assert not (before.state == "biallelic" and after.state == "one_hit")
    assert not (before.confidence == "definite" and after.confidence == "probable")


@given(st.integers(1, 1000), st.data(), st.floats(0.05, 1), st.one_of(st.none(), st.integers(2, 12)))
@settings(derandomize=True, deadline=None, max_examples=300)
def test_more_alternate_reads_never_speak_for_a_whole_copy(depth, data, purity, total):
    fewer = data.draw(st.integers(0, depth))
    more = data.draw(st.integers(fewer, depth))
    before, after = (
        judge_by_vaf(alt, depth, purity=purity, copies=total, max_error_probability=ALPHA) for alt in (fewer, more)
    )
    assert RANK[before.second_copy] <= RANK[after.second_copy]


@given(
    st.lists(st.tuples(st.integers(1, 300), st.integers(0, 100)), min_size=1, max_size=6),
    PURITIES,
    ANY_COPIES,
    st.randoms(),
)
@settings(derandomize=True, deadline=None)
def test_the_order_of_the_hits_does_not_matter(drawn, purity, copy_number, random):
    hits = [hit(position, alt_reads=alt) for position, alt in drawn]
    shuffled = list(hits)
    random.shuffle(shuffled)
    assert assess(hits, copy_number, purity) == assess(shuffled, copy_number, purity)


@given(st.integers(0, 100), PURITIES, ANY_COPIES)
@settings(derandomize=True, deadline=None)
def test_another_hit_far_away_never_weakens_the_state(alt, purity, copy_number):
    one = assess([hit(alt_reads=alt)], copy_number, purity)
    two = assess([hit(alt_reads=alt), hit(90_000, alt_reads=50)], copy_number, purity)
    assert two.state == "biallelic"
    assume(one.confidence == "definite")
    assert two.confidence == "definite"


@given(st.integers(0, 100), PURITIES, ANY_COPIES)
@settings(derandomize=True, deadline=None)
def test_second_hit_and_confidence_follow_from_the_state(alt, purity, copy_number):
    zygosity = assess([hit(alt_reads=alt)], copy_number, purity)
    assert (zygosity.second_hit == "found") == (zygosity.state == "biallelic")
    assert (zygosity.confidence is not None) == (zygosity.state == "biallelic")
    assert zygosity.reason


@given(st.integers(0, 100))
@settings(derandomize=True, deadline=None)
def test_without_purity_and_copy_number_one_hit_always_stays_open(alt):
    assert outcome(assess([hit(alt_reads=alt)], None, None)) == OPEN


# --- phase ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sets", "expected"),
    [
        (("77:1", "77:2"), ("biallelic", "found", "definite")),
        (("77:1", "77:1"), ("one_hit", "not_found", None)),
        (("77:1", "78:2"), PROBABLE),
        (("77:1", ""), PROBABLE),
        (("77:1+2", "77:2"), PROBABLE),
        (("77:1", "77:1", "77:2"), ("biallelic", "found", "definite")),
        (("77:1", "77:1", ""), PROBABLE),
    ],
)
def test_two_hits_count_by_the_copies_that_the_phase_set_proves(sets, expected):
    hits = [phased(1000 + 100 * number, name) for number, name in enumerate(sets)]
    found = assess(hits, copies(minor=1.0), purity=0.8)
    assert outcome(found) == expected
    assert (found.mechanism == "two_hits") == (expected[0] == "biallelic")
