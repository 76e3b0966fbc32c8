"""Networks made simpler: without directions, without parallel ties, without loops."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from graph.network import FloatArray, IntArray, Network
from graph.network.compiled import kernel

__all__ = ["both_ways", "simple"]

Places = NDArray[np.int32]


def both_ways(network: Network) -> Network:
    """The matrix of a network with directions plus its transpose: every tie in the rows of both ends, a loop with twice its weight.

    One without directions is given back as it is. The `edges` of what is made are the entries of the given rows. O(n + m) time and memory.

    >>> both_ways(Network.of("ab", np.array([0, 1]), np.array([1, 1]), directed=True)).matrix.toarray().tolist()
    [[0.0, 1.0], [1.0, 2.0]]
    """
    if not network.directed:
        return network
    a = np.repeat(np.arange(len(network), dtype=np.int32), network.degree)
    weights = np.where(a == network.indices, 2 * network.weights, network.weights)
    return Network.of(network.ids, a, network.indices, weights)


def simple(network: Network, *, loops: bool = False) -> Network:
    """The same with parallel ties as one, whose weight is the sum of theirs, and with or without loops; itself where it is so.

    O(n + m) time and memory; where it is so already, no memory.

    >>> simple(Network.of("ab", np.array([0, 1, 1]), np.array([1, 0, 1]))).matrix.toarray().tolist()
    [[0.0, 2.0], [2.0, 0.0]]
    """
    if _is_simple(network.indptr, network.indices, loops):
        return network
    indptr, indices, weights, entries = _united(network.indptr, network.indices, network.weights, loops)
    return replace(network, indptr=indptr, indices=indices, weights=weights, edges=network.edges[entries])


@kernel
def _is_simple(indptr: IntArray, indices: Places, loops: bool) -> bool:
    for node in range(len(indptr) - 1):
        before = -1
        for entry in range(indptr[node], indptr[node + 1]):
            other = indices[entry]
            if other == before or (other == node and not loops):
                return False
            before = other
    return True


@kernel
def _united(indptr: IntArray, indices: Places, weights: FloatArray, loops: bool) -> tuple[IntArray, Places, FloatArray, Places]:
    starts, others = np.zeros(len(indptr), np.int64), np.empty(len(indices), np.int32)
    sums, entries = np.empty(len(indices)), np.empty(len(indices), np.int32)
    size = 0
    for node in range(len(indptr) - 1):
        before = -1
        for entry in range(indptr[node], indptr[node + 1]):
            other = indices[entry]
            if other == node and not loops:
                continue
            if other == before:
                sums[size - 1] += weights[entry]
            else:
                others[size], sums[size], entries[size] = other, weights[entry], entry
                size += 1
            before = other
        starts[node + 1] = size
    return starts, others[:size].copy(), sums[:size].copy(), entries[:size].copy()
