"""The table contract: columns, types, keys and states, checked on write and on read.

Every table is TSV, UTF-8, LF, sorted by its key, numbers with six significant digits, a
missing value an empty cell. A contract (`Table`) says what a table holds; `contracts`
lists all of them. Rows travel either as a pandas DataFrame (`read_table`, `write_table`) or,
where pandas is not worth its start-up or is not installed, as dictionaries (`read_rows`,
`write_rows`): both keep the same contract and give the same bytes.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from sclcohort.errors import TableError
from sclcohort.files import open_text, write_whole

if TYPE_CHECKING:
    import pandas as pd

Kind = Literal["text", "integer", "number", "boolean"]
Cell = str | int | float | bool | None
PANDAS_TYPES: dict[str, Any] = {"text": "str", "integer": "Int64", "number": "float64", "boolean": "boolean"}
BOOLEANS = {"true": True, "false": False}


@dataclass(frozen=True)
class Column:
    """One column of a table.

    Parameters
    ----------
    name : str
        snake_case, with the unit or basis in it (``log2_tpm``, ``position_1based``).
    kind : {"text", "integer", "number", "boolean"}
        Type of its cells.
    about : str
        What it says, with unit and range, for readers and for the generated documentation.
    states : tuple of str
        The closed set of a categorical column; empty for free text.
    required : bool
        Whether an empty cell breaks the contract. Key columns are always required.
    minimum, maximum : float or None
        Inclusive limits of a number.
    """

    name: str
    kind: Kind
    about: str
    states: tuple[str, ...] = ()
    required: bool = False
    minimum: float | None = None
    maximum: float | None = None

    def parse(self, text: str) -> Cell:
        """Return the value of a cell's text; None when the cell is empty.

        Raises
        ------
        ValueError
            The text is not of the column's kind.
        """
        if text == "":
            return None
        if self.kind == "integer":
            return int(text)
        if self.kind == "number":
            return float(text)
        if self.kind == "boolean":
            if text not in BOOLEANS:
                raise ValueError(f"{text!r} is neither true nor false")
            return BOOLEANS[text]
        return text

    def format(self, value: Cell) -> str:
        """Return the text of a value: six significant digits, empty when missing."""
        if value is None or (isinstance(value, float) and math.isnan(value)):
            return ""
        if self.kind == "boolean":
            return "true" if value else "false"
        if self.kind == "integer":
            return str(int(value))
        if self.kind == "number":
            return f"{float(value):.6g}"
        return str(value)

    def complaint(self, value: Cell) -> str | None:
        """Return why a value breaks the contract, or None when it keeps it."""
        if value is None or value == "" or (isinstance(value, float) and math.isnan(value)):
            return "is empty" if self.required else None
        if self.states and value not in self.states:
            return f"is none of {', '.join(self.states)}"
        if self.kind in ("integer", "number"):
            number = float(value)
            if not math.isfinite(number):
                return "is not finite"
            if self.minimum is not None and number < self.minimum:
                return f"is below {self.minimum:g}"
            if self.maximum is not None and number > self.maximum:
                return f"is above {self.maximum:g}"
        if self.kind == "text" and any(mark in str(value) for mark in "\t\n\r"):
            return "holds a tab or a line break"
        return None

    def quick_check(self) -> Callable[[Cell], bool]:
        """Return a test that is cheap, and true only of values without complaint: most values of most tables."""
        if self.states:
            allowed = frozenset(self.states)
            return lambda value: type(value) is str and value in allowed
        if self.kind == "text":
            return lambda value: type(value) is str and value != "" and value.isprintable()
        if self.kind == "boolean":
            return lambda value: type(value) is bool
        low = -math.inf if self.minimum is None else self.minimum
        high = math.inf if self.maximum is None else self.maximum
        kind = int if self.kind == "integer" else float
        return lambda value: type(value) is kind and low <= value <= high and abs(value) < math.inf


@dataclass(frozen=True)
class Table:
    """The contract of one table.

    Parameters
    ----------
    name : str
        Path below the results folder, or below ``resources/``; ``{chunk}`` where each chunk has one.
    key : tuple of str
        Columns that identify a row; rows are unique by them and sorted by them.
    columns : tuple of Column
        In the order of the file.
    about : str
        One sentence: what a row is.
    """

    name: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    about: str
    column_names: tuple[str, ...] = field(init=False)
    known_names: frozenset[str] = field(init=False, repr=False, compare=False)
    quick_checks: tuple[Callable[[Cell], bool], ...] = field(init=False, repr=False, compare=False)
    places: Mapping[str, tuple[int, Callable[[Cell], bool]]] = field(init=False, repr=False, compare=False)
    needed: tuple[int, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        names = tuple(column.name for column in self.columns)
        absent = [name for name in self.key if name not in names]
        if absent or len(set(names)) != len(names):
            raise ValueError(f"contract {self.name}: key {absent} not among columns, or a column twice")
        object.__setattr__(self, "column_names", names)
        object.__setattr__(self, "known_names", frozenset(names))
        object.__setattr__(self, "quick_checks", tuple(column.quick_check() for column in self.columns))
        places = {name: (place, self.quick_checks[place]) for place, name in enumerate(names)}
        object.__setattr__(self, "places", places)
        needed = (place for place, one in enumerate(self.columns) if one.required or one.name in self.key)
        object.__setattr__(self, "needed", tuple(needed))

    def column(self, name: str) -> Column:
        """Return a column by name."""
        return self.columns[self.column_names.index(name)]


def _checked(table: Table, row: Mapping[str, Cell], where: str) -> dict[str, Cell]:
    """Return the row in contract order; raise TableError naming place, column and value."""
    if not row.keys() <= table.known_names:
        unknown = sorted(set(row) - table.known_names)
        raise TableError(f"{where}: columns not in the contract of {table.name}: {', '.join(unknown)}")
    kept: dict[str, Cell] = {}
    for column, is_fine in zip(table.columns, table.quick_checks, strict=True):
        value = row.get(column.name)
        if is_fine(value):
            kept[column.name] = value
            continue
        complaint = column.complaint(value)
        if complaint is None and column.name in table.key and value in (None, ""):
            complaint = "is empty, and it is part of the key"
        if complaint is not None:
            raise TableError(f"{where} column {column.name} value {value!r}: {complaint}")
        kept[column.name] = None if value == "" else value
    return kept


def _order(table: Table, row: Mapping[str, Cell]) -> tuple[tuple[bool, Any], ...]:
    return tuple((row[name] is None, row[name]) for name in table.key)


def write_rows(path: Path, table: Table, rows: Iterable[Mapping[str, Cell]]) -> int:
    """Write rows as the table they are, sorted by key, whole or not at all.

    Parameters
    ----------
    path : Path
        File to write.
    table : Table
        Contract to keep.
    rows : iterable of mapping
        Column name to value; a column left out is missing in that row.

    Returns
    -------
    int
        Rows written.

    Raises
    ------
    TableError
        A column outside the contract, a value that breaks it, a key twice.
    """
    kept = [_checked(table, row, f"{path}: row {number}") for number, row in enumerate(rows, start=1)]
    kept.sort(key=lambda row: _order(table, row))
    for before, after in itertools.pairwise(kept):
        if _order(table, before) == _order(table, after):
            key = ", ".join(f"{name}={after[name]}" for name in table.key)
            raise TableError(f"{path}: two rows with the key {key}")
    with write_whole(path) as scratch, scratch.open("w", encoding="utf-8", newline="\n") as handle:
        handle.write("\t".join(table.column_names) + "\n")
        for row in kept:
            handle.write("\t".join(column.format(row[column.name]) for column in table.columns) + "\n")
    return len(kept)


def line_of(table: Table, row: Mapping[str, Cell], where: str) -> str:
    """Return the line of a row, for tables too long to be held: who writes them keeps order and key.

    Raises
    ------
    TableError
        A column outside the contract, or a value that breaks it; `where` names the row.
    """
    cells = [""] * len(table.columns)
    for name, value in row.items():
        if value is None or value == "":
            continue
        place, is_fine = table.places.get(name, (0, None))
        kind: type | None = type(value)
        if is_fine is None or not is_fine(value):
            value, kind = _checked(table, row, where)[name], None
        # What passes the quick check is of the column's own type.
        if kind is str:
            cells[place] = value  # type: ignore[assignment]
        elif kind is int:
            cells[place] = str(value)
        elif kind is float:
            cells[place] = f"{value:.6g}"
        else:
            cells[place] = table.columns[place].format(value)
    for place in table.needed:
        if not cells[place]:
            _checked(table, row, where)
    return "\t".join(cells) + "\n"


def write_in_order(path: Path, table: Table, rows: Iterable[Mapping[str, Cell]]) -> int:
    """Write rows that come in the order of the table's key, one by one: `write_rows` holds them all to sort them.

    Parameters
    ----------
    path : Path
        File to write.
    table : Table
        Contract to keep.
    rows : iterable of mapping
        Column name to value; a column left out is missing in that row.

    Returns
    -------
    int
        Rows written.

    Raises
    ------
    TableError
        A column outside the contract, a value that breaks it, a key twice or out of order.
    """
    number, before = 0, None
    with write_whole(path) as scratch, scratch.open("w", encoding="utf-8", newline="\n") as handle:
        handle.write("\t".join(table.column_names) + "\n")
        for number, row in enumerate(rows, start=1):
            handle.write(line_of(table, row, f"{path}: row {number}"))
            key = [row[name] for name in table.key]
            if before is not None and key <= before:
                raise TableError(f"{path}: row {number} with the key {key} comes after {before}")
            before = key
    return number


def read_rows(path: Path, table: Table, only: Mapping[str, Collection[str]] | None = None) -> Iterator[dict[str, Cell]]:
    """Yield the rows of a table, each cell of its column's type, None where it is empty.

    Parameters
    ----------
    path : Path
        File to read.
    table : Table
        Its contract.
    only : mapping of str to collection of str, or None
        Column to the cells, as they stand in the file, of the rows that are wanted; others are passed over unread.

    Raises
    ------
    TableError
        Columns missing, unknown or out of the contract's order; a cell that breaks it.
    """
    wanted = [(table.column_names.index(name), cells) for name, cells in (only or {}).items()]
    first, first_kept = wanted[0] if wanted else (0, ())
    reach, tabs = 1 + max((at for at, _ in wanted), default=0), len(table.columns) - 1
    with open_text(path) as handle:
        lines = (line.rstrip("\n") for line in handle if line[0] != "#")
        check_header(path, table, next(lines, "").split("\t"))
        for number, line in enumerate(lines, start=2):
            # A line without a cell too many or too few is split as far as needed to pass it over.
            if wanted and line.count("\t") == tabs:
                start = line.split("\t", reach)
                # Mostly one column decides: it is looked at by itself.
                if start[first] not in first_kept or not all(start[at] in kept for at, kept in wanted):
                    continue
            yield parsed(table, line.split("\t") if line else (), f"{path}: row {number}")


def read_chunks(
    paths: Iterable[Path], table: Table, only: Mapping[str, Collection[str]] | None = None
) -> Iterator[dict[str, Cell]]:
    """Yield the rows of the same table of several chunks (see `read_rows`), in the order of the paths."""
    for path in paths:
        yield from read_rows(path, table, only)


def check_header(path: Path, table: Table, header: Sequence[str]) -> None:
    """Raise TableError where a file's columns are not those of the contract, in its order."""
    if tuple(header) != table.column_names:
        raise TableError(
            f"{path}: columns are {', '.join(header) or 'none'}; "
            f"the contract of {table.name} wants {', '.join(table.column_names)}"
        )


def parsed(table: Table, cells: Sequence[str], where: str) -> dict[str, Cell]:
    """Return the cells of a line as a row that keeps the contract."""
    if len(cells) != len(table.columns):
        raise TableError(f"{where}: {len(cells)} cells, the header has {len(table.columns)}")
    row: dict[str, Cell] = {}
    for column, text in zip(table.columns, cells, strict=True):
        try:
            row[column.name] = column.parse(text)
        except ValueError as error:
            raise TableError(f"{where} column {column.name} value {text!r}: not a {column.kind}") from error
    return _checked(table, row, where)


def as_frame(table: Table, rows: Iterable[Mapping[str, Cell]]) -> pd.DataFrame:
    """Return rows as a DataFrame with the contract's columns and types.

    Text is ``str`` with ``""`` where missing, integers ``Int64``, numbers ``float64`` with NaN,
    booleans ``boolean``.
    """
    import pandas as pd

    listed = list(rows)
    columns = {}
    for column in table.columns:
        values: list[Any] = [row.get(column.name) for row in listed]
        if column.kind == "text":
            values = ["" if value is None else value for value in values]
        elif column.kind == "number":
            values = [math.nan if value is None else value for value in values]
        columns[column.name] = pd.array(values, dtype=PANDAS_TYPES[column.kind])
    return pd.DataFrame(columns, columns=list(table.column_names))


def rows_of(frame: pd.DataFrame) -> list[dict[str, Cell]]:
    """Return a DataFrame's rows as dictionaries, None where a cell is missing."""
    plain = frame.astype(object).where(~frame.isna(), None)
    return [{str(name): value for name, value in record.items()} for record in plain.to_dict(orient="records")]


def read_table(path: Path, table: Table) -> pd.DataFrame:
    """Read a table into a DataFrame (see `as_frame`), checked against its contract."""
    return as_frame(table, read_rows(path, table))


def write_table(path: Path, table: Table, frame: pd.DataFrame) -> int:
    """Write a DataFrame as the table it is (see `write_rows`); returns the rows written."""
    return write_rows(path, table, rows_of(frame))
