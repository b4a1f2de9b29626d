"""Read a regulon of the user's own, such as CollecTRI or DoRothEA, in the column names of decoupler.

The file is read without pandas, as it is checked before any job starts: its checksum first, then every row.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from sclcohort.errors import Fault, StepError
from sclcohort.files import UNREADABLE, open_text
from sclcohort.regulators.name_faults import first_of
from sclcohort.regulators.pinned import checksum_faults

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("source", "target", "weight")
SETTING = "regulators.regulon.sha256"


class Edge(NamedTuple):
    """One row of a regulon file: a regulator, a target, a sign and strength, and the line it stands on."""

    source: str
    target: str
    weight: float
    line: int


def read_edges(path: Path) -> tuple[list[Edge], list[Fault]]:
    """Read a regulon file, and find everything that is wrong with it.

    Parameters
    ----------
    path : Path
        Table with a header, between whose cells is a tab or else a comma, plain or gzip. It has the columns ``source``
        (regulator), ``target`` (gene symbol) and ``weight`` (any number but 0); others are not read.

    Returns
    -------
    edges : list of Edge
        The rows without a fault, in the order of the file.
    faults : list of Fault
        Of each kind the first five, and the count of the rest.
    """
    file = str(path)
    edges: list[Edge] = []
    faults: dict[str, list[Fault]] = {}
    first: dict[tuple[str, str], int] = {}
    try:
        with open_text(path) as handle:
            header_line = handle.readline().rstrip("\n")
            delimiter = "\t" if "\t" in header_line else ","
            header = [name.strip() for name in next(csv.reader([header_line], delimiter=delimiter), [])]
            wrong = list(_header_faults(header, file))
            if wrong:
                return [], wrong
            for line, cells in enumerate(csv.reader(handle, delimiter=delimiter), start=2):
                if not cells:
                    continue
                found = _edge_of(cells, header, line, file)
                if isinstance(found, Edge):
                    earlier = first.setdefault(found[:2], line)
                    if earlier == line:
                        edges.append(found)
                        continue
                    why = f"the edge from {found.source} stands in line {earlier} already"
                    found = Fault("E-REG-006", file, why, "keep one of the two", line, "target", found.target)
                faults.setdefault(found.code, []).append(found)
    except (*UNREADABLE, csv.Error) as error:
        return [], [Fault("E-REG-001", file, f"is not readable text ({error})", "give a TSV or CSV, plain or gzip")]
    if not edges and not faults:
        return [], [Fault("E-REG-007", file, "has no row", "give each regulator at least one target")]
    return edges, [fault for code in sorted(faults) for fault in first_of(faults[code])]


def _header_faults(header: Sequence[str], file: str) -> Iterator[Fault]:
    for name in COLUMNS:
        if header.count(name) == 0:
            found = f"the column is missing; there are {', '.join(header) or 'none'}"
            yield Fault("E-REG-002", file, found, f"name the columns {', '.join(COLUMNS)}, as decoupler does", 1, name)
        elif header.count(name) > 1:
            yield Fault("E-REG-002", file, "there are two columns of this name", "take one out", 1, name)


def _edge_of(cells: Sequence[str], header: Sequence[str], line: int, file: str) -> Edge | Fault:
    """Return the edge that a row holds, or the first thing wrong with it."""
    if len(cells) != len(header):
        found = f"the row has {len(cells)} cells, the header {len(header)}"
        return Fault("E-REG-003", file, found, "mend the row", line)
    values = {name: cells[header.index(name)].strip() for name in COLUMNS}
    for name in ("source", "target"):
        if not values[name]:
            return Fault("E-REG-004", file, "is empty", "name the gene, or take the row out", line, name)
    text = values["weight"]
    try:
        weight = float(text)
    except ValueError:
        weight = math.nan
    if not math.isfinite(weight) or "_" in text:
        return Fault("E-REG-005", file, "is no number", "give sign and strength, such as 1 or -1", line, "weight", text)
    if weight == 0:
        return Fault("E-REG-005", file, "a gene that is no target has no row", "take the row out", line, "weight", text)
    return Edge(values["source"], values["target"], weight, line)


def regulon_faults(path: Path, sha256: str) -> list[Fault]:
    """Return what is wrong with a regulon file; nothing but the checksum where that is another.

    Parameters
    ----------
    path : Path
        As for `read_edges`.
    sha256 : str
        The checksum that the configuration expects, 64 hexadecimal digits in lower case.
    """
    return _read_pinned(path, sha256)[1]


def _read_pinned(path: Path, sha256: str) -> tuple[list[Edge], list[Fault]]:
    wrong = checksum_faults(path, sha256, SETTING, "E-REG-008")
    return ([], wrong) if wrong else read_edges(path)


def read_regulon(path: Path, sha256: str, gene_aliases: pd.DataFrame) -> pd.DataFrame:
    """Return the regulon of a file, with the targets under their approved symbols.

    Parameters
    ----------
    path : Path
        As for `read_edges`.
    sha256 : str
        As for `regulon_faults`.
    gene_aliases : DataFrame
        The resource table. Targets that it does not know keep their name, as all regulators do.

    Returns
    -------
    DataFrame
        Columns ``source``, ``target``, ``weight`` and ``symbol_in_source``, in the order of the file.

    Raises
    ------
    StepError
        Any fault of the file, and two targets of one regulator that are the same gene.
    """
    import pandas as pd

    edges, faults = _read_pinned(path, sha256)
    if faults:
        raise StepError("the regulon cannot be used:\n" + "\n".join(str(fault) for fault in faults))
    approved = dict(zip(gene_aliases["alias"], gene_aliases["gene_symbol"], strict=True))
    seen: dict[tuple[str, str], Edge] = {}
    for edge in edges:
        gene = approved.get(edge.target, edge.target)
        earlier = seen.setdefault((edge.source, gene), edge)
        if earlier is not edge:
            raise StepError(
                f"{path}: targets {earlier.target} (line {earlier.line}) and {edge.target} (line {edge.line}) of "
                f"{edge.source} are both the gene {gene}; fix: keep one of the two"
            )
    rows = [(source, gene, edge.weight, edge.target) for (source, gene), edge in seen.items()]
    return pd.DataFrame(rows, columns=[*COLUMNS, "symbol_in_source"])
