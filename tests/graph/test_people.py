from __future__ import annotations

from typing import Any

import pytest

from graph import organizations, people, positions
from graph.analyses import influence, referral_value
from graph.changes import ChangeAction
from graph.errors import NotFound, ProblemCode, Problems, Stale, WriteProblem
from graph.fields import Reference
from graph.people import PersonCreate, PersonUpdate
from graph.positions import PositionUpdate
from graph.writing import Writer
from tests.graph import given, log


async def only_position(writer: Writer) -> dict[str, Any]:
    return dict(await given.value(writer.database, "MATCH (p:Position) RETURN properties(p)"))


async def test_a_person_is_stored_whole(writer: Writer) -> None:
    id = await given.person(
        writer,
        "曾伟",
        familyName="曾",
        givenName="伟",
        salutation="曾总",
        otherNames=[{"name": "Wayne Zeng", "kind": "TRANSLATION"}],
        networkOptOut=True,
        address={"city": "上海"},
        tags=["golf"],
        notes="likes tea",
        shortName="阿伟",
    )
    assert await given.labels(writer.database, id) == {"Node", "Party", "Person", "Contact"}
    stored = await given.node(writer.database, id)
    assert stored.pop("sort_name") == "~zeng 曾~wei 伟"
    assert {"zengwei", "cengwei", "zw", "wayne", "awei", "曾"} <= set(stored.pop("search_text").split())
    assert stored == {
        "id": id,
        "version": 1,
        "created_at": writer.now(),
        "updated_at": writer.now(),
        "name": "曾伟",
        "short_name": "阿伟",
        "family_name": "曾",
        "given_name": "伟",
        "salutation": "曾总",
        "other_names": ["Wayne Zeng"],
        "other_name_kinds": ["TRANSLATION"],
        "network_opt_out": True,
        "address_city": "上海",
        "tags": ["golf"],
        "notes": "likes tea",
    }


async def test_nobody_is_opted_out_unasked(writer: Writer) -> None:
    assert (await given.node(writer.database, await given.person(writer)))["network_opt_out"] is False
    with pytest.raises(Problems) as caught:
        PersonUpdate.parse({"id": "1", "version": 1, "networkOptOut": None, "name": ""})
    assert {problem.path for problem in caught.value.problems} == {("networkOptOut",), ("name",)}


async def test_a_person_comes_with_their_position(writer: Writer) -> None:
    acme = await given.organization(writer)
    ann = await given.person(writer, position={"organization": acme, "title": "Buyer", "department": "采购部", "since": "2020-05"})
    position = await only_position(writer)
    assert (position["title"], position["since"], position["primary"], position["kind"]) == ("Buyer", "2020-05", True, "EMPLOYEE")
    query = "MATCH (p:Node {id: $ann})-[:HOLDS]->(q:Position)-[:AT]->(o:Node {id: $acme}) RETURN count(*)"
    assert await given.value(writer.database, query, ann=ann, acme=acme) == 1
    (change,) = await log.after(writer.database, 1)
    assert change.subjects == (ann, position["id"])
    assert {field.name: field.after for field in change.fields}["position.title"] == "Buyer"


async def test_a_person_with_a_wrong_position_is_not_made(writer: Writer) -> None:
    acme, ann = await given.organization(writer), await given.person(writer)
    wrong: list[tuple[dict[str, Any], tuple[str, ...]]] = [
        ({"organization": "7"}, ("position", "organization")),
        ({"organization": ann}, ("position", "organization")),
        ({"organization": acme, "reportsTo": acme}, ("position", "reportsTo")),
        ({"organization": acme, "since": "2020", "until": "2019"}, ("position", "until")),
    ]
    for position, path in wrong:
        with pytest.raises(WriteProblem) as caught:
            await given.person(writer, "Bob", position=position)
        assert caught.value.path == path
    for incomplete in ({}, {"organization": acme, "person": ann}):
        with pytest.raises(Problems):
            PersonCreate.parse({"name": "Bob", "position": incomplete})
    assert await given.value(writer.database, "MATCH (p:Person) RETURN count(p)") == 1


@pytest.mark.parametrize(
    ("own", "period", "labels"),
    [
        (False, {}, {"Contact"}),
        (True, {}, {"Employee"}),
        (True, {"since": "2026-07-01"}, {"Employee"}),
        (True, {"since": "2026-08-01"}, {"Employee", "Contact"}),
        (True, {"until": "2027"}, {"Employee", "Contact"}),
        (True, {"since": "2019", "until": "2020"}, {"Employee", "Contact"}),
    ],
)
async def test_labels_say_what_a_person_is_was_or_will_be(writer: Writer, own: bool, period: dict[str, str], labels: set[str]) -> None:
    company = await given.organization(writer, own=own)
    created = await given.person(writer, position={"organization": company, **period})
    assert await given.labels(writer.database, created) == {"Node", "Party", "Person", *labels}
    started = await given.person(writer, "Bob")
    await given.position(writer, started, company, **period)
    assert await given.labels(writer.database, started) == {"Node", "Party", "Person", "Contact", *labels}


async def test_an_update_changes_what_is_given(writer: Writer) -> None:
    ann = await given.person(writer, "Ann Lee", familyName="Lee", salutation="Ms Lee")
    await people.update(writer, PersonUpdate.parse({"id": ann, "version": 1, "name": "Zoë Lee", "familyName": "Lee", "salutation": None}))
    stored = await given.node(writer.database, ann)
    assert (stored["name"], stored["sort_name"], stored["search_text"]) == ("Zoë Lee", "zoe lee", "zoe lee")
    assert [field.name for field in (await log.after(writer.database, 1))[0].fields] == ["name", "salutation"]
    with pytest.raises(Stale):
        await people.update(writer, PersonUpdate(id=ann, version=1, name="Ann"))


async def test_an_organization_is_no_person(writer: Writer) -> None:
    acme = await given.organization(writer)
    for attempt in (
        people.update(writer, PersonUpdate(id=acme, version=1, name="Ann")),
        people.delete(writer, Reference(id=acme)),
        people.restore(writer, Reference(id=acme)),
    ):
        with pytest.raises(NotFound):
            await attempt


async def test_a_deleted_person_is_hidden_with_their_positions(writer: Writer) -> None:
    acme = await given.organization(writer)
    ann = await given.person(writer, position={"organization": acme})
    position = (await only_position(writer))["id"]
    await people.delete(writer, Reference(id=ann, version=1))
    for attempt in (
        people.update(writer, PersonUpdate(id=ann, version=2, name="Bob")),
        people.delete(writer, Reference(id=ann)),
        positions.update(writer, PositionUpdate(id=position, version=1, title="Boss")),
        positions.delete(writer, Reference(id=position)),
    ):
        with pytest.raises(NotFound):
            await attempt
    with pytest.raises(NotFound) as caught:
        await given.position(writer, ann, acme)
    assert caught.value.path == ("person",)


async def test_a_restored_person_has_all_again(writer: Writer) -> None:
    acme = await given.organization(writer)
    ann = await given.person(writer, position={"organization": acme})
    await people.delete(writer, Reference(id=ann))
    await people.restore(writer, Reference(id=ann))
    assert (await given.node(writer.database, ann))["version"] == 3
    await positions.update(writer, PositionUpdate(id=(await only_position(writer))["id"], version=1, title="Boss"))
    actions = [change.action for change in await log.after(writer.database, 2)]
    assert actions == [ChangeAction.DELETE, ChangeAction.RESTORE, ChangeAction.UPDATE]


async def test_the_positions_of_a_deleted_organization_are_hidden(writer: Writer) -> None:
    acme = await given.organization(writer)
    await given.person(writer, position={"organization": acme})
    await organizations.delete(writer, Reference(id=acme))
    with pytest.raises(NotFound):
        await positions.update(writer, PositionUpdate(id=(await only_position(writer))["id"], version=1, title="Boss"))


@pytest.mark.parametrize("name", ["", " ", "a\0b", "a" * 201, None, 7])
def test_a_name_is_a_name(name: Any) -> None:
    with pytest.raises(Problems) as caught:
        PersonCreate.parse({"name": name})
    assert caught.value.problems[0].code in (ProblemCode.REQUIRED, ProblemCode.INVALID, ProblemCode.TOO_LONG)


async def test_who_opts_out_leaves_the_rankings_at_once(writer: Writer) -> None:
    ann = await given.person(writer)
    scores = dict.fromkeys((*influence._KEPT.properties, *referral_value._KEPT.properties), 1.0)
    await given.run(writer.database, "MATCH (n:Node {id: $id}) SET n += $scores", id=ann, scores=scores)
    await people.update(writer, PersonUpdate.parse({"id": ann, "version": 1, "salutation": "Dr"}))
    assert (await given.node(writer.database, ann))["influence_score"] == 1.0
    await people.update(writer, PersonUpdate.parse({"id": ann, "version": 2, "networkOptOut": True}))
    left = await given.node(writer.database, ann)
    assert [name for name in left if name in scores] == []
