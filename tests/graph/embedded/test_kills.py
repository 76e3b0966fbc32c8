"""The engine and those who use it, killed in every order."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from graph import embedded
from graph.database import Database, Target, Unavailable
from tests.graph.embedded import given


async def test_two_programs_share_it_and_either_may_be_killed(folder: Path) -> None:
    async with given.another_user(folder) as (first, line), embedded.running(folder) as target, await Database.connect(target) as database:
        assert line.split() == [target.uri, "0"]
        engine = given.java(folder)
        await given.kill(first)
        await given.create(database, 1)
        async with given.another_user(folder) as (second, line):
            assert line.split() == [target.uri, "1"]
            await given.kill(second)
        await asyncio.sleep(0.5)
        await given.create(database, 2)
        assert await given.ids(database) == ["1", "2"]
        assert given.java(folder) == engine
    await given.nothing_is_left(folder)


async def test_engine_and_supervisor_come_back_with_what_was_acknowledged(folder: Path) -> None:
    async with embedded.running(folder) as target, await Database.connect(target) as database:
        for number, (victim, how) in enumerate(
            [(given.java, signal.SIGKILL), (given.supervising, signal.SIGKILL), (given.supervising, signal.SIGTERM)]
        ):
            await given.create(database, number)
            engine = given.java(folder)
            os.kill(victim(folder), how)
            # Until a signal has reached it, it may still answer.
            await given.gone(folder, engine)
            assert await given.ids(database) == [str(each) for each in range(number + 1)]
            assert embedded._target(folder) == target
    await given.nothing_is_left(folder)


async def test_a_probe_does_not_wait_for_a_killed_engine_to_come_back(folder: Path) -> None:
    async with embedded.running(folder) as target, await Database.connect(target) as database:
        await database.probe()
        os.kill(given.java(folder), signal.SIGKILL)
        started = time.monotonic()
        with pytest.raises(Unavailable):
            await database.probe()
        assert time.monotonic() - started < 1
        await database.read("RETURN 1")
        await database.probe()


async def test_nothing_is_left_when_every_user_is_killed(folder: Path) -> None:
    async with given.another_user(folder) as (one, _), given.another_user(folder) as (other, _):
        await given.kill(one)
        await given.kill(other)
        await given.nothing_is_left(folder)


async def test_nothing_is_left_when_supervisor_and_user_are_killed_together(folder: Path) -> None:
    async with given.another_user(folder) as (user, _):
        os.kill(given.supervising(folder), signal.SIGKILL)
        await given.kill(user)
        await given.nothing_is_left(folder)


async def test_a_user_killed_while_the_engine_starts_leaves_nothing(folder: Path) -> None:
    for pause in (0.6, 1, 1.4):
        user = await asyncio.create_subprocess_exec(sys.executable, "-c", given.USER, str(folder), stdout=subprocess.DEVNULL)
        await asyncio.sleep(pause)
        await given.kill(user)
        await given.nothing_is_left(folder)
    async with embedded.running(folder) as target, await Database.connect(target) as database:
        await given.create(database, 1)


async def test_several_start_it_at_once(folder: Path) -> None:
    async def use() -> Target:
        async with embedded.running(folder) as target:
            await asyncio.sleep(0.5)
            return target

    assert len(set(await asyncio.gather(use(), use(), use()))) == 1
