"""The process that `app.worker` starts."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from math import inf
from pathlib import Path
from time import monotonic, sleep
from typing import Self, TypeVar

from app import logs, opening
from app.settings import Settings
from app.worker import understood
from app.writers import SYSTEM, writer
from graph import embedded
from graph.analyses.runner import Runner
from graph.database import Database, Target, Transaction

T = TypeVar("T")
IDLE_SECONDS = 300.0
"""So long it waits for further work."""

_NICE = 10
# Whoever waits for a run looks once a second how far it is: that alone is no reason to rest.
_OFTEN, _LATELY, _LONGEST_REST = 3, 1.0, 1.0
_COLLECTIONS = 50_000, 20, 100


async def work(settings: Settings, target: Target, *, idle: float) -> None:
    """Carries heavy runs out, until nobody listens at the other end of stdin, SIGTERM comes, or for `idle` seconds there was none."""
    server = Server.listening()
    if sys.platform != "win32":
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, server.ended.set)
    async with _database(target) as database:
        database.rest = server.rest
        opening.keep_network(settings, database)
        system = writer(settings, database, SYSTEM)
        async with Runner(system, heavy=settings.heavy_runs, light=False, kept=settings.kept_runs, seconds=settings.run_seconds) as runner:
            while runner.idle < idle and not server.ended.is_set():
                try:
                    await asyncio.wait_for(server.ended.wait(), 1)
                except TimeoutError:
                    continue


class Server:
    """The process that started this one, as far as stdin tells: `ended` is set once it has closed it, or is no more."""

    def __init__(self) -> None:
        self.ended = asyncio.Event()
        self._asked = deque((-inf,) * _OFTEN, _OFTEN)

    @classmethod
    def listening(cls) -> Self:
        """Hears from now on what it says."""
        server, loop = cls(), asyncio.get_running_loop()

        def listen() -> None:
            # Not by sys.stdin, whose lock the interpreter wants at its own end.
            while os.read(0, 1024):
                server.hear()
            loop.call_soon_threadsafe(server.ended.set)

        threading.Thread(target=listen, daemon=True).start()
        return server

    def hear(self) -> None:
        """Somebody asks the server something now."""
        self._asked.append(monotonic())

    def rest(self, seconds: float) -> float:
        """How long to rest after so many seconds of work: twice as long, while the server is asked something more than twice a second."""
        return min(2 * seconds, _LONGEST_REST) if monotonic() - self._asked[0] < _LATELY else 0.0


class Considerate(Database):
    """Rests before the next write, so that whoever reads has the database to themselves for a while."""

    rest: Callable[[float], float] = staticmethod(lambda _: 0.0)
    _rests_until = -inf

    async def write(self, work: Callable[[Transaction], Awaitable[T]], *, seconds: float | None = None) -> T:
        # Before it, not after: who is cancelled then has written nothing.
        if (left := self._rests_until - monotonic()) > 0:
            await asyncio.sleep(left)
        began = monotonic()
        try:
            return await super().write(work, seconds=seconds)
        finally:
            self._rests_until = monotonic() + self.rest(monotonic() - began)


@asynccontextmanager
async def _database(target: Target) -> AsyncIterator[Considerate]:
    if target.folder is None:
        async with await Considerate.connect(target) as database:
            yield database
    else:
        async with embedded.running(target.folder) as joined, await Considerate.connect(joined) as database:
            yield database


def _give_way() -> None:
    """Requests go first."""
    os.nice(_NICE)
    # Linux may share the processors among sessions; then being nice counts inside of one alone, and this process has one of its own.
    for _ in range(10):
        try:
            Path("/proc/self/autogroup").write_text(str(_NICE))
        except BlockingIOError:
            # Once in a tenth of a second may somebody on the machine ask for it.
            sleep(0.15)
        except OSError:
            return
        else:
            return


def main(*, idle: float = IDLE_SECONDS) -> None:
    if sys.platform != "win32":
        _give_way()
    # A run makes millions of small objects, none of which is garbage before its end: looked at as often as usual, they take half its time.
    gc.set_threshold(*_COLLECTIONS)
    settings, target = understood(sys.stdin.buffer.readline())
    logs.configure(settings)
    asyncio.run(work(settings, target, idle=idle))


if __name__ == "__main__":
    main()
