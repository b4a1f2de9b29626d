"""One rule asked of one sample: what is found, what is compared, and what is never taken for a no."""

from __future__ import annotations

import pytest

from sclcohort.evidence.facts import Facts, gather
from sclcohort.evidence.judge import Finding, ask
from sclcohort.evidence.rules import Rule, load_rules, parse_feature

IMPORTED = {"sample_id": "S1", "state": "imported"}


def rule(feature: str, operator: str = "", threshold: str = "", direction: str = "resistance") -> Rule:
    """Return a rule with this feature and comparison; the rest is of no matter."""
    parsed = parse_feature(feature)
    numeric = parsed.answer in ("number", "count") and threshold
    return Rule(
        rule_id="therapy.rule",
        therapy="therapy",
        strategy="targeted",
        marker="the marker",
        direction=direction,
        level="C",
        citation="Somebody 2020",
        certainty="verified",
        feature=parsed,
        operator=operator,
        threshold=threshold,
        threshold_source="somewhere",
        number=float(threshold) if numeric else None,
        states=tuple(threshold.split(",")) if parsed.answer == "state" else (),
    )


def facts(**tables) -> Facts:
    """Return what is known of one relapse sample S1 of patient P1: all layers imported, nothing found."""
    known = {
        "samples": [
            {"sample_id": "S1", "patient_id": "P1", "chunk": "c1", "timepoint": "relapse", "expression_sample": "RNA1"}
        ],
        "clinical": [],
        "events": [],
        "gene_states": [],
        "copy_number": [],
        "variant_status": [IMPORTED],
        "copy_number_status": [IMPORTED],
        "expression": [],
        "scores": [],
        "subtypes": [],
        "rb1_status": [],
        "burden": [],
    }
    return gather(**(known | tables))


def answer(asked: Rule, known: Facts) -> Finding:
    """Return the answer of the only sample."""
    (finding,) = ask([asked], known.samples[0], known)
    return finding


def level(gene: str, value: float) -> dict:
    return {"sample_id": "S1", "gene_symbol": gene, "log2_expression": value}


def event(gene: str, name: str, event_type: str, call: str = "likely_oncogenic") -> dict:
    return {
        "sample_id": "S1",
        "gene_symbol": gene,
        "event": name,
        "event_type": event_type,
        "gene_class": "sclc_driver",
        "oncogenic_call": call,
    }


def state(gene: str, value: str, **more) -> dict:
    return {"sample_id": "S1", "gene_symbol": gene, "state": value} | more


# --- numbers ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("operator", "value", "status"),
    [
        ("<", 0.3, "met"),
        ("<", 1.7, "not_met"),
        ("<=", 0.3, "met"),
        (">", 1.7, "met"),
        (">", 0.3, "not_met"),
        (">=", 1.7, "met"),
    ],
)
def test_an_expression_is_compared_with_its_threshold(operator, value, status):
    finding = answer(rule("expression:SLFN11", operator, "1"), facts(expression=[level("SLFN11", value)]))
    assert (finding.status, finding.value) == (status, f"{value:g}")
    assert finding.reason.startswith(f"SLFN11 expression, log2: {value:g}, ")


@pytest.mark.parametrize(
    ("value", "status"),
    [
        (1 - 2e-6, "met"),
        (1 - 0.9e-6, "not_assessable"),
        (1.0, "not_assessable"),
        (1 + 0.9e-6, "not_assessable"),
        (1 + 2e-6, "not_met"),
    ],
)
def test_a_measured_value_on_the_threshold_is_not_decided(value, status):
    finding = answer(rule("expression:SLFN11", "<", "1"), facts(expression=[level("SLFN11", value)]))
    assert finding.status == status
    assert finding.gap == ("on the threshold" if status == "not_assessable" else "")


def test_a_number_without_a_published_threshold_is_shown_and_decides_nothing():
    finding = answer(rule("expression:EZH2", ">"), facts(expression=[level("EZH2", 6.25)]))
    assert (finding.status, finding.value) == ("no_threshold", "6.25")
    assert "no cut-off is published" in finding.reason


def test_mean_and_difference_are_of_log2_values():
    known = facts(expression=[level("MCL1", 7.0), level("BCL2L1", 4.5)])
    assert answer(rule("mean(expression:MCL1; expression:BCL2L1)", ">"), known).value == "5.75"
    assert answer(rule("difference(expression:MCL1; expression:BCL2L1)", ">"), known).value == "2.5"
    assert answer(rule("difference(expression:BCL2L1; expression:MCL1)", ">"), known).value == "-2.5"


def test_a_mean_of_which_one_gene_is_missing_is_a_gap():
    finding = answer(rule("mean(expression:MCL1; expression:B2M)", ">"), facts(expression=[level("MCL1", 7.0)]))
    assert (finding.status, finding.gap) == ("not_assessable", "gene not in the matrix")
    assert finding.reason == "B2M is not in the expression matrix."


def test_a_sample_without_expression_is_a_gap_with_its_reason():
    asked = rule("expression:SLFN11", "<", "1")
    refused = answer(asked, facts(scores=[{"sample_id": "S1", "reason": "column RNA1 is all zero"}]))
    assert (refused.status, refused.gap) == ("not_assessable", "no expression")
    assert refused.reason == "The expression of this sample could not be used: column RNA1 is all zero."
    nothing = answer(asked, facts(samples=[{"sample_id": "S1", "patient_id": "P1", "chunk": "c1"}]))
    assert nothing.reason == "No expression was given for this sample."


def test_a_score_is_compared_and_an_uncomputed_one_is_a_gap():
    asked = rule("score:ne_score", ">", "0")
    high = facts(expression=[level("ASCL1", 9.0)], scores=[{"sample_id": "S1", "ne_score": 0.42}])
    assert (answer(asked, high).status, answer(asked, high).value) == ("met", "0.42")
    few = facts(
        expression=[level("ASCL1", 9.0)], scores=[{"sample_id": "S1", "ne_score": None, "reason": "12 of 50 genes"}]
    )
    assert (answer(asked, few).status, answer(asked, few).gap) == ("not_assessable", "score not computed")
    assert "12 of 50 genes" in answer(asked, few).reason
    assert answer(asked, facts()).gap == "no expression"


def test_a_gap_of_a_score_says_why_that_score_was_not_computed_and_not_the_others():
    why = "ne_score: 2 of 50 genes measured, 80% needed; t_cell_inflamed: 0 of 18 genes measured, 80% needed"
    known = facts(expression=[level("ASCL1", 9.0)], scores=[{"sample_id": "S1", "ne_score": None, "reason": why}])
    said = answer(rule("score:ne_score", ">", "0"), known).reason
    assert said == "Score ne_score could not be computed: 2 of 50 genes measured, 80% needed."


@pytest.mark.parametrize(
    ("days", "long", "short"),
    [(89, "not_met", "met"), (90, "met", "not_met"), (91, "met", "not_met"), (-7, "not_met", "met")],
)
def test_the_interval_is_whole_days_so_that_the_cut_itself_counts_as_long(days, long, short):
    known = facts(clinical=[{"patient_id": "P1", "ctfi_days": days}])
    assert answer(rule("ctfi_days", ">=", "90"), known).status == long
    assert answer(rule("ctfi_days", "<", "90"), known).status == short
    assert answer(rule("ctfi_days", "<", "90"), known).value == str(days)


@pytest.mark.parametrize(
    "clinical", [[], [{"patient_id": "P1", "ctfi_days": None}], [{"patient_id": "P2", "ctfi_days": 9}]]
)
def test_an_interval_with_a_date_missing_is_a_gap(clinical):
    finding = answer(rule("ctfi_days", "<", "90"), facts(clinical=clinical))
    assert (finding.status, finding.gap) == ("not_assessable", "no chemotherapy-free interval")


# --- states -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "components", "is_y", "is_mixed"),
    [
        ("SCLC-Y", "", "met", "not_met"),
        ("SCLC-A", "", "not_met", "not_met"),
        ("hybrid", "A+N", "not_met", "not_met"),
        ("hybrid", "Y+A", "not_met", "met"),
        ("unclassified", "", "not_assessable", "not_assessable"),
        ("not_assessable", "", "not_assessable", "not_assessable"),
    ],
)
def test_a_subtype_is_asked_for_and_no_call_is_no_answer(call, components, is_y, is_mixed):
    known = facts(
        expression=[level("YAP1", 3.0)],
        subtypes=[{"sample_id": "S1", "subtype": call, "components": components, "reason": "margin 0.1"}],
    )
    assert answer(rule("subtype", "is", "SCLC-Y"), known).status == is_y
    assert answer(rule("hybrid_components", "in", "A+Y,N+Y"), known).status == is_mixed


def test_a_hybrid_is_shown_with_its_programmes():
    known = facts(subtypes=[{"sample_id": "S1", "subtype": "hybrid", "components": "A+N"}])
    finding = answer(rule("subtype", "in", "SCLC-A,SCLC-N"), known)
    assert (finding.status, finding.value) == ("not_met", "hybrid (A+N)")
    assert finding.reason == "Subtype: hybrid (A+N), not SCLC-A or SCLC-N."


def test_a_copy_number_state_is_asked_for():
    known = facts(copy_number=[state("MYC", "amplification", total_copies=23.456)])
    finding = answer(rule("copy_state:MYC", "is", "amplification"), known)
    assert (finding.status, finding.value) == ("met", "amplification (23.5 copies)")
    assert answer(rule("copy_state:MYC", "in", "loss,deep_deletion"), known).status == "not_met"


@pytest.mark.parametrize(
    ("tables", "gap", "reason"),
    [
        ({"copy_number_status": []}, "no copy number", "No copy number was given"),
        (
            {"copy_number_status": [{"sample_id": "S1", "state": "refused", "reason": "no segment of S1"}]},
            "no copy number",
            "could not be read: no segment of S1",
        ),
        ({}, "gene not read", "MYC is not among the genes whose copy number is read"),
        (
            {"copy_number": [state("MYC", "not_covered", reason="chr8 has no segment")]},
            "gene not covered",
            "No segment covers MYC: chr8 has no segment",
        ),
    ],
)
def test_copy_number_that_was_not_read_is_a_gap(tables, gap, reason):
    finding = answer(rule("copy_state:MYC", "is", "amplification"), facts(**tables))
    assert (finding.status, finding.gap) == ("not_assessable", gap)
    assert reason in finding.reason


@pytest.mark.parametrize(
    ("found", "if_intact_asked", "if_lost_asked"),
    [
        ("LOST", "not_met", "met"),
        ("INTACT_SUPPORTED", "met", "not_met"),
        ("UNDETERMINED", "not_assessable", "not_assessable"),
    ],
)
def test_an_undetermined_rb1_answers_neither_that_it_is_intact_nor_that_it_is_lost(
    found, if_intact_asked, if_lost_asked
):
    row = {"sample_id": "S1", "state": found, "support_lost": "two hits", "support_intact": "CCND1", "reason": "so"}
    for asked, status in (("INTACT_SUPPORTED", if_intact_asked), ("LOST", if_lost_asked)):
        finding = answer(rule("rb1_state", "is", asked), facts(rb1_status=[row]))
        assert finding.status == status
        assert (finding.gap == "RB1 undetermined") == (status == "not_assessable")
        if status == "met":
            assert finding.value == f"{found} ({'two hits' if found == 'LOST' else 'CCND1'})"
        if status == "not_assessable":
            assert finding.reason == "RB1 is shown neither to be lost nor to be intact: so."


@pytest.mark.parametrize(
    ("found", "status", "gap"),
    [
        ({"state": "measured", "target_megabases": 34.0, "missense": 248}, "met", ""),
        ({"state": "measured", "target_megabases": 34.0, "missense": 247}, "not_met", ""),
        ({"state": "measured", "target_megabases": 1.2, "missense": 300}, "not_assessable", "no whole exome"),
        (
            {"state": "not_assessable", "reason": "tumour-only", "target_megabases": 34.0, "missense": 300},
            "not_assessable",
            "burden not assessable",
        ),
    ],
)
def test_a_count_of_whole_exomes_is_asked_of_whole_exomes_alone(found, status, gap):
    finding = answer(rule("exome_missense", ">=", "248"), facts(burden=[{"sample_id": "S1"} | found]))
    assert (finding.status, finding.gap) == (status, gap)


def test_rb1_is_never_intact_for_want_of_calls():
    none = facts(gene_states=[state("RB1", "none")])
    finding = answer(rule("rb1_state", "is", "INTACT_SUPPORTED"), none)
    assert (finding.status, finding.gap) == ("not_assessable", "RB1 undetermined")


def test_a_gene_that_the_panel_does_not_cover_is_a_gap():
    known = facts(gene_states=[state("RB1", "not_covered"), state("APC", "not_covered"), state("CHD8", "none")])
    finding = answer(rule("gene_state:RB1", "is", "biallelic"), known)
    assert (finding.gap, finding.reason) == (
        "gene not assessable",
        "RB1 could not be assessed: the panel does not cover it.",
    )
    assert answer(rule("any_event:APC,CHD8:truncating", "is", "present"), known).gap == "gene not assessable"


def test_a_zygosity_state_is_asked_for_with_its_evidence():
    lost = state("RB1", "biallelic", confidence="probable", evidence="p.R320*; p.Q395*")
    finding = answer(rule("gene_state:RB1", "is", "biallelic"), facts(gene_states=[lost]))
    assert (finding.status, finding.value) == ("met", "biallelic (probable, p.R320*; p.Q395*)")
    asked = rule("gene_state:RB1", "in", "biallelic,one_hit")
    assert answer(asked, facts(gene_states=[state("RB1", "none")])).status == "not_met"
    gap = answer(asked, facts(gene_states=[state("RB1", "not_assessable", reason="no variants")]))
    assert (gap.status, gap.gap) == ("not_assessable", "gene not assessable")
    assert answer(asked, facts()).gap == "gene not read"


# --- events -----------------------------------------------------------------------------------

LOSS = "any_event:APC,CHD8:truncating,splice,deep_deletion"
LOOKED_FOR = {
    "gene_states": [state("APC", "none"), state("CHD8", "none")],
    "copy_number": [state("APC", "neutral"), state("CHD8", "neutral")],
}


def test_an_event_of_an_asked_type_in_any_asked_gene_meets_the_rule():
    known = facts(events=[event("CHD8", "p.Q100*", "truncating"), event("APC", "p.S9L", "missense")])
    finding = answer(rule(LOSS, "is", "present"), known)
    assert (finding.status, finding.value, finding.reason) == ("met", "CHD8 p.Q100*", "Seen: CHD8 p.Q100*.")


def test_an_event_not_known_to_be_oncogenic_is_told_and_not_counted():
    known = facts(**LOOKED_FOR, events=[event("APC", "p.X12_splice", "splice", "uncertain")])
    finding = answer(rule(LOSS, "is", "present"), known)
    assert finding.status == "not_met"
    assert "coverage was not checked" in finding.reason
    assert "not known to be oncogenic: APC p.X12_splice" in finding.reason


def test_an_event_is_not_met_only_where_every_gene_and_layer_was_looked_at():
    assert answer(rule(LOSS, "is", "present"), facts(**LOOKED_FOR)).status == "not_met"


@pytest.mark.parametrize(
    ("change", "gap"),
    [
        ({"variant_status": []}, "no variants"),
        ({"variant_status": [{"sample_id": "S1", "state": "refused", "reason": "two tumour columns"}]}, "no variants"),
        ({"copy_number_status": []}, "no copy number"),
        ({"gene_states": [state("APC", "none")]}, "gene not read"),
        (
            {"gene_states": [state("APC", "none"), state("CHD8", "not_assessable", reason="not in the gene model")]},
            "gene not assessable",
        ),
        ({"copy_number": [state("APC", "neutral"), state("CHD8", "not_covered")]}, "gene not covered"),
    ],
)
def test_an_event_not_seen_where_not_all_was_looked_at_is_a_gap(change, gap):
    finding = answer(rule(LOSS, "is", "present"), facts(**(LOOKED_FOR | change)))
    assert (finding.status, finding.gap) == ("not_assessable", gap)
    assert finding.reason.startswith("No such event was seen, and not all could be: ")


def test_an_event_that_was_seen_needs_no_other_layer():
    known = facts(events=[event("APC", "p.R1450*", "truncating")], copy_number_status=[])
    assert answer(rule(LOSS, "is", "present"), known).status == "met"


def test_small_variants_alone_ask_for_no_copy_number():
    known = facts(gene_states=[state("NFE2L2", "none")], copy_number_status=[])
    assert answer(rule("event:NFE2L2:hotspot", "is", "present"), known).status == "not_met"


def test_all_needs_each_of_its_events():
    asked = rule("all(event:TP53:missense; any_event:CREBBP,EP300:missense)", "is", "present")
    states = [state(gene, "none") for gene in ("TP53", "CREBBP", "EP300")]
    missense, partner = event("TP53", "p.R175H", "missense"), event("EP300", "p.D1399N", "missense")
    both = answer(asked, facts(events=[missense, partner]))
    assert (both.status, both.value) == ("met", "TP53 p.R175H; EP300 p.D1399N")
    assert answer(asked, facts(events=[missense], gene_states=states)).status == "not_met"
    assert answer(asked, facts(events=[missense], gene_states=states[:2])).gap == "gene not read"
    assert answer(asked, facts(gene_states=states[:2])).status == "not_met"


# --- relapse, negatives, what is not read -----------------------------------------------------


@pytest.mark.parametrize(
    ("timepoint", "status", "gap"),
    [
        ("relapse", "met", ""),
        ("relapse2", "met", ""),
        ("baseline", "not_assessable", "only told at relapse"),
        ("Baseline", "not_assessable", "only told at relapse"),
        (None, "not_assessable", "time point not given"),
    ],
)
def test_a_marker_of_relapse_is_asked_only_after_baseline(timepoint, status, gap):
    known = facts(
        samples=[{"sample_id": "S1", "patient_id": "P1", "chunk": "c1", "timepoint": timepoint}],
        copy_number=[state("MYCL", "loss", total_copies=1.2)],
    )
    finding = answer(rule("at_relapse(copy_state:MYCL)", "in", "loss,deep_deletion"), known)
    assert (finding.status, finding.gap) == (status, gap)


def test_an_encoded_negative_shows_what_was_found_and_is_never_met():
    asked = rule("subtype", "in", "SCLC-A,SCLC-N", direction="not_predictive")
    finding = answer(asked, facts(subtypes=[{"sample_id": "S1", "subtype": "SCLC-A"}]))
    assert (finding.status, finding.value, finding.gap) == ("not_predictive", "SCLC-A", "")
    assert finding.reason == "Published as not predictive, and never counted. Found: Subtype SCLC-A."
    assert answer(asked, facts()).status == "not_predictive"


def test_what_this_version_does_not_read_is_a_gap():
    finding = answer(rule("not_read:germline_variants"), facts())
    assert (finding.status, finding.gap) == ("not_assessable", "not read by this version")
    assert finding.reason == "Asks for germline variants, which this version does not read."


def test_every_committed_rule_can_be_asked_of_a_sample_without_data(repository):
    rules = load_rules(repository / "resources" / "resistance_rules.tsv")
    bare = facts(
        samples=[{"sample_id": "S1", "patient_id": "P1", "chunk": "c1"}], variant_status=[], copy_number_status=[]
    )
    findings = ask(rules, bare.samples[0], bare)
    assert {finding.status for finding in findings} == {"not_assessable", "not_predictive"}
    assert all(finding.reason.endswith(".") and not finding.value for finding in findings)


def test_on_real_cell_lines_dll3_counts_as_not_expressed_exactly_below_one_tpm(shared_data, repository):
    lines = (shared_data / "sclc_lines_expression" / "log2_tpm_plus_1.tsv").read_text().splitlines()
    names = lines[0].split("\t")[1:]
    (values,) = [[float(cell) for cell in line.split("\t")[1:]] for line in lines if line.startswith("DLL3\t")]
    known = facts(
        samples=[{"sample_id": name, "patient_id": name, "chunk": "c1", "expression_sample": name} for name in names],
        expression=[
            {"sample_id": name, "gene_symbol": "DLL3", "log2_expression": value}
            for name, value in zip(names, values, strict=True)
        ],
    )
    rules = load_rules(repository / "resources" / "resistance_rules.tsv")
    low = [rule for rule in rules if rule.rule_id == "dll3.rna_low"]
    met = {sample["sample_id"] for sample in known.samples if ask(low, sample, known)[0].status == "met"}
    assert met == {name for name, value in zip(names, values, strict=True) if 2**value - 1 < 1}
    assert len(met) == 1
