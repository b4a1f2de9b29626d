"""Name changes on the coding sequence of a transcript: HGVS c. (``c.524G>A``, ``c.375+1G>A``).

By the recommendations of the Human Genome Variation Society (den Dunnen et al. 2016,
doi:10.1002/humu.22981; hgvs-nomenclature.org, pages Numbering, deletion, duplication, insertion,
delins). What they leave open, and what is done here:

- A deletion or duplication lies as far 3' as the bases allow. It is moved along the genome: from
  an exon into the intron behind it and from an intron into the exon behind it (c.1704+1del and
  c.1813del of the recommendations), never from one exon into the next, which is their exception.
- One allele of the caller is one change: bases that stay the same between changed ones are part of
  the delins. An inversion is named as the delins that it also is.
- An inserted sequence that is not the copy of the bases before it is an insertion, also where it
  holds several copies of a shorter unit: repeats have names of their own in the recommendations,
  but in coding sequence only for units of whole codons.
- c.1 is the first coding base of the gene model, also where the model lacks the start of a protein.
- The table of coding exons knows the untranslated bases in the first and last of them. A change
  that touches other untranslated exons, their introns, or bases outside the transcript has no name.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

# Bases of a contig from start to end (from 0, end excluded), in upper case; fewer where the contig ends.
Bases = Callable[[str, int, int], str]
_COMPLEMENT = str.maketrans("ACGTN", "TGCAN")
# Bases that are looked at together while a change is moved: most stop within a few.
_STRETCH = 64
_BLOCK = 4096


class CodingExon(NamedTuple):
    """The coding part of an exon and the whole of it; positions from 0, ends excluded."""

    start_0based: int
    end: int
    exon_start_0based: int
    exon_end: int


@dataclass(frozen=True)
class Transcript:
    """Where the coding bases of a transcript lie.

    Parameters
    ----------
    transcript_id : str
        As in the gene model.
    contig : str
        Contig name.
    strand : str
        ``+`` or ``-``.
    exons : tuple of CodingExon
        In genome order, not overlapping; at least one.
    """

    transcript_id: str
    contig: str
    strand: str
    exons: tuple[CodingExon, ...]
    _starts: Sequence[int] = field(init=False, repr=False, compare=False)
    _coding_before: Sequence[int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        starts, before, total, last = [], [], 0, -1
        for start, end, exon_start, exon_end in self.exons:
            # An exon may have two coding parts (a shift of the frame in translation): the second starts where it codes.
            starts.append(exon_start if exon_start >= last else start)
            before.append(total)
            total += end - start
            last = exon_end
        if self.strand != "+":
            # What lies before a part on the genome lies behind it here.
            before = [total - left - (exon[1] - exon[0]) for left, exon in zip(before, self.exons, strict=True)]
        object.__setattr__(self, "_starts", starts)
        object.__setattr__(self, "_coding_before", before)

    @property
    def start_0based(self) -> int:
        """First coding base on the genome, from 0."""
        return self.exons[0].start_0based

    @property
    def end(self) -> int:
        """Base after the last coding one on the genome, from 0."""
        return self.exons[-1].end

    def coding_offset(self, place: int) -> int | None:
        """Return the number of coding bases before the base at a genome position (from 0); None: it is not coding."""
        number = bisect_right(self._starts, place) - 1
        if number < 0:
            return None
        exon = self.exons[number]
        return self._coding_offset(number, place) if exon.start_0based <= place < exon.end else None

    def _coding_offset(self, number: int, place: int) -> int:
        """Return the coding bases before a place in or beside the coding part of an exon."""
        exon = self.exons[number]
        inside = place - exon.start_0based if self.strand == "+" else exon.end - 1 - place
        return self._coding_before[number] + inside

    def position(self, place: int) -> str:
        """Return the c. position of the base at a genome position (from 0); empty where it has none."""
        number = bisect_right(self._starts, place) - 1
        if number < 0:
            return ""
        exon = self.exons[number]
        if place >= exon.exon_end:
            return self._intronic(number, place)
        if exon.start_0based <= place < exon.end:
            return str(self._coding_offset(number, place) + 1)
        return self._untranslated(number, place)

    def _untranslated(self, number: int, place: int) -> str:
        """Return the position of an untranslated base in a coding exon; only before the start and after the stop."""
        exon = self.exons[number]
        left = place < exon.start_0based
        if number != (0 if left else len(self.exons) - 1):
            return ""
        bases = exon.start_0based - place if left else place - exon.end + 1
        return f"-{bases}" if left == (self.strand == "+") else f"*{bases}"

    def _intronic(self, number: int, place: int) -> str:
        """Return the position of a base between two coding exons, counted from the nearer; from the first if equal."""
        if number + 1 == len(self.exons):
            return ""
        left, right = self.exons[number], self.exons[number + 1]
        from_left, from_right = place - left.end + 1, right.start_0based - place
        if self.strand == "+":
            after, before = from_left, from_right
            donor, acceptor = self._coding_offset(number, left.end - 1), self._coding_offset(number + 1, right[0])
        else:
            after, before = from_right, from_left
            donor, acceptor = self._coding_offset(number + 1, right[0]), self._coding_offset(number, left.end - 1)
        return f"{donor + 1}+{after}" if after <= before else f"{acceptor + 1}-{before}"


def transcript_of(transcript_id: str, exons: Sequence[Sequence[str]]) -> Transcript:
    """Return a transcript from the cells of its rows in reference/coding_exons.tsv.

    Parameters
    ----------
    transcript_id : str
        Its id.
    exons : sequence of sequence of str
        Contig, strand, start_0based, end, exon_start_0based and exon_end of each coding exon, in any order.
    """
    found = [
        # A gene model without exon lines gives coding parts alone.
        CodingExon(int(start), int(end), int(exon_start or start), int(exon_end or end))
        for _, _, start, end, exon_start, exon_end in exons
    ]
    contig, strand, *_ = exons[0]
    return Transcript(transcript_id, contig, strand, tuple(sorted(found)))


def name_coding_change(transcript: Transcript, position_1based: int, ref: str, alt: str, bases: Bases) -> str:
    """Return the HGVS c. name of an allele on a transcript.

    Parameters
    ----------
    transcript : Transcript
        On the contig of the allele.
    position_1based : int
        Of the first base of `ref`.
    ref, alt : str
        Alleles in capital letters, as on the plus strand, not empty and not equal; need not be
        left-aligned or trimmed.
    bases : callable
        Reads the genome.

    Returns
    -------
    str
        ``c.524G>A``, ``c.375+1G>A``, ``c.35del``, ``c.375_375+3del``, ``c.35_37dup``, ``c.35_36insTA``,
        ``c.35_36delinsT``; empty where a base concerned has no c. position.
    """
    start = position_1based - 1
    if len(ref) == len(alt) == 1:
        place = transcript.position(start)
        if transcript.strand == "-":
            ref, alt = ref.translate(_COMPLEMENT), alt.translate(_COMPLEMENT)
        return f"c.{place}{ref}>{alt}" if place else ""
    start, ref, alt = _trimmed(start, ref, alt)
    forward = transcript.strand == "+"
    if ref and alt:
        if len(ref) == len(alt) == 1:
            return name_coding_change(transcript, start + 1, ref, alt, bases)
        where = _range(transcript, start, start + len(ref))
        return f"c.{where}delins{alt if forward else _other_strand(alt)}" if where else ""
    if ref:
        moved = _room(transcript, start + len(ref) if forward else start, ref, bases)
        start += moved if forward else -moved
        where = _range(transcript, start, start + len(ref))
        return f"c.{where}del" if where else ""
    return _insertion(transcript, start, alt, bases)


def _trimmed(start: int, ref: str, alt: str) -> tuple[int, str, str]:
    """Return the allele without the bases that both sides share, first those at its start."""
    shorter, same = min(len(ref), len(alt)), 0
    while same < shorter and ref[same] == alt[same]:
        same += 1
    ref, alt, tail = ref[same:], alt[same:], 0
    while tail < shorter - same and ref[-1 - tail] == alt[-1 - tail]:
        tail += 1
    return start + same, ref[: len(ref) - tail], alt[: len(alt) - tail]


def _room(transcript: Transcript, border: int, unit: str, bases: Bases) -> int:
    """Return how many bases a deleted or inserted unit can move towards the 3' end of a transcript.

    `border` is the place behind the unit (before its first base on the minus strand), from 0:
    the bases from there on are compared with the unit, again and again from its start.
    """
    forward, length, moved = transcript.strand == "+", len(unit), 0
    while True:
        if forward:
            ahead = bases(transcript.contig, border + moved, border + moved + _STRETCH)
        else:
            ahead = bases(transcript.contig, border - moved - _STRETCH, border - moved)[::-1] if border > moved else ""
        for base in ahead:
            if base != (unit[moved % length] if forward else unit[-1 - moved % length]):
                return moved
            moved += 1
        if len(ahead) < _STRETCH:
            return moved


def _insertion(transcript: Transcript, place: int, inserted: str, bases: Bases) -> str:
    """Name bases inserted before a place on the genome (from 0): a duplication where they repeat those before."""
    length = len(inserted)
    moved = _room(transcript, place, inserted, bases)
    turn = moved % length
    if transcript.strand == "+":
        place, inserted = place + moved, inserted[turn:] + inserted[:turn]
        start = place - length
    else:
        place, inserted = place - moved, inserted[length - turn :] + inserted[: length - turn]
        start = place
    if start >= 0 and bases(transcript.contig, start, start + length) == inserted:
        where = _range(transcript, start, start + length)
        return f"c.{where}dup" if where else ""
    where = _range(transcript, place - 1, place + 1)
    return f"c.{where}ins{inserted if transcript.strand == '+' else _other_strand(inserted)}" if where else ""


def _range(transcript: Transcript, start: int, end: int) -> str:
    """Return the position of one base or of the first and last of several, as the transcript reads them."""
    first = transcript.position(start)
    if end - start == 1 or not first:
        return first
    last = transcript.position(end - 1)
    if not last:
        return ""
    return f"{first}_{last}" if transcript.strand == "+" else f"{last}_{first}"


def _other_strand(bases: str) -> str:
    return bases.translate(_COMPLEMENT)[::-1]
