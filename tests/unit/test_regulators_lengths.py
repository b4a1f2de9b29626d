from __future__ import annotations

import numpy as np
import pytest

from sclcohort.contracts import GENE_ALIASES
from sclcohort.errors import StepError
from sclcohort.regulators.expression import read_expression
from sclcohort.regulators.lengths import read_gene_lengths
from sclcohort.regulators.table_formats import MATRIX, NF_CORE
from sclcohort.tables import as_frame

LENGTHS = "# exon bases\ngene\tbases\nENSG00000139352.9\t702\nDLL3\t2000\n\nTP53\t3000\n"
COUNTS = "gene\tS1\tS2\nENSG00000139352.4\t30\t0\nDLL3\t400\t8\nTP53\t35\t60\n"


@pytest.fixture
def read(tmp_path):
    def reader(counts=COUNTS, lengths=LENGTHS, table=MATRIX):
        (tmp_path / "m.tsv").write_text(counts)
        (tmp_path / "lengths.tsv").write_text(lengths)
        alias = {"alias": "ENSG00000139352", "gene_symbol": "ASCL1", "kind": "ensembl_gene_id"}
        users = {"ASCL1": ("lineage_factor",), "DLL3": ("programme_a",)}
        aliases = as_frame(GENE_ALIASES, [alias])
        return read_expression(tmp_path / "m.tsv", "counts", ["S1"], users, aliases, table, tmp_path / "lengths.tsv")

    return reader


def test_counts_become_tpm_by_the_lengths_given(read):
    expression = read()
    rates = np.array([30 / 702, 400 / 2000, 35 / 3000])
    np.testing.assert_allclose(expression.log2["S1"], np.log2(rates[:2] / rates.sum() * 1e6 + 1), rtol=1e-12)
    assert expression.states["S1"].reason.startswith("counts brought to TPM by the lengths of the genes")


def test_the_order_of_the_lengths_changes_nothing(read):
    _comment, header, *rows = LENGTHS.splitlines(keepends=True)
    assert read(lengths=header + "".join(rows[::-1])).log2.equals(read().log2)


def test_all_lengths_the_same_give_counts_per_million(read):
    log2 = read(lengths="gene\tbases\nENSG00000139352\t9\nDLL3\t9\nTP53\t9\n").log2["S1"]
    np.testing.assert_allclose(log2, np.log2(np.array([30, 400]) / 465 * 1e6 + 1), rtol=1e-12)


def test_estimated_counts_of_nf_core_take_lengths_too(read):
    text = "gene_id\tgene_name\tS1\ng1\tENSG00000139352\t30.0\ng2\tDLL3\t400.0\ng3\tTP53\t35.0\n"
    assert read(text, table=NF_CORE).log2.equals(read().log2)


def test_rows_without_a_length_are_refused_with_their_line_and_count(read):
    with pytest.raises(
        StepError, match=r'E-EXP-027 \S*m\.tsv:4 column gene name value "TP53": the gene has no length; fix'
    ):
        read(lengths=LENGTHS.replace("TP53", "TP54"))
    rows = "".join(f"G{row}\t1\t1\n" for row in range(8))
    with pytest.raises(StepError, match=r'value "G4": the gene has no length \(and 3 more of this kind\)'):
        read(COUNTS + rows)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (LENGTHS.replace("\t2000", "\t0"), r'E-EXP-025 \S*:4 column bases value "0": the length is no whole number'),
        (LENGTHS.replace("\t2000", "\t2e3"), r"E-EXP-025 \S*:4 column bases"),
        (LENGTHS.replace("\t2000", ""), r"E-EXP-026 \S*:4: the row has 1 cells; fix: give gene, tab, bases"),
        (LENGTHS.replace("DLL3", ""), r"E-EXP-026 \S*:4: the row has no gene"),
        (LENGTHS + "DLL3\t1999\n", r'E-EXP-026 \S*:7 column bases value "1999": the gene has the length 2000 above'),
        (LENGTHS.replace("bases", "length"), r"E-EXP-026 \S*:2: the header is gene, length, not gene and bases; fix"),
        ("gene\tbases\n", r"E-EXP-026 \S*: has no row"),
    ],
)
def test_a_table_of_lengths_that_is_none_is_refused(tmp_path, text, message):
    path = tmp_path / "lengths.tsv"
    path.write_text(text)
    with pytest.raises(StepError, match=message):
        read_gene_lengths(path)


def test_bytes_that_are_no_text_are_refused(tmp_path):
    path = tmp_path / "lengths.tsv"
    path.write_bytes(b"gene\tbases\n\xff\xfe\t3\n")
    with pytest.raises(StepError, match="E-EXP-001 "):
        read_gene_lengths(path)


def test_a_gene_given_twice_with_one_length_has_it(tmp_path):
    path = tmp_path / "lengths.tsv"
    path.write_text(LENGTHS + "DLL3\t2000\n")
    assert read_gene_lengths(path) == {"ENSG00000139352": 702, "DLL3": 2000, "TP53": 3000}
