"""Points and class of a small variant by the ClinGen/CGC/VICC standard.

Horak P et al. 2022 Genet Med 24:986, doi:10.1016/j.gim.2022.01.001; criteria and points read in its Tables 2
and 3 (PMC9081216). Sum of at least 10: oncogenic; 6 to 9: likely oncogenic; 0 to 5: of uncertain
significance (VUS); -1 to -6: likely benign; -7 and less: benign. Only what can be shown offline counts:

OVS1 (8)    null variant in a bona fide tumour suppressor. Not where the stop escapes nonsense-mediated decay
            (last coding exon, or the last 50 bases of the one before); there 4 where at least a tenth of the
            protein is lost, as the germline standard grades it (Abou Tayoun AN et al. 2018 Hum Mutat 39:1517,
            doi:10.1002/humu.23626; Walker LC et al. 2023, PMC9980257), else nothing. The stop of a frameshift is
            taken to be where the frame shifts; introns behind the coding sequence are not looked at. A lost
            start codon: 4 (choice: that standard doubts it too, since a later start may serve).
OS1, OS2    oncogenic_variants.tsv: established by this standard; well-established functional studies.
OS3, OM3    oncogenic_variants.tsv: counts of cancerhotspots.org, at least 50 samples at the residue and 10 with the
            change (4), or fewer than 50 and 10 (2). Counted without stop codons and silent changes (choice: the
            standard warns of hotspots that truncating changes make).
OM1 (2)     in the domain that driver_genes.tsv gives.
OM2 (2)     in-frame length change in an oncogene or tumour suppressor, lost stop in a tumour suppressor.
OM4 (2)     missense where another change of the residue has OS1, or OS2 and a hotspot count, and is not much the
            larger difference (Grantham).
OP3 (1)     at a hotspot residue, the change itself seen in fewer than 10 samples.
OP4 (1)     not in the configured population resource.
SBVS1 (-8), SBS1 (-4)   more than 5 %, more than 1 % there.
SBS2 (-4)   oncogenic_variants.tsv: functional studies show no effect.

Never given, for want of offline evidence: OP1, SBP1 (predictors), OP2, SBP2 (silent, needs conservation). So the
points for a change are a lower bound, and a VUS here may be more by the whole standard.
Exclusions: OS3 not with OS1; OM1 not with OS1 or OS3; OM2 not with OVS1; OM4 not with OS1, OS3 or OM1; OM3 not
with OM1 or OM4; OP3 with no other criterion of place (choice, so that a place counts once). The exclusions and the
bounds of the classes were read in implementations of the standard (MGCarta/oncovi 021f818; the calculator of
Emory), not in its own comments. Other tools number OM3 and OM4 the other way round; the points are the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from sclcohort.drivers.changes import parse_protein_change
from sclcohort.drivers.grantham import grantham_difference
from sclcohort.drivers.variant_events import DISPUTED_TRUNCATIONS

if TYPE_CHECKING:
    from sclcohort.drivers.changes import ProteinChange
    from sclcohort.drivers.genes import DriverGene
    from sclcohort.drivers.hotspots import Hotspot
    from sclcohort.drivers.oncogenic_variants import Evidence, OncogenicVariants
    from sclcohort.drivers.records import Variant
    from sclcohort.tables import Cell

OncogenicityClass = Literal["oncogenic", "likely_oncogenic", "vus", "likely_benign", "benign"]
# Bases before the last junction within which a stop escapes decay, and the residues they are.
ESCAPE_BASES = 50
ESCAPE_RESIDUES = -(-ESCAPE_BASES // 3)
MIN_LOST_FRACTION = 0.1
VERY_COMMON, COMMON = 0.05, 0.01
# Choice: "at least approximately the same" difference from the reference residue.
MIN_GRANTHAM_RATIO = 0.9
# Tumour suppressors of the driver table that are not among those of the Cancer Gene Census (tier 1) and OncoKB, as
# MGCarta/oncovi 2cd90cc lists them (resources/bona_fide_tsg.txt). Those of certainty `unverified` do not count either.
NOT_ESTABLISHED = frozenset(("CHD8", "RBL1", "RBL2", "SLIT2"))
POINTS = {"OS1": 4, "OS2": 4, "OS3": 4, "OM3": 2, "SBS2": -4}


@dataclass(frozen=True)
class Criterion:
    """One criterion that is met, with its points and what it rests on."""

    code: str
    points: int
    why: str


@dataclass(frozen=True)
class Oncogenicity:
    """Points and class of one variant, and the criteria met, in the order of the standard."""

    points: int
    klass: OncogenicityClass
    criteria: tuple[Criterion, ...]

    @property
    def shown(self) -> str:
        """The criteria as the event table shows them: ``OVS1=8;OP4=1``; empty where none is met."""
        return ";".join(f"{one.code}={one.points}" for one in self.criteria)

    def as_cells(self) -> dict[str, Cell]:
        """Return the columns of `contracts.EVENTS` that hold it."""
        return {
            "oncogenicity_class": self.klass,
            "oncogenicity_points": self.points,
            "oncogenicity_criteria": self.shown,
        }


def class_of(points: int) -> OncogenicityClass:
    """Return the class of a sum of points."""
    if points >= 10:
        return "oncogenic"
    if points >= 6:
        return "likely_oncogenic"
    if points >= 0:
        return "vus"
    return "likely_benign" if points >= -6 else "benign"


def last_junctions(introns: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """Return the residue of the last coding base before the last coding intron, by transcript.

    Parameters
    ----------
    introns : iterable of mapping
        Rows of `contracts.CODING_INTRONS`. A transcript without coding intron is not among the keys.
    """
    found: dict[str, int] = {}
    for row in introns:
        transcript = row["transcript_id"]
        found[transcript] = max(found.get(transcript, 0), row["residue_before"])
    return found


def assess_oncogenicity(
    variant: Variant,
    gene: DriverGene,
    hotspot: Hotspot | None,
    evidence: OncogenicVariants,
    *,
    last_junction_residue: int | None,
    protein_residues: int | None,
    population_configured: bool,
) -> Oncogenicity:
    """Add up the points of one variant; see the head of this module.

    Parameters
    ----------
    variant : Variant
        Its row on the representative transcript.
    gene : DriverGene
        The gene of the variant.
    hotspot : Hotspot or None
        The hotspot at the change (`Hotspots.at`), None where there is none.
    evidence : OncogenicVariants
        Published evidence.
    last_junction_residue : int or None
        Residue before the last coding intron (`last_junctions`); None: not known, or a single coding exon,
        and every stop is taken to lead to decay.
    protein_residues : int or None
        Residues of the protein; None: not known, and what a late stop removes cannot be told.
    population_configured : bool
        Whether a population resource was given; without one, its criteria are not judged.
    """
    change = parse_protein_change(variant.hgvs_p)
    listed = evidence.of(gene.symbol, variant.hgvs_p)
    found = [
        _null_variant(variant, gene, last_junction_residue, protein_residues),
        *(_listed(listed, code) for code in ("OS1", "OS2")),
        *_place(variant, gene, change, hotspot, evidence, listed),
        _length_change(variant, gene),
        *_population(variant, gene, population_configured),
        _listed(listed, "SBS2"),
    ]
    criteria = tuple(sorted((one for one in found if one is not None), key=_order))
    points = sum(one.points for one in criteria)
    return Oncogenicity(points, class_of(points), criteria)


def _order(criterion: Criterion) -> tuple[bool, int]:
    order = ("OVS1", "OS1", "OS2", "OS3", "OM1", "OM2", "OM3", "OM4", "OP3", "OP4", "SBVS1", "SBS1", "SBS2")
    return (criterion.points < 0, order.index(criterion.code.split("_")[0]))


def _is_cancer_gene(gene: DriverGene) -> bool:
    return gene.gene_class != "passenger_prone" and gene.role in ("tumour_suppressor", "oncogene")


def is_bona_fide_suppressor(gene: DriverGene) -> bool:
    """Tell whether loss of a gene is an established cause of cancer, so that a null variant counts."""
    established = gene.certainty != "unverified" and gene.symbol not in NOT_ESTABLISHED
    return gene.is_suppressor and _is_cancer_gene(gene) and established


def _null_variant(
    variant: Variant, gene: DriverGene, last_junction_residue: int | None, protein_residues: int | None
) -> Criterion | None:
    disputed = (gene.symbol, variant.hgvs_p) in DISPUTED_TRUNCATIONS
    if variant.consequence_class not in ("truncating", "splice") or not is_bona_fide_suppressor(gene) or disputed:
        return None
    if variant.consequence_class == "splice":
        return Criterion("OVS1", 8, "splice-site change of a bona fide tumour suppressor")
    if "start_lost" in variant.consequence:
        return Criterion("OVS1_strong", 4, "lost start codon of a bona fide tumour suppressor; a later one may serve")
    position = variant.protein_position
    if position is None or last_junction_residue is None or position <= last_junction_residue - ESCAPE_RESIDUES:
        return Criterion("OVS1", 8, "truncating change of a bona fide tumour suppressor")
    if protein_residues is None or (protein_residues - position + 1) / protein_residues < MIN_LOST_FRACTION:
        return None
    lost = (protein_residues - position + 1) / protein_residues
    why = f"truncating, escapes decay (residue {position}, last junction at {last_junction_residue}), loses {lost:.0%}"
    return Criterion("OVS1_strong", 4, why)


def _listed(listed: Mapping[str, Evidence], code: str) -> Criterion | None:
    found = listed.get(code)
    return None if found is None else Criterion(code, POINTS[code], f"{found.evidence} ({found.citation})")


def _place(
    variant: Variant,
    gene: DriverGene,
    change: ProteinChange | None,
    hotspot: Hotspot | None,
    evidence: OncogenicVariants,
    listed: Mapping[str, Evidence],
) -> list[Criterion]:
    """Return the one criterion of place (hotspot, domain, residue) that the exclusions leave."""
    if variant.consequence_class not in ("missense", "inframe_indel") or change is None or "OS1" in listed:
        return []
    candidates = (
        _listed(listed, "OS3"),
        _domain(gene, change),
        _other_change(variant, gene, change, evidence),
        _listed(listed, "OM3"),
        _rare_at_hotspot(variant, hotspot),
    )
    return [one for one in candidates if one is not None][:1]


def _domain(gene: DriverGene, change: ProteinChange) -> Criterion | None:
    if gene.domain is None or change.last_position < gene.domain[0] or change.first_position > gene.domain[1]:
        return None
    return Criterion("OM1", 2, f"within residues {gene.domain[0]}-{gene.domain[1]}")


def _other_change(
    variant: Variant, gene: DriverGene, change: ProteinChange, evidence: OncogenicVariants
) -> Criterion | None:
    if variant.consequence_class != "missense" or change.first_residue is None:
        return None
    own = grantham_difference(change.first_residue, change.alternate)
    for alternate, criteria in evidence.others_at(gene.symbol, change).items():
        other = grantham_difference(change.first_residue, alternate)
        is_established = "OS1" in criteria or ("OS2" in criteria and bool(criteria & {"OS3", "OM3"}))
        if is_established and own is not None and other is not None and own >= MIN_GRANTHAM_RATIO * other:
            name = f"{change.first_residue}{change.first_position}{alternate}"
            return Criterion("OM4", 2, f"{name} of the same residue is established (Grantham {other}, this one {own})")
    return None


def _rare_at_hotspot(variant: Variant, hotspot: Hotspot | None) -> Criterion | None:
    if hotspot is None or variant.consequence_class != "missense":
        return None
    return Criterion("OP3", 1, f"at the hotspot residue {hotspot.name}, this change in fewer than 10 samples")


def _length_change(variant: Variant, gene: DriverGene) -> Criterion | None:
    if variant.consequence_class == "inframe_indel" and _is_cancer_gene(gene):
        return Criterion("OM2", 2, f"in-frame length change of a {gene.role.replace('_', ' ')}")
    if variant.consequence_class == "stop_lost" and gene.is_suppressor and _is_cancer_gene(gene):
        return Criterion("OM2", 2, "lost stop codon of a tumour suppressor")
    return None


def _population(variant: Variant, gene: DriverGene, is_configured: bool) -> list[Criterion]:
    frequency = variant.population_frequency
    if not is_configured or frequency is None:
        return []
    if frequency == 0:
        return [Criterion("OP4", 1, "not in the population resource")]
    caution = "; the gene predisposes to cancer: see its expert panel" if gene.gene_class == "dna_repair" else ""
    if frequency > VERY_COMMON:
        return [Criterion("SBVS1", -8, f"allele frequency {frequency:.2g} in the population{caution}")]
    if frequency > COMMON:
        return [Criterion("SBS1", -4, f"allele frequency {frequency:.2g} in the population{caution}")]
    return []
