"""What each request brings along to its resolvers."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager

import pypinyin  # noqa: F401 - here, so that no request waits for it

from app import worker
from app.services import Call
from app.settings import Settings
from app.writers import SOMEBODY, SYSTEM, writer
from graph import fanouts, organizations
from graph.analyses.runner import Runner
from graph.database import Database, DatabaseFailure
from graph.projection.context import Viewer
from graph.writing import Writer
from schema.context import Context

__all__ = ["contexts"]

log = logging.getLogger("guanxi.contexts")

MEASURE_SECONDS = 3_600


@asynccontextmanager
async def contexts(settings: Settings, database: Database) -> AsyncIterator[Callable[[Call], Context]]:
    """Gives each call its context. Before that there is a company of ours in the database; meanwhile queued analyses are carried out."""
    system = writer(settings, database, SYSTEM)
    await organizations.ensure_own(system)
    by_somebody = writer(settings, database, SOMEBODY)
    viewer = Viewer(SOMEBODY.id, SOMEBODY.label)

    async with (
        Runner(system, heavy=0, kept=settings.kept_runs, seconds=settings.run_seconds),
        worker.beside(settings, system) as asked,
        measured(system) as usual,
    ):

        def context(call: Call) -> Context:
            asked()
            return Context(by_somebody, viewer, call.request_id, call.language, fanouts=usual.fanouts)

        yield context


class Usual:
    """How many ties nodes usually have, as last measured: estimates of rows go by it."""

    def __init__(self) -> None:
        self.fanouts: Mapping[str, float] = {}


@asynccontextmanager
async def measured(writer: Writer) -> AsyncIterator[Usual]:
    """Measured in the background: in a large graph it takes longer than a start may."""
    usual = Usual()
    task = asyncio.create_task(_measure(writer, usual))
    try:
        yield usual
    finally:
        task.cancel()
        await asyncio.wait([task])


async def _measure(writer: Writer, usual: Usual) -> None:
    while True:
        try:
            usual.fanouts = await fanouts.kept(writer.database, writer.clock)
        except DatabaseFailure as failure:
            log.warning("fan-outs could not be measured: %s", type(failure).__name__)
        await asyncio.sleep(MEASURE_SECONDS)
