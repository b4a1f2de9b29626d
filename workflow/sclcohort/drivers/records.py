"""The rows that this stage reads, as typed records: slim, so that a large cohort fits in memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Variant:
    """One allele of one sample in a driver gene; the columns of `contracts.CODING_VARIANTS`.

    ``depth_reads``, ``alt_depth_reads``, ``vaf`` and ``protein_position`` are None where the
    table has an empty cell; text is "" there. Reads of the normal are None where there is no normal
    or the file does not give them. ``population_frequency`` is the highest allele frequency in the
    population resource, 0 where it is not in there, None where none is configured.
    """

    sample_id: str
    chrom: str
    position_1based: int
    ref: str
    alt: str
    gene_symbol: str
    transcript_id: str
    is_representative: bool
    filter: str
    filter_accepted: bool
    depth_reads: int | None
    alt_depth_reads: int | None
    vaf: float | None
    consequence: str
    consequence_class: str
    protein_position: int | None
    hgvs_p: str
    normal_depth_reads: int | None = None
    normal_alt_depth_reads: int | None = None
    population_frequency: float | None = None

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> Variant:
        """Make a record of a table row (cells typed, None where empty)."""
        return cls(
            sample_id=row["sample_id"],
            chrom=row["chrom"],
            position_1based=row["position_1based"],
            ref=row["ref"],
            alt=row["alt"],
            gene_symbol=row["gene_symbol"],
            transcript_id=row["transcript_id"],
            is_representative=row["is_representative"],
            filter=row["filter"] or "",
            filter_accepted=row["filter_accepted"],
            depth_reads=row["depth_reads"],
            alt_depth_reads=row["alt_depth_reads"],
            vaf=row["vaf"],
            consequence=row["consequence"],
            consequence_class=row["consequence_class"],
            protein_position=row["protein_position"],
            hgvs_p=row["hgvs_p"] or "",
            normal_depth_reads=row.get("normal_depth_reads"),
            normal_alt_depth_reads=row.get("normal_alt_depth_reads"),
            population_frequency=row.get("population_frequency"),
        )

    @property
    def allele(self) -> tuple[str, int, str, str]:
        """Contig, position, REF and ALT: what identifies the allele and orders it."""
        return (self.chrom, self.position_1based, self.ref, self.alt)

    @property
    def last_base_1based(self) -> int:
        """Last base that REF covers."""
        return self.position_1based + len(self.ref) - 1

    @property
    def reads(self) -> tuple[int, int] | None:
        """Alternate and all reads; None where one is missing, or where they contradict each other."""
        alt, depth = self.alt_depth_reads, self.depth_reads
        if alt is None or depth is None or depth == 0 or alt > depth:
            return None
        return alt, depth

    @property
    def label(self) -> str:
        """What a reader calls the variant: the protein change, or else the consequence."""
        return self.hgvs_p or self.consequence


@dataclass(frozen=True, slots=True)
class GeneCopies:
    """Copy number of one driver gene in one sample; the columns of `contracts.GENE_COPY_NUMBER`."""

    log2_ratio: float | None
    total_copies: float | None
    minor_copies: float | None
    state: str
    lowest_log2_ratio: float | None
    covered_fraction: float

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> GeneCopies:
        """Make a record of a table row (cells typed, None where empty)."""
        return cls(
            log2_ratio=row["log2_ratio"],
            total_copies=row["total_copies"],
            minor_copies=row["minor_copies"],
            state=row["state"],
            lowest_log2_ratio=row["lowest_log2_ratio"],
            covered_fraction=row["covered_fraction"],
        )

    @property
    def is_covered(self) -> bool:
        """Whether a segment says anything about the gene."""
        return self.state != "not_covered"
