"""Leiden communities: modularity maximised by moving nodes, refining what comes out, and going on with its parts as nodes.

Traag, Waltman & van Eck, Scientific Reports 9 (2019).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from graph.network import FloatArray, IntArray, Network
from graph.network.compiled import kernel
from graph.network.partitions import connected, grouped, numbered, totals
from graph.network.random_numbers import shuffled, started, uniform
from graph.network.rows import sums
from graph.network.simple import both_ways
from graph.network.threads import Tick, each, one, silent
from graph.network.work import CHUNK, balanced

__all__ = ["leiden"]

Places = NDArray[np.int32]
# Communities are looked at side by side, in parts of so many ties.
_CHUNK = CHUNK // 4
# How far below the best a merger may be and still have a fair chance, as a share of the best.
_RANDOMNESS = 0.1
# An iteration that gains no more than this share of all gains is the last; where there are few entries it takes no time, and by another
# order of the nodes the next one may find more.
_WORTHWHILE, _LARGE = 1e-3, 100_000
# Less than this share of a node's ties is no gain: rounding could make it turn in circles.
_NOTICEABLE = 1e-10


@dataclass(frozen=True)
class _Level:
    """The network of one level: rows in which a loop counts twice, what each node's row sums to, resolution over the sum of all rows."""

    indptr: IntArray
    indices: Places
    weights: FloatArray
    strength: FloatArray
    penalty: float


def leiden(
    network: Network, *, resolution: float = 1.0, weighted: bool = True, iterations: int = 3, seed: int = 0, tick: Tick = silent
) -> Places:
    """The community of each node (n), numbered in the order of their first nodes. Every community is connected.

    The greater the `resolution`, the smaller the communities. Directions do not matter: a pair tied both ways is tied by the sum. Weights
    are ≥ 0; a node without ties is a community. Each of the `iterations` starts from what the last one found; in a large network one
    that adds no more than a thousandth is the last. The same seed always finds the same. About O(m) an iteration, O(n + m) memory.

    >>> a, b = np.array([0, 1, 2, 3, 4, 5, 2]), np.array([1, 2, 0, 4, 5, 3, 3])
    >>> leiden(Network.of("abcdef", a, b)).tolist()
    [0, 0, 0, 1, 1, 1]
    """
    base, tied = one(lambda: _tied(_base(network if weighted else network.unweighted, resolution)), tick)
    labels, gained = np.arange(len(tied), dtype=np.int32), 0.0
    for iteration in range(iterations if base.strength.any() else 0):
        labels, gain = _improved(base, labels, int(started(seed, iteration)) >> 1, partial(_at, tick, iteration / iterations))
        gained += gain
        if gain <= _WORTHWHILE * gained and len(base.indices) > _LARGE:
            break
    found = np.empty(len(network), np.int32)
    found[tied] = one(lambda: connected(base.indptr, base.indices, base.weights, labels), tick)
    found[np.setdiff1d(np.arange(len(network)), tied)] = np.arange(len(tied), len(network))
    return numbered(found)


def _at(tick: Tick, done: float, _: float) -> None:
    tick(done)


def _base(network: Network, resolution: float) -> _Level:
    rows = both_ways(network)
    here = np.repeat(np.arange(len(rows), dtype=np.int32), rows.degree)
    weights = rows.weights if network.directed else np.where(here == rows.indices, 2 * rows.weights, rows.weights)
    return _Level(rows.indptr, rows.indices, weights, sums(rows.indptr, weights), resolution / (weights.sum() or 1))


def _tied(level: _Level) -> tuple[_Level, IntArray]:
    """The same without the nodes that have no ties, so that what becomes of the others does not hang on these; and which are left."""
    has = np.diff(level.indptr) > 0
    tied = np.flatnonzero(has)
    if len(tied) == len(has):
        return level, tied
    place = (np.cumsum(has) - 1).astype(np.int32)
    starts = np.append(level.indptr[tied], level.indptr[-1])
    return replace(level, indptr=starts, indices=place[level.indices], strength=level.strength[tied]), tied


def _improved(base: _Level, labels: Places, seed: int, tick: Tick) -> tuple[Places, float]:
    """What one iteration makes of the communities, down to where every part is a community of its own; and what it gains by that."""
    level, member, depth, gained = base, np.arange(len(labels), dtype=np.int32), 0, 0.0
    while True:
        labels, gain = _moved(level, labels, seed + depth, tick)
        gained += gain
        if labels.max() + 1 == len(labels):
            break
        parts = _refined(level, labels, seed + depth, tick)
        if parts.max() + 1 == len(labels):
            break
        member, depth = parts[member], depth + 1
        level, labels = _collapsed(level, parts, tick), labels[np.unique(parts, return_index=True)[1]]
    return labels[member], gained


def _moved(level: _Level, labels: Places, seed: int, tick: Tick) -> tuple[Places, float]:
    """The labels after every node moved, again and again, to the neighbouring community that gains most by it; and those gains."""
    n = len(labels)
    labels, ends = labels.copy(), totals(labels, level.strength, n)
    sizes = np.bincount(labels, minlength=n)
    unused = np.append(np.flatnonzero(sizes == 0), np.zeros(n - np.count_nonzero(sizes == 0), np.int64))
    queue, waiting = shuffled(n, seed), np.ones(n, np.bool_)
    state, gained = np.array([0, n, np.count_nonzero(sizes == 0)]), 0.0
    while state[1]:
        gained += one(lambda: _move(*_arrays(level), labels, ends, sizes, unused, queue, waiting, state, CHUNK), tick)
    return numbered(labels), gained


def _arrays(level: _Level) -> tuple[IntArray, Places, FloatArray, FloatArray, float]:
    return level.indptr, level.indices, level.weights, level.strength, level.penalty


@kernel
def _move(
    indptr: IntArray, indices: Places, weights: FloatArray, strength: FloatArray, penalty: float,
    labels: Places, ends: FloatArray, sizes: IntArray, unused: IntArray, queue: Places, waiting: NDArray[np.bool_], state: IntArray,
    budget: int,
) -> float:  # fmt: skip
    """Takes nodes out of the ring `queue` until none waits or `budget` ties were looked at, and gives what is gained by that.

    `state`: the head of the ring, how many wait, how many labels are `unused`.
    """
    n = len(labels)
    head, left, free = state[0], state[1], state[2]
    shared, met, gained = np.zeros(n), np.empty(n, np.int32), 0.0
    while left > 0 and budget > 0:
        node = queue[head]
        head, left, waiting[node] = (head + 1) % n, left - 1, False
        own, many, first, last = labels[node], 0, indptr[node], indptr[node + 1]
        budget -= int(last - first + 1)
        for entry in range(first, last):
            if indices[entry] != node:
                label = labels[indices[entry]]
                if shared[label] == 0:
                    met[many], many = label, many + 1
                shared[label] += weights[entry]
        ends[own] -= strength[node]
        share, least = penalty * strength[node], _NOTICEABLE * strength[node]
        stay = shared[own] - share * ends[own]
        best, gain = own, stay
        for at in range(many):
            label = met[at]
            found = shared[label] - share * ends[label]
            if found > gain + least:
                best, gain = label, found
            shared[label] = 0
        if gain < -least and sizes[own] > 1:
            free -= 1
            best, gain = unused[free], 0.0
        ends[best] += strength[node]
        if best != own:
            labels[node] = best
            gained += float(gain - stay)
            sizes[best] += 1
            sizes[own] -= 1
            if sizes[own] == 0:
                unused[free], free = own, free + 1
            for entry in range(first, last):
                other = indices[entry]
                if not waiting[other] and labels[other] != best:
                    waiting[other], queue[(head + left) % n], left = True, other, left + 1
    state[0], state[1], state[2] = head, left, free
    return gained


def _refined(level: _Level, labels: Places, seed: int, tick: Tick) -> Places:
    """A finer partition: each community split into parts that are well connected in it."""
    n, order = len(labels), shuffled(len(labels), seed + 1)
    starts, members = grouped(labels[order], labels.max() + 1)
    members, parts = order[members], np.arange(n, dtype=np.int32)
    ends, costs = totals(labels, level.strength), totals(labels, np.diff(level.indptr) + 1).astype(np.int64)
    jobs = [
        partial(_refine, *_arrays(level), labels, ends, members[starts[start] : starts[stop]], parts, seed)
        for start, stop in balanced(costs, _CHUNK)
    ]
    for _ in each(jobs, tick):
        pass
    return numbered(parts)


@kernel
def _refine(
    indptr: IntArray, indices: Places, weights: FloatArray, strength: FloatArray, penalty: float,
    labels: Places, ends: FloatArray, members: Places, parts: Places, seed: int,
) -> None:  # fmt: skip
    """Merges nodes that are still alone into parts of their community that gain by it. Writes `parts` of whole communities alone."""
    n = len(labels)
    inside, outer, sums, alone = np.zeros(n), np.zeros(n), np.zeros(n), np.ones(n, np.bool_)
    shared, met, chances = np.zeros(n), np.empty(n, np.int32), np.empty(n)
    for node in members:
        for entry in range(indptr[node], indptr[node + 1]):
            if indices[entry] != node and labels[indices[entry]] == labels[node]:
                inside[node] += weights[entry]
        outer[node], sums[node] = inside[node], strength[node]
    for node in members:
        total, share = ends[labels[node]], penalty * strength[node]
        if not alone[node] or inside[node] < share * (total - strength[node]):
            continue
        many, best = 0, 0.0
        for entry in range(indptr[node], indptr[node + 1]):
            other = indices[entry]
            if other != node and labels[other] == labels[node]:
                part = parts[other]
                if shared[part] == 0:
                    met[many], many = part, many + 1
                shared[part] += weights[entry]
        for at in range(many):
            part = met[at]
            well = outer[part] >= penalty * sums[part] * (total - sums[part])
            chances[at] = shared[part] - share * sums[part] if well else 0.0
            best = max(best, chances[at])
        if best > 0:
            part = met[_drawn(chances[:many], best, uniform(started(seed, node)))]
            outer[part] += inside[node] - 2 * shared[part]
            sums[part] += strength[node]
            parts[node], alone[part] = part, False
        for at in range(many):
            shared[met[at]] = 0


@kernel
def _drawn(gains: FloatArray, best: float, luck: float) -> int:
    """Which of the gains above 0 is drawn, the greater the likelier."""
    for at in range(len(gains)):
        gains[at] = np.exp((gains[at] / best - 1) / _RANDOMNESS) if gains[at] > 0 else 0.0
    left, drawn = luck * gains.sum(), 0
    for at in range(len(gains)):
        if gains[at] > 0:
            drawn = at
            left -= gains[at]
            if left < 0:
                break
    return drawn


def _collapsed(level: _Level, parts: Places, tick: Tick) -> _Level:
    """The network whose nodes are the parts."""
    starts, members = grouped(parts, parts.max() + 1)
    costs = totals(parts, np.diff(level.indptr) + 1).astype(np.int64)
    jobs = [
        partial(_collapse, level.indptr, level.indices, level.weights, parts, starts, members, *ends) for ends in balanced(costs, _CHUNK)
    ]
    sizes, indices, weights = (np.concatenate(columns) for columns in zip(*each(jobs, tick), strict=True))
    return _Level(np.append(0, np.cumsum(sizes)), indices, weights, totals(parts, level.strength), level.penalty)


@kernel
def _collapse(
    indptr: IntArray, indices: Places, weights: FloatArray, parts: Places, starts: IntArray, members: Places, first: int, last: int
) -> tuple[IntArray, Places, FloatArray]:
    room = 0
    for node in members[starts[first] : starts[last]]:
        room += indptr[node + 1] - indptr[node]
    sizes, others, values = np.zeros(last - first, np.int64), np.empty(room, np.int32), np.empty(room)
    place, size = np.full(len(starts), -1, np.int64), 0
    for part in range(first, last):
        begin = size
        for node in members[starts[part] : starts[part + 1]]:
            for entry in range(indptr[node], indptr[node + 1]):
                other = parts[indices[entry]]
                if place[other] < begin:
                    place[other], others[size], values[size] = size, other, 0.0
                    size += 1
                values[place[other]] += weights[entry]
        sizes[part - first] = size - begin
    return sizes, others[:size].copy(), values[:size].copy()
