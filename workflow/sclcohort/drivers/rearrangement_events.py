"""Judge what a structural variant does to a driver gene: a driver event, or set aside with its reason.

A junction whose FILTER is accepted counts as follows:

1. The loss of exons 2 and/or 3 of TP73, the rest kept, makes the oncogenic isoform: likely oncogenic.
2. A junction that takes coding bases from a tumour suppressor, or cuts its transcript apart: likely oncogenic.
3. A fusion that is known to drive (RLF::MYCL, EML4::ALK): likely oncogenic; another fusion of an oncogene: uncertain.
4. A junction inside an intron, and a kind of event that the gene does not list, are set aside.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sclcohort.drivers.events import LIKELY, UNCERTAIN, Event, SetAside, bounded_by_gene

if TYPE_CHECKING:
    from sclcohort.drivers.genes import DriverGene
    from sclcohort.drivers.records import Disruption, GeneCopies

# George J et al. 2015 Nature 524:47, doi:10.1038/nature14664: TP73 rearrangements of SCLC lose exons 2 and/or 3.
ISOFORM_EXONS = {"TP73": frozenset((2, 3))}
# Partner and gene. Rudin CM et al. 2012 Nat Genet 44:1111, doi:10.1038/ng.2405: RLF-MYCL1, recurrent in SCLC.
# Soda M et al. 2007 Nature 448:561, doi:10.1038/nature05945: EML4-ALK, of adenocarcinoma.
DRIVING_FUSIONS = frozenset((("RLF", "MYCL"), ("EML4", "ALK")))
EFFECTS = {
    "exon_deletion": "a deletion of exons",
    "exon_duplication": "a duplication of exons",
    "gene_deletion": "a deletion of the whole gene",
    "gene_duplication": "a duplication of the whole gene",
    "breakpoint_in_gene": "a breakpoint inside the gene",
    "fusion": "a fusion",
    "intronic": "a junction inside an intron",
}


def judge_disruption(found: Disruption, gene: DriverGene, copies: GeneCopies | None) -> Event | SetAside:
    """Judge one junction in a driver gene by the rules at the head of this module.

    Parameters
    ----------
    found : Disruption
        The junction, and what it does to the gene.
    gene : DriverGene
        The gene.
    copies : GeneCopies or None
        Copy number of the gene in the sample, shown beside the event; None where unknown.
    """
    if not found.filter_accepted:
        reason = f"FILTER {found.filter or 'empty'} is not among variants.accepted_filters"
        return SetAside(found, reason, by_filter=True)
    what = EFFECTS[found.effect] + (f" ({found.exons})" if found.exons else "")
    known_fusion = found.effect == "fusion" and (found.partner_gene, gene.symbol) in DRIVING_FUSIONS
    if found.effect == "fusion" and not found.disrupts and "fusion" not in gene.events:
        return SetAside(found, f"{what} with {found.partner_gene}; {gene.symbol} counts {', '.join(gene.events)}")
    if not found.disrupts and not known_fusion and found.effect != "fusion":
        return SetAside(found, f"{what}: touches no coding base and leaves the transcript whole")
    event_type = "fusion" if found.effect == "fusion" and "fusion" in gene.events else "rearrangement"
    if event_type not in gene.events:
        return SetAside(found, f"{gene.symbol} counts {', '.join(gene.events)}; this is {what}")
    call, reason = _call(found, gene, what, is_known_fusion=known_fusion)
    if found.supporting_reads is not None:
        reason = f"{reason}; {found.supporting_reads} reads support it"
    call, reason = bounded_by_gene(call, reason, gene)
    return Event(
        sample_id=found.sample_id,
        gene=gene,
        name=found.event,
        event_type=event_type,
        oncogenic_call=call,
        reason=reason,
        citation=gene.citation,
        variant=None,
        copies=copies,
        disruption=found,
    )


def _call(found: Disruption, gene: DriverGene, what: str, *, is_known_fusion: bool) -> tuple[str, str]:
    isoform = ISOFORM_EXONS.get(gene.symbol)
    if isoform is not None:
        if found.lost_exons and found.lost_exons <= isoform:
            return LIKELY, f"{what}, the others kept: makes the oncogenic isoform"
        return UNCERTAIN, f"{what}, other than the loss of exons 2 and 3 that is known to drive"
    if is_known_fusion:
        return LIKELY, f"{what} with {found.partner_gene}, known to drive"
    if gene.is_suppressor:
        return LIKELY, f"{what}: breaks a tumour suppressor"
    return UNCERTAIN, f"{what} with {found.partner_gene or 'a place outside genes'}, of unknown effect"
