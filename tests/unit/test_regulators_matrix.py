from __future__ import annotations

import gzip

import numpy as np
import pytest

from sclcohort.errors import StepError
from sclcohort.regulators import matrix as matrix_module
from sclcohort.regulators.matrix import read_layout, read_values

KNOWN = {"ASCL1", "NEUROD1", "POU2F3", "YAP1", "DLL3"}
TEXT = "gene\tS1\tS2\tS3\nASCL1\t1\t2.5\t0\nDLL3\t4e2\t5\t6\nTP53\t7\t8\t9\n"


def written(tmp_path, text, name="m.tsv"):
    path = tmp_path / name
    path.write_bytes(text.encode())
    return path


def read(path, samples=("S1", "S2")):
    layout = read_layout(path, samples, KNOWN)
    return read_values(path, layout, samples)


def test_the_wanted_columns_are_read_in_the_order_asked_for(tmp_path):
    matrix, faults = read(written(tmp_path, TEXT), ("S3", "S1"))
    assert faults == []
    assert (matrix.genes, matrix.samples, matrix.line_numbers) == (("ASCL1", "DLL3", "TP53"), ("S3", "S1"), (2, 3, 4))
    np.testing.assert_array_equal(matrix.numbers, [[0, 1], [6, 400], [9, 7]])


def test_a_matrix_read_a_few_rows_at_a_time_has_the_same_numbers_and_faults(tmp_path, monkeypatch):
    rows = [f"G{row}\t{row}.25\t{row}\t{row / 7:.17g}" for row in range(40)]
    bad = {5: "G5\t-1.50\tNA\t2", 17: "G17\t1\t1,5\tinf", 30: "G30\t-2\t-3.0\tx", 31: "G31\t-4\t-5\t-6"}
    fine = written(tmp_path, "gene\tS1\tS2\tS3\n" + "\n".join(rows) + "\n", "fine.tsv")
    text = "\n".join(bad.get(number, row) for number, row in enumerate(rows))
    broken = written(tmp_path, f"gene\tS1\tS2\tS3\n{text}\n", "broken.tsv")
    whole = [read(path, ("S3", "S1", "S2")) for path in (fine, broken)]
    for cells in (1, 12, 130):
        monkeypatch.setattr(matrix_module, "CELLS_AT_ONCE", cells)
        for path, (matrix, faults) in zip((fine, broken), whole, strict=True):
            again, faults_again = read(path, ("S3", "S1", "S2"))
            # A column with text in it is parsed by Python, which rounds the last bit otherwise than pandas.
            np.testing.assert_allclose(again.numbers, matrix.numbers, rtol=1e-15)
            places = [(fault.code, fault.found, fault.row, fault.column) for fault in faults_again]
            assert places == [(fault.code, fault.found, fault.row, fault.column) for fault in faults]
            assert len(places) == (0 if path is fine else 9)


@pytest.mark.parametrize("header", ["", "gene_id", "Hugo Symbol", "\ufeffgene"])
def test_the_gene_column_may_have_any_name(tmp_path, header):
    matrix, _ = read(written(tmp_path, TEXT.replace("gene", header)))
    assert matrix.numbers[1].tolist() == [400, 5]


def test_crlf_gzip_and_blank_lines_read_like_plain_text(tmp_path):
    plain, _ = read(written(tmp_path, TEXT))
    crlf, _ = read(written(tmp_path, TEXT.replace("\n", "\r\n"), "crlf.tsv"))
    packed = tmp_path / "m.tsv.gz"
    packed.write_bytes(gzip.compress(TEXT.encode()))
    unpacked, _ = read(packed)
    blank, _ = read(written(tmp_path, TEXT.replace("DLL3", "\nDLL3") + "\n", "blank.tsv"))
    for other in (crlf, unpacked, blank):
        np.testing.assert_array_equal(other.numbers, plain.numbers)
    assert blank.line_numbers == (2, 4, 5)


def test_annotation_columns_that_no_sample_uses_are_left_unread(tmp_path):
    text = "gene_id\tdescription\tS1\nASCL1\tachaete-scute family, 1\t3\n"
    matrix, faults = read(written(tmp_path, text), ("S1",))
    assert faults == []
    assert matrix.numbers.tolist() == [[3]]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "E-EXP-010 .*: is empty"),
        ("gene\n", "header has one cell"),
        ("gene,S1,S2\nASCL1,1,2\n", "E-EXP-010 .*:1: the header has no tab but 2 commas"),
        ("gene;S1;S2\nASCL1;1,5;2\n", "2 semicolons"),
        ("gene\tS1\tS2\n", "has a header and no row"),
        ("S1\tS2\nASCL1\t1\t2\nDLL3\t3\t4\n", "E-EXP-011 .*the header has 2 cells, the rows have 3"),
        ("gene\tS1\tS2\nASCL1\t1\t2\nDLL3\t3\nTP53\t1\t2\n", "E-EXP-012 .*:3: the row has 2 cells, the header has 3"),
        ("gene\tS1\tS2\nASCL1\t1\t2\nDLL3\t3\t4\t5\nTP53\t1\t2\n", "E-EXP-012 .*:3: the row has 4 cells"),
        ('gene\tS1\tS2\n"ASCL1"\t1\t2\n', "E-EXP-010 .*:2 column gene value .*: the cell is quoted"),
        ('gene\tS1\tS2\nASCL1\t1\t"2"\n', ":2 column S2 value .*: the cell is quoted"),
        ("gene\tS1\tS1\tS2\nASCL1\t1\t2\t3\n", 'E-EXP-002 .*:1 value "S1": the sample has 2 columns'),
        ("gene\tS1\tS_2\nASCL1\t1\t2\n", r'E-EXP-003 .* value "S2".*did you mean S_2\?'),
        ("gene\tS1\tother\nASCL1\t1\t2\n", "correct expression_sample in the sample sheet"),
        (
            "sample\tASCL1\tNEUROD1\tDLL3\tTP53\nS1\t1\t2\t3\t4\nS2\t1\t2\t3\t4\n",
            "E-EXP-013 .*genes are in the columns and samples in the rows",
        ),
    ],
)
def test_a_file_that_is_no_such_matrix_is_refused_with_its_address(tmp_path, text, message):
    with pytest.raises(StepError, match=message):
        read(written(tmp_path, text))


def test_a_file_that_is_no_text_is_refused(tmp_path):
    path = tmp_path / "m.tsv"
    path.write_bytes(b"gene\tS1\nASCL1\t\xff\xfe\n")
    with pytest.raises(StepError, match=r"E-EXP-001 .*not readable text"):
        read(path, ("S1",))
    path.write_bytes(gzip.compress(TEXT.encode())[:-12])
    with pytest.raises(StepError, match=r"E-EXP-001 .*not readable text"):
        read(path, ("S1",))


def test_samples_named_after_genes_do_not_make_a_matrix_transposed(tmp_path):
    text = "gene\tASCL1\tYAP1\tDLL3\nASCL1\t1\t2\t3\nYAP1\t1\t2\t3\nDLL3\t1\t2\t3\nPOU2F3\t1\t2\t3\n"
    matrix, _ = read(written(tmp_path, text), ("YAP1",))
    assert matrix.numbers.T.tolist() == [[2, 2, 2, 2]]


@pytest.mark.parametrize(
    ("cell", "code", "found"),
    [
        ("", "E-EXP-019", "missing"),
        ("NA", "E-EXP-019", "missing"),
        ("NaN", "E-EXP-019", "missing"),
        (".", "E-EXP-019", "missing"),
        ("inf", "E-EXP-021", "not finite"),
        ("-Inf", "E-EXP-021", "not finite"),
        ("-1.5", "E-EXP-022", "negative"),
        ("12,5", "E-EXP-020", "decimal comma"),
        ("0,125", "E-EXP-020", "decimal comma"),
        ("1,234.5", "E-EXP-020", "among the digits"),
        ("1,234,567", "E-EXP-020", "among the digits"),
        ("1 234", "E-EXP-020", "among the digits"),
        ("high", "E-EXP-020", "no number"),
        ("1_000", "E-EXP-020", "no number"),
        ("TRUE", "E-EXP-020", "no number"),
    ],
)
def test_a_cell_that_is_no_expression_value_is_named_by_row_and_column(tmp_path, cell, code, found):
    _, faults = read(written(tmp_path, TEXT.replace("\t5\t", f"\t{cell}\t")))
    (fault,) = faults
    assert (fault.code, fault.row, fault.column) == (code, 3, "S2")
    assert found in fault.found
    assert fault.value == cell or float(str(fault.value)) == float(cell)


def test_every_kind_of_bad_cell_is_listed_five_times_and_counted(tmp_path):
    rows = [f"G{number}\t-1\t{'NA' if number < 7 else '1'}" for number in range(9)]
    _, faults = read(written(tmp_path, "\n".join(["gene\tS1\tS2", *rows]) + "\n"))
    assert [fault.code for fault in faults] == ["E-EXP-019"] * 5 + ["E-EXP-022"] * 5
    assert "and 2 more" in faults[4].found
    assert "and 4 more" in faults[9].found
    assert [fault.row for fault in faults[:5]] == [2, 3, 4, 5, 6]


def test_a_bad_cell_in_a_column_that_no_sample_uses_is_no_fault(tmp_path):
    matrix, faults = read(written(tmp_path, TEXT.replace("\t9\n", "\tNA\n")))
    assert faults == []
    assert matrix.numbers.shape == (3, 2)


def test_numbers_wider_than_64_bits_are_read(tmp_path):
    matrix, faults = read(written(tmp_path, TEXT.replace("\t5\t", f"\t{10**30}\t")))
    assert faults == []
    assert matrix.numbers[1, 1] == 1e30
