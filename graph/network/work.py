"""How work is cut into jobs: by what it costs, never by how many threads there are."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from graph.network.compiled import kernel

__all__ = ["CHUNK", "balanced", "reach"]

# Steps over ties that a kernel takes in about 20 ms.
CHUNK = 5_000_000


def balanced(costs: NDArray[np.integer], most: int = CHUNK) -> list[tuple[int, int]]:
    """Ranges that cover all items, each costing about `most`, or one item that costs more.

    >>> balanced(np.array([3, 3, 3, 9, 1]), 6)
    [(0, 2), (2, 3), (3, 4), (4, 5)]
    """
    ends = np.cumsum(costs, dtype=np.int64)
    ranges, start, spent = list[tuple[int, int]](), 0, 0
    while start < len(ends):
        stop = max(int(np.searchsorted(ends, spent + most, side="right")), start + 1)
        ranges.append((start, stop))
        start, spent = stop, int(ends[stop - 1])
    return ranges


@kernel
def reach(indptr: NDArray[np.int64], indices: NDArray[np.int32], nodes: NDArray[np.int64]) -> NDArray[np.int64]:
    """How many entries the rows of each of `nodes` and of its neighbours have: what a look two steps ahead costs."""
    out = np.ones(len(nodes), np.int64)
    for place, node in enumerate(nodes):
        for entry in range(indptr[node], indptr[node + 1]):
            out[place] += 1 + indptr[indices[entry] + 1] - indptr[indices[entry]]
    return out
