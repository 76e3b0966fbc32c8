from __future__ import annotations

from itertools import pairwise

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.network import Layer, Network, rows, strongest
from tests.graph.network.shelf import graphs, network


@st.composite
def directed_columns(draw: st.DrawFn) -> tuple[int, list[tuple[int, int]]]:
    """A number of nodes, and ties among them: loops and parallel ones too."""
    n = draw(st.integers(1, 8))
    node = st.integers(0, n - 1)
    return n, draw(st.lists(st.tuples(node, node), max_size=20))


def test_the_strongest_tie_of_a_pair_counts() -> None:
    knows = Layer(0, np.array([0, 1, 2]), np.array([1, 0, 0]), np.array([0.2, 0.4, 0.9]))
    reports = Layer(1, np.array([0, 0]), np.array([1, 2]), np.array([0.5, 0.5]))
    result = strongest("abc", [knows, reports])
    assert result.matrix.toarray().tolist() == [[0, 0.5, 0.9], [0.5, 0, 0], [0.9, 0, 0]]
    assert result.kind is not None
    assert result.kind[result.edges].tolist() == [1, 0, 1, 0]


def test_of_equal_ties_the_earlier_layer_counts() -> None:
    result = strongest(
        "ab", [Layer(3, np.array([1]), np.array([0]), np.array([0.5])), Layer(2, np.array([0]), np.array([1]), np.array([0.5]))]
    )
    assert result.kind is not None
    assert result.kind.tolist() == [3]


def test_ties_to_strangers_to_oneself_and_without_weight_are_left_out() -> None:
    layer = Layer(0, np.array([0, 0, 0]), np.array([-1, 0, 1]), np.array([1.0, 1.0, 0.0]))
    result = strongest("ab", [layer])
    assert (result.ids, len(result.weights), result.matrix.nnz) == ("ab", 0, 0)


def test_a_network_may_be_empty() -> None:
    assert strongest([], []).matrix.shape == (0, 0)


@given(graphs())
def test_the_matrix_is_that_of_networkx(graph: nx.Graph[int]) -> None:
    np.testing.assert_allclose(network(graph).matrix.toarray(), nx.to_numpy_array(graph, nodelist=sorted(graph)))


@given(directed_columns(), st.booleans())
def test_rows_are_ascending_both_ways_and_know_their_ties(columns: tuple[int, list[tuple[int, int]]], by_several: bool) -> None:
    n, ties = columns
    with pytest.MonkeyPatch.context() as changed:
        if by_several:
            changed.setattr(rows, "_LARGE", 0)
        _check_rows(n, ties)


def _check_rows(n: int, ties: list[tuple[int, int]]) -> None:
    a, b = (np.array([tie[end] for tie in ties], np.int64) for end in (0, 1))
    weight = np.arange(1.0, len(ties) + 1)
    for directed in (True, False):
        ours = Network.of(range(n), a, b, weight, directed=directed)
        expected = np.zeros((n, n))
        for place, (x, y) in enumerate(ties):
            expected[x, y] += weight[place]
            if not directed and x != y:
                expected[y, x] += weight[place]
        np.testing.assert_array_equal(ours.matrix.toarray(), expected)
        np.testing.assert_array_equal(ours.reverse.matrix.toarray(), expected.T)
        np.testing.assert_allclose(ours.strength, expected.sum(axis=1))
        for each in (ours, ours.reverse):
            assert all((np.diff(each.indices[low:high]) >= 0).all() for low, high in pairwise(each.indptr))
            np.testing.assert_array_equal(each.weights, weight[each.edges])
        assert ours.reverse.reverse is ours if not directed else ours.reverse.directed


def test_long_rows_are_ascending_and_parallel_ties_in_their_order() -> None:
    others = np.random.default_rng(1).integers(1, 300, 500)
    ours = Network.of(range(300), np.zeros(500, np.int64), others)
    np.testing.assert_array_equal(ours.neighbours(0), np.sort(others))
    np.testing.assert_array_equal(ours.edges[: ours.indptr[1]], np.argsort(others, kind="stable"))


def test_ends_must_be_nodes() -> None:
    for a, b in (([0], [2]), ([-1], [0]), ([0], [])):
        with pytest.raises(ValueError, match="positions in ids"):
            Network.of(["a", "b"], np.array(a, np.int64), np.array(b, np.int64))


def test_every_tie_has_a_weight() -> None:
    with pytest.raises(IndexError):
        Network.of("ab", np.array([0, 1]), np.array([1, 0]), np.array([1.0]))


def test_an_entry_is_found_by_its_ends() -> None:
    ours = network(nx.path_graph(4))
    assert [ours.entry(1, 0), ours.entry(1, 2), ours.entry(3, 2)] == [1, 2, 5]
    with pytest.raises(KeyError):
        ours.entry(0, 3)
    assert ours.weighted(np.array([0.1, 0.2, 0.3])).weights.tolist() == [0.1, 0.1, 0.2, 0.2, 0.3, 0.3]
