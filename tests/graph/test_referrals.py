from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from graph import referrals
from graph.clock import FixedClock
from graph.errors import Duplicate, Invalid, NotFound, ProblemCode, Problems, Refused, Stale, WriteProblem
from graph.fields import Reference
from graph.referrals import ReferralClose, ReferralQualify, ReferralRecord, ReferralUpdate
from graph.writing import Writer
from tests.graph import given, world

BEFORE = "2026-06-01T08:00:00Z"


@pytest.fixture
async def pair(writer: Writer) -> tuple[str, str]:
    return await world.person(writer, "Referrer"), await world.organization(writer, "Referred")


async def _recorded(writer: Writer, referrer: str, referred: str, **more: Any) -> str:
    fields = {"referrer": referrer, "referred": referred, "occurredAt": BEFORE, **more}
    return (await referrals.record(writer, ReferralRecord.parse(fields))).id


async def _updated(writer: Writer, id: str, version: int, **fields: Any) -> None:
    await referrals.update(writer, ReferralUpdate.parse({"id": id, "version": version, **fields}))


async def _ends(writer: Writer, id: str) -> tuple[str, str]:
    query = "MATCH (a)-[:MADE]->(:Node {id: $id})-[:LED_TO]->(b) RETURN [a.id, b.id]"
    referrer, referred = await given.value(writer.database, query, id=id)
    return referrer, referred


async def test_a_referral_is_recorded_open(writer: Writer, pair: tuple[str, str]) -> None:
    id = await _recorded(writer, *pair, channel="WECHAT", wouldHaveJoinedAnyway=False, reward="88.88", note="At dinner")
    assert await world.labels(writer, id) == {"Node", "Referral"}
    assert await _ends(writer, id) == pair
    assert await world.properties(writer, id) == {
        "id": id,
        "status": "OPEN",
        "occurred_at": "2026-06-01T08:00:00.000000Z",
        "channel": "WECHAT",
        "would_have_joined_anyway": False,
        "reward": 88_880_000,
        "reward_currency": "CNY",
        "note": "At dinner",
        "version": 1,
        "created_at": writer.now(),
        "updated_at": writer.now(),
    }


async def test_the_log_shows_both_parties(writer: Writer, pair: tuple[str, str]) -> None:
    id = await _recorded(writer, *pair, reward="10", rewardCurrency="usd")
    (change,) = await world.changes(writer)
    assert change.action == "RECORD"
    assert {field.name: field.after for field in change.fields} == {
        "referrer": pair[0],
        "referred": pair[1],
        "occurredAt": "2026-06-01T08:00:00.000000Z",
        "reward": "10",
        "rewardCurrency": "USD",
    }
    for touched in (id, *pair):
        assert await world.log(writer, touched) == ["RECORD"]


async def test_nobody_refers_itself(writer: Writer, pair: tuple[str, str]) -> None:
    with pytest.raises(Refused) as caught:
        await _recorded(writer, pair[0], pair[0])
    assert (caught.value.code, caught.value.path) == (ProblemCode.REFUSED, ("referred",))
    id = await _recorded(writer, *pair)
    with pytest.raises(Refused):
        await _updated(writer, id, 1, referred=pair[0])


@pytest.mark.parametrize("field", ["referrer", "referred"])
async def test_both_must_be_there(writer: Writer, pair: tuple[str, str], field: str) -> None:
    gone = await world.person(writer, "Gone")
    await world.remove(writer, gone)
    for missing in ("nobody", gone, await world.product(writer)):
        with pytest.raises(NotFound) as caught:
            await _recorded(writer, **{"referrer": pair[0], "referred": pair[1], field: missing})
        assert (caught.value.missing_id, caught.value.path) == (missing, (field,))


@pytest.mark.parametrize("qualified", [False, True])
async def test_a_second_one_of_the_same_by_the_same_is_refused_while_one_goes_on(
    writer: Writer, pair: tuple[str, str], qualified: bool
) -> None:
    id = await _recorded(writer, *pair)
    if qualified:
        await referrals.qualify(writer, ReferralQualify(id=id))
    with pytest.raises(Duplicate) as caught:
        await _recorded(writer, *pair)
    assert (caught.value.existing_id, caught.value.code, caught.value.path) == (id, ProblemCode.DUPLICATE, ("referred",))


@pytest.mark.parametrize("outcome", ["WON", "LOST", "deleted"])
async def test_a_second_one_may_follow_one_that_is_over(writer: Writer, pair: tuple[str, str], outcome: str) -> None:
    id = await _recorded(writer, *pair)
    if outcome == "deleted":
        await referrals.delete(writer, Reference(id=id))
    else:
        await referrals.close(writer, ReferralClose.parse({"id": id, "outcome": outcome}))
    await _recorded(writer, *pair)


async def test_others_may_refer_the_same_and_the_same_others(writer: Writer, pair: tuple[str, str]) -> None:
    third = await world.person(writer, "Third")
    await _recorded(writer, *pair)
    await _recorded(writer, third, pair[1])
    await _recorded(writer, pair[0], third)
    await _recorded(writer, pair[1], pair[0])


async def test_an_update_makes_no_second_one(writer: Writer, pair: tuple[str, str]) -> None:
    third = await world.person(writer, "Third")
    first, second = await _recorded(writer, *pair), await _recorded(writer, third, pair[1])
    with pytest.raises(Duplicate) as caught:
        await _updated(writer, second, 1, referrer=pair[0])
    assert caught.value.existing_id == first
    await referrals.close(writer, ReferralClose.parse({"id": second, "outcome": "LOST"}))
    await _updated(writer, second, 2, referrer=pair[0])
    assert await _ends(writer, second) == pair


async def test_two_at_once_make_one(writer: Writer, pair: tuple[str, str]) -> None:
    outcomes = await asyncio.gather(*(_recorded(writer, *pair) for _ in range(5)), return_exceptions=True)
    ids = [outcome for outcome in outcomes if isinstance(outcome, str)]
    assert [outcome.existing_id for outcome in outcomes if isinstance(outcome, Duplicate)] == ids * 4
    assert await given.value(writer.database, "MATCH (n:Referral) RETURN count(n)") == 1


async def test_the_referrer_is_locked_before_anybody_looks(writer: Writer, pair: tuple[str, str]) -> None:
    with writer.database.recording() as statements:
        await _recorded(writer, *pair)
    texts = [statement.query for statement in statements]
    assert next(i for i, text in enumerate(texts) if "_lock" in text) < next(i for i, text in enumerate(texts) if ":MADE" in text)


@pytest.mark.parametrize(("ahead", "fits"), [(timedelta(minutes=5), True), (timedelta(minutes=5, microseconds=1), False)])
async def test_a_time_that_has_not_come_is_refused(
    writer: Writer, clock: FixedClock, pair: tuple[str, str], ahead: timedelta, fits: bool
) -> None:
    id, later = await _recorded(writer, *pair), (clock.now() + ahead).isoformat()
    third = await world.person(writer, "Third")
    writes = (
        ("occurredAt", lambda: _recorded(writer, third, pair[1], occurredAt=later)),
        ("occurredAt", lambda: _updated(writer, id, 1, occurredAt=later)),
        ("qualifiedAt", lambda: referrals.qualify(writer, ReferralQualify.parse({"id": id, "qualifiedAt": later}))),
        ("closedAt", lambda: referrals.close(writer, ReferralClose.parse({"id": id, "outcome": "WON", "closedAt": later}))),
    )
    for field, work in writes:
        if fits:
            await work()
            continue
        with pytest.raises(Invalid) as caught:
            await work()
        assert (caught.value.code, caught.value.path) == (ProblemCode.IN_FUTURE, (field,))


async def test_an_open_one_is_qualified_then_won(writer: Writer, clock: FixedClock, pair: tuple[str, str]) -> None:
    id = await _recorded(writer, *pair)
    await referrals.qualify(writer, ReferralQualify(id=id, version=1, qualified_at=datetime(2026, 6, 5, tzinfo=UTC)))
    clock.advance(timedelta(hours=1))
    await referrals.close(writer, ReferralClose.parse({"id": id, "version": 2, "outcome": "WON"}))
    referral = await world.properties(writer, id)
    assert (referral["status"], referral["version"]) == ("WON", 3)
    assert (referral["qualified_at"], referral["closed_at"]) == ("2026-06-05T00:00:00.000000Z", "2026-07-01T09:00:00.000000Z")
    fields = [[(field.name, field.before, field.after) for field in change.fields] for change in await world.changes(writer)]
    assert fields[1:] == [
        [("status", "OPEN", "QUALIFIED"), ("qualifiedAt", None, "2026-06-05T00:00:00.000000Z")],
        [("status", "QUALIFIED", "WON"), ("closedAt", None, "2026-07-01T09:00:00.000000Z")],
    ]


async def test_an_open_one_may_be_lost_at_once(writer: Writer, pair: tuple[str, str]) -> None:
    id = await _recorded(writer, *pair)
    await referrals.close(writer, ReferralClose.parse({"id": id, "outcome": "LOST"}))
    referral = await world.properties(writer, id)
    assert (referral["status"], referral.get("qualified_at"), referral["closed_at"]) == ("LOST", None, writer.now())


@pytest.mark.parametrize("reached", ["QUALIFIED", "WON", "LOST"])
async def test_a_referral_does_not_go_back(writer: Writer, pair: tuple[str, str], reached: str) -> None:
    id = await _recorded(writer, *pair)
    if reached == "QUALIFIED":
        await referrals.qualify(writer, ReferralQualify(id=id))
    else:
        await referrals.close(writer, ReferralClose.parse({"id": id, "outcome": reached}))
        with pytest.raises(Refused) as caught:
            await referrals.close(writer, ReferralClose.parse({"id": id, "outcome": "WON"}))
        assert (caught.value.code, caught.value.path) == (ProblemCode.REFUSED, ("id",))
    with pytest.raises(Refused, match=f"is {reached.lower()} already"):
        await referrals.qualify(writer, ReferralQualify(id=id))


async def test_a_referral_is_not_closed_as_open() -> None:
    with pytest.raises(Problems) as caught:
        ReferralClose.parse({"id": "x", "outcome": "OPEN"})
    assert [(problem.code, problem.path) for problem in caught.value.problems] == [(ProblemCode.INVALID, ("outcome",))]


async def test_its_times_are_in_order(writer: Writer, pair: tuple[str, str]) -> None:
    id = await _recorded(writer, *pair)
    with pytest.raises(Invalid) as caught:
        await referrals.qualify(writer, ReferralQualify.parse({"id": id, "qualifiedAt": "2026-05-31T00:00:00Z"}))
    assert (caught.value.code, caught.value.path) == (ProblemCode.OUT_OF_RANGE, ("occurredAt",))
    await referrals.qualify(writer, ReferralQualify.parse({"id": id, "qualifiedAt": "2026-06-10T00:00:00Z"}))
    with pytest.raises(Invalid):
        await referrals.close(writer, ReferralClose.parse({"id": id, "outcome": "WON", "closedAt": "2026-06-09T00:00:00Z"}))
    with pytest.raises(Invalid):
        await _updated(writer, id, 2, occurredAt="2026-06-11T00:00:00Z")
    await _updated(writer, id, 2, occurredAt="2026-06-10T00:00:00Z")


async def test_an_update_sets_clears_and_leaves(writer: Writer, pair: tuple[str, str]) -> None:
    id = await _recorded(writer, *pair, channel="CALL", note="Old", wouldHaveJoinedAnyway=True)
    await _updated(writer, id, 1, note=None, wouldHaveJoinedAnyway=None, reward="5")
    referral = await world.properties(writer, id)
    assert "note" not in referral
    assert "would_have_joined_anyway" not in referral
    assert (referral["channel"], referral["reward"], referral["reward_currency"], referral["version"]) == ("CALL", 5_000_000, "CNY", 2)


async def test_a_reward_keeps_its_currency(writer: Writer, pair: tuple[str, str]) -> None:
    id = await _recorded(writer, *pair, reward="5", rewardCurrency="EUR")
    with pytest.raises(Invalid) as caught:
        await _updated(writer, id, 1, rewardCurrency=None)
    assert (caught.value.code, caught.value.path) == (ProblemCode.REQUIRED, ("rewardCurrency",))
    await _updated(writer, id, 1, rewardCurrency=None, reward=None)
    assert {"reward", "reward_currency"}.isdisjoint(await world.properties(writer, id))


async def test_an_update_that_changes_nothing_leaves_no_trace(writer: Writer, pair: tuple[str, str]) -> None:
    id = await _recorded(writer, *pair, note="Same")
    await _updated(writer, id, 1, note="Same", referrer=pair[0], referred=pair[1], occurredAt=BEFORE)
    assert (await world.properties(writer, id))["version"] == 1
    assert len(await world.changes(writer)) == 1


async def test_both_ends_can_be_corrected(writer: Writer, pair: tuple[str, str]) -> None:
    id, third = await _recorded(writer, *pair), await world.person(writer, "Third")
    await _updated(writer, id, 1, referrer=third)
    assert await _ends(writer, id) == (third, pair[1])
    await _updated(writer, id, 2, referrer=pair[1], referred=pair[0])
    assert await _ends(writer, id) == (pair[1], pair[0])
    assert await world.log(writer, third) == ["UPDATE", "UPDATE"]


async def test_old_versions_are_stale_and_deleted_ones_gone(writer: Writer, pair: tuple[str, str]) -> None:
    id = await _recorded(writer, *pair)
    await _updated(writer, id, 1, note="New")
    for stale in (
        _updated(writer, id, 1, note="Newer"),
        referrals.qualify(writer, ReferralQualify(id=id, version=1)),
        referrals.close(writer, ReferralClose.parse({"id": id, "version": 1, "outcome": "WON"})),
        referrals.delete(writer, Reference(id=id, version=1)),
    ):
        with pytest.raises(Stale):
            await stale
    await referrals.delete(writer, Reference(id=id, version=2))
    assert (await world.properties(writer, id))["deleted_at"] == writer.now()
    for gone in (
        _updated(writer, id, 3),
        referrals.qualify(writer, ReferralQualify(id=id)),
        referrals.delete(writer, Reference(id=pair[0])),
    ):
        with pytest.raises(NotFound):
            await gone


async def test_a_record_sent_twice_is_done_once(writer: Writer, pair: tuple[str, str]) -> None:
    id = await _recorded(writer, *pair, idempotencyKey="k")
    assert await _recorded(writer, *pair, idempotencyKey="k") == id
    with pytest.raises(WriteProblem) as caught:
        await _recorded(writer, *pair, idempotencyKey="k", note="Other")
    assert caught.value.code == ProblemCode.KEY_REUSED


def test_what_is_required_is_named() -> None:
    with pytest.raises(Problems) as caught:
        ReferralRecord.parse({"occurredAt": "yesterday"})
    assert {(problem.code, problem.path) for problem in caught.value.problems} == {
        (ProblemCode.REQUIRED, ("referrer",)),
        (ProblemCode.REQUIRED, ("referred",)),
        (ProblemCode.INVALID, ("occurredAt",)),
    }
