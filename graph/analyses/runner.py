"""Takes queued runs and carries them out in the background of a server process."""

from __future__ import annotations

import asyncio
import logging
import time
from types import TracebackType
from typing import Self

from graph.analyses import execution, lease, pruning, schedules
from graph.analyses.lease import HEAVY_RUNS
from graph.analyses.pruning import KEPT_RUNS
from graph.analyses.runs import Run
from graph.analyses.watch import RUN_SECONDS, Cancelled, Late
from graph.database import DatabaseFailure
from graph.errors import Problems, WriteProblem
from graph.writing import Writer

__all__ = ["Runner"]

log = logging.getLogger(__name__)
_SWEEP = 10


class Runner:
    """`async with Runner(writer):` works while the block does: at `light` runs one after another, and meanwhile at others, `heavy` of which
    run at once in the whole database. A run may take `seconds`; the queue is looked at `every` so many. `kept` so many runs of each
    analysis stay.
    """

    def __init__(
        self,
        writer: Writer,
        *,
        heavy: int = HEAVY_RUNS,
        light: bool = True,
        kept: int = KEPT_RUNS,
        seconds: float = RUN_SECONDS,
        every: float = 1.0,
    ) -> None:
        self._writer = writer
        self._heavy = heavy
        self._light = light
        self._kept = kept
        self._seconds = seconds
        self._every = every
        self._woken = asyncio.Event()
        self._looking: asyncio.Task[None] | None = None
        self._working: dict[asyncio.Task[None], Run] = {}
        self._leaving: list[asyncio.Task[None]] = []
        self._stopping = False
        self._worked = time.monotonic()

    async def __aenter__(self) -> Self:
        self._looking = asyncio.create_task(self._look())
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        # A cancel can be lost inside a driver: the flag ends the work at its next round all the same.
        self._stopping = True
        while tasks := [task for task in (self._looking, *self._working) if task and not task.done()]:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks, timeout=self._every)
        await asyncio.gather(*self._leaving, return_exceptions=True)

    @property
    def idle(self) -> float:
        """For how many seconds nothing has run here."""
        return 0.0 if self._working else time.monotonic() - self._worked

    def wake(self) -> None:
        """Looks at the queue now."""
        self._woken.set()

    async def _look(self) -> None:
        rounds = 0
        while not self._stopping:
            self._woken.clear()
            try:
                if rounds % _SWEEP == 0:
                    await self._sweep()
                await schedules.start_due(self._writer)
                while run := await lease.take(self._writer, heavy=self._heavy, light=self._is_free()):
                    self._begin(run)
            except DatabaseFailure as failure:
                log.warning("the queue of analyses cannot be read: %s", type(failure).__name__)
            except Exception:
                # One run or schedule that nobody can understand keeps no other from its turn.
                log.exception("the queue of analyses was left before its end")
            rounds += 1
            await self._wait()

    async def _sweep(self) -> None:
        for id in await lease.sweep(self._writer):
            log.warning("run %s was left by a process that ended", id)

    def _is_free(self) -> bool:
        return self._light and not any(run.light for run in self._working.values())

    def _begin(self, run: Run) -> None:
        task = asyncio.create_task(self._carry_out(run))
        self._working[task] = run
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        del self._working[task]
        self._worked = time.monotonic()
        self.wake()

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
            self._leaving.append(asyncio.create_task(lease.put_back(self._writer, run)))
            raise
        except Cancelled:
            log.info("run %s was cancelled", run.id)
        except (WriteProblem, Problems, Late) as problem:
            log.info("run %s failed: %s", run.id, type(problem).__name__)
        except Exception:
            log.exception("run %s failed", run.id)
        await self._prune(run)

    async def _prune(self, run: Run) -> None:
        try:
            await pruning.prune(self._writer, run.analysis.name, self._kept)
        except DatabaseFailure as failure:
            # The next run that ends takes these away, too.
            log.warning("old runs of %s could not be removed: %s", run.analysis.name, type(failure).__name__)
