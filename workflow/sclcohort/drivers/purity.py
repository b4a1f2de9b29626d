"""The tumour purity that the drivers stage uses, and where it is from.

In this order: the sample sheet; the copy-number caller; the allele fraction of the TP53 hit. The last rests
on what is known of SCLC: TP53 is inactivated on both copies in nearly all tumours (George J et al. 2015
Nature 524:47, doi:10.1038/nature14664) and its mutations are clonal (George J et al. 2024 Nature 627:880,
doi:10.1038/s41586-024-07177-7). Then every tumour cell carries the hit on every copy it has, and with an
allele fraction v of the reads and C copies the purity is 2 v / (C (1 - v) + 2 v): generic arithmetic of a
mixture with diploid normal cells. One remaining copy gives 2 v / (1 + v), two equal ones (copy-neutral
loss) v itself; both are open where copy number does not say which.

The interval spans the models that are open and the exact 95 % interval of v. The estimate is the middle
of the models at v: no model is known to be the commoner one, and the middle is nearest to the worst case.
A tumour in which TP53 kept a whole copy has a higher purity than this (2 v for one copy of two): the
interval does not cover that, and the reason says what it rests on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from sclcohort.drivers.hits import distinct_hits
from sclcohort.drivers.intervals import clopper_pearson
from sclcohort.drivers.mixture import MAX_EXPECTED_VAF, MAX_LOST_MINOR_COPIES, purity_at

if TYPE_CHECKING:
    from sclcohort.drivers.events import Event
    from sclcohort.drivers.records import GeneCopies, Variant
    from sclcohort.tables import Cell

PurityOrigin = Literal["sheet", "copy_number_caller", "tp53_vaf", "none"]
ESTIMATED_FROM = "TP53"
# Choice: a wider interval than this is no estimate. Half of it, 0.2, moves the expected VAF of a
# heterozygous hit by 0.1, about what tells one-copy loss from none at purity 0.6 (0.43 and 0.30).
MAX_INTERVAL_WIDTH = 0.4


@dataclass(frozen=True)
class Purity:
    """Tumour purity of one sample; the columns of `contracts.PURITY`.

    Parameters
    ----------
    value : float or None
        Purity in (0, 1]; None: unknown.
    low, high : float or None
        95 % interval of an estimate; None where the purity was given, or is unknown.
    source : {"sheet", "copy_number_caller", "tp53_vaf", "none"}
        Where it is from.
    reason : str
        What it rests on, or why it is unknown.
    """

    value: float | None
    low: float | None
    high: float | None
    source: PurityOrigin
    reason: str

    @property
    def range(self) -> tuple[float, float] | None:
        """Lowest and highest purity to reckon with; None where it is unknown."""
        if self.value is None:
            return None
        return (self.value if self.low is None else self.low, self.value if self.high is None else self.high)

    def independent_of(self, gene_symbol: str) -> Purity:
        """Return the purity for judging one gene: unknown where it was estimated from that very gene.

        The estimate assumes that the gene lost both copies and that its hit is clonal; neither can then
        be concluded from it.
        """
        if self.source == "tp53_vaf" and gene_symbol == ESTIMATED_FROM:
            return unknown_purity(f"purity was estimated from {gene_symbol} itself, so it cannot judge that gene")
        return self

    def as_row(self, sample_id: str) -> dict[str, Cell]:
        """Return the purity as a row of `contracts.PURITY`."""
        return {
            "sample_id": sample_id,
            "purity": self.value,
            "purity_low": self.low,
            "purity_high": self.high,
            "source": self.source,
            "reason": self.reason,
        }


def unknown_purity(reason: str) -> Purity:
    """Return a purity that is unknown, with its reason."""
    return Purity(None, None, None, "none", reason)


def estimate_purity(
    *,
    sheet: float | None,
    copy_number_caller: float | None,
    hits: Sequence[Event],
    copies: GeneCopies | None,
    has_normal: bool | None,
) -> Purity:
    """Choose the purity of a sample, or estimate it from TP53; see the head of this module.

    Parameters
    ----------
    sheet, copy_number_caller : float or None
        Purity in (0, 1] that the user and the copy-number caller give.
    hits : sequence of Event
        Likely oncogenic events of TP53 in the sample, of every kind, in any order.
    copies : GeneCopies or None
        Copy number of TP53, computed without a purity (as 1) or fitted; None: missing.
    has_normal : bool or None
        Whether the variants were called against a normal of the patient; None: not known, taken as no.

    Returns
    -------
    Purity
        ``source`` none, with the reason, where no purity can be given.
    """
    if sheet is not None:
        return Purity(sheet, None, None, "sheet", "given in the sample sheet")
    if copy_number_caller is not None:
        return Purity(copy_number_caller, None, None, "copy_number_caller", "fitted by the copy-number caller")
    return _from_hits(hits, copies, has_normal is True)


def _from_hits(hits: Sequence[Event], copies: GeneCopies | None, has_normal: bool) -> Purity:
    if any(event.variant is None for event in hits):
        return unknown_purity("not given, and TP53 has an event without an allele fraction")
    distinct = distinct_hits([event.variant for event in hits if event.variant is not None])
    if not distinct:
        return unknown_purity("not given, and no TP53 hit to estimate it from")
    if len(distinct) > 1:
        reason = f"not given, and TP53 has {len(distinct)} different hits: no one of them is on every copy"
        return unknown_purity(reason)
    variant = distinct[0]
    if variant.reads is None:
        return unknown_purity("not given, and depth or alternate depth of the TP53 hit is missing")
    models, shown = _remaining_copies(copies)
    if not models:
        return unknown_purity(f"not given, and it cannot be estimated from TP53: {shown}")
    at_hotspot = any(event.event_type == "hotspot" for event in hits if event.variant == variant)
    doubt = _doubt(variant, variant.reads, has_normal=has_normal, at_hotspot=at_hotspot)
    if doubt:
        return unknown_purity(f"not given, and it cannot be estimated from TP53: {doubt}")
    return _from_reads(variant.label, variant.reads, models, shown)


def _remaining_copies(copies: GeneCopies | None) -> tuple[tuple[int, ...], str]:
    """Return the numbers of copies a tumour cell may have left, all with the hit, and what says so."""
    if copies is None or not copies.is_covered:
        return (1, 2), "one or two copies left, copy number unknown"
    minor, total = copies.minor_copies, copies.total_copies
    if minor is not None and minor >= MAX_LOST_MINOR_COPIES:
        return (), f"minor copy number {minor:.2g}, so both alleles are there"
    if copies.state == "deep_deletion":
        return (), "the gene is deleted"
    if minor is not None and total is not None:
        return (max(1, round(total)),), f"{max(1, round(total))} copies left by the copy-number caller"
    if copies.state == "loss":
        return (1,), "one copy left by copy number"
    if copies.state != "neutral":
        return (), f"copy number is in state {copies.state}, and how many copies carry the hit is not known"
    # Computed at purity 1, a loss of one copy looks neutral in a sample of purity below one half.
    return (1, 2), "one or two copies left, which total copies without purity do not tell"


def _doubt(variant: Variant, reads: tuple[int, int], *, has_normal: bool, at_hotspot: bool) -> str:
    """Say why the reads of a hit are no measure of purity; empty: they are."""
    alt, depth = reads
    if alt == 0:
        return "no read carries the hit"
    if alt / depth > MAX_EXPECTED_VAF:
        return f"{alt} of {depth} reads are more than a clonal hit beside normal cells is expected to have"
    if has_normal or at_hotspot:
        return ""
    if variant.is_common:
        found = f"an allele frequency of {variant.population_frequency:.2g} in the population"
        return f"without a normal, {found} speaks for germline"
    low, high = clopper_pearson(alt, depth)
    if low <= 0.5 <= high:
        return f"without a normal, {alt} of {depth} reads fit a heterozygous germline variant"
    return ""


def _from_reads(label: str, reads: tuple[int, int], models: Sequence[int], shown: str) -> Purity:
    alt, depth = reads
    vaf_low, vaf_high = clopper_pearson(alt, depth)
    at_reads = [purity_at(alt / depth, copies) for copies in models]
    value = (min(at_reads) + max(at_reads)) / 2
    low = min(purity_at(vaf_low, copies) for copies in models)
    high = max(purity_at(vaf_high, copies) for copies in models)
    found = f"{label}, {alt} of {depth} reads, {shown}"
    if high - low > MAX_INTERVAL_WIDTH:
        return unknown_purity(f"not given, and TP53 cannot tell: {low:.2f} to {high:.2f} ({found})")
    reason = f"estimated from TP53 {found}; holds if the hit is clonal and no copy is whole, as in nearly all SCLC"
    return Purity(value, low, high, "tp53_vaf", reason)
