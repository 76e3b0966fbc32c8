"""What holds together: weak and strong components, and the nodes and ties without which a component falls apart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from graph.network import IntArray, Network
from graph.network.compiled import kernel
from graph.network.threads import Tick, one, silent

__all__ = ["Components", "articulation_points", "bridges", "lowpoints", "strong", "undirected", "weak"]

Places = NDArray[np.int32]
# Ties of each node after which most nodes are in one part.
_FEW = 2


@dataclass(frozen=True)
class Components:
    """How many there are, and in which each node is (n); they are numbered by their first nodes, unless told."""

    count: int
    labels: Places

    @property
    def sizes(self) -> IntArray:
        """How many nodes each has."""
        return np.bincount(self.labels, minlength=self.count)


def weak(network: Network, *, tick: Tick = silent) -> Components:
    """The parts between which there is no tie, whatever its direction. Union by the lesser node, paths halved.

    Two ties of each node first: that leaves most of them in one part. Without directions the ties of that part need not be looked at, as
    one that leads out of it stands in the row of its other end too. Sutton, Ben-Nun & Barak, IPDPS (2018).
    O(m·α(n)) time, as a rule O(n), and O(n) memory.

    >>> ours = Network.of("abcd", np.array([3, 0]), np.array([1, 2]), directed=True)
    >>> weak(ours).labels.tolist(), weak(ours).sizes.tolist()
    ([0, 1, 0, 1], [2, 2])
    """
    return Components(*one(lambda: _weak(network.indptr, network.indices, network.directed), tick))


def strong(network: Network, *, sinks_first: bool = False, tick: Tick = silent) -> Components:
    """The parts in which each node is reached from each other; without directions those of `weak`.

    They are numbered by their first nodes or, with `sinks_first`, each after all those that its ties lead to.
    O(n + m) time, O(n) memory. Tarjan (1972).

    >>> cycle_and_tail = Network.of("abc", np.array([0, 1, 1]), np.array([1, 0, 2]), directed=True)
    >>> strong(cycle_and_tail).labels.tolist()
    [0, 0, 1]
    """
    if not network.directed:
        return weak(network, tick=tick)
    return Components(*one(lambda: _strong(network.indptr, network.indices, sinks_first), tick))


def articulation_points(network: Network, *, tick: Tick = silent) -> IntArray:
    """The nodes, ascending, without which the others of their component are cut off from each other.

    Ties must have no direction (ValueError). O(n + m) time, O(n) memory. Hopcroft & Tarjan (1973).

    >>> articulation_points(Network.of("abcd", np.array([0, 1, 2]), np.array([1, 2, 3]))).tolist()
    [1, 2]
    """
    rows = undirected(network)
    number, parent, low = one(lambda: lowpoints(rows.indptr, rows.indices, rows.edges), tick)
    below = np.flatnonzero(parent >= 0)
    roots = parent[parent[below]] < 0
    cut = low[below] >= number[parent[below]]
    children = np.bincount(parent[below][roots], minlength=len(rows))
    return np.union1d(parent[below][cut & ~roots], np.flatnonzero(children > 1)).astype(np.int64)


def bridges(network: Network, *, tick: Tick = silent) -> IntArray:
    """The ends (k, 2) of the ties without which their component falls apart, the lesser first, ascending.

    Parallel ties are none, loops neither. Ties must have no direction (ValueError). O(n + m) time, O(n) memory. Tarjan (1974).

    >>> bridges(Network.of("abc", np.array([0, 1, 2]), np.array([1, 0, 1]))).tolist()
    [[1, 2]]
    """
    rows = undirected(network)
    number, parent, low = one(lambda: lowpoints(rows.indptr, rows.indices, rows.edges), tick)
    below = np.flatnonzero((parent >= 0) & (low == number))
    ends = np.sort(np.column_stack([below, parent[below]]), axis=1).astype(np.int64)
    return ends[np.lexsort((ends[:, 1], ends[:, 0]))]


def undirected(network: Network) -> Network:
    """The same; ValueError if its ties have directions. O(1), no memory.

    >>> undirected(Network.of("ab", np.array([0]), np.array([1]), directed=True))
    Traceback (most recent call last):
    ValueError: ties must have no direction
    """
    if network.directed:
        raise ValueError("ties must have no direction")
    return network


@kernel
def _weak(indptr: IntArray, indices: Places, directed: bool) -> tuple[int, Places]:
    n = len(indptr) - 1
    above, largest = np.arange(n).astype(np.int32), -1
    for node in range(n):
        _unite(above, node, indices[indptr[node] : min(indptr[node] + _FEW, indptr[node + 1])])
    if n and not directed:
        for node in range(n):
            above[node] = above[above[node]]
        largest = int(np.argmax(np.bincount(above)))
    for node in range(n):
        if above[node] != largest:
            _unite(above, node, indices[min(indptr[node] + _FEW, indptr[node + 1]) : indptr[node + 1]])
    count = 0
    for node in range(n):
        if above[node] == node:
            above[node] = count
            count += 1
        else:
            above[node] = above[above[node]]
    return count, above


@kernel
def _unite(above: Places, node: int, others: Places) -> None:
    for other in others:
        a, b = node, other
        while above[a] != above[b]:
            # The greater of both is led towards the lesser, and so shortens its path.
            if above[a] < above[b]:
                a, b = b, a
            following = above[a]
            above[a] = above[b]
            if following == a:
                break
            a = following


@kernel
def _strong(indptr: IntArray, indices: Places, sinks_first: bool) -> tuple[int, Places]:
    n = len(indptr) - 1
    number, low, label = np.full(n, -1, np.int32), np.empty(n, np.int32), np.full(n, -1, np.int32)
    parent, at, open_ = np.full(n, -1, np.int32), indptr[:-1].copy(), np.empty(n, np.int32)
    size, waiting, count = 0, 0, 0
    for root in range(n):
        node = root if number[root] < 0 else -1
        while node >= 0:
            if number[node] < 0:
                number[node] = low[node] = size
                open_[waiting] = node
                size += 1
                waiting += 1
            if at[node] < indptr[node + 1]:
                other = indices[at[node]]
                at[node] += 1
                if number[other] < 0:
                    parent[other] = node
                    node = other
                elif label[other] < 0:
                    low[node] = min(low[node], number[other])
                continue
            if low[node] == number[node]:
                while label[node] < 0:
                    waiting -= 1
                    label[open_[waiting]] = count
                count += 1
            above = parent[node]
            if above >= 0:
                low[above] = min(low[above], low[node])
            node = above
    return count, label if sinks_first else _by_first_node(count, label)


@kernel
def _by_first_node(count: int, label: Places) -> Places:
    names, used = np.full(count, -1, np.int32), 0
    for node in range(len(label)):
        if names[label[node]] < 0:
            names[label[node]] = used
            used += 1
        label[node] = names[label[node]]
    return label


@kernel
def lowpoints(indptr: IntArray, indices: Places, edges: Places) -> tuple[Places, Places, Places]:
    """Of a depth-first search over ties without direction: the `number` of each node, in the order found, its `parent` (-1 of a root),
    and its `low`: the least number that it and those below it are tied to, other than by the ties of the tree.
    """
    n = len(indptr) - 1
    number, parent, low, via = np.full(n, -1, np.int32), np.full(n, -1, np.int32), np.empty(n, np.int32), np.full(n, -1, np.int32)
    at, size = indptr[:-1].copy(), 0
    for root in range(n):
        node = root if number[root] < 0 else -1
        while node >= 0:
            if number[node] < 0:
                number[node] = low[node] = size
                size += 1
            if at[node] < indptr[node + 1]:
                entry = at[node]
                other = indices[entry]
                at[node] += 1
                if number[other] < 0:
                    parent[other], via[other] = node, edges[entry]
                    node = other
                elif edges[entry] != via[node]:
                    low[node] = min(low[node], number[other])
            else:
                above = parent[node]
                if above >= 0:
                    low[above] = min(low[above], low[node])
                node = above
    return number, parent, low
