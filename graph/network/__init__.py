"""Networks in memory, in columns, and what is computed on them. Pure: no database, no API."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

__all__ = ["FloatArray", "IntArray", "Layer", "Matrix", "Network", "strongest", "symmetric"]

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
Matrix = sparse.csr_array[Any, tuple[int, int]]


@dataclass(frozen=True)
class Layer:
    """Ties of one kind, a column each: the ids of both ends and the weight of the tie. A direction does not matter."""

    kind: int
    a: Sequence[str]
    b: Sequence[str]
    weight: FloatArray


@dataclass(frozen=True)
class Network:
    """An undirected weighted network of n nodes and m ties, each pair at most once.

    `ids` are the nodes in order of their ids; `a` and `b` (m positions in `ids`, a < b), `weight` (m, > 0) and `kind` (m) the ties.
    """

    ids: tuple[str, ...]
    a: IntArray
    b: IntArray
    weight: FloatArray
    kind: IntArray

    @cached_property
    def matrix(self) -> Matrix:
        """The symmetric n × n matrix of the weights."""
        return symmetric(len(self.ids), self.a, self.b, self.weight)

    @cached_property
    def kinds(self) -> Matrix:
        """The symmetric n × n matrix of the kinds plus one, its entries in the places of `matrix`."""
        return symmetric(len(self.ids), self.a, self.b, self.kind + 1)


def symmetric(n: int, a: IntArray, b: IntArray, values: NDArray[Any]) -> Matrix:
    """The n × n matrix that holds each of `values`, none of them 0, at (a, b) and at (b, a)."""
    rows, columns = np.concatenate([a, b]), np.concatenate([b, a])
    matrix = sparse.csr_array((np.concatenate([values, values]), (rows, columns)), shape=(n, n))
    matrix.sort_indices()
    return matrix


def strongest(ids: Iterable[str], layers: Sequence[Layer]) -> Network:
    """The network of `ids` in which the strongest tie of each pair counts, that of the earlier layer where two are equal.

    Ties to what is not in `ids`, to itself, or without weight are left out. O(m log m).
    """
    order = tuple(sorted(ids))
    a, b, weight, kind = _columns(order, layers)
    kept = (a >= 0) & (b >= 0) & (a != b) & (weight > 0)
    low, high, weight, kind = np.minimum(a, b)[kept], np.maximum(a, b)[kept], weight[kept], kind[kept]
    by_pair = np.lexsort((-weight, high, low))
    low, high, weight, kind = low[by_pair], high[by_pair], weight[by_pair], kind[by_pair]
    first = np.append(True, (np.diff(low) != 0) | (np.diff(high) != 0))[: len(low)]
    return Network(order, low[first], high[first], weight[first], kind[first])


def _columns(order: Sequence[str], layers: Sequence[Layer]) -> tuple[IntArray, IntArray, FloatArray, IntArray]:
    place = {id: position for position, id in enumerate(order)}
    a = np.array([place.get(id, -1) for layer in layers for id in layer.a], np.int64)
    b = np.array([place.get(id, -1) for layer in layers for id in layer.b], np.int64)
    weight = np.concatenate([np.zeros(0), *(np.asarray(layer.weight, np.float64) for layer in layers)])
    kind = np.repeat(np.array([layer.kind for layer in layers], np.int64), [len(layer.a) for layer in layers])
    return a, b, weight, kind
