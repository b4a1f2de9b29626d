"""Random numbers that belong to a name: no global seed, no order of calls that others could disturb.

Every draw comes from a stream whose seed is the hash of an id ("P01_T1/passengers"), so that adding a sample or a
gene moves nobody else's numbers. Only `random.Random.random` is used, the one method whose sequence Python
promises to keep; distributions are derived from it here, in exact or plainly portable arithmetic.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from statistics import NormalDist
from typing import TypeVar

Item = TypeVar("Item")
_STANDARD_NORMAL = NormalDist()


class Stream:
    """Random numbers seeded by the SHA-256 of its names."""

    def __init__(self, *names: object) -> None:
        digest = hashlib.sha256("/".join(map(str, names)).encode()).digest()
        self._random = random.Random(int.from_bytes(digest, "big"))

    def uniform(self, low: float = 0.0, high: float = 1.0) -> float:
        """Return a number in [low, high)."""
        return low + (high - low) * self._random.random()

    def integer(self, low: int, high: int) -> int:
        """Return a whole number from low to high, both possible."""
        return low + int(self._random.random() * (high - low + 1))

    def choice(self, items: Sequence[Item]) -> Item:
        """Return one of the items."""
        return items[self.integer(0, len(items) - 1)]

    def weighted(self, weights: dict[Item, float]) -> Item:
        """Return one of the keys, with probability in proportion to its weight."""
        left = self.uniform(0, sum(weights.values()))
        for item, weight in weights.items():
            left -= weight
            if left < 0:
                return item
        return next(reversed(weights))

    def normal(self, mean: float, deviation: float) -> float:
        """Return a draw from a normal distribution."""
        # The offset keeps 0, which has no quantile, out of the inverse.
        return mean + deviation * _STANDARD_NORMAL.inv_cdf(self.uniform(1e-9, 1))

    def binomial(self, trials: int, probability: float) -> int:
        """Return how many of `trials` independent trials succeed."""
        return sum(self._random.random() < probability for _ in range(trials))

    def bases(self, length: int, gc: float = 0.42) -> str:
        """Return random DNA; 0.42 is about the G+C fraction of human sequence."""
        weights = {"A": (1 - gc) / 2, "C": gc / 2, "G": gc / 2, "T": (1 - gc) / 2}
        return "".join(self.weighted(weights) for _ in range(length))

    def shuffled(self, items: Sequence[Item]) -> list[Item]:
        """Return the items in random order."""
        keyed = [(self._random.random(), place) for place in range(len(items))]
        return [items[place] for _, place in sorted(keyed)]
