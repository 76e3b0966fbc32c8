"""Communities: groups with more ties inside than chance would have it, how good a division into them is, and how to find one."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from graph.network import FloatArray, IntArray, Network
from graph.network.compiled import kernel
from graph.network.leiden import leiden
from graph.network.partitions import numbered
from graph.network.random_numbers import shuffled, started, uniform
from graph.network.simple import both_ways
from graph.network.threads import Tick, each, one, silent
from graph.network.work import CHUNK, balanced

__all__ = ["label_propagation", "leiden", "modularity"]

Places = NDArray[np.int32]
# Sums of the same weights in another order may differ by so much of the node's ties.
_ROUNDING = 1e-12


def modularity(
    network: Network,
    labels: Sequence[int] | NDArray[np.integer],
    *,
    resolution: float = 1.0,
    weighted: bool = True,
    tick: Tick = silent,
) -> float:
    """How much more of the ties is inside communities than if they had been tied at random: `labels` (n) says who is in which.

    `Σ_c (L_c/m - resolution · K_c²/4m²)`, with directions `Σ_c (L_c/m - resolution · K_c^out · K_c^in/m²)`, where L_c is the weight of the
    ties inside c and K_c that of the ends in it, of a loop two. NaN without a tie. O(n log n + m) time, O(n) memory and O(communities) a
    thread. Newman & Girvan, Physical Review E 69 (2004); Leicht & Newman, Physical Review Letters 100 (2008).

    >>> a, b = np.array([0, 1, 2, 3, 4, 5, 2]), np.array([1, 2, 0, 4, 5, 3, 3])
    >>> round(modularity(Network.of("abcdef", a, b), [0, 0, 0, 1, 1, 1]), 6)
    0.357143
    """
    if len(labels) != len(network):
        raise ValueError("every node has one label")
    groups = np.unique(np.asarray(labels), return_inverse=True)[1].astype(np.int32)
    rows = network if weighted else network.unweighted
    doubled = 1 if network.directed else 2
    jobs = [
        partial(_ends, rows.indptr, rows.indices, rows.weights, groups, doubled, start, stop) for start, stop in balanced(rows.degree + 1)
    ]
    inside, out, into = (sum(parts) for parts in zip((0.0, np.zeros(1), np.zeros(1)), *each(jobs, tick), strict=True))
    total = np.sum(out)
    return float(inside / total - resolution * np.sum(out * into) / total**2) if total else float("nan")


@kernel
def _ends(
    indptr: IntArray, indices: Places, weights: FloatArray, groups: Places, doubled: int, start: int, stop: int
) -> tuple[float, FloatArray, FloatArray]:
    """The weight inside communities, and that of the ends of each community where ties leave and where they arrive."""
    inside, out, into = 0.0, np.zeros(groups.max() + 1), np.zeros(groups.max() + 1)
    for node in range(start, stop):
        for entry in range(indptr[node], indptr[node + 1]):
            other = indices[entry]
            weight = weights[entry] * (doubled if other == node else 1)
            out[groups[node]] += weight
            into[groups[other]] += weight
            if groups[node] == groups[other]:
                inside += weight
    return inside, out, into


def label_propagation(network: Network, *, weighted: bool = True, seed: int = 0, tick: Tick = silent) -> Places:
    """The community of each node (n), numbered in the order of their first nodes: the label that is the strongest among its neighbours.

    Everybody begins with a label of their own and takes over, one after another in random order, that of most of their neighbours, until
    nobody would change. Faster than `leiden` and less good. Directions do not matter; weights are ≥ 0. The same seed always finds the same.
    About O(m) time, O(n) memory. Raghavan, Albert & Kumara, Physical Review E 76 (2007).

    >>> a, b = np.array([0, 1, 2, 3, 4, 5, 2]), np.array([1, 2, 0, 4, 5, 3, 3])
    >>> label_propagation(Network.of("abcdef", a, b), seed=1).tolist()
    [0, 0, 0, 1, 1, 1]
    """
    rows, n = one(lambda: both_ways(network if weighted else network.unweighted), tick), len(network)
    # Who has no ties has no turn: the others' order does not hang on them.
    labels, waiting = np.arange(n, dtype=np.int32), rows.degree > 0
    tied, queue = np.flatnonzero(waiting), np.zeros(n, np.int32)
    queue[: len(tied)] = tied[shuffled(len(tied), seed)]
    state = np.array([0, len(tied), 0])
    while state[1]:
        one(lambda: _spread(rows.indptr, rows.indices, rows.weights, labels, queue, waiting, state, seed, CHUNK), tick)
    return numbered(labels)


@kernel
def _spread(
    indptr: IntArray, indices: Places, weights: FloatArray, labels: Places, queue: Places, waiting: NDArray[np.bool_], state: IntArray,
    seed: int, budget: int,
) -> None:  # fmt: skip
    """Takes nodes out of the ring `queue` until none waits or `budget` ties were looked at.

    `state`: the head of the ring, how many wait, how many came.
    """
    n = len(labels)
    head, left, turn = state[0], state[1], state[2]
    shared, met = np.zeros(n), np.empty(n, np.int32)
    while left > 0 and budget > 0:
        node = queue[head]
        head, left, waiting[node], turn = (head + 1) % n, left - 1, False, turn + 1
        many, most, total, own = 0, 0.0, 0.0, labels[node]
        budget -= int(indptr[node + 1] - indptr[node] + 1)
        for entry in range(indptr[node], indptr[node + 1]):
            if indices[entry] != node:
                label = labels[indices[entry]]
                if shared[label] == 0:
                    met[many], many = label, many + 1
                shared[label] += weights[entry]
                total += weights[entry]
                most = max(most, shared[label])
        enough = float(most - _ROUNDING * total)
        if shared[own] < enough:
            labels[node] = _drawn(met[:many], shared, enough, uniform(started(seed, turn)))
            for entry in range(indptr[node], indptr[node + 1]):
                other = indices[entry]
                if not waiting[other] and labels[other] != labels[node]:
                    waiting[other], queue[(head + left) % n], left = True, other, left + 1
        for at in range(many):
            shared[met[at]] = 0
    state[0], state[1], state[2] = head, left, turn


@kernel
def _drawn(met: Places, shared: FloatArray, enough: float, luck: float) -> int:
    """One of the labels that have enough, each as likely."""
    many = 0
    for label in met:
        many += int(shared[label] >= enough)
    left, drawn = int(luck * many), 0
    for label in met:
        if shared[label] >= enough:
            drawn = int(label)
            left -= 1
            if left < 0:
                break
    return drawn
