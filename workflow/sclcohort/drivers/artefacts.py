"""Recurrent artefacts that are masked: ``resources/artefacts.tsv``, read and matched.

A row names a protein change as this workflow does. It matches the variant of that very name; with a final
``%``, any change whose name starts so. A deletion in a repeat has several equal names, and transcripts of
different versions count differently, so a row that names a deletion of several residues matches every
in-frame deletion of as many residues that starts within one such length of it, either way.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sclcohort import contracts
from sclcohort.drivers.changes import parse_protein_change
from sclcohort.errors import TableError
from sclcohort.tables import read_rows

if TYPE_CHECKING:
    from sclcohort.drivers.records import Variant

ANY_ENDING = "%"


@dataclass(frozen=True)
class Artefact:
    """One row of the artefact table; its columns are those of `contracts.ARTEFACTS`."""

    gene_symbol: str
    hgvs_p: str
    reason: str
    citation: str

    @classmethod
    def from_row(cls, row: dict[str, Any], path: Path) -> Artefact:
        """Make an artefact of a table row; raise TableError where it names no protein change."""
        name = row["hgvs_p"]
        if parse_protein_change(name.removesuffix(ANY_ENDING)) is None:
            raise TableError(
                f"{path}: gene {row['gene_symbol']} column hgvs_p value {name!r}: "
                "give a protein change in one-letter HGVS (p.Y816fs), with a final % for any ending"
            )
        return cls(row["gene_symbol"], name, row["reason"], row["citation"])

    def matches(self, variant: Variant) -> bool:
        """Tell whether a variant of the gene is this artefact."""
        if self.hgvs_p.endswith(ANY_ENDING):
            return variant.hgvs_p.startswith(self.hgvs_p.removesuffix(ANY_ENDING))
        return variant.hgvs_p == self.hgvs_p or self._is_same_deletion(variant)

    def _is_same_deletion(self, variant: Variant) -> bool:
        named, found = parse_protein_change(self.hgvs_p), parse_protein_change(variant.hgvs_p)
        if named is None or found is None or named.alternate != "del" or found.alternate != "del":
            return False
        length = named.last_position - named.first_position + 1
        same_length = found.last_position - found.first_position + 1 == length
        return length > 1 and same_length and abs(found.first_position - named.first_position) <= length


class Artefacts:
    """All artefacts, to be asked about a variant."""

    def __init__(self, artefacts: Iterable[Artefact]) -> None:
        self._by_gene: defaultdict[str, list[Artefact]] = defaultdict(list)
        for one in sorted(artefacts, key=lambda one: (one.gene_symbol, one.hgvs_p)):
            self._by_gene[one.gene_symbol].append(one)

    def mask(self, variant: Variant) -> str | None:
        """Return why a variant is masked, with its source; None where it is not."""
        for one in self._by_gene.get(variant.gene_symbol, ()):
            if one.matches(variant):
                return f"masked as the recurrent artefact {one.gene_symbol} {one.hgvs_p}: {one.reason} ({one.citation})"
        return None


def read_artefacts(path: Path) -> Artefacts:
    """Read the artefact table; raise TableError where a row breaks its contract or names no change."""
    return Artefacts(Artefact.from_row(row, path) for row in read_rows(path, contracts.ARTEFACTS))
