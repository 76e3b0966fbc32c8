"""The strongest simple paths through a network, a path being as strong as the product of its ties.

Yen's algorithm (Management Science 17, 1971) on -ln strength, with Lawler's rule; each search is an A* led by the exact
distance to the nearest target within the steps that are left.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice, pairwise
from math import exp, inf

import numpy as np
from numpy.typing import NDArray

from graph.network import FloatArray, Network

# The node before the first of a path: its ties lead, free of charge, to every source.
_START = -1
_Path = tuple[int, ...]


@dataclass(frozen=True)
class StrongPath:
    """The positions of the nodes it runs through, and its strength in (0, 1]."""

    nodes: tuple[int, ...]
    strength: float


def strongest_paths(
    network: Network, sources: Iterable[int], targets: Iterable[int], first: int, *, steps: int = 5, hidden: Iterable[int] = ()
) -> list[StrongPath]:
    """At most `first` simple paths of at most `steps` ties from any source to any target, the strongest first.

    A path leaves the sources at once and ends at the first target it meets: it holds one of each. A node that is both counts as a target.
    None of `hidden` is in any.
    Weights are strengths in (0, 1]. O(steps · m) once; then a path takes O(steps² · m · log m) at worst.
    """
    search = _Search(network, set(sources), set(targets), steps, list(hidden))
    return [StrongPath(path[1:], exp(-length)) for length, path in islice(search.paths(), first)]


class _Search:
    def __init__(self, network: Network, sources: set[int], targets: set[int], steps: int, hidden: list[int]) -> None:
        self.targets = targets.difference(hidden)
        self.sources = sorted(sources.difference(targets, hidden))
        self.steps = steps
        self.indptr, self.indices = network.indptr, network.indices
        # -ln 1 is a negative zero, and a length below 0 would mislead the search.
        self.lengths = np.maximum(-np.log(network.weights), 0.0)
        self.inner = np.ones(len(network), bool)
        self.inner[self.sources] = False
        self.inner[hidden] = False
        self.bounds = self._bounds(len(network))

    def _bounds(self, n: int) -> list[FloatArray]:
        """For 0…steps ties left: the least length from each node to a target."""
        nearest = np.full(n, inf)
        nearest[list(self.targets)] = 0
        filled = np.flatnonzero(np.diff(self.indptr))
        bounds = [nearest]
        for _ in range(self.steps if len(self.indices) else 0):
            through = self.lengths + np.where(self.inner, nearest, inf)[self.indices]
            nearest = nearest.copy()
            nearest[filled] = np.minimum(nearest[filled], np.minimum.reduceat(through, self.indptr[filled]))
            bounds.append(nearest)
        return bounds + [nearest] * (self.steps + 1 - len(bounds))

    def paths(self) -> Iterator[tuple[float, _Path]]:
        taken: list[_Path] = []
        candidates: list[tuple[float, _Path, int]] = []
        self._offer(candidates, (_START,), set())
        while candidates:
            length, path, fixed = heapq.heappop(candidates)
            yield length, path
            taken.append(path)
            for end in range(fixed, len(path)):
                root = path[:end]
                self._offer(candidates, root, {other[end] for other in taken if other[:end] == root and len(other) > end})

    def _offer(self, candidates: list[tuple[float, _Path, int]], root: _Path, banned: set[int]) -> None:
        found = self._shortest(root, banned)
        if found:
            heapq.heappush(candidates, (*found, len(root)))

    def _shortest(self, root: _Path, banned: set[int]) -> tuple[float, _Path] | None:
        """The shortest path that begins with `root` and goes on to a node that is not `banned`."""
        heap: list[tuple[float, _Path, float]] = []
        reached: dict[int, list[tuple[int, float]]] = {}
        self._push(heap, root, self._length(root), banned)
        while heap:
            _, path, length = heapq.heappop(heap)
            if path[-1] in self.targets:
                return length, path
            if self._is_new(reached, path, length):
                self._push(heap, path, length, set())
        return None

    def _push(self, heap: list[tuple[float, _Path, float]], path: _Path, length: float, banned: set[int]) -> None:
        # With the next node `path` has len(path) - 1 ties: _START is no node of the network.
        bound = self.bounds[self.steps + 1 - len(path)]
        for node, step in self._next(path[-1]):
            estimate = length + step + bound[node]
            if estimate < inf and node not in banned and node not in path:
                heapq.heappush(heap, (float(estimate), (*path, node), length + step))

    def _next(self, node: int) -> Iterable[tuple[int, float]]:
        if node == _START:
            return [(source, 0.0) for source in self.sources]
        ties = slice(self.indptr[node], self.indptr[node + 1])
        inner: NDArray[np.bool_] = self.inner[self.indices[ties]]
        return zip(self.indices[ties][inner].tolist(), self.lengths[ties][inner].tolist(), strict=True)

    def _length(self, path: _Path) -> float:
        return sum(dict(self._next(a))[b] for a, b in pairwise(path))

    @staticmethod
    def _is_new(reached: dict[int, list[tuple[int, float]]], path: _Path, length: float) -> bool:
        """False when the node was reached before in no more steps and by no more length."""
        before = reached.setdefault(path[-1], [])
        if any(steps <= len(path) and other <= length for steps, other in before):
            return False
        before.append((len(path), length))
        return True
