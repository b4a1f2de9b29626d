"""Genes as junctions meet them: span, strand and coding exons of the representative transcript."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from sclcohort.tables import Cell

if TYPE_CHECKING:
    from sclcohort.structural_variants.junctions import End, Junction

Row = Mapping[str, Cell]
# Genes are found by pieces of this length; any length gives the same answer.
_PIECE_BITS = 17


class CodingExon(NamedTuple):
    """Coding part of an exon, from 0, end excluded, and the exon's number (None where the model has no exons)."""

    start_0based: int
    end: int
    number: int | None


@dataclass(frozen=True)
class GeneModel:
    """A gene, or one of its spans.

    Parameters
    ----------
    symbol, contig : str
        Its names.
    start_0based, end : int
        Its span, end excluded.
    strand : str
        Empty where only the span is known.
    exons : tuple of CodingExon
        In genome order; none where only the span is known.
    """

    symbol: str
    contig: str
    start_0based: int
    end: int
    strand: str = ""
    exons: tuple[CodingExon, ...] = ()

    def is_cut_by(self, end: End) -> bool:
        """Tell whether a breakpoint lies between two bases of the gene."""
        return end.contig == self.contig and self.start_0based < end.cut < self.end

    def is_spanned_by(self, junction: Junction) -> bool:
        """Tell whether the whole gene lies between the two cuts of a local junction."""
        return (
            junction.is_local
            and junction.first.contig == self.contig
            and junction.first.cut <= self.start_0based
            and self.end <= junction.second.cut
        )

    def exons_between(self, first_cut: int, second_cut: int) -> tuple[CodingExon, ...]:
        """Return the coding exons with a coding base between two cuts."""
        return tuple(exon for exon in self.exons if exon.start_0based < second_cut and first_cut < exon.end)

    def exon_cut_by(self, cut: int) -> CodingExon | None:
        """Return the exon with coding bases on both sides of a cut."""
        return next((exon for exon in self.exons if exon.start_0based < cut < exon.end), None)

    def codes_after(self, cut: int) -> bool:
        """Tell whether a coding base lies behind a cut, seen from the start of the transcript."""
        if self.strand == "-":
            return bool(self.exons) and self.exons[0].start_0based < cut
        return bool(self.exons) and cut < self.exons[-1].end


class Genes:
    """All genes, found by place; driver genes apart, since only of these something is said."""

    def __init__(self, models: Iterable[GeneModel], drivers: Iterable[str]) -> None:
        wanted = set(drivers)
        self.models = tuple(models)
        self.drivers = tuple(model for model in self.models if model.symbol in wanted)
        self.pieces: dict[tuple[str, int], list[GeneModel]] = {}
        for model in self.models:
            for piece in range(model.start_0based >> _PIECE_BITS, (model.end >> _PIECE_BITS) + 1):
                self.pieces.setdefault((model.contig, piece), []).append(model)

    @property
    def contigs(self) -> set[str]:
        """Contigs that carry a gene."""
        return {model.contig for model in self.models}

    def cut_by(self, end: End) -> list[GeneModel]:
        """Return the genes that a breakpoint cuts, by symbol."""
        near = self.pieces.get((end.contig, end.cut >> _PIECE_BITS), ())
        return sorted((model for model in near if model.is_cut_by(end)), key=lambda model: model.symbol)


def gene_models(
    genes: Iterable[Row], coding_exons: Iterable[Row], gene_spans: Iterable[Row], drivers: Sequence[str]
) -> Genes:
    """Return the genes of the reference.

    Parameters
    ----------
    genes, coding_exons, gene_spans : iterable of mapping
        Rows of contracts REFERENCE_GENES, CODING_EXONS and GENE_SPANS.
    drivers : sequence of str
        Symbols of the driver genes; one that no gene model has is taken with its spans alone.
    """
    exons: dict[str, list[CodingExon]] = {}
    for row in coding_exons:
        number = row["exon_number"]
        exon = CodingExon(_integer(row, "start_0based"), _integer(row, "end"), None if number is None else int(number))
        exons.setdefault(str(row["transcript_id"]), []).append(exon)
    models = [
        GeneModel(*_place(row), str(row["strand"] or ""), tuple(sorted(exons.get(str(row["transcript_id"]), ()))))
        for row in genes
    ]
    known = {model.symbol for model in models}
    models += [GeneModel(*_place(row)) for row in gene_spans if row["gene_symbol"] not in known]
    return Genes(models, drivers)


def _place(row: Row) -> tuple[str, str, int, int]:
    return str(row["gene_symbol"]), str(row["contig"]), _integer(row, "start_0based"), _integer(row, "end")


def _integer(row: Row, name: str) -> int:
    return int(str(row[name]))
