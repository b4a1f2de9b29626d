"""Which fraction of the tumour cells carries a variant, with an interval.

From an allele fraction v, purity p and CT copies of the gene per tumour cell, the mutated copies per
tumour cell are u = v (p CT + 2 (1 - p)) / p (McGranahan N et al. 2015 Sci Transl Med 7:283ra54,
doi:10.1126/scitranslmed.aaa1408). A variant that lies on several copies was there before they were
multiplied; where all tumour cells share the copy number, it is then in all of them. So either one copy
per cell carries it, in a fraction u of the cells, or m copies do (2 <= m <= copies of the commoner
allele), in all cells: the cancer-cell fraction is min(1, u). As there, a variant is clonal where the
95 % interval of the fraction reaches 1, and subclonal where it does not.

That all tumour cells share the copy number is an assumption: a copy gained or lost in some cells only
is not told apart. More copies than the gene has contradict purity or copy number (or the variant is
germline), and nothing is concluded. Nor is it on X and Y, of which normal cells have one copy or two.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from sclcohort.coordinates import is_sex_chromosome
from sclcohort.drivers.intervals import clopper_pearson
from sclcohort.drivers.mixture import mutated_copies

if TYPE_CHECKING:
    from sclcohort.drivers.purity import Purity
    from sclcohort.drivers.records import GeneCopies
    from sclcohort.tables import Cell

# Choice: fewer copies than this are a deleted gene, on which no variant can lie (the same bound as
# copy_number.deep_deletion_max_copies by default).
MIN_COPIES = 0.5
# Choice: reads contradict purity and copies only outside this interval. Of all clonal variants, one in forty lies
# above its 95 % interval by chance, and is clonal all the same.
CONTRADICTION_COVERAGE = 0.999


@dataclass(frozen=True)
class Ccf:
    """Cancer-cell fraction of a variant; the columns ccf to clonality_reason of `contracts.EVENTS`.

    ``low`` and ``high`` bound the 95 % interval; all three numbers are None where not assessable.
    """

    estimate: float | None
    low: float | None
    high: float | None
    clonality: Literal["clonal", "subclonal", "not_assessable"]
    reason: str

    def as_cells(self) -> dict[str, Cell]:
        """Return the columns of `contracts.EVENTS` that hold it."""
        return {
            "ccf": self.estimate,
            "ccf_low": self.low,
            "ccf_high": self.high,
            "clonality": self.clonality,
            "clonality_reason": self.reason,
        }


def cancer_cell_fraction(
    reads: tuple[int, int] | None, *, copies: GeneCopies | None, purity: Purity, chrom: str = ""
) -> Ccf:
    """Return the fraction of the tumour cells that carry a variant; see the head of this module.

    Parameters
    ----------
    reads : (int, int) or None
        Alternate and all reads in the tumour (`Variant.reads`); None: missing.
    copies : GeneCopies or None
        Copy number of the gene; None: missing. It is not guessed: 1, 2 or 4 copies give different answers.
    purity : Purity
        Purity that was not estimated from this gene (`Purity.independent_of`).
    chrom : str
        Contig of the variant, with or without ``chr``; empty: an autosome.

    Returns
    -------
    Ccf
        The interval spans that of the reads and that of the purity.
    """
    if reads is None:
        return _not_assessable("depth or alternate depth is missing")
    if is_sex_chromosome(chrom):
        return _not_assessable(f"on {chrom}, of which normal cells have one copy or two")
    span = purity.range
    if purity.value is None or span is None:
        return _not_assessable(f"purity unknown: {purity.reason}")
    if copies is None or not copies.is_covered or copies.total_copies is None:
        return _not_assessable("copies of the gene are not known")
    totals = {one: _total_copies(copies, one, purity) for one in (purity.value, *span)}
    total = totals[purity.value]
    if total < MIN_COPIES:
        return _not_assessable(f"copy number says that the gene is deleted ({total:.2g} copies)")
    vaf_low, vaf_high = clopper_pearson(*reads)
    # At a given allele fraction, a lower purity means more mutated copies per tumour cell.
    low, high = mutated_copies(vaf_low, span[1], totals[span[1]]), mutated_copies(vaf_high, span[0], totals[span[0]])
    estimate = mutated_copies(reads[0] / reads[1], purity.value, total)
    most = max(1.0, total if copies.minor_copies is None else total - copies.minor_copies)
    vaf_least = clopper_pearson(*reads, coverage=CONTRADICTION_COVERAGE)[0]
    least = mutated_copies(vaf_least, span[1], totals[span[1]])
    if least > most:
        found = f"{estimate:.2g} mutated copies per tumour cell (at least {least:.2g})"
        return _not_assessable(
            f"{found} are more than the {most:.2g} that can carry it: purity or copies are wrong, or it is germline"
        )
    return _judged(reads, estimate, low, high, most, _basis(purity, total, copies))


def _judged(reads: tuple[int, int], estimate: float, low: float, high: float, most: float, basis: str) -> Ccf:
    numbers = (min(1.0, estimate), min(1.0, low), min(1.0, high))
    found = f"{reads[0]} of {reads[1]} reads, {basis}: {estimate:.2f} mutated copies per tumour cell"
    if high < 1:
        return Ccf(*numbers, "subclonal", f"{found}; the 95 % interval of the cell fraction ends below 1")
    before = " (it lies on more than one copy, so it is older than their gain)" if low > 1 and most > 1 else ""
    return Ccf(*numbers, "clonal", f"{found}; the 95 % interval of the cell fraction reaches 1{before}")


def _total_copies(copies: GeneCopies, purity_value: float, purity: Purity) -> float:
    """Return the copies per tumour cell at a purity.

    Where purity is estimated from TP53, the copy-number stage did not know it and took 1, unless a caller
    fitted the copies (then it gives minor copies); they are computed again from the log2 ratio, by the
    arithmetic of `sclcohort.copy_number.genes.tumour_copies`.
    """
    if purity.source == "tp53_vaf" and copies.minor_copies is None and copies.log2_ratio is not None:
        return float(max(0.0, (2.0 ** (copies.log2_ratio + 1) - 2 * (1 - purity_value)) / purity_value))
    return 0.0 if copies.total_copies is None else copies.total_copies


def _basis(purity: Purity, total: float, copies: GeneCopies) -> str:
    minor = "" if copies.minor_copies is None else f" ({copies.minor_copies:.2g} of the rarer allele)"
    span = "" if purity.low is None or purity.high is None else f" ({purity.low:.2f}-{purity.high:.2f})"
    return f"purity {purity.value:.2g}{span}, {total:.2g} copies{minor}"


def _not_assessable(reason: str) -> Ccf:
    return Ccf(None, None, None, "not_assessable", reason)
