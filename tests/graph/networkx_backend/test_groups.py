"""Communities are drawn by chance: they are held to what defines them, not to those that networkx draws."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

import networkx as nx
import pytest
from hypothesis import given

from tests.graph.network.shelf import any_graphs, shelf

dispatched: Any = nx.community
SPREAD = ("asyn_lpa_communities", "fast_label_propagation_communities")


def found(name: str, graph: Any, **more: Any) -> list[set[Any]]:
    return list(getattr(dispatched, name)(graph.copy(), **more, backend="guanxi"))


def told_apart(graph: Any, communities: list[set[Any]], weight: str | None) -> bool:
    """Whether some other label is stronger among a node's neighbours than its own."""
    label = {node: place for place, community in enumerate(communities) for node in community}
    for node in graph:
        strength = Counter[int]()
        for *_, other, value in [*graph.edges(node, data=weight, default=1), *came_from(graph, node, weight)]:
            strength[label[other]] += value
        if strength and strength[label[node]] < max(strength.values()) - 1e-9:
            return True
    return False


def came_from(graph: Any, node: Any, weight: str | None) -> list[tuple[Any, Any, float]]:
    return [(node, a, value) for a, _, value in graph.in_edges(node, data=weight, default=1)] if graph.is_directed() else []


@pytest.mark.parametrize("name", SPREAD)
@pytest.mark.parametrize("weight", [None, "weight"])
@given(graph=any_graphs())
def test_everybody_has_the_strongest_label_among_its_neighbours(name: str, weight: str | None, graph: Any) -> None:
    try:
        communities = found(name, graph, weight=weight, seed=3)
    except NotImplementedError:
        assert nx.number_of_selfloops(graph) or (graph.is_directed() and name == SPREAD[0])
        return
    assert dispatched.is_partition(graph, communities)
    assert not told_apart(graph, communities, weight)


@pytest.mark.parametrize("graph", [graph for graph in shelf().values() if graph.size()], ids=[n for n, g in shelf().items() if g.size()])
@pytest.mark.parametrize("weight", [None, "weight"])
def test_leiden_is_as_good_as_louvain(graph: Any, weight: str | None) -> None:
    ours, louvain = (
        found("leiden_communities", graph, weight=weight, seed=1),
        dispatched.louvain_communities(graph, weight=weight, seed=1),
    )
    assert dispatched.modularity(graph, ours, weight=weight) >= dispatched.modularity(graph, louvain, weight=weight) - 0.01
    assert all(nx.is_connected(graph.subgraph(community)) for community in ours)


@pytest.mark.parametrize("name", [*SPREAD, "leiden_communities"])
def test_a_seed_draws_the_same_again_and_moves_on_what_it_is_drawn_from(name: str) -> None:
    graph, source = shelf()["large"], random.Random(5)
    assert found(name, graph, seed=5) == found(name, graph, seed=source) == found(name, graph, seed=5)
    assert source.getstate() != random.Random(5).getstate()


def test_labels_that_networkx_would_spread_otherwise_are_refused() -> None:
    refused = {
        SPREAD[0]: [nx.DiGraph([(0, 1)]), nx.MultiGraph([(0, 1), (0, 1)]), nx.Graph([(0, 0)]), weightless()],
        SPREAD[1]: [nx.Graph([(0, 0)]), weightless()],
    }
    for name, graphs in refused.items():
        for graph in graphs:
            with pytest.raises(NotImplementedError):
                found(name, graph, weight="weight")


def weightless() -> Any:
    graph: Any = nx.Graph()
    graph.add_weighted_edges_from([(0, 1, 0), (1, 2, 0)])
    return graph


def test_levels_are_refused_as_there_are_none() -> None:
    with pytest.raises(NotImplementedError):
        found("leiden_communities", nx.path_graph(3), max_level=1)
