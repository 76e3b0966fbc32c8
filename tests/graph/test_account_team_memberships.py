from __future__ import annotations

from typing import Any

import pytest

from graph import account_team_memberships
from graph.account_team_memberships import AccountRole, AccountTeamMembershipStart, AccountTeamMembershipUpdate
from graph.errors import NotFound, ProblemCode, Refused
from graph.fields import Ending, Reference
from graph.writing import Writer
from tests.graph import world


@pytest.fixture
async def us(writer: Writer) -> str:
    return await world.organization(writer, "We", own=True)


@pytest.fixture
async def ours(writer: Writer, us: str) -> str:
    person = await world.person(writer, "Wang Fang")
    await world.position(writer, person, us, since="2020", until="2024-06")
    return person


async def _covers(writer: Writer, person: str, party: str, **more: Any) -> str:
    fields = {"person": person, "party": party, "role": "SALES", **more}
    return (await account_team_memberships.start(writer, AccountTeamMembershipStart.parse(fields))).id


async def test_one_of_ours_looks_after_a_party(writer: Writer, ours: str) -> None:
    acme = await world.organization(writer)
    id = await _covers(writer, ours, acme, since="2021-01-01")
    tie = await world.tie(writer, id)
    assert (tie["type"], tie["source"], tie["target"], tie["role"]) == ("COVERS", ours, acme, "SALES")
    update = AccountTeamMembershipUpdate(id=id, version=1, role=AccountRole.OWNER)
    await account_team_memberships.update(writer, update)
    await account_team_memberships.end(writer, Ending.parse({"id": id, "until": "2023-01-01"}))
    tie = await world.tie(writer, id)
    assert (tie["role"], tie["until"], tie["version"]) == ("OWNER", "2023-01-01", 3)
    await account_team_memberships.delete(writer, Reference(id=id))
    assert (await world.tie(writer, id))["deleted_at"] == writer.now()


async def test_who_has_no_position_with_us_looks_after_nobody(writer: Writer, us: str) -> None:
    acme, stranger = await world.organization(writer), await world.person(writer)
    await world.position(writer, stranger, acme)
    with pytest.raises(Refused) as caught:
        await _covers(writer, stranger, acme)
    assert (caught.value.code, caught.value.path) == (ProblemCode.REFUSED, ("person",))
    assert "no position with us" in caught.value.message("en")
    assert "未在我方任职" in caught.value.message("zh")


@pytest.mark.parametrize(("since", "until", "fits"), [("2024-06-01", None, False), ("2024-05-31", None, True), (None, "2019-12-31", False)])
async def test_the_position_counts_only_while_it_is_held(
    writer: Writer, ours: str, since: str | None, until: str | None, fits: bool
) -> None:
    acme = await world.organization(writer)
    if fits:
        await _covers(writer, ours, acme, since=since, until=until)
    else:
        with pytest.raises(Refused):
            await _covers(writer, ours, acme, since=since, until=until)


async def test_a_deleted_position_does_not_count(writer: Writer, us: str) -> None:
    person = await world.person(writer)
    await world.remove(writer, await world.position(writer, person, us))
    with pytest.raises(Refused):
        await _covers(writer, person, await world.organization(writer))


async def test_a_position_with_a_company_that_is_not_there_any_more_does_not_count(writer: Writer, us: str, ours: str) -> None:
    await world.remove(writer, us)
    with pytest.raises(Refused):
        await _covers(writer, ours, await world.organization(writer), since="2021-01-01")
    await world.back(writer, us)
    await _covers(writer, ours, await world.organization(writer), since="2021-01-01")


async def test_an_end_comes_sooner_even_if_the_position_is_gone_but_not_later(writer: Writer, us: str) -> None:
    person = await world.person(writer)
    position = await world.position(writer, person, us)
    id = await _covers(writer, person, await world.organization(writer), until="2030-01-01")
    await world.remove(writer, position)
    with pytest.raises(Refused):
        await account_team_memberships.end(writer, Ending.parse({"id": id, "until": "2030-01-02"}))
    await account_team_memberships.end(writer, Ending.parse({"id": id, "until": "2029-12-31"}))
    assert (await world.tie(writer, id))["until"] == "2029-12-31"


async def test_who_has_left_can_still_be_taken_off_the_team(writer: Writer, us: str) -> None:
    person = await world.person(writer)
    position = await world.position(writer, person, us)
    id = await _covers(writer, person, await world.organization(writer))
    await world.remove(writer, position)
    await account_team_memberships.end(writer, Ending(id=id))
    assert (await world.tie(writer, id))["until"] == "2026-07-01"


async def test_the_member_is_a_person(writer: Writer, us: str) -> None:
    with pytest.raises(NotFound) as caught:
        await _covers(writer, us, await world.organization(writer))
    assert (caught.value.missing_id, caught.value.path) == (us, ("person",))
