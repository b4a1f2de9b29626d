"""Which published vulnerabilities a sample has, and how its candidates are ranked."""

from __future__ import annotations

import csv
import re

import pytest

from sclcohort.contracts import GENE_SETS, NE_SIGNATURE, RESISTANCE_RULES, VULNERABILITIES
from sclcohort.errors import TableError
from sclcohort.evidence.facts import gather
from sclcohort.regulators.genes import genes_used
from sclcohort.regulators.vulnerabilities import Known, load_vulnerabilities, merit, rank_sample, ranked, sample_row
from sclcohort.tables import read_rows, read_table, write_rows

AMPLIFIABLE = frozenset({"MYC", "MYCN", "FGFR1"})
SAMPLE = {"sample_id": "S1", "patient_id": "P1", "expression_sample": "S1"}


@pytest.fixture
def rules(repository):
    return repository / "resources" / "resistance_rules.tsv"


@pytest.fixture
def shipped(repository, rules):
    """Return the shipped vulnerabilities by name."""
    listed = load_vulnerabilities(repository / "resources" / "vulnerabilities.tsv", rules, AMPLIFIABLE)
    return {one.row["vulnerability_id"]: one for one in listed}


@pytest.fixture
def load(tmp_path, rules):
    """Return a function that loads one row, made of a complete one and what is changed."""

    def loader(**changed):
        row = {
            "vulnerability_id": "one",
            "gene_symbol": "DLL3",
            "condition": "expressed",
            "intervention": "something new",
            "target": "DLL3",
            "strategy": "targeted",
            "direction": "sensitivity",
            "level": "C",
            "comparison": "compared",
            "evidence": "Xenografts shrank",
            "citation": "Somebody 2020",
            "certainty": "verified",
        }
        path = tmp_path / "vulnerabilities.tsv"
        write_rows(path, VULNERABILITIES, [row | changed])
        return load_vulnerabilities(path, rules, AMPLIFIABLE)[0]

    return loader


def known(**tables):
    """Return what is known of S1: rows of the tables named, each with its sample_id added."""
    names = "events gene_states copy_number variant_status copy_number_status expression scores subtypes rb1_status"
    rows = {name: [{"sample_id": "S1"} | row for row in tables.get(name, ())] for name in names.split()}
    facts = gather(samples=[SAMPLE], clinical=(), burden=(), **rows)
    return Known(
        facts,
        {("S1", row["rule_id"]): {"sample_id": "S1"} | row for row in tables.get("evidence", ())},
        {("S1", row["regulator"]): {"sample_id": "S1"} | row for row in tables.get("activity", ())},
    )


def level(gene, log2):
    return {"gene_symbol": gene, "log2_expression": log2}


def state_of(one, found):
    return sample_row(one, SAMPLE, found)["state"]


# --- the resource ------------------------------------------------------------------------------


def test_every_shipped_row_names_a_publication_and_where_to_find_it(repository):
    rows = list(read_rows(repository / "resources" / "vulnerabilities.tsv", VULNERABILITIES))
    assert len(rows) == len({row["vulnerability_id"] for row in rows}) == 31
    for row in rows:
        assert re.search(r"\b20\d\d\b|PMC\d+", row["citation"]), row["vulnerability_id"]
        assert row["certainty"] in ("verified", "unverified")


def test_the_published_vulnerabilities_of_sclc_are_all_there(shipped):
    there = {(one.gene, one.row["condition"], one.row["target"].split(",")[0]) for one in shipped.values()}
    assert there >= {
        ("MYC", "amplified", "AURKA"),
        ("MYCN", "amplified", "USP7"),
        ("EZH2", "expressed", "EZH2"),
        ("SLFN11", "not_expressed", "EZH2"),
        ("KDM1A", "ne_high", "KDM1A"),
        ("DLL3", "expressed", "DLL3"),
        ("BCL2", "expressed", "BCL2"),
        ("SLFN11", "expressed", "PARP1"),
        ("RB1", "intact_supported", "CDK4"),
        ("RB1", "biallelic_loss", "AURKA"),
        ("POU2F3", "subtype", "IGF1R"),
        ("POU2F3", "subtype", "SMARCA4"),
        ("NOTCH1", "expressed", "CD274"),
        ("ATR", "ne_high", "ATR"),
        ("FGFR1", "expressed", "FGFR1"),
        ("CREBBP", "biallelic_loss", "HDAC1"),
    }
    assert {name for name, one in shipped.items() if one.is_negative} == {
        "bcl2.navitoclax_not_predictive",
        "dll3.rovalpituzumab_tesirine_not_predictive",
        "fgfr.fgfr1_amplified_not_predictive",
        "igf1r.unselected_not_predictive",
        "notch.tarextumab_not_predictive",
        "parp.hr_genes_not_predictive",
    }


def test_where_a_rule_is_named_its_gene_is_the_one_that_the_row_speaks_of(repository, shipped, rules):
    with rules.open(encoding="utf-8") as handle:
        features = {
            row["rule_id"]: row["feature"]
            for row in csv.DictReader((line for line in handle if not line.startswith("#")), delimiter="\t")
        }
    for name, one in shipped.items():
        feature = features.get(one.row["rule_id"], "")
        if re.search(r"expression:|copy_state:|event:", feature):
            assert one.gene in re.split(r"[^A-Za-z0-9-]+", feature), name


def test_every_gene_whose_expression_is_asked_for_is_read_from_the_matrix(repository, shipped, rules):
    folder = repository / "resources"
    used = genes_used(
        read_table(folder / "gene_sets.tsv", GENE_SETS),
        read_table(folder / "ne_signature.tsv", NE_SIGNATURE),
        read_table(rules, RESISTANCE_RULES),
    )
    asked = {one.gene for one in shipped.values() if one.question and one.question.feature.kind == "expression"}
    assert asked <= set(used)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"rule_id": "aurk.myc"}, "aurk.myc is no rule"),
        ({"vetoes": "dll3.rna_low,nothing"}, "nothing is no rule"),
        ({"state_asked": "SCLC-P"}, "state_asked belongs to the condition subtype"),
        ({"condition": "subtype"}, "state_asked belongs to the condition subtype"),
        ({"condition": "subtype", "state_asked": "hybrid"}, "state_asked is 'hybrid'; known: SCLC-A"),
        ({"condition": "unselected"}, "only a negative may be one"),
        ({"condition": "intact_supported"}, "known of RB1 alone"),
        ({"rule_id": "aurk.myc_amplified", "intervention": "AURK inhibitor", "level": "A"}, "level is 'A', and 'D'"),
    ],
)
def test_a_row_that_contradicts_itself_or_its_rule_is_refused(load, changed, message):
    with pytest.raises(TableError, match=f"row one: .*{message}"):
        load(**changed)


def test_an_empty_table_is_refused(tmp_path, rules):
    path = tmp_path / "vulnerabilities.tsv"
    write_rows(path, VULNERABILITIES, [])
    with pytest.raises(TableError, match="holds no vulnerability"):
        load_vulnerabilities(path, rules, AMPLIFIABLE)


# --- one sample --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "there", "not_there"),
    [
        ({"condition": "expressed"}, {"expression": [level("DLL3", 3)]}, {"expression": [level("DLL3", 0.2)]}),
        ({"condition": "not_expressed"}, {"expression": [level("DLL3", 0.2)]}, {"expression": [level("DLL3", 3)]}),
        ({"condition": "ne_high"}, {"scores": [{"ne_score": 0.4}]}, {"scores": [{"ne_score": -0.4}]}),
        ({"condition": "ne_low"}, {"scores": [{"ne_score": -0.4}]}, {"scores": [{"ne_score": 0.4}]}),
        (
            {"condition": "subtype", "state_asked": "SCLC-P"},
            {"subtypes": [{"subtype": "SCLC-P"}]},
            {"subtypes": [{"subtype": "hybrid", "components": "A+P"}]},
        ),
        (
            {"condition": "amplified", "gene_symbol": "MYC"},
            {
                "copy_number_status": [{"state": "imported"}],
                "copy_number": [{"gene_symbol": "MYC", "state": "amplification"}],
            },
            {"copy_number_status": [{"state": "imported"}], "copy_number": [{"gene_symbol": "MYC", "state": "gain"}]},
        ),
        (
            {"condition": "biallelic_loss", "gene_symbol": "CREBBP"},
            {"gene_states": [{"gene_symbol": "CREBBP", "state": "biallelic"}]},
            {"gene_states": [{"gene_symbol": "CREBBP", "state": "one_hit"}]},
        ),
        (
            {"condition": "biallelic_loss", "gene_symbol": "RB1"},
            {"rb1_status": [{"state": "LOST"}]},
            {"rb1_status": [{"state": "INTACT_SUPPORTED"}]},
        ),
        (
            {"condition": "intact_supported", "gene_symbol": "RB1"},
            {"rb1_status": [{"state": "INTACT_SUPPORTED"}]},
            {"rb1_status": [{"state": "LOST"}]},
        ),
        (
            {"condition": "mutated", "gene_symbol": "CREBBP"},
            {
                "events": [
                    {
                        "gene_symbol": "CREBBP",
                        "event": "p.R1446C",
                        "event_type": "hotspot",
                        "oncogenic_call": "likely_oncogenic",
                    }
                ]
            },
            {
                "variant_status": [{"state": "imported"}],
                "gene_states": [{"gene_symbol": "CREBBP", "state": "none"}],
            },
        ),
        (
            {"condition": "activity_high", "gene_symbol": "POU2F3"},
            {"activity": [{"regulator": "POU2F3", "score": 5.0, "p_adjusted": 1e-6}]},
            {"activity": [{"regulator": "POU2F3", "score": -5.0, "p_adjusted": 1e-6}]},
        ),
    ],
)
def test_each_condition_is_there_not_there_or_not_assessable(load, row, there, not_there):
    one = load(**row)
    assert state_of(one, known(**there)) == "candidate"
    assert state_of(one, known(**not_there)) == "not_supported"
    missing = sample_row(one, SAMPLE, known())
    assert missing["state"] == "not_assessable"
    assert missing["reason"]


def test_rb1_without_a_state_is_neither_lost_nor_intact(load):
    undetermined = known(rb1_status=[{"state": "UNDETERMINED", "reason": "no event"}])
    for condition in ("biallelic_loss", "intact_supported"):
        assert state_of(load(condition=condition, gene_symbol="RB1"), undetermined) == "not_assessable"


def test_an_activity_of_a_regulator_that_is_not_expressed_supports_nothing(load):
    one = load(condition="activity_high", gene_symbol="POU2F3")
    active = [{"regulator": "POU2F3", "score": 5.0, "p_adjusted": 1e-6}]
    row = sample_row(one, SAMPLE, known(activity=active, expression=[level("POU2F3", 0.1)]))
    assert row["state"] == "not_supported"
    assert "itself is not expressed" in row["reason"]
    assert state_of(one, known(activity=active, expression=[level("POU2F3", 4.0)])) == "candidate"


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("met", "candidate"),
        ("not_met", "not_supported"),
        ("no_threshold", "not_assessable"),
        ("not_assessable", "not_assessable"),
    ],
)
def test_the_rule_that_a_row_names_answers_for_it(shipped, status, state):
    found = {"rule_id": "aurk.myc_high", "status": status, "value": "3.2", "reason": "MYC expression"}
    row = sample_row(shipped["aurk.myc_high"], SAMPLE, known(evidence=[found]))
    assert (row["state"], row["value"], row["reason"]) == (state, "3.2", "MYC expression")


def test_a_veto_speaks_against_a_candidate_and_says_so(shipped):
    tables = {"expression": [level("DLL3", 2.0)]}
    assert state_of(shipped["dll3.tarlatamab"], known(**tables)) == "candidate"
    veto = {"rule_id": "dll3.rna_low", "status": "met", "reason": "DLL3 below 3, as configured."}
    row = sample_row(shipped["dll3.tarlatamab"], SAMPLE, known(**tables, evidence=[veto]))
    assert row["state"] == "not_supported"
    assert row["reason"] == "Spoken against by dll3.rna_low: DLL3 below 3, as configured."


def test_an_encoded_negative_is_never_a_candidate(shipped):
    tables = {
        "expression": [level("DLL3", 9.0), level("BCL2", 9.0)],
        "evidence": [
            {"rule_id": rule, "status": "met"} for rule in ("fgfr.fgfr1_copies_not_predictive", "bcl2.bcl2_high")
        ],
    }
    for one in shipped.values():
        if one.is_negative:
            row = sample_row(one, SAMPLE, known(**tables))
            assert row["state"] == "not_supported"
            assert row["reason"].startswith("Encoded negative: ")


def test_the_genome_supports_what_it_can_speak_of(load, shipped):
    amplified = {
        "copy_number_status": [{"state": "imported"}],
        "copy_number": [{"gene_symbol": "MYC", "state": "amplification", "total_copies": 12.0}],
    }
    high = shipped["aurk.myc_high"]
    assert sample_row(high, SAMPLE, known(**amplified))["genomic_support"] == "supported"
    assert "12 copies" in sample_row(high, SAMPLE, known(**amplified))["genomic_evidence"]
    assert sample_row(high, SAMPLE, known())["genomic_support"] == "not_assessable"
    amplified["copy_number"][0]["state"] = "neutral"
    assert sample_row(high, SAMPLE, known(**amplified))["genomic_support"] == "none_found"
    assert sample_row(shipped["dll3.tarlatamab"], SAMPLE, known())["genomic_support"] == "not_applicable"


# --- ranks -------------------------------------------------------------------------------------


def candidate(name, **more):
    row = {"vulnerability_id": name, "state": "candidate", "level": "C", "comparison": "compared"}
    return row | {"genomic_support": "not_applicable", "certainty": "verified"} | more


def test_candidates_are_ranked_by_level_then_comparison_then_genome_then_activity_then_certainty():
    active = {"activity": 4.0, "activity_p_adjusted": 0.001}
    rows = [
        candidate("level_a", level="A", comparison="unselected", certainty="unverified"),
        candidate("level_b", level="B", comparison="carriers_only"),
        candidate("genome", genomic_support="supported"),
        candidate("active", **active),
        candidate("plain"),
        candidate("unread", certainty="unverified"),
        candidate("carriers", comparison="carriers_only", genomic_support="supported", **active),
        candidate("level_d", level="D", genomic_support="supported", **active),
    ]
    done = ranked(rows[::-1], [merit(row) for row in rows[::-1]])[::-1]
    assert [row["rank"] for row in done] == [1, 2, 3, 4, 5, 6, 7, 8]


def test_equals_share_a_rank_and_only_candidates_have_one():
    rows = [
        candidate("a"),
        candidate("b"),
        candidate("c", level="D"),
        candidate("d", level="A", state="not_supported"),
        candidate("e", level="A", state="not_assessable"),
    ]
    done = ranked(rows, [merit(row) for row in rows])
    assert [row.get("rank") for row in done] == [1, 1, 3, None, None]


def test_a_negative_or_weak_activity_gives_no_advantage():
    weak = candidate("weak", activity=4.0, activity_p_adjusted=0.2)
    negative = candidate("negative", activity=-4.0, activity_p_adjusted=0.001)
    assert merit(weak) == merit(negative) == merit(candidate("none"))


def test_every_vulnerability_is_reported_for_a_sample_of_which_nothing_is_known(shipped):
    rows = rank_sample(tuple(shipped.values()), SAMPLE, known())
    assert {row["vulnerability_id"] for row in rows} == set(shipped)
    assert {row["state"] for row in rows} == {"not_assessable", "not_supported"}
    assert all(row["reason"] for row in rows)
    assert [row["vulnerability_id"] for row in rows if row["state"] == "not_supported"] == [
        name for name, one in shipped.items() if one.is_negative
    ]
