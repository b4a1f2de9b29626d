"""Judge what was seen in a driver gene: a driver event, or a variant set aside with its reason.

What a judgement rests on is in the two resource tables: which kinds of event count in a gene
(`driver_genes.tsv`) and which residues are hotspots (`hotspots.tsv`); the few constants below carry
their source or their reason. The rules, for a variant on
the representative transcript whose FILTER is accepted:

1. A missense change or in-frame indel at a hotspot is a ``hotspot`` event, likely oncogenic.
2. Truncating and splice-site changes of a tumour suppressor are likely oncogenic, apart from those
   known to keep the function (`DISPUTED_TRUNCATIONS`).
3. A missense change inside the domain given for a zygosity gene (TP53) is likely oncogenic; every
   other missense change, in-frame indel or lost stop codon is uncertain.
4. A kind of event that the gene does not list is set aside.
5. Events of a passenger-prone gene are never promoted; those of a context gene stay uncertain.

Amplifications of oncogenes and deep deletions of tumour suppressors follow the copy-number state; a
deep deletion of part of a gene is found by its lowest segment.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sclcohort.copy_number.genes import tumour_copies
from sclcohort.drivers.changes import ProteinChange, parse_protein_change

if TYPE_CHECKING:
    from sclcohort.drivers.genes import DriverGene
    from sclcohort.drivers.hotspots import Hotspot, Hotspots
    from sclcohort.drivers.records import GeneCopies, Variant
    from sclcohort.tables import Cell

LIKELY, UNCERTAIN, NOT_PROMOTED = "likely_oncogenic", "uncertain", "not_promoted"
INTRAGENIC_DEEP_DELETION = "intragenic_deep_deletion"
# A homozygous deletion of part of a gene: copies at its lowest segment as few as log2 ratio -2 means at
# purity 1 (science: CCLE, SCLC lines). Choice: the ratio itself must fall by half as well, because copies
# computed from a small purity turn the noise of a short segment into a deletion.
INTRAGENIC_MAX_COPIES = 0.5
INTRAGENIC_MAX_LOG2_RATIO = -1.0
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
CLASS_REMARKS = {
    "nsclc_like": "NSCLC-like genotype: a flag, not a driver of SCLC",
    "sclc_mimic": "suggests a tumour that mimics SCLC: a flag, not a driver of SCLC",
    "dna_repair": "DNA-repair gene: somatic or germline is not told apart here",
}


@dataclass(frozen=True)
class Event:
    """One driver event of one sample: a judged variant, or a copy-number change.

    ``variant`` is None for a copy-number change; ``copies`` is None where the gene has none.
    """

    sample_id: str
    gene: DriverGene
    name: str
    event_type: str
    oncogenic_call: str
    reason: str
    citation: str
    variant: Variant | None
    copies: GeneCopies | None

    @property
    def is_hit(self) -> bool:
        """Whether the event counts as a hit of its gene."""
        return self.oncogenic_call == LIKELY

    def as_row(self) -> dict[str, Cell]:
        """Return the event as a row of `contracts.EVENTS`."""
        row: dict[str, Cell] = {
            "sample_id": self.sample_id,
            "gene_symbol": self.gene.symbol,
            "event": self.name,
            "event_type": self.event_type,
            "gene_class": self.gene.gene_class,
            "oncogenic_call": self.oncogenic_call,
            "reason": self.reason,
            "citation": self.citation,
        }
        if self.copies is not None:
            row |= {"copies": self.copies.total_copies, "log2_ratio": self.copies.log2_ratio}
        if self.variant is not None:
            row |= {
                "hgvs_p": self.variant.hgvs_p,
                "consequence": self.variant.consequence,
                "chrom": self.variant.chrom,
                "position_1based": self.variant.position_1based,
                "ref": self.variant.ref,
                "alt": self.variant.alt,
                "depth_reads": self.variant.depth_reads,
                "alt_depth_reads": self.variant.alt_depth_reads,
                "vaf": self.variant.vaf,
            }
        return row


@dataclass(frozen=True)
class SetAside:
    """One variant in a driver gene that is not an event, with the reason.

    ``by_filter`` tells that its FILTER alone kept it from being judged.
    """

    variant: Variant
    reason: str
    by_filter: bool = False

    def as_row(self) -> dict[str, Cell]:
        """Return the variant as a row of `contracts.SET_ASIDE`."""
        return {
            "sample_id": self.variant.sample_id,
            "gene_symbol": self.variant.gene_symbol,
            "event": self.variant.label,
            "chrom": self.variant.chrom,
            "position_1based": self.variant.position_1based,
            "ref": self.variant.ref,
            "alt": self.variant.alt,
            "filter": self.variant.filter,
            "vaf": self.variant.vaf,
            "reason": self.reason,
        }


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
    hotspot = None if change is None else hotspots.at(gene.symbol, variant.consequence_class, change)
    event_type = variant.consequence_class
    if hotspot is not None and "hotspot" in gene.events and event_type in HOTSPOT_CLASSES:
        event_type = "hotspot"
    if event_type not in gene.events:
        return SetAside(variant, _not_counted(variant, gene, hotspot))
    call, reason = _call(event_type, variant, gene, change, hotspot)
    return Event(
        sample_id=variant.sample_id,
        gene=gene,
        name=variant.hgvs_p or _with_allele(variant.consequence, variant),
        event_type=event_type,
        oncogenic_call=call,
        reason=reason,
        citation=gene.citation if hotspot is None else f"{hotspot.citation}; {gene.citation}",
        variant=variant,
        copies=copies,
    )


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
        return _bounded_by_gene(LIKELY, _hotspot_remark(hotspot, change), gene)
    call, reason = _effect(event_type, variant, gene, change)
    if hotspot is not None:
        reason = f"{reason}; {_hotspot_remark(hotspot, change)}"
    return _bounded_by_gene(call, reason, gene)


def _bounded_by_gene(call: str, reason: str, gene: DriverGene) -> tuple[str, str]:
    """Hold a call within what an event of the gene may be called."""
    if gene.gene_class == "passenger_prone":
        return NOT_PROMOTED, f"{reason}; passenger-prone gene: shown, never promoted to a driver"
    if gene.role == "context":
        return UNCERTAIN, f"{reason}; {gene.symbol} is reported for context, it is no driver"
    remarks = [reason, CLASS_REMARKS.get(gene.gene_class)]
    if gene.certainty == "unverified":
        remarks.append(f"that {gene.symbol} drives in this way is unverified")
    return call, "; ".join(remark for remark in remarks if remark)


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


def copy_number_events(sample_id: str, gene: DriverGene, copies: GeneCopies, *, purity: float | None) -> list[Event]:
    """Return the copy-number events of one gene in one sample: none or one.

    Parameters
    ----------
    sample_id : str
        Sample.
    gene : DriverGene
        Gene; only the copy-number events that it lists are returned.
    copies : GeneCopies
        Copy number of the gene in the sample.
    purity : float or None
        Tumour purity in (0, 1]; None: unknown, 1 assumed for the copies at the lowest segment.
    """
    if copies.state in ("amplification", "deep_deletion"):
        if copies.state not in gene.events:
            return []
        return [_copy_number_event(sample_id, gene, copies, copies.state, _shown_copies(copies))]
    lowest = copies.lowest_log2_ratio
    if "deep_deletion" not in gene.events or not copies.is_covered or lowest is None:
        return []
    remaining = tumour_copies(lowest, 1.0 if purity is None else purity)
    if lowest > INTRAGENIC_MAX_LOG2_RATIO or remaining > INTRAGENIC_MAX_COPIES:
        return []
    shown = (
        f"log2 ratio {lowest:.3g} ({remaining:.2g} copies) at its lowest segment, {_shown_copies(copies)} on average"
    )
    return [_copy_number_event(sample_id, gene, copies, INTRAGENIC_DEEP_DELETION, shown)]


def _shown_copies(copies: GeneCopies) -> str:
    total = "unknown" if copies.total_copies is None else f"{copies.total_copies:.3g}"
    ratio = "unknown" if copies.log2_ratio is None else f"{copies.log2_ratio:.3g}"
    return f"{total} copies, log2 ratio {ratio}"


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
    call, reason = _bounded_by_gene(call, reason, gene)
    return Event(sample_id, gene, name, event_type, call, reason, gene.citation, None, copies)


def with_unique_names(events: Sequence[Event]) -> list[Event]:
    """Give events of one sample names that differ within each gene, in the order given.

    Two alleles may change the protein alike (two substitutions of one codon, two variants of one
    splice site). Where they do, each name is followed by its allele; all other names stay.
    """
    alike: defaultdict[tuple[str, str], int] = defaultdict(int)
    for event in events:
        alike[event.gene.symbol, event.name] += 1
    return [
        replace(event, name=_with_allele(event.name, event.variant))
        if event.variant is not None and alike[event.gene.symbol, event.name] > 1
        else event
        for event in events
    ]


def _with_allele(name: str, variant: Variant) -> str:
    return f"{name} [{variant.chrom}:{variant.position_1based} {variant.ref}>{variant.alt}]"


def representative(variants: Iterable[Variant]) -> Variant:
    """Return the row that speaks for an allele in a gene, out of its rows per transcript.

    The row of the representative transcript; without one, the first transcript by name, so that
    the allele can be set aside.
    """
    return min(variants, key=lambda variant: (not variant.is_representative, variant.transcript_id))
