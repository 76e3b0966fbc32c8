"""How central each node of a network is, as numbers that explain themselves.

Every measure here is given as what a node has of its `own` and what it is `passing` on per unit of tie weight, so that

    score = own + matrix · passing

holds entry by entry: what node j gives node i is `matrix[i, j] * passing[j]`. Matrices are symmetric with weights ≥ 0.
`tick` is called between the steps of a computation; what it raises ends it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.linalg import eigh_tridiagonal
from scipy.sparse.linalg import LinearOperator, cg

from graph.network import FloatArray, Matrix

Tick = Callable[[float], None]
_TOLERANCE = 1e-12
_KRYLOV = 40
_CHUNK = 8


@dataclass(frozen=True)
class Centrality:
    """The scores (n) of a network's nodes, and what they are made of."""

    scores: FloatArray
    own: FloatArray
    passing: FloatArray


def _ignore(_: float) -> None:
    return None


def katz(matrix: Matrix, alpha: float = 0.95, tick: Tick = _ignore) -> Centrality:
    """Katz centrality `x = alpha/λ · matrix · x + 1`, λ the largest eigenvalue, taken as 1 where there is no tie.

    Solved by conjugate gradients: the system is symmetric and, for alpha < 1, positive definite with condition (1+alpha)/(1-alpha).
    O(m · √condition). Katz, Psychometrika 18 (1953).
    """
    n = matrix.shape[0]
    factor = alpha / largest_eigenvalue(matrix, tick)
    system = LinearOperator((n, n), lambda x: x - factor * (matrix @ x), dtype=np.float64)
    x, _ = cg(system, np.ones(n), rtol=_TOLERANCE, callback=lambda _: tick(0.5))
    return _composed(matrix, np.ones(n), factor * x)


def pagerank(matrix: Matrix, damping: float = 0.85, tick: Tick = _ignore) -> Centrality:
    """PageRank, summing to 1; a node without ties passes its rank to all alike. O(m · log ε / log damping). Brin & Page (1998)."""
    n = matrix.shape[0]
    strength = np.asarray(matrix.sum(axis=1)).ravel()
    tied = strength > 0
    inverse = np.divide(1, strength, out=np.zeros(n), where=tied)
    x, own = np.full(n, 1 / max(n, 1)), np.zeros(n)
    change = np.inf
    while change > _TOLERANCE and n:
        tick(0.5)
        own = np.full(n, (1 - damping + damping * x[~tied].sum()) / n)
        x, before = own + damping * (matrix @ (x * inverse)), x
        change = np.abs(x - before).sum()
    return _composed(matrix, own, damping * x * inverse)


def eigenvector(matrix: Matrix, tick: Tick = _ignore) -> Centrality:
    """Eigenvector centrality: the share of `1…1` in the space of the largest eigenvalue, of length 1. Bonacich (1987)."""
    value, vector = _leading(matrix.__matmul__, matrix.shape[0], tick)
    return _composed(matrix, np.zeros(matrix.shape[0]), vector / value)


def hits(matrix: Matrix, tick: Tick = _ignore) -> Centrality:
    """HITS authorities, summing to 1; without directions they are hubs too, but where the network is bipartite. Kleinberg (1999)."""
    n = matrix.shape[0]
    value, vector = _leading(lambda x: matrix @ (matrix @ x), n, tick)
    authorities = vector / max(vector.sum(), _TOLERANCE)
    return _composed(matrix, np.zeros(n), (matrix @ authorities) / value)


def betweenness(matrix: Matrix, tick: Tick = _ignore) -> Centrality:
    """The share of shortest paths between others through a node, a tie being as long as 1/weight. O(n·m + n²·log n). Brandes (2001)."""
    # Every command would pay for its import, and only this measure needs it.
    import networkx as nx

    n = matrix.shape[0]
    graph: nx.Graph[int] = nx.Graph()
    graph.add_nodes_from(range(n))
    ends = matrix.tocoo()
    graph.add_weighted_edges_from(zip(*(axis.tolist() for axis in ends.coords), (1 / ends.data).tolist(), strict=True), weight="length")
    scores = np.zeros(n)
    for start in range(0, n, _CHUNK):
        tick(start / n)
        part = nx.betweenness_centrality_subset(graph, range(start, min(start + _CHUNK, n)), range(n), weight="length")
        scores += np.array([part[node] for node in range(n)])
    scores /= max((n - 1) * (n - 2) / 2, 1)
    return Centrality(scores, scores, np.zeros(n))


def largest_eigenvalue(matrix: Matrix, tick: Tick = _ignore) -> float:
    """λ, the largest eigenvalue, to a relative 1e-10; 1 where there is no tie."""
    return _leading(matrix.__matmul__, matrix.shape[0], tick)[0]


def _leading(multiply: Callable[[FloatArray], FloatArray], n: int, tick: Tick) -> tuple[float, FloatArray]:
    """The largest eigenvalue of a symmetric operator and, of length 1, the direction of `1…1` in its space; 1 and `1…1` where all is 0.

    Lanczos from `1…1`, restarted from what it found: unlike ARPACK it never turns to a random vector where the space is exhausted,
    so that equal nodes stay equal and chance has no part.
    """
    value, vector, residual = 0.0, np.full(n, 1 / np.sqrt(max(n, 1))), np.inf
    while n and residual > _TOLERANCE * value:
        before = residual
        value, vector, residual = _lanczos(multiply, vector, tick)
        if value <= 0 or residual > 0.9 * before:
            break
    return (value, np.abs(vector)) if value > 0 else (1.0, vector)


def _lanczos(multiply: Callable[[FloatArray], FloatArray], start: FloatArray, tick: Tick) -> tuple[float, FloatArray, float]:
    """The greatest Ritz value of the Krylov space from `start` (length 1), its vector (length 1), and the length of the residual."""
    basis, size = np.empty((_KRYLOV, len(start))), 0
    diagonal, beside, image = list[float](), [1.0], start
    while size < _KRYLOV and beside[-1] > _TOLERANCE * max(map(abs, diagonal), default=0):
        tick(0.1)
        basis[size], size = image / beside[-1], size + 1
        image = multiply(basis[size - 1])
        diagonal.append(float(image @ basis[size - 1]))
        # Once is not enough: rounding would let the vectors lose their right angles.
        for _ in range(2):
            image = image - basis[:size].T @ (basis[:size] @ image)
        beside.append(float(np.linalg.norm(image)))
    values, vectors = eigh_tridiagonal(diagonal, beside[1:-1])
    vector = vectors[:, -1] @ basis[:size]
    return float(values[-1]), vector / np.linalg.norm(vector), abs(beside[-1] * float(vectors[-1, -1]))


def _composed(matrix: Matrix, own: FloatArray, passing: FloatArray) -> Centrality:
    return Centrality(own + matrix @ passing, own, passing)
