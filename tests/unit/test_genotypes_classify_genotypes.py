"""The step from files to files, and the rule table it cites."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import pytest

from sclcohort import contracts
from sclcohort.errors import TableError
from sclcohort.genotypes.classify_genotypes import load_rules, run
from sclcohort.tables import read_rows, write_rows
from tests.unit.genotypes_fixtures import amplified, event

if TYPE_CHECKING:
    from pathlib import Path

TABLES = {
    "samples": contracts.SAMPLES,
    "events": contracts.EVENTS,
    "gene_states": contracts.GENE_STATES,
    "copy_number": contracts.GENE_COPY_NUMBER,
    "copy_number_status": contracts.COPY_NUMBER_STATUS,
    "expression": contracts.EXPRESSION,
}
CHUNKED = ("copy_number", "copy_number_status")
CITED = {"citation": "Somebody 2020"}


def cohort(*names: str) -> dict[str, list[dict[str, Any]]]:
    """Return the tables of samples that are alike: CCND1 amplified, KRAS hit, RB1 without variants."""
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in TABLES}
    for name in names:
        key = {"sample_id": name}
        rows["samples"].append(key | {"patient_id": name, "chunk": "c1", "histology": "combined SCLC"})
        rows["events"] += [key | CITED | amplified("CCND1"), key | CITED | event("KRAS", "p.G12C", "hotspot", vaf=0.4)]
        reason = {"state": "not_assessable", "reason": "variants not provided"}
        rows["gene_states"] += [key | {"gene_symbol": gene} | reason for gene in ("RB1", "TP53", "CDKN2A")]
        rows["copy_number"].append(
            key | {"gene_symbol": "CCND1", "state": "amplification", "segments": 1, "covered_fraction": 1.0}
        )
        rows["copy_number_status"].append(key | {"state": "imported"})
        rows["expression"] += [
            key | {"gene_symbol": gene, "log2_expression": value}
            for gene, value in (("RB1", 4.5), ("CDKN2A", 0.1), ("ASCL1", 9.0))
        ]
    return rows


def run_on(folder: Path, repository: Path, rows: dict[str, list[dict[str, Any]]], **more: Any) -> Path:
    folder.mkdir()
    paths: dict[str, Any] = {}
    for name, table in TABLES.items():
        path = folder / f"{name}.tsv"
        write_rows(path, table, rows[name])
        paths[name] = (path,) if name in CHUNKED else path
    settings = {"expression_measure": "tpm", "rb1_rna_min_log2_difference": 3.0, "cdkn2a_silent_max_log2": 1.0}
    run(
        **paths,
        **(settings | more),
        driver_genes=repository / "resources" / "driver_genes.tsv",
        genotype_rules=repository / "resources" / "genotype_rules.tsv",
        rb1_status=folder / "rb1_status.tsv",
        flags=folder / "flags.tsv",
    )
    return folder


def test_every_sample_has_its_rb1_state_and_all_flags_with_meaning_and_citation(tmp_path, repository):
    folder = run_on(tmp_path / "a", repository, cohort("S1", "S2"))
    rb1 = list(read_rows(folder / "rb1_status.tsv", contracts.RB1_STATUS))
    assert [(row["sample_id"], row["state"]) for row in rb1] == [("S1", "INTACT_SUPPORTED"), ("S2", "INTACT_SUPPORTED")]
    assert "CCND1 amplification (12 copies); RNA of RB1 4.50" in rb1[0]["support_intact"]
    assert rb1[0]["citation"].count("Febres-Aldana") == 1
    flags = list(read_rows(folder / "flags.tsv", contracts.GENOTYPES))
    assert len(flags) == 2 * len(contracts.GENOTYPE_FLAGS)
    assert all(row["meaning"] and row["citation"] for row in flags)
    raised = {row["flag"] for row in flags if row["state"] == "raised"}
    assert raised == {"nsclc_like", "chr11_ccnd1", "combined_histology"}


def test_counts_are_not_compared_between_genes(tmp_path, repository):
    rows = cohort("S1")
    rows["events"] = []
    folder = run_on(tmp_path / "tpm", repository, rows)
    assert next(read_rows(folder / "rb1_status.tsv", contracts.RB1_STATUS))["state"] == "INTACT_SUPPORTED"
    folder = run_on(tmp_path / "counts", repository, rows, expression_measure="cpm")
    (row,) = read_rows(folder / "rb1_status.tsv", contracts.RB1_STATUS)
    assert row["state"] == "UNDETERMINED"
    assert "the matrix holds counts" in row["not_assessable"]


def test_neither_the_order_of_rows_nor_a_further_sample_changes_the_rows_of_a_sample(tmp_path, repository):
    rows = cohort("S1", "S2")
    first = run_on(tmp_path / "a", repository, rows)
    more = cohort("S3", "S2", "S1")
    for table in more.values():
        random.Random(5).shuffle(table)
    second = run_on(tmp_path / "b", repository, more)
    for name in ("rb1_status.tsv", "flags.tsv"):
        lines = (second / name).read_text().splitlines()
        assert (first / name).read_text().splitlines() == [line for line in lines if not line.startswith("S3")]


def test_a_rule_table_that_lacks_a_rule_is_refused(tmp_path, repository):
    whole = list(read_rows(repository / "resources" / "genotype_rules.tsv", contracts.GENOTYPE_RULES))
    path = tmp_path / "rules.tsv"
    write_rows(path, contracts.GENOTYPE_RULES, [row for row in whole if row["rule"] != "chr12_mdm2"])
    with pytest.raises(TableError, match="lacks the rules chr12_mdm2; put their rows back"):
        load_rules(path)


def test_the_committed_rules_cite_a_publication_and_name_what_is_a_choice(repository):
    rules = load_rules(repository / "resources" / "genotype_rules.tsv")
    assert set(rules) == {*contracts.GENOTYPE_FLAGS, *contracts.RB1_SUPPORTS}
    for name, row in rules.items():
        assert "doi:10." in str(row["citation"]), name
        assert row["note"] or row["certainty"] == "verified", name
        for word in ("should be treated", "recommend"):
            assert word not in str(row["meaning"])


def test_the_genes_that_the_flags_ask_for_are_driver_genes_whose_events_can_answer(repository):
    genes = {
        row["gene_symbol"]: row
        for row in read_rows(repository / "resources" / "driver_genes.tsv", contracts.DRIVER_GENES)
    }
    for gene in ("CCND1", "CCND2", "CDK4", "MDM2"):
        assert "amplification" in str(genes[gene]["events"]).split(",")
    assert {"deep_deletion", "truncating"} <= set(str(genes["CDKN2A"]["events"]).split(","))
    assert {"truncating", "splice", "deep_deletion"} <= set(str(genes["SMARCA4"]["events"]).split(","))
    criterion = str(load_rules(repository / "resources" / "genotype_rules.tsv")["nsclc_like"]["criterion"])
    named = {gene for gene, row in genes.items() if row["gene_class"] == "nsclc_like"}
    assert all(gene in criterion for gene in named)
