"""Measure the activity of regulators (ULM with adjusted p) on a matrix of human size, beside decoupler where it is.

    PYTHONPATH=workflow python tests/performance/bench_regulators.py [--samples 1000] [--regulators 500] [--targets 50]
        [--pairs 3]

Builds (seeded) 20,000 genes of log2 expression and a signed regulon, and prints seconds and peak memory above the
matrix. Where decoupler can be imported (it is no dependency; `bench_scores.py` says how to install it), its `ulm` is
timed on the same numbers, in turn with ours, and the largest differences of t and of adjusted p are printed. Both have
scored four samples before they are timed; times are medians of `--pairs`, CPU is of the process with all threads:
decoupler uses every processor that there is, ours one. Each has the matrix as it wants it: ours genes x samples, as
files of expression are; decoupler samples x genes, each sample's genes side by side, as AnnData keeps them. What
decoupler takes for a mere view of our matrix is printed too. Asserted is that t is scipy's, and that decoupler's
results are ours.
"""

from __future__ import annotations

import argparse
import importlib.util
import statistics
from dataclasses import replace

import numpy as np
import pandas as pd
from measuring import GENES, Cost, cost, made_up_regulon, peak_mib
from scipy.stats import linregress

from sclcohort.regulators.activity import Activities, Weights, score_activities, weights_of
from sclcohort.regulators.matrix import Matrix
from sclcohort.regulators.universe import Universe

MIN_TARGETS = 5


def made_up(samples: int, regulators: int, targets: int) -> tuple[Universe, pd.DataFrame]:
    """Return a matrix and a regulon."""
    rng = np.random.default_rng(1)
    genes = tuple(f"G{number:05d}" for number in range(GENES))
    numbers = rng.standard_normal((GENES, samples))
    numbers *= 1.5
    numbers += 6
    names = tuple(f"S{number:05d}" for number in range(samples))
    matrix = Matrix("bench", genes, tuple(range(2, GENES + 2)), names, numbers)
    rows = np.arange(GENES)
    return Universe(matrix, "log2_tpm_plus_1", genes, rows, rows), made_up_regulon(rng, genes, regulators, targets)


def check(activities: Activities, universe: Universe, weights: Weights) -> None:
    """Compare a few activities with scipy's regression."""
    for row in range(0, len(activities.regulators), 97):
        dense = weights.matrix[[row]].toarray()[0]
        fit = linregress(dense, universe.matrix.numbers[:, row % len(universe.samples)])
        np.testing.assert_allclose(
            activities.score[row, row % len(universe.samples)], fit.slope / fit.stderr, rtol=1e-9, atol=1e-10
        )


def median(costs: list[Cost]) -> Cost:
    """Return the median of each part of some costs."""
    return Cost(*(statistics.median(part) for part in zip(*costs, strict=True)))


def compare(universe: Universe, net: pd.DataFrame, pairs: int) -> None:
    """Time decoupler on the same numbers, in turn with ours, and print how far its results are."""
    import decoupler

    turned = universe.matrix.numbers.T
    layouts = {
        "samples x genes": pd.DataFrame(np.ascontiguousarray(turned), index=universe.samples, columns=universe.genes),
        "view of ours": pd.DataFrame(turned, index=universe.samples, columns=universe.genes),
    }
    decoupler.mt.ulm(layouts["samples x genes"].iloc[:4], net, tmin=MIN_TARGETS, verbose=False)
    ours: list[Cost] = []
    theirs: dict[str, list[Cost]] = {layout: [] for layout in layouts}
    for _ in range(pairs):
        for layout, frame in layouts.items():
            activities, spent = cost(lambda: score_activities(universe, net, min_targets=MIN_TARGETS))
            ours.append(spent)
            (score, adjusted), spent = cost(
                lambda frame=frame: decoupler.mt.ulm(frame, net, tmin=MIN_TARGETS, verbose=False)
            )
            theirs[layout].append(spent)
    one = median(ours)
    print(f"{'':32s} {'wall s':>8s} {'CPU s':>8s} {'x wall':>8s} {'x CPU':>8s}  medians of {pairs} pairs")
    print(f"{'ours':32s} {one.wall:8.2f} {one.processor:8.2f}")
    for layout, costs in theirs.items():
        other = median(costs)
        ratios = f"{other.wall / one.wall:8.1f} {other.processor / one.processor:8.1f}"
        print(f"{f'decoupler ulm, {layout}':32s} {other.wall:8.2f} {other.processor:8.2f} {ratios}")
    order = list(activities.regulators)
    for name, values, peer in (("t", activities.score, score), ("p_adjusted", activities.p_adjusted, adjusted)):
        difference = np.abs(peer[order].to_numpy().T - values).max()
        print(f"largest difference of {name}: {difference:.2g}")
        np.testing.assert_array_less(difference, 1e-6)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    for name, default in (("samples", 1000), ("regulators", 500), ("targets", 50), ("pairs", 3)):
        parser.add_argument(f"--{name}", type=int, default=default)
    given = parser.parse_args()
    universe, net = made_up(given.samples, given.regulators, given.targets)
    size, before = universe.matrix.numbers.nbytes / 2**20, peak_mib()
    few = replace(universe.matrix, samples=universe.samples[:4], numbers=universe.matrix.numbers[:, :4])
    score_activities(replace(universe, matrix=few), net, min_targets=MIN_TARGETS)
    activities, spent = cost(lambda: score_activities(universe, net, min_targets=MIN_TARGETS))
    print(f"{given.samples} samples x {GENES} genes x {given.regulators} regulators: {spent.wall:.2f} s")
    above = peak_mib() - before
    print(
        f"matrix {size:.0f} MiB, peak {peak_mib():.0f} MiB, {above:.0f} MiB ({above / size:.0%}) of it above the start"
    )
    check(activities, universe, weights_of(universe.genes, net))
    if importlib.util.find_spec("decoupler"):
        compare(universe, net, given.pairs)


if __name__ == "__main__":
    main()
