"""Which alleles of a sample lie on one copy of a chromosome, as far as its caller proves it.

Two forms are read, both of the tumour's column:

- GT phased (``0|1``) with PS, the phase set of the VCF specification: alleles of one set on the
  same side of the bars are on one haplotype. DRAGEN writes it so, and Mutect2 with newer GATK.
- PGT with PID, the physical phasing of GATK's assembled haplotypes (Mutect2): the same, with the
  set named by its first allele.

A phased genotype without a set proves nothing here: by the specification all such genotypes of a
file are one set, but some programs write the bar without phasing.
"""

from __future__ import annotations

from collections.abc import Callable

_MISSING = ("", ".")


def phase_of(get: Callable[[str], str], allele: int = 1) -> str:
    """Return the phase set and the haplotype of an allele.

    Parameters
    ----------
    get : callable
        Text of a FORMAT field in the tumour's column; empty where the record or the column lacks it.
    allele : int
        Number of the allele in the genotype; 1 where records have one alternate allele.

    Returns
    -------
    str
        ``<set>:<haplotype>``, haplotypes counted from 1, several joined by ``+`` (``1|1`` is ``1+2``);
        empty where the caller does not say, or the genotype lacks the allele.
    """
    for genotype, phase_set in (("GT", "PS"), ("PGT", "PID")):
        name = get(phase_set)
        if name not in _MISSING:
            haplotypes = _haplotypes(get(genotype), allele)
            if haplotypes:
                return f"{name}:{haplotypes}"
    return ""


def _haplotypes(genotype: str, allele: int) -> str:
    """Return the haplotypes that carry an allele; empty where the genotype is not phased throughout."""
    if "|" not in genotype or "/" in genotype:
        return ""
    sides = genotype.removeprefix("|").split("|")
    return "+".join(str(number) for number, side in enumerate(sides, start=1) if side == str(allele))
