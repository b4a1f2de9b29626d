"""Rows found by a column are those that reading the whole table finds, in the order of the file."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sclcohort.errors import TableError
from sclcohort.row_index import RowIndex
from sclcohort.tables import Column, Table, read_rows

TABLE = Table(
    "t.tsv",
    ("name", "part"),
    (Column("name", "text", "n"), Column("part", "text", "p"), Column("more", "text", "m")),
    "A row.",
)
# Prefixes of one another, empty cells, what regular expressions and str.splitlines mind.
CELLS = st.sampled_from(["A", "AA", "A.", "", "b", "A#", "(", "\x0b", "\x85", "\\1"])
ROWS = st.lists(st.tuples(CELLS, CELLS, CELLS), max_size=12)


def written(folder, rows, tail="\n"):
    path = folder / "t.tsv"
    lines = ["# a comment", "name\tpart\tmore", *("\t".join(row) for row in rows)]
    path.write_bytes(("\n".join(lines) + tail).encode())
    return path


@given(ROWS, st.sampled_from(["name", "part", "more"]), st.sampled_from(["\n", ""]))
@settings(derandomize=True, deadline=None)
def test_the_rows_with_a_cell_are_found_wherever_they_stand(tmp_path_factory, rows, by, tail):
    rows = [row for row in rows if any(row)]
    path = written(tmp_path_factory.mktemp("t"), rows, tail if rows else "\n")
    index, place = RowIndex(path, TABLE, by), TABLE.column_names.index(by)
    for cell in {row[place] for row in rows}:
        assert cell in index
        assert index.cells(cell, "more", "name") == [
            [more, name] for name, part, more in rows if cell == (name, part, more)[place]
        ]
    assert "absent" not in index
    assert index.cells("absent", "name") == []


def test_an_index_reads_what_reading_the_table_reads(tmp_path):
    path = written(tmp_path, [("a", "1", "x"), ("a", "2", "y"), ("b", "1", "z")])
    by_name = [[row["part"], row["more"]] for row in read_rows(path, TABLE) if row["name"] == "a"]
    assert RowIndex(path, TABLE, "name").cells("a", "part", "more") == by_name == [["1", "x"], ["2", "y"]]


def test_a_comment_between_rows_is_no_row(tmp_path):
    path = written(tmp_path, [("a", "1", "x"), ("# ", "so", "it is"), ("a", "2", "y")])
    assert RowIndex(path, TABLE, "name").cells("a", "part") == [["1"], ["2"]]
    assert [row["part"] for row in read_rows(path, TABLE)] == ["1", "2"]


@pytest.mark.parametrize(
    ("rows", "match"),
    [
        ([("a", "1", "x"), ("alone",)], "1 cells, the header has 3"),
        ([("a", "1", "x"), ("",), ("b", "1", "x")], "1 cells, the header has 3"),
    ],
)
def test_a_line_without_the_column_is_refused_at_once(tmp_path, rows, match):
    with pytest.raises(TableError, match=match):
        RowIndex(written(tmp_path, rows), TABLE, "part")


def test_a_row_with_a_cell_too_many_is_refused_when_it_is_asked_for(tmp_path):
    index = RowIndex(written(tmp_path, [("a", "1", "x", "y"), ("b", "1", "x")]), TABLE, "name")
    assert index.cells("b", "part") == [["1"]]
    with pytest.raises(TableError, match="row of a: 4 cells, the header has 3"):
        index.cells("a", "part")


def test_other_columns_than_the_contract_are_refused(tmp_path):
    path = tmp_path / "t.tsv"
    path.write_text("name\tmore\n")
    with pytest.raises(TableError, match="columns are name, more"):
        RowIndex(path, TABLE, "name")
