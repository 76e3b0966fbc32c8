"""What a running server answers from: opened once, handed to each request, closed at the end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass

from app.languages import Language
from graph.database import Database, DatabaseFailure, TimedOut

__all__ = ["Call", "Open", "Running", "Services"]

log = logging.getLogger("guanxi.services")

PROBE_SECONDS = 1


@dataclass(frozen=True, slots=True)
class Call:
    """What is known of one request before its document is read."""

    request_id: str
    language: Language


@dataclass(frozen=True)
class Services:
    """The database, and what a resolver gets as `info.context` for a call."""

    database: Database
    context: Callable[[Call], object]


Open = Callable[[], AbstractAsyncContextManager[Services]]


class Running:
    """The services while they are there, and otherwise the reason why not. `started` is told when the start is over, and how it failed."""

    def __init__(self, open_services: Open, started: Callable[[Exception | None], None]) -> None:
        self._open = open_services
        self._started = started
        self._services: Services | None = None
        self._reason = "The server is starting."

    def services(self) -> Services | None:
        return self._services

    async def problem(self) -> str | None:
        """Why no request can be answered now; None when it can."""
        if self._services is None:
            return self._reason
        try:
            await self._services.database.read("RETURN 1", seconds=PROBE_SECONDS)
        except TimedOut:
            return f"The database did not answer within {PROBE_SECONDS} s."
        except DatabaseFailure as failure:
            log.debug("%s", failure)
            return "The database does not answer."
        return None

    @asynccontextmanager
    async def background(self) -> AsyncIterator[None]:
        """Opens the services meanwhile, without waiting for them, and closes them at the end."""
        stop = asyncio.Event()
        # One task opens and closes: what holds tasks or locks of its own may not be left by another than it was entered by.
        task = asyncio.create_task(self._hold(stop))
        try:
            yield
        finally:
            stop.set()
            if self._services is None:
                task.cancel()
            await asyncio.wait([task])

    async def _hold(self, stop: asyncio.Event) -> None:
        try:
            async with self._open() as self._services:
                self._started(None)
                await stop.wait()
                self._services, self._reason = None, "The server is stopping."
        except Exception as error:
            self._services, self._reason = None, "The start failed; the log says why."
            self._started(error)
