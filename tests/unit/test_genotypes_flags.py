"""A flag is raised by what is seen, and not raised only where everything that could raise it was looked for."""

from __future__ import annotations

from typing import Any

import pytest

from sclcohort.contracts import GENOTYPE_FLAGS
from sclcohort.genotypes.facts import Sample
from sclcohort.genotypes.flags import Flag, raise_flags
from sclcohort.genotypes.rb1 import assess_rb1
from tests.unit.genotypes_fixtures import NSCLC_GENES, RNA, amplified, event, make_sample, state

LOST = state("biallelic", second_hit="found", confidence="definite", evidence="deep_deletion")
NOTHING = Sample("S1")


def ask(flag: str, *events: dict[str, Any], **more: Any) -> Flag:
    return ask_of(make_sample(*events, **more))[flag]


def ask_of(sample: Sample) -> dict[str, Flag]:
    return raise_flags(sample, assess_rb1(sample, RNA), NSCLC_GENES)


def test_every_flag_of_the_contract_is_answered_in_its_order_and_without_data_none_is_cleared():
    answers = ask_of(NOTHING)
    assert tuple(answers) == GENOTYPE_FLAGS
    assert {flag.state for flag in answers.values()} == {"not_assessable"}
    assert all(flag.reason for flag in answers.values())


def test_complete_data_without_a_finding_raise_only_that_tp53_and_rb1_have_no_event():
    answers = ask_of(make_sample())
    assert {name for name, flag in answers.items() if flag.state == "raised"} == {"tp53_rb1_wild_type"}
    assert {flag.state for flag in answers.values()} == {"raised", "not_raised"}


# --- NSCLC-like, SMARCA4 ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "row",
    [
        event("KRAS", "p.G12C", "hotspot", vaf=0.37),
        event("STK11", "p.Q37*", "truncating", vaf=0.4),
        event("ALK", "EML4-ALK", "fusion"),
        event("ROS1", "CD74-ROS1", "fusion", gene_class="nsclc_like"),
    ],
)
def test_any_likely_event_of_an_nsclc_like_gene_raises_the_flag(row):
    flag = ask("nsclc_like", row)
    assert flag.state == "raised"
    assert f"{row['gene_symbol']} {row['event']}" in flag.evidence


def test_the_name_of_a_protein_change_is_kept_letter_by_letter():
    assert ask("nsclc_like", event("STK11", "p.X37_splice", "splice")).evidence == "STK11 p.X37_splice"


@pytest.mark.parametrize(
    ("origin", "shown"),
    [
        ("", "KRAS p.G12C (VAF 0.37)"),
        ("somatic", "KRAS p.G12C (VAF 0.37)"),
        ("uncertain", "KRAS p.G12C (VAF 0.37, origin uncertain)"),
        ("likely_germline", "KRAS p.G12C (VAF 0.37, likely germline)"),
    ],
)
def test_an_event_that_may_be_germline_says_so_in_the_evidence(origin, shown):
    assert ask("nsclc_like", event("KRAS", "p.G12C", "hotspot", vaf=0.37, origin=origin)).evidence == shown


def test_an_uncertain_event_of_an_nsclc_like_gene_raises_nothing():
    row = event("KEAP1", "p.V99M", "missense", oncogenic_call="uncertain")
    assert ask("nsclc_like", row).state == "not_raised"


@pytest.mark.parametrize("value", ["not_assessable", "not_covered"])
def test_one_gene_that_could_not_be_judged_keeps_the_flag_open_and_the_judged_ones_are_named(value):
    flag = ask("nsclc_like", states={"NFE2L2": state(value, reason="not on the panel")})
    assert (flag.state, flag.reason) == ("not_assessable", "NFE2L2: not on the panel")
    assert flag.evidence == "no likely oncogenic event in ALK, EGFR, KEAP1, KRAS, STK11"


@pytest.mark.parametrize("event_type", ["truncating", "splice", "deep_deletion", "rearrangement"])
def test_an_event_that_ends_the_smarca4_protein_raises_the_flag(event_type):
    assert ask("smarca4_deficient", event("SMARCA4", "p.W174*", event_type)).state == "raised"


def test_a_missense_change_of_smarca4_is_shown_and_does_not_raise_the_flag():
    flag = ask("smarca4_deficient", event("SMARCA4", "p.T910M", "hotspot", vaf=0.4))
    assert flag == Flag("not_raised", "SMARCA4 p.T910M (VAF 0.4): may leave the protein in place", "")
    assert ask("smarca4_deficient", states={"SMARCA4": LOST}).state == "raised"


# --- chromosomes 11 and 12 --------------------------------------------------------------------


def test_an_amplified_ccnd1_is_flagged_with_the_standing_of_rb1_and_tp53():
    flag = ask("chr11_ccnd1", amplified("CCND1"))
    assert flag.state == "raised"
    assert flag.evidence == "CCND1 amplification (12 copies); RB1 intact by support, TP53 without an event"
    assert ask("chr12_mdm2", amplified("CCND1")).state == "not_raised"


@pytest.mark.parametrize(
    ("measured", "shown"),
    [
        ({}, "CCND1 amplification (12 copies)"),
        ({"focality": "focal"}, "CCND1 amplification (12 copies, focal)"),
        ({"focality": "not_assessable"}, "CCND1 amplification (12 copies)"),
        ({"copies": None, "log2_ratio": 2.5, "focality": "broad"}, "CCND1 amplification (log2 ratio 2.50, broad)"),
        ({"copies": None}, "CCND1 amplification"),
    ],
)
def test_an_amplification_is_shown_with_its_number_and_how_focal_it_is(measured, shown):
    assert ask("chr11_ccnd1", amplified("CCND1") | measured).evidence.startswith(f"{shown}; RB1")


@pytest.mark.parametrize("lost", [("RB1",), ("TP53",)])
def test_the_loss_of_one_of_rb1_and_tp53_is_told_and_leaves_the_pattern_standing(lost):
    flag = ask("chr11_ccnd1", amplified("CCND1"), states=dict.fromkeys(lost, LOST))
    assert flag.state == "raised"
    assert f"{lost[0]} lost" in flag.evidence


def test_the_loss_of_both_is_not_the_published_pattern():
    flag = ask("chr11_ccnd1", amplified("CCND1"), states={"RB1": LOST, "TP53": LOST})
    assert (flag.state, "not the pattern" in flag.reason) == ("not_raised", True)


@pytest.mark.parametrize(
    ("genes", "verdict"),
    [
        ((), "not_raised"),
        (("MDM2",), "not_raised"),
        (("CDK4", "MDM2"), "raised"),
        (("CCND2", "MDM2"), "raised"),
        (("CCND2", "CDK4", "MDM2"), "raised"),
    ],
)
def test_two_of_the_three_genes_of_chromosome_12_raise_the_flag(genes, verdict):
    flag = ask("chr12_mdm2", *map(amplified, genes))
    assert flag.state == verdict
    assert all(f"{gene} amplification" in flag.evidence for gene in genes)


def test_genes_without_copy_number_keep_the_flag_open_only_where_they_could_decide():
    gone = {"CCND2": {"state": "not_covered"}}
    assert ask("chr12_mdm2", copies=gone).state == "not_raised"
    flag = ask("chr12_mdm2", amplified("MDM2"), copies=gone)
    assert (flag.state, flag.reason) == ("not_assessable", "CCND2: no copy-number segment covers the gene")
    refused = {"copy_number": {"state": "refused", "reason": "no header."}, "copies": {}}
    assert ask("chr11_ccnd1", **refused).reason == "CCND1: copy number refused: no header"
    without_span = ask_of(Sample("S1", copy_number={"state": "imported"}))["chr11_ccnd1"]
    assert without_span.reason == "CCND1: the reference gives no span of the gene"


# --- wild type, histology ---------------------------------------------------------------------


@pytest.mark.parametrize("gene", ["TP53", "RB1"])
def test_one_hit_gene_clears_the_wild_type_flag_whatever_the_other(gene):
    other = "RB1" if gene == "TP53" else "TP53"
    states = {gene: state("one_hit"), other: state("not_assessable", reason="variants not provided")}
    assert ask("tp53_rb1_wild_type", states=states) == Flag("not_raised", f"{gene} one hit", "")


@pytest.mark.parametrize("value", ["not_assessable", "not_covered"])
def test_no_event_is_no_wild_type_where_a_gene_could_not_be_judged(value):
    flag = ask("tp53_rb1_wild_type", states={"RB1": state(value, reason="copy number not provided")})
    assert (flag.state, flag.reason) == ("not_assessable", "RB1: copy number not provided")


def test_uncertain_events_and_the_rna_of_a_lost_rb1_are_told_with_the_wild_type_flag():
    uncertain = event("TP53", "p.P72R", "missense", oncogenic_call="uncertain")
    flag = ask("tp53_rb1_wild_type", uncertain, expression={"RB1": 2.0, "CDKN2A": 7.0})
    assert flag.state == "raised"
    assert "TP53 p.P72R" in flag.reason
    assert "footprint of a lost RB1" in flag.reason


@pytest.mark.parametrize(
    ("histology", "verdict", "told"),
    [
        ("", "not_assessable", "the sheet gives no histology"),
        ("  ", "not_assessable", "the sheet gives no histology"),
        ("SCLC", "not_raised", ""),
        ("SCLC, no adenocarcinoma", "not_raised", "denied, and not counted: adenocarcinoma"),
        ("combined SCLC", "raised", ""),
    ],
)
def test_the_histology_of_the_sheet_raises_its_flag_by_words(histology, verdict, told):
    flag = ask("combined_histology", histology=histology)
    assert (flag.state, flag.reason) == (verdict, told)
