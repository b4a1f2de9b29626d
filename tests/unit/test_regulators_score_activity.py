"""The activity of regulators from matrix to table: regulons, targets measured, and when there is none."""

from __future__ import annotations

import numpy as np
import pytest

from sclcohort.contracts import REGULONS
from sclcohort.errors import StepError
from sclcohort.files import sha256_of
from sclcohort.tables import read_table
from tests.unit import regulators_score_fixtures
from tests.unit.regulators_score_fixtures import tumour

# Fixtures of a module are what pytest finds among its names.
genes = regulators_score_fixtures.genes
resources = regulators_score_fixtures.resources
cohort = regulators_score_fixtures.cohort
score = regulators_score_fixtures.score


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
