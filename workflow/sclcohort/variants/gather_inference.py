"""Step gather-inference: what was inferred about the variant files of all chunks, in one table."""

from __future__ import annotations

from pathlib import Path

from sclcohort.contracts import VARIANT_INFERENCE
from sclcohort.tables import read_rows, write_rows


def run(*, chunks: tuple[Path, ...], inference: Path) -> None:
    """Join the tables of the chunks.

    Parameters
    ----------
    chunks : tuple of Path
        Contract VARIANT_INFERENCE, of each chunk.
    inference : Path
        To write: the same of the cohort.
    """
    write_rows(inference, VARIANT_INFERENCE, (row for path in chunks for row in read_rows(path, VARIANT_INFERENCE)))
