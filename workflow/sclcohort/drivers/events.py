"""What a judgement of a driver gene is: an event with its call, or something set aside with its reason.

What may be called is in the resource tables: which kinds of event count in a gene (`driver_genes.tsv`). Events of a
passenger-prone gene are never promoted; those of a context gene stay uncertain.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from sclcohort.contracts import COPY_NUMBER_EVENTS
from sclcohort.drivers.records import Disruption

if TYPE_CHECKING:
    from sclcohort.drivers.genes import DriverGene
    from sclcohort.drivers.records import GeneCopies, Variant
    from sclcohort.tables import Cell

LIKELY, UNCERTAIN, NOT_PROMOTED = "likely_oncogenic", "uncertain", "not_promoted"
CLASS_REMARKS = {
    "nsclc_like": "NSCLC-like genotype: a flag, not a driver of SCLC",
    "sclc_mimic": "suggests a tumour that mimics SCLC: a flag, not a driver of SCLC",
    "dna_repair": "DNA-repair gene: somatic or germline is not told apart here",
}


@dataclass(frozen=True)
class Event:
    """One driver event of one sample: a judged variant, a copy-number change, or a rearrangement.

    ``variant`` and ``disruption`` are None where the event is of another kind; ``copies`` is None where
    the gene has none. ``details`` holds what was found out about the event later: origin, clonality,
    oncogenicity, by column of `contracts.EVENTS`.
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
    disruption: Disruption | None = None
    details: Mapping[str, Cell] = field(default_factory=dict)

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
            row |= {
                "copies": self.copies.total_copies,
                "ploidy_ratio": self.copies.ploidy_ratio,
                "log2_ratio": self.copies.log2_ratio,
            }
            if self.event_type in COPY_NUMBER_EVENTS:
                row["focality"] = self.copies.focality
        if self.variant is not None:
            row |= {
                "hgvs_c": self.variant.hgvs_c,
                "hgvs_p": self.variant.hgvs_p,
                "consequence": self.variant.consequence,
                "chrom": self.variant.chrom,
                "position_1based": self.variant.position_1based,
                "ref": self.variant.ref,
                "alt": self.variant.alt,
                "depth_reads": self.variant.depth_reads,
                "alt_depth_reads": self.variant.alt_depth_reads,
                "vaf": self.variant.vaf,
                "callers": self.variant.callers,
                "callers_given": self.variant.callers_given,
            }
        if self.disruption is not None:
            row |= {
                "chrom": self.disruption.chrom,
                "position_1based": self.disruption.position_1based,
                "ref": "N",
                "alt": f"<{self.disruption.sv_type}>",
                "depth_reads": self.disruption.depth_reads,
                "alt_depth_reads": self.disruption.supporting_reads,
            }
        return row | dict(self.details)


@dataclass(frozen=True)
class SetAside:
    """One variant or rearrangement in a driver gene that is not an event, with the reason.

    ``by_filter`` tells that its FILTER alone kept it from being judged.
    """

    found: Variant | Disruption
    reason: str
    by_filter: bool = False

    def as_row(self) -> dict[str, Cell]:
        """Return it as a row of `contracts.SET_ASIDE`."""
        found = self.found
        row: dict[str, Cell] = {
            "sample_id": found.sample_id,
            "gene_symbol": found.gene_symbol,
            "chrom": found.chrom,
            "position_1based": found.position_1based,
            "filter": found.filter,
            "reason": self.reason,
        }
        if isinstance(found, Disruption):
            return row | {"event": found.event, "ref": "N", "alt": f"<{found.sv_type}>"}
        return row | {"event": found.label, "ref": found.ref, "alt": found.alt, "vaf": found.vaf}


def bounded_by_gene(call: str, reason: str, gene: DriverGene) -> tuple[str, str]:
    """Hold a call within what an event of the gene may be called."""
    if gene.gene_class == "passenger_prone":
        return NOT_PROMOTED, f"{reason}; passenger-prone gene: shown, never promoted to a driver"
    if gene.role == "context":
        return UNCERTAIN, f"{reason}; {gene.symbol} is reported for context, it is no driver"
    remarks = [reason, CLASS_REMARKS.get(gene.gene_class)]
    if gene.certainty == "unverified":
        remarks.append(f"that {gene.symbol} drives in this way is unverified")
    return call, "; ".join(remark for remark in remarks if remark)


def with_unique_names(events: Sequence[Event]) -> list[Event]:
    """Give events of one sample names that differ within each gene, in the order given.

    Two alleles may change the protein alike (two substitutions of one codon, two variants of one
    splice site). Where they do, each name is followed by its allele; all other names stay.
    """
    alike: defaultdict[tuple[str, str], int] = defaultdict(int)
    for event in events:
        alike[event.gene.symbol, event.name] += 1
    return [
        replace(event, name=with_allele(event.name, event.variant))
        if event.variant is not None and alike[event.gene.symbol, event.name] > 1
        else event
        for event in events
    ]


def with_allele(name: str, variant: Variant) -> str:
    """Return a name followed by the allele."""
    return f"{name} [{variant.chrom}:{variant.position_1based} {variant.ref}>{variant.alt}]"
