"""Simple paths in the order of their lengths: Yen (Management Science 17, 1971) with the rule of Lawler (Management Science 18, 1972)."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from math import inf
from typing import NamedTuple

from graph.network.threads import Tick, silent

__all__ = ["Path", "Way", "in_order"]

Path = tuple[int, ...]


class Way(NamedTuple):
    """A path, its length, and how long it is up to each of its nodes, as far as that was sought."""

    length: float
    path: Path
    along: list[float]


Seek = Callable[[Path, float, set[int], float], Way | None]


def in_order(seek: Seek, most: int | None = None, tick: Tick = silent) -> Iterator[Way]:
    """All simple paths, or the `most` shortest.

    `seek(root, length, banned, limit)` gives the shortest path that begins with `root`, which is `length` long, and goes on to none of
    `banned`; None if there is none within `limit`. The first is sought with an empty root. A path of s ties asks for s + 1 more.
    Before each search `tick` is called with the share of the `most` that was given.
    """
    taken: list[Path] = []
    candidates: list[tuple[float, Path, int, list[float]]] = []

    def offer(root: Path, length: float, banned: set[int]) -> None:
        tick(len(taken) / most if most else 0.0)
        wanted = None if most is None else most - len(taken)
        # No path longer than those at hand that are still wanted is of any use.
        limit = inf if wanted is None or len(candidates) < wanted else heapq.nsmallest(wanted, candidates)[-1][0]
        way = seek(root, length, banned, limit)
        if way:
            heapq.heappush(candidates, (way.length, way.path, len(root), way.along))

    if most != 0:
        offer((), 0.0, set())
    while candidates:
        length, path, fixed, along = heapq.heappop(candidates)
        yield Way(length, path, along)
        taken.append(path)
        if len(taken) == most:
            return
        for end in range(fixed, len(path)):
            root = path[:end]
            offer(root, along[end - 1] if end else 0.0, {other[end] for other in taken if other[:end] == root and len(other) > end})
