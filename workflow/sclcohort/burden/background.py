"""The background of a cohort in vectors: mutations and sites of patients and genes, and the test that rests on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sclcohort.burden.chance import least_detectable, mutated_probability, tails_beyond
from sclcohort.burden.heterogeneity import Spread, factor_nodes, fit_spread

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sclcohort.burden.patients import PatientCounts

    Array = NDArray[np.float64]

PASSENGER_PRONE = "passenger_prone"
# Mutations of either kind from which their ratio is measured (its standard error is then 7 % at most); else it is 1.
MIN_FOR_RATIO = 400
# Numbers held at once, genes x patients: 4 MB for each node of the quadrature.
BLOCK = 500_000


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
    """Counts and sites of genes and patients.

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
    silent, silent_expected : array, genes
        Silent mutations of each gene in all patients, and what is expected of them, were all genes alike.
    spread : Spread
        How much genes differ.
    """

    gene_sites: dict[str, Array]
    is_background: NDArray[np.bool_]
    targets: list[str]
    silent_weight: float
    count: Array
    sites: Array
    mutated: NDArray[np.int64]
    silent: NDArray[np.int64]
    silent_expected: Array
    spread: Spread

    @classmethod
    def of(cls, genes: Sequence[GeneSites], patients: Sequence[PatientCounts]) -> Background:
        """Make the vectors."""
        targets = [patient.target for patient in patients]
        names = sorted(set(targets))
        passenger = np.array([gene.is_background for gene in genes], dtype=bool)
        nonsilent = {name: np.array([gene.sites.get(name, NO_SITES).nonsilent for gene in genes]) for name in names}
        silent = {name: np.array([gene.sites.get(name, NO_SITES).silent for gene in genes]) for name in names}
        places = {gene.gene_symbol: number for number, gene in enumerate(genes)}
        covered = {name: nonsilent[name] > 0 for name in names}
        mutated = _entries(places, covered, targets, [patient.nonsilent for patient in patients])
        unchanged = _entries(places, covered, targets, [patient.silent for patient in patients])
        count = np.zeros((len(patients), 2))
        np.add.at(count[:, 0], unchanged[1], unchanged[2])
        kept = passenger[mutated[0]]
        np.add.at(count[:, 1], mutated[1][kept], mutated[2][kept])
        totals = {name: (silent[name].sum(), nonsilent[name][passenger].sum()) for name in names}
        sites = np.array([totals[name] for name in targets], dtype=float).reshape(-1, 2)
        weight = silent_weight(count.sum(axis=0), sites.sum(axis=0))
        weighed = sites @ [weight, 1.0]
        by_gene = np.bincount(unchanged[0], weights=unchanged[2], minlength=len(genes)).astype(np.int64)
        rates = count.sum(axis=1) / np.maximum(weighed, np.finfo(float).tiny)
        expected = np.zeros(len(genes))
        for target, rate in zip(targets, rates, strict=True):
            expected += rate * silent[target]
        if expected.sum():
            expected *= by_gene.sum() / expected.sum()
        spread = fit_spread(by_gene, expected)
        return cls(
            nonsilent, passenger, targets, weight, count.sum(axis=1), weighed, mutated, by_gene, expected, spread
        )

    def test(self, genes: Sequence[int], alpha: float, power: float) -> dict[str, Array]:
        """Return expected patients, p-value and detectable fraction of some genes, given by number.

        Genes with similar numbers of mutated patients are worked on together: the work grows with the largest.
        """
        observed = np.bincount(self.mutated[0], minlength=len(self.is_background))
        order = np.array(sorted(genes, key=lambda number: (observed[number], number)))
        results: dict[str, list[Any]] = {"expected": [], "p_value": [], "detectable": []}
        for block in np.array_split(order, max(1, -(-len(order) * len(self.targets) // BLOCK))):
            mixture = self.chances(block)
            p_values, critical = tails_beyond(mixture, observed[block], alpha)
            covered = (mixture[0][1] > 0).sum(axis=1)
            results["expected"].append(sum(weights * chances.sum(axis=1) for weights, chances in mixture))
            results["p_value"].append(p_values)
            results["detectable"].append(least_detectable(covered, critical, power))
        places = {int(number): place for place, number in enumerate(order)}
        wanted = [places[number] for number in genes]
        return {name: np.concatenate(parts)[wanted] for name, parts in results.items()}

    def chances(self, genes: NDArray[np.int64]) -> list[tuple[Array, Array]]:
        """Return the probability of a nonsilent mutation of genes x patients, for each factor a gene may have.

        0 where the gene is not covered. Beside each matrix stands the probability of that factor, by gene.
        """
        own_sites = np.column_stack([self.gene_sites[target][genes] for target in self.targets])
        passenger = self.is_background[genes][:, np.newaxis]
        own_count = np.zeros(own_sites.shape)
        places = np.full(len(self.is_background), -1)
        places[genes] = np.arange(len(genes))
        inside = places[self.mutated[0]] >= 0
        row, column, number = places[self.mutated[0][inside]], self.mutated[1][inside], self.mutated[2][inside]
        own_count[row, column] = number
        count = self.count - np.where(passenger, own_count, 0)
        sites = np.maximum(self.sites - np.where(passenger, own_sites, 0), np.finfo(float).tiny)
        factors, weights = factor_nodes(self.spread, self.silent[genes], self.silent_expected[genes])
        return [
            (weights[:, node], mutated_probability(count, sites, factors[:, node, np.newaxis] * own_sites))
            for node in range(factors.shape[1])
        ]


def _entries(
    places: Mapping[str, int],
    covered: Mapping[str, NDArray[np.bool_]],
    targets: Sequence[str],
    counts: Sequence[Mapping[str, int]],
) -> NDArray[np.int64]:
    """Return gene, patient and number of the mutations in covered genes, as three rows."""
    found = [
        (places[symbol], column, number)
        for column, (target, by_gene) in enumerate(zip(targets, counts, strict=True))
        for symbol, number in by_gene.items()
        if symbol in places and covered[target][places[symbol]]
    ]
    return np.array(found, dtype=np.int64).reshape(-1, 3).T
