"""The arithmetic of a mixture of tumour cells and diploid normal cells."""

from __future__ import annotations

# Choice: no hit is expected in more reads than this, even on every copy of a pure tumour: mapping favours
# the reference and some reads are wrong.
MAX_EXPECTED_VAF = 0.95
# Choice: minor copies below this are none; callers give whole numbers, some of them estimates.
MAX_LOST_MINOR_COPIES = 0.5


def expected_vaf(purity: float, total_copies: float, mutated_copies: float) -> float:
    """Return the allele fraction expected of a hit on some copies of a gene.

    Parameters
    ----------
    purity : float
        Tumour purity in (0, 1].
    total_copies, mutated_copies : float
        Copies of the gene in a tumour cell, and how many of them carry the hit.

    Returns
    -------
    float
        At most `MAX_EXPECTED_VAF`.
    """
    fraction = purity * mutated_copies / (purity * total_copies + 2 * (1 - purity))
    return min(fraction, MAX_EXPECTED_VAF)


def mutated_copies(vaf: float, purity: float, total_copies: float) -> float:
    """Return the mutated copies per tumour cell that an allele fraction means.

    Parameters
    ----------
    vaf : float
        Allele fraction in [0, 1].
    purity : float
        Tumour purity in (0, 1].
    total_copies : float
        Copies of the gene in a tumour cell.
    """
    return vaf * (purity * total_copies + 2 * (1 - purity)) / purity


def purity_at(vaf: float, copies: int) -> float:
    """Return the purity at which a hit on all copies of every tumour cell has an allele fraction.

    Parameters
    ----------
    vaf : float
        Allele fraction in (0, 1].
    copies : int
        Copies of the gene in a tumour cell, all with the hit.
    """
    return 2 * vaf / (copies * (1 - vaf) + 2 * vaf)
