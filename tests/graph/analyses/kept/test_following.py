"""What is kept in memory is what a fresh reading finds, whatever was written, and it is not read again as a whole."""

from __future__ import annotations

import os
import random
from pathlib import Path
from typing import Any

import pytest

from graph import imports, people, rebuild
from graph.analyses.kept import Keeper, Known, keeper
from graph.fields import Reference
from graph.metrics.warmth import CHANNEL_WEIGHTS, Warmth
from graph.people import PersonUpdate
from graph.writing import Writer
from tests.graph import given
from tests.graph.analyses import world
from tests.graph.analyses.kept.writes import Writes
from tests.graph.contacts import correct, delete, record, seats

WRITES = int(os.environ.get("GUANXI_TEST_WRITES", "120"))


def told(known: Known) -> tuple[list[str], dict[tuple[str, str], tuple[Any, ...]], set[Any]]:
    """Who takes part, their acquaintances, and who is ours: in names."""
    ids, columns = list(known.place), known.columns
    values = zip(columns.out.tolist(), columns.back.tolist(), columns.level.tolist(), columns.since.tolist(), strict=True)
    ends = [(ids[a], ids[b]) for a, b in zip(columns.a.tolist(), columns.b.tolist(), strict=True)]
    assert len(set(ends)) == len(ends)
    found = {pair: row for pair, row in zip(ends, values, strict=True) if any(row[:3])}
    assert len(known.network.indices) == 2 * len(ends)
    return ids, found, set(known.posts)


async def fresh(writer: Writer) -> Known:
    return await Keeper(writer.database).now()


async def readings(writer: Writer) -> int:
    """How many times all acquaintances are read by what is asked for now."""
    with writer.database.recording() as statements:
        known = await keeper(writer.database).now()
    assert told(known) == told(await fresh(writer))
    return sum("MATCH (n)-[k:KNOWS]->(other)" in each.query for each in statements)


@pytest.mark.timeout(3_600)
@pytest.mark.parametrize("seed", range(max(2, WRITES // 1_000)))
async def test_what_is_kept_is_what_is_there_after_any_writes(writer: Writer, seed: int) -> None:
    writes = Writes(writer, random.Random(seed))
    await writes.begin()
    await keeper(writer.database).now()
    for _ in range(WRITES // 10):
        await writes.some(writes.dice.randrange(1, 20))
        assert await readings(writer) == 0
    assert writes.done > WRITES / 3


async def test_whom_a_correction_leaves_out_is_touched_too(writer: Writer) -> None:
    ann, bob, eve, dan = [await given.person(writer, name) for name in ("Ann", "Bob", "Eve", "Dan")]
    id = await record(writer, "MEAL", "2026-06-01T00:00:00Z", ATTENDEE=[ann, bob])
    assert list(told(await keeper(writer.database).now())[1]) == [(ann, bob)]
    await correct(writer, id, 1, participants=seats(ATTENDEE=[eve, dan]))
    assert await readings(writer) == 0
    assert list(told(await keeper(writer.database).now())[1]) == [(eve, dan)]
    await delete(writer, id)
    assert await readings(writer) == 0
    assert not told(await keeper(writer.database).now())[1]


async def test_who_was_away_comes_back_with_all_acquaintances(writer: Writer) -> None:
    ann, bob = [await given.person(writer, name) for name in ("Ann", "Bob")]
    await record(writer, "MEAL", "2026-06-01T00:00:00Z", ATTENDEE=[ann, bob])
    await keeper(writer.database).now()
    await people.delete(writer, Reference.parse({"id": bob, "version": 1}))
    assert await readings(writer) == 0
    assert list((await keeper(writer.database).now()).place) == [ann]
    await people.restore(writer, Reference.parse({"id": bob, "version": 2}))
    await people.update(writer, PersonUpdate.parse({"id": ann, "version": 1, "networkOptOut": True}))
    await people.update(writer, PersonUpdate.parse({"id": ann, "version": 2, "networkOptOut": False}))
    assert await readings(writer) == 0
    assert list(told(await keeper(writer.database).now())[1]) == [(ann, bob)]


async def test_an_address_that_is_claimed_brings_its_past(writer: Writer) -> None:
    ann, bob = [await given.person(writer, name) for name in ("Ann", "Bob")]
    await record(writer, "EMAIL", "2026-06-01T00:00:00Z", FROM=ann, TO="bob@example.com")
    assert not told(await keeper(writer.database).now())[1]
    points = [{"kind": "EMAIL", "value": "bob@example.com"}]
    await people.update(writer, PersonUpdate.parse({"id": bob, "version": 1, "contactPoints": points}))
    assert await readings(writer) == 0
    assert list(told(await keeper(writer.database).now())[1]) == [(ann, bob)]


async def test_other_weights_are_read_as_a_whole(writer: Writer) -> None:
    ann, bob = [await given.person(writer, name) for name in ("Ann", "Bob")]
    await record(writer, "MEAL", "2026-06-01T00:00:00Z", ATTENDEE=[ann, bob])
    before = told(await keeper(writer.database).now())[1]
    await rebuild.rebuild(writer, weights=Warmth(channels={**CHANNEL_WEIGHTS, "MEAL": 1}))
    assert await readings(writer) == 1
    assert told(await keeper(writer.database).now())[1] != before


async def test_what_touches_many_is_read_as_a_whole(writer: Writer) -> None:
    await keeper(writer.database).now()
    ids = [f"p{number:04}" for number in range(1_001)]
    await given.run(writer.database, "UNWIND $ids AS id CREATE (:Node:Party:Person {id: id})", ids=ids)
    await world.logged(writer, *ids)
    assert await readings(writer) == 1
    await world.logged(writer, *ids[:1_000])
    assert await readings(writer) == 0


async def test_a_log_with_a_gap_is_not_trusted(writer: Writer) -> None:
    ann = await given.person(writer, "Ann")
    await keeper(writer.database).now()
    await given.person(writer, "Bob")
    await given.person(writer, "Eve")
    await given.run(writer.database, "MATCH (c:Change {number: 2}) DETACH DELETE c")
    assert await readings(writer) == 1
    assert ann in (await keeper(writer.database).now()).place


async def test_a_log_that_begins_anew_is_of_another_graph(writer: Writer) -> None:
    await given.person(writer, "Ann")
    await given.person(writer, "Bob")
    await keeper(writer.database).now()
    await given.run(writer.database, "MATCH (c:Counter {name: 'changes'}) SET c.value = 0 REMOVE c.graph")
    await given.run(writer.database, "MATCH (n:Node) DETACH DELETE n")
    assert not (await keeper(writer.database).now()).place


async def test_imports_are_followed_too(writer: Writer, tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("key,name,own,email\nann,Ann,true,ann@us.example\nbob,Bob,,\n")
    assert (await imports.run(writer, [tmp_path / "people.csv"], source="test")).refused == 0
    assert len((await keeper(writer.database).now()).place) == 2
    mail = "key,channel,occurred_at,from,to\n1,EMAIL,2026-06-01T00:00:00Z,ann,bob\n2,EMAIL,2026-06-01T00:00:00Z,ann,eve@example.com\n"
    (tmp_path / "interactions.csv").write_text(mail)
    assert (await imports.run(writer, [tmp_path / "interactions.csv"], source="test")).refused == 0
    assert await readings(writer) == 0
    assert len(told(await keeper(writer.database).now())[1]) == 1
    (tmp_path / "more" / "people.csv").parent.mkdir()
    (tmp_path / "more" / "people.csv").write_text("key,name,own,email\neve,Eve,true,eve@example.com\n")
    assert (await imports.run(writer, [tmp_path / "more" / "people.csv"], source="test")).refused == 0
    assert await readings(writer) == 0
    known = await keeper(writer.database).now()
    assert len(told(known)[1]) == 2
    assert {known.place[person] for person in known.ours(writer.today())} == {0, 2}
