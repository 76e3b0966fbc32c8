"""The strongest simple paths through a network, a path being as strong as the product of its ties.

Yen's algorithm on -ln strength. Each search is an A* over nodes and steps left, led by the bounds of `graph.network.led` that it sharpens
as it goes: what one search has learned leads the next.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import exp
from weakref import WeakKeyDictionary

import numpy as np

from graph.network import FloatArray, Network
from graph.network.led import Leads, search
from graph.network.threads import Tick, silent
from graph.network.yen import Path, Way, in_order

__all__ = ["StrongPath", "strongest_paths"]

_lengths: WeakKeyDictionary[Network, FloatArray] = WeakKeyDictionary()


@dataclass(frozen=True)
class StrongPath:
    """The positions of the nodes it runs through, and its strength in (0, 1]."""

    nodes: tuple[int, ...]
    strength: float


def strongest_paths(
    network: Network,
    sources: Iterable[int],
    targets: Iterable[int],
    first: int,
    *,
    steps: int = 5,
    hidden: Iterable[int] = (),
    tick: Tick = silent,
) -> list[StrongPath]:
    """At most `first` simple paths of at most `steps` ties from any source to any target, the strongest first.

    A path leaves the sources at once and ends at the first target it meets: it holds one of each. A node that is both counts as a target.
    None of `hidden` is in any.
    Weights are strengths in (0, 1]. O(n) bytes are set once; then a path takes O(steps² · m · log n) at worst, and what lies within some
    steps of both ends as a rule. The first search in a network takes O(m) more, for the logarithms of its weights.
    Memory 9 bytes a node, 40 for each node met and number of steps left, and those logarithms. Yen (1971).

    >>> ours = Network.of("abc", np.array([0, 1, 0]), np.array([1, 2, 2]), np.array([0.9, 0.8, 0.5]))
    >>> [(path.nodes, round(path.strength, 2)) for path in strongest_paths(ours, [0], [2], 3)]
    [((0, 1, 2), 0.72), ((0, 2), 0.5)]
    """
    tick(0)
    sought = _Search(network, set(sources), set(targets), steps, set(hidden))
    return [StrongPath(path, exp(-length)) for length, path in sought.paths(first, tick)]


def _distances(network: Network) -> FloatArray:
    """-ln of the weights, kept as long as the network is."""
    if network not in _lengths:
        # -ln 1 is a negative zero, and a length below 0 would mislead the search. Without strength a tie is endlessly long.
        with np.errstate(divide="ignore"):
            _lengths[network] = np.maximum(-np.log(network.weights), 0.0)
    return _lengths[network]


class _Search:
    def __init__(self, network: Network, sources: set[int], targets: set[int], steps: int, hidden: set[int]) -> None:
        ways = [(each.indptr, each.indices, _distances(each)) for each in (network, network.reverse)]
        ends = [np.array(sorted(places), np.int64) for places in (sources - targets - hidden, targets - hidden)]
        # From many ends a search would spread over the whole network before it meets the other side.
        self.turned = int(network.degree[ends[1]].sum()) < int(network.degree[ends[0]].sum())
        if self.turned:
            ways.reverse()
            ends.reverse()
        self.rows, self.sources, self.steps = ways[0], ends[0], steps
        self.leads = Leads.of(len(network), ways[1], ends[0], ends[1], steps, hidden)

    def paths(self, first: int, tick: Tick) -> list[tuple[float, Path]]:
        return [(way.length, way.path[::-1] if self.turned else way.path) for way in in_order(self._seek, first, tick)]

    def _seek(self, root: Path, length: float, banned: set[int], limit: float) -> Way | None:
        fixed, closed = np.array(root, np.int64), np.array(sorted(banned), np.int64)
        path, along = search(*self.rows, self.leads, fixed, self.sources, closed, self.steps, length, limit)
        # The search begins with the last of the root; what lies before it is never asked for.
        return Way(float(along[-1]), (*root[:-1], *path.tolist()), [0.0] * len(root[:-1]) + along.tolist()) if len(path) else None
