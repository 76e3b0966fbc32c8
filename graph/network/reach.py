"""Who is within reach of some nodes in so many steps, by the strongest way there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from graph.network import FloatArray, IntArray, Network
from graph.network.compiled import kernel
from graph.network.threads import Tick, one, silent

__all__ = ["Reach", "reach"]

Places = NDArray[np.int32]


@dataclass(frozen=True)
class Reach:
    """For each node (n): `strength` of the strongest way to it, 0 where there is none, 1 at a start.

    For each number of steps allowed ((most + 1) × n): `taken` steps of the strongest way, -1 where there is none, and the node `before`.
    """

    strength: FloatArray
    taken: Places
    before: Places

    @property
    def steps(self) -> Places:
        """How many steps the strongest way to each node has (n), -1 where there is none."""
        last: Places = self.taken[-1]
        return last

    def way(self, node: int) -> list[int]:
        """The nodes of the strongest way, from a start to `node`."""
        found, level = [node], int(self.steps[node])
        while level > 0:
            found.append(int(self.before[level, found[-1]]))
            level = int(self.taken[level - 1, found[-1]])
        return found[::-1]


def reach(network: Network, starts: Iterable[int], steps: int, *, hidden: Iterable[int] = (), tick: Tick = silent) -> Reach:
    """The strongest ways of at most `steps` ties from any of `starts`, a way being as strong as the product of its ties.

    Weights are strengths in (0, 1]; `hidden` nodes are on no way. Of equally strong ways the one with fewer steps counts, then the one
    over the node that stands first. O(steps · m), memory O(steps · n).

    >>> knows = Network.of("abcd", np.array([0, 1, 0]), np.array([1, 2, 2]), np.array([0.9, 0.8, 0.5]))
    >>> found = reach(knows, [0], 2)
    >>> found.strength.round(2).tolist(), found.way(2)
    ([1.0, 0.9, 0.72, 0.0], [0, 1, 2])
    """
    closed = np.zeros(len(network), bool)
    closed[list(hidden)] = True
    best = np.zeros(len(network))
    best[[start for start in starts if not closed[start]]] = 1
    taken, before = (np.full((steps + 1, len(network)), -1, np.int32) for _ in range(2))
    taken[0, best > 0] = 0
    rows = network.reverse
    for step in range(1, steps + 1):
        best, before[step] = one(partial(_widened, rows.indptr, rows.indices, rows.weights, best, closed), tick)
        taken[step] = np.where(before[step] >= 0, step, taken[step - 1])
        tick(step / steps)
    return Reach(best, taken, before)


@kernel
def _widened(
    indptr: IntArray, indices: Places, strengths: FloatArray, known: FloatArray, closed: NDArray[np.bool_]
) -> tuple[FloatArray, Places]:
    """One step further: the strengths of all nodes, and the node before where a longer way is stronger."""
    best, came = known.copy(), np.full(len(known), -1, np.int32)
    for node in range(len(known)):
        if closed[node]:
            continue
        for entry in range(indptr[node], indptr[node + 1]):
            strength = known[indices[entry]] * strengths[entry]
            if strength > best[node]:
                best[node], came[node] = strength, indices[entry]
    return best, came
