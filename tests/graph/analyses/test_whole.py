"""From writes as users do them to scores and paths: what the nouns store is what the analyses read."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from graph import acquaintances, interactions, orders, organizations, ownerships, people, positions, products, referrals
from graph.acquaintances import AcquaintanceStart
from graph.analyses import execution
from graph.analyses.introductions import introductions
from graph.analyses.rows import NodeScore
from graph.clock import FixedClock
from graph.fields import Ending, Reference
from graph.interactions import InteractionRecord
from graph.metrics.warmth import DEFAULT, strength
from graph.orders import OrderRecord
from graph.organizations import OrganizationCreate
from graph.ownerships import OwnershipStart
from graph.people import PersonCreate, PersonUpdate
from graph.positions import PositionStart
from graph.products import ProductCreate
from graph.referrals import ReferralRecord
from graph.writing import Writer
from tests.graph.analyses import world


async def organization(writer: Writer, name: str, *, own: bool = False) -> str:
    return (await organizations.create(writer, OrganizationCreate.parse({"name": name, "own": own}))).id


async def person(writer: Writer, name: str, organization: str, reports_to: str | None = None) -> tuple[str, str]:
    """The ids of a person and of their position."""
    id = (await people.create(writer, PersonCreate.parse({"name": name}))).id
    given = {"person": id, "organization": organization, "reportsTo": reports_to}
    return id, (await positions.start(writer, PositionStart.parse(given))).id


async def meal(writer: Writer, at: str, *participants: str) -> str:
    given = [{"party": party, "role": "ATTENDEE"} for party in participants]
    return (await interactions.record(writer, InteractionRecord.parse({"channel": "MEAL", "occurredAt": at, "participants": given}))).id


async def scores(writer: Writer, name: str, **parameters: object) -> dict[str, float]:
    outcome = (await execution.run(writer, name, parameters)).outcome
    return {row.party: row.score for row in outcome.rows if isinstance(row, NodeScore)}


async def test_meals_declarations_and_reporting_lines_lead_to_influence_and_paths(writer: Writer, clock: FixedClock) -> None:
    us, acme = await organization(writer, "Us", own=True), await organization(writer, "Acme")
    ann, _ = await person(writer, "Ann", us)
    boss, top = await person(writer, "Boss", acme)
    bob, _ = await person(writer, "Bob", acme, reports_to=top)
    eaten = await meal(writer, "2026-06-30T12:00:00Z", ann, bob)
    declared = (await acquaintances.start(writer, AcquaintanceStart.parse({"parties": [bob, boss], "closeness": "CLOSE"}))).id

    warm = DEFAULT.contribution("MEAL", "2026-06-30T12:00:00.000000Z") * DEFAULT.decay(clock.now())
    [path] = await introductions(writer.database, clock, to=boss)
    assert [step.target for step in path.steps] == [bob, boss]
    assert path.strength == pytest.approx(strength(warm, warm).value * 0.8)
    found = await scores(writer, "influence")
    assert found[bob] == 100
    assert 0 < found[ann] < found[boss] < 100
    assert found[us] == found[acme] == 100

    await acquaintances.end(writer, Ending.parse({"id": declared}))
    assert await introductions(writer.database, clock, to=boss) == []
    # The reporting line is left of what tied the two.
    assert (await scores(writer, "influence", acquaintance=0))[bob] == 100
    await interactions.delete(writer, Reference.parse({"id": eaten}))
    assert await introductions(writer.database, clock, to=bob) == []


async def test_who_opts_out_leaves_paths_at_once_and_rankings_with_the_next_run(writer: Writer, clock: FixedClock) -> None:
    us, acme = await organization(writer, "Us", own=True), await organization(writer, "Acme")
    (ann, _), (bob, _) = await person(writer, "Ann", us), await person(writer, "Bob", acme)
    await acquaintances.start(writer, AcquaintanceStart.parse({"parties": [ann, bob], "closeness": "CLOSE"}))
    assert len(await introductions(writer.database, clock, to=acme)) == 1
    version = (await world.properties(writer, bob))["version"]
    await people.update(writer, PersonUpdate.parse({"id": bob, "version": version, "networkOptOut": True}))
    assert await introductions(writer.database, clock, to=acme) == []
    assert await introductions(writer.database, clock, to=bob) == []
    assert bob not in await scores(writer, "influence")


async def test_ownership_counts_until_it_ends(writer: Writer, clock: FixedClock) -> None:
    acme, beta, core = [await organization(writer, name) for name in ("Acme", "Beta", "Core")]
    owned = await ownerships.start(writer, OwnershipStart.parse({"owner": acme, "owned": beta, "kind": "SUBSIDIARY"}))
    before = await scores(writer, "influence", level="ORGANIZATIONS")
    assert before[acme] == before[beta] == 100
    assert before[core] == 5
    clock.advance(timedelta(days=1))
    await ownerships.end(writer, Ending.parse({"id": owned.id, "until": writer.today()}))
    assert await scores(writer, "influence", level="ORGANIZATIONS") == {acme: 100, beta: 100, core: 100}


async def test_an_order_makes_the_referral_worth_its_margin(writer: Writer) -> None:
    acme, beta = [await organization(writer, name) for name in ("Acme", "Beta")]
    given = {"referrer": acme, "referred": beta, "occurredAt": "2026-05-01T00:00:00Z", "wouldHaveJoinedAnyway": False}
    await referrals.record(writer, ReferralRecord.parse(given))
    assert (await scores(writer, "referral_value"))[acme] == 0
    tea = (await products.create(writer, ProductCreate.parse({"name": "Tea", "unitPrice": 10, "unitCost": 4, "currency": "CNY"}))).id
    line = {"product": tea, "quantity": Decimal("12.5")}
    await orders.record(writer, OrderRecord.parse({"buyer": beta, "orderedAt": "2026-06-15T00:00:00Z", "lines": [line]}))
    assert (await scores(writer, "referral_value", rate=0))[acme] == 75
    assert (await world.properties(writer, acme))["referral_crv"] == 75_000_000
    assert (await scores(writer, "referral_value"))[acme] == pytest.approx(75 / 1.01**2, abs=1e-6)
