"""Rows of coding variants: one for each allele of a sample and gene, with its reads.

All transcripts stand in the VCF; a row speaks for a gene, so it is on the transcript that stands for the gene, or
where the allele touches nothing of that, on the first by name that it touches. Alleles that no read of the tumour
carries (of another sample in a joint call, or lost in this one) are left out; every FILTER is kept.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from sclcohort.contracts import CODING_EXONS, CODING_INTRONS, REFERENCE_GENES
from sclcohort.row_index import RowIndex
from sclcohort.tables import Cell
from sclcohort.variants.consequences import (
    CODING_TERMS,
    COMPLEX_TERMS,
    SPLICE_TERMS,
    Consequence,
    consequence_class,
    parse_bcsq,
)
from sclcohort.variants.dialects import NO_EVIDENCE, Dialect, Evidence, Getter, Value, dialect_named, read_evidence
from sclcohort.variants.hgvs import UNNAMED, Intron, ProteinChange, name_change, name_splice
from sclcohort.variants.hgvs_c import CodingExon, Transcript, name_coding_change, transcript_of
from sclcohort.variants.residues import coding_sequence_of, residues_changed

if TYPE_CHECKING:
    from sclcohort.reference.sequence import Fetch
    from sclcohort.variants.consequence_sites import Key
    from sclcohort.variants.consequences import AminoAcids

Row = dict[str, Cell]
# Any word that a coding row can come from; a consequence without one needs no closer look.
CODING = re.compile("|".join(sorted(CODING_TERMS | SPLICE_TERMS | COMPLEX_TERMS)))
_ALLELES = re.compile(r"[/|]")


class Representative(NamedTuple):
    """The transcript that stands for a gene, as far as names of changes need it."""

    gene_symbol: str
    protein: str


@dataclass(frozen=True)
class GeneTable:
    """What names of changes rest on.

    Parameters
    ----------
    representative : callable
        Transcript id to gene and protein; None: another stands for its gene.
    introns : callable
        Transcript id to its introns, in genome order.
    symbol : callable
        Name of a gene in the model, which may be outdated, to its symbol.
    mark : callable
        Name of a gene in the model to what entries of BCSQ on its representative transcript hold; empty where it has
        none, or several genes have the name.
    transcript : callable
        Transcript id to its coding exons; None: another stands for its gene.
    coding : callable
        Transcript id to its coding bases, in its direction.
    fetch : callable
        Bases of the genome.
    """

    representative: Callable[[str], Representative | None]
    introns: Callable[[str], Sequence[Intron]]
    symbol: Callable[[str], str]
    mark: Callable[[str], str]
    transcript: Callable[[str], Transcript | None]
    coding: Callable[[str], str]
    fetch: Fetch

    def symbol_of(self, gene: str, transcript: str) -> str:
        """Return the symbol of a gene by its name in the model and a transcript; without name, the transcript."""
        stands = self.representative(transcript)
        symbol = stands.gene_symbol if stands else self.symbol(gene)
        return symbol or transcript


def read_genes(genes: Path, coding_introns: Path, coding_exons: Path, fetch: Fetch) -> GeneTable:
    """Read the genes, introns and coding exons of the reference; of most genes nothing is asked, and nothing parsed."""
    by_transcript = RowIndex(genes, REFERENCE_GENES, "transcript_id")
    by_name = RowIndex(genes, REFERENCE_GENES, "name_in_model")
    of_transcript = RowIndex(coding_introns, CODING_INTRONS, "transcript_id")
    exons = RowIndex(coding_exons, CODING_EXONS, "transcript_id")

    @functools.cache
    def representative(transcript: str) -> Representative | None:
        found = by_transcript.cells(transcript, "gene_symbol", "protein") if transcript in by_transcript else []
        return Representative(*found[0]) if found else None

    @functools.cache
    def introns(transcript: str) -> tuple[Intron, ...]:
        return tuple(Intron(*map(int, cells)) for cells in of_transcript.cells(transcript, *Intron._fields))

    @functools.cache
    def symbol(name: str) -> str:
        # Of several genes of one name the last counts, as the last of several rows does.
        found = [symbol for (symbol,) in by_name.cells(name, "gene_symbol") if symbol != name] if name else []
        return found[-1] if found else name

    @functools.cache
    def mark(name: str) -> str:
        found = by_name.cells(name, "transcript_id") if name else []
        return f"|{name}|{found[0][0]}|" if len(found) == 1 else ""

    @functools.cache
    def transcript(name: str) -> Transcript | None:
        found = exons.cells(name, "contig", "strand", *CodingExon._fields)
        return transcript_of(name, found) if found else None

    @functools.cache
    def coding(name: str) -> str:
        known = transcript(name)
        return "" if known is None else coding_sequence_of(known, fetch)

    return GeneTable(representative, introns, symbol, mark, transcript, coding, fetch)


class AlleleNames:
    """Consequence rows of alleles; those of an allele are made once, however many samples carry it."""

    def __init__(self, genes: GeneTable) -> None:
        self.genes = genes
        self._known: dict[Key, list[Row]] = {}

    def rows(self, key: Key, bcsq: str) -> list[Row]:
        """Return the columns of an allele's rows that do not depend on the sample, a row for each gene."""
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = self._rows(key, bcsq) if CODING.search(bcsq) else []
        return known

    def forget(self) -> None:
        """Forget all alleles: the next are elsewhere on the genome."""
        self._known.clear()

    def _rows(self, key: Key, bcsq: str) -> list[Row]:
        entries = bcsq.split(",")
        rows: dict[str, Row] = {}
        while entries:
            # Of a gene only the entries of the transcript that stands for it are read closely; where that has nothing
            # to say of coding sequence, all.
            cells = entries[0].split("|", 3)
            gene = f"|{cells[1] or cells[2]}|" if len(cells) == 4 else entries[0]
            mark = self.genes.mark(cells[1]) if len(cells) == 4 else ""
            own = [entry for entry in entries if mark and mark in entry]
            found = parse_bcsq(",".join(own)) if own else []
            if not found:
                of_gene = ",".join(entry for entry in entries if gene in entry)
                found = sorted(parse_bcsq(of_gene), key=self._rank)
            if found:
                row = consequence_row(found[0], *key[1:], self.genes)
                rows.setdefault(str(row["gene_symbol"]), row)
            entries = [entry for entry in entries if gene not in entry]
        return [rows[symbol] for symbol in sorted(rows)]

    def _rank(self, one: Consequence) -> tuple[bool, str]:
        return self.genes.representative(one.transcript) is None, one.transcript


def consequence_row(one: Consequence, position: int, ref: str, alt: str, genes: GeneTable) -> Row:
    """Return the gene, transcript and protein columns of one allele on one transcript.

    Parameters
    ----------
    one : Consequence
        On a coding transcript.
    position : int
        1-based, of the first base of `ref`.
    ref, alt : str
        Alleles, normalised.
    genes : GeneTable
        Representative transcripts; only on them are splice sites named.
    """
    stands = genes.representative(one.transcript)
    amino_acids = _residues(one, position, ref, alt, genes)
    change = _named(one, amino_acids, position, ref, alt, genes)
    transcript = genes.transcript(one.transcript) if stands else None
    return {
        "position_1based": position,
        "ref": ref,
        "alt": alt,
        "gene_symbol": genes.symbol_of(one.gene, one.transcript),
        "transcript_id": one.transcript,
        "is_representative": stands is not None,
        "consequence": "&".join(one.terms),
        "consequence_class": consequence_class(one.terms, amino_acids),
        "protein_position": change.position,
        "hgvs_c": name_coding_change(transcript, position, ref, alt, genes.fetch) if transcript else None,
        "hgvs_p": change.hgvs_p,
    }


def _residues(one: Consequence, position: int, ref: str, alt: str, genes: GeneTable) -> AminoAcids | None:
    """Return the residues that csq gives, or those of the coding sequence where csq leaves them out."""
    found = one.amino_acids
    if SPLICE_TERMS.intersection(one.terms) or (found and "?" not in found.ref + found.alt):
        return found
    transcript, stands = genes.transcript(one.transcript), genes.representative(one.transcript)
    if transcript is None or stands is None or not stands.protein:
        return found
    return residues_changed(transcript, genes.coding(one.transcript), position, ref, alt) or found


def _named(
    one: Consequence, amino_acids: AminoAcids | None, position: int, ref: str, alt: str, genes: GeneTable
) -> ProteinChange:
    terms = frozenset(one.terms)
    if terms & SPLICE_TERMS:
        return name_splice(position, ref, alt, genes.introns(one.transcript), terms)
    if amino_acids is None:
        return UNNAMED
    stands = genes.representative(one.transcript)
    return name_change(terms, amino_acids, stands.protein if stands else "")


def evidence_of(columns: str, dialect: Dialect, ref: str, alt: str) -> tuple[Evidence, Evidence, bool]:
    """Return the reads behind an allele in tumour and normal, and whether the tumour carries it.

    The tumour carries an allele by its reads, else by its genotype, else because it was called.

    Parameters
    ----------
    columns : str
        FORMAT, the tumour's column and, where there is one, the normal's, joined by tabs.
    dialect : Dialect
        Of the file.
    ref, alt : str
        The allele.
    """
    format_, first, *others = columns.split("\t")
    names, dialect = (
        _narrowed(dialect.name, format_) if dialect is dialect_named(dialect.name) else _narrow(dialect, format_)
    )
    cells = dict(zip(names, first.split(":"), strict=False))
    tumour = read_evidence(dialect, _getter(cells), ref, alt)
    normal = NO_EVIDENCE
    if others and others[0] != ".":
        normal = read_evidence(dialect, _getter(dict(zip(names, others[0].split(":"), strict=False))), ref, alt)
    if tumour.alt_depth_reads is not None:
        carried = tumour.alt_depth_reads > 0
    elif tumour.vaf is not None:
        carried = tumour.vaf > 0
    else:
        carried = "GT" not in cells or any(allele != "0" for allele in _ALLELES.split(cells["GT"]))
    return tumour, normal, carried


def _narrow(dialect: Dialect, format_: str) -> tuple[list[str], Dialect]:
    """Return the fields of a record, and the dialect without the counts that it cannot have."""
    names = format_.split(":")
    return names, replace(dialect, counts=tuple(one for one in dialect.counts if set(one.fields) <= set(names)))


@functools.cache
def _narrowed(dialect: str, format_: str) -> tuple[list[str], Dialect]:
    return _narrow(dialect_named(dialect), format_)


def _getter(cells: Mapping[str, str]) -> Getter:
    def get(name: str) -> Sequence[Value]:
        text = cells.get(name, ".")
        return () if text in (".", "") else [None if one in (".", "") else one for one in text.split(",")]

    return get
