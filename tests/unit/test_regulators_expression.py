from __future__ import annotations

import logging

import numpy as np
import pytest

from sclcohort.contracts import GENE_ALIASES
from sclcohort.errors import StepError
from sclcohort.regulators.expression import read_expression
from sclcohort.regulators.gene_names import OtherNames
from sclcohort.tables import as_frame

USERS = {"ASCL1": ("lineage_factor",), "CCN1": ("ne_score",), "DLL3": ("programme_a",), "YAP1": ("lineage_factor",)}
TEXT = "gene\tS1\tS2\nASCL1\t3\t0\nCYR61\t7\t1\nDLL3\t63\t255\nTP53\t100\t2\n"


@pytest.fixture
def gene_aliases():
    names = ("alias", "gene_symbol", "kind")
    rows = [("CYR61", "CCN1", "previous_symbol"), ("IGFBP10", "CCN1", "previous_symbol")]
    return as_frame(GENE_ALIASES, (dict(zip(names, row, strict=True)) for row in rows))


@pytest.fixture
def read(tmp_path, gene_aliases):
    def reader(text, unit="tpm", columns=("S1", "S2")):
        path = tmp_path / "m.tsv"
        path.write_text(text, encoding="utf-8")
        return read_expression(path, unit, columns, USERS, gene_aliases)

    return reader


def test_the_genes_used_are_kept_in_log2_under_their_approved_symbols(read):
    expression = read(TEXT)
    assert expression.log2.index.tolist() == ["ASCL1", "CCN1", "DLL3"]
    assert expression.log2.loc["CCN1"].tolist() == [3.0, 1.0]
    assert expression.log2.loc["DLL3"].tolist() == [6.0, 8.0]
    assert expression.found["YAP1"].rule == "missing"


def test_entrez_ids_are_scored_like_the_symbols_they_stand_for(read, tmp_path):
    table = [("429", "ASCL1"), ("3491", "CCN1"), ("10683", "DLL3")]
    rows = ({"alias": number, "gene_symbol": gene, "kind": "entrez_gene_id"} for number, gene in table)
    text = TEXT.replace("ASCL1", "429").replace("CYR61", "3491").replace("DLL3", "10683").replace("TP53", "7157")
    (tmp_path / "e.tsv").write_text(text)
    found = read_expression(tmp_path / "e.tsv", "tpm", ["S1", "S2"], USERS, as_frame(GENE_ALIASES, rows))
    assert found.log2.equals(read(TEXT).log2)
    assert {gene: rows.rule for gene, rows in found.found.items() if rows.rows} == {
        gene: "entrez_gene_id" for _, gene in table
    }


def test_a_name_of_two_genes_refuses_the_matrix(tmp_path, gene_aliases):
    (tmp_path / "m.tsv").write_text(TEXT.replace("TP53", "TAZ"))
    others = OtherNames(unclear={"TAZ": ("TAFAZZIN", "YAP1")})
    with pytest.raises(StepError, match=r'E-EXP-032 \S*m\.tsv:5 .*value "TAZ": .* TAFAZZIN or YAP1, and one of them'):
        read_expression(tmp_path / "m.tsv", "tpm", ["S1"], USERS, gene_aliases, others=others)


def test_rows_measured_and_detected_are_counted(read):
    states = read(TEXT).states
    assert (states["S2"].state, states["S2"].genes_measured, states["S2"].genes_detected) == ("scored", 4, 3)
    assert states["S2"].reason == ""


def test_a_sample_of_zeros_is_refused_alone(read):
    text = (
        TEXT.replace("\t0\n", "\t0\n").replace("\t1\n", "\t0\n").replace("\t255\n", "\t0\n").replace("\t2\n", "\t0\n")
    )
    expression = read(text)
    assert (expression.states["S2"].state, expression.states["S2"].reason) == (
        "refused",
        "every value of the sample is zero",
    )
    assert list(expression.log2) == ["S1"]
    assert list(read(text, "counts").log2) == ["S1"]


def test_counts_are_scaled_to_the_million_of_the_whole_matrix_and_this_is_said(read):
    expression = read(TEXT, "counts")
    assert expression.log2.loc["ASCL1", "S1"] == pytest.approx(np.log2(3 / 173 * 1e6 + 1))
    assert "log2(CPM + 1)" in expression.states["S1"].reason
    assert "the million is of the 4 genes of the matrix alone" in expression.states["S1"].reason


def test_fpkm_are_scored_as_the_tpm_they_are(read):
    tpm = read(TEXT)
    scale = 1e6 / 173
    text = TEXT.replace("CYR61\t7\t", "CYR61\t7.0\t")
    fpkm = read(text, "fpkm", columns=("S1",))
    np.testing.assert_allclose(fpkm.log2["S1"], np.log2((np.exp2(tpm.log2["S1"]) - 1) * scale + 1))
    assert (fpkm.unit, tpm.unit) == ("tpm", "tpm")
    assert fpkm.matrix.numbers.sum() == pytest.approx(1e6)
    assert "FPKM brought to TPM" in fpkm.states["S1"].reason


def test_log2_of_cpm_is_taken_as_it_is_and_this_is_said(read):
    expression = read("gene\tS1\nASCL1\t3.5\nDLL3\t6\n", "log2_cpm_plus_1", columns=("S1",))
    assert expression.log2["S1"].tolist() == [3.5, 6.0]
    assert expression.states["S1"].reason == "taken as log2(CPM + 1): not corrected for gene length"


def test_repeated_rows_are_merged_by_the_policy_of_the_unit(read):
    text = TEXT + "DLL3\t127\t1\n"
    assert read(text, "tpm").log2.loc["DLL3"].tolist() == [7.0, 8.0]
    counts = read(text, "counts").log2.loc["DLL3"]
    assert counts["S1"] == pytest.approx(np.log2(190 / 300 * 1e6 + 1))


def test_a_column_asked_for_twice_is_read_once(read):
    assert list(read(TEXT, columns=("S2", "S1", "S2")).log2) == ["S2", "S1"]


def test_a_sample_reads_the_same_alone_and_beside_others(read):
    together, alone = read(TEXT).log2["S1"], read(TEXT, columns=("S1",)).log2["S1"]
    assert together.equals(alone)


def test_the_order_of_rows_changes_nothing(read):
    header, *rows = TEXT.splitlines(keepends=True)
    assert read(header + "".join(rows[::-1])).log2.equals(read(TEXT).log2)


def test_every_fault_of_the_matrix_is_listed_in_one_pass(read):
    text = TEXT.replace("TP53", "1-Mar").replace("\t63\t", "\tNA\t").replace("\t255", "\t-1") + "IGFBP10\t4\t5\n"
    with pytest.raises(StepError) as refusal:
        read(text)
    lines = str(refusal.value).splitlines()
    assert [line.split()[0] for line in lines[1:]] == ["E-EXP-015", "E-EXP-018", "E-EXP-019", "E-EXP-022"]
    assert ":4 column S1 value" in lines[3]


def test_a_wrong_unit_is_refused_with_the_samples_name(read):
    with pytest.raises(StepError, match=r"E-EXP-023 .* column S1: declared as counts, but there are values"):
        read(TEXT.replace("\t3\t", "\t3.5\t"), "counts")


def test_a_matrix_with_none_of_the_genes_is_refused_with_the_names_it_has(read):
    with pytest.raises(StepError, match=r'E-EXP-017 .*:2 column gene name value "FBgn01".*none of the 4 genes'):
        read("gene\tS1\nFBgn01\t300\n", columns=("S1",))


def test_what_was_read_mapped_and_missing_is_logged(read, caplog):
    caplog.set_level(logging.INFO)
    read(TEXT + "G1\t0\t0\nG1\t0\t0\n", columns=("S1",))
    assert "6 genes x 1 samples read, 1 further columns left unread; 1 rows repeat a name, 2 are zero" in caplog.text
    assert "3 of 4 genes found (75 %)" in caplog.text
    assert "not in the matrix: YAP1" in caplog.text
