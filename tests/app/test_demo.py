"""The demonstration: loaded by way of the import, the same every time, with something to see for every field."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest

from app import demo
from graph import organizations, people, rebuild
from graph.account_team_memberships import AccountRole
from graph.acquaintances import AcquaintanceBasis, Closeness
from graph.clock import FixedClock, instant
from graph.customers import CustomerSegment, CustomerStage
from graph.database import Database
from graph.ids import SeededIds
from graph.imports import Outcome, Report
from graph.interactions import Channel, Direction, InteractionPurpose, Visibility
from graph.organizations import OrganizationKind
from graph.partners import PartnerKind
from graph.people import PersonCreate
from graph.positions import PositionKind, Seniority
from graph.referrals import ReferralStatus
from graph.suppliers import Criticality
from graph.terms import Term
from graph.writing import Author, Customs, Writer
from tests.conftest import wipe

ASIDE = {OrganizationKind.OTHER, PartnerKind.OTHER, PositionKind.OTHER, PositionKind.LEGAL_REPRESENTATIVE}

TOLD: list[tuple[str, float, float]] = []


def writer(database: Database, company: str = "Guanxi") -> Writer:
    clock = FixedClock(datetime(2026, 11, 1, tzinfo=UTC))
    return Writer(database, clock, SeededIds(1, clock), Author("system", "System"), Customs(company))


@pytest.fixture(scope="module")
async def loaded(migrated: Database) -> AsyncIterator[tuple[Database, Report]]:
    TOLD.clear()
    report = await demo.load(writer(migrated), lambda *step: TOLD.append(step))
    await demo.scores(writer(migrated), lambda *step: TOLD.append(step))
    yield migrated, report
    await wipe(migrated)


async def ask(loaded: tuple[Database, Report], query: Any) -> list[Any]:
    rows = [tuple(row.values()) for row in await loaded[0].read(query)]
    return [row[0] if len(row) == 1 else row for row in rows]


async def test_nothing_is_refused_and_all_of_it_is_there(loaded: tuple[Database, Report]) -> None:
    report = loaded[1]
    assert (report.refused, [part.warnings for part in report.parts if part.warnings]) == (0, [])
    created = {part.noun: part.counts[Outcome.CREATED] + part.counts[Outcome.UPDATED] for part in report.parts}
    assert 55 <= created["organizations"] <= 65
    assert 380 <= created["people"] <= 420
    assert (created["interactions"], created["referrals"]) == (6_000, 150)
    assert created["orders"] > 250


async def test_each_step_is_told_to_its_end(loaded: tuple[Database, Report]) -> None:
    ends = {step: (done, total) for step, done, total in TOLD}
    assert {"people", "interactions", "acquaintances", "analysis influence", "analysis referral_value"} <= ends.keys()
    assert all(done == total > 0 for done, total in ends.values()), ends


async def test_it_is_the_same_every_time(loaded: tuple[Database, Report]) -> None:
    assert demo.tables()[1] == demo.tables()[1]
    found = await ask(loaded, "MATCH (p:Party) WHERE p.name IN ['观海科技', '张伟'] RETURN p.id ORDER BY p.name")
    assert found == ["019f17f8-a900-7eed-b48f-5874364076e6", "019f17f8-a900-7eed-b48f-58075dfcdd0b"]


@pytest.mark.parametrize(
    ("terms", "query"),
    [
        (OrganizationKind, "MATCH (o:Organization) RETURN DISTINCT o.kind"),
        (Seniority, "MATCH (p:Position) RETURN DISTINCT p.seniority"),
        (PositionKind, "MATCH (p:Position) RETURN DISTINCT p.kind"),
        (CustomerStage, "MATCH ()-[t:CUSTOMER_OF]->() RETURN DISTINCT t.stage"),
        (CustomerSegment, "MATCH ()-[t:CUSTOMER_OF]->() RETURN DISTINCT t.segment"),
        (PartnerKind, "MATCH ()-[t:PARTNER_OF]->() RETURN DISTINCT t.kind"),
        (Criticality, "MATCH ()-[t:SUPPLIER_OF]->() RETURN DISTINCT t.criticality"),
        (AccountRole, "MATCH ()-[t:COVERS]->() RETURN DISTINCT t.role"),
        (AcquaintanceBasis, "MATCH ()-[t:KNOWS]->() UNWIND t.bases AS basis RETURN DISTINCT basis"),
        (Closeness, "MATCH ()-[t:KNOWS]->() RETURN DISTINCT t.closeness"),
        (Channel, "MATCH (i:Interaction) RETURN DISTINCT i.channel"),
        (Direction, "MATCH (i:Interaction) RETURN DISTINCT i.direction"),
        (InteractionPurpose, "MATCH (i:Interaction) RETURN DISTINCT i.purpose"),
        (Visibility, "MATCH (i:Interaction) RETURN DISTINCT i.visibility"),
        (ReferralStatus, "MATCH (r:Referral) RETURN DISTINCT r.status"),
    ],
)
async def test_every_word_of_a_list_is_used(loaded: tuple[Database, Report], terms: type[Term], query: str) -> None:
    assert set(terms) - ASIDE <= set(await ask(loaded, query))


@pytest.mark.parametrize(
    "query",
    [
        "MATCH (p:Position) WHERE NOT (p)<-[:HOLDS]-(:Person) RETURN p",
        "MATCH (p:Position) WHERE p.until IS NOT NULL RETURN p",
        "MATCH (:Position)-[:REPORTS_TO]->()-[:REPORTS_TO]->(p) RETURN p",
        "MATCH (p:Person)-[:HOLDS]->(a)-[:AT]->({own: true}) MATCH (p)-[:HOLDS]->(b)-[:AT]->({own: false}) RETURN p",
        "MATCH ()-[:SUPPLIES]->()-[:SUPPLIES]->(s)-[:SUPPLIER_OF]->() RETURN s",
        "MATCH (:Person)-[t:OWNS]->() RETURN t",
        "MATCH (o)-[t:OWNS {kind: 'JOINT_VENTURE'}]->() RETURN t",
        "MATCH (p:Partner:Supplier) RETURN p",
        "MATCH (p:Partner:Customer) RETURN p",
        "MATCH (p:Person:Customer) RETURN p",
        "MATCH ()-[t:CUSTOMER_OF]->() WHERE t.until IS NOT NULL RETURN t",
        "MATCH (p:Person {network_opt_out: true}) RETURN p",
        "MATCH (p:Person {name: '张伟', salutation: '张总监'}) RETURN p",
        "MATCH (p:Person) WHERE p.salutation STARTS WITH '王' AND p.salutation ENDS WITH '总' RETURN p",
        "MATCH (i:Interaction {crowd: true}) RETURN i",
        "MATCH (u:UnclaimedAddress)-[:TOOK_PART]->(i) RETURN i",
        "MATCH (i:Interaction) WHERE i.ended_at > i.occurred_at AND i.sentiment < 0 RETURN i",
        "MATCH (i:Interaction) WHERE i.summary IS NOT NULL AND i.outcome IS NOT NULL RETURN i",
        "MATCH (:Partner)-[:BROUGHT]->(o:Order) WHERE o.margin > 0 RETURN o",
        "MATCH ()-[l:CONTAINS]->() WHERE l.discount > 0 RETURN l",
        "MATCH (r:Referral) WHERE r.reward IS NOT NULL AND r.would_have_joined_anyway = false RETURN r",
        "MATCH (a)-[:MADE]->()-[:LED_TO]->()-[:MADE]->()-[:LED_TO]->()-[:MADE]->()-[:LED_TO]->(d) RETURN d",
        "MATCH (a:Person)-[:MADE]->()-[:LED_TO]->(b:Person) RETURN b",
    ],
)
async def test_there_is_something_of_everything(loaded: tuple[Database, Report], query: str) -> None:
    assert await ask(loaded, f"{query} LIMIT 1")


async def test_every_order_has_a_total_and_a_margin(loaded: tuple[Database, Report]) -> None:
    assert await ask(loaded, "MATCH (o:Order) WHERE o.total IS NULL OR o.total <= 0 OR o.margin IS NULL RETURN count(o)") == [0]


async def test_some_are_known_only_to_those_whom_we_know(loaded: tuple[Database, Report]) -> None:
    met = "MATCH (p:Contact)-[:KNOWS]-(:Employee) RETURN DISTINCT p.id"
    near = "MATCH (p:Contact)-[:KNOWS]-(:Contact)-[:KNOWS]-(:Employee) RETURN DISTINCT p.id"
    assert len(set(await ask(loaded, near)) - set(await ask(loaded, met))) > 3


async def test_nobody_is_real_and_nothing_lies_ahead(loaded: tuple[Database, Report]) -> None:
    addresses = await ask(loaded, "MATCH (c:ContactPoint {kind: 'EMAIL'}) RETURN c.value")
    assert len(addresses) > 350
    assert all(address.endswith(".example") for address in addresses)
    websites = await ask(loaded, "MATCH (o:Organization) WHERE o.website IS NOT NULL RETURN o.website")
    assert all(website.endswith(".example") for website in websites)
    latest = await ask(
        loaded, "MATCH (n) WHERE n.occurred_at IS NOT NULL OR n.ordered_at IS NOT NULL RETURN max(coalesce(n.occurred_at, n.ordered_at))"
    )
    assert latest[0] < instant(demo.NOW)
    assert latest[0] > "2026-06-2"


async def test_what_follows_from_it_is_right(loaded: tuple[Database, Report]) -> None:
    before = await ask(loaded, "MATCH (n) RETURN sum(size(labels(n)))")
    found = await rebuild.rebuild(writer(loaded[0]))
    assert (found.acquaintances, found.last_contacts, found.labels) == (0, 0, 0)
    assert await ask(loaded, "MATCH (n) RETURN sum(size(labels(n)))") == before


async def test_an_empty_database_is_told_from_one_in_use(loaded: tuple[Database, Report]) -> None:
    assert not await demo.is_empty(loaded[0])
    assert not await demo.is_wanted(loaded[0])


async def test_everybody_who_takes_part_has_a_score_of_that_day(loaded: tuple[Database, Report]) -> None:
    query = "MATCH (p:%s) WHERE p.influence_score > 0 AND p.influence_rank > 0 AND size(p.influence_reason_codes) > 0 RETURN count(p)"
    assert (await ask(loaded, query % "Person"))[0] > 300
    assert (await ask(loaded, query % "Organization"))[0] > 50
    assert set(await ask(loaded, "MATCH (p:Party) WHERE p.influence_as_of IS NOT NULL RETURN p.influence_as_of")) == {instant(demo.NOW)}
    assert await ask(loaded, "MATCH (p:Person {network_opt_out: true}) WHERE p.influence_score IS NOT NULL RETURN count(p)") == [0]
    assert (await ask(loaded, "MATCH (p:Party) WHERE p.referral_crv > 0 AND p.referral_indirect > 0 RETURN count(p)"))[0] > 3


@pytest.mark.parametrize(("there", "set_", "named"), [(True, "Other", "Acme"), (False, "Acme", "Acme"), (False, "Guanxi", "观海科技")])
async def test_our_company_is_the_one_that_is_there_or_set(
    migrated: Database, monkeypatch: pytest.MonkeyPatch, there: bool, set_: str, named: str
) -> None:
    await wipe(migrated)
    tables = demo.tables

    def small(company: str) -> tuple[object, dict[str, object]]:
        everybody, rows = tables(company)
        return everybody, {name: rows[name] for name in ("organizations", "people")}

    monkeypatch.setattr(demo, "tables", small)
    monkeypatch.setattr(demo.ties, "declared", lambda everybody: [])
    ours = await organizations.ensure_own(writer(migrated, "Acme")) if there else None
    assert await demo.is_empty(migrated)
    await demo.load(writer(migrated, set_))
    query = "MATCH (o:Organization {own: true}) RETURN o.id, o.name ORDER BY o.name DESC"
    (_, cloud), (id, name) = sorted((tuple(row.values()) for row in await migrated.read(query)), key=lambda row: row[1] != "观海云服务")
    assert (cloud, name, id == ours) == ("观海云服务", named, there)


async def test_what_was_cut_off_is_completed(migrated: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    await wipe(migrated)
    assert await demo.is_wanted(migrated)
    everybody, rows = demo.tables()
    few = {**rows, "interactions": rows["interactions"][:300]}
    monkeypatch.setattr(demo, "tables", lambda _: (everybody, {name: few[name] for name in ("organizations", "people")}))
    await demo.load(writer(migrated))
    assert await demo.is_wanted(migrated)
    monkeypatch.setattr(demo, "tables", lambda _: (everybody, few))
    report = await demo.load(writer(migrated))
    created = {part.noun: part.counts[Outcome.CREATED] for part in report.parts}
    assert (created["organizations"], created["people"], created["interactions"]) == (0, 0, 300)
    await demo.load(writer(migrated))
    (acquaintances,) = (await migrated.read("MATCH ()-[k:KNOWS]->() WHERE k.declared RETURN count(k)"))[0]
    assert acquaintances == len(list(demo.ties.declared(everybody)))
    await demo.scores(writer(migrated))
    assert not await demo.is_wanted(migrated)


async def test_a_database_with_anybody_else_is_left_alone(migrated: Database) -> None:
    await wipe(migrated)
    await people.create(writer(migrated), PersonCreate(name="Ann"))
    assert not await demo.is_wanted(migrated)
