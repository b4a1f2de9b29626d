"""Read what the drivers stage works on: samples with their layers, variants, rearrangements and copy number."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from sclcohort import contracts
from sclcohort.drivers.records import Disruption, GeneCopies, Variant
from sclcohort.drivers.states import Coverage, Layer, SampleData, Target
from sclcohort.errors import StepError
from sclcohort.reference.targets import read_covered_fractions, target_name
from sclcohort.tables import Cell, Table, read_rows

if TYPE_CHECKING:
    from sclcohort.drivers.genes import DriverGene

Record = TypeVar("Record", Variant, Disruption)


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


def read_targets(path: Path, genes: Mapping[str, DriverGene]) -> dict[str, Target]:
    """Read how much of each driver gene each target covers."""
    covered: defaultdict[str, dict[str, float]] = defaultdict(dict)
    for (target, symbol), fraction in read_covered_fractions(path, genes).items():
        covered[target][symbol] = fraction
    return {name: Target(name, fractions) for name, fractions in covered.items()}


def read_proteins(path: Path, genes: Collection[str]) -> tuple[dict[str, int], set[str]]:
    """Read the residues of each gene's protein, and the transcripts that stand for the genes."""
    residues: dict[str, int] = {}
    transcripts: set[str] = set()
    for row in read_rows(path, contracts.REFERENCE_GENES, {"gene_symbol": genes}):
        transcripts.add(str(row["transcript_id"]))
        if row["protein_residues"] is not None:
            residues[str(row["gene_symbol"])] = int(row["protein_residues"])
    return residues, transcripts


def read_cohort(
    samples: Path,
    *,
    variant_status: Iterable[Path],
    structural_variant_status: Iterable[Path],
    copy_number_status: Iterable[Path],
    copy_number: Iterable[Path],
    targets: Mapping[str, Target],
    genes: Mapping[str, DriverGene],
) -> dict[str, SampleData]:
    """Read every sample with the state of its layers and the copy number of its driver genes.

    Returns
    -------
    dict
        Samples by identifier, in the order of the samples table.

    Raises
    ------
    StepError
        A table names a sample that the sheet lacks, or lacks one whose data the sheet names.
    """
    rows = {str(row["sample_id"]): row for row in read_rows(samples, contracts.SAMPLES)}
    variants = _status_by_sample(variant_status, contracts.VARIANT_STATUS, rows)
    structural = _status_by_sample(structural_variant_status, contracts.STRUCTURAL_VARIANT_STATUS, rows)
    segments = _status_by_sample(copy_number_status, contracts.COPY_NUMBER_STATUS, rows)
    copies: defaultdict[str, dict[str, GeneCopies]] = defaultdict(dict)
    for path in copy_number:
        for row in read_rows(path, contracts.GENE_COPY_NUMBER):
            require_known(path, row, rows)
            if row["gene_symbol"] in genes:
                copies[str(row["sample_id"])][str(row["gene_symbol"])] = GeneCopies.from_row(row)
    cohort = {}
    for sample_id, row in rows.items():
        called, segmented = variants.get(sample_id, {}), segments.get(sample_id, {})
        target = target_name(row["target"])
        is_fitted = segmented.get("purity_source") == "copy_number_caller"
        cohort[sample_id] = SampleData(
            sample_id=sample_id,
            variants=_layer("variants", sample_id, row["variants"], variants.get(sample_id)),
            structural_variants=_layer(
                "structural variants", sample_id, row["structural_variants"], structural.get(sample_id)
            ),
            copy_number=_layer("copy number", sample_id, row["copy_number"], segments.get(sample_id)),
            copies=copies.get(sample_id, {}),
            target=targets.get(target, Target(target, {})),
            sheet_purity=float(row["purity"]) if row["purity"] else None,
            fitted_purity=segmented.get("purity_used") if is_fitted else None,
            has_normal=called.get("has_normal"),
        )
    return cohort


def _status_by_sample(paths: Iterable[Path], table: Table, samples: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    status: dict[str, dict[str, Any]] = {}
    for path in paths:
        for row in read_rows(path, table):
            require_known(path, row, samples)
            status[str(row["sample_id"])] = row
    return status


def require_known(path: Path, row: Mapping[str, Cell], samples: Mapping[str, Any]) -> None:
    """Raise StepError where a row is of a sample that the samples table lacks."""
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


def read_of_drivers(
    paths: Iterable[Path],
    table: Table,
    record: type[Record],
    genes: Mapping[str, DriverGene],
    samples: Mapping[str, Any],
) -> dict[str, list[Record]]:
    """Read the rows of driver genes, by sample; those of other genes are never kept.

    Parameters
    ----------
    paths : iterable of Path
        Tables of the chunks.
    table : Table
        Their contract, CODING_VARIANTS or GENE_DISRUPTIONS.
    record : type
        Variant or Disruption.
    genes : mapping
        Driver genes.
    samples : mapping
        Samples of the cohort; a row of another is an error.
    """
    found: dict[str, list[Record]] = {}
    for path in paths:
        for row in read_rows(path, table, {"gene_symbol": genes}):
            require_known(path, row, samples)
            found.setdefault(str(row["sample_id"]), []).append(record.from_row(row))
    return found
