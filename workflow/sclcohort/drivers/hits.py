"""Which variants of a gene are hits of their own, and on which of its copies they lie."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from sclcohort.drivers.records import Variant

# Choice: neighbouring records closer than this are counted as one hit, because callers write a change of
# several bases, or a complex indel, as a row of small records on one copy. Two alleles at the same
# position are always two hits: one copy cannot carry both.
MIN_SEPARATION_BASES = 10


def distinct_hits(variants: Sequence[Variant]) -> list[Variant]:
    """Return the first of each group of variants that may be one change written as several.

    Parameters
    ----------
    variants : sequence of Variant
        Hits of one gene in one sample, in any order.

    Returns
    -------
    list of Variant
        In the order of the alleles; see `MIN_SEPARATION_BASES`.
    """
    distinct: list[Variant] = []
    before: Variant | None = None
    for variant in sorted(variants, key=lambda one: one.allele):
        if (
            before is None
            or variant.chrom != before.chrom
            or variant.position_1based == before.position_1based
            or variant.position_1based - before.last_base_1based >= MIN_SEPARATION_BASES
        ):
            distinct.append(variant)
        before = variant
    return distinct


def proven_phase(variants: Sequence[Variant]) -> Literal["one copy", "different copies"] | None:
    """Return what phase sets prove of the copies that hits lie on.

    Parameters
    ----------
    variants : sequence of Variant
        Distinct hits of one gene; ``phase_set`` is ``<set>:<haplotype>``, haplotypes joined by ``+``.

    Returns
    -------
    str or None
        ``different copies`` where two hits of one set share no haplotype; ``one copy`` where all hits are of one set
        and on the same single haplotype; None where neither is proven.
    """
    placed = [variant.phase_set.rpartition(":")[::2] for variant in variants if variant.phase_set]
    for (one, copy), (other, second) in itertools.combinations(placed, 2):
        if one == other and not set(copy.split("+")) & set(second.split("+")):
            return "different copies"
    is_all = len(placed) == len(variants) > 1 and len(set(placed)) == 1
    return "one copy" if is_all and "+" not in placed[0][1] else None
