"""Sort more than memory holds: sorted runs in scratch files, merged on the way out."""

from __future__ import annotations

import heapq
import itertools
import marshal
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Generic, TypeVar

Item = TypeVar("Item", bound=tuple[Any, ...])
# Items of one marshal call: few calls, little memory.
_BLOCK = 4096


class Sorter(Generic[Item]):
    """Tuples of numbers and text, given in any order, read in theirs, as often as wanted.

    Parameters
    ----------
    folder : Path
        For runs; made when the first is written.
    limit : int
        Items that are held in memory.
    make : callable
        Makes an item of its values, where it is more than a tuple.
    """

    def __init__(self, folder: Path, limit: int, make: Callable[[Iterable[Any]], Item]) -> None:
        self.size = 0
        self._folder, self._limit, self._make = folder, limit, make
        self._held: list[Item] = []
        self._is_sorted = True
        self._runs: list[Path] = []
        # Of each run, when runs follow one another without overlap, as those of a sorted file do.
        self._ends: list[tuple[Item, Item]] = []

    def extend(self, items: Iterable[Item]) -> None:
        """Add items."""
        source = iter(items)
        while block := list(itertools.islice(source, _BLOCK)):
            self.size += len(block)
            self._held += block
            self._is_sorted = False
            if len(self._held) >= self._limit:
                self.spill()

    def spill(self) -> None:
        """Move what is held in memory into a file."""
        if not self._held:
            return
        self._sort()
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / f"run{len(self._runs)}"
        with path.open("wb") as handle:
            for start in range(0, len(self._held), _BLOCK):
                marshal.dump([tuple(item) for item in self._held[start : start + _BLOCK]], handle)
        self._runs.append(path)
        self._ends.append((self._held[0], self._held[-1]))
        self._held, self._is_sorted = [], True

    def _sort(self) -> None:
        # Once: a list that is read elsewhere must not be sorted again, it is empty meanwhile.
        if not self._is_sorted:
            self._held.sort()
            self._is_sorted = True

    @property
    def held(self) -> int:
        """Items in memory."""
        return len(self._held)

    def __iter__(self) -> Iterator[Item]:
        """Yield all items in order."""
        self._sort()
        runs: list[Iterable[Item]] = [map(self._make, _read(path)) for path in self._runs]
        ends = list(self._ends)
        if self._held:
            runs.append(self._held)
            ends.append((self._held[0], self._held[-1]))
        if all(before[1] <= after[0] for before, after in itertools.pairwise(ends)):
            return itertools.chain.from_iterable(runs)
        return heapq.merge(*runs)


def _read(path: Path) -> Iterator[Any]:
    end = path.stat().st_size
    with path.open("rb") as handle:
        while handle.tell() < end:
            yield from marshal.load(handle)
