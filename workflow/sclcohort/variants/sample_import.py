"""Take in the files of one tumour: each by its own dialect and columns, its alleles normalised and sorted."""

from __future__ import annotations

import contextlib
import functools
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, TYPE_CHECKING, NamedTuple

from sclcohort.inputs.sheets import files_of
from sclcohort.tables import Cell
from sclcohort.variants.annotations import AnnotationField, find_annotations
from sclcohort.variants.bcftools import messages_of_htslib
from sclcohort.variants.columns import Columns, choose_columns
from sclcohort.variants.dialects import Detected, detect_dialect
from sclcohort.variants.header import Header, read_header
from sclcohort.variants.inference import inference_row
from sclcohort.variants.info_counts import complete
from sclcohort.variants.intake import Intake, blocks_of, is_bcf, open_vcf, take_in
from sclcohort.variants.maf import choose_barcode, is_maf, maf_samples
from sclcohort.variants.maf_records import NORMAL_COLUMN, TUMOUR_COLUMN, maf_to_vcf
from sclcohort.variants.named_fields import PLACE, dialect_of, info_counts_of
from sclcohort.variants.records import Layout, Record, Tally, cleaned_definitions, normalised, unique
from sclcohort.variants.refusal import RefusedVcfError
from sclcohort.variants.sorting import Sorter

if TYPE_CHECKING:
    from sclcohort.reference.sequence import Fetch

Row = dict[str, Cell]
# Alleles of one file that are held in memory.
HELD_OF_FILE = 125_000


@dataclass(frozen=True)
class Settings:
    """FILTER values that count as passed; caller or fields where files leave them open; build of the reference."""

    accepted_filters: tuple[str, ...]
    caller: str | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    build: str = ""


class Genome(NamedTuple):
    """Indexed FASTA, and a function that reads its bases."""

    path: Path
    fetch: Fetch


@dataclass
class FileImport:
    """The alleles of one file, sorted, and what is known of it; `row` is that of contract VARIANT_INFERENCE."""

    row: Mapping[str, Cell]
    intake: Intake
    columns: Columns
    tally: Tally
    records: Sorter[Record]
    annotation: tuple[AnnotationField, ...]
    # Known when the alleles have been read once.
    duplicates: int = 0

    def alleles(self) -> Iterator[Record]:
        """Yield each allele once: its first record in the file."""
        distinct = 0
        for record in unique(self.records):
            distinct += 1
            yield record
        self.duplicates = self.records.size - distinct


@dataclass
class SampleImport:
    """A sample whose files are taken in, waiting for consequences.

    Parameters
    ----------
    name : str
        The sample.
    outcome : dict
        Its row of the status table; allele counts are filled in when they are known.
    files : list of FileImport
        In the order of the sheet.
    unplaced : set of (int, int)
        Rank and position where the reference has N: no consequence there.
    """

    name: str
    outcome: Row
    files: list[FileImport] = field(default_factory=list)
    unplaced: set[tuple[int, int]] = field(default_factory=set)

    @property
    def held(self) -> int:
        """Records in memory."""
        return sum(one.records.held for one in self.files)

    @property
    def has_normal(self) -> bool:
        """Whether a file has a normal."""
        return any(one.columns.normal is not None for one in self.files)

    @property
    def duplicates(self) -> int:
        """Alleles met more than once in one file."""
        return sum(one.duplicates for one in self.files)

    def spill_beyond(self, limit: int) -> None:
        """Leave no more than so many records in memory."""
        if self.held > limit:
            for one in self.files:
                one.records.spill()


def not_provided(row: Mapping[str, Cell]) -> Row:
    """Return the status row of a sample without variants."""
    return {"sample_id": row["sample_id"], "state": "not_provided", "reason": "the sheet names no VCF"}


def import_sample(
    row: Mapping[str, Cell], genome: Genome, contigs: Mapping[str, int], settings: Settings, scratch: Path
) -> tuple[Row, SampleImport | None]:
    """Take in the files of a sample.

    Parameters
    ----------
    row : mapping
        Of the sample sheet.
    genome : Genome
        What the variants were called on.
    contigs : mapping of str to int
        Of the genome.
    settings : Settings
        Of the configuration.
    scratch : Path
        Folder of the chunk.

    Returns
    -------
    dict
        Row of the status table; counts of alleles are still to come.
    SampleImport or None
        None: nothing to import, or refused. One file that cannot be read refuses the sample: a part of its variants
        would look like the absence of the others.
    """
    paths = [Path(one) for one in files_of(row["variants"])]
    if not paths:
        return not_provided(row), None
    name = str(row["sample_id"])
    outcome: Row = {"sample_id": name, "files": len(paths)}
    sample = SampleImport(name, outcome)
    rank = {contig: place for place, contig in enumerate(contigs)}
    named = {column: _text(row[column]) for column in ("variants_sample", "normal_sample")}
    for number, path in enumerate(paths, start=1):
        folder = scratch / f"{name}.{number}"
        folder.mkdir()
        try:
            file = _File(name, path, number, len(paths) > 1, named)
            sample.files.append(_import_file(file, genome, contigs, rank, settings, folder))
        except RefusedVcfError as refusal:
            which = f"{path.name}: " if len(paths) > 1 else ""
            shutil.rmtree(folder)
            return outcome | {"state": "refused", "reason": _one_line(f"{which}{refusal}")}, None
    for column, value in named.items():
        if value is not None and not any(value in (one.columns.tumour, one.columns.normal) for one in sample.files):
            reason = f'{column} "{value}" is a column of none of the files; name one of theirs, or leave it empty'
            return outcome | {"state": "refused", "reason": reason}, None
    for one in sample.files:
        sample.unplaced |= {(rank[contig], position) for contig, position in one.tally.check.unreadable}
    outcome |= {
        "state": "imported",
        "callers": ";".join(dict.fromkeys(one.intake.dialect.name for one in sample.files)),
        "has_normal": sample.has_normal,
        "records": sum(one.tally.records for one in sample.files),
        "set_aside": sum(one.tally.set_aside + one.tally.off_reference for one in sample.files),
        "reason": "; ".join(dict.fromkeys(str(one.row["notes"]) for one in sample.files if one.row["notes"])),
    }
    return outcome, sample


@dataclass(frozen=True)
class _File:
    """A file of a sample, its place in the sheet's cell, and the columns that the sheet names."""

    sample_id: str
    path: Path
    number: int
    is_one_of_several: bool
    named: Mapping[str, str | None]

    def columns(self, header: Header) -> dict[str, str | None]:
        """Return the named columns; of several files, those that this one has."""
        has = {
            column: None if self.is_one_of_several and name not in header.columns else name
            for column, name in self.named.items()
        }
        return {"tumour_named": has["variants_sample"], "normal_named": has["normal_sample"]}


class _Opened(NamedTuple):
    """A file at its first record, its header complete with columns; `dialect` where it is known."""

    handle: IO[bytes]
    header: Header
    columns: Columns
    dialect: Detected | None


def _import_file(
    file: _File, genome: Genome, contigs: Mapping[str, int], rank: Mapping[str, int], settings: Settings, scratch: Path
) -> FileImport:
    with messages_of_htslib(scratch), contextlib.ExitStack() as files:
        maf = _rows_of_maf(file, genome, contigs, settings.build, scratch) if is_maf(file.path) else None
        handle = files.enter_context(open_vcf(file.path if maf is None else maf.vcf, scratch))
        opened = _columns_of_maf(handle) if maf else _opened(file, handle, settings, scratch, files)
        header, columns = opened.header, opened.columns
        names = new_names(header, columns, file.sample_id)
        intake = take_in(opened.handle, names, header, contigs, scratch, opened.dialect, settings.caller)
        kept = [column for column in (columns.tumour, columns.normal) if column]
        tally, records = Tally(), Sorter[Record](scratch / "runs", HELD_OF_FILE, Record._make)
        with intake.body.open(encoding="utf-8", errors="replace", newline="\n") as lines:
            records.extend(normalised(lines, Layout.of(intake.header, kept, rank), genome.fetch, tally))
    for left in scratch.iterdir():
        if left.is_file():
            left.unlink()
    notes = list(_notes(intake, columns, tally))
    format_ = "bcf" if is_bcf(file.path) else "vcf"
    if maf is not None:
        columns = replace(columns, tumour=maf.barcode, normal=maf.normal)
        notes += maf.notes
        format_ = "maf"
    shown = _one_line("; ".join(notes))
    found = inference_row(file.sample_id, file.number, file.path.name, format_, intake, columns, tally, shown)
    annotation = find_annotations(cleaned_definitions(intake.header).values())
    return FileImport(found, intake, columns, tally, records, annotation)


def _opened(file: _File, handle: IO[bytes], settings: Settings, scratch: Path, files: contextlib.ExitStack) -> _Opened:
    """Return a VCF with its columns told, or made of INFO where the reads are there."""
    header = read_header(handle)
    dialect, named = None, file.columns(header)
    in_info = settings.fields.get(PLACE) == "INFO"
    is_unknown = bool(settings.fields) and detect_dialect(header.lines, header.format_names).rule == "default"
    if is_unknown and not in_info:
        dialect = Detected(dialect_of(settings.fields), "config")
    if header.columns and not (is_unknown and in_info):
        columns = choose_columns(header.columns, header.lines, sample_id=file.sample_id, **named)
        return _Opened(handle, header, columns, dialect)
    configured = info_counts_of(settings.fields) if in_info else None
    made = complete(blocks_of(handle), header, out=scratch / "with_columns", configured=configured, **named)
    return _Opened(files.enter_context(made.records.open("rb")), made.header, made.columns, made.dialect)


class _MafRows(NamedTuple):
    """The rows of a barcode, as VCF."""

    vcf: Path
    barcode: str
    normal: str | None
    notes: tuple[str, ...]


def _rows_of_maf(file: _File, genome: Genome, contigs: Mapping[str, int], build: str, scratch: Path) -> _MafRows:
    barcode, _ = choose_barcode(_barcodes(file.path), file.sample_id, file.named["variants_sample"])
    vcf = scratch / "from_maf.vcf"
    intake = maf_to_vcf(file.path, barcode, genome.path, contigs, build, vcf)
    return _MafRows(vcf, barcode, intake.normal, intake.notes)


@functools.lru_cache(maxsize=4)
def _barcodes(path: Path) -> tuple[str, ...]:
    """Return the barcodes of a MAF, which often holds all samples of a chunk."""
    return maf_samples(path)


def _columns_of_maf(handle: IO[bytes]) -> _Opened:
    header = read_header(handle)
    normal = NORMAL_COLUMN if NORMAL_COLUMN in header.columns else None
    return _Opened(handle, header, Columns(TUMOUR_COLUMN, normal, "maf"), None)


def new_names(header: Header, columns: Columns, sample_id: str) -> dict[str, str]:
    """Return the new name of every column: names of a file may be those of persons, and none is kept."""
    names = {name: f"column_{place}" for place, name in enumerate(header.columns, start=1)}
    names[columns.tumour] = sample_id
    if columns.normal is not None:
        names[columns.normal] = f"{sample_id}_normal"
    return names


def _notes(intake: Intake, columns: Columns, tally: Tally) -> Iterator[str]:
    if columns.normal is None:
        yield columns.note or "tumour-only: germline variants are not removed"
    yield from intake.notes
    unreadable = tally.check.unreadable
    if unreadable:
        yield f"at {len(unreadable)} places the reference has N: no consequence can be computed there"
    dialect, fields = intake.dialect, intake.header.format_names
    if not dialect.is_written_with(fields):
        yield (
            "no known field for reads or allele fraction (FORMAT has "
            f"{', '.join(sorted(fields)) or 'nothing'}): allele fractions stay unknown; variants.fields in the "
            "configuration can name them"
        )


def _text(value: Cell) -> str | None:
    return None if value in (None, "") else str(value)


def _one_line(text: str) -> str:
    return " ".join(text.split())
