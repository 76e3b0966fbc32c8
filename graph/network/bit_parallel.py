"""How far all nodes are from many others: 64 searches by level at once, one a bit of a word. Then et al., VLDB (2014).

A word says which of the searches have been at a node; one step over a tie serves all of them. Small fronts push over their ties, large ones
are pulled by the nodes that some search has not reached, and a node stops pulling when all have: rows begin with the nodes of most ties,
which know most.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graph.network import FloatArray, IntArray, Network
from graph.network.compiled import kernel
from graph.network.rows import compressed, transposed
from graph.network.threads import parts

__all__ = ["Sums", "jobs"]

Places = NDArray[np.int32]
Words = NDArray[np.uint64]
Sums = tuple[IntArray, FloatArray, FloatArray]
_CHUNK = 8_000_000
_WORD = 64
_1, _2, _4, _56 = np.uint64(1), np.uint64(2), np.uint64(4), np.uint64(56)
_PAIRS, _FOURS, _EIGHTS = np.uint64(0x5555555555555555), np.uint64(0x3333333333333333), np.uint64(0x0F0F0F0F0F0F0F0F)
_BYTES = np.uint64(0x0101010101010101)


def jobs(network: Network, sources: IntArray, component: Places) -> list[Callable[[], Sums]]:
    """Jobs whose results add up to: how many other sources reach each node (n), the sum of their distances, the sum of the inverses.

    `component` (n) is the weak component of each node: only of one component can all searches of a word reach the same nodes.
    As a rule O(n + m) for 64 sources, at worst times the number of levels. Memory 60 bytes a node and thread.

    >>> path = Network.of("abc", np.array([0, 1]), np.array([1, 2]))
    >>> [[sums.tolist() for sums in job()] for job in jobs(path, np.arange(3), np.zeros(3, np.int32))]
    [[[2, 2, 2], [3.0, 2.0, 3.0], [1.5, 2.0, 1.5]]]
    """
    n = len(network)
    order = np.argsort(-network.degree, kind="stable")
    place = np.empty(n, np.int32)
    place[order] = np.arange(n, dtype=np.int32)
    rows = np.repeat(place, network.degree)
    indptr, indices, _ = compressed(n, rows, place[network.indices], True)
    into, origins = transposed(n, indptr, indices)[:2] if network.directed else (indptr, indices)
    starts = place[sources[np.lexsort((place[sources], component[sources]))]]
    most = _WORD * max(1, _CHUNK // (n + len(indices) + 1))
    return [partial(_job, indptr, indices, into, origins, starts[low:high], place) for low, high in parts(len(starts), most)]


def _job(indptr: IntArray, indices: Places, into: IntArray, origins: Places, sources: Places, place: Places) -> Sums:
    count, total, inverse = _sums(indptr, indices, into, origins, sources)
    return count[place], total[place].astype(np.float64), inverse[place]


@kernel
def _sums(indptr: IntArray, indices: Places, into: IntArray, origins: Places, sources: Places) -> tuple[IntArray, IntArray, FloatArray]:
    n = len(indptr) - 1
    count, total, inverse = np.zeros(n, np.int64), np.zeros(n, np.int64), np.zeros(n)
    seen, front, coming = np.zeros(n, np.uint64), np.zeros(n, np.uint64), np.zeros(n, np.uint64)
    active, waiting = np.empty(n, np.int32), np.empty(n, np.int32)
    for low in range(0, len(sources), _WORD):
        size, level, all_, missing, pulled = 0, 0, np.uint64(0), n, False
        seen[:] = 0
        for bit, source in enumerate(sources[low : low + _WORD]):
            seen[source] = front[source] = _1 << np.uint64(bit)
            all_ |= seen[source]
            active[size] = source
            size += 1
        while size:
            level += 1
            ties = 0
            for at in range(size):
                ties += indptr[active[at] + 1] - indptr[active[at]]
            if 10 * ties < len(indices):
                size = _push(indptr, indices, front, coming, active, size)
            else:
                if not pulled:
                    waiting[:] = np.arange(n)
                    pulled = True
                size, missing = _pull(into, origins, front, coming, seen, all_, waiting, missing, active)
            size = _counted(coming, seen, active, size, level, count, total, inverse)
            front, coming = coming, front
    return count, total, inverse


@kernel
def _push(indptr: IntArray, indices: Places, front: Words, coming: Words, active: Places, size: int) -> int:
    """Hands the words of the front on, and clears them; `active` are then the nodes that were handed one, and how many those are."""
    found = np.empty(len(front), np.int32)
    reached = 0
    for at in range(size):
        node = active[at]
        word = front[node]
        for entry in range(indptr[node], indptr[node + 1]):
            other = indices[entry]
            if coming[other] == 0:
                found[reached] = other
                reached += 1
            coming[other] |= word
        front[node] = 0
    active[:reached] = found[:reached]
    return reached


@kernel
def _pull(
    into: IntArray,
    origins: Places,
    front: Words,
    coming: Words,
    seen: Words,
    all_: Any,
    waiting: Places,
    missing: int,
    active: Places,
) -> tuple[int, int]:
    """Fetches the words of the front for the `missing` first of `waiting`, and clears them; how many got one, how many still wait."""
    reached, still = 0, 0
    for at in range(missing):
        node = waiting[at]
        known = word = seen[node]
        for entry in range(into[node], into[node + 1]):
            word |= front[origins[entry]]
            if word == all_:
                break
        if word != known:
            coming[node] = word & ~known
            active[reached] = node
            reached += 1
        if word != all_:
            waiting[still] = node
            still += 1
    front[:] = 0
    return reached, still


@kernel
def _counted(
    coming: Words, seen: Words, active: Places, size: int, level: int, count: IntArray, total: IntArray, inverse: FloatArray
) -> int:
    """Counts the searches that come to a node for the first time; how many nodes there are to which any does."""
    kept = 0
    for at in range(size):
        node = active[at]
        coming[node] &= ~seen[node]
        if coming[node]:
            seen[node] |= coming[node]
            number = _bits(coming[node])
            count[node] += number
            total[node] += number * level
            inverse[node] += number / level
            active[kept] = node
            kept += 1
    return kept


@kernel
def _bits(word: Any) -> int:
    """How many bits are set; compilers know this for what it is, one instruction."""
    word -= (word >> _1) & _PAIRS
    word = (word & _FOURS) + ((word >> _2) & _FOURS)
    return int((((word + (word >> _4)) & _EIGHTS) * _BYTES) >> _56)
