"""How central each node of a network is, as numbers that explain themselves.

Every measure here is given as what a node has of its `own` and what it is `passing` on per unit of tie weight, so that

    score = own + matrixᵀ · passing

holds entry by entry: what node j gives node i over a tie from j to i is its weight times `passing[j]`. Weights are ≥ 0.
`tick` is called between the steps of a computation; what it raises ends it. Sums are made without BLAS, whose rounding depends on how many
threads it has: the same network has the same scores to the last bit.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import ldexp, sqrt

import numpy as np
from scipy.linalg import eigh_tridiagonal

from graph.network import FloatArray, Network
from graph.network import betweenness as shortest
from graph.network.components import undirected
from graph.network.threads import Tick, silent

__all__ = ["Centrality", "NotConverged", "betweenness", "dot", "eigenvector", "hits", "katz", "largest_eigenvalue", "pagerank"]

_TOLERANCE = 1e-12
_KRYLOV, _RESTARTS = 40, 100
# Relative lengths of a residual: what rounding may leave, and what is too much for an answer.
_ROUNDING, _CLOSE = 1e-11, 1e-8
_EXTREME = 200


class NotConverged(Exception):
    """The iterations allowed were not enough."""


@dataclass(frozen=True)
class Centrality:
    """The scores (n) of a network's nodes, and what they are made of."""

    scores: FloatArray
    own: FloatArray
    passing: FloatArray


def katz(network: Network, alpha: float = 0.95, *, iterations: int = 10_000, tick: Tick = silent) -> Centrality:
    """Katz centrality: `x = alpha/λ · A · x + 1` with 0 ≤ alpha < 1 and λ the largest eigenvalue, 1 where there is no tie.

    Ties must have no direction (ValueError). Solved by conjugate gradients, as the system is symmetric and positive definite with condition
    (1+alpha)/(1-alpha); NotConverged after so many iterations. O(m · √condition) after λ, memory O(n). Katz, Psychometrika 18 (1953).

    >>> star = Network.of("abcde", np.zeros(4, int), np.arange(1, 5))
    >>> katz(star, 0.5).scores.round(3).tolist()
    [2.667, 1.667, 1.667, 1.667, 1.667]
    """
    if not 0 <= alpha < 1:
        raise ValueError("alpha is from 0 to less than 1")
    factor = alpha / largest_eigenvalue(network, tick=tick)
    x = _solved(lambda x: x - factor * (network.matrix @ x), np.ones(len(network)), iterations, tick)
    return _composed(network, np.ones(len(network)), factor * x)


def _solved(multiply: Callable[[FloatArray], FloatArray], right: FloatArray, iterations: int, tick: Tick) -> FloatArray:
    """x with `multiply(x) = right` for a symmetric, positive definite operator. Hestenes & Stiefel (1952)."""
    x, rest = np.zeros(len(right)), right
    towards, off = rest, dot(rest, rest)
    enough = _TOLERANCE**2 * off
    for _ in range(iterations):
        if off <= enough:
            return x
        tick(0.5)
        image = multiply(towards)
        step = off / dot(towards, image)
        x, rest = x + step * towards, rest - step * image
        off, before = dot(rest, rest), off
        towards = rest + off / before * towards
    raise NotConverged(f"Katz centrality needs more than {iterations} iterations")


def dot(a: FloatArray, b: FloatArray) -> float:
    """The sum of the products, the same whatever the number of threads."""
    return float(np.einsum("i,i->", a, b))


def pagerank(
    network: Network,
    damping: float = 0.85,
    *,
    personal: FloatArray | None = None,
    dangling: FloatArray | None = None,
    tolerance: float = _TOLERANCE,
    iterations: int = 10_000,
    tick: Tick = silent,
) -> Centrality:
    """PageRank, summing to 1: where a walk along the ties is found that now and then starts anew.

    It starts at the nodes in the shares of `personal` (n), at all alike if it is not given; a node without ties that lead on passes its
    rank in the shares of `dangling` (n), by default those of `personal`. NotConverged when the sum of all changes is still above
    `tolerance` after so many iterations. O(m · log tolerance / log damping), memory O(n), with directions O(n + m). Brin & Page (1998).

    >>> star = Network.of("abcde", np.zeros(4, int), np.arange(1, 5))
    >>> pagerank(star).scores.round(3).tolist()
    [0.476, 0.131, 0.131, 0.131, 0.131]
    """
    n, incoming = len(network), network.reverse.matrix
    start = _shares(personal, n)
    rest = start if dangling is None else _shares(dangling, n)
    tied = network.strength > 0
    inverse = np.divide(1, network.strength, out=np.zeros(n), where=tied)
    x, own = np.full(n, 1 / max(n, 1)), np.zeros(n)
    for _ in range(iterations if n else 0):
        tick(0.5)
        own = (1 - damping) * start + damping * x[~tied].sum() * rest
        x, before = own + damping * (incoming @ (x * inverse)), x
        if np.abs(x - before).sum() <= tolerance:
            break
    else:
        if n:
            raise NotConverged(f"PageRank needs more than {iterations} iterations")
    return _composed(network, own, damping * x * inverse)


def _shares(given: FloatArray | None, n: int) -> FloatArray:
    return np.full(n, 1 / max(n, 1)) if given is None else given / given.sum()


def eigenvector(network: Network, *, tick: Tick = silent) -> Centrality:
    """Eigenvector centrality: the part of `1…1` in the space of the largest eigenvalue, length 1. Bonacich (1987).

    Ties must have no direction (ValueError). O(m + 40·n) a step of Lanczos, as a rule some dozens of steps; NotConverged after 4,000, as
    in a path of 1,000 nodes, whose eigenvalues are too close to each other. Memory 40 vectors of n.

    >>> star = Network.of("abcde", np.zeros(4, int), np.arange(1, 5))
    >>> eigenvector(star).scores.round(3).tolist()
    [0.707, 0.354, 0.354, 0.354, 0.354]
    """
    value, vector = _leading(undirected(network).matrix.__matmul__, len(network), tick)
    return _composed(network, np.zeros(len(network)), vector / value)


def hits(network: Network, *, tick: Tick = silent) -> Centrality:
    """HITS authorities, summing to 1; without directions they are hubs too, but where the network is bipartite. Kleinberg (1999).

    It costs what `eigenvector` does, with twice the ties: O(2·m + 40·n) a step; memory 40 vectors of n.

    >>> cites = Network.of("abc", np.array([0, 1, 0]), np.array([2, 2, 1]), directed=True)
    >>> hits(cites).scores.round(3).tolist()
    [0.0, 0.382, 0.618]
    """
    n, power = len(network), _power(network.weights)
    scaled = replace(network, weights=np.ldexp(network.weights, -power)) if power else network
    outgoing, incoming = scaled.matrix, scaled.reverse.matrix
    value, vector = _leading(lambda x: incoming @ (outgoing @ x), n, tick)
    authorities = vector / max(vector.sum(), _TOLERANCE)
    return _composed(network, np.zeros(n), np.ldexp((outgoing @ authorities) / value, -power))


def betweenness(network: Network, *, tick: Tick = silent) -> Centrality:
    """The share of shortest paths between others through a node, a tie being as long as 1/weight; see `graph.network.betweenness`.

    O(n·m·log n), memory 40 bytes a node and thread. Brandes (2001).

    >>> betweenness(Network.of("abc", np.array([0, 1, 0]), np.array([1, 2, 2]), np.array([0.9, 0.9, 0.1]))).scores.tolist()
    [0.0, 1.0, 0.0]
    """
    scores = shortest.betweenness(replace(network, weights=1 / network.weights), weighted=True, tick=tick)
    return Centrality(scores, scores, np.zeros(len(network)))


def largest_eigenvalue(network: Network, *, tick: Tick = silent) -> float:
    """λ, the largest eigenvalue, 1 where there is no tie. Ties must have no direction (ValueError).

    To a relative 1e-10 as a rule, and to 1e-5 in networks like a long path, whose next eigenvalues are nearly as large. It costs what
    `eigenvector` does: O(m + 40·n) a step; memory 40 vectors of n. Lanczos (1950).

    >>> round(largest_eigenvalue(Network.of("abcde", np.zeros(4, int), np.arange(1, 5))), 9)
    2.0
    """
    return _leading(undirected(network).matrix.__matmul__, len(network), tick, roughly=True)[0]


def _leading(multiply: Callable[[FloatArray], FloatArray], n: int, tick: Tick, *, roughly: bool = False) -> tuple[float, FloatArray]:
    """The largest eigenvalue of a symmetric operator and, of length 1, the direction of `1…1` in its space; 1 and `1…1` where all is 0.

    Lanczos from `1…1`, restarted from what it found: unlike ARPACK it never turns to a random vector where the space is exhausted,
    so that equal nodes stay equal and chance has no part. `roughly`: the value alone counts, which is known long before its vector is.
    """
    value, vector, residual = 0.0, np.full(n, 1 / np.sqrt(max(n, 1))), np.inf
    power = _power(multiply(vector))
    scaled = (lambda x: np.ldexp(multiply(x), -power)) if power else multiply
    for _ in range(_RESTARTS if n else 0):
        before = residual
        value, vector, residual = _lanczos(scaled, vector, tick)
        slow = residual > 0.9 * before and (roughly or residual <= _ROUNDING * value)
        if slow or residual <= _TOLERANCE * value or value <= 0:
            break
    if residual > _CLOSE * value > 0 and not roughly:
        raise NotConverged("the largest eigenvalues are too close to each other")
    return (ldexp(value, power), np.abs(vector)) if value > 0 else (1.0, vector)


def _power(values: FloatArray) -> int:
    """The power of two that is taken out of numbers whose squares would vanish or have no end, 0 of others."""
    power = int(np.frexp(np.abs(values).max(initial=0.0))[1])
    return power if abs(power) > _EXTREME else 0


def _lanczos(multiply: Callable[[FloatArray], FloatArray], start: FloatArray, tick: Tick) -> tuple[float, FloatArray, float]:
    """The greatest Ritz value of the Krylov space from `start` (length 1), its vector (length 1), and the length of the residual."""
    basis, size = np.empty((_KRYLOV, len(start))), 0
    diagonal, beside, image = list[float](), [1.0], start
    value, part, residual = 0.0, np.zeros(0), np.inf
    while size < _KRYLOV and beside[-1] > _TOLERANCE * max(map(abs, diagonal), default=0) and residual > _TOLERANCE * value:
        tick(0.1)
        basis[size], size = image / beside[-1], size + 1
        image = multiply(basis[size - 1])
        diagonal.append(dot(image, basis[size - 1]))
        # Once is not enough: rounding would let the vectors lose their right angles.
        for _ in range(2):
            image = image - _mixed(np.einsum("ki,i->k", basis[:size], image), basis[:size])
        beside.append(sqrt(dot(image, image)))
        values, vectors = eigh_tridiagonal(diagonal, beside[1:-1])
        value, part = float(values[-1]), np.asarray(vectors[:, -1], np.float64)
        residual = abs(beside[-1] * float(part[-1]))
    vector = _mixed(part, basis[:size])
    return value, vector / sqrt(dot(vector, vector)), residual


def _mixed(parts: FloatArray, vectors: FloatArray) -> FloatArray:
    """The sum of the vectors, so much of each."""
    return np.asarray(np.einsum("k,ki->i", parts, vectors), np.float64)


def _composed(network: Network, own: FloatArray, passing: FloatArray) -> Centrality:
    return Centrality(own + network.reverse.matrix @ passing, own, passing)
