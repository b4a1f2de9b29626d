"""All genes of an expression matrix, each once: the background that a regulator's targets stand out from.

The matrix is kept as it was read; log2 values are made for some samples at a time, so that no second matrix is held.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from sclcohort.regulators.gene_names import NO_OTHERS, OtherNames
from sclcohort.regulators.genes import ENSEMBL_GENE_ID, GeneRows, find_genes, unclear_rows
from sclcohort.regulators.units import ADDED_UNITS, column_sums, to_log2

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from sclcohort.regulators.matrix import Matrix

LOGGER = logging.getLogger(__name__)

# Genes that are gathered at once: 1 MB of a block, which a processor's cache holds.
GENES_AT_ONCE = 1024


@dataclass(frozen=True)
class Universe:
    """All genes of a matrix, in the order of their names, whatever the order of the file.

    Parameters
    ----------
    matrix : Matrix
        As it was read.
    unit : {"tpm", "tpm_of_counts", "counts", "log2_tpm_plus_1", "log2_cpm_plus_1"}
        What its numbers are.
    genes : tuple of str
        Approved symbol where the gene was asked for, else the row's name (Ensembl ids without version); sorted.
    rows : ndarray of int
        Rows of the matrix, gene by gene.
    starts : ndarray of int, genes
        Where each gene begins in `rows`: a name that the matrix repeats has several.
    found : dict of str to GeneRows
        How each gene that was asked for was found, or why it was not.
    """

    matrix: Matrix
    unit: str
    genes: tuple[str, ...]
    rows: NDArray[np.int64]
    starts: NDArray[np.int64]
    found: Mapping[str, GeneRows] = field(default_factory=dict)

    @property
    def samples(self) -> tuple[str, ...]:
        """Return the columns of the matrix."""
        return self.matrix.samples

    def log2(self, columns: slice) -> NDArray[np.float64]:
        """Return log2(TPM + 1), or log2(CPM + 1) of counts, of all genes in some columns of the matrix.

        Returns
        -------
        ndarray, genes x columns
            Repeated rows are merged as `units.merge_rows` does. A column of zeros, which has no CPM, is left at 0.
        """
        values = np.empty((len(self.genes), len(self.samples[columns])))
        self._fill(values, columns)
        return values

    def blocks(self, size: int) -> Iterator[tuple[slice, NDArray[np.float64]]]:
        """Yield the columns of the matrix a few at a time, with their `log2`.

        Parameters
        ----------
        size : int
            Columns of a block; the last may have fewer.

        Yields
        ------
        columns : slice
            Which ones.
        values : ndarray, genes x columns
            Contiguous. The next block is written over it: the system gives new memory more slowly than it is filled.
        """
        memory = np.empty(len(self.genes) * min(size, len(self.samples)))
        for start in range(0, len(self.samples), size):
            columns = slice(start, min(start + size, len(self.samples)))
            shape = (len(self.genes), columns.stop - start)
            values = memory[: shape[0] * shape[1]].reshape(shape)
            self._fill(values, columns)
            yield columns, values

    def _fill(self, values: NDArray[np.float64], columns: slice) -> None:
        numbers = self.matrix.numbers[:, columns]
        # Only counts are scaled.
        totals = column_sums(numbers) if self.unit == "counts" else np.ones(numbers.shape[1])
        totals = np.where(totals > 0, totals, 1.0)
        merge = np.add if self.unit in ADDED_UNITS else np.maximum
        bounds = np.append(self.starts, len(self.rows))
        for start in range(0, len(self.genes), GENES_AT_ONCE):
            stop = min(start + GENES_AT_ONCE, len(self.genes))
            rows = numbers[self.rows[bounds[start] : bounds[stop]]]
            if len(rows) > stop - start:
                rows = merge.reduceat(rows, self.starts[start:stop] - bounds[start], axis=0)
            values[start:stop] = to_log2(rows, totals, self.unit)


def universe_of(
    matrix: Matrix, unit: str, wanted: Iterable[str], gene_aliases: pd.DataFrame, others: OtherNames = NO_OTHERS
) -> Universe:
    """Return all genes of a matrix, the wanted ones under their approved symbols.

    Parameters
    ----------
    matrix : Matrix
        As it was read.
    unit : {"tpm", "tpm_of_counts", "counts", "log2_tpm_plus_1", "log2_cpm_plus_1"}
        What its numbers are.
    wanted : iterable of str
        Approved symbols of genes to find by other names too. One that rows of two names claim is not guessed: it
        counts as not measured, and the log says so.
    gene_aliases : DataFrame
        The resource table.
    others : OtherNames
        Further names of genes.
    """
    targets = sorted(set(wanted))
    found, ambiguous = find_genes(matrix.genes, targets, gene_aliases, others)
    symbol_of = {row: gene for gene, entry in found.items() for row in entry.rows}
    rows_of: dict[str, list[int]] = defaultdict(list)
    for row, name in enumerate(matrix.genes):
        identifier = ENSEMBL_GENE_ID.match(name)
        rows_of[symbol_of.get(row, identifier.group(1) if identifier else name)].append(row)
    genes = tuple(sorted(rows_of))
    rows = np.array([row for gene in genes for row in rows_of[gene]], dtype=np.int64)
    counts = np.array([len(rows_of[gene]) for gene in genes], dtype=np.int64)
    measured = sum(bool(entry.rows) for entry in found.values())
    LOGGER.info("%d of %d targets of regulators found among %d genes", measured, len(targets), len(genes))
    if ambiguous:
        LOGGER.warning("left out, as two rows claim each: %s", ", ".join(gene for gene, _ in ambiguous))
        for gene, claims in ambiguous:
            claiming = ", ".join(name for name, _ in claims)
            found[gene] = GeneRows((), "", "missing", f"rows {claiming} all claim it: none is used")
    for name, _, claimed in unclear_rows(matrix.genes, found, others):
        reason = f"row {name} could mean {' or '.join(claimed)}: not used"
        found |= {
            gene: GeneRows((), "", "missing", reason) for gene in claimed if gene in found and not found[gene].rows
        }
    return Universe(matrix, unit, genes, rows, np.cumsum(counts) - counts, found)
