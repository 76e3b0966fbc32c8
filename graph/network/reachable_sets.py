"""Reverse-reachable sets: those who, in one world of an independent cascade, would have reached a node drawn by lot.

The share of sets that some nodes hit, times n, is the spread to expect of them. Borgs, Brautbar, Chayes & Lucier, SODA (2014).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from graph.network import FloatArray, IntArray, Network
from graph.network.compiled import kernel
from graph.network.random_numbers import STEP, started, uniform
from graph.network.sampled import in_jobs
from graph.network.spread import next_success, skips
from graph.network.threads import Tick, one
from graph.network.work import CHUNK

__all__ = ["Cover", "Sets", "coverage", "drawn"]

Places = NDArray[np.int32]


@dataclass(frozen=True)
class Sets:
    """Sets of nodes: those of the i-th are the entries `starts[i]` to `starts[i + 1]` of `members`."""

    starts: IntArray
    members: Places

    def __len__(self) -> int:
        return len(self.starts) - 1

    @property
    def size(self) -> float:
        """How many members a set has on average."""
        return len(self.members) / max(len(self), 1)


def drawn(network: Network, before: Sets, count: int, most: int, seed: int, tick: Tick) -> Sets | None:
    """`before` with further sets drawn until there are `count`; None where they would have more than `most` members.

    The i-th set of a seed is always the same. O(ties that lead into the members); memory that of the sets, and 8 bytes a node and thread.

    >>> none, certain = Sets(np.zeros(1, np.int64), np.zeros(0, np.int32)), Network.of("ab", np.array([0]), np.array([1]), directed=True)
    >>> found = drawn(certain, none, 100, 1000, seed=0, tick=lambda _: None)
    >>> len(found), sorted({tuple(found.members[a:b].tolist()) for a, b in zip(found.starts, found.starts[1:])})
    (100, [(0,), (1, 0)])
    """
    rows, starts, members, size = network.reverse, [before.starts], [before.members], len(before.members)

    skip = skips(rows.indptr, rows.weights)

    def run(first: int, last: int) -> tuple[IntArray, Places, int]:
        return _draw(rows.indptr, rows.indices, rows.weights, skip, first, last, seed)

    for ends, found, _ in in_jobs(run, lambda result: result[2], len(before), count, tick):
        starts.append(ends + size)
        members.append(found)
        size += len(found)
        if size > most:
            return None
    return Sets(np.concatenate(starts), np.concatenate(members))


@kernel
def _draw(
    indptr: IntArray, indices: Places, chances: FloatArray, skip: FloatArray, first: int, last: int, seed: int
) -> tuple[IntArray, Places, int]:
    """The sets first…last: where each ends, their members, and how many steps it took. `indptr`, `indices` lead against the ties."""
    n = len(indptr) - 1
    seen, ends, members = np.full(n, -1, np.int64), np.empty(last - first, np.int64), np.empty(4 * (last - first) + 64, np.int32)
    size = work = 0
    for item in range(first, last):
        state = started(seed, item) + STEP
        head, root = size, int(uniform(state) * n)
        if size == len(members):
            members = np.append(members, np.empty_like(members))
        seen[root], members[size] = item, root
        size += 1
        while head < size:
            node = members[head]
            head += 1
            entry, end = int(indptr[node]) - 1, int(indptr[node + 1])
            while True:
                state, entry, draws = next_success(chances, float(skip[node]), state, entry, end)
                work += draws
                if entry >= end:
                    break
                if seen[indices[entry]] != item:
                    if size == len(members):
                        members = np.append(members, np.empty_like(members))
                    seen[indices[entry]], members[size] = item, indices[entry]
                    size += 1
        ends[item - first] = size
    return ends, members[:size].copy(), work


def coverage(n: int, sets: Sets, nodes: Sequence[int] | IntArray, tick: Tick) -> int:
    """How many of the sets hold one of `nodes`."""
    chosen = np.zeros(n, np.bool_)
    chosen[np.asarray(nodes, np.int64)] = True
    return one(lambda: _hit(sets.starts, sets.members, chosen), tick)


@kernel
def _hit(starts: IntArray, members: Places, chosen: NDArray[np.bool_]) -> int:
    hit = 0
    for item in range(len(starts) - 1):
        for at in range(starts[item], starts[item + 1]):
            if chosen[members[at]]:
                hit += 1
                break
    return hit


class Cover:
    """Sets that are covered node by node, and how many more each node would cover (`gains`)."""

    def __init__(self, n: int, sets: Sets, tick: Tick) -> None:
        self._sets, self._tick = sets, tick
        self._starts, self._holding = one(lambda: _holding(n, sets.starts, sets.members), tick)
        self._covered = np.zeros(len(sets), np.bool_)
        self.gains = np.diff(self._starts)
        self.total = 0

    def take(self, node: int) -> None:
        """Covers the sets that hold `node`."""
        self.total += int(self.gains[node])
        holding = self._holding[self._starts[node] : self._starts[node + 1]]
        cover = partial(_cover, holding, self._sets.starts, self._sets.members, self._covered, self.gains)
        # Most nodes are in few sets, and it would take longer to wake a thread.
        one(cover, self._tick) if len(holding) * self._sets.size > CHUNK // 100 else cover()


@kernel
def _holding(n: int, starts: IntArray, members: Places) -> tuple[IntArray, Places]:
    """Of each node the sets that hold it."""
    firsts = np.zeros(n + 1, np.int64)
    for node in members:
        firsts[node + 1] += 1
    firsts = np.cumsum(firsts)
    at, sets = firsts[:-1].copy(), np.empty(len(members), np.int32)
    for item in range(len(starts) - 1):
        for place in range(starts[item], starts[item + 1]):
            sets[at[members[place]]] = item
            at[members[place]] += 1
    return firsts, sets


@kernel
def _cover(holding: Places, starts: IntArray, members: Places, covered: NDArray[np.bool_], gains: IntArray) -> None:
    for item in holding:
        if not covered[item]:
            covered[item] = True
            for at in range(starts[item], starts[item + 1]):
                gains[members[at]] -= 1
