"""Which targets of each regulator the expression matrix holds, and as which rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from sclcohort.regulators.genes import GeneRows

if TYPE_CHECKING:
    import pandas as pd

    from sclcohort.tables import Cell


def target_rows(regulons: pd.DataFrame, found: Mapping[str, GeneRows], absent: str = "") -> Iterator[dict[str, Cell]]:
    """Yield the rows of REGULON_TARGETS, one for each edge of a regulon, in the order of regulator and target.

    Parameters
    ----------
    regulons : DataFrame
        Columns ``source``, ``target``, ``weight`` and ``symbol_in_source``.
    found : dict of str to GeneRows
        Rows of the matrix by target; empty where there is no matrix.
    absent : str
        Why there is no matrix.
    """
    missing = GeneRows((), "", "missing", absent)
    edges = regulons.sort_values(["source", "target"], kind="stable")
    for source, target, weight, symbol in zip(
        *(edges[name].tolist() for name in ("source", "target", "weight", "symbol_in_source")), strict=True
    ):
        entry = found.get(target, missing)
        yield {
            "regulator": source,
            "target": target,
            "symbol_in_source": symbol,
            "weight": weight,
            "measured": bool(entry.rows),
            "name_in_matrix": entry.name,
            "reason": entry.reason,
        }
