"""Who knows whom, in columns: a row an acquaintance, its ends positions in the ids of those who take part."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from graph.analyses.ties import Acquaintances, positions
from graph.metrics.warmth import CLOSENESS_FLOORS
from graph.network import FloatArray
from graph.periods import first_day

__all__ = ["Columns", "Tie"]

Places = NDArray[np.int32]
_LEVELS = {name: level for level, name in enumerate(CLOSENESS_FLOORS, start=1)}
_FLOORS = np.array([0.0, *CLOSENESS_FLOORS.values()])


class Tie(NamedTuple):
    """One acquaintance as it is stored; `closeness` and `since` are those of a declaration."""

    a: str
    b: str
    out: float
    back: float
    closeness: str | None
    since: str | None

    @classmethod
    def between(cls, one: str, other: str, *more: Any) -> Tie:
        """Of two people in any order; the sums are stored from the smaller to the greater id."""
        return cls(min(one, other), max(one, other), *more)


@dataclass(frozen=True, eq=False)
class Columns:
    """Everybody who takes part, id → position in the order of ids, and the acquaintances among them.

    Of each: the stored sums of warmth a → b and b → a, the level of a declared closeness (0 without) and the day from which it counts.
    """

    place: Mapping[str, int]
    a: Places
    b: Places
    out: FloatArray
    back: FloatArray
    level: NDArray[np.uint8]
    since: Places

    def floors(self, day: str) -> FloatArray:
        """What each declared closeness gives on a day."""
        return np.where(self.since <= date.fromisoformat(day).toordinal(), _FLOORS[self.level], 0.0)

    def floor(self, row: int, day: str) -> float:
        """What the declared closeness of one row gives on a day."""
        return float(_FLOORS[self.level[row]]) if self.since[row] <= date.fromisoformat(day).toordinal() else 0.0

    def acquaintances(self, day: str) -> Acquaintances:
        """Those that count on a day."""
        floor = self.floors(day)
        some = (self.out > 0) | (self.back > 0) | (floor > 0)
        return Acquaintances(tuple(self.place), self.a[some], self.b[some], self.out[some], self.back[some], floor[some])

    def replaced(self, people: Collection[str], present: Collection[str], ties: Iterable[Tie]) -> Columns:
        """The same after news of `people`: those of them who are `present` take part now, and have these `ties`. O(n + m)."""
        place = _with(self.place, {*people}.difference(present), present)
        touched = np.zeros(len(self.place), bool)
        touched[[self.place[id] for id in {*people, *present} if id in self.place]] = True
        kept = ~(touched[self.a] | touched[self.b])
        columns: list[NDArray[Any]] = [self.a, self.b, self.out, self.back, self.level, self.since]
        old = [each[kept] for each in columns]
        if place is not self.place:
            moved = np.array([place.get(id, -1) for id in self.place], np.int32)
            old[:2] = [moved[each] for each in old[:2]]
        joined: list[NDArray[Any]] = [np.concatenate(pair) for pair in zip(old, _columns(place, ties), strict=True)]
        return Columns(place, *joined)


def _with(place: Mapping[str, int], gone: Collection[str], present: Collection[str]) -> Mapping[str, int]:
    came = [id for id in present if id not in place]
    if not came and not any(id in place for id in gone):
        return place
    return placed([*(id for id in place if id not in gone), *came])


def placed(ids: Iterable[str]) -> dict[str, int]:
    """Id → position in the order of ids."""
    return positions(sorted(ids))


def _columns(place: Mapping[str, int], ties: Iterable[Tie]) -> tuple[NDArray[np.generic], ...]:
    """Each pair once, of those who take part."""
    rows = list({(tie.a, tie.b): tie for tie in ties if tie.a in place and tie.b in place and tie.a != tie.b}.values())
    return (
        np.array([place[tie.a] for tie in rows], np.int32),
        np.array([place[tie.b] for tie in rows], np.int32),
        np.array([tie.out for tie in rows], np.float64),
        np.array([tie.back for tie in rows], np.float64),
        np.array([level(tie.closeness) for tie in rows], np.uint8),
        np.array([from_day(tie.since) for tie in rows], np.int32),
    )


def level(closeness: str | None) -> int:
    """The number of a declared closeness, 0 without."""
    return _LEVELS.get(closeness or "", 0)


def from_day(since: str | None) -> int:
    """The ordinal of the first day of what may be known in part, 0 without."""
    return date.fromisoformat(first_day(since)).toordinal() if since else 0
