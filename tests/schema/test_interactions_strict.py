"""What of interactions a viewer with rules meets: no hidden party, address, or subject, neither shown nor counted."""

from __future__ import annotations

import pytest

from graph.writing import Writer
from tests.graph import given
from tests.schema.asking import done
from tests.schema.conftest import Api
from tests.schema.hiding import strict
from tests.schema.listing import Listing
from tests.schema.test_interactions import record, shown


@pytest.fixture
async def people(api: Api, writer: Writer) -> dict[str, str]:
    """Spy, who is hidden from the strict, is with a hidden organization and has an address."""
    found = {name: await given.person(writer, name) for name in ("Ann", "Bo")}
    points = [{"kind": "EMAIL", "value": "spy@agency.example"}]
    found["Spy"] = await given.person(writer, "Spy", notes="secret", contactPoints=points)
    found["agency"] = await given.organization(writer, "Agency", notes="secret")
    await given.position(writer, found["Spy"], found["agency"], since="2020")
    return found


async def test_a_hidden_participant_is_not_named_nor_its_address(api: Api, people: dict[str, str]) -> None:
    id = await record(api, people, FROM="Ann", TO="spy@agency.example Bo", CC="x@y.example", regarding=[people["agency"]])
    selection = "participants { role address party { name } } regarding { __typename }"
    whole = await shown(api, id, selection)
    assert len(whole["participants"]) == 4
    assert whole["regarding"] == [{"__typename": "Organization"}]
    api.viewer = strict("Person", "Organization")
    seen = await shown(api, id, selection)
    assert "agency" not in str(seen)
    assert {(p["role"], p["address"], (p["party"] or {}).get("name")) for p in seen["participants"]} == {
        ("FROM", None, "Ann"),
        ("TO", None, "Bo"),
        ("CC", "x@y.example", None),
    }
    assert seen["regarding"] == []


@pytest.mark.parametrize(
    "condition",
    [
        'participants: { some: { party: { name: { eq: "Spy" } } } }',
        'participants: { some: { address: { startsWith: "spy@" } } }',
        "participants: { some: { role: { eq: TO } } }",
        'not: { participants: { none: { party: { name: { eq: "Spy" } } } } }',
    ],
)
async def test_nothing_is_found_by_a_hidden_participant(api: Api, people: dict[str, str], condition: str) -> None:
    await record(api, people, FROM="Ann", TO="spy@agency.example", subject="A")
    found = Listing(api, "interactions", "subject")
    assert await found.where(condition) == ["A"]
    api.viewer = strict("Person", "Organization")
    assert await found.where(condition) == []
    assert await found.where("participants: { all: { role: { eq: FROM } } }") == ["A"]


async def test_hidden_interactions_are_nowhere(api: Api, people: dict[str, str]) -> None:
    await record(api, people, FROM="Ann", TO="Bo", subject="A")
    hidden = await record(api, people, at="2026-06-02T00:00:00Z", FROM="Ann", TO="Bo", subject="secret")
    api.viewer = strict("Interaction", hidden=("Interaction.sentiment",))
    assert await shown(api, hidden, "id") is None
    assert await Listing(api, "interactions", "subject").where("") == ["A"]
    assert await Listing(api, "interactions", "subject", of=f'person(id: "{people["Ann"]}")').where("") == ["A"]
    assert await Listing(api, "interactions", "subject").where('subject: { contains: "secret" }') == []
    assert await Listing(api, "people").where('interactions: { some: { subject: { eq: "secret" } } }') == []
    for argument in ("where: { sentiment: { gt: 0 } }", "orderBy: [{ sentiment: ASC }]"):
        assert await api.errors(f"{{ interactions({argument}) {{ totalCount }} }}") == [
            ("You may not read Interaction.sentiment.", ["interactions"])
        ]


async def test_subsidiaries_that_are_hidden_are_not_walked_through(api: Api, writer: Writer, people: dict[str, str]) -> None:
    top, low = await given.organization(writer, "Top"), await given.organization(writer, "Low")
    for owner, owned in ((top, people["agency"]), (people["agency"], low)):
        await done(api, "ownershipStart", {"owner": owner, "owned": owned, "kind": "SUBSIDIARY"})
    await record(api, {**people, "Low": low}, FROM="Ann", TO="Low", subject="A")
    below = Listing(api, "interactions", "subject", of=f'organization(id: "{top}")')
    assert await below.rows("through: [SUBSIDIARIES]") == ["A"]
    api.viewer = strict("Organization")
    assert await below.rows("through: [SUBSIDIARIES]") == []
