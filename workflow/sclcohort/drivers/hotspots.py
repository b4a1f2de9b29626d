"""The hotspot residues: ``resources/hotspots.tsv``, read and searched."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sclcohort import contracts
from sclcohort.errors import TableError
from sclcohort.tables import read_rows

if TYPE_CHECKING:
    from sclcohort.drivers.changes import ProteinChange

REGION = re.compile(r"([A-Z])(\d+)_([A-Z])(\d+)")


@dataclass(frozen=True)
class Hotspot:
    """One row of the hotspot table.

    ``residues`` maps each position whose reference residue the row names to that residue; an
    in-frame hotspot that spans several names its first and last. ``first`` and ``last`` bound it.
    ``recurs_by_stop`` tells of a missense row that the same residue has a truncating row as well.
    """

    gene_symbol: str
    name: str
    kind: str
    alternates: str
    residues: dict[int, str]
    first: int
    last: int
    citation: str
    recurs_by_stop: bool = False

    @classmethod
    def from_row(cls, row: dict[str, Any], path: Path) -> Hotspot:
        """Make a hotspot of a table row; raise TableError where residue and position disagree."""
        residue, position = row["residue"], row["position"]
        region = REGION.fullmatch(residue)
        if region is not None:
            first_residue, first, last_residue, last = region.groups()
            residues = {int(first): first_residue, int(last): last_residue}
        else:
            residues = {position: residue}
        if min(residues) != position or not all(len(letter) == 1 for letter in residues.values()):
            raise TableError(
                f"{path}: gene {row['gene_symbol']} column residue value {residue!r} at position {position}: "
                "give one letter, or a span whose first residue is the position (E746_A750)"
            )
        name = residue if region is not None else f"{residue}{position}"
        return cls(
            gene_symbol=row["gene_symbol"],
            name=name,
            kind=row["kind"],
            alternates=row["alternates"],
            residues=residues,
            first=min(residues),
            last=max(residues),
            citation=row["citation"],
        )

    def holds(self, change: ProteinChange) -> bool:
        """Tell whether a protein change lies at this hotspot.

        A substitution must touch the very residue, with the same reference residue; a change that
        does not name the residue there cannot be compared and does not count. An in-frame indel
        must overlap the residues of the row, and agree with every reference residue both name.
        """
        if self.kind != "inframe_indel":
            return change.residue_at(self.first) == self.residues[self.first]
        overlap = change.first_position <= self.last and self.first <= change.last_position
        named = {position: change.residue_at(position) for position in self.residues}
        return overlap and all(found in (None, self.residues[position]) for position, found in named.items())

    def has_seen(self, change: ProteinChange) -> bool:
        """Tell whether the very change was seen there, not only another at the same residue."""
        if self.kind == "inframe_indel":
            same_span = (change.first_position, change.last_position) == (self.first, self.last)
            return same_span and change.alternate == self.alternates
        return len(change.alternate) == 1 and change.alternate in self.alternates


class Hotspots:
    """All hotspots, to be asked for the one at a protein change.

    Parameters
    ----------
    hotspots : iterable of Hotspot
        In any order.
    """

    def __init__(self, hotspots: Iterable[Hotspot]) -> None:
        listed = sorted(hotspots, key=lambda one: (one.gene_symbol, one.kind, one.first, one.name, one.alternates))
        stops = {(one.gene_symbol, one.name) for one in listed if one.kind == "truncating"}
        self._by_gene: dict[str, list[Hotspot]] = {}
        for one in listed:
            by_stop = one.kind == "missense" and (one.gene_symbol, one.name) in stops
            self._by_gene.setdefault(one.gene_symbol, []).append(replace(one, recurs_by_stop=by_stop))

    def at(self, gene_symbol: str, kind: str, change: ProteinChange) -> Hotspot | None:
        """Return the hotspot of a kind at a protein change, None where there is none.

        Of several (overlapping in-frame regions), the one in which the very change was seen wins,
        then the first by position.
        """
        found = [one for one in self._by_gene.get(gene_symbol, []) if one.kind == kind and one.holds(change)]
        return min(found, key=lambda one: not one.has_seen(change), default=None)


def read_hotspots(path: Path) -> Hotspots:
    """Read the hotspot table; raise TableError where a row breaks its contract."""
    return Hotspots(Hotspot.from_row(row, path) for row in read_rows(path, contracts.HOTSPOTS))
