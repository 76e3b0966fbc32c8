"""Between the graphs of networkx and ours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import networkx as nx
import numpy as np

from graph.network import FloatArray, Network

__all__ = ["Converted", "from_networkx", "to_networkx"]


@dataclass(frozen=True, eq=False)
class Converted(Network):
    """A network made from a graph of networkx, to which it turns back."""

    origin: Any = None


def from_networkx(graph: Any, edge_attrs: Mapping[str, Any] | None = None, weight: str | None = None) -> Network:
    """The nodes and ties of a graph; the first of `edge_attrs` (name → default) or `weight` (default 1) gives their weights."""
    if isinstance(graph, Network):
        return graph
    name, default = next(iter((edge_attrs or {}).items()), (weight, 1.0))
    nodes = list(graph)
    place = {node: at for at, node in enumerate(nodes)}
    count = graph.number_of_edges()
    ends = np.fromiter((place[end] for a, b in graph.edges() for end in (a, b)), np.int64, 2 * count).reshape(count, 2)
    weights = None if name is None else _numbers([value for *_, value in graph.edges(data=name, default=default)])
    made = Network.of(nodes, ends[:, 0], ends[:, 1], weights, directed=graph.is_directed())
    return Converted(made.ids, made.indptr, made.indices, made.weights, made.edges, made.directed, origin=graph)


def _numbers(values: list[Any]) -> FloatArray:
    # A text is no number, whatever it says.
    if any(isinstance(value, str | bytes) for value in values):
        raise TypeError("a weight is a text, not a number")
    return np.fromiter(values, np.float64, len(values))


def to_networkx(result: Any) -> Any:
    """A network as a graph of networkx, its weights as `weight`; anything else as it is."""
    if isinstance(result, Converted):
        return result.origin
    if not isinstance(result, Network):
        return result
    kind = {(False, False): nx.Graph, (True, False): nx.DiGraph, (False, True): nx.MultiGraph, (True, True): nx.MultiDiGraph}
    graph: Any = kind[result.is_directed(), result.is_multigraph()]()
    graph.add_nodes_from(result.ids)
    rows = result.rows
    kept = np.ones(len(rows), bool) if result.directed else rows <= result.indices
    ends = ([result.ids[at] for at in places[kept].tolist()] for places in (rows, result.indices))
    graph.add_weighted_edges_from(zip(*ends, result.weights[kept].tolist(), strict=True))
    return graph
