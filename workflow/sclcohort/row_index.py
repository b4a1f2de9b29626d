"""The rows of a long table by one of its columns, taken apart when they are asked for."""

from __future__ import annotations

import re
from pathlib import Path

from sclcohort.files import open_text
from sclcohort.tables import Table, check_header, parsed


class RowIndex:
    """The rows of a table by one of its columns.

    For tables of a whole genome of which a step needs a few rows: nothing is made of a row before it is asked for.

    Parameters
    ----------
    path : Path
        File to read.
    table : Table
        Its contract.
    by : str
        The column.

    Raises
    ------
    TableError
        Columns missing, unknown or out of the contract's order; a line without that column.
    """

    def __init__(self, path: Path, table: Table, by: str) -> None:
        self._path, self._table = path, table
        with open_text(path) as handle:
            header = next((line for line in handle if not line.startswith("#")), "")
            check_header(path, table, header.rstrip("\n").split("\t"))
            text = handle.read()
        self._text = text if text.endswith("\n") or not text else f"{text}\n"
        # Of each cell, where its rows lie: sorted tables have them together, in one span.
        self._spans: dict[str, list[tuple[int, int]]] = {}
        self._places: dict[tuple[str, ...], list[int]] = {}
        self._find(table.column_names.index(by))

    def _find(self, place: int) -> None:
        before = rf"(?:[^\t\n]*\t){{{place}}}"
        rows = re.compile(rf"^(?!#){before}([^\t\n]*)(?:\t.*)?\n(?:(?!#){before}\1(?:\t.*)?\n)*", re.MULTILINE)
        end = 0
        for found in rows.finditer(self._text):
            self._check_passed_over(end, found.start())
            self._spans.setdefault(found[1], []).append(found.span())
            end = found.end()
        self._check_passed_over(end, len(self._text))

    def _check_passed_over(self, start: int, end: int) -> None:
        """Raise where something else than comments lies between rows."""
        for line in self._text[start:end].split("\n")[:-1]:
            if not line.startswith("#"):
                parsed(self._table, line.split("\t"), str(self._path))

    def __contains__(self, value: object) -> bool:
        """Tell whether there is a row with this cell."""
        return value in self._spans

    def cells(self, value: str, *names: str) -> list[list[str]]:
        """Return the text of some columns in the rows with this cell, in the order of the file.

        Raises
        ------
        TableError
            A row has more or fewer cells than the table has columns.
        """
        places = self._places.get(names)
        if places is None:
            places = self._places[names] = [self._table.column_names.index(name) for name in names]
        columns, found = len(self._table.columns), []
        for start, end in self._spans.get(value, ()):
            for line in self._text[start : end - 1].split("\n"):
                row = line.split("\t")
                if len(row) != columns:
                    parsed(self._table, row, f"{self._path}: row of {value}")
                found.append([row[place] for place in places])
        return found
