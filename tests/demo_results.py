"""What the tests of the demo read: tables of a finished run, its planted truth, checksums of its files."""

from __future__ import annotations

import csv
from pathlib import Path

from sclcohort.files import sha256_of
from sclcohort.tables import Table, read_rows


def results(folder: Path, table: Table) -> list[dict]:
    """Return all rows of a result table, of every chunk where it has chunks."""
    paths = sorted((folder / "results" / "demo").glob(table.name.replace("{chunk}", "*")))
    assert paths, table.name
    return [row for path in paths for row in read_rows(path, table)]


def truth(folder: Path, name: str) -> list[dict[str, str]]:
    """Return the rows of a truth table of the demo cohort."""
    with (folder / "resources" / "demo" / "truth" / f"{name}.tsv").open(encoding="utf-8") as handle:
        return list(csv.DictReader((line for line in handle if not line.startswith("#")), delimiter="\t"))


def picked(rows, *names):
    return {tuple(str(row[name] or "") for name in names) for row in rows}


def hashes(folder: Path) -> dict[str, str]:
    """Return the checksum of every file below the results of the demo, by its path there."""
    root = folder / "results" / "demo"
    return {str(path.relative_to(root)): sha256_of(path) for path in sorted(root.rglob("*")) if path.is_file()}
