"""How closely knit a network is around each node: cores, triangles, clustering, and the holes a node bridges (结构洞).

Loops and parallel ties are treated as networkx treats them, or, where networkx refuses them, as each function says.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from graph.network import FloatArray, IntArray, Network, threads
from graph.network.compiled import kernel
from graph.network.rows import alike, sums
from graph.network.simple import both_ways, simple
from graph.network.threads import Tick, each, one, silent
from graph.network.work import balanced, reach

__all__ = ["clustering", "constraint", "core_numbers", "effective_size", "triangles"]

Places = NDArray[np.int32]
# With fewer entries, or fewer who leave at once, threads would wait for each other longer than they work.
_LARGE, _MANY = 5_000_000, 5_000
_Egos = Callable[[IntArray, Places, FloatArray, FloatArray, IntArray], FloatArray]


def core_numbers(network: Network, *, tick: Tick = silent) -> Places:
    """The core number of each node (n): the largest k such that it is in a part of the network where everybody has k ties or more.

    With directions the ties that come and go are counted together, so a pair tied both ways has two; parallel ties count each, loops
    (which networkx refuses) do not. O(n + m) time, O(n) memory. Whoever has k ties left is taken away, and whom that leaves with k, for
    one k after the other: what they have left is their number. Batagelj & Zaveršnik (2003), arXiv:cs/0310049; in rounds as by Dasari,
    Ranjan & Zubair, IEEE Big Data (2014).

    >>> triangle_and_tail = Network.of("abcd", np.array([0, 1, 2, 2]), np.array([1, 2, 0, 3]))
    >>> core_numbers(triangle_and_tail).tolist()
    [2, 2, 2, 1]
    """
    rows = one(lambda: both_ways(network), tick)
    left, large = np.empty(len(rows), np.int32), len(rows.indices) > _LARGE
    shares = alike(rows.indptr, threads.count() if large else 1)
    list(each([partial(_count, rows.indptr, rows.indices, left, *share) for share in shares], lambda _: tick(0)))
    if large:
        _peel(rows, left, shares, tick)
    else:
        one(partial(_peel_small, rows.indptr, rows.indices, left), tick)
    return left


def _peel(rows: Network, left: Places, shares: Sequence[tuple[int, int]], tick: Tick) -> None:
    """Each thread takes ties from the nodes of its own share, as long as many leave at once."""
    waiting, k = [np.arange(*share, dtype=np.int32) for share in shares], 0

    def gone(_: float) -> None:
        tick(1 - sum(map(len, waiting)) / len(rows))

    while any(map(len, waiting)):
        parted = list(each([partial(_parted, left, some, k) for some in waiting], gone))
        waiting, leaving = [more for more, _ in parted], np.concatenate([equal for _, equal in parted])
        if not len(leaving):
            k = min((int(left[some].min()) for some in waiting if len(some)), default=k)
            continue
        while len(leaving) > _MANY:
            taking = [partial(take_share, rows.indptr, rows.indices, left, leaving, k, *share) for share in shares]
            leaving = np.concatenate(list(each(taking, gone)))
        one(partial(_take_all, rows.indptr, rows.indices, left, leaving, k), gone)
        k += 1


@kernel
def _peel_small(indptr: IntArray, indices: Places, left: Places) -> None:
    waiting, k = np.arange(len(left)).astype(np.int32), 0
    while len(waiting):
        waiting, leaving = _parted(left, waiting, k)
        _take_all(indptr, indices, left, leaving, k)
        k += 1


@kernel
def _count(indptr: IntArray, indices: Places, left: Places, start: int, end: int) -> None:
    """How many ties some nodes have, loops aside."""
    for node in range(start, end):
        left[node] = indptr[node + 1] - indptr[node]
        for other in indices[indptr[node] : indptr[node + 1]]:
            left[node] -= int(other == node)


@kernel
def _parted(left: Places, nodes: Places, k: int) -> tuple[Places, Places]:
    """Those of the nodes that have more than k ties left, and those that have k."""
    more, equal, many, few = np.empty_like(nodes), np.empty_like(nodes), 0, 0
    for node in nodes:
        if left[node] > k:
            more[many], many = node, many + 1
        elif left[node] == k:
            equal[few], few = node, few + 1
    return more[:many], equal[:few]


@kernel
def take_share(indptr: IntArray, indices: Places, left: Places, leaving: Places, k: int, start: int, end: int) -> Places:
    """Takes away the ties of those who leave from the nodes of a share alone; whom that leaves with k of them."""
    following, many = np.empty(end - start, np.int32), 0
    for node in leaving:
        row = indices[indptr[node] : indptr[node + 1]]
        for other in row[np.searchsorted(row, start) : np.searchsorted(row, end)]:
            if left[other] > k:
                left[other] -= 1
                if left[other] == k:
                    following[many], many = other, many + 1
    return following[:many]


@kernel
def _take_all(indptr: IntArray, indices: Places, left: Places, leaving: Places, k: int) -> None:
    """Takes away the ties of those who leave, and of those whom that leaves with k, until nobody is."""
    queue, head, tail = np.empty(len(left), np.int32), 0, len(leaving)
    queue[:tail] = leaving
    while head < tail:
        node, head = queue[head], head + 1
        for other in indices[indptr[node] : indptr[node + 1]]:
            if left[other] > k:
                left[other] -= 1
                if left[other] == k:
                    queue[tail], tail = other, tail + 1


def triangles(network: Network, *, tick: Tick = silent) -> IntArray:
    """How many triangles each node is a corner of (n), whatever the directions. O(m^1.5) time, O(n + m) memory.

    Each triangle is found once, from its corner of fewest ties: Latapy, Theoretical Computer Science 407 (2008).

    >>> square_with_diagonal = Network.of("abcd", np.array([0, 1, 2, 3, 0]), np.array([1, 2, 3, 0, 2]))
    >>> triangles(square_with_diagonal).tolist()
    [2, 1, 2, 1]
    """
    return _corners(one(lambda: simple(both_ways(network)).unweighted, tick), tick).astype(np.int64)


def clustering(network: Network, *, weighted: bool = False, tick: Tick = silent) -> FloatArray:
    """The share of a node's pairs of neighbours that are tied to each other (n), 0 where it has less than two.

    Weighted, a triangle counts the geometric mean of its weights over the largest weight of all. With directions it is the share of all
    ways in which the triangles could run. Loops do not count, parallel ties add up. O(m^1.5) time, O(n + m) memory.
    Onnela et al., Physical Review E 71 (2005); Fagiolo, Physical Review E 76 (2007).

    >>> square_with_diagonal = Network.of("abcd", np.array([0, 1, 2, 3, 0]), np.array([1, 2, 3, 0, 2]))
    >>> clustering(square_with_diagonal).round(3).tolist()
    [0.667, 1.0, 0.667, 1.0]
    """
    ties = simple(network, loops=True)
    cubic = replace(ties, weights=np.cbrt(ties.weights / (ties.weights.max(initial=0) or 1)) if weighted else np.ones(len(ties.weights)))
    counts = one(lambda: simple(both_ways(ties.unweighted)), tick)
    found = _corners(one(lambda: simple(both_ways(cubic)), tick), tick)
    pairs = counts.strength * (counts.strength - 1) / (1 if network.directed else 2)
    if network.directed:
        pairs -= 2 * sums(counts.indptr, (counts.weights == 2).astype(np.float64))
    return np.divide(found, pairs, out=np.zeros(len(network)), where=found > 0)


def _corners(network: Network, tick: Tick) -> FloatArray:
    """For each node the sum over its triangles of the product of the weights of their ties."""
    rows = one(lambda: _upward(network.indptr, network.indices, network.weights), tick)
    jobs = [partial(_triangles, *rows, start, stop) for start, stop in balanced(reach(*rows[:2], np.arange(len(network))))]
    return sum(each(jobs, tick), np.zeros(len(network)))


@kernel
def _upward(indptr: IntArray, indices: Places, weights: FloatArray) -> tuple[IntArray, Places, FloatArray]:
    """Of each row what leads to a node with more ties, or with as many and a later place."""
    starts, others, values = np.zeros(len(indptr), np.int64), np.empty(len(indices) // 2, np.int32), np.empty(len(indices) // 2)
    size = 0
    for node in range(len(indptr) - 1):
        degree = indptr[node + 1] - indptr[node]
        for entry in range(indptr[node], indptr[node + 1]):
            other = indices[entry]
            more = indptr[other + 1] - indptr[other] - degree
            if more > 0 or (more == 0 and other > node):
                others[size], values[size] = other, weights[entry]
                size += 1
        starts[node + 1] = size
    return starts, others, values


@kernel
def _triangles(indptr: IntArray, indices: Places, weights: FloatArray, start: int, stop: int) -> FloatArray:
    # A byte a node stays in the cache where a weight a node would not.
    corners, tied, weight = np.zeros(len(indptr) - 1), np.zeros(len(indptr) - 1, np.bool_), np.empty(len(indptr) - 1)
    for a in range(start, stop):
        for entry in range(indptr[a], indptr[a + 1]):
            tied[indices[entry]], weight[indices[entry]] = True, weights[entry]
        for entry in range(indptr[a], indptr[a + 1]):
            b, here = indices[entry], 0.0
            for beyond in range(indptr[b], indptr[b + 1]):
                c = indices[beyond]
                if tied[c]:
                    found = weights[entry] * weights[beyond] * weight[c]
                    corners[c] += found
                    here += found
            corners[a] += here
            corners[b] += here
        for entry in range(indptr[a], indptr[a + 1]):
            tied[indices[entry]] = False
    return corners


def constraint(
    network: Network, nodes: Sequence[int] | IntArray | None = None, *, weighted: bool = True, tick: Tick = silent
) -> FloatArray:
    """Burt's constraint of each of `nodes` (all): how much those it invests in are invested in one another. NaN where it has no tie.

    `Σ_j (p_ij + Σ_q p_iq p_qj)²` over those tied with i, p_ij the share of what both give each other in all that i gives and gets. A loop
    is a share too, as in networkx. O(Σ_j degree_j) a node, O(n) memory a thread. Burt, American Journal of Sociology 110 (2004).

    >>> star = Network.of("abcd", np.array([0, 0, 0]), np.array([1, 2, 3]))
    >>> constraint(star).round(3).tolist()
    [0.333, 1.0, 1.0, 1.0]
    """
    rows = one(lambda: _mutual(network, weighted), tick)
    return _of_egos(_constraint, rows, rows.strength, nodes, tick)


def effective_size(
    network: Network, nodes: Sequence[int] | IntArray | None = None, *, weighted: bool = True, tick: Tick = silent
) -> FloatArray:
    """How many contacts each of `nodes` (all) has without those it would reach through another anyway. NaN where it has no tie.

    `Σ_j (1 - Σ_q p_iq m_jq)` over those tied with i, p as in `constraint`, m_jq what j and q give each other over the most that j exchanges
    with anybody. O(Σ_j degree_j) a node, O(n) memory a thread. Burt, Structural Holes (1992); Borgatti, Connections 20 (1997).

    >>> star = Network.of("abcd", np.array([0, 0, 0]), np.array([1, 2, 3]))
    >>> effective_size(star).tolist()
    [3.0, 1.0, 1.0, 1.0]
    """
    rows = one(lambda: _mutual(network, weighted), tick)
    most = np.maximum.reduceat(np.append(rows.weights, 0), rows.indptr[:-1]) if len(rows) else np.zeros(0)
    return _of_egos(_effective_size, rows, most, nodes, tick)


def _mutual(network: Network, weighted: bool) -> Network:
    return simple(both_ways(network if weighted else network.unweighted), loops=True)


def _of_egos(measure: _Egos, rows: Network, scale: FloatArray, nodes: Sequence[int] | IntArray | None, tick: Tick) -> FloatArray:
    egos = np.arange(len(rows)) if nodes is None else np.asarray(nodes, np.int64)
    ranges = balanced(reach(rows.indptr, rows.indices, egos))
    jobs = [partial(measure, rows.indptr, rows.indices, rows.weights, scale, egos[start:stop]) for start, stop in ranges]
    return np.concatenate([np.zeros(0), *each(jobs, tick)])


@kernel
def _constraint(indptr: IntArray, indices: Places, weights: FloatArray, strength: FloatArray, egos: IntArray) -> FloatArray:
    out, invested, near = np.full(len(egos), np.nan), np.zeros(len(indptr) - 1), np.zeros(len(indptr) - 1, np.bool_)
    for place, ego in enumerate(egos):
        first, last, found, alone = indptr[ego], indptr[ego + 1], 0.0, True
        for entry in range(first, last):
            invested[indices[entry]], near[indices[entry]] = weights[entry] / strength[ego], weights[entry] > 0
            alone = alone and (indices[entry] == ego or weights[entry] == 0)
        for entry in range(first, last):
            through = indices[entry]
            share = weights[entry] / strength[ego] / strength[through] if near[through] else 0.0
            for beyond in range(indptr[through], indptr[through + 1]):
                if near[indices[beyond]]:
                    invested[indices[beyond]] += share * weights[beyond]
        for entry in range(first, last):
            found += invested[indices[entry]] ** 2 if near[indices[entry]] else 0.0
            near[indices[entry]] = False
        if not alone:
            out[place] = found
    return out


@kernel
def _effective_size(indptr: IntArray, indices: Places, weights: FloatArray, most: FloatArray, egos: IntArray) -> FloatArray:
    out, share = np.full(len(egos), np.nan), np.zeros(len(indptr) - 1)
    for place, ego in enumerate(egos):
        first, last, found, alone, total = indptr[ego], indptr[ego + 1], 0.0, True, 0.0
        for entry in range(first, last):
            total += weights[entry]
            alone = alone and (indices[entry] == ego or weights[entry] == 0)
        for entry in range(first, last):
            share[indices[entry]] = weights[entry] / total
        for entry in range(first, last):
            contact, redundant = indices[entry], 0.0
            for beyond in range(indptr[contact], indptr[contact + 1]):
                redundant += share[indices[beyond]] * weights[beyond]
            found += 1 - redundant / most[contact] if weights[entry] > 0 else 0.0
        for entry in range(first, last):
            share[indices[entry]] = 0
        if not alone:
            out[place] = found
    return out
