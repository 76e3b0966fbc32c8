from __future__ import annotations

import asyncio

import pytest

from graph.analyses.kept.shared import Shared


class Slow:
    """A call that takes a moment, numbered from 1."""

    def __init__(self) -> None:
        self.begun = 0

    async def __call__(self) -> int:
        self.begun += 1
        number = self.begun
        await asyncio.sleep(0.02)
        if number == 3:
            raise ValueError(number)
        return number


async def test_who_asks_at_once_shares_one_call() -> None:
    call = Slow()
    assert await asyncio.gather(*(Shared(call)() for _ in range(2))) == [1, 2]
    shared = Shared(call := Slow())
    assert await asyncio.gather(*(shared() for _ in range(5))) == [1] * 5
    assert await shared() == call.begun == 2


async def test_an_answer_is_never_of_a_call_that_had_begun_before() -> None:
    shared = Shared(Slow())
    first = asyncio.create_task(shared())
    await asyncio.sleep(0.01)
    assert list(await asyncio.gather(first, shared(), shared())) == [1, 2, 2]


async def test_a_failure_is_that_of_all_who_waited_and_of_no_other() -> None:
    shared = Shared(Slow())
    assert [await shared(), await shared()] == [1, 2]
    found = await asyncio.gather(shared(), shared(), return_exceptions=True)
    assert [type(each) for each in found] == [ValueError] * 2
    assert await shared() == 4


async def test_who_goes_away_takes_nothing_from_the_others() -> None:
    shared = Shared(Slow())
    one, other = asyncio.create_task(shared()), asyncio.create_task(shared())
    await asyncio.sleep(0)
    one.cancel()
    assert await other == 1
    with pytest.raises(asyncio.CancelledError):
        await one
