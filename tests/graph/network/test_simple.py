from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given

from graph.network.simple import both_ways, simple
from tests.graph.network.shelf import any_graphs, exact, odd, parallel, shelf

GRAPHS = {**shelf(), **odd(), **parallel()}
named = pytest.mark.parametrize("graph", GRAPHS.values(), ids=GRAPHS.keys())


@named
@pytest.mark.parametrize("loops", [False, True])
def test_parallel_ties_become_one(graph: nx.Graph[int], loops: bool) -> None:
    ours, expected = exact(graph), exact(graph).matrix.toarray()
    result = simple(ours, loops=loops)
    if not loops:
        np.fill_diagonal(expected, 0)
    np.testing.assert_allclose(result.matrix.toarray(), expected)
    assert result.matrix.nnz == (expected > 0).sum()
    assert (result is ours) == (ours.matrix.nnz == result.matrix.nnz)


@given(any_graphs())
def test_a_tie_both_ways_is_the_matrix_and_its_transpose(graph: nx.Graph[int]) -> None:
    ours = exact(graph)
    matrix, result = ours.matrix.toarray(), both_ways(ours)
    assert not result.directed
    assert (result is ours) == (not graph.is_directed())
    np.testing.assert_allclose(result.matrix.toarray(), matrix + matrix.T if graph.is_directed() else matrix)


def test_without_weights_every_tie_counts_one() -> None:
    result = simple(exact(parallel()["parallel"]).unweighted, loops=True)
    assert result.matrix.toarray().tolist() == [[0, 2, 1, 0], [2, 0, 1, 0], [1, 1, 0, 2], [0, 0, 2, 2]]
