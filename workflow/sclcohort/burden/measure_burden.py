"""Step measure-burden: mutations per megabase of each sample, with what was counted and how sure it is.

INPUTS   inputs/samples.tsv and the BED files it names, reference/coding_exons.tsv, coding variants and status tables
OUTPUTS  mutation_burden   contract MUTATION_BURDEN, one row per sample
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from scipy import special

from sclcohort.burden.alleles import Allele, Source, counted_alleles, read_alleles, read_sources
from sclcohort.contracts import MUTATION_BURDEN
from sclcohort.reference.targets import coding_intervals, read_exons, target_files, targeted_coding
from sclcohort.tables import Cell, write_rows

log = logging.getLogger(__name__)

# Merino et al. 2020, J Immunother Cancer 8:e000147, doi:10.1136/jitc-2019-000147: somatic mutations per megabase of
# interrogated sequence; which of them count differs between laboratories, so the words stand beside every number.
DEFINITION = (
    "accepted small variants (substitutions, insertions, deletions) that change a coding base of a representative "
    "transcript inside the target, synonymous ones included, each allele once, per megabase of these coding bases"
)
WITHOUT_POPULATION = "; alleles with a population frequency above 0 left out"
CONFIDENCE = 0.95


def run(
    *,
    samples: Path,
    coding_variants: tuple[Path, ...],
    variant_status: tuple[Path, ...],
    coding_exons: Path,
    min_target_megabases: float,
    mutation_burden: Path,
) -> None:
    """Write the mutation burden of every sample.

    Parameters
    ----------
    samples : Path
        Contract SAMPLES; the BED files it names are read.
    coding_variants, variant_status : tuple of Path
        Contracts CODING_VARIANTS and VARIANT_STATUS, of every chunk.
    coding_exons : Path
        Contract CODING_EXONS.
    min_target_megabases : float
        Below so many coding megabases, a burden is marked as unreliable.
    mutation_burden : Path
        To write: contract MUTATION_BURDEN.
    """
    sources = read_sources(samples, variant_status)
    coding = targeted_coding(target_files(samples), coding_intervals(read_exons(coding_exons)))
    megabases = {name: intervals.bases / 1e6 for name, intervals in coding.items()}
    tallies = {sample: Tally() for sample in sources}
    for allele in counted_alleles(with_frequencies(read_alleles(coding_variants), tallies), sources, coding):
        tallies[allele.sample_id].add(allele)
    rows = [
        burden_row(source, tallies[sample], megabases[source.target], min_target_megabases)
        for sample, source in sources.items()
    ]
    write_rows(mutation_burden, MUTATION_BURDEN, rows)
    log.info("%d samples, %d with a burden", len(rows), sum(row["state"] == "measured" for row in rows))


@dataclass
class Tally:
    """Counts of one sample, and whether all its accepted alleles were looked up in a population resource."""

    counted: int = 0
    missense: int = 0
    nonsynonymous: int = 0
    synonymous: int = 0
    accepted: int = 0
    looked_up: int = 0

    def add(self, allele: Allele) -> None:
        """Count an allele; one that changes a protein counts as such, whatever it does to another gene."""
        self.counted += 1
        self.missense += "missense" in allele.classes.values()
        if allele.nonsilent_genes:
            self.nonsynonymous += 1
        elif allele.silent_genes:
            self.synonymous += 1

    @property
    def has_population(self) -> bool:
        """Whether every accepted allele has a population frequency, and there is at least one."""
        return 0 < self.accepted == self.looked_up


def with_frequencies(alleles: Iterable[Allele], tallies: dict[str, Tally]) -> Iterator[Allele]:
    """Yield the alleles, noting for each sample whether they have a population frequency."""
    for allele in alleles:
        tally = tallies.get(allele.sample_id)
        if tally is not None:
            tally.accepted += 1
            tally.looked_up += allele.population_frequency is not None
        yield allele


def garwood_interval(count: int, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Return the exact confidence interval of a Poisson mean, from one count.

    Parameters
    ----------
    count : int
        What was counted, at least 0.
    confidence : float
        Of the two-sided interval, between 0 and 1.

    Notes
    -----
    Garwood 1936, Biometrika 28:437: half of chi-square quantiles with 2 n and 2 n + 2 degrees of freedom, which
    are gamma quantiles.
    """
    tail = (1 - confidence) / 2
    low = 0.0 if count == 0 else float(special.gammaincinv(count, tail))
    return low, float(special.gammainccinv(count + 1, tail))


def burden_row(source: Source, tally: Tally, megabases: float, min_target_megabases: float) -> dict[str, Cell]:
    """Return one row of contract MUTATION_BURDEN.

    Parameters
    ----------
    source : Source
        The sample.
    tally : Tally
        What was counted in it.
    megabases : float
        Coding megabases of its target.
    min_target_megabases : float
        Below it, the burden is marked.
    """
    row: dict[str, Cell] = {"sample_id": source.sample_id, "state": "not_assessable", "target": source.target}
    if not source.is_imported:
        return row | {"reason": source.reason}
    if not megabases:
        return row | {"reason": "the target holds no coding base of the gene model"}
    tumour_only = not source.has_normal
    row |= {
        "target_megabases": megabases,
        "counted": tally.counted,
        "missense": tally.missense,
        "nonsynonymous": tally.nonsynonymous,
        "synonymous": tally.synonymous,
        "definition": DEFINITION + (WITHOUT_POPULATION if tumour_only and tally.has_population else ""),
    }
    if tumour_only and not tally.has_population:
        reason = "tumour-only and no population resource: germline variants are among those counted"
        return row | {"reason": reason}
    low, high = garwood_interval(tally.counted)
    return row | {
        "state": "measured",
        "burden_per_megabase": tally.counted / megabases,
        "burden_low": low / megabases,
        "burden_high": high / megabases,
        "reason": "; ".join(_cautions(tumour_only, megabases, min_target_megabases)),
    }


def _cautions(tumour_only: bool, megabases: float, min_target_megabases: float) -> Iterator[str]:
    if tumour_only:
        yield "tumour-only: germline variants that the population resource lacks are among those counted"
    if megabases < min_target_megabases:
        yield (
            f"unreliable: {megabases:.3g} Mb of coding target, below {min_target_megabases:g}; a small panel is also "
            "rich in drivers, which raises its burden above that of an exome (Vega et al. 2021, Ann Oncol, "
            "PMID 34606929)"
        )
