from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.network import Network
from graph.network.leaving import leaving
from tests.graph.network.shelf import any_graphs, exact, odd, parallel, shelf

GRAPHS = {**shelf(), **odd(), **parallel()}
named = pytest.mark.parametrize("graph", GRAPHS.values(), ids=GRAPHS.keys())


def reached(graph: nx.Graph[int], us: list[int]) -> set[int]:
    return set().union(*(nx.descendants(graph, each) | {each} for each in us if each in graph))


def together(graph: nx.Graph[int]) -> int:
    """How many pairs reach each other, whatever the directions."""
    sizes = [len(each) for each in nx.connected_components(nx.Graph(graph))]
    return sum(size * (size - 1) // 2 for size in sizes)


def check(graph: nx.Graph[int], us: list[int]) -> None:
    """Against taking out one node after the other."""
    lost, before, at_first = leaving(exact(graph), us), together(graph), reached(graph, us)
    whole: float = graph.size(weight="weight") if graph.size() else 0.0
    for node in graph:
        rest = graph.copy()
        rest.remove_node(node)
        own = sum(len(each) for each in nx.connected_components(nx.Graph(graph)) if node in each) - 1
        assert lost.pairs[node] == before - own - together(rest)
        gone = at_first - reached(rest, us) - {node}
        assert lost.without(node).tolist() == sorted(gone)
        assert lost.unreached[node] == len(gone)
        left = sum(data.get("weight", 1.0) for *_, data in rest.edges(data=True))
        assert lost.share[node] == pytest.approx((whole - left) / whole if whole else 0)


@named
def test_it_is_what_taking_each_node_out_shows(graph: nx.Graph[int]) -> None:
    check(graph, list(range(0, len(graph), 9)))
    assert leaving(exact(graph)).unreached.tolist() == [0] * len(graph)


@given(any_graphs(12), st.data())
def test_it_is_what_taking_each_node_out_of_any_graph_shows(graph: nx.Graph[int], data: st.DataObject) -> None:
    check(graph, data.draw(st.lists(st.sampled_from(sorted(graph)), max_size=3)))


@pytest.mark.parametrize("directed", [True, False])
def test_it_is_what_taking_each_node_out_of_a_sparse_graph_shows(directed: bool) -> None:
    graph = nx.gnm_random_graph(120, 200 if directed else 130, seed=8, directed=directed)
    check(graph, [0, 1, 2])


def test_dominators_of_a_larger_network_are_those_of_networkx() -> None:
    graph = nx.gnm_random_graph(2000, 4500, seed=3, directed=True)
    theirs, ours = nx.immediate_dominators(graph, 0), leaving(exact(graph), [0]).dominator
    assert {node: int(ours[node]) for node in theirs if node != 0} == {node: above for node, above in theirs.items() if node != 0}


def test_a_long_path_needs_no_deep_stack() -> None:
    n = 100_000
    lost = leaving(Network.of(range(n), np.arange(n - 1), np.arange(1, n)), [0])
    assert lost.unreached[:3].tolist() == [n - 1, n - 2, n - 3]
    assert lost.pairs[n // 2] == (n // 2) * (n // 2 - 1)


def test_what_a_tick_raises_ends_it() -> None:
    def tick(_: float) -> None:
        raise TimeoutError

    with pytest.raises(TimeoutError):
        leaving(exact(GRAPHS["large"]), [0], tick=tick)
