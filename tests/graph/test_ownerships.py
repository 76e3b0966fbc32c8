from __future__ import annotations

import asyncio
from itertools import pairwise
from typing import Any

import pytest

from graph import organizations, ownerships
from graph.errors import NotFound, ProblemCode, Problems, Refused
from graph.fields import Ending, Reference
from graph.ownerships import OwnershipStart, OwnershipUpdate
from graph.writing import Writer
from tests.graph import given, world


async def _companies(writer: Writer, count: int) -> list[str]:
    return [await world.organization(writer, f"Company {place}") for place in range(count)]


async def _owns(writer: Writer, owner: str, owned: str, **more: Any) -> str:
    fields = {"owner": owner, "owned": owned, "kind": "SUBSIDIARY", **more}
    return (await ownerships.start(writer, OwnershipStart.parse(fields))).id


async def _refused(writer: Writer, owner: str, owned: str, **more: Any) -> Refused:
    with pytest.raises(Refused) as caught:
        await _owns(writer, owner, owned, **more)
    return caught.value


async def test_an_ownership_keeps_its_share_exactly(writer: Writer) -> None:
    owner, owned = await _companies(writer, 2)
    tie = await world.tie(writer, await _owns(writer, owner, owned, share="0.333333", since="2020-01-01"))
    assert (tie["type"], tie["source"], tie["target"]) == ("OWNS", owner, owned)
    assert (tie["kind"], tie["share"], tie["controlling"], tie["since"]) == ("SUBSIDIARY", 333_333, False, "2020-01-01")


async def test_a_person_may_own_but_is_not_owned(writer: Writer) -> None:
    company, mei = await world.organization(writer), await world.person(writer)
    await _owns(writer, mei, company, kind="HOLDING")
    with pytest.raises(NotFound) as caught:
        await _owns(writer, company, mei)
    assert (caught.value.missing_id, caught.value.path) == (mei, ("owned",))


@pytest.mark.parametrize(
    ("share", "code"), [("1.000001", "OUT_OF_RANGE"), ("-0.1", "OUT_OF_RANGE"), ("0.1234567", "OUT_OF_RANGE"), ("NaN", "INVALID")]
)
def test_a_share_lies_between_none_and_all(share: str, code: str) -> None:
    with pytest.raises(Problems) as caught:
        OwnershipStart.parse({"owner": "a", "owned": "b", "kind": "MINORITY", "share": share})
    assert [(problem.code, problem.path) for problem in caught.value.problems] == [(code, ("share",))]


@pytest.mark.parametrize("field", ["owner", "owned", "kind"])
def test_what_is_required_is_named(field: str) -> None:
    with pytest.raises(Problems) as caught:
        OwnershipStart.parse({"owner": "a", "owned": "b", "kind": "BRANCH"} | {field: None})
    assert [(problem.code, problem.path) for problem in caught.value.problems] == [(ProblemCode.REQUIRED, (field,))]


async def test_nobody_owns_itself(writer: Writer) -> None:
    (company,) = await _companies(writer, 1)
    problem = await _refused(writer, company, company)
    assert (problem.code, problem.path) == (ProblemCode.REFUSED, ("owned",))


@pytest.mark.parametrize("length", [2, 3, 6])
async def test_ownership_closes_no_circle(writer: Writer, length: int) -> None:
    companies = await _companies(writer, length)
    for owner, owned in pairwise(companies):
        await _owns(writer, owner, owned)
    problem = await _refused(writer, companies[-1], companies[0])
    assert (problem.code, problem.path) == (ProblemCode.CYCLE, ("owned",))
    assert "循环" in problem.message("zh")


async def test_two_ways_down_are_no_circle(writer: Writer) -> None:
    top, left, right, bottom = await _companies(writer, 4)
    for owner, owned in ((top, left), (top, right), (left, bottom), (right, bottom), (top, bottom)):
        await _owns(writer, owner, owned)
    assert (await _refused(writer, bottom, top)).code == ProblemCode.CYCLE


async def test_a_circle_is_one_only_on_a_common_day(writer: Writer) -> None:
    a, b, c = await _companies(writer, 3)
    await _owns(writer, a, b, since="2010-01-01", until="2015-01-01")
    await _owns(writer, b, a, since="2015-01-01")
    await _owns(writer, b, c, until="2012-01-01")
    await _owns(writer, c, a, since="2012-01-01", until="2020-01-01")
    assert (await _refused(writer, c, a, since="2011-01-01", until="2012-01-01")).code == ProblemCode.CYCLE


async def test_ways_that_share_no_day_among_themselves_close_no_circle(writer: Writer) -> None:
    a, b, c = await _companies(writer, 3)
    await _owns(writer, a, b, until="2012-01-01")
    await _owns(writer, b, c, since="2012-01-01")
    await _owns(writer, c, a)


@pytest.mark.parametrize(
    ("ways", "closes"),
    [
        # Owned by way of B in the days of one tie, by way of C in those of another: no single way has a day of its own.
        ([("T", "B", None, "2010-01-01"), ("T", "C", "2015-01-01", None), ("B", "O", "2015-01-01", None)], False),
        ([("T", "B", None, "2010-01-01"), ("T", "C", "2015-01-01", None), ("C", "O", "2016-01-01", None)], True),
        # What is left of the period shrinks with every step.
        ([("T", "B", "2010-01-01", "2020-01-01"), ("B", "C", None, "2012-01-01"), ("C", "O", "2012-01-01", None)], False),
        ([("T", "B", "2010-01-01", "2020-01-01"), ("B", "C", None, "2012-01-02"), ("C", "O", "2012-01-01", None)], True),
        ([("T", "B", "2010-01-01", None), ("B", "C", "2015-01-01", None), ("C", "O", None, "2015-01-01")], False),
        ([("T", "B", "2015-01-01", None), ("B", "C", "2010-01-01", None), ("C", "O", None, "2015-01-01")], False),
        ([("T", "B", "2015-01-01", None), ("B", "C", "2010-01-01", None), ("C", "O", None, "2015-01-02")], True),
        ([("T", "B", None, "2012-01-01"), ("B", "C", None, "2020-01-01"), ("C", "O", "2012-01-01", None)], False),
        # A way to the same company is followed once for each period in which it leads there.
        ([("T", "B", None, "2010-01-01"), ("T", "B", "2015-01-01", None), ("B", "O", "2015-01-01", "2016-01-01")], True),
        ([("T", "B", None, None), ("B", "C", None, None), ("C", "B", None, None)], False),
    ],
)
async def test_a_circle_is_a_way_that_holds_on_one_day_throughout(
    writer: Writer, ways: list[tuple[str, str, str | None, str | None]], closes: bool
) -> None:
    by_name = dict(zip("TBCO", await _companies(writer, 4), strict=True))
    for owner, owned, since, until in ways:
        tie = {"owner": by_name[owner], "owned": by_name[owned], "since": since, "until": until}
        await given.run(
            writer.database,
            "MATCH (a:Node {id: $owner}), (b:Node {id: $owned}) CREATE (a)-[:OWNS {id: $id, since: $since, until: $until}]->(b)",
            **tie,
            id=writer.ids.new(),
        )
    if closes:
        assert (await _refused(writer, by_name["O"], by_name["T"])).code == ProblemCode.CYCLE
    else:
        await _owns(writer, by_name["O"], by_name["T"])


async def test_what_was_deleted_or_is_over_closes_no_circle(writer: Writer) -> None:
    a, b = await _companies(writer, 2)
    first = await _owns(writer, a, b)
    await ownerships.delete(writer, Reference(id=first))
    second = await _owns(writer, b, a)
    await ownerships.end(writer, Ending.parse({"id": second, "until": "2020-01-01"}))
    await _owns(writer, a, b, since="2020-01-01")


async def test_an_organization_that_was_deleted_and_comes_back_closes_no_circle(writer: Writer) -> None:
    a, b, c = await _companies(writer, 3)
    await _owns(writer, a, b)
    await _owns(writer, b, c)
    await world.remove(writer, b)
    assert (await _refused(writer, c, a)).code == ProblemCode.CYCLE


async def test_an_update_closes_no_circle(writer: Writer) -> None:
    a, b, c = await _companies(writer, 3)
    await _owns(writer, a, b)
    old = await _owns(writer, b, c)
    with pytest.raises(Refused) as caught:
        await ownerships.update(writer, OwnershipUpdate(id=old, version=1, owned=a))
    assert caught.value.code == ProblemCode.CYCLE
    await ownerships.update(writer, OwnershipUpdate(id=old, version=1, owner=a))
    assert (await world.tie(writer, old))["source"] == a


async def test_an_ownership_can_be_turned_around(writer: Writer) -> None:
    a, b = await _companies(writer, 2)
    id = await _owns(writer, a, b, controlling=True)
    await ownerships.update(writer, OwnershipUpdate(id=id, version=1, owner=b, owned=a))
    tie = await world.tie(writer, id)
    assert (tie["source"], tie["target"], tie["controlling"]) == (b, a, True)


async def test_a_longer_period_closes_no_circle(writer: Writer) -> None:
    a, b = await _companies(writer, 2)
    old = await _owns(writer, a, b, until="2020-01-01")
    await _owns(writer, b, a, since="2020-01-01")
    for fields in ({"until": None}, {"until": "2020-01-02"}):
        with pytest.raises(Refused) as caught:
            await ownerships.update(writer, OwnershipUpdate.parse({"id": old, "version": 1, **fields}))
        assert caught.value.code == ProblemCode.CYCLE
    with pytest.raises(Refused):
        await ownerships.end(writer, Ending.parse({"id": old, "until": "2021-01-01"}))
    await ownerships.end(writer, Ending.parse({"id": old, "until": "2019-01-01"}))


async def test_two_at_once_close_no_circle(writer: Writer) -> None:
    a, b = await _companies(writer, 2)
    outcomes = await asyncio.gather(_owns(writer, a, b), _owns(writer, b, a), return_exceptions=True)
    problems = [outcome.code for outcome in outcomes if isinstance(outcome, Refused)]
    assert (problems, [type(outcome) for outcome in outcomes].count(str)) == ([ProblemCode.CYCLE], 1)


async def test_many_at_once_close_no_circle(writer: Writer) -> None:
    companies = await _companies(writer, 6)
    ring = zip(companies, [*companies[1:], companies[0]], strict=True)
    outcomes = await asyncio.gather(*(_owns(writer, owner, owned) for owner, owned in ring), return_exceptions=True)
    assert [outcome.code for outcome in outcomes if isinstance(outcome, Refused)] == [ProblemCode.CYCLE]


async def test_writers_take_turns_before_they_look(writer: Writer) -> None:
    a, b = await _companies(writer, 2)
    id = await _owns(writer, a, b)
    for work in (
        _owns(writer, a, b, since="2030-01-01"),
        ownerships.update(writer, OwnershipUpdate(id=id, version=1, controlling=True)),
        ownerships.end(writer, Ending(id=id)),
        ownerships.delete(writer, Reference(id=id)),
    ):
        with writer.database.recording() as statements:
            await work
        assert ":Lock" in statements[0].query


async def test_one_owner_controls_at_a_time(writer: Writer) -> None:
    a, b, company = await _companies(writer, 3)
    first = await _owns(writer, a, company, controlling=True, until="2020-01-01")
    problem = await _refused(writer, b, company, controlling=True, since="2019-01-01")
    assert (problem.code, problem.path) == (ProblemCode.OVERLAP, ("controlling",))
    assert "20" not in problem.message()
    await _owns(writer, b, company, since="2019-01-01")
    second = await _owns(writer, b, company, controlling=True, since="2020-01-01")
    with pytest.raises(Refused):
        await ownerships.update(writer, OwnershipUpdate.parse({"id": first, "version": 1, "until": None}))
    await ownerships.update(writer, OwnershipUpdate.parse({"id": first, "version": 1, "until": None, "controlling": False}))
    with pytest.raises(Refused):
        await ownerships.update(writer, OwnershipUpdate(id=first, version=2, controlling=True))
    await ownerships.delete(writer, Reference(id=second))
    await ownerships.update(writer, OwnershipUpdate(id=first, version=2, controlling=True))


async def test_an_owner_who_was_deleted_controls_nothing(writer: Writer) -> None:
    a, b, company = await _companies(writer, 3)
    await _owns(writer, a, company, controlling=True)
    await world.remove(writer, a)
    await _owns(writer, b, company, controlling=True)


async def test_an_owner_comes_back_only_without_the_control_that_another_has_now(writer: Writer) -> None:
    a, b, company = await _companies(writer, 3)
    await _owns(writer, a, company, controlling=True)
    await organizations.delete(writer, Reference(id=a))
    other = await _owns(writer, b, company, controlling=True, since="2020-01-01")
    with pytest.raises(Refused) as caught:
        await organizations.restore(writer, Reference(id=a))
    assert (caught.value.code, caught.value.path) == (ProblemCode.OVERLAP, ("id",))
    assert (await world.properties(writer, a))["deleted_at"]
    await ownerships.delete(writer, Reference(id=other))
    await organizations.restore(writer, Reference(id=a))
    assert "deleted_at" not in await world.properties(writer, a)


@pytest.mark.parametrize("gone", ["control", "tie", "company", "period"])
async def test_an_owner_comes_back_where_its_own_control_is_gone(writer: Writer, gone: str) -> None:
    a, b, company = await _companies(writer, 3)
    mine = await _owns(writer, a, company, controlling=gone != "control", until="2020-01-01" if gone == "period" else None)
    if gone == "tie":
        await ownerships.delete(writer, Reference(id=mine))
    await organizations.delete(writer, Reference(id=a))
    await _owns(writer, b, company, controlling=True, since="2020-01-01")
    if gone == "company":
        await world.remove(writer, company)
    await organizations.restore(writer, Reference(id=a))
    assert "deleted_at" not in await world.properties(writer, a)


async def test_who_comes_back_takes_its_turn_before_it_looks_for_control(writer: Writer) -> None:
    (a,) = await _companies(writer, 1)
    await organizations.delete(writer, Reference(id=a))
    with writer.database.recording() as statements:
        await organizations.restore(writer, Reference(id=a))
    texts = [statement.query for statement in statements]
    turn = next(place for place, text in enumerate(texts) if ":Lock" in text)
    assert turn < next(place for place, text in enumerate(texts) if "controlling" in text)


async def test_two_at_once_do_not_both_control(writer: Writer) -> None:
    *owners, company = await _companies(writer, 5)
    outcomes = await asyncio.gather(*(_owns(writer, owner, company, controlling=True) for owner in owners), return_exceptions=True)
    assert [outcome.code for outcome in outcomes if isinstance(outcome, Refused)] == [ProblemCode.OVERLAP] * 3
