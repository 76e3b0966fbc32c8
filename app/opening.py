"""From settings to something that answers: the engine, the database, what a request brings along."""

from __future__ import annotations

import hashlib
import logging
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AbstractContextManager, asynccontextmanager, nullcontext

from app.commands import progress
from app.services import Call, Open, Services
from app.settings import Settings
from graph import migrate
from graph.database import Database, Denied, Target, Unavailable

__all__ = ["Contexts", "ahead", "as_it_is", "database", "holds_nothing", "keep_network", "services", "target"]

log = logging.getLogger("guanxi.opening")

REMEDY = "check that setting, or leave it out for the embedded engine; guanxi doctor looks at more"
# How long somebody else's server may take to answer at first.
WAIT_SECONDS = 5

Contexts = Callable[[Settings, Database], AbstractAsyncContextManager[Callable[[Call], object]]]
"""Prepares, once, what gives each call its `info.context`."""


@asynccontextmanager
async def target(settings: Settings) -> AsyncIterator[Target]:
    """The server that the settings name, or the embedded engine, started or joined, and kept meanwhile."""
    if settings.neo4j_uri:
        password = settings.neo4j_password.get_secret_value()
        yield Target(settings.neo4j_uri, settings.neo4j_user, password, settings.neo4j_database, "neo4j")
        return
    from graph import embedded

    async with embedded.running(settings.data, memory=settings.engine_memory) as found:
        yield found


def ahead(settings: Settings) -> AbstractContextManager[None]:
    """Meanwhile the embedded engine starts, if it is the one to open."""
    from graph import embedded

    return nullcontext() if settings.neo4j_uri else embedded.ahead(settings.data, memory=settings.engine_memory)


@asynccontextmanager
async def database(settings: Settings, *, seconds: float = 30) -> AsyncIterator[Database]:
    """The database of `settings`, made if need be, not migrated. Unavailable, naming the setting to look at, after `seconds`."""
    async with target(settings) as place, _connected(settings, place, seconds) as found:
        yield found


@asynccontextmanager
async def as_it_is(settings: Settings, *, seconds: float = 30) -> AsyncIterator[Database]:
    """As `database`, for who only looks: where there is none yet, an empty one that is gone afterwards."""
    from graph import embedded

    place = embedded.passing() if holds_nothing(settings) else target(settings)
    async with place as there, _connected(settings, there, seconds) as found:
        yield found


def holds_nothing(settings: Settings) -> bool:
    """Whether no embedded engine has been at work in the folder that the settings name."""
    from graph import embedded

    return not settings.neo4j_uri and embedded.is_new(settings.data)


@asynccontextmanager
async def _connected(settings: Settings, place: Target, seconds: float) -> AsyncIterator[Database]:
    if settings.neo4j_uri:
        log.info("connecting to %s", settings.neo4j_uri)
    try:
        wait = min(seconds, WAIT_SECONDS) if settings.neo4j_uri else seconds
        found = await Database.connect(place, statement_seconds=seconds, wait=wait)
    except Unavailable as failure:
        if not settings.neo4j_uri:
            raise
        raise Unavailable(_unreachable(settings, failure)) from failure
    async with found:
        yield found


def _unreachable(settings: Settings, failure: Unavailable) -> str:
    if not isinstance(failure, Denied):
        return f"GUANXI_NEO4J_URI: no database answers at {settings.neo4j_uri} ({str(failure).rstrip('.')}); {REMEDY}"
    if not settings.neo4j_password.get_secret_value():
        return f"GUANXI_NEO4J_PASSWORD is not set, and {settings.neo4j_uri} asks for one"
    return f"GUANXI_NEO4J_USER, GUANXI_NEO4J_PASSWORD: {settings.neo4j_uri} does not accept them"


def keep_network(settings: Settings, database: Database) -> None:
    """Has the network of `database` in memory as the settings say, one copy for all processes with the same data folder."""
    from graph.analyses.kept import MEGABYTE, keeper

    kept = keeper(database)
    kept.limit = settings.network_memory * MEGABYTE
    if sys.platform != "win32":
        # A copy of a server, made by its own tools, has a log of the same name.
        server = f"{settings.neo4j_uri} {settings.neo4j_database}" if settings.neo4j_uri else ""
        kept.folder = settings.data / "network" / hashlib.sha256(server.encode()).hexdigest()[:12]


def services(settings: Settings, contexts: Contexts, *, demo: bool = False) -> Open:
    """Opens, when called, what a server answers from: the engine started or joined, and migrated."""

    @asynccontextmanager
    async def opened() -> AsyncIterator[Services]:
        async with database(settings) as found:
            await migrate.apply(found, progress=lambda name: log.info("migrating: %s", name))
            keep_network(settings, found)
            if demo:
                await demonstrate(settings, found)
            async with contexts(settings, found) as context:
                yield Services(found, context)

    return opened


async def demonstrate(settings: Settings, database: Database) -> None:
    """Fills an empty database with demonstration data and their scores; one that holds anything else stays as it is."""
    from app import demo, writers

    if not await demo.is_wanted(database):
        return
    writer = writers.writer(settings, database, writers.SYSTEM)
    log.info("loading demonstration data, which takes some seconds")
    tell = progress.plain(time.monotonic, lambda line: log.info("demonstration data: %s", line))
    await demo.load(writer, tell)
    await demo.scores(writer, tell)
