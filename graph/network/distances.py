"""How far nodes are from each other, and how near each is to all: closeness and harmonic centrality."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from random import Random

import numpy as np
from numpy.typing import NDArray

from graph.network import FloatArray, IntArray, Network, bit_parallel
from graph.network.bit_parallel import Sums
from graph.network.compiled import kernel
from graph.network.components import weak
from graph.network.lengths import nearest, roads
from graph.network.sampling import pivots
from graph.network.threads import Tick, each, one, parts, silent

__all__ = ["closeness", "distances", "harmonic", "levels"]

Places = NDArray[np.int32]
_CHUNK = 400_000


def levels(network: Network, sources: Sequence[int], *, most: int | None = None, tick: Tick = silent) -> Places:
    """How many steps each node (n) is from the nearest source, along the ties; -1 where it is not reached, or not within `most`.

    O(n + m) time, memory 8 bytes a node. Moore (1959).

    >>> levels(Network.of("abcd", np.array([0, 1]), np.array([1, 2])), [0]).tolist()
    [0, 1, 2, -1]
    """
    steps = len(network) if most is None else most
    return one(lambda: _levels(network.indptr, network.indices, np.array(sources, np.int64), steps), tick)


def distances(network: Network, sources: Sequence[int], *, weighted: bool = True, tick: Tick = silent) -> FloatArray:
    """How far each node (n) is from the nearest source, the weights being lengths ≥ 0; infinite where it is not reached.

    O((n + m)·log n) time, O(n + m) memory, Dijkstra (1959); without weights O(n + m) and O(n).

    >>> distances(Network.of("abc", np.array([0, 1, 0]), np.array([1, 2, 2]), np.array([0.5, 0.5, 2.0])), [0]).tolist()
    [0.0, 0.5, 1.0]
    """
    ways = roads(network) if weighted else network
    return one(partial(_distances, ways, np.array(sources, np.int64), weighted), tick)


def closeness(
    network: Network,
    nodes: Sequence[int] | None = None,
    *,
    weighted: bool = False,
    wf_improved: bool = True,
    k: int | None = None,
    seed: int | Random = 0,
    tick: Tick = silent,
) -> FloatArray:
    """The inverse of the mean distance to each node (n, or of `nodes` alone) from those that reach it. Freeman (1979).

    Parameters
    ----------
    network : with directions, distances are those along the ties to the node: take `network.reverse` for those from it.
    weighted : the weights are lengths ≥ 0.
    wf_improved : multiplied by the share of nodes that reach it, as Wasserman & Faust (1994) do for networks that fall apart.
    k, seed : only from k nodes, drawn as networkx draws, in place of all. Eppstein & Wang (2004). Where all nodes reach each other, the
        mean distance is off by at most Δ · `sampling.error_bound(n - 1, k - 1)`, Δ the greatest distance, at all nodes at once, with 95 %.

    Notes
    -----
    Exact O(n·(n + m)/64): 64 searches at once. With k that in place of n; weighted O(n·m·log n). Memory 60 bytes a node and thread.

    Examples
    --------
    >>> closeness(Network.of("abc", np.array([0, 1]), np.array([1, 2]))).round(4).tolist()
    [0.6667, 1.0, 0.6667]
    """
    n = len(network)
    if nodes is None:
        sources = pivots(n, k, seed)
        count, total, _ = _sums(network, sources, weighted, tick)
        others = np.full(n, float(len(sources)))
        others[sources] -= 1
    else:
        count, total, _ = _sums_of(network.reverse, nodes, weighted, tick)
        others = np.full(len(nodes), n - 1.0)
    near: FloatArray = np.divide(count, total, out=np.zeros(len(total)), where=total > 0)
    share: FloatArray = np.divide(count, others, out=np.full(len(near), np.nan if k == 1 else 0.0), where=others > 0)
    return near * share if wf_improved else near


def harmonic(
    network: Network,
    sources: Sequence[int] | None = None,
    *,
    weighted: bool = False,
    k: int | None = None,
    seed: int | Random = 0,
    tick: Tick = silent,
) -> FloatArray:
    """The sum of the inverse distances to each node (n) from all others, or from the `sources` alone. Boldi & Vigna (2014).

    Directions and weights are taken as `closeness` takes them, and it costs the same: O(n·(n + m)/64), weighted O(n·m·log n), memory
    60 bytes a node and thread. A distance of 0 does not count.
    From k nodes drawn for all it is scaled to all. Without weights, divided by n - 1, that is off by at most
    `sampling.error_bound(n - 1, k - 1)`, at all nodes at once, with a probability of 95 %.

    >>> harmonic(Network.of("abc", np.array([0, 1]), np.array([1, 2]))).tolist()
    [1.5, 2.0, 1.5]
    """
    n = len(network)
    if sources is not None:
        return _sums(network, np.unique(np.array(sources, np.int64)), weighted, tick)[2]
    drawn = pivots(n, k, seed)
    inverse, others = _sums(network, drawn, weighted, tick)[2], np.full(n, float(len(drawn)))
    others[drawn] -= 1
    scale: FloatArray = np.divide(n - 1, others, out=np.full(n, np.nan if k == 1 and n > 1 else 1.0), where=others > 0)
    return inverse * scale


def _sums(network: Network, sources: IntArray, weighted: bool, tick: Tick) -> Sums:
    """How many other sources reach each node (n), the sum of their distances, the sum of the inverses."""
    jobs: list[Callable[[], Sums]]
    if weighted:
        ways = roads(network)
        most = max(1, _CHUNK // (len(ways) + len(ways.indices) + 1))
        ranges = parts(len(sources), most)
        jobs = [partial(_sums_by_lengths, ways.indptr, ways.indices, ways.weights, sources[low:high]) for low, high in ranges]
    else:
        component = weak(network, tick=tick).labels
        jobs = one(lambda: bit_parallel.jobs(network, sources, component), tick)
    count, total, inverse = np.zeros(len(network), np.int64), np.zeros(len(network)), np.zeros(len(network))
    for part in each(jobs, tick):
        count += part[0]
        total += part[1]
        inverse += part[2]
    return count, total, inverse


def _sums_of(network: Network, nodes: Sequence[int], weighted: bool, tick: Tick) -> Sums:
    """The same of what is reached from each of some nodes."""
    ways = roads(network) if weighted else network
    found = list(each([partial(_sums_from, ways, node, weighted) for node in nodes], tick))
    columns = np.array(found, np.float64).reshape(-1, 3).T
    return columns[0].astype(np.int64), columns[1], columns[2]


def _sums_from(ways: Network, node: int, weighted: bool) -> tuple[int, float, float]:
    far = _distances(ways, np.array([node], np.int64), weighted)
    far = far[np.isfinite(far)]
    return len(far) - 1, float(far.sum()), float((1 / far[far > 0]).sum())


def _distances(ways: Network, sources: IntArray, weighted: bool) -> FloatArray:
    if weighted:
        return _lengths(ways.indptr, ways.indices, ways.weights, sources)
    steps = _levels(ways.indptr, ways.indices, sources, len(ways))
    return np.where(steps < 0, np.inf, steps)


@kernel
def _levels(indptr: IntArray, indices: Places, sources: IntArray, most: int) -> Places:
    n = len(indptr) - 1
    level, order, end, at = np.full(n, -1, np.int32), np.empty(n, np.int32), 0, 0
    for source in sources:
        if level[source] < 0:
            level[source], order[end] = 0, source
            end += 1
    while at < end and level[order[at]] < most:
        node = order[at]
        at += 1
        for entry in range(indptr[node], indptr[node + 1]):
            other = indices[entry]
            if level[other] < 0:
                level[other], order[end] = level[node] + 1, other
                end += 1
    return level


@kernel
def _lengths(indptr: IntArray, indices: Places, lengths: FloatArray, sources: IntArray) -> FloatArray:
    n = len(indptr) - 1
    distance, heap, order = np.full(n, np.inf), np.empty(n, np.int32), np.empty(n, np.int32)
    nearest(indptr, indices, lengths, sources, distance, heap, np.full(n, -1, np.int32), order)
    return distance


@kernel
def _sums_by_lengths(indptr: IntArray, indices: Places, lengths: FloatArray, sources: IntArray) -> Sums:
    n = len(indptr) - 1
    count, total, inverse = np.zeros(n, np.int64), np.zeros(n), np.zeros(n)
    distance, heap, slot, order = np.full(n, np.inf), np.empty(n, np.int32), np.full(n, -1, np.int32), np.empty(n, np.int32)
    for at in range(len(sources)):
        reached = nearest(indptr, indices, lengths, sources[at : at + 1], distance, heap, slot, order)
        for node in order[:reached]:
            if node != sources[at]:
                count[node] += 1
                total[node] += distance[node]
                if distance[node] > 0:
                    inverse[node] += 1 / distance[node]
            distance[node] = np.inf
    return count, total, inverse
