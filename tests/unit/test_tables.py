"""Tables keep their contract, whichever way their rows travel."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sclcohort.contracts import EXPRESSION, RESOURCE_TABLES, RESULT_TABLES
from sclcohort.errors import TableError
from sclcohort.tables import (
    Column,
    Table,
    as_frame,
    line_of,
    read_chunks,
    read_rows,
    read_table,
    write_in_order,
    write_rows,
    write_table,
)

CALLS = Table(
    "calls.tsv",
    ("sample_id", "position_1based"),
    (
        Column("sample_id", "text", "Sample."),
        Column("position_1based", "integer", "Position.", minimum=1),
        Column("vaf", "number", "Fraction.", minimum=0, maximum=1),
        Column("passed", "boolean", "Accepted."),
        Column("state", "text", "State.", states=("seen", "not_seen"), required=True),
    ),
    "One call.",
)
ROWS = [
    {"sample_id": "S2", "position_1based": 7, "vaf": 1 / 3, "passed": False, "state": "seen"},
    {"sample_id": "S1", "position_1based": 10, "vaf": None, "passed": None, "state": "not_seen"},
    {"sample_id": "S1", "position_1based": 9, "vaf": 0.0, "passed": True, "state": "seen"},
]


def test_a_table_is_sorted_by_its_key_and_missing_is_an_empty_cell(tmp_path):
    assert write_rows(tmp_path / "calls.tsv", CALLS, ROWS) == 3
    assert (tmp_path / "calls.tsv").read_bytes() == (
        b"sample_id\tposition_1based\tvaf\tpassed\tstate\n"
        b"S1\t9\t0\ttrue\tseen\n"
        b"S1\t10\t\t\tnot_seen\n"
        b"S2\t7\t0.333333\tfalse\tseen\n"
    )


def test_rows_and_frames_write_the_same_bytes(tmp_path):
    write_rows(tmp_path / "rows.tsv", CALLS, ROWS)
    write_table(tmp_path / "frame.tsv", CALLS, as_frame(CALLS, ROWS))
    assert (tmp_path / "rows.tsv").read_bytes() == (tmp_path / "frame.tsv").read_bytes()


def test_a_table_read_and_written_again_keeps_its_bytes(tmp_path):
    write_rows(tmp_path / "once.tsv", CALLS, ROWS)
    write_table(tmp_path / "twice.tsv", CALLS, read_table(tmp_path / "once.tsv", CALLS))
    assert (tmp_path / "once.tsv").read_bytes() == (tmp_path / "twice.tsv").read_bytes()


def test_a_missing_number_is_nan_and_a_missing_text_is_empty(tmp_path):
    write_rows(tmp_path / "calls.tsv", CALLS, ROWS)
    frame = read_table(tmp_path / "calls.tsv", CALLS)
    assert math.isnan(frame.loc[1, "vaf"])
    assert frame.loc[1, "passed"] is pd.NA
    assert frame["position_1based"].tolist() == [9, 10, 7]


def test_an_empty_table_keeps_columns_and_types(tmp_path):
    write_rows(tmp_path / "calls.tsv", CALLS, [])
    frame = read_table(tmp_path / "calls.tsv", CALLS)
    assert len(frame) == 0
    assert [str(kind) for kind in frame.dtypes] == ["str", "Int64", "float64", "boolean", "str"]


def test_tables_of_chunks_are_read_in_the_order_of_their_paths(tmp_path):
    write_rows(tmp_path / "b.tsv", CALLS, ROWS[:1])
    write_rows(tmp_path / "a.tsv", CALLS, ROWS[1:])
    chunks = [tmp_path / "b.tsv", tmp_path / "a.tsv"]
    assert [row["sample_id"] for row in read_chunks(chunks, CALLS)] == ["S2", "S1", "S1"]
    assert [row["sample_id"] for row in read_chunks(chunks, CALLS, {"sample_id": {"S1"}})] == ["S1", "S1"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"state": "maybe"}, "column state value 'maybe': is none of seen, not_seen"),
        ({"state": ""}, "column state value '': is empty"),
        ({"vaf": 1.2}, "column vaf value 1.2: is above 1"),
        ({"vaf": math.inf}, "is not finite"),
        ({"position_1based": 0}, "is below 1"),
        ({"position_1based": None}, "is part of the key"),
        ({"sample_id": "S\t1"}, "holds a tab or a line break"),
        ({"colour": "red"}, "columns not in the contract of calls.tsv: colour"),
    ],
)
def test_a_row_that_breaks_the_contract_is_not_written(tmp_path, change, message):
    with pytest.raises(TableError, match=message):
        write_rows(tmp_path / "calls.tsv", CALLS, [ROWS[0] | change])
    assert list(tmp_path.iterdir()) == []


def test_two_rows_with_one_key_are_not_written(tmp_path):
    with pytest.raises(TableError, match="two rows with the key sample_id=S2, position_1based=7"):
        write_rows(tmp_path / "calls.tsv", CALLS, [ROWS[0], ROWS[0]])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("sample_id\tvaf\n", "the contract of calls.tsv wants sample_id, position_1based, vaf"),
        ("sample_id\tposition_1based\tvaf\tpassed\tstate\nS1\tx\t\t\tseen\n", "row 2 column position_1based value 'x'"),
        ("sample_id\tposition_1based\tvaf\tpassed\tstate\nS1\t1\t\tyes\tseen\n", "not a boolean"),
        ("sample_id\tposition_1based\tvaf\tpassed\tstate\nS1\t1\n", "row 2: 2 cells, the header has 5"),
    ],
)
def test_a_file_that_breaks_the_contract_is_not_read(tmp_path, text, message):
    (tmp_path / "calls.tsv").write_text(text)
    with pytest.raises(TableError, match=message):
        list(read_rows(tmp_path / "calls.tsv", CALLS))


def test_lines_of_comment_before_a_table_are_skipped(tmp_path):
    (tmp_path / "calls.tsv").write_text(
        "# source: us\nsample_id\tposition_1based\tvaf\tpassed\tstate\nS1\t1\t\t\tseen\n"
    )
    assert [row["sample_id"] for row in read_rows(tmp_path / "calls.tsv", CALLS)] == ["S1"]


@given(st.floats(min_value=0, max_value=1))
def test_a_number_written_is_read_back_to_six_significant_digits(value):
    column = CALLS.column("vaf")
    assert column.parse(column.format(value)) == pytest.approx(value, rel=1e-5, abs=1e-300)


CELLS = st.one_of(
    st.none(), st.booleans(), st.integers(-3, 3), st.floats(), st.text(max_size=4), st.sampled_from(["seen"])
)


@given(CELLS)
@pytest.mark.parametrize("column", CALLS.columns, ids=lambda column: column.name)
def test_what_the_quick_check_lets_pass_has_no_complaint(column, value):
    if column.quick_check()(value):
        assert column.complaint(value) is None


@pytest.mark.parametrize("table", [*RESULT_TABLES, *RESOURCE_TABLES], ids=lambda table: table.name)
def test_every_contract_explains_each_column(table):
    assert table.about.endswith(".")
    for column in table.columns:
        assert column.about.strip().endswith((".", ":")), column.name
        assert column.name == column.name.lower()


def test_a_contract_whose_key_is_no_column_is_a_mistake_of_ours():
    with pytest.raises(ValueError, match="key"):
        Table("x.tsv", ("absent",), (Column("a", "text", "A."),), "X.")


@pytest.mark.parametrize(
    ("only", "positions"),
    [
        ({"sample_id": {"S1"}}, [9, 10]),
        ({"state": {"seen"}}, [9, 7]),
        ({"sample_id": {"S1"}, "state": {"seen"}}, [9]),
        ({"state": {"seen"}, "sample_id": {"S1"}}, [9]),
        ({"vaf": {""}}, [10]),
        ({"sample_id": ()}, []),
    ],
)
def test_rows_that_are_not_wanted_are_passed_over(tmp_path, only, positions):
    write_rows(tmp_path / "calls.tsv", CALLS, ROWS)
    assert [row["position_1based"] for row in read_rows(tmp_path / "calls.tsv", CALLS, only)] == positions


@pytest.mark.parametrize(("line", "cells"), [("S9\t1", 2), ("S9\t1\t\t\tseen\t", 6), ("", 0)])
def test_a_line_with_a_cell_too_many_or_too_few_is_not_passed_over(tmp_path, line, cells):
    write_rows(tmp_path / "calls.tsv", CALLS, ROWS)
    text = (tmp_path / "calls.tsv").read_text()
    (tmp_path / "calls.tsv").write_text(f"# a comment\n{text}{line}\n")
    with pytest.raises(TableError, match=f"row 5: {cells} cells, the header has 5"):
        list(read_rows(tmp_path / "calls.tsv", CALLS, {"sample_id": {"S1"}}))


def test_rows_in_order_are_written_as_they_are_when_they_are_sorted(tmp_path):
    rows = [
        {"sample_id": "S1", "gene_symbol": gene, "log2_expression": value} for gene, value in (("A", 0.1), ("B", 2.0))
    ]
    rows.append({"sample_id": "S2", "gene_symbol": "A", "log2_expression": 1 / 3})
    assert write_in_order(tmp_path / "one.tsv", EXPRESSION, iter(rows)) == 3
    write_rows(tmp_path / "other.tsv", EXPRESSION, rows[::-1])
    assert (tmp_path / "one.tsv").read_bytes() == (tmp_path / "other.tsv").read_bytes()


@pytest.mark.parametrize("genes", [("B", "A"), ("A", "A")])
def test_rows_out_of_order_are_refused_and_leave_no_file(tmp_path, genes):
    rows = [{"sample_id": "S1", "gene_symbol": gene, "log2_expression": 1.0} for gene in genes]
    with pytest.raises(TableError, match=r"row 2 with the key .* comes after"):
        write_in_order(tmp_path / "table.tsv", EXPRESSION, rows)
    assert not list(tmp_path.iterdir())


def test_a_table_without_rows_is_written_in_order_too(tmp_path):
    assert write_in_order(tmp_path / "table.tsv", EXPRESSION, []) == 0
    assert (tmp_path / "table.tsv").read_text() == "sample_id\tgene_symbol\tlog2_expression\n"


@given(st.one_of(st.integers(0, 10**12), st.floats(min_value=0, max_value=1e12)))
def test_a_number_is_written_the_same_row_by_row(value):
    row = {"sample_id": "S1", "gene_symbol": "A", "log2_expression": value}
    assert line_of(EXPRESSION, row, "here") == f"S1\tA\t{value:.6g}\n"
