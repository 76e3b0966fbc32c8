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
    into = _starts(n, b, a, not directed)
    starts = _starts(n, a, b, False) if directed else into
    # A node and a tie stand side by side: what is written in no order then meets one place in memory and not two.
    at, ends = into[:-1].copy(), np.empty((into[n], 2), np.int32)
    for e in range(len(a)):
        _put(ends, at, b[e], a[e], e)
        if not directed and a[e] != b[e]:
            _put(ends, at, a[e], b[e], e)
    at, rows = starts[:-1].copy(), np.empty(ends.shape, np.int32)
    for node in range(n):
        for entry in range(into[node], into[node + 1]):
            _put(rows, at, ends[entry, 0], node, ends[entry, 1])
    return starts, rows[:, 0].copy(), rows[:, 1].copy()


@kernel
def _starts(n: int, ends: Places, others: Places, both: bool) -> IntArray:
    """Where the ties of each node start (n + 1) when they stand at their `ends` or, a loop once, at both."""
    starts = np.zeros(n + 1, np.int64)
    for e in range(len(ends)):
        starts[ends[e] + 1] += 1
        if both and ends[e] != others[e]:
            starts[others[e] + 1] += 1
    return np.cumsum(starts)


@kernel
def _put(rows: Places, at: IntArray, row: int, node: int, edge: int) -> None:
    """Writes where the row goes on."""
    place = at[row]
    at[row] = place + 1
    rows[place, 0], rows[place, 1] = node, edge


@kernel
def taken(values: FloatArray, edges: Places) -> FloatArray:
    """`values[edges]`, in half the time. IndexError where there is no such value."""
    out = np.empty(len(edges))
    for entry, edge in enumerate(edges):
        if edge >= len(values):
            raise IndexError
        out[entry] = values[edge]
    return out


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
