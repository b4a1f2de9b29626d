"""Rows as text."""

from __future__ import annotations

from collections.abc import Sequence

Row = tuple[object, ...]


def tsv(columns: Sequence[str], rows: Sequence[Row]) -> str:
    """Return a table as text; None is an empty cell."""
    lines = ["\t".join(columns)]
    lines += ["\t".join("" if cell is None else str(cell) for cell in row) for row in rows]
    return "\n".join(lines) + "\n"
