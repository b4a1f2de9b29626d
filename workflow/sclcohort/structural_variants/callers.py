"""Who wrote a VCF of structural variants, and which of its fields count reads with a junction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from sclcohort.structural_variants.junctions import Reads

if TYPE_CHECKING:
    from sclcohort.structural_variants.junctions import Junction
    from sclcohort.variants.header import Header

# Below this the scripts that come with GRIDSS leave the pairs of the reference out of the allele fraction of a
# deletion or duplication (is_short_deldup).
GRIDSS_SHORT_BASES = 1000
Values = Sequence[int | None]
Getter = Callable[[str], Values]


def detect_caller(header: Header) -> str:
    """Return the caller, by what only it writes into a header; ``generic`` for any other.

    Manta names its program (``##source=GenerateSVCandidates``) and defines PR and SR; Delly defines DR, DV, RR
    and RV; GRIDSS defines VF and REFPAIR; SvABA names itself in ``##source`` (unverified: no file of it at hand).
    """
    named = " ".join(line for line in header.lines if line.startswith(("##source", "##cmdline"))).casefold()
    fields = header.format_names
    if "generatesvcandidates" in named or "manta" in named:
        return "manta"
    if {"VF", "REFPAIR"} <= fields:
        return "gridss"
    if {"DR", "DV", "RR", "RV"} <= fields:
        return "delly"
    if "svaba" in named:
        return "svaba"
    return "generic"


def read_counts(caller: str, get: Getter, allele: int, junction: Junction) -> Reads:
    """Return the reads of one column.

    Parameters
    ----------
    caller : str
        As `detect_caller` names it.
    get : callable
        Values of a FORMAT field in that column; none where the record lacks it.
    allele : int
        Number of the alternative allele, from 1.
    junction : Junction
        Of a short deletion or duplication GRIDSS's reference pairs tell nothing: they fit with and without it.

    Returns
    -------
    Reads
        Manta: PR and SR hold pairs and split reads "for the ref and alt alleles in the order listed" (its header).
        Delly: DV and RV are "variant pairs" and "variant junction reads", DR and RR those of the reference (its
        header). GRIDSS: VF counts fragments with the breakpoint, REF reads and REFPAIR pairs with the reference (its
        header). SvABA: AD counts reads with the variant, DP reads at the site (unverified).
    """
    if caller == "manta":
        return _listed(("PR", "SR"), get, allele)
    if caller == "delly":
        return _apart(("DV", "RV"), ("DR", "RR"), get)
    if caller == "gridss":
        return _apart(("VF",), ("REF",) if _is_short(junction) else ("REF", "REFPAIR"), get)
    if len(get("AD")) > 1:
        return _listed(("AD",), get, allele)
    supporting = _sum(("AD",), get)
    if supporting is None:
        supporting = _sum(("PE", "SR"), get)
    depth = _sum(("DP",), get)
    return Reads(supporting, None if None in (supporting, depth) else max(depth or 0, supporting or 0))


def _is_short(junction: Junction) -> bool:
    length = junction.second.position_1based - junction.first.position_1based
    return junction.is_local and junction.sv_type in ("DEL", "DUP", "INS") and length < GRIDSS_SHORT_BASES


def _sum(fields: Sequence[str], get: Getter) -> int | None:
    found = [values[0] for field in fields if (values := get(field)) and values[0] is not None]
    return sum(found) if found else None


def _apart(supporting: Sequence[str], reference: Sequence[str], get: Getter) -> Reads:
    """Return reads from fields that hold one allele each."""
    count, others = _sum(supporting, get), _sum(reference, get)
    return Reads(count, None if count is None or others is None else count + others)


def _listed(fields: Sequence[str], get: Getter, allele: int) -> Reads:
    """Return reads from fields that list the reference first, then each allele."""
    lists = [values for field in fields if len(values := get(field)) > allele and values[allele] is not None]
    if not lists:
        return Reads()
    return Reads(
        sum(values[allele] or 0 for values in lists),
        sum(value or 0 for values in lists for value in values),
    )
