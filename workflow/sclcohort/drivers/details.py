"""What is found out about a small variant that is an event: origin, clonality, oncogenicity, disagreements.

A variant that is likely germline counts as no hit: what it takes from the tumour is not told from what the
patient was born with. DNA-repair genes are the exception, whose germline variants are what is looked for.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sclcohort.copy_number.genes import tumour_copies
from sclcohort.drivers.clonality import cancer_cell_fraction
from sclcohort.drivers.events import LIKELY, UNCERTAIN, Event
from sclcohort.drivers.oncogenicity import assess_oncogenicity
from sclcohort.drivers.origin import Origin, judge_origin
from sclcohort.drivers.variant_events import hotspot_of

if TYPE_CHECKING:
    from sclcohort.drivers.knowledge import Knowledge
    from sclcohort.drivers.purity import Purity
    from sclcohort.drivers.records import GeneCopies, Variant
    from sclcohort.drivers.states import SampleData
    from sclcohort.tables import Cell


def with_details(event: Event, sample: SampleData, purity: Purity, knowledge: Knowledge) -> Event:
    """Return an event with what is found out about it; events that are no small variant as they are.

    Parameters
    ----------
    event : Event
        As judged.
    sample : SampleData
        Its sample.
    purity : Purity
        Of the sample; not used on the gene that it was estimated from.
    knowledge : Knowledge
        Resource tables.
    """
    variant = event.variant
    if variant is None:
        return event
    own = purity.independent_of(event.gene.symbol)
    hotspot = hotspot_of(variant, knowledge.hotspots)
    copies = at_purity(event.copies, own)
    origin = judge_origin(
        variant,
        has_normal=sample.has_normal,
        at_hotspot=hotspot is not None,
        copies=copies,
        purity=own,
        population_configured=knowledge.population_configured,
        max_error_probability=knowledge.max_error_probability,
    )
    oncogenicity = assess_oncogenicity(
        variant,
        event.gene,
        hotspot,
        knowledge.oncogenic_variants,
        last_junction_residue=knowledge.last_junctions.get(variant.transcript_id),
        protein_residues=knowledge.protein_residues.get(event.gene.symbol),
        population_configured=knowledge.population_configured,
    )
    details: dict[str, Cell] = {"origin": origin.call, "origin_reason": origin.reason}
    details |= oncogenicity.as_cells()
    if origin.call != "likely_germline":
        found = cancer_cell_fraction(variant.reads, copies=event.copies, purity=own, chrom=variant.chrom)
        details |= found.as_cells()
    details["annotation"] = describe_disagreement(variant)
    return replace(_without_germline(event, origin), details=details)


def at_purity(copies: GeneCopies | None, purity: Purity) -> GeneCopies | None:
    """Return copies at a purity that the copy-number stage did not know: computed from a log2 ratio, it took 1."""
    if copies is None or purity.source != "tp53_vaf" or purity.value is None:
        return copies
    if copies.minor_copies is not None or copies.log2_ratio is None:
        return copies
    return replace(copies, total_copies=tumour_copies(copies.log2_ratio, purity.value))


def _without_germline(event: Event, origin: Origin) -> Event:
    if origin.call != "likely_germline" or event.oncogenic_call != LIKELY or event.gene.gene_class == "dna_repair":
        return event
    return replace(event, oncogenic_call=UNCERTAIN, reason=f"{event.reason}; likely germline, so it counts as no hit")


def describe_disagreement(variant: Variant) -> str:
    """Return what the file's own annotation says where it disagrees with ours; empty where it does not."""
    if variant.annotation_agrees is not False:
        return ""
    said = " ".join(filter(None, (variant.annotation_consequence, variant.annotation_hgvs_p)))
    return f"{variant.annotation_source}: {said or 'no consequence'}"
