from __future__ import annotations

from random import Random
from typing import Any

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.network import FloatArray, Network, threads
from graph.network import betweenness as module
from graph.network.betweenness import betweenness
from graph.network.lengths import roads
from graph.network.sampling import error_bound, pivots
from tests.graph.network.shelf import any_graphs, exact, odd, parallel, shelf

GRAPHS = {**shelf(), **odd(), **parallel()}
named = pytest.mark.parametrize("graph", GRAPHS.values(), ids=GRAPHS.keys())
both = st.booleans()


def theirs(graph: nx.Graph[int], *, weighted: bool = False, **options: Any) -> FloatArray:
    scores = nx.betweenness_centrality(graph, weight="weight" if weighted else None, **options)
    return np.array([scores[node] for node in sorted(scores)])


@named
@pytest.mark.parametrize("weighted", [False, True])
def test_it_is_that_of_networkx(graph: nx.Graph[int], weighted: bool) -> None:
    several: list[dict[str, Any]] = [{}, {"normalized": False}, {"endpoints": True}, {"normalized": False, "endpoints": True}]
    for options in several:
        np.testing.assert_allclose(betweenness(exact(graph), weighted=weighted, **options), theirs(graph, weighted=weighted, **options))


@given(any_graphs(), st.data(), both, both, both)
def test_it_is_that_of_networkx_where_many_paths_are_equally_long(
    graph: nx.Graph[int], data: st.DataObject, weighted: bool, normalized: bool, endpoints: bool
) -> None:
    for *_, ends in graph.edges(data=True):
        ends["weight"] = data.draw(st.sampled_from([0.1, 0.2, 0.3, 0.7, 1.0]))
    options: dict[str, Any] = {"weighted": weighted, "normalized": normalized, "endpoints": endpoints}
    np.testing.assert_allclose(betweenness(exact(graph), **options), theirs(graph, **options), atol=1e-12)


@given(any_graphs(), st.data(), both, both, both)
def test_that_of_a_sample_is_that_of_networkx(
    graph: nx.Graph[int], data: st.DataObject, weighted: bool, normalized: bool, endpoints: bool
) -> None:
    k, seed = data.draw(st.integers(1, len(graph))), data.draw(st.integers(0, 9))
    options: dict[str, Any] = {"weighted": weighted, "normalized": normalized, "endpoints": endpoints}
    ours = betweenness(exact(graph), k=k, seed=seed, **options)
    np.testing.assert_allclose(ours, theirs(graph, k=k, seed=seed, **options), atol=1e-12)


def test_florentine_families_by_hand() -> None:
    graph = nx.florentine_families_graph()
    scores = dict(zip(graph, betweenness(exact(nx.convert_node_labels_to_integers(graph))), strict=True))
    assert scores["Medici"] == pytest.approx(0.521978, abs=1e-6)
    assert scores["Pucci" if "Pucci" in scores else "Pazzi"] == 0


@pytest.mark.parametrize("weighted", [False, True])
def test_one_thread_gives_what_many_give(monkeypatch: pytest.MonkeyPatch, weighted: bool) -> None:
    monkeypatch.setattr(module, "_CHUNK", 5_000)
    monkeypatch.setattr(module, "_CHUNK_BY_LENGTHS", 5_000)
    ours, found = exact(GRAPHS["large"]), list[FloatArray]()
    for count in (1, 4):
        monkeypatch.setattr(threads, "count", lambda count=count: count)
        threads._pool.cache_clear()
        found.append(betweenness(ours, weighted=weighted, k=120, seed=3))
    threads._pool.cache_clear()
    np.testing.assert_array_equal(found[0], found[1])


def test_what_a_tick_raises_ends_it() -> None:
    def tick(_: float) -> None:
        raise TimeoutError

    with pytest.raises(TimeoutError):
        betweenness(exact(GRAPHS["large"]), tick=tick)


def test_the_same_seed_draws_the_same_nodes() -> None:
    assert pivots(100, 10, 1).tolist() == pivots(100, 10, Random(1)).tolist() != pivots(100, 10, 2).tolist()
    assert pivots(3, None).tolist() == pivots(3, 3).tolist() == [0, 1, 2]


def test_a_sample_is_off_by_no_more_than_its_bound() -> None:
    graph = nx.barabasi_albert_graph(400, 2, seed=5)
    ours, bound = exact(graph), error_bound(399, 199)
    truth = betweenness(ours)
    assert bound < 0.15
    off = [np.abs(betweenness(ours, k=200, seed=seed) - truth).max() for seed in range(40)]
    assert sum(worst > bound for worst in off) <= 2
    assert max(off) > bound / 20


def test_a_bound_is_that_of_serfling() -> None:
    assert error_bound(1000, 101, 0.9) == pytest.approx((0.9 * np.log(20_000) / 202) ** 0.5)
    assert [error_bound(10, k) for k in (0, 1, 10, 11)] == [1, 1, 0, 0]


@pytest.mark.parametrize("length", [-1.0, float("nan")])
def test_a_length_is_zero_or_more(length: float) -> None:
    with pytest.raises(ValueError, match="0 or more"):
        roads(Network.of("ab", np.array([0]), np.array([1]), np.array([length])))


def test_of_parallel_ties_the_shortest_counts() -> None:
    a, b = np.array([0, 0, 0, 1]), np.array([1, 1, 1, 2])
    ours = roads(Network.of("abc", a, b, np.array([3.0, 1.0, 2.0, 5.0]), directed=True))
    assert (ours.indices.tolist(), ours.weights.tolist(), ours.edges.tolist()) == ([1, 2], [1, 5], [1, 3])
