"""How far word of mouth goes from some nodes: the independent cascade (独立级联).

Whoever is reached tries once to reach each of those it is tied to; the weight of a tie, 0 to 1, is the chance that it succeeds. A tie
without direction has that chance either way, of parallel ties each has its own. Kempe, Kleinberg & Tardos, KDD (2003).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import nan, sqrt

import numpy as np
from numpy.typing import NDArray

from graph.network import FloatArray, IntArray, Network
from graph.network.compiled import kernel
from graph.network.random_numbers import STEP, started, uniform
from graph.network.sampled import in_jobs
from graph.network.threads import Tick, silent

__all__ = ["Spread", "check_chances", "next_success", "skips", "spread"]

Places = NDArray[np.int32]


@dataclass(frozen=True)
class Spread:
    """How many nodes are reached on average, the seeds among them, the standard error of that, and how many simulations say so.

    `own` (one number a seed) tells how often a seed is not reached by those before it, `through` (one array a seed) how many are then
    reached by way of each of its ties, in the order of its row: together what it adds.
    """

    mean: float
    error: float
    simulations: int
    own: FloatArray = field(repr=False, compare=False)
    through: Sequence[FloatArray] = field(repr=False, compare=False)

    @cached_property
    def gains(self) -> FloatArray:
        """How many more are reached with each seed than with those before it alone; their sum is the mean."""
        return np.asarray(self.own + [ways.sum() for ways in self.through], np.float64)


def spread(network: Network, seeds: Sequence[int] | IntArray, *, simulations: int = 10_000, seed: int = 0, tick: Tick = silent) -> Spread:
    """How far it goes from the nodes `seeds`, by simulation. ValueError where a weight is no chance.

    O(ties of those reached) a simulation, O(n + ties of the seeds) memory a thread. The same `seed` gives the same result.

    >>> certain = Network.of("abcd", np.array([0, 1]), np.array([1, 2]), directed=True)
    >>> spread(certain, [1], simulations=100)
    Spread(mean=2.0, error=0.0, simulations=100)
    """
    check_chances(network)
    sources, skip = np.asarray(seeds, np.int64), skips(network.indptr, network.weights)
    ways = np.cumsum([len(sources), *(network.indptr[sources + 1] - network.indptr[sources])])

    def run(first: int, last: int) -> tuple[IntArray, int, int]:
        return _cascades(network.indptr, network.indices, network.weights, skip, sources, ways, first, last, seed)

    counts, squares = np.zeros(ways[-1], np.int64), 0
    for reached, squared, _ in in_jobs(run, lambda result: result[2], 0, simulations, tick):
        counts, squares = counts + reached, squares + squared
    total, means = int(counts.sum()), counts / max(simulations, 1)
    mean = total / simulations if simulations else nan
    variance = (squares - total * mean) / (simulations - 1) if simulations > 1 else nan
    error = sqrt(max(variance, 0) / simulations) if simulations > 1 else nan
    own, *through = np.split(means, ways[:-1])
    return Spread(mean, error, simulations, own, through)


def check_chances(network: Network) -> None:
    """ValueError where a weight is not from 0 to 1. O(m), no memory.

    >>> check_chances(Network.of("ab", np.array([0]), np.array([1]), np.array([1.5])))
    Traceback (most recent call last):
    ValueError: the weights of ties are chances from 0 to 1
    """
    if len(network.weights) and not 0 <= network.weights.min() <= network.weights.max() <= 1:
        raise ValueError("the weights of ties are chances from 0 to 1")


@kernel
def skips(indptr: IntArray, chances: FloatArray) -> FloatArray:
    """For each row whose ties all have the same small chance p: 1 / ln(1 - p); 0 for others.

    Times the logarithm of a random number it says how many ties fail before the next that succeeds: one number instead of one a tie.
    Guo, Wang, Wei & Chen, SIGMOD (2020).
    """
    out = np.zeros(len(indptr) - 1)
    for node in range(len(out)):
        chance = chances[indptr[node]] if indptr[node] < indptr[node + 1] else 0.0
        for entry in range(indptr[node], indptr[node + 1]):
            if chances[entry] != chance:
                chance = 0.0
        if 1e-9 < chance <= 0.3:
            out[node] = 1 / np.log1p(-chance)
    return out


@kernel
def next_success(chances: FloatArray, jump: float, state: np.uint64, entry: int, end: int) -> tuple[np.uint64, int, int]:
    """The state once the next tie behind `entry` of a row that ends at `end` succeeds, that tie (`end` or more: none), and the draws.

    `jump` is the row's of `skips`. Drawing is cheaper than looking first whether somebody far off in memory was reached already.
    """
    draws = 0
    while True:
        state, draws = state + STEP, draws + 1
        luck = uniform(state)
        entry += 1 + (int(np.log(1 - luck) * jump) if jump else 0)
        if entry >= end or jump or luck < chances[entry]:
            return state, entry, draws


@kernel
def _cascades(
    indptr: IntArray, indices: Places, chances: FloatArray, skip: FloatArray, sources: IntArray, ways: IntArray,
    first: int, last: int, seed: int,
) -> tuple[IntArray, int, int]:  # fmt: skip
    """How many the simulations first…last reach, each of `sources` after those before it, the sum of their squares, and their steps.

    Counted are the sources themselves, then those reached by way of each of their ties, from `ways` on.
    """
    n = len(indptr) - 1
    seen, queue, via = np.full(n, -1, np.int64), np.empty(n, np.int32), np.empty(n, np.int64)
    counts = np.zeros(ways[-1], np.int64)
    squares = work = 0
    for item in range(first, last):
        state, head, tail = started(seed, item), 0, 0
        for at in range(len(sources)):
            source = sources[at]
            if seen[source] == item:
                continue
            seen[source], queue[tail] = item, source
            tail += 1
            counts[at] += 1
            while head < tail:
                node = queue[head]
                head += 1
                entry, end = int(indptr[node]) - 1, int(indptr[node + 1])
                while True:
                    state, entry, draws = next_success(chances, float(skip[node]), state, entry, end)
                    work += draws
                    if entry >= end:
                        break
                    reached = indices[entry]
                    if seen[reached] != item:
                        way = ways[at] + entry - indptr[source] if node == source else via[node]
                        seen[reached], queue[tail], via[reached] = item, reached, way
                        counts[way] += 1
                        tail += 1
        squares += tail * tail
    return counts, squares, work
