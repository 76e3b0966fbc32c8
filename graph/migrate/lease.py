"""One at a time: a lease on a Lock node, renewed while its holder lives, so that a killed holder's lock is taken over."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import LiteralString
from uuid import uuid4

from graph.database import Database, DatabaseFailure, Record, Transaction

log = logging.getLogger(__name__)

# The database's own clock: servers that disagree about the time agree about this.
_TAKE: LiteralString = """
MERGE (l:Lock {name: 'migrations'})
SET l._lock = true
WITH l WHERE l.until IS NULL OR l.until <= timestamp() OR l.holder = $holder
SET l.holder = $holder, l.until = timestamp() + $milliseconds
RETURN l.name
"""
_KEEP: LiteralString = """
MATCH (l:Lock {name: 'migrations'}) SET l._lock = true
WITH l WHERE l.holder = $holder
SET l.until = timestamp() + $milliseconds
RETURN l.name
"""
_FREE: LiteralString = "MATCH (l:Lock {name: 'migrations'}) SET l._lock = true WITH l WHERE l.holder = $holder REMOVE l.holder, l.until"


class LeaseLost(Exception):
    """Somebody else took over meanwhile, because this process stood still for longer than its lease."""


class Lease:
    """Who holds the lock, and for how long without a sign of life."""

    def __init__(self, seconds: float) -> None:
        self.holder = str(uuid4())
        self.seconds = seconds

    async def check(self, transaction: Transaction) -> None:
        """LeaseLost, which rolls `transaction` back, unless we are still the holder; nobody else can become it before the commit."""
        if not await transaction.run(_KEEP, self._parameters()):
            raise LeaseLost

    async def take(self, database: Database) -> bool:
        return bool(await database.write(self._take))

    async def renew(self, database: Database) -> None:
        while True:
            await asyncio.sleep(self.seconds / 3)
            try:
                await database.write(self.check, seconds=self.seconds / 3)
            except DatabaseFailure as failure:
                log.warning("the migration lock was not renewed: %s", failure)

    async def free(self, database: Database) -> None:
        await database.write(lambda transaction: transaction.run(_FREE, self._parameters()))

    async def _take(self, transaction: Transaction) -> list[Record]:
        return await transaction.run(_TAKE, self._parameters())

    def _parameters(self) -> dict[str, object]:
        return {"holder": self.holder, "milliseconds": int(self.seconds * 1000)}


@asynccontextmanager
async def held(database: Database, seconds: float) -> AsyncIterator[Lease]:
    """The lock, waited for while its holder lives."""
    lease, waiting = Lease(seconds), False
    while not await lease.take(database):
        if not waiting:
            log.info("another process is migrating this database; waiting for it")
        waiting = True
        await asyncio.sleep(0.1)
    renewal = asyncio.create_task(lease.renew(database))
    try:
        yield lease
    finally:
        renewal.cancel()
        with suppress(asyncio.CancelledError, LeaseLost):
            await renewal
        await lease.free(database)
