"""The class of a sample for a therapy, and the step from files to files."""

from __future__ import annotations

import itertools
import random
from pathlib import Path

import pytest

from sclcohort import contracts
from sclcohort.errors import StepError
from sclcohort.evidence.judge import Finding
from sclcohort.evidence.rules import Rule, parse_feature
from sclcohort.resistance.classify_resistance import class_row, run
from sclcohort.tables import read_rows, write_rows

REPOSITORY = Path(__file__).resolve().parents[2]


def finding(status: str, direction: str = "resistance", level: str = "C", rule_id: str = "a", **more) -> Finding:
    rule = Rule(
        rule_id=rule_id,
        therapy="topotecan",
        strategy="chemotherapy",
        marker=f"marker {rule_id}",
        direction=direction,
        level=level,
        citation="Somebody 2020",
        certainty=more.pop("certainty", "verified"),
        feature=parse_feature("expression:SLFN11"),
        operator="<",
        threshold="1",
        threshold_source="somewhere",
        number=1.0,
        states=(),
    )
    return Finding(rule, status, more.pop("value", "0.5"), more.pop("gap", ""), "because")


# --- classes ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answers", "verdict"),
    [
        ([("met", "resistance")], "resistance_evidence"),
        ([("met", "resistance"), ("not_met", "sensitivity")], "resistance_evidence"),
        ([("met", "sensitivity"), ("not_assessable", "resistance")], "sensitivity_evidence"),
        ([("met", "resistance"), ("met", "sensitivity")], "conflicting"),
        ([("not_met", "resistance"), ("not_assessable", "sensitivity")], "no_evidence"),
        ([("not_assessable", "resistance"), ("no_threshold", "sensitivity")], "not_assessable"),
        ([("not_predictive", "not_predictive")], "not_assessable"),
    ],
)
def test_each_class_follows_from_the_answers_and_not_from_their_order(answers, verdict):
    findings = [finding(status, direction, rule_id=str(n)) for n, (status, direction) in enumerate(answers)]
    for order in itertools.permutations(findings):
        assert class_row("S1", order)["class"] == verdict


def test_encoded_negatives_count_neither_towards_a_class_nor_among_the_rules():
    row = class_row("S1", [finding("not_met"), finding("not_predictive", "not_predictive", rule_id="b")])
    assert (row["class"], row["rules_assessable"], row["rules_total"]) == ("no_evidence", 1, 1)


def test_rules_without_a_threshold_are_not_among_those_answered():
    row = class_row("S1", [finding("no_threshold", gap="no published threshold"), finding("not_met", rule_id="b")])
    assert (row["rules_assessable"], row["rules_total"]) == (1, 2)
    assert row["reason"] == "Markers answered: 1 of 2, none met. Not answered: no published threshold (1)."


def test_the_highest_level_is_that_of_the_deciding_rules_alone():
    row = class_row(
        "S1",
        [finding("met", level="D", rule_id="z"), finding("met", level="C", rule_id="b"), finding("not_met", level="A")],
    )
    assert (row["highest_level"], row["deciding_rules"]) == ("C", "b,z")


def test_the_reason_names_markers_values_and_levels_best_level_first():
    row = class_row("S1", [finding("met", level="D", rule_id="a"), finding("met", level="B", rule_id="b")])
    assert row["reason"] == (
        "Points to resistance: marker b (0.5, below 1; level B), marker a (0.5, below 1; level D). "
        "Not established: the best evidence is retrospective or exploratory."
    )


def test_the_reason_tells_both_sides_of_a_conflict_and_a_lead_as_a_lead():
    row = class_row(
        "S1",
        [
            finding("met", "sensitivity", level="D", rule_id="a", certainty="unverified"),
            finding("met", "resistance", level="A", rule_id="b"),
        ],
    )
    assert row["reason"] == (
        "Points to resistance: marker b (0.5, below 1; level A). "
        "Points to sensitivity: marker a (0.5, below 1; level D, unverified lead). "
        "The best evidence is prospective and clinical."
    )


def test_the_reason_counts_what_kept_the_markers_from_an_answer():
    gaps = [finding("not_assessable", gap=gap, rule_id=str(n)) for n, gap in enumerate(("no variants", "x", "x"))]
    row = class_row("S1", gaps)
    assert row["reason"] == "Markers answered: 0 of 3. Not answered: x (2), no variants (1)."
    assert (row["highest_level"], row["deciding_rules"]) == ("", "")


# --- the step ---------------------------------------------------------------------------------


def sample(name: str, patient: str, timepoint: str = "baseline", rna: bool = True) -> dict:
    return {
        "sample_id": name,
        "patient_id": patient,
        "chunk": "c1",
        "timepoint": timepoint,
        "expression_sample": name if rna else None,
    }


def cohort() -> dict[str, list[dict]]:
    """Return the tables of four samples: rich, relapsed, without RNA, without anything."""
    genes = ("RB1", "TP53", "MYC", "KEAP1", "APC", "CHD8")
    named = ("S1", "S2", "S3")
    return {
        "samples": [
            sample("S1", "P1"),
            sample("S2", "P1", "relapse"),
            sample("S3", "P2", rna=False),
            sample("S4", "P3", rna=False),
        ],
        "clinical": [{"patient_id": "P1", "ctfi_days": 89}, {"patient_id": "P2", "ctfi_days": 90}],
        "events": [
            {
                "sample_id": "S1",
                "gene_symbol": "TP53",
                "event": "p.R213*",
                "event_type": "truncating",
                "gene_class": "sclc_driver",
                "oncogenic_call": "likely_oncogenic",
                "citation": "Somebody 2020",
            }
        ],
        "gene_states": [
            {"sample_id": name, "gene_symbol": gene, "state": "biallelic" if (name, gene) == ("S1", "RB1") else "none"}
            for name in named
            for gene in genes
        ],
        "copy_number": [
            {
                "sample_id": name,
                "gene_symbol": gene,
                "state": "amplification" if (name, gene) == ("S2", "MYC") else "neutral",
                "total_copies": 2.0,
                "segments": 1,
                "covered_fraction": 1.0,
            }
            for name in named
            for gene in genes
        ],
        "variant_status": [{"sample_id": name, "state": "imported"} for name in named]
        + [{"sample_id": "S4", "state": "refused", "reason": "two tumour columns"}],
        "copy_number_status": [{"sample_id": name, "state": "imported"} for name in named]
        + [{"sample_id": "S4", "state": "not_provided"}],
        "expression": [
            {"sample_id": name, "gene_symbol": gene, "log2_expression": value}
            for name, values in (("S1", {"SLFN11": 0.25, "DLL3": 6.0}), ("S2", {"SLFN11": 4.0, "DLL3": 0.5}))
            for gene, value in values.items()
        ],
        "scores": [{"sample_id": "S1", "ne_score": 0.5}, {"sample_id": "S2", "ne_score": -0.4}],
        "subtypes": [{"sample_id": "S1", "subtype": "SCLC-A"}, {"sample_id": "S2", "subtype": "SCLC-Y"}],
        "rb1_status": [
            {"sample_id": name, "state": "LOST" if name == "S1" else "UNDETERMINED", "citation": "Somebody 2020"}
            for name in (*named, "S4")
        ],
        "mutation_burden": [
            {"sample_id": "S1", "state": "measured", "target_megabases": 34.0, "counted": 9, "missense": 7}
        ],
    }


CONTRACTS = {
    "samples": contracts.SAMPLES,
    "clinical": contracts.CLINICAL,
    "events": contracts.EVENTS,
    "gene_states": contracts.GENE_STATES,
    "copy_number": contracts.GENE_COPY_NUMBER,
    "variant_status": contracts.VARIANT_STATUS,
    "copy_number_status": contracts.COPY_NUMBER_STATUS,
    "expression": contracts.EXPRESSION,
    "scores": contracts.SCORES,
    "subtypes": contracts.SUBTYPE_CALLS,
    "rb1_status": contracts.RB1_STATUS,
    "mutation_burden": contracts.MUTATION_BURDEN,
}
CHUNKED = ("copy_number", "variant_status", "copy_number_status")


def run_on(folder: Path, tables: dict[str, list[dict]], thresholds: tuple[str, ...] = (), cut: int = 90) -> Path:
    """Write the tables, run the step on them with the committed rules, and return the folder."""
    folder.mkdir()
    paths = {}
    for name, rows in tables.items():
        path = folder / f"{name}.tsv"
        write_rows(path, CONTRACTS[name], rows)
        paths[name] = (path,) if name in CHUNKED else path
    run(
        **paths,
        resistance_rules=REPOSITORY / "resources" / "resistance_rules.tsv",
        ctfi_cut_days=cut,
        thresholds=thresholds,
        evidence=folder / "evidence.tsv",
        classes=folder / "classes.tsv",
    )
    return folder


def classes_of(folder: Path) -> dict[tuple[str, str], dict]:
    return {(r["sample_id"], r["therapy"]): r for r in read_rows(folder / "classes.tsv", contracts.RESISTANCE_CLASSES)}


def evidence_of(folder: Path) -> dict[tuple[str, str], dict]:
    return {(r["sample_id"], r["rule_id"]): r for r in read_rows(folder / "evidence.tsv", contracts.EVIDENCE)}


def test_every_rule_is_reported_for_every_sample_and_every_therapy_gets_a_class(tmp_path):
    folder = run_on(tmp_path / "out", cohort())
    rules = list(read_rows(REPOSITORY / "resources" / "resistance_rules.tsv", contracts.RESISTANCE_RULES))
    assert set(evidence_of(folder)) == {(f"S{n}", row["rule_id"]) for n in range(1, 5) for row in rules}
    assert set(classes_of(folder)) == {(f"S{n}", row["therapy"]) for n in range(1, 5) for row in rules}


def test_worked_examples_of_classes(tmp_path):
    classes = classes_of(run_on(tmp_path / "out", cohort()))
    said = {key: (row["class"], row["highest_level"], row["deciding_rules"]) for key, row in classes.items()}
    assert said["S1", "topotecan"] == ("resistance_evidence", "A", "topotecan.ctfi_short,topotecan.slfn11_low")
    assert said["S1", "PARP inhibitor"] == ("resistance_evidence", "C", "parp.slfn11_low")
    assert said["S1", "CDK4/6 inhibitor"] == ("resistance_evidence", "D", "cdk46.rb1_lost")
    assert said["S1", "ATR inhibitor + topotecan"] == ("sensitivity_evidence", "B", "atr_topotecan.ne_high")
    assert said["S1", "checkpoint inhibitor"][0] == "no_evidence"
    assert said["S1", "BCL2 inhibitor"][0] == "not_assessable"
    assert said["S2", "DLL3-targeting (tarlatamab)"] == ("resistance_evidence", "D", "dll3.rna_low")
    assert said["S2", "AURK inhibitor"] == ("sensitivity_evidence", "D", "aurk.myc_amplified")
    assert said["S2", "topotecan"] == ("resistance_evidence", "A", "topotecan.ctfi_short,topotecan.subtype_y")
    assert said["S3", "lurbinectedin"] == ("sensitivity_evidence", "A", "lurbinectedin.ctfi_long")
    assert said["S4", "platinum-etoposide"] == ("not_assessable", None, None)


def test_markers_that_disagree_make_a_conflict(tmp_path):
    tables = cohort()
    tables["clinical"][0]["ctfi_days"] = 90
    row = classes_of(run_on(tmp_path / "out", tables))["S1", "topotecan"]
    assert (row["class"], row["deciding_rules"]) == ("conflicting", "topotecan.ctfi_long,topotecan.slfn11_low")


def test_a_subtype_never_counts_for_a_checkpoint_inhibitor(tmp_path):
    folder = run_on(tmp_path / "out", cohort())
    row = evidence_of(folder)["S1", "ici.subtype_not_predictive"]
    assert (row["status"], row["value"]) == ("not_predictive", "SCLC-A")
    total = sum(row["strategy"] == "immunotherapy" for row in evidence_of(folder).values() if row["sample_id"] == "S1")
    negatives = 2
    classes = classes_of(folder)
    assert (
        classes["S1", "checkpoint inhibitor"]["rules_total"]
        + classes["S1", "DLL3-targeting (tarlatamab)"]["rules_total"]
        == total - negatives
    )


def test_thresholds_of_the_configuration_decide_and_are_named_as_such(tmp_path):
    folder = run_on(tmp_path / "out", cohort(), thresholds=("parp.slfn11_high=3.5",))
    row = evidence_of(folder)["S2", "parp.slfn11_high"]
    assert (row["status"], row["threshold"]) == ("met", "> 3.5")
    assert row["threshold_source"].startswith("config (resistance.thresholds)")
    assert classes_of(folder)["S2", "PARP inhibitor"]["class"] == "sensitivity_evidence"


def test_the_cut_of_the_configuration_moves_the_interval_rules(tmp_path):
    folder = run_on(tmp_path / "out", cohort(), cut=60)
    assert evidence_of(folder)["S1", "platinum.ctfi_long"]["status"] == "met"
    assert evidence_of(folder)["S1", "platinum.ctfi_short"]["threshold"] == "< 60"


def test_an_unknown_rule_in_the_thresholds_ends_the_step(tmp_path):
    with pytest.raises(StepError, match=r"did you mean 'parp\.slfn11_high'"):
        run_on(tmp_path / "out", cohort(), thresholds=("parp.slfn11_hihg=3",))


def test_more_samples_and_another_order_change_no_byte_of_a_sample(tmp_path):
    tables = cohort()
    shuffled = {name: random.Random(7).sample(rows, len(rows)) for name, rows in tables.items()}
    whole = run_on(tmp_path / "whole", tables)
    again = run_on(tmp_path / "again", shuffled)
    alone = run_on(
        tmp_path / "alone",
        {name: [row for row in rows if row.get("sample_id", "S1") == "S1"] for name, rows in tables.items()},
    )
    for name in ("evidence.tsv", "classes.tsv"):
        assert (again / name).read_bytes() == (whole / name).read_bytes()
        of_s1 = [line for line in (whole / name).read_text().splitlines() if line.startswith("S1\t")]
        assert of_s1 == (alone / name).read_text().splitlines()[1:]


def test_no_class_is_worded_as_advice(tmp_path):
    for row in classes_of(run_on(tmp_path / "out", cohort())).values():
        assert not {"should", "recommend", "recommended", "consider", "treat", "use"} & set(
            row["reason"].lower().split()
        )
