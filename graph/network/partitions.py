"""Partitions of a network's nodes: a label for each."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from graph.network import FloatArray, IntArray
from graph.network.compiled import kernel

__all__ = ["connected", "grouped", "numbered", "totals"]

Places = NDArray[np.int32]


def totals(labels: Places, values: NDArray[np.generic], count: int = 0) -> FloatArray:
    """The sum of the values of each label, at least `count` of them."""
    return np.bincount(labels, values, count).astype(np.float64)


@kernel
def grouped(labels: Places, count: int) -> tuple[IntArray, Places]:
    """Where the items of each of `count` labels start (count + 1), and the items, of equal labels in their order."""
    starts = np.zeros(count + 1, np.int64)
    for label in labels:
        starts[label + 1] += 1
    starts = np.cumsum(starts)
    at, items = starts[:-1].copy(), np.empty(len(labels), np.int32)
    for item, label in enumerate(labels):
        items[at[label]] = item
        at[label] += 1
    return starts, items


@kernel
def numbered(labels: Places) -> Places:
    """The same partition with labels 0, 1, … in the order in which they first stand there."""
    number, out, many = np.full(len(labels), -1, np.int32), np.empty(len(labels), np.int32), 0
    for item, label in enumerate(labels):
        if number[label] < 0:
            number[label], many = many, many + 1
        out[item] = number[label]
    return out


@kernel
def connected(indptr: IntArray, indices: Places, weights: FloatArray, labels: Places) -> Places:
    """The components of the communities: to split one that is not connected is always a gain."""
    n = len(labels)
    found, queue, many = np.full(n, -1, np.int32), np.empty(n, np.int32), 0
    for start in range(n):
        if found[start] >= 0:
            continue
        found[start], queue[0], head, tail = many, start, 0, 1
        while head < tail:
            node = queue[head]
            head += 1
            for entry in range(indptr[node], indptr[node + 1]):
                other = indices[entry]
                if found[other] < 0 and labels[other] == labels[start] and weights[entry] > 0:
                    found[other], queue[tail], tail = many, other, tail + 1
        many += 1
    return found
