"""Count the sites of a coding sequence at which a change of one base alters the protein, and those where none does.

Each base can change to three others. A change is silent when both codons read the same (stop included), by the
standard genetic code; a site counts as the fraction of its changes, so that sites of both kinds add up to bases
(as Nei and Gojobori count them, Mol Biol Evol 1986;3:418). All changes are taken as equally likely.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from sclcohort.reference.genome import GENETIC_CODE

_BASES = "ACGT"


def _altering_changes(codon: str) -> tuple[int, int, int]:
    """Return for each base of a codon how many of its three changes alter the residue."""
    counts = []
    for place, base in enumerate(codon):
        changed = (codon[:place] + other + codon[place + 1 :] for other in _BASES if other != base)
        counts.append(sum(GENETIC_CODE[one] != GENETIC_CODE[codon] for one in changed))
    return counts[0], counts[1], counts[2]


ALTERING_CHANGES = {codon: _altering_changes(codon) for codon in GENETIC_CODE}


def count_sites(coding_bases: str, pieces: Iterable[tuple[int, int]]) -> tuple[float, float]:
    """Count nonsilent and silent sites in parts of a coding sequence.

    Parameters
    ----------
    coding_bases : str
        The coding sequence from its first codon on, upper case.
    pieces : iterable of (int, int)
        Parts of it to count, half-open, from 0; they do not overlap.

    Returns
    -------
    tuple of float
        Nonsilent and silent sites. Bases of codons with other letters than ACGT, or cut at the end, are left out.
    """
    whole: Counter[str] = Counter()
    altering = bases = 0
    for start, end in pieces:
        first, last = -(-start // 3) * 3, end // 3 * 3
        whole.update(coding_bases[at : at + 3] for at in range(first, last, 3))
        edges = range(start, end) if first > last else [*range(start, first), *range(last, end)]
        for at in edges:
            changes = ALTERING_CHANGES.get(coding_bases[at // 3 * 3 : at // 3 * 3 + 3])
            if changes is not None:
                altering += changes[at % 3]
                bases += 1
    for codon, count in whole.items():
        if codon in ALTERING_CHANGES:
            altering += count * sum(ALTERING_CHANGES[codon])
            bases += 3 * count
    return altering / 3, bases - altering / 3
