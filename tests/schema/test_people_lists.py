"""People as users find, sort and page them, and what a strict viewer gets."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from graph.clock import FixedClock
from graph.projection.context import Viewer
from graph.writing import Writer
from tests.graph import given
from tests.graph.contacts import record
from tests.schema.asking import done
from tests.schema.conftest import Api
from tests.schema.listing import Listing
from tests.schema.refusals import problems

STRICT = Viewer("user:2", "Bob", rules={"Person": "coalesce(node.notes, '') <> 'secret'"}, hidden=frozenset({"Person.salutation"}))


async def crowd(writer: Writer, clock: FixedClock) -> dict[str, str]:
    """Four people, an hour apart: Ann and once 李娜 of Acme, Bo of ours, and 张伟, of whom nothing is known."""
    acme, own = await given.organization(writer, "Acme"), await given.own(writer)
    mail, mobile = {"kind": "EMAIL", "value": "Ann@acme.example"}, {"kind": "MOBILE", "value": "13800138000"}
    people: dict[str, dict[str, Any]] = {
        "Ann": {"familyName": "Berg", "salutation": "Dr", "tags": ["vip", "tea"], "contactPoints": [mail], "address": {"city": "Köln"}},
        "Bo": {"givenName": "Bo", "salutation": "Mr", "tags": ["vip"], "contactPoints": [mobile], "networkOptOut": True},
        "李娜": {"familyName": "李", "shortName": "娜娜", "identifiers": [{"system": "crm", "value": "7"}], "notes": "secret"},
        "张伟": {},
    }
    ids = {"acme": acme, "own": own}
    for name, fields in people.items():
        ids[name] = await given.person(writer, name, **fields)
        clock.advance(timedelta(hours=1))
    await given.position(writer, ids["Ann"], acme, title="CTO", since="2020-03")
    await given.position(writer, ids["李娜"], acme, title="Buyer", since="2015", until="2019")
    await given.position(writer, ids["Bo"], own, title="Seller", since="2021-05")
    await record(writer, FROM=ids["Bo"], TO=ids["Ann"], at="2026-06-01T02:00:00Z")
    return ids


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ('name: { eq: "李娜" }', "李娜"),
        ('name: { ne: "李娜" }', "Ann Bo 张伟"),
        ('name: { in: ["Ann", "张伟", "Nobody"] }', "Ann 张伟"),
        ('name: { notIn: ["Ann", "张伟"] }', "Bo 李娜"),
        ('name: { gte: "Bo", lt: "李" }', "Bo 张伟"),
        ('name: { contains: "nn" }', "Ann"),
        ('name: { startsWith: "a", mode: INSENSITIVE }', "Ann"),
        ('name: { endsWith: "伟" }', "张伟"),
        ('shortName: { eq: "娜娜" }', "李娜"),
        ("familyName: { isNull: true }", "Bo 张伟"),
        ('familyName: { ne: "李" }', "Ann"),
        ("givenName: { isNull: false }", "Bo"),
        ('salutation: { in: ["Dr", "Mr"] }', "Ann Bo"),
        ('salutation: { notIn: ["Dr"] }', "Bo"),
        ("networkOptOut: { eq: true }", "Bo"),
        ("networkOptOut: { ne: true }", "Ann 张伟 李娜"),
        ('tags: { has: "vip" }', "Ann Bo"),
        ('tags: { hasEvery: ["vip", "tea"] }', "Ann"),
        ('tags: { hasSome: ["tea", "x"] }', "Ann"),
        ('createdAt: { gt: "2026-07-01T16:00:00+08:00", lte: "2026-07-01T10:00:00Z" }', "Bo 李娜"),
        ('updatedAt: { lt: "2026-07-01T09:00:00Z" }', "Ann"),
        ('lastInteractionAt: { gte: "2026-06-01T00:00:00Z" }', "Ann Bo"),
        ('address: { city: { eq: "Köln" } }', "Ann"),
        ('email: { endsWith: "@acme.example" }', "Ann"),
        ('phone: { eq: "+8613800138000" }', "Bo"),
        ('identifiers: { some: { system: { eq: "crm" }, value: { eq: "7" } } }', "李娜"),
        ("contactPoints: { some: { kind: { eq: MOBILE }, primary: { eq: true } } }", "Bo"),
        ("contactPoints: { none: {} }", "张伟 李娜"),
        ("contactPoints: { all: { kind: { eq: EMAIL } } }", "Ann 张伟 李娜"),
        ('position: { title: { eq: "CTO" } }', "Ann"),
        ('position: { title: { eq: "Buyer" } }', ""),
        ('positions: { some: { organization: { name: { eq: "Acme" } } } }', "Ann 李娜"),
        ("positions: { some: { current: { eq: false } } }", "李娜"),
        ('employee: { since: { eq: "2021-05" } }', "Bo"),
        ('acquaintances: { some: { node: { name: { eq: "Bo" } } } }', "Ann"),
        ('or: [{ name: { eq: "Bo" } }, { not: { salutation: { isNull: true } } }]', "Ann Bo"),
        ('and: [{ tags: { has: "vip" } }, { not: { name: { eq: "Bo" } } }]', "Ann"),
    ],
)
async def test_people_are_found_by(api: Api, writer: Writer, clock: FixedClock, condition: str, found: str) -> None:
    await crowd(writer, clock)
    assert await Listing(api, "people").where(condition) == found.split()


@pytest.mark.parametrize(
    ("key", "ascending", "descending"),
    [
        ("name", "Ann Bo 李娜 张伟", "张伟 李娜 Bo Ann"),
        ("createdAt", "Ann Bo 李娜 张伟", "张伟 李娜 Bo Ann"),
        ("shortName", "李娜 Ann Bo 张伟", "李娜 Ann Bo 张伟"),
        ("familyName", "Ann 李娜 Bo 张伟", "李娜 Ann Bo 张伟"),
        ("email", "Ann Bo 李娜 张伟", "Ann Bo 李娜 张伟"),
        ("phone", "Bo Ann 李娜 张伟", "Bo Ann 李娜 张伟"),
        ("position.since", "Ann Bo 李娜 张伟", "Bo Ann 李娜 张伟"),
        ("employee.title", "Bo Ann 李娜 张伟", "Bo Ann 李娜 张伟"),
        ("address.city", "Ann Bo 李娜 张伟", "Ann Bo 李娜 张伟"),
    ],
)
async def test_people_are_sorted_by(api: Api, writer: Writer, clock: FixedClock, key: str, ascending: str, descending: str) -> None:
    await crowd(writer, clock)
    people, (outer, _, inner) = Listing(api, "people"), key.partition(".")
    for way, names in (("ASC", ascending), ("DESC", descending)):
        order = f"orderBy: [{{ {outer}: {f'{{ {inner}: {way} }}' if inner else way} }}]"
        assert await people.rows(order) == await people.forward(order) == await people.backward(order) == names.split()


async def test_pages_show_whoever_comes_in_ahead_and_nobody_twice(api: Api, writer: Writer) -> None:
    for name in ("B", "D", "F", "H", "J"):
        await given.person(writer, name, **({"familyName": "X"} if name in "BD" else {}))
    people, new = Listing(api, "people"), iter("ACEGIKLMN")

    async def join() -> None:
        await given.person(writer, next(new), familyName="X")

    # A and C come in behind the page that was read, E ahead of it, G and I behind, and then K to N behind.
    assert await people.forward("orderBy: [{ familyName: ASC }, { name: ASC }]", between=join) == list("BDFHJ")
    assert await people.forward("orderBy: [{ name: DESC }]", between=join) == list("JHFEDCBA")
    assert await people.backward("orderBy: [{ name: ASC }]", between=join) == list("ABCDEFGHIJ")
    assert await people.count('where: { familyName: { eq: "X" } }') == 11


async def test_who_is_ours_today_was_a_contact_before(api: Api, writer: Writer, clock: FixedClock) -> None:
    ids = await crowd(writer, clock)
    assert await Listing(api, "employees").rows() == ["Bo"]
    assert await Listing(api, "contacts").rows() == ["Ann", "张伟", "李娜"]
    document = "query($id: ID!, $day: Date) { person(id: $id) { roles(asOf: $day) employee(asOf: $day) { title } } }"
    for day, roles in (("2021-04-30", []), ("2021-05-01", ["EMPLOYEE"]), (None, ["EMPLOYEE"])):
        assert (await api(document, id=ids["Bo"], day=day))["person"]["roles"] == roles
    bo = Listing(api, "positions", "id", f'person(id: "{ids["Bo"]}")')
    await done(api, "positionEnd", {"id": (await bo.rows())[0], "until": "2026-07-01"})
    assert await Listing(api, "employees").rows() == []
    assert await Listing(api, "contacts").count() == 4


async def test_a_strict_viewer_sees_nothing_of_the_hidden(api: Api, writer: Writer, clock: FixedClock) -> None:
    ids = await crowd(writer, clock)
    api.viewer = STRICT
    people = Listing(api, "people")
    assert await people.rows("orderBy: [{ shortName: ASC }, { name: ASC }]") == ["Ann", "Bo", "张伟"]
    assert (await people.count(), await Listing(api, "contacts").count()) == (3, 2)
    for condition in ('shortName: { eq: "娜娜" }', 'identifiers: { some: { value: { eq: "7" } } }', f'id: {{ eq: "{ids["李娜"]}" }}'):
        assert await people.where(condition) == []
    former = Listing(api, "organizations").where('positions: { some: { person: { name: { eq: "李娜" } } } }')
    assert await former == []
    document = "query($id: ID!) { node(id: $id) { id } person(id: $id) { id } nodes(ids: [$id]) { id } "
    document += 'party(by: { identifier: { system: "crm", value: "7" } }) { id } }'
    assert await api(document, id=ids["李娜"]) == {"node": None, "person": None, "nodes": [None], "party": None}
    double = {"name": "L", "identifiers": [{"system": "crm", "value": "7"}]}
    assert (await problems(api, "personCreate", double))[0]["existing"] is None
    for asked in ("nodes { salutation }", "totalCount"):
        arguments = "" if "nodes" in asked else '(where: { salutation: { eq: "Dr" } })'
        assert await api.errors(f"{{ people{arguments} {{ {asked} }} }}") == [("You may not read Person.salutation.", ["people"])]
