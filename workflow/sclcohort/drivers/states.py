"""The state of every driver gene in every sample, and why it is that state and no other.

Zygosity genes (TP53, RB1, PTEN) get the states of `zygosity`. Any other gene is ``altered`` when it
has a likely oncogenic event, ``none`` when every kind of data that could show one of its events was
there and none did, and else ``not_assessable``. Uncertain and unpromoted events never make a gene
altered: they are named as evidence. ``none`` is never a proof that a gene is intact.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sclcohort.drivers.events import LIKELY, Event, SetAside
from sclcohort.drivers.zygosity import assess_zygosity

if TYPE_CHECKING:
    from sclcohort.drivers.genes import DriverGene
    from sclcohort.drivers.records import GeneCopies
    from sclcohort.tables import Cell


@dataclass(frozen=True)
class Layer:
    """One kind of data of one sample: whether it was imported, and if not, why."""

    is_imported: bool
    reason: str

    @classmethod
    def from_status(cls, layer: str, status: Mapping[str, Any] | None) -> Layer:
        """Make a layer of its status row; None where the stage was not run for the sample.

        Parameters
        ----------
        layer : str
            What a reader calls the layer: ``variants``, ``copy number``.
        status : mapping or None
            Row of `contracts.VARIANT_STATUS` or `contracts.COPY_NUMBER_STATUS`.
        """
        if status is None or status["state"] == "not_provided":
            return cls(False, f"{layer} not provided")
        if status["state"] == "refused":
            return cls(False, f"{layer} refused: {status['reason'] or 'no reason given'}")
        return cls(True, "")


@dataclass(frozen=True)
class Coverage:
    """What the configured reference allows for one gene; the columns of `contracts.REFERENCE_COVERAGE`."""

    in_gene_model: bool
    has_span: bool


@dataclass(frozen=True)
class SampleData:
    """One sample: its layers, purity in (0, 1] or None, and the copy number of its genes."""

    sample_id: str
    purity: float | None
    variants: Layer
    copy_number: Layer
    copies: Mapping[str, GeneCopies]

    def copies_of(self, gene_symbol: str) -> GeneCopies | None:
        """Return the copy number of a gene, None where no segment says anything about it."""
        copies = self.copies.get(gene_symbol)
        return copies if copies is not None and copies.is_covered else None


def find_gaps(sample: SampleData, gene: DriverGene, coverage: Coverage) -> list[str]:
    """Say which data are missing that could have shown an event of the gene, a phrase for each.

    Parameters
    ----------
    sample : SampleData
        The sample.
    gene : DriverGene
        Only the kinds of data that its events need are asked for; zygosity needs both.
    coverage : Coverage
        What the reference allows for the gene.

    Returns
    -------
    list of str
        Empty where nothing is missing; variants before copy number.
    """
    gaps = []
    if gene.needs_variants:
        if not sample.variants.is_imported:
            gaps.append(sample.variants.reason)
        elif not coverage.in_gene_model:
            gaps.append("the gene is not in the gene model, so its variants have no consequence")
    if gene.needs_copy_number:
        if not sample.copy_number.is_imported:
            gaps.append(sample.copy_number.reason)
        elif not coverage.has_span:
            gaps.append("the reference gives no span of the gene, so its copy number cannot be read")
        elif sample.copies_of(gene.symbol) is None:
            gaps.append("no copy-number segment covers the gene")
    return gaps


def assess_gene(
    sample: SampleData,
    gene: DriverGene,
    coverage: Coverage,
    events: Sequence[Event],
    set_aside: Sequence[SetAside],
    *,
    max_error_probability: float,
) -> dict[str, Cell]:
    """Give the state of one driver gene in one sample.

    Parameters
    ----------
    sample, gene, coverage : SampleData, DriverGene, Coverage
        What is assessed, and what could be seen.
    events : sequence of Event
        Events of this gene in this sample.
    set_aside : sequence of SetAside
        Variants of this gene in this sample that were set aside.
    max_error_probability : float
        Largest probability at which the reads reject a model of zygosity, in (0, 1).

    Returns
    -------
    dict
        Row of `contracts.GENE_STATES`.
    """
    hits = [event for event in events if event.is_hit]
    gaps = find_gaps(sample, gene, coverage)
    copies = sample.copies_of(gene.symbol)
    row: dict[str, Cell] = {"sample_id": sample.sample_id, "gene_symbol": gene.symbol}
    if gene.zygosity:
        zygosity = assess_zygosity(
            hits, copies, purity=sample.purity, gaps=gaps, max_error_probability=max_error_probability
        )
        row |= {
            "state": zygosity.state,
            "second_hit": zygosity.second_hit,
            "confidence": zygosity.confidence,
            "reason": zygosity.reason,
        }
    else:
        state, reason = _state_without_zygosity(gene, hits, gaps)
        row |= {"state": state, "reason": reason}
    filtered = sum(variant.by_filter for variant in set_aside)
    if not hits and filtered:
        row["reason"] = f"{row['reason']}; {filtered} variant(s) of the gene set aside by FILTER"
    return row | {"evidence": describe_evidence(sample, gene, events, copies)}


def _state_without_zygosity(gene: DriverGene, hits: Sequence[Event], gaps: Sequence[str]) -> tuple[str, str]:
    if hits:
        return "altered", f"{len(hits)} likely oncogenic event(s)"
    if gaps:
        return "not_assessable", f"no likely oncogenic event seen, but {'; '.join(gaps)}"
    if gene.role == "isoform_oncogene":
        # TP73 drives by a rearrangement that neither small variants nor segments can exclude.
        return "not_assessable", "the gene drives by a rearrangement inside it, and structural variants are not read"
    return "none", "no likely oncogenic event seen in the data that could show one"


def describe_evidence(sample: SampleData, gene: DriverGene, events: Sequence[Event], copies: GeneCopies | None) -> str:
    """Name the events and measurements that a state rests on, most telling first.

    Events come with their VAF and reads, and with their call where it is not likely oncogenic; then
    the copies of the gene, and for zygosity genes the purity. Empty where nothing was seen.
    """
    parts = [_describe_event(event) for event in sorted(events, key=lambda one: (not one.is_hit, one.name))]
    if copies is not None:
        parts.append(_describe_copies(copies))
    if gene.zygosity and parts:
        parts.append("purity unknown" if sample.purity is None else f"purity {sample.purity:.2g}")
    return "; ".join(parts)


def _describe_event(event: Event) -> str:
    remarks = [] if event.oncogenic_call == LIKELY else [event.oncogenic_call.replace("_", " ")]
    if event.variant is not None:
        vaf, reads = event.variant.vaf, event.variant.reads
        remarks.append("VAF unknown" if vaf is None else f"VAF {vaf:.2g}")
        remarks.append("reads unknown" if reads is None else f"{reads[0]} of {reads[1]} reads")
    return f"{event.name} ({', '.join(remarks)})" if remarks else event.name


def _describe_copies(copies: GeneCopies) -> str:
    total = "unknown" if copies.total_copies is None else f"{copies.total_copies:.3g}"
    minor = "" if copies.minor_copies is None else f", minor {copies.minor_copies:.2g}"
    covered = "" if copies.covered_fraction >= 1 else f", {copies.covered_fraction:.0%} of the gene covered"
    return f"copies {total}{minor} ({copies.state.replace('_', ' ')}{covered})"
