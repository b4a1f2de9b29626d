"""The sheets of samples, patients and lesions: read as text, typed by their schema, checked row by row."""

from __future__ import annotations

import csv
import math
import os
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from sclcohort.errors import Fault, InputFaultsError, StepError
from sclcohort.files import open_text
from sclcohort.inputs.schemas import allowed, did_you_mean, load_schema, violations
from sclcohort.tables import Cell

PATH_COLUMNS = ("variants", "structural_variants", "target", "copy_number", "purity_file")
# Between the files of one tumour in a cell; no name of a file may hold it.
FILES_SEPARATOR = ";"
Row = dict[str, Cell]
# The column that names a row, of the sheets that have one, and what a row is.
IDS = {"samples": "sample_id", "clinical": "patient_id"}
ROW_OF = {"samples": "sample", "clinical": "patient", "lesions": "measurement"}


def finite(cell: str) -> float:
    """Return the number that a cell is; raise ValueError where it is none, or no finite one."""
    number = float(cell)
    if not math.isfinite(number):
        raise ValueError(f"{cell!r} is not finite")
    return number


CONVERSIONS: Mapping[str, Callable[[str], Cell]] = {"integer": int, "number": finite}


def read_chunk(path: Path, samples: Sequence[str]) -> list[Row]:
    """Read the rows of some samples of a sheet that was checked as a whole, in the order asked for.

    Cells are typed, and that is all: of 10,000 rows, each of 400 jobs need not ask again what the schema allows.

    Raises
    ------
    InputFaultsError
        The sheet has another header than its schema says, or a cell that is no number where one is asked for.
    StepError
        A sample is not in the sheet.
    """
    header, records, faults = _open_sheet(path, "samples")
    rows, wanted = dict[str, Row](), set(samples)
    for number, cells in records:
        row, found = _typed_row(str(path), number, header, cells, "samples", is_checked=True)
        if row["sample_id"] in wanted:
            faults += found
            rows[str(row["sample_id"])] = _with_resolved_paths(row, path.parent)
    if faults:
        raise InputFaultsError(faults)
    unknown = [sample for sample in samples if sample not in rows]
    if unknown:
        raise StepError(f"{path}: no sample {', '.join(unknown)}; fix: name samples of the sheet")
    return [rows[sample] for sample in samples]


def read_sheet(path: Path, kind: str) -> tuple[list[Row], list[Fault]]:
    """Read a sheet and find every fault of its header and cells.

    Parameters
    ----------
    path : Path
        TSV with a header; a byte-order mark, CRLF and a missing last line end are accepted.
    kind : {"samples", "clinical", "lesions"}
        Which schema it keeps.

    Returns
    -------
    list of dict
        One per row, in sheet order: every column of the schema, typed, None where empty; paths
        resolved against the folder of the sheet.
    list of Fault
        In the order of the rows.
    """
    file = str(path)
    header, records, faults = _open_sheet(path, kind)
    if faults:
        return [], faults
    rows: list[Row] = []
    for number, cells in records:
        row, found = _typed_row(file, number, header, cells, kind)
        faults += found
        rows.append(_with_resolved_paths(row, path.parent))
    if not rows:
        faults.append(Fault("E-SHEET-005", file, "has no rows", f"write one row per {ROW_OF[kind]}"))
    if kind in IDS:
        faults += _repeated_ids(file, rows, IDS[kind])
    return rows, faults


def _open_sheet(path: Path, kind: str) -> tuple[list[str], Iterator[tuple[int, list[str]]], list[Fault]]:
    """Return the header of a sheet and its records with their lines, and the faults that keep it from being read."""
    file, nothing = str(path), iter(())
    try:
        with open_text(path) as handle:
            lines = handle.read().splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "is not UTF-8 text"
        fault = Fault("E-SHEET-004", file, f"cannot be read: {reason}", "check the path and its permissions")
        return [], nothing, [fault]
    header = lines[0].split("\t") if lines and lines[0].strip() else []
    faults = list(_header_faults(file, header, kind))
    return header, nothing if faults else _records(lines[1:]), faults


def _records(lines: list[str]) -> Iterator[tuple[int, list[str]]]:
    for number, line in enumerate(lines, start=2):
        if line.strip():
            yield number, next(csv.reader([line], delimiter="\t", quoting=csv.QUOTE_NONE))


def _header_faults(file: str, header: list[str], kind: str) -> Iterator[Fault]:
    properties = load_schema(kind)["properties"]
    if len(header) == 1 and ("," in header[0] or ";" in header[0]):
        yield Fault("E-SHEET-006", file, "is not tab-separated", "save it as tab-separated text (TSV)", 1)
        return
    if not header:
        yield Fault("E-SHEET-005", file, "is empty", f"begin with the header {', '.join(properties)}")
        return
    for name in header:
        if name not in properties:
            yield Fault("E-SHEET-001", file, "unknown column", did_you_mean(name, properties), 1, name)
    for name in sorted({name for name in header if header.count(name) > 1}):
        yield Fault("E-SHEET-007", file, "the column stands twice", "remove or rename one", 1, name)
    for name in load_schema(kind)["required"]:
        if name not in header:
            yield Fault("E-SHEET-002", file, "missing column", f"add it: {properties[name]['description']}", 1, name)


def _typed_row(
    file: str, number: int, header: list[str], cells: list[str], kind: str, *, is_checked: bool = False
) -> tuple[Row, list[Fault]]:
    """Return one row with typed values, and the faults of its cells; of a checked one those of type alone."""
    properties = load_schema(kind)["properties"]
    row: Row = dict.fromkeys(properties)
    row["line"] = number
    if len(cells) > len(header):
        found = f"{len(cells)} cells, the header has {len(header)}"
        return row, [Fault("E-SHEET-008", file, found, "remove what is beyond the last column", number)]
    faults: list[Fault] = []
    given: dict[str, Any] = {}
    for name, text in zip(header, cells, strict=False):
        cell = unicodedata.normalize("NFC", text.strip())
        if not cell:
            continue
        try:
            given[name] = CONVERSIONS.get(properties[name]["type"], str)(cell)
        except ValueError:
            fix = f"give {allowed(properties[name])}"
            faults.append(Fault("E-SHEET-003", file, f"not a {properties[name]['type']}", fix, number, name, cell))
            given[name] = None
    known = {name: value for name, value in given.items() if value is not None}
    misread = {name for name, value in given.items() if value is None}
    if not is_checked:
        faults += [fault for fault in violations(known, kind, "SHEET", file, number) if fault.column not in misread]
    row.update(known)
    return row, faults


def _with_resolved_paths(row: Row, folder: Path) -> Row:
    """Return the row with the paths a user wrote relative to the sheet made relative to where we run."""
    resolved = {name: _resolved(str(row[name]), folder) for name in PATH_COLUMNS if row.get(name) is not None}
    return row | resolved


def _resolved(cell: str, folder: Path) -> str:
    files = (one.strip() for one in cell.split(FILES_SEPARATOR))
    return FILES_SEPARATOR.join(os.path.normpath(folder / one) for one in files if one)


def files_of(cell: Cell) -> list[str]:
    """Return the files that a cell of the sheet names, in its order; none where it is empty."""
    return [] if cell is None else [one for one in str(cell).split(FILES_SEPARATOR) if one]


def _repeated_ids(file: str, rows: list[Row], key: str) -> Iterator[Fault]:
    """Yield ids that stand twice, or that differ only by case: file systems may not tell them apart."""
    seen: dict[str, Mapping[str, Cell]] = {}
    for row in rows:
        name = row.get(key)
        if name is None:
            continue
        first = seen.setdefault(str(name).casefold(), row)
        if first is not row:
            same = "stands also" if first[key] == name else f'differs only by case from "{first[key]}"'
            found = f"{same} in row {first['line']}"
            yield Fault(
                "E-SHEET-009", file, found, "give every row a name of its own", int(str(row["line"])), key, str(name)
            )
