"""Cores, triangles, clustering and structural holes as networkx gives them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import networkx as nx
import numpy as np

from graph.network import FloatArray, Network, cohesion
from graph.network.simple import simple
from graph.networkx_backend.arguments import (
    Node,
    Refusal,
    any_of,
    argument,
    chosen,
    directed,
    is_node,
    labelled,
    looped,
    multigraph,
    none_loops,
    not_function,
    plain_weights,
)


def core_number(G: Network) -> dict[Node, int]:
    if looped(G):
        raise nx.NetworkXNotImplemented("Input graph has self loops which is not permitted")
    return labelled(G, cohesion.core_numbers(G))


def triangles(G: Network, nodes: Any = None) -> Any:
    return _of(G, cohesion.triangles(G), nodes)


def clustering(G: Network, nodes: Any = None, weight: str | None = None) -> Any:
    return _of(G, _clustering(G, weight), nodes)


def average_clustering(G: Network, nodes: Any = None, weight: str | None = None, count_zeros: bool = True) -> float:
    shares: list[float] = _clustering(G, weight)[list(dict.fromkeys(chosen(G, nodes)))].tolist()
    counted = shares if count_zeros else [share for share in shares if share > 0]
    return sum(counted) / len(counted)


def transitivity(G: Network) -> float:
    degree = simple(G).degree
    corners = 2 * int(cohesion.triangles(G).sum())
    return corners / int((degree * (degree - 1)).sum()) if corners else 0


def constraint(G: Network, nodes: Iterable[Node] | None = None, weight: str | None = None) -> dict[Node, float]:
    return _of_egos(cohesion.constraint, none_loops(G) if G.is_multigraph() else G, nodes, weight)


def effective_size(G: Network, nodes: Iterable[Node] | None = None, weight: str | None = None) -> dict[Node, float]:
    return _of_egos(cohesion.effective_size, G, nodes, weight)


def _clustering(network: Network, weight: str | None) -> FloatArray:
    ties = plain_weights(network, weight)
    if len(ties.weights) and not ties.weights.any():
        raise NotImplementedError("the largest weight is 0")
    return cohesion.clustering(ties, weighted=weight is not None)


def _of(network: Network, values: Any, nodes: Any) -> Any:
    """The value of a node, or node → value of several."""
    if is_node(network, nodes):
        return values[network.place[nodes]].item()
    return labelled(network, values) if nodes is None else {network.ids[at]: values[at].item() for at in chosen(network, nodes)}


def _of_egos(measure: Callable[..., FloatArray], network: Network, nodes: Iterable[Node] | None, weight: str | None) -> dict[Node, float]:
    ties = plain_weights(network, weight, above=True)
    if nodes is not None or weight is not None:
        none_loops(ties)
    if nodes is None:
        if not len(network):
            raise nx.NetworkXError("Graph has no nodes or edges")
        return labelled(network, measure(ties))
    places = np.array([network.place[node] for node in nodes], np.int64)
    # Of some nodes networkx asks for ties that lead on, of all it does not.
    found = np.where(network.degree[places] > 0, measure(ties, places), np.nan)
    return {network.ids[at]: value for at, value in zip(places.tolist(), found.tolist(), strict=True)}


def _multigraph_in_part(*args: Any, **kwargs: Any) -> str | None:
    return None if argument(args, kwargs, "nodes", 1) is None else multigraph(*args, **kwargs)


def _uneven_of_all(*args: Any, **kwargs: Any) -> str | None:
    if argument(args, kwargs, "nodes", 1) is not None:
        return None
    uneven = argument(args, kwargs, "weight", 2) is not None or directed(*args, **kwargs) or multigraph(*args, **kwargs)
    return "of all nodes networkx takes the greatest weight of the other end" if uneven else None


_function = not_function("weight", 2)
REFUSALS: Mapping[str, Refusal] = {
    "average_clustering": any_of(multigraph, _function),
    "clustering": any_of(multigraph, _function),
    "constraint": any_of(_multigraph_in_part, _function),
    "effective_size": any_of(_uneven_of_all, _multigraph_in_part, _function),
    "transitivity": any_of(directed, multigraph),
    "triangles": _multigraph_in_part,
}
