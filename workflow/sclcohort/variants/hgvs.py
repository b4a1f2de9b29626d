"""Name protein changes the way papers and hotspot lists do: HGVS, one-letter residues.

csq says which residues become which, from the codon that holds the first changed base. HGVS wants
the change itself, as far towards the C terminus as it can be placed (recommendations of the Human
Genome Variation Society, den Dunnen et al. 2016, doi:10.1002/humu.22981). For that, and for the
residues on both sides of an insertion, the protein must be known; where it is not, only what csq
shows is used.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from sclcohort.variants.consequences import AminoAcids


class ProteinChange(NamedTuple):
    """A named protein change; `position` is the first residue concerned, from 1, or None."""

    position: int | None
    hgvs_p: str


UNNAMED = ProteinChange(None, "")


def name_change(terms: frozenset[str], change: AminoAcids, protein: str = "") -> ProteinChange:
    """Return the name of a change of residues.

    Parameters
    ----------
    terms : frozenset of str
        csq's words; ``start_lost`` and ``frameshift`` decide the form of the name.
    change : AminoAcids
        Residues before and after, as csq gives them.
    protein : str
        The whole protein without stop; empty where it is not known.

    Returns
    -------
    ProteinChange
        ``p.R175H``, ``p.R213*``, ``p.E105fs``, ``p.L11del``, ``p.E746_A750del``, ``p.K10_L11insM``,
        ``p.A767_V769dup``, ``p.S8_T9delinsM``, ``p.*394Qext``, ``p.M1?``, ``p.L10=``.
    """
    if "start_lost" in terms:
        return ProteinChange(1, "p.M1?")
    ref, alt = change.ref, change.alt
    whole = protein + "*" if protein.startswith(ref.removesuffix("*"), change.position - 1) else ""
    if whole and "frameshift" not in terms and "*" not in ref:
        kept = alt.split("*")[0]
        if kept != alt and change.position - 1 + len(kept) >= len(protein):
            # A new stop at the end of the protein: what follows it was the last residues or the old stop.
            ref, alt = whole[change.position - 1 :], kept + "*"
    if ref == alt:
        return ProteinChange(change.position, f"p.{_range(change.position, ref)}=")
    if "frameshift" not in terms and ref.endswith("*") and alt.endswith("*"):
        # The stop is where it was, behind fewer or other residues.
        ref, alt = ref[:-1], alt[:-1]
    same = _shared_start(ref, alt)
    position = change.position + same
    before = ref[same : same + 1] or whole[position - 1 : position]
    after = alt[same : same + 1]
    if before == "*" and (ref[same:] or "frameshift" in terms):
        return ProteinChange(position, f"p.*{position}{after if after.isalpha() else ''}ext")
    if after == "*" and before:
        return ProteinChange(position, f"p.{before}{position}*")
    if "frameshift" in terms:
        # Residues that csq leaves out (a deletion beside a splice site) may be the same as before: no name.
        return ProteinChange(position, f"p.{before}{position}fs") if before and after != "?" else UNNAMED
    if "?" in alt:
        stop = change.position + len(ref) - 1
        return (
            ProteinChange(stop, f"p.*{stop}ext")
            if ref.endswith("*")
            else ProteinChange(position, f"p.{before}{position}?")
        )
    return _inframe(change.position, ref, alt, whole)


def _shared_start(one: str, other: str) -> int:
    """Return how many first letters two strings share."""
    count = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        count += 1
    return count


def _inframe(position: int, ref: str, alt: str, whole: str) -> ProteinChange:
    """Name a substitution, deletion, insertion or both, without a shift of the frame."""
    # Nothing is read behind a new stop.
    alt = alt[: alt.index("*") + 1] if "*" in alt and "*" not in ref else alt
    shown, start = ref, position
    same = _shared_start(ref, alt)
    ref, alt, position = ref[same:], alt[same:], position + same
    tail = _shared_start(ref[::-1], alt[::-1])
    if tail:
        ref, alt = ref[:-tail], alt[:-tail]
    if ref and alt:
        if len(ref) == len(alt) == 1:
            return ProteinChange(position, f"p.{ref}{position}{alt}")
        return ProteinChange(position, f"p.{_range(position, ref)}delins{alt}")
    if ref:
        while whole and whole[position - 1] == whole[position + len(ref) - 1 : position + len(ref)]:
            position += 1
        return ProteinChange(position, f"p.{_range(position, whole[position - 1 :][: len(ref)] or ref)}del")
    return _insertion(position, alt, whole) if whole else _insertion_beside(start, shown, position, alt)


def _insertion(position: int, inserted: str, whole: str) -> ProteinChange:
    """Name an insertion before the residue at `position`, moved towards the C terminus as far as it goes."""
    while whole[position - 1 : position] == inserted[0] and position < len(whole):
        inserted = inserted[1:] + inserted[0]
        position += 1
    length = len(inserted)
    if position - 1 >= length and whole[position - 1 - length : position - 1] == inserted:
        return ProteinChange(position - length, f"p.{_range(position - length, inserted)}dup")
    left, right = whole[position - 2 : position - 1], whole[position - 1 : position]
    return ProteinChange(position - 1, f"p.{left}{position - 1}_{right}{position}ins{inserted}")


def _insertion_beside(start: int, shown: str, position: int, inserted: str) -> ProteinChange:
    """Name an insertion by the residues that csq shows: between two of them, or as the replacement of one."""
    place = position - start
    left, right = shown[place - 1 : place] if place else "", shown[place : place + 1]
    if left and right:
        return ProteinChange(position - 1, f"p.{left}{position - 1}_{right}{position}ins{inserted}")
    if left:
        return ProteinChange(position - 1, f"p.{left}{position - 1}delins{left}{inserted}")
    return ProteinChange(position, f"p.{right}{position}delins{inserted}{right}")


class Intron(NamedTuple):
    """An intron between coding exons: its bases, and the residues of the coding bases before and after it."""

    start_0based: int
    end: int
    residue_before: int
    residue_after: int


def name_splice(
    position_1based: int, ref: str, alt: str, introns: Iterable[Intron], terms: frozenset[str]
) -> ProteinChange:
    """Return the name of a change at a splice site: ``p.X126_splice``.

    As cBioPortal and the hotspot lists name them: a donor by the residue that holds the last
    coding base before the intron, an acceptor by the one that holds the first coding base after
    it (TP53 c.375+1 is X125, c.376-1 is X126); inside a codon both are the same.

    Parameters
    ----------
    position_1based : int
        Of the first base of `ref`.
    ref, alt : str
        Alleles, normalised.
    introns : iterable of Intron
        Of the transcript, in genome order.
    terms : frozenset of str
        csq's words; where both sites are hit, the donor names the change.

    Returns
    -------
    ProteinChange
        Unnamed where the intron lies between untranslated exons.
    """
    shared = int(len(ref) != len(alt) and ref[0] == alt[0])
    first, last = position_1based - 1 + shared, position_1based - 2 + len(ref)
    if first > last:
        # Bases inserted between two: they may lie on the border of an exon, so both sides count as touched.
        first, last = last, first
    for intron in introns:
        if first < intron.end and last >= intron.start_0based:
            residue = intron.residue_before if "splice_donor" in terms else intron.residue_after
            return ProteinChange(residue or None, f"p.X{residue}_splice")
    return UNNAMED


def _range(position: int, residues: str) -> str:
    """Return one residue or the first and last of several: ``L11``, ``E746_A750``."""
    first = f"{residues[0]}{position}"
    return first if len(residues) == 1 else f"{first}_{residues[-1]}{position + len(residues) - 1}"
