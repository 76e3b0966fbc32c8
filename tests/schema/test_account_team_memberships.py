"""Account teams through the API: who of ours looks after whom, and since when."""

from __future__ import annotations

from typing import Any

import pytest

from graph.writing import Writer
from tests.graph import given
from tests.schema.asking import done
from tests.schema.conftest import Api
from tests.schema.hiding import strict
from tests.schema.listing import Listing
from tests.schema.refusals import NOT_FOUND, REQUIRED, STALE, refuses

ALL = "id version person { name } party { name } role since until"
NOT_OURS = "this person has no position with us on these days|此人在该期间未在我方任职"


@pytest.fixture
async def team(writer: Writer) -> dict[str, str]:
    """Eve is ours from 2020, Dan until 2024; Ann is not."""
    own, acme = await given.own(writer), await given.organization(writer, "艾克美")
    team = {name: await given.person(writer, name) for name in ("Eve", "Dan", "Ann")}
    await given.position(writer, team["Eve"], own, since="2020")
    await given.position(writer, team["Dan"], own, since="2020", until="2024-01-01")
    await given.position(writer, team["Ann"], acme, since="2020")
    return team | {"acme": acme, "own": own}


async def member(api: Api, person: str, party: str, role: str = "SALES", **fields: Any) -> str:
    return str((await done(api, "accountTeamMembershipStart", {"person": person, "party": party, "role": role, **fields}))["id"])


async def test_every_field_is_written_read_changed_and_cleared(api: Api, team: dict[str, str]) -> None:
    first = {"person": team["Eve"], "party": team["acme"], "role": "OWNER", "since": "2021-02-03", "until": "2030-01-01"}
    made = await done(api, "accountTeamMembershipStart", first, ALL)
    assert made == {**first, "id": made["id"], "version": 1, "person": {"name": "Eve"}, "party": {"name": "艾克美"}}
    second = {"person": team["Dan"], "party": team["Ann"], "role": "EXECUTIVE_SPONSOR", "since": "2022-01-01", "until": "2023-01-01"}
    changed = await done(api, "accountTeamMembershipUpdate", {"id": made["id"], "version": 1, **second}, ALL)
    assert changed == {**second, "id": made["id"], "version": 2, "person": {"name": "Dan"}, "party": {"name": "Ann"}}
    cleared = await done(api, "accountTeamMembershipUpdate", {"id": made["id"], "version": 2, "since": None, "until": None}, ALL)
    assert cleared == {**changed, "version": 3, "since": None, "until": None}
    ended = await done(api, "accountTeamMembershipEnd", {"id": made["id"]}, ALL)
    assert ended == {**cleared, "version": 4, "until": "2026-07-01"}
    await refuses(api, "accountTeamMembershipDelete", {"id": made["id"], "version": 3}, "Stale STALE version", STALE)
    assert await done(api, "accountTeamMembershipDelete", {"id": made["id"], "version": 4}) is None
    await refuses(api, "accountTeamMembershipEnd", {"id": made["id"]}, "NotFound NOT_FOUND id", NOT_FOUND)


@pytest.mark.parametrize(
    ("fields", "what", "said"),
    [
        ({"person": "Ann"}, "Refused REFUSED person", NOT_OURS),
        ({"person": "Dan", "since": "2024-01-01"}, "Refused REFUSED person", NOT_OURS),
        ({"until": "2019-12-31", "since": "2019-01-01"}, "Refused REFUSED person", NOT_OURS),
        ({"until": "2020-01-01"}, "Refused REFUSED person", NOT_OURS),
        ({"since": "2021-01-01", "until": "2021-01-01"}, "InvalidInput OUT_OF_RANGE until", "does not lie after since|须晚于开始日期"),
        ({"person": "acme"}, "NotFound NOT_FOUND person", NOT_FOUND),
        ({"party": "0190"}, "NotFound NOT_FOUND party", NOT_FOUND),
        ({"party": "Eve"}, "Refused REFUSED party", "nobody has this tie with itself|不能与自身建立关系"),
    ],
)
async def test_what_a_membership_cannot_be(api: Api, team: dict[str, str], fields: dict[str, Any], what: str, said: str) -> None:
    fields = {name: team.get(value, value) for name, value in fields.items()}
    new = {"person": team["Eve"], "party": team["acme"], "role": "SALES", **fields}
    await refuses(api, "accountTeamMembershipStart", new, what, said)
    id = await member(api, team["Eve"], team["acme"])
    await refuses(api, "accountTeamMembershipUpdate", {"id": id, "version": 1, **fields}, what, said)
    role = {"id": id, "version": 1, "role": None}
    await refuses(api, "accountTeamMembershipUpdate", role, "InvalidInput REQUIRED role", REQUIRED)


async def test_teams_are_read_from_both_ends_on_any_day(api: Api, team: dict[str, str]) -> None:
    await member(api, team["Eve"], team["acme"], "OWNER", since="2025-01-01")
    await member(api, team["Dan"], team["acme"], "SALES", since="2022-01-01", until="2023-01-01")
    await member(api, team["Eve"], team["Ann"], "SERVICE")
    members = Listing(api, "accountTeam", "person { name }", of=f'organization(id: "{team["acme"]}")')
    assert await members.rows() == ["Dan", "Eve"]
    for day, expected in {
        "2021-12-31": [],
        "2022-01-01": ["Dan"],
        "2022-12-31": ["Dan"],
        "2023-01-01": [],
        "2026-07-01": ["Eve"],
    }.items():
        assert await members.rows(f'asOf: "{day}"') == expected, day
    for condition, found in {
        "role: { eq: OWNER }": ["Eve"],
        'since: { gte: "2022-01-02" }': ["Eve"],
        "until: { isNull: true }": ["Eve"],
        'person: { name: { startsWith: "D" } }': ["Dan"],
    }.items():
        assert await members.where(condition) == found, condition
    accounts = Listing(api, "accounts", "party { name }", of=f'person(id: "{team["Eve"]}")')
    assert await accounts.rows("orderBy: [{ since: ASC }]") == ["艾克美", "Ann"]
    assert await accounts.forward("orderBy: [{ since: DESC }]", 1) == await accounts.backward("orderBy: [{ since: DESC }]", 1)
    assert await accounts.where("role: { in: [SERVICE, SALES] }") == ["Ann"]
    assert await Listing(api, "parties").where("accountTeam: { some: { role: { eq: SERVICE } } }") == ["Ann"]


async def test_a_membership_is_hidden_with_either_end(api: Api, writer: Writer, team: dict[str, str]) -> None:
    spy, own = await given.person(writer, "Spy", notes="secret"), team["own"]
    await given.position(writer, spy, own, since="2020")
    hidden = [await member(api, spy, team["acme"]), await member(api, team["Eve"], spy)]
    await member(api, team["Eve"], team["acme"], "OWNER")
    api.viewer = strict("Person", hidden=("AccountTeamMembership.since",))
    assert (await api("query($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids=hidden))["nodes"] == [None, None]
    assert await Listing(api, "accountTeam", "role", of=f'organization(id: "{team["acme"]}")').where("") == ["OWNER"]
    assert await Listing(api, "accounts", "role", of=f'person(id: "{team["Eve"]}")').where("") == ["OWNER"]
    assert await Listing(api, "organizations").where('accountTeam: { some: { person: { name: { eq: "Spy" } } } }') == []
    assert await Listing(api, "parties").where("accountTeam: { some: { role: { eq: SALES } } }") == []
    ((message, _),) = await api.errors("{ people { nodes { accounts(orderBy: [{ since: ASC }]) { totalCount nodes { id } } } } }")
    assert message == "You may not read AccountTeamMembership.since."
