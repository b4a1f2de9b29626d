"""Step assess-recurrence: genes that are mutated in more patients than the background of these patients explains.

INPUTS   inputs/samples.tsv and the BED files it names, coding variants and status tables, reference/coding_exons.tsv,
         reference/target_genes.tsv, resources/driver_genes.tsv
OUTPUTS  recurrence   contract RECURRENCE, one row per gene

The background of a patient are its silent mutations in all genes and its nonsilent ones in genes that are not known
drivers, over the sites on which they could lie. A gene's own nonsilent mutations are never part of its background.
Mutational processes and indels favour one kind of site over the other: silent sites are weighed by how often they
are hit in the cohort, compared with nonsilent ones of passengers.
Length and sequence of a gene are taken into account; replication timing, expression and sequence context, with which
mutation rates vary as well (Lawrence et al. 2013, Nature 499:214, doi:10.1038/nature12213), are not: a gene that
is found is a candidate.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sclcohort.burden.alleles import counted_alleles, read_alleles, read_sources, with_population
from sclcohort.burden.chance import adjusted, least_detectable, mutated_probability, tails_beyond
from sclcohort.burden.patients import PatientCounts, choose_targets, count_patients, usable_samples
from sclcohort.contracts import DRIVER_GENES, RECURRENCE, TARGET_GENES
from sclcohort.reference.targets import coding_intervals, read_exons, target_files, targeted_coding
from sclcohort.tables import Cell, read_rows, write_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

log = logging.getLogger(__name__)

# Chance of one false gene or more among all that are tested, for the power that is stated (a choice of ours).
FAMILY_ERROR = 0.05
POWER = 0.8
PASSENGER_PRONE = "passenger_prone"
# Mutations of either kind from which their ratio is measured (its standard error is then 7 % at most); else it is 1.
MIN_FOR_RATIO = 400
# Numbers held at once, genes x patients: 16 MB.
BLOCK = 2_000_000
# What a refused cohort is told about its power: a gene of median length at one mutation per megabase.
TYPICAL_BASES, TYPICAL_NONSILENT, TYPICAL_RATE = 1500, 0.75, 1e-6
NOT_MODELLED = "replication timing, expression and sequence context are not modelled"


def run(
    *,
    samples: Path,
    coding_variants: tuple[Path, ...],
    variant_status: tuple[Path, ...],
    coding_exons: Path,
    target_genes: Path,
    driver_genes: Path,
    min_patients: int,
    min_background_mutations: int,
    recurrence: Path,
) -> None:
    """Test every gene, or say why the cohort does not allow it.

    Parameters
    ----------
    samples : Path
        Contract SAMPLES; the BED files it names are read.
    coding_variants, variant_status : tuple of Path
        Contracts CODING_VARIANTS and VARIANT_STATUS, of every chunk.
    coding_exons, target_genes : Path
        Contracts CODING_EXONS and TARGET_GENES.
    driver_genes : Path
        Contract DRIVER_GENES; its genes are no background, unless they are passenger-prone.
    min_patients : int
        A gene covered in fewer patients is not tested.
    min_background_mutations : int
        With fewer in all patients together, no gene is tested.
    recurrence : Path
        To write: contract RECURRENCE.
    """
    genes = read_gene_sites(target_genes, driver_genes)
    sources = read_sources(samples, variant_status)
    coding = targeted_coding(target_files(samples), coding_intervals(read_exons(coding_exons)))
    tumour_only = any(source.is_imported and not source.has_normal for source in sources.values())
    usable = usable_samples(
        sources.values(), with_population(read_alleles(coding_variants)) if tumour_only else frozenset()
    )
    targets = choose_targets(usable, coding)
    alleles = counted_alleles(read_alleles(coding_variants), sources, coding)
    patients = count_patients(alleles, {source.sample_id: source for source in usable}, targets)
    rows = assess(genes, patients, min_patients, min_background_mutations)
    write_rows(recurrence, RECURRENCE, rows)
    tested = sum(row["state"] == "tested" for row in rows)
    log.info("%d patients, %d of %d genes tested", len(patients), tested, len(rows))


class Sites(NamedTuple):
    """What one target covers of one gene: bases, and sites as `reference.sites` counts them."""

    bases: int = 0
    nonsilent: float = 0.0
    silent: float = 0.0


NO_SITES = Sites()


@dataclass(frozen=True)
class GeneSites:
    """A gene: its class, and its sites on each target.

    Parameters
    ----------
    gene_symbol : str
        The gene.
    gene_class : str
        Of the driver table; empty for other genes.
    sites : mapping of str to Sites
        By target; only targets that cover it, and only where its reading frame is known.
    """

    gene_symbol: str
    gene_class: str
    sites: Mapping[str, Sites]

    @property
    def is_background(self) -> bool:
        """Whether its nonsilent mutations are passengers."""
        return self.gene_class in ("", PASSENGER_PRONE)


def read_gene_sites(target_genes: Path, driver_genes: Path) -> list[GeneSites]:
    """Read the genes of the model with their sites, sorted by symbol."""
    classes = {str(row["gene_symbol"]): str(row["gene_class"]) for row in read_rows(driver_genes, DRIVER_GENES)}
    sites: dict[str, dict[str, Sites]] = {}
    for row in read_rows(target_genes, TARGET_GENES):
        found = sites.setdefault(str(row["gene_symbol"]), {})
        if row["covered_bases"] and row["nonsilent_sites"]:
            found[str(row["target"])] = Sites(
                int(str(row["covered_bases"])), float(str(row["nonsilent_sites"])), float(str(row["silent_sites"]))
            )
    return [GeneSites(symbol, classes.get(symbol, ""), found) for symbol, found in sorted(sites.items())]


def assess(
    genes: Sequence[GeneSites], patients: Sequence[PatientCounts], min_patients: int, min_background_mutations: int
) -> list[dict[str, Cell]]:
    """Return one row of contract RECURRENCE for every gene.

    Parameters
    ----------
    genes : sequence of GeneSites
        Genes of the model.
    patients : sequence of PatientCounts
        Patients with usable variants.
    min_patients, min_background_mutations : int
        See `run`.
    """
    table = Background.of(genes, patients)
    background = int(table.count.sum())
    rows = [_basic_row(gene, patients) for gene in genes]
    shortage = "; ".join(_shortages(len(patients), background, min_patients, min_background_mutations))
    if shortage:
        reason = f"{shortage}; {power_in_words(len(patients), len(genes))}"
        return [row | {"state": "not_assessable", "reason": reason} for row in rows]
    tested = [number for number, row in enumerate(rows) if int(str(row["patients"])) >= min_patients]
    for number, row in enumerate(rows):
        row["state"] = "not_assessable"
        row["reason"] = (
            f"covered in {row['patients']} patients, {min_patients} needed"
            if genes[number].sites
            else "no target covers it, or its reading frame is not known"
        )
    if tested:
        alpha = FAMILY_ERROR / len(tested)
        results = table.test(tested, alpha)
        q_values = adjusted(results["p_value"])
        for place, number in enumerate(tested):
            detectable = float(results["detectable"][place])
            rows[number] |= {
                "state": "tested",
                "patients_expected": float(results["expected"][place]),
                "p_value": float(results["p_value"][place]),
                "q_value": float(q_values[place]),
                "detectable_percent": None if np.isnan(detectable) else 100 * detectable,
                "reason": _remark(genes[number], table, len(tested), alpha),
            }
    return rows


def _basic_row(gene: GeneSites, patients: Sequence[PatientCounts]) -> dict[str, Cell]:
    covered = [patient for patient in patients if patient.target in gene.sites]
    return {
        "gene_symbol": gene.gene_symbol,
        "patients": len(covered),
        "patients_mutated": sum(gene.gene_symbol in patient.nonsilent for patient in covered),
        "coding_bases": max((sites.bases for sites in gene.sites.values()), default=0),
    }


def _shortages(patients: int, background: int, min_patients: int, min_background_mutations: int) -> Iterator[str]:
    if patients < min_patients:
        yield (
            f"{patients} patients whose variants were called against a normal or with a population resource, "
            f"{min_patients} needed"
        )
    if background < min_background_mutations:
        yield f"{background} background mutations in all patients together, {min_background_mutations} needed"


def power_in_words(patients: int, genes: int) -> str:
    """Say what a cohort could find of a gene of typical length at a low background rate."""
    if not patients:
        return "no patient, no power"
    chance = np.full((1, patients), -np.expm1(-TYPICAL_RATE * TYPICAL_BASES * TYPICAL_NONSILENT))
    alpha = FAMILY_ERROR / max(genes, 1)
    _, critical = tails_beyond(chance, np.zeros(1, dtype=np.int64), alpha)
    fraction = float(least_detectable(np.array([patients]), critical, POWER)[0])
    needed = "would not be found" if np.isnan(fraction) else f"must be mutated in {100 * fraction:.0f} % of them"
    return (
        f"a gene of {TYPICAL_BASES} coding bases {needed}, were the background 1 mutation per Mb "
        f"({100 * POWER:.0f} % power, alpha {alpha:.2g})"
    )


def _remark(gene: GeneSites, table: Background, tested: int, alpha: float) -> str:
    parts = [
        f"background: {int(table.count.sum())} mutations, silent sites weighed {table.silent_weight:.2f}; "
        f"power at alpha {alpha:.2g} ({FAMILY_ERROR:g}/{tested}); {NOT_MODELLED}"
    ]
    if gene.gene_class == PASSENGER_PRONE:
        parts.insert(0, "passenger-prone gene: a small p-value is no evidence of a driver here")
    return "; ".join(parts)


def silent_weight(counts: Array, sites: Array) -> float:
    """Return how often a silent site is hit, compared with a nonsilent one; 1 where too few are hit to tell.

    Parameters
    ----------
    counts, sites : array of two
        Silent and nonsilent mutations of a cohort, and the sites of either kind.
    """
    if counts.min() < MIN_FOR_RATIO or sites.min() <= 0:
        return 1.0
    rates = counts / sites
    return float(rates[0] / rates[1])


@dataclass(frozen=True)
class Background:
    """Counts and sites of genes x patients, as far as they fit into vectors.

    Parameters
    ----------
    gene_sites : dict of str to array
        Nonsilent sites of each gene, by target; 0 where not covered.
    is_background : array of bool, genes
        Whether nonsilent mutations of the gene are passengers.
    targets : list of str, patients
        Target of each patient.
    silent_weight : float
        How often a silent site is hit, compared with a nonsilent one.
    count, sites : array, patients
        Background mutations, and the sites on which they could lie, silent ones weighed.
    mutated : array of int, 3 x entries
        Gene, patient and number of nonsilent mutations.
    """

    gene_sites: dict[str, Array]
    is_background: NDArray[np.bool_]
    targets: list[str]
    silent_weight: float
    count: Array
    sites: Array
    mutated: NDArray[np.int64]

    @classmethod
    def of(cls, genes: Sequence[GeneSites], patients: Sequence[PatientCounts]) -> Background:
        """Make the vectors."""
        names = sorted({patient.target for patient in patients})
        passenger = np.array([gene.is_background for gene in genes], dtype=bool)
        nonsilent = {name: np.array([gene.sites.get(name, NO_SITES).nonsilent for gene in genes]) for name in names}
        places = {gene.gene_symbol: number for number, gene in enumerate(genes)}
        entries = [
            (places[symbol], column, number)
            for column, patient in enumerate(patients)
            for symbol, number in patient.nonsilent.items()
            if symbol in places and nonsilent[patient.target][places[symbol]] > 0
        ]
        mutated = np.array(entries, dtype=np.int64).reshape(-1, 3).T
        targets = [patient.target for patient in patients]
        silent = {name: sum(gene.sites.get(name, NO_SITES).silent for gene in genes) for name in names}
        passengers = {name: float(nonsilent[name][passenger].sum()) for name in names}
        sites = np.array([(silent[name], passengers[name]) for name in targets], dtype=float).reshape(-1, 2)
        count = np.zeros((len(patients), 2))
        count[:, 0] = [patient.silent for patient in patients]
        kept = passenger[mutated[0]]
        np.add.at(count[:, 1], mutated[1][kept], mutated[2][kept])
        weight = silent_weight(count.sum(axis=0), sites.sum(axis=0))
        return cls(nonsilent, passenger, targets, weight, count.sum(axis=1), sites @ [weight, 1.0], mutated)

    def test(self, genes: Sequence[int], alpha: float) -> dict[str, Array]:
        """Return expected patients, p-value and detectable fraction of some genes, given by number.

        Genes with similar numbers of mutated patients are worked on together: the work grows with the largest.
        """
        observed = np.bincount(self.mutated[0], minlength=len(self.is_background))
        order = np.array(sorted(genes, key=lambda number: (observed[number], number)))
        columns = max(1, len(self.targets))
        results: dict[str, list[Any]] = {"expected": [], "p_value": [], "detectable": []}
        for block in np.array_split(order, max(1, -(-len(order) * columns // BLOCK))):
            chances = self.chances(block)
            p_values, critical = tails_beyond(chances, observed[block], alpha)
            covered = (chances > 0).sum(axis=1)
            results["expected"].append(chances.sum(axis=1))
            results["p_value"].append(p_values)
            results["detectable"].append(least_detectable(covered, critical, POWER))
        back = np.argsort(order, kind="stable")
        rank = {number: place for place, number in enumerate(sorted(genes))}
        wanted = back[[rank[number] for number in genes]]
        return {name: np.concatenate(parts)[wanted] for name, parts in results.items()}

    def chances(self, genes: NDArray[np.int64]) -> Array:
        """Return the probability of a nonsilent mutation of genes x patients; 0 where the gene is not covered."""
        own_sites = np.column_stack([self.gene_sites[target][genes] for target in self.targets])
        passenger = self.is_background[genes][:, np.newaxis]
        own_count = np.zeros(own_sites.shape)
        places = np.full(len(self.is_background), -1)
        places[genes] = np.arange(len(genes))
        inside = places[self.mutated[0]] >= 0
        row, column, number = places[self.mutated[0][inside]], self.mutated[1][inside], self.mutated[2][inside]
        own_count[row, column] = number
        count = self.count - np.where(passenger, own_count, 0)
        sites = self.sites - np.where(passenger, own_sites, 0)
        return mutated_probability(count, np.maximum(sites, np.finfo(float).tiny), own_sites)
