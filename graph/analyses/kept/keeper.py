"""Keeps the network of one database: reads it once, and then what the log tells of."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from weakref import ref

from graph import changes
from graph.analyses.kept import memory, news, reading
from graph.analyses.kept.known import Known, Stand
from graph.analyses.kept.news import News
from graph.analyses.kept.shared import Shared
from graph.database import Database

__all__ = ["Keeper"]


class Keeper:
    """At most one refresh at a time, which all who wait share; it goes on when they no longer do.

    `limit` are the bytes that a network may take. With fewer acquaintances than `large` a refresh is waited for whenever the log has
    grown. Else one begins in the background after `pause` seconds, and is waited for after `late`: a write is in the answers in 2 s.
    """

    large, pause, late = 200_000, 1.0, 1.5

    def __init__(self, database: Database) -> None:
        self.limit = memory.USUAL
        self._database = ref(database)
        self._read_stand = Shared(lambda: changes.stand(self._of()))
        self._known: Known | None = None
        self._work: asyncio.Task[None] | None = None
        # When the log was last seen to hold nothing new.
        self._seen = 0.0

    async def now(self) -> Known:
        """With all that was written before the call."""
        return await self._at_least(await self._stand())

    async def recent(self) -> tuple[Known, bool]:
        """With all that was written before the call, and True; or, while others write much, with what was some moments ago, and False."""
        asked, stand = time.monotonic(), await self._stand()
        if (known := self._enough(stand)) is not None:
            self._seen = max(self._seen, asked)
            return known, True
        if self._known is None or len(self._known.columns.a) < self.large:
            return await self._at_least(stand), True
        if asked - self._seen > self.late:
            await asyncio.shield(self._begin())
        elif asked - self._seen > self.pause:
            self._begin()
        known = self._enough((0, 0)) or await self._at_least(stand)
        return known, known.stand >= stand

    def forget(self) -> None:
        """Reads all again next time: for who changes the graph without the log."""
        self._known = None

    async def _stand(self) -> Stand:
        known, stand = self._known, await self._read_stand()
        # A log that is shorter than it was is another one.
        if known and known is self._known and stand < known.stand:
            self.forget()
        return stand

    def _enough(self, stand: Stand) -> Known | None:
        return self._known if self._known and self._known.stand >= stand else None

    async def _at_least(self, stand: Stand) -> Known:
        while (known := self._enough(stand)) is None:
            await asyncio.shield(self._begin())
        return known

    def _begin(self) -> asyncio.Task[None]:
        if self._work is None or self._work.done():
            self._work = asyncio.create_task(self._refresh(self._of()))
            # Whoever waits gets the failure; where nobody does, the next request tries again.
            self._work.add_done_callback(lambda work: work.cancelled() or work.exception())
        return self._work

    async def _refresh(self, database: Database) -> None:
        began, known = time.monotonic(), self._known
        # This comes first: what is read after it is at least as new, and what is newer will be read again.
        stand = await changes.stand(database)
        told = await _news(database, known, stand) if known else None
        found = await _followed(database, known, stand, told) if known and told else await self._all(database, stand)
        if self._known is known:
            self._known, self._seen = found, began

    async def _all(self, database: Database, stand: Stand) -> Known:
        await memory.check(database, self.limit)
        columns, posts = await reading.everybody(database), await reading.team(database)
        return await asyncio.to_thread(Known.of, stand, columns, posts)

    def _of(self) -> Database:
        database = self._database()
        assert database is not None, "whoever asks holds it"
        return database


async def _followed(database: Database, known: Known, stand: Stand, told: News) -> Known:
    posts = await reading.team(database) if told.team else known.posts
    present, ties = await reading.some(database, told.ids)
    if not present and known.place.keys().isdisjoint(told.ids):
        return replace(known, stand=stand, posts=posts, _ours={})
    columns = await asyncio.to_thread(known.columns.replaced, told.ids, present, ties)
    return await asyncio.to_thread(Known.of, stand, columns, posts)


async def _news(database: Database, known: Known, stand: Stand) -> News | None:
    # A rebuild does not say whom it touched. More people than these are read sooner together with all others.
    most = max(1_000, len(known.place) // 10)
    return await news.since(database, known.stand[1], stand[1], most) if stand[0] == known.stand[0] else None
