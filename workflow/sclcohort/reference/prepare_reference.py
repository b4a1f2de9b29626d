"""Step prepare-reference: index the genome, choose a transcript per gene, find the driver genes.

A cohort without variants needs neither FASTA nor gene model, only a table of gene spans.
"""

from __future__ import annotations

import csv
import itertools
import logging
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import pysam

from sclcohort.contracts import (
    CODING_EXONS,
    CODING_INTRONS,
    DRIVER_GENES,
    GENE_SPANS,
    REFERENCE_COVERAGE,
    REFERENCE_GENES,
)
from sclcohort.coordinates import Span, without_chr
from sclcohort.errors import StepError
from sclcohort.files import open_text, write_text
from sclcohort.reference.gene_model import CodingGene, GeneModel, read_gene_model
from sclcohort.reference.genome import coding_sequence, place_genome, translate
from sclcohort.tables import Cell, read_rows, write_rows

log = logging.getLogger(__name__)

Row = dict[str, Cell]
COORDINATE_COLUMNS = ("gene_symbol", "chrom", "start_0based", "end")
# A wrong genome build gives proteins that are mostly nonsense, the right one hardly any: half is far from both.
MIN_READABLE_FRACTION = 0.5


def run(
    *,
    fasta: Path | None = None,
    gff: Path | None = None,
    gene_coordinates: Path | None = None,
    driver_genes: Path,
    genome: Path,
    genes: Path,
    coding_introns: Path,
    coding_exons: Path,
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
    genes, coding_introns, coding_exons, gene_spans, coverage : Path
        To write: contracts REFERENCE_GENES, CODING_INTRONS, CODING_EXONS, GENE_SPANS, REFERENCE_COVERAGE.

    Raises
    ------
    StepError
        A file is damaged or in another dialect, or genome and gene model do not belong together.
    """
    drivers = list(read_rows(driver_genes, DRIVER_GENES))
    contigs = place_genome(fasta, genome) if fasta is not None else _no_genome(genome)
    model = GeneModel((), {}) if gff is None else _read_model(gff)
    if contigs and model.genes:
        check_same_contigs(model, contigs)
    symbols = approved_symbols(model.genes, drivers)
    on_genome = unique([gene for gene in model.genes if gene.span.contig in contigs], symbols)
    rows = gene_rows(on_genome, symbols, genome)
    if gene_coordinates is None:
        spans = spans_from_model(model.genes, symbols, drivers)
    else:
        spans = spans_from_coordinates(gene_coordinates, drivers)
    covered = coverage_rows(drivers, rows, spans)
    write_rows(genes, REFERENCE_GENES, rows)
    write_rows(coding_introns, CODING_INTRONS, (row for gene in on_genome for row in intron_rows(gene)))
    write_rows(coding_exons, CODING_EXONS, (row for gene in on_genome for row in exon_rows(gene)))
    write_rows(gene_spans, GENE_SPANS, spans)
    write_rows(coverage, REFERENCE_COVERAGE, covered)
    log.info("%d contigs, %d protein-coding genes on them", len(contigs), len(rows))
    log.info(
        "of %d driver genes, %d can get variant consequences and %d a copy number",
        len(drivers),
        sum(row["in_gene_model"] is True for row in covered),
        sum(row["has_span"] is True for row in covered),
    )


def _no_genome(genome: Path) -> dict[str, int]:
    genome.unlink(missing_ok=True)
    write_text(genome, "")
    return {}


def _read_model(gff: Path) -> GeneModel:
    try:
        return read_gene_model(gff)
    except OSError as error:
        raise StepError(f"gene model {gff}: cannot be read ({error.strerror}); check path and permissions") from error


def check_same_contigs(model: GeneModel, contigs: Mapping[str, int]) -> None:
    """Refuse a gene model whose contigs are not those of the genome: csq annotates nothing then, in silence.

    Parameters
    ----------
    model : GeneModel
        The gene model.
    contigs : mapping of str to int
        Names and lengths of the genome.

    Raises
    ------
    StepError
        Names that differ by a ``chr`` prefix, no name in common, a length that differs, or a gene
        beyond the end of its contig.
    """
    twins = {without_chr(name): name for name in sorted(set(contigs) - model.contigs)}
    for name in sorted(model.contigs - set(contigs)):
        if without_chr(name) in twins:
            raise StepError(
                f'gene model and genome name contigs differently: "{name}" in the gene model, '
                f'"{twins[without_chr(name)]}" in the genome, so no gene would be found; '
                "take both from one source (Ensembl: 17, UCSC: chr17), or rename one"
            )
    if not model.contigs & set(contigs):
        raise StepError(
            f'gene model and genome share no contig: "{min(model.contigs)}" in the gene model, "{min(contigs)}" '
            "in the genome; give the gene model of this genome"
        )
    for name, bases in sorted(model.contig_bases.items()):
        if contigs.get(name, bases) != bases:
            raise StepError(
                f"contig {name} has {bases} bases in the gene model and {contigs[name]} in the genome: "
                "two builds; give the gene model of this genome"
            )
    for gene in model.genes:
        if gene.span.end > contigs.get(gene.span.contig, gene.span.end):
            raise StepError(
                f"gene {gene.name} ends at {gene.span.contig}:{gene.span.end}, beyond the contig's "
                f"{contigs[gene.span.contig]} bases in the genome; give the gene model of this genome"
            )
    absent = sorted(model.contigs - set(contigs))
    if absent:
        log.warning("genes on %d contigs that the genome lacks are left out, e.g. on %s", len(absent), absent[0])


def approved_symbols(genes: Iterable[CodingGene], drivers: Sequence[Mapping[str, Cell]]) -> dict[str, str]:
    """Return, by gene id, the symbol of each gene: the driver table's where the model's name is outdated.

    A driver gene that no gene of the model is named after is looked for by its Ensembl id.
    """
    listed = list(genes)
    names = {gene.name for gene in listed}
    by_id = {
        str(row["ensembl_gene_id"]): str(row["gene_symbol"])
        for row in drivers
        if row["ensembl_gene_id"] and row["gene_symbol"] not in names
    }
    for gene in listed:
        if gene.gene_id in by_id:
            log.info("the gene model calls %s by its old symbol %s", by_id[gene.gene_id], gene.name)
    return {gene.gene_id: by_id.get(gene.gene_id, gene.name) for gene in listed}


def unique(genes: Sequence[CodingGene], symbols: Mapping[str, str]) -> list[CodingGene]:
    """Return each transcript once: a gene of the pseudoautosomal regions may stand on X and Y under one id."""
    seen: dict[tuple[str, str], CodingGene] = {}
    for gene in genes:
        seen.setdefault((symbols[gene.gene_id], gene.transcript_id), gene)
    return list(seen.values())


def gene_rows(genes: Sequence[CodingGene], symbols: Mapping[str, str], genome: Path) -> list[Row]:
    """Return rows of contract REFERENCE_GENES, the protein of each gene read from the genome.

    Raises
    ------
    StepError
        Fewer than half of the complete coding sequences read from start to stop: genome and gene
        model are of different builds.
    """
    if not genes:
        return []
    rows: list[Row] = []
    readable = complete = 0
    with pysam.FastaFile(str(genome)) as sequence:
        for gene in genes:
            # Where the model lacks the start, residues cannot be numbered.
            residues = "" if gene.phase else translate(coding_sequence(sequence, gene.coding, gene.strand))
            if residues and "X" not in residues and gene.coding_bases % 3 == 0:
                complete += 1
                readable += residues[0] == "M" and residues.find("*") == len(residues) - 1
            rows.append(_gene_row(gene, symbols[gene.gene_id], residues.removesuffix("*")))
    if readable < MIN_READABLE_FRACTION * complete:
        raise StepError(
            f"only {readable} of {complete} coding sequences of the gene model read from start to stop in the genome: "
            "they are of different builds; give the gene model of this genome"
        )
    return rows


def _gene_row(gene: CodingGene, symbol: str, protein: str) -> Row:
    return {
        "gene_symbol": symbol,
        "gene_id": gene.gene_id,
        "contig": gene.span.contig,
        "start_0based": gene.span.start_0based,
        "end": gene.span.end,
        "strand": gene.strand,
        "transcript_id": gene.transcript_id,
        "cds_bases": gene.coding_bases,
        "protein_residues": len(protein) or None,
        "name_in_model": gene.name,
        "protein": protein,
        "transcript_rule": gene.transcript_rule,
    }


def intron_rows(gene: CodingGene) -> list[Row]:
    """Return rows of contract CODING_INTRONS: where coding sequence is interrupted, and between which residues."""
    pieces = gene.coding if gene.strand == "+" else gene.coding[::-1]
    rows: list[Row] = []
    coding = -gene.phase
    for before, after in itertools.pairwise(pieces):
        coding += before.end - before.start_0based
        first, second = sorted((before, after))
        if second.start_0based > first.end:
            rows.append(
                {
                    "transcript_id": gene.transcript_id,
                    "contig": gene.span.contig,
                    "start_0based": first.end,
                    "end": second.start_0based,
                    "residue_before": (coding + 2) // 3,
                    "residue_after": coding // 3 + 1,
                }
            )
    return rows


def exon_rows(gene: CodingGene) -> list[Row]:
    """Return rows of contract CODING_EXONS, in genome order.

    A coding interval that a frameshift of the ribosome splits in one exon gives two rows of that exon.
    Number and bounds of the exon are missing where the model has no exon lines of the transcript.
    """
    rows: list[Row] = []
    for piece in gene.coding:
        at = next(
            (
                index
                for index, exon in enumerate(gene.exons)
                if exon.start_0based <= piece.start_0based and piece.end <= exon.end
            ),
            None,
        )
        number = None if at is None else at + 1 if gene.strand == "+" else len(gene.exons) - at
        rows.append(
            {
                "transcript_id": gene.transcript_id,
                "contig": piece.contig,
                "strand": gene.strand,
                "start_0based": piece.start_0based,
                "end": piece.end,
                "exon_number": number,
                "exon_start_0based": None if at is None else gene.exons[at].start_0based,
                "exon_end": None if at is None else gene.exons[at].end,
            }
        )
    return rows


def spans_from_model(
    genes: Iterable[CodingGene], symbols: Mapping[str, str], drivers: Sequence[Mapping[str, Cell]]
) -> list[Row]:
    """Return the spans of the driver genes as the gene model gives them."""
    wanted = {row["gene_symbol"] for row in drivers}
    return merged_spans((symbols[gene.gene_id], gene.span) for gene in genes if symbols[gene.gene_id] in wanted)


def spans_from_coordinates(path: Path, drivers: Sequence[Mapping[str, Cell]]) -> list[Row]:
    """Return the spans of the driver genes as a table of coordinates gives them, contig names as they are there.

    Raises
    ------
    StepError
        A column is missing, or a span is none.
    """
    wanted = {row["gene_symbol"] for row in drivers}
    spans = []
    with open_text(path) as handle:
        reader = csv.DictReader((line for line in handle if not line.startswith("#")), delimiter="\t")
        missing = [name for name in COORDINATE_COLUMNS if name not in (reader.fieldnames or ())]
        if missing:
            raise StepError(f"{path}: no column {', '.join(missing)}; name the columns {', '.join(COORDINATE_COLUMNS)}")
        for row in reader:
            if row["gene_symbol"] not in wanted:
                continue
            try:
                span = Span(row["chrom"], int(row["start_0based"]), int(row["end"]))
            except (TypeError, ValueError) as error:
                raise StepError(f"{path}: row {reader.line_num}: start_0based and end must be integers") from error
            if not 0 <= span.start_0based < span.end:
                raise StepError(f"{path}: row {reader.line_num}: the span of {row['gene_symbol']} is empty; correct it")
            spans.append((row["gene_symbol"], span))
    return merged_spans(spans)


def merged_spans(spans: Iterable[tuple[str, Span]]) -> list[Row]:
    """Return rows of contract GENE_SPANS: overlapping spans of one gene are one, others stay apart."""
    rows: list[Row] = []
    last_symbol, last = "", Span("", 0, 0)
    for symbol, span in sorted(spans):
        if symbol == last_symbol and span.contig == last.contig and span.start_0based < last.end:
            last = last._replace(end=max(last.end, span.end))
            rows[-1]["end"] = last.end
            continue
        last_symbol, last = symbol, span
        rows.append({"gene_symbol": symbol, **span._asdict()})
    return rows


def coverage_rows(
    drivers: Sequence[Mapping[str, Cell]], genes: Iterable[Mapping[str, Cell]], spans: Iterable[Mapping[str, Cell]]
) -> list[Row]:
    """Return rows of contract REFERENCE_COVERAGE: what of each driver gene can be assessed, and if not, why."""
    proteins = {str(row["gene_symbol"]): str(row["protein"] or "") for row in genes}
    placed = {row["gene_symbol"] for row in spans}
    rows: list[Row] = []
    for driver in drivers:
        symbol = str(driver["gene_symbol"])
        protein = proteins.get(symbol)
        unreadable = 0 if protein is None else protein.count("X")
        reasons = []
        if protein is None:
            reasons.append("not in the gene model, or on no contig of the genome: its variants get no consequence")
        elif unreadable:
            reasons.append(f"{unreadable} of {len(protein)} codons hold N in the genome: no consequence there")
        if symbol not in placed:
            reasons.append("no position known: its copy number cannot be read")
        rows.append(
            {
                "gene_symbol": symbol,
                "in_gene_model": protein is not None and (not unreadable or unreadable < len(protein)),
                "has_span": symbol in placed,
                "reason": "; ".join(reasons),
            }
        )
    return rows
