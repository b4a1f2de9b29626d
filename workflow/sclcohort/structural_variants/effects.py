"""What a junction does to the driver genes: pure functions over the representative transcripts.

The coding sequence alone is judged. That a junction also moves enhancers, or that a deletion is of one copy
only, is for copy number and expression to say.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sclcohort.structural_variants.junctions import UNKNOWN, End, Junction

if TYPE_CHECKING:
    from sclcohort.structural_variants.models import CodingExon, GeneModel, Genes

# Genes in which the loss of certain exons is the event itself: the isoform without them drives. TP73 without exons
# 2 and 3, or one of them: George et al. 2015, doi:10.1038/nature14664 (verified).
ISOFORM_EXONS = {"TP73": frozenset((2, 3))}
NO_MODEL = "only the span of the gene is known here, not its exons: whether coding bases are touched cannot be told"
NO_NUMBERS = "the gene model has no exon lines of the transcript: its exons have no numbers"
WHOLE_COPY_STAYS = "a tandem duplication that begins or ends in the gene leaves a whole copy beside the cut one"
AFTER_STOP = "the cut lies behind the stop codon: no coding base is lost"
NO_CODING_BASE = "no coding base lies between the breakpoints"
SPANNED = "the junction spans the gene; whether that part is {} is for copy number to say"
NOT_FOCAL = "the junction spans {:.1f} million bases, more than structural_variants.max_focal_bases: it is not focal"


@dataclass(frozen=True)
class Effect:
    """What one junction does to one gene; the fields are those of contract GENE_DISRUPTIONS."""

    gene_symbol: str
    effect: str
    disrupts: bool
    exons: str = ""
    partner_gene: str = ""
    fusion: str = ""
    reason: str = ""

    def event(self, junction: Junction) -> str:
        """Return the name of the event: effect, exons or fusion, place."""
        return " ".join(part for part in (self.effect, self.fusion or self.exons, junction.name) if part)


def effects_of(junction: Junction, genes: Genes, max_focal_bases: int) -> list[Effect]:
    """Return what a junction does to the driver genes, by symbol.

    Parameters
    ----------
    junction : Junction
        Accepted or not.
    genes : Genes
        All genes: partners of a fusion need be no driver genes.
    max_focal_bases : int
        A junction that spans more disrupts no gene between its breakpoints: in a rearranged genome most such
        are no deletion (of the junctions of 48 cell lines that span a driver gene, half span 45 million bases).

    Returns
    -------
    list of Effect
        One per driver gene that is cut or spanned by a deletion or duplication; a gene with several spans may
        have several, the first stands.
    """
    found: dict[str, Effect] = {}
    for gene in genes.drivers:
        effect = _effect(junction, gene, genes, max_focal_bases)
        if effect is not None:
            found.setdefault(gene.symbol, effect)
    return [found[symbol] for symbol in sorted(found)]


def _effect(junction: Junction, gene: GeneModel, genes: Genes, max_focal_bases: int) -> Effect | None:
    cuts = [gene.is_cut_by(end) for end in junction.key]
    if all(cuts):
        return _within(junction, gene)
    if any(cuts):
        here, there = junction.key if cuts[0] else junction.key[::-1]
        return _cut_apart(junction, gene, here, there, genes)
    if junction.sv_type in ("DEL", "DUP") and gene.is_spanned_by(junction):
        if junction.sv_type == "DEL":
            return _spanned(junction, gene, max_focal_bases)
        return Effect(gene.symbol, "gene_duplication", False, exon_list(gene.exons), reason=SPANNED.format("gained"))
    return None


def _spanned(junction: Junction, gene: GeneModel, max_focal_bases: int) -> Effect:
    """Return the effect of a deletion of the whole gene."""
    length = junction.second.cut - junction.first.cut
    is_focal = length <= max_focal_bases
    reason = SPANNED.format("lost") if is_focal else NOT_FOCAL.format(length / 1e6)
    return Effect(gene.symbol, "gene_deletion", is_focal, exon_list(gene.exons), reason=reason)


def _within(junction: Junction, gene: GeneModel) -> Effect:
    """Return the effect of a junction with both breakpoints in the gene."""
    if not gene.exons:
        return Effect(gene.symbol, "breakpoint_in_gene", False, reason=NO_MODEL)
    if junction.sv_type == "INS":
        broken = gene.exon_cut_by(junction.first.cut)
        if broken is None:
            return Effect(gene.symbol, "intronic", False, reason="inserted where no coding base is")
        return Effect(
            gene.symbol, "breakpoint_in_gene", True, exon_list([broken]), reason="inserted into a coding exon"
        )
    touched = gene.exons_between(junction.first.cut, junction.second.cut)
    if not touched:
        return Effect(gene.symbol, "intronic", False, reason=NO_CODING_BASE)
    exons = exon_list(touched)
    unnumbered = "" if exons else NO_NUMBERS
    if junction.sv_type == "DEL":
        return Effect(
            gene.symbol, "exon_deletion", True, exons, reason=isoform_reason(gene.symbol, touched) or unnumbered
        )
    if junction.sv_type == "DUP":
        return Effect(gene.symbol, "exon_duplication", True, exons, reason=unnumbered)
    words = "exons between the breakpoints are inverted" if junction.sv_type == "INV" else "sides joined are not known"
    return Effect(gene.symbol, "breakpoint_in_gene", True, exons, reason=words)


def _cut_apart(junction: Junction, gene: GeneModel, here: End, there: End, genes: Genes) -> Effect:
    """Return the effect of a junction with one breakpoint in the gene."""
    partners = [one for one in genes.cut_by(there) if one.symbol != gene.symbol]
    disrupts, reason = _cut_disrupts(junction, gene, here)
    lost = gene.exons_between(junction.first.cut, junction.second.cut) if junction.sv_type in ("DEL", "DUP") else ()
    for partner in partners:
        fusion = fusion_name(gene, here, partner, there)
        if fusion and not partner.is_cut_by(here):
            return Effect(gene.symbol, "fusion", disrupts, exon_list(lost), partner.symbol, fusion, reason)
    partner_symbol = partners[0].symbol if partners else ""
    return Effect(gene.symbol, "breakpoint_in_gene", disrupts, exon_list(lost), partner_symbol, reason=reason)


def _cut_disrupts(junction: Junction, gene: GeneModel, here: End) -> tuple[bool, str]:
    if junction.sv_type == "DUP":
        return False, WHOLE_COPY_STAYS
    if not gene.exons:
        return True, "only the span of the gene is known here, not its exons: it is cut, where in it cannot be told"
    if junction.sv_type == "DEL" and gene.exons_between(junction.first.cut, junction.second.cut):
        return True, ""
    return (True, "") if gene.codes_after(here.cut) else (False, AFTER_STOP)


def fusion_name(gene: GeneModel, here: End, partner: GeneModel, there: End) -> str:
    """Return the fusion ``5'::3'`` that a junction makes of two genes; empty where it joins no head to a tail.

    The kept side of a breakpoint holds the start of the transcript where it is the side of its strand: ``+`` of
    a gene on the plus strand, ``-`` of one on the minus strand. Names as HGNC writes them: Bruford et al. 2021,
    doi:10.1038/s41375-021-01436-6 (unverified).
    """
    if not gene.strand or not partner.strand or UNKNOWN in (here.side, there.side):
        return ""
    heads = (here.side == gene.strand, there.side == partner.strand)
    if heads[0] == heads[1]:
        return ""
    return "::".join((gene.symbol, partner.symbol) if heads[0] else (partner.symbol, gene.symbol))


def isoform_reason(symbol: str, lost: Sequence[CodingExon]) -> str:
    """Return what the loss of exons means where it is the event itself; empty otherwise."""
    numbers = {exon.number for exon in lost}
    if numbers and numbers <= ISOFORM_EXONS.get(symbol, frozenset()):
        return f"the isoform without exons {exon_list(lost)} is made: the event of George 2015"
    return ""


def exon_list(exons: Sequence[CodingExon]) -> str:
    """Return exons as ``2-3`` or ``2,5-6``; empty where they have no numbers."""
    numbers = sorted({exon.number for exon in exons if exon.number is not None})
    return ",".join(_runs(numbers))


def _runs(numbers: Sequence[int]) -> Iterator[str]:
    start = 0
    for place in range(1, len(numbers) + 1):
        if place == len(numbers) or numbers[place] != numbers[place - 1] + 1:
            first, last = numbers[start], numbers[place - 1]
            yield str(first) if first == last else f"{first}-{last}"
            start = place
