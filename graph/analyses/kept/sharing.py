"""One process at a time reads the network, and all others of the machine take what it has read."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from graph import changes
from graph.analyses.kept.copies import Copies
from graph.analyses.kept.known import Known
from graph.changes import Stand
from graph.database import Database

__all__ = ["current"]

_GLANCE = 0.02


async def current(
    copies: Copies, database: Database, known: Known | None, stand: Stand, read: Callable[[Known | None], Awaitable[Known]]
) -> Known:
    """A copy with all that was written up to `stand`: that of another process, or what `read` makes of the newest one there is."""
    while not (turn := copies.turn()):
        if found := await _found(copies, database, stand):
            return found
        await asyncio.sleep(_GLANCE)
    with turn:
        if found := await _found(copies, database, stand):
            return found
        there = (each for each in (await asyncio.to_thread(copies.newest), known) if each)
        return await asyncio.to_thread(copies.written, await read(max(there, key=lambda each: each.stand, default=None)))


async def _found(copies: Copies, database: Database, stand: Stand) -> Known | None:
    newest = copies.stand()
    if newest is None or newest < stand:
        return None
    if newest > stand and newest > await changes.stand(database):
        # It knows more than the log: it is of another one.
        copies.clear()
    return await asyncio.to_thread(copies.newest)
