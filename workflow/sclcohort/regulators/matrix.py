"""Read an expression matrix: genes in rows, samples in columns, a tab between cells.

One pass over the text settles what the file is and where its lines are (dialect, header, transposition, ragged rows,
quotes), pandas' C reader then parses the columns that are wanted, and only where a cell is no number does a second,
slow pass look for the addresses.
"""

from __future__ import annotations

import csv
import difflib
import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sclcohort.errors import Fault, StepError
from sclcohort.files import UNREADABLE, open_text
from sclcohort.regulators.name_faults import SHOWN, first_of
from sclcohort.regulators.table_formats import MATRIX, Header, TableFormat, format_faults, read_header

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

# No sheet names three samples after genes: more gene names than this among the columns means a transposed matrix.
TRANSPOSED_MIN_GENES = 3
# Cells that are parsed at once: with their text they take some 200 MB, however many samples the matrix has.
CELLS_AT_ONCE = 8_000_000

LENGTH = "Length"
BASES = re.compile(r"^[1-9]\d{0,8}$")
_DECIMAL_COMMA = re.compile(r"^[+-]?\d+,\d+([Ee][+-]?\d+)?$")
_THOUSANDS = re.compile(r"^[+-]?\d{1,3}([, ']\d{3})+(\.\d+)?$")
_NUMBER = re.compile(r"^[+-]?(\d+\.?\d*|\.\d+)([Ee][+-]?\d+)?$")
_MISSING = frozenset({"", "na", "nan", "n/a", "null", "none", "-", ".", "#n/a", "missing"})
_INFINITE = re.compile(r"^[+-]?inf(inity)?$", re.IGNORECASE)


@dataclass(frozen=True)
class Matrix:
    """An expression matrix as the file holds it.

    Parameters
    ----------
    file : str
        The file, as the user wrote it.
    genes : tuple of str
        Row names, in the order of the file.
    line_numbers : tuple of int
        1-based line that each row stands on; the header is line 1.
    samples : tuple of str
        The columns that were read.
    numbers : ndarray, genes x samples
        Finite numbers, not negative, in the unit of the file.
    bases : ndarray, genes, or None
        Length of each gene, from 1; None where it is not known.
    is_estimated : bool
        Whether counts may have decimals.
    names_file : str or None
        Where the rows are named, if that is another file; `line_numbers` are of it.
    notes : tuple of str
        For each sample, what a reader of its scores should know; empty where there is nothing to be said of any.
    """

    file: str
    genes: tuple[str, ...]
    line_numbers: tuple[int, ...]
    samples: tuple[str, ...]
    numbers: NDArray[np.float64]
    bases: NDArray[np.float64] | None = None
    is_estimated: bool = False
    names_file: str | None = None
    notes: tuple[str, ...] = ()

    @property
    def named_in(self) -> str:
        """Return the file that names the rows."""
        return self.names_file or self.file


@dataclass(frozen=True)
class Layout:
    """Where the header, the row names and the lines of a matrix are.

    Parameters
    ----------
    header : Header
        Names of the columns, and the line they stand on.
    genes : tuple of str
        Row names.
    line_numbers : tuple of int
        1-based line that each row stands on.
    lengths : tuple of str
        The cell of each row that holds the length of the gene; empty where the table has none.
    """

    header: Header
    genes: tuple[str, ...]
    line_numbers: tuple[int, ...]
    lengths: tuple[str, ...] = ()


def refuse(faults: Sequence[Fault]) -> None:
    """Raise StepError listing all faults, one line each; do nothing when there is none."""
    if faults:
        listed = "\n".join(str(fault) for fault in faults)
        raise StepError(f"the expression matrix cannot be used:\n{listed}")


def read_layout(
    path: Path, samples: Sequence[str], known_genes: Collection[str], table: TableFormat = MATRIX
) -> Layout:
    """Read the header and the row names of a matrix, and check that it is one.

    Parameters
    ----------
    path : Path
        Tab-separated text, plain or gzip; UTF-8, with or without a byte-order mark, any line ends.
    samples : sequence of str
        Columns that will be read.
    known_genes : collection of str
        Symbols, aliases and identifiers by which a transposed matrix is recognised.
    table : TableFormat
        How the table is laid out.

    Returns
    -------
    Layout
        Blank lines are left out.

    Raises
    ------
    StepError
        Not a tab-separated matrix or not of the format, transposed, a wanted column missing or there twice, ragged
        rows, quotes.
    """
    file = str(path)
    try:
        with open_text(path) as handle:
            header = read_header(handle, table)
            refuse(dialect_faults(header, file))
            leading: list[list[str]] = []
            line_numbers: list[int] = []
            counts: list[int] = []
            quotes: list[Fault] = []
            for number, line in enumerate(handle, start=header.line + 1):
                text = line.rstrip("\n")
                if not text:
                    continue
                leading.append(text.split("\t", table.first_sample)[: table.first_sample])
                line_numbers.append(number)
                counts.append(text.count("\t") + 1)
                if '"' in text:
                    quotes.append(_quote_fault(text.split("\t"), header.cells, number, file))
    except UNREADABLE as error:
        raise StepError(
            f"E-EXP-001 {file}: is not readable text ({error}); fix: give a tab-separated matrix"
        ) from error
    refuse(_shape_faults(header, line_numbers, counts, file))
    genes = table.row_names(leading)
    if _is_transposed(header.samples, genes, known_genes):
        found = "genes are in the columns and samples in the rows"
        refuse([Fault("E-EXP-013", file, found, "transpose the matrix: one gene a row", header.line)])
    refuse([*first_of(quotes), *_column_faults(header, samples, file)])
    place = table.leading.index(LENGTH) if LENGTH in table.leading else None
    lengths = () if place is None else tuple(cells[place] for cells in leading)
    return Layout(header, genes, tuple(line_numbers), lengths)


def dialect_faults(header: Header, file: str) -> list[Fault]:
    """Return the fault of a header that has no tab, or is not that of the configured format."""
    faults, text = format_faults(header, file), header.cells[0]
    if len(header.cells) > 1 or (faults and not header.table.leading):
        return faults
    for mark, name in ((",", "comma"), (";", "semicolon")):
        if mark in text:
            found = f"the header has no tab but {text.count(mark)} {name}s: a CSV file"
            return [Fault("E-EXP-010", file, found, "export the matrix with tabs between the cells (TSV)", header.line)]
    found = "the header has one cell; a matrix has the gene column and one column a sample" if text else "is empty"
    return [
        Fault("E-EXP-010", file, found, "give a tab-separated matrix whose first line names the samples", header.line)
    ]


def _quote_fault(cells: Sequence[str], header: Sequence[str], number: int, file: str) -> Fault:
    column = next(position for position, cell in enumerate(cells) if '"' in cell)
    name = header[column] if column < len(header) else str(column + 1)
    fix = "export the matrix without quotes"
    return Fault("E-EXP-010", file, "the cell is quoted", fix, number, name, cells[column])


def _shape_faults(header: Header, lines: Sequence[int], counts: Sequence[int], file: str) -> list[Fault]:
    width = len(header.cells)
    if not counts:
        return [Fault("E-EXP-010", file, "has a header and no row", "give a matrix with one gene a row")]
    if Counter(counts).most_common(1)[0][0] == width + 1:
        found = f"the header has {width} cells, the rows have {width + 1}: R leaves out the gene column's name"
        fix = "put gene_symbol and a tab before the first sample's name (write.table: col.names = NA)"
        return [Fault("E-EXP-011", file, found, fix, header.line)]
    ragged = [
        Fault(
            "E-EXP-012",
            file,
            f"the row has {count} cells, the header has {width}",
            "export the matrix again: a line is cut or has an extra tab",
            line,
        )
        for line, count in zip(lines, counts, strict=True)
        if count != width
    ]
    return first_of(ragged)


def _is_transposed(columns: Sequence[str], genes: Sequence[str], known_genes: Collection[str]) -> bool:
    known = set(known_genes)
    named = known.intersection(map(_without_version, columns))
    return len(named) >= TRANSPOSED_MIN_GENES and len(named) > len(known.intersection(map(_without_version, genes)))


def _without_version(name: str) -> str:
    return name.split(".")[0] if name.startswith("ENSG") else name


def _column_faults(header: Header, samples: Sequence[str], file: str) -> list[Fault]:
    faults = []
    taken: dict[int, str] = {}
    for sample in dict.fromkeys(samples):
        places = header.positions(sample)
        if not places:
            near = difflib.get_close_matches(sample, header.short_names, n=1, cutoff=0.6)
            fix = f"did you mean {near[0]}?" if near else "correct expression_sample in the sample sheet"
            faults.append(Fault("E-EXP-003", file, "the matrix has no such column", fix, header.line, value=sample))
        elif len(places) > 1:
            found = f"the sample has {len(places)} columns"
            fix = "remove or rename all but one"
            faults.append(Fault("E-EXP-002", file, found, fix, header.line, value=sample))
        elif taken.setdefault(places[0], sample) != sample:
            found = f"is the column of {taken[places[0]]} too"
            fix = "two tumours cannot share one measurement; correct expression_sample"
            faults.append(Fault("E-EXP-002", file, found, fix, header.line, value=sample))
    return faults


def read_values(path: Path, layout: Layout, samples: Sequence[str]) -> tuple[Matrix, list[Fault]]:
    """Read the columns of `samples`, and list every cell that is no expression value.

    Parameters
    ----------
    path : Path
        The file that `read_layout` has read.
    layout : Layout
        Its layout.
    samples : sequence of str
        Columns to read, without repetition.

    Returns
    -------
    Matrix
        Holds NaN where a cell is at fault.
    list of Fault
        Cells that are empty, text, infinite or negative, and lengths that are none: the first five of each kind, and
        their count.
    """
    import pandas as pd

    positions = [layout.header.positions(sample)[0] for sample in samples]
    values = np.empty((len(layout.genes), len(positions)))
    bases, faults = _gene_lengths(layout, str(path))
    estimated = layout.header.table.is_estimated
    matrix = Matrix(str(path), layout.genes, layout.line_numbers, tuple(samples), values, bases, estimated)
    cell_faults = _CellFaults(matrix)
    with (
        open_text(path) as handle,
        pd.read_csv(
            handle,
            sep="\t",
            header=None,
            skiprows=layout.header.line,
            usecols=positions,
            quoting=csv.QUOTE_NONE,
            keep_default_na=False,
            low_memory=False,
            chunksize=max(1, CELLS_AT_ONCE // len(layout.header.cells)),
        ) as frames,
    ):
        start = 0
        for frame in frames:
            _fill(values[start : start + len(frame)], frame, positions)
            cell_faults.look(start, frame, positions)
            start += len(frame)
    return matrix, [*faults, *cell_faults.listed()]


def _fill(block: NDArray[np.float64], frame: pd.DataFrame, positions: Sequence[int]) -> None:
    """Write the columns of `frame` at `positions` over `block`, NaN where a cell is no number."""
    if all(kind.kind in "iuf" for kind in frame.dtypes):
        numbers = frame.to_numpy(dtype=np.float64)
        in_file = sorted(positions)
        block[:] = numbers if in_file == list(positions) else numbers[:, np.searchsorted(in_file, positions)]
        return
    for place, position in enumerate(positions):
        block[:, place] = _parsed(frame[position])


def _gene_lengths(layout: Layout, file: str) -> tuple[NDArray[np.float64] | None, list[Fault]]:
    """Return the lengths that the table has, and the cells that are none."""
    if not layout.lengths:
        return None, []
    found, fix = "the length is no whole number of bases from 1", "give the table as featureCounts wrote it"
    faults = [
        Fault("E-EXP-025", file, found, fix, line, LENGTH, text)
        for text, line in zip(layout.lengths, layout.line_numbers, strict=True)
        if not BASES.match(text)
    ]
    bases = [float(text) if BASES.match(text) else np.nan for text in layout.lengths]
    return np.array(bases, dtype=np.float64), first_of(faults)


def _parsed(column: pd.Series[Any]) -> NDArray[np.float64]:
    """Return a column's numbers, NaN where a cell is none."""
    if column.dtype.kind in "iuf":
        return column.to_numpy(dtype=np.float64)
    # float() would take "1_000" and "nan"; a cell of a matrix is digits, a point and an exponent.
    cells = column.astype(str).str.strip()
    return np.array([float(cell) if _NUMBER.match(cell) else np.nan for cell in cells], dtype=np.float64)


class _CellFaults:
    """The cells of a matrix that are no expression values, gathered while it is read: some of each kind, and a count.

    Parameters
    ----------
    matrix : Matrix
        Its numbers are looked at as they come.
    """

    def __init__(self, matrix: Matrix) -> None:
        self._matrix = matrix
        self._shown: dict[str, list[Fault]] = {}
        self._totals: Counter[str] = Counter()

    def look(self, start: int, frame: pd.DataFrame, positions: Sequence[int]) -> None:
        """Look at the rows from `start` on, whose cells are in `frame` at `positions`; what is at fault becomes NaN."""
        matrix, numbers = self._matrix, self._matrix.numbers[start : start + len(frame)]
        # NaN is neither.
        fine = (numbers >= 0) & (numbers < np.inf)
        if fine.all():
            return
        numbers[~fine] = np.nan
        for row, column in np.argwhere(~fine).tolist():
            text = str(frame[positions[column]].iloc[row])
            code, found, fix = diagnose(text)
            kind = f"{code} {found}"
            self._totals[kind] += 1
            if self._totals[kind] <= SHOWN:
                line, sample = matrix.line_numbers[start + row], matrix.samples[column]
                self._shown.setdefault(kind, []).append(Fault(code, matrix.file, found, fix, line, sample, text))

    def listed(self) -> list[Fault]:
        """Return the first faults of each kind, in the order of their codes."""
        return [fault for kind in sorted(self._shown) for fault in first_of(self._shown[kind], self._totals[kind])]


def diagnose(text: str) -> tuple[str, str, str]:
    """Return code, finding and cure of a cell that is not a finite number from 0."""
    cell = text.strip()
    if cell.lower() in _MISSING:
        return (
            "E-EXP-019",
            "the value is missing",
            "take the gene or the sample out, or quantify it: missing is not zero",
        )
    if _INFINITE.match(cell):
        return "E-EXP-021", "the value is not finite", "find out where it comes from (log of zero?) and export again"
    if _THOUSANDS.match(cell) and not cell.startswith("0,"):
        return "E-EXP-020", "a comma, space or apostrophe stands among the digits", "export with a decimal point alone"
    if _DECIMAL_COMMA.match(cell):
        return "E-EXP-020", "the number has a decimal comma", "export the matrix with decimal points"
    if cell.startswith("-") and _NUMBER.match(cell):
        fix = "give TPM, FPKM, counts or log2 of 1 more: z-scored, batch-corrected or centred values cannot be scored"
        return "E-EXP-022", "the value is negative", fix
    return "E-EXP-020", "the cell is no number", "keep annotation out of the sample columns"
