"""The state of every driver gene in every sample, and why it is that state and no other.

Tumour suppressors get the states of `zygosity`. Any other gene is ``altered`` when it has a likely oncogenic
event, ``none`` when every kind of data that could show one of its events was there and none did. Either is
``not_covered`` when the target leaves the gene out, and else ``not_assessable``. Uncertain and unpromoted
events are no hits: they are named as evidence. ``none`` is never a proof that a gene is intact.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sclcohort.drivers.events import LIKELY, Event, SetAside
from sclcohort.drivers.zygosity import assess_zygosity

if TYPE_CHECKING:
    from sclcohort.drivers.genes import DriverGene
    from sclcohort.drivers.purity import Purity
    from sclcohort.drivers.records import GeneCopies
    from sclcohort.tables import Cell


# Choice: below this fraction of its coding bases in the target, a gene without a hit cannot be called free of one.
MIN_COVERED_FRACTION = 0.8


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
            What a reader calls the layer: ``variants``, ``structural variants``, ``copy number``.
        status : mapping or None
            Row of the status table of the layer.
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
class Target:
    """What was sequenced: its name, and how much of the coding bases of each gene it covers, 0 to 1."""

    name: str
    covered_fraction: Mapping[str, float]

    def fraction_of(self, gene_symbol: str) -> float:
        """Return the covered fraction of a gene; 1 where the target says nothing about it."""
        return self.covered_fraction.get(gene_symbol, 1.0)


@dataclass(frozen=True)
class SampleData:
    """One sample: its layers, its target, its purity as given, and the copy number of its genes.

    ``sheet_purity`` and ``fitted_purity`` (of the copy-number caller) are in (0, 1]; None where not given.
    ``has_normal`` is None where no variants were imported.
    """

    sample_id: str
    variants: Layer
    structural_variants: Layer
    copy_number: Layer
    copies: Mapping[str, GeneCopies]
    target: Target
    sheet_purity: float | None = None
    fitted_purity: float | None = None
    has_normal: bool | None = None

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
        Only the kinds of data that its events need are asked for.
    coverage : Coverage
        What the reference allows for the gene.

    Returns
    -------
    list of str
        Empty where nothing is missing; variants before structural variants before copy number.
    """
    gaps = []
    if gene.needs_variants:
        covered = sample.target.fraction_of(gene.symbol)
        if not sample.variants.is_imported:
            gaps.append(sample.variants.reason)
        elif not coverage.in_gene_model:
            gaps.append("the gene is not in the gene model, so its variants have no consequence")
        elif covered < MIN_COVERED_FRACTION:
            gaps.append(f"{sample.target.name} covers {covered:.0%} of its coding bases")
    if gene.needs_structural_variants and not sample.structural_variants.is_imported:
        gaps.append(f"it drives by a rearrangement inside it, and {sample.structural_variants.reason}")
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
    purity: Purity,
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
        What was set aside of this gene in this sample.
    purity : Purity
        Of the sample, not estimated from the reads of this gene.
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
    if not hits and is_outside_target(sample, gene, coverage):
        row |= {"state": "not_covered", "reason": f"{sample.target.name} leaves the gene out; no other data show a hit"}
    elif gene.has_zygosity:
        zygosity = assess_zygosity(hits, copies, purity=purity, gaps=gaps, max_error_probability=max_error_probability)
        row |= {
            "state": zygosity.state,
            "mechanism": zygosity.mechanism,
            "second_hit": zygosity.second_hit,
            "confidence": zygosity.confidence,
            "reason": zygosity.reason,
        }
    else:
        state, reason = _state_without_zygosity(hits, gaps)
        row |= {"state": state, "reason": reason}
    filtered = sum(one.by_filter for one in set_aside)
    if not hits and filtered:
        row["reason"] = f"{row['reason']}; {filtered} variant(s) of the gene set aside by FILTER"
    return row | {"evidence": describe_evidence(gene, events, copies, purity)}


def is_outside_target(sample: SampleData, gene: DriverGene, coverage: Coverage) -> bool:
    """Tell whether variants were looked for, but not in this gene."""
    looked = sample.variants.is_imported and gene.needs_variants and coverage.in_gene_model
    return looked and sample.target.fraction_of(gene.symbol) == 0


def _state_without_zygosity(hits: Sequence[Event], gaps: Sequence[str]) -> tuple[str, str]:
    if hits:
        return "altered", f"{len(hits)} likely oncogenic event(s)"
    if gaps:
        return "not_assessable", f"no likely oncogenic event seen, but {'; '.join(gaps)}"
    return "none", "no likely oncogenic event seen in the data that could show one"


def describe_evidence(gene: DriverGene, events: Sequence[Event], copies: GeneCopies | None, purity: Purity) -> str:
    """Name the events and measurements that a state rests on, most telling first.

    Events come with their VAF and reads, and with their call where it is not likely oncogenic; then
    the copies of the gene, and for zygosity genes the purity. Empty where nothing was seen.
    """
    parts = [_describe_event(event) for event in sorted(events, key=lambda one: (not one.is_hit, one.name))]
    if copies is not None:
        parts.append(_describe_copies(copies))
    if gene.has_zygosity and parts:
        parts.append(_describe_purity(purity))
    return "; ".join(parts)


def _describe_event(event: Event) -> str:
    remarks = [] if event.oncogenic_call == LIKELY else [event.oncogenic_call.replace("_", " ")]
    if event.variant is not None:
        vaf, reads = event.variant.vaf, event.variant.reads
        remarks.append("VAF unknown" if vaf is None else f"VAF {vaf:.2g}")
        remarks.append("reads unknown" if reads is None else f"{reads[0]} of {reads[1]} reads")
    if event.disruption is not None and event.disruption.supporting_reads is not None:
        remarks.append(f"{event.disruption.supporting_reads} reads")
    return f"{event.name} ({', '.join(remarks)})" if remarks else event.name


def _describe_purity(purity: Purity) -> str:
    if purity.value is None:
        return "purity unknown"
    if purity.low is None or purity.high is None:
        return f"purity {purity.value:.2g}"
    return f"purity {purity.value:.2g} ({purity.low:.2g} to {purity.high:.2g})"


def _describe_copies(copies: GeneCopies) -> str:
    total = "unknown" if copies.total_copies is None else f"{copies.total_copies:.3g}"
    minor = "" if copies.minor_copies is None else f", minor {copies.minor_copies:.2g}"
    covered = "" if copies.covered_fraction >= 1 else f", {copies.covered_fraction:.0%} of the gene covered"
    return f"copies {total}{minor} ({copies.state.replace('_', ' ')}{covered})"
