"""Protein changes with published evidence: ``resources/oncogenic_variants.tsv``, read and searched."""

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
    from sclcohort.drivers.changes import ProteinChange

UNVERIFIED = "unverified"


@dataclass(frozen=True)
class Evidence:
    """One row of the table; its columns are those of `contracts.ONCOGENIC_VARIANTS`."""

    gene_symbol: str
    hgvs_p: str
    change: ProteinChange
    criterion: str
    evidence: str
    citation: str

    @classmethod
    def from_row(cls, row: dict[str, Any], path: Path) -> Evidence:
        """Make a record of a table row; raise TableError where it names no substitution of one residue."""
        change = parse_protein_change(row["hgvs_p"])
        if change is None or change.first_residue is None or len(change.alternate) != 1 or change.alternate == "*":
            raise TableError(
                f"{path}: gene {row['gene_symbol']} column hgvs_p value {row['hgvs_p']!r}: "
                "give a substitution of one residue in one-letter HGVS (p.R175H)"
            )
        return cls(row["gene_symbol"], row["hgvs_p"], change, row["criterion"], row["evidence"], row["citation"])


class OncogenicVariants:
    """All evidence, to be asked about a change or a residue."""

    def __init__(self, rows: Iterable[Evidence]) -> None:
        listed = sorted(rows, key=lambda one: (one.gene_symbol, one.hgvs_p, one.criterion))
        self._by_change: defaultdict[tuple[str, str], dict[str, Evidence]] = defaultdict(dict)
        self._by_residue: defaultdict[tuple[str, str | None, int], list[Evidence]] = defaultdict(list)
        for one in listed:
            self._by_change[one.gene_symbol, one.hgvs_p][one.criterion] = one
            self._by_residue[one.gene_symbol, one.change.first_residue, one.change.first_position].append(one)

    def of(self, gene_symbol: str, hgvs_p: str) -> dict[str, Evidence]:
        """Return the evidence on one change, by criterion; empty where there is none."""
        return self._by_change.get((gene_symbol, hgvs_p), {})

    def others_at(self, gene_symbol: str, change: ProteinChange) -> dict[str, set[str]]:
        """Return the criteria of each other change at the same residue, by the alternate residue."""
        found: defaultdict[str, set[str]] = defaultdict(set)
        for one in self._by_residue.get((gene_symbol, change.first_residue, change.first_position), ()):
            if one.change.alternate != change.alternate:
                found[one.change.alternate].add(one.criterion)
        return dict(sorted(found.items()))


def read_oncogenic_variants(path: Path) -> OncogenicVariants:
    """Read the table; rows of certainty ``unverified`` give no points and are left out.

    Raises
    ------
    TableError
        A row breaks its contract or names no substitution of one residue.
    """
    rows = read_rows(path, contracts.ONCOGENIC_VARIANTS)
    return OncogenicVariants(Evidence.from_row(row, path) for row in rows if row["certainty"] != UNVERIFIED)
