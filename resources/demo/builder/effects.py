"""What an allele does to its gene, for annotations and truth tables; independent of the workflow's own code.

Planted changes are known by name. Passengers are single bases anywhere, or small indels outside exons.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from builder.alleles import allele_of
from builder.genetic_code import CODONS, reverse_complement
from builder.plan import EVENTS

if TYPE_CHECKING:
    from builder.alleles import Allele
    from builder.genome import Gene, Genome

# Of a planted change, by the end of its name; others are missense.
_TERM_BY_END = {"*": "stop_gained", "fs": "frameshift_variant", "del": "inframe_deletion"}
_TERM_BY_FORM = {"donor": "splice_donor_variant", "acceptor": "splice_acceptor_variant"}


@dataclass(frozen=True)
class Effect:
    """Effect of one allele on the transcript that stands for its gene.

    Parameters
    ----------
    gene : Gene or None
        None: between genes.
    term : str
        Sequence Ontology.
    change : str
        Protein change without `p.` (``R175H``, ``L20=``, ``E137fs``); empty where the protein stays or is not known.
    """

    gene: Gene | None
    term: str
    change: str = ""

    @property
    def residue_number(self) -> int | None:
        """Residue in the name of the change."""
        digits = "".join(letter for letter in self.change[1:].split("fs")[0] if letter.isdigit())
        return int(digits) if digits else None


def effect_of(genome: Genome, allele: Allele) -> Effect:
    """Return the effect of an allele."""
    for event in EVENTS.values():
        if allele_of(genome, event.change) == allele:
            name, form = event.change.name, event.change.form
            term = next((term for end, term in _TERM_BY_END.items() if name.endswith(end)), "missense_variant")
            gene = genome.genes[event.change.gene_symbol]
            return Effect(gene, _TERM_BY_FORM.get(form, term), "" if event.change.is_splice else name)
    first = allele.position_1based - 1
    for gene in genome.genes.values():
        if gene.spec.contig == allele.contig and gene.span.start_0based <= first < gene.span.end:
            return _in_gene(gene, allele, first)
    return Effect(None, "intergenic_variant")


def _in_gene(gene: Gene, allele: Allele, first: int) -> Effect:
    transcript = gene.transcripts[0]
    if any(piece.start_0based <= first < piece.end for piece in transcript.coding):
        return _coding(gene, allele, first)
    if any(exon.start_0based <= first < exon.end for exon in transcript.exons):
        before = first < min(piece.start_0based for piece in transcript.coding)
        return Effect(gene, "5_prime_UTR_variant" if before == (gene.spec.strand == "+") else "3_prime_UTR_variant")
    return Effect(gene, "intron_variant")


def _coding(gene: Gene, allele: Allele, first: int) -> Effect:
    if len(allele.ref) != 1 or len(allele.alt) != 1:
        raise ValueError(f"{gene.spec.symbol} {allele}: only single bases are planted in codons without a name")
    offset = coding_offset(gene, first)
    codon, inside = gene.cds[offset // 3 * 3 : offset // 3 * 3 + 3], offset % 3
    base = allele.alt if gene.spec.strand == "+" else reverse_complement(allele.alt)
    old, new = CODONS[codon], CODONS[codon[:inside] + base + codon[inside + 1 :]]
    name = f"{old}{offset // 3 + 1}{'=' if new == old else new}"
    term = "synonymous_variant" if new == old else "stop_gained" if new == "*" else "missense_variant"
    return Effect(gene, term, name)


def coding_offset(gene: Gene, position_0based: int) -> int:
    """Return the place of a coding base in the coding sequence.

    Raises
    ------
    ValueError
        The base is not coding.
    """
    offset = 0
    for piece in gene.transcripts[0].coding:
        if piece.start_0based <= position_0based < piece.end:
            inside = position_0based - piece.start_0based
            return offset + (inside if gene.spec.strand == "+" else piece.end - 1 - position_0based)
        offset += piece.end - piece.start_0based
    raise ValueError(f"{gene.spec.symbol}: {position_0based} is not coding")


def hgvs_c(gene: Gene, allele: Allele) -> str:
    """Return the coding change of a single base in an exon; empty for others."""
    first = allele.position_1based - 1
    coding = any(piece.start_0based <= first < piece.end for piece in gene.transcripts[0].coding)
    if not coding or len(allele.ref) != 1 or len(allele.alt) != 1:
        return ""
    plus = gene.spec.strand == "+"
    ref, alt = ((one if plus else reverse_complement(one)) for one in (allele.ref, allele.alt))
    return f"c.{coding_offset(gene, first) + 1}{ref}>{alt}"
