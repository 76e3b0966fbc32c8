"""Users of an embedded engine, and the processes behind it."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from graph.database import Database, Transaction

USER = """
import asyncio, sys
from pathlib import Path
from graph import embedded
from graph.database import Database

async def main():
    async with embedded.running(Path(sys.argv[1])) as target, await Database.connect(target) as database:
        count = (await database.read("MATCH (n:Node) RETURN count(n)"))[0][0]
        print(target.uri, count, flush=True)
        await asyncio.Event().wait()

asyncio.run(main())
"""


async def create(database: Database, number: int) -> None:
    async def work(transaction: Transaction) -> None:
        await transaction.run("CREATE (:Node {id: $id})", {"id": str(number)})

    await database.write(work)


async def ids(database: Database) -> list[str]:
    return [row[0] for row in await database.read("MATCH (n:Node) RETURN n.id ORDER BY n.id")]


def processes(folder: Path) -> dict[int, str]:
    """The processes that have to do with `folder`, by their ids."""
    lines = subprocess.check_output(["ps", "-ewwo", "pid=,stat=,args="], text=True).splitlines()
    split = [line.split(maxsplit=2) for line in lines if str(folder) in line]
    return {int(pid): arguments for pid, status, arguments in split if not status.startswith("Z")}


def java(folder: Path) -> int:
    return next(pid for pid, arguments in processes(folder).items() if "ArcadeDBServer" in arguments)


def supervising(folder: Path) -> int:
    return next(pid for pid, arguments in processes(folder).items() if "supervisor.py" in arguments)


async def until(condition: Callable[[], bool], seconds: float = 20) -> None:
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.05)


async def kill(user: asyncio.subprocess.Process) -> None:
    user.kill()
    await user.wait()


async def gone(folder: Path, process: int) -> None:
    await until(lambda: process not in processes(folder))


async def nothing_is_left(folder: Path) -> None:
    await until(lambda: not processes(folder))


@asynccontextmanager
async def another_user(folder: Path) -> AsyncIterator[tuple[asyncio.subprocess.Process, str]]:
    """A second program on the folder, with the address and the number of nodes that it found."""
    user = await asyncio.create_subprocess_exec(sys.executable, "-c", USER, str(folder), stdout=subprocess.PIPE)
    try:
        assert user.stdout
        async with asyncio.timeout(30):
            line = await user.stdout.readline()
        yield user, line.decode()
    finally:
        if user.returncode is None:
            await kill(user)
