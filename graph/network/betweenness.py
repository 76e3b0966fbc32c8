"""Betweenness: how many shortest paths between others lead through a node."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from random import Random

import numpy as np
from numpy.typing import NDArray

from graph.network import FloatArray, IntArray, Network
from graph.network.compiled import kernel
from graph.network.heap import lift, take
from graph.network.lengths import roads
from graph.network.sampling import pivots
from graph.network.threads import Tick, each, parts, silent

__all__ = ["betweenness"]

Places = NDArray[np.int32]
# About 30 ms of a search, in entries; one by lengths takes some ten times as long.
_CHUNK = 4_000_000
_CHUNK_BY_LENGTHS = 400_000


def betweenness(
    network: Network,
    *,
    weighted: bool = False,
    normalized: bool = True,
    endpoints: bool = False,
    k: int | None = None,
    seed: int | Random = 0,
    tick: Tick = silent,
) -> FloatArray:
    """The share of shortest paths from s to t that lead through each node v, summed over all pairs of others (n). Brandes (2001).

    Parameters
    ----------
    network : with or without directions. Of parallel ties the shortest counts, loops do not.
    weighted : the weights are lengths, > 0. Two paths are equally long if their lengths, added from s on, are equal to the last bit.
    normalized : divided by the number of pairs; otherwise pairs without direction count once.
    endpoints : s and t are on their paths too.
    k, seed : only paths from k nodes, drawn as networkx draws them, scaled to the paths from all. Brandes & Pich (2007).
        The normalized result is off by no more than `sampling.error_bound(n - 1, k - 1)`, at all nodes at once, with a probability of 95 %.

    Notes
    -----
    O(n·m), weighted O(n·m·log n); with k in place of n if it is given. Memory 40 bytes a node and thread.

    Examples
    --------
    >>> path = Network.of("abcd", np.array([0, 1, 2]), np.array([1, 2, 3]))
    >>> betweenness(path, normalized=False).tolist()
    [0.0, 2.0, 2.0, 0.0]
    """
    n, ways = len(network), roads(network, weighted=weighted)
    sources = pivots(n, k, seed)
    total = np.zeros(n)
    for part in each(_jobs(ways, sources, weighted, endpoints), tick):
        total += part
    return total * _scale(n, sources, normalized, endpoints, network.directed)


def _jobs(ways: Network, sources: IntArray, weighted: bool, endpoints: bool) -> list[Callable[[], FloatArray]]:
    """What some sources add to the sums of all nodes."""
    most = max(1, (_CHUNK_BY_LENGTHS if weighted else _CHUNK) // (len(ways) + len(ways.indices) + 1))
    ranges = parts(len(sources), most)
    if weighted:
        return [partial(_by_lengths, ways.indptr, ways.indices, ways.weights, sources[low:high], endpoints) for low, high in ranges]
    return [partial(_by_levels, ways.indptr, ways.indices, sources[low:high], endpoints) for low, high in ranges]


def _scale(n: int, sources: IntArray, normalized: bool, endpoints: bool, directed: bool) -> FloatArray:
    """What the sum of each node is multiplied by. A source has no path from itself through itself: it has seen one source less."""
    others = n if endpoints else n - 1
    if others < 2:
        return np.ones(n)
    seen = np.full(n, float(others if len(sources) == n else len(sources)))
    if len(sources) < n and not endpoints:
        seen[sources] -= 1
    pairs = others - 1 if normalized else (1 if directed else 2) / others
    # Of a single source nothing is known.
    return np.where(seen > 0, 1 / np.where(seen > 0, seen * pairs, 1), np.nan)


@kernel
def _by_levels(indptr: IntArray, indices: Places, sources: IntArray, endpoints: bool) -> FloatArray:
    n = len(indptr) - 1
    total, seen, share = np.zeros(n), np.zeros(n), np.zeros(n)
    order, paths, levels = np.empty(n + 1, np.int32), np.empty(n), np.empty(n + 2, np.int64)
    for source in sources:
        depth = _levels(indptr, indices, source, seen, order, paths, levels)
        reached = levels[depth]
        if endpoints:
            total[source] += reached - 1
        for level in range(depth - 1, 0, -1):
            # What lies no deeper than a node has no share yet when it is summed: the ties need not be looked at, only added up.
            for at in range(levels[level], levels[level + 1]):
                node, through = order[at], 0.0
                for entry in range(indptr[node], indptr[node + 1]):
                    through += share[indices[entry]]
                through *= paths[at]
                total[node] += through + endpoints
                paths[at] = (1 + through) / paths[at]
            for at in range(levels[level], levels[level + 1]):
                share[order[at]] = paths[at]
        for at in range(reached):
            share[order[at]] = seen[order[at]] = 0
    return total


@kernel
def _levels(indptr: IntArray, indices: Places, source: int, seen: FloatArray, order: Places, paths: FloatArray, levels: IntArray) -> int:
    """Fills `order` with the nodes reached, `levels` with where in it each level begins, `paths` with how many shortest paths lead there.

    `seen` counts paths. What it holds of earlier levels is spoilt without harm, as their counts were copied: so no tie needs a branch.
    """
    seen[source], order[0], levels[0] = 1, source, 0
    depth, begin, end = 0, 0, 1
    while begin < end:
        depth += 1
        levels[depth] = end
        for at in range(begin, end):
            paths[at] = seen[order[at]]
        reached = end
        for at in range(begin, end):
            node, count = order[at], paths[at]
            for entry in range(indptr[node], indptr[node + 1]):
                other = indices[entry]
                before = seen[other]
                seen[other] = before + count
                order[reached] = other
                reached += before == 0
        begin, end = end, reached
    return depth


@kernel
def _by_lengths(indptr: IntArray, indices: Places, lengths: FloatArray, sources: IntArray, endpoints: bool) -> FloatArray:
    n = len(indptr) - 1
    total, distance, paths, share = np.zeros(n), np.full(n, np.inf), np.zeros(n), np.zeros(n)
    heap, slot, order = np.empty(n, np.int32), np.full(n, -1, np.int32), np.empty(n, np.int32)
    for source in sources:
        reached = _nearest(indptr, indices, lengths, source, distance, paths, heap, slot, order)
        if endpoints:
            total[source] += reached - 1
        for at in range(reached - 1, 0, -1):
            node, through = order[at], 0.0
            for entry in range(indptr[node], indptr[node + 1]):
                other = indices[entry]
                # Nodes that were reached before this one have no share yet.
                if distance[node] + lengths[entry] == distance[other]:
                    through += share[other]
            through *= paths[node]
            total[node] += through + endpoints
            share[node] = (1 + through) / paths[node]
        for at in range(reached):
            distance[order[at]], share[order[at]] = np.inf, 0
    return total


@kernel
def _nearest(
    indptr: IntArray,
    indices: Places,
    lengths: FloatArray,
    source: int,
    distance: FloatArray,
    paths: FloatArray,
    heap: Places,
    slot: Places,
    order: Places,
) -> int:
    """Fills `order` with the nodes reached, the nearest first, and for each `distance` and how many shortest `paths` lead to it."""
    distance[source], paths[source] = 0, 1
    size, reached = lift(heap, slot, distance, 0, source), 0
    while size:
        node = take(heap, slot, distance, size)
        size -= 1
        order[reached] = node
        reached += 1
        for entry in range(indptr[node], indptr[node + 1]):
            other, length = indices[entry], distance[node] + lengths[entry]
            if length < distance[other]:
                distance[other], paths[other] = length, paths[node]
                size = lift(heap, slot, distance, size, other)
            elif length == distance[other] and slot[other] >= 0:
                paths[other] += paths[node]
    return reached
