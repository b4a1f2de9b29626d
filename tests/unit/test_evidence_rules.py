"""The rule table and its language: what is read, what is refused, what the settings change."""

from __future__ import annotations

import pytest

from sclcohort.contracts import DRIVER_GENES, RESISTANCE_RULES
from sclcohort.errors import StepError, TableError
from sclcohort.evidence.rules import Feature, Rule, load_rules, parse_feature, with_settings
from sclcohort.tables import read_rows, write_rows

ROW = {
    "rule_id": "platinum.slfn11_low",
    "therapy": "platinum-etoposide",
    "strategy": "chemotherapy",
    "marker": "SLFN11 not expressed",
    "direction": "resistance",
    "level": "C",
    "data": "rna",
    "feature": "expression:SLFN11",
    "operator": "<",
    "threshold": "1",
    "threshold_source": "choice",
    "citation": "Gardner 2017",
    "certainty": "verified",
}


@pytest.fixture
def rules_of(tmp_path):
    """Return a function that writes rows (each ROW with changes) as a rule table and loads it."""

    def load(*changes: dict) -> tuple[Rule, ...]:
        rows = [ROW | {"rule_id": f"rule.{number}"} | change for number, change in enumerate(changes)]
        write_rows(tmp_path / "rules.tsv", RESISTANCE_RULES, rows)
        return load_rules(tmp_path / "rules.tsv")

    return load


@pytest.fixture
def committed(repository) -> tuple[Rule, ...]:
    """Return the rules of the repository."""
    return load_rules(repository / "resources" / "resistance_rules.tsv")


# --- the language -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "feature", "answer", "data"),
    [
        ("expression:NKX2-1", Feature("expression", genes=("NKX2-1",)), "number", "rna"),
        ("score:ne_score", Feature("score", name="ne_score"), "number", "rna"),
        ("subtype", Feature("subtype"), "state", "rna"),
        ("hybrid_components", Feature("hybrid_components"), "state", "rna"),
        (
            "event:TP53:hotspot,missense",
            Feature("event", genes=("TP53",), types=("hotspot", "missense")),
            "presence",
            "dna",
        ),
        (
            "event:MYC:amplification",
            Feature("event", genes=("MYC",), types=("amplification",)),
            "presence",
            "copy_number",
        ),
        (
            "any_event:APC,CHD8:truncating,deep_deletion",
            Feature("event", genes=("APC", "CHD8"), types=("truncating", "deep_deletion")),
            "presence",
            "dna",
        ),
        ("copy_state:ABCC1", Feature("copy_state", genes=("ABCC1",)), "state", "copy_number"),
        ("gene_state:RB1", Feature("gene_state", genes=("RB1",)), "state", "dna"),
        ("rb1_state", Feature("rb1_state"), "state", "dna"),
        ("ctfi_days", Feature("ctfi_days"), "count", "clinical"),
        ("exome_missense", Feature("exome_missense"), "count", "dna"),
        ("not_read:germline_variants", Feature("not_read", name="germline_variants"), "nothing", "dna"),
        (
            "at_relapse(copy_state:MYCL)",
            Feature("copy_state", genes=("MYCL",), at_relapse=True),
            "state",
            "copy_number",
        ),
        (
            "all(event:TP53:missense; any_event:CREBBP,EP300:hotspot)",
            Feature(
                "all",
                parts=(
                    Feature("event", genes=("TP53",), types=("missense",)),
                    Feature("event", genes=("CREBBP", "EP300"), types=("hotspot",)),
                ),
            ),
            "presence",
            "dna",
        ),
        (
            "difference(expression:MCL1; expression:BCL2L1)",
            Feature(
                "difference",
                parts=(Feature("expression", genes=("MCL1",)), Feature("expression", genes=("BCL2L1",))),
            ),
            "number",
            "rna",
        ),
    ],
)
def test_every_form_of_the_language_is_read(text, feature, answer, data):
    found = parse_feature(text)
    assert found == feature
    assert (found.answer, found.data) == (answer, data)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("expresion:SLFN11", "unknown feature 'expresion'; did you mean 'expression'"),
        ("import:os", "unknown feature 'import'; known: subtype"),
        ("", "unknown feature ''"),
        ("expression:", "'' is not a gene symbol"),
        ("expression:slfn11", "'slfn11' is not a gene symbol"),
        ("expression:SLFN11 + EZH2", r"'SLFN11 \+ EZH2' is not a gene symbol"),
        ("expression:SLFN11,EZH2", "one gene is wanted"),
        ("score:ne_scor", "unknown score 'ne_scor'; did you mean 'ne_score'"),
        ("score:ne_genes", "unknown score 'ne_genes'"),
        ("subtype:SCLC-A", "subtype takes nothing after it"),
        ("event:MYC", "event wants genes and event types"),
        ("event:MYC:amplified", "unknown event type 'amplified'; did you mean 'amplification'"),
        ("event:MYC,MYCL:amplification", "several go into any_event"),
        ("any_event:MYC,MYC:amplification", "a gene stands twice"),
        ("not_read:horoscope", "unknown input 'horoscope'"),
        ("at_relapse(subtype)", "at_relapse takes one event"),
        ("at_relapse(event:APC:splice; event:CHD8:splice)", "at_relapse takes one event"),
        ("all(event:TP53:missense)", "all takes two or more of kind event"),
        ("all(event:TP53:missense; subtype)", "all takes two or more of kind event"),
        ("mean(expression:HLA-A)", "mean takes two or more of kind expression"),
        ("difference(expression:A1; expression:B1; expression:C1)", "difference takes two of kind expression"),
        ("all(at_relapse(event:APC:splice); event:CHD8:splice)", "unknown feature"),
    ],
)
def test_whatever_is_not_the_language_is_refused_with_what_may_stand_there(text, message):
    with pytest.raises(ValueError, match=message):
        parse_feature(text)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"feature": "expresion:SLFN11"}, "rule rule.0 column feature value 'expresion:SLFN11'"),
        ({"data": "dna"}, "rule rule.0 column data value 'dna': the feature reads rna"),
        ({"operator": "is"}, "operator 'is' does not fit the feature; allowed: <, <=, >, >="),
        ({"operator": None}, "operator '' does not fit"),
        ({"threshold": "low"}, "rule rule.0 column threshold value 'low': 'low' is not a number"),
        ({"threshold": "inf"}, "'inf' is not finite"),
        ({"feature": "ctfi_days", "data": "clinical", "threshold": "89.5"}, "not a whole number of days"),
        ({"feature": "subtype", "operator": "is", "threshold": "SCLC-B"}, "unknown state 'SCLC-B'"),
        ({"feature": "subtype", "operator": "is", "threshold": "unclassified"}, "unknown state 'unclassified'"),
        ({"feature": "subtype", "operator": "is", "threshold": "SCLC-A,SCLC-N"}, "'is' wants one state"),
        ({"feature": "subtype", "operator": "in", "threshold": None}, "'is' wants one state, 'in' one or more"),
        ({"feature": "subtype", "operator": "<", "threshold": "SCLC-A"}, "operator '<' does not fit"),
        ({"feature": "hybrid_components", "operator": "in", "threshold": "Y+A"}, "in sorted order"),
        ({"feature": "hybrid_components", "operator": "in", "threshold": "A"}, "two or more of A, N, P, Y"),
        (
            {"feature": "gene_state:RB1", "data": "dna", "operator": "is", "threshold": "none"},
            "unknown state 'none'",
        ),
        (
            {"feature": "event:APC:splice", "data": "dna", "operator": "is", "threshold": "absent"},
            "an event is compared with 'present'",
        ),
        (
            {"feature": "not_read:dll3_ihc", "data": "clinical", "operator": "<", "threshold": None},
            "come together or not at all",
        ),
    ],
)
def test_a_row_outside_the_language_is_refused_naming_rule_column_and_value(rules_of, change, message):
    with pytest.raises(TableError, match=message):
        rules_of(change)


def test_a_therapy_in_two_strategies_is_refused(rules_of):
    with pytest.raises(TableError, match=r"rule rule\.1 column strategy value 'targeted'"):
        rules_of({}, {"strategy": "targeted"})


def test_a_repeated_rule_is_refused(rules_of, tmp_path):
    rules_of({})
    table = tmp_path / "rules.tsv"
    lines = table.read_text().splitlines()
    table.write_text("\n".join((*lines, lines[-1])) + "\n")
    with pytest.raises(TableError, match=r"rule rule\.0 stands twice"):
        load_rules(table)


def test_an_empty_table_is_refused(rules_of):
    with pytest.raises(TableError, match="holds no rule"):
        rules_of()


# --- the settings -----------------------------------------------------------------------------


def test_a_threshold_of_the_user_replaces_the_tables_and_says_so(rules_of):
    published, without = rules_of({}, {"threshold": None, "threshold_source": "none"})
    own, other = with_settings((published, without), ctfi_cut_days=90, thresholds=("rule.0=2.5", "rule.1 = 3"))
    assert (own.number, own.condition) == (2.5, "< 2.5")
    assert own.threshold_source == "config (resistance.thresholds); rule table: < 1 (choice)"
    assert (other.number, other.condition) == (3.0, "< 3")
    assert other.threshold_source == "config (resistance.thresholds); none published"


def test_the_cut_of_the_interval_replaces_that_of_every_rule_that_asks_for_it(rules_of):
    days = {"feature": "ctfi_days", "data": "clinical", "threshold": "90"}
    rules = rules_of(days | {"operator": ">="}, days, {})
    assert with_settings(rules, ctfi_cut_days=90, thresholds=()) == rules
    long, short, other = with_settings(rules, ctfi_cut_days=60, thresholds=())
    assert (long.condition, short.condition, other.condition) == (">= 60", "< 60", "< 1")
    assert long.threshold_source.startswith("config (resistance.ctfi_cut_days); rule table: >= 90")


def test_a_threshold_of_one_rule_wins_over_the_cut_for_all(rules_of):
    days = {"feature": "ctfi_days", "data": "clinical", "threshold": "90"}
    one, other = with_settings(rules_of(days, days), ctfi_cut_days=60, thresholds=("rule.0=180",))
    assert (one.number, other.number) == (180, 60)


@pytest.mark.parametrize(
    ("items", "message"),
    [
        (("rule.0",), "is not of the form rule_id=number"),
        (("=1",), "is not of the form rule_id=number"),
        (("rule.9=1",), r"unknown rule 'rule\.9'; did you mean 'rule\.\d'"),
        (("rule.0=1", "rule.0=2"), r"rule rule\.0 has two thresholds"),
        (("rule.0=low",), r"rule rule\.0: 'low' is not a number"),
        (("rule.0=nan",), "is not finite"),
        (("rule.1=1",), "encoded negative"),
        (("rule.2=1",), "compares no number"),
        (("rule.3=1",), "is not read by this version"),
        (("rule.4=60.5",), "not a whole number of days"),
    ],
)
def test_a_threshold_that_fits_no_rule_is_refused(rules_of, items, message):
    rules = rules_of(
        {},
        {"direction": "not_predictive"},
        {"feature": "subtype", "operator": "is", "threshold": "SCLC-Y"},
        {"feature": "not_read:dll3_ihc", "data": "clinical"},
        {"feature": "ctfi_days", "data": "clinical", "threshold": "90"},
    )
    with pytest.raises(StepError, match=message):
        with_settings(rules, ctfi_cut_days=90, thresholds=items)


# --- the committed table ----------------------------------------------------------------------


def test_every_rule_says_its_source_and_where_its_threshold_is_from(committed):
    assert all(rule.citation.strip() and rule.threshold_source.strip() for rule in committed)
    assert [rule.rule_id for rule in committed] == sorted(rule.rule_id for rule in committed)


def test_the_therapies_that_matter_in_sclc_have_rules(committed):
    assert {rule.therapy for rule in committed} == {
        "platinum-etoposide",
        "topotecan",
        "lurbinectedin",
        "PARP inhibitor",
        "DLL3-targeting (tarlatamab)",
        "checkpoint inhibitor",
        "AURK inhibitor",
        "BCL2 inhibitor",
        "MCL1 inhibitor",
        "LSD1 inhibitor",
        "CDK4/6 inhibitor",
        "FGFR inhibitor",
        "ATR inhibitor + topotecan",
    }


def test_the_published_negatives_are_encoded_and_never_also_positive(committed):
    negatives = {rule.rule_id: rule for rule in committed if rule.is_negative}
    assert set(negatives) == {
        "fgfr.fgfr1_copies_not_predictive",
        "ici.blood_tmb_not_predictive",
        "ici.subtype_not_predictive",
        "parp.hr_genes_not_predictive",
        "parp.hrd_score_not_predictive",
    }
    assert negatives["ici.subtype_not_predictive"].states == ("SCLC-A", "SCLC-N", "SCLC-P", "SCLC-Y")
    assert "Rudin" in negatives["ici.subtype_not_predictive"].citation
    assert "Stewart" in negatives["parp.hr_genes_not_predictive"].citation
    positives = {(rule.therapy, rule.feature) for rule in committed if not rule.is_negative}
    for rule in negatives.values():
        assert (rule.therapy, rule.feature) not in positives or rule.feature.kind == "subtype"
    asked = {
        state
        for rule in committed
        if rule.therapy == "checkpoint inhibitor" and rule.feature.kind == "subtype" and not rule.is_negative
        for state in rule.states
    }
    assert asked == {"SCLC-I"}


def test_expression_decides_only_at_the_detection_floor_of_loss_markers(committed):
    decided = {
        rule.feature.genes[0] for rule in committed if rule.feature.kind == "expression" and rule.number is not None
    }
    assert decided == {"SLFN11", "CDH1", "CASP8", "DLL3"}
    for rule in committed:
        if rule.feature.kind == "expression" and rule.number is not None:
            assert (rule.condition, rule.direction) == ("< 1", "resistance")
            assert rule.threshold_source.startswith("choice: ")
            assert "Human Protein Atlas" in rule.threshold_source


def test_no_surrogate_in_rna_has_the_level_of_a_trial_that_stained_protein(committed):
    of = {rule.rule_id: rule for rule in committed}
    assert of["parp.slfn11_ihc"].level == "A"
    assert {of["parp.slfn11_low"].level, of["parp.slfn11_high"].level} == {"C"}
    assert (of["dll3.ihc_low"].level, of["dll3.rna_low"].level) == ("B", "D")
    assert all(rule.level != "A" for rule in committed if rule.feature.data == "rna")


def test_an_rb1_that_is_intact_is_asked_for_and_never_an_rb1_without_calls(committed):
    asked = {rule.rule_id: rule.states for rule in committed if rule.feature.kind == "rb1_state"}
    assert asked == {
        "platinum.rb1_intact": ("INTACT_SUPPORTED",),
        "cdk46.rb1_intact": ("INTACT_SUPPORTED",),
        "cdk46.rb1_lost": ("LOST",),
    }
    assert not any(rule.feature.kind == "gene_state" and "RB1" in rule.feature.genes for rule in committed)


def test_every_gene_whose_dna_a_rule_reads_is_a_driver_gene_with_such_events(committed, repository):
    events = {
        row["gene_symbol"]: set(str(row["events"]).split(","))
        for row in read_rows(repository / "resources" / "driver_genes.tsv", DRIVER_GENES)
    }
    for rule in committed:
        for feature in (rule.feature, *rule.feature.parts):
            if feature.data in ("dna", "copy_number") and feature.kind != "not_read":
                assert set(feature.genes) <= set(events), rule.rule_id
            if feature.kind == "event":
                for gene in feature.genes:
                    assert events[gene] & set(feature.types), f"{rule.rule_id}: no such event of {gene} is ever called"
