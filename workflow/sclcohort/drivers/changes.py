"""Read protein changes (HGVS p., one-letter), as far as comparing residues needs it."""

from __future__ import annotations

import re
from typing import NamedTuple

CHANGE = re.compile(r"p\.\(?([A-Z*])(\d+)(?:_([A-Z*])(\d+))?(.*?)\)?")
# `X` stands for an unknown residue, as in the name of a splice-site variant (p.X126_splice).
UNKNOWN_RESIDUE = "X"


class ProteinChange(NamedTuple):
    """Residues that a protein change touches, and what becomes of them.

    ``first_residue`` and ``last_residue`` are one-letter, None where the change does not name
    them; positions count from 1; ``alternate`` is what follows (``H``, ``*``, ``fs``, ``del``,
    ``delinsP`` ...).
    """

    first_residue: str | None
    first_position: int
    last_residue: str | None
    last_position: int
    alternate: str

    def residue_at(self, position: int) -> str | None:
        """Return the reference residue at a position; None where the change does not name it."""
        if position == self.first_position:
            return self.first_residue
        return self.last_residue if position == self.last_position else None

    def spans(self, position: int) -> bool:
        """Tell whether a position lies among the residues touched."""
        return self.first_position <= position <= self.last_position


def parse_protein_change(hgvs_p: str) -> ProteinChange | None:
    """Parse a protein change; None where it is empty or of a form that names no residue.

    Parameters
    ----------
    hgvs_p : str
        One-letter HGVS, e.g. ``p.R175H``, ``p.R213*``, ``p.E746_A750del``, ``p.X126_splice``.
    """
    match = CHANGE.fullmatch(hgvs_p)
    if match is None:
        return None
    first, position, last, last_position, alternate = match.groups()
    first_residue = None if first == UNKNOWN_RESIDUE else first
    if last is None:
        return ProteinChange(first_residue, int(position), first_residue, int(position), alternate)
    last_residue = None if last == UNKNOWN_RESIDUE else last
    return ProteinChange(first_residue, int(position), last_residue, int(last_position), alternate)
