"""Read the protein-coding genes of an Ensembl GFF3, and choose the transcript that stands for each.

Only what the later stages need is kept: the span of each gene, and exons and coding intervals of its
protein-coding transcripts. A human file of 1.3 million lines takes about three seconds.
"""

from __future__ import annotations

import bisect
import gzip
import re
import sys
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO
from urllib.parse import unquote

from sclcohort.coordinates import Span
from sclcohort.errors import StepError
from sclcohort.files import open_bytes

# More than half of a gene model are lines that say nothing about coding sequence.
SKIPPED_TYPES = frozenset((b"five_prime_UTR", b"three_prime_UTR", b"biological_region", b"start_codon", b"stop_codon"))
ENSEMBL_FIX = (
    "give an Ensembl GFF3 (file names like Homo_sapiens.GRCh38.*.gff3.gz), the only form that bcftools csq can read"
)
_PROTEIN_CODING = re.compile(rb"(?:^|;)biotype=protein_coding(?:;|\s|$)")
_PARENT = re.compile(rb"(?:^|;)Parent=([^;\s]+)")
_ID = re.compile(rb"(?:^|;)ID=([^;\s]+)")
_NAME = re.compile(rb"(?:^|;)Name=([^;\r\n]+)")
_TAG = re.compile(rb"(?:^|;)tag=([^;\r\n]+)")
_REGION = re.compile(rb"^##sequence-region\s+(\S+)\s+\d+\s+(\d+)")


@dataclass(frozen=True)
class CodingGene:
    """A protein-coding gene with the transcript that stands for it.

    Parameters
    ----------
    gene_id : str
        Without prefix and version.
    name : str
        As the gene model names it; its id where it has no name, as `bcftools csq` then prints.
    span : Span
        First to last base of the gene.
    strand : str
        ``+`` or ``-``.
    transcript_id : str
        Without the ``transcript:`` prefix, as in BCSQ.
    transcript_rule : str
        ``mane_select``, ``ensembl_canonical`` or ``longest_cds``.
    coding : tuple of Span
        Coding intervals of that transcript, stop codon included, in genome order.
    phase : int
        Bases before the first whole codon; other than 0 where the model lacks the start.
    exons : tuple of Span
        Exons of that transcript, those without coding sequence too, in genome order; empty where the
        model has no exon lines of it.
    """

    gene_id: str
    name: str
    span: Span
    strand: str
    transcript_id: str
    transcript_rule: str
    coding: tuple[Span, ...]
    phase: int
    exons: tuple[Span, ...] = ()

    @property
    def coding_bases(self) -> int:
        """Bases of the coding sequence."""
        return sum(piece.end - piece.start_0based for piece in self.coding)


@dataclass
class _Transcript:
    gene: bytes
    contig: bytes
    first_1based: int
    last_1based: int
    strand: bytes
    tags: frozenset[bytes]


@dataclass
class _Lines:
    """What one pass over the file collects."""

    genes: dict[bytes, tuple[bytes, int, int, bytes, bytes]] = field(default_factory=dict)
    transcripts: dict[bytes, _Transcript] = field(default_factory=dict)
    coding: dict[bytes, array[int]] = field(default_factory=dict)
    exons: dict[bytes, array[int]] = field(default_factory=dict)
    contig_bases: dict[str, int] = field(default_factory=dict)
    looks_like: str = ""


@dataclass(frozen=True)
class GeneModel:
    """Genes in file order of their contigs, and the contig lengths that the file states (may be none)."""

    genes: tuple[CodingGene, ...]
    contig_bases: dict[str, int]

    @property
    def contigs(self) -> set[str]:
        """Contigs that carry a protein-coding gene."""
        return {gene.span.contig for gene in self.genes}


def read_gene_model(path: Path) -> GeneModel:
    """Read an Ensembl GFF3, plain or gzip-compressed.

    Parameters
    ----------
    path : Path
        Features may come in any order; gene rows and names may be missing.

    Returns
    -------
    GeneModel
        Every gene with a protein-coding transcript that has a coding sequence, sorted by contig
        (first met first), start and gene id.

    Raises
    ------
    StepError
        The file is no GFF3, has a malformed line, or has no protein-coding transcript in
        Ensembl's words (GENCODE, RefSeq and GTF files are recognised and named).
    """
    try:
        with open_bytes(path) as handle:
            lines = _collect(path, handle)
    except (EOFError, gzip.BadGzipFile) as error:
        raise StepError(f"gene model {path}: cannot be decompressed ({error}); copy the file again") from error
    genes = tuple(_genes(lines))
    if not genes:
        raise StepError(_nothing_found(path, lines))
    return GeneModel(genes, lines.contig_bases)


def _collect(path: Path, handle: IO[bytes]) -> _Lines:
    """Return the genes, transcripts and coding intervals of the lines."""
    found = _Lines()
    for number, line in enumerate(handle, start=1):
        if line[:1] == b"#":
            if line.startswith(b"##FASTA"):
                break
            region = _REGION.match(line)
            if region:
                found.contig_bases[region[1].decode()] = int(region[2])
            continue
        cells = line.split(b"\t", 3)
        if len(cells) == 4 and cells[2] in SKIPPED_TYPES:
            continue
        if not line.strip():
            continue
        try:
            _take(found, *cells[:3], *cells[3].split(b"\t"))
        except (ValueError, TypeError, IndexError) as error:
            raise StepError(f"gene model {path}: line {number} is not a GFF3 line of nine columns") from error
    return found


def _take(
    found: _Lines,
    contig: bytes,
    _source: bytes,
    kind: bytes,
    first: bytes,
    last: bytes,
    _score: bytes,
    strand: bytes,
    phase: bytes,
    attributes: bytes,
) -> None:
    """Take one feature line."""
    if kind in (b"CDS", b"exon"):
        # Ensembl repeats an exon for each transcript; files of other tools list several parents.
        parents = _PARENT.search(attributes)
        pieces = found.coding if kind == b"CDS" else found.exons
        for parent in parents[1].split(b",") if parents else ():
            place = pieces.get(parent)
            if place is None:
                place = pieces[parent] = array("q")
            place.append(int(first))
            place.append(int(last))
            if kind == b"CDS":
                place.append(0 if phase == b"." else int(phase))
        return
    if _PROTEIN_CODING.search(attributes):
        name, parent = _ID.search(attributes), _PARENT.search(attributes)
        if name is None:
            return
        if parent is None:
            symbol = _NAME.search(attributes)
            label = symbol[1] if symbol else b""
            found.genes[name[1]] = (contig, int(first), int(last), strand, label)
        else:
            tags = _TAG.search(attributes)
            labels = frozenset(tags[1].split(b",")) if tags else frozenset()
            found.transcripts[name[1]] = _Transcript(parent[1], contig, int(first), int(last), strand, labels)
    elif not found.looks_like:
        found.looks_like = _foreign_dialect(attributes)


def _foreign_dialect(attributes: bytes) -> str:
    """Return which other gene-model dialect the attributes are in; empty when that cannot be told."""
    if b"gene_type=" in attributes:
        return "GENCODE (gene_type instead of biotype)"
    if b'gene_id "' in attributes:
        return "GTF"
    if b"gene_biotype=" in attributes or b"gbkey=" in attributes:
        return "RefSeq (gene_biotype instead of biotype)"
    return ""


def _nothing_found(path: Path, lines: _Lines) -> str:
    if lines.looks_like:
        return f"gene model {path}: looks like {lines.looks_like}; {ENSEMBL_FIX}"
    if lines.transcripts:
        return f"gene model {path}: its protein-coding transcripts have no CDS lines; {ENSEMBL_FIX}"
    return f"gene model {path}: no transcript has biotype=protein_coding; {ENSEMBL_FIX}"


def _genes(lines: _Lines) -> Iterator[CodingGene]:
    """Yield each gene with its representative transcript, by contig, start and id."""
    members: dict[bytes, list[bytes]] = {}
    for name, transcript in lines.transcripts.items():
        if name in lines.coding:
            members.setdefault(transcript.gene, []).append(name)
    made = [_gene(lines, gene, names) for gene, names in members.items()]
    order: dict[str, int] = {}
    for gene in made:
        order.setdefault(gene.span.contig, len(order))
    yield from sorted(made, key=lambda gene: (order[gene.span.contig], gene.span.start_0based, gene.gene_id))


def _gene(lines: _Lines, gene: bytes, names: list[bytes]) -> CodingGene:
    chosen, rule = representative(
        {name.decode(): (lines.transcripts[name].tags, _bases(lines.coding[name])) for name in names}
    )
    transcript = lines.transcripts[chosen.encode()]
    gene_id = _without_prefix(gene.decode(), "gene:").split(".")[0]
    if gene in lines.genes:
        _, first, last, _, label = lines.genes[gene]
    else:
        own = [lines.transcripts[name] for name in names]
        first, last = min(one.first_1based for one in own), max(one.last_1based for one in own)
        label = b""
    contig = transcript.contig.decode()
    numbers = lines.coding[chosen.encode()]
    pieces = sorted((numbers[i], numbers[i + 1], numbers[i + 2]) for i in range(0, len(numbers), 3))
    return CodingGene(
        gene_id=gene_id,
        name=unquote(label.decode()) if label else gene_id,
        span=Span.from_inclusive(contig, first, last),
        strand=transcript.strand.decode(),
        transcript_id=_without_prefix(chosen, "transcript:"),
        transcript_rule=rule,
        coding=tuple(Span.from_inclusive(contig, start, end) for start, end, _ in pieces),
        phase=(pieces[0] if transcript.strand == b"+" else pieces[-1])[2],
        exons=_exons(contig, lines.exons.get(chosen.encode()), pieces),
    )


def _exons(contig: str, numbers: array[int] | None, pieces: list[tuple[int, int, int]]) -> tuple[Span, ...]:
    """Return the exons in genome order; none where they do not hold every coding interval."""
    if numbers is None:
        return ()
    exons = sorted(set(zip(numbers[::2], numbers[1::2], strict=True)))
    for start, end, _ in pieces:
        place = bisect.bisect_right(exons, (start, sys.maxsize)) - 1
        if place < 0 or exons[place][1] < end:
            return ()
    return tuple(Span.from_inclusive(contig, first, last) for first, last in exons)


def representative(candidates: dict[str, tuple[frozenset[bytes], int]]) -> tuple[str, str]:
    """Choose the transcript that stands for a gene.

    Parameters
    ----------
    candidates : dict
        Transcript id to its tags and its coding bases; not empty.

    Returns
    -------
    tuple of str
        The transcript, and the rule that chose it: MANE Select where the model tags one
        (Morales et al. 2022, doi:10.1038/s41586-022-04558-8), else Ensembl's canonical one, else
        the one with most coding bases. Ties go to the first id.
    """
    for tag, rule in ((b"MANE_Select", "mane_select"), (b"Ensembl_canonical", "ensembl_canonical")):
        tagged = sorted(name for name, (tags, _) in candidates.items() if tag in tags)
        if tagged:
            return tagged[0], rule
    return min(candidates, key=lambda name: (-candidates[name][1], name)), "longest_cds"


def _bases(numbers: array[int]) -> int:
    return sum(numbers[i + 1] - numbers[i] + 1 for i in range(0, len(numbers), 3))


def _without_prefix(name: str, prefix: str) -> str:
    return name.removeprefix(prefix)
