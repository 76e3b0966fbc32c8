"""Compressed rows out of columns of ends. Two passes of counting sort, no comparison: O(n + m)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from graph.network.compiled import kernel

IntArray = NDArray[np.int64]
Places = NDArray[np.int32]
FloatArray = NDArray[np.float64]
Rows = tuple[IntArray, Places, Places]


@kernel
def compressed(n: int, a: Places, b: Places, directed: bool) -> Rows:
    """`indptr` (n + 1), `indices` and `edges` of the ties from `a` to `b`, rows ascending; without direction each stands in both rows."""
    starts = np.zeros(n + 1, np.int64)
    for e in range(len(a)):
        starts[b[e] + 1] += 1
        if not directed and a[e] != b[e]:
            starts[a[e] + 1] += 1
    starts = np.cumsum(starts)
    at = starts[:-1].copy()
    others, edges = np.empty(starts[n], np.int32), np.empty(starts[n], np.int32)
    for e in range(len(a)):
        others[at[b[e]]], edges[at[b[e]]] = a[e], e
        at[b[e]] += 1
        if not directed and a[e] != b[e]:
            others[at[a[e]]], edges[at[a[e]]] = b[e], e
            at[a[e]] += 1
    indptr, indices, entries = transposed(n, starts, others)
    return indptr, indices, edges[entries]


@kernel
def transposed(n: int, indptr: IntArray, indices: Places) -> Rows:
    """The rows turned round: `indptr`, `indices` ascending, and which entry each one was."""
    starts = np.zeros(n + 1, np.int64)
    for node in indices:
        starts[node + 1] += 1
    starts = np.cumsum(starts)
    at = starts[:-1].copy()
    others, entries = np.empty(len(indices), np.int32), np.empty(len(indices), np.int32)
    for node in range(n):
        for entry in range(indptr[node], indptr[node + 1]):
            other = indices[entry]
            others[at[other]], entries[at[other]] = node, entry
            at[other] += 1
    return starts, others, entries


@kernel
def sums(indptr: IntArray, values: FloatArray) -> FloatArray:
    """The sum of the values of each row."""
    out = np.zeros(len(indptr) - 1)
    for node in range(len(out)):
        for entry in range(indptr[node], indptr[node + 1]):
            out[node] += values[entry]
    return out
