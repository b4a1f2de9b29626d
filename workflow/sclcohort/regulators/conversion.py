"""Bring a matrix from the unit that the user declares to one that the scores take: within each sample, never across.

FPKM become TPM by the sum of the sample: TPM = FPKM / sum(FPKM) x 1e6, as both divide the reads by the length of the
gene and differ by a factor of the sample alone (Li et al. 2010 Bioinformatics 26:493, "Comparison to RPKM estimation",
doi:10.1093/bioinformatics/btp692). Counts become TPM where the lengths of the genes are known: TPM =
(counts / length) / sum(counts / length) x 1e6.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from sclcohort.regulators.units import MILLION, SAMPLES_AT_ONCE, TRANSCRIPTOME_MIN_GENES, column_sums, to_linear

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from sclcohort.regulators.matrix import Matrix


@dataclass(frozen=True)
class Converted:
    """A matrix in a unit that the scores take.

    Parameters
    ----------
    matrix : Matrix
        The numbers.
    unit : {"tpm", "tpm_of_counts", "counts", "log2_tpm_plus_1", "log2_cpm_plus_1"}
        What they are. TPM of counts are kept apart, as repeated rows of a gene are added there.
    note : str
        What a reader of a score should know about the way there; empty where nothing is to be said.
    """

    matrix: Matrix
    unit: str
    note: str


def convert(matrix: Matrix, unit: str) -> Converted:
    """Return a matrix in a unit that the scores take; FPKM, and counts of genes of known length, become TPM.

    Parameters
    ----------
    matrix : Matrix
        Numbers without fault in the declared unit (`units.unit_faults`).
    unit : one of `measures.UNITS`
        The declared unit.

    Returns
    -------
    Converted
        A sample of zeros stays one.
    """
    alone = ""
    if len(matrix.genes) <= TRANSCRIPTOME_MIN_GENES:
        alone = f"; the million is of the {len(matrix.genes)} genes of the matrix alone"
    if unit == "counts" and matrix.bases is not None:
        bases = matrix.bases[:, np.newaxis]
        made = replace(matrix, numbers=_per_million(matrix.numbers, lambda counts: counts / bases))
        return Converted(made, "tpm_of_counts", f"counts brought to TPM by the lengths of the genes{alone}")
    if unit == "counts":
        return Converted(matrix, unit, f"counts taken as log2(CPM + 1): not corrected for gene length{alone}")
    if unit == "log2_cpm_plus_1":
        return Converted(matrix, unit, "taken as log2(CPM + 1): not corrected for gene length")
    if unit not in ("fpkm", "log2_fpkm_plus_1"):
        return Converted(matrix, unit, "")
    fpkm = _per_million(matrix.numbers, np.asarray if unit == "fpkm" else to_linear)
    return Converted(replace(matrix, numbers=fpkm), "tpm", f"FPKM brought to TPM by the sum of the sample{alone}")


def _per_million(
    numbers: NDArray[np.float64], linear: Callable[[NDArray[np.float64]], NDArray[np.float64]]
) -> NDArray[np.float64]:
    """Return each column, made linear, as parts of a million; a column of zeros as it is."""
    made = np.empty(numbers.shape)
    # A few samples at a time, so that no third matrix is held.
    for start in range(0, numbers.shape[1], SAMPLES_AT_ONCE):
        columns = slice(start, start + SAMPLES_AT_ONCE)
        values = linear(numbers[:, columns])
        totals = column_sums(values)
        made[:, columns] = values * (MILLION / np.where(totals > 0, totals, 1.0))
    return made
