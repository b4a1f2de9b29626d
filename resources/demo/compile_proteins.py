#!/usr/bin/env python3
"""Compile `proteins.tsv`: the real protein of each driver gene whose sequence is at hand.

    python resources/demo/compile_proteins.py DATA [--out FILE]

DATA is a folder laid out like the project's shared data: `driver_gene_slices/` holds slices of the human
reference (`slices_GRCh38.fa.gz`), gene models in the same coordinates (`driver_models_GRCh38.gff3`) and the
origin of each gene (`TABLE.tsv`). The coding exons of each gene are spliced and translated; what is written is
the protein with the RefSeq accession of its transcript: a fact, not a copy of the nucleotides. Nobody needs
this script to build or run the demo; it says how the committed table came to be, and a test repeats it.
"""

from __future__ import annotations

import argparse
import csv
import gzip
from collections.abc import Iterator
from pathlib import Path

from builder.genetic_code import reverse_complement, translate

COLUMNS = ("gene_symbol", "refseq_transcript", "residues", "sequence")
HEADER = (
    "# Real proteins of the demo's driver genes, one-letter, without the stop.",
    "# Compiled by resources/demo/compile_proteins.py: coding exons of the human reference (GRCh38) translated;",
    "# refseq_transcript is the accession of the model. The demo's nucleotides are a synthetic back-translation.",
)
Exon = tuple[str, int, int, str]


def read_slices(path: Path) -> list[tuple[str, int, str]]:
    """Return (contig without `chr`, first base from 1, bases) of every slice."""
    slices: list[tuple[str, int, str]] = []
    with gzip.open(path, "rt", encoding="ascii") as handle:
        for entry in handle.read().split(">")[1:]:
            header, _, bases = entry.partition("\n")
            contig, _, interval = header.split()[0].partition(":")
            slices.append((contig.removeprefix("chr"), int(interval.split("-")[0]), bases.replace("\n", "").upper()))
    return slices


def read_coding_exons(path: Path) -> dict[str, list[Exon]]:
    """Return the CDS rows of each transcript as (contig, first base from 1, last base, strand), by position."""
    exons: dict[str, list[Exon]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        fields = line.split("\t")
        if len(fields) == 9 and fields[2] == "CDS":
            attributes = dict(item.split("=", 1) for item in fields[8].split(";"))
            transcript = attributes["Parent"].removeprefix("transcript:")
            exons.setdefault(transcript, []).append((fields[0], int(fields[3]), int(fields[4]), fields[6]))
    return {transcript: sorted(rows, key=lambda row: row[1]) for transcript, rows in exons.items()}


def spliced(exons: list[Exon], slices: list[tuple[str, int, str]]) -> str:
    """Return the coding sequence of one transcript in its own direction; every exon must lie inside a slice."""
    pieces = []
    for contig, first, last, _ in exons:
        inside = [
            bases[first - start : last - start + 1]
            for name, start, bases in slices
            if name == contig and start <= first and last < start + len(bases)
        ]
        if not inside:
            raise SystemExit(f"no slice holds {contig}:{first}-{last}")
        pieces.append(inside[0])
    sequence = "".join(pieces)
    return sequence if exons[0][3] == "+" else reverse_complement(sequence)


def compile_proteins(data: Path) -> Iterator[tuple[str, str, int, str]]:
    """Yield (gene symbol, RefSeq transcript, residues, protein), by symbol; stop at a protein of wrong length."""
    folder = data / "driver_gene_slices"
    slices = read_slices(folder / "slices_GRCh38.fa.gz")
    exons = read_coding_exons(folder / "driver_models_GRCh38.gff3")
    with (folder / "TABLE.tsv").open(encoding="utf-8", newline="") as handle:
        rows = [row for row in csv.DictReader(handle, delimiter="\t") if row["build"] == "GRCh38"]
    for row in sorted(rows, key=lambda row: row["gene"]):
        protein = translate(spliced(exons[row["transcript"]], slices))
        residues = protein.removesuffix("*")
        if not protein.endswith("*") or "*" in residues or len(residues) != int(row["protein_aa"]):
            raise SystemExit(f"{row['gene']}: the slices do not give a protein of {row['protein_aa']} residues")
        yield row["gene"], row["transcript"], len(residues), residues


def main() -> None:
    """Write the table."""
    parser = argparse.ArgumentParser(description="Compile proteins.tsv from driver_gene_slices.")
    parser.add_argument("data", type=Path, help="folder that holds driver_gene_slices/")
    parser.add_argument("--out", type=Path, default=Path(__file__).with_name("proteins.tsv"))
    arguments = parser.parse_args()
    lines = [*HEADER, "\t".join(COLUMNS)]
    lines += ["\t".join(str(cell) for cell in row) for row in compile_proteins(arguments.data)]
    arguments.out.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
