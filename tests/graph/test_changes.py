from __future__ import annotations

import asyncio

from graph import changes
from graph.changes import Change, ChangeAction, FieldChange
from graph.database import Database, Transaction
from graph.writing import Writer
from tests.graph import given, log

WRITERS, EACH = 8, 25


def change(id: str, *subjects: str) -> Change:
    fields = (FieldChange("name", None, "张伟"), FieldChange("tags", "[]", '["vip"]'))
    return Change(
        id, "2026-07-01T08:00:00.000000Z", "user:1", "One", ChangeAction.CREATE, subjects or ("7",), fields, "user:1|k" + id, "hash"
    )


async def append(database: Database, change: Change, *about: str) -> int:
    async def work(transaction: Transaction) -> int:
        return await changes.append(transaction, change, about=about)

    return await database.write(work)


async def test_the_log_starts_empty(database: Database) -> None:
    assert await changes.head(database) == 0
    assert await log.after(database, 0) == []


async def test_a_change_is_read_as_it_was_written(database: Database) -> None:
    assert await append(database, change("1", "7", "8")) == 1
    (found,) = await log.after(database, 0)
    assert (found.number, found.fields, found.subjects, found.action) == (1, change("1").fields, ("7", "8"), ChangeAction.CREATE)
    assert (found.actor, found.actor_label, found.key, found.input_hash) == ("user:1", "One", "user:1|k1", "hash")


async def test_a_change_is_tied_to_what_it_is_about(database: Database) -> None:
    await given.run(database, "CREATE (:Node {id: '7'}), (:Node {id: '8'}), (:Node {id: '9'})")
    await append(database, change("1"), "7", "8", "gone")
    assert [row[0] for row in await given.rows(database, "MATCH (:Change)-[:ABOUT]->(n) RETURN n.id ORDER BY n.id")] == ["7", "8"]
    assert await append(database, change("2")) == 2


async def test_the_log_is_read_in_pieces(database: Database) -> None:
    for number in range(5):
        await append(database, change(str(number)))
    assert [found.number for found in await log.after(database, 1, limit=2)] == [2, 3]
    assert [found.number for found in await log.after(database, 3, limit=2)] == [4, 5]


async def test_a_reader_misses_nothing_while_eight_write(database: Database, writer: Writer) -> None:
    """No number is missing, doubled or late: every reading is 1, 2, 3, … and holds all that was acknowledged before it began."""
    acknowledged = 0
    done = asyncio.Event()
    await given.warm(database, WRITERS + 1)

    async def write(place: int) -> None:
        nonlocal acknowledged
        for each in range(EACH):
            number = await append(database, change(writer.ids.new(), f"{place}-{each}"))
            acknowledged = max(acknowledged, number)

    async def read() -> list[log.Logged]:
        while not done.is_set():
            before = acknowledged
            seen = await log.after(database, 0, limit=WRITERS * EACH)
            assert [found.number for found in seen] == list(range(1, len(seen) + 1))
            assert len(seen) >= before
            await asyncio.sleep(0.005)
        return seen

    reader = asyncio.create_task(read())
    await asyncio.gather(*(write(place) for place in range(WRITERS)))
    await asyncio.sleep(0)
    done.set()
    await reader
    seen = await log.after(database, 0, limit=WRITERS * EACH)
    assert [found.number for found in seen] == list(range(1, WRITERS * EACH + 1))
    assert {found.subjects[0] for found in seen} == {f"{place}-{each}" for place in range(WRITERS) for each in range(EACH)}
    for place in range(WRITERS):
        mine = [found.subjects[0] for found in seen if found.subjects[0].startswith(f"{place}-")]
        assert mine == [f"{place}-{each}" for each in range(EACH)]


async def test_a_reader_that_goes_on_sees_each_change_once(database: Database, writer: Writer) -> None:
    seen: list[int] = []

    async def read() -> None:
        while len(seen) < 100:
            seen.extend(found.number for found in await log.after(database, len(seen), limit=7))

    async def write() -> None:
        for _ in range(25):
            await append(database, change(writer.ids.new()))

    await asyncio.wait_for(asyncio.gather(read(), *(write() for _ in range(4))), timeout=60)
    assert seen == list(range(1, 101))
