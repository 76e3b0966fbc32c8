"""Heavy analyses work in a process of their own, so that no request waits for them: `python -m app.worker`.

A server starts it once such a run waits, tells it by one line of JSON where the database is and what is set, then by a byte now and then
that it is asked something itself, and ends it by closing that line. After a while without work it ends by itself. Killed, it leaves its
runs to the next one.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from app.settings import Settings
from graph.analyses import lease
from graph.analyses.processes import SILENCE
from graph.database import DatabaseFailure, Target
from graph.writing import Writer

__all__ = ["beside"]

log = logging.getLogger("guanxi.worker")

_ROOT = Path(__file__).parents[2]
PATIENCE = SILENCE.total_seconds()
"""So many seconds the process may leave a run that waits; then it hangs, and another takes its place."""

_GRACE = 10.0
_TELL_EVERY = 0.1
_PAUSE_AFTER_FAILURE = 10.0


@asynccontextmanager
async def beside(settings: Settings, writer: Writer, *, every: float = 1.0) -> AsyncIterator[Callable[[], None]]:
    """Meanwhile heavy runs of the writer's database are carried out beside this process; the queue is looked at `every` so many seconds.

    Gives what is to be called when this process is asked something: the other one then gives way.
    """
    other = _Beside(settings, writer)
    watching = asyncio.create_task(other.watch(every))
    try:
        yield other.asked
    finally:
        watching.cancel()
        await asyncio.wait([watching])


class _Beside:
    def __init__(self, settings: Settings, writer: Writer) -> None:
        self._settings = settings
        self._writer = writer
        self._line: asyncio.StreamWriter | None = None
        self._told = 0.0
        # Since when nobody has taken a run that waits.
        self._left: float | None = None

    def asked(self) -> None:
        now = time.monotonic()
        # Once it has ended, and until that is known here, its line is closed.
        if self._line and not self._line.is_closing() and now - self._told > _TELL_EVERY:
            self._told = now
            self._line.write(b"\n")

    async def watch(self, every: float) -> None:
        while True:
            try:
                if await lease.heavy_waits(self._writer) and (code := await self._work()):
                    log.warning("the process of the analyses ended with %s", code)
                    await asyncio.sleep(_PAUSE_AFTER_FAILURE if code > 0 else 0)
            except (DatabaseFailure, OSError) as failure:
                log.warning("heavy analyses wait: %s", type(failure).__name__)
            except Exception:
                # Whatever it was, the next look may go well; without one heavy runs would wait for ever.
                log.exception("heavy analyses wait")
            await asyncio.sleep(every)

    async def _work(self) -> int:
        """Starts the process and waits for its end; cancelled, lets it put its runs back."""
        process = await asyncio.create_subprocess_exec(
            # Not a module that happens to stand where the server was started.
            *(sys.executable, "-P", "-m", __name__),
            stdin=asyncio.subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(_ROOT)},
            # Ctrl-C in the terminal is not for it: it ends when it is told to.
            start_new_session=True,
        )
        assert process.stdin is not None
        try:
            process.stdin.write(told(self._settings, self._writer.database.target))
            self._line, self._left = process.stdin, None
            while True:
                with suppress(TimeoutError):
                    return await asyncio.wait_for(process.wait(), PATIENCE / 10)
                if await self._hangs():
                    log.warning("the process of the analyses takes no run any more: it is ended")
                    with suppress(ProcessLookupError):
                        process.kill()
        finally:
            self._line = None
            process.stdin.close()
            try:
                await asyncio.wait_for(process.wait(), _GRACE)
            except TimeoutError:
                process.kill()

    async def _hangs(self) -> bool:
        """Whether heavy runs have waited for so long that the process cannot be at work."""
        try:
            left = await lease.heavy_is_left(self._writer)
        except DatabaseFailure:
            left = False
        now = time.monotonic()
        since = self._left or now
        self._left = since if left else None
        return left and now - since > PATIENCE


def told(settings: Settings, target: Target) -> bytes:
    """The line that the process reads first."""
    return json.dumps({"settings": settings.model_dump(mode="json"), "target": target.written()}).encode() + b"\n"


def understood(line: bytes) -> tuple[Settings, Target]:
    """What `told` tells; the password of a Neo4j server is the target's alone."""
    given = json.loads(line)
    return Settings(_env_file=None, **given["settings"]), Target.read(given["target"])
