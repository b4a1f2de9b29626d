"""Look at the files of expression before any job starts, and for every sample of the sheet in them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from sclcohort.errors import Fault
from sclcohort.files import UNREADABLE, open_text
from sclcohort.inputs.configuration import CONFIGURATION
from sclcohort.inputs.readable import unreadable
from sclcohort.inputs.schemas import did_you_mean
from sclcohort.regulators.table_formats import Header, TableFormat, format_faults, format_of, read_header
from sclcohort.regulators.transcripts import read_transcripts

if TYPE_CHECKING:
    from sclcohort.inputs.plan import Plan
    from sclcohort.inputs.sheets import Row


def expression_faults(plan: Plan) -> Iterator[Fault]:
    """Yield what is wrong with the files of expression: samples they do not have, columns they have twice."""
    expression = plan.config["expression"]
    path, table = expression["matrix"], format_of(expression["format"])
    if expression["tx2gene"] is not None and unreadable(expression["tx2gene"]) is None:
        yield from read_transcripts(Path(expression["tx2gene"]))[1]
    if path is not None and table.is_folder:
        yield from _folder_faults(plan, Path(path), table)
    elif path is not None and unreadable(path) is None:
        yield from _table_faults(plan, path, table)


def _table_faults(plan: Plan, path: str, table: TableFormat) -> Iterator[Fault]:
    """Yield expression samples that the table does not have, and columns it has twice."""
    try:
        with open_text(Path(path)) as handle:
            header = read_header(handle, table)
    except UNREADABLE as error:
        yield Fault("E-EXP-001", path, f"is not readable text ({error})", "give a tab-separated matrix")
        return
    wrong = format_faults(header, path)
    if wrong:
        yield from wrong
        return
    yield from _repeated(path, header)
    taken: dict[int, Row] = {}
    for row in plan.samples:
        name = row["expression_sample"]
        places = [] if name is None else header.positions(str(name))
        first = taken.setdefault(places[0], row) if places else row
        if name is None or (places and first is row and (len(places) == 1 or str(name) in header.samples)):
            continue
        fix = did_you_mean(str(name), header.short_names)
        found = f"no such column in {path}"
        if first is not row:
            found = f"is the column of sample {first['sample_id']} in row {first['line']} too"
            fix = "two tumours cannot share one measurement; correct one of them"
        elif places:
            found, fix = f"{len(places)} columns of {path} have this file name", "name the column as the file does"
        line = int(str(row["line"]))
        yield Fault("E-EXP-003", plan.config["samples"], found, fix, line, "expression_sample", str(name))


def _folder_faults(plan: Plan, folder: Path, table: TableFormat) -> Iterator[Fault]:
    """Yield the samples of which the folder has no file, or none that can be read."""
    if not folder.is_dir():
        fix = "give the folder of the files, or correct expression.format"
        yield Fault("E-FILE-001", CONFIGURATION, "is no folder", fix, None, "expression.matrix", str(folder))
        return
    for row in plan.samples:
        if row["expression_sample"] is None:
            continue
        name, line = str(row["expression_sample"]), int(str(row["line"]))
        found = table.file_of(folder, name)
        problem = f"no {table.file_name(name)} in {folder}" if found is None else unreadable(str(found))
        if problem is not None:
            code, fix = ("E-EXP-003", "correct the name") if found is None else ("E-FILE-001", f"check {found}")
            yield Fault(code, plan.config["samples"], problem, fix, line, "expression_sample", name)


def _repeated(path: str, header: Header) -> Iterator[Fault]:
    names = header.samples
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield Fault("E-EXP-002", path, "the sample has two columns", "remove or rename one", header.line, name)
