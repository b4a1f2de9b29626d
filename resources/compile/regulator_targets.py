"""Targets of regulators: which published lists are taken, and how symbols in the mouse's spelling are mapped."""

from __future__ import annotations

import csv
import gzip
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from regulator_gene_sets import RENAMED

if TYPE_CHECKING:
    from sclcohort.tables import Cell


@dataclass(frozen=True)
class TargetList:
    """One list of targets, as a column of a table of `sclc_signatures`.

    Parameters
    ----------
    source : str
        The regulator.
    file, column : str
        Where the list stands.
    is_human : bool
        Whether it prints human symbols; else symbols in the mouse's spelling.
    citation : str
        What it rests on.
    """

    source: str
    file: str
    column: str
    is_human: bool
    citation: str


CHIP_TARGETS = "ASCL1_NEUROD1_POU2F3_ATOH_ChIP_Targets.csv"
OLIVER_LABORATORY = "TGOliver-lab/Ireland_Basal_SCLC_2025 (commit d608c2f)"
BORROMEO = "Borromeo et al. 2016 Cell Rep 16:1259, doi:10.1016/j.celrep.2016.06.081"
TARGET_LISTS = (
    TargetList(
        "ASCL1", CHIP_TARGETS, "Borromeo_ASCL1_Targets", False, f"ChIP-seq: {BORROMEO}; as in {OLIVER_LABORATORY}"
    ),
    TargetList(
        "NEUROD1",
        CHIP_TARGETS,
        "Borromeo_Oliver_NEUROD1_Targets",
        False,
        f"ChIP-seq: {BORROMEO}, and the Oliver laboratory; as in {OLIVER_LABORATORY}",
    ),
    TargetList(
        "POU2F3",
        CHIP_TARGETS,
        "POU2F3_Targets",
        True,
        f"ChIP: list of {OLIVER_LABORATORY}, which names no experiment",
    ),
    TargetList(
        "ATOH1", CHIP_TARGETS, "ATOH1_Targets", True, f"ChIP: list of {OLIVER_LABORATORY}, which names no experiment"
    ),
    TargetList(
        "MYC",
        "50_Conserved_MYC_Targets.csv",
        "Gene",
        False,
        f"50 conserved MYC targets of {OLIVER_LABORATORY}, which names no experiment",
    ),
    TargetList(
        "YAP1",
        "Yap-Taz_signatures.csv",
        "mYapTaz_Wang_genes",
        False,
        f"22 YAP/TAZ targets, attributed to Wang without further reference in {OLIVER_LABORATORY}",
    ),
)


def human_symbols(coordinates: Path) -> set[str]:
    """Return the human symbols of both builds in the folder ``gene_coordinates``."""
    symbols: set[str] = set()
    for build in ("hg19", "hg38"):
        with gzip.open(coordinates / f"refseq_genes_{build}.tsv.gz", "rt", encoding="utf-8", newline="") as handle:
            symbols |= {record["gene_symbol"] for record in csv.DictReader(handle, delimiter="\t")}
    return symbols


def regulon_rows(signatures: Path, known: set[str]) -> tuple[list[dict[str, Cell]], dict[str, list[str]]]:
    """Return the rows of ``regulons.tsv``, and for each regulator the printed symbols that were not mapped.

    Parameters
    ----------
    signatures : Path
        Folder of the lists.
    known : set of str
        Human symbols. A symbol in the mouse's spelling is mapped where its capitals are one of them, or the one that
        HGNC replaced it with.
    """
    known = known | {symbol for old, symbol in RENAMED.items() if old in known}
    rows: list[dict[str, Cell]] = []
    unmapped: dict[str, list[str]] = {}
    for listed in TARGET_LISTS:
        with (signatures / listed.file).open(encoding="utf-8-sig", newline="") as handle:
            printed = [record[listed.column].strip() for record in csv.DictReader(handle)]
        symbols = {name: name if listed.is_human else name.upper() for name in printed if name}
        unmapped[listed.source] = [
            name for name, symbol in symbols.items() if not listed.is_human and symbol not in known
        ]
        rows += [
            {
                "source": listed.source,
                "target": RENAMED.get(symbol, symbol),
                "weight": 1.0,
                "symbol_in_source": name,
                "citation": f"{listed.citation}; the sign is assumed",
                "certainty": "computed",
            }
            for name, symbol in symbols.items()
            if name not in unmapped[listed.source]
        ]
    return rows, unmapped
