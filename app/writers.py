"""Who writes, and with what: commands and servers alike."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from app import opening
from app.settings import Settings
from graph import migrate, organizations
from graph.clock import Clock, SystemClock
from graph.database import Database
from graph.ids import RandomIds
from graph.writing import Author, Customs, Writer

__all__ = ["SOMEBODY", "SYSTEM", "writer", "writing"]

SYSTEM = Author("system", "Guanxi")
# Everybody who reaches the server, until there is authentication: hence it listens to this machine alone.
SOMEBODY = Author("user:local", "Local user")


def writer(settings: Settings, database: Database, author: Author, clock: Clock | None = None) -> Writer:
    """What `author` writes with."""
    clock = clock or SystemClock()
    customs = Customs(settings.company, settings.region, settings.time_zone, settings.currency)
    return Writer(database, clock, RandomIds(clock), author, customs)


@asynccontextmanager
async def writing(settings: Settings) -> AsyncIterator[Writer]:
    """For a command: the database of `settings`, migrated, with a company of ours, to write to."""
    async with opening.database(settings) as database:
        await migrate.apply(database)
        await organizations.ensure_own(writer(settings, database, SYSTEM))
        yield writer(settings, database, SOMEBODY)
