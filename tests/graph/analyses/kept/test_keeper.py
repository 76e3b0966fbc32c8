"""Who waits for what: many searches at once, many writes at once, an engine that is gone, a network that is too large."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path
from typing import Any

import pytest

from graph import acquaintances, changes, embedded, migrate, people
from graph.acquaintances import AcquaintanceStart
from graph.analyses import execution, ties
from graph.analyses.introductions import introductions
from graph.analyses.kept import Keeper, keeper, memory, reading
from graph.clock import FixedClock
from graph.database import Database, DatabaseFailure
from graph.errors import Refused
from graph.fields import Reference
from graph.ids import SeededIds
from graph.people import PersonUpdate
from graph.writing import Writer
from tests.graph import given
from tests.graph.analyses import world
from tests.graph.embedded.given import java


async def circle(writer: Writer, friends: int = 3) -> list[str]:
    """Ann is ours and knows some people, who know the boss: the first of them best."""
    await world.organizations(writer, "us", own=True)
    names = [f"friend{number}" for number in range(friends)]
    await world.people(writer, "ann", "boss", *names)
    await world.position(writer, "ann", "us")
    for name, closeness in zip(names, ["CLOSE", "GOOD", *["KNOWN"] * friends], strict=False):
        await world.knows(writer, f"ann {name}", f"{name} boss", closeness=closeness)
    return names


async def over(writer: Writer, first: int = 3) -> list[str]:
    """Over whom Ann gets to know the boss."""
    paths = await introductions(writer.database, writer.clock, to="boss", first=first)
    return [path.steps[0].target for path in paths]


async def somebody_close(writer: Writer) -> str:
    """Who is close to Ann and to the boss, as users say it."""
    id = await given.person(writer, "Late")
    for other in ("ann", "boss"):
        await acquaintances.start(writer, AcquaintanceStart.parse({"parties": [id, other], "closeness": "CLOSE"}))
    return id


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every network counts as one that is not refreshed for each request."""
    monkeypatch.setattr(Keeper, "large", 0)


async def opt_out(writer: Writer, id: str, version: int = 1) -> None:
    await people.update(writer, PersonUpdate.parse({"id": id, "version": version, "networkOptOut": True}))


@pytest.mark.usefixtures("large")
async def test_who_opts_out_or_is_deleted_is_in_no_path_at_once_though_the_network_is_not_refreshed(
    writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Keeper, "pause", 60)
    monkeypatch.setattr(Keeper, "late", 60)
    await circle(writer, 4)
    assert await over(writer) == ["friend0", "friend1", "friend2"]
    kept = (await keeper(writer.database).recent())[0]
    await opt_out(writer, "friend0")
    assert await over(writer) == ["friend1", "friend2", "friend3"]
    await people.delete(writer, Reference.parse({"id": "friend2", "version": 1}))
    assert await over(writer) == ["friend1", "friend3"]
    await opt_out(writer, "boss")
    assert await over(writer) == []
    assert await keeper(writer.database).recent() == (kept, False)


@pytest.mark.usefixtures("large")
async def test_a_write_is_in_the_answers_in_two_seconds(writer: Writer) -> None:
    await circle(writer)
    assert len(await over(writer)) == 3
    late = await somebody_close(writer)
    loop = asyncio.get_running_loop()
    began = loop.time()
    while late not in await over(writer):
        assert loop.time() - began < 2
        await asyncio.sleep(0.05)


async def test_in_a_small_network_a_write_is_in_the_next_answer(writer: Writer) -> None:
    await circle(writer)
    assert len(await over(writer)) == 3
    assert await somebody_close(writer) in await over(writer)


@pytest.mark.usefixtures("large")
async def test_twenty_searches_while_four_write_share_few_refreshes(writer: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    await circle(writer, 30)
    monkeypatch.setattr(Keeper, "pause", 0.2)
    refreshes = counted(monkeypatch)
    stop = asyncio.Event()
    out = set[str]()

    async def writes(part: int) -> None:
        for number in range(part, 28, 4):
            await opt_out(writer, f"friend{number}")
            out.add(f"friend{number}")
        stop.set()

    async def searches() -> int:
        answers = 0
        while not stop.is_set():
            gone = set(out)
            found = await over(writer, first=30)
            assert found
            assert gone.isdisjoint(found)
            answers += 1
        return answers

    began = asyncio.get_running_loop().time()
    answers = await asyncio.gather(*(searches() for _ in range(20)), *(writes(part) for part in range(4)))
    seconds = asyncio.get_running_loop().time() - began
    assert sum(filter(None, answers)) >= 20
    assert len(refreshes) <= 3 + seconds / 0.2
    await asyncio.sleep(0.25)
    await keeper(writer.database).now()
    assert set(await over(writer, first=30)) == {"friend28", "friend29"}


def counted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    found: list[int] = []
    stand = changes.stand
    refresh = Keeper._refresh

    async def refreshing(self: Keeper, database: Database) -> None:
        found.append((await stand(database))[1])
        await refresh(self, database)

    monkeypatch.setattr(Keeper, "_refresh", refreshing)
    return found


async def test_who_asks_at_once_shares_one_reading(writer: Writer) -> None:
    await circle(writer)
    with writer.database.recording() as statements:
        assert await asyncio.gather(*(over(writer) for _ in range(10))) == [["friend0", "friend1", "friend2"]] * 10
    assert sum(each.query == reading._KNOWS for each in statements) == 1


async def test_who_no_longer_waits_stops_nobody_else(writer: Writer) -> None:
    await circle(writer)
    impatient, patient = asyncio.create_task(over(writer)), asyncio.create_task(over(writer))
    await asyncio.sleep(0)
    impatient.cancel()
    assert await patient == ["friend0", "friend1", "friend2"]
    with pytest.raises(asyncio.CancelledError):
        await impatient


async def test_a_network_over_its_memory_is_refused_with_the_numbers(writer: Writer) -> None:
    await circle(writer)
    keeper(writer.database).limit = 1_000
    for search in (over(writer), execution.run(writer, "introductions", {"to": "boss"})):
        with pytest.raises(Refused, match=r"network of 6 acquaintances takes 0.0042 MB, and may take 0.001; raise GUANXI_NETWORK_MEMORY"):
            await search
    keeper(writer.database).limit = memory.USUAL
    assert len(await over(writer)) == 3


def test_a_million_acquaintances_are_allowed_and_a_hundred_million_are_not() -> None:
    assert memory.bytes_of(100_000, 1_000_000) < memory.USUAL < memory.bytes_of(10_000_000, 100_000_000)


async def test_an_engine_that_dies_while_all_is_read_is_a_failure_and_the_next_search_works(
    tmp_path: Path, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with embedded.running(tmp_path) as target, await Database.connect(target, statement_seconds=20) as database:
        await migrate.apply(database)
        writer = given.writer(database, clock, SeededIds(1, clock))
        await circle(writer, 1_000)
        # More rows than the driver asks for at once: the engine is not done when the first is here.
        monkeypatch.setattr(ties, "_GROUPS", 1_000_000)
        part, times = reading._part, iter([None])

        def dying(*row: Any) -> Any:
            for _ in times:
                os.kill(java(tmp_path), signal.SIGKILL)
            return part(*row)

        monkeypatch.setattr(reading, "_part", dying)
        with pytest.raises(DatabaseFailure):
            await over(writer)
        assert await over(writer) == ["friend0", "friend1", "friend10"]
