from __future__ import annotations

import doctest
from itertools import islice, pairwise

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.network import shortest
from graph.network.shortest import shortest_path, shortest_simple_paths
from tests.graph.network.shelf import any_graphs, exact, odd, parallel, shelf

GRAPHS = {name: graph for name, graph in {**shelf(), **odd(), **parallel()}.items() if len(graph) > 1}
named = pytest.mark.parametrize("graph", GRAPHS.values(), ids=GRAPHS.keys())


def simple(graph: nx.Graph[int]) -> nx.Graph[int]:
    """The same with the shortest of parallel ties alone."""
    result: nx.Graph[int] = nx.DiGraph() if graph.is_directed() else nx.Graph()
    result.add_nodes_from(graph)
    for a, b, data in graph.edges(data=True):
        weight = data.get("weight", 1.0)
        result.add_edge(a, b, weight=min(weight, result.edges[a, b]["weight"]) if result.has_edge(a, b) else weight)
    return result


def length(graph: nx.Graph[int], path: tuple[int, ...], weighted: bool) -> float:
    return sum(graph.edges[a, b]["weight"] if weighted else 1 for a, b in pairwise(path))


def check(graph: nx.Graph[int], source: int, target: int, weighted: bool, first: int = 12) -> None:
    plain, ours = simple(graph), exact(graph)
    path = shortest_path(ours, source, target, weighted=weighted)
    found = list(islice(shortest_simple_paths(ours, source, target, weighted=weighted), first))
    if not nx.has_path(plain, source, target):
        assert (path, found) == (None, [])
        return
    assert path is not None
    best = nx.shortest_path_length(plain, source, target, weight="weight" if weighted else None)
    assert length(plain, path, weighted) == pytest.approx(best)
    assert found[0][0] == pytest.approx(best)
    for far, nodes in found:
        assert (nodes[0], nodes[-1], len(set(nodes))) == (source, target, len(nodes))
        assert length(plain, nodes, weighted) == pytest.approx(far)
    assert len({nodes for _, nodes in found}) == len(found)
    if len(graph) <= 7:
        every = [[source]] if source == target else nx.all_simple_paths(plain, source, target)
        assert [far for far, _ in found] == pytest.approx(sorted(length(plain, tuple(path), weighted) for path in every)[:first])


def test_its_examples_hold() -> None:
    assert doctest.testmod(shortest).failed == 0


@named
@pytest.mark.parametrize("weighted", [False, True])
def test_the_first_is_that_of_networkx(graph: nx.Graph[int], weighted: bool) -> None:
    for target in (1, len(graph) // 2, len(graph) - 1):
        check(graph, 0, target, weighted, 3)


@given(any_graphs(7), st.data(), st.booleans())
def test_they_come_in_the_order_of_their_lengths_and_all_of_them(graph: nx.Graph[int], data: st.DataObject, weighted: bool) -> None:
    for *_, ends in graph.edges(data=True):
        ends["weight"] = data.draw(st.sampled_from([0.0, 0.1, 0.2, 0.3, 1.0]))
    node = st.sampled_from(sorted(graph))
    check(graph, data.draw(node), data.draw(node), weighted, 1000)


@pytest.mark.parametrize("directed", [False, True])
def test_they_are_those_of_networkx_on_a_larger_network(directed: bool) -> None:
    graph = nx.gnm_random_graph(300, 1500, seed=3, directed=directed)
    weights = np.random.default_rng(3).uniform(0.2, 0.95, graph.number_of_edges())
    for data, weight in zip((data for *_, data in graph.edges(data=True)), weights.tolist(), strict=True):
        data.update(weight=weight)
    ours = exact(graph)
    for target in range(1, 9):
        expected = [tuple(path) for path in islice(nx.shortest_simple_paths(graph, 0, target, weight="weight"), 8)]
        assert [path for _, path in islice(shortest_simple_paths(ours, 0, target), 8)] == expected
        assert shortest_path(ours, 0, target) == expected[0]


def test_before_each_search_it_is_asked_whether_to_go_on() -> None:
    ours, seen = exact(nx.gnp_random_graph(40, 0.3, seed=1)), list[float]()
    assert shortest_path(ours, 0, 39, weighted=False, tick=seen.append)
    assert seen
    found = shortest_simple_paths(ours, 0, 39, weighted=False, tick=seen.append)
    before = len(seen)
    assert len(list(islice(found, 3))) == 3
    assert len(seen) >= before + 3
