"""Step import-variants: the VCFs of a chunk of samples, normalised against the reference and annotated.

A sample whose file cannot be used is refused with its reason and does not hold up the others of its chunk.
"""

from __future__ import annotations

import logging
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from sclcohort.contracts import REFERENCE_GENES, VARIANT_STATUS
from sclcohort.errors import StepError
from sclcohort.inputs.sheets import read_samples
from sclcohort.reference.contigs import read_contigs
from sclcohort.tables import Cell, read_rows, write_rows
from sclcohort.variants.annotate import annotate_sample, annotate_union, union_of
from sclcohort.variants.filters import is_accepted
from sclcohort.variants.normalise import Normalised, normalise

LOG = logging.getLogger(__name__)
Row = Mapping[str, Cell]


def run(
    *,
    sheet: Path,
    samples: tuple[str, ...],
    genome: Path,
    gff: Path | None = None,
    genes: Path,
    accepted_filters: tuple[str, ...],
    vcfs: Path,
    status: Path,
) -> None:
    """Normalise and annotate the variants of some samples of the sheet.

    Parameters
    ----------
    sheet : Path
        Sample sheet, checked before.
    samples : tuple of str
        Sample ids of the chunk.
    genome : Path
        Indexed FASTA of the reference.
    gff : Path or None
        Gene model, Ensembl GFF3; None only where no sample has variants.
    genes : Path
        Contract REFERENCE_GENES.
    accepted_filters : tuple of str
        FILTER values that count as passed; ``.`` is an unset FILTER.
    vcfs : Path
        Folder to write: ``<sample_id>.vcf.gz`` with its ``.tbi`` for every sample that was imported.
    status : Path
        To write: contract VARIANT_STATUS, every sample of the chunk.

    Raises
    ------
    StepError
        A sample is not in the sheet, or genome and gene model do not fit each other.
    """
    rows = {str(row["sample_id"]): row for row in read_samples(sheet)}
    unknown = [sample for sample in samples if sample not in rows]
    if unknown:
        raise StepError(f"{sheet}: no sample {', '.join(unknown)}; fix: name samples of the sheet")
    chunk = [rows[sample] for sample in samples]
    vcfs.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".import_variants.", dir=vcfs.parent) as name:
        scratch = Path(name)
        delivered = scratch / "delivered"
        delivered.mkdir()
        states = _import_chunk(chunk, genome, gff, genes, set(accepted_filters), scratch, delivered)
        if vcfs.exists():
            shutil.rmtree(vcfs)
        delivered.rename(vcfs)
    write_rows(status, VARIANT_STATUS, states)


def _import_chunk(
    chunk: Sequence[Row],
    genome: Path,
    gff: Path | None,
    genes: Path,
    accepted: set[str],
    scratch: Path,
    delivered: Path,
) -> list[dict[str, Cell]]:
    """Import all samples of a chunk into the folder `delivered`; return their status rows."""
    contigs = read_contigs(genome) if gff is not None else {}
    imported: dict[str, Normalised] = {}
    states: list[dict[str, Cell]] = []
    for number, row in enumerate(chunk, start=1):
        sample = str(row["sample_id"])
        if row["variants"] is None:
            states.append({"sample_id": sample, "state": "not_provided", "reason": "the sheet names no VCF"})
            LOG.info("%d of %d: %s has no VCF", number, len(chunk), sample)
            continue
        folder = scratch / sample
        folder.mkdir()
        try:
            wanted = _text(row["variants_sample"]), _text(row["normal_sample"])
            one = normalise(Path(str(row["variants"])), sample, wanted, genome, contigs, folder)
        except StepError as error:
            states.append({"sample_id": sample, "state": "refused", "reason": str(error)})
            LOG.error("%d of %d: %s refused: %s", number, len(chunk), sample, error)
            continue
        imported[sample] = one
        states.append(status_row(sample, one, accepted))
        LOG.info("%d of %d: %s: %d alleles, %s", number, len(chunk), sample, len(one.sites), one.dialect.caller)
    if imported and gff is not None:
        alleles = union_of([one.sites for one in imported.values()], contigs)
        union = annotate_union(alleles, contigs, genome, gff, read_spans(genes), scratch)
        LOG.info("%d distinct alleles annotated", len(alleles))
        for sample, one in imported.items():
            annotate_sample(one.path, union, delivered / f"{sample}.vcf.gz")
    return states


def _text(cell: Cell) -> str | None:
    return None if cell is None else str(cell)


def status_row(sample: str, one: Normalised, accepted: set[str]) -> dict[str, Cell]:
    """Return the row of contract VARIANT_STATUS of an imported sample."""
    reasons = []
    if one.columns.normal is None:
        reasons.append("tumour-only: germline variants are not removed")
    if one.outside:
        reasons.append(f"{one.outside} alleles lie on contigs that the reference lacks")
    return {
        "sample_id": sample,
        "state": "imported",
        "caller": one.dialect.caller,
        "tumour_column": one.columns.tumour,
        "normal_column": one.columns.normal,
        "column_rule": one.columns.rule,
        "records": one.records,
        "alleles": len(one.sites),
        "passed": sum(is_accepted(site.filters, accepted) for site in one.sites),
        "set_aside": one.set_aside,
        "duplicates": one.duplicates,
        "reason": "; ".join(reasons),
    }


def read_spans(genes: Path) -> dict[str, list[tuple[int, int]]]:
    """Return the spans of protein-coding genes by contig, sorted."""
    spans: dict[str, list[tuple[int, int]]] = {}
    for row in read_rows(genes, REFERENCE_GENES):
        spans.setdefault(str(row["contig"]), []).append((int(str(row["start_0based"])), int(str(row["end"]))))
    return {contig: sorted(found) for contig, found in spans.items()}
