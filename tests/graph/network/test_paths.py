from __future__ import annotations

import doctest
from concurrent.futures import ThreadPoolExecutor
from itertools import islice, pairwise
from math import log, prod

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.network import Network, led, paths
from graph.network.paths import StrongPath, strongest_paths
from tests.graph.network.shelf import any_graphs, exact, graphs, network


def strength(graph: nx.Graph[int], path: tuple[int, ...]) -> float:
    return prod(float(graph.edges[a, b]["weight"]) for a, b in pairwise(path))


def every_path(graph: nx.Graph[int], sources: set[int], targets: set[int], steps: int) -> list[float]:
    """The strengths of all paths, found by trying all of them."""
    sources = sources - targets
    found = (path for a in sources for b in targets for path in nx.all_simple_paths(graph, a, b, cutoff=steps))
    single = (path for path in found if not sources & set(path[1:]) and not targets & set(path[:-1]))
    return sorted((strength(graph, tuple(path)) for path in single), reverse=True)


def test_a_detour_over_strong_ties_beats_a_weak_tie() -> None:
    graph: nx.Graph[int] = nx.Graph()
    graph.add_weighted_edges_from([(0, 3, 0.3), (0, 1, 0.9), (1, 3, 0.8), (0, 2, 0.5), (2, 3, 0.4)])
    found = strongest_paths(network(graph), [0], [3], 3)
    assert [path.nodes for path in found] == [(0, 1, 3), (0, 3), (0, 2, 3)]
    assert [path.strength for path in found] == pytest.approx([0.72, 0.3, 0.2])


@given(graphs(8), st.data(), st.integers(0, 5))
def test_they_are_the_strongest_of_all(graph: nx.Graph[int], data: st.DataObject, steps: int) -> None:
    nodes = st.sets(st.sampled_from(sorted(graph)))
    sources, targets = data.draw(nodes), data.draw(nodes)
    found = strongest_paths(network(graph), sources, targets, 10, steps=steps)
    assert [path.strength for path in found] == pytest.approx(every_path(graph, sources, targets, steps)[:10])
    for path in found:
        assert path.strength == pytest.approx(strength(graph, path.nodes))
        assert path.nodes[0] in sources - targets
        assert path.nodes[-1] in targets
        assert len(set(path.nodes)) == len(path.nodes)
    assert len({path.nodes for path in found}) == len(found)


@given(graphs(8), st.data())
def test_without_the_hidden_they_are_those_of_what_is_left(graph: nx.Graph[int], data: st.DataObject) -> None:
    nodes = st.sets(st.sampled_from(sorted(graph)))
    sources, targets, hidden = data.draw(nodes), data.draw(nodes), data.draw(nodes)
    rest = graph.copy()
    rest.remove_edges_from([(a, b) for a, b in graph.edges if a in hidden or b in hidden])
    found = strongest_paths(network(graph), sources, targets, 5, hidden=hidden)
    assert [path.strength for path in found] == pytest.approx(every_path(rest, sources - hidden, targets - hidden, 5)[:5])


def test_they_are_those_of_networkx_on_a_larger_network() -> None:
    graph = nx.gnm_random_graph(400, 2000, seed=3)
    weights = np.random.default_rng(3).uniform(0.2, 0.95, graph.number_of_edges())
    for data, weight in zip((data for *_, data in graph.edges(data=True)), weights.tolist(), strict=True):
        data.update(weight=weight, length=-log(weight))
    ours = network(graph)
    for target in range(1, 9):
        expected = islice(nx.shortest_simple_paths(graph, 0, target, weight="length"), 60)
        short = [tuple(path) for path in expected if len(path) <= 6][:5]
        assert [path.nodes for path in strongest_paths(ours, [0], [target], len(short))] == short


def test_a_path_holds_one_source_one_target_and_nobody_hidden() -> None:
    graph: nx.Graph[int] = nx.Graph()
    graph.add_weighted_edges_from([(0, 1, 0.9), (1, 4, 0.9), (0, 2, 0.5), (2, 4, 0.5), (4, 5, 0.9), (0, 3, 0.4), (3, 5, 0.4)])
    ours = network(graph)
    assert [path.nodes for path in strongest_paths(ours, [0], [4], 9, steps=2)] == [(0, 1, 4), (0, 2, 4)]
    assert [path.nodes for path in strongest_paths(ours, [0], [4], 9, steps=2, hidden=[1])] == [(0, 2, 4)]
    assert [path.nodes for path in strongest_paths(ours, [0, 1], [4], 9, steps=2)] == [(1, 4), (0, 2, 4)]
    assert [path.nodes for path in strongest_paths(ours, [2], [4, 5], 9, steps=2)] == [(2, 4)]


def test_nobody_is_reached_over_too_many_steps_or_not_at_all() -> None:
    ours = network(nx.path_graph(8))
    assert strongest_paths(ours, [0], [5], 3) == [StrongPath((0, 1, 2, 3, 4, 5), 1.0)]
    assert strongest_paths(ours, [0], [6], 3) == []
    assert strongest_paths(network(nx.empty_graph(2)), [0], [1], 3) == []
    assert strongest_paths(ours, [], [1], 3) == []
    assert strongest_paths(ours, [0], [], 3) == []


def test_who_is_sought_needs_no_introduction() -> None:
    assert strongest_paths(network(nx.path_graph(3)), [0, 1], [0, 1], 3) == []


def test_its_examples_hold() -> None:
    assert doctest.testmod(paths).failed == 0


def every_directed_path(graph: nx.Graph[int], sources: set[int], targets: set[int], steps: int) -> list[float]:
    """The strengths of all paths along directions, found by trying all of them."""
    sources = sources - targets
    found = (tuple(path) for a in sources for b in targets for path in nx.all_simple_paths(graph, a, b, cutoff=steps))
    single = (path for path in found if not sources & set(path[1:]) and not targets & set(path[:-1]))
    return sorted((strength(graph, path) for path in single), reverse=True)


@given(any_graphs(7), st.data(), st.integers(0, 5), st.sampled_from([1, 2, 3, 50]))
def test_they_are_the_strongest_with_directions_loops_and_equal_ties(
    graph: nx.Graph[int], data: st.DataObject, steps: int, first: int
) -> None:
    for *_, ends in graph.edges(data=True):
        ends["weight"] = data.draw(st.sampled_from([0.25, 0.5, 1.0]))
    nodes = st.sets(st.sampled_from(sorted(graph)))
    sources, targets = data.draw(nodes), data.draw(nodes)
    found = strongest_paths(exact(graph), sources, targets, first, steps=steps)
    expected = every_directed_path(graph if graph.is_directed() else graph.to_directed(), sources, targets, steps)
    assert [path.strength for path in found] == pytest.approx(expected[:first])
    assert len({path.nodes for path in found}) == len(found)


@pytest.mark.parametrize("ties", [0, 300])
def test_how_far_is_looked_back_changes_no_path(monkeypatch: pytest.MonkeyPatch, ties: int) -> None:
    graph = nx.barabasi_albert_graph(300, 4, seed=2)
    ours = network(graph).weighted(np.random.default_rng(1).uniform(0.1, 0.9, graph.number_of_edges()))
    random = np.random.default_rng(7)
    for _ in range(20):
        sources, targets = random.choice(300, 3).tolist(), random.choice(300, 2).tolist()
        usual = strongest_paths(ours, sources, targets, 8)
        with monkeypatch.context() as changed:
            changed.setattr(led, "_TIES", ties)
            assert strongest_paths(ours, sources, targets, 8) == usual
        # From the other side they are the same, turned round.
        turned = strongest_paths(ours, targets, set(sources) - set(targets), 8)
        assert {path.nodes[::-1] for path in turned} == {path.nodes for path in usual}


def test_of_parallel_ties_the_strongest_counts() -> None:
    ours = Network.of("abc", np.array([0, 0, 1]), np.array([1, 1, 2]), np.array([0.3, 0.6, 0.5]))
    (path,) = strongest_paths(ours, [0], [2], 3)
    assert path.nodes == (0, 1, 2)
    assert path.strength == pytest.approx(0.3)


def test_searches_side_by_side_do_not_disturb_each_other() -> None:
    graphs = [nx.barabasi_albert_graph(n, 3, seed=n) for n in (200, 200, 150)]
    weights = [np.random.default_rng(1).uniform(0.1, 0.9, graph.number_of_edges()) for graph in graphs]
    networks = [network(graph).weighted(weight) for graph, weight in zip(graphs, weights, strict=True)]

    def found(at: int) -> list[StrongPath]:
        return strongest_paths(networks[at % 3], [at % 140], [at * 7 % 150], 4)

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(found, range(300))) == [found(at) for at in range(300)]


def test_before_each_search_it_is_asked_whether_to_go_on() -> None:
    ours = network(nx.gnp_random_graph(40, 0.3, seed=1))
    seen: list[float] = []
    found = strongest_paths(ours, [0], [39], 5, tick=seen.append)
    assert len(seen) > len(found) == 5
    assert seen == sorted(seen)
    assert 0 == seen[0] < seen[-1] < 1

    def enough(done: float) -> None:
        if done >= 0.4:
            raise TimeoutError

    with pytest.raises(TimeoutError):
        strongest_paths(ours, [0], [39], 5, tick=enough)
