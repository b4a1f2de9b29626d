"""Import the variant calls of a chunk of samples: any known dialect in, one normalised VCF per sample out.

Each sample is taken in, normalised and indexed on its own; consequences are computed once over
the alleles of all. A sample that cannot be imported is refused with its reason, and the others
are delivered.
"""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sclcohort.contracts import VARIANT_STATUS
from sclcohort.errors import StepError
from sclcohort.inputs.sheets import read_chunk
from sclcohort.reference.contigs import read_contigs
from sclcohort.tables import Cell, write_rows
from sclcohort.variants.bcftools import bcftools, messages_of_htslib
from sclcohort.variants.columns import Columns, choose_columns
from sclcohort.variants.consequence_sites import annotate_sites
from sclcohort.variants.filters import is_accepted
from sclcohort.variants.header import Header, read_header
from sclcohort.variants.info_counts import complete
from sclcohort.variants.intake import Intake, blocks_of, open_vcf, take_in
from sclcohort.variants.normalise import Normalised, Site, normalise
from sclcohort.variants.refusal import RefusedVcfError

log = logging.getLogger(__name__)

Row = dict[str, Cell]
# A .tbi index reaches no further (SAM specification, section 5.2); longer contigs need .csi.
LONGEST_TBI_CONTIG = (1 << 29) - 1
CONSEQUENCES = (
    '##INFO=<ID=BCSQ,Number=.,Type=String,Description="Local consequences by bcftools csq -l. '
    'Format: Consequence|gene|transcript|biotype|strand|amino_acid_change|dna_change">'
)


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
        Indexed FASTA of the reference; an empty file where no sample has variants.
    gff : Path or None
        Gene model, Ensembl GFF3; None only where no sample has variants.
    genes : Path
        Contract REFERENCE_GENES.
    accepted_filters : tuple of str
        FILTER values that count as passed; ``.`` is an unset FILTER.
    vcfs : Path
        Folder to write: ``<sample_id>.vcf.gz`` with its index for every sample that was imported.
    status : Path
        To write: contract VARIANT_STATUS, every sample of the chunk.

    Raises
    ------
    StepError
        A sample is not in the sheet, there is no reference, or consequences cannot be computed.
    """
    wanted = read_chunk(sheet, samples)
    with scratch_beside(vcfs) as (scratch, delivered):
        outcomes = import_chunk(wanted, genome, gff, genes, accepted_filters, scratch, delivered)
        put_in_place(delivered, vcfs)
    write_rows(status, VARIANT_STATUS, outcomes)


@contextlib.contextmanager
def scratch_beside(output: Path) -> Iterator[tuple[Path, Path]]:
    """Yield a folder for work and one for results, beside the output: on its file system, gone in the end."""
    output.parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=f".{output.name}.", suffix=".tmp", dir=output.parent))
    try:
        work, results = folder / "work", folder / "results"
        work.mkdir()
        results.mkdir()
        yield work, results
    finally:
        shutil.rmtree(folder)


def put_in_place(folder: Path, output: Path) -> None:
    """Move a finished folder to its final name, in place of what is there."""
    for path in folder.iterdir():
        with path.open("rb") as handle:
            os.fsync(handle.fileno())
    if output.is_dir():
        shutil.rmtree(output)
    folder.rename(output)


@dataclass(frozen=True)
class _Imported:
    """A sample whose records are normalised, waiting for consequences."""

    vcf: Path
    sites: tuple[Site, ...]


def import_chunk(
    rows: Sequence[Mapping[str, Cell]],
    genome: Path,
    gff: Path | None,
    genes: Path,
    accepted_filters: Collection[str],
    scratch: Path,
    out: Path,
) -> list[Row]:
    """Import samples.

    Parameters
    ----------
    rows : sequence of mapping
        Rows of the sample sheet: sample_id, variants, variants_sample, normal_sample.
    genome : Path
        Indexed FASTA.
    gff : Path or None
        Ensembl GFF3; None only where no row has variants.
    genes : Path
        Contract REFERENCE_GENES.
    accepted_filters : collection of str
        FILTER values that count as passed.
    scratch, out : Path
        Folders for intermediate files and for ``<sample_id>.vcf.gz`` with its index.

    Returns
    -------
    list of dict
        One row of the status table per sample, in the order given.

    Raises
    ------
    StepError
        There are variants but no reference, or consequences cannot be computed.
    """
    if any(row["variants"] for row in rows) and (gff is None or not genome.stat().st_size):
        raise StepError("variants need reference.fasta and reference.gff: set both in the configuration")
    contigs = read_contigs(genome) if genome.stat().st_size else {}
    outcomes: list[Row] = []
    imported: dict[str, _Imported] = {}
    for row in rows:
        name = str(row["sample_id"])
        folder = scratch / name
        folder.mkdir()
        outcome = _import_sample(row, genome, contigs, accepted_filters, folder)
        outcomes.append(outcome[0])
        if outcome[1] is not None:
            imported[name] = outcome[1]
        log.info("%s: %s", name, _in_words(outcome[0]))
    if imported and gff is not None:
        sites = {site for sample in imported.values() for site in sample.sites}
        consequences = annotate_sites(sites, contigs, genome, gff, genes, scratch)
        longest = max(contigs.values())
        for name, sample in imported.items():
            _deliver(sample, consequences, out / f"{name}.vcf.gz", "tbi" if longest <= LONGEST_TBI_CONTIG else "csi")
    return outcomes


def _import_sample(
    row: Mapping[str, Cell], genome: Path, contigs: Mapping[str, int], accepted: Collection[str], scratch: Path
) -> tuple[Row, _Imported | None]:
    """Return the status row of one sample, and its normalised records where they could be imported."""
    outcome: Row = {"sample_id": row["sample_id"]}
    if not row["variants"]:
        return outcome | {"state": "not_provided", "reason": "the sheet names no VCF"}, None
    name = str(row["sample_id"])
    vcf = scratch / f"{name}.vcf"
    try:
        with messages_of_htslib(scratch), contextlib.ExitStack() as files:
            handle = files.enter_context(open_vcf(Path(str(row["variants"])), scratch))
            header = read_header(handle)
            named = {"tumour_named": _text(row["variants_sample"]), "normal_named": _text(row["normal_sample"])}
            dialect = None
            if header.columns:
                columns = choose_columns(header.columns, header.lines, sample_id=name, **named)
                outcome |= {"tumour_column": columns.tumour, "normal_column": columns.normal}
            else:
                made = complete(blocks_of(handle), header, out=scratch / "with_columns", **named)
                header, columns, dialect = made.header, made.columns, made.dialect
                outcome |= {"tumour_column": "INFO", "normal_column": "INFO" if columns.normal else None}
                handle = files.enter_context(made.records.open("rb"))
            outcome |= {"column_rule": columns.rule}
            renamed = new_names(header, columns, name)
            intake = take_in(handle, renamed, header, contigs, scratch, scratch / "taken_in.vcf", dialect)
            kept = [renamed[column] for column in (columns.tumour, columns.normal) if column]
            normalised = normalise(scratch / "taken_in.vcf", kept, genome, scratch, vcf)
    except RefusedVcfError as refusal:
        _clear(scratch, keep=None)
        return outcome | {"state": "refused", "reason": _one_line(str(refusal))}, None
    _clear(scratch, keep=vcf)
    sites, filters = _sites_and_filters(vcf)
    outcome |= {
        "state": "imported",
        "caller": intake.dialect.name,
        "records": intake.records,
        "alleles": len(sites),
        "passed": sum(number for names, number in filters.items() if is_accepted(names, accepted)),
        "set_aside": normalised.set_aside + intake.off_reference,
        "duplicates": normalised.duplicates,
        "reason": _one_line("; ".join(_notes(columns, intake, normalised))),
    }
    annotatable = tuple(site for site in sites if (site.contig, site.position_1based) not in normalised.unreadable)
    return outcome, _Imported(vcf, annotatable)


def new_names(header: Header, columns: Columns, sample_id: str) -> dict[str, str]:
    """Return the new name of every column: names of a file may be those of persons, and none is kept."""
    names = {name: f"column_{place}" for place, name in enumerate(header.columns, start=1)}
    names[columns.tumour] = sample_id
    if columns.normal is not None:
        names[columns.normal] = f"{sample_id}_normal"
    return names


def _notes(columns: Columns, intake: Intake, normalised: Normalised) -> Iterator[str]:
    if columns.normal is None:
        yield columns.note or "tumour-only: germline variants are not removed"
    yield from intake.notes
    if normalised.unreadable:
        yield f"at {len(normalised.unreadable)} places the reference has N: no consequence can be computed there"
    dialect, fields = intake.dialect, intake.header.format_names
    if not dialect.is_written_with(fields):
        yield (
            "no known field for reads or allele fraction (FORMAT has "
            f"{', '.join(sorted(fields)) or 'nothing'}): allele fractions stay unknown"
        )


def _sites_and_filters(vcf: Path) -> tuple[list[Site], Counter[str]]:
    """Return the alleles of a normalised VCF, and how often each FILTER stands there."""
    sites: list[Site] = []
    filters: Counter[str] = Counter()
    with vcf.open(encoding="utf-8", newline="\n") as handle:
        for line in handle:
            if line[0] != "#":
                contig, position, _, ref, alt, _, names, _ = line.split("\t", 7)
                sites.append(Site(contig, int(position), ref, alt))
                filters[names] += 1
    return sites, filters


def _deliver(sample: _Imported, consequences: Mapping[Site, str], out: Path, index: str) -> None:
    """Write a sample's VCF with consequences, compressed and indexed."""
    annotated = sample.vcf.with_suffix(".annotated.vcf")
    allowed = frozenset(sample.sites)
    with (
        sample.vcf.open(encoding="utf-8", newline="\n") as source,
        annotated.open("w", encoding="utf-8", newline="\n") as sink,
    ):
        for line in source:
            if line.startswith("#CHROM"):
                sink.write(f"{CONSEQUENCES}\n{line}")
                continue
            if line[0] != "#":
                cells = line.split("\t", 8)
                site = Site(cells[0], int(cells[1]), cells[3], cells[4])
                text = consequences.get(site) if site in allowed else None
                if text is not None:
                    cells[7] = f"BCSQ={text}" if cells[7] == "." else f"{cells[7]};BCSQ={text}"
                    line = "\t".join(cells)
            sink.write(line)
    bcftools("view", "--no-version", "-Oz", f"-W={index}", "-o", out, annotated)
    annotated.unlink()
    sample.vcf.unlink()


def _clear(scratch: Path, *, keep: Path | None) -> None:
    """Remove intermediate files, so that a chunk needs the space of one sample."""
    for path in scratch.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        elif path != keep:
            path.unlink()


def _text(value: Cell) -> str | None:
    return None if value in (None, "") else str(value)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _in_words(outcome: Row) -> str:
    if outcome["state"] != "imported":
        return f"{outcome['state']} {outcome.get('reason') or ''}".strip()
    return (
        f"imported, {outcome['caller']}, columns by {outcome['column_rule']}: {outcome['records']} records, "
        f"{outcome['alleles']} alleles, {outcome['passed']} passed"
    )
