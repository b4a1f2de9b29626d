"""Step tabulate-variants: the annotated VCFs of a chunk as one table of coding variants.

Only cyvcf2 and the standard library: in conda, cyvcf2 has an environment of its own.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from sclcohort.contracts import CODING_INTRONS, CODING_VARIANTS, REFERENCE_GENES, VARIANT_STATUS
from sclcohort.tables import Cell, read_rows, write_rows
from sclcohort.variants.consequences import Consequence, parse_consequences
from sclcohort.variants.dialects import FIELDS_READ, UNKNOWN, Counts, Dialect, count_reads, dialect_of
from sclcohort.variants.filters import is_accepted
from sclcohort.variants.headers import OURS

_NUMPY_STATE = np.geterr()
from cyvcf2 import VCF, Variant  # noqa: E402 (importing it mutes NumPy's warnings for the whole process)

np.seterr(**_NUMPY_STATE)

LOG = logging.getLogger(__name__)
Intron = tuple[int, int, int]
# A splice site is the two bases at either end of an intron.
SPLICE_SITE_BASES = 2


def run(
    *,
    vcfs: Path,
    status: Path,
    genes: Path,
    coding_introns: Path,
    accepted_filters: tuple[str, ...],
    coding_variants: Path,
) -> None:
    """Write the coding variants of all imported samples of a chunk.

    Parameters
    ----------
    vcfs : Path
        Folder of ``<sample_id>.vcf.gz``, as import-variants writes it.
    status : Path
        Contract VARIANT_STATUS of the chunk.
    genes : Path
        Contract REFERENCE_GENES.
    coding_introns : Path
        Contract CODING_INTRONS.
    accepted_filters : tuple of str
        FILTER values that count as passed.
    coding_variants : Path
        To write: contract CODING_VARIANTS.
    """
    representative = {str(row["transcript_id"]) for row in read_rows(genes, REFERENCE_GENES)}
    introns = read_introns(coding_introns)
    rows: list[dict[str, Cell]] = []
    for state in read_rows(status, VARIANT_STATUS):
        if state["state"] != "imported":
            continue
        sample = str(state["sample_id"])
        found = list(coding_rows(vcfs / f"{sample}.vcf.gz", dialect_of(str(state["caller"])), set(accepted_filters)))
        for row in found:
            row |= {"sample_id": sample, "is_representative": row["transcript_id"] in representative}
            if row["consequence_class"] == "splice" and not row["hgvs_p"]:
                row |= splice_name(row, introns.get(str(row["transcript_id"]), ()))
        rows += found
        LOG.info("%s: %d coding variants", sample, len(found))
    write_rows(coding_variants, CODING_VARIANTS, rows)


def read_introns(path: Path) -> dict[str, list[Intron]]:
    """Return start, end and residue before each intron, by transcript."""
    introns: dict[str, list[Intron]] = {}
    for row in read_rows(path, CODING_INTRONS):
        numbers = (int(str(row[name])) for name in ("start_0based", "end", "residue_before"))
        start, end, residue = numbers
        introns.setdefault(str(row["transcript_id"]), []).append((start, end, residue))
    return introns


def splice_name(row: Mapping[str, Cell], introns: Sequence[Intron]) -> dict[str, Cell]:
    """Return protein position and name of a splice-site change, by the residue before its intron.

    Nothing where the site is of an intron between untranslated exons.
    """
    first = int(str(row["position_1based"])) - 1
    last = first + len(str(row["ref"]))
    for start, end, residue in introns:
        edges = ((start, start + SPLICE_SITE_BASES), (end - SPLICE_SITE_BASES, end))
        if any(first <= edge_end and last >= edge_start for edge_start, edge_end in edges):
            return {"protein_position": residue or None, "hgvs_p": f"p.X{residue}_splice"}
    return {}


def coding_rows(path: Path, dialect: Dialect, accepted: set[str]) -> Iterator[dict[str, Cell]]:
    """Yield a row for each allele of a VCF and each coding transcript that it changes.

    Parameters
    ----------
    path : Path
        One sample's VCF after import: one alternate allele a record, tumour column first.
    dialect : Dialect
        How its caller counts reads.
    accepted : set of str
        FILTER values that count as passed.
    """
    vcf = VCF(str(path))
    has_normal = len(vcf.samples) > 1
    for variant in vcf:
        text = variant.INFO.get(OURS)
        consequences = list(parse_consequences(text)) if text else []
        if not consequences:
            continue
        tumour = _reads(variant, dialect, 0)
        normal = _reads(variant, dialect, 1) if has_normal else UNKNOWN
        filters = variant.FILTERS or []
        shared: dict[str, Cell] = {
            "chrom": variant.CHROM,
            "position_1based": variant.POS,
            "ref": variant.REF,
            "alt": variant.ALT[0],
            "filter": "" if filters == ["."] else ";".join(filters),
            "filter_accepted": is_accepted(";".join(filters) or ".", accepted),
            "depth_reads": tumour.depth_reads,
            "alt_depth_reads": tumour.alt_depth_reads,
            "vaf": tumour.vaf,
            "normal_depth_reads": normal.depth_reads,
            "normal_alt_depth_reads": normal.alt_depth_reads,
        }
        for consequence in consequences:
            yield shared | _named(consequence)
    vcf.close()


def _named(consequence: Consequence) -> dict[str, Cell]:
    return {
        "gene_symbol": consequence.gene_symbol,
        "transcript_id": consequence.transcript_id,
        "consequence": consequence.terms,
        "consequence_class": consequence.consequence_class,
        "protein_position": consequence.protein_position,
        "hgvs_p": consequence.hgvs_p,
    }


def _reads(variant: Variant, dialect: Dialect, column: int) -> Counts:
    """Return the reads of one sample of one record."""
    present = [name for name in variant.FORMAT if name in FIELDS_READ]
    fields = {name: _values(variant.format(name), column) for name in present}
    return count_reads(
        dialect, {name: values for name, values in fields.items() if values}, variant.REF, variant.ALT[0]
    )


def _values(found: Any, column: int) -> list[float | None]:
    """Return a sample's values of a FORMAT field: None where missing, nothing where it has none.

    cyvcf2 marks a missing integer by the smallest one and the end of a short list by the next, a missing
    fraction by NaN; text is what a header with the wrong type gives.
    """
    if found is None:
        return []
    if found.dtype.kind in "US":
        words = str(found[column]).split(",")
        return [_number(word) for word in words]
    values: list[float | None] = []
    for value in np.atleast_1d(found[column]).tolist():
        if isinstance(value, int) and value == np.iinfo(np.int32).min + 1:
            break
        values.append(None if value != value or value < 0 else value)
    return values


def _number(word: str) -> float | None:
    try:
        return float(word)
    except ValueError:
        return None
