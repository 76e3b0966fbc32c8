"""The network of those who take part, as it is kept: never changed, replaced by the next one."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from graph.analyses import ties
from graph.analyses.kept.columns import Columns
from graph.analyses.kept.reading import Post
from graph.analyses.reasons import Reason, ReasonCode
from graph.changes import Stand
from graph.metrics import warmth
from graph.network import Network, threads
from graph.periods import valid_on

__all__ = ["Known"]


@dataclass(frozen=True, eq=False)
class Known:
    """All acquaintances of those who take part, as the log stood once, and every position at our own organizations.

    The ties of `network` are the rows of `columns`.
    """

    stand: Stand
    columns: Columns
    posts: tuple[Post, ...]
    network: Network
    # More searches at once than processors only take turns at the interpreter's lock.
    turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(threads.count()))
    _strong: dict[tuple[datetime, str], Network] = field(default_factory=dict)
    _ours: dict[str, Mapping[str, frozenset[str]]] = field(default_factory=dict)

    @classmethod
    def of(cls, stand: Stand, columns: Columns, posts: tuple[Post, ...]) -> Known:
        """Builds the network. O(n + m)."""
        return cls(stand, columns, posts, Network.of(tuple(columns.place), columns.a, columns.b))

    @property
    def place(self) -> Mapping[str, int]:
        """Id → position."""
        return self.columns.place

    def ours(self, day: str) -> Mapping[str, frozenset[str]]:
        """Everybody with a position at an own organization on a day, and these positions."""
        if day not in self._ours:
            found: dict[str, set[str]] = {}
            for post in self.posts:
                if valid_on(day, post.since, post.until):
                    found.setdefault(post.person, set()).add(post.position)
            self._ours.clear()
            self._ours[day] = {person: frozenset(positions) for person, positions in found.items()}
        return self._ours[day]

    def at(self, at: datetime, day: str) -> Network:
        """The network with all strengths as weights, as they are at an instant of a day; that of the last one asked for is kept."""
        if (strong := self._strong.get((at, day))) is None:
            columns = self.columns
            strong = self.network.weighted(ties.strength(columns.out, columns.back, columns.floors(day), at))
            self._strong.clear()
            self._strong[at, day] = strong
        return strong

    def reasons(self, a: int, b: int, at: datetime, day: str) -> tuple[Reason, ...]:
        """What contact both ways, contact one way and a declared closeness give to the strength of a tie; the shares add up to 1."""
        row, decay = self.network.edges[self.network.entry(a, b)], warmth.DEFAULT.decay(at)
        columns = self.columns
        floor = columns.floor(row, day)
        parts = warmth.strength(float(columns.out[row]) * decay, float(columns.back[row]) * decay)
        warm = parts.value if parts.value >= floor else 0.0
        given = {ReasonCode.MUTUAL: parts.mutual, ReasonCode.ONE_SIDED: parts.one_sided}
        reasons = [Reason(code, value, None, value / warm if warm else 0.0) for code, value in given.items() if value]
        return (*reasons, Reason(ReasonCode.DECLARED, floor, None, 0.0 if warm else 1.0)) if floor else tuple(reasons)
