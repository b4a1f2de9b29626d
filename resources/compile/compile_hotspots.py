r"""Compile ``resources/hotspots.tsv`` from the hotspot alleles of cancerhotspots.org.

The source is the allele table that maftools ships (``cancerhotspots_v2_GRCh38.tsv``, eight columns
without a header: chromosome, position, REF, ALT, gene, class, protein change, SIFT). Only the
protein changes of our driver genes are taken, regrouped into one row per gene, residue and kind.
Run from the root of the repository::

    PYTHONPATH=workflow python resources/compile/compile_hotspots.py --alleles FILE \
        --driver-genes resources/driver_genes.tsv --hotspots resources/hotspots.tsv
"""

from __future__ import annotations

import argparse
import csv
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from sclcohort import contracts
from sclcohort.drivers.genes import read_driver_genes
from sclcohort.errors import TableError
from sclcohort.files import write_text
from sclcohort.tables import Cell, write_rows

CITATION = (
    "cancerhotspots.org v2: Chang MT et al. 2016 Nat Biotechnol 34:155, doi:10.1038/nbt.3391; "
    "Chang MT et al. 2018 Cancer Discov 8:174, doi:10.1158/2159-8290.CD-17-0321"
)
SUBSTITUTION = re.compile(r"([A-Z])(\d+)([A-Z*])")
IN_FRAME = re.compile(r"(([A-Z])(\d+)(?:_[A-Z]\d+)?)(del|dup|delins[A-Z]+)")
KIND_OF_CLASS = {
    "Missense_Mutation": "missense",
    "Nonsense_Mutation": "truncating",
    "DEL": "inframe_indel",
    "INS": "inframe_indel",
}
HEADER = """\
# Residues mutated more often than chance across cancers, of the genes in driver_genes.tsv.
# Contract: sclcohort.contracts.HOTSPOTS.
# From: {citation}; the allele table as maftools ships it (PoisonAlien/maftools c8ff328, cancerhotspots_v2_GRCh38.tsv).
# How: resources/compile/compile_hotspots.py; one row per gene, residue and kind, alternates sorted and joined.
#   Residues are numbered as in the source; a variant is at a hotspot only if its reference residue agrees.
# truncating: the residue recurs through stop codons; truncating events are called by their consequence anyway.
# inframe_indel: the source gives every indel of a hotspot region the name of one change (33 deletions of TP53 are
#   all "I255del"), and does not say where the region ends. The row keeps that name: residue = what it spans,
#   position = its first residue, alternates = del, dup or delins<residues>.
# Left out: {left_out}.
"""


class Change(NamedTuple):
    """One protein change of the source, in the columns of our table."""

    gene_symbol: str
    residue: str
    position: int
    kind: str
    alternate: str


def parse_change(gene: str, allele_class: str, text: str) -> Change | None:
    """Read one protein change; None where its class and its text contradict each other.

    Parameters
    ----------
    gene, allele_class, text : str
        Columns 5, 6 and 7 of the source, e.g. ``TP53``, ``Missense_Mutation``, ``R175H``.

    Raises
    ------
    TableError
        A class or a protein change of a form that was never met: the source has changed.
    """
    kind = KIND_OF_CLASS.get(allele_class)
    if kind == "inframe_indel" and (match := IN_FRAME.fullmatch(text)):
        span, first, position, alternate = match.groups()
        return Change(gene, first if span == f"{first}{position}" else span, int(position), kind, alternate)
    if kind is not None and (match := SUBSTITUTION.fullmatch(text)):
        residue, position, alternate = match.groups()
        found = "truncating" if alternate == "*" else "missense"
        return Change(gene, residue, int(position), kind, alternate) if found == kind else None
    raise TableError(
        f"hotspot alleles: {gene} {allele_class} {text!r} is of no known form; teach parse_change about it"
    )


def compile_rows(alleles: Iterable[list[str]], genes: Iterable[str]) -> tuple[list[dict[str, Cell]], list[str]]:
    """Regroup hotspot alleles into the rows of our table.

    Parameters
    ----------
    alleles : iterable of list of str
        Rows of the source, eight cells each.
    genes : iterable of str
        Driver genes; alleles of other genes are not taken.

    Returns
    -------
    list of dict
        Rows of `contracts.HOTSPOTS`, sorted by key.
    list of str
        Alleles left out, each with its reason, sorted.
    """
    wanted = set(genes)
    alternates: defaultdict[tuple[str, str, int, str], set[str]] = defaultdict(set)
    left_out = set()
    for chrom, position_1based, ref, alt, gene, allele_class, text, _ in alleles:
        if gene not in wanted:
            continue
        change = parse_change(gene, allele_class, text)
        if change is None:
            left_out.add(
                f"{gene} {chrom}:{position_1based} {ref}>{alt} (GRCh38), of class {allele_class} but named {text}"
            )
            continue
        alternates[change[:4]].add(change.alternate)
    rows: list[dict[str, Cell]] = [
        {
            "gene_symbol": gene,
            "residue": residue,
            "position": position,
            "kind": kind,
            "alternates": alternate,
            "citation": CITATION,
            "certainty": "computed",
        }
        for (gene, residue, position, kind), seen in alternates.items()
        for alternate in (sorted(seen) if kind == "inframe_indel" else ["".join(sorted(seen))])
    ]
    rows.sort(key=lambda row: tuple(row[name] for name in contracts.HOTSPOTS.key))
    return rows, sorted(left_out)


def read_alleles(path: Path) -> Iterator[list[str]]:
    """Yield the rows of the source; raise TableError where one has not eight cells."""
    with path.open(encoding="utf-8", newline="") as handle:
        for number, cells in enumerate(csv.reader(handle, delimiter="\t"), start=1):
            if len(cells) != 8:
                raise TableError(f"{path}: row {number} has {len(cells)} cells, 8 expected")
            yield cells


def compile_hotspots(*, alleles: Path, driver_genes: Path, hotspots: Path) -> None:
    """Read the source and the driver genes, and write the hotspot table with its header."""
    rows, left_out = compile_rows(read_alleles(alleles), read_driver_genes(driver_genes))
    write_rows(hotspots, contracts.HOTSPOTS, rows)
    header = HEADER.format(citation=CITATION, left_out="; ".join(left_out) or "nothing")
    write_text(hotspots, header + hotspots.read_text(encoding="utf-8"))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Compile resources/hotspots.tsv.")
    for name in ("alleles", "driver-genes", "hotspots"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    compile_hotspots(**vars(parser.parse_args()))
