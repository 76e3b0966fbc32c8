"""How alike two nodes are by the neighbours they share, and who is most like whom.

Directions and weights do not matter here; parallel ties count as one. A loop makes a node its own neighbour, as in networkx: it counts for
what neighbours there are and (twice) for how many ties one has, but a node is never a common neighbour of itself and another.

The measures, summed over the common neighbours w of a and b:

- `common_neighbours`: 1
- `jaccard`: 1, over the number of all who are neighbours of a or b. Jaccard (1901).
- `adamic_adar`: 1 / ln degree(w). Adamic & Adar, Social Networks 25 (2003).
- `resource_allocation`: 1 / degree(w). Zhou, Lü & Zhang, European Physical Journal B 71 (2009).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from graph.network import FloatArray, IntArray, Network
from graph.network.compiled import kernel
from graph.network.simple import both_ways, simple
from graph.network.threads import Tick, each, one, silent
from graph.network.work import balanced, reach

__all__ = ["Alike", "Measure", "candidates", "most_similar", "similarity"]

Places = NDArray[np.int32]
Measure = Literal["common_neighbours", "jaccard", "adamic_adar", "resource_allocation"]


@dataclass(frozen=True)
class Alike:
    """The nodes most like each of some nodes, the most alike first, of equal ones the one that comes first in the network.

    `indptr` (number of nodes asked for + 1): those of the i-th are the entries `indptr[i]` to `indptr[i + 1]` of `places` and `scores`.
    """

    indptr: IntArray
    places: Places
    scores: FloatArray

    def of(self, item: int) -> list[tuple[int, float]]:
        """Those like the item-th node that was asked for, with their scores."""
        part = slice(self.indptr[item], self.indptr[item + 1])
        return list(zip(self.places[part].tolist(), self.scores[part].tolist(), strict=True))


@dataclass(frozen=True)
class _Sharing:
    """Rows of neighbours, what each gives those who share it, who has a loop, and whether scores are shares of all neighbours."""

    indptr: IntArray
    indices: Places
    worth: FloatArray
    loop: NDArray[np.bool_]
    relative: bool


def similarity(
    network: Network, a: Sequence[int] | IntArray, b: Sequence[int] | IntArray, measure: Measure = "adamic_adar", *, tick: Tick = silent
) -> FloatArray:
    """How alike `a[i]` and `b[i]` are, for each i. O(degree(a) + degree(b)) a pair after O(n + m); memory O(n + m).

    >>> square = Network.of("abcd", np.array([0, 1, 2, 3]), np.array([1, 2, 3, 0]))
    >>> similarity(square, [0, 0], [2, 1], "jaccard").tolist()
    [1.0, 0.0]
    """
    left, right, sharing = np.asarray(a, np.int64), np.asarray(b, np.int64), one(lambda: _sharing(network, measure), tick)
    degree = np.diff(sharing.indptr)
    ranges = balanced(1 + degree[left] + degree[right])
    jobs = [partial(_pairs, *_arrays(sharing), left[start:stop], right[start:stop]) for start, stop in ranges]
    return np.concatenate([np.zeros(0), *each(jobs, tick)])


def candidates(network: Network, node: int, measure: Measure = "adamic_adar", *, tick: Tick = silent) -> Alike:
    """All nodes two steps away from `node`, which it is not tied to but might come to be.

    O(Σ degree of its neighbours) after O(n + m); memory O(n + m).

    >>> path = Network.of("abcd", np.array([0, 1, 2]), np.array([1, 2, 3]))
    >>> candidates(path, 0, "common_neighbours").of(0)
    [(2, 1.0)]
    """
    return most_similar(network, len(network), measure, nodes=[node], tied=False, tick=tick)


def most_similar(
    network: Network,
    first: int,
    measure: Measure = "jaccard",
    *,
    nodes: Sequence[int] | IntArray | None = None,
    tied: bool = True,
    tick: Tick = silent,
) -> Alike:
    """For each of `nodes` (all) the `first` nodes that are most like it among those who share a neighbour with it; `tied` to it or not.

    O(Σ_w degree(w)²) for all nodes, w running over their neighbours; O(n) memory a thread, and what is found.

    >>> square = Network.of("abcd", np.array([0, 1, 2, 3]), np.array([1, 2, 3, 0]))
    >>> most_similar(square, 1).of(0)
    [(2, 1.0)]
    """
    rows = np.arange(len(network)) if nodes is None else np.asarray(nodes, np.int64)
    sharing = one(lambda: _sharing(network, measure), tick)
    ranges = balanced(reach(sharing.indptr, sharing.indices, rows))
    jobs = [partial(_nearest, *_arrays(sharing), rows[start:stop], first, tied) for start, stop in ranges]
    found = [(np.zeros(0, np.int64), np.zeros(0, np.int32), np.zeros(0)), *each(jobs, tick)]
    counts, places, scores = (np.concatenate(parts) for parts in zip(*found, strict=True))
    return Alike(np.append(0, np.cumsum(counts)), places, scores)


def _sharing(network: Network, measure: Measure) -> _Sharing:
    whole = simple(both_ways(network), loops=True)
    rows, worth = simple(whole), np.ones(len(whole))
    loop = whole.degree > rows.degree
    degree = (whole.degree + loop).astype(np.float64)
    # A neighbour that two share has two ties: of those who have fewer nothing is asked.
    if measure == "adamic_adar":
        worth = 1 / np.log(np.maximum(degree, 2))
    elif measure == "resource_allocation":
        worth = 1 / np.maximum(degree, 1)
    return _Sharing(rows.indptr, rows.indices, worth, loop, measure == "jaccard")


def _arrays(sharing: _Sharing) -> tuple[IntArray, Places, FloatArray, NDArray[np.bool_], bool]:
    return sharing.indptr, sharing.indices, sharing.worth, sharing.loop, sharing.relative


@kernel
def _relative(common: float, a: int, b: int, tied: bool, indptr: IntArray, loop: NDArray[np.bool_]) -> float:
    """The share of the neighbours of a or b that both have."""
    if a == b:
        return float(common / max(common + int(loop[a]), 1))
    # Where the two are tied, one with a loop is a neighbour of both.
    shared = common + (int(loop[a]) + int(loop[b]) if tied else 0)
    either = indptr[a + 1] - indptr[a] + indptr[b + 1] - indptr[b] + int(loop[a]) + int(loop[b]) - shared
    return float(common / max(either, 1))


@kernel
def _pairs(
    indptr: IntArray, indices: Places, worth: FloatArray, loop: NDArray[np.bool_], relative: bool, a: IntArray, b: IntArray
) -> FloatArray:
    out = np.zeros(len(a))
    for pair in range(len(a)):
        left, left_end, right, right_end = indptr[a[pair]], indptr[a[pair] + 1], indptr[b[pair]], indptr[b[pair] + 1]
        row, common = indices[left:left_end], 0.0
        while left < left_end and right < right_end:
            one, other = indices[left], indices[right]
            if one == other:
                common += float(worth[one])
                left += 1
                right += 1
            elif one < other:
                left += 1
            else:
                right += 1
        if relative:
            at = np.searchsorted(row, b[pair])
            common = _relative(common, a[pair], b[pair], at < len(row) and row[at] == b[pair], indptr, loop)
        out[pair] = common
    return out


@kernel
def _nearest(
    indptr: IntArray, indices: Places, worth: FloatArray, loop: NDArray[np.bool_], relative: bool, nodes: IntArray, first: int, tied: bool
) -> tuple[IntArray, Places, FloatArray]:
    n = len(indptr) - 1
    near, shared, met = np.zeros(n, np.bool_), np.zeros(n), np.empty(n, np.int32)
    room = np.minimum(reach(indptr, indices, nodes), min(first, n)).sum()
    counts, places, scores, size = np.zeros(len(nodes), np.int64), np.empty(room, np.int32), np.empty(room), 0
    for item, node in enumerate(nodes):
        row, many = indices[indptr[node] : indptr[node + 1]], 0
        for through in row:
            near[through] = True
            for other in indices[indptr[through] : indptr[through + 1]]:
                if shared[other] == 0:
                    met[many], many = other, many + 1
                shared[other] += worth[through]
        best, alike, kept = places[size:], scores[size:], 0
        for at in range(many):
            other = int(met[at])
            if other != node and (tied or not near[other]):
                common = float(shared[other])
                score = _relative(common, node, other, bool(near[other]), indptr, loop) if relative else common
                kept = _offer(best, alike, kept, first, other, score)
            shared[other] = 0
        _sort(best, alike, kept)
        counts[item], size = kept, size + kept
        near[row] = False
    return counts, places[:size].copy(), scores[:size].copy()


@kernel
def _less(places: Places, scores: FloatArray, a: int, b: int) -> bool:
    return bool(scores[a] < scores[b] or (scores[a] == scores[b] and places[a] > places[b]))


@kernel
def _offer(places: Places, scores: FloatArray, size: int, most: int, place: int, score: float) -> int:
    """Keeps the `most` best in a heap with the least of them on top. Gives their number."""
    if size < most:
        at = size
        places[at], scores[at] = place, score
        while at > 0 and _less(places, scores, at, (at - 1) // 2):
            _swap(places, scores, at, (at - 1) // 2)
            at = (at - 1) // 2
        return size + 1
    if most and (score > scores[0] or (score == scores[0] and place < places[0])):
        places[0], scores[0] = place, score
        _sink(places, scores, size)
    return size


@kernel
def _sink(places: Places, scores: FloatArray, size: int) -> None:
    at = 0
    while 2 * at + 1 < size:
        child = 2 * at + 1
        if child + 1 < size and _less(places, scores, child + 1, child):
            child += 1
        if not _less(places, scores, child, at):
            return
        _swap(places, scores, at, child)
        at = child


@kernel
def _swap(places: Places, scores: FloatArray, a: int, b: int) -> None:
    places[a], places[b] = places[b], places[a]
    scores[a], scores[b] = scores[b], scores[a]


@kernel
def _sort(places: Places, scores: FloatArray, size: int) -> None:
    """Has a heap stand with its best first."""
    for last in range(size - 1, 0, -1):
        _swap(places, scores, 0, last)
        _sink(places, scores, last)
