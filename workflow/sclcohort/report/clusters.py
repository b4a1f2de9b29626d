"""Hierarchical clustering for the order of rows and columns of a figure, and the tree to draw beside it.

Average linkage (UPGMA), the leaves then turned so that neighbours are as close as they can be (Bar-Joseph et al. 2001
Bioinformatics 17 Suppl 1:S22), by scipy. The order decides nothing but where a row or a column stands.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

# Leaves are turned for up to this many: about a second at 600, four at 1000, and the time grows with their cube.
MOST_TURNED = 600
# Distances are rounded, so that the last bits, which differ between processors, settle no tie.
DECIMALS = 9


@dataclass(frozen=True)
class Merge:
    """Two branches that join: the place of each among the leaves, its height, and the height where they join.

    A leaf stands at its place in the order and at height 0; the last join is at height 1.
    """

    left: float
    right: float
    left_height: float
    right_height: float
    height: float


@dataclass(frozen=True)
class Tree:
    """A clustering: the order of the leaves as positions in the input, and the joins from low to high."""

    order: tuple[int, ...]
    merges: tuple[Merge, ...]


def unordered(leaves: int) -> Tree:
    """Return leaves in the order of the input, without a join."""
    return Tree(tuple(range(leaves)), ())


def euclidean(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the distances between the rows of `values`, condensed as scipy has them: row 0 to 1, 0 to 2, ..."""
    from scipy.spatial.distance import pdist

    distances: NDArray[np.float64] = np.round(pdist(values), DECIMALS)
    return distances


def one_minus_spearman(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return one minus the rank correlation between the rows of `values`, condensed.

    A row without any difference has no correlation: it stands at distance 1, like one that is uncorrelated.
    """
    ranks = np.array([_mean_ranks(row) for row in values])
    centred = ranks - ranks.mean(axis=1, keepdims=True)
    lengths = np.sqrt((centred**2).sum(axis=1))
    products = centred @ centred.T
    norms = np.outer(lengths, lengths)
    correlation = np.divide(products, norms, out=np.zeros_like(products), where=norms > 0)
    first, second = np.triu_indices(len(values), 1)
    distances: NDArray[np.float64] = np.clip(1 - correlation[first, second], 0, 2)
    return np.round(distances, DECIMALS)


def _mean_ranks(row: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the ranks of a row from 1, equal values sharing their mean."""
    _, place, counts = np.unique(row, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    ranks: NDArray[np.float64] = (last - (counts - 1) / 2)[place]
    return ranks


def cluster(distances: NDArray[np.float64], leaves: int) -> Tree:
    """Cluster some leaves by average linkage.

    Parameters
    ----------
    distances : ndarray
        Condensed, `leaves` * (`leaves` - 1) / 2 of them, finite. Ties go by the order of the input.
    leaves : int
        Two or fewer have nothing to order: they keep their places.
    """
    if leaves < 2:
        return unordered(leaves)
    from scipy.cluster.hierarchy import leaves_list, linkage, optimal_leaf_ordering

    joins = linkage(distances, "average")
    if 2 < leaves <= MOST_TURNED:
        joins = optimal_leaf_ordering(joins, distances)
    order = tuple(int(leaf) for leaf in leaves_list(joins))
    return Tree(order, _merges(joins.tolist(), order))


def _merges(joins: Sequence[Sequence[float]], order: Sequence[int]) -> tuple[Merge, ...]:
    leaves = len(order)
    top = joins[-1][2]
    middle = [0.0] * leaves
    for place, leaf in enumerate(order):
        middle[leaf] = float(place)
    height = [0.0] * leaves
    merges = []
    for one, other, distance, _ in joins:
        sides = sorted((int(one), int(other)), key=middle.__getitem__)
        level = distance / top if top > 0 else 1.0
        left, right = (middle[side] for side in sides)
        merges.append(Merge(left, right, height[sides[0]], height[sides[1]], level))
        middle.append((left + right) / 2)
        height.append(level)
    return tuple(merges)
