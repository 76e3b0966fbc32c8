"""What customers, suppliers and partners have in common: `graph/roles.py` through the API."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from graph.clock import FixedClock
from graph.projection.context import Viewer
from graph.writing import Writer
from tests.graph import given
from tests.schema.asking import done
from tests.schema.conftest import Api
from tests.schema.listing import Listing
from tests.schema.refusals import REQUIRED, refuses

EVERY = pytest.mark.parametrize("role", ["customer", "supplier", "partner"])


async def start(api: Api, role: str, party: str, selection: str = "id", **fields: Any) -> Any:
    return await done(api, f"{role}Start", {"party": party, **fields}, selection)


@EVERY
@pytest.mark.parametrize(
    ("since", "until", "free"),
    [
        ("2019-01-01", "2020-01-01", True),
        ("2021-01-01", None, True),
        (None, "2020-01-01", True),
        ("2019-01-01", "2020-01-02", False),
        ("2020-12-31", None, False),
        ("2020-03-01", "2020-04-01", False),
        (None, None, False),
    ],
)
async def test_periods_with_one_own_company_do_not_overlap(
    api: Api, writer: Writer, role: str, since: str | None, until: str | None, free: bool
) -> None:
    await given.own(writer)
    acme = await given.organization(writer)
    first = await start(api, role, acme, since="2020-01-01", until="2021-01-01")
    fields = {"since": since, "until": until}
    said = "has this role already from 2020-01-01 until 2021-01-01; end that period first|自 2020-01-01 至 2021-01-01 已有此角色"
    if not free:
        await refuses(api, f"{role}Start", {"party": acme, **fields}, "Refused OVERLAP since", said)
        await done(api, f"{role}Delete", {"id": first["id"]})
    assert await start(api, role, acme, "since until", **fields) == fields


@EVERY
async def test_an_overlap_names_a_period_without_ends_in_words(api: Api, writer: Writer, role: str) -> None:
    await given.own(writer)
    acme = await given.organization(writer)
    made = await start(api, role, acme)
    said = "already from the beginning until further notice|自 起初 至 今后 已有此角色"
    await refuses(api, f"{role}Start", {"party": acme}, "Refused OVERLAP since", said)
    await done(api, f"{role}End", {"id": made["id"], "until": "2025-01-01"})
    later = await start(api, role, acme, "id since", since="2025-01-01")
    said = "already from 2025-01-01 until further notice|自 2025-01-01 至 今后"
    await refuses(api, f"{role}Update", {"id": made["id"], "version": 2, "until": "2025-01-02"}, "Refused OVERLAP since", said)
    await refuses(api, f"{role}End", {"id": made["id"], "until": "2025-01-02"}, "Refused OVERLAP since", said)
    said = "already from the beginning until 2025-01-01|自 起初 至 2025-01-01"
    await refuses(api, f"{role}Update", {"id": later["id"], "version": 1, "since": None}, "Refused OVERLAP since", said)


@EVERY
async def test_another_of_our_companies_has_periods_of_its_own(api: Api, writer: Writer, role: str) -> None:
    one, other, acme = await given.own(writer, "One"), await given.own(writer, "Other"), await given.organization(writer)
    await start(api, role, acme, own=one)
    made = await start(api, role, acme, "id own { name }", own=other)
    assert made["own"] == {"name": "Other"}
    said = "has this role already from the beginning|已有此角色"
    await refuses(api, f"{role}Update", {"id": made["id"], "version": 1, "own": one}, "Refused OVERLAP since", said)


@EVERY
async def test_it_is_with_the_first_of_our_companies_unless_told(api: Api, writer: Writer, role: str) -> None:
    acme = await given.organization(writer)
    said = "none of the organizations is ours; create one first|尚无我方公司，请先新建"
    await refuses(api, f"{role}Start", {"party": acme}, "Refused REFUSED own", said)
    first, second = await given.own(writer, "First"), await given.own(writer, "Second")
    assert await start(api, role, acme, "own { name }", until="2020-01-01") == {"own": {"name": "First"}}
    await done(api, "organizationDelete", {"id": first})
    made = await start(api, role, acme, "id own { name }", own=None)
    assert made["own"] == {"name": "Second"}
    kept = await done(api, f"{role}Update", {"id": made["id"], "version": 1, "own": None, "since": "2020-01-01"}, "own { id }")
    assert kept == {"own": {"id": second}}


@EVERY
async def test_the_first_of_our_companies_is_the_one_that_was_made_first(api: Api, writer: Writer, clock: FixedClock, role: str) -> None:
    await given.own(writer, "Second")
    clock.advance(-timedelta(days=1))
    await given.own(writer, "First")
    clock.advance(timedelta(days=1))
    await given.own(writer, "Third")
    assert await start(api, role, await given.organization(writer), "own { name }") == {"own": {"name": "First"}}


@EVERY
async def test_of_several_periods_in_the_way_the_first_is_named(api: Api, writer: Writer, role: str) -> None:
    await given.own(writer)
    acme = await given.organization(writer)
    await start(api, role, acme, since="2024-01-01", until="2025-01-01")
    await start(api, role, acme, since="2020-01-01", until="2021-01-01")
    said = "from 2020-01-01 until 2021-01-01|自 2020-01-01 至 2021-01-01 已有此角色"
    await refuses(api, f"{role}Start", {"party": acme}, "Refused OVERLAP since", said)


@EVERY
async def test_it_is_with_one_of_ours_only(api: Api, writer: Writer, role: str) -> None:
    own, acme, bolt = await given.own(writer), await given.organization(writer), await given.organization(writer, "Bolt")
    said = "not one of our own companies; choose one that is, or leave it out|不是我方公司，请选择我方公司或留空"
    await refuses(api, f"{role}Start", {"party": acme, "own": bolt}, "Refused REFUSED own", said)
    made = await start(api, role, acme)
    await refuses(api, f"{role}Update", {"id": made["id"], "version": 1, "own": bolt}, "Refused REFUSED own", said)
    await refuses(api, f"{role}Update", {"id": made["id"], "version": 1, "party": None}, "InvalidInput REQUIRED party", REQUIRED)
    # Once given up, a company keeps the roles it had, but gets no new ones.
    await given.own(writer, "Other")
    await done(api, "organizationUpdate", {"id": own, "version": 1, "own": False})
    assert (await done(api, f"{role}Update", {"id": made["id"], "version": 1, "since": "2020-01-01"}, "version"))["version"] == 2
    await refuses(api, f"{role}Start", {"party": bolt, "own": own}, "Refused REFUSED own", said)


@EVERY
async def test_who_has_the_role_depends_on_the_day(api: Api, writer: Writer, role: str) -> None:
    await given.own(writer)
    acme, ann, bolt = await given.organization(writer), await given.person(writer), await given.organization(writer, "Bolt")
    await start(api, role, acme, since="2020-01-01", until="2021-01-01")
    await start(api, role, acme, since="2024-01-01")
    await start(api, role, ann, until="2026-07-02")
    await start(api, role, bolt, since="2026-07-02")
    document = f"query($id: ID!, $day: Date) {{ party(by: {{ id: $id }}) {{ roles(asOf: $day) {role}(asOf: $day) {{ since }} }} }}"
    days = {"2019-12-31": None, "2020-01-01": "2020-01-01", "2020-12-31": "2020-01-01", "2021-01-01": None, "2026-07-01": "2024-01-01"}
    for day, since in days.items():
        found: dict[str, Any] = {"roles": [role.upper()], role: {"since": since}} if since else {"roles": [], role: None}
        assert (await api(document, id=acme, day=day))["party"] == found
    holders = Listing(api, f"{role}s")
    assert await holders.rows("orderBy: [{ name: ASC }]") == ["Acme", "Ann"]
    assert (await holders.count(), await holders.where("type: { in: [PERSON] }")) == (2, ["Ann"])
    assert await Listing(api, "parties").where(f'{role}: {{ until: {{ eq: "2021-01-01" }} }}') == []
    assert await Listing(api, "parties").where(f'{role}: {{ since: {{ lt: "2025-01-01" }} }}') == ["Acme"]
    assert await Listing(api, "organizations").where(f"not: {{ {role}: {{}} }}") == ["Bolt", "We 我们"]


@EVERY
async def test_of_several_current_periods_the_latest_is_shown(api: Api, writer: Writer, role: str) -> None:
    one, other, acme = await given.own(writer, "One"), await given.own(writer, "Other"), await given.organization(writer)
    await start(api, role, acme, own=one, since="2020-01-01")
    await start(api, role, acme, own=other)
    parties = Listing(api, "parties", f"{role} {{ own {{ name }} }}")
    assert await parties.where(f'{role}: {{ own: {{ name: {{ in: ["One", "Other"] }} }} }}') == ["One"]
    assert await parties.where(f'{role}: {{ own: {{ name: {{ eq: "Other" }} }} }}') == []


@EVERY
async def test_holders_are_sorted_and_paged_while_others_come_and_go(api: Api, writer: Writer, role: str) -> None:
    await given.own(writer)
    for number in range(5):
        party = await given.organization(writer, f"P{number}")
        await start(api, role, party, **({"since": f"202{number}-01-01"} if number % 2 else {}))
    ended = [
        row for row in (await api(f"{{ {role}s {{ nodes {{ name {role} {{ id }} }} }} }}"))[f"{role}s"]["nodes"] if row["name"] == "P1"
    ]
    holders = Listing(api, f"{role}s")
    by_since = f"orderBy: [{{ {role}: {{ since: %s }} }}, {{ name: ASC }}]"
    assert await holders.forward(by_since % "ASC") == await holders.backward(by_since % "ASC") == ["P1", "P3", "P0", "P2", "P4"]
    assert await holders.forward(by_since % "DESC") == await holders.backward(by_since % "DESC") == ["P3", "P1", "P0", "P2", "P4"]

    async def end() -> None:
        await done(api, f"{role}End", {"id": ended[0][role]["id"], "until": "2026-01-01"})

    assert await holders.forward(by_since % "ASC", size=1, between=end) == ["P1", "P3", "P0", "P2", "P4"]
    assert await holders.backward(by_since % "ASC") == ["P3", "P0", "P2", "P4"]


@EVERY
async def test_a_role_with_a_hidden_company_is_hidden(api: Api, writer: Writer, role: str) -> None:
    ours = await given.organization(writer, "Ours", own=True, notes="secret")
    acme, hidden = await given.organization(writer), await given.organization(writer, "Hidden", notes="secret")
    shown = await given.own(writer, "Shown")
    await start(api, role, acme, own=ours)
    await start(api, role, hidden, own=shown)
    assert await Listing(api, f"{role}s").count() == 2
    api.viewer = Viewer("user:2", "Bob", rules={"Organization": "coalesce(node.notes, '') <> 'secret'"})
    assert (await Listing(api, f"{role}s").rows(), await Listing(api, f"{role}s").count()) == ([], 0)
    assert await Listing(api, "parties").where(f"{role}: {{ since: {{ isNull: true }} }}") == []
    data = await api(f"query($id: ID!) {{ party(by: {{ id: $id }}) {{ roles {role} {{ id }} }} }}", id=acme)
    assert data["party"] == {"roles": [], role: None}
    api.viewer = Viewer("user:2", "Bob", hidden=frozenset({f"{role.title()}.since"}))
    for arguments in (f"where: {{ {role}: {{ since: {{ isNull: true }} }} }}", f"orderBy: [{{ {role}: {{ since: ASC }} }}]"):
        assert await api.errors(f"{{ parties({arguments}) {{ totalCount nodes {{ id }} }} }}") == [
            (f"You may not read {role.title()}.since.", ["parties"])
        ]
