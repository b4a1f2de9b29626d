"""Residues of a change where csq gives none: beside a splice site it names the word and leaves the protein out.

A deletion of coding bases alone, next to an intron, is ``frameshift&splice_region`` to csq, with
``253AS>253?`` or nothing for the residues. The coding sequence says what they are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sclcohort.reference.genome import translate
from sclcohort.variants.consequences import AminoAcids

if TYPE_CHECKING:
    from sclcohort.variants.hgvs_c import Bases, Transcript

_COMPLEMENT = str.maketrans("ACGTN", "TGCAN")


def coding_sequence_of(transcript: Transcript, bases: Bases) -> str:
    """Return the coding bases of a transcript in its direction, stop codon included."""
    text = "".join(bases(transcript.contig, exon.start_0based, exon.end) for exon in transcript.exons)
    return text if transcript.strand == "+" else text.translate(_COMPLEMENT)[::-1]


def residues_changed(
    transcript: Transcript, coding: str, position_1based: int, ref: str, alt: str
) -> AminoAcids | None:
    """Return the residues of the codons that an allele touches, before and after, as csq shows them.

    Parameters
    ----------
    transcript : Transcript
        On the contig of the allele.
    coding : str
        Its coding bases (`coding_sequence_of`), beginning with a whole codon.
    position_1based : int
        Of the first base of `ref`.
    ref, alt : str
        Alleles in capital letters; the first base may be shared.

    Returns
    -------
    AminoAcids or None
        Where the frame is shifted, up to the stop on both sides, with ``?`` behind the last residue
        where the changed side has none before the end of the coding bases. None where the allele
        touches other bases than coding ones of one exon, or lies on the border of one.
    """
    shared = int(len(ref) != len(alt) and ref[0] == alt[0])
    start, ref, alt = position_1based - 1 + shared, ref[shared:], alt[shared:]
    # Inserted bases have a coding base on each side; deleted ones are coding themselves.
    first, last = (start, start + len(ref) - 1) if ref else (start - 1, start)
    offsets = transcript.coding_offset(first), transcript.coding_offset(last)
    if offsets[0] is None or offsets[1] is None or abs(offsets[0] - offsets[1]) != last - first:
        return None
    if not any(exon.start_0based <= first and last < exon.end for exon in transcript.exons):
        return None
    low = min(offsets[0], offsets[1]) + (not ref)
    new = alt if transcript.strand == "+" else alt.translate(_COMPLEMENT)[::-1]
    codon, high = low // 3, low + len(ref)
    changed = coding[3 * codon : low] + new
    if len(new) % 3 != len(ref) % 3:
        return AminoAcids(codon + 1, _to_stop(coding[3 * codon :]), _to_stop(changed + coding[high:]))
    end = 3 * max(codon + 1, (high + 2) // 3)
    return AminoAcids(codon + 1, translate(coding[3 * codon : end]), translate(changed + coding[high:end]))


def _to_stop(coding: str) -> str:
    residues = translate(coding)
    return residues[: residues.index("*") + 1] if "*" in residues else residues + "?"
