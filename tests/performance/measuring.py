"""What the benches that run inside one process share: what a call costs, and a regulon of the usual size."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import pandas as pd

if TYPE_CHECKING:
    import numpy as np

GENES = 20_000
Result = TypeVar("Result")


class Cost(NamedTuple):
    """Wall seconds of a call, and processor seconds of the process with all its threads."""

    wall: float
    processor: float


def cost(call: Callable[[], Result]) -> tuple[Result, Cost]:
    """Return what a call returns, and what it costs."""
    start, used = time.perf_counter(), time.process_time()
    result = call()
    return result, Cost(time.perf_counter() - start, time.process_time() - used)


def peak_mib() -> float:
    """Return the most memory that the process has held, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def made_up_regulon(rng: np.random.Generator, genes: Sequence[str], regulators: int, targets: int) -> pd.DataFrame:
    """Return that many regulators of that many targets each, with weights of 1 and -1."""
    rows = [
        (f"R{regulator:04d}", genes[target], weight)
        for regulator in range(regulators)
        for target, weight in zip(
            rng.choice(len(genes), targets, replace=False), rng.choice([-1.0, 1.0], targets), strict=True
        )
    ]
    return pd.DataFrame(rows, columns=["source", "target", "weight"])
