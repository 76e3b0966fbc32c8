from __future__ import annotations

import networkx as nx
import numpy as np
from hypothesis import given

from graph.network import Layer, strongest
from tests.graph.network.shelf import graphs, network


def test_the_strongest_tie_of_a_pair_counts() -> None:
    knows = Layer(0, ["a", "b", "c"], ["b", "a", "a"], np.array([0.2, 0.4, 0.9]))
    reports = Layer(1, ["a", "a"], ["b", "c"], np.array([0.5, 0.5]))
    result = strongest(["a", "b", "c"], [knows, reports])
    assert result.matrix.toarray().tolist() == [[0, 0.5, 0.9], [0.5, 0, 0], [0.9, 0, 0]]
    assert result.kinds.toarray().tolist() == [[0, 2, 1], [2, 0, 0], [1, 0, 0]]


def test_of_equal_ties_the_earlier_layer_counts() -> None:
    result = strongest(["a", "b"], [Layer(3, ["b"], ["a"], np.array([0.5])), Layer(2, ["a"], ["b"], np.array([0.5]))])
    assert result.kind.tolist() == [3]


def test_ties_to_strangers_to_oneself_and_without_weight_are_left_out() -> None:
    layer = Layer(0, ["a", "a", "a"], ["stranger", "a", "b"], np.array([1.0, 1.0, 0.0]))
    result = strongest(["b", "a"], [layer])
    assert (result.ids, len(result.weight), result.matrix.nnz) == (("a", "b"), 0, 0)


def test_a_network_may_be_empty() -> None:
    assert strongest([], []).matrix.shape == (0, 0)


@given(graphs())
def test_the_matrix_is_that_of_networkx(graph: nx.Graph[int]) -> None:
    ours = network(graph)
    np.testing.assert_allclose(ours.matrix.toarray(), nx.to_numpy_array(graph, nodelist=sorted(graph)))
    assert (ours.a < ours.b).all()
    assert (ours.kinds.indices == ours.matrix.indices).all()
