from __future__ import annotations

import csv
import logging
import math

import numpy as np
import pytest

from sclcohort.__main__ import main
from sclcohort.contracts import (
    ACTIVITY,
    EXPRESSION,
    EXPRESSION_STATUS,
    GENE_MAPPING,
    GENE_SETS,
    NE_SIGNATURE,
    RB1_RNA_GENES,
    REGULON_TARGETS,
    REGULONS,
    RESISTANCE_RULES,
    SAMPLES,
    SCORES,
    SUBTYPE_CALLS,
)
from sclcohort.errors import StepError
from sclcohort.files import sha256_of
from sclcohort.regulators.genes import REGULATORS
from sclcohort.regulators.score_regulators import run
from sclcohort.regulators.set_scores import RANKED_SETS
from sclcohort.tables import read_rows, read_table, write_rows

TABLES = {
    "status": EXPRESSION_STATUS,
    "gene_mapping": GENE_MAPPING,
    "expression": EXPRESSION,
    "scores": SCORES,
    "subtypes": SUBTYPE_CALLS,
    "activity": ACTIVITY,
    "targets": REGULON_TARGETS,
}
PROGRAMME_OF = {"A": "programme_a", "N": "programme_n", "P": "programme_p", "Y": "programme_y"}
FACTOR_OF = {"A": "ASCL1", "N": "NEUROD1", "P": "POU2F3", "Y": "YAP1"}
SET_NAMES = {*PROGRAMME_OF.values(), "t_cell_inflamed", *RANKED_SETS}
GATES = {"min_probability": 0.6, "min_margin": 0.2, "min_genes_fraction": 0.8, "min_targets": 5}


@pytest.fixture
def genes(repository):
    """Return the genes of each set, of the signature, and of the rule of `resources`, from the committed tables."""
    sets = read_table(repository / "resources" / "gene_sets.tsv", GENE_SETS)
    signature = read_table(repository / "resources" / "ne_signature.tsv", NE_SIGNATURE)
    listed = {name: table["gene_symbol"].tolist() for name, table in sets.groupby("gene_set")}
    return listed | {side: table["gene_symbol"].tolist() for side, table in signature.groupby("group")}


@pytest.fixture
def resources(repository, tmp_path):
    """Return the resource files of the step: the committed ones, and one resistance rule on SLFN11."""
    folder = repository / "resources"
    rules = tmp_path / "resistance_rules.tsv"
    rule = {
        "rule_id": "slfn11_low",
        "therapy": "platinum-etoposide",
        "strategy": "chemotherapy",
        "marker": "SLFN11 low",
        "direction": "resistance",
        "level": "C",
        "data": "rna",
        "feature": "expression:SLFN11",
        "threshold_source": "none published",
        "citation": "Gardner et al. 2017 Cancer Cell",
        "certainty": "verified",
    }
    write_rows(rules, RESISTANCE_RULES, [rule])
    names = ("gene_aliases", "gene_sets", "ne_signature", "subtype_calibration", "regulons")
    return {name: folder / f"{name}.tsv" for name in names} | {"resistance_rules": rules}


def tumour(genes, letters, *, inflamed=False, ne=True, factors=None):
    """Return TPM of a made-up tumour: the genes of `letters` high, the others at low, differing values."""
    tpm = {}
    for number, name in enumerate(sorted(genes)):
        for row, gene in enumerate(genes[name]):
            tpm.setdefault(gene, 0.1 + 0.01 * row + 0.003 * number)
    for letter, name in PROGRAMME_OF.items():
        for row, gene in enumerate(genes[name]):
            tpm[gene] = (50.0 if letter in letters else 0.2) + 0.01 * row
    for row, gene in enumerate(genes["ne"]):
        tpm[gene] = (200.0 if ne else 0.5) + row
    for row, gene in enumerate(genes["non_ne"]):
        tpm[gene] = (0.5 if ne else 200.0) + row
    for gene in genes["t_cell_inflamed"]:
        tpm[gene] = 40.0 if inflamed else 0.5
    for letter, factor in FACTOR_OF.items():
        tpm[factor] = 30.0 if letter in (letters if factors is None else factors) else 0.1
    return tpm | {"SLFN11": 5.0}


@pytest.fixture
def cohort(genes):
    """Return samples of each outcome: (sample_id, specimen, TPM)."""
    return [
        ("T01", "tumour_tissue", tumour(genes, "A")),
        ("T02", "tumour_tissue", tumour(genes, "N")),
        ("T03", "tumour_tissue", tumour(genes, "P", ne=False)),
        ("T04", "tumour_tissue", tumour(genes, "Y", ne=False)),
        ("T05", "tumour_tissue", tumour(genes, "AN")),
        ("T06", "tumour_tissue", tumour(genes, "Y", ne=False, inflamed=True)),
        ("T07", "cell_line", tumour(genes, "Y", ne=False, inflamed=True)),
        ("T08", "tumour_tissue", tumour(genes, "A", factors="N")),
    ]


def write_matrix(path, cohort, rename=None, order=None):
    names = list(cohort[0][2]) if order is None else order
    with path.open("w", encoding="utf-8") as handle:
        handle.write("\t".join(["gene", *(f"rna_{sample}" for sample, _, _ in cohort)]) + "\n")
        for gene in names:
            cells = [f"{tpm[gene]:.6g}" for _, _, tpm in cohort]
            handle.write("\t".join([(rename or {}).get(gene, gene), *cells]) + "\n")


def write_sheet(path, cohort, extra=()):
    rows = [
        {
            "sample_id": sample,
            "patient_id": f"P{sample}",
            "chunk": "chunk_1",
            "specimen": specimen,
            "expression_sample": f"rna_{sample}",
        }
        for sample, specimen, _ in cohort
    ]
    write_rows(path, SAMPLES, [*rows, *extra])


@pytest.fixture
def score(tmp_path, resources):
    """Return a function that runs the step and gives its tables, each a dictionary by key."""

    def scorer(cohort, *, unit="tpm", matrix=True, extra=(), folder="out", rename=None, order=None, **settings):
        sheet, numbers, out = tmp_path / "samples.tsv", tmp_path / "matrix.tsv", tmp_path / folder
        write_sheet(sheet, cohort, extra)
        if matrix:
            write_matrix(numbers, cohort, rename, order)
        outputs = {name: out / f"{name}.tsv" for name in TABLES}
        given = {"matrix": numbers, "unit": unit} if matrix else {}
        run(samples=sheet, **given, **resources, **(GATES | settings), **outputs)
        tables = {}
        for name, table in TABLES.items():
            rows = list(read_rows(outputs[name], table))
            tables[name] = {tuple(row[key] for key in table.key): row for row in rows}
        return tables

    return scorer


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


@pytest.fixture
def transcriptomes(repository, genes, tmp_path):
    """Return two samples with 1,000 genes besides those of the step; ASCL1's targets are high in the first."""
    rng = np.random.default_rng(7)
    regulons = read_table(repository / "resources" / "regulons.tsv", REGULONS)
    lists = {name: set(table["target"]) for name, table in regulons.groupby("source")}
    targets = sorted(set(regulons["target"]))
    others = [f"OTHER{number}" for number in range(1000)]

    def expressed(raised):
        values = dict(zip([*targets, *others], rng.gamma(2, 5, len(targets) + len(others)).tolist(), strict=True))
        return {gene: value * (8 if gene in raised else 1) for gene, value in values.items()}

    first, second = expressed(lists["ASCL1"]), expressed(set())
    return [("T01", "tumour_tissue", tumour(genes, "A") | first), ("T02", "tumour_tissue", tumour(genes, "N") | second)]


def test_a_regulator_whose_targets_are_high_is_active(score, transcriptomes):
    activity = score(transcriptomes)["activity"]
    row = activity["T01", "ASCL1"]
    assert row["state"] == "assessed"
    assert row["score"] > 8
    assert row["p_adjusted"] < 1e-6
    assert row["targets_measured"] == 133
    assert row["genes"] == len(transcriptomes[0][2])
    assert row["reason"] == f"the background is the {row['genes']} genes of the matrix, no whole transcriptome"
    assert abs(activity["T02", "ASCL1"]["score"]) < 4
    assert {regulator for _, regulator in activity} == {"ASCL1", "ATOH1", "MYC", "NEUROD1", "POU2F3", "YAP1"}


def test_activity_is_the_same_whatever_the_names_and_order_of_the_rows(score, transcriptomes):
    expected = score(transcriptomes)["activity"]
    rename = {"CCN1": "CYR61", "POLR1G": "CD3EAP", "DLL3": "ENSG00000090932.10"}
    order = sorted(transcriptomes[0][2], reverse=True)
    renamed = score(transcriptomes, folder="renamed", rename=rename, order=order)["activity"]
    for key, row in expected.items():
        assert renamed[key] == row


def test_every_target_of_every_regulator_is_listed_measured_or_not(score, transcriptomes, repository):
    order = [gene for gene in transcriptomes[0][2] if gene != "ALCAM"]
    tables = score(transcriptomes, rename={"CCN1": "CYR61"}, order=order)
    edges = read_table(repository / "resources" / "regulons.tsv", REGULONS)
    targets = tables["targets"]
    assert list(targets) == sorted(zip(edges["source"], edges["target"], strict=True))
    assert targets["YAP1", "CCN1"]["name_in_matrix"] == "CYR61"
    assert targets["ASCL1", "ABTB3"]["symbol_in_source"] == "Btbd11"
    assert targets["ASCL1", "ALCAM"]["measured"] is False
    assert targets["ASCL1", "ALCAM"]["reason"] == "the matrix has no row of this name or of an alias"
    for regulator in {regulator for regulator, _ in targets}:
        measured = sum(row["measured"] for (name, _), row in targets.items() if name == regulator)
        assert tables["activity"]["T01", regulator]["targets_measured"] == measured


def test_a_regulon_of_the_users_own_stands_in_for_the_one_that_ships(score, transcriptomes, repository, tmp_path):
    shipped = read_table(repository / "resources" / "regulons.tsv", REGULONS)
    mine = shipped[shipped["source"].isin(["ASCL1", "YAP1"])].assign(weight=-2.5)[["weight", "target", "source"]]
    path = tmp_path / "net.csv"
    mine.replace({"target": {"CCN1": "CYR61"}}).to_csv(path)
    tables = score(transcriptomes, regulon=path, regulon_sha256=sha256_of(path))
    expected = score(transcriptomes, folder="shipped")["activity"]
    assert {regulator for _, regulator in tables["activity"]} == {"ASCL1", "YAP1"}
    row, shipped_row = tables["activity"]["T01", "ASCL1"], expected["T01", "ASCL1"]
    assert row["score"] == pytest.approx(-shipped_row["score"])
    assert row["weighted_mean"] == pytest.approx(-shipped_row["weighted_mean"])
    assert tables["targets"]["YAP1", "CCN1"]["symbol_in_source"] == "CYR61"
    assert tables["targets"]["YAP1", "CCN1"]["measured"] is True
    assert tables["targets"]["YAP1", "CCN1"]["weight"] == -2.5


def test_a_regulon_without_a_checksum_is_refused(score, transcriptomes, tmp_path):
    with pytest.raises(StepError, match="without its checksum; fix: set regulators"):
        score(transcriptomes, regulon=tmp_path / "net.csv")


def test_without_a_matrix_no_target_is_measured(score, cohort):
    dna = {"sample_id": "T99", "patient_id": "P9", "chunk": "chunk_1"}
    rows = score((), matrix=False, extra=[dna])["targets"].values()
    assert {(row["measured"], row["reason"]) for row in rows} == {(False, "no expression matrix is configured")}


def test_a_panel_is_no_background_for_activity(score, cohort):
    rows = score(cohort[:1])["activity"]
    assert {row["state"] for row in rows.values()} == {"not_assessable"}
    genes = len(cohort[0][2])
    assert rows["T01", "MYC"]["reason"] == f"the matrix has {genes} genes: no background, 500 needed"
    assert rows["T01", "MYC"]["score"] is None


def test_activity_says_why_a_sample_has_none(score, transcriptomes):
    dna = {"sample_id": "T99", "patient_id": "P9", "chunk": "chunk_1"}
    zeros = ("T98", "tumour_tissue", dict.fromkeys(transcriptomes[0][2], 0.0))
    rows = score([*transcriptomes, zeros], extra=[dna])["activity"]
    assert rows["T99", "ASCL1"]["reason"] == "the sample sheet names no expression"
    assert rows["T98", "ASCL1"]["reason"] == "every value of the sample is zero"
    assert {rows[sample, "ASCL1"]["state"] for sample in ("T98", "T99")} == {"not_assessable"}
    assert rows["T99", "ASCL1"]["targets_measured"] is None
    assert len(rows) == 24


def test_a_regulator_with_few_targets_measured_is_not_assessable(score, transcriptomes):
    rows = score(transcriptomes, min_targets=60)["activity"]
    assert rows["T01", "MYC"]["reason"] == "50 of its targets measured, 60 needed"
    assert rows["T01", "MYC"]["p_adjusted"] is None
    assert rows["T01", "ASCL1"]["state"] == "assessed"


def test_a_cohort_that_grows_changes_no_byte_of_earlier_activities(score, transcriptomes, tmp_path):
    score(transcriptomes[:1], folder="few")
    score(transcriptomes, folder="many")
    few, many = ((tmp_path / folder / "activity.tsv").read_text().splitlines() for folder in ("few", "many"))
    assert many[: len(few)] == few


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
