"""Read one sample's VCF of structural variants into its junctions."""

from __future__ import annotations

import gzip
import io
import zlib
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sclcohort.coordinates import differ_by_prefix
from sclcohort.files import compression_of, is_cut_short, open_bytes
from sclcohort.structural_variants.callers import detect_caller, read_counts
from sclcohort.structural_variants.junctions import (
    Called,
    Junction,
    Reads,
    Site,
    junction_of,
    pair_reciprocals,
    unite,
)
from sclcohort.variants.columns import Columns, choose_columns
from sclcohort.variants.header import Header, read_header
from sclcohort.variants.refusal import RefusedVcfError

if TYPE_CHECKING:
    import cyvcf2

_BLOCK_BYTES = 1 << 20
RENAME = "rename them with bcftools annotate --rename-chrs, or configure the reference the calls were made on"
INFO_KEYS = ("SVTYPE", "END", "SVLEN", "CHR2", "POS2", "CT", "STRANDS", "INV3", "INV5")
# htslib's marks for a missing value and for the end of a shorter list (VCF specification, section 6.3.3).
_NO_INTEGERS = frozenset((-2147483648, -2147483647))
# Between the two junctions of one inversion or translocation some bases are lost or repeated: a choice, about twice
# the length of a fragment. Two junctions taken for one are one hit of a gene; one taken for two would be both copies.
RECIPROCAL_SLACK_BASES = 1000


def open_records(vcf: Path) -> cyvcf2.VCF:
    """Open a VCF with cyvcf2, whose import would silence NumPy's warnings in the whole process."""
    import numpy as np

    state = np.geterr()
    import cyvcf2

    np.seterr(**state)
    return cyvcf2.VCF(str(vcf))


@dataclass(frozen=True)
class StructuralFile:
    """What one sample's VCF holds.

    Parameters
    ----------
    caller : str
        As `detect_caller` names it.
    columns : Columns or None
        Columns read; None: the file has none.
    records : int
        Records of the file.
    set_aside : mapping of str to int
        Why alleles are no junction, and how many.
    junctions : sequence of Junction
        Each once, in order.
    """

    caller: str
    columns: Columns | None
    records: int
    set_aside: Counter[str]
    junctions: Sequence[Junction]


def read_structural_variants(
    path: Path,
    *,
    sample_id: str,
    tumour_named: str | None,
    normal_named: str | None,
    accepted_filters: Sequence[str],
    contigs: Collection[str],
) -> StructuralFile:
    """Read a VCF or BCF of structural variants.

    Parameters
    ----------
    path : Path
        Plain or compressed.
    sample_id : str
        The sample of the sheet.
    tumour_named, normal_named : str or None
        Columns that the sheet names for the VCF of small variants; used where this VCF has them too.
    accepted_filters : sequence of str
        FILTER values that count as passed.
    contigs : collection of str
        Contigs with genes; none: not compared.

    Raises
    ------
    RefusedVcfError
        No VCF, cut, a tumour column that cannot be told, other contig names, a symbol without its end.
    """
    header, reader = _open(path)
    caller = detect_caller(header)
    columns = _columns(header, sample_id, tumour_named, normal_named)
    called: list[Called] = []
    seen = set(header.contig_bases)
    set_aside: Counter[str] = Counter()
    records = 0
    for record in _records(reader, has_columns=bool(header.columns)):
        records += 1
        for number, alt in enumerate(record.ALT, start=1):
            found = junction_of(_site(record, alt))
            if isinstance(found, str):
                set_aside[found] += 1
                continue
            seen |= {found.first.contig, found.second.contig}
            tumour, normal = _reads(record, caller, header, columns, number, found)
            own = replace(found, filters=";".join(record.FILTERS) or ".", tumour=tumour, normal=normal)
            called.append(Called(own, str(record.ID or ""), _mate(record)))
    if differ_by_prefix(seen, set(contigs)):
        raise RefusedVcfError(
            f'contigs are named like "{min(seen)}", those of the reference like "{min(contigs)}"; {RENAME}'
        )
    junctions = pair_reciprocals(unite(called, accepted_filters), RECIPROCAL_SLACK_BASES)
    return StructuralFile(caller, columns, records, set_aside, junctions)


def _open(path: Path) -> tuple[Header, cyvcf2.VCF]:
    try:
        if is_cut_short(path) or not _decompresses(path):
            raise RefusedVcfError("the file was cut short; copy it again")
        reader = open_records(path)
    except RefusedVcfError:
        raise
    except Exception as error:
        # cyvcf2 raises a bare Exception for a header it cannot parse.
        if not isinstance(error, OSError) and "header" not in str(error):
            raise
        raise RefusedVcfError("the file is no readable VCF or BCF; give the caller's VCF") from error
    return read_header(io.BytesIO(reader.raw_header.encode())), reader


def _decompresses(path: Path) -> bool:
    """Tell whether a file of plain gzip is whole; htslib reads a cut one to where it was cut, in silence."""
    if compression_of(path) != "gzip":
        return True
    try:
        with open_bytes(path) as handle:
            while handle.read(_BLOCK_BYTES):
                pass
    except (EOFError, gzip.BadGzipFile, zlib.error):
        return False
    return True


def _records(reader: cyvcf2.VCF, *, has_columns: bool) -> Iterator[cyvcf2.Variant]:
    """Yield the records; a line that htslib cannot parse refuses the file."""
    number = 0
    try:
        for record in reader:
            number += 1
            if has_columns and not record.FORMAT:
                raise RefusedVcfError(f"record {number} has no cells for its samples: the file was cut; copy it again")
            yield record
    except RefusedVcfError:
        raise
    except Exception as error:
        # cyvcf2 raises a bare Exception for a line it cannot parse.
        if "error parsing variant" not in str(error):
            raise
        raise RefusedVcfError(
            f"record {number + 1} cannot be parsed, so the file was cut or damaged there; copy it again"
        ) from error


def _columns(header: Header, sample_id: str, tumour_named: str | None, normal_named: str | None) -> Columns | None:
    if not header.columns:
        return None
    return choose_columns(
        header.columns,
        header.lines,
        sample_id=sample_id,
        tumour_named=tumour_named if tumour_named in header.columns else None,
        normal_named=normal_named if normal_named in header.columns else None,
    )


def _site(record: cyvcf2.Variant, alt: str) -> Site:
    found = ((key, record.INFO.get(key)) for key in INFO_KEYS)
    return Site(
        record.CHROM, record.POS, record.REF, alt, {key: _text(value) for key, value in found if value is not None}
    )


def _text(value: Any) -> str:
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _mate(record: cyvcf2.Variant) -> str:
    """Return the name of the other breakend's record: MATEID of the specification, PARID of older GRIDSS."""
    return str(record.INFO.get("MATEID") or record.INFO.get("PARID") or "")


def _reads(
    record: cyvcf2.Variant, caller: str, header: Header, columns: Columns | None, allele: int, junction: Junction
) -> tuple[Reads, Reads]:
    """Return the reads of the tumour and the normal; of a file without columns, what INFO counts (PE and SR)."""
    if columns is None:
        return read_counts("generic", lambda field: _integers(record.INFO.get(field)), allele, junction), Reads()

    def in_column(name: str | None) -> Reads:
        if name is None:
            return Reads()
        place = header.columns.index(name)
        return read_counts(caller, lambda field: values(field, place), allele, junction)

    def values(field: str, place: int) -> list[int | None]:
        found = record.format(field) if field in record.FORMAT else None
        return [] if found is None else _integers(found[place])

    return in_column(columns.tumour), in_column(columns.normal)


def _integers(cell: Any) -> list[int | None]:
    """Return the values of a cell, None where missing; text too, from files that do not define their fields."""
    if cell is None:
        return []
    values = cell.split(",") if isinstance(cell, str) else getattr(cell, "tolist", lambda: cell)()
    listed = values if isinstance(values, (list, tuple)) else [values]
    return [int(value) if str(value).lstrip("-").isdigit() and value not in _NO_INTEGERS else None for value in listed]
