"""Takes queued runs, one after another, in the background of a server process."""

from __future__ import annotations

import asyncio
import logging
from types import TracebackType
from typing import Self

from graph.analyses import execution, runs
from graph.analyses.runs import Run
from graph.analyses.watch import Cancelled
from graph.database import DatabaseFailure
from graph.errors import Problems, WriteProblem
from graph.writing import Writer

__all__ = ["Runner"]

log = logging.getLogger(__name__)
_SWEEP = 60


class Runner:
    """`async with Runner(writer):` works while the block does. A run may take `seconds`; the queue is looked at `every` so many."""

    def __init__(self, writer: Writer, *, seconds: float = 600, every: float = 1.0) -> None:
        self._writer = writer
        self._seconds = seconds
        self._every = every
        self._woken = asyncio.Event()
        self._working: asyncio.Task[None] | None = None
        self._stopping = False

    async def __aenter__(self) -> Self:
        self._working = asyncio.create_task(self._work())
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        # A cancel can be lost inside a driver: the flag ends the work at its next round all the same.
        self._stopping = True
        while self._working and not self._working.done():
            self._working.cancel()
            await asyncio.wait([self._working], timeout=self._every)

    def wake(self) -> None:
        """Looks at the queue now."""
        self._woken.set()

    async def _work(self) -> None:
        rounds = 0
        while not self._stopping:
            self._woken.clear()
            try:
                if rounds % _SWEEP == 0:
                    await runs.sweep(self._writer)
                while run := await runs.take(self._writer):
                    await self._carry_out(run)
            except DatabaseFailure as failure:
                log.warning("the queue of analyses cannot be read: %s", type(failure).__name__)
            rounds += 1
            await self._wait()

    async def _wait(self) -> None:
        try:
            await asyncio.wait_for(self._woken.wait(), self._every)
        except TimeoutError:
            return

    async def _carry_out(self, run: Run) -> None:
        try:
            await execution.execute(self._writer, run, seconds=self._seconds)
        except asyncio.CancelledError:
            # The server stops: another process, or this one after its next start, begins the run anew.
            await asyncio.shield(runs.put_back(self._writer, run))
            raise
        except Cancelled:
            log.info("run %s was cancelled", run.id)
        except (WriteProblem, Problems) as problem:
            log.info("run %s failed: %s", run.id, type(problem).__name__)
        except Exception:
            log.exception("run %s failed", run.id)
