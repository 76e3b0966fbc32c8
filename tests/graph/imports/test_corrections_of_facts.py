"""A changed row of each noun beside parties: every column is taken, alone, and what was deleted here does not come back."""

from __future__ import annotations

from typing import Any

import pytest

from graph import rebuild
from graph.imports import Outcome
from graph.writing import Writer
from tests.graph import given
from tests.graph.imports.conftest import Ask, Import, told

WORLD = {
    "organizations": "key,name\na,Ada\nb,Byron\nc,Charles\n",
    "people": "key,name,own,email\n1,Wei,yes,wei@us.example\n2,Bob,,bob@bob.example\n3,Cid,yes,\n",
    "products": "key,name,unit_price\nx,Chai,10\ny,Chang,5\n",
    "orders": "key,customer_key,ordered_at\no,a,2026-05-01\np,a,2026-05-02\n",
    "order_lines": "order_key,product_key,quantity\np,y,1\n",
}
PERIOD = {"since": "2020-01-01", "until": "2030-01-01"}
ROWS: dict[str, dict[str, str]] = {
    "products": {
        "key": "t",
        "name": "Tea",
        "category": "Drinks",
        "supplier_key": "b",
        "unit_price": "3",
        "unit_cost": "1",
        "currency": "EUR",
    },
    "orders": {
        "key": "q",
        "number": "7",
        "customer_key": "a",
        "ordered_at": "2026-05-01",
        "seller_key": "1",
        "partner_key": "b",
        "currency": "EUR",
    },
    "order_lines": {"order_key": "o", "product_key": "x", "quantity": "2", "unit_price": "4", "discount": "0.1", "unit_cost": "1"},
    "interactions": {
        "key": "i",
        "channel": "email",
        "occurred_at": "2026-05-01T10:00:00Z",
        "from": "1",
        "to": "2",
        "cc": "x@new.example",
        "bcc": "",
        "subject": "Tea",
        "summary": "Long",
        "sentiment": "0.5",
        "purpose": "care",
        "outcome": "Good",
        "direction": "outbound",
        "visibility": "team",
        "ended_at": "2026-05-01T11:00:00Z",
    },
    "referrals": {
        "key": "r",
        "referrer_key": "a",
        "referred_key": "b",
        "occurred_at": "2026-05-01",
        "channel": "call",
        "status": "open",
        "would_have_joined_anyway": "no",
        "reward": "5",
        "note": "Note",
    },
    "customer_roles": {"key": "1", "party_key": "a", **PERIOD, "stage": "growing", "segment": "b2b"},
    "partner_roles": {"key": "1", "party_key": "a", **PERIOD, "kind": "channel", "tier": "Gold"},
    "supplier_roles": {"key": "1", "party_key": "a", **PERIOD, "category": "Ore", "criticality": "critical"},
    "ownerships": {"key": "1", "owner_key": "a", "owned_key": "b", "kind": "holding", "share": "0.6", "controlling": "yes", **PERIOD},
    "partnerships": {"key": "1", "party_key": "a", "other_key": "b", "kind": "technology", **PERIOD},
    "supplies": {"key": "1", "supplier_key": "a", "buyer_key": "b", "category": "Ore", **PERIOD},
    "account_teams": {"key": "1", "person_key": "1", "party_key": "a", "role": "sales", **PERIOD},
    "positions": {
        "key": "1",
        "person_key": "2",
        "organization_key": "a",
        "kind": "adviser",
        "title": "Chief",
        "department": "Tea",
        "seniority": "top",
        "primary": "yes",
        "since": "2020",
        "until": "2030-05",
    },
}
FOUND = {
    "products": "MATCH (n:Product {name: $name}) OPTIONAL MATCH (s)-[:OFFERS]->(n) RETURN n {.*, supplier: s.name}",
    "orders": """MATCH (a)-[:BOUGHT]->(n:Order) WHERE n.total = 0 AND coalesce(n.number, '') <> '' OR n.currency = 'EUR'
        OPTIONAL MATCH (s)-[:SOLD]->(n) OPTIONAL MATCH (p)-[:BROUGHT]->(n) RETURN n {.*, buyer: a.name, seller: s.name, partner: p.name}""",
    "order_lines": "MATCH (n:Order {total: 0}) RETURN n",
    "interactions": "MATCH (n:Interaction) RETURN properties(n)",
    "referrals": "MATCH (a)-[:MADE]->(n:Referral)-[:LED_TO]->(b) RETURN n {.*, referrer: a.name, referred: b.name}",
    "customer_roles": "MATCH (a)-[t:CUSTOMER_OF]->(b) RETURN t {.*, party: a.name}",
    "partner_roles": "MATCH (a)-[t:PARTNER_OF]->(b) RETURN t {.*, party: a.name}",
    "supplier_roles": "MATCH (a)-[t:SUPPLIER_OF]->(b) RETURN t {.*, party: a.name}",
    "ownerships": "MATCH (a)-[t:OWNS]->(b) RETURN t {.*, owner: a.name, owned: b.name}",
    "partnerships": "MATCH (a)-[t:PARTNERS_WITH]-(b {name: 'Ada'}) RETURN t {.*, other: a.name}",
    "supplies": "MATCH (a)-[t:SUPPLIES]->(b) RETURN t {.*, supplier: a.name, buyer: b.name}",
    "account_teams": "MATCH (a)-[t:COVERS]->(b) RETURN t {.*, person: a.name, party: b.name}",
    "positions": """MATCH (n:Position {kind: $kind})-[:AT]->(o) OPTIONAL MATCH (h)-[:HOLDS]->(n)
        RETURN n {.*, organization: o.name, holder: h.name}""",
}
DAYS: list[tuple[str, str, str, Any]] = [
    ("since", "2021-01-01", "since", "2021-01-01"),
    ("since", "", "since", None),
    ("until", "2031-01-01", "until", "2031-01-01"),
    ("until", "", "until", None),
]
CELLS: list[tuple[str, str, str, str, Any]] = [
    ("products", "category", "", "category", None),
    ("products", "supplier_key", "1", "supplier", "Wei"),
    ("products", "supplier_key", "", "supplier", None),
    ("products", "unit_price", "3.5", "unit_price", 3_500_000),
    ("products", "unit_price", "", "unit_price", None),
    ("products", "unit_cost", "", "unit_cost", None),
    ("products", "currency", "JPY", "currency", "JPY"),
    ("orders", "number", "8", "number", "8"),
    ("orders", "customer_key", "2", "buyer", "Bob"),
    ("orders", "ordered_at", "2026-05-03T00:00:00Z", "ordered_at", "2026-05-03T00:00:00.000000Z"),
    ("orders", "seller_key", "2", "seller", "Bob"),
    ("orders", "seller_key", "", "seller", None),
    ("orders", "partner_key", "c", "partner", "Charles"),
    ("orders", "partner_key", "", "partner", None),
    ("orders", "currency", "", "currency", "CNY"),
    ("interactions", "channel", "call", "channel", "CALL"),
    ("interactions", "occurred_at", "2026-05-01T09:00:00Z", "occurred_at", "2026-05-01T09:00:00.000000Z"),
    ("interactions", "subject", "", "subject", None),
    ("interactions", "summary", "Short", "summary", "Short"),
    ("interactions", "sentiment", "-1", "sentiment", -1.0),
    ("interactions", "sentiment", "", "sentiment", None),
    ("interactions", "purpose", "", "purpose", None),
    ("interactions", "outcome", "Bad", "outcome", "Bad"),
    ("interactions", "direction", "internal", "direction", "INTERNAL"),
    ("interactions", "visibility", "private", "visibility", "PRIVATE"),
    ("interactions", "visibility", "", "visibility", "EVERYONE"),
    ("interactions", "ended_at", "", "ended_at", None),
    ("referrals", "referrer_key", "2", "referrer", "Bob"),
    ("referrals", "referred_key", "c", "referred", "Charles"),
    ("referrals", "occurred_at", "2026-05-02T00:00:00Z", "occurred_at", "2026-05-02T00:00:00.000000Z"),
    ("referrals", "channel", "", "channel", None),
    ("referrals", "status", "lost", "status", "LOST"),
    ("referrals", "would_have_joined_anyway", "yes", "would_have_joined_anyway", True),
    ("referrals", "would_have_joined_anyway", "", "would_have_joined_anyway", None),
    ("referrals", "reward", "6", "reward", 6_000_000),
    ("referrals", "note", "", "note", None),
    ("customer_roles", "party_key", "b", "party", "Byron"),
    ("customer_roles", "stage", "", "stage", None),
    ("customer_roles", "segment", "b2c", "segment", "B2C"),
    ("partner_roles", "kind", "", "kind", None),
    ("partner_roles", "tier", "Silver", "tier", "Silver"),
    ("supplier_roles", "category", "", "category", None),
    ("supplier_roles", "party_key", "2", "party", "Bob"),
    ("ownerships", "owner_key", "2", "owner", "Bob"),
    ("ownerships", "owned_key", "c", "owned", "Charles"),
    ("ownerships", "kind", "branch", "kind", "BRANCH"),
    ("ownerships", "share", "", "share", None),
    ("ownerships", "share", "25%", "share", 250_000),
    ("ownerships", "controlling", "", "controlling", False),
    ("ownerships", "controlling", "no", "controlling", False),
    ("partnerships", "other_key", "c", "other", "Charles"),
    ("partnerships", "kind", "", "kind", None),
    ("supplies", "supplier_key", "c", "supplier", "Charles"),
    ("supplies", "buyer_key", "2", "buyer", "Bob"),
    ("supplies", "category", "", "category", None),
    ("account_teams", "person_key", "3", "person", "Cid"),
    ("account_teams", "party_key", "2", "party", "Bob"),
    ("account_teams", "role", "owner", "role", "OWNER"),
    ("positions", "person_key", "3", "holder", "Cid"),
    ("positions", "person_key", "", "holder", None),
    ("positions", "organization_key", "b", "organization", "Byron"),
    ("positions", "title", "", "title", None),
    ("positions", "department", "Ore", "department", "Ore"),
    ("positions", "seniority", "staff", "seniority", "STAFF"),
    ("positions", "primary", "no", "primary", False),
    ("positions", "primary", "", "primary", False),
    ("positions", "since", "2021-02", "since", "2021-02"),
    ("positions", "until", "", "until", None),
    ("positions", "until", "2031", "until", "2031"),
    *(("customer_roles", *day) for day in DAYS),
    *(("ownerships", *day) for day in DAYS),
    *(("partnerships", *day) for day in DAYS),
    *(("supplies", *day) for day in DAYS),
]
# What follows a cell of its own accord.
FOLLOWS = {"version", "updated_at", "search_text", "direction", "direction_given", "qualified_at", "closed_at", "currency", "crowd"}


def file(noun: str, **cells: str) -> dict[str, str]:
    row = {**ROWS[noun], **cells}
    return {noun: f"{','.join(row)}\n{','.join(row.values())}\n"}


async def begun(load: Import, noun: str) -> None:
    """A world in which the row of a noun was imported."""
    await load(**WORLD)
    report = await load(**file(noun))
    assert (told(report), report.counts) == ([], {Outcome.CREATED: 1})


async def stored(ask: Ask, noun: str, **parameters: Any) -> dict[str, Any]:
    (found,) = await ask(FOUND[noun], **parameters)
    return dict(found)


@pytest.mark.parametrize(("noun", "column", "cell", "name", "value"), CELLS, ids=[f"{row[0]} {row[1]}={row[2]}" for row in CELLS])
async def test_a_changed_cell_is_taken_and_the_others_stay(
    load: Import, ask: Ask, noun: str, column: str, cell: str, name: str, value: Any
) -> None:
    await begun(load, noun)
    before = await stored(ask, noun, name="Tea", kind="ADVISER")
    report = await load(**file(noun, **{column: cell}))
    assert (told(report), report.counts) == ([], {Outcome.UPDATED: 1})
    after = await stored(ask, noun, name="Tea", kind="ADVISER")
    assert after.get(name) == value != before.get(name)
    assert after["version"] == before["version"] + 1
    ignored = FOLLOWS | {name} | ({"primary"} if name == "holder" else set())
    rest = [{key: value for key, value in each.items() if key not in ignored and value is not None} for each in (before, after)]
    assert rest[0] == rest[1]
    assert (await load(**file(noun, **{column: cell}))).counts == {Outcome.UNCHANGED: 1}


@pytest.mark.parametrize("noun", [noun for noun in ROWS if noun != "order_lines"])
async def test_what_was_deleted_here_stays_deleted(load: Import, writer: Writer, ask: Ask, noun: str) -> None:
    await begun(load, noun)
    (object,) = await ask(
        "MATCH (n:Imported) WHERE n.noun = $noun AND n.key STARTS WITH 'crm|' RETURN n.object ORDER BY n.object DESC LIMIT 1", noun=noun
    )
    await given.run(writer.database, "MATCH (n) WHERE n.id = $id SET n.deleted_at = $now", id=object, now=writer.now())
    await given.run(writer.database, "MATCH ()-[t]->() WHERE t.id = $id SET t.deleted_at = $now", id=object, now=writer.now())
    column, cell = next((each[1], each[2]) for each in CELLS if each[0] == noun)
    report = await load(**file(noun, **{column: cell}))
    assert told(report) == [(2, "", "what it became was deleted here since")]
    assert report.counts == {Outcome.REFUSED: 1}


@pytest.mark.parametrize(
    ("column", "cell", "total", "margin"),
    [
        ("quantity", "3", 10_800_000, 7_800_000),
        ("unit_price", "5", 9_000_000, 7_000_000),
        ("unit_price", "", 18_000_000, 16_000_000),
        ("discount", "", 8_000_000, 6_000_000),
        ("discount", "50%", 4_000_000, 2_000_000),
        ("unit_cost", "2", 7_200_000, 3_200_000),
    ],
)
async def test_a_changed_line_changes_the_sums_of_its_order(
    load: Import, ask: Ask, column: str, cell: str, total: int, margin: int
) -> None:
    await begun(load, "order_lines")
    query = "MATCH (n:Order)-[:CONTAINS]->(:Product {name: 'Chai'}) RETURN n.total, n.margin"
    assert await ask(query) == [(7_200_000, 5_200_000)]
    report = await load(**file("order_lines", **{column: cell}))
    assert (told(report), report.counts) == ([], {Outcome.UPDATED: 1})
    assert await ask(query) == [(total, margin)]
    assert await ask("MATCH (n:Order)-[:CONTAINS]->(:Product {name: 'Chang'}) RETURN n.total") == [5_000_000]


@pytest.mark.parametrize("column", ["from", "to", "cc", "bcc"])
async def test_who_took_part_may_change_and_acquaintance_follows(load: Import, writer: Writer, ask: Ask, column: str) -> None:
    await begun(load, "interactions")
    await load(**file("interactions", **{column: "3;y@new.example"}))
    query = "MATCH (x)-[t:TOOK_PART]->(:Interaction) RETURN t.role, coalesce(x.name, x.value) ORDER BY t.role, coalesce(x.name, x.value)"
    roles = {"FROM": ["Wei"], "TO": ["Bob"], "CC": ["x@new.example"], "BCC": []} | {column.upper(): ["Cid", "y@new.example"]}
    assert await ask(query) == sorted((role, name) for role, names in roles.items() for name in names)
    known = await ask("MATCH (a)-[k:KNOWS]->(b) RETURN k.pair, k.count ORDER BY k.pair")
    await rebuild.rebuild(writer)
    assert await ask("MATCH (a)-[k:KNOWS]->(b) RETURN k.pair, k.count ORDER BY k.pair") == known
