"""A Network asks networkx by itself, and a graph of networkx asks us by name."""

from __future__ import annotations

import math
from typing import Any

import networkx as nx
import numpy as np
import pytest

from graph.network import Network
from graph.networkx_backend.convert import from_networkx, to_networkx
from graph.networkx_backend.dispatch import LIGHT, PAIRS, SMALLEST, backend
from graph.networkx_backend.info import FUNCTIONS, get_info
from tests.graph.network.shelf import network, shelf

# Its types know graphs of its own alone.
dispatched: Any = nx
KARATE = nx.karate_club_graph()


def ours() -> Network:
    a, b = (np.array([edge[end] for edge in KARATE.edges]) for end in (0, 1))
    return Network.of(list(KARATE), a, b, np.array([weight for *_, weight in KARATE.edges(data="weight")]))


def same(one: dict[Any, float], other: dict[Any, float]) -> None:
    assert one.keys() == other.keys()
    np.testing.assert_allclose(list(one.values()), [other[node] for node in one], atol=1e-9)


def test_a_network_is_dispatched_to_its_kernels() -> None:
    for more in ({}, {"personalization": {0: 1, 5: 3}, "dangling": {1: 1}}, {"weight": None, "alpha": 0.5}):
        theirs = dispatched.pagerank(KARATE, tol=1e-12, **more)
        same(dispatched.pagerank(KARATE, tol=1e-12, **more, backend="guanxi"), theirs)
        if "weight" not in more:
            same(dispatched.pagerank(ours(), tol=1e-12, **more), theirs)


def test_what_has_no_kernel_falls_back_where_that_is_allowed() -> None:
    with pytest.raises(NotImplementedError):
        dispatched.wiener_index(ours())
    with dispatched.config(fallback_to_nx=True):
        assert dispatched.wiener_index(ours()) == dispatched.wiener_index(KARATE)


def test_arguments_that_we_would_answer_otherwise_are_refused() -> None:
    with pytest.raises(NotImplementedError):
        dispatched.pagerank(ours(), nstart={0: 1})
    with pytest.raises(nx.PowerIterationFailedConvergence):
        dispatched.pagerank(ours(), max_iter=1)
    with pytest.raises(ZeroDivisionError):
        dispatched.pagerank(ours(), personalization={0: 0})


def test_who_cannot_be_reached_is_at_no_distance() -> None:
    graph: Any = nx.path_graph(3)
    graph.add_node(9)
    for cutoff, reached in ((None, [0, 1, 2]), (math.inf, [0, 1, 2]), (1, [0, 1]), (0, [0])):
        assert list(dispatched.single_source_dijkstra_path_length(graph, 0, cutoff=cutoff, backend="guanxi")) == reached
    for name in ("single_source_shortest_path_length", "single_source_dijkstra_path_length"):
        with pytest.raises(NotImplementedError):
            getattr(dispatched, name)(graph, 0, cutoff=math.nan, backend="guanxi")


def test_what_networkx_does_not_take_or_answers_otherwise_is_refused() -> None:
    text: Any = nx.Graph([(0, 1, {"weight": "3"})])
    with pytest.raises(NotImplementedError):
        dispatched.eigenvector_centrality(text, weight="weight", backend="guanxi")
    loops: Any = nx.MultiGraph([(0, 0), (0, 0)])
    with pytest.raises(NotImplementedError):
        dispatched.constraint(loops, backend="guanxi")
    with pytest.raises(NotImplementedError):
        dispatched.pagerank(KARATE, alpha=1.5, backend="guanxi")


@pytest.mark.parametrize("name", ["hits", "pagerank"])
@pytest.mark.parametrize("weights", [(-1, -1, 2), (1, 1, math.inf)])
def test_ranks_of_weights_that_are_no_shares_are_refused(name: str, weights: tuple[float, ...]) -> None:
    graph: Any = nx.Graph()
    graph.add_weighted_edges_from(zip((0, 1, 2), (1, 2, 0), weights, strict=True))
    with pytest.raises(NotImplementedError):
        getattr(dispatched, name)(graph, backend="guanxi")


@pytest.mark.parametrize("more", [{"normalized": False}, {"max_iter": 1}, {"nstart": {0: 1}}])
def test_hits_on_another_scale_or_not_to_their_end_are_refused(more: dict[str, Any]) -> None:
    with pytest.raises(NotImplementedError):
        dispatched.hits(ours(), **more)


@pytest.mark.parametrize("graph", shelf().values(), ids=shelf().keys())
def test_a_network_becomes_a_graph_and_back(graph: Any) -> None:
    there = to_networkx(network(graph))
    back = from_networkx(there, weight="weight")
    np.testing.assert_array_equal(back.matrix.toarray(), network(graph).matrix.toarray())
    assert to_networkx(back) is there


@pytest.mark.parametrize("kind", [nx.Graph, nx.DiGraph, nx.MultiGraph, nx.MultiDiGraph])
def test_directions_loops_and_parallel_ties_are_kept(kind: Any) -> None:
    graph = kind([("a", "b"), ("b", "a"), ("b", "b"), ("a", "c"), ("a", "c")])
    made = from_networkx(graph)
    assert (made.is_directed(), made.is_multigraph()) == (graph.is_directed(), graph.is_multigraph())
    np.testing.assert_array_equal(made.matrix.toarray(), dispatched.to_numpy_array(graph, weight=None))
    columns = Network.of(made.ids, *(made.rows, made.indices) if made.directed else _once(made), directed=made.directed)
    again = to_networkx(columns)
    assert sorted(map(sorted, again.edges())) == sorted(map(sorted, graph.edges()))


def _once(made: Network) -> tuple[Any, Any]:
    kept = made.rows <= made.indices
    return made.rows[kept], made.indices[kept]


def test_they_know_what_we_have() -> None:
    assert set(get_info()["functions"]) == set(FUNCTIONS)
    assert "guanxi" in dispatched.utils.backends.backends


def test_a_graph_is_converted_where_that_is_worth_while() -> None:
    graph, small = nx.path_graph(SMALLEST), nx.path_graph(SMALLEST - 1)

    def worth_while(name: str, *args: Any, **kwargs: Any) -> bool:
        return backend.should_run(name, args, kwargs) is True

    assert worth_while("core_number", graph)
    assert worth_while("core_number", G=graph)
    assert not worth_while("core_number", small)
    assert not worth_while("is_connected", graph)
    assert worth_while("jaccard_coefficient", graph)
    assert not worth_while("jaccard_coefficient", graph, [(0, 1)])
    dispatched.core_number(graph, backend="guanxi")
    assert worth_while("is_connected", graph)
    assert worth_while("is_connected", ours())


def test_what_is_light_is_among_ours() -> None:
    assert set(FUNCTIONS) > LIGHT | PAIRS


@pytest.mark.parametrize("weight", [None, "far", 1j, math.nan])
def test_a_weight_that_is_no_number_is_left_to_networkx(weight: Any) -> None:
    graph: Any = nx.path_graph(3)
    graph[1][2]["weight"] = weight
    with pytest.raises(NotImplementedError):
        dispatched.single_source_dijkstra_path_length(graph, 0, backend="guanxi")
    assert dispatched.single_source_shortest_path_length(graph, 0, backend="guanxi") == {0: 0, 1: 1, 2: 2}
