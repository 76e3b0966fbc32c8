"""Roles, ownership, partnership, supply, account teams and positions from files of their own."""

from __future__ import annotations

from graph.imports import Outcome
from tests.graph.imports.conftest import Ask, Import, told

COMPANIES = "key,name\na,Ada\nb,Byron\nc,Charles\n"
PEOPLE = "key,name,own\n1,Wei,yes\n2,Bob,\n"


async def test_roles_have_periods_and_do_not_overlap(load: Import, ask: Ask) -> None:
    rows = [
        "1,a,2020-01-01,2022-01-01,lost,企业客户",
        "2,a,2022-01-01,,Growing,",
        "3,a,2023-01-01,,,",
        "4,x,,,,",
        "5,b,2022-01-01,2021-01-01,,",
    ]
    header = "key,party_key,since,until,stage,segment\n"
    report = await load(organizations=COMPANIES, people=PEOPLE, customer_roles=header + "\n".join(rows))
    assert {line: column for line, column, _ in told(report)} == {4: "since", 5: "party_key", 6: "until"}
    query = (
        "MATCH (p:Customer)-[t:CUSTOMER_OF]->({own: true}) RETURN p.name, t.since, t.until, t.stage, t.segment, t.version ORDER BY t.since"
    )
    assert await ask(query) == [
        ("Ada", "2020-01-01", "2022-01-01", "LOST", "B2B", 1),
        ("Ada", "2022-01-01", None, "GROWING", None, 1),
    ]
    again = await load(customer_roles=header + "1,a,2020-01-01,2022-01-01,lost,\n2,a,2022-01-01,,mature,\n")
    assert again.counts == {Outcome.UPDATED: 2}
    assert [row[3:5] for row in await ask(query)] == [("LOST", None), ("MATURE", None)]


async def test_partners_and_suppliers_have_fields_of_their_own(load: Import, ask: Ask) -> None:
    report = await load(
        organizations=COMPANIES,
        people=PEOPLE,
        partner_roles="key,party_key,kind,tier\n1,a,渠道伙伴,Gold\n2,a,reseller,Silver\n3,2,,\n4,b,friend,\n",
        supplier_roles="key,party_key,category,criticality\n1,b,Chips,critical\n",
    )
    assert {line: column for line, column, _ in told(report)} == {3: "since", 5: "kind"}
    query = "MATCH (p:Partner)-[t:PARTNER_OF]->() RETURN p.name, t.kind, t.tier ORDER BY p.name"
    assert await ask(query) == [("Ada", "CHANNEL", "Gold"), ("Bob", None, None)]
    assert await ask("MATCH (:Supplier)-[t:SUPPLIER_OF]->() RETURN t.category, t.criticality") == [("Chips", "CRITICAL")]


async def test_ownership_keeps_its_rules(load: Import, ask: Ask) -> None:
    rows = ["1,a,b,subsidiary,60%,yes", "2,2,b,minority,0.4,", "3,b,a,minority,,", "4,c,b,holding,,yes", "5,a,2,minority,,"]
    header = "key,owner_key,owned_key,kind,share,controlling\n"
    report = await load(organizations=COMPANIES, people=PEOPLE, ownerships=header + "\n".join(rows))
    assert {line: column for line, column, _ in told(report)} == {4: "owned_key", 5: "controlling", 6: "owned_key"}
    query = "MATCH (a)-[t:OWNS]->(b) RETURN a.name, b.name, t.kind, t.share, t.controlling ORDER BY a.name"
    assert await ask(query) == [("Ada", "Byron", "SUBSIDIARY", 600_000, True), ("Bob", "Byron", "MINORITY", 400_000, False)]
    await load(ownerships=header + "1,c,b,subsidiary,60%,\n")
    assert (await ask(query))[1] == ("Charles", "Byron", "SUBSIDIARY", 600_000, False)


async def test_partnerships_and_supplies_join_any_two_parties(load: Import, ask: Ask) -> None:
    report = await load(
        organizations=COMPANIES,
        people=PEOPLE,
        partnerships="key,party_key,other_key,kind,since\n1,b,a,technology,2024-01-01\n2,a,a,,\n",
        supplies="key,supplier_key,buyer_key,category\n1,c,b,Ore\n",
    )
    assert [(line, column) for line, column, _ in told(report)] == [(3, "party_key")]
    assert await ask("MATCH (a)-[t:PARTNERS_WITH]->(b) RETURN t.kind, t.since, a.id < b.id") == [("TECHNOLOGY", "2024-01-01", True)]
    assert await ask("MATCH (a)-[t:SUPPLIES]->(b) RETURN a.name, b.name, t.category") == [("Charles", "Byron", "Ore")]
    await load(partnerships="key,party_key,other_key,kind,since\n1,b,c,technology,2024-01-01\n")
    assert sorted((await ask("MATCH (a)-[t:PARTNERS_WITH]->(b) RETURN a.name, b.name"))[0]) == ["Byron", "Charles"]


async def test_only_our_people_are_in_account_teams(load: Import, ask: Ask) -> None:
    rows = ["1,1,a,owner", "2,2,a,sales", "3,a,b,sales", "4,1,b,king"]
    report = await load(organizations=COMPANIES, people=PEOPLE, account_teams="key,person_key,party_key,role\n" + "\n".join(rows))
    assert {line: column for line, column, _ in told(report)} == {3: "person_key", 4: "person_key", 5: "role"}
    assert await ask("MATCH (p)-[t:COVERS]->(o) RETURN p.name, o.name, t.role") == [("Wei", "Ada", "OWNER")]


async def test_positions_may_be_vacant_past_or_second(load: Import, ask: Ask) -> None:
    rows = ["1,,a,Head of sales,,", "2,2,a,Clerk,2018,2020-05", "3,2,b,Chief,2020-05,", "4,2,c,Adviser,2021,", "5,2,c,Wrong,2021,2020"]
    header = "key,person_key,organization_key,title,since,until\n"
    report = await load(organizations=COMPANIES, people=PEOPLE, positions=header + "\n".join(rows))
    assert {line: column for line, column, _ in told(report)} == {6: "until"}
    query = "MATCH (p:Position)-[:AT]->(o) OPTIONAL MATCH (h)-[:HOLDS]->(p) RETURN p.title, o.name, h.name, p.primary ORDER BY p.title"
    found = [row for row in await ask(query) if row[0]]
    assert found == [
        ("Adviser", "Charles", "Bob", False),
        ("Chief", "Byron", "Bob", True),
        ("Clerk", "Ada", "Bob", True),
        ("Head of sales", "Ada", None, False),
    ]
    await load(positions=header + "1,2,a,Head of all sales,,\n")
    assert ("Head of all sales", "Ada", "Bob", False) in await ask(query)
