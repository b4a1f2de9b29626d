"""Step prepare-reference: index the genome, choose a transcript per gene, find the driver genes.

The FASTA may lie in a folder nobody may write to: it is linked into the results and indexed there.
A cohort without variants needs neither FASTA nor gene model, only a table of gene spans.
"""

from __future__ import annotations

import csv
import gzip
import itertools
import logging
import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

import pysam
from pysam.utils import SamtoolsError

from sclcohort.contracts import CODING_INTRONS, DRIVER_GENES, GENE_SPANS, REFERENCE_COVERAGE, REFERENCE_GENES
from sclcohort.coordinates import Span, differ_by_prefix
from sclcohort.errors import StepError
from sclcohort.files import open_text, write_text, write_whole
from sclcohort.reference.contigs import read_contigs
from sclcohort.reference.gene_model import CodingGene, GeneModel, read_gene_model
from sclcohort.tables import Cell, read_rows, write_rows

LOG = logging.getLogger(__name__)
COORDINATE_COLUMNS = ("gene_symbol", "chrom", "start_0based", "end")


def run(
    *,
    fasta: Path | None = None,
    gff: Path | None = None,
    gene_coordinates: Path | None = None,
    driver_genes: Path,
    genome: Path,
    genes: Path,
    coding_introns: Path,
    gene_spans: Path,
    coverage: Path,
) -> None:
    """Prepare genome and gene model, and say which driver genes they cover.

    Parameters
    ----------
    fasta : Path or None
        Genome, plain, bgzip or gzip. None: the genome is an empty file.
    gff : Path or None
        Ensembl GFF3. None: no gene can get consequences.
    gene_coordinates : Path or None
        Spans of genes (gene_symbol, chrom, start_0based, end), used instead of the gene model's.
    driver_genes : Path
        Contract DRIVER_GENES.
    genome : Path
        To write: the FASTA, linked or decompressed, with its ``.fai`` beside it.
    genes, coding_introns, gene_spans, coverage : Path
        To write: contracts REFERENCE_GENES, CODING_INTRONS, GENE_SPANS, REFERENCE_COVERAGE.

    Raises
    ------
    StepError
        A file is damaged or in another dialect, or genome and gene model name their contigs differently.
    """
    contigs = place_genome(fasta, genome)
    model = GeneModel((), {}) if gff is None else read_gene_model(gff)
    if fasta is not None and gff is not None:
        check_contigs(contigs, model, fasta, gff)
    drivers = [str(row["gene_symbol"]) for row in read_rows(driver_genes, DRIVER_GENES)]
    modelled = {gene.name for gene in model.genes}
    if gene_coordinates is None:
        spans = [(gene.name, gene.span) for gene in model.genes if gene.name in set(drivers)]
    else:
        spans = read_coordinates(gene_coordinates, set(drivers))
    write_rows(genes, REFERENCE_GENES, (gene_row(gene) for gene in unique(model.genes)))
    write_rows(coding_introns, CODING_INTRONS, (row for gene in unique(model.genes) for row in intron_rows(gene)))
    write_rows(gene_spans, GENE_SPANS, span_rows(spans))
    write_rows(coverage, REFERENCE_COVERAGE, coverage_rows(drivers, modelled, {name for name, _ in spans}))
    LOG.info("%d contigs, %d protein-coding genes", len(contigs), len(model.genes))
    LOG.info("%d of %d driver genes are in the gene model", len(modelled & set(drivers)), len(drivers))


def place_genome(fasta: Path | None, genome: Path) -> dict[str, int]:
    """Put the genome where the run finds it, index it there, and return its contigs with their lengths.

    A FASTA that is plain or bgzip is linked; one compressed with plain gzip, which cannot be indexed, is
    decompressed.
    """
    genome.unlink(missing_ok=True)
    for index in (Path(f"{genome}.fai"), Path(f"{genome}.gzi")):
        index.unlink(missing_ok=True)
    if fasta is None:
        write_text(genome, "")
        return {}
    genome.parent.mkdir(parents=True, exist_ok=True)
    with fasta.open("rb") as handle:
        head = handle.read(4)
    if head[:3] == b"\x1f\x8b\x08" and head[3] & 4 == 0:
        LOG.info("decompressing %s, since plain gzip cannot be indexed", fasta)
        try:
            with write_whole(genome) as scratch, gzip.open(fasta, "rb") as packed, scratch.open("wb") as plain:
                shutil.copyfileobj(packed, plain, 1 << 20)
        except (EOFError, gzip.BadGzipFile) as error:
            raise StepError(f"genome {fasta}: cannot be decompressed ({error}); fix: copy the file again") from error
    else:
        genome.symlink_to(os.path.relpath(fasta.resolve(), genome.parent.resolve()))
    try:
        pysam.faidx(str(genome))
    except SamtoolsError as error:
        fix = "give a FASTA file, all lines of a sequence of one length"
        raise StepError(f"genome {fasta}: cannot be indexed ({str(error).strip()}); fix: {fix}") from error
    return read_contigs(genome)


def check_contigs(contigs: Mapping[str, int], model: GeneModel, fasta: Path, gff: Path) -> None:
    """Compare contigs of genome and gene model; csq annotates nothing, in silence, where they differ."""
    shared = model.contigs & set(contigs)
    if not shared:
        prefix = differ_by_prefix(model.contigs, set(contigs))
        fix = "rename the contigs of one of the two" if prefix else "give genome and gene model of one source"
        raise StepError(
            f"gene model {gff} names its contigs like {min(model.contigs)}, genome {fasta} like {min(contigs)}: "
            f"no gene would be found; fix: {fix}"
        )
    for name, bases in sorted(model.contig_bases.items()):
        if name in contigs and contigs[name] != bases:
            raise StepError(
                f"contig {name} has {bases} bases in gene model {gff} and {contigs[name]} in genome {fasta}; "
                "fix: give both of the same build"
            )
    absent = sorted(model.contigs - set(contigs))
    if absent:
        LOG.warning("genes on %d contigs that the genome lacks, e.g. %s", len(absent), absent[0])


def unique(genes: Sequence[CodingGene]) -> list[CodingGene]:
    """Return each transcript once; the same gene on PAR and alternate contigs has the same names."""
    seen: dict[tuple[str, str], CodingGene] = {}
    for gene in genes:
        seen.setdefault((gene.name, gene.transcript_id), gene)
    return list(seen.values())


def gene_row(gene: CodingGene) -> dict[str, Cell]:
    """Return a row of contract REFERENCE_GENES."""
    return {
        "gene_symbol": gene.name,
        "gene_id": gene.gene_id,
        "contig": gene.span.contig,
        "start_0based": gene.span.start_0based,
        "end": gene.span.end,
        "strand": gene.strand,
        "transcript_id": gene.transcript_id,
        "cds_bases": gene.coding_bases,
        "protein_residues": max(0, gene.coding_bases - gene.phase) // 3 - 1,
        "transcript_rule": gene.transcript_rule,
    }


def intron_rows(gene: CodingGene) -> list[dict[str, Cell]]:
    """Return rows of contract CODING_INTRONS: where coding sequence is interrupted, and after which residue."""
    pieces = gene.coding if gene.strand == "+" else gene.coding[::-1]
    rows: list[dict[str, Cell]] = []
    coding = -gene.phase
    for before, after in itertools.pairwise(pieces):
        coding += before.end - before.start_0based
        first, second = sorted((before, after), key=lambda piece: piece.start_0based)
        if second.start_0based > first.end:
            rows.append(
                {
                    "transcript_id": gene.transcript_id,
                    "contig": gene.span.contig,
                    "start_0based": first.end,
                    "end": second.start_0based,
                    "residue_before": (coding + 2) // 3,
                }
            )
    return rows


def read_coordinates(path: Path, wanted: set[str]) -> list[tuple[str, Span]]:
    """Read the spans of some genes from a table of gene coordinates.

    Raises
    ------
    StepError
        A column is missing, or a span is no span.
    """
    spans = []
    with open_text(path) as handle:
        reader = csv.DictReader((line for line in handle if not line.startswith("#")), delimiter="\t")
        missing = [name for name in COORDINATE_COLUMNS if name not in (reader.fieldnames or ())]
        if missing:
            raise StepError(
                f"{path}: no column {', '.join(missing)}; fix: name the columns {', '.join(COORDINATE_COLUMNS)}"
            )
        for row in reader:
            if row["gene_symbol"] not in wanted:
                continue
            try:
                span = Span(row["chrom"], int(row["start_0based"]), int(row["end"]))
            except (TypeError, ValueError) as error:
                raise StepError(f"{path}: row {reader.line_num}: start_0based and end must be integers") from error
            if not 0 <= span.start_0based < span.end:
                raise StepError(
                    f"{path}: row {reader.line_num}: the span of {row['gene_symbol']} is empty; fix: correct it"
                )
            spans.append((row["gene_symbol"], span))
    return spans


def span_rows(spans: Sequence[tuple[str, Span]]) -> list[dict[str, Cell]]:
    """Return rows of contract GENE_SPANS, each span once."""
    return [
        {"gene_symbol": name, "contig": span.contig, "start_0based": span.start_0based, "end": span.end}
        for name, span in dict.fromkeys(spans)
    ]


def coverage_rows(drivers: Sequence[str], modelled: set[str], placed: set[str]) -> list[dict[str, Cell]]:
    """Return rows of contract REFERENCE_COVERAGE."""
    rows: list[dict[str, Cell]] = []
    for gene in drivers:
        reasons = []
        if gene not in modelled:
            reasons.append("not in the gene model: its variants get no consequence")
        if gene not in placed:
            reasons.append("no position known: its copy number cannot be read")
        rows.append(
            {
                "gene_symbol": gene,
                "in_gene_model": gene in modelled,
                "has_span": gene in placed,
                "reason": "; ".join(reasons),
            }
        )
    return rows
