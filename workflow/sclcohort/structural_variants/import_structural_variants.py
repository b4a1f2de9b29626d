"""Import the structural variants of a chunk of samples: what their junctions do to the driver genes.

INPUTS   sheet          sample sheet: structural_variants, variants_sample, normal_sample of each sample
         genes, coding_exons, gene_spans   the reference, and driver_genes, the resource
OUTPUTS  genes_out      contract GENE_DISRUPTIONS, the samples that were imported
         status         contract STRUCTURAL_VARIANT_STATUS, every sample of the chunk

A sample whose VCF cannot be read is refused with its reason, the others of the chunk go on. Junctions that the
caller's filters refuse are kept and marked; what no read of the tumour carries is left out.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sclcohort.contracts import (
    CODING_EXONS,
    DRIVER_GENES,
    GENE_DISRUPTIONS,
    GENE_SPANS,
    REFERENCE_GENES,
    STRUCTURAL_VARIANT_STATUS,
)
from sclcohort.inputs.sheets import read_chunk
from sclcohort.structural_variants.effects import effects_of
from sclcohort.structural_variants.models import Genes, gene_models
from sclcohort.structural_variants.reading import StructuralFile, read_structural_variants
from sclcohort.tables import Cell, read_rows, write_rows
from sclcohort.variants.filters import is_accepted
from sclcohort.variants.refusal import RefusedVcfError

if TYPE_CHECKING:
    from sclcohort.structural_variants.junctions import Junction

Row = Mapping[str, Cell]
Imported = tuple[dict[str, Cell], list[dict[str, Cell]]]

log = logging.getLogger(__name__)


def run(
    *,
    sheet: Path,
    samples: tuple[str, ...],
    genes: Path,
    coding_exons: Path,
    gene_spans: Path,
    driver_genes: Path,
    accepted_filters: tuple[str, ...],
    max_focal_bases: int,
    disruptions: Path,
    status: Path,
) -> None:
    """Read the structural variants of some samples and write what they do to the driver genes.

    Parameters
    ----------
    sheet : Path
        Sample sheet, checked before.
    samples : tuple of str
        Sample ids of the chunk.
    genes, coding_exons, gene_spans, driver_genes : Path
        Contracts REFERENCE_GENES, CODING_EXONS, GENE_SPANS and DRIVER_GENES.
    accepted_filters : tuple of str
        FILTER values that count as passed; ``.`` is an unset FILTER.
    max_focal_bases : int
        Longest deletion that counts against the genes it spans.
    disruptions, status : Path
        Tables to write: contracts GENE_DISRUPTIONS and STRUCTURAL_VARIANT_STATUS.

    Raises
    ------
    StepError
        A sample is not in the sheet.
    """
    reference = gene_models(
        read_rows(genes, REFERENCE_GENES),
        read_rows(coding_exons, CODING_EXONS),
        read_rows(gene_spans, GENE_SPANS),
        [str(row["gene_symbol"]) for row in read_rows(driver_genes, DRIVER_GENES)],
    )
    rows = read_chunk(sheet, samples)
    imported = [import_sample(row, reference, accepted_filters, max_focal_bases) for row in rows]
    write_rows(status, STRUCTURAL_VARIANT_STATUS, [state for state, _ in imported])
    write_rows(disruptions, GENE_DISRUPTIONS, [row for _, found in imported for row in found])


def import_sample(row: Row, genes: Genes, accepted_filters: Sequence[str], max_focal_bases: int) -> Imported:
    """Return status and gene rows of one sample; what is wrong with its VCF becomes its reason.

    Parameters
    ----------
    row : mapping
        Row of the sheet, as `read_chunk` gives it.
    genes : Genes
        Of the reference.
    accepted_filters : sequence of str
        FILTER values that count as passed.
    max_focal_bases : int
        Longest deletion that counts against the genes it spans.
    """
    sample = str(row["sample_id"])
    if not row["structural_variants"]:
        log.info("%s: no structural variants in the sheet", sample)
        reason = "the sheet names no structural_variants file"
        return {"sample_id": sample, "state": "not_provided", "reason": reason}, []
    try:
        found = read_structural_variants(
            Path(str(row["structural_variants"])),
            sample_id=sample,
            tumour_named=_name(row, "variants_sample"),
            normal_named=_name(row, "normal_sample"),
            accepted_filters=accepted_filters,
            contigs=genes.contigs,
        )
    except RefusedVcfError as error:
        log.error("%s: refused: %s (file %s)", sample, error, row["structural_variants"])
        return {"sample_id": sample, "state": "refused", "reason": str(error)}, []
    carried = [junction for junction in found.junctions if junction.tumour.supporting != 0]
    events = list(disruption_rows(sample, carried, genes, accepted_filters, max_focal_bases))
    accepted = sum(is_accepted(junction.filters, accepted_filters) for junction in carried)
    log.info(
        "%s: %s, %d records, %d junctions, %d with an accepted FILTER, %d events in driver genes",
        *(sample, found.caller, found.records, len(found.junctions), accepted, len(events)),
    )
    return {
        "sample_id": sample,
        "state": "imported",
        "caller": found.caller,
        "tumour_column": None if found.columns is None else found.columns.tumour,
        "normal_column": None if found.columns is None else found.columns.normal,
        "records": found.records,
        "junctions": len(found.junctions),
        "passed": accepted,
        "set_aside": sum(found.set_aside.values()),
        "reason": remarks(found, len(found.junctions) - len(carried)) or None,
    }, events


def _name(row: Row, column: str) -> str | None:
    return None if row[column] is None else str(row[column])


def disruption_rows(
    sample: str, junctions: Sequence[Junction], genes: Genes, accepted_filters: Collection[str], max_focal_bases: int
) -> Iterator[dict[str, Cell]]:
    """Yield rows of contract GENE_DISRUPTIONS, in the order of the junctions and then by gene."""
    for junction in junctions:
        for effect in effects_of(junction, genes, max_focal_bases):
            reasons = [effect.reason, _normal_remark(junction)]
            yield {
                "sample_id": sample,
                "gene_symbol": effect.gene_symbol,
                "event": effect.event(junction),
                "effect": effect.effect,
                "disrupts": effect.disrupts,
                "sv_type": junction.sv_type,
                "exons": effect.exons or None,
                "partner_gene": effect.partner_gene or None,
                "chrom": junction.first.contig,
                "position_1based": junction.first.position_1based,
                "partner_chrom": junction.second.contig,
                "partner_position_1based": junction.second.position_1based,
                "strands": junction.strands or None,
                "filter": None if junction.filters == "." else junction.filters,
                "filter_accepted": is_accepted(junction.filters, accepted_filters),
                "supporting_reads": junction.tumour.supporting,
                "depth_reads": junction.tumour.depth,
                "normal_supporting_reads": junction.normal.supporting,
                "reason": "; ".join(filter(None, reasons)) or None,
            }


def _normal_remark(junction: Junction) -> str:
    return "the normal has reads of it too: it may be germline" if junction.normal.supporting else ""


def remarks(found: StructuralFile, not_carried: int) -> str:
    """Say what a reader should know of an imported file."""
    kinds = [f"{count} {why}" for why, count in sorted(found.set_aside.items())]
    parts = [
        found.columns.note if found.columns is not None else "",
        f"set aside: {', '.join(kinds)}" if kinds else "",
        f"{not_carried} junctions have no read in the tumour" if not_carried else "",
    ]
    return "; ".join(part for part in parts if part)
