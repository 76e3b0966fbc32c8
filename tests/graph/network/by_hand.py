"""What the algorithms should find in a graph whose nodes are 0…n-1: by networkx, or by trying everything."""

from __future__ import annotations

from itertools import islice, pairwise
from math import prod
from typing import Any

import networkx as nx
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Graph = Any
FAR = 3
"""Steps that ways by strength may have: all are tried."""


def dense(graph: Graph) -> Floats:
    return np.asarray(nx.to_numpy_array(graph, nodelist=range(len(graph))), np.float64)


def in_order(scores: Any) -> list[float]:
    return [scores[node] for node in range(len(scores))]


def thirds(graph: Graph) -> list[int]:
    return [node % 3 for node in graph]


def sets(labels: Any) -> list[set[int]]:
    return [set(np.flatnonzero(np.asarray(labels) == label).tolist()) for label in np.unique(labels)]


def one_each(graph: Graph, better: Any) -> Graph:
    """The same with one tie in place of parallel ones, as heavy as the `better` of them."""
    result: Graph = nx.DiGraph() if graph.is_directed() else nx.Graph()
    result.add_nodes_from(graph)
    for a, b, weight in graph.edges(data="weight", default=1.0):
        result.add_edge(a, b, weight=better(weight, result.edges[a, b]["weight"]) if result.has_edge(a, b) else weight)
    return result


def betweenness_by_strength(graph: Graph) -> list[float]:
    roads = one_each(graph, max)
    for *_, data in roads.edges(data=True):
        data["length"] = 1 / data["weight"]
    return in_order(nx.betweenness_centrality(roads, weight="length"))


def largest_eigenvalue(graph: Graph) -> float:
    return float(np.linalg.eigvalsh(dense(graph))[-1]) if graph.size() else 1.0


def katz(graph: Graph) -> Floats:
    n = len(graph)
    return np.asarray(np.linalg.solve(np.eye(n) - 0.95 / largest_eigenvalue(graph) * dense(graph), np.ones(n)), np.float64)


def leading(matrix: Floats) -> Floats:
    """The part of `1…1` in the space of the largest eigenvalue; 0 where that is 0."""
    if not matrix.any():
        return np.zeros(len(matrix))
    values, vectors = np.linalg.eigh(matrix)
    space = vectors[:, values > values[-1] * (1 - 1e-9)]
    return np.asarray(space @ space.sum(axis=0), np.float64)


def eigenvector(graph: Graph) -> Floats:
    found = leading(dense(graph))
    return found / (np.linalg.norm(found) or 1)


def authorities(graph: Graph) -> Floats:
    found = leading(dense(graph).T @ dense(graph))
    return found / (found.sum() or 1)


def pagerank(graph: Graph) -> list[float]:
    return in_order(nx.pagerank(graph, tol=1e-13, max_iter=1000))


def core_numbers(graph: Graph) -> list[int]:
    """Takes those away who have the fewest ties."""
    left, found, k = graph.copy(), dict[int, int](), 0
    left.remove_edges_from(list(nx.selfloop_edges(left, keys=True) if left.is_multigraph() else nx.selfloop_edges(left)))
    while left:
        k = max(k, min(degree for _, degree in left.degree()))
        gone = [node for node, degree in left.degree() if degree <= k]
        found.update(dict.fromkeys(gone, k))
        left.remove_nodes_from(gone)
    return [found[node] for node in range(len(graph))]


def triangles(graph: Graph) -> list[float]:
    return in_order(nx.triangles(nx.Graph(graph)))


def clustering(graph: Graph) -> list[float]:
    return in_order(nx.clustering(one_each(graph, max)))


def modularity(graph: Graph, labels: Any) -> float:
    return float(nx.community.modularity(graph, sets(labels))) if graph.size() else float("nan")


def components(graph: Graph, *, strong: bool = False) -> list[list[int]]:
    found = nx.strongly_connected_components(graph) if strong and graph.is_directed() else nx.connected_components(nx.Graph(graph))
    return sorted(sorted(each) for each in found)


def bridges(graph: Graph) -> list[list[int]]:
    return sorted(sorted(ends) for ends in nx.bridges(graph))


def levels(graph: Graph) -> list[int]:
    found = nx.single_source_shortest_path_length(graph, 0) if graph else {}
    return [found.get(node, -1) for node in range(len(graph))]


def distances(graph: Graph) -> list[float]:
    found = nx.single_source_dijkstra_path_length(graph, 0) if graph else {}
    return [found.get(node, np.inf) for node in range(len(graph))]


def reached(graph: Graph, node: int) -> int:
    return 1 + len(nx.descendants(graph, node))


def ways(graph: Graph, source: int, target: int, steps: int = FAR) -> list[float]:
    """The strengths of all simple paths, the strongest first; the strongest tie of all is 1."""
    ties = one_each(graph, max)
    most = max((weight for *_, weight in ties.edges(data="weight")), default=1.0)
    if source == target:
        return [1.0]
    paths = nx.all_simple_paths(ties, source, target, cutoff=steps)
    return sorted((prod(ties.edges[a, b]["weight"] / most for a, b in pairwise(path)) for path in paths), reverse=True)


def lengths(graph: Graph, first: int) -> list[float]:
    """The lengths of the shortest simple paths from the first node to the last."""
    roads = one_each(graph, min)
    if len(graph) < 2 or not nx.has_path(roads, 0, len(graph) - 1):
        return [0.0][: len(graph) == 1]
    paths = nx.shortest_simple_paths(roads, 0, len(graph) - 1, weight="weight")
    return [nx.path_weight(roads, path, "weight") for path in islice(paths, first)]
