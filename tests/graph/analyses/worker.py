"""A process that carries out runs as a server does, to be killed: `python -m tests.graph.analyses.worker TARGET`."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from graph.analyses.runner import Runner
from graph.clock import FixedClock
from graph.database import Database, Target
from graph.ids import RandomIds
from graph.writing import Customs, Writer
from tests.conftest import NOON
from tests.graph.analyses import probe


@contextmanager
def working(target: Target) -> Iterator[subprocess.Popen[bytes]]:
    """Meanwhile it works."""
    with subprocess.Popen([sys.executable, "-m", __name__, target.written()]) as process:
        try:
            yield process
        finally:
            process.kill()


async def main(target: str) -> None:
    clock = FixedClock(NOON)
    async with await Database.connect(Target.read(target)) as connected:
        with probe.registered():
            async with Runner(Writer(connected, clock, RandomIds(clock), probe.SYSTEM, Customs("Acme")), every=0.02):
                await asyncio.sleep(60)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
