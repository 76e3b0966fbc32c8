"""How alike pairs of nodes are by the neighbours they share, as networkx gives it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from graph.network import IntArray, Network
from graph.network.similarity import Measure, similarity
from graph.network.threads import parts
from graph.networkx_backend.arguments import Node, Refusal, place

Pairs = Iterable[tuple[Node, Node]]
Scored = Iterator[tuple[Node, Node, float]]
_ROOM = 1_000_000
"""So many pairs are looked at at once."""


def jaccard_coefficient(G: Network, ebunch: Pairs | None = None) -> Scored:
    return _scored(G, ebunch, "jaccard")


def resource_allocation_index(G: Network, ebunch: Pairs | None = None) -> Scored:
    return _scored(G, ebunch, "resource_allocation")


def adamic_adar_index(G: Network, ebunch: Pairs | None = None) -> Scored:
    return _scored(G, ebunch, "adamic_adar")


def _scored(network: Network, ebunch: Pairs | None, measure: Measure) -> Scored:
    if ebunch is None:
        return (scored for a, b in _untied(network) for scored in _of(network, a, b, measure))
    places = np.array([(place(network, a), place(network, b)) for a, b in ebunch], np.int64).reshape(-1, 2)
    return _of(network, places[:, 0], places[:, 1], measure)


def _untied(network: Network) -> Iterator[tuple[IntArray, IntArray]]:
    """The ends of all pairs without a tie, the first before the second."""
    n = len(network)
    for start, stop in parts(n, max(1, _ROOM // max(n, 1))):
        apart = np.arange(n) > np.arange(start, stop)[:, None]
        entries = slice(network.indptr[start], network.indptr[stop])
        apart[network.rows[entries] - start, network.indices[entries]] = False
        a, b = np.nonzero(apart)
        yield a + start, b


def _of(network: Network, a: IntArray, b: IntArray, measure: Measure) -> Scored:
    if measure == "adamic_adar" and np.any((a == b) & _met_by_one(network)[a]):
        raise ZeroDivisionError("1 / log 1, of a neighbour that has no other")
    scores = similarity(network, a, b, measure)
    for left, right, score in zip(a.tolist(), b.tolist(), scores.tolist(), strict=True):
        yield network.ids[left], network.ids[right], score


def _met_by_one(network: Network) -> NDArray[np.bool_]:
    """Whose neighbours include another one that has no other tie."""
    found = np.zeros(len(network), bool)
    found[network.rows[(network.degree[network.indices] == 1) & (network.rows != network.indices)]] = True
    return found


REFUSALS: Mapping[str, Refusal] = {}
