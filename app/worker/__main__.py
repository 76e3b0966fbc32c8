"""The process that `app.worker` starts."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import sys
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from app import logs, opening
from app.settings import Settings
from app.worker import understood
from app.writers import SYSTEM, writer
from graph import embedded
from graph.analyses.runner import Runner
from graph.database import Database, Target

IDLE_SECONDS = 300.0
"""So long it waits for further work."""

_NICE = 10
_COLLECTIONS = 50_000, 20, 100


async def work(settings: Settings, target: Target, *, idle: float) -> None:
    """Carries heavy runs out, until nobody listens at the other end of stdin, SIGTERM comes, or for `idle` seconds there was none."""
    ended = _other_end()
    if sys.platform != "win32":
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    async with _database(target) as database:
        opening.keep_network(settings, database)
        system = writer(settings, database, SYSTEM)
        async with Runner(system, heavy=settings.heavy_runs, light=False, kept=settings.kept_runs) as runner:
            while runner.idle < idle and not ended.is_set():
                try:
                    await asyncio.wait_for(ended.wait(), 1)
                except TimeoutError:
                    continue


def _other_end() -> asyncio.Event:
    """Set once the process that started this one has closed stdin, or is no more."""
    ended, loop = asyncio.Event(), asyncio.get_running_loop()

    def wait() -> None:
        # Not by sys.stdin, whose lock the interpreter wants at its own end.
        while os.read(0, 1024):
            pass
        loop.call_soon_threadsafe(ended.set)

    threading.Thread(target=wait, daemon=True).start()
    return ended


@asynccontextmanager
async def _database(target: Target) -> AsyncIterator[Database]:
    if target.folder is None:
        async with await Database.connect(target) as database:
            yield database
    else:
        async with embedded.running(target.folder) as joined, await Database.connect(joined) as database:
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
            time.sleep(0.15)
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
