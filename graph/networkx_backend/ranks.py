"""Degree, PageRank, eigenvector, Katz and HITS as networkx gives them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import sqrt
from typing import Any

import networkx as nx
import numpy as np

from graph.network import FloatArray, Network, centrality
from graph.network.centrality import NotConverged, dot
from graph.networkx_backend.arguments import Node, Refusal, argument, labelled, plain_weights, weighed

Scores = dict[Node, float]


def _given(network: Network, shares: Mapping[Node, float] | None) -> FloatArray | None:
    if shares is None:
        return None
    return np.array([shares.get(node, 0) for node in network.ids], np.float64)


def pagerank(
    G: Network,
    alpha: float = 0.85,
    personalization: Mapping[Node, float] | None = None,
    max_iter: int = 100,
    tol: float = 1e-6,
    nstart: None = None,
    weight: str | None = "weight",
    dangling: Mapping[Node, float] | None = None,
) -> Scores:
    if not len(G):
        return {}
    ties, personal, rest = plain_weights(G, weight), _given(G, personalization), _given(G, dangling)
    if personal is not None and not personal.sum():
        raise ZeroDivisionError
    if tol <= 0 or (rest is not None and not rest.sum()):
        raise nx.PowerIterationFailedConvergence(max_iter)
    try:
        found = centrality.pagerank(ties, alpha, personal=personal, dangling=rest, tolerance=len(G) * tol, iterations=max_iter)
        return labelled(G, found.scores)
    except NotConverged:
        raise nx.PowerIterationFailedConvergence(max_iter) from None


def degree_centrality(G: Network) -> Scores:
    loops = np.bincount(G.indices[G.indices == G.rows], minlength=len(G)) if not G.directed else G.reverse.degree
    return _share_of_others(G, G.degree + loops)


def in_degree_centrality(G: Network) -> Scores:
    return _share_of_others(G, G.reverse.degree)


def out_degree_centrality(G: Network) -> Scores:
    return _share_of_others(G, G.degree)


def _share_of_others(network: Network, degree: Any) -> Scores:
    return labelled(network, degree / (len(network) - 1)) if len(network) > 1 else dict.fromkeys(network.ids, 1)


def eigenvector_centrality(
    G: Network, max_iter: int = 100, tol: float = 1e-6, nstart: Mapping[Node, float] | None = None, weight: str | None = None
) -> Scores:
    if not len(G):
        raise nx.NetworkXPointlessConcept("cannot compute centrality for the null graph")
    start = _start(G, nstart, 1)
    if not start.any():
        raise nx.NetworkXError("initial vector cannot have all zero values")
    if not start.sum():
        raise ZeroDivisionError
    incoming = weighed(G, weight).reverse.matrix

    def step(x: FloatArray) -> FloatArray:
        image = x + incoming @ x
        return image / (sqrt(dot(image, image)) or 1)

    return labelled(G, _settled(step, start / start.sum(), tol, max_iter))


def katz_centrality(
    G: Network,
    alpha: float = 0.1,
    beta: float | Mapping[Node, float] = 1.0,
    max_iter: int = 1000,
    tol: float = 1e-6,
    nstart: Mapping[Node, float] | None = None,
    normalized: bool = True,
    weight: str | None = None,
) -> Scores:
    if not len(G):
        return {}
    own = _own(G, beta)
    incoming = weighed(G, weight).reverse.matrix
    x = _settled(lambda x: alpha * (incoming @ x) + own, _start(G, nstart, 0), tol, max_iter)
    return labelled(G, x / (sqrt(dot(x, x)) or 1) if normalized else x)


def _start(network: Network, given: Mapping[Node, float] | None, usual: float) -> FloatArray:
    if given is None:
        return np.full(len(network), float(usual))
    if set(given) != set(network.ids):
        raise NotImplementedError("the iteration starts with a value of each node")
    return np.array([given[node] for node in network.ids], np.float64)


def _own(network: Network, beta: float | Mapping[Node, float]) -> FloatArray:
    if isinstance(beta, Mapping) and set(beta) == set(network.ids):
        return np.array([beta[node] for node in network.ids], np.float64)
    try:
        return np.full(len(network), float(beta))  # type: ignore[arg-type]
    except (TypeError, ValueError):
        raise nx.NetworkXError("beta dictionary must have a value for every node") from None


def _settled(step: Callable[[FloatArray], FloatArray], x: FloatArray, tol: float, max_iter: int) -> FloatArray:
    """What a step leaves as it is, up to `tol` a node."""
    for _ in range(max_iter):
        x, before = step(x), x
        if np.abs(x - before).sum() < len(x) * tol:
            return x
    raise nx.PowerIterationFailedConvergence(max_iter)


def hits(G: Network, max_iter: int = 100, tol: float = 1e-8, nstart: None = None, normalized: bool = True) -> tuple[Scores, Scores]:
    if not len(G):
        return {}, {}
    ties = plain_weights(G, "weight")
    if not ties.weights.any():
        raise NotImplementedError("networkx fails without ties")
    try:
        authorities = centrality.hits(ties).scores
    except NotConverged:
        raise nx.PowerIterationFailedConvergence(max_iter) from None
    hubs = ties.matrix @ authorities
    return labelled(G, hubs / hubs.sum()), labelled(G, authorities / authorities.sum())


def _hits_differs(G: Any, max_iter: int = 100, tol: float = 1e-8, nstart: Any = None, normalized: bool = True) -> str | None:
    if nstart is not None or not normalized or max_iter < 100:
        return "the start, the number of steps and the scale of the vectors are our own"
    return "networkx fails with a single node" if len(G) == 1 else None


def _pagerank_differs(*args: Any, **kwargs: Any) -> str | None:
    if argument(args, kwargs, "nstart", 5) is not None:
        return "the start of the iteration is our own"
    alpha = argument(args, kwargs, "alpha", 1)
    return None if alpha is None or 0 <= alpha <= 1 else "alpha is from 0 to 1"


REFUSALS: Mapping[str, Refusal] = {"hits": _hits_differs, "pagerank": _pagerank_differs}
