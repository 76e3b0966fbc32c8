"""From the numbers of a centrality to scores that people read: 0 to 100, ranked, and explained."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from graph.analyses.reasons import Reason, ReasonCode, folded
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


def explained(network: Network, centrality: Centrality, kinds: Sequence[ReasonCode]) -> Iterator[tuple[Reason, ...]]:
    """Of each node in turn: its own part and that of each neighbour, on the scale of `ranked`. Shares add up to 1, values to the score."""
    assert network.kind is not None
    factor = scale(centrality.scores)
    given = network.weights * centrality.passing[network.indices] * factor
    kind = network.kind[network.edges]
    for node, total in enumerate((centrality.scores * factor).tolist()):
        ties = slice(network.indptr[node], network.indptr[node + 1])
        columns = (network.indices[ties], given[ties], network.weights[ties], kind[ties])
        parts = zip(*(column.tolist() for column in columns), strict=True)
        own = float(centrality.own[node]) * factor
        reasons = [Reason(ReasonCode.OWN, own, None, own / total)] if own else []
        reasons += [Reason(kinds[kind], value, weight, value / total, network.ids[other]) for other, value, weight, kind in parts if value]
        yield folded(reasons)
