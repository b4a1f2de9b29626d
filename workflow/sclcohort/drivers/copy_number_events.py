"""Judge the copy number of a driver gene: amplification of an oncogene, deep deletion of a tumour suppressor.

Both follow the copy-number state, and the numbers are always shown: whether a gene counts as amplified
depends on the threshold. A deep deletion of part of a gene is found by its lowest segment.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sclcohort.drivers.events import LIKELY, UNCERTAIN, Event, bounded_by_gene

if TYPE_CHECKING:
    from sclcohort.drivers.genes import DriverGene
    from sclcohort.drivers.records import GeneCopies

INTRAGENIC_DEEP_DELETION = "intragenic_deep_deletion"
# A homozygous deletion of part of a gene: copies at its lowest segment as few as log2 ratio -2 means at
# purity 1 (CCLE, SCLC lines). Choice: where there is a ratio, it must fall by half as well, because copies
# computed from a small purity turn the noise of a short segment into a deletion.
INTRAGENIC_MAX_COPIES = 0.5
INTRAGENIC_MAX_LOG2_RATIO = -1.0


def copy_number_events(sample_id: str, gene: DriverGene, copies: GeneCopies) -> list[Event]:
    """Return the copy-number events of one gene in one sample: none or one.

    Parameters
    ----------
    sample_id : str
        Sample.
    gene : DriverGene
        Gene; only the copy-number events that it lists are returned.
    copies : GeneCopies
        Copy number of the gene in the sample.
    """
    if copies.state in ("amplification", "deep_deletion"):
        if copies.state not in gene.events:
            return []
        return [_copy_number_event(sample_id, gene, copies, copies.state, _shown_copies(copies))]
    ratio, remaining = copies.lowest_log2_ratio, copies.lowest_copies
    if "deep_deletion" not in gene.events or not copies.is_covered or remaining is None:
        return []
    if remaining > INTRAGENIC_MAX_COPIES or (ratio is not None and ratio > INTRAGENIC_MAX_LOG2_RATIO):
        return []
    of_ratio = "" if ratio is None else f" (log2 ratio {ratio:.3g})"
    shown = f"{remaining:.2g} copies{of_ratio} at its lowest segment, {_shown_copies(copies)} on average"
    return [_copy_number_event(sample_id, gene, copies, INTRAGENIC_DEEP_DELETION, shown)]


def _shown_copies(copies: GeneCopies) -> str:
    total = "unknown" if copies.total_copies is None else f"{copies.total_copies:.3g}"
    ratio = "unknown" if copies.log2_ratio is None else f"{copies.log2_ratio:.3g}"
    of_ploidy = "" if copies.ploidy_ratio is None else f", {copies.ploidy_ratio:.3g} times the ploidy"
    focality = f", {copies.focality}" if copies.focality in ("focal", "broad") else ""
    return f"{total} copies{of_ploidy}, log2 ratio {ratio}{focality}"


def _copy_number_event(sample_id: str, gene: DriverGene, copies: GeneCopies, name: str, shown: str) -> Event:
    event_type = "amplification" if name == "amplification" else "deep_deletion"
    if event_type == "amplification":
        call = LIKELY if gene.role == "oncogene" else UNCERTAIN
        reason = f"amplification: {shown}; the call depends on the threshold, read the copies"
    else:
        call = LIKELY if gene.is_suppressor else UNCERTAIN
        of = "part of " if name == INTRAGENIC_DEEP_DELETION else ""
        reason = f"deep deletion of {of}{'a tumour suppressor' if gene.is_suppressor else 'the gene'}: {shown}"
    if gene.role == "isoform_oncogene":
        reason += "; the gene drives by the loss of some of its exons, and which are lost is not known"
    call, reason = bounded_by_gene(call, reason, gene)
    return Event(sample_id, gene, name, event_type, call, reason, gene.citation, None, copies)
