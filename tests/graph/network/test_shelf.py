"""Every algorithm over one shelf of named small graphs, against networkx or what trying everything shows; what it refuses, by name."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import islice, pairwise
from typing import Any

import networkx as nx
import numpy as np
import pytest

import graph.network
from graph.network import (
    Network,
    betweenness,
    centrality,
    cohesion,
    communities,
    components,
    distances,
    leiden,
    paths,
    shortest,
    similarity,
)
from graph.network.influence_maximisation import most_influential
from graph.network.leaving import leaving
from graph.network.reach import reach
from graph.network.spread import spread
from tests.graph.network import by_hand, test_leaving, test_similarity
from tests.graph.network.shelf import exact, odd, parallel, shelf
from tests.graph.network.test_cohesion import dense_constraint, dense_effective_size

GRAPHS = {**shelf(), **odd(), **parallel()}
Graph = Any
Check = Callable[[Graph, Any], None]
Rows = dict[Callable[..., Any], tuple[Callable[[Network], Any], Check]]


def same(theirs: Callable[[Graph], Any]) -> Check:
    return lambda graph, found: np.testing.assert_allclose(found, theirs(graph), rtol=1e-8, atol=1e-9)


def scores(measure: Callable[[Network], centrality.Centrality]) -> Callable[[Network], Any]:
    return lambda ours: measure(ours).scores


def parts(found: components.Components) -> list[list[int]]:
    return [np.flatnonzero(found.labels == label).tolist() for label in range(found.count)]


def strengths(ours: Network) -> Network:
    """The same with the strongest tie 1."""
    return replace(ours, weights=ours.weights / ours.weights.max(initial=1e-300))


def ends(ours: Network) -> tuple[list[int], list[int]]:
    """The first node, and the last."""
    return list(range(len(ours)))[:1], list(range(len(ours)))[-1:]


def exactly(theirs: Callable[[Graph], Any]) -> Check:
    def check(graph: Graph, found: Any) -> None:
        assert found == theirs(graph)

    return check


def both_ways(graph: Graph) -> nx.Graph[int]:
    matrix = by_hand.dense(graph)
    return nx.from_numpy_array(matrix + matrix.T if graph.is_directed() else matrix)


def good_communities(graph: Graph, labels: Any) -> None:
    whole, found = both_ways(graph), by_hand.sets(labels)
    assert all(nx.is_connected(whole.subgraph(each)) for each in found)
    if not graph.size():
        assert labels.tolist() == list(graph)
        return
    louvain = nx.community.louvain_communities(whole, seed=1)
    assert nx.community.modularity(whole, found) >= nx.community.modularity(whole, louvain) - 0.01


def strongest_labels(graph: Graph, labels: Any) -> None:
    matrix = by_hand.dense(both_ways(graph)) if graph else np.zeros((0, 0))
    np.fill_diagonal(matrix, 0)
    shares = np.stack([matrix @ (labels == label) for label in range(len(graph))], axis=1) if graph else matrix
    own = shares[np.arange(len(graph)), labels]
    assert (own >= shares.max(axis=1, initial=0) - 1e-9).all()


def furthest(graph: Graph, found: Any) -> None:
    """All ties are certain: how far a seed reaches can be counted."""
    reached = [by_hand.reached(graph, node) for node in graph]
    assert found.lower <= max(reached, default=0) <= found.best + 1e-9
    if reached:
        assert reached[found.nodes[0]] == max(reached)


def who_is_alike(node: int, first: int, *, tied: bool) -> Callable[[Graph], list[float]]:
    def ranked(graph: Graph) -> list[float]:
        measure: similarity.Measure = "jaccard"
        return [score for _, score in test_similarity.ranked(graph, node, measure, tied)[:first]] if graph else []

    return ranked


def cuts_as_without(graph: Graph, _: Any) -> None:
    test_leaving.check(graph, list(graph)[:2])


def of_first(ours: Network, found: Callable[[], similarity.Alike]) -> list[float]:
    return found().scores.tolist() if len(ours) else []


def some_lengths(ours: Network, first: int) -> list[float]:
    (source,), (target,) = ends(ours) if len(ours) else ((0,), (0,))
    return [length for length, _ in islice(shortest.shortest_simple_paths(ours, source, target), first)] if len(ours) else []


def shortest_length(ours: Network) -> list[float]:
    path = shortest.shortest_path(ours, ends(ours)[0][0], ends(ours)[1][0]) if len(ours) else None
    if path is None:
        return []
    rows = [(ours.indices == b) & (ours.rows == a) for a, b in pairwise(path)]
    return [float(sum(ours.weights[row].min() for row in rows))]


def some_strengths(graph: Graph) -> list[float]:
    return by_hand.ways(graph, 0, len(graph) - 1)[:3] if len(graph) > 1 else []


ALGORITHMS: Rows = {
    betweenness.betweenness: (betweenness.betweenness, same(lambda graph: by_hand.in_order(nx.betweenness_centrality(graph)))),
    centrality.betweenness: (scores(centrality.betweenness), same(by_hand.betweenness_by_strength)),
    centrality.eigenvector: (scores(centrality.eigenvector), same(by_hand.eigenvector)),
    centrality.hits: (scores(centrality.hits), same(by_hand.authorities)),
    centrality.katz: (scores(centrality.katz), same(by_hand.katz)),
    centrality.largest_eigenvalue: (centrality.largest_eigenvalue, same(by_hand.largest_eigenvalue)),
    centrality.pagerank: (scores(centrality.pagerank), same(by_hand.pagerank)),
    cohesion.clustering: (cohesion.clustering, same(by_hand.clustering)),
    cohesion.constraint: (cohesion.constraint, same(lambda graph: dense_constraint(graph, "weight"))),
    cohesion.core_numbers: (cohesion.core_numbers, same(by_hand.core_numbers)),
    cohesion.effective_size: (cohesion.effective_size, same(lambda graph: dense_effective_size(graph, "weight"))),
    cohesion.triangles: (cohesion.triangles, same(by_hand.triangles)),
    communities.label_propagation: (communities.label_propagation, strongest_labels),
    communities.modularity: (
        lambda ours: communities.modularity(ours, by_hand.thirds(ours)),
        same(lambda graph: by_hand.modularity(graph, by_hand.thirds(graph))),
    ),
    components.articulation_points: (
        lambda ours: components.articulation_points(ours).tolist(),
        exactly(lambda graph: sorted(nx.articulation_points(nx.Graph(graph)))),
    ),
    components.bridges: (lambda ours: components.bridges(ours).tolist(), exactly(by_hand.bridges)),
    components.strong: (lambda ours: parts(components.strong(ours)), exactly(lambda graph: by_hand.components(graph, strong=True))),
    components.weak: (lambda ours: parts(components.weak(ours)), exactly(by_hand.components)),
    distances.closeness: (distances.closeness, same(lambda graph: by_hand.in_order(nx.closeness_centrality(graph)))),
    distances.distances: (lambda ours: distances.distances(ours, ends(ours)[0]), same(by_hand.distances)),
    distances.harmonic: (distances.harmonic, same(lambda graph: by_hand.in_order(nx.harmonic_centrality(graph)))),
    distances.levels: (lambda ours: distances.levels(ours, ends(ours)[0]), same(by_hand.levels)),
    leaving: (lambda ours: leaving(ours, ends(ours)[0]), cuts_as_without),
    leiden.leiden: (leiden.leiden, good_communities),
    most_influential: (lambda ours: most_influential(ours, 1), furthest),
    paths.strongest_paths: (
        lambda ours: [path.strength for path in paths.strongest_paths(strengths(ours), *ends(ours), 3, steps=by_hand.FAR)],
        same(some_strengths),
    ),
    reach: (
        lambda ours: reach(strengths(ours), ends(ours)[0], by_hand.FAR).strength,
        same(lambda graph: [max(by_hand.ways(graph, 0, node), default=0) for node in graph]),
    ),
    shortest.shortest_path: (shortest_length, same(lambda graph: by_hand.lengths(graph, 1))),
    shortest.shortest_simple_paths: (lambda ours: some_lengths(ours, 3), same(lambda graph: by_hand.lengths(graph, 3))),
    similarity.candidates: (
        lambda ours: of_first(ours, lambda: similarity.candidates(ours, 0, "jaccard")),
        same(who_is_alike(0, 1000, tied=False)),
    ),
    similarity.most_similar: (
        lambda ours: of_first(ours, lambda: similarity.most_similar(ours, 5, nodes=[0])),
        same(who_is_alike(0, 5, tied=True)),
    ),
    similarity.similarity: (
        lambda ours: similarity.similarity(ours, [0] * (len(ours) - 1), range(1, len(ours))),
        same(lambda graph: test_similarity.theirs(graph, [(0, other) for other in range(1, len(graph))], "adamic_adar")),
    ),
    spread: (
        lambda ours: spread(ours, ends(ours)[0], simulations=3).mean,
        same(lambda graph: by_hand.reached(graph, 0) if graph else 0),
    ),
}


def has_directions(graph: Graph) -> bool:
    return bool(graph.is_directed())


def is_no_chance(graph: Graph) -> bool:
    return any(weight > 1 for *_, weight in graph.edges(data="weight", default=1.0))


REFUSED: dict[Callable[..., Any], tuple[Callable[[Graph], bool], str]] = {
    **dict.fromkeys((centrality.katz, centrality.eigenvector, centrality.largest_eigenvalue), (has_directions, "no direction")),
    **dict.fromkeys((components.articulation_points, components.bridges), (has_directions, "no direction")),
    **dict.fromkeys((spread, most_influential), (is_no_chance, "chances from 0 to 1")),
}


def named(function: Callable[..., Any]) -> str:
    return f"{function.__module__.removeprefix('graph.network.')}.{function.__name__}"


@pytest.mark.parametrize("graph", GRAPHS.values(), ids=GRAPHS.keys())
@pytest.mark.parametrize("algorithm", ALGORITHMS, ids=named)
def test_it_finds_in_a_named_graph_what_is_there(algorithm: Callable[..., Any], graph: Graph) -> None:
    call, check = ALGORITHMS[algorithm]
    refused, why = REFUSED.get(algorithm, (lambda _: False, ""))
    if refused(graph):
        with pytest.raises(ValueError, match=why):
            call(exact(graph))
    else:
        check(graph, call(exact(graph)))


def watched() -> Iterator[Callable[..., Any]]:
    """The public functions over a network that may be watched."""
    for module in pkgutil.iter_modules(graph.network.__path__, "graph.network."):
        names = vars(importlib.import_module(module.name))
        for function in (names[name] for name in names.get("__all__", ())):
            if inspect.isfunction(function) and function.__module__ == module.name:
                given = inspect.signature(function).parameters
                if "network" in given and "tick" in given and given["tick"].default is not inspect.Parameter.empty:
                    yield function


def test_every_algorithm_stands_in_the_table() -> None:
    assert set(map(named, watched())) <= set(map(named, ALGORITHMS))


def test_the_shelf_has_graphs_that_are_refused_and_others_that_are_not() -> None:
    for refused, _ in REFUSED.values():
        assert {True, False} == {refused(graph) for graph in GRAPHS.values()}
