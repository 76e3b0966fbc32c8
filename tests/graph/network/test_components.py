from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.network import Network
from graph.network.components import Components, articulation_points, bridges, strong, weak
from tests.graph.network.shelf import any_graphs, exact, odd, parallel, shelf

GRAPHS = {**shelf(), **odd(), **parallel()}
PLAIN = {name: graph for name, graph in GRAPHS.items() if not graph.is_directed()}
named = pytest.mark.parametrize("graph", GRAPHS.values(), ids=GRAPHS.keys())
plain = pytest.mark.parametrize("graph", PLAIN.values(), ids=PLAIN.keys())


@st.composite
def thin_graphs(draw: st.DrawFn) -> nx.MultiGraph[int]:
    """With few ties, some of them parallel."""
    n = draw(st.integers(1, 9))
    graph: nx.MultiGraph[int] = nx.MultiGraph()
    graph.add_nodes_from(range(n))
    node = st.integers(0, n - 1)
    graph.add_edges_from(draw(st.lists(st.tuples(node, node), max_size=n + 3)))
    return graph


def sets(found: Components) -> list[list[int]]:
    return [np.flatnonzero(found.labels == label).tolist() for label in range(found.count)]


def by_first_node(components: Iterable[set[int]]) -> list[list[int]]:
    return sorted(sorted(each) for each in components)


def check(graph: nx.Graph[int]) -> None:
    ours = exact(graph)
    if isinstance(graph, nx.DiGraph):
        assert sets(weak(ours)) == by_first_node(nx.weakly_connected_components(graph))
        assert sets(strong(ours)) == by_first_node(nx.strongly_connected_components(graph))
        falling = strong(ours, sinks_first=True)
        assert sorted(sets(falling)) == sets(strong(ours))
        assert (falling.labels[ours.rows] >= falling.labels[ours.indices]).all()
    else:
        assert sets(weak(ours)) == sets(strong(ours)) == by_first_node(nx.connected_components(graph))
    assert strong(ours).sizes.tolist() == [len(each) for each in sets(strong(ours))]


def check_cuts(graph: nx.Graph[int]) -> None:
    ours = exact(graph)
    assert articulation_points(ours).tolist() == sorted(nx.articulation_points(nx.Graph(graph)))
    theirs: Any = nx.bridges(graph)
    assert bridges(ours).tolist() == sorted(sorted(ends) for ends in theirs)


@named
def test_components_are_those_of_networkx(graph: nx.Graph[int]) -> None:
    check(graph)


@given(any_graphs())
def test_components_of_any_graph_are_those_of_networkx(graph: nx.Graph[int]) -> None:
    check(graph)


@plain
def test_cut_points_and_bridges_are_those_of_networkx(graph: nx.Graph[int]) -> None:
    check_cuts(graph)


@given(thin_graphs())
def test_cut_points_and_bridges_of_any_graph_are_those_of_networkx(graph: nx.MultiGraph[int]) -> None:
    check_cuts(graph)


def test_components_of_a_larger_network_are_those_of_networkx() -> None:
    sparse = nx.gnm_random_graph(3000, 3300, seed=4, directed=True)
    check(sparse)
    check_cuts(nx.Graph(sparse))


def test_a_long_path_needs_no_deep_stack() -> None:
    n = 200_000
    chain = Network.of(range(n), np.arange(n - 1), np.arange(1, n))
    assert len(articulation_points(chain)) == n - 2
    assert len(bridges(chain)) == n - 1
    assert strong(Network.of(range(n), np.arange(n), np.roll(np.arange(n), 1), directed=True)).count == 1
    assert weak(Network.of(range(n), np.arange(n - 1)[::-1], np.arange(1, n)[::-1], directed=True)).count == 1


@pytest.mark.parametrize("cut", [articulation_points, bridges])
def test_cuts_need_ties_without_direction(cut: Callable[[Network], Any]) -> None:
    with pytest.raises(ValueError, match="no direction"):
        cut(exact(GRAPHS["directed"]))


@pytest.mark.parametrize("function", [weak, strong, articulation_points, bridges])
def test_what_a_tick_raises_ends_it(function: Callable[..., Any]) -> None:
    def tick(_: float) -> None:
        raise TimeoutError

    with pytest.raises(TimeoutError):
        function(exact(GRAPHS["large"]), tick=tick)
