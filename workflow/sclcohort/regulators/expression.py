"""The expression of the genes that the workflow uses, from the user's matrix to log2.

The matrix is read, checked as a whole and refused as a whole, with every fault listed: a number in the wrong unit or a
gene name that a spreadsheet turned into a date says something about all of them. A sample without any value above zero
is refused alone.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sclcohort.errors import Fault, StepError
from sclcohort.regulators.conversion import Converted, convert
from sclcohort.regulators.gene_names import NO_OTHERS, OtherNames
from sclcohort.regulators.genes import GeneRows, find_genes, mapping_faults, unclear_faults, unclear_rows
from sclcohort.regulators.lengths import lengths_of, read_gene_lengths
from sclcohort.regulators.matrix import Matrix, read_layout, read_values, refuse
from sclcohort.regulators.name_faults import first_of, name_faults
from sclcohort.regulators.salmon import read_salmon
from sclcohort.regulators.star import read_star
from sclcohort.regulators.table_formats import MATRIX, SALMON, STAR, TableFormat
from sclcohort.regulators.units import merge_rows, to_log2, unit_faults

if TYPE_CHECKING:
    import pandas as pd

LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True)
class SampleState:
    """What became of one column of the matrix.

    Parameters
    ----------
    state : {"scored", "refused"}
        Whether its numbers are used.
    genes_measured, genes_detected : int
        Rows of the matrix, and rows above zero in this column.
    reason : str
        Why it is refused, or how its numbers were brought to log2.
    """

    state: str
    genes_measured: int
    genes_detected: int
    reason: str


@dataclass(frozen=True)
class Expression:
    """Expression of the genes that the workflow uses.

    Parameters
    ----------
    log2 : DataFrame, genes x columns of the matrix
        log2(TPM + 1), or log2(CPM + 1) where gene length is not corrected for. Approved symbols in sorted order;
        genes that the matrix lacks and columns that were refused are left out.
    found : dict of str to GeneRows
        How each gene was found, missing ones among them.
    states : dict of str to SampleState
        What became of each column.
    matrix : Matrix or None
        All genes and columns that were read, in `unit`; None where there is no matrix.
    unit : {"tpm", "tpm_of_counts", "counts", "log2_tpm_plus_1", "log2_cpm_plus_1"} or None
        What its numbers are after `conversion.convert`.
    """

    log2: pd.DataFrame
    found: Mapping[str, GeneRows]
    states: Mapping[str, SampleState]
    matrix: Matrix | None = None
    unit: str | None = None


def read_expression(
    path: Path,
    unit: str,
    columns: Sequence[str],
    users: Mapping[str, Sequence[str]],
    gene_aliases: pd.DataFrame,
    table: TableFormat = MATRIX,
    gene_lengths: Path | None = None,
    strand: str | None = None,
    others: OtherNames = NO_OTHERS,
    tx2gene: Path | None = None,
) -> Expression:
    """Read the wanted columns of an expression matrix and keep the genes that the workflow uses.

    Parameters
    ----------
    path : Path
        Genes in rows, the gene's name first; a tab between cells; any header above the names.
    unit : one of `measures.UNITS`
        What the numbers are. Checked against them.
    columns : sequence of str
        Columns to read; others are neither read nor checked. At least one.
    users : dict of str to sequence of str
        Genes to keep, with who wants them (`genes_used`).
    gene_aliases : DataFrame
        The resource table.
    table : TableFormat
        How the table is laid out.
    gene_lengths : Path or None
        Lengths of the genes, by which counts become TPM.
    strand : {"unstranded", "forward", "reverse"} or None
        Which counts of STAR to take; None in other formats.
    others : OtherNames
        Further names of genes.
    tx2gene : Path or None
        Transcripts and their genes, for salmon; None in other formats.

    Returns
    -------
    Expression

    Raises
    ------
    StepError
        Listing every fault that one pass finds: dialect, columns, row names, cells, unit, genes that two rows claim,
        none of the genes found, rows without a length.
    """
    wanted, samples = sorted(users), list(dict.fromkeys(columns))
    cell_faults: list[Fault] = []
    unread = 0
    if table is STAR:
        matrix, cell_faults = read_star(path, samples, strand or "undeclared")
    elif table is SALMON:
        if tx2gene is None:
            raise StepError("quantifications of salmon are given without expression.tx2gene; fix: set it")
        matrix = read_salmon(path, samples, tx2gene)
    else:
        layout = read_layout(path, samples, {*wanted, *gene_aliases["alias"]}, table)
        matrix, cell_faults = read_values(path, layout, samples)
        unread = len(layout.header.samples) - len(samples)
    length_faults: list[Fault] = []
    if gene_lengths is not None:
        lengths = read_gene_lengths(gene_lengths)
        bases, length_faults = lengths_of(matrix.genes, matrix.line_numbers, matrix.file, lengths)
        matrix = replace(matrix, bases=bases)
    found, name_problems = _found_genes(matrix, wanted, gene_aliases, others)
    refuse([*name_problems, *length_faults, *(cell_faults or unit_faults(matrix, unit))])
    _log_summary(matrix, found, unread)
    return _reduced(convert(matrix, unit), found)


def _found_genes(
    matrix: Matrix, wanted: Sequence[str], gene_aliases: pd.DataFrame, others: OtherNames
) -> tuple[dict[str, GeneRows], list[Fault]]:
    """Return how each wanted gene was found, and what is wrong with the names of the rows."""
    found, ambiguous = find_genes(matrix.genes, wanted, gene_aliases, others)
    unclear = unclear_rows(matrix.genes, found, others)
    faults = name_faults(matrix.genes, matrix.line_numbers, matrix.named_in)
    if not faults and not any(gene.rows for gene in found.values()) and not ambiguous and not unclear:
        faults = [_unknown_names(matrix, len(wanted))]
    faults += mapping_faults(ambiguous, matrix.named_in, matrix.line_numbers)
    return found, faults + first_of(unclear_faults(unclear, matrix.named_in, matrix.line_numbers))


def _unknown_names(matrix: Matrix, wanted: int) -> Fault:
    found = f"none of the {wanted} genes that the workflow uses is a row"
    fix = "name the rows by HGNC symbol, or by human Ensembl or NCBI (Entrez) gene id"
    return Fault("E-EXP-017", matrix.named_in, found, fix, matrix.line_numbers[0], "gene name", matrix.genes[0])


def _log_summary(matrix: Matrix, found: Mapping[str, GeneRows], unread: int) -> None:
    present = [gene for gene, rows in found.items() if rows.rows]
    repeated = len(matrix.genes) - len(set(matrix.genes))
    silent = int((~(matrix.numbers > 0).any(axis=1)).sum())
    LOGGER.info(
        "%s: %d genes x %d samples read, %d further columns left unread; %d rows repeat a name, %d are zero throughout",
        *(matrix.file, len(matrix.genes), len(matrix.samples), unread, repeated, silent),
    )
    LOGGER.info("%d of %d genes found (%.0f %%)", len(present), len(found), 100 * len(present) / len(found))
    missing = [gene for gene, rows in found.items() if not rows.rows]
    if missing:
        LOGGER.info("not in the matrix: %s", ", ".join(missing))


def _reduced(converted: Converted, found: Mapping[str, GeneRows]) -> Expression:
    import pandas as pd

    matrix, unit = converted.matrix, converted.unit
    totals, detected = matrix.numbers.sum(axis=0), (matrix.numbers > 0).sum(axis=0)
    notes = matrix.notes or ("",) * len(matrix.samples)
    states = {
        sample: _state(len(matrix.genes), int(count), "; ".join(filter(None, [note, converted.note])))
        for sample, count, note in zip(matrix.samples, detected, notes, strict=True)
    }
    kept = [gene for gene, rows in found.items() if rows.rows]
    merged = np.stack([merge_rows(matrix.numbers[list(found[gene].rows)], unit) for gene in kept])
    log2 = pd.DataFrame(to_log2(merged, totals, unit), index=pd.Index(kept, name="gene_symbol"), columns=matrix.samples)
    scored = [sample for sample in matrix.samples if states[sample].state == "scored"]
    return Expression(log2[scored], found, states, matrix, unit)


def _state(genes: int, detected: int, note: str) -> SampleState:
    if detected == 0:
        return SampleState("refused", genes, detected, "every value of the sample is zero")
    return SampleState("scored", genes, detected, note)
