"""Who knows whom, kept in memory for as long as the log does not grow."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from weakref import WeakKeyDictionary

from graph import changes
from graph.analyses import ties
from graph.analyses.days import Moment
from graph.analyses.reasons import Reason, ReasonCode
from graph.analyses.ties import Acquaintances
from graph.clock import Clock, instant
from graph.database import Database
from graph.metrics import warmth
from graph.network import Network, threads


@dataclass(frozen=True)
class Known:
    """All acquaintances of those who take part, at one head of the log.

    The ties of `network` are the rows of `found`. `ours` are at an own organization on `day`, by these positions.
    """

    clock: Clock
    head: int
    day: str
    network: Network
    found: Acquaintances
    ours: Mapping[str, frozenset[str]]
    # More searches at once than processors only take turns at the interpreter's lock.
    turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(threads.count()))
    _strong: dict[datetime, Network] = field(default_factory=dict)

    def at(self, at: datetime) -> Network:
        """The network with all strengths as weights, as they are at an instant; that of the last one asked for is kept."""
        if (strong := self._strong.get(at)) is None:
            strong = self.network.weighted(ties.strengths(self.found, at))
            self._strong.clear()
            self._strong[at] = strong
        return strong

    def reasons(self, a: int, b: int, at: datetime) -> tuple[Reason, ...]:
        """What contact both ways, contact one way and a declared closeness give to the strength of a tie; the shares add up to 1."""
        row, decay = self.network.edges[self.network.entry(a, b)], warmth.DEFAULT.decay(at)
        floor = float(self.found.floor[row])
        parts = warmth.strength(float(self.found.out[row]) * decay, float(self.found.back[row]) * decay)
        warm = parts.value if parts.value >= floor else 0.0
        given = {ReasonCode.MUTUAL: parts.mutual, ReasonCode.ONE_SIDED: parts.one_sided}
        reasons = [Reason(code, value, None, value / warm if warm else 0.0) for code, value in given.items() if value]
        return (*reasons, Reason(ReasonCode.DECLARED, floor, None, 0.0 if warm else 1.0)) if floor else tuple(reasons)


_known: WeakKeyDictionary[Database, Known] = WeakKeyDictionary()
_loading: WeakKeyDictionary[Database, asyncio.Lock] = WeakKeyDictionary()


async def known(database: Database, clock: Clock, day: str) -> Known:
    """The acquaintances as they are now. Read again, in one streaming read, only after the log has grown or a day has passed."""
    async with _loading.setdefault(database, asyncio.Lock()):
        # The head is read first: what is read after it is at least as new.
        head, kept = await changes.head(database), _known.get(database)
        if kept is None or kept.clock is not clock or (kept.head, kept.day) != (head, day):
            kept = _known[database] = await _load(database, clock, head, day)
        return kept


async def _load(database: Database, clock: Clock, head: int, day: str) -> Known:
    found, people = await ties.acquaintances(database, Moment(instant(clock.now()), day, False)), await ties.people(database)
    return Known(clock, head, day, *await asyncio.to_thread(_network, people, found), await ties.team(database, day))


def _network(people: Collection[str], found: Acquaintances) -> tuple[Network, Acquaintances]:
    """The network of those who take part, and the acquaintances among them."""
    network, kept = ties.placed(people, found.ends)
    return network, found.of(kept)
