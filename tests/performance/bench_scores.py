"""Measure all scores of a cohort's expression together, beside the same or the nearest scores of decoupler and gseapy.

    PYTHONPATH=workflow python tests/performance/bench_scores.py [--samples 1000] [--pairs 3] [--each]
        [--regulators 500] [--targets 50]

Needs decoupler and gseapy for the peers, which are no dependencies; without them ours alone is timed. A virtual
environment of their own suffices, as they bring numpy, pandas and scipy:

    python -m venv DIR && DIR/bin/pip install decoupler==2.2.0 gseapy==1.3.1
    PYTHONPATH=workflow DIR/bin/python tests/performance/bench_scores.py

Builds (seeded) 20,000 genes of log2 expression that hold every gene of the resource tables, and a signed regulon of the
size of those that users bring (``--regulators 0``: the one of `resources/regulons.tsv`). Ours goes from the whole
matrix in memory to every column of `scores.tsv` (`score_columns`) and every number of `activity.tsv`
(`score_activities`). Peers are given the same matrix and the same sets, in the layout that each wants:

- programmes A, N, P, Y and the sets of `set_scores.RANKED_SETS`: gseapy's `ssgsea`, and decoupler's `aucell`, which are
  single-sample rank scores too. They rank all genes of the matrix, ours those of `gene_sets.tsv`, so that they are the
  nearest scores and not the same; `same genes` times them on the genes that ours ranks. Sides of a set that are
  expected low are sets of their own;
- T-cell-inflamed: decoupler's `waggr`, the weighted mean without permutations: the same;
- neuroendocrine score: decoupler's `ulm` on the genes of the signature with each reference vector as weights, whose t
  gives Pearson's r: the same;
- regulators: decoupler's `ulm` with adjusted p, and `waggr`: the same.

decoupler's `gsva` is left out: a sample's score moves with the cohort there. A peer scores all sets in one call;
`--each` adds one call for each set, as scripts do that score set by set. Everything has scored four samples before it
is timed, in turn, and medians of `--pairs` are printed; a peer that takes longer than a minute is timed once. CPU is
of the process with its threads: decoupler and gseapy use every processor that there is. Asserted is that what is the
same is equal, and that rank scores are those of scipy's Mann-Whitney U.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import io
import os
import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from measuring import GENES, Cost, cost, made_up_regulon
from scipy.stats import mannwhitneyu, spearmanr

from sclcohort.regulators.activity import Activities, score_activities
from sclcohort.regulators.genes import LINEAGE_FACTORS, T_CELL_INFLAMED
from sclcohort.regulators.matrix import Matrix
from sclcohort.regulators.score_regulators import Resources, Scores, read_resources, score_columns
from sclcohort.regulators.set_scores import MYC_FAMILY, RANKED_SETS, directed_members
from sclcohort.regulators.signatures import members_of, programme_members
from sclcohort.regulators.universe import universe_of

TABLES = Path(__file__).resolve().parents[2] / "resources"
MIN_TARGETS, ONCE_FROM_SECONDS = 5, 60.0
THREADS = os.cpu_count() or 1
RANK_PEERS = ("rank sets: gseapy ssgsea", "rank sets: decoupler aucell")
WAGGR = "regulators: decoupler waggr"


class Ours(NamedTuple):
    """Every score of every sample."""

    scores: Scores
    activities: Activities


@dataclass(frozen=True)
class Inputs:
    """One matrix in the layouts that are asked for, and what is scored on it.

    Parameters
    ----------
    frame : DataFrame, genes x samples
        log2 expression.
    turned : DataFrame, samples x genes
        The same, contiguous.
    resources : Resources
        The committed tables; regulons perhaps made up.
    sets : dict of str to tuple of str
        Genes of each set that is scored by rank, the low side of a set as ``<name>_low``.
    """

    frame: pd.DataFrame
    turned: pd.DataFrame
    resources: Resources
    sets: Mapping[str, tuple[str, ...]]

    def of(self, genes: Sequence[str], samples: int | None = None) -> Inputs:
        """Return the same with some genes, and the first samples alone."""
        return Inputs(self.frame.loc[genes].iloc[:, :samples], self.turned[genes].iloc[:samples], *self._rest())

    def _rest(self) -> tuple[Resources, Mapping[str, tuple[str, ...]]]:
        return self.resources, self.sets


def made_up(samples: int, regulators: int, targets: int) -> Inputs:
    """Return a matrix that holds every gene of the resource tables, the committed sets, and a regulon."""
    names = ("gene_aliases", "gene_sets", "ne_signature", "subtype_calibration", "regulons", "resistance_rules")
    resources = read_resources(*(TABLES / f"{name}.tsv" for name in names))
    sets = dict(programme_members(resources.gene_sets))
    for name in RANKED_SETS:
        up, down = directed_members(resources.gene_sets, name)
        sets |= {name: up} | ({f"{name}_low": down} if down else {})
    known = {*resources.users, *resources.regulons["target"], *LINEAGE_FACTORS.values()}
    genes = sorted(known | {f"G{number:05d}" for number in range(GENES - len(known))})
    rng = np.random.default_rng(1)
    if regulators:
        regulon = made_up_regulon(rng, genes, regulators, targets)
        resources = replace(resources, regulons=regulon.assign(symbol_in_source=regulon["target"]))
    numbers = np.abs(rng.standard_normal((GENES, samples)) * 1.5 + 4)
    frame = pd.DataFrame(numbers, index=genes, columns=[f"S{number:05d}" for number in range(samples)])
    turned = pd.DataFrame(np.ascontiguousarray(numbers.T), index=frame.columns, columns=frame.index)
    return Inputs(frame, turned, resources, sets)


def ours(inputs: Inputs) -> Ours:
    """Score everything, from the whole matrix in memory."""
    frame, resources = inputs.frame, inputs.resources
    scores = score_columns(frame.loc[[*resources.users]], resources, min_genes_fraction=0.8)
    lines = tuple(range(2, len(frame) + 2))
    matrix = Matrix("bench", tuple(frame.index), lines, tuple(frame.columns), frame.to_numpy())
    universe = universe_of(matrix, "log2_tpm_plus_1", resources.regulons["target"], resources.gene_aliases)
    return Ours(scores, score_activities(universe, resources.regulons, min_targets=MIN_TARGETS))


def net_of(sets: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    """Return sets as decoupler takes them."""
    edges = [(name, gene, 1.0) for name, genes in sets.items() for gene in genes]
    return pd.DataFrame(edges, columns=["source", "target", "weight"])


def ssgsea(inputs: Inputs, sets: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    """Return gseapy's enrichment scores, sets x samples."""
    import gseapy

    listed = {name: list(genes) for name, genes in sets.items()}
    done = gseapy.ssgsea(inputs.frame, listed, outdir=None, min_size=1, permutation_num=0, threads=THREADS, seed=1)
    return done.res2d.pivot(index="Term", columns="Name", values="ES").astype(float)


def aucell(inputs: Inputs, sets: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    """Return decoupler's AUCell, sets x samples."""
    import decoupler

    return decoupler.mt.aucell(inputs.turned, net_of(sets), tmin=1, verbose=False)[0].T


def weighted_means(inputs: Inputs, net: pd.DataFrame) -> pd.DataFrame:
    """Return decoupler's weighted means without permutations, sources x samples."""
    import decoupler

    return decoupler.mt.waggr(inputs.turned, net, tmin=MIN_TARGETS, times=0, verbose=False)[0].T


def linear_models(inputs: Inputs, net: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return t and adjusted p of decoupler's univariate linear model, sources x samples."""
    import decoupler

    t, adjusted = decoupler.mt.ulm(inputs.turned, net, tmin=MIN_TARGETS, verbose=False)
    return t.T, adjusted.T


def ne_of_peer(inputs: Inputs) -> pd.Series[float]:
    """Return the neuroendocrine score by decoupler's linear model on the genes of the signature."""
    signature = inputs.resources.ne_signature
    sides = ("ne_reference_log2", "non_ne_reference_log2")
    net = pd.concat(
        pd.DataFrame({"source": side, "target": signature["gene_symbol"], "weight": signature[side]}) for side in sides
    )
    t, _ = linear_models(inputs.of(signature["gene_symbol"].tolist()), net)
    r = t / np.sqrt(len(signature) - 2 + t**2)
    return (r.loc[sides[0]] - r.loc[sides[1]]) / 2


def peers_of(inputs: Inputs) -> dict[str, Callable[[Inputs], Any]]:
    """Return the peers by name; those on the genes of the sets alone are named so."""
    regulons = inputs.resources.regulons[["source", "target", "weight"]]
    inflamed = net_of({T_CELL_INFLAMED: members_of(inputs.resources.gene_sets, T_CELL_INFLAMED)})
    return {
        RANK_PEERS[0]: lambda given: ssgsea(given, inputs.sets),
        RANK_PEERS[1]: lambda given: aucell(given, inputs.sets),
        "T-cell-inflamed: decoupler waggr": lambda given: weighted_means(given, inflamed),
        "NE score: decoupler ulm": ne_of_peer,
        "regulators: decoupler ulm": lambda given: linear_models(given, regulons),
        WAGGR: lambda given: weighted_means(given, regulons),
    }


def one_by_one(inputs: Inputs) -> dict[str, Callable[[Inputs], Any]]:
    """Return the rank peers with one call for each set."""
    calls = dict(zip(RANK_PEERS, (ssgsea, aucell), strict=True))
    return {
        f"{name}, set by set": lambda given, call=call: [
            call(given, {one: genes}) for one, genes in inputs.sets.items()
        ]
        for name, call in calls.items()
    }


@contextlib.contextmanager
def hushed() -> Iterator[None]:
    """Keep the peers' progress from standing between the lines of the table."""
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        yield


def measure(
    inputs: Inputs, peers: Mapping[str, Callable[[Inputs], Any]], pairs: int
) -> tuple[dict[str, Any], dict[str, list[Cost]]]:
    """Time ours and the peers in turn; return what they found, and the costs, ``ours`` first."""
    costs: dict[str, list[Cost]] = {"ours": [], **{name: [] for name in peers}}
    found: dict[str, Any] = {}
    for _ in range(pairs):
        for name, peer in peers.items():
            if costs[name] and costs[name][0].wall > ONCE_FROM_SECONDS:
                continue
            with hushed():
                found["ours"], spent = cost(lambda: ours(inputs))
                costs["ours"].append(spent)
                found[name], spent = cost(lambda peer=peer: peer(inputs))
                costs[name].append(spent)
    return found, costs


def medians(costs: Mapping[str, Sequence[Cost]]) -> dict[str, Cost]:
    """Return the median cost of each row."""
    return {
        name: Cost(statistics.median(one.wall for one in runs), statistics.median(one.processor for one in runs))
        for name, runs in costs.items()
    }


def show(name: str, spent: Cost, base: Cost, note: str = "") -> None:
    """Print a line of the table."""
    ratios = f"{spent.wall / base.wall:8.1f} {spent.processor / base.processor:8.1f}"
    print(f"{name:48s} {spent.wall:8.3f} {spent.processor:8.3f} {ratios}  {note}")


def print_table(costs: Mapping[str, Sequence[Cost]], rank_peers: Sequence[str] = RANK_PEERS) -> None:
    """Print costs, and the sums over one peer for each score."""
    middle = medians(costs)
    base = middle["ours"]
    print(f"{'':48s} {'wall s':>8s} {'CPU s':>8s} {'x wall':>8s} {'x CPU':>8s}  runs")
    for name, spent in middle.items():
        show(name, spent, base, str(len(costs[name])))
    for rank_peer in rank_peers:
        # waggr multiplies with every gene of every regulator, so that it may outweigh all others together.
        for without, words in ((frozenset[str](), "all scores"), (frozenset({WAGGR}), "all but waggr of regulators")):
            left_out = {"ours", *rank_peers, *without} - {rank_peer}
            parts = [spent for name, spent in middle.items() if name not in left_out]
            total = Cost(sum(one.wall for one in parts), sum(one.processor for one in parts))
            show(f"{words}, {rank_peer.split(': ')[1]}", total, base)


def check_ranks(inputs: Inputs, scores: Scores) -> None:
    """Compare the rank scores of three samples with scipy's Mann-Whitney U."""
    listed = inputs.resources.gene_sets
    programmes = [gene for letter in LINEAGE_FACTORS for gene in inputs.sets[letter]]
    for sample in inputs.frame.columns[[0, len(inputs.frame.columns) // 2, -1]]:
        log2 = inputs.frame[sample]

        def score(genes: Sequence[str], among: Sequence[str], log2: pd.Series[float] = log2) -> float:
            rest = sorted(set(among) - set(genes))
            pairs = len(genes) * len(rest)
            return 2 * mannwhitneyu(log2[list(genes)], log2[rest]).statistic / pairs - 1

        for letter in LINEAGE_FACTORS:
            expected = score(inputs.sets[letter], programmes)
            np.testing.assert_allclose(scores.table.loc[sample, f"programme_{letter.lower()}"], expected, atol=1e-12)
        for name in RANKED_SETS:
            up, down = directed_members(listed, name)
            sides = [sign * score(genes, listed["gene_symbol"]) for sign, genes in ((1, up), (-1, down)) if genes]
            expected = np.mean(sides)
            if name == MYC_FAMILY:
                expected = max(score([gene], listed["gene_symbol"]) for gene in up)
            np.testing.assert_allclose(scores.table.loc[sample, name], expected, atol=1e-12)


def check_peers(inputs: Inputs, results: Mapping[str, Any]) -> None:
    """Compare with the peers that compute the same, and print how the nearest ones order the samples."""
    found: Ours = results["ours"]
    table, activities = found.scores.table, found.activities
    samples, order = list(table.index), list(activities.regulators)
    t, adjusted = results["regulators: decoupler ulm"]
    means = results[WAGGR]
    same = {
        "t_cell_inflamed": (
            table["t_cell_inflamed"],
            results["T-cell-inflamed: decoupler waggr"].loc[T_CELL_INFLAMED, samples],
        ),
        "ne_score": (table["ne_score"], results["NE score: decoupler ulm"][samples]),
        "activity score": (activities.score, t.loc[order, samples]),
        "activity p_adjusted": (activities.p_adjusted, adjusted.loc[order, samples]),
        "activity weighted_mean": (activities.weighted_mean, means.loc[order, samples]),
    }
    print("largest difference from the peer that computes the same:")
    for name, (one, other) in same.items():
        difference = np.abs(np.asarray(one, dtype=float) - np.asarray(other, dtype=float)).max()
        print(f"  {name:24s} {difference:.2g}")
        np.testing.assert_array_less(difference, 1e-6)
    print("order of the samples, Spearman's rho with ssgsea and with aucell (nearest, not the same):")
    for name in inputs.sets:
        if name.endswith("_low") or f"{name}_low" in inputs.sets:
            continue
        mine = table[f"programme_{name.lower()}" if name in LINEAGE_FACTORS else name]
        rhos = [spearmanr(mine, results[peer].loc[name, samples]).statistic for peer in RANK_PEERS]
        print(f"  {name:24s} {rhos[0]:5.2f} {rhos[1]:5.2f}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    for name, default in (("samples", 1000), ("regulators", 500), ("targets", 50), ("pairs", 3)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--each", action="store_true", help="time the rank peers with one call for each set too")
    given = parser.parse_args()
    inputs = made_up(given.samples, given.regulators, given.targets)
    few = inputs.of(inputs.frame.index.tolist(), 4)
    ours(few)
    regulators = inputs.resources.regulons["source"].nunique()
    size = f"{given.samples} samples x {GENES} genes, {len(inputs.sets)} sides of sets, {regulators} regulators"
    print(f"{size}, {THREADS} cores")
    missing = [name for name in ("decoupler", "gseapy") if not importlib.util.find_spec(name)]
    if missing:
        found, spent = cost(lambda: ours(inputs))
        check_ranks(inputs, found.scores)
        print(f"ours {spent.wall:.3f} s, CPU {spent.processor:.3f} s; no peers: {', '.join(missing)} not installed")
        return
    peers = peers_of(inputs)
    with hushed():
        for peer in peers.values():
            peer(few)
    results, costs = measure(inputs, peers, given.pairs)
    check_ranks(inputs, results["ours"].scores)
    print_table(costs)
    if given.each:
        singly = one_by_one(inputs)
        rest = [name for name in peers if name not in RANK_PEERS]
        print("one call for each set:")
        print_table(
            {**{name: costs[name] for name in ("ours", *rest)}, **measure(inputs, singly, given.pairs)[1]},
            tuple(singly),
        )
    ranked = sorted(set(inputs.resources.gene_sets["gene_symbol"]))
    print(f"same genes: rank sets among the {len(ranked)} genes of the table, beside all that ours scores:")
    nearest = {name: lambda all_genes, peer=peers[name]: peer(all_genes.of(ranked)) for name in RANK_PEERS}
    middle = medians(measure(inputs, nearest, given.pairs)[1])
    for name, spent in middle.items():
        show(name, spent, middle["ours"])
    check_peers(inputs, results)


if __name__ == "__main__":
    main()
