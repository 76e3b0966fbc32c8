from __future__ import annotations

from collections.abc import Callable
from random import Random

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.network import Network
from graph.network.centrality import Centrality, NotConverged, betweenness, eigenvector, hits, katz, largest_eigenvalue, pagerank
from tests.graph.network.shelf import graphs, network, shelf

SHELF = shelf()
MEASURES = [katz, pagerank, eigenvector, hits, betweenness]
named = pytest.mark.parametrize("graph", SHELF.values(), ids=SHELF.keys())


def in_order(scores: dict[int, float]) -> list[float]:
    return [scores[node] for node in sorted(scores)]


@named
@pytest.mark.parametrize("measure", MEASURES)
def test_scores_are_what_a_node_has_and_what_its_neighbours_pass_on(graph: nx.Graph[int], measure: Callable[[Network], Centrality]) -> None:
    ours = network(graph)
    result = measure(ours)
    assert result.scores.shape == (len(graph),)
    assert np.isfinite(result.scores).all()
    assert (result.scores >= 0).all()
    np.testing.assert_allclose(result.own + ours.matrix @ result.passing, result.scores, atol=1e-12)


@named
def test_katz_is_that_of_networkx(graph: nx.Graph[int]) -> None:
    ours = network(graph)
    alpha = 0.95 / largest_eigenvalue(ours)
    theirs = (
        nx.katz_centrality(graph, alpha=alpha, beta=1, normalized=False, weight="weight", tol=1e-13, max_iter=5000) if len(graph) else {}
    )
    np.testing.assert_allclose(katz(ours).scores, in_order(theirs), rtol=1e-9)


def test_katz_of_a_star_by_hand() -> None:
    # λ of a star with four leaves is 2: x_hub = 4c·x_leaf + 1 and x_leaf = c·x_hub + 1 with c = .95/2.
    c = 0.475
    hub = (1 + 4 * c) / (1 - 4 * c * c)
    np.testing.assert_allclose(katz(network(nx.star_graph(4))).scores, [hub] + [c * hub + 1] * 4, rtol=1e-10)


def test_without_a_tie_everybody_has_only_their_own() -> None:
    assert largest_eigenvalue(network(nx.empty_graph(3))) == 1
    assert largest_eigenvalue(network(nx.empty_graph(100))) == 1
    assert katz(network(nx.empty_graph(3))).scores.tolist() == [1, 1, 1]


@named
def test_pagerank_is_that_of_networkx(graph: nx.Graph[int]) -> None:
    theirs = nx.pagerank(graph, tol=1e-13, max_iter=1000)
    np.testing.assert_allclose(pagerank(network(graph)).scores, in_order(theirs), rtol=1e-8)


@pytest.mark.parametrize("name", ["florentine", "karate", "les misérables", "large", "clique"])
def test_eigenvector_and_hits_are_those_of_networkx(name: str) -> None:
    graph, ours = SHELF[name], network(SHELF[name])
    np.testing.assert_allclose(eigenvector(ours).scores, in_order(nx.eigenvector_centrality_numpy(graph, weight="weight")), atol=1e-9)
    np.testing.assert_allclose(hits(ours).scores, in_order(nx.hits(graph, tol=1e-13)[1]), atol=1e-8)


def test_hits_of_a_star_does_not_depend_on_chance() -> None:
    # Both sides of a bipartite graph share the greatest eigenvalue; what counts is the direction of 1…1 between them.
    np.testing.assert_allclose(hits(network(nx.star_graph(4))).scores, [0.2] * 5)
    np.testing.assert_allclose(hits(network(nx.star_graph(99))).scores, [0.01] * 100)


@named
def test_betweenness_is_that_of_networkx(graph: nx.Graph[int]) -> None:
    lengths: nx.Graph[int] = nx.Graph(graph)
    for *_, data in lengths.edges(data=True):
        data["length"] = 1 / data.get("weight", 1)
    theirs = nx.betweenness_centrality(lengths, weight="length")
    np.testing.assert_allclose(betweenness(network(graph)).scores, in_order(theirs), atol=1e-9)


@given(graphs(), st.sampled_from([katz, pagerank]), st.randoms(use_true_random=False))
def test_the_order_of_the_nodes_changes_no_score(graph: nx.Graph[int], measure: Callable[[Network], Centrality], random: Random) -> None:
    renumbered = list(graph)
    random.shuffle(renumbered)
    mapping = dict(zip(graph, renumbered, strict=True))
    before, after = measure(network(graph)).scores, measure(network(nx.relabel_nodes(graph, mapping))).scores
    np.testing.assert_allclose(after[[mapping[node] for node in sorted(mapping)]], before, atol=1e-7)


@pytest.mark.parametrize("measure", MEASURES)
def test_whoever_watches_may_stop_a_computation(measure: Callable[..., Centrality]) -> None:
    class Enough(Exception): ...

    def tick(_: float) -> None:
        raise Enough

    with pytest.raises(Enough):
        measure(network(SHELF["large"]), tick=tick)


@pytest.mark.parametrize("measure", [katz, eigenvector, largest_eigenvalue])
def test_directions_are_refused_where_they_have_no_meaning(measure: Callable[[Network], object]) -> None:
    with pytest.raises(ValueError, match="no direction"):
        measure(Network.of("abc", np.array([0, 1]), np.array([1, 2]), directed=True))


def test_katz_that_is_not_there_yet_is_no_answer() -> None:
    assert katz(network(SHELF["karate"]), iterations=60).scores.min() > 1
    with pytest.raises(NotConverged, match="more than 3"):
        katz(network(SHELF["karate"]), iterations=3)


@pytest.mark.parametrize("alpha", [-0.1, 1.0, float("nan")])
def test_katz_counts_ways_less_the_longer_they_are(alpha: float) -> None:
    with pytest.raises(ValueError, match="less than 1"):
        katz(network(SHELF["karate"]), alpha)


def path(n: int) -> Network:
    return Network.of(range(n), np.arange(n - 1), np.arange(1, n))


def test_eigenvector_of_a_long_path_by_hand() -> None:
    wave = np.sin(np.pi * np.arange(1, 501) / 501)
    np.testing.assert_allclose(eigenvector(path(500)).scores, wave / np.sqrt(wave @ wave), atol=1e-6)
    assert largest_eigenvalue(path(500)) == pytest.approx(2 * np.cos(np.pi / 501), rel=1e-5)


def test_eigenvalues_too_close_to_tell_apart_are_no_answer() -> None:
    for measure in (eigenvector, hits):
        with pytest.raises(NotConverged, match="too close"):
            measure(path(3_000))
    assert katz(path(1_000)).scores.max() == pytest.approx(20, rel=1e-3)


@pytest.mark.parametrize("size", [1e-300, 1e-200, 1e-155, 1e155, 1e200, 1e300])
@pytest.mark.parametrize("measure", [katz, eigenvector, hits])
def test_how_large_all_weights_are_does_not_matter(measure: Callable[[Network], Centrality], size: float) -> None:
    a, b, weights = np.array([0, 0, 0, 0, 1]), np.array([1, 2, 3, 4, 2]), np.array([0.9, 0.5, 0.4, 0.3, 0.7])
    usual, network = (measure(Network.of(range(5), a, b, each * weights)) for each in (1, size)), Network.of(range(5), a, b, size * weights)
    expected, found = usual
    np.testing.assert_allclose(found.scores, expected.scores, rtol=1e-9)
    np.testing.assert_allclose(found.own + network.matrix @ found.passing, found.scores, rtol=1e-9)
