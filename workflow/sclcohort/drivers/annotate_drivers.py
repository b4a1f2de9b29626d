"""Step annotate-drivers: events, what was set aside, purity and gene states of every sample."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from sclcohort import contracts
from sclcohort.drivers.artefacts import read_artefacts
from sclcohort.drivers.cohort import read_cohort, read_coverage, read_of_drivers, read_proteins, read_targets
from sclcohort.drivers.genes import read_driver_genes
from sclcohort.drivers.hotspots import read_hotspots
from sclcohort.drivers.judge import assess_sample, judge_sample
from sclcohort.drivers.knowledge import Knowledge
from sclcohort.drivers.oncogenic_variants import read_oncogenic_variants
from sclcohort.drivers.oncogenicity import last_junctions
from sclcohort.drivers.records import Disruption, Variant
from sclcohort.errors import StepError
from sclcohort.tables import Cell, read_rows, write_rows

LOG = logging.getLogger(__name__)


def run(
    *,
    samples: Path,
    coding_variants: tuple[Path, ...],
    variant_status: tuple[Path, ...],
    structural_variants: tuple[Path, ...],
    structural_variant_status: tuple[Path, ...],
    copy_number: tuple[Path, ...],
    copy_number_status: tuple[Path, ...],
    coverage: Path,
    target_genes: Path,
    reference_genes: Path,
    coding_introns: Path,
    driver_genes: Path,
    hotspots: Path,
    artefacts: Path,
    oncogenic_variants: Path,
    population_configured: bool,
    max_error_probability: float,
    events: Path,
    set_aside: Path,
    gene_states: Path,
    purity: Path,
    annotation_disagreements: Path,
) -> None:
    """Call driver events per sample and gene, and the state of every driver gene.

    Parameters
    ----------
    samples : Path
        ``inputs/samples.tsv``: every sample gets a state for every driver gene.
    coding_variants, variant_status, structural_variants, structural_variant_status, copy_number, \
copy_number_status : tuple of Path
        Tables of the chunks, in any order.
    coverage, target_genes : Path
        Which driver genes the reference covers, and which of their bases each target.
    reference_genes, coding_introns : Path
        Proteins and introns of the representative transcripts.
    driver_genes, hotspots, artefacts, oncogenic_variants : Path
        Tables of ``resources/``.
    population_configured : bool
        Whether allele frequencies of a population were looked up.
    max_error_probability : float
        Largest probability at which the reads of a hit reject a model of its zygosity, in (0, 1).
    events, set_aside, gene_states, purity, annotation_disagreements : Path
        Tables to write.

    Raises
    ------
    StepError
        A table names a sample that the sheet lacks, lacks a sample whose data the sheet names or a
        gene of the driver table; `max_error_probability` is out of range.
    TableError
        A table breaks its contract.
    """
    if not 0 < max_error_probability < 1:
        raise StepError(f"max_error_probability is {max_error_probability:g}; give a probability between 0 and 1")
    genes = read_driver_genes(driver_genes)
    covered = read_coverage(coverage, genes)
    cohort = read_cohort(
        samples,
        variant_status=variant_status,
        structural_variant_status=structural_variant_status,
        copy_number_status=copy_number_status,
        copy_number=copy_number,
        targets=read_targets(target_genes, genes),
        genes=genes,
    )
    residues, transcripts = read_proteins(reference_genes, genes)
    introns = read_rows(coding_introns, contracts.CODING_INTRONS, {"transcript_id": transcripts})
    knowledge = Knowledge(
        genes=genes,
        hotspots=read_hotspots(hotspots),
        artefacts=read_artefacts(artefacts),
        oncogenic_variants=read_oncogenic_variants(oncogenic_variants),
        last_junctions=last_junctions(introns),
        protein_residues=residues,
        population_configured=population_configured,
        max_error_probability=max_error_probability,
    )
    variants = read_of_drivers(coding_variants, contracts.CODING_VARIANTS, Variant, genes, cohort)
    disruptions = read_of_drivers(structural_variants, contracts.GENE_DISRUPTIONS, Disruption, genes, cohort)
    judged = {
        sample_id: judge_sample(sample, knowledge, variants.get(sample_id, ()), disruptions.get(sample_id, ()))
        for sample_id, sample in cohort.items()
    }
    write_rows(events, contracts.EVENTS, (event.as_row() for one in judged.values() for event in one.events))
    write_rows(set_aside, contracts.SET_ASIDE, (left.as_row() for one in judged.values() for left in one.left))
    write_rows(purity, contracts.PURITY, (one.purity.as_row(sample_id) for sample_id, one in judged.items()))
    write_rows(
        annotation_disagreements,
        contracts.ANNOTATION_DISAGREEMENTS,
        (row for one in judged.values() for row in one.disagreements()),
    )
    states: Counter[str] = Counter()
    rows = (
        row for sample_id, one in judged.items() for row in assess_sample(cohort[sample_id], one, knowledge, covered)
    )
    write_rows(gene_states, contracts.GENE_STATES, _counted(rows, states))
    calls = Counter(event.oncogenic_call for one in judged.values() for event in one.events)
    LOG.info("%d samples, %d driver genes", len(cohort), len(genes))
    LOG.info("events: %s; set aside: %d", _summary(calls), sum(len(one.left) for one in judged.values()))
    LOG.info("gene states: %s", _summary(states))


def _counted(rows: Iterable[dict[str, Cell]], states: Counter[str]) -> Iterator[dict[str, Cell]]:
    for row in rows:
        states[str(row["state"])] += 1
        yield row


def _summary(counts: Counter[str]) -> str:
    return ", ".join(f"{count} {name}" for name, count in sorted(counts.items())) or "none"
