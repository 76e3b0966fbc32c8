"""A search for the shortest way to a target within some steps that keeps what it has learned about how far the target is.

A state is a node with the number of steps that are left. Its bound says how far a target is at least. Bounds are exact for few steps, from
a search back from the targets; the others begin with the least that the last steps take, and rise when a state is expanded. Only nodes that
are met have a row in the tables, so that a search costs what it touches and not what the network holds.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from graph.network import FloatArray, IntArray
from graph.network.compiled import kernel
from graph.network.heap import lift, take

__all__ = ["Leads", "search"]

Places = NDArray[np.int32]
Rows = tuple[IntArray, Places, FloatArray]
_FREE, _CLOSED, _TARGET, _ROOT = 0, 1, 2, 3
# What a search back from the targets may look at before it begins: a tenth of a millisecond.
_TIES = 15_000
_kept = threading.local()


class Leads(NamedTuple):
    """What all searches for the same targets share.

    `role` (n) of each node, its `row` (n) in the tables or -1, and the `node` of a row; `bound` (rows, steps + 1): the least length from it
    to a target; `meta`: how many rows there are, and up to how many steps bounds are exact; `least`: what a longer way takes at least.
    Of each state `length`, `key`, `before`, `slot`, all reset after a search; `heap` and `touched` hold states.
    """

    role: NDArray[np.uint8]
    row: Places
    node: Places
    bound: FloatArray
    meta: IntArray
    least: FloatArray
    length: FloatArray
    key: FloatArray
    before: Places
    slot: Places
    heap: Places
    touched: Places

    @classmethod
    def of(cls, n: int, back: Rows, sources: IntArray, targets: IntArray, steps: int, hidden: Iterable[int]) -> Leads:
        """The bounds before the first search; `back` are the rows of the network turned round, with lengths.

        They stand in arrays that each thread keeps, so that a search need not ask for memory: the last ones must no longer be in use.
        """
        leads: Leads | None = getattr(_kept, "leads", None)
        if leads is None or leads.bound.shape != (n, steps + 1):
            leads = _kept.leads = cls._empty(n, steps)
        _forget(leads)
        leads.role[list(hidden)] = _CLOSED
        leads.role[sources] = _CLOSED
        leads.role[targets] = _TARGET
        _look_back(*back, leads, targets, steps, _TIES)
        return leads

    @classmethod
    def _empty(cls, n: int, steps: int) -> Leads:
        # Rows are taken one after the other: of the memory that is asked for here only their pages are ever used.
        states = n * (steps + 1)
        before, slot, heap, touched = (np.empty(states, np.int32) for _ in range(4))
        length, key, bound = np.empty(states), np.empty(states), np.empty((n, steps + 1))
        row, node, meta, least = np.full(n, -1, np.int32), np.empty(n, np.int32), np.zeros(2, np.int64), np.zeros(1)
        return cls(np.zeros(n, np.uint8), row, node, bound, meta, least, length, key, before, slot, heap, touched)


@kernel
def _forget(leads: Leads) -> None:
    leads.role[:] = _FREE
    leads.row[leads.node[: leads.meta[0]]] = -1
    leads.meta[0] = 0


@kernel
def _row(leads: Leads, node: int) -> int:
    """The row of a node, a new one if it has none."""
    row = int(leads.row[node])
    if row < 0:
        row = int(leads.meta[0])
        leads.row[node] = row
        leads.meta[0] += 1
        leads.node[row] = node
        steps = leads.bound.shape[1] - 1
        for left in range(steps + 1):
            leads.bound[row, left] = np.inf if left <= leads.meta[1] else leads.least[0]
            leads.length[row * (steps + 1) + left] = np.inf
            leads.slot[row * (steps + 1) + left] = -1
    return row


@kernel
def _look_back(indptr: IntArray, indices: Places, lengths: FloatArray, leads: Leads, targets: IntArray, steps: int, ties: int) -> None:
    """Exact bounds for as many steps as can be had by looking at so many ties, at least one."""
    row, bound, meta, wide = leads.row, leads.bound, leads.meta, steps + 1
    meta[1] = steps
    for target in targets:
        bound[_row(leads, target), :] = 0
    fresh, exact = int(meta[0]), 0
    front = leads.node[:fresh].copy()
    while exact < steps and fresh:
        for node in front:
            ties -= int(indptr[node + 1] - indptr[node])
        if exact and ties < 0:
            break
        exact += 1
        fresh, found = 0, np.empty(len(row), np.int32)
        for node in front:
            # Only a target or a node that may be passed leads anywhere.
            far = bound[row[node], exact - 1] if leads.role[node] != _CLOSED else np.inf
            for entry in range(indptr[node], indptr[node + 1]):
                other = indices[entry]
                if far + lengths[entry] < (bound[row[other], exact] if row[other] >= 0 else np.inf):
                    at = _row(leads, other)
                    bound[at, exact:] = far + lengths[entry]
                    # No state is in the heap yet: its slot may tell when its node was found.
                    if leads.slot[at * wide] != exact:
                        leads.slot[at * wide] = exact
                        found[fresh] = other
                        fresh += 1
        front = found[:fresh]
    meta[1] = exact if fresh else steps
    leads.least[0] = np.inf
    for at in range(meta[0]):
        leads.slot[at * wide] = -1
        if exact and leads.role[leads.node[at]] != _TARGET:
            leads.least[0] = min(leads.least[0], bound[at, exact])
    for at in range(meta[0]):
        bound[at, meta[1] + 1 :] = np.minimum(bound[at, meta[1]], leads.least[0])


@kernel
def search(
    indptr: IntArray,
    indices: Places,
    lengths: FloatArray,
    leads: Leads,
    root: IntArray,
    sources: IntArray,
    banned: IntArray,
    steps: int,
    length: float,
    limit: float,
) -> tuple[IntArray, FloatArray]:
    """The shortest path to a target that begins with `root`, `length` long, and goes on to none of `banned`: the nodes from its end on, or
    from one of `sources` where there is no root, and how far each is along it. Empty if none is within `limit`.
    """
    wide, size, count, end = steps + 1, 0, 0, -1
    for node in root[1:]:
        leads.role[node] = _ROOT
    for node in root[-1:] if len(root) else sources:
        if len(root) or not _among(banned, node):
            state = _row(leads, node) * wide + steps + 1 - max(len(root), 1)
            size, count = _reach(leads, state, -1, length, leads.bound[state // wide, state % wide], limit, size, count)
    while size:
        state = take(leads.heap, leads.slot, leads.key, size)
        size -= 1
        if leads.role[leads.node[state // wide]] == _TARGET:
            end = state
            break
        if state % wide and not _is_beaten(leads, state, leads.length[state], wide):
            closed = banned if leads.before[state] < 0 and len(root) else banned[:0]
            size, count, limit = _expand(indptr, indices, lengths, leads, state, closed, wide, limit, size, count)
    path, along = _traced(leads, end, wide)
    for state in leads.touched[:count]:
        leads.length[state], leads.slot[state] = np.inf, -1
    for node in root[1:]:
        leads.role[node] = _FREE
    return path, along


@kernel
def _expand(
    indptr: IntArray,
    indices: Places,
    lengths: FloatArray,
    leads: Leads,
    state: int,
    banned: IntArray,
    wide: int,
    limit: float,
    size: int,
    count: int,
) -> tuple[int, int, float]:
    """Goes on from a state, and learns a bound from its neighbours; `size`, `count` and `limit` as they are then."""
    row, left = state // wide, state % wide
    node, least, unmet = leads.node[row], np.inf, np.inf if left - 1 <= leads.meta[1] else leads.least[0]
    for entry in range(indptr[node], indptr[node + 1]):
        other = indices[entry]
        role, at, far = leads.role[other], leads.row[other], leads.length[state] + lengths[entry]
        if role == _CLOSED:
            continue
        rest = leads.bound[at, left - 1] if at >= 0 else unmet
        # The nodes of the root are no way on now, but they may be in another search.
        least = min(least, lengths[entry] + rest)
        if far + rest <= limit and rest < np.inf and role != _ROOT and not _among(banned, other):
            following = _row(leads, other) * wide + left - 1
            if not _is_beaten(leads, following, far, wide):
                size, count = _reach(leads, following, state, far, rest, limit, size, count)
                if role == _TARGET:
                    limit = min(limit, far)
    leads.bound[row, left] = max(leads.bound[row, left], least)
    return size, count, limit


@kernel
def _reach(leads: Leads, state: int, before: int, length: float, bound: float, limit: float, size: int, count: int) -> tuple[int, int]:
    """Notes a shorter way to a state, unless it is too long; how many states there are in the heap and how many were touched."""
    if length < leads.length[state] and length + bound <= limit and bound < np.inf:
        if leads.length[state] == np.inf:
            leads.touched[count] = state
            count += 1
        leads.length[state], leads.before[state], leads.key[state] = length, before, length + bound
        size = lift(leads.heap, leads.slot, leads.key, size, state)
    return size, count


@kernel
def _is_beaten(leads: Leads, state: int, length: float, wide: int) -> bool:
    """Whether its node was reached by no more length with more steps left."""
    beaten = False
    for better in range(state + 1, state - state % wide + wide):
        beaten |= bool(leads.length[better] <= length)
    return beaten


@kernel
def _among(few: IntArray, node: int) -> bool:
    found = False
    for each in few:
        found |= bool(each == node)
    return found


@kernel
def _traced(leads: Leads, end: int, wide: int) -> tuple[IntArray, FloatArray]:
    """The nodes on the way to a state, and how far each is."""
    size, state = 0, end
    while state >= 0:
        size += 1
        state = leads.before[state]
    path, along = np.empty(size, np.int64), np.empty(size)
    while end >= 0:
        size -= 1
        path[size], along[size] = leads.node[end // wide], leads.length[end]
        end = leads.before[end]
    return path, along
