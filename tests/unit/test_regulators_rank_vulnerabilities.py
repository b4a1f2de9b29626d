"""The vulnerabilities of a cohort, and the step from files to files."""

from __future__ import annotations

import pytest

from sclcohort import contracts
from sclcohort.regulators.rank_vulnerabilities import cohort_merit, rank_cohort, run
from sclcohort.regulators.vulnerabilities import load_vulnerabilities
from sclcohort.tables import read_rows, write_rows

SAMPLES = [
    {"sample_id": "A1", "patient_id": "A", "chunk": "1", "expression_sample": "A1"},
    {"sample_id": "A2", "patient_id": "A", "chunk": "1", "expression_sample": "A2"},
    {"sample_id": "B1", "patient_id": "B", "chunk": "1", "expression_sample": "B1"},
    {"sample_id": "C1", "patient_id": "C", "chunk": "1"},
]


@pytest.fixture
def listed(repository):
    folder = repository / "resources"
    return load_vulnerabilities(folder / "vulnerabilities.tsv", folder / "resistance_rules.tsv", {"MYC"})


def rows_of(listed, states, support="not_applicable"):
    """Return the rows of the samples; all vulnerabilities of a sample have its state."""
    return [
        {
            "sample_id": sample,
            "vulnerability_id": one.row["vulnerability_id"],
            "state": "not_supported" if one.is_negative else state,
            "genomic_support": support,
        }
        for sample, state in states.items()
        for one in listed
    ]


def by_name(rows):
    return {row["vulnerability_id"]: row for row in rows}


def test_a_patient_has_a_vulnerability_when_one_of_the_samples_has_it(listed):
    states = {"A1": "not_supported", "A2": "candidate", "B1": "not_supported", "C1": "not_assessable"}
    rows = by_name(rank_cohort(listed, SAMPLES, rows_of(listed, states, "supported"), ()))
    row = rows["dll3.tarlatamab"]
    assert (row["patients"], row["patients_assessed"], row["patients_candidate"]) == (3, 2, 1)
    assert row["patients_genomic"] == 1
    assert (row["state"], row["rank"]) == ("candidate", 1)


def test_a_cohort_in_which_nobody_was_judged_says_nothing(listed):
    states = dict.fromkeys(("A1", "A2", "B1", "C1"), "not_assessable")
    rows = by_name(rank_cohort(listed, SAMPLES, rows_of(listed, states), ()))
    row = rows["dll3.tarlatamab"]
    assert (row["state"], row["patients_assessed"], row.get("rank")) == ("not_assessable", 0, None)
    assert row["reason"].startswith("No patient could be judged")


def test_encoded_negatives_are_not_supported_and_have_no_rank(listed):
    states = dict.fromkeys(("A1", "A2", "B1", "C1"), "candidate")
    rows = rank_cohort(listed, SAMPLES, rows_of(listed, states), ())
    negatives = {one.row["vulnerability_id"] for one in listed if one.is_negative}
    assert {row["vulnerability_id"] for row in rows if row["state"] == "not_supported"} == negatives
    assert {row["vulnerability_id"] for row in rows if "rank" not in row} == negatives


def association(regulator, measure, **more):
    row = {"outcome": "aggression", "regulator": regulator, "measure": measure, "state": "computed"}
    return row | {"rho": 0.8, "p_adjusted": 0.01, "part_of_outcome": False} | more


def test_the_association_with_aggression_is_that_of_the_activity_and_else_of_the_expression(listed):
    states = dict.fromkeys(("A1", "A2", "B1", "C1"), "candidate")
    found = [
        association("POU2F3", "activity", rho=0.5),
        association("POU2F3", "expression", rho=-0.5),
        association("DLL3", "activity", state="not_computable", rho=None, p_adjusted=None),
        association("DLL3", "expression", rho=0.3),
        association("BCL2", "expression", outcome="ne_score"),
    ]
    rows = by_name(rank_cohort(listed, SAMPLES, rows_of(listed, states), found))
    assert (rows["baf.subtype_p"]["association_measure"], rows["baf.subtype_p"]["rho"]) == ("activity", 0.5)
    assert (rows["dll3.tarlatamab"]["association_measure"], rows["dll3.tarlatamab"]["rho"]) == ("expression", 0.3)
    assert rows["bcl2.bcl2_high"]["rho"] is None


def test_an_association_that_was_tested_goes_before_one_that_aggression_is_made_of(listed):
    states = dict.fromkeys(("A1", "A2", "B1", "C1"), "candidate")
    found = [
        association("POU2F3", "activity", rho=0.9, p_adjusted=None, part_of_outcome=True),
        association("POU2F3", "expression", rho=0.4),
    ]
    row = by_name(rank_cohort(listed, SAMPLES, rows_of(listed, states), found))["baf.subtype_p"]
    assert (row["association_measure"], row["rho"], row["rho_p_adjusted"]) == ("expression", 0.4, 0.01)


def test_an_association_that_aggression_is_made_of_ranks_nothing_and_is_said(listed):
    states = dict.fromkeys(("A1", "A2", "B1", "C1"), "candidate")
    found = [association("MYC", "expression", p_adjusted=None, part_of_outcome=True)]
    with_it = by_name(rank_cohort(listed, SAMPLES, rows_of(listed, states), found))
    without = by_name(rank_cohort(listed, SAMPLES, rows_of(listed, states), ()))
    assert {name: row["rank"] for name, row in with_it.items() if "rank" in row} == {
        name: row["rank"] for name, row in without.items() if "rank" in row
    }
    assert "partly made of this gene" in with_it["aurk.myc_amplified"]["reason"]


def test_a_cohort_is_ranked_by_level_comparison_genome_association_share_and_certainty():
    def row(**more):
        plain = {"level": "C", "comparison": "compared", "patients_genomic": 0, "certainty": "verified"}
        counts = {"patients": 10, "patients_candidate": 1, "patients_assessed": 10}
        return plain | counts | {"rho": None, "rho_p_adjusted": None} | more

    order = [
        row(level="A", comparison="unselected"),
        row(level="B", comparison="carriers_only"),
        row(patients_genomic=1),
        row(rho=0.5, rho_p_adjusted=0.01),
        row(patients_candidate=5),
        row(),
        row(certainty="unverified"),
        row(comparison="carriers_only", patients_genomic=3, patients_candidate=9),
    ]
    keys = [cohort_merit(row) for row in order]
    assert keys == sorted(set(keys))
    assert cohort_merit(row(rho=-0.5, rho_p_adjusted=0.01)) == cohort_merit(row(rho=0.5, rho_p_adjusted=0.2))
    assert cohort_merit(row(rho=0.5)) == cohort_merit(row())


def test_what_few_patients_could_be_judged_for_does_not_rank_above_what_more_patients_have():
    row = {"level": "C", "comparison": "compared", "patients_genomic": 1, "certainty": "verified", "patients": 53}
    rare = row | {"patients_candidate": 2, "patients_assessed": 3}
    common = row | {"patients_candidate": 9, "patients_assessed": 53}
    assert cohort_merit(common) < cohort_merit(rare)


@pytest.fixture
def step(tmp_path, repository):
    """Return a function that runs the step on some samples and returns both tables."""

    def runner(samples):
        names = [row["sample_id"] for row in samples]
        measured = [row["sample_id"] for row in samples if row.get("expression_sample")]
        tables = {
            "samples": (contracts.SAMPLES, samples),
            "events": (contracts.EVENTS, []),
            "gene_states": (contracts.GENE_STATES, []),
            "copy_number": (contracts.GENE_COPY_NUMBER, []),
            "variant_status": (contracts.VARIANT_STATUS, []),
            "copy_number_status": (contracts.COPY_NUMBER_STATUS, []),
            "expression": (
                contracts.EXPRESSION,
                [
                    {"sample_id": name, "gene_symbol": gene, "log2_expression": 4.0}
                    for name in measured
                    for gene in ("DLL3", "ACTB")
                ],
            ),
            "scores": (contracts.SCORES, [{"sample_id": name} for name in names]),
            "subtypes": (contracts.SUBTYPE_CALLS, [{"sample_id": name, "subtype": "SCLC-P"} for name in measured]),
            "activity": (
                contracts.ACTIVITY,
                [
                    {
                        "sample_id": name,
                        "regulator": "POU2F3",
                        "state": "assessed",
                        "score": 6.0,
                        "p_value": 1e-8,
                        "p_adjusted": 1e-7,
                    }
                    for name in measured
                ],
            ),
            "rb1_status": (
                contracts.RB1_STATUS,
                [{"sample_id": name, "state": "LOST", "citation": "one"} for name in names],
            ),
            "evidence": (contracts.EVIDENCE, []),
            "associations": (contracts.ASSOCIATIONS, []),
        }
        paths = {}
        for name, (table, rows) in tables.items():
            path = tmp_path / f"{name}.tsv"
            write_rows(path, table, rows)
            several = name in ("copy_number", "variant_status", "copy_number_status")
            paths[name] = (path,) if several else path
        for name in ("driver_genes", "resistance_rules", "vulnerabilities"):
            paths[name] = repository / "resources" / f"{name}.tsv"
        done = {name: tmp_path / f"{name}.out.tsv" for name in ("sample_vulnerabilities", "cohort_vulnerabilities")}
        run(**paths, **done)
        return (
            list(read_rows(done["sample_vulnerabilities"], contracts.SAMPLE_VULNERABILITIES)),
            list(read_rows(done["cohort_vulnerabilities"], contracts.COHORT_VULNERABILITIES)),
        )

    return runner


def test_the_step_writes_every_vulnerability_of_every_sample_and_of_the_cohort(step, listed):
    rows, cohort = step(SAMPLES)
    assert len(rows) == len(SAMPLES) * len(listed)
    assert len(cohort) == len(listed)
    ranks = {
        row["vulnerability_id"]: row["rank"] for row in rows if row["sample_id"] == "A1" and row["state"] == "candidate"
    }
    assert ranks == {
        "dll3.tarlatamab": 1,
        "baf.subtype_p": 2,
        "pou2f3.activity_high": 2,
        "igf1r.subtype_p": 4,
        "parp.subtype_p": 4,
    }
    assert {row["state"] for row in rows if row["sample_id"] == "C1"} == {"not_assessable", "not_supported"}
    counts = {row["vulnerability_id"]: (row["patients_candidate"], row["patients_assessed"]) for row in cohort}
    assert counts["dll3.tarlatamab"] == (2, 2)


def test_a_sample_more_changes_no_row_of_the_others(step):
    before, _ = step(SAMPLES)
    added = {"sample_id": "Z9", "patient_id": "Z", "chunk": "1", "expression_sample": "Z9"}
    after, _ = step([*SAMPLES, added])
    assert [row for row in after if row["sample_id"] != "Z9"] == before
