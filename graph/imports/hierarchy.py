"""Hierarchies as they are about to be: who stands above whom, and whether one more tie would close a circle."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import LiteralString

from graph.imports.keys import Ask


class Hierarchy:
    """Parents of each child. Several, where shares are divided."""

    def __init__(self, ties: Iterable[tuple[str, str]] = ()) -> None:
        self._parents: dict[str, set[str]] = defaultdict(set)
        for child, parent in ties:
            self._parents[child].add(parent)

    def add(self, child: str, parent: str) -> bool:
        """Puts `parent` above `child`; False, and nothing done, when `parent` stands below `child` already."""
        if child in self._above(parent):
            return False
        self._parents[child].add(parent)
        return True

    def parents(self, child: str) -> list[str]:
        return sorted(self._parents.get(child, ()))

    def clear(self, child: str) -> None:
        """Takes everything above `child` away."""
        self._parents.pop(child, None)

    def _above(self, child: str) -> set[str]:
        reached, waiting = {child}, [child]
        while waiting:
            step = self._parents.get(waiting.pop(), set()) - reached
            reached |= step
            waiting += step
        return reached


async def above(ask: Ask, parents_of: LiteralString, ids: Iterable[str]) -> Hierarchy:
    """All that stands above `ids` in the graph. `parents_of` answers child and parent for each of its $ids."""
    ties: set[tuple[str, str]] = set()
    reached: set[str] = set()
    while step := set(ids) - reached:
        reached |= step
        found = {(child, parent) for child, parent in await ask(parents_of, {"ids": sorted(step)})}
        ties |= found
        ids = {parent for _, parent in found}
    return Hierarchy(ties)
