"""Compressed rows out of columns of ends: a counting sort into the rows, then each row in order. By several threads where
there is much, unless who builds them is one of the pool's.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from graph.network import threads
from graph.network.compiled import kernel

T = TypeVar("T")
IntArray = NDArray[np.int64]
Places = NDArray[np.int32]
FloatArray = NDArray[np.float64]
Rows = tuple[IntArray, Places, Places]
# With fewer ties than these the threads would wait for each other longer than they work.
_LARGE = 100_000
# Up to so many entries numpy's sort takes longer to begin than sorting by insertion to end.
_LONG = 64


def compressed(n: int, a: Places, b: Places, directed: bool) -> Rows:
    """`indptr` (n + 1), `indices` and `edges` of the ties from `a` to `b`, rows ascending; without direction each stands in both rows.

    The same whatever the number of threads. O(n + m log d) time for rows of d entries.
    """
    # Each thread counts the ties of every node in its share: not more counts than ties.
    shares = _shares(len(a), min(threads.count(), len(a) // max(n, 1)))
    counts = np.stack(_together([partial(_counted, n, a, b, directed, *share) for share in shares]))
    indptr, at = _starts(counts)
    entries = np.empty(indptr[-1], np.int64)
    _together([partial(_place, entries, at[number], a, b, directed, *share) for number, share in enumerate(shares)])
    indices, edges = np.empty(len(entries), np.int32), np.empty(len(entries), np.int32)
    _together([partial(_order, entries, indptr, indices, edges, *rows) for rows in alike(indptr, len(shares))])
    return indptr, indices, edges


def alike(indptr: IntArray, number: int) -> list[tuple[int, int]]:
    """So many ranges of rows that together are all, with about as many entries each."""
    size = int(indptr[-1])
    cuts = [0, *np.searchsorted(indptr, [size * part // number for part in range(1, number)]).tolist(), len(indptr) - 1]
    return list(pairwise(cuts))


def _shares(size: int, most: int) -> list[tuple[int, int]]:
    """The ranges of 0…size that the threads take, at most so many of them."""
    number = max(1, most) if size >= _LARGE else 1
    return [(size * part // number, size * (part + 1) // number) for part in range(number)]


def _together(jobs: Sequence[Callable[[], T]]) -> list[T]:
    return [job() for job in jobs] if len(jobs) == 1 else list(threads.each(jobs))


@kernel
def _counted(n: int, a: Places, b: Places, directed: bool, start: int, end: int) -> Places:
    """How many entries the ties of a share take in the row of each node; a loop takes one."""
    counts = np.zeros(n, np.int32)
    for e in range(start, end):
        counts[a[e]] += 1
        if not directed and a[e] != b[e]:
            counts[b[e]] += 1
    return counts


@kernel
def _starts(counts: Places) -> tuple[IntArray, IntArray]:
    """Where each row starts (n + 1), and where the entries of each share (shares, n) do in it."""
    shares, n = counts.shape
    starts, at = np.zeros(n + 1, np.int64), np.empty((shares, n), np.int64)
    for node in range(n):
        starts[node + 1] = starts[node]
        for share in range(shares):
            at[share, node] = starts[node + 1]
            starts[node + 1] += counts[share, node]
    return starts, at


@kernel
def _place(entries: IntArray, at: IntArray, a: Places, b: Places, directed: bool, start: int, end: int) -> None:
    """Puts the ties of a share into their rows, each with its other end in the upper half of a number and the tie in the lower one."""
    for e in range(start, end):
        entries[at[a[e]]] = np.int64(b[e]) << 32 | e
        at[a[e]] += 1
        if not directed and a[e] != b[e]:
            entries[at[b[e]]] = np.int64(a[e]) << 32 | e
            at[b[e]] += 1


@kernel
def _order(entries: IntArray, indptr: IntArray, indices: Places, edges: Places, start: int, end: int) -> None:
    """Sorts the entries of some rows, and parts them into other ends and ties."""
    for node in range(start, end):
        row = entries[indptr[node] : indptr[node + 1]]
        if len(row) > _LONG:
            row.sort()
        else:
            _insert(row)
    for entry in range(indptr[start], indptr[end]):
        indices[entry], edges[entry] = entries[entry] >> 32, entries[entry] & 0x7FFFFFFF


@kernel
def _insert(row: IntArray) -> None:
    """Sorts a short row by insertion."""
    for end in range(1, len(row)):
        entry, at = row[end], end
        while at and row[at - 1] > entry:
            row[at] = row[at - 1]
            at -= 1
        row[at] = entry


def taken(values: FloatArray, edges: Places) -> FloatArray:
    """`values[edges]`, in less than half the time. IndexError where there is no such value."""
    out = np.empty(len(edges))
    _together([partial(_take, values, edges, out, *share) for share in _shares(len(edges), threads.count())])
    return out


@kernel
def _take(values: FloatArray, edges: Places, out: FloatArray, start: int, end: int) -> None:
    for entry in range(start, end):
        if edges[entry] >= len(values):
            raise IndexError
        out[entry] = values[edges[entry]]


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
