"""The shortest path between two nodes, and the simple paths after it, in the order of their lengths."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from graph.network import FloatArray, IntArray, Network
from graph.network.compiled import kernel
from graph.network.distances import distances
from graph.network.heap import lift, take
from graph.network.lengths import roads
from graph.network.threads import Tick, one, silent
from graph.network.yen import Path, Way, in_order

__all__ = ["shortest_path", "shortest_simple_paths"]

Places = NDArray[np.int32]
Rows = tuple[IntArray, Places, FloatArray]


def shortest_path(network: Network, source: int, target: int, *, weighted: bool = True, tick: Tick = silent) -> Path | None:
    """The nodes of a shortest path along the ties, the weights being lengths ≥ 0, or 1 each; None if there is no path.

    From both ends at once: O((n + m)·log n) at worst, as a rule what lies within half the way of either end. Memory O(n + m). Pohl (1971).

    >>> shortest_path(Network.of("abc", np.array([0, 1, 0]), np.array([1, 2, 2]), np.array([1.0, 1.0, 3.0])), 0, 2)
    (0, 1, 2)
    """
    ways = one(partial(roads, network, weighted=weighted), tick)
    path = one(partial(_meet, _rows(ways), _rows(ways.reverse), source, target), tick)
    return tuple(path.tolist()) or None


def shortest_simple_paths(
    network: Network, source: int, target: int, *, weighted: bool = True, tick: Tick = silent
) -> Iterator[tuple[float, Path]]:
    """The lengths and nodes of all simple paths, the shortest first, the weights being lengths ≥ 0, or 1 each. Yen (1971).

    O((n + m)·log n) once, for the distances of all nodes to the target. Led by these, a path of s ties takes s + 1 searches that as a rule
    look at what it passes by, and at all, O((n + m)·log n), at worst. Memory O(n + m), and the paths.

    >>> ours = Network.of("abc", np.array([0, 1, 0]), np.array([1, 2, 2]), np.array([1.0, 1.0, 3.0]))
    >>> list(shortest_simple_paths(ours, 0, 2))
    [(2.0, (0, 1, 2)), (3.0, (0, 2))]
    """
    ways = one(partial(roads, network, weighted=weighted), tick)
    rest, rows = distances(ways.reverse, [target], weighted=weighted, tick=tick), _rows(ways)
    spare = _Spare.of(len(network))

    def seek(root: Path, length: float, banned: set[int], _: float) -> Way | None:
        if not root and source in banned:
            return None
        begun = root or (source,)
        closed = np.array([*begun[:-1], *banned], np.int64)
        path, along = _led(rows, rest, spare, begun[-1], target, closed, len(begun) - 1, length)
        return Way(float(along[-1]), (*begun[:-1], *path.tolist()), [0.0] * (len(begun) - 1) + along.tolist()) if len(path) else None

    return ((way.length, way.path) for way in in_order(seek, tick=tick))


class _Spare(NamedTuple):
    """What searches write in, as they find it: `length` (n) infinite, `slot` -1, `shut` false."""

    length: FloatArray
    key: FloatArray
    before: Places
    heap: Places
    slot: Places
    shut: NDArray[np.bool_]

    @classmethod
    def of(cls, n: int) -> _Spare:
        return cls(
            np.full(n, np.inf), np.empty(n), np.empty(n, np.int32), np.empty(n, np.int32), np.full(n, -1, np.int32), np.zeros(n, bool)
        )


def _rows(network: Network) -> Rows:
    return network.indptr, network.indices, network.weights


@kernel
def _led(
    rows: Rows, rest: FloatArray, spare: _Spare, source: int, target: int, closed: IntArray, passed: int, begun: float
) -> tuple[IntArray, FloatArray]:
    """The shortest path, `begun` long where it starts, and how far each of its nodes is; led by what the `rest` of the way is without bans.

    The `passed` first of `closed` are on no path, the others not the second of one.
    """
    indptr, indices, lengths = rows
    spare.shut[closed] = True
    spare.length[source], spare.before[source], spare.key[source] = begun, -1, begun + rest[source]
    touched, count, size = np.empty(len(rest), np.int32), 1, 0
    touched[0] = source
    if rest[source] < np.inf:
        size = lift(spare.heap, spare.slot, spare.key, size, source)
    node = -1
    while size and node != target:
        node = take(spare.heap, spare.slot, spare.key, size)
        size -= 1
        for entry in range(indptr[node], indptr[node + 1]):
            other, length = indices[entry], spare.length[node] + lengths[entry]
            if length < spare.length[other] and rest[other] < np.inf and not spare.shut[other]:
                if spare.length[other] == np.inf:
                    touched[count] = other
                    count += 1
                spare.length[other], spare.before[other], spare.key[other] = length, node, length + rest[other]
                size = lift(spare.heap, spare.slot, spare.key, size, other)
        if node == source:
            spare.shut[closed[passed:]] = False
    path = _traced(spare.before, target) if node == target else np.empty(0, np.int64)
    along = spare.length[path]
    for each in touched[:count]:
        spare.length[each], spare.slot[each] = np.inf, -1
    spare.shut[closed] = False
    return path, along


@kernel
def _traced(before: Places, end: int) -> IntArray:
    size, node = 0, end
    while node >= 0:
        size += 1
        node = before[node]
    path = np.empty(size, np.int64)
    while end >= 0:
        size -= 1
        path[size] = end
        end = before[end]
    return path


@kernel
def _meet(ahead: Rows, back: Rows, source: int, target: int) -> IntArray:
    n = len(ahead[0]) - 1
    length, before, slot = np.full((2, n), np.inf), np.full((2, n), -1, np.int32), np.full((2, n), -1, np.int32)
    heap, sizes, best, middle = np.empty((2, n), np.int32), np.zeros(2, np.int64), np.inf, -1
    for side, end in enumerate((source, target)):
        length[side, end] = 0
        sizes[side] = lift(heap[side], slot[side], length[side], 0, end)
    if source == target:
        best, middle = 0.0, source
    while sizes[0] and sizes[1] and length[0, heap[0, 0]] + length[1, heap[1, 0]] < best:
        side = 0 if sizes[0] <= sizes[1] else 1
        indptr, indices, lengths = ahead if side == 0 else back
        node = take(heap[side], slot[side], length[side], sizes[side])
        sizes[side] -= 1
        for entry in range(indptr[node], indptr[node + 1]):
            other, far = indices[entry], length[side, node] + lengths[entry]
            if far < length[side, other]:
                length[side, other], before[side, other] = far, node
                sizes[side] = lift(heap[side], slot[side], length[side], sizes[side], other)
                if far + length[1 - side, other] < best:
                    best, middle = far + length[1 - side, other], other
    if middle < 0:
        return np.empty(0, np.int64)
    return np.append(_traced(before[0], middle), _traced(before[1], middle)[::-1][1:])
