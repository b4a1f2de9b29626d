"""Import the variant calls of a chunk of samples: any known dialect in, one normalised VCF per sample out.

Each sample's files are taken in and normalised on their own; consequences are computed once over the alleles of
all. What passes, passes in blocks of lines or in sorted runs: memory does not grow with a file. A sample that
cannot be imported is refused with its reason, and the others are delivered.
"""

from __future__ import annotations

import contextlib
import gc
import heapq
import itertools
import logging
import shutil
import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from sclcohort.contracts import VARIANT_INFERENCE, VARIANT_STATUS
from sclcohort.errors import StepError
from sclcohort.inputs.sheets import read_chunk
from sclcohort.reference.contigs import read_contigs
from sclcohort.reference.sequence import open_sequence
from sclcohort.tables import Cell, write_rows
from sclcohort.variants.coding_rows import CODING, GeneTable, read_genes
from sclcohort.variants.consequence_sites import MITOCHONDRION, Annotation, Key, Window, check_that_nothing_was_missed
from sclcohort.variants.deliver import Calls, Delivery, RowKey, Rows, Stretch, flush, key_of_row, write_coding_variants
from sclcohort.variants.joint import add_joint_changes
from sclcohort.variants.merge import merged, merged_header
from sclcohort.variants.named_fields import read_fields
from sclcohort.variants.normalise import Site
from sclcohort.variants.population import population_frequencies
from sclcohort.variants.sample_import import Genome, SampleImport, Settings, import_sample, not_provided
from sclcohort.variants.write_vcfs import VcfWriter, Writer, writing

log = logging.getLogger(__name__)

Row = dict[str, Cell]
# Alleles held in memory: of all files of a chunk, and of a window of the genome.
HELD_OF_CHUNK, WINDOW = 200_000, 8192


def run(
    *,
    sheet: Path,
    samples: tuple[str, ...],
    genome: Path,
    gff: Path | None = None,
    genes: Path,
    coding_introns: Path,
    coding_exons: Path,
    accepted_filters: tuple[str, ...],
    vcfs: Path,
    status: Path,
    inference: Path,
    coding_variants: Path,
    caller: str | None = None,
    fields: tuple[str, ...] = (),
    build: str = "",
    population_vcf: Path | None = None,
    threads: int = 1,
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
    genes, coding_introns, coding_exons : Path
        Contracts REFERENCE_GENES, CODING_INTRONS and CODING_EXONS.
    accepted_filters : tuple of str
        FILTER values that count as passed; ``.`` is an unset FILTER.
    vcfs : Path
        Folder to write: ``<sample_id>.vcf.gz`` with its index for every sample that was imported.
    status : Path
        To write: contract VARIANT_STATUS, every sample of the chunk.
    inference : Path
        To write: contract VARIANT_INFERENCE, every file of the samples that were imported.
    coding_variants : Path
        To write: contract CODING_VARIANTS of the samples that were imported.
    caller : str or None
        Dialect of files whose caller cannot be told.
    fields : tuple of str
        Fields of files whose caller is unknown, as ``alt_depth=AO`` (see `named_fields`).
    build : str
        reference.build, which a MAF must be of.
    population_vcf : Path or None
        Allele frequencies of a population.
    threads : int
        With 2 or more, a second process shares the writing; the results are the same.

    Raises
    ------
    StepError
        A sample is not in the sheet, there is no reference, or consequences cannot be computed.
    """
    wanted = read_chunk(sheet, samples)
    given = any(row["variants"] for row in wanted)
    if given and (gff is None or not genome.stat().st_size):
        raise StepError("variants need reference.fasta and reference.gff: set both in the configuration")
    with scratch_beside(vcfs) as (scratch, delivered), without_cycle_search():
        if given and gff is not None:
            reference = Reference(genome, gff, genes, coding_introns, coding_exons, population_vcf)
            settings = Settings(accepted_filters, caller, read_fields(fields), build)
            chunk = import_chunk(wanted, reference, settings, scratch, delivered, threads)
        else:
            chunk = Chunk([not_provided(row) for row in wanted], [], [], {})
        write_coding_variants(coding_variants, chunk.deliveries, chunk.joint)
        put_in_place(delivered, vcfs)
    for outcome in chunk.outcomes:
        log.info("%s: %s", outcome["sample_id"], _in_words(outcome))
    write_rows(status, VARIANT_STATUS, chunk.outcomes)
    write_rows(inference, VARIANT_INFERENCE, (one.row for sample in chunk.imported for one in sample.files))


class Reference(NamedTuple):
    """Indexed FASTA, Ensembl GFF3, contracts of genes, introns and exons, and frequencies where they are given."""

    genome: Path
    gff: Path
    genes: Path
    coding_introns: Path
    coding_exons: Path
    population_vcf: Path | None


class Chunk(NamedTuple):
    """What became of the samples of a chunk.

    Parameters
    ----------
    outcomes : list of dict
        One row of the status table per sample, in the order given.
    imported, deliveries : list
        Of the samples that were imported, in their order.
    joint : mapping
        Key of a row of coding variants to what it does together with others of its haplotype.
    """

    outcomes: list[Row]
    imported: list[SampleImport]
    deliveries: list[Delivery]
    joint: Mapping[RowKey, tuple[str, str]]


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


@contextlib.contextmanager
def without_cycle_search() -> Iterator[None]:
    """Spare the search for cycles while the block runs: records are many, and none refers to another."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def put_in_place(folder: Path, output: Path) -> None:
    """Move a finished folder to its final name, in place of what is there."""
    flush(folder)
    if output.is_dir():
        shutil.rmtree(output)
    folder.rename(output)


def import_chunk(
    rows: Sequence[Mapping[str, Cell]],
    reference: Reference,
    settings: Settings,
    scratch: Path,
    out: Path,
    threads: int = 1,
) -> Chunk:
    """Import samples.

    Parameters
    ----------
    rows : sequence of mapping
        Rows of the sample sheet: sample_id, variants, variants_sample, normal_sample.
    reference : Reference
        What the variants were called on.
    settings : Settings
        Of the configuration.
    scratch, out : Path
        Folders for intermediate files and for ``<sample_id>.vcf.gz`` with its index.
    threads : int
        With 2 or more, a second process shares the writing.

    Raises
    ------
    StepError
        Consequences cannot be computed.
    """
    contigs = read_contigs(reference.genome)
    outcomes: list[Row] = []
    imported: list[SampleImport] = []
    # csq is started first: it reads the gene model while genes are read and the samples are taken in.
    with (
        Annotation(contigs, reference.genome, reference.gff, scratch) as annotation,
        open_sequence(reference.genome) as fetch,
    ):
        genes = read_genes(reference.genes, reference.coding_introns, reference.coding_exons, fetch)
        for row in rows:
            outcome, sample = import_sample(row, Genome(reference.genome, fetch), contigs, settings, scratch)
            outcomes.append(outcome)
            if sample is not None:
                sample.spill_beyond(HELD_OF_CHUNK - sum(one.held for one in imported))
                imported.append(sample)
        deliveries: list[Delivery] = []
        joint: Mapping[RowKey, tuple[str, str]] = {}
        if imported:
            deliver = Deliverer(imported, contigs, reference, genes, settings.accepted_filters, scratch, out)
            deliveries = deliver(annotation, beside=threads > 1)
            joint = joint_of(deliveries, genes, contigs, reference, scratch)
    for sample, done in zip(imported, deliveries, strict=True):
        sample.outcome |= {"alleles": done.alleles, "passed": done.passed, "duplicates": sample.duplicates}
    return Chunk(outcomes, imported, deliveries, joint)


def is_of_second(number: int) -> bool:
    """Tell whether the second process writes the rows of a stretch: two of five, as it writes the VCFs too."""
    return number % 5 in (1, 3)


class Deliverer(NamedTuple):
    """What it takes to annotate the alleles of all samples, and to write VCF and coding rows of each."""

    imported: Sequence[SampleImport]
    contigs: Mapping[str, int]
    reference: Reference
    genes: GeneTable
    accepted: Collection[str]
    scratch: Path
    out: Path

    def __call__(self, annotation: Annotation, *, beside: bool) -> list[Delivery]:
        """Write all; return what was written of rows."""
        names, reference = list(self.contigs), self.reference
        sites = sites_of(self.imported, self.contigs)
        longest = max(self.contigs.values())

        def open_writers() -> list[Writer]:
            other = [Rows(self.deliveries("second"), self.genes, is_of_second)] if beside else []
            return [*other, *self.vcfs()]

        # The second process is begun before threads are.
        with writing(open_writers, longest, annotation.release, beside=beside) as second:
            rows = Rows(self.deliveries("first"), self.genes, lambda number: not (beside and is_of_second(number)))
            for number, window in enumerate(annotation.windows(sites, WINDOW)):
                stretch = Stretch(*window, number, frequencies_of(window, names, reference.population_vcf))
                second.take(stretch)
                rows.take(stretch)
            if not annotation.annotated:
                check_that_nothing_was_missed(sites_of(self.imported, self.contigs), names, reference.genes)
        if beside:
            rows.join(second.results[0])
        return list(rows.deliveries)

    def vcfs(self) -> list[VcfWriter]:
        """Open the VCF of each sample."""
        return [
            VcfWriter(
                self.out / f"{sample.name}.vcf.gz",
                merged_header(sample, self.contigs),
                Calls(merged(sample.files, self.accepted)),
                sample.unplaced,
                list(self.contigs),
            )
            for sample in self.imported
        ]

    def deliveries(self, process: str) -> list[Delivery]:
        """Return the coding rows of each sample, none written yet; each process has files of its own."""
        return [
            Delivery(
                sample.name,
                Calls(merged(sample.files, self.accepted)),
                sample.unplaced,
                list(self.contigs),
                self.scratch / f"{sample.name}.{process}.rows",
                self.accepted,
            )
            for sample in self.imported
        ]


def frequencies_of(window: Window, names: Sequence[str], population_vcf: Path | None) -> dict[Key, float | None]:
    """Return the frequencies of a window's coding alleles in a population; empty where none is configured."""
    if population_vcf is None:
        return {}
    sites = {Site(names[key[0]], *key[1:]): key for key, text in window.found.items() if CODING.search(text)}
    found = population_frequencies(population_vcf, sites)
    return {key: found[site] for site, key in sites.items()}


def joint_of(
    deliveries: Sequence[Delivery], genes: GeneTable, contigs: Mapping[str, int], reference: Reference, scratch: Path
) -> dict[RowKey, tuple[str, str]]:
    """Return what alleles do together that their callers prove to lie on one haplotype."""
    rows = [row for delivery in deliveries for row in delivery.phased]
    transcripts, proteins = {}, {}
    for name in {str(row["transcript_id"]) for row in rows}:
        transcript, stands = genes.transcript(name), genes.representative(name)
        if transcript is not None and stands is not None:
            transcripts[name], proteins[name] = transcript, stands.protein
    add_joint_changes(rows, transcripts, proteins, contigs, reference.genome, reference.gff, scratch)
    return {
        key_of_row(row): (str(row["joint_hgvs_p"]), str(row["joint_class"])) for row in rows if row.get("joint_class")
    }


def sites_of(imported: Sequence[SampleImport], contigs: Mapping[str, int]) -> Iterable[Key]:
    """Return the alleles of all samples that can have a consequence, in order, each once."""
    other_code = {rank for rank, name in enumerate(contigs) if name in MITOCHONDRION}
    streams = [_sites(sample, number, other_code) for sample in imported for number in range(len(sample.files))]
    held = sum(one.records.size for sample in imported for one in sample.files)
    # Sorting is faster than merging, where all fit into memory and there is more than one to merge.
    if len(streams) > 1 and held <= HELD_OF_CHUNK:
        return sorted(set(itertools.chain.from_iterable(streams)))
    return (key for key, _ in itertools.groupby(heapq.merge(*streams)))


def _sites(sample: SampleImport, number: int, other_code: Collection[int]) -> Iterator[Key]:
    for record in sample.files[number].records:
        key = record[:4]
        if key[0] not in other_code and not (sample.unplaced and key[:2] in sample.unplaced):
            yield key


def _in_words(outcome: Row) -> str:
    if outcome["state"] != "imported":
        return f"{outcome['state']} {outcome.get('reason') or ''}".strip()
    return (
        f"imported, {outcome['callers']}: {outcome['records']} records, "
        f"{outcome['alleles']} alleles, {outcome['passed']} passed"
    )
