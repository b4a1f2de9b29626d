"""The mini genome: gene models on both strands, contigs, FASTA and GFF3."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from builder import genes
from builder.coding import Change, encode, synthetic_protein
from builder.genes import GeneSpec
from builder.genetic_code import reverse_complement
from builder.streams import Stream

TELOMERE = "N" * 60
MIN_CODING_EXON = 45
MAX_CODING_EXONS = 12
# No exon edge this near a planned change: a substitution there would also be called a splice-region variant.
MARGIN_CODONS = 5
LINE = 60


@dataclass(frozen=True)
class Interval:
    """Bases of a contig, from 0, end left out."""

    start_0based: int
    end: int


@dataclass(frozen=True)
class Transcript:
    """One transcript; exons and coding pieces in its own direction.

    Parameters
    ----------
    number : int
        For its identifier, DEMOT and eleven digits.
    exons : tuple of Interval
    coding : tuple of Interval
        Coding bases, exon by exon, stop included; empty for a gene without a protein.
    """

    number: int
    exons: tuple[Interval, ...]
    coding: tuple[Interval, ...]
    is_tagged_canonical: bool = False


@dataclass(frozen=True)
class Gene:
    """A gene with its place, codons and transcripts (the one that stands for the plan first)."""

    spec: GeneSpec
    number: int
    cds: str
    span: Interval
    transcripts: tuple[Transcript, ...]

    def position_0based(self, offset_0based: int) -> int:
        """Return the genome position of a base of the coding sequence."""
        left = offset_0based
        for piece in self.transcripts[0].coding:
            length = piece.end - piece.start_0based
            if left < length:
                return piece.start_0based + left if self.spec.strand == "+" else piece.end - 1 - left
            left -= length
        raise ValueError(f"{self.spec.symbol}: offset {offset_0based} is beyond the coding sequence")

    def splice_base_0based(self, residue_number: int, site: str) -> int:
        """Return the outermost intron base (donor +1 or acceptor -1) at the cut inside a codon."""
        coding = self.transcripts[0].coding
        end = 0
        for upstream, downstream in pairwise(coding):
            end += upstream.end - upstream.start_0based
            if (end - 1) // 3 == residue_number - 1 and end % 3:
                piece = upstream if site == "donor" else downstream
                after_piece = (site == "donor") == (self.spec.strand == "+")
                return piece.end if after_piece else piece.start_0based - 1
        raise ValueError(f"{self.spec.symbol}: no intron inside codon {residue_number}")


@dataclass(frozen=True)
class Genome:
    """Contigs in their usual order, with their genes."""

    contigs: dict[str, str]
    genes: dict[str, Gene]
    noncoding: tuple[tuple[str, str, Transcript], ...] = field(default=())

    def bases(self, contig: str, start_0based: int, end: int) -> str:
        """Return bases in upper case."""
        return self.contigs[contig][start_0based:end].upper()


def specs(proteins: dict[str, tuple[str, str]]) -> dict[str, GeneSpec]:
    """Return every coding gene with its protein, real or synthetic, in genome order."""
    found: dict[str, GeneSpec] = {}
    for contig, rows in genes.CONTIGS.items():
        for symbol, strand, residues in rows:
            anchors = genes.HOTSPOT_ANCHORS.get(symbol, {}) | genes.INVENTED_ANCHORS.get(symbol, {})
            if residues == genes.REAL:
                refseq, protein = proteins[symbol]
            else:
                refseq, protein = "", synthetic_protein(symbol, residues, anchors)
            found[symbol] = GeneSpec(symbol, contig, strand, protein, refseq, anchors)
    return found


def build_genome(proteins: dict[str, tuple[str, str]], changes: Iterable[Change]) -> Genome:
    """Lay out all contigs.

    Parameters
    ----------
    proteins : dict
        Of `genes.read_proteins`.
    changes : iterable of Change
        Every change that any sample of the plan carries: codons and introns are made for them.
    """
    planned: dict[str, list[Change]] = {}
    for change in changes:
        planned.setdefault(change.gene_symbol, []).append(change)
    by_contig: dict[str, list[GeneSpec]] = {contig: [] for contig in genes.CONTIGS}
    for spec in specs(proteins).values():
        by_contig[spec.contig].append(spec)
    contigs: dict[str, str] = {}
    placed: dict[str, Gene] = {}
    noncoding = []
    numbers = iter(range(1, 10**6))
    for contig, here in by_contig.items():
        pieces = [TELOMERE]
        length = len(TELOMERE)
        for spec in here:
            pieces.append(_spacer("before", spec.symbol))
            length += len(pieces[-1])
            gene, sequence = _place(spec, planned.get(spec.symbol, ()), length, numbers)
            placed[spec.symbol] = gene
            pieces.append(sequence)
            length += len(sequence)
        pieces.append(_spacer("after", contig))
        length += len(pieces[-1])
        if contig in genes.NONCODING:
            exons = (Interval(length - 400, length - 300), Interval(length - 200, length - 80))
            noncoding.append((genes.NONCODING[contig], contig, Transcript(next(numbers), exons, ())))
        contigs[contig] = "".join([*pieces, TELOMERE])
    return Genome(contigs, placed, tuple(noncoding))


def _spacer(*names: str) -> str:
    """Return bases between genes, the middle third in lower case, as soft-masked repeats are."""
    stream = Stream("spacer", *names)
    bases = stream.bases(stream.integer(500, 900), gc=0.40)
    third = len(bases) // 3
    return bases[:third] + bases[third : 2 * third].lower() + bases[2 * third :]


def _cuts(spec: GeneSpec, changes: Sequence[Change]) -> list[int]:
    """Return the coding offsets at which introns stand: forced ones, and others spread where nothing is planned."""
    stream = Stream("cuts", spec.symbol)
    # A planned splice site stands inside its codon, so that the residue nearest to it is beyond doubt.
    forced = {3 * (change.residue_number - 1) + stream.integer(1, 2) for change in changes if change.is_splice}
    kept_whole = {change.residue_number for change in changes if not change.is_splice} | set(spec.anchors)
    if spec.symbol in genes.SKIPPED_CODONS:
        first, last = genes.SKIPPED_CODONS[spec.symbol]
        forced |= {3 * (first - 1), 3 * last}
        kept_whole |= set(range(first, last + 1))
    total = 3 * (len(spec.protein) + 1)
    exons = min(MAX_CODING_EXONS, max(3, len(spec.protein) // 60))
    cuts = set(forced)
    for number in range(1, exons):
        for _ in range(20):
            cut = total * number // exons + stream.integer(-total // (4 * exons), total // (4 * exons))
            far = all(abs(cut - other) >= MIN_CODING_EXON for other in (0, total, *cuts))
            if far and all(abs(cut // 3 + 1 - residue) > MARGIN_CODONS for residue in kept_whole):
                cuts.add(cut)
                break
    return sorted(cuts)


def _place(spec: GeneSpec, changes: Sequence[Change], start: int, numbers: Iterator[int]) -> tuple[Gene, str]:
    """Return the gene and its bases on the plus strand, from `start` on."""
    cds = encode(spec, changes)
    stream = Stream("model", spec.symbol)
    cuts = _cuts(spec, changes)
    # (kind, bases) in the direction of the transcript.
    pieces: list[tuple[str, str]] = [("utr5", stream.bases(stream.integer(60, 160), gc=0.55))]
    if stream.uniform() < 0.4:
        pieces += [("intron", _intron(stream)), ("utr5", stream.bases(stream.integer(20, 60), gc=0.55))]
    for first, last in zip([0, *cuts], [*cuts, len(cds)], strict=True):
        if first:
            pieces.append(("intron", _intron(stream)))
        pieces.append(("cds", cds[first:last]))
    pieces.append(("utr3", stream.bases(stream.integer(120, 320), gc=0.40)))

    sequence = "".join(bases for _, bases in pieces)
    exons, coding = _intervals(pieces, start, len(sequence), spec.strand)
    transcripts = [Transcript(next(numbers), exons, coding)]
    if spec.symbol in genes.SKIPPED_CODONS:
        canonical = spec.symbol in genes.CANONICAL_IS_SHORT
        transcripts.append(_without_skipped_exon(spec, transcripts[0], next(numbers), canonical))
    gene = Gene(spec, transcripts[0].number, cds, Interval(start, start + len(sequence)), tuple(transcripts))
    return gene, sequence if spec.strand == "+" else reverse_complement(sequence)


def _intron(stream: Stream) -> str:
    return "GT" + stream.bases(stream.integer(80, 190), gc=0.38) + "AG"


def _intervals(
    pieces: Sequence[tuple[str, str]], start: int, length: int, strand: str
) -> tuple[tuple[Interval, ...], tuple[Interval, ...]]:
    """Return exons and coding pieces in the direction of the transcript, on the genome."""
    exons: list[list[int]] = []
    coding: list[Interval] = []
    offset = 0
    after_intron = True
    for kind, bases in pieces:
        first, last = offset, offset + len(bases)
        offset = last
        if kind == "intron":
            after_intron = True
            continue
        if strand == "-":
            first, last = length - last, length - first
        if after_intron:
            exons.append([start + first, start + last])
        else:
            exons[-1] = [min(exons[-1][0], start + first), max(exons[-1][1], start + last)]
        after_intron = False
        if kind == "cds":
            coding.append(Interval(start + first, start + last))
    return tuple(Interval(*exon) for exon in exons), tuple(coding)


def _without_skipped_exon(spec: GeneSpec, full: Transcript, number: int, canonical: bool) -> Transcript:
    """Return the shorter transcript: one exon of whole codons is left out."""
    first, last = genes.SKIPPED_CODONS[spec.symbol]
    offset = 0
    for piece in full.coding:
        if offset == 3 * (first - 1):
            break
        offset += piece.end - piece.start_0based
    length = piece.end - piece.start_0based
    if length != 3 * (last - first + 1):
        raise ValueError(f"{spec.symbol}: codons {first}-{last} are no exon of their own")
    return Transcript(
        number,
        tuple(exon for exon in full.exons if exon != piece),
        tuple(other for other in full.coding if other != piece),
        canonical,
    )


def write_fasta(genome: Genome, path: Path) -> None:
    """Write the contigs, 60 bases a line."""
    lines: list[str] = []
    for contig, bases in genome.contigs.items():
        lines.append(f">{contig} synthetic sequence of the sclcohort demo, not a human reference")
        lines += [bases[i : i + LINE] for i in range(0, len(bases), LINE)]
    path.write_text("\n".join(lines) + "\n", encoding="ascii")


def write_gff(genome: Genome, path: Path) -> None:
    """Write the gene models as Ensembl does, with identifiers that cannot be taken for Ensembl's."""
    lines = ["##gff-version 3"]
    lines += [f"##sequence-region {contig} 1 {len(bases)}" for contig, bases in genome.contigs.items()]
    lines.append("#!genome-build sclcohort demo, synthetic; see README.md for what is real")
    for contig in genome.contigs:
        here = [gene for gene in genome.genes.values() if gene.spec.contig == contig]
        for gene in here:
            lines += _gene_rows(gene)
        for symbol, where, transcript in genome.noncoding:
            if where == contig:
                lines += _noncoding_rows(symbol, contig, transcript)
    path.write_text("\n".join(lines) + "\n", encoding="ascii")


def _row(contig: str, source: str, kind: str, where: Interval, strand: str, phase: str, attributes: str) -> str:
    return "\t".join(
        [contig, source, kind, str(where.start_0based + 1), str(where.end), ".", strand, phase, attributes]
    )


def _gene_rows(gene: Gene) -> Iterator[str]:
    spec = gene.spec
    source = "demo_real_protein" if spec.refseq else "demo_synthetic"
    identity = f"DEMOG{gene.number:011d}"
    what = f"protein of {spec.refseq}, synthetic nucleotides" if spec.refseq else "synthetic protein and nucleotides"
    yield _row(
        spec.contig,
        source,
        "gene",
        gene.span,
        spec.strand,
        ".",
        f"ID=gene:{identity};Name={spec.symbol};biotype=protein_coding;description={what};gene_id={identity}",
    )
    for place, transcript in enumerate(gene.transcripts, start=1):
        name = f"DEMOT{transcript.number:011d}"
        where = _hull(transcript.exons)
        tags = ";tag=basic,Ensembl_canonical" if transcript.is_tagged_canonical else ""
        refseq = f";refseq={spec.refseq}" if spec.refseq else ""
        yield _row(
            spec.contig,
            source,
            "mRNA",
            where,
            spec.strand,
            ".",
            f"ID=transcript:{name};Parent=gene:{identity};Name={spec.symbol}-20{place};biotype=protein_coding"
            f"{tags};transcript_id={name}{refseq}",
        )
        yield from _part_rows(spec, source, transcript, name)
    yield "###"


def _part_rows(spec: GeneSpec, source: str, transcript: Transcript, name: str) -> Iterator[str]:
    """Yield UTR, exon and CDS rows by position."""
    rows: list[tuple[int, int, str]] = []

    def add(order: int, kind: str, where: Interval, phase: str, attributes: str) -> None:
        row = _row(spec.contig, source, kind, where, spec.strand, phase, attributes)
        rows.append((where.start_0based, order, row))

    parent = f"Parent=transcript:{name}"
    protein = name.replace("DEMOT", "DEMOP")
    for rank, exon in enumerate(transcript.exons, start=1):
        add(1, "exon", exon, ".", f"{parent};Name={name}.{rank};rank={rank}")
    offset = 0
    for piece in transcript.coding:
        add(2, "CDS", piece, str(-offset % 3), f"ID=CDS:{protein};{parent};protein_id={protein}")
        offset += piece.end - piece.start_0based
    for kind, where in _utrs(transcript, spec.strand):
        add(0, kind, where, ".", parent)
    yield from (row for _, _, row in sorted(rows))


def _utrs(transcript: Transcript, strand: str) -> Iterator[tuple[str, Interval]]:
    coding = _hull(transcript.coding)
    left, right = ("five_prime_UTR", "three_prime_UTR") if strand == "+" else ("three_prime_UTR", "five_prime_UTR")
    for exon in transcript.exons:
        if exon.start_0based < coding.start_0based:
            yield left, Interval(exon.start_0based, min(exon.end, coding.start_0based))
        if exon.end > coding.end:
            yield right, Interval(max(exon.start_0based, coding.end), exon.end)


def _noncoding_rows(symbol: str, contig: str, transcript: Transcript) -> Iterator[str]:
    identity, name = f"DEMOG{transcript.number:011d}", f"DEMOT{transcript.number:011d}"
    where = _hull(transcript.exons)
    source = "demo_synthetic"
    yield _row(
        contig,
        source,
        "ncRNA_gene",
        where,
        "+",
        ".",
        f"ID=gene:{identity};Name={symbol};biotype=lncRNA;gene_id={identity}",
    )
    yield _row(
        contig,
        source,
        "lnc_RNA",
        where,
        "+",
        ".",
        f"ID=transcript:{name};Parent=gene:{identity};Name={symbol}-201;biotype=lncRNA;transcript_id={name}",
    )
    for rank, exon in enumerate(transcript.exons, start=1):
        yield _row(contig, source, "exon", exon, "+", ".", f"Parent=transcript:{name};Name={name}.{rank};rank={rank}")
    yield "###"


def _hull(intervals: Sequence[Interval]) -> Interval:
    return Interval(min(one.start_0based for one in intervals), max(one.end for one in intervals))
