"""The contigs of an indexed genome."""

from __future__ import annotations

from pathlib import Path


def read_contigs(genome: Path) -> dict[str, int]:
    """Return the contigs of a FASTA with their lengths, in order, from the ``.fai`` beside it."""
    with Path(f"{genome}.fai").open(encoding="utf-8") as handle:
        rows = [line.split("\t") for line in handle]
    return {cells[0]: int(cells[1]) for cells in rows}
