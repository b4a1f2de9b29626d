"""The step from matrix to calls: scores, subtypes, gaps in the data, and what changes no byte."""

from __future__ import annotations

import csv
import logging
import math

import numpy as np
import pytest

from sclcohort.__main__ import main
from sclcohort.contracts import GENE_MAPPING, RB1_RNA_GENES, SAMPLES, SCORES, SUBTYPE_CALLS
from sclcohort.errors import StepError
from sclcohort.files import sha256_of
from sclcohort.regulators.genes import REGULATORS
from sclcohort.regulators.score_regulators import run
from sclcohort.regulators.set_scores import RANKED_SETS
from sclcohort.tables import read_rows, write_rows
from tests.unit import regulators_score_fixtures
from tests.unit.regulators_score_fixtures import FACTOR_OF, GATES, PROGRAMME_OF, TABLES, write_matrix, write_sheet

# Fixtures of a module are what pytest finds among its names.
genes = regulators_score_fixtures.genes
resources = regulators_score_fixtures.resources
cohort = regulators_score_fixtures.cohort
score = regulators_score_fixtures.score

SET_NAMES = {*PROGRAMME_OF.values(), "t_cell_inflamed", *RANKED_SETS}


def test_each_outcome_is_called(score, cohort):
    calls = score(cohort)["subtypes"]
    assert {sample: (row["subtype"], row["rule"]) for (sample,), row in calls.items()} == {
        "T01": ("SCLC-A", "programme"),
        "T02": ("SCLC-N", "programme"),
        "T03": ("SCLC-P", "programme"),
        "T04": ("SCLC-Y", "programme"),
        "T05": ("hybrid", "hybrid"),
        "T06": ("SCLC-I", "inflamed"),
        "T07": ("SCLC-Y", "programme"),
        "T08": ("unclassified", "factor_not_expressed"),
    }
    assert calls["T05",]["components"] == "A+N"
    assert calls["T01",]["genes_missing"] is None


def test_scores_are_those_of_the_sample(score, cohort, genes):
    scores = score(cohort)["scores"]
    row = scores["T01",]
    assert row["ascl1_log2"] == pytest.approx(math.log2(31), rel=1e-5)
    assert row["programme_a"] == 1
    assert row["ne_score"] > 0.5
    assert scores["T03",]["ne_score"] < -0.5
    assert row["t_cell_inflamed"] == pytest.approx(math.log2(1.5), rel=1e-5)
    assert (row["programme_genes"], row["ne_genes"], row["t_cell_inflamed_genes"]) == (80, 50, 18)
    assert (row["reason"], row["set_reason"], row["set_genes_missing"]) == (None, None, None)


def test_gene_sets_are_scored_beside_the_programmes(score, cohort, genes):
    sample, specimen, tpm = cohort[0]
    tpm = tpm | dict.fromkeys(genes["proliferation"], 900.0)
    scores = score([(sample, specimen, tpm), *cohort[1:]])["scores"]
    assert scores["T01",]["proliferation"] == 1
    assert scores["T02",]["proliferation"] < 1
    row = scores["T01",]
    summands = [row[name] for name in ("proliferation", "metastasis", "myc_family", "ne_low_shift")]
    assert row["ne_low_shift"] == -row["ne_score"]
    assert row["aggression"] == pytest.approx(sum(summands) / 4)
    assert scores["T01",]["ranked_genes"] == len({gene for name in genes if name in SET_NAMES for gene in genes[name]})
    assert [scores["T01",][f"{name}_genes"] for name in RANKED_SETS] == [len(genes[name]) for name in RANKED_SETS]


def test_a_matrix_without_the_genes_of_the_sets_is_called_all_the_same(score, cohort, genes):
    expected = score(cohort)
    programmes = {gene for name in (*PROGRAMME_OF.values(), "ne", "non_ne", "t_cell_inflamed") for gene in genes[name]}
    kept = [gene for gene in cohort[0][2] if gene in programmes | set(FACTOR_OF.values())]
    found = score(cohort, folder="panel", order=kept)
    assert found["subtypes"] == expected["subtypes"]
    row = found["scores"]["T01",]
    assert row["programme_a"] == expected["scores"]["T01",]["programme_a"]
    assert [row[name] for name in RANKED_SETS] == [None] * len(RANKED_SETS)
    assert "proliferation: 0 of 11 genes measured, 80% needed" in row["set_reason"]
    assert "aggression: not assessable without proliferation, metastasis, myc_family" in row["set_reason"]
    assert (row["aggression"], row["ne_low_shift"]) == (None, -row["ne_score"])
    assert set(genes["proliferation"]) <= set(row["set_genes_missing"].split(","))
    assert row["reason"] is None


def test_expression_holds_every_gene_that_the_workflow_uses_and_the_matrix_has(score, cohort, genes):
    tables = score(cohort)
    used = {gene for (gene,) in tables["gene_mapping"]}
    members = {gene for listed in genes.values() for gene in listed}
    assert used == {*members, *REGULATORS, *RB1_RNA_GENES, "SLFN11"}
    in_matrix = {*members, *FACTOR_OF.values(), "SLFN11"}
    assert {gene for sample, gene in tables["expression"] if sample == "T01"} == in_matrix
    assert {tables["gene_mapping"][gene,]["rule"] for gene in RB1_RNA_GENES} == {"missing"}
    assert tables["expression"]["T01", "SLFN11"]["log2_expression"] == pytest.approx(math.log2(6), rel=1e-5)
    assert tables["gene_mapping"]["RB1",]["used_by"] == "rb1_state"
    assert tables["gene_mapping"]["SLFN11",]["used_by"] == "resistance:slfn11_low"


def test_old_symbols_and_ensembl_ids_give_the_same_calls(score, cohort):
    expected = score(cohort)
    rename = {"POU2AF2": "C11orf53", "CCN1": "CYR61", "ASCL1": "ENSG00000139352.4", "NECTIN4": "PVRL4"}
    renamed = score(cohort, folder="renamed", rename=rename)
    for name in ("scores", "subtypes", "expression"):
        assert renamed[name] == expected[name]
    assert renamed["gene_mapping"]["ASCL1",]["rule"] == "ensembl_gene_id"
    assert renamed["gene_mapping"]["CCN1",]["name_in_matrix"] == "CYR61"


def test_names_that_only_the_users_table_of_hgnc_knows_give_the_same_calls(score, cohort, tmp_path):
    path = tmp_path / "hgnc_complete_set.txt"
    path.write_text(
        "hgnc_id\tsymbol\tprev_symbol\talias_symbol\tentrez_id\tensembl_gene_id\n"
        "HGNC:738\tASCL1\t\tASH-of-our-own|TWO\t429\tENSG00000139352\n"
        "HGNC:1\tDLL3N\tDLL3\tTWO\t10683\tENSG00000090932\n"
    )
    given = {"hgnc": path, "hgnc_sha256": sha256_of(path)}
    expected = score(cohort)
    renamed = score(cohort, folder="renamed", rename={"ASCL1": "ASH-of-our-own", "DLL3": "DLL3N"}, **given)
    for name in ("scores", "subtypes", "expression"):
        assert renamed[name] == expected[name]
    assert renamed["gene_mapping"]["ASCL1",]["name_in_matrix"] == "ASH-of-our-own"
    with pytest.raises(StepError, match=r"E-EXP-032 .* value \"TWO\": by the HGNC table .* ASCL1 or DLL3, and one"):
        score(cohort, folder="unclear", rename={"ASCL1": "TWO"}, **given)
    with pytest.raises(StepError, match="without its checksum; fix: set expression"):
        score(cohort, folder="unpinned", hgnc=path)


@pytest.mark.parametrize("size", [1, 2, 3])
def test_a_cohort_that_grows_changes_no_byte_of_its_earlier_samples(score, cohort, tmp_path, size):
    score(cohort[:size], folder="few")
    score(cohort, folder="many")
    for name in ("status", "expression", "scores", "subtypes", "activity"):
        few = (tmp_path / "few" / f"{name}.tsv").read_text().splitlines()
        many = (tmp_path / "many" / f"{name}.tsv").read_text().splitlines()
        assert many[: len(few)] == few


def test_the_order_of_the_matrix_changes_no_byte(score, cohort, tmp_path):
    score(cohort, folder="straight")
    score(cohort[::-1], folder="turned", order=list(cohort[0][2])[::-1])
    for name in TABLES:
        straight, turned = (tmp_path / folder / f"{name}.tsv" for folder in ("straight", "turned"))
        assert straight.read_bytes() == turned.read_bytes()


def test_tpm_and_their_log2_give_the_same_calls(score, cohort):
    logged = [
        (sample, specimen, {gene: math.log2(value + 1) for gene, value in tpm.items()})
        for sample, specimen, tpm in cohort
    ]
    linear, log2 = score(cohort), score(logged, unit="log2_tpm_plus_1", folder="log2")
    for key, row in linear["scores"].items():
        for name, value in row.items():
            other = log2["scores"][key][name]
            assert other == (pytest.approx(value, abs=1e-4) if isinstance(value, float) else value)
    assert {key: row["subtype"] for key, row in linear["subtypes"].items()} == {
        key: row["subtype"] for key, row in log2["subtypes"].items()
    }


def test_counts_are_scored_and_their_scale_is_said(score, cohort):
    counted = [
        (sample, specimen, {gene: round(value * 100) for gene, value in tpm.items()})
        for sample, specimen, tpm in cohort
    ]
    tables = score(counted, unit="counts", folder="counts")
    assert "log2(CPM + 1)" in tables["status"]["T01",]["reason"]
    assert tables["scores"]["T01",]["programme_a"] == 1


def test_a_sample_without_expression_keeps_its_row_everywhere_but_in_expression(score, cohort):
    dna = {"sample_id": "T99", "patient_id": "P9", "chunk": "chunk_1"}
    tables = score(cohort[:1], extra=[dna])
    assert tables["status"]["T99",] == {
        "sample_id": "T99",
        "state": "not_provided",
        "genes_measured": None,
        "genes_detected": None,
        "reason": "the sample sheet names no expression",
    }
    assert tables["scores"]["T99",]["programme_a"] is None
    assert tables["scores"]["T99",]["programme_genes"] is None
    call = tables["subtypes"]["T99",]
    assert (call["subtype"], call["rule"]) == ("not_assessable", "expression_not_provided")
    assert call["reason"] == "the sample sheet names no expression"
    assert not [key for key in tables["expression"] if key[0] == "T99"]


def test_without_a_matrix_every_table_is_written_and_no_sample_is_assessable(score, cohort):
    tables = score(cohort, matrix=False)
    assert {row["state"] for row in tables["status"].values()} == {"not_provided"}
    assert {row["reason"] for row in tables["status"].values()} == {"no expression matrix is configured"}
    assert {row["subtype"] for row in tables["subtypes"].values()} == {"not_assessable"}
    assert len(tables["scores"]) == len(cohort)
    assert tables["expression"] == {}
    assert {row["rule"] for row in tables["gene_mapping"].values()} == {"missing"}


def test_a_matrix_that_no_sample_names_is_not_read(score, cohort, tmp_path):
    dna = [{"sample_id": "T99", "patient_id": "P9", "chunk": "chunk_1"}]
    write_matrix(tmp_path / "matrix.tsv", cohort)
    tables = score([], extra=dna, matrix=False)
    assert tables["status"]["T99",]["state"] == "not_provided"


def test_a_sample_of_zeros_is_refused_alone_and_the_rest_goes_on(score, cohort):
    zeros = ("T98", "tumour_tissue", dict.fromkeys(cohort[0][2], 0.0))
    tables = score([*cohort[:2], zeros])
    assert tables["status"]["T98",]["state"] == "refused"
    assert tables["status"]["T98",]["genes_detected"] == 0
    assert tables["subtypes"]["T98",]["rule"] == "expression_refused"
    assert tables["subtypes"]["T98",]["reason"] == "every value of the sample is zero"
    assert tables["scores"]["T98",]["reason"] == "every value of the sample is zero"
    assert not [key for key in tables["expression"] if key[0] == "T98"]
    assert tables["subtypes"]["T01",]["subtype"] == "SCLC-A"


def test_low_coverage_of_one_programme_makes_all_four_not_assessable(score, cohort, genes):
    lost = set(genes["programme_p"][:5]) - set(genes["ne"]) - set(genes["non_ne"])
    kept = [(sample, specimen, {g: v for g, v in tpm.items() if g not in lost}) for sample, specimen, tpm in cohort]
    tables = score(kept, min_genes_fraction=0.8)
    row, call = tables["scores"]["T01",], tables["subtypes"]["T01",]
    assert [row[name] for name in PROGRAMME_OF.values()] == [None] * 4
    assert row["programme_genes"] == 75
    assert row["ne_score"] is not None
    assert (call["subtype"], call["rule"]) == ("not_assessable", "programmes_not_covered")
    assert call["reason"] == "programme P: 15 of 20 genes measured, 80% needed"
    assert call["genes_missing"] == ",".join(sorted(lost))
    assert call["probability"] is None
    again = score(kept, min_genes_fraction=0.75, folder="again")
    assert again["subtypes"]["T01",]["subtype"] == "SCLC-A"


def test_each_score_has_its_own_coverage(score, cohort, genes):
    programmes = {gene for name in PROGRAMME_OF.values() for gene in genes[name]}
    kept = [
        (sample, specimen, {gene: value for gene, value in tpm.items() if gene in programmes})
        for sample, specimen, tpm in cohort
    ]
    tables = score(kept)
    row, call = tables["scores"]["T01",], tables["subtypes"]["T01",]
    assert (row["ne_score"], row["t_cell_inflamed"], row["ascl1_log2"]) == (None, None, None)
    assert "ne_score:" in row["reason"]
    assert "t_cell_inflamed: 0 of 18 genes measured" in row["reason"]
    assert call["subtype"] == "SCLC-A"
    assert call["genes_missing"] == "ASCL1,NEUROD1,POU2F3,YAP1"


def test_a_sample_constant_over_the_signature_has_no_ne_score_and_says_why(score, cohort, genes):
    flat = cohort[0][2] | dict.fromkeys([*genes["ne"], *genes["non_ne"]], 25.0)
    row = score([("T97", "cell_line", flat)])["scores"]["T97",]
    assert row["ne_score"] is None
    assert row["reason"] == "ne_score: the sample is constant over the signature"
    assert row["programme_a"] is not None


def test_an_expression_sample_that_the_matrix_lacks_is_refused_with_the_closest_name(score, cohort, tmp_path):
    stray = {"sample_id": "T50", "patient_id": "P50", "chunk": "chunk_1", "expression_sample": "rna_T1"}
    with pytest.raises(
        StepError, match=r'E-EXP-003 .* value "rna_T1": the matrix has no such column; fix: did you mean'
    ):
        score(cohort[:1], extra=[stray])
    assert not (tmp_path / "out").exists()


def test_a_matrix_without_a_unit_is_refused(score, cohort):
    with pytest.raises(StepError, match=r"without its unit; fix: set expression\.unit"):
        score(cohort, unit=None)


def test_calls_are_counted_in_the_log(score, cohort, caplog):
    caplog.set_level(logging.INFO)
    score(cohort)
    assert "SCLC-Y: 2 samples" in caplog.text


def test_the_command_line_runs_the_step_and_a_fault_ends_it_with_2(tmp_path, cohort, resources, capsys):
    write_sheet(tmp_path / "samples.tsv", cohort)
    write_matrix(tmp_path / "matrix.tsv", cohort)
    given = {"samples": tmp_path / "samples.tsv", "matrix": tmp_path / "matrix.tsv", "unit": "tpm"} | resources | GATES
    given |= {name: tmp_path / "cli" / f"{name}.tsv" for name in TABLES}
    arguments = [str(part) for name, value in given.items() for part in (f"--{name.replace('_', '-')}", value)]
    assert main(["score-regulators", *arguments]) == 0
    assert (tmp_path / "cli" / "subtypes.tsv").exists()
    arguments[arguments.index("tpm")] = "counts"
    assert main(["score-regulators", *arguments]) == 2
    assert "E-EXP-023" in capsys.readouterr().err


def test_real_cell_lines_are_called_as_published_but_for_three(score, resources, shared_data, tmp_path):
    folder = shared_data / "sclc_lines_expression"
    with (folder / "log2_tpm_plus_1.tsv").open(encoding="utf-8") as handle:
        lines = handle.readline().rstrip("\n").split("\t")[1:]
    sheet, out = tmp_path / "lines.tsv", tmp_path / "lines"
    rows = ({"sample_id": line, "patient_id": line, "chunk": "c", "specimen": "cell_line"} for line in lines)
    write_rows(sheet, SAMPLES, (row | {"expression_sample": row["sample_id"]} for row in rows))
    outputs = {name: out / f"{name}.tsv" for name in TABLES}
    matrix = folder / "log2_tpm_plus_1.tsv"
    run(samples=sheet, matrix=matrix, unit="log2_tpm_plus_1", **resources, **GATES, **outputs)
    calls = {row["sample_id"]: row for row in read_rows(outputs["subtypes"], SUBTYPE_CALLS)}
    with (folder / "labels.tsv").open(encoding="utf-8", newline="") as handle:
        labels = {row["sample_id"]: row["subtype"] for row in csv.DictReader(handle, delimiter="\t")}
    # The constants were fitted on these labels: this asserts what they give, not how well they generalise (for that
    # see the leave-one-out test of the resources). NCIH2227 was left out of the fit, the sources disagree on it.
    other = {line: calls[line]["subtype"] for line, label in labels.items() if calls[line]["subtype"] != label}
    assert other == {
        "NCIH69": "hybrid",
        "NCIH1048": "SCLC-Y",
        "NCIH2227": "SCLC-A",
    }
    assert calls["NCIH69"]["components"] == "A+N"
    assert calls["NCIH1048"]["probability_p"] > 0.2
    assert "SCLC-I" not in {row["subtype"] for row in calls.values()}
    assert {row["genes_missing"] for row in calls.values()} == {"ASCL1,NEUROD1,POU2F3,YAP1"}
    mapping = {row["gene_symbol"]: row for row in read_rows(outputs["gene_mapping"], GENE_MAPPING)}
    assert mapping["POU2AF2"]["name_in_matrix"] == "C11orf53"
    scores = [row["programme_genes"] for row in read_rows(outputs["scores"], SCORES)]
    np.testing.assert_array_equal(scores, 80)
