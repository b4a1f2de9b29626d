"""How often the zygosity of a tumour suppressor is called wrongly: every truth, route, purity and depth.

    PYTHONPATH=workflow python tests/performance/zygosity_grid.py [--max-error-probability 0.01]

Nothing is drawn at random: for each truth (copies of the gene per tumour cell, and how many carry the hit), purity
and depth, `assess_zygosity` judges every possible number of alternate reads, and the calls are weighed by the
binomial probability of that number. So the figures are exact for this model of the reads; real reads vary more.
Prints the confusion table of truth and call for each kind of copy number that may be known, the error rates
at depth 100 and purity 0.6, and what an error of 0.1 in the purity does there.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from scipy.stats import binom

from sclcohort.drivers.events import Event
from sclcohort.drivers.genes import DriverGene
from sclcohort.drivers.purity import Purity
from sclcohort.drivers.records import GeneCopies, Variant
from sclcohort.drivers.zygosity import assess_zygosity

PURITIES = (0.2, 0.4, 0.6, 0.8, 1.0)
DEPTHS = (30, 100, 300)
KNOWN = ("nothing", "total copies", "minor copies")
CALLS = ("biallelic definite", "biallelic probable", "second not found", "cannot tell", "none")
Known = Literal["nothing", "total copies", "minor copies"]
GENE = DriverGene(
    "RB1", "tumour_suppressor", "sclc_driver", ("truncating", "deep_deletion"), True, None, "", "verified"
)
# Alternate reads that are rarer than this are left out: together less than one in a million.
LEAST_PROBABILITY = 1e-9


@dataclass(frozen=True)
class Truth:
    """What a tumour cell has: copies of the gene, those with the hit, and a second hit or a deletion."""

    name: str
    copies: int
    mutated: int
    minor: int
    second_hit: Literal["", "other copy", "same copy"] = ""

    @property
    def is_biallelic(self) -> bool:
        """Whether no copy of the gene is whole."""
        return self.copies == self.mutated or self.second_hit == "other copy"

    def vaf(self, purity: float) -> float:
        """Return the expected allele fraction of the hit; 0 without one."""
        if self.mutated == 0:
            return 0.0
        return purity * self.mutated / (purity * self.copies + 2 * (1 - purity))


TRUTHS = (
    Truth("one hit of 2", 2, 1, 1),
    Truth("one hit of 3", 3, 1, 1),
    Truth("hit on 2 of 3", 3, 2, 1),
    Truth("hit on 2 of 4", 4, 2, 2),
    Truth("one copy left, hit", 1, 1, 0),
    Truth("2 of 2, copy-neutral", 2, 2, 0),
    Truth("3 of 3", 3, 3, 0),
    Truth("two hits in trans", 2, 1, 1, "other copy"),
    Truth("two hits in cis", 2, 1, 1, "same copy"),
    Truth("deep deletion", 0, 0, 0),
    Truth("no hit", 2, 0, 1),
)


def gene_copies(truth: Truth, known: Known) -> GeneCopies | None:
    """Return the copy number of a truth as far as it is known, at the default thresholds of the workflow."""
    if known == "nothing":
        return None
    state = {0: "deep_deletion", 1: "loss", 2: "neutral"}.get(truth.copies, "gain")
    minor = float(truth.minor) if known == "minor copies" else None
    return GeneCopies(None, float(truth.copies), minor, state, None, 1.0)


def hits(truth: Truth, alt_reads: int, depth: int) -> list[Event]:
    """Return the events of a truth, with so many alternate reads on each hit."""
    if truth.copies == 0:
        return [Event("S1", GENE, "deep_deletion", "deep_deletion", "likely_oncogenic", "", "", None, None)]
    if truth.mutated == 0:
        return []
    first = Variant(
        "S1", "13", 1000, "C", "T", "RB1", "T1", True, "PASS", True, depth, alt_reads, alt_reads / depth, "stop_gained",
        "truncating", 320, "p.R320*",
    )  # fmt: skip
    variants = [first, replace(first, position_1based=5000)] if truth.second_hit else [first]
    return [Event("S1", GENE, "p.R320*", "truncating", "likely_oncogenic", "", "", one, None) for one in variants]


def call_of(truth: Truth, known: Known, alt_reads: int, depth: int, purity: float, max_error_probability: float) -> str:
    """Return the call, out of `CALLS`, at so many alternate reads."""
    zygosity = assess_zygosity(
        hits(truth, alt_reads, depth),
        gene_copies(truth, known),
        purity=Purity(purity, None, None, "sheet", "given"),
        gaps=("copy number not provided",) if known == "nothing" else (),
        max_error_probability=max_error_probability,
    )
    if zygosity.state == "biallelic":
        return f"biallelic {zygosity.confidence}"
    if zygosity.state == "one_hit":
        return "second not found" if zygosity.second_hit == "not_found" else "cannot tell"
    return "none" if zygosity.state == "none" else "cannot tell"


def distribution(
    truth: Truth,
    known: Known,
    *,
    purity: float,
    depth: int,
    max_error_probability: float,
    stated_purity: float | None = None,
) -> dict[str, float]:
    """Return the probability of each call for one truth.

    Parameters
    ----------
    truth : Truth
        What the tumour has.
    known : str
        What is known of its copies, out of `KNOWN`.
    purity, depth : float, int
        True purity, and reads at the hit.
    max_error_probability : float
        Setting of the call.
    stated_purity : float or None
        Purity that the call is told; None: the true one.
    """
    told = purity if stated_purity is None else stated_purity
    found: defaultdict[str, float] = defaultdict(float)
    for alt_reads, probability in _reads(truth.vaf(purity), depth):
        found[call_of(truth, known, alt_reads, depth, told, max_error_probability)] += probability
    return {call: found[call] for call in CALLS}


def _reads(vaf: float, depth: int) -> Iterable[tuple[int, float]]:
    """Yield the numbers of alternate reads with their probabilities, the negligible ones left out."""
    for alt_reads, probability in enumerate(binom.pmf(range(depth + 1), depth, vaf)):
        if probability > LEAST_PROBABILITY:
            yield alt_reads, float(probability)


def error_rates(calls: dict[str, float], *, is_biallelic: bool) -> tuple[float, float, float]:
    """Return the probabilities of a right call, a wrong one, and of none ("cannot tell")."""
    biallelic = calls["biallelic definite"] + calls["biallelic probable"]
    other = calls["second not found"] + calls["none"]
    right, wrong = (biallelic, other) if is_biallelic else (other, biallelic)
    return right, wrong, calls["cannot tell"]


def confusion(known: Known, max_error_probability: float) -> dict[str, dict[str, float]]:
    """Return the calls of each truth, averaged over `PURITIES` and `DEPTHS`."""
    table = {}
    for truth in TRUTHS:
        cells = [
            distribution(truth, known, purity=purity, depth=depth, max_error_probability=max_error_probability)
            for purity in PURITIES
            for depth in DEPTHS
        ]
        table[truth.name] = {call: sum(cell[call] for cell in cells) / len(cells) for call in CALLS}
    return table


def _print_table(title: str, heads: Sequence[str], rows: Iterable[tuple[str, Sequence[float]]]) -> None:
    lines = [title, f"  {'':22s}" + "".join(f"{head:>20s}" for head in heads)]
    lines += [f"  {name:22s}" + "".join(f"{100 * value:19.2f}%" for value in values) for name, values in rows]
    sys.stdout.write("\n".join([*lines, "", ""]))


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--max-error-probability", type=float, default=0.01)
    alpha = parser.parse_args().max_error_probability
    grid = f"mean over purity {PURITIES} and depth {DEPTHS}, error probability {alpha:g}"
    for known in KNOWN:
        table = confusion(known, alpha)
        rows = [(name, [calls[call] for call in CALLS]) for name, calls in table.items()]
        _print_table(f"Truth and call; known of the copies: {known} ({grid})", CALLS, rows)
    heads = ("right", "wrong", "cannot tell")
    for stated in (0.6, 0.5, 0.7):
        # Where the minor copies are known, no call rests on the purity.
        for known in KNOWN if stated == 0.6 else KNOWN[:2]:
            rows = []
            for truth in TRUTHS:
                calls = distribution(
                    truth, known, purity=0.6, depth=100, max_error_probability=alpha, stated_purity=stated
                )
                rows.append((truth.name, error_rates(calls, is_biallelic=truth.is_biallelic)))
            _print_table(f"Depth 100, purity 0.6, stated as {stated}; known of the copies: {known}", heads, rows)


if __name__ == "__main__":
    main()
