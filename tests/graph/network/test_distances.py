from __future__ import annotations

from collections.abc import Callable
from typing import Any

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.network import FloatArray, bit_parallel, threads
from graph.network import distances as module
from graph.network.distances import closeness, distances, harmonic, levels
from graph.network.sampling import error_bound, pivots
from tests.graph.network.shelf import any_graphs, exact, odd, parallel, shelf

GRAPHS = {**shelf(), **odd(), **parallel()}
named = pytest.mark.parametrize("graph", GRAPHS.values(), ids=GRAPHS.keys())
both = st.booleans()


def in_order(scores: dict[Any, Any]) -> FloatArray:
    return np.array([scores[node] for node in range(len(scores))], np.float64)


def name(weighted: bool) -> str | None:
    return "weight" if weighted else None


def expected_levels(graph: nx.Graph[int], sources: list[int], most: int | None) -> list[int]:
    found: dict[int, int] = {}
    for source in sources:
        for node, level in nx.single_source_shortest_path_length(graph, source, cutoff=most).items():
            found[node] = min(level, found.get(node, level))
    return [found.get(node, -1) for node in range(len(graph))]


@named
@pytest.mark.parametrize("weighted", [False, True])
def test_centralities_are_those_of_networkx(graph: nx.Graph[int], weighted: bool) -> None:
    ours = exact(graph)
    for improved in (True, False):
        theirs = nx.closeness_centrality(graph, distance=name(weighted), wf_improved=improved)
        np.testing.assert_allclose(closeness(ours, weighted=weighted, wf_improved=improved), in_order(theirs), rtol=1e-12)
        some = closeness(ours, range(0, len(graph), 2), weighted=weighted, wf_improved=improved)
        np.testing.assert_allclose(some, in_order(theirs)[::2], rtol=1e-12)
    np.testing.assert_allclose(harmonic(ours, weighted=weighted), in_order(nx.harmonic_centrality(graph, distance=name(weighted))))


@given(any_graphs(20), both, both)
def test_centralities_of_any_graph_are_those_of_networkx(graph: nx.Graph[int], weighted: bool, improved: bool) -> None:
    theirs = nx.closeness_centrality(graph, distance=name(weighted), wf_improved=improved)
    np.testing.assert_allclose(closeness(exact(graph), weighted=weighted, wf_improved=improved), in_order(theirs), rtol=1e-12)
    inverse = nx.harmonic_centrality(graph, distance=name(weighted))
    np.testing.assert_allclose(harmonic(exact(graph), weighted=weighted), in_order(inverse), rtol=1e-12)


@pytest.mark.parametrize("directed", [False, True])
def test_several_words_of_searches_reach_what_single_ones_reach(directed: bool) -> None:
    for ties in (200, 700, 4000):
        graph = nx.gnm_random_graph(500, ties, seed=ties, directed=directed)
        np.testing.assert_allclose(closeness(exact(graph)), in_order(nx.closeness_centrality(graph)), rtol=1e-12)
        np.testing.assert_allclose(harmonic(exact(graph)), in_order(nx.harmonic_centrality(graph)), rtol=1e-12)


@given(any_graphs(), st.data(), both)
def test_harmonic_from_some_is_that_of_networkx(graph: nx.Graph[int], data: st.DataObject, weighted: bool) -> None:
    sources = data.draw(st.lists(st.sampled_from(sorted(graph))))
    theirs = nx.harmonic_centrality(graph, distance=name(weighted), sources=sources)
    np.testing.assert_allclose(harmonic(exact(graph), sources, weighted=weighted), in_order(theirs), rtol=1e-12)


@given(any_graphs(), st.data(), st.one_of(st.none(), st.integers(0, 4)))
def test_levels_and_distances_are_those_of_networkx(graph: nx.Graph[int], data: st.DataObject, most: int | None) -> None:
    ours, sources = exact(graph), data.draw(st.lists(st.sampled_from(sorted(graph))))
    assert levels(ours, sources, most=most).tolist() == expected_levels(graph, sources, most)
    far: Any = nx.multi_source_dijkstra_path_length(graph, set(sources)) if sources else {}
    np.testing.assert_allclose(distances(ours, sources), [far.get(node, np.inf) for node in range(len(graph))])
    unweighted = distances(ours, sources, weighted=False)
    assert [-1 if np.isinf(each) else each for each in unweighted] == expected_levels(graph, sources, None)


@pytest.mark.parametrize("weighted", [False, True])
def test_a_sample_is_scaled_to_all(weighted: bool) -> None:
    graph = GRAPHS["les misérables"]
    ours, chosen = exact(graph), pivots(len(graph), 20, 4).tolist()
    far = np.array([distances(ours, [source], weighted=weighted) for source in chosen])
    others = np.array([19 if node in chosen else 20 for node in graph])
    np.testing.assert_allclose(closeness(ours, weighted=weighted, k=20, seed=4), others / far.sum(axis=0))
    inverse = np.divide(1, far, out=np.zeros_like(far), where=far > 0).sum(axis=0)
    np.testing.assert_allclose(harmonic(ours, weighted=weighted, k=20, seed=4), inverse / others * (len(graph) - 1))


def test_a_sample_of_all_is_exact_and_of_one_says_nothing_of_itself() -> None:
    ours = exact(GRAPHS["karate"])
    for measure in (closeness, harmonic):
        np.testing.assert_array_equal(measure(ours, k=34), measure(ours))
        only = int(pivots(34, 1)[0])
        assert np.isnan(measure(ours, k=1)).tolist() == [node == only for node in range(34)]


def test_a_sample_is_off_by_no_more_than_its_bound() -> None:
    ours, n = exact(nx.barabasi_albert_graph(400, 2, seed=5)), 400
    truth, bound = harmonic(ours) / (n - 1), error_bound(399, 149)
    mean, most = 1 / closeness(ours), max(levels(ours, [node]).max() for node in range(n))
    for seed in range(10):
        assert 0 < np.abs(harmonic(ours, k=150, seed=seed) / (n - 1) - truth).max() < bound
        assert 0 < np.abs(1 / closeness(ours, k=150, seed=seed) - mean).max() < bound * most


def test_a_length_of_zero_is_no_distance_to_invert() -> None:
    graph: nx.Graph[int] = nx.Graph()
    graph.add_weighted_edges_from([(0, 1, 0.0), (1, 2, 1.0)])
    assert harmonic(exact(graph), weighted=True).tolist() == [1, 1, 2]
    np.testing.assert_allclose(closeness(exact(graph), weighted=True), in_order(nx.closeness_centrality(graph, distance="weight")))


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("measure", [closeness, harmonic])
def test_one_thread_gives_what_many_give(monkeypatch: pytest.MonkeyPatch, measure: Callable[..., FloatArray], weighted: bool) -> None:
    monkeypatch.setattr(module, "_CHUNK", 5_000)
    monkeypatch.setattr(bit_parallel, "_CHUNK", 1)
    ours, found = exact(GRAPHS["large"]), list[FloatArray]()
    for count in (1, 4):
        monkeypatch.setattr(threads, "count", lambda count=count: count)
        threads._pool.cache_clear()
        found.append(measure(ours, weighted=weighted))
    threads._pool.cache_clear()
    np.testing.assert_array_equal(found[0], found[1])


@pytest.mark.parametrize("function", [closeness, harmonic, lambda ours, tick: closeness(ours, [0, 1], tick=tick)])
def test_what_a_tick_raises_ends_it(function: Callable[..., Any]) -> None:
    def tick(_: float) -> None:
        raise TimeoutError

    with pytest.raises(TimeoutError):
        function(exact(GRAPHS["large"]), tick=tick)
