"""What a second import takes of a changed row: the cells that differ, beside whatever users have made of it meanwhile."""

from __future__ import annotations

from typing import Any

import pytest

from graph import customers, organizations, people, positions
from graph.fields import Reference
from graph.imports import Outcome
from graph.organizations import OrganizationCreate, OrganizationUpdate
from graph.people import PersonCreate, PersonUpdate
from graph.positions import PositionEnding, PositionStart
from graph.writing import Writer
from tests.graph.imports.conftest import Ask, Import, told

COMPANIES = "key,name\na,Ada Ltd\nb,Byron Ltd\n"
HELD = "key,name,organization_key,position_kind,title,department,seniority,since,until"
POSITIONS = """MATCH (p:Person)-[:HOLDS]->(n:Position)-[:AT]->(o) WHERE n.deleted_at IS NULL
RETURN o.name, n.title, n.since, n.until ORDER BY o.name, coalesce(n.since, '')"""


async def only(ask: Ask, label: str) -> str:
    (id,) = await ask(f"MATCH (n:{label}) WHERE n.deleted_at IS NULL AND coalesce(n.own, false) = false RETURN n.id")
    return str(id)


@pytest.mark.parametrize(
    ("column", "before", "after", "stored"),
    [
        ("position_kind", "director", "顾问", ("kind", "ADVISER")),
        ("position_kind", "director", "", ("kind", "EMPLOYEE")),
        ("title", "Clerk", "Chief", ("title", "Chief")),
        ("title", "Clerk", "", ("title", None)),
        ("department", "", "Sales", ("department", "Sales")),
        ("seniority", "staff", "高管", ("seniority", "EXECUTIVE")),
        ("seniority", "staff", "", ("seniority", None)),
        ("since", "2020", "2020-05", ("since", "2020-05")),
        ("since", "2020", "", ("since", None)),
        ("until", "", "2026", ("until", "2026")),
        ("until", "2027", "", ("until", None)),
    ],
)
async def test_a_changed_cell_changes_the_position_there_is(
    load: Import, ask: Ask, column: str, before: str, after: str, stored: tuple[str, Any]
) -> None:
    usual = {"key": "1", "name": "A", "organization_key": "a", "position_kind": "owner", "title": "T", "department": "D"}
    usual |= {"seniority": "top", "since": "2019", "until": "2030"}

    def rows(cell: str) -> str:
        return f"{HELD}\n{','.join({**usual, column: cell}.values())}\n"

    await load(organizations=COMPANIES, people=rows(before))
    (had,) = await ask("MATCH (n:Position) RETURN properties(n)")
    report = await load(people=rows(after))
    assert (told(report), report.counts) == ([], {Outcome.UPDATED: 1})
    (made,) = await ask("MATCH (n:Position) RETURN properties(n)")
    assert (made["id"], made["version"], made.get(stored[0])) == (had["id"], 2, stored[1])
    ignored = {stored[0], "version", "search_text"}
    assert {name: value for name, value in made.items() if name not in ignored} == {n: v for n, v in had.items() if n not in ignored}
    assert (await load(people=rows(after))).counts == {Outcome.UNCHANGED: 1}


async def test_who_has_no_position_any_more_gets_a_new_one(load: Import, writer: Writer, ask: Ask) -> None:
    await load(organizations=COMPANIES, people=f"{HELD}\n1,A,a,,Clerk,,,2020,\n")
    await positions.delete(writer, Reference(id=await only(ask, "Position")))
    await load(people=f"{HELD}\n1,A,a,,Chief,,,2020,\n")
    assert await ask(POSITIONS) == [("Ada Ltd", "Chief", "2020", None)]


@pytest.mark.parametrize("until", ["2024-03", "2027"])
async def test_a_move_leaves_an_end_that_a_user_has_set(load: Import, writer: Writer, ask: Ask, until: str) -> None:
    await load(organizations=COMPANIES, people=f"{HELD}\n1,A,a,,Clerk,,,2020,\n")
    await positions.end(writer, PositionEnding(id=await only(ask, "Position"), until=until))
    await load(people=f"{HELD}\n1,A,b,,Clerk,,,2026,\n")
    assert await ask(POSITIONS) == [("Ada Ltd", "Clerk", "2020", until), ("Byron Ltd", "Clerk", "2026", None)]


async def test_a_position_of_a_users_making_is_left_alone(load: Import, writer: Writer, ask: Ask) -> None:
    await load(organizations=COMPANIES, people=f"{HELD}\n1,A,,,,,,,\n")
    (byron,) = await ask("MATCH (o {name: 'Byron Ltd'}) RETURN o.id")
    await positions.start(writer, PositionStart(organization=byron, person=await only(ask, "Person"), title="Own", since="2020"))
    await load(people=f"{HELD}\n1,A,a,,Clerk,,,2021,\n")
    assert await ask(POSITIONS) == [("Ada Ltd", "Clerk", "2021", None), ("Byron Ltd", "Own", "2020", None)]
    await load(people=f"{HELD}\n1,A,,,,,,,\n")
    assert await ask(POSITIONS) == [("Ada Ltd", "Clerk", "2021", "2026-07-01"), ("Byron Ltd", "Own", "2020", None)]


async def test_who_was_one_of_ours_and_leaves_is_a_contact(load: Import, ask: Ask) -> None:
    columns = "key,name,organization_key,own,since"
    await load(organizations=COMPANIES, people=f"{columns}\n1,A,,yes,2020\n")
    await load(people=f"{columns}\n1,A,b,,2026\n")
    assert await ask(POSITIONS) == [("Byron Ltd", None, "2026", None), ("观海科技", None, "2020", "2026")]
    assert set((await ask("MATCH (p:Person) RETURN labels(p)"))[0]) >= {"Employee", "Contact"}


@pytest.mark.parametrize(("since", "labels"), [("2026-07-01", {"Employee"}), ("2026-07-02", {"Employee", "Contact"})])
async def test_one_of_ours_from_tomorrow_on_is_a_contact_until_then(load: Import, ask: Ask, since: str, labels: set[str]) -> None:
    await load(people=f"key,name,own,since\n1,A,yes,{since}\n")
    assert set((await ask("MATCH (p:Person) RETURN labels(p)"))[0]) == {"Node", "Party", "Person"} | labels


async def test_a_row_is_ours_or_an_organizations(load: Import, ask: Ask) -> None:
    report = await load(organizations=COMPANIES, people="key,name,organization_key,own\n1,A,a,yes\n2,B,a,no\n3,C,,yes\n")
    assert told(report) == [(2, "own", "the row names an organization already; leave one of both out")]
    assert await ask("MATCH (p:Person)-[:HOLDS]->()-[:AT]->(o) RETURN p.name, o.name ORDER BY p.name") == [
        ("B", "Ada Ltd"),
        ("C", "观海科技"),
    ]


SUPERIORS = """MATCH (a:Person)-[:HOLDS]->(:Position)-[:REPORTS_TO]->(s:Position)-[:AT]->(o), (s)<-[:HOLDS]-(b:Person)
RETURN a.name, b.name, o.name ORDER BY a.name"""
REPORTING = "key,name,organization_key,reports_to_key"


async def second_position(writer: Writer, ask: Ask, person: str, place: str, **fields: Any) -> str:
    (who,) = await ask("MATCH (p:Person {name: $name}) RETURN p.id", name=person)
    (where,) = await ask("MATCH (o:Organization {name: $name}) RETURN o.id", name=place)
    return (await positions.start(writer, PositionStart.parse({"person": who, "organization": where, **fields}))).id


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        # The one at the same organization, then the primary one.
        ({"place": "Ada Ltd"}, "Ada Ltd"),
        ({"place": "Ada Ltd", "until": "2026-07-02"}, "Ada Ltd"),
        ({"place": "Ada Ltd", "until": "2026-07-01"}, "Byron Ltd"),
        ({"place": "观海科技"}, "Byron Ltd"),
        ({"place": "观海科技", "primary": True}, "观海科技"),
    ],
)
async def test_of_several_positions_of_a_superior_one_is_meant(
    load: Import, writer: Writer, ask: Ask, fields: dict[str, Any], place: str
) -> None:
    await load(organizations=COMPANIES, people=f"{REPORTING}\n1,Clerk,a,\n2,Chief,b,\n")
    await second_position(writer, ask, "Chief", **fields)
    await load(people=f"{REPORTING}\n1,Clerk,a,2\n2,Chief,b,\n")
    assert await ask(SUPERIORS) == [("Clerk", "Chief", place)]


async def test_a_superior_whose_position_was_deleted_has_none(load: Import, writer: Writer, ask: Ask) -> None:
    await load(organizations=COMPANIES, people=f"{REPORTING}\n1,Clerk,a,\n2,Chief,,\n")
    await positions.delete(writer, Reference(id=await second_position(writer, ask, "Chief", "Ada Ltd")))
    report = await load(people=f"{REPORTING}\n1,Clerk,a,2\n2,Chief,,\n")
    assert [finding.reason.en for finding in report.parts[0].warnings] == ["one of both has no current position"]
    assert await ask(SUPERIORS) == []


async def test_a_superior_is_replaced_and_taken_away_with_a_change_that_says_so(load: Import, ask: Ask) -> None:
    people = f"{REPORTING}\n1,Clerk,a,%s\n2,Chief,a,\n3,Other,a,\n"
    await load(organizations=COMPANIES, people=people % "2")
    by_name = dict(await ask("MATCH (p:Person)-[:HOLDS]->(n) RETURN p.name, n.id"))
    last = "MATCH (c:Change) RETURN c.action, c.fields ORDER BY c.number DESC LIMIT 1"
    for given, superiors, before, after in (
        ("3", [("Clerk", "Other", "Ada Ltd")], "Chief", "Other"),
        ("", [], "Other", None),
    ):
        assert (await load(people=people % given)).counts == {Outcome.UPDATED: 1, Outcome.UNCHANGED: 2}
        assert await ask(SUPERIORS) == superiors
        ((action, fields),) = await ask(last)
        shown = f'"{by_name["Clerk"]}.reportsTo", "{by_name[before]}", ' + (f'"{by_name[after]}"' if after else "null")
        assert (action, shown in fields) == ("IMPORT", True)
        assert (await load(people=people % given)).counts == {Outcome.UNCHANGED: 3}


async def test_roles_of_a_person_follow_the_source_and_nothing_else(load: Import, writer: Writer, ask: Ask) -> None:
    columns = "key,name,salutation,roles"
    await load(people=f"{columns}\n1,A,Ms,customer\n")
    ada = await only(ask, "Person")
    (tie,) = await ask("MATCH ()-[t:CUSTOMER_OF]->() RETURN t.id")
    await customers.delete(writer, Reference(id=tie))
    await load(people=f"{columns}\n1,A,Dr,customer\n")
    current = "MATCH (:Node {id: $id})-[t]->({own: true}) WHERE t.deleted_at IS NULL RETURN type(t), t.until ORDER BY type(t)"
    assert await ask(current, id=ada) == []
    await load(people=f"{columns}\n1,A,Dr,customer;supplier\n")
    assert await ask(current, id=ada) == [("SUPPLIER_OF", None)]
    await load(people=f"{columns}\n1,A,Dr,\n")
    assert await ask(current, id=ada) == [("SUPPLIER_OF", "2026-07-01")]
    report = await load(people=f"{columns}\n1,A,Dr,enemy\n")
    ((line, column, reason),) = told(report)
    assert (line, column) == (2, "roles")
    assert "enemy" in reason


async def test_other_names_of_users_stay_with_their_kinds(load: Import, writer: Writer, ask: Ask) -> None:
    await load(organizations="key,name,other_names\n1,Ada,Old;Older\n")
    ada = await only(ask, "Organization")
    names = [{"name": "Older"}, {"name": "Old", "kind": "FORMER"}, {"name": "Own", "kind": "NICKNAME"}]
    await organizations.update(writer, OrganizationUpdate.parse({"id": ada, "version": 1, "otherNames": names}))
    await load(organizations="key,name,other_names\n1,Ada,Old;New;Own\n")
    query = "MATCH (o:Node {id: $id}) RETURN o.other_names, o.other_name_kinds"
    assert await ask(query, id=ada) == [(["Old", "Own", "New"], ["FORMER", "NICKNAME", "OTHER"])]
    await load(organizations="key,name,other_names\n1,Ada,\n")
    assert await ask(query, id=ada) == [([], [])]


async def test_tags_of_users_stay(load: Import, writer: Writer, ask: Ask) -> None:
    await load(people="key,name,tags\n1,A,x;y\n")
    ada = await only(ask, "Person")
    await people.update(writer, PersonUpdate.parse({"id": ada, "version": 1, "tags": ["y", "own", "z"]}))
    await load(people="key,name,tags\n1,A,z;x\n")
    assert await ask("MATCH (p:Node {id: $id}) RETURN p.tags", id=ada) == [["own", "z", "x"]]


POINTS = "MATCH (:Person)-[:REACHED_AT]->(c) WHERE c.deleted_at IS NULL RETURN c.kind, c.value, c.extension, c.primary ORDER BY c.value"


async def test_an_address_that_a_user_gave_already_is_not_there_twice(load: Import, writer: Writer, ask: Ask) -> None:
    await load(people="key,name,email,wechat\n1,A,a@a.example,\n")
    ada = await only(ask, "Person")
    points = [{"kind": "EMAIL", "value": "a@a.example"}, {"kind": "EMAIL", "value": "b@b.example", "primary": True}]
    points.append({"kind": "WECHAT", "value": "ada"})
    await people.update(writer, PersonUpdate.parse({"id": ada, "version": 1, "contactPoints": points}))
    report = await load(people="key,name,email,wechat\n1,A,B@b.example,Ada\n")
    assert (told(report), report.counts) == ([], {Outcome.UPDATED: 1})
    assert await ask(POINTS) == [("WECHAT", "ada", None, True), ("EMAIL", "b@b.example", None, True)]


async def test_an_address_that_moves_to_another_column_stays(load: Import, ask: Ask) -> None:
    await load(people="key,name,mobile,phone\n1,A,13800000001,\n")
    await load(people="key,name,mobile,phone\n1,A,13800000002,13800000001\n")
    assert await ask(POINTS) == [("MOBILE", "+8613800000001", None, True), ("MOBILE", "+8613800000002", None, False)]


async def test_the_extension_of_a_number_is_kept(load: Import, writer: Writer, ask: Ask) -> None:
    await load(people="key,name,email,phone\n1,A,a@a.example,010 60000012 ext. 5\n")
    assert await ask(POINTS) == [("LANDLINE", "+861060000012", "5", True), ("EMAIL", "a@a.example", None, True)]
    await load(people="key,name,email,phone\n1,A,b@a.example,010 60000012 ext. 5\n")
    assert await ask(POINTS) == [("LANDLINE", "+861060000012", "5", True), ("EMAIL", "b@a.example", None, True)]


@pytest.mark.parametrize("noun", ["organizations", "people"])
async def test_what_was_deleted_here_is_refused_by_its_line_alone(load: Import, writer: Writer, ask: Ask, noun: str) -> None:
    columns = "key,name,email,roles"
    await load(**{noun: f"{columns}\n1,A,a@a.example,\n2,B,b@b.example,\n"})
    (gone,) = await ask("MATCH (p:Party {name: 'A'}) RETURN p.id")
    await (people if noun == "people" else organizations).delete(writer, Reference(id=gone))
    report = await load(**{noun: f"{columns}\n1,A,c@c.example,customer\n2,BB,c@c.example,\n"})
    assert told(report) == [(2, "", "what it became was deleted here since")]
    assert report.counts == {Outcome.REFUSED: 1, Outcome.UPDATED: 1}
    assert await ask("MATCH (p:Party) WHERE p.deleted_at IS NULL AND coalesce(p.own, false) = false RETURN p.name") == ["BB"]
    assert await ask("MATCH ()-[t:CUSTOMER_OF]->() RETURN count(t)") == [0]


@pytest.mark.parametrize(("there", "noun"), [("people", "organizations"), ("organizations", "people")])
async def test_a_key_that_identifies_one_of_another_kind_is_refused(load: Import, writer: Writer, there: str, noun: str) -> None:
    given = {"name": "Ada", "identifiers": [{"system": "source:crm", "value": "1"}]}
    if there == "people":
        await people.create(writer, PersonCreate.parse(given))
    else:
        await organizations.create(writer, OrganizationCreate.parse(given))
    assert told(await load(**{noun: "key,name\n1,Ada\n2,Bob\n"})) == [(2, "key", f"this key is taken by one of {there}")]


async def test_a_correction_that_is_wrong_leaves_all_of_its_row_as_it_was(load: Import, ask: Ask) -> None:
    columns = "key,name,email,organization_key,since,until"
    await load(organizations=COMPANIES, people=f"{columns}\n1,A,a@a.example,a,2020,\n2,B,,,,\n")
    before = await ask("MATCH (p:Person {name: 'A'})-[:HOLDS]->(n) RETURN properties(p), properties(n)")
    report = await load(people=f"{columns}\n1,AA,b@a.example,a,2020,2019\n2,BB,,,,\n")
    assert [(line, column) for line, column, _ in told(report)] == [(2, "until")]
    assert report.counts == {Outcome.REFUSED: 1, Outcome.UPDATED: 1}
    assert await ask("MATCH (p:Person {name: 'A'})-[:HOLDS]->(n) RETURN properties(p), properties(n)") == before
    assert (await load(people=f"{columns}\n1,AA,b@a.example,a,2020,2021\n2,BB,,,,\n")).counts == {Outcome.UPDATED: 1, Outcome.UNCHANGED: 1}
