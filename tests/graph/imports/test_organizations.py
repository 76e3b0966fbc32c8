"""Organizations from files: what a row makes, what a changed row corrects, what it leaves alone."""

from __future__ import annotations

from graph import customers, organizations
from graph.fields import Reference
from graph.imports import Outcome
from graph.organizations import OrganizationCreate, OrganizationUpdate
from graph.writing import Writer
from tests.graph.imports.conftest import Ask, Import, told

COLUMNS = "key,name,short_name,legal_name,other_names,kind,industry,country,city,website,roles,owner_key,tags"


async def test_a_row_makes_an_organization_with_all_that_it_says(load: Import, ask: Ask) -> None:
    row = "7,远岫集团,远岫,远岫控股集团,Yuanxiu Group;远岫,企业,Holdings,China,杭州,yuanxiu.example,customer;供应商,,A;B"
    report = await load(organizations=f"{COLUMNS}\n{row}\n")
    assert (told(report), report.counts[Outcome.CREATED]) == ([], 1)
    found = (await ask("MATCH (o:Organization) WHERE o.name = '远岫集团' RETURN properties(o), labels(o)"))[0]
    expected = {
        "short_name": "远岫",
        "legal_name": "远岫控股集团",
        "other_names": ["Yuanxiu Group", "远岫"],
        "other_name_kinds": ["OTHER", "OTHER"],
        "kind": "COMPANY",
        "own": False,
        "industry": "Holdings",
        "address_country": "CN",
        "address_city": "杭州",
        "website": "https://yuanxiu.example",
        "tags": ["A", "B"],
        "domains": [],
        "version": 1,
    }
    assert {name: found[0][name] for name in expected} == expected
    assert set(found[1]) == {"Node", "Party", "Organization", "Customer", "Supplier"}
    assert "yuanxiu" in found[0]["search_text"]
    assert found[0]["sort_name"].startswith("~yuan")
    assert await ask("MATCH (:Organization)-[:IDENTIFIED_BY]->(i) RETURN i.system, i.value, i.key") == [("source:crm", "7", "source:crm|7")]
    assert (
        await ask("MATCH (:Party)-[t:CUSTOMER_OF|SUPPLIER_OF]->(o {own: true}) RETURN o.name, t.version, t.since")
        == [("观海科技", 1, None)] * 2
    )


async def test_it_equals_what_a_mutation_makes(load: Import, writer: Writer, ask: Ask) -> None:
    await load(organizations="key,name,country,website,tags\n1,Ada Ltd,GB,ada.example,x\n")
    given = {"name": "Ada Ltd", "address": {"country": "GB"}, "website": "ada.example", "tags": ["x"]}
    made = await organizations.create(writer, OrganizationCreate.parse(given))
    first, second = await ask("MATCH (o:Organization {name: 'Ada Ltd'}) RETURN properties(o) ORDER BY o.id = $id", id=made.id)
    assert {**first, "id": ""} == {**second, "id": ""}


async def test_our_own_company_of_the_same_name_is_meant_by_its_row(load: Import, ask: Ask) -> None:
    await load(organizations="key,name,own,city\nus,观海科技,yes,杭州\n")
    assert await ask("MATCH (o:Organization {own: true}) RETURN o.name, o.address_city") == [("观海科技", "杭州")]


async def test_owners_may_stand_further_down(load: Import, ask: Ask) -> None:
    await load(organizations="key,name,owner_key\na,Daughter,b\nb,Mother,\nc,Son,b\n")
    query = "MATCH (m)-[t:OWNS]->(o) RETURN m.name, o.name, t.kind, t.controlling ORDER BY o.name"
    assert await ask(query) == [("Mother", "Daughter", "SUBSIDIARY", True), ("Mother", "Son", "SUBSIDIARY", True)]


async def test_a_second_owner_takes_the_place_of_the_first(load: Import, ask: Ask) -> None:
    await load(organizations="key,name,owner_key\na,Daughter,b\nb,Mother,\nc,Buyer,\n")
    report = await load(organizations="key,name,owner_key\na,Daughter,c\nb,Mother,\nc,Buyer,\n")
    assert dict(report.counts) == {Outcome.UPDATED: 1, Outcome.UNCHANGED: 2}
    query = "MATCH (m)-[t:OWNS]->({name: 'Daughter'}) RETURN m.name, t.since, t.until, t.controlling ORDER BY m.name"
    assert await ask(query) == [("Buyer", "2026-07-01", None, True), ("Mother", None, "2026-07-01", True)]
    report = await load(organizations="key,name,owner_key\na,Daughter,\n")
    assert await ask("MATCH ()-[t:OWNS]->({name: 'Daughter'}) WHERE t.until IS NULL RETURN count(t)") == [0]


async def test_a_long_cell_is_repeated_in_brief(load: Import) -> None:
    long = "d" * 100
    report = await load(organizations=f"key,name,owner_key\n{long},D,{long}\ne,E,{'f' * 100}\n")
    assert told(report) == [
        (2, "owner_key", f"“{'d' * 60}…” stands below “{'d' * 60}…”: this would close a circle"),
        (3, "owner_key", f"this source has nothing with the key “{'f' * 60}…”"),
    ]
    report = await load(organizations=f"key,name,roles\ng,G,{'k' * 5_000}\n")
    assert [(column, why[:70]) for _, column, why in told(report)] == [("roles", f"“{'k' * 60}…” is not")]


async def test_circles_of_owners_are_refused_within_a_file_and_with_the_graph(load: Import, ask: Ask) -> None:
    report = await load(organizations="key,name,owner_key\na,A,b\nb,B,c\nc,C,a\nd,D,d\n")
    assert told(report) == [
        (4, "owner_key", "“a” stands below “c”: this would close a circle"),
        (5, "owner_key", "“d” stands below “d”: this would close a circle"),
    ]
    await load(organizations="key,name,owner_key\na,A,b\nb,B,c\nc,C,\n")
    report = await load(organizations="key,name,owner_key\nc,C,a\n")
    warnings = [(finding.line, finding.column, finding.reason.en) for finding in report.parts[0].warnings]
    assert warnings == [(2, "owner_key", "this would close a circle of owners")]
    assert await ask("MATCH ()-[t:OWNS]->({name: 'C'}) RETURN count(t)") == [0]


async def test_unknown_owners_and_wrong_words_are_refused_by_line_and_column(load: Import) -> None:
    rows = ["1,A,robot,,,", "2,B,,customer;enemy,,", "3,C,,,nobody,", "4,D,,,,Narnia", f"5,{'x' * 201},,,,", "6,F,,,,"]
    report = await load(organizations="key,name,kind,roles,owner_key,country\n" + "\n".join(rows))
    assert [(line, column) for line, column, _ in told(report)] == [
        (2, "kind"),
        (3, "roles"),
        (4, "owner_key"),
        (5, "country"),
        (6, "name"),
    ]
    assert report.counts[Outcome.CREATED] == 1
    reasons = {line: reason for line, _, reason in told(report)}
    for line, part in ((2, "must be one of"), (3, "enemy"), (4, "“nobody”"), (6, "at most 200")):
        assert part in reasons[line]


async def test_only_the_cells_that_changed_are_set(load: Import, writer: Writer, ask: Ask) -> None:
    columns = "key,name,city,industry,tags,other_names,email"
    await load(organizations=f"{columns}\n1,Ada,Paris,Steel,a;b,Countess,x@ada.example\n")
    found = (await ask("MATCH (o:Organization {name: 'Ada'}) RETURN o.id"))[0]
    edit = {"id": found, "version": 1, "industry": "Computing", "tags": ["b", "own"], "address": {"city": "Lyon"}}
    await organizations.update(writer, OrganizationUpdate.parse(edit))
    report = await load(organizations=f"{columns}\n1,Ada Byron,Paris,Steel,b;c,,y@ada.example\n")
    assert report.counts[Outcome.UPDATED] == 1
    query = "MATCH (o:Node {id: $id}) RETURN o.name, o.address_city, o.industry, o.tags, o.other_names, o.version"
    assert await ask(query, id=found) == [("Ada Byron", "Lyon", "Computing", ["b", "own", "c"], [], 3)]
    query = "MATCH (:Node {id: $id})-[:REACHED_AT]->(p) WHERE p.deleted_at IS NULL RETURN p.value, p.primary"
    assert await ask(query, id=found) == [("y@ada.example", True)]


async def test_a_correction_has_a_change_of_its_own_with_before_and_after(load: Import, ask: Ask) -> None:
    await load(organizations="key,name\n1,Ada\n")
    await load(organizations="key,name\n1,Byron\n")
    query = "MATCH (c:Change) RETURN c.action, c.actor, c.fields ORDER BY c.number DESC LIMIT 1"
    assert await ask(query) == [("UPDATE", "import:crm", '[["name", "Ada", "Byron"]]')]


async def test_an_emptied_cell_clears_what_the_import_had_set(load: Import, ask: Ask) -> None:
    columns = "key,name,kind,industry,country,city,domains"
    await load(organizations=f"{columns}\n1,Ada,school,Steel,FR,Paris,ada.example\n")
    await load(organizations=f"{columns}\n1,Ada,,,FR,,\n")
    query = "MATCH (o:Organization {name: 'Ada'}) RETURN o.kind, o.industry, o.address_country, o.address_city, o.domains"
    assert await ask(query) == [("COMPANY", None, "FR", None, [])]


async def test_a_file_with_fewer_columns_leaves_the_others_alone(load: Import, ask: Ask) -> None:
    await load(organizations="key,name,city\n1,Ada,Paris\n")
    report = await load(organizations="key,name\n1,Ada\n")
    assert report.counts[Outcome.UNCHANGED] == 1
    report = await load(organizations="key,name,city\n1,Ada,Paris\n")
    assert report.counts[Outcome.UNCHANGED] == 1


async def test_roles_that_the_source_adds_start_and_those_it_takes_back_end(load: Import, writer: Writer, ask: Ask) -> None:
    await load(organizations="key,name,roles\n1,Ada,customer\n")
    await load(organizations="key,name,roles\n1,Ada,partner\n")
    query = "MATCH (:Organization {name: 'Ada'})-[t]->({own: true}) RETURN type(t), t.since, t.until ORDER BY type(t), t.since"
    assert await ask(query) == [("CUSTOMER_OF", None, "2026-07-01"), ("PARTNER_OF", None, None)]
    await load(organizations="key,name,roles\n1,Ada,partner;customer\n")
    assert await ask(query) == [("CUSTOMER_OF", "2026-07-01", None), ("CUSTOMER_OF", None, "2026-07-01"), ("PARTNER_OF", None, None)]
    assert set((await ask("MATCH (o:Organization {name: 'Ada'}) RETURN labels(o)"))[0]) >= {"Customer", "Partner"}


async def test_a_role_that_a_user_gave_is_not_given_twice(load: Import, writer: Writer, ask: Ask) -> None:
    await load(organizations="key,name,roles\n1,Ada,\n")
    ada = (await ask("MATCH (o:Organization {name: 'Ada'}) RETURN o.id"))[0]
    await customers.start(writer, customers.CustomerStart(party=ada))
    report = await load(organizations="key,name,roles\n1,Ada,customer\n")
    assert report.counts[Outcome.UPDATED] == 1
    assert await ask("MATCH ()-[t:CUSTOMER_OF]->() RETURN count(t)") == [1]


async def test_what_a_user_deleted_stays_deleted(load: Import, writer: Writer, ask: Ask) -> None:
    await load(organizations="key,name\n1,Ada\n2,Bob\n")
    ada = (await ask("MATCH (o:Organization {name: 'Ada'}) RETURN o.id"))[0]
    await organizations.delete(writer, Reference(id=ada))
    assert (await load(organizations="key,name\n1,Ada\n2,Bob\n")).counts == {Outcome.UNCHANGED: 2}
    report = await load(organizations="key,name\n1,Ada Byron\n2,Bob\n")
    assert told(report) == [(2, "", "what it became was deleted here since")]
    assert await ask("MATCH (o:Organization) WHERE o.name STARTS WITH 'Ada' AND o.deleted_at IS NULL RETURN count(o)") == [0]


async def test_a_party_that_has_the_key_as_an_identifier_is_meant(load: Import, writer: Writer, ask: Ask) -> None:
    given = {"name": "Ada", "industry": "Steel", "identifiers": [{"system": "source:crm", "value": "1"}]}
    made = await organizations.create(writer, OrganizationCreate.parse(given))
    report = await load(organizations="key,name,city\n1,Ada Byron,Paris\n")
    assert report.counts == {Outcome.UPDATED: 1}
    query = "MATCH (o:Organization {own: false}) RETURN o.id, o.name, o.address_city, o.industry"
    assert await ask(query) == [(made.id, "Ada Byron", "Paris", "Steel")]
    assert (await load(organizations="key,name,city\n1,Ada Byron,Paris\n")).counts == {Outcome.UNCHANGED: 1}
