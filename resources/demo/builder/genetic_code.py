"""The standard genetic code, and back-translation under constraints."""

from __future__ import annotations

from itertools import product

BASES = "TCAG"
AMINO_ACIDS = "FFLLSSSSYY**CC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG"
CODONS = dict(zip(map("".join, product(BASES, repeat=3)), AMINO_ACIDS, strict=True))
SYNONYMS = {residue: tuple(sorted(c for c, r in CODONS.items() if r == residue)) for residue in set(AMINO_ACIDS)}
_COMPLEMENT = str.maketrans("ACGTacgtN", "TGCAtgcaN")
_TRANSITIONS = {"AG", "GA", "CT", "TC"}


def reverse_complement(sequence: str) -> str:
    """Return the other strand, read in its own direction."""
    return sequence.translate(_COMPLEMENT)[::-1]


def translate(sequence: str) -> str:
    """Translate a coding sequence whose length is a multiple of three; `*` is a stop."""
    if len(sequence) % 3:
        raise ValueError(f"{len(sequence)} bases are no whole number of codons")
    return "".join(CODONS[sequence[i : i + 3]] for i in range(0, len(sequence), 3))


def single_base_change(codon: str, residue: str) -> tuple[int, str] | None:
    """Return (offset in the codon, new base) of the one-base change that makes `residue`; None where none does.

    A transition is preferred, then the earlier offset, then the base: so the same plan always gives the same allele.
    """
    changes = [
        ((codon[i] + base) not in _TRANSITIONS, i, base)
        for i in range(3)
        for base in BASES
        if base != codon[i] and CODONS[codon[:i] + base + codon[i + 1 :]] == residue
    ]
    if not changes:
        return None
    _, offset, base = min(changes)
    return offset, base


def codons_that_allow(residue: str, alternates: str) -> tuple[str, ...]:
    """Return the codons of `residue` from which every one of `alternates` is one base away, in sorted order.

    Of these only those with the most transitions are returned: they are the commonest substitutions.
    """
    changes = {codon: [single_base_change(codon, alternate) for alternate in alternates] for codon in SYNONYMS[residue]}
    possible = {codon: [one for one in made if one] for codon, made in changes.items() if all(made)}
    transitions = {
        codon: sum(codon[offset] + base in _TRANSITIONS for offset, base in made) for codon, made in possible.items()
    }
    most = max(transitions.values(), default=0)
    return tuple(codon for codon, number in transitions.items() if number == most)
