"""From the numbers of a centrality to scores that people read: 0 to 100, ranked, and explained."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from graph.analyses.reasons import MOST, NO_WEIGHT, ReasonCode, Reasons
from graph.network import FloatArray, IntArray, Network
from graph.network.centrality import Centrality

# Scores of equal nodes differ by rounding; from here on they are equal, and ids decide.
_DECIMALS = 9
_CHUNK = 1_000


@dataclass(frozen=True)
class Ranking:
    """Of n nodes: `scores` (0…100), `order` (positions, the best first), `percentiles` (how many per cent of the others score lower)."""

    scores: FloatArray
    order: IntArray
    percentiles: FloatArray


def ranked(values: FloatArray) -> Ranking:
    """Scaled so that the largest is 100; equal ones stand in the order of their positions. The only node of a network has percentile 100.

    >>> ranking = ranked(np.array([1.0, 4.0, 2.0, 2.0, 0.0]))
    >>> ranking.scores.tolist(), ranking.order.tolist(), ranking.percentiles.tolist()
    ([25.0, 100.0, 50.0, 50.0, 0.0], [1, 2, 3, 0, 4], [25.0, 100.0, 50.0, 50.0, 0.0])
    """
    scores = np.round(values * scale(values), _DECIMALS)
    lower = np.searchsorted(np.sort(scores), scores)
    percentiles = 100 * lower / (len(scores) - 1) if len(scores) > 1 else np.full(len(scores), 100.0)
    return Ranking(scores, np.argsort(-scores, kind="stable"), percentiles)


def scale(values: FloatArray) -> float:
    """What the largest has to be multiplied with to be 100."""
    largest = float(values.max(initial=0))
    return 100 / largest if largest > 0 else 0.0


def blend(parts: Sequence[tuple[Centrality, float]]) -> Centrality:
    """The mean of centralities on the scale of 0 to 100, by their shares; a mean of sums, it is explained as each of them is."""
    factors = [share * scale(part.scores) for part, share in parts]
    own, passing, scores = (
        np.sum([factor * getattr(part, name) for (part, _), factor in zip(parts, factors, strict=True)], axis=0)
        for name in ("own", "passing", "scores")
    )
    return Centrality(scores, own, passing)


class Explained:
    """Why the nodes of a network have their scores: the parts of the node at each place of `order`, as `folded` gives them.

    What is a node's `own`, and the part of each neighbour, are on the scale of `ranked`: values add up to the score, shares to 1. They are
    worked out when they are asked for, a thousand nodes at once: O(m log m) for the m ties of these, which whoever asks in the order of
    the places does once.
    """

    def __init__(
        self,
        network: Network,
        centrality: Centrality,
        kinds: Sequence[ReasonCode],
        own: ReasonCode = ReasonCode.OWN,
        order: IntArray | None = None,
    ) -> None:
        self._network, self._passing = network, centrality.passing
        self._factor = scale(centrality.scores)
        self._totals, self._own = centrality.scores * self._factor, centrality.own * self._factor
        codes = [own.value, *(kind.value for kind in kinds)]
        self._codes, self._parties = np.array(codes, object), np.array([*network.ids, ""], object)
        self._order = np.arange(len(network)) if order is None else order
        self._latest: tuple[int, list[Reasons]] = -1, []

    def __getitem__(self, place: int) -> Reasons:
        number, at = divmod(place, _CHUNK)
        latest, chunk = self._latest
        if number != latest:
            chunk = self._of(self._order[number * _CHUNK : (number + 1) * _CHUNK])
            self._latest = number, chunk
        return chunk[at]

    def _of(self, nodes: IntArray) -> list[Reasons]:
        network = self._network
        assert network.kind is not None
        starts, counts = network.indptr[nodes], np.diff(network.indptr)[nodes]
        rows = np.repeat(np.arange(len(nodes)), counts)
        ties = np.arange(len(rows)) + np.repeat(starts - np.cumsum(counts) + counts, counts)
        others, weights = network.indices[ties], network.weights[ties]
        parts = _Parts(
            np.append(np.arange(len(nodes)), rows),
            np.append(np.full(len(nodes), -1, np.int32), others),
            np.append(self._own[nodes], weights * self._passing[others] * self._factor),
            np.append(np.zeros(len(nodes)), weights),
            np.append(np.zeros(len(nodes), np.uint8), network.kind[network.edges[ties]] + 1),
        )
        return list(parts.folded(self._totals[nodes], self._codes, self._parties, MOST))


@dataclass(frozen=True)
class _Parts:
    """What adds up to the scores of some nodes, a column each: of which node, from which other (-1: its own), how much, by which weight."""

    node: IntArray
    other: NDArray[np.int32]
    value: FloatArray
    weight: FloatArray
    code: NDArray[np.uint8]

    def folded(self, totals: FloatArray, codes: NDArray[np.object_], parties: NDArray[np.object_], most: int) -> Iterator[Reasons]:
        """As `graph.analyses.reasons.folded`, of each node. The last of `parties` is nobody."""
        ranks = np.argsort(np.argsort(codes))
        order = np.lexsort((self.other, ranks[self.code], -np.abs(self.value), self.node))
        order = order[self.value[order] != 0]
        node, other, value = self.node[order], self.other[order], self.value[order]
        share = value / totals[node]
        # What is one's own has no weight.
        weight = np.where(other < 0, NO_WEIGHT, self.weight[order])
        columns = [column.tolist() for column in (codes[self.code[order]], parties[other], value, weight, share)]
        for start, end in pairwise(np.searchsorted(node, np.arange(len(totals) + 1)).tolist()):
            rest = slice(end if end - start <= most else start + most - 1, end)
            kept = [column[start : rest.start] for column in columns]
            if rest.start < end:
                others = (ReasonCode.OTHERS.value, "", float(value[rest].sum()), NO_WEIGHT, float(share[rest].sum()))
                for column, each in zip(kept, others, strict=True):
                    column.append(each)
            yield Reasons(*kept)
