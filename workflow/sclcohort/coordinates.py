"""Positions and chromosome names, typed, in one place.

VCF, GFF and SEG count bases from 1 and include the end; BED, CNVkit and our own spans count
from 0 and exclude it. Columns say which: ``position_1based``, ``start_0based``, ``end``.
"""

from __future__ import annotations

from typing import NamedTuple


class Span(NamedTuple):
    """A half-open interval on a contig: bases ``start_0based`` to ``end - 1``, counted from 0."""

    contig: str
    start_0based: int
    end: int

    @classmethod
    def from_inclusive(cls, contig: str, first_1based: int, last_1based: int) -> Span:
        """Make a span from 1-based, inclusive coordinates (GFF, SEG, VCF)."""
        return cls(contig, first_1based - 1, last_1based)

    def overlap_bases(self, other: Span) -> int:
        """Return how many bases two spans share; 0 on different contigs."""
        if self.contig != other.contig:
            return 0
        return max(0, min(self.end, other.end) - max(self.start_0based, other.start_0based))


def without_chr(contig: str) -> str:
    """Return a contig name without the ``chr`` of UCSC style, ``chrM`` as ``MT``.

    Only for comparing names across styles: files are never rewritten with it.
    """
    bare = contig.removeprefix("chr")
    return "MT" if bare == "M" else bare


def is_sex_chromosome(contig: str) -> bool:
    """Tell whether a contig is X or Y, of which normal cells have one copy or two."""
    return without_chr(contig) in ("X", "Y")


def differ_by_prefix(found: set[str], expected: set[str]) -> bool:
    """Tell whether two sets of contig names are disjoint only because of a ``chr`` prefix."""
    if not found or not expected or found & expected:
        return False
    return bool({without_chr(name) for name in found} & {without_chr(name) for name in expected})
