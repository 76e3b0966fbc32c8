import asyncio
import subprocess
import sys
import time
from pathlib import Path

import pytest

from graph.locks import FileLock, Turns

HOLDER = """
import sys, time
from pathlib import Path
from graph.locks import FileLock
lock = FileLock.exclusive(Path(sys.argv[1]))
print("held", flush=True)
time.sleep(60)
"""
# Writes without pause, as an import does: its next turn begins when the last has ended.
BUSY = """
import asyncio, sys, time
from pathlib import Path
from graph.locks import Turns

async def main():
    turns = Turns(Path(sys.argv[1]))
    async with turns.turn():
        print("busy", flush=True)
    while True:
        async with turns.turn():
            time.sleep(0.1)

asyncio.run(main())
"""


def held(lock: FileLock | None) -> FileLock:
    assert lock
    return lock


def test_many_may_share_and_one_may_exclude(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with held(FileLock.shared(path)), held(FileLock.shared(path)):
        assert FileLock.exclusive(path) is None
    with held(FileLock.exclusive(path)):
        assert FileLock.shared(path) is None
        assert FileLock.exclusive(path) is None
    held(FileLock.shared(path))


def test_the_lock_of_a_killed_process_is_free(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with subprocess.Popen([sys.executable, "-c", HOLDER, str(path)], stdout=subprocess.PIPE) as holder:
        assert holder.stdout
        holder.stdout.readline()
        assert FileLock.exclusive(path) is None
        holder.kill()
    held(FileLock.exclusive(path))


async def test_turns_do_not_overlap(tmp_path: Path) -> None:
    inside = 0

    async def take(turns: Turns) -> None:
        nonlocal inside
        async with turns.turn():
            inside += 1
            assert inside == 1
            await asyncio.sleep(0.002)
            inside -= 1

    one, other = Turns(tmp_path), Turns(tmp_path)
    await asyncio.gather(*[take(turns) for turns in (one, other) for _ in range(20)])


async def test_tasks_have_their_turn_in_the_order_they_came(tmp_path: Path) -> None:
    turns, order = Turns(tmp_path), []

    async def take(number: int) -> None:
        async with turns.turn():
            order.append(number)
            await asyncio.sleep(0.001 * (number % 3))

    await asyncio.gather(*[take(number) for number in range(20)])
    assert order == list(range(20))


async def test_a_turn_ends_with_an_error_too(tmp_path: Path) -> None:
    turns = Turns(tmp_path)
    with pytest.raises(ZeroDivisionError):
        async with turns.turn():
            raise ZeroDivisionError
    async with asyncio.timeout(1), turns.turn():
        pass


async def test_who_waits_may_give_up(tmp_path: Path) -> None:
    first, second = Turns(tmp_path), Turns(tmp_path)
    async with first.turn():
        for turns in (first, second):
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.05), turns.turn():
                    pytest.fail("two had the turn")
    async with asyncio.timeout(1), second.turn():
        pass
    async with asyncio.timeout(1), first.turn():
        pass


async def test_nobody_starves_beside_a_process_that_writes_without_pause(tmp_path: Path) -> None:
    busy = await asyncio.create_subprocess_exec(sys.executable, "-c", BUSY, str(tmp_path), stdout=subprocess.PIPE)
    assert busy.stdout
    await busy.stdout.readline()
    turns, waits = Turns(tmp_path), []
    try:
        for _ in range(8):
            started = time.monotonic()
            async with asyncio.timeout(20), turns.turn():
                waits.append(time.monotonic() - started)
            await asyncio.sleep(0.01)
    finally:
        busy.kill()
        await busy.wait()
    assert sorted(waits)[4] < 0.5
