"""Networks in memory, in columns, and what is computed on them. Pure: no database, no API."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from graph.network.rows import compressed, sums, taken, transposed

__all__ = ["FloatArray", "IntArray", "Layer", "Matrix", "Network", "strongest"]

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
Places = NDArray[np.int32]
Matrix = sparse.csr_array[Any, tuple[int, int]]


@dataclass(frozen=True, eq=False)
class Network:
    """n nodes and m ties, in compressed rows: the ties of node i are the entries `indptr[i]` to `indptr[i + 1]`.

    `indptr` (n + 1), and of each entry: `indices` the node at its other end, ascending in a row, `weights`, `edges` which of the given ties
    it is. A tie without direction stands in the rows of both ends, a loop once. `kind` (m) are the kinds of the ties, `node_kind` (n) of
    the nodes, if they have any. Nothing in it is ever changed.
    """

    ids: Sequence[Any]
    indptr: IntArray
    indices: Places
    weights: FloatArray
    edges: Places
    directed: bool = False
    kind: NDArray[np.uint8] | None = None
    node_kind: NDArray[np.uint8] | None = None

    @classmethod
    def of(
        cls,
        ids: Sequence[Any],
        a: NDArray[np.integer],
        b: NDArray[np.integer],
        weight: NDArray[np.floating] | None = None,
        *,
        directed: bool = False,
        kind: NDArray[np.integer] | None = None,
        node_kind: NDArray[np.integer] | None = None,
    ) -> Network:
        """The network of m ties from `a` to `b` (positions in `ids`), each of weight 1 unless told.

        O(n + m log d) time for rows of d entries, O(n + m) memory. ValueError where an end is no position.

        >>> Network.of("abc", np.array([0, 1]), np.array([1, 2]), np.array([0.5, 2.0])).matrix.toarray().tolist()
        [[0.0, 0.5, 0.0], [0.5, 0.0, 2.0], [0.0, 2.0, 0.0]]
        """
        if len(a) != len(b) or (len(a) and not 0 <= min(a.min(), b.min()) <= max(a.max(), b.max()) < len(ids)):
            raise ValueError("the ends of ties are positions in ids")
        indptr, indices, edges = compressed(len(ids), a.astype(np.int32), b.astype(np.int32), directed)
        weights = np.ones(len(indices)) if weight is None else taken(weight.astype(np.float64), edges)
        kinds = (None if each is None else each.astype(np.uint8) for each in (kind, node_kind))
        return cls(ids, indptr, indices, weights, edges, directed, *kinds)

    # What networkx asks a graph of a backend for (`graph.networkx_backend`).
    __networkx_backend__ = "guanxi"

    def __len__(self) -> int:
        return len(self.ids)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.ids)

    def is_directed(self) -> bool:
        return self.directed

    def is_multigraph(self) -> bool:
        """Whether two nodes have more than one tie in the same direction."""
        return bool(np.any((np.diff(self.indices) == 0) & (np.diff(self.rows) == 0)))

    @cached_property
    def place(self) -> dict[Any, int]:
        """Id → position."""
        return {id: place for place, id in enumerate(self.ids)}

    @cached_property
    def reverse(self) -> Network:
        """The same with every tie turned round; itself where ties have no direction."""
        if not self.directed:
            return self
        indptr, indices, entries = transposed(len(self), self.indptr, self.indices)
        return replace(self, indptr=indptr, indices=indices, weights=self.weights[entries], edges=self.edges[entries])

    @cached_property
    def rows(self) -> Places:
        """The node in whose row each entry stands."""
        return np.repeat(np.arange(len(self), dtype=np.int32), self.degree)

    @cached_property
    def degree(self) -> IntArray:
        """How many entries the row of each node has."""
        return np.diff(self.indptr)

    @cached_property
    def strength(self) -> FloatArray:
        """The sum of the weights of each row."""
        return sums(self.indptr, self.weights)

    def neighbours(self, node: int) -> Places:
        """The other ends of the ties of a node, ascending."""
        return self.indices[self.indptr[node] : self.indptr[node + 1]]

    def entry(self, a: int, b: int) -> int:
        """Where the tie from `a` to `b` stands in the row of `a`; KeyError if there is none."""
        row = self.neighbours(a)
        at = int(np.searchsorted(row, b))
        if at == len(row) or row[at] != b:
            raise KeyError((a, b))
        return int(self.indptr[a]) + at

    def weighted(self, weight: NDArray[np.floating]) -> Network:
        """The same with other weights, one for each given tie."""
        return replace(self, weights=taken(weight.astype(np.float64), self.edges))

    @cached_property
    def unweighted(self) -> Network:
        """The same with every weight 1."""
        return replace(self, weights=np.ones(len(self.indices)))

    @cached_property
    def matrix(self) -> Matrix:
        """The n × n matrix of the weights."""
        return sparse.csr_array((self.weights, self.indices, self.indptr), shape=(len(self), len(self)))


@dataclass(frozen=True)
class Layer:
    """Ties of one kind, a column each: the positions of both ends, -1 for a stranger, and the weight. A direction does not matter."""

    kind: int
    a: Places
    b: Places
    weight: FloatArray


def strongest(ids: Sequence[Any], layers: Sequence[Layer]) -> Network:
    """The network of `ids` in which the strongest tie of each pair counts, that of the earlier layer where two are equal.

    Ties to strangers, to itself, or without weight are left out. O(m log m) time, O(n + m) memory.

    >>> one, other = np.array([0, 1, 2]), np.array([1, 0, -1])
    >>> strongest("abc", [Layer(0, one, other, np.array([0.2, 0.4, 0.9]))]).matrix.toarray().tolist()
    [[0.0, 0.4, 0.0], [0.4, 0.0, 0.0], [0.0, 0.0, 0.0]]
    """
    ties = [(np.zeros(0, np.int32),) * 2, *((layer.a, layer.b) for layer in layers)]
    a, b = (np.concatenate(ends).astype(np.int64) for ends in zip(*ties, strict=True))
    weight = np.concatenate([np.zeros(0), *(layer.weight for layer in layers)])
    kind = np.repeat(np.array([layer.kind for layer in layers], np.int64), [len(layer.a) for layer in layers])
    kept = (a >= 0) & (b >= 0) & (a != b) & (weight > 0)
    # A pair is one number, of which its ends are the quotient and the rest.
    pair, weight, kind = (np.minimum(a, b) * len(ids) + np.maximum(a, b))[kept], weight[kept], kind[kept]
    order = np.lexsort((-weight, pair))
    pair, weight, kind = pair[order], weight[order], kind[order]
    first = np.append(True, np.diff(pair) != 0)[: len(pair)]
    low, high = np.divmod(pair[first], max(len(ids), 1))
    return Network.of(ids, low, high, weight[first], kind=kind[first])
