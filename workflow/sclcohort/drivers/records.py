"""The rows that this stage reads, as typed records: slim, so that a large cohort fits in memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# Choice: as the SMaHT consortium filters (highest population frequency in gnomAD above 0.001 is germline,
# smaht-dac.github.io/pipelines-docs, "Filtering"); ten times below the 1 % that Horak 2022 calls benign.
MIN_POPULATION_FREQUENCY = 0.001


@dataclass(frozen=True, slots=True)
class Variant:
    """One allele of one sample in a driver gene; the columns of `contracts.CODING_VARIANTS`.

    Numbers and ``annotation_agrees`` are None where the table has an empty cell; text is "" there.
    ``population_frequency`` is 0 where the population resource lacks the allele, None without one.
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
    hgvs_c: str = ""
    normal_depth_reads: int | None = None
    normal_alt_depth_reads: int | None = None
    callers: str = ""
    callers_given: int | None = None
    population_frequency: float | None = None
    phase_set: str = ""
    joint_hgvs_p: str = ""
    joint_class: str = ""
    annotation_source: str = ""
    annotation_consequence: str = ""
    annotation_hgvs_p: str = ""
    annotation_agrees: bool | None = None

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
            hgvs_c=row["hgvs_c"] or "",
            normal_depth_reads=row["normal_depth_reads"],
            normal_alt_depth_reads=row["normal_alt_depth_reads"],
            callers=row["callers"] or "",
            callers_given=row["callers_given"],
            population_frequency=row["population_frequency"],
            phase_set=row["phase_set"] or "",
            joint_hgvs_p=row["joint_hgvs_p"] or "",
            joint_class=row["joint_class"] or "",
            annotation_source=row["annotation_source"] or "",
            annotation_consequence=row["annotation_consequence"] or "",
            annotation_hgvs_p=row["annotation_hgvs_p"] or "",
            annotation_agrees=row["annotation_agrees"],
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
    def is_common(self) -> bool:
        """Whether the population carries it too often for a somatic variant; no where its frequency is unknown."""
        return self.population_frequency is not None and self.population_frequency >= MIN_POPULATION_FREQUENCY

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
    lowest_copies: float | None = None
    ploidy_ratio: float | None = None
    focality: str = ""

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
            lowest_copies=row["lowest_copies"],
            ploidy_ratio=row["ploidy_ratio"],
            focality=row["focality"] or "",
        )

    @property
    def is_covered(self) -> bool:
        """Whether a segment says anything about the gene."""
        return self.state != "not_covered"


@dataclass(frozen=True, slots=True)
class Disruption:
    """What one junction of one sample does to one driver gene; the columns of `contracts.GENE_DISRUPTIONS`."""

    sample_id: str
    gene_symbol: str
    event: str
    effect: str
    disrupts: bool
    sv_type: str
    exons: str
    partner_gene: str
    chrom: str
    position_1based: int
    filter: str
    filter_accepted: bool
    supporting_reads: int | None
    depth_reads: int | None
    reason: str

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> Disruption:
        """Make a record of a table row (cells typed, None where empty)."""
        return cls(
            sample_id=row["sample_id"],
            gene_symbol=row["gene_symbol"],
            event=row["event"],
            effect=row["effect"],
            disrupts=row["disrupts"],
            sv_type=row["sv_type"],
            exons=row["exons"] or "",
            partner_gene=row["partner_gene"] or "",
            chrom=row["chrom"],
            position_1based=row["position_1based"],
            filter=row["filter"] or "",
            filter_accepted=row["filter_accepted"],
            supporting_reads=row["supporting_reads"],
            depth_reads=row["depth_reads"],
            reason=row["reason"] or "",
        )

    @property
    def removes_a_copy(self) -> bool:
        """Whether the junction is a deletion, so that a lost copy in the segments may be the same event."""
        return self.sv_type == "DEL"

    @property
    def lost_exons(self) -> frozenset[int]:
        """Exons lost, by number in the representative transcript; empty where none are."""
        if self.effect != "exon_deletion" or not self.exons:
            return frozenset()
        numbers: set[int] = set()
        for part in self.exons.split(","):
            first, _, last = part.partition("-")
            numbers.update(range(int(first), int(last or first) + 1))
        return frozenset(numbers)
