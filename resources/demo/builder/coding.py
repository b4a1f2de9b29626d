"""Planned protein changes, and coding sequences written so that the plan can happen.

A real protein does not say its codons. They are drawn from a seeded stream, except around a planned change, where
codons are searched until the change has the one meaning its name states: a substitution is one base away, an indel
has one place only (it cannot be shifted) and the first residue it changes is the one in its name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

from builder.genetic_code import CODONS, SYNONYMS, codons_that_allow, single_base_change, translate
from builder.streams import Stream

if TYPE_CHECKING:
    from builder.genes import GeneSpec

_SUBSTITUTION = re.compile(r"^([A-Z])(\d+)([A-Z*])$")
_FRAMESHIFT = re.compile(r"^([A-Z])(\d+)fs$")
_DELETION = re.compile(r"^([A-Z])(\d+)del$")
_SPLICE = re.compile(r"^X(\d+)_splice$")
# Approximate composition of human proteins, in percent; only to make synthetic ones look alike.
_COMPOSITION = {
    "A": 7.0, "R": 5.6, "N": 3.6, "D": 4.7, "C": 2.3, "Q": 4.8, "E": 7.1, "G": 6.6, "H": 2.6, "I": 4.3,
    "L": 10.0, "K": 5.7, "M": 2.1, "F": 3.7, "P": 6.3, "S": 8.3, "T": 5.4, "W": 1.2, "Y": 2.7, "V": 6.0,
}  # fmt: skip


@dataclass(frozen=True)
class Edit:
    """A change of a coding sequence, in the direction of the transcript.

    Parameters
    ----------
    offset_0based : int
        First base concerned; for an insertion the base that follows it.
    removed, inserted : str
        Bases; either may be empty.
    """

    offset_0based: int
    removed: str
    inserted: str

    def applied(self, sequence: str) -> str:
        """Return the sequence with the change made."""
        end = self.offset_0based + len(self.removed)
        return sequence[: self.offset_0based] + self.inserted + sequence[end:]

    def can_be_shifted(self, sequence: str) -> bool:
        """Tell whether an indel could be written at another place with the same result."""
        unit = self.removed or self.inserted
        before = sequence[self.offset_0based - 1]
        after = sequence[self.offset_0based + len(self.removed)]
        return before == unit[-1] or after == unit[0]


@dataclass(frozen=True)
class Change:
    """A protein change that the plan uses, by its name without `p.`.

    Parameters
    ----------
    gene_symbol : str
    name : str
        ``R175H``, ``R358*``, ``E137fs``, ``S1680del`` or ``X702_splice``.
    form : str
        How it is made in DNA: `substitution` (one base), `dinucleotide` (two neighbouring bases),
        `delete_1`, `delete_4`, `insert_1`, `delete_1_in_run` (one base of three alike: it can be
        shifted, for callers that do not left-align), `delete_codon`, `donor`, `acceptor`.
    """

    gene_symbol: str
    name: str
    form: str = "substitution"

    def _match(self) -> re.Match[str]:
        for pattern in (_SUBSTITUTION, _FRAMESHIFT, _DELETION, _SPLICE):
            found = pattern.match(self.name)
            if found:
                return found
        raise ValueError(f"{self.gene_symbol} {self.name}: not a change this builder knows")

    @property
    def residue_number(self) -> int:
        """Number of the residue in the name."""
        digits = re.search(r"\d+", self._match()[0])
        return int(digits[0]) if digits else 0

    @property
    def residue(self) -> str:
        """Reference residue in the name; empty for splice sites."""
        return "" if self.is_splice else self._match()[1]

    @property
    def alternate(self) -> str:
        """New residue of a substitution; empty for others."""
        found = _SUBSTITUTION.match(self.name)
        return found[3] if found else ""

    @property
    def is_splice(self) -> bool:
        """Whether it is a splice site."""
        return self.form in {"donor", "acceptor"}

    @property
    def is_frameshift(self) -> bool:
        """Whether it shifts the frame."""
        return self.name.endswith("fs")


def synthetic_protein(symbol: str, residues: int, anchors: dict[int, str]) -> str:
    """Return a random protein that starts with M and holds the anchored residues."""
    stream = Stream("protein", symbol)
    letters = ["M", *(stream.weighted(_COMPOSITION) for _ in range(residues - 1))]
    for number, residue in anchors.items():
        letters[number - 1] = residue
    return "".join(letters)


def encode(spec: GeneSpec, changes: Sequence[Change]) -> str:
    """Return a coding sequence, stop included, for a protein and the changes planned in it.

    Raises
    ------
    ValueError
        A change names a residue the protein does not have there, or no codons make it possible.
    """
    stream = Stream("codons", spec.symbol)
    codons = [stream.choice(SYNONYMS[residue]) for residue in spec.protein + "*"]
    for change in changes:
        if change.residue and spec.protein[change.residue_number - 1] != change.residue:
            found = spec.protein[change.residue_number - 1]
            raise ValueError(f"{spec.symbol} {change.name}: the protein has {found} there")
    for number in sorted({change.residue_number for change in changes if change.alternate}):
        here = [change for change in changes if change.residue_number == number]
        alternates = "".join(sorted(change.alternate for change in here if change.form == "substitution"))
        allowed = codons_that_allow(spec.protein[number - 1], alternates)
        if not allowed:
            raise ValueError(f"{spec.symbol} {number}: no codon is one base from each of {alternates}")
        codons[number - 1] = stream.choice(allowed)
    for change in changes:
        if change.is_frameshift or change.form == "delete_codon":
            _make_room(spec, change, codons)
    return "".join(codons)


def _make_room(spec: GeneSpec, change: Change, codons: list[str]) -> None:
    """Rewrite the codons around an indel, without changing the protein, until the indel is what it is called."""
    number = change.residue_number
    first = number - 2
    window = [SYNONYMS[residue] for residue in spec.protein[first : number + 1]]
    stream = Stream("room", spec.symbol, change.name)
    for choice in stream.shuffled(list(product(*window))):
        codons[first : number + 1] = choice
        sequence = "".join(codons)
        if _is_what_it_is_called(change, sequence, edit_of(change, sequence)):
            return
    raise ValueError(f"{spec.symbol} {change.name}: no codons make a {change.form} of this name")


def _is_what_it_is_called(change: Change, sequence: str, edit: Edit) -> bool:
    if change.form == "delete_1_in_run":
        codon = edit.removed + sequence[edit.offset_0based + 1 : edit.offset_0based + 3]
        run_is_three = (
            len(set(codon)) == 1 and sequence[edit.offset_0based - 1] != codon[0] != sequence[edit.offset_0based + 3]
        )
        if not run_is_three:
            return False
    elif edit.can_be_shifted(sequence):
        return False
    if change.form == "delete_codon":
        return True
    edited = edit.applied(sequence)
    before, after = translate(sequence), translate(edited[: len(edited) // 3 * 3])
    place = change.residue_number - 1
    # A frameshift that makes a stop at once would be called a stop; one without any stop has no end.
    return before[:place] == after[:place] and after[place] not in {before[place], "*"} and "*" in after


def edit_of(change: Change, sequence: str) -> Edit:
    """Return what a change does to a coding sequence; splice changes lie outside it and are refused."""
    start = 3 * (change.residue_number - 1)
    codon = sequence[start : start + 3]
    if change.form == "substitution":
        made = single_base_change(codon, change.alternate)
        if made is None:
            raise ValueError(f"{change.gene_symbol} {change.name}: {codon} is not one base away")
        return Edit(start + made[0], codon[made[0]], made[1])
    if change.form == "dinucleotide":
        return next(_dinucleotides(start, codon, change.alternate))
    if change.form == "delete_1":
        return Edit(start + 1, codon[1], "")
    if change.form == "delete_1_in_run":
        return Edit(start, codon[0], "")
    if change.form == "delete_4":
        return Edit(start + 1, sequence[start + 1 : start + 5], "")
    if change.form == "insert_1":
        # Any base unlike both neighbours would do; the first one makes the choice reproducible.
        return Edit(start + 1, "", next(base for base in "ACGT" if base not in codon[:2]))
    if change.form == "delete_codon":
        return Edit(start, codon, "")
    raise ValueError(f"{change.gene_symbol} {change.name}: {change.form} is no change of the coding sequence")


def _dinucleotides(start: int, codon: str, residue: str) -> Iterator[Edit]:
    for offset in (0, 1):
        for pair in product("ACGT", repeat=2):
            new = codon[:offset] + "".join(pair) + codon[offset + 2 :]
            if CODONS[new] == residue and all(new[i] != codon[i] for i in (offset, offset + 1)):
                yield Edit(start + offset, codon[offset : offset + 2], "".join(pair))
