"""Judge one sample: its variants, its rearrangements and the copy number of its driver genes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sclcohort.drivers.copy_number_events import copy_number_events
from sclcohort.drivers.details import with_details
from sclcohort.drivers.events import Event, SetAside, with_unique_names
from sclcohort.drivers.purity import ESTIMATED_FROM, Purity, estimate_purity
from sclcohort.drivers.rearrangement_events import judge_disruption
from sclcohort.drivers.records import Disruption, Variant
from sclcohort.drivers.states import Coverage, SampleData, assess_gene
from sclcohort.drivers.variant_events import judge_variant, read_together

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sclcohort.drivers.knowledge import Knowledge
    from sclcohort.tables import Cell


@dataclass(frozen=True)
class Judged:
    """What one sample shows: its events, what was set aside, its purity."""

    events: Sequence[Event]
    left: Sequence[SetAside]
    purity: Purity

    def disagreements(self) -> Iterator[dict[str, Cell]]:
        """Yield the variants on which the file's own annotation disagrees, as rows of their contract."""
        found: list[tuple[Variant | Disruption | None, str]] = [(event.variant, event.name) for event in self.events]
        for variant, name in [*found, *((one.found, "") for one in self.left)]:
            if isinstance(variant, Variant) and variant.annotation_agrees is False:
                yield {
                    "sample_id": variant.sample_id,
                    "gene_symbol": variant.gene_symbol,
                    "chrom": variant.chrom,
                    "position_1based": variant.position_1based,
                    "ref": variant.ref,
                    "alt": variant.alt,
                    "transcript_id": variant.transcript_id,
                    "consequence": variant.consequence,
                    "hgvs_p": variant.hgvs_p,
                    "annotation_source": variant.annotation_source,
                    "annotation_consequence": variant.annotation_consequence,
                    "annotation_hgvs_p": variant.annotation_hgvs_p,
                    "event": name,
                }


def judge_sample(
    sample: SampleData,
    knowledge: Knowledge,
    variants: Sequence[Variant],
    disruptions: Sequence[Disruption],
) -> Judged:
    """Judge one sample: its variants, its rearrangements, then the copy number of its genes.

    Parameters
    ----------
    sample : SampleData
        The sample.
    knowledge : Knowledge
        Resource tables.
    variants, disruptions : sequence
        Of driver genes, in any order.
    """
    found: list[Event | SetAside] = []
    for of_gene in _by_gene(variants):
        readable, left = read_together(of_gene)
        found += left
        found += [_judge_one(variant, sample, knowledge) for variant in readable]
    for disruption in sorted(disruptions, key=lambda one: (one.gene_symbol, one.event)):
        gene = knowledge.genes[disruption.gene_symbol]
        found.append(judge_disruption(disruption, gene, sample.copies_of(gene.symbol)))
    for symbol, gene in knowledge.genes.items():
        copies = sample.copies_of(symbol)
        if copies is not None:
            found += copy_number_events(sample.sample_id, gene, copies)
    events = [one for one in found if isinstance(one, Event)]
    purity = estimate_purity(
        sheet=sample.sheet_purity,
        copy_number_caller=sample.fitted_purity,
        hits=[event for event in events if event.gene.symbol == ESTIMATED_FROM and event.is_hit],
        copies=sample.copies_of(ESTIMATED_FROM),
        has_normal=sample.has_normal,
    )
    detailed = [with_details(event, sample, purity, knowledge) for event in events]
    return Judged(with_unique_names(detailed), [one for one in found if isinstance(one, SetAside)], purity)


def _by_gene(variants: Iterable[Variant]) -> list[list[Variant]]:
    """Return variants by gene, alleles in order, as the events of a sample are listed."""
    genes: defaultdict[str, list[Variant]] = defaultdict(list)
    for variant in sorted(variants, key=lambda one: (one.allele, one.gene_symbol)):
        genes[variant.gene_symbol].append(variant)
    return list(genes.values())


def _judge_one(variant: Variant, sample: SampleData, knowledge: Knowledge) -> Event | SetAside:
    masked = knowledge.artefacts.mask(variant)
    if masked is not None and variant.filter_accepted:
        return SetAside(variant, masked)
    gene = knowledge.genes[variant.gene_symbol]
    return judge_variant(variant, gene, knowledge.hotspots, sample.copies_of(gene.symbol))


def assess_sample(
    sample: SampleData,
    judged: Judged,
    knowledge: Knowledge,
    covered: Mapping[str, Coverage],
) -> Iterator[dict[str, Cell]]:
    """Yield the state of every driver gene in a sample, as rows of `contracts.GENE_STATES`."""
    events: defaultdict[str, list[Event]] = defaultdict(list)
    left: defaultdict[str, list[SetAside]] = defaultdict(list)
    for event in judged.events:
        events[event.gene.symbol].append(event)
    for one in judged.left:
        left[one.found.gene_symbol].append(one)
    for symbol, gene in knowledge.genes.items():
        yield assess_gene(
            sample,
            gene,
            covered[symbol],
            events[symbol],
            left[symbol],
            purity=judged.purity.independent_of(symbol),
            max_error_probability=knowledge.max_error_probability,
        )
