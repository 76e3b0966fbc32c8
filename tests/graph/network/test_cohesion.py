from __future__ import annotations

from collections.abc import Callable
from typing import Any

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from numpy.typing import NDArray

from graph.network import Network, cohesion, work
from graph.network.cohesion import clustering, constraint, core_numbers, effective_size, triangles
from tests.graph.network.shelf import any_graphs, exact, odd, parallel, shelf

GRAPHS = {**shelf(), **odd()}
MEASURES: list[Callable[..., NDArray[Any]]] = [core_numbers, triangles, clustering, constraint, effective_size]
named = pytest.mark.parametrize("graph", GRAPHS.values(), ids=GRAPHS.keys())
BORGATTI: nx.Graph[int] = nx.Graph(
    [("ABCDEFG".index(a), "ABCDEFG".index(b)) for a, b in map(tuple, "AB AF AG AE EG FG BG BD DG GC".split())]
)
Floats = NDArray[np.float64]


def in_order(scores: Any) -> list[Any]:
    return [scores[node] for node in range(len(scores))]


def without_loops(graph: nx.Graph[int]) -> nx.Graph[int]:
    result = graph.copy()
    result.remove_edges_from(list(nx.selfloop_edges(graph)))
    return result


def dense(graph: nx.Graph[int], weight: Any) -> Floats:
    matrix = nx.to_numpy_array(graph, weight=weight, nodelist=range(len(graph)))
    return np.asarray(matrix + matrix.T)


def divided(values: Floats, by: Floats) -> Floats:
    return np.divide(values, by[:, None], out=np.zeros_like(values), where=by[:, None] > 0)


def with_ties(mutual: Floats, values: Floats) -> Floats:
    return np.where(mutual.sum(axis=1) == mutual.diagonal(), np.nan, ((mutual > 0) * values).sum(axis=1))


def dense_constraint(graph: nx.Graph[int], weight: str | None) -> Floats:
    mutual = dense(graph, weight)
    p = divided(mutual, mutual.sum(axis=1))
    return with_ties(mutual, (p + p @ p) ** 2)


def dense_effective_size(graph: nx.Graph[int], weight: str | None) -> Floats:
    mutual = dense(graph, weight)
    p, m = divided(mutual, mutual.sum(axis=1)), divided(mutual, mutual.max(axis=1, initial=0))
    return with_ties(mutual, 1 - p @ m.T)


@named
def test_core_numbers_are_those_of_networkx(graph: nx.Graph[int]) -> None:
    assert core_numbers(exact(graph)).tolist() == in_order(nx.core_number(without_loops(graph)))


@given(any_graphs())
def test_core_numbers_of_any_graph_are_those_of_networkx(graph: nx.Graph[int]) -> None:
    assert core_numbers(exact(graph)).tolist() == in_order(nx.core_number(without_loops(graph)))


@named
def test_core_numbers_by_several_threads_are_the_same(graph: nx.Graph[int], monkeypatch: pytest.MonkeyPatch) -> None:
    expected = core_numbers(exact(graph)).tolist()
    for most in (0, 5):
        monkeypatch.setattr(cohesion, "_LARGE", 0)
        monkeypatch.setattr(cohesion, "_MANY", most)
        assert core_numbers(exact(graph)).tolist() == expected


@pytest.mark.parametrize("graph", parallel().values(), ids=parallel().keys())
def test_parallel_ties_hold_a_core_together(graph: nx.Graph[int]) -> None:
    assert core_numbers(exact(graph)).tolist() == [2, 2, 2, 2]


@named
def test_triangles_are_those_of_networkx(graph: nx.Graph[int]) -> None:
    assert triangles(exact(graph)).tolist() == in_order(nx.triangles(nx.Graph(graph)))


@named
@pytest.mark.parametrize("weight", [None, "weight"])
def test_clustering_is_that_of_networkx(graph: nx.Graph[int], weight: str | None) -> None:
    theirs = in_order(nx.clustering(graph, weight=weight))
    np.testing.assert_allclose(clustering(exact(graph), weighted=weight is not None), theirs, atol=1e-12)


@given(any_graphs())
def test_clustering_and_triangles_of_any_graph_are_those_of_networkx(graph: nx.Graph[int]) -> None:
    ours = exact(graph)
    assert triangles(ours).tolist() == in_order(nx.triangles(nx.Graph(graph)))
    for weight in (None, "weight"):
        theirs = in_order(nx.clustering(graph, weight=weight))
        np.testing.assert_allclose(clustering(ours, weighted=weight is not None), theirs, atol=1e-12)


@named
@pytest.mark.parametrize("weight", [None, "weight"])
@pytest.mark.filterwarnings("ignore:invalid value")
def test_constraint_is_that_of_networkx(graph: nx.Graph[int], weight: str | None) -> None:
    theirs = in_order(nx.constraint(graph, weight=weight)) if len(graph) else []
    np.testing.assert_allclose(constraint(exact(graph), weighted=weight is not None), theirs, atol=1e-12)


@pytest.mark.parametrize("name", sorted(GRAPHS.keys() - {"loops", "directed with loops"}))
@pytest.mark.parametrize("weight", [None, "weight"])
def test_effective_size_is_that_of_networkx(name: str, weight: str | None) -> None:
    # Asked for all nodes, networkx 3.6 divides by the wrong node's largest weight; asked for given nodes it leaves out loops of others.
    graph = GRAPHS[name]
    theirs = in_order(nx.effective_size(graph, nodes=list(graph), weight=weight))
    np.testing.assert_allclose(effective_size(exact(graph), weighted=weight is not None), theirs, atol=1e-12)


@given(any_graphs())
def test_constraint_and_effective_size_of_any_graph_are_what_burt_wrote(graph: nx.Graph[int]) -> None:
    ours = exact(graph)
    for weight in (None, "weight"):
        weighted = weight is not None
        np.testing.assert_allclose(constraint(ours, weighted=weighted), dense_constraint(graph, weight), atol=1e-9)
        np.testing.assert_allclose(effective_size(ours, weighted=weighted), dense_effective_size(graph, weight), atol=1e-9)


def test_constraint_and_effective_size_of_borgattis_network_are_those_published() -> None:
    ours = exact(BORGATTI)
    a, b, c, d, e, f, g = constraint(ours)
    assert [round(float(value), 4) for value in (g, a, b, e, f, d, c)] == [0.4003, 0.5955, 0.6427, 0.7309, 0.7309, 0.7847, 1]
    sizes = effective_size(ours)
    assert [round(float(sizes["ABCDEFG".index(name)]), 2) for name in "GAC"] == [4.67, 2.5, 1]


def test_only_those_asked_for_are_computed() -> None:
    ours = exact(BORGATTI)
    for measure in (constraint, effective_size):
        assert measure(ours, [6, 0]).tolist() == measure(ours)[[6, 0]].tolist()
        assert measure(ours, []).tolist() == []


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize("directed", [False, True])
def test_how_the_work_is_cut_changes_nothing(measure: Callable[..., NDArray[Any]], directed: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    ours = exact(GRAPHS["directed" if directed else "large"])
    whole = measure(ours)
    monkeypatch.setattr(work.balanced, "__defaults__", (50,))
    np.testing.assert_allclose(measure(ours), whole, rtol=1e-12)


@pytest.mark.parametrize("measure", MEASURES)
def test_whoever_watches_may_stop_it(measure: Callable[..., NDArray[Any]]) -> None:
    class Enough(Exception): ...

    def tick(_: float) -> None:
        raise Enough

    with pytest.raises(Enough):
        measure(exact(GRAPHS["large"]), tick=tick)


def test_the_loudest_tie_may_be_silent() -> None:
    silent = Network.of("abc", np.array([0, 1]), np.array([1, 2]), np.zeros(2))
    assert clustering(silent, weighted=True).tolist() == [0, 0, 0]
    assert np.isnan(constraint(silent)).all()
    assert np.isnan(effective_size(silent)).all()
