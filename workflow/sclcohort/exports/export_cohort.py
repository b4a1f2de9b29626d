"""Export the cohort's coding variants as one MAF, and each sample's driver events as a table of its own.

INPUTS   inputs/samples.tsv, reference/genes.tsv, drivers/events.tsv, coding variants and status tables of all chunks
OUTPUTS  maf        all coding variants on representative transcripts (`exports.maf` says how a row is made)
         drivers    folder with ``<sample_id>.drivers.tsv`` for every sample: its rows of drivers/events.tsv

The MAF keeps every FILTER: what a caller doubted is a row like any other, and ``filter_accepted`` tells it from those
that count, and ``origin`` what is somatic as far as it can be told. Memory is that of one run of the sort and of the
driver events, however large the cohort.
"""

from __future__ import annotations

import contextlib
import heapq
import itertools
import logging
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from sclcohort.contracts import CODING_VARIANTS, EVENTS, REFERENCE_GENES, SAMPLES, VARIANT_STATUS
from sclcohort.drivers.origin import judge_origin
from sclcohort.drivers.purity import unknown_purity
from sclcohort.drivers.records import Variant
from sclcohort.errors import StepError
from sclcohort.exports.maf import COLUMNS, VERSION_LINE, MafGene, MafRow, genome_order, make_maf_row
from sclcohort.files import write_whole
from sclcohort.tables import Cell, read_rows, write_rows

# Rows sorted in memory at once, measured as 190 MB; 10,000 samples with 300 rows each then merge 30 files.
RUN_ROWS = 100_000

log = logging.getLogger(__name__)


def run(
    *,
    samples: Path,
    coding_variants: tuple[Path, ...],
    variant_status: tuple[Path, ...],
    events: Path,
    genes: Path,
    build: str,
    population_configured: bool,
    max_error_probability: float,
    maf: Path,
    drivers: Path,
) -> None:
    """Write the cohort's MAF and the driver table of each sample.

    Parameters
    ----------
    samples : Path
        Contract SAMPLES.
    coding_variants, variant_status : tuple of Path
        Contracts CODING_VARIANTS and VARIANT_STATUS, of every chunk.
    events : Path
        Contract EVENTS.
    genes : Path
        Contract REFERENCE_GENES.
    build : str
        Name of the reference build.
    population_configured : bool
        Whether allele frequencies of a population were looked up.
    max_error_probability : float
        Largest probability at which reads reject a model, in (0, 1).
    maf : Path
        File to write; sorted by chromosome (1 to 22, X, Y, M, others), start, end and sample.
    drivers : Path
        Folder to write ``<sample_id>.drivers.tsv`` to, contract EVENTS; only the header where there is no event.

    Raises
    ------
    StepError
        The tables are of different runs: a sample or a representative transcript is in one and not in the other.
    """
    names = [str(row["sample_id"]) for row in read_rows(samples, SAMPLES)]
    normals = read_normals(variant_status)
    origins = Origins(read_origins(events), population_configured, max_error_probability)
    rows = maf_rows(coding_variants, normals, read_genes(genes), build, origins)
    written = write_maf(maf, rows)
    log.info("%s: %d rows", maf.name, written)
    write_drivers(drivers, names, events)


def read_normals(variant_status: Iterable[Path]) -> dict[str, str]:
    """Return the name of each sample's normal as in our VCF, ``<sample_id>_normal``; empty where it is tumour-only."""
    return {
        str(row["sample_id"]): f"{row['sample_id']}_normal" if row["has_normal"] else ""
        for path in variant_status
        for row in read_rows(path, VARIANT_STATUS)
        if row["state"] == "imported"
    }


AlleleKey = tuple[str, ...]


def read_origins(events: Path) -> dict[AlleleKey, str]:
    """Return the origin of the small variants that are driver events."""
    return {allele_key(row): str(row["origin"]) for row in read_rows(events, EVENTS) if row["origin"]}


def allele_key(row: Mapping[str, Cell]) -> AlleleKey:
    """Return what identifies an allele of a sample in a gene."""
    return tuple(str(row[name]) for name in ("sample_id", "chrom", "position_1based", "ref", "alt", "gene_symbol"))


@dataclass(frozen=True)
class Origins:
    """Origin of every variant: that of the drivers stage, else by the normal and the population alone.

    Outside the driver genes neither copies nor hotspots are known, so what a tumour-only caller reports is at
    most told as germline by its frequency.
    """

    of_events: Mapping[AlleleKey, str]
    population_configured: bool
    max_error_probability: float

    def of(self, row: Mapping[str, Cell], normal: str) -> str:
        """Return the origin of one row of CODING_VARIANTS."""
        known = self.of_events.get(allele_key(row))
        if known is not None:
            return known
        return judge_origin(
            Variant.from_row(row),
            has_normal=bool(normal),
            at_hotspot=False,
            copies=None,
            purity=unknown_purity("not looked at"),
            population_configured=self.population_configured,
            max_error_probability=self.max_error_probability,
        ).call


def read_genes(genes: Path) -> dict[str, MafGene]:
    """Return the gene of each representative transcript."""
    found = {}
    for row in read_rows(genes, REFERENCE_GENES):
        residues = row["protein_residues"]
        gene = MafGene(str(row["gene_id"] or ""), str(row["strand"] or ""), None if residues is None else int(residues))
        found[str(row["transcript_id"])] = gene
    return found


def maf_rows(
    coding_variants: Iterable[Path],
    normals: Mapping[str, str],
    genes: Mapping[str, MafGene],
    build: str,
    origins: Origins,
) -> Iterator[MafRow]:
    """Yield a MAF row for each allele of each sample on each representative transcript, in the order of the tables.

    Raises
    ------
    StepError
        A variant of a sample without imported variants, or on a transcript that `genes` lacks.
    """
    for path in coding_variants:
        for row in read_rows(path, CODING_VARIANTS):
            if not row["is_representative"]:
                continue
            sample, transcript = str(row["sample_id"]), str(row["transcript_id"])
            if sample not in normals:
                raise StepError(
                    f"{path}: sample {sample} is not among those imported; fix: give the status tables of all chunks"
                )
            if transcript not in genes:
                raise StepError(
                    f"{path}: transcript {transcript} is not in the gene table; fix: give that of the same reference"
                )
            origin = origins.of(row, normals[sample])
            yield make_maf_row(row, normals[sample], genes[transcript], build, origin)


def write_maf(maf: Path, rows: Iterable[MafRow], run_rows: int = RUN_ROWS) -> int:
    """Write MAF rows in genome order, whole or not at all; return how many.

    Parameters
    ----------
    maf : Path
        File to write; sorted runs stand beside it while it is written.
    rows : iterable of MafRow
        In any order.
    run_rows : int
        Rows to hold in memory at once.
    """
    written = 0
    with write_whole(maf) as scratch, scratch.open("w", encoding="utf-8", newline="\n") as handle:
        handle.write(f"{VERSION_LINE}\n")
        _write_line(handle, COLUMNS)
        for row in in_genome_order(rows, maf.parent, run_rows):
            _write_line(handle, row)
            written += 1
    return written


def in_genome_order(rows: Iterable[MafRow], folder: Path, run_rows: int) -> Iterator[Sequence[str]]:
    """Yield rows in genome order; sort runs of them in memory, keep the runs in `folder`, then merge them."""
    remaining = iter(rows)
    with contextlib.ExitStack() as stack:
        runs: list[IO[str]] = []
        for first in remaining:
            run_of_rows = itertools.chain([first], itertools.islice(remaining, run_rows - 1))
            runs.append(stack.enter_context(tempfile.TemporaryFile("w+", encoding="utf-8", newline="\n", dir=folder)))
            _write_sorted(runs[-1], run_of_rows)
        yield from heapq.merge(*map(_read_lines, runs), key=genome_order)


def _write_sorted(handle: IO[str], rows: Iterable[MafRow]) -> None:
    for row in sorted(rows, key=genome_order):
        _write_line(handle, row)
    handle.seek(0)


def _write_line(handle: IO[str], row: Sequence[str]) -> None:
    handle.write("\t".join(row) + "\n")


def _read_lines(handle: IO[str]) -> Iterator[Sequence[str]]:
    return (line.rstrip("\n").split("\t") for line in handle)


def write_drivers(drivers: Path, samples: Sequence[str], events: Path) -> None:
    """Write the events of each sample to a file of its own.

    Parameters
    ----------
    drivers : Path
        Folder; made when missing. Files of samples that are no longer in the cohort are removed.
    samples : sequence of str
        All samples of the cohort; safe file names by the schema of the sheet.
    events : Path
        Contract EVENTS.

    Raises
    ------
    StepError
        An event of a sample that is not in `samples`, or events of one sample in two places.
    """
    drivers.mkdir(parents=True, exist_ok=True)
    paths = {name: drivers / f"{name}.drivers.tsv" for name in samples}
    for stale in sorted(set(drivers.glob("*.drivers.tsv")) - set(paths.values())):
        stale.unlink()
    waiting = dict(paths)
    for name, rows in itertools.groupby(read_rows(events, EVENTS), key=lambda row: str(row["sample_id"])):
        if name not in waiting:
            what = "stands in two places of the table" if name in paths else "is not in the sample table"
            raise StepError(f"{events}: sample {name} {what}; fix: give the tables of one run, as they were written")
        write_rows(waiting.pop(name), EVENTS, rows)
    for path in waiting.values():
        write_rows(path, EVENTS, ())
    log.info("%s: %d samples, %d with events", drivers.name, len(paths), len(paths) - len(waiting))
