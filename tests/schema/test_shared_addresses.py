"""An address that several parties have: whoever makes it so, or names it, is warned, as far as they may know of the others."""

from __future__ import annotations

from typing import Any

import pytest

from tests.schema.conftest import Api
from tests.schema.hiding import strict

MAIL = {"kind": "EMAIL", "value": "desk@acme.example"}
PATH = ["contactPoints", "0", "value"]


async def warned(api: Api, name: str, input: dict[str, Any], noun: str) -> tuple[str, list[Any]]:
    """The id of what was written, and each warning: its code, its path, what it names."""
    document = f"""mutation($input: {name[0].upper() + name[1:]}Input!) {{ done: {name}(input: $input) {{
        object: {noun} {{ id }} problems {{ message }} warnings {{ message code path ... on Duplicate {{ existing {{ id }} }} }} }} }}"""
    done = (await api(document, input=input))["done"]
    assert done["problems"] == []
    return done["object"]["id"], [(w["code"], w["path"], w["existing"] and w["existing"]["id"]) for w in done["warnings"]]


async def person(api: Api, name: str, *points: dict[str, Any], notes: str | None = None) -> tuple[str, list[Any]]:
    return await warned(api, "personCreate", {"name": name, "notes": notes, "contactPoints": list(points)}, "person")


async def mail(api: Api, address: str = MAIL["value"]) -> tuple[str, list[Any]]:
    participants = [{"role": "FROM", "address": "nobody@x.example"}, {"role": "TO", "address": address}]
    input = {"channel": "EMAIL", "occurredAt": "2026-06-01T02:00:00Z", "participants": participants}
    return await warned(api, "interactionRecord", input, "interaction")


@pytest.mark.parametrize(
    ("kind", "value", "again"),
    [
        ("EMAIL", "desk@acme.example", "Desk@ACME.example"),
        ("MOBILE", "13800138000", "+86 138-0013-8000"),
        ("WECHAT", "desk_1", "Desk_1"),
    ],
)
async def test_who_gives_an_address_to_a_second_party_is_told_whose_it_is(api: Api, kind: str, value: str, again: str) -> None:
    ann, nothing = await person(api, "Ann", {"kind": kind, "value": value})
    assert nothing == []
    same = {"kind": kind, "value": again}
    _, told = await person(api, "Bo", {"kind": "OTHER", "value": "Bo"}, same)
    assert told == [("DUPLICATE", ["contactPoints", "1", "value"], ann)]
    acme = {"name": "Acme", "kind": "COMPANY", "contactPoints": [same]}
    _, ((code, path, existing),) = await warned(api, "organizationCreate", acme, "organization")
    assert (code, path) == ("DUPLICATE", PATH)
    assert existing is not None


async def test_only_an_address_that_is_new_to_the_party_is_told(api: Api) -> None:
    ann, _ = await person(api, "Ann", MAIL)
    bo, _ = await person(api, "Bo")
    change: dict[str, Any] = {"id": bo, "version": 1, "contactPoints": [MAIL]}
    assert await warned(api, "personUpdate", change, "person") == (bo, [("DUPLICATE", PATH, ann)])
    change |= {"version": 2, "contactPoints": [MAIL, {"kind": "WECHAT", "value": "bo"}]}
    assert await warned(api, "personUpdate", change, "person") == (bo, [])


async def test_the_website_of_a_company_and_the_address_of_who_is_gone_are_no_surprise(api: Api) -> None:
    page = {"kind": "WEBSITE", "value": "https://acme.example"}
    ann, _ = await person(api, "Ann", page, MAIL)
    assert (await person(api, "Bo", page))[1] == []
    await api("mutation($id: ID!) { personDelete(input: { id: $id }) { problems { message } } }", id=ann)
    assert (await person(api, "Cai", MAIL))[1] == []


async def test_an_interaction_by_an_address_of_several_is_told_to_be_nobodys(api: Api) -> None:
    ann, _ = await person(api, "Ann", MAIL)
    assert (await mail(api))[1] == []
    bo, _ = await person(api, "Bo", MAIL)
    id, told = await mail(api)
    assert told == [("DUPLICATE", ["participants", "1", "address"], min(ann, bo))]
    shown = (await api("query($id: ID!) { interaction(id: $id) { participants { role party { id } } } }", id=id))["interaction"]
    assert {"role": "TO", "party": None} in shown["participants"]
    change: dict[str, Any] = {"id": id, "version": 1, "subject": "Tea"}
    assert (await warned(api, "interactionUpdate", change, "interaction"))[1] == []
    change = {"id": id, "version": 2, "participants": [{"role": "TO", "address": MAIL["value"]}]}
    assert await warned(api, "interactionUpdate", change, "interaction") == (
        id,
        [("DUPLICATE", ["participants", "0", "address"], min(ann, bo))],
    )


async def test_nobody_is_told_of_who_is_hidden_from_them(api: Api) -> None:
    everyone = api.viewer
    await person(api, "Spy", MAIL, notes="secret")
    api.viewer = strict("Person")
    ann, told = await person(api, "Ann", MAIL)
    assert told == []
    assert (await mail(api))[1] == [], "of the two they may know only one"
    assert (await person(api, "Bo", MAIL))[1] == [("DUPLICATE", PATH, ann)]
    _, ((_, _, existing),) = await mail(api)
    assert existing is not None
    api.viewer = everyone
    assert len((await mail(api))[1]) == 1


@pytest.mark.parametrize("field", ["ContactPoint.value", "Person.contactPoints"])
async def test_nobody_is_told_of_addresses_that_they_may_not_read(api: Api, field: str) -> None:
    await person(api, "Ann", {"kind": "EMAIL", "value": "secret@acme.example"}, MAIL)
    api.viewer = strict("ContactPoint")
    assert (await person(api, "Bo", {"kind": "EMAIL", "value": "secret@acme.example"}))[1] == []
    assert len((await person(api, "Cai", MAIL))[1]) == 1
    api.viewer = strict(hidden=(field,))
    assert (await person(api, "Dee", MAIL))[1] == []
    assert (await mail(api))[1] == []
