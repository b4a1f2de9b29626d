"""Measure the activity of regulators (ULM with adjusted p) on a matrix of human size, beside decoupler where it is.

    PYTHONPATH=workflow python tests/performance/bench_regulators.py [--samples 1000] [--regulators 500] [--targets 50]

Builds (seeded) 20,000 genes of log2 expression and a signed regulon, and prints seconds and peak memory above the
matrix. Where decoupler can be imported (it is no dependency), its `ulm` is timed on the same numbers, and the largest
differences of t and of adjusted p are printed. Both have scored four samples before they are timed; decoupler then uses
every processor that there is, ours one. Nothing is asserted but that t is scipy's.
"""

from __future__ import annotations

import argparse
import importlib.util
import resource
import time
from dataclasses import replace

import numpy as np
import pandas as pd
from scipy.stats import linregress

from sclcohort.regulators.activity import Activities, Weights, score_activities, weights_of
from sclcohort.regulators.matrix import Matrix
from sclcohort.regulators.universe import Universe

GENES = 20_000


def peak_mib() -> float:
    """Return the most memory that the process has held, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


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
    net = pd.DataFrame(
        [
            (f"R{regulator:04d}", genes[target], weight)
            for regulator in range(regulators)
            for target, weight in zip(
                rng.choice(GENES, targets, replace=False), rng.choice([-1.0, 1.0], targets), strict=True
            )
        ],
        columns=["source", "target", "weight"],
    )
    return Universe(matrix, "log2_tpm_plus_1", genes, rows, rows), net


def check(activities: Activities, universe: Universe, weights: Weights) -> None:
    """Compare a few activities with scipy's regression."""
    for row in range(0, len(activities.regulators), 97):
        dense = weights.matrix[[row]].toarray()[0]
        fit = linregress(dense, universe.matrix.numbers[:, row % len(universe.samples)])
        np.testing.assert_allclose(
            activities.score[row, row % len(universe.samples)], fit.slope / fit.stderr, rtol=1e-9, atol=1e-10
        )


def compare(activities: Activities, universe: Universe, net: pd.DataFrame, ours: float) -> None:
    """Time decoupler on the same numbers and print how far its results are."""
    import decoupler

    frame = pd.DataFrame(universe.matrix.numbers.T, index=universe.samples, columns=universe.genes)
    decoupler.mt.ulm(frame.iloc[:4], net, tmin=5, verbose=False)
    start = time.perf_counter()
    score, adjusted = decoupler.mt.ulm(frame, net, tmin=5, verbose=False)
    seconds = time.perf_counter() - start
    order = list(activities.regulators)
    print(f"decoupler {decoupler.__version__}: {seconds:.2f} s, {seconds / ours:.1f} times ours")
    print(f"largest difference of t: {np.abs(score[order].to_numpy().T - activities.score).max():.2g}")
    print(f"largest difference of p_adjusted: {np.abs(adjusted[order].to_numpy().T - activities.p_adjusted).max():.2g}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    for name, default in (("samples", 1000), ("regulators", 500), ("targets", 50)):
        parser.add_argument(f"--{name}", type=int, default=default)
    given = parser.parse_args()
    universe, net = made_up(given.samples, given.regulators, given.targets)
    size, before = universe.matrix.numbers.nbytes / 2**20, peak_mib()
    few = replace(universe.matrix, samples=universe.samples[:4], numbers=universe.matrix.numbers[:, :4])
    score_activities(replace(universe, matrix=few), net, min_targets=5)
    start = time.perf_counter()
    activities = score_activities(universe, net, min_targets=5)
    seconds = time.perf_counter() - start
    print(f"{given.samples} samples x {GENES} genes x {given.regulators} regulators: {seconds:.2f} s")
    print(f"matrix {size:.0f} MiB, peak {peak_mib():.0f} MiB, {peak_mib() - before:.0f} MiB of it above the start")
    check(activities, universe, weights_of(universe.genes, net))
    if importlib.util.find_spec("decoupler"):
        compare(activities, universe, net, seconds)


if __name__ == "__main__":
    main()
