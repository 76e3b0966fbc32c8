"""How far word of mouth goes from some nodes: the independent cascade (独立级联).

Whoever is reached tries once to reach each of those it is tied to; the weight of a tie, 0 to 1, is the chance that it succeeds. A tie
without direction has that chance either way, of parallel ties each has its own. Kempe, Kleinberg & Tardos, KDD (2003).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import nan, sqrt

import numpy as np
from numpy.typing import NDArray

from graph.network import FloatArray, IntArray, Network
from graph.network.compiled import kernel
from graph.network.random_numbers import STEP, started, uniform
from graph.network.sampled import in_jobs
from graph.network.threads import Tick, silent

__all__ = ["Spread", "check_chances", "skips", "spread"]

Places = NDArray[np.int32]


@dataclass(frozen=True)
class Spread:
    """How many nodes are reached on average, the seeds among them, the standard error of that, and how many simulations say so."""

    mean: float
    error: float
    simulations: int


def spread(network: Network, seeds: Sequence[int] | IntArray, *, simulations: int = 10_000, seed: int = 0, tick: Tick = silent) -> Spread:
    """How far it goes from the nodes `seeds`, by simulation. ValueError where a weight is no chance.

    O(ties of those reached) a simulation, O(n) memory a thread. The same `seed` gives the same result.

    >>> certain = Network.of("abcd", np.array([0, 1]), np.array([1, 2]), directed=True)
    >>> spread(certain, [1], simulations=100)
    Spread(mean=2.0, error=0.0, simulations=100)
    """
    check_chances(network)
    sources, skip = np.unique(np.asarray(seeds, np.int64)), skips(network.indptr, network.weights)

    def run(first: int, last: int) -> tuple[int, int, int]:
        return _cascades(network.indptr, network.indices, network.weights, skip, sources, first, last, seed)

    total = squares = 0
    for reached, squared, _ in in_jobs(run, lambda result: result[2], 0, simulations, tick):
        total, squares = total + reached, squares + squared
    mean = total / simulations if simulations else nan
    variance = (squares - total * mean) / (simulations - 1) if simulations > 1 else nan
    return Spread(mean, sqrt(max(variance, 0) / simulations) if simulations > 1 else nan, simulations)


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
def _cascades(
    indptr: IntArray, indices: Places, chances: FloatArray, skip: FloatArray, sources: IntArray, first: int, last: int, seed: int
) -> tuple[int, int, int]:
    """How many the simulations first…last reach, the sum of its squares, and how many steps they took."""
    seen, queue = np.full(len(indptr) - 1, -1, np.int64), np.empty(len(indptr) - 1, np.int32)
    total = squares = work = 0
    for item in range(first, last):
        state, head, tail = started(seed, item), 0, len(sources)
        for at in range(tail):
            seen[sources[at]], queue[at] = item, sources[at]
        while head < tail:
            node = queue[head]
            head += 1
            entry, end, jump = indptr[node] - 1, indptr[node + 1], skip[node]
            while True:
                state, work = state + STEP, work + 1
                luck = uniform(state)
                entry += 1 + (int(np.log(1 - luck) * jump) if jump else 0)
                if entry >= end:
                    break
                # Drawing is cheaper than looking whether somebody far off in memory was reached already.
                if (jump or luck < chances[entry]) and seen[indices[entry]] != item:
                    seen[indices[entry]], queue[tail] = item, indices[entry]
                    tail += 1
        total, squares = total + tail, squares + tail * tail
    return total, squares, work
