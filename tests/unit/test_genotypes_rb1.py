"""RB1 is lost, intact with support, or undetermined; nothing that was not looked for ever counts."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sclcohort.contracts import RB1_STATES
from sclcohort.genotypes.facts import Sample
from sclcohort.genotypes.rb1 import Rb1, assess_rb1
from tests.unit.genotypes_fixtures import RNA, amplified, event, make_sample, state

DEFINITE = {"RB1": state("biallelic", second_hit="found", confidence="definite", evidence="deep_deletion; copies 0")}
PROBABLE = {"RB1": state("biallelic", second_hit="found", confidence="probable", evidence="p.R320*; p.Q395*")}
OPEN_HIT = {"RB1": state("one_hit", second_hit="not_assessable", evidence="p.E440*", reason="copy number not provided")}
KEPT_HIT = {"RB1": state("one_hit", second_hit="not_found", evidence="p.E440*")}
UNCERTAIN = event("RB1", "p.R661W", "missense", oncogenic_call="uncertain")
CCND1 = amplified("CCND1")
CDKN2A_DELETED = event("CDKN2A", "deep_deletion", "deep_deletion", copies=0.0)
RNA_INTACT = {"RB1": 4.5, "CDKN2A": 0.2}
RNA_LOST = {"RB1": 2.0, "CDKN2A": 7.0}
WITHOUT_VARIANTS = {gene: state("not_assessable", reason="variants not provided") for gene in ("RB1", "CDKN2A", "TP53")}
NO_COPY_NUMBER: dict[str, Any] = {"copy_number": {"state": "not_provided"}, "copies": {}}


def assess(*events: dict[str, Any], **more: Any) -> Rb1:
    return assess_rb1(make_sample(*events, **more), RNA)


def test_no_event_in_rb1_is_undetermined_however_complete_the_data():
    rb1 = assess()
    assert (rb1.state, rb1.rules, rb1.findings.not_assessable) == ("UNDETERMINED", ("rb1_undetermined",), [])
    assert rb1.reason == "no hit in RB1 seen, and nothing that supports an intact gene"


@pytest.mark.parametrize("states", [DEFINITE, PROBABLE])
def test_both_copies_lost_is_lost(states):
    rb1 = assess(states=states)
    assert (rb1.state, rb1.rules) == ("LOST", ("rb1_biallelic",))
    assert "deep_deletion" in rb1.findings.lost["rb1_biallelic"] or "p.R320*" in rb1.findings.lost["rb1_biallelic"]


@pytest.mark.parametrize(
    ("given_events", "more", "rule"),
    [
        ((CCND1,), {}, "ccnd1_amplified"),
        ((CDKN2A_DELETED,), {}, "cdkn2a_lost"),
        ((), {"states": {"CDKN2A": state("biallelic")}}, "cdkn2a_lost"),
        (
            (event("CDKN2A", "p.R80*", "truncating", vaf=0.4), event("CDKN2A", "p.R58*", "truncating", vaf=0.4)),
            {},
            "cdkn2a_lost",
        ),
        (
            (event("CDKN2A", "p.R80*", "truncating", vaf=0.8),),
            {"copies": {"CDKN2A": {"state": "loss", "total_copies": 1.0}}},
            "cdkn2a_lost",
        ),
        (
            (event("CDKN2A", "p.R80*", "truncating", vaf=0.8),),
            {"copies": {"CDKN2A": {"state": "neutral", "total_copies": 2.0, "minor_copies": 0.0}}},
            "cdkn2a_lost",
        ),
        ((), {"expression": RNA_INTACT}, "rb1_rna_intact"),
    ],
)
def test_each_support_makes_an_unhit_rb1_intact_and_is_named(given_events, more, rule):
    rb1 = assess(*given_events, **more)
    assert (rb1.state, rb1.rules) == ("INTACT_SUPPORTED", (rule,))
    assert rb1.findings.intact[rule] in rb1.reason


def test_one_hit_in_cdkn2a_with_the_other_copy_kept_does_not_count_and_is_told():
    rb1 = assess(event("CDKN2A", "p.R80*", "truncating", vaf=0.3))
    assert (rb1.state, rb1.findings.intact) == ("UNDETERMINED", {})
    assert "one copy of CDKN2A is hit (CDKN2A p.R80* (VAF 0.3)) and the other kept, which does not count" in rb1.reason


def test_a_hit_in_cdkn2a_whose_other_copy_was_not_looked_for_is_listed_and_not_counted():
    rb1 = assess(event("CDKN2A", "p.R80*", "truncating", vaf=0.3), **NO_COPY_NUMBER)
    assert rb1.state == "UNDETERMINED"
    assert "other copy of CDKN2A (CDKN2A p.R80* (VAF 0.3)): copy number not provided" in rb1.findings.not_assessable


def test_an_amplification_that_is_not_likely_oncogenic_supports_nothing():
    assert assess(amplified("CCND1") | {"oncogenic_call": "uncertain"}).state == "UNDETERMINED"


def test_support_needs_no_variants_but_the_answer_says_that_they_were_not_there():
    rb1 = assess(CCND1, states=WITHOUT_VARIANTS)
    assert rb1.state == "INTACT_SUPPORTED"
    assert "no hit in RB1 seen in the data there are" in rb1.reason
    assert "events of RB1: variants not provided" in rb1.findings.not_assessable


@pytest.mark.parametrize("states", [OPEN_HIT, KEPT_HIT])
def test_one_hit_is_neither_lost_nor_intact(states):
    assert assess(states=states).state == "UNDETERMINED"
    assert assess(CCND1, states=states).state == "UNDETERMINED"
    assert "contradicts" in assess(CCND1, states=states).reason


def test_one_hit_with_an_unjudged_other_copy_and_the_rna_of_loss_is_lost_and_with_a_kept_one_is_not():
    rb1 = assess(states=OPEN_HIT, expression=RNA_LOST)
    assert (rb1.state, rb1.rules) == ("LOST", ("rb1_one_hit", "rb1_rna_lost"))
    assert "other copy of RB1: copy number not provided" in rb1.findings.not_assessable
    assert assess(states=KEPT_HIT, expression=RNA_LOST).state == "UNDETERMINED"
    assert assess(CCND1, states=OPEN_HIT, expression=RNA_LOST).state == "UNDETERMINED"


def test_the_rna_of_loss_alone_is_named_and_does_not_show_loss():
    rb1 = assess(expression=RNA_LOST)
    assert (rb1.state, rb1.rules) == ("UNDETERMINED", ("rb1_rna_lost",))
    assert rb1.reason.endswith("alone this does not show loss")


def test_a_contradiction_is_named_and_only_a_definite_loss_outweighs_it():
    certain = assess(CCND1, states=DEFINITE)
    assert (certain.state, "contradicts" in certain.reason) == ("LOST", True)
    probable = assess(CCND1, states=PROBABLE)
    assert (probable.state, "contradicts" in probable.reason) == ("UNDETERMINED", True)
    rna = assess(CCND1, expression=RNA_LOST)
    assert (rna.state, "a contradiction" in rna.reason) == ("UNDETERMINED", True)


@pytest.mark.parametrize(
    ("more", "verdict"),
    [
        ({}, "UNDETERMINED"),
        ({"oncogenicity_class": "vus"}, "UNDETERMINED"),
        ({"oncogenicity_class": "benign"}, "INTACT_SUPPORTED"),
        ({"oncogenicity_class": "likely_benign"}, "INTACT_SUPPORTED"),
        ({"origin": "likely_germline"}, "INTACT_SUPPORTED"),
        ({"origin": "somatic"}, "UNDETERMINED"),
    ],
)
def test_an_unexplained_change_of_rb1_keeps_it_from_being_intact(more, verdict):
    assert assess(CCND1, UNCERTAIN | more).state == verdict


@pytest.mark.parametrize(
    ("rb1", "cdkn2a", "rule"),
    [
        (4.0, 1.0, "rb1_rna_intact"),
        (3.99, 1.0, None),
        (4.5, 1.01, None),
        (3.0, 0.0, "rb1_rna_intact"),
        (2.9, 0.0, None),
        (2.0, 5.0, "rb1_rna_lost"),
        (2.0, 4.99, None),
        (0.0, 0.0, None),
    ],
)
def test_rna_speaks_from_the_difference_of_the_two_genes_on(rb1, cdkn2a, rule):
    found = assess(expression={"RB1": rb1, "CDKN2A": cdkn2a}).findings
    assert [*found.lost, *found.intact] == ([rule] if rule else [])


@pytest.mark.parametrize(
    ("expression", "rna", "why"),
    [
        ({}, RNA, "no expression of RB1 and CDKN2A"),
        ({"RB1": 4.0}, RNA, "no expression of CDKN2A"),
        (RNA_INTACT, replace(RNA, is_comparable=False), "the matrix holds counts, which do not compare between genes"),
    ],
)
def test_rna_that_cannot_be_compared_is_listed_and_not_counted(expression, rna, why):
    found = assess_rb1(make_sample(expression=expression), rna).findings
    assert (found.lost, found.intact) == ({}, {})
    assert found.not_assessable == [f"RNA of RB1 and CDKN2A: {why}"]


def test_a_sample_without_any_data_is_undetermined_and_says_what_it_lacks():
    rb1 = assess_rb1(Sample("S1"), RNA)
    assert rb1.state == "UNDETERMINED"
    assert [line.partition(":")[0] for line in rb1.findings.not_assessable] == [
        "events of RB1",
        "amplification of CCND1",
        "loss of CDKN2A",
        "RNA of RB1 and CDKN2A",
    ]


STATES = st.sampled_from(
    [{}, DEFINITE, PROBABLE, OPEN_HIT, KEPT_HIT, {"RB1": state("not_covered")}, {"RB1": state("not_assessable")}]
)
EVENTS = st.lists(st.sampled_from([CCND1, CDKN2A_DELETED, UNCERTAIN]), unique_by=lambda row: row["gene_symbol"])
LEVELS = st.dictionaries(st.sampled_from(["RB1", "CDKN2A"]), st.floats(0, 15))


@given(states=STATES, events=EVENTS, expression=LEVELS, has_copies=st.booleans())
def test_intact_never_stands_beside_a_hit_nor_without_support_and_lost_never_without_one(
    states, events, expression, has_copies
):
    more = {} if has_copies else NO_COPY_NUMBER
    for order in itertools.permutations(events):
        rb1 = assess(*order, states=states, expression=expression, **more)
        assert rb1.state in RB1_STATES
        assert rb1.rules
        if rb1.state == "INTACT_SUPPORTED":
            assert rb1.findings.intact
            assert not rb1.findings.lost
        if rb1.state == "LOST":
            assert {"rb1_biallelic", "rb1_one_hit"} & set(rb1.findings.lost)
        assert rb1 == assess(*events, states=states, expression=expression, **more)


@given(states=STATES, events=EVENTS, expression=LEVELS)
def test_taking_data_away_never_turns_an_answer_into_its_opposite(states, events, expression):
    whole = assess(*events, states=states, expression=expression).state
    for less in ({"expression": {}}, {"expression": expression, **NO_COPY_NUMBER}):
        assert {whole, assess(*events, states=states, **less).state} != {"LOST", "INTACT_SUPPORTED"}
