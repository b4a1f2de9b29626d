"""Step assess-recurrence: genes that are mutated in more patients than the background of these patients explains.

INPUTS   inputs/samples.tsv and the BED files it names, coding variants and status tables, reference/coding_exons.tsv,
         reference/target_genes.tsv, resources/driver_genes.tsv
OUTPUTS  recurrence   contract RECURRENCE, one row per gene

The background of a patient are its silent mutations in all genes and its nonsilent ones in genes that are not known
drivers, over the sites on which they could lie. A gene's own nonsilent mutations are never part of its background.
Mutational processes and indels favour one kind of site over the other: silent sites are weighed by how often they
are hit in the cohort, compared with nonsilent ones of passengers.
Length and sequence of a gene are taken into account; that its rate differs from that of other genes for other reasons
(replication timing, expression, sequence context) is taken into account as a spread (see `heterogeneity`), not
explained: a gene that is found is a candidate. Few coding mutations are lost to negative selection in tumours
(Martincorena et al. 2017, Cell 171:1029, doi:10.1016/j.cell.2017.09.042), so that passengers are a fair background.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sclcohort.burden.alleles import counted_alleles, read_alleles, read_sources, with_population
from sclcohort.burden.background import PASSENGER_PRONE, Background, GeneSites, Sites
from sclcohort.burden.chance import adjusted, least_detectable, tails_beyond
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
# What a refused cohort is told about its power: a gene of common length at one mutation per megabase.
TYPICAL_BASES, TYPICAL_NONSILENT, TYPICAL_RATE = 1500, 0.75, 1e-6
NOT_MODELLED = "replication timing, expression and sequence context are not modelled beyond that"


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
        results = table.test(tested, alpha, POWER)
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
    _, critical = tails_beyond([(np.ones(1), chance)], np.zeros(1, dtype=np.int64), alpha)
    fraction = float(least_detectable(np.array([patients]), critical, POWER)[0])
    needed = "would not be found" if np.isnan(fraction) else f"must be mutated in {100 * fraction:.0f} % of them"
    return (
        f"a gene of {TYPICAL_BASES} coding bases {needed}, were the background 1 mutation per Mb "
        f"({100 * POWER:.0f} % power, alpha {alpha:.2g})"
    )


def _remark(gene: GeneSites, table: Background, tested: int, alpha: float) -> str:
    spread = table.spread
    parts = [
        f"background: {int(table.count.sum())} mutations, silent sites weighed {table.silent_weight:.2f}; rates of "
        f"genes spread by a variance of {spread.variance:.2g} ({spread.low:.2g} to {spread.high:.2g}) around what "
        f"their length and codons explain; {NOT_MODELLED}; power at alpha {alpha:.2g} ({FAMILY_ERROR:g}/{tested})"
    ]
    if gene.gene_class == PASSENGER_PRONE:
        parts.insert(0, "passenger-prone gene: a small p-value is no evidence of a driver here")
    return "; ".join(parts)
