from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from graph import customers, partners, suppliers
from graph.clock import FixedClock
from graph.customers import CustomerStage, CustomerStart, CustomerUpdate
from graph.errors import Invalid, NotFound, ProblemCode, Problems, Refused, Stale, WriteProblem
from graph.fields import Ending, Reference
from graph.partners import PartnerStart
from graph.suppliers import SupplierStart
from graph.writing import Writer
from tests.graph import given, world


@pytest.fixture
async def us(writer: Writer) -> str:
    return await world.organization(writer, "We", own=True)


async def _started(writer: Writer, **fields: object) -> str:
    return (await customers.start(writer, CustomerStart.parse(fields))).id


async def _refused(writer: Writer, **fields: object) -> WriteProblem:
    with pytest.raises(WriteProblem) as caught:
        await customers.start(writer, CustomerStart.parse(fields))
    return caught.value


async def test_a_party_becomes_a_customer(writer: Writer, us: str) -> None:
    acme = await world.organization(writer)
    id = await _started(writer, party=acme, since="2024-01-01", stage="GROWING", segment="B2B")
    assert await world.tie(writer, id) == {
        "id": id,
        "type": "CUSTOMER_OF",
        "source": acme,
        "target": us,
        "since": "2024-01-01",
        "stage": "GROWING",
        "segment": "B2B",
        "version": 1,
        "created_at": writer.now(),
        "updated_at": writer.now(),
    }


async def test_who_becomes_a_customer_gets_its_label_and_keeps_the_others(writer: Writer, us: str) -> None:
    mei = await world.person(writer, "Han Mei")
    await _started(writer, party=mei)
    assert await world.labels(writer, mei) == {"Node", "Party", "Person", "Customer"}
    await given.run(writer.database, "MATCH (n:Node {id: $id}) SET n:Contact", id=mei)
    await partners.start(writer, PartnerStart(party=mei))
    assert await world.labels(writer, mei) == {"Node", "Party", "Person", "Customer", "Contact", "Partner"}


async def test_a_party_has_several_roles_at_once(writer: Writer, us: str) -> None:
    acme = await world.organization(writer)
    await _started(writer, party=acme)
    await suppliers.start(writer, SupplierStart(party=acme))
    query = "MATCH (:Node {id: $id})-[t]->(:Node {id: $us}) RETURN type(t) AS type ORDER BY type"
    assert [row["type"] for row in await given.rows(writer.database, query, id=acme, us=us)] == ["CUSTOMER_OF", "SUPPLIER_OF"]
    assert {"Customer", "Supplier"} <= await world.labels(writer, acme)


async def test_the_lock_leaves_nothing_behind(writer: Writer, us: str) -> None:
    acme = await world.organization(writer)
    id = await _started(writer, party=acme)
    await customers.end(writer, Ending(id=id))
    assert "_lock" not in await world.properties(writer, acme)
    assert "_lock" not in await world.tie(writer, id)


async def test_own_is_our_first_company_if_none_is_given(writer: Writer, clock: FixedClock, us: str) -> None:
    clock.advance(timedelta(days=1))
    second = await world.organization(writer, "We too", own=True)
    acme = await world.organization(writer)
    assert (await world.tie(writer, await _started(writer, party=acme)))["target"] == us
    assert (await world.tie(writer, await _started(writer, party=acme, own=second)))["target"] == second
    assert (await world.tie(writer, await _started(writer, party=second, own=None)))["target"] == us


async def test_a_company_of_ours_that_was_deleted_is_not_the_first(writer: Writer, clock: FixedClock, us: str) -> None:
    clock.advance(timedelta(days=1))
    second = await world.organization(writer, "We too", own=True)
    await world.remove(writer, us)
    acme = await world.organization(writer)
    assert (await world.tie(writer, await _started(writer, party=acme)))["target"] == second
    assert isinstance(await _refused(writer, party=acme, own=us), NotFound)


async def test_without_a_company_of_ours_there_is_no_role(writer: Writer) -> None:
    problem = await _refused(writer, party=await world.organization(writer))
    assert (type(problem), problem.path) == (Refused, ("own",))


async def test_own_must_be_ours(writer: Writer, us: str) -> None:
    acme, other = await world.organization(writer), await world.organization(writer, "Other")
    problem = await _refused(writer, party=acme, own=other)
    assert (type(problem), problem.code, problem.path) == (Refused, ProblemCode.REFUSED, ("own",))
    assert "not one of our own companies" in problem.message("en")
    assert "不是我方公司" in problem.message("zh-CN")


async def test_own_may_not_become_somebody_elses(writer: Writer, us: str) -> None:
    acme, other = await world.organization(writer), await world.organization(writer, "Other")
    id = await _started(writer, party=acme)
    with pytest.raises(Refused, match="not one of our own companies"):
        await customers.update(writer, CustomerUpdate(id=id, version=1, own=other))


async def test_a_role_with_what_is_no_longer_ours_can_still_be_corrected_and_ended(writer: Writer, us: str) -> None:
    id = await _started(writer, party=await world.organization(writer))
    await given.run(writer.database, "MATCH (n:Node {id: $id}) SET n.own = false", id=us)
    await customers.update(writer, CustomerUpdate(id=id, version=1, stage=CustomerStage.LOST))
    await customers.end(writer, Ending(id=id))
    assert (await world.tie(writer, id))["until"] == "2026-07-01"


@pytest.mark.parametrize("missing", ["no-such-id", "a-product", "deleted"])
async def test_the_party_must_be_there(writer: Writer, us: str, missing: str) -> None:
    if missing == "a-product":
        missing = await world.product(writer)
    if missing == "deleted":
        missing = await world.organization(writer)
        await world.remove(writer, missing)
    problem = await _refused(writer, party=missing)
    assert isinstance(problem, NotFound)
    assert (problem.missing_id, problem.path) == (missing, ("party",))


async def test_own_must_be_there_and_an_organization(writer: Writer, us: str) -> None:
    acme, mei = await world.organization(writer), await world.person(writer)
    for missing in ("no-such-id", mei):
        problem = await _refused(writer, party=acme, own=missing)
        assert isinstance(problem, NotFound)
        assert (problem.missing_id, problem.path) == (missing, ("own",))


async def test_our_company_is_not_its_own_customer(writer: Writer, us: str) -> None:
    problem = await _refused(writer, party=us)
    assert (type(problem), problem.code) == (Refused, ProblemCode.REFUSED)


@pytest.mark.parametrize(
    ("since", "until", "overlaps"),
    [
        ("2021-06-01", "2021-07-01", True),
        ("2020-12-31", "2021-01-02", True),
        ("2021-12-31", None, True),
        (None, "2021-01-02", True),
        (None, None, True),
        ("2020-01-01", "2021-01-01", False),
        ("2022-01-01", "2023-01-01", False),
        ("2022-01-01", None, False),
        (None, "2021-01-01", False),
    ],
)
async def test_periods_of_one_role_do_not_overlap(writer: Writer, us: str, since: str | None, until: str | None, overlaps: bool) -> None:
    acme = await world.organization(writer)
    await _started(writer, party=acme, since="2021-01-01", until="2022-01-01")
    if overlaps:
        problem = await _refused(writer, party=acme, since=since, until=until)
        assert (type(problem), problem.code, problem.path) == (Refused, ProblemCode.OVERLAP, ("since",))
        assert "from 2021-01-01 until 2022-01-01" in problem.message()
    else:
        await _started(writer, party=acme, since=since, until=until)


async def test_periods_of_another_party_company_or_role_may_overlap(writer: Writer, us: str) -> None:
    acme, other, second = [await world.organization(writer, name, own=name == "Second") for name in ("Acme", "Other", "Second")]
    await _started(writer, party=acme)
    await _started(writer, party=other)
    await _started(writer, party=acme, own=second)
    await partners.start(writer, PartnerStart(party=acme))


async def test_a_deleted_period_overlaps_with_nothing(writer: Writer, us: str) -> None:
    acme = await world.organization(writer)
    await customers.delete(writer, Reference(id=await _started(writer, party=acme)))
    await _started(writer, party=acme)


async def test_an_update_may_not_stretch_a_period_over_the_next(writer: Writer, us: str) -> None:
    acme = await world.organization(writer)
    first = await _started(writer, party=acme, since="2020-01-01", until="2021-01-01")
    await _started(writer, party=acme, since="2022-01-01")
    with pytest.raises(Refused) as caught:
        await customers.update(writer, CustomerUpdate.parse({"id": first, "version": 1, "until": None}))
    assert caught.value.code == ProblemCode.OVERLAP
    with pytest.raises(Refused):
        await customers.end(writer, Ending.parse({"id": first, "until": "2022-01-02"}))
    await customers.update(writer, CustomerUpdate.parse({"id": first, "version": 1, "until": "2022-01-01"}))


async def test_two_starts_at_once_give_one_period(writer: Writer, us: str) -> None:
    acme = await world.organization(writer)
    outcomes = await asyncio.gather(*(customers.start(writer, CustomerStart(party=acme)) for _ in range(6)), return_exceptions=True)
    problems = [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
    assert [problem.code for problem in problems if isinstance(problem, Refused)] == [ProblemCode.OVERLAP] * 5
    assert await given.value(writer.database, "MATCH (:Node {id: $id})-[t:CUSTOMER_OF]->() RETURN count(t)", id=acme) == 1


@pytest.mark.parametrize("until", ["2024-01-01", "2023-12-31"])
async def test_a_period_ends_after_it_starts(writer: Writer, us: str, until: str) -> None:
    acme = await world.organization(writer)
    problem = await _refused(writer, party=acme, since="2024-01-01", until=until)
    assert (type(problem), problem.code, problem.path) == (Invalid, ProblemCode.OUT_OF_RANGE, ("until",))
    id = await _started(writer, party=acme, since="2024-01-01")
    with pytest.raises(Invalid):
        await customers.update(writer, CustomerUpdate.parse({"id": id, "version": 1, "until": until}))
    with pytest.raises(Invalid):
        await customers.end(writer, Ending.parse({"id": id, "until": until}))


async def test_an_end_is_today_where_the_company_is_if_none_is_given(writer: Writer, clock: FixedClock, us: str) -> None:
    id = await _started(writer, party=await world.organization(writer), since="2024-01-01")
    clock.advance(timedelta(hours=9))
    await customers.end(writer, Ending(id=id))
    tie = await world.tie(writer, id)
    assert (tie["until"], tie["version"], tie["updated_at"]) == ("2026-07-02", 2, "2026-07-01T17:00:00.000000Z")


async def test_an_update_sets_clears_and_leaves(writer: Writer, us: str) -> None:
    id = await _started(writer, party=await world.organization(writer), since="2024-01-01", stage="PROSPECT", segment="B2B")
    await customers.update(writer, CustomerUpdate.parse({"id": id, "version": 1, "stage": "MATURE", "since": None}))
    tie = await world.tie(writer, id)
    assert (tie["stage"], tie.get("since"), tie["segment"], tie["version"]) == ("MATURE", None, "B2B", 2)


async def test_an_update_that_changes_nothing_leaves_no_trace(writer: Writer, us: str) -> None:
    acme = await world.organization(writer)
    id = await _started(writer, party=acme, stage="PROSPECT")
    await customers.update(writer, CustomerUpdate(id=id, version=1, stage=CustomerStage.PROSPECT, party=acme, own=us))
    assert (await world.tie(writer, id))["version"] == 1
    assert len(await world.changes(writer)) == 1


async def test_an_update_of_an_old_version_is_stale(writer: Writer, us: str) -> None:
    id = await _started(writer, party=await world.organization(writer))
    await customers.update(writer, CustomerUpdate(id=id, version=1, stage=CustomerStage.LOST))
    with pytest.raises(Stale) as caught:
        await customers.update(writer, CustomerUpdate(id=id, version=1, stage=CustomerStage.MATURE))
    assert caught.value.current_id == id
    with pytest.raises(Stale):
        await customers.delete(writer, Reference(id=id, version=1))


async def test_updates_at_once_lose_none(writer: Writer, us: str) -> None:
    id = await _started(writer, party=await world.organization(writer))
    stages = list(CustomerStage)
    outcomes = await asyncio.gather(
        *(customers.update(writer, CustomerUpdate(id=id, version=1, stage=stage)) for stage in stages), return_exceptions=True
    )
    assert [type(outcome) for outcome in outcomes].count(Stale) == len(stages) - 1
    assert (await world.tie(writer, id))["version"] == 2


async def test_a_period_moves_to_the_party_it_was_meant_for(writer: Writer, us: str) -> None:
    wrong, right = await world.organization(writer, "Wrong"), await world.organization(writer, "Right")
    id = await _started(writer, party=wrong, stage="MATURE")
    await customers.update(writer, CustomerUpdate(id=id, version=1, party=right))
    tie = await world.tie(writer, id)
    assert (tie["source"], tie["target"], tie["stage"], tie["version"]) == (right, us, "MATURE", 2)
    assert "Customer" in await world.labels(writer, right)
    assert (await world.log(writer, wrong), await world.log(writer, right)) == (["START", "UPDATE"], ["UPDATE"])
    change = (await world.changes(writer))[-1]
    assert [(field.name, field.before, field.after) for field in change.fields] == [("party", wrong, right)]


async def test_a_moved_period_keeps_the_rules(writer: Writer, us: str) -> None:
    one, other = await world.organization(writer), await world.organization(writer, "Other")
    id = await _started(writer, party=one)
    await _started(writer, party=other)
    with pytest.raises(Refused) as caught:
        await customers.update(writer, CustomerUpdate(id=id, version=1, party=other))
    assert caught.value.code == ProblemCode.OVERLAP


async def test_a_required_field_cannot_be_cleared(us: str) -> None:
    with pytest.raises(Problems) as caught:
        CustomerUpdate.parse({"id": "x", "version": 1, "party": None})
    assert [(problem.code, problem.path) for problem in caught.value.problems] == [(ProblemCode.REQUIRED, ("party",))]
    with pytest.raises(Problems) as caught:
        CustomerStart.parse({})
    assert [(problem.code, problem.path) for problem in caught.value.problems] == [(ProblemCode.REQUIRED, ("party",))]


async def test_a_deleted_period_is_gone_but_kept(writer: Writer, us: str) -> None:
    acme = await world.organization(writer)
    id = await _started(writer, party=acme)
    await customers.delete(writer, Reference(id=id, version=1))
    tie = await world.tie(writer, id)
    assert (tie["deleted_at"], tie["version"]) == (writer.now(), 2)
    for write in (
        customers.update(writer, CustomerUpdate(id=id, version=2)),
        customers.end(writer, Ending(id=id)),
        customers.delete(writer, Reference(id=id)),
    ):
        with pytest.raises(NotFound) as caught:
            await write
        assert (caught.value.missing_id, caught.value.path) == (id, ("id",))


async def test_a_tie_of_another_kind_is_not_found(writer: Writer, us: str) -> None:
    id = await _started(writer, party=await world.organization(writer))
    with pytest.raises(NotFound):
        await partners.end(writer, Ending(id=id))
    with pytest.raises(NotFound):
        await customers.end(writer, Ending(id=us))


@pytest.mark.parametrize("end", ["party", "own"])
async def test_a_period_of_who_was_deleted_is_not_found(writer: Writer, us: str, end: str) -> None:
    acme = await world.organization(writer)
    id = await _started(writer, party=acme)
    await world.remove(writer, acme if end == "party" else us)
    for write in (
        customers.update(writer, CustomerUpdate(id=id, version=1, stage=CustomerStage.LOST)),
        customers.end(writer, Ending(id=id)),
        customers.delete(writer, Reference(id=id)),
    ):
        with pytest.raises(NotFound) as caught:
            await write
        assert caught.value.missing_id == id
    await world.back(writer, acme if end == "party" else us)
    await customers.end(writer, Ending(id=id))


async def test_the_log_tells_what_was_done_and_to_whom(writer: Writer, us: str) -> None:
    acme = await world.organization(writer)
    id = await _started(writer, party=acme, since="2024-01-01", stage="PROSPECT")
    await customers.update(writer, CustomerUpdate(id=id, version=1, stage=CustomerStage.GROWING))
    await customers.end(writer, Ending.parse({"id": id, "until": "2025-01-01"}))
    await customers.delete(writer, Reference(id=id))
    log = [(c.action, c.subjects, [(f.name, f.before, f.after) for f in c.fields]) for c in await world.changes(writer)]
    assert log == [
        (
            "START",
            (id,),
            [("party", None, acme), ("own", None, us), ("since", None, "2024-01-01"), ("stage", None, "PROSPECT")],
        ),
        ("UPDATE", (id,), [("stage", "PROSPECT", "GROWING")]),
        ("END", (id,), [("until", None, "2025-01-01")]),
        ("DELETE", (id,), [("deletedAt", None, writer.now())]),
    ]
    assert await world.log(writer, acme) == await world.log(writer, us) == ["START", "UPDATE", "END", "DELETE"]


async def test_a_start_sent_twice_is_done_once(writer: Writer, us: str) -> None:
    acme = await world.organization(writer)
    fields = {"party": acme, "stage": "PROSPECT", "idempotencyKey": "k1"}
    id = await _started(writer, **fields)
    assert await _started(writer, **fields) == id
    problem = await _refused(writer, **{**fields, "stage": "LOST"})
    assert (type(problem), problem.code) == (Refused, ProblemCode.KEY_REUSED)
    assert len(await world.changes(writer)) == 1
