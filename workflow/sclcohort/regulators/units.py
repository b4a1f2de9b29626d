"""Whether the numbers of a matrix can be in the unit that the configuration declares, and their log2.

TPM of all transcripts of a sample add up to a million; so a whole transcriptome tells its unit, a panel or a subset of
genes tells less. What cannot be checked is said in the log rather than passed over.
"""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sclcohort.errors import Fault, StepError
from sclcohort.regulators.measures import UNITS
from sclcohort.regulators.name_faults import first_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sclcohort.regulators.matrix import Matrix

LOGGER = logging.getLogger(__name__)

LOG2_UNITS = frozenset({"log2_tpm_plus_1", "log2_fpkm_plus_1", "log2_cpm_plus_1"})
# Repeated rows of a gene are added in these: reads of two loci of one gene add up.
ADDED_UNITS = frozenset({"counts", "tpm_of_counts"})
MILLION = 1e6

# Choices of this workflow. A matrix of more genes than this is taken for a whole transcriptome (a human one has about
# 20,000 protein-coding genes; panels have some hundreds, up to 2,500 in the widest).
TRANSCRIPTOME_MIN_GENES = 5_000
# No subset of genes adds up to more than the million; 5 % for rounding and repeated rows.
TPM_SUM_MAX = 1.05 * MILLION
# A transcriptome whose mitochondrial, ribosomal or non-coding genes were taken out after quantification keeps more
# than this; one that was logged (or logged twice) adds up to some 10,000.
TPM_SUM_MIN = 0.2 * MILLION
# Integers throughout are rounded TPM only if they add up to the million within this fraction.
ROUNDED_TPM_TOLERANCE = 0.02
# Samples that are looked at together: 20,000 genes of them are 20 MB.
SAMPLES_AT_ONCE = 128
# Estimated counts with decimals are TPM where they add up to the million within this fraction: merged tables of
# nf-core/rnaseq print six decimals.
ESTIMATED_TOLERANCE = 1e-4
# 2^30 exceeds the million: no log2(TPM + 1) reaches it (in fact none reaches 20).
LOG2_MAX = 30.0
# log2(1e6 + 1) is below 20: where no value passes that, a matrix declared as TPM has been logged.
TPM_MAX_MIN = 20.0
# FPKM add up to 1e9 over the mean length of the transcripts, each weighted with its reads: 5e6 would be transcripts of
# 200 bases, shorter than an RNA-seq library holds. Reads of a library add up to more.
FPKM_SUM_MAX = 5 * MILLION


@dataclass(frozen=True)
class _Column:
    """One sample's numbers, with what is asked of them."""

    sample: str
    largest: float
    largest_linear: float
    total: float
    whole: bool


def unit_faults(matrix: Matrix, unit: str) -> list[Fault]:
    """Return one fault for each sample whose numbers contradict the declared unit.

    Parameters
    ----------
    matrix : Matrix
        Finite numbers, not negative.
    unit : one of `measures.UNITS`
        What ``expression.unit`` says.

    Returns
    -------
    list of Fault
        The first five samples, and the count of the rest. Samples without any value above 0 are not judged here.

    Raises
    ------
    StepError
        An unknown unit.
    """
    if unit not in UNITS:
        raise StepError(f"expression.unit is {unit!r}; fix: say one of {', '.join(UNITS)}")
    columns = list(_columns_of(matrix, unit))
    transcriptome = len(matrix.genes) > TRANSCRIPTOME_MIN_GENES
    if columns:
        totals = [column.total for column in columns]
        LOGGER.info("declared as %s; the samples add up to %.4g to %.4g", unit, min(totals), max(totals))
    if not transcriptome:
        LOGGER.info("%d genes: a panel or a subset; whether the unit adds up cannot be checked", len(matrix.genes))
    judges: dict[str, Callable[[_Column, bool], str | None]] = {
        "tpm": _against_tpm,
        "fpkm": _against_fpkm,
        "counts": _against_estimated_counts if matrix.is_estimated else _against_counts,
        "log2_tpm_plus_1": functools.partial(_against_log2, "TPM"),
        "log2_fpkm_plus_1": _against_log2_fpkm,
        "log2_cpm_plus_1": functools.partial(_against_log2, "CPM"),
    }
    found = [(column, judges[unit](column, transcriptome)) for column in columns]
    faults = [
        Fault(
            "E-EXP-023", matrix.file, f"declared as {unit}, but {why}", "correct expression.unit", None, column.sample
        )
        for column, why in found
        if why is not None
    ]
    largest = max((column.largest for column in columns), default=TPM_MAX_MIN)
    if unit in ("tpm", "fpkm") and not transcriptome and largest < TPM_MAX_MIN:
        why = f"no value of any sample reaches {TPM_MAX_MIN:g}: the numbers look logged"
        faults.append(Fault("E-EXP-023", matrix.file, f"declared as {unit}, but {why}", "correct expression.unit"))
    return first_of(faults)


def _columns_of(matrix: Matrix, unit: str) -> Iterator[_Column]:
    """Yield what is asked of each sample that has a value above 0."""
    for start in range(0, len(matrix.samples), SAMPLES_AT_ONCE):
        names = matrix.samples[start : start + SAMPLES_AT_ONCE]
        values = np.ascontiguousarray(matrix.numbers[:, start : start + SAMPLES_AT_ONCE].T)
        linear = to_linear(values) if unit in LOG2_UNITS else values
        largest, highest, totals = values.max(axis=1), linear.max(axis=1), linear.sum(axis=1)
        whole = (values == np.rint(values)).all(axis=1)
        asked = zip(names, largest.tolist(), highest.tolist(), totals.tolist(), whole.tolist(), strict=True)
        yield from (_Column(*one) for one in asked if one[1] > 0)


def _against_tpm(column: _Column, transcriptome: bool) -> str | None:
    if column.total > TPM_SUM_MAX:
        return f"the sample adds up to {column.total:.6g}, TPM add up to at most a million (counts?)"
    if not transcriptome:
        return None
    if column.largest < TPM_MAX_MIN:
        return f"the sample's largest value is {column.largest:.3g}: the numbers look logged"
    if column.total < TPM_SUM_MIN:
        return f"the sample adds up to {column.total:.6g}, a transcriptome's TPM to about a million"
    if column.whole and abs(column.total / MILLION - 1) > ROUNDED_TPM_TOLERANCE:
        return f"all values are integers and add up to {column.total:.6g}, not to a million (counts?)"
    return None


def _against_fpkm(column: _Column, transcriptome: bool) -> str | None:
    if column.whole and transcriptome:
        return "all values are integers (counts?)"
    if column.total > FPKM_SUM_MAX:
        return f"the sample adds up to {column.total:.6g}, FPKM to less than {FPKM_SUM_MAX:g} (estimated counts?)"
    if transcriptome and column.largest < TPM_MAX_MIN:
        return f"the sample's largest value is {column.largest:.3g}: the numbers look logged"
    return None


def _against_log2_fpkm(column: _Column, transcriptome: bool) -> str | None:
    if column.largest >= LOG2_MAX:
        return f"the sample's largest value is {column.largest:.6g}: not a log2"
    if column.total > FPKM_SUM_MAX:
        return f"the sample adds up to {column.total:.6g} FPKM, more than {FPKM_SUM_MAX:g} (log2 of counts?)"
    if transcriptome and column.largest_linear < TPM_MAX_MIN:
        return f"the sample's largest value is {column.largest_linear:.3g} FPKM: the numbers look logged twice"
    return None


def _against_counts(column: _Column, transcriptome: bool) -> str | None:
    if not column.whole:
        return "there are values that are no integers (estimated counts: round them; TPM: say so)"
    return None


def _against_log2(measure: str, column: _Column, transcriptome: bool) -> str | None:
    if column.largest >= LOG2_MAX:
        return f"the sample's largest value is {column.largest:.6g}: not a log2"
    if column.total > TPM_SUM_MAX:
        return f"the sample adds up to {column.total:.6g} {measure}, more than a million (log2 of counts?)"
    if transcriptome and column.total < TPM_SUM_MIN:
        return f"the sample adds up to {column.total:.6g} {measure}, a transcriptome to about a million (logged twice?)"
    return None


def _against_estimated_counts(column: _Column, transcriptome: bool) -> str | None:
    if not transcriptome or column.whole:
        return None
    if column.largest < TPM_MAX_MIN:
        return f"the sample's largest value is {column.largest:.3g}: the numbers look logged"
    if abs(column.total / MILLION - 1) < ESTIMATED_TOLERANCE:
        return "the sample adds up to a million: TPM"
    return None


def column_sums(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the sum of each column, to the last bit the same whatever columns stand beside it.

    numpy adds the rows of a matrix in another order than those of a single column.
    """
    sums = np.empty(values.shape[1])
    for start in range(0, len(sums), SAMPLES_AT_ONCE):
        columns = slice(start, start + SAMPLES_AT_ONCE)
        sums[columns] = np.ascontiguousarray(values[:, columns].T).sum(axis=1)
    return sums


def to_linear(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the numbers whose log2, after 1 was added, is given; what is no log2 is held below 2^31."""
    return np.asarray(np.exp2(np.minimum(values, LOG2_MAX + 1)) - 1, dtype=np.float64)


def to_log2(values: NDArray[np.float64], totals: NDArray[np.float64], unit: str) -> NDArray[np.float64]:
    """Return log2(TPM + 1), or log2(CPM + 1) where the unit is counts or log2(CPM + 1).

    Parameters
    ----------
    values : ndarray, genes x samples
        In the unit of the matrix.
    totals : ndarray, samples
        Sum of each sample over all genes of the matrix; used for counts alone.
    unit : {"tpm", "tpm_of_counts", "counts", "log2_tpm_plus_1", "log2_cpm_plus_1"}
        As `conversion.convert` returns it.

    Returns
    -------
    ndarray, genes x samples
        A sample that adds up to 0 becomes NaN where the unit is counts.
    """
    if unit in LOG2_UNITS:
        return values
    if unit in ("tpm", "tpm_of_counts"):
        return np.asarray(np.log2(values + 1.0), dtype=np.float64)
    per_million = values / np.where(totals > 0, totals, np.nan) * MILLION
    return np.asarray(np.log2(per_million + 1.0), dtype=np.float64)


def merge_rows(rows: NDArray[np.float64], unit: str) -> NDArray[np.float64]:
    """Return one row for the repeated rows of a gene: counts are added, of TPM and log2 the largest is taken.

    Reads of two loci of one gene add up, and so do TPM that were made of counts. TPM rows of one name are as often a
    row written twice, which the largest value leaves as it is.

    Parameters
    ----------
    rows : ndarray, rows x samples
        In the unit of the matrix.
    unit : {"tpm", "tpm_of_counts", "counts", "log2_tpm_plus_1", "log2_cpm_plus_1"}
        As `conversion.convert` returns it.
    """
    return np.asarray(rows.sum(axis=0) if unit in ADDED_UNITS else rows.max(axis=0), dtype=np.float64)
