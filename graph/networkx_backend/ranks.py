"""Degree, PageRank, eigenvector, Katz and HITS as networkx gives them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import sqrt
from typing import Any

import networkx as nx
import numpy as np

from graph.network import FloatArray, Network, centrality
from graph.network.centrality import NotConverged, dot
from graph.networkx_backend.arguments import Node, Refusal, labelled, weighed

Scores = dict[Node, float]


def _given(network: Network, shares: Mapping[Node, float] | None) -> FloatArray | None:
    if shares is None:
        return None
    values = np.array([shares.get(node, 0) for node in network.ids], np.float64)
    if not values.sum():
        raise ZeroDivisionError
    return values


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
    personal, rest = _given(G, personalization), _given(G, dangling or None)
    try:
        found = centrality.pagerank(
            weighed(G, weight), alpha, personal=personal, dangling=rest, tolerance=len(G) * tol, iterations=max_iter
        )
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
    start = np.ones(len(G)) if nstart is None else np.array([nstart[node] for node in G.ids], np.float64)
    if not start.any():
        raise nx.NetworkXError("initial vector cannot have all zero values")
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
    start = np.zeros(len(G)) if nstart is None else np.array([nstart[node] for node in G.ids], np.float64)
    incoming = weighed(G, weight).reverse.matrix
    x = _settled(lambda x: alpha * (incoming @ x) + own, start, tol, max_iter)
    return labelled(G, x / (sqrt(dot(x, x)) or 1) if normalized else x)


def _own(network: Network, beta: float | Mapping[Node, float]) -> FloatArray:
    if isinstance(beta, (int, float)):
        return np.full(len(network), float(beta))
    if not hasattr(beta, "keys") or set(beta) != set(network.ids):
        raise nx.NetworkXError("beta dictionary must have a value for every node")
    return np.array([beta[node] for node in network.ids], np.float64)


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
    authorities = centrality.hits(G).scores
    hubs = G.matrix @ authorities
    return labelled(G, hubs / hubs.sum()), labelled(G, authorities / authorities.sum())


def _hits_differs(G: Any, max_iter: int = 100, tol: float = 1e-8, nstart: Any = None, normalized: bool = True) -> str | None:
    if nstart is not None or not normalized or max_iter < 100:
        return "the start, the number of steps and the scale of the vectors are our own"
    ties = len(G.indices) if isinstance(G, Network) else G.number_of_edges()
    return None if ties or not len(G) else "networkx fails without ties"


def _pagerank_differs(*args: Any, nstart: Any = None, **kwargs: Any) -> str | None:
    return "the start of the iteration is our own" if nstart or (len(args) > 5 and args[5]) else None


REFUSALS: Mapping[str, Refusal] = {"hits": _hits_differs, "pagerank": _pagerank_differs}
