"""The driver genes: ``resources/driver_genes.tsv``, read and cross-checked."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sclcohort import contracts
from sclcohort.errors import TableError
from sclcohort.tables import read_rows

TUMOUR_SUPPRESSOR = "tumour_suppressor"
VARIANT_EVENTS = tuple(
    event
    for event in contracts.EVENT_TYPES
    if event not in (*contracts.COPY_NUMBER_EVENTS, *contracts.STRUCTURAL_EVENTS)
)


@dataclass(frozen=True)
class DriverGene:
    """One gene whose events are called, as the driver table describes it.

    Parameters
    ----------
    symbol, role, gene_class : str
        Columns of `contracts.DRIVER_GENES`.
    events : tuple of str
        Kinds of event that count, in the order of `contracts.EVENT_TYPES`.
    zygosity : bool
        Whether the gene drives by the loss of both copies (TP53, RB1, PTEN).
    domain : (int, int) or None
        First and last residue, from 1, of the domain in which a missense change counts.
    citation, certainty : str
        Publications the row rests on, and how surely.
    """

    symbol: str
    role: str
    gene_class: str
    events: tuple[str, ...]
    zygosity: bool
    domain: tuple[int, int] | None
    citation: str
    certainty: str

    @property
    def is_suppressor(self) -> bool:
        """Whether the gene drives by being lost."""
        return self.role == TUMOUR_SUPPRESSOR

    @property
    def needs_variants(self) -> bool:
        """Whether any event that counts is a small variant."""
        return self.has_zygosity or any(event in VARIANT_EVENTS for event in self.events)

    @property
    def needs_copy_number(self) -> bool:
        """Whether any event that counts is a copy-number change."""
        return self.has_zygosity or any(event in contracts.COPY_NUMBER_EVENTS for event in self.events)

    @property
    def needs_structural_variants(self) -> bool:
        """Whether only a rearrangement makes the gene drive as it is known to."""
        return self.role == "isoform_oncogene"

    @property
    def has_zygosity(self) -> bool:
        """Whether a zygosity state is given: tumour suppressors whose hits are counted."""
        return self.is_suppressor and self.gene_class != "passenger_prone"


def read_driver_genes(path: Path) -> dict[str, DriverGene]:
    """Read the driver table; genes by symbol, in sorted order.

    Raises
    ------
    TableError
        A row breaks the contract, names an unknown kind of event, gives half a domain or an
        inverted one, asks for zygosity in a gene that is no tumour suppressor, or repeats a gene.
    """
    genes: dict[str, DriverGene] = {}
    for row in read_rows(path, contracts.DRIVER_GENES):
        gene = _gene(path, row)
        if gene.symbol in genes:
            raise TableError(f"{path}: gene {gene.symbol} has two rows; keep one")
        genes[gene.symbol] = gene
    return dict(sorted(genes.items()))


def _gene(path: Path, row: dict[str, Any]) -> DriverGene:
    symbol = row["gene_symbol"]
    listed = row["events"].split(",")
    unknown = sorted({event for event in listed if event not in contracts.EVENT_TYPES})
    if unknown or len(set(listed)) != len(listed):
        raise TableError(
            f"{path}: gene {symbol} column events value {row['events']!r}: "
            f"{'unknown ' + ', '.join(unknown) if unknown else 'an event twice'}; "
            f"name each once, out of {', '.join(contracts.EVENT_TYPES)}"
        )
    first, last = row["domain_first_residue"], row["domain_last_residue"]
    if (first is None) != (last is None) or (first is not None and first > last):
        raise TableError(
            f"{path}: gene {symbol} columns domain_first_residue, domain_last_residue values {first}, {last}: "
            "give both, the first not beyond the last, or neither"
        )
    if row["zygosity"] and row["role"] != TUMOUR_SUPPRESSOR:
        raise TableError(
            f"{path}: gene {symbol} column zygosity value true: only a tumour_suppressor has a zygosity state"
        )
    return DriverGene(
        symbol=symbol,
        role=row["role"],
        gene_class=row["gene_class"],
        events=tuple(event for event in contracts.EVENT_TYPES if event in listed),
        zygosity=row["zygosity"],
        domain=None if first is None else (first, last),
        citation=row["citation"],
        certainty=row["certainty"],
    )
