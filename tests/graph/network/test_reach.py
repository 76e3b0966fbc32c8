from __future__ import annotations

from itertools import pairwise
from math import prod

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.network import Network
from graph.network.reach import reach
from tests.graph.network.shelf import graphs, network


def strongest(graph: nx.Graph[int], starts: set[int], node: int, steps: int) -> float:
    """By trying all ways."""
    if node in starts:
        return 1
    ways = (way for start in starts for way in nx.all_simple_paths(graph, start, node, cutoff=steps))
    return max((prod(float(graph.edges[a, b]["weight"]) for a, b in pairwise(way)) for way in ways), default=0.0)


@given(graphs(7), st.data(), st.integers(0, 4))
def test_ways_are_the_strongest_of_all(graph: nx.Graph[int], data: st.DataObject, steps: int) -> None:
    nodes = st.sets(st.sampled_from(sorted(graph)))
    starts, hidden = data.draw(nodes), data.draw(nodes)
    found = reach(network(graph), starts, steps, hidden=hidden)
    open_ = graph.subgraph(set(graph) - hidden)
    for node in graph:
        expected = strongest(open_, starts - hidden, node, steps) if node not in hidden else 0
        assert found.strength[node] == pytest.approx(expected)
        if not expected:
            assert found.steps[node] == -1
            continue
        way = found.way(node)
        assert way[0] in starts
        assert way[-1] == node
        assert len(way) == found.steps[node] + 1 <= steps + 1
        assert prod(float(graph.edges[a, b]["weight"]) for a, b in pairwise(way)) == pytest.approx(expected)


def test_of_equal_ways_the_shorter_one_counts() -> None:
    ties = Network.of("abcd", np.array([0, 1, 0, 2]), np.array([1, 3, 2, 3]), np.array([1.0, 1.0, 1.0, 1.0]))
    found = reach(ties, [0], 3)
    assert found.steps.tolist() == [0, 1, 1, 2]
    assert found.way(3) == [0, 1, 3]


def test_directions_are_followed() -> None:
    ties = Network.of("abc", np.array([0, 1]), np.array([1, 2]), np.array([0.5, 0.5]), directed=True)
    assert reach(ties, [0], 2).strength.tolist() == [1, 0.5, 0.25]
    assert reach(ties, [2], 2).strength.tolist() == [0, 0, 1]


def test_whoever_watches_may_stop_it() -> None:
    def tick(_: float) -> None:
        raise TimeoutError

    with pytest.raises(TimeoutError):
        reach(network(nx.path_graph(4)), [0], 2, tick=tick)
