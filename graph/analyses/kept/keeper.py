"""Keeps the network of one database: reads it once, and then what the log tells of."""

from __future__ import annotations

import asyncio
import logging
import time
from pathlib import Path
from weakref import ref

from graph import changes
from graph.analyses.kept import following, memory, sharing
from graph.analyses.kept.copies import Copies
from graph.analyses.kept.known import Known
from graph.analyses.kept.shared import Shared
from graph.changes import Stand
from graph.database import Database

__all__ = ["Keeper"]

log = logging.getLogger(__name__)


class Keeper:
    """At most one refresh at a time, which all who wait share; it goes on when they no longer do.

    `limit` are the bytes that a network may take; with a `folder` it is shared with the other processes that have the same. With fewer
    acquaintances than `large` a refresh is waited for whenever the log has grown. Else one begins in the background after `pause` seconds,
    and is waited for after `late`: a write is in the answers in 2 s. Where the folder cannot be used, it is tried again after `alone`.
    """

    large, pause, late, alone = 200_000, 1.0, 1.5, 60.0

    def __init__(self, database: Database) -> None:
        self.limit = memory.USUAL
        self.folder: Path | None = None
        self._copies: Copies | None = None
        self._alone_until = 0.0
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
        known = self._enough(Stand(0, 0)) or await self._at_least(stand)
        return known, known.stand >= stand

    def forget(self) -> None:
        """Reads all again next time: for who changes the graph without the log."""
        self._known = None
        if self._copies:
            self._copies.clear()

    async def _stand(self) -> Stand:
        known, stand = self._known, await self._read_stand()
        # One that is shorter than it was is another one, too.
        if known and known is self._known and (stand.log != known.stand.log or stand < known.stand):
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
        found = await self._next(database, known, stand)
        if self._known is known:
            self._known, self._seen = found, began

    async def _next(self, database: Database, known: Known | None, stand: Stand) -> Known:
        async def read(newest: Known | None) -> Known:
            return await following.read(database, newest, stand, self.limit)

        try:
            if copies := self._copies_of(stand.log):
                return await sharing.current(copies, database, known, stand, read)
        except OSError as error:
            pause = self.alone
            log.warning("the network is not shared in %s for %.0f s: %s", self.folder, pause, error.strerror or error)
            self._copies, self._alone_until = None, time.monotonic() + pause
        return await read(known)

    def _copies_of(self, log: str) -> Copies | None:
        if self.folder is None or not log or time.monotonic() < self._alone_until:
            self._copies = None
        elif self._copies is None or self._copies.log != log:
            self._copies = Copies(self.folder, log)
        return self._copies

    def _of(self) -> Database:
        database = self._database()
        assert database is not None, "whoever asks holds it"
        return database
