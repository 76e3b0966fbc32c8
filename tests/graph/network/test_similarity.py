from __future__ import annotations

from collections.abc import Callable
from typing import Any, get_args

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.network import work
from graph.network.similarity import Measure, candidates, most_similar, similarity
from tests.graph.network.shelf import any_graphs, exact, odd, parallel, shelf

GRAPHS = {**shelf(), **odd()}


def shared_by(graph: Any, a: int, b: int) -> set[int]:
    return set(nx.common_neighbors(graph, a, b))


MEASURES: tuple[Measure, ...] = get_args(Measure)
THEIRS: dict[str, Callable[..., Any]] = {
    "common_neighbours": lambda graph, pairs: [(a, b, len(shared_by(graph, a, b))) for a, b in pairs],
    "jaccard": nx.jaccard_coefficient,
    "adamic_adar": nx.adamic_adar_index,
    "resource_allocation": nx.resource_allocation_index,
}
named = pytest.mark.parametrize("graph", GRAPHS.values(), ids=GRAPHS.keys())
each_measure = pytest.mark.parametrize("measure", MEASURES)


def some_pairs(graph: nx.Graph[int]) -> list[tuple[int, int]]:
    """All pairs of different nodes, of a large graph those with the first ten."""
    return [(a, b) for a in list(graph)[:10] for b in graph if a != b]


def theirs(graph: nx.Graph[int], pairs: list[tuple[int, int]], measure: Measure) -> list[float]:
    return [score for *_, score in THEIRS[measure](nx.Graph(graph), pairs)]


def ranked(graph: nx.Graph[int], node: int, measure: Measure, tied: bool) -> list[tuple[int, float]]:
    """Those who share a neighbour with `node`, the most alike first, by networkx."""
    plain: nx.Graph[int] = nx.Graph(graph)
    pairs = [(node, b) for b in plain if b != node and shared_by(plain, node, b) and (tied or b not in plain[node])]
    scored = zip((b for _, b in pairs), theirs(graph, pairs, measure), strict=True)
    return sorted(scored, key=lambda each: (-round(each[1], 9), each[0]))


@named
@each_measure
def test_pairs_are_as_alike_as_networkx_says(graph: nx.Graph[int], measure: Measure) -> None:
    pairs = some_pairs(graph)
    ours = similarity(exact(graph), [a for a, _ in pairs], [b for _, b in pairs], measure)
    np.testing.assert_allclose(ours, theirs(graph, pairs, measure), atol=1e-12)


@given(any_graphs(), st.sampled_from(MEASURES))
def test_pairs_of_any_graph_are_as_alike_as_networkx_says(graph: nx.Graph[int], measure: Measure) -> None:
    pairs = some_pairs(graph)
    ours = similarity(exact(graph), [a for a, _ in pairs], [b for _, b in pairs], measure)
    np.testing.assert_allclose(ours, theirs(graph, pairs, measure), atol=1e-12)


@pytest.mark.parametrize("graph", parallel().values(), ids=parallel().keys())
@each_measure
def test_parallel_ties_are_one(graph: nx.Graph[int], measure: Measure) -> None:
    pairs = some_pairs(graph)
    ours = similarity(exact(graph), [a for a, _ in pairs], [b for _, b in pairs], measure)
    np.testing.assert_allclose(ours, theirs(graph, pairs, measure), atol=1e-12)


@given(any_graphs(), st.sampled_from(MEASURES), st.integers(0, 12), st.booleans())
def test_the_most_similar_are_the_first_of_all_by_score_and_place(graph: nx.Graph[int], measure: Measure, first: int, tied: bool) -> None:
    found = most_similar(exact(graph), first, measure, tied=tied)
    for node in graph:
        expected = ranked(graph, node, measure, tied)[:first]
        assert [round(score, 9) for _, score in found.of(node)] == [round(score, 9) for _, score in expected]
        assert {place for place, _ in found.of(node)} <= {place for place, _ in ranked(graph, node, measure, tied)}


@each_measure
@pytest.mark.parametrize("tied", [False, True])
def test_those_found_are_as_alike_as_the_pair_is(measure: Measure, tied: bool) -> None:
    ours = exact(GRAPHS["large"])
    found = most_similar(ours, 7, measure, tied=tied)
    for node in range(len(ours)):
        places, scores = [place for place, _ in found.of(node)], [score for _, score in found.of(node)]
        assert similarity(ours, [node] * len(places), places, measure).tolist() == scores
        assert sorted(found.of(node), key=lambda each: (-each[1], each[0])) == found.of(node)


def test_candidates_are_all_who_are_two_steps_away() -> None:
    graph = GRAPHS["karate"]
    for node in graph:
        near = nx.single_source_shortest_path_length(graph, node, cutoff=2)
        assert {place for place, _ in candidates(exact(graph), node).of(0)} == {other for other, steps in near.items() if steps == 2}


@each_measure
def test_only_those_asked_for_are_computed(measure: Measure) -> None:
    ours = exact(GRAPHS["karate"])
    everybody, some = most_similar(ours, 3, measure), most_similar(ours, 3, measure, nodes=[5, 0])
    assert [some.of(0), some.of(1)] == [everybody.of(5), everybody.of(0)]
    assert len(most_similar(ours, 3, measure, nodes=[]).places) == 0
    assert similarity(ours, [], [], measure).tolist() == []


@each_measure
def test_how_the_work_is_cut_changes_nothing(measure: Measure, monkeypatch: pytest.MonkeyPatch) -> None:
    ours = exact(GRAPHS["large"])
    pairs, whole = (np.arange(200), np.arange(100, 300)), most_similar(ours, 5, measure)
    alike = similarity(ours, *pairs, measure)
    monkeypatch.setattr(work.balanced, "__defaults__", (50,))
    again = most_similar(ours, 5, measure)
    assert again.indptr.tolist() == whole.indptr.tolist()
    assert (again.places.tolist(), again.scores.tolist()) == (whole.places.tolist(), whole.scores.tolist())
    assert similarity(ours, *pairs, measure).tolist() == alike.tolist()


def test_whoever_watches_may_stop_it() -> None:
    class Enough(Exception): ...

    def tick(_: float) -> None:
        raise Enough

    ours = exact(GRAPHS["large"])
    for work_on in (lambda: most_similar(ours, 3, tick=tick), lambda: similarity(ours, [0], [1], tick=tick)):
        with pytest.raises(Enough):
            work_on()
