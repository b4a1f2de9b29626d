from __future__ import annotations

import gzip

import numpy as np
import pytest

from sclcohort.contracts import GENE_ALIASES
from sclcohort.errors import StepError
from sclcohort.regulators.expression import read_expression
from sclcohort.regulators.star import read_star
from sclcohort.regulators.table_formats import STAR
from sclcohort.tables import as_frame

SUMMARY = "N_unmapped\t9\t9\t9\nN_multimapping\t5\t5\t5\nN_noFeature\t7\t70\t6\nN_ambiguous\t2\t0\t1\n"
TEXT = SUMMARY + "ENSG00000139352.4\t31\t1\t30\nDLL3\t404\t4\t400\nTP53\t35\t0\t35\n"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "S1.ReadsPerGene.out.tab").write_text(TEXT)
    (tmp_path / "S2_ReadsPerGene.out.tab").write_text(TEXT.replace("\t400\n", "\t40\n"))
    return tmp_path


def test_the_column_of_the_declared_strand_is_read_and_the_summary_is_not(folder):
    matrix, faults = read_star(folder, ["S2", "S1"], "reverse")
    assert (matrix.genes, matrix.line_numbers) == (("ENSG00000139352.4", "DLL3", "TP53"), (5, 6, 7))
    assert matrix.samples == ("S2", "S1")
    np.testing.assert_array_equal(matrix.numbers, [[30, 30], [40, 400], [35, 35]])
    assert faults == []
    assert read_star(folder, ["S1"], "unstranded")[0].numbers[:, 0].tolist() == [31, 404, 35]


def test_a_strand_with_hardly_a_read_is_not_the_one_of_the_library(folder):
    _, (fault, _) = read_star(folder, ["S1", "S2"], "forward")
    assert (fault.code, fault.column) == ("E-EXP-029", "forward")
    assert fault.found == "declared as forward, but 99% of the reads of genes are on the other strand"


def test_counts_of_star_are_scored_like_a_matrix_of_them(folder):
    alias = {"alias": "ENSG00000139352", "gene_symbol": "ASCL1", "kind": "ensembl_gene_id"}
    users, aliases = {"ASCL1": ("x",), "DLL3": ("x",)}, as_frame(GENE_ALIASES, [alias])
    found = read_expression(folder, "counts", ["S1", "S2"], users, aliases, STAR, None, "reverse")
    (folder / "m.tsv").write_text("gene\tS1\tS2\nENSG00000139352.4\t30\t30\nDLL3\t400\t40\nTP53\t35\t35\n")
    assert found.log2.equals(read_expression(folder / "m.tsv", "counts", ["S1", "S2"], users, aliases).log2)
    with pytest.raises(StepError, match=r"E-EXP-029 \S*S1\.ReadsPerGene\.out\.tab column forward: declared as forward"):
        read_expression(folder, "counts", ["S1"], users, aliases, STAR, None, "forward")
    with pytest.raises(StepError, match=r"expression\.strand is 'undeclared'; fix: say one of unstranded, forward"):
        read_expression(folder, "counts", ["S1"], users, aliases, STAR)


@pytest.mark.parametrize("name", ["S9.", "S9_", "S9/", "S9"])
def test_a_file_is_found_by_the_prefix_that_star_was_given(tmp_path, name):
    path = tmp_path / f"{name}ReadsPerGene.out.tab.gz"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(gzip.compress(TEXT.encode()))
    assert STAR.file_of(tmp_path, "S9") == path
    assert read_star(tmp_path, ["S9"], "reverse")[0].numbers.sum() == 465
    assert STAR.file_of(tmp_path, "S8") is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (TEXT.replace("N_multimapping", "N_multi"), r"E-EXP-024 \S*S2_\S*:2: line 2 is not N_multimapping; fix: give"),
        ("gene\tS2\nDLL3\t4\n", r"E-EXP-024 \S*:1: line 1 is not N_unmapped"),
        (SUMMARY, r"E-EXP-010 \S*: has no gene"),
        ("", r"E-EXP-010 \S*: has no gene"),
        (TEXT.replace("\t404\t4", "\t404"), r"E-EXP-012 \S*:6: the row has 3 cells, not 4"),
        (TEXT.replace("\t400\n", "\t4e2\n"), r'E-EXP-020 \S*:6 column reverse value "4e2": the cell is no count'),
        (TEXT.replace("\t400\n", "\t-1\n"), r'E-EXP-020 \S*:6 column reverse value "-1"'),
        (TEXT.replace("DLL3", "DLL1"), r"E-EXP-028 \S*: has other genes than S1\.ReadsPerGene\.out\.tab"),
        (TEXT.replace("\n", "\n\n", 5), r"E-EXP-024 \S*:2: line 2 is not N_multimapping"),
    ],
)
def test_what_star_did_not_write_is_refused_with_its_place(folder, text, message):
    (folder / "S2_ReadsPerGene.out.tab").write_text(text)
    with pytest.raises(StepError, match=message):
        read_star(folder, ["S1", "S2"], "reverse")


def test_a_sample_without_counts_and_one_file_of_two_samples_are_refused(folder):
    with pytest.raises(StepError, match=r'E-EXP-003 .*value "S3": the folder has no S3\.ReadsPerGene\.out\.tab; fix'):
        read_star(folder, ["S1", "S3"], "reverse")
    with pytest.raises(StepError, match="E-EXP-002 "):
        read_star(folder, ["S1", "S1."], "reverse")


def test_bytes_that_are_no_text_are_refused(folder):
    (folder / "S1.ReadsPerGene.out.tab").write_bytes(b"\xff\xfe")
    with pytest.raises(StepError, match="E-EXP-001 "):
        read_star(folder, ["S1"], "reverse")
