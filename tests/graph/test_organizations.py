from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

import pytest

from graph import changes, organizations, positions
from graph.changes import ChangeAction
from graph.errors import NotFound, ProblemCode, Problems, Refused, Stale
from graph.fields import Reference
from graph.organizations import OrganizationCreate, OrganizationUpdate
from graph.positions import PositionEnding
from graph.writing import Writer, Written
from tests.graph import given, log


async def update(writer: Writer, id: str, version: int = 1, **fields: Any) -> Written:
    return await organizations.update(writer, OrganizationUpdate.parse({"id": id, "version": version, **fields}))


async def test_an_organization_is_stored_whole(writer: Writer) -> None:
    id = await given.organization(
        writer,
        "Huawei Technologies",
        shortName="华为",
        legalName="华为技术有限公司",
        otherNames=[{"name": "HW", "kind": "NICKNAME"}, {"name": "Hua Wei"}],
        industry="Telecoms",
        website="huawei.com",
        domains=["Huawei.com", "huawei.com"],
        address={"country": "cn", "city": "深圳", "postalCode": "518129"},
        tags=["key account"],
        notes="一\n二",
    )
    assert await given.labels(writer.database, id) == {"Node", "Party", "Organization"}
    stored = await given.node(writer.database, id)
    assert stored.pop("sort_name") == "huawei technologies"
    assert {"hw", "hua", "jishuyouxiangongsi", "jsyxgs", "华为", "technologies"} <= set(stored.pop("search_text").split())
    assert stored == {
        "id": id,
        "version": 1,
        "created_at": writer.now(),
        "updated_at": writer.now(),
        "name": "Huawei Technologies",
        "short_name": "华为",
        "legal_name": "华为技术有限公司",
        "other_names": ["HW", "Hua Wei"],
        "other_name_kinds": ["NICKNAME", "OTHER"],
        "kind": "COMPANY",
        "own": False,
        "industry": "Telecoms",
        "website": "https://huawei.com",
        "domains": ["huawei.com"],
        "address_country": "CN",
        "address_city": "深圳",
        "address_postal_code": "518129",
        "tags": ["key account"],
        "notes": "一\n二",
    }


async def test_what_is_always_there_is_there(writer: Writer) -> None:
    stored = await given.node(writer.database, await given.organization(writer))
    empty = {name: stored[name] for name in ("own", "kind", "tags", "domains", "other_names", "other_name_kinds")}
    assert empty == {"own": False, "kind": "COMPANY", "tags": [], "domains": [], "other_names": [], "other_name_kinds": []}


async def test_an_update_changes_what_is_given(writer: Writer) -> None:
    id = await given.organization(writer, "Acme", shortName="A", industry="Steel", tags=["x"], address={"city": "Bonn", "line": "Am Hof 1"})
    await update(writer, id, name="张氏集团", shortName=None, tags=None, address={"city": "Köln"})
    stored = await given.node(writer.database, id)
    assert (stored["name"], stored["industry"], stored["tags"], stored["version"]) == ("张氏集团", "Steel", [], 2)
    assert "short_name" not in stored
    assert (stored["address_city"], stored["address_line"]) == ("Köln", "Am Hof 1")
    assert (stored["sort_name"][:7], "zsjt" in stored["search_text"]) == ("~zhang ", True)
    (change,) = await log.after(writer.database, 1)
    assert {field.name: (field.before, field.after) for field in change.fields} == {
        "name": ("Acme", "张氏集团"),
        "shortName": ("A", None),
        "tags": ('["x"]', "[]"),
        "address.city": ("Bonn", "Köln"),
    }
    assert (change.action, change.subjects) == (ChangeAction.UPDATE, (id,))


async def test_the_whole_address_and_other_names_can_be_cleared(writer: Writer) -> None:
    id = await given.organization(writer, address={"city": "Bonn", "country": "DE"}, otherNames=[{"name": "B"}])
    await update(writer, id, address=None, otherNames=None)
    stored = await given.node(writer.database, id)
    assert not [name for name in stored if name.startswith("address")]
    assert (stored["other_names"], stored["other_name_kinds"]) == ([], [])
    assert stored["search_text"] == "acme"


@pytest.mark.parametrize("field", ["name", "kind", "own"])
async def test_what_an_organization_always_has_cannot_be_cleared(field: str) -> None:
    with pytest.raises(Problems) as caught:
        OrganizationUpdate.parse({"id": "1", "version": 1, field: None})
    assert [(problem.code, problem.path) for problem in caught.value.problems] == [(ProblemCode.REQUIRED, (field,))]


async def test_an_update_needs_the_present_version_of_an_organization(writer: Writer) -> None:
    id, ann = await given.organization(writer), await given.person(writer)
    with pytest.raises(Stale):
        await update(writer, id, 2, name="B")
    for other in (ann, "7"):
        with pytest.raises(NotFound):
            await update(writer, other, name="B")


async def test_eight_updates_of_one_version_are_not_lost(writer: Writer) -> None:
    id = await given.organization(writer)
    outcomes = await asyncio.gather(*(update(writer, id, tags=[str(number)]) for number in range(8)), return_exceptions=True)
    assert Counter(type(outcome) for outcome in outcomes) == {Written: 1, Stale: 7}


async def test_a_deleted_organization_is_hidden_until_it_is_restored(writer: Writer) -> None:
    id = await given.organization(writer)
    await organizations.delete(writer, Reference(id=id, version=1))
    assert (await given.node(writer.database, id))["deleted_at"] == writer.now()
    for attempt in (update(writer, id, 2, name="B"), organizations.delete(writer, Reference(id=id))):
        with pytest.raises(NotFound):
            await attempt
    await organizations.restore(writer, Reference(id=id))
    await organizations.restore(writer, Reference(id=id))
    stored = await given.node(writer.database, id)
    assert (stored["version"], "deleted_at" in stored) == (3, False)
    assert [change.action for change in await log.after(writer.database, 0)] == [
        ChangeAction.CREATE,
        ChangeAction.DELETE,
        ChangeAction.RESTORE,
    ]


async def test_deleting_and_restoring_may_ask_for_a_version(writer: Writer) -> None:
    id, ann = await given.organization(writer), await given.person(writer)
    for attempt in (organizations.delete, organizations.restore):
        with pytest.raises(Stale):
            await attempt(writer, Reference(id=id, version=2))
        with pytest.raises(NotFound):
            await attempt(writer, Reference(id=ann))


async def test_a_creation_may_be_repeated(writer: Writer) -> None:
    acme = OrganizationCreate.parse({"name": "Acme", "idempotencyKey": "k", "identifiers": [{"system": "duns", "value": "1"}]})
    assert await organizations.create(writer, acme) == await organizations.create(writer, acme)


async def test_our_first_company_is_made_once(writer: Writer) -> None:
    await given.warm(writer.database)
    made = await asyncio.gather(*(organizations.ensure_own(writer) for _ in range(8)))
    assert len(set(made)) == 1
    stored = await given.node(writer.database, made[0])
    assert (stored["name"], stored["own"]) == (writer.customs.company, True)
    assert await organizations.ensure_own(writer) == made[0]
    assert await changes.head(writer.database) == 1


async def test_the_last_of_our_companies_stays(writer: Writer) -> None:
    we, us = await given.own(writer, "We"), await given.own(writer, "Us")
    await update(writer, us, own=False)
    with pytest.raises(Refused) as caught:
        await update(writer, we, own=False)
    assert caught.value.path == ("own",)
    with pytest.raises(Refused):
        await organizations.delete(writer, Reference(id=we))
    await given.own(writer, "Them")
    await organizations.delete(writer, Reference(id=we))


async def test_of_eight_own_companies_one_stays_when_all_are_given_up_at_once(writer: Writer) -> None:
    ours = [await given.own(writer, f"We {number}") for number in range(8)]
    attempts = (update(writer, id, own=False) for id in ours)
    outcomes = Counter(type(outcome) for outcome in await asyncio.gather(*attempts, return_exceptions=True))
    assert outcomes == {Written: 7, Refused: 1}


async def test_people_of_a_company_that_becomes_ours_are_employees(writer: Writer) -> None:
    await given.own(writer)
    acme = await given.organization(writer)
    ann = await given.person(writer, position={"organization": acme})
    bob = await given.person(writer, "Bob", position={"organization": acme})
    await positions.end(
        writer, PositionEnding(id=await given.value(writer.database, "MATCH (:Node {id: $id})-[:HOLDS]->(p) RETURN p.id", id=bob))
    )
    await update(writer, acme, own=True)
    for person in (ann, bob):
        assert {"Contact", "Employee"} <= await given.labels(writer.database, person)


async def test_people_of_a_company_that_is_ours_no_more_are_contacts(writer: Writer) -> None:
    await given.own(writer)
    first, second = await given.own(writer, "A"), await given.own(writer, "B")
    ann = await given.person(writer, position={"organization": first})
    bob = await given.person(writer, "Bob", position={"organization": second})
    assert "Contact" not in await given.labels(writer.database, ann) | await given.labels(writer.database, bob)
    await update(writer, first, own=False)
    await organizations.delete(writer, Reference(id=second))
    for person in (ann, bob):
        assert {"Contact", "Employee"} <= await given.labels(writer.database, person)
