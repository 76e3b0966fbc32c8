"""What a network loses when a node leaves it, for every node at once (人员离开的影响)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from graph.network import FloatArray, IntArray, Network
from graph.network.compiled import kernel
from graph.network.components import lowpoints
from graph.network.simple import both_ways
from graph.network.threads import Tick, one, silent

__all__ = ["Leaving", "leaving"]

Places = NDArray[np.int32]


@dataclass(frozen=True)
class Leaving:
    """What is lost with each node (n).

    `pairs`: how many pairs of others no longer reach each other, whatever the directions of ties. `share`: its ties' part of the weight of
    all ties. `unreached`: how many others none of us reaches any more. `dominator`: the last node before it by which all ways from us lead,
    -1 if there is none. `order`: the nodes that we reach, each after its dominator.
    """

    pairs: IntArray
    share: FloatArray
    unreached: IntArray
    dominator: Places
    order: Places

    def without(self, node: int) -> IntArray:
        """The nodes, ascending, that none of us reaches any more when this one leaves. O(n)."""
        return np.flatnonzero(_below(self.dominator, self.order, node))


def leaving(network: Network, us: Sequence[int] = (), *, tick: Tick = silent) -> Leaving:
    """What the network loses with each node; `us` are those from whom others should stay in reach, along the directions of ties.

    Parameters
    ----------
    network : with or without directions, loops and parallel ties.
    us : positions of nodes. When one of us leaves, the others of us stay.

    Notes
    -----
    Exact. Pairs by the blocks of a depth-first search, O(n + m), Hopcroft & Tarjan (1973). Reach by the dominators from all of us, with
    Semi-NCA: O(m·log n) as a rule, O(n²) at worst; Georgiadis, Tarjan & Werneck, Journal of Graph Algorithms and Applications 10 (2006).
    Memory O(n), with directions O(n + m).

    Examples
    --------
    >>> path = Network.of("abcd", np.array([0, 1, 2]), np.array([1, 2, 3]))
    >>> lost = leaving(path, [0])
    >>> lost.pairs.tolist(), lost.unreached.tolist(), lost.without(1).tolist(), lost.share.round(2).tolist()
    ([0, 2, 2, 0], [3, 2, 1, 0], [2, 3], [0.33, 0.67, 0.67, 0.33])
    """
    rows, back, ours = both_ways(network), network.reverse, np.array(us, np.int64)
    number, parent, low = one(lambda: lowpoints(rows.indptr, rows.indices, rows.edges), tick)
    pairs = one(lambda: _pairs(number, parent, low), tick)
    ways = (network.indptr, network.indices, back.indptr, back.indices, ours)
    return Leaving(pairs, _share(network), *one(lambda: _reached(*ways), tick))


def _share(network: Network) -> FloatArray:
    loops = np.bincount(network.rows, network.weights * (network.rows == network.indices), minlength=len(network))
    if network.directed:
        lost, total = network.strength + network.reverse.strength - loops, network.weights.sum()
    else:
        lost, total = network.strength, (network.weights.sum() + loops.sum()) / 2
    return lost / total if total > 0 else np.zeros(len(network))


@kernel
def _pairs(number: Places, parent: Places, low: Places) -> IntArray:
    """Of a depth-first search: what is below a child that is tied to nothing above its parent is a piece of its own without that."""
    n = len(number)
    order, size, cut, squares = np.empty(n, np.int32), np.ones(n, np.int64), np.zeros(n, np.int64), np.zeros(n, np.int64)
    order[number] = np.arange(n)
    for node in order[::-1]:
        over = parent[node]
        if over >= 0:
            size[over] += size[node]
            if low[node] >= number[over]:
                cut[over] += size[node]
                squares[over] += size[node] ** 2
    for node in order:
        # From here on the size is that of the whole component.
        if parent[node] >= 0:
            size[node] = size[parent[node]]
        others = size[node] - 1
        squares[node] = (others**2 - (others - cut[node]) ** 2 - squares[node]) // 2
    return squares


@kernel
def _reached(indptr: IntArray, indices: Places, back: IntArray, origins: Places, us: IntArray) -> tuple[IntArray, Places, Places]:
    """How many nodes each dominates, its dominator, and the nodes reached in the order of a depth-first search.

    In here nodes go by their numbers in that search; 0 is a node before all of us.
    """
    n = len(indptr) - 1
    number, order, parent = _tree(indptr, indices, us)
    size = len(order)
    semi, label, above = np.arange(size + 1), np.arange(size + 1), parent.copy()
    stack, is_ours = np.empty(size + 1, np.int64), np.zeros(n, np.bool_)
    is_ours[us] = True
    for at in range(size, 0, -1):
        node = order[at - 1]
        semi[at] = 0 if is_ours[node] else parent[at]
        for entry in range(back[node], back[node + 1]):
            before = int(number[origins[entry]])
            if before:
                semi[at] = min(semi[at], semi[_best(above, label, semi, before, at + 1, stack)])
    dominator, dominated, below = np.full(n, -1, np.int32), np.zeros(n, np.int64), np.zeros(size + 1, np.int64)
    for at in range(1, size + 1):
        while parent[at] > semi[at]:
            parent[at] = parent[parent[at]]
        if parent[at]:
            dominator[order[at - 1]] = order[parent[at] - 1]
    for at in range(size, 0, -1):
        dominated[order[at - 1]] = below[at]
        below[parent[at]] += below[at] + 1
    return dominated, dominator, order


@kernel
def _tree(indptr: IntArray, indices: Places, us: IntArray) -> tuple[IntArray, Places, IntArray]:
    """A depth-first search from us: the number of each node, 0 if it is not reached; the nodes in that order; by number, the parent."""
    n = len(indptr) - 1
    number, parent, order = np.zeros(n, np.int64), np.zeros(n + 1, np.int64), np.empty(n, np.int32)
    at, size = indptr[:-1].copy(), 0
    for root in us:
        node = root if number[root] == 0 else -1
        while node >= 0:
            if number[node] == 0:
                order[size] = node
                size += 1
                number[node] = size
            if at[node] < indptr[node + 1]:
                other = indices[at[node]]
                at[node] += 1
                if number[other] == 0:
                    parent[size + 1] = number[node]
                    node = other
            else:
                above = parent[number[node]]
                node = order[above - 1] if above else -1
    return number, order[:size].copy(), parent[: size + 1].copy()


@kernel
def _best(above: IntArray, label: IntArray, semi: IntArray, node: int, first: int, stack: IntArray) -> int:
    """The node of the least `semi` on the way up from a node through those numbered `first` or more; what was climbed gets shorter."""
    size = 0
    while above[node] >= first:
        stack[size] = node
        size += 1
        node = above[node]
    best = label[node]
    while size:
        size -= 1
        below = stack[size]
        above[below] = above[node]
        if semi[best] < semi[label[below]]:
            label[below] = best
        else:
            best = label[below]
        node = below
    return int(best)


@kernel
def _below(dominator: Places, order: Places, node: int) -> NDArray[np.bool_]:
    below = np.zeros(len(dominator), np.bool_)
    for each in order:
        above = dominator[each]
        if above >= 0:
            below[each] = above == node or below[above]
    return below
