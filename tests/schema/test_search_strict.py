"""What somebody may not read is not found, not shown, and changes no order and no page."""

from __future__ import annotations

import pytest

from graph.writing import Writer
from tests.graph import given
from tests.schema.asking import done
from tests.schema.conftest import Api
from tests.schema.hiding import strict
from tests.schema.test_search import found, page, why


async def test_hidden_things_are_not_found(api: Api, writer: Writer) -> None:
    ann = await given.person(writer, "Ann Plain")
    await given.person(writer, "Ann Spy", notes="secret")
    await given.organization(writer, "Ann Ltd", notes="secret")
    await done(api, "productCreate", {"name": "Ann's pen", "category": "secret"})
    talk = {"channel": "CALL", "occurredAt": "2026-06-01T00:00:00Z", "participants": [{"role": "FROM", "party": ann}]}
    await done(api, "interactionRecord", {**talk, "subject": "ann secret"})
    assert len(await found(api, "ann")) == 5
    api.viewer = strict("Person", "Organization", "Product", "Interaction")
    assert await found(api, "ann") == ["Ann Plain"]
    assert await found(api, "spy") == []


async def test_pages_are_full_and_say_nothing_of_the_hidden(api: Api, writer: Writer) -> None:
    for i in range(6):
        await given.person(writer, f"Ann {i}", **({"notes": "secret"} if i % 2 or i == 4 else {}))
    api.viewer = strict("Person")
    one = await page(api, "ann", first=1)
    assert one["pageInfo"]["hasNextPage"]
    two = await page(api, "ann", first=1, after=one["pageInfo"]["endCursor"])
    assert [edge["node"]["name"] for edge in one["edges"] + two["edges"]] == ["Ann 0", "Ann 2"]
    assert not two["pageInfo"]["hasNextPage"]


@pytest.fixture
async def ann(api: Api, writer: Writer) -> str:
    """Her secret address and her secret title are hidden from the strict."""
    points = [{"kind": "EMAIL", "value": "ann@plain.example"}, {"kind": "WECHAT", "value": "secret-handle"}]
    ann = await given.person(writer, "Ann", contactPoints=points)
    acme = await given.organization(writer, "Acme")
    await given.position(writer, ann, acme, title="secret Agent", since="2020")
    await given.position(writer, ann, acme, title="Buyer", since="2020")
    return ann


@pytest.mark.parametrize("text", ["secret-handle", "handle", "agent", "secret"])
async def test_nobody_is_found_by_a_hidden_address_or_title(api: Api, ann: str, text: str) -> None:
    assert await found(api, text) == ["Ann"]
    api.viewer = strict("ContactPoint", "Position")
    assert await found(api, text) == []


async def test_highlights_show_no_hidden_address_or_title(api: Api, writer: Writer, ann: str) -> None:
    points = [{"kind": "WECHAT", "value": "bo"}, {"kind": "WECOM", "value": "bo-secret"}]
    await given.person(writer, "Bo", contactPoints=points)
    assert await why(api, "bo") == [(["name", "contactPoints"], ["Bo", "bo", "bo-secret"])]
    api.viewer = strict("ContactPoint", "Position")
    assert await why(api, "bo") == [(["name", "contactPoints"], ["Bo", "bo"])]
    assert await why(api, "buyer") == [(["positions"], ["Buyer"])]
    assert await why(api, "ann@plain.example") == [(["contactPoints"], ["ann@plain.example"])]


async def test_a_title_at_a_hidden_organization_finds_nobody(api: Api, writer: Writer) -> None:
    ann, spies = await given.person(writer, "Ann"), await given.organization(writer, "Spies", notes="secret")
    await given.position(writer, ann, spies, title="Courier", since="2020")
    api.viewer = strict("Organization")
    assert await found(api, "courier") == []


async def test_a_hidden_address_lifts_nobody_in_the_order(api: Api, writer: Writer) -> None:
    """An address that is the very text ranks above a name that begins with it."""
    await given.person(writer, "Zoe", contactPoints=[{"kind": "WECHAT", "value": "secret7"}, {"kind": "WECOM", "value": "secret7 zoe"}])
    await given.person(writer, "Secret7 Ann")
    assert await found(api, "secret7") == ["Zoe", "Secret7 Ann"]
    api.viewer = strict("ContactPoint")
    assert await found(api, "secret7") == ["Secret7 Ann"]


@pytest.mark.parametrize(
    ("hidden", "text"),
    [
        ("Organization.shortName", "hm"),
        ("Organization.legalName", "legal"),
        ("Organization.otherNames", "formerly"),
        ("Organization.domains", "hua.example"),
        ("Organization.contactPoints", "mailbox"),
        ("Organization.positions", "chief"),
        ("Position.title", "chief"),
        ("ContactPoint.value", "mailbox"),
        ("Position.person", "chief"),
    ],
)
async def test_hidden_fields_find_nothing(api: Api, writer: Writer, hidden: str, text: str) -> None:
    other = [{"name": "Formerly", "kind": "FORMER"}]
    points = [{"kind": "EMAIL", "value": "mailbox@x.example"}]
    acme = await given.organization(
        writer, "Acme", shortName="HM", legalName="Legal Ltd", otherNames=other, domains=["hua.example"], contactPoints=points
    )
    holder = await given.person(writer, "Li")
    await given.position(writer, holder, acme, title="Chief", since="2020")
    assert len(await found(api, text)) == 1
    api.viewer = strict(hidden=(hidden,))
    assert await found(api, text) == ([] if hidden not in ("Organization.positions", "Position.person") else ["Li"])
    assert await found(api, "acme") == ["Acme"]
    assert await why(api, "acme") == [(["name"], ["Acme"])]


async def test_fields_hidden_of_people_find_no_person(api: Api, writer: Writer) -> None:
    points = [{"kind": "EMAIL", "value": "ann@x.example"}]
    ann = await given.person(writer, "Ann", givenName="Annabel", contactPoints=points)
    await given.position(writer, ann, await given.organization(writer), title="Buyer", since="2020")
    for hidden, text in (("Person.givenName", "annabel"), ("Person.contactPoints", "ann@x.example"), ("Person.positions", "buyer")):
        api.viewer = strict()
        assert await found(api, text) == ["Ann"]
        api.viewer = strict(hidden=(hidden,))
        assert await found(api, text) == [], hidden
        assert [fields for fields, _ in await why(api, "ann")] == [
            [f for f in ("name", "givenName", "contactPoints") if f"Person.{f}" != hidden]
        ]


@pytest.mark.parametrize("document", ['{ search(text: "a") { nodes { id } } }', "{ viewer { id } }", '{ party(by: { id: "1" }) { id } }'])
async def test_a_root_may_be_hidden_as_a_whole(api: Api, document: str) -> None:
    root = document.split()[1].split("(")[0]
    api.viewer = strict(hidden=(f"Query.{root}",))
    assert await api.errors(document) == [(f"You may not read {root}.", [root])]
