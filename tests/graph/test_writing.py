from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta

import pytest
from pydantic import Field

from graph import changes
from graph.changes import ChangeAction, FieldChange
from graph.clock import FixedClock
from graph.database import ConstraintViolated, Transaction
from graph.errors import Duplicate, Invalid, Message, NotFound, ProblemCode, Refused, Stale
from graph.fields import ABSENT, REQUIRED, Amount, Create, Fields, Name, Reference, Text, Update
from graph.ids import Ids
from graph.writing import Draft, Writer, Written, locked, write
from tests.graph import given, log


class NoteFields(Fields):
    name: Name = Field(default=ABSENT, description="As shown (名称)")
    body: Text | None = Field(default=None, description="What it says (内容)")
    price: Amount | None = Field(default=None, description="What it costs (价格)")


class NoteCreate(NoteFields, Create):
    name: Name = REQUIRED


class NoteUpdate(NoteFields, Update):
    pass


LOCK = "MATCH (n:Note {id: $id}) SET n._lock = true WITH n WHERE n.deleted_at IS NULL RETURN properties(n)"


async def create(writer: Writer, input: NoteCreate) -> Written:
    async def work(transaction: Transaction, draft: Draft) -> str:
        properties = {**draft.compare(input, {}), "id": writer.ids.new(), "version": 1}
        await transaction.run("CREATE (n:Node:Note) SET n = $properties", {"properties": properties})
        return str(properties["id"])

    return await write(writer, ChangeAction.CREATE, work, given=input)


async def update(writer: Writer, input: NoteUpdate) -> Written:
    async def work(transaction: Transaction, draft: Draft) -> str:
        changed = draft.compare(input, await locked(transaction, LOCK, input.id, version=input.version))
        if changed:
            query = "MATCH (n:Note {id: $id}) SET n += $changed, n.version = n.version + 1 REMOVE n._lock"
            await transaction.run(query, {"id": input.id, "changed": changed})
        return input.id

    return await write(writer, ChangeAction.UPDATE, work, given=input)


async def test_a_write_and_its_change_are_one(writer: Writer) -> None:
    written = await create(writer, NoteCreate.parse({"name": "A", "price": "12.5"}))
    (change,) = await log.after(writer.database, 0)
    assert (change.actor, change.actor_label, change.at) == ("user:1", "USER:1", "2026-07-01T08:00:00.000000Z")
    assert (change.action, change.subjects) == (ChangeAction.CREATE, (written.id,))
    assert change.fields == (FieldChange("name", None, "A"), FieldChange("price", None, "12.5"))
    assert await given.value(writer.database, "MATCH (:Change)-[:ABOUT]->(n:Note) RETURN n.id") == written.id


async def test_nothing_of_a_failed_write_stays(writer: Writer) -> None:
    async def work(transaction: Transaction, draft: Draft) -> str:
        await transaction.run("CREATE (:Node:Note {id: '1'})")
        draft.set("name", None, "A")
        raise Refused(Message("no", "不行"))

    with pytest.raises(Refused):
        await write(writer, ChangeAction.CREATE, work, given=NoteCreate(name="A", idempotency_key="k"))
    assert await log.after(writer.database, 0) == []
    assert await given.value(writer.database, "MATCH (n:Note) RETURN count(n)") == 0


async def test_an_update_logs_what_it_changes_alone(writer: Writer) -> None:
    id = (await create(writer, NoteCreate(name="A", body="x"))).id
    await update(writer, NoteUpdate.parse({"id": id, "version": 1, "name": "A", "body": None, "price": "2"}))
    assert (await log.after(writer.database, 0))[1].fields == (FieldChange("body", "x", None), FieldChange("price", None, "2"))
    note = await given.value(writer.database, "MATCH (n:Note) RETURN properties(n)")
    assert note == {"id": id, "name": "A", "price": 2_000_000, "version": 2}


async def test_an_update_that_changes_nothing_leaves_no_trace(writer: Writer) -> None:
    id = (await create(writer, NoteCreate(name="A"))).id
    await update(writer, NoteUpdate(id=id, version=1, name="A"))
    assert len(await log.after(writer.database, 0)) == 1
    assert await given.value(writer.database, "MATCH (n:Note) RETURN n.version") == 1


async def test_who_saw_another_version_is_told_the_present_one(writer: Writer) -> None:
    id = (await create(writer, NoteCreate(name="A"))).id
    await update(writer, NoteUpdate(id=id, version=1, name="B"))
    with pytest.raises(Stale) as caught:
        await update(writer, NoteUpdate(id=id, version=1, name="C"))
    assert (caught.value.current_id, caught.value.path) == (id, ("version",))


async def test_what_is_not_there_is_not_found(writer: Writer) -> None:
    id = (await create(writer, NoteCreate(name="A"))).id
    await given.run(writer.database, "MATCH (n:Note) SET n.deleted_at = '2026'")
    for missing in (id, "7"):
        with pytest.raises(NotFound) as caught:
            await update(writer, NoteUpdate(id=missing, version=1, name="B"))
        assert (caught.value.missing_id, caught.value.path) == (missing, ("id",))


async def test_of_eight_that_saw_one_version_one_wins(writer: Writer) -> None:
    id = (await create(writer, NoteCreate(name="A"))).id
    updates = (update(writer, NoteUpdate(id=id, version=1, name=f"B{number}")) for number in range(8))
    outcomes = Counter(type(outcome) for outcome in await asyncio.gather(*updates, return_exceptions=True))
    assert outcomes == {Written: 1, Stale: 7}
    assert await given.value(writer.database, "MATCH (n:Note) RETURN n.version") == 2
    assert [change.number for change in await log.after(writer.database, 0)] == [1, 2]


async def test_the_same_key_and_input_give_the_same_object(writer: Writer) -> None:
    first = await create(writer, NoteCreate(name="A", idempotency_key="k"))
    assert await create(writer, NoteCreate(name="A", idempotency_key="k")) == first
    assert len(await log.after(writer.database, 0)) == 1


async def test_eight_at_once_with_one_key_make_one_object(writer: Writer) -> None:
    written = await asyncio.gather(*(create(writer, NoteCreate(name="A", idempotency_key="k")) for _ in range(8)))
    assert len({each.id for each in written}) == 1
    assert await given.value(writer.database, "MATCH (n:Note) RETURN count(n)") == 1
    assert await changes.head(writer.database) == 1


async def test_the_same_key_with_another_input_is_refused(writer: Writer) -> None:
    await create(writer, NoteCreate(name="A", idempotency_key="k"))
    with pytest.raises(Refused) as caught:
        await create(writer, NoteCreate(name="B", idempotency_key="k"))
    assert (caught.value.code, caught.value.path) == (ProblemCode.KEY_REUSED, ("idempotencyKey",))


async def test_a_key_belongs_to_its_author_for_thirty_days(writer: Writer, clock: FixedClock, ids: Ids) -> None:
    first = await create(writer, NoteCreate(name="A", idempotency_key="k"))
    other = given.writer(writer.database, clock, ids, "user:2")
    assert await create(other, NoteCreate(name="B", idempotency_key="k")) != first
    clock.advance(timedelta(days=30))
    assert await create(writer, NoteCreate(name="A", idempotency_key="k")) == first
    clock.advance(timedelta(seconds=1))
    assert await create(writer, NoteCreate(name="B", idempotency_key="k")) != first


async def test_who_loses_a_race_for_a_unique_key_sees_the_winner(writer: Writer) -> None:
    calls = []

    async def work(transaction: Transaction, draft: Draft) -> str:
        calls.append(1)
        if len(calls) > 1:
            raise Duplicate(Message("there", "已有"), existing_id="7")
        raise ConstraintViolated("Identifier.key")

    with pytest.raises(Duplicate):
        await write(writer, ChangeAction.CREATE, work, given=NoteCreate(name="A"))


async def test_a_constraint_that_stays_violated_is_told(writer: Writer) -> None:
    async def work(transaction: Transaction, draft: Draft) -> str:
        raise ConstraintViolated("Identifier.key")

    with pytest.raises(ConstraintViolated):
        await write(writer, ChangeAction.CREATE, work, given=NoteCreate(name="A"))


async def test_warnings_and_further_subjects_come_along(writer: Writer) -> None:
    async def work(transaction: Transaction, draft: Draft) -> str:
        await transaction.run("CREATE (:Node {id: '1'}), (:Node {id: '2'}), (:Node {id: '3'})")
        draft.set("name", None, "A")
        draft.subject("2")
        draft.about("3", None)
        draft.warn(Invalid(Message("odd", "奇怪")))
        return "1"

    written = await write(writer, ChangeAction.DELETE, work, given=Reference(id="1"))
    assert [warning.message() for warning in written.warnings] == ["odd"]
    assert (await log.after(writer.database, 0))[0].subjects == ("1", "2")
    assert [row[0] for row in await given.rows(writer.database, "MATCH (:Change)-[:ABOUT]->(n) RETURN n.id ORDER BY n.id")] == [
        "1",
        "2",
        "3",
    ]


def test_a_day_is_one_where_the_company_is(writer: Writer, clock: FixedClock) -> None:
    assert (writer.now(), writer.today()) == ("2026-07-01T08:00:00.000000Z", "2026-07-01")
    clock.advance(timedelta(hours=8))
    assert (writer.now(), writer.today()) == ("2026-07-01T16:00:00.000000Z", "2026-07-02")


def test_a_fact_has_a_time_that_has_come(writer: Writer, clock: FixedClock) -> None:
    writer.check_past(None, "occurredAt")
    writer.check_past(clock.now() + timedelta(minutes=5), "occurredAt")
    with pytest.raises(Invalid) as caught:
        writer.check_past(clock.now() + timedelta(minutes=5, seconds=1), "occurredAt")
    assert (caught.value.code, caught.value.path) == (ProblemCode.IN_FUTURE, ("occurredAt",))
