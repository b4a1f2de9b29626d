"""Lengths of genes, from the user's table: what turns counts into TPM. Runs without pandas."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sclcohort.errors import Fault, StepError
from sclcohort.files import UNREADABLE, open_text
from sclcohort.regulators.genes import ENSEMBL_GENE_ID
from sclcohort.regulators.matrix import BASES, refuse
from sclcohort.regulators.name_faults import first_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

COLUMNS = ("gene", "bases")


def read_gene_lengths(path: Path) -> dict[str, int]:
    """Read a table of gene lengths.

    Parameters
    ----------
    path : Path
        Tab-separated text, plain or gzip, with the columns ``gene`` and ``bases``; lines that begin with ``#`` before
        the header are comments, blank lines are left out.

    Returns
    -------
    dict of str to int
        Name of each gene, Ensembl ids without version, to its length in bases, from 1.

    Raises
    ------
    StepError
        No such table, a length that is none, a gene with two lengths; every fault is listed.
    """
    file = str(path)
    faults: list[Fault] = []
    lengths: dict[str, int] = {}
    header: list[str] | None = None
    try:
        with open_text(path) as handle:
            for number, line in enumerate(handle, start=1):
                cells = line.rstrip("\n").split("\t")
                if line.strip() == "" or (header is None and line.startswith("#")):
                    continue
                if header is None:
                    header = cells
                    refuse(_header_faults(cells, number, file))
                    continue
                fault = _take(cells, number, file, lengths)
                if fault is not None:
                    faults.append(fault)
    except UNREADABLE as error:
        raise StepError(f"E-EXP-001 {file}: is not readable text ({error}); fix: give a tab-separated table") from error
    if not lengths and not faults:
        faults.append(Fault("E-EXP-026", file, "has no row", "give the length of each gene of the matrix"))
    kinds = sorted({fault.code for fault in faults})
    refuse([fault for kind in kinds for fault in first_of([each for each in faults if each.code == kind])])
    return lengths


def _header_faults(cells: Sequence[str], line: int, file: str) -> list[Fault]:
    if tuple(cells) == COLUMNS:
        return []
    found = f"the header is {', '.join(cells)[:60]}, not gene and bases"
    return [Fault("E-EXP-026", file, found, "give a table of two columns, gene and bases, with a tab between", line)]


def _take(cells: Sequence[str], line: int, file: str, lengths: dict[str, int]) -> Fault | None:
    """Put the length of one row into `lengths`, or return what is wrong with it."""
    if len(cells) != len(COLUMNS) or not cells[0]:
        found = f"the row has {len(cells)} cells" if len(cells) != len(COLUMNS) else "the row has no gene"
        return Fault("E-EXP-026", file, found, "give gene, tab, bases", line)
    name, text = plain_name(cells[0]), cells[1]
    if not BASES.match(text):
        found = "the length is no whole number of bases from 1"
        return Fault("E-EXP-025", file, found, "give the bases of the gene's exons", line, "bases", text)
    if lengths.setdefault(name, int(text)) != int(text):
        found = f"the gene has the length {lengths[name]} above"
        return Fault("E-EXP-026", file, found, "keep one of the two rows", line, "bases", text)
    return None


def plain_name(gene: str) -> str:
    """Return a gene's name, of an Ensembl id without its version."""
    identifier = ENSEMBL_GENE_ID.match(gene)
    return identifier.group(1) if identifier else gene


def lengths_of(
    genes: Sequence[str], line_numbers: Sequence[int], file: str, lengths: Mapping[str, int]
) -> tuple[NDArray[np.float64], list[Fault]]:
    """Return the length of each row of a matrix, and the rows that have none.

    A row without a length is refused: taken as 0 it would be silent, and left out it would raise all others.

    Parameters
    ----------
    genes, line_numbers : sequence
        Names of the rows, and the line that each stands on.
    file : str
        The matrix as the user wrote it.
    lengths : dict of str to int
        As `read_gene_lengths` returns them.

    Returns
    -------
    bases : ndarray, genes
        NaN where there is none.
    faults : list of Fault
        The first five rows, and the count of the rest.
    """
    bases = np.array([lengths.get(plain_name(gene), np.nan) for gene in genes], dtype=np.float64)
    fix = "add the gene to expression.gene_lengths under this name, or take its row out"
    return bases, first_of(
        [
            Fault("E-EXP-027", file, "the gene has no length", fix, line_numbers[row], "gene name", genes[row])
            for row in np.flatnonzero(np.isnan(bases)).tolist()
        ]
    )
