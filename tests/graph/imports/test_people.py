"""People from files, with their positions: ours and theirs, moves, superiors, addresses."""

from __future__ import annotations

import pytest

from graph import interactions, people, positions
from graph.imports import Outcome
from graph.interactions import InteractionRecord
from graph.people import PersonCreate, PersonUpdate
from graph.positions import PositionUpdate
from graph.writing import Writer
from tests.graph.imports.conftest import Ask, Import, told

COLUMNS = "key,name,family_name,given_name,email,mobile,wechat,salutation,organization_key,title,department,seniority,since,until,tags"
COMPANIES = "key,name\na,Ada Ltd\nb,Byron Ltd\n"


async def test_a_row_makes_a_person_with_a_position_and_addresses(load: Import, ask: Ask) -> None:
    row = "7,张伟,张,伟,Wei@Ada.example,13800000001,weizhang,张总,a,总经理,管理层,最高层,2019-03,,关键人"
    report = await load(organizations=COMPANIES, people=f"{COLUMNS}\n{row}\n")
    assert (told(report), report.counts[Outcome.CREATED]) == ([], 3)
    found, labels = (await ask("MATCH (p:Person) RETURN properties(p), labels(p)"))[0]
    assert (found["name"], found["family_name"], found["salutation"], found["tags"]) == ("张伟", "张", "张总", ["关键人"])
    assert (found["network_opt_out"], found["version"]) == (False, 1)
    assert set(labels) == {"Node", "Party", "Person", "Contact"}
    query = "MATCH (:Person)-[:REACHED_AT]->(c) RETURN c.kind, c.value, c.match, c.primary ORDER BY c.kind"
    assert await ask(query) == [
        ("EMAIL", "Wei@ada.example", "EMAIL|wei@ada.example", True),
        ("MOBILE", "+8613800000001", "PHONE|+8613800000001", True),
        ("WECHAT", "weizhang", "WECHAT|weizhang", True),
    ]
    query = "MATCH (:Person)-[:HOLDS]->(p)-[:AT]->(o) RETURN o.name, p.kind, p.title, p.department, p.seniority, p.since, p.primary"
    assert await ask(query) == [("Ada Ltd", "EMPLOYEE", "总经理", "管理层", "TOP", "2019-03", True)]


async def test_it_equals_what_a_mutation_makes(load: Import, writer: Writer, ask: Ask) -> None:
    await load(organizations=COMPANIES, people="key,name,organization_key,title,email\n1,Ada Byron,a,Chief,ada@ada.example\n")
    place = (await ask("MATCH (o {name: 'Ada Ltd'}) RETURN o.id"))[0]
    points = [{"kind": "EMAIL", "value": "ada@ada.example"}]
    given = {"name": "Ada Byron", "contactPoints": points, "position": {"organization": place, "title": "Chief"}}
    made = await people.create(writer, PersonCreate.parse(given))
    query = """
    MATCH (c)<-[:REACHED_AT]-(p:Person {name: 'Ada Byron'})-[:HOLDS]->(n:Position)
    RETURN properties(p), labels(p), properties(n), properties(c) ORDER BY p.id = $id
    """
    first, second = [
        [{**part, "id": ""} if isinstance(part, dict) else sorted(part) for part in row] for row in await ask(query, id=made.id)
    ]
    assert first == second


async def test_people_of_an_own_company_are_employees(load: Import, ask: Ask) -> None:
    rows = ["1,Now,us,,,", "2,Was,us,,,2020-01-01", "3,Will,us,,2030-01-01,", "4,Short,,yes,,", "5,Theirs,a,,,", "6,Nobody,,,,"]
    organizations = "key,name,own\nus,观海科技,true\na,Ada,\n"
    report = await load(organizations=organizations, people="key,name,organization_key,own,since,until\n" + "\n".join(rows))
    assert told(report) == []
    labels = {name: set(labels) - {"Node", "Party", "Person"} for name, labels in await ask("MATCH (p:Person) RETURN p.name, labels(p)")}
    both = {"Employee", "Contact"}
    assert labels == {"Now": {"Employee"}, "Was": both, "Will": both, "Short": {"Employee"}, "Theirs": {"Contact"}, "Nobody": {"Contact"}}


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        ("1,A,nobody@,,,,,", "email", "not an e-mail address"),
        ("1,A,,12,,,,", "mobile", "not a phone number"),
        ("1,A,,,x,,,", "organization_key", "“x”"),
        ("1,A,,,,Chief,,", "organization_key", "required"),
        ("1,A,,,a,,2026-13,", "since", "not a date"),
        ("1,A,,,a,,2026,2025", "until", "before"),
        ("1,,,,,,,", "name", "required"),
        (",A,,,,,,", "key", "required"),
        ("1,A\0,,,,,,", "name", "control characters"),
    ],
)
async def test_a_wrong_row_is_refused_by_its_column(load: Import, row: str, column: str, reason: str) -> None:
    report = await load(organizations=COMPANIES, people=f"key,name,email,mobile,organization_key,title,since,until\n{row}\n")
    ((line, named, why),) = told(report)
    assert (line, named) == (2, column)
    assert reason in why


async def test_an_organization_does_not_do_for_a_person_nor_the_reverse(load: Import) -> None:
    report = await load(organizations=COMPANIES, people="key,name,organization_key,reports_to_key\n1,A,2,\n2,B,a,b\n")
    assert told(report) == [(2, "organization_key", "this source has nothing with the key “2”")]
    assert [finding.reason.en for finding in report.parts[1].warnings] == ["“b” is no person"]
    long = await load(people=f"key,name,organization_key\n3,C,{'c' * 150}\n")
    assert told(long) == [(2, "organization_key", f"this source has nothing with the key “{'c' * 60}…”")]
    assert [why for _, _, why in told(await load(people="key,name\na,A\n"))] == ["this key is taken by one of organizations"]


async def test_one_key_space_holds_all_parties(load: Import) -> None:
    report = await load(organizations=COMPANIES, people="key,name\na,A\nz,Z\nz,ZZ\n")
    assert told(report) == [(2, "key", "line 2 of organizations.csv has this key already"), (4, "key", "line 3 has this key already")]


async def test_superiors_may_stand_further_down_and_need_a_position(load: Import, ask: Ask) -> None:
    rows = ["1,Clerk,a,3", "2,Lost,,3", "3,Chief,a,", "4,Clerk two,a,5", "5,Free,,", "6,Abroad,b,3"]
    report = await load(organizations=COMPANIES, people="key,name,organization_key,reports_to_key\n" + "\n".join(rows))
    assert report.refused == 0
    warnings = [(finding.line, finding.reason.en) for finding in report.parts[1].warnings]
    assert warnings == [(3, "one of both has no current position"), (5, "one of both has no current position")]
    query = "MATCH (a)-[:HOLDS]->()-[:REPORTS_TO]->()<-[:HOLDS]-(b) RETURN a.name, b.name ORDER BY a.name"
    assert await ask(query) == [("Abroad", "Chief"), ("Clerk", "Chief")]
    again = await load(people="key,name,organization_key,reports_to_key\n1,Clerk,a,6\n6,Abroad,b,\n")
    assert again.counts == {Outcome.UPDATED: 2}
    assert await ask(query) == [("Clerk", "Abroad")]


async def test_unknown_superiors_and_circles_are_refused(load: Import, ask: Ask) -> None:
    rows = ["1,A,a,2", "2,B,a,3", "3,C,a,1", "4,D,a,nobody"]
    report = await load(organizations=COMPANIES, people="key,name,organization_key,reports_to_key\n" + "\n".join(rows))
    assert [(line, column) for line, column, _ in told(report)] == [(4, "reports_to_key"), (5, "reports_to_key")]
    await load(people="key,name,organization_key,reports_to_key\n2,B,a,3\n3,C,a,\n")
    report = await load(people="key,name,organization_key,reports_to_key\n3,C,a,1\n")
    assert [finding.reason.en for finding in report.parts[0].warnings] == ["this would close a circle of superiors"]
    assert await ask("MATCH (:Person {name: 'C'})-[:HOLDS]->(p)-[:REPORTS_TO]->() RETURN count(p)") == [0]


async def test_a_changed_title_changes_the_position_that_the_import_made(load: Import, writer: Writer, ask: Ask) -> None:
    await load(organizations=COMPANIES, people="key,name,organization_key,title,department\n1,A,a,Clerk,Sales\n")
    position = (await ask("MATCH (p:Position) RETURN p.id"))[0]
    await positions.update(writer, PositionUpdate.parse({"id": position, "version": 1, "department": "Marketing"}))
    await load(people="key,name,organization_key,title,department\n1,A,a,Chief,Sales\n")
    assert await ask("MATCH (p:Position) RETURN p.id, p.title, p.department, p.version") == [(position, "Chief", "Marketing", 3)]


async def test_a_new_organization_is_a_move_and_none_is_the_end(load: Import, ask: Ask) -> None:
    columns = "key,name,organization_key,title,since"
    await load(organizations=COMPANIES, people=f"{columns}\n1,A,a,Clerk,2020\n")
    await load(people=f"{columns}\n1,A,b,Chief,2026-05\n")
    query = "MATCH (:Person)-[:HOLDS]->(p)-[:AT]->(o) RETURN o.name, p.title, p.since, p.until, p.primary ORDER BY o.name"
    assert await ask(query) == [("Ada Ltd", "Clerk", "2020", "2026-05", True), ("Byron Ltd", "Chief", "2026-05", None, True)]
    await load(people=f"{columns}\n1,A,,,\n")
    assert (await ask(query))[1] == ("Byron Ltd", "Chief", "2026-05", "2026-07-01", True)


async def test_who_comes_to_us_becomes_an_employee(load: Import, ask: Ask) -> None:
    await load(organizations=COMPANIES, people="key,name,organization_key,own\n1,A,a,\n")
    await load(people="key,name,organization_key,own\n1,A,,yes\n")
    labels = (await ask("MATCH (p:Person) RETURN labels(p)"))[0]
    assert {"Employee", "Contact"} <= set(labels)


async def test_of_the_addresses_only_the_one_that_changed_is_replaced(load: Import, writer: Writer, ask: Ask) -> None:
    await load(people="key,name,email,mobile\n1,A,old@a.example,13800000001\n")
    person = (await ask("MATCH (p:Person) RETURN p.id"))[0]
    points = [{"kind": "EMAIL", "value": value} for value in ("old@a.example", "own@a.example")]
    points.append({"kind": "MOBILE", "value": "13800000002"})
    await people.update(writer, PersonUpdate.parse({"id": person, "version": 1, "contactPoints": points}))
    await load(people="key,name,email,mobile\n1,A,new@a.example,13800000001\n")
    query = "MATCH (:Person)-[:REACHED_AT]->(c) WHERE c.deleted_at IS NULL RETURN c.value ORDER BY c.value"
    assert await ask(query) == ["+8613800000002", "new@a.example", "own@a.example"]


async def test_who_gets_an_address_gets_its_past_mail(load: Import, writer: Writer, ask: Ask) -> None:
    guests = [{"role": "FROM", "address": "ada@ada.example"}, {"role": "TO", "address": "bob@bob.example"}]
    told_of = {"channel": "EMAIL", "occurredAt": "2026-06-01T00:00:00Z", "participants": guests}
    await interactions.record(writer, InteractionRecord.parse(told_of))
    await load(people="key,name,email\n1,Ada,ada@ada.example\n2,Bob,bob@bob.example\n")
    assert await ask("MATCH (u:UnclaimedAddress) RETURN count(u)") == [0]
    assert await ask("MATCH (a)-[k:KNOWS]-(b) RETURN DISTINCT k.count") == [1]
    assert await ask("MATCH (p:Person) RETURN DISTINCT p.last_interaction_at") == ["2026-06-01T00:00:00.000000Z"]


async def test_opting_out_is_set_and_taken_back(load: Import, ask: Ask) -> None:
    await load(people="key,name,network_opt_out\n1,A,是\n")
    assert await ask("MATCH (p:Person) RETURN p.network_opt_out") == [True]
    await load(people="key,name,network_opt_out\n1,A,\n")
    assert await ask("MATCH (p:Person) RETURN p.network_opt_out") == [False]


async def test_a_bare_number_is_one_of_the_country_in_its_row(load: Import, ask: Ask) -> None:
    await load(people="key,name,country,phone\n1,A,DE,030 231250123\n2,B,,010 60000012\n")
    assert await ask("MATCH (c:ContactPoint) RETURN c.kind, c.value ORDER BY c.value") == [
        ("LANDLINE", "+4930231250123"),
        ("LANDLINE", "+861060000012"),
    ]


async def test_the_history_of_a_party_tells_of_its_imports(load: Import, ask: Ask) -> None:
    people = "key,name,organization_key,reports_to_key\n1,Ada,a,\n2,Bob,a,1\n"
    await load(organizations=COMPANIES, people=people, interactions="key,occurred_at,channel,from_key\n1,2026-01-01,CALL,2\n")
    query = "MATCH (c:Change {action: 'IMPORT'})-[:ABOUT]->(n:Party) RETURN n.name, count(c) ORDER BY n.name"
    # Bob again with his superior; nobody for the call, of which the log tells the number alone.
    assert await ask(query) == [("Ada", 1), ("Ada Ltd", 1), ("Bob", 2), ("Byron Ltd", 1)]
