"""Judge a small variant of a driver gene: a driver event, or set aside with its reason.

The rules, for a variant on the representative transcript whose FILTER is accepted:

1. A missense change or in-frame indel at a hotspot is a ``hotspot`` event, likely oncogenic.
2. Truncating and splice-site changes of a tumour suppressor are likely oncogenic, apart from those
   known to keep the function (`DISPUTED_TRUNCATIONS`).
3. A missense change inside the domain given for a zygosity gene (TP53) is likely oncogenic; every
   other missense change, in-frame indel or lost stop codon is uncertain.
4. A kind of event that the gene does not list is set aside.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from sclcohort.drivers.changes import ProteinChange, parse_protein_change
from sclcohort.drivers.events import LIKELY, UNCERTAIN, Event, SetAside, bounded_by_gene, with_allele

if TYPE_CHECKING:
    from sclcohort.drivers.genes import DriverGene
    from sclcohort.drivers.hotspots import Hotspot, Hotspots
    from sclcohort.drivers.records import GeneCopies, Variant

# Classes of change that the hotspot table holds, apart from stop codons.
HOTSPOT_CLASSES = ("missense", "inframe_indel")
KIND_NAMES = {
    "hotspot": "a hotspot change",
    "truncating": "a truncating change",
    "splice": "a splice-site change",
    "missense": "a missense change",
    "inframe_indel": "an in-frame indel",
    "stop_lost": "a lost stop codon",
}
# Truncating changes that the rule for tumour suppressors would get wrong. Rafnar T et al. 2018 J Natl Cancer
# Inst, doi:10.1093/jnci/djy002: homozygous carriers live long and have children, the transcript is stable.
DISPUTED_TRUNCATIONS = {
    ("BRCA2", "p.K3326*"): "a germline polymorphism that loses the last 93 residues and keeps most of the function",
}


def read_together(variants: Sequence[Variant]) -> tuple[list[Variant], list[SetAside]]:
    """Join the variants of a gene that the caller's phase proves to lie on one haplotype.

    Parameters
    ----------
    variants : sequence of Variant
        Of one gene in one sample.

    Returns
    -------
    list of Variant
        In the order given; the first of each group stands for it, with the joint change and class.
    list of SetAside
        The others of each group.
    """
    groups: defaultdict[tuple[str, str], list[Variant]] = defaultdict(list)
    for variant in variants:
        if variant.joint_hgvs_p and variant.filter_accepted:
            groups[variant.phase_set, variant.joint_hgvs_p].append(variant)
    joined = {id(others[0]): others for others in groups.values() if len(others) > 1}
    rest = {id(other): others[0] for others in joined.values() for other in others[1:]}
    read: list[Variant] = []
    left: list[SetAside] = []
    for variant in variants:
        if id(variant) in rest:
            first = rest[id(variant)]
            reason = f"on one haplotype with {with_allele(first.label, first)}: read together as {first.joint_hgvs_p}"
            left.append(SetAside(variant, reason))
        elif id(variant) in joined:
            read.append(replace(variant, hgvs_p=variant.joint_hgvs_p, consequence_class=variant.joint_class))
        else:
            read.append(variant)
    return read, left


def judge_variant(
    variant: Variant, gene: DriverGene, hotspots: Hotspots, copies: GeneCopies | None
) -> Event | SetAside:
    """Judge one variant of a driver gene by the rules at the head of this module.

    Parameters
    ----------
    variant : Variant
        Its row on the representative transcript, or on another where it has none there.
    gene : DriverGene
        The gene of the variant.
    hotspots : Hotspots
        All hotspots.
    copies : GeneCopies or None
        Copy number of the gene in the sample, shown beside the event; None where unknown.
    """
    if not variant.filter_accepted:
        reason = f"FILTER {variant.filter or 'empty'} is not among variants.accepted_filters"
        return SetAside(variant, reason, by_filter=True)
    if not variant.is_representative:
        return SetAside(variant, "touches no coding base or splice site of the transcript that stands for the gene")
    if variant.consequence_class not in KIND_NAMES:
        return SetAside(variant, f"{variant.consequence_class}: changes no residue in a way that is judged")
    change = parse_protein_change(variant.hgvs_p)
    hotspot = hotspot_of(variant, hotspots)
    event_type = variant.consequence_class
    if hotspot is not None and "hotspot" in gene.events and event_type in HOTSPOT_CLASSES:
        event_type = "hotspot"
    if event_type not in gene.events:
        return SetAside(variant, _not_counted(variant, gene, hotspot))
    call, reason = _call(event_type, variant, gene, change, hotspot)
    return Event(
        sample_id=variant.sample_id,
        gene=gene,
        name=variant.hgvs_p or with_allele(variant.consequence, variant),
        event_type=event_type,
        oncogenic_call=call,
        reason=reason,
        citation=gene.citation if hotspot is None else f"{hotspot.citation}; {gene.citation}",
        variant=variant,
        copies=copies,
    )


def hotspot_of(variant: Variant, hotspots: Hotspots) -> Hotspot | None:
    """Return the hotspot that a variant lies at, None where there is none."""
    change = parse_protein_change(variant.hgvs_p)
    return None if change is None else hotspots.at(variant.gene_symbol, variant.consequence_class, change)


def _not_counted(variant: Variant, gene: DriverGene, hotspot: Hotspot | None) -> str:
    listed = ", ".join(gene.events)
    if hotspot is not None:
        kind = KIND_NAMES[variant.consequence_class]
        return f"{gene.symbol} counts {listed}; {kind} is not among them, although {_hotspot_remark(hotspot, None)}"
    what = f"{KIND_NAMES[variant.consequence_class]}{_outside_hotspots(variant.consequence_class, gene)}"
    return f"{gene.symbol} counts {listed}; this is {what}"


def _call(
    event_type: str, variant: Variant, gene: DriverGene, change: ProteinChange | None, hotspot: Hotspot | None
) -> tuple[str, str]:
    """Return the oncogenic call of a variant that counts, and the reason for it."""
    if event_type == "hotspot" and hotspot is not None:
        return bounded_by_gene(LIKELY, _hotspot_remark(hotspot, change), gene)
    call, reason = _effect(event_type, variant, gene, change)
    if hotspot is not None:
        reason = f"{reason}; {_hotspot_remark(hotspot, change)}"
    return bounded_by_gene(call, reason, gene)


def _effect(event_type: str, variant: Variant, gene: DriverGene, change: ProteinChange | None) -> tuple[str, str]:
    """Call a change by its consequence alone, hotspots and the class of the gene left aside."""
    disputed = DISPUTED_TRUNCATIONS.get((gene.symbol, variant.hgvs_p))
    if disputed is not None:
        return UNCERTAIN, f"{KIND_NAMES[event_type]}: {disputed}"
    if event_type in ("truncating", "splice") and gene.is_suppressor:
        return LIKELY, f"{KIND_NAMES[event_type]} of a tumour suppressor"
    if event_type == "missense" and gene.domain is not None:
        return _domain_effect(gene, gene.domain, variant.protein_position if change is None else change.first_position)
    return UNCERTAIN, f"{KIND_NAMES[event_type]}{_outside_hotspots(event_type, gene)}, of unknown effect"


def _outside_hotspots(event_type: str, gene: DriverGene) -> str:
    return " outside the hotspots" if event_type in HOTSPOT_CLASSES and "hotspot" in gene.events else ""


def _domain_effect(gene: DriverGene, domain: tuple[int, int], position: int | None) -> tuple[str, str]:
    """Call a missense change of a gene for which a domain is given."""
    what = f"a missense change{_outside_hotspots('missense', gene)}"
    if position is None:
        return UNCERTAIN, f"{what}, of unknown effect: its residue is not known"
    residues = f"residues {domain[0]}-{domain[1]}"
    if not domain[0] <= position <= domain[1]:
        return UNCERTAIN, f"{what} and outside {residues}, of unknown effect"
    inside = f"{what}, inside {residues}, where missense changes inactivate"
    # driver_genes.tsv: the domain decides only where loss of both copies is asked for, which is TP53.
    return (LIKELY, inside) if gene.zygosity else (UNCERTAIN, f"{inside}; the effect of this one is unknown")


def _hotspot_remark(hotspot: Hotspot, change: ProteinChange | None) -> str:
    seen = change is not None and hotspot.has_seen(change)
    if hotspot.kind == "truncating":
        return f"{hotspot.name} recurs across cancers through stop codons"
    if hotspot.kind == "inframe_indel":
        which = "this very change" if seen else "another change of that region"
        return f"at the in-frame hotspot {hotspot.name}{hotspot.alternates} across cancers ({which})"
    by_stop = ", which recurs through stop codons too" if hotspot.recurs_by_stop else ""
    which = "alternate seen there" if seen else "other alternate"
    return f"at the hotspot residue {hotspot.name} across cancers{by_stop} ({which})"
