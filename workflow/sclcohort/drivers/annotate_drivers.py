"""Step annotate-drivers: events, variants set aside and gene states of every sample."""

from __future__ import annotations

import logging
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from sclcohort import contracts
from sclcohort.drivers.events import (
    Event,
    SetAside,
    copy_number_events,
    judge_variant,
    representative,
    with_unique_names,
)
from sclcohort.drivers.genes import DriverGene, read_driver_genes
from sclcohort.drivers.hotspots import Hotspots, read_hotspots
from sclcohort.drivers.records import GeneCopies, Variant
from sclcohort.drivers.states import Coverage, Layer, SampleData, assess_gene
from sclcohort.errors import StepError
from sclcohort.tables import Cell, Table, read_rows, write_rows

LOG = logging.getLogger(__name__)


def run(
    *,
    samples: Path,
    coding_variants: tuple[Path, ...],
    variant_status: tuple[Path, ...],
    copy_number: tuple[Path, ...],
    copy_number_status: tuple[Path, ...],
    coverage: Path,
    driver_genes: Path,
    hotspots: Path,
    max_error_probability: float,
    events: Path,
    set_aside: Path,
    gene_states: Path,
) -> None:
    """Call driver events per sample and gene, and the state of every driver gene.

    Parameters
    ----------
    samples : Path
        ``inputs/samples.tsv``: every sample gets a state for every driver gene.
    coding_variants, variant_status, copy_number, copy_number_status : tuple of Path
        Tables of the chunks, in any order.
    coverage : Path
        ``reference/coverage.tsv``: which driver genes the reference covers.
    driver_genes, hotspots : Path
        Tables of ``resources/``.
    max_error_probability : float
        Largest probability at which the reads of a hit reject a model of its zygosity, in (0, 1).
    events, set_aside, gene_states : Path
        Tables to write.

    Raises
    ------
    StepError
        A table names a sample that the sheet lacks, lacks a sample whose data the sheet names or a
        gene of the driver table, or two transcripts stand for one gene; `max_error_probability`
        is out of range.
    TableError
        A table breaks its contract.
    """
    if not 0 < max_error_probability < 1:
        raise StepError(f"max_error_probability is {max_error_probability:g}; give a probability between 0 and 1")
    genes = read_driver_genes(driver_genes)
    covered = read_coverage(coverage, genes)
    cohort = read_cohort(samples, variant_status, copy_number_status, copy_number, genes)
    judged = judge_cohort(cohort, genes, read_hotspots(hotspots), read_driver_variants(coding_variants, genes))
    called = [event for found in judged.values() for event in found if isinstance(event, Event)]
    left = [found for verdicts in judged.values() for found in verdicts if isinstance(found, SetAside)]
    write_rows(events, contracts.EVENTS, (event.as_row() for event in called))
    write_rows(set_aside, contracts.SET_ASIDE, (variant.as_row() for variant in left))
    states: Counter[str] = Counter()
    rows = _counted(assess_cohort(cohort, genes, covered, judged, max_error_probability), states)
    write_rows(gene_states, contracts.GENE_STATES, rows)
    calls = Counter(event.oncogenic_call for event in called)
    LOG.info("%d samples, %d driver genes", len(cohort), len(genes))
    LOG.info("events: %s; variants set aside: %d", _summary(calls), len(left))
    LOG.info("gene states: %s", _summary(states))


def read_coverage(path: Path, genes: Mapping[str, DriverGene]) -> dict[str, Coverage]:
    """Read what the reference covers; raise StepError where a driver gene is missing."""
    covered = {
        str(row["gene_symbol"]): Coverage(bool(row["in_gene_model"]), bool(row["has_span"]))
        for row in read_rows(path, contracts.REFERENCE_COVERAGE)
    }
    missing = [symbol for symbol in genes if symbol not in covered]
    if missing:
        raise StepError(
            f"{path}: driver genes without a row: {', '.join(missing)}; "
            "it was made from another driver table: run prepare-reference again"
        )
    return covered


def read_cohort(
    samples: Path,
    variant_status: Iterable[Path],
    copy_number_status: Iterable[Path],
    copy_number: Iterable[Path],
    genes: Mapping[str, DriverGene],
) -> dict[str, SampleData]:
    """Read every sample with the state of its layers and the copy number of its driver genes.

    Returns
    -------
    dict
        Samples by identifier, in the order of the samples table.
    """
    rows: dict[str, dict[str, Any]] = {str(row["sample_id"]): row for row in read_rows(samples, contracts.SAMPLES)}
    variants = _status_by_sample(variant_status, contracts.VARIANT_STATUS, rows)
    segments = _status_by_sample(copy_number_status, contracts.COPY_NUMBER_STATUS, rows)
    copies: defaultdict[str, dict[str, GeneCopies]] = defaultdict(dict)
    for path in copy_number:
        for row in read_rows(path, contracts.GENE_COPY_NUMBER):
            _require_known(path, row, rows)
            if row["gene_symbol"] in genes:
                copies[str(row["sample_id"])][str(row["gene_symbol"])] = GeneCopies.from_row(row)
    return {
        sample_id: SampleData(
            sample_id=sample_id,
            purity=row["purity"] or None,
            variants=_layer("variants", sample_id, row["variants"], variants.get(sample_id)),
            copy_number=_layer("copy number", sample_id, row["copy_number"], segments.get(sample_id)),
            copies=copies.get(sample_id, {}),
        )
        for sample_id, row in rows.items()
    }


def _status_by_sample(paths: Iterable[Path], table: Table, samples: Mapping[str, Any]) -> dict[str, dict[str, Cell]]:
    status = {}
    for path in paths:
        for row in read_rows(path, table):
            _require_known(path, row, samples)
            status[str(row["sample_id"])] = row
    return status


def _require_known(path: Path, row: Mapping[str, Cell], samples: Mapping[str, Any]) -> None:
    if row["sample_id"] not in samples:
        raise StepError(
            f"{path}: sample {row['sample_id']} is not in the samples table; "
            "the chunk was made from another sheet: run it again"
        )


def _layer(name: str, sample_id: str, named_in_sheet: Cell, status: Mapping[str, Cell] | None) -> Layer:
    if status is None and named_in_sheet:
        raise StepError(
            f"sample {sample_id}: the sheet names {name}, but no status table has a row for it; import it first"
        )
    return Layer.from_status(name, status)


def read_driver_variants(paths: Iterable[Path], genes: Mapping[str, DriverGene]) -> Iterator[tuple[Path, Variant]]:
    """Yield the variants of driver genes, and the table each is from; the others are never kept."""
    for path in paths:
        for row in read_rows(path, contracts.CODING_VARIANTS):
            if row["gene_symbol"] in genes:
                yield path, Variant.from_row(row)


def judge_cohort(
    cohort: Mapping[str, SampleData],
    genes: Mapping[str, DriverGene],
    hotspots: Hotspots,
    variants: Iterable[tuple[Path, Variant]],
) -> dict[str, list[Event | SetAside]]:
    """Judge the variants and the copy number of every sample.

    Returns
    -------
    dict
        Per sample, in the order of `cohort`: its events, then its variants set aside.
    """
    rows_of_allele: defaultdict[str, defaultdict[tuple[Any, ...], list[Variant]]]
    rows_of_allele = defaultdict(lambda: defaultdict(list))
    for path, variant in variants:
        _require_known(path, {"sample_id": variant.sample_id}, cohort)
        rows_of_allele[variant.sample_id][variant.allele, variant.gene_symbol].append(variant)
    return {
        sample_id: judge_sample(sample, genes, hotspots, rows_of_allele[sample_id].values())
        for sample_id, sample in cohort.items()
    }


def judge_sample(
    sample: SampleData,
    genes: Mapping[str, DriverGene],
    hotspots: Hotspots,
    alleles: Iterable[Sequence[Variant]],
) -> list[Event | SetAside]:
    """Judge one sample: its alleles (rows per transcript), then the copy number of its genes."""
    events: list[Event] = []
    left: list[SetAside] = []
    for rows in sorted(alleles, key=lambda rows: (rows[0].allele, rows[0].gene_symbol)):
        variant = representative(rows)
        gene = genes[variant.gene_symbol]
        verdict = judge_variant(variant, gene, hotspots, sample.copies_of(gene.symbol))
        if isinstance(verdict, Event):
            events.append(verdict)
        else:
            left.append(verdict)
    for symbol, gene in genes.items():
        copies = sample.copies_of(symbol)
        if copies is not None:
            events += copy_number_events(sample.sample_id, gene, copies, purity=sample.purity)
    return [*with_unique_names(events), *left]


def assess_cohort(
    cohort: Mapping[str, SampleData],
    genes: Mapping[str, DriverGene],
    covered: Mapping[str, Coverage],
    judged: Mapping[str, Sequence[Event | SetAside]],
    max_error_probability: float,
) -> Iterator[dict[str, Cell]]:
    """Yield the state of every driver gene in every sample, as rows of `contracts.GENE_STATES`."""
    for sample_id, sample in cohort.items():
        events: defaultdict[str, list[Event]] = defaultdict(list)
        left: defaultdict[str, list[SetAside]] = defaultdict(list)
        for verdict in judged[sample_id]:
            if isinstance(verdict, Event):
                events[verdict.gene.symbol].append(verdict)
            else:
                left[verdict.variant.gene_symbol].append(verdict)
        for symbol, gene in genes.items():
            yield assess_gene(
                sample,
                gene,
                covered[symbol],
                events[symbol],
                left[symbol],
                max_error_probability=max_error_probability,
            )


def _counted(rows: Iterable[dict[str, Cell]], states: Counter[str]) -> Iterator[dict[str, Cell]]:
    for row in rows:
        states[str(row["state"])] += 1
        yield row


def _summary(counts: Counter[str]) -> str:
    return ", ".join(f"{count} {name}" for name, count in sorted(counts.items())) or "none"
