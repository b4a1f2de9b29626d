"""Normalise alleles, so that one allele has one name whoever called it.

The rules are those of ``bcftools norm`` (Tan A, Abecasis GR, Kang HM 2015 Bioinformatics,
doi:10.1093/bioinformatics/btv112): shared last bases are taken off, an allele that would become empty grows
to the left, shared first bases are taken off. A property test holds this module to bcftools' own results.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sclcohort.variants.refusal import RefusedVcfError

if TYPE_CHECKING:
    from sclcohort.reference.sequence import Fetch

BASES = frozenset("ACGT")
SHOWN_MISMATCHES = 3
# Bases that an allele grows by at a time.
_STRIDE = 64


class Site(NamedTuple):
    """An allele: what a consequence depends on."""

    contig: str
    position_1based: int
    ref: str
    alt: str


def left_align(contig: str, position: int, ref: str, alt: str, fetch: Fetch) -> tuple[int, str, str]:
    """Return position (1-based), REF and ALT of an allele in their shortest form, as far left as they go.

    Parameters
    ----------
    contig : str
        Of the allele.
    position : int
        1-based, of the first base of `ref`.
    ref, alt : str
        Different alleles of A, C, G, T; REF as in the genome.
    fetch : callable
        See `open_sequence`.
    """
    while ref[-1] == alt[-1] and (position > 1 or min(len(ref), len(alt)) > 1):
        if min(len(ref), len(alt)) == 1:
            start = max(position - 1 - _STRIDE, 0)
            before = fetch(contig, start, position - 1)
            ref, alt, position = before + ref, before + alt, start + 1
        cut = _shared_end(ref, alt)
        ref, alt = ref[: len(ref) - cut], alt[: len(alt) - cut]
    start = 0
    while start < min(len(ref), len(alt)) - 1 and ref[start] == alt[start]:
        start += 1
    return position + start, ref[start:], alt[start:]


def _shared_end(ref: str, alt: str) -> int:
    """Return how many last bases two alleles share, one base of each left."""
    count, most = 0, min(len(ref), len(alt)) - 1
    while count < most and ref[-1 - count] == alt[-1 - count]:
        count += 1
    return count


class ReferenceCheck:
    """Compare REF with the genome over the records of a file; what differs is kept for the message.

    Attributes
    ----------
    unreadable : set of (str, int)
        Places where the genome has N: their REF cannot be checked, nor a consequence computed.
    """

    def __init__(self, fetch: Fetch) -> None:
        self.unreadable: set[tuple[str, int]] = set()
        self._fetch = fetch
        self._wrong = 0
        self._shown: list[str] = []

    def see(self, contig: str, position: int, ref: str) -> bool:
        """Tell whether REF (upper case, not empty) is the genome's; remember it where it is not."""
        reference = self._fetch(contig, position - 1, position - 1 + len(ref))
        if ref == reference:
            return True
        if set(ref) == {"N"}:
            return False
        if _contradicts(ref, reference):
            self._wrong += 1
            if self._wrong <= SHOWN_MISMATCHES:
                self._shown.append(_short(f"{contig}:{position} {ref} (reference {reference or 'ends before'})"))
        else:
            self.unreadable.add((contig, position))
        return False

    def finish(self) -> None:
        """Refuse the file where a REF contradicts the genome.

        Raises
        ------
        RefusedVcfError
            With the number of mismatches and the first of them.
        """
        if self._wrong:
            more = ", ..." if self._wrong > SHOWN_MISMATCHES else ""
            raise RefusedVcfError(
                f"REF differs from the reference at {self._wrong} records: {', '.join(self._shown)}{more}; "
                "the calls are of another genome build or assembly: configure the reference they were made on"
            )


def _contradicts(ref: str, reference: str) -> bool:
    """Tell whether two stretches differ in length, or where both name a base."""
    return len(ref) != len(reference) or any(
        a != b and a in BASES and b in BASES for a, b in zip(ref, reference, strict=True)
    )


def _short(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:77]}..."
