from __future__ import annotations

from collections.abc import Iterable

import pytest

from graph import knows, rebuild
from graph.database import Transaction
from graph.knows import Encounter, deltas
from graph.metrics.warmth import DEFAULT
from graph.writing import Writer
from tests.graph import given, world
from tests.graph.contacts import AT, EARLIER, LATER, delete, record, tie, ties, warmth


def meal(*people: str, at: str = AT) -> Encounter:
    return Encounter("MEAL", at, tuple((person, "ATTENDEE") for person in people))


async def add(writer: Writer, added: Iterable[Encounter], removed: Iterable[Encounter] = ()) -> None:
    async def work(transaction: Transaction) -> None:
        await knows.add(transaction, writer, deltas(added, removed))

    await writer.database.write(work)


async def recount(writer: Writer, *pairs: tuple[str, str]) -> None:
    async def work(transaction: Transaction) -> None:
        await knows.recount(transaction, writer, pairs)

    await writer.database.write(work)


def test_a_batch_is_summed_per_pair() -> None:
    mail = Encounter("EMAIL", LATER, (("b", "FROM"), ("a", "TO")))
    first, second = deltas([meal("a", "b"), meal("b", "c"), mail])
    whole, half = DEFAULT.contribution("MEAL", AT), DEFAULT.contribution("EMAIL", LATER)
    assert (first.pair, first.count, first.first_at, first.last_at) == (("a", "b"), 2, AT, LATER)
    assert (first.out, first.back) == pytest.approx((whole, whole + half))
    assert (second.pair, second.count, second.out, second.lost_first) == (("b", "c"), 1, whole, None)


def test_what_a_correction_leaves_as_it_was_does_not_count() -> None:
    assert deltas([meal("a", "b")], [meal("a", "b")]) == []
    (delta,) = deltas([meal("a", "b", "c")], [meal("a", "b")] * 2)[:1]
    assert (delta.pair, delta.count, delta.lost_first) == (("a", "b"), -1, AT)
    assert [delta.pair for delta in deltas([meal("a", "b", "c")], [meal("a", "b")])] == [("a", "c"), ("b", "c")]


def test_a_move_gains_and_loses() -> None:
    (delta,) = deltas([meal("a", "b", at=LATER)], [meal("a", "b", at=EARLIER)])
    assert (delta.count, delta.first_at, delta.last_at, delta.lost_first, delta.lost_last) == (0, LATER, LATER, EARLIER, EARLIER)
    assert delta.out == pytest.approx(DEFAULT.contribution("MEAL", LATER) - DEFAULT.contribution("MEAL", EARLIER))


async def test_any_number_is_added_and_taken_away(writer: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(knows, "BATCH", 4)
    people = [await world.person(writer) for _ in range(6)]
    await add(writer, [meal(*people), meal(*people, at=LATER)])
    found = await ties(writer)
    assert len(found) == 15
    assert {(each["count"], each["first_at"], each["last_at"], each["declared"], each["version"]) for each in found.values()} == {
        (2, AT, LATER, False, 1)
    }
    assert len({each["id"] for each in found.values()}) == 15
    assert "_lock" not in next(iter(found.values()))
    await add(writer, [], [meal(*people), meal(*people, at=LATER)])
    assert await ties(writer) == {}


async def test_who_is_not_there_is_passed_over(writer: Writer) -> None:
    ann = await world.person(writer)
    await add(writer, [meal(ann, "nobody")])
    assert await ties(writer) == {}


async def test_a_tie_that_was_missing_heals_when_it_is_touched(writer: Writer) -> None:
    ann, bob = await world.person(writer), await world.person(writer)
    ids = [await record(writer, at=at, FROM=ann, TO=bob) for at in (EARLIER, AT, LATER)]
    for id, count in zip(ids, (2, 1, None), strict=True):
        await given.run(writer.database, "MATCH ()-[k:KNOWS]->() DELETE k")
        await delete(writer, id)
        found = await tie(writer, ann, bob)
        assert (found["count"] if found else None) == count


async def test_a_count_that_was_wrong_heals_before_the_tie_goes(writer: Writer) -> None:
    ann, bob = await world.person(writer), await world.person(writer)
    _, middle, _ = [await record(writer, at=at, FROM=ann, TO=bob) for at in (EARLIER, AT, LATER)]
    await given.run(writer.database, "MATCH ()-[k:KNOWS]->() SET k.count = 1")
    await delete(writer, middle)
    found = await tie(writer, ann, bob)
    assert found
    assert (found["count"], found["first_at"], found["last_at"]) == (2, EARLIER, LATER)


async def test_a_crowd_is_left_out_when_the_rest_is_recounted(writer: Writer) -> None:
    ann, bob = await world.person(writer), await world.person(writer)
    await record(writer, "MEETING", at=LATER, ATTENDEE=[ann, bob, *(f"x{n}@acme.cn" for n in range(19))])
    await record(writer, FROM=ann, TO=bob)
    await recount(writer, (min(ann, bob), max(ann, bob)))
    assert await warmth(writer, ann, bob) == (1, 0)
    assert (await rebuild.rebuild(writer)).acquaintances == 0


async def test_two_people_that_become_one_are_recounted(writer: Writer) -> None:
    ann, twin, bob, cid = sorted([await world.person(writer) for _ in range(4)])
    await record(writer, FROM=ann, TO=bob)
    await record(writer, at=LATER, FROM=[twin], TO=[bob, cid, ann])
    assert len(await ties(writer)) == 4
    move = (
        "MATCH (t:Node {id: $twin})-[old:TOOK_PART]->(i) MATCH (a:Node {id: $ann}) CREATE (a)-[:TOOK_PART {role: old.role}]->(i) DELETE old"
    )
    await given.run(writer.database, move, twin=twin, ann=ann)
    await recount(writer, (ann, bob), (ann, cid), (ann, twin), (twin, bob), (twin, cid))
    assert set(await ties(writer)) == {f"{ann}|{bob}", f"{ann}|{cid}"}
    found = await tie(writer, ann, bob)
    assert found
    assert (found["count"], found["first_at"], found["last_at"]) == (2, AT, LATER)
    assert (await rebuild.rebuild(writer)).acquaintances == 0
