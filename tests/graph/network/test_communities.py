from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from graph.network import Network, communities, work
from graph.network import leiden as leiden_module
from graph.network.communities import label_propagation, leiden, modularity
from graph.network.partitions import connected, numbered
from graph.network.threads import silent
from tests.graph.network.shelf import any_graphs, exact, odd, parallel, shelf

GRAPHS = {**shelf(), **odd(), **parallel()}
FINDERS: list[Callable[..., NDArray[np.int32]]] = [leiden, label_propagation]
named = pytest.mark.parametrize("graph", GRAPHS.values(), ids=GRAPHS.keys())
each_finder = pytest.mark.parametrize("find", FINDERS)


def sets(labels: Any) -> list[set[int]]:
    return [set(np.flatnonzero(labels == label).tolist()) for label in np.unique(labels)]


def quality(graph: nx.Graph[int], labels: Any, **parameters: Any) -> float:
    return float(nx.community.modularity(graph, sets(labels), **parameters))


def partitions(n: int) -> Iterator[list[int]]:
    """All partitions of 0…n-1, as labels."""
    if n == 0:
        yield []
    for rest in partitions(n - 1) if n else ():
        yield from ([*rest, label] for label in range(max(rest, default=-1) + 2))


def planted(groups: int, size: int, seed: int) -> nx.Graph[int]:
    return nx.planted_partition_graph(groups, size, 0.4, 0.01, seed=seed)


@given(any_graphs(), st.data(), st.floats(0.2, 3), st.booleans())
def test_modularity_is_that_of_networkx(graph: nx.Graph[int], data: st.DataObject, resolution: float, weighted: bool) -> None:
    labels = np.array(data.draw(st.lists(st.integers(-2, 3), min_size=len(graph), max_size=len(graph))))
    ours = modularity(exact(graph), labels, resolution=resolution, weighted=weighted)
    if graph.number_of_edges():
        weight = "weight" if weighted else None
        assert ours == pytest.approx(quality(graph, labels, resolution=resolution, weight=weight), abs=1e-9)
    else:
        assert np.isnan(ours)


@pytest.mark.parametrize("graph", parallel().values(), ids=parallel().keys())
def test_parallel_ties_add_up(graph: nx.Graph[int]) -> None:
    assert modularity(exact(graph), [0, 0, 0, 1]) == pytest.approx(quality(graph, np.array([0, 0, 0, 1])))


def test_every_node_has_one_label() -> None:
    with pytest.raises(ValueError, match="one label"):
        modularity(exact(GRAPHS["pair"]), [0])


@named
@each_finder
def test_labels_are_numbered_in_the_order_of_their_first_nodes(find: Callable[..., Any], graph: nx.Graph[int]) -> None:
    labels = find(exact(graph))
    assert labels.shape == (len(graph),)
    firsts = [int(np.flatnonzero(labels == label)[0]) for label in range(len(np.unique(labels)))]
    assert firsts == sorted(firsts)


@given(any_graphs(), st.integers(0, 3), st.sampled_from([0.5, 1, 4]))
def test_leiden_communities_are_connected(graph: nx.Graph[int], seed: int, resolution: float) -> None:
    labels = leiden(exact(graph), seed=seed, resolution=resolution)
    assert all(nx.is_connected(nx.Graph(graph).subgraph(community)) for community in sets(labels))


def test_leiden_communities_of_large_networks_are_connected() -> None:
    for seed in range(5):
        graph = nx.barabasi_albert_graph(2000, 2, seed=seed)
        assert all(nx.is_connected(graph.subgraph(community)) for community in sets(leiden(exact(graph), seed=seed, iterations=1)))


def test_an_iteration_that_adds_next_to_nothing_is_the_last(monkeypatch: pytest.MonkeyPatch) -> None:
    graph, gains = nx.karate_club_graph(), []
    improved = leiden_module._improved

    def counted(*given: Any) -> tuple[NDArray[np.int32], float]:
        labels, gain = improved(*given)
        gains.append(gain)
        return labels, gain

    monkeypatch.setattr(leiden_module, "_improved", counted)
    monkeypatch.setattr(leiden_module, "_LARGE", 0)
    found = leiden(exact(graph), weighted=False, iterations=50)
    assert gains[-1] <= 1e-3 * sum(gains)
    assert all(gain > 1e-3 * sum(gains[: at + 1]) for at, gain in enumerate(gains[:-1]))
    # What is gained is what the modularity grows by, from everybody alone on.
    alone = quality(graph, range(34), weight=None)
    assert 2 * sum(gains) / (2 * graph.number_of_edges()) == pytest.approx(quality(graph, found, weight=None) - alone)


def test_a_community_that_falls_apart_is_split(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, apart = exact(nx.path_graph(5)), np.array([0, 1, 0, 0, 1], np.int32)
    assert connected(ours.indptr, ours.indices, ours.weights, apart).tolist() == [0, 1, 2, 2, 3]
    monkeypatch.setattr(leiden_module, "_moved", lambda *_: (apart, 0.0))
    monkeypatch.setattr(leiden_module, "_refined", lambda *_: np.arange(5, dtype=np.int32))
    assert leiden(ours).tolist() == [0, 1, 2, 2, 3]


@given(any_graphs(), st.data(), st.sampled_from([0.3, 1, 3]))
def test_parts_are_connected_and_only_who_is_well_connected_joins_one(graph: nx.Graph[int], data: st.DataObject, resolution: float) -> None:
    labels = numbered(np.array(data.draw(st.lists(st.integers(0, 2), min_size=len(graph), max_size=len(graph))), np.int32) % len(graph))
    level = leiden_module._base(exact(graph), resolution)
    parts, matrix = leiden_module._refined(level, labels, 1, silent), exact(graph).matrix.toarray()
    if graph.is_directed():
        matrix = matrix + matrix.T
    np.fill_diagonal(matrix, 0)
    for part in sets(parts):
        assert len({labels[node] for node in part}) == 1
        assert nx.is_connected(nx.Graph(graph).subgraph(part))
        for node in part if len(part) > 1 else ():
            rest = [other for other in range(len(graph)) if labels[other] == labels[node] and other != node]
            needed = level.penalty * level.strength[node] * level.strength[rest].sum()
            assert matrix[node, rest].sum() >= needed - 1e-9 or parts.tolist().count(parts[node]) == 1


@pytest.mark.parametrize("seed", range(10))
def test_parts_of_larger_communities_are_connected(seed: int) -> None:
    graph: nx.Graph[int] = nx.gnm_random_graph(120, 240, seed=seed)
    labels = numbered(np.random.default_rng(seed).integers(0, 3, 120).astype(np.int32))
    parts = leiden_module._refined(leiden_module._base(exact(graph), 0.5), labels, seed, silent)
    assert len(sets(parts)) < 120
    assert all(nx.is_connected(graph.subgraph(part)) for part in sets(parts))


def test_who_gains_by_it_leaves_for_a_community_of_its_own() -> None:
    level = leiden_module._base(exact(nx.path_graph(4)), 3)
    assert leiden_module._moved(level, np.zeros(4, np.int32), 1, silent)[0].tolist() == [0, 0, 1, 1]


@pytest.mark.parametrize(("name", "best"), [("karate", 0.41979), ("les misérables", 0.56001), ("clique", 0.0)])
def test_leiden_finds_the_best_modularity_known(name: str, best: float) -> None:
    graph = GRAPHS[name]
    for seed in range(5):
        assert quality(graph, leiden(exact(graph), weighted=False, seed=seed), weight=None) >= best - 1e-4


def test_leiden_finds_the_best_of_all_partitions_as_a_rule_and_loses_less_than_louvain() -> None:
    dice, everything = np.random.default_rng(1), [np.array(labels) for labels in partitions(6)]
    ours, louvain = [], []
    for seed in range(60):
        graph = nx.gnp_random_graph(6, dice.uniform(0.3, 1), seed=seed)
        for a, b in graph.edges:
            graph.edges[a, b]["weight"] = dice.uniform(0.01, 1)
        network = exact(graph)
        best = max(modularity(network, labels) for labels in everything)
        ours.append(best - modularity(network, leiden(network)))
        louvain.append(best - nx.community.modularity(graph, nx.community.louvain_communities(graph, seed=1)))
    assert np.mean(np.array(ours) < 1e-9) >= 0.95
    assert sum(ours) < sum(louvain)


@pytest.mark.parametrize("seed", range(3))
def test_leiden_is_no_worse_than_louvain(seed: int) -> None:
    graph: nx.Graph[int] = nx.powerlaw_cluster_graph(800, 5, 0.3, seed=seed)
    louvain = nx.community.modularity(graph, nx.community.louvain_communities(graph, seed=seed))
    assert quality(graph, leiden(exact(graph), seed=seed)) >= louvain - 1e-3


@each_finder
def test_what_was_planted_is_found(find: Callable[..., Any]) -> None:
    for seed in range(3):
        labels = find(exact(planted(6, 40, seed)), seed=seed)
        assert labels.tolist() == [node // 40 for node in range(240)]


def test_a_greater_resolution_finds_smaller_communities() -> None:
    ours = exact(GRAPHS["large"])
    counts = [int(leiden(ours, resolution=resolution).max()) + 1 for resolution in (1e-6, 1, 5, 1e6)]
    assert counts == sorted(counts)
    assert (counts[0], counts[-1]) == (1, len(ours))


@each_finder
def test_weights_count(find: Callable[..., Any]) -> None:
    ring = exact(nx.Graph([(0, 1, {"weight": 9}), (1, 2, {"weight": 1}), (2, 3, {"weight": 9}), (3, 0, {"weight": 1})]))
    assert find(ring).tolist() == [0, 0, 1, 1]
    apart = Network.of("abc", np.array([0, 1]), np.array([1, 2]), np.zeros(2))
    assert find(apart).tolist() == [0, 1, 2]


@given(any_graphs(), st.integers(0, 3))
def test_nobody_would_rather_have_another_label(graph: nx.Graph[int], seed: int) -> None:
    matrix = exact(graph).matrix.toarray()
    mutual = matrix + matrix.T
    np.fill_diagonal(mutual, 0)
    labels = label_propagation(exact(graph), seed=seed)
    support = mutual @ (labels[:, None] == np.arange(labels.max() + 1))
    np.testing.assert_allclose(support[np.arange(len(graph)), labels], support.max(axis=1))


def test_a_label_that_is_nearly_the_strongest_is_not_enough() -> None:
    graph: nx.Graph[int] = nx.gnm_random_graph(60, 150, seed=4)
    for place, (*_, data) in enumerate(graph.edges(data=True)):
        data["weight"] = 1 + 0.1 * (place % 7)
    matrix = exact(graph).matrix.toarray()
    for seed in range(5):
        labels = label_propagation(exact(graph), seed=seed)
        support = matrix @ (labels[:, None] == np.arange(60))
        np.testing.assert_allclose(support[np.arange(60), labels], support.max(axis=1))


@each_finder
def test_the_same_seed_finds_the_same(find: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    ours = exact(GRAPHS["large"])
    found = [find(ours, seed=seed).tolist() for seed in range(4)]
    assert len({tuple(labels) for labels in found}) > 1
    monkeypatch.setattr(work.balanced, "__defaults__", (50,))
    for module in (communities, leiden_module):
        monkeypatch.setattr(module, "CHUNK", 50)
    monkeypatch.setattr(leiden_module, "_CHUNK", 50)
    assert [find(ours, seed=seed).tolist() for seed in range(4)] == found


def test_how_the_work_is_cut_changes_no_modularity(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, labels = exact(GRAPHS["large"]), np.arange(300) % 7
    whole = modularity(ours, labels)
    monkeypatch.setattr(work.balanced, "__defaults__", (50,))
    assert modularity(ours, labels) == pytest.approx(whole, rel=1e-12)


@pytest.mark.parametrize("measure", [leiden, label_propagation, lambda network, tick: modularity(network, network.degree, tick=tick)])
def test_whoever_watches_may_stop_it(measure: Callable[..., Any]) -> None:
    class Enough(Exception): ...

    def tick(_: float) -> None:
        raise Enough

    with pytest.raises(Enough):
        measure(exact(GRAPHS["large"]), tick=tick)


@each_finder
@pytest.mark.parametrize("seed", [0, 1, 7])
def test_who_has_no_ties_changes_nothing_for_the_others(find: Callable[..., NDArray[np.int32]], seed: int) -> None:
    random = np.random.default_rng(seed)
    ring = np.arange(60, dtype=np.int32)
    a, b = (
        np.concatenate(each)
        for each in ((ring, random.integers(0, 60, 90, np.int32)), (np.roll(ring, 1), random.integers(0, 60, 90, np.int32)))
    )
    there = np.sort(random.choice(100, 60, replace=False)).astype(np.int32)
    found, among = find(Network.of(range(60), a, b), seed=seed), find(Network.of(range(100), there[a], there[b]), seed=seed)
    alone = [{node} for node in range(100) if node not in there]
    moved = [set(there[list(group)].tolist()) for group in sets(found)]
    assert sorted(map(sorted, sets(among))) == sorted(map(sorted, moved + alone))
