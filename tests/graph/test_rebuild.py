"""What writes maintain is what a rebuild finds, and what a plain count of all interactions finds."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hypothesis import HealthCheck, example, settings
from hypothesis import given as holds
from hypothesis import strategies as st

from graph import rebuild
from graph.metrics.warmth import DEFAULT, Warmth
from graph.rebuild import Rebuilt
from graph.writing import Writer
from tests.graph import given, world
from tests.graph.contacts import AT, EARLIER, LATER, delete, last, record, tie, ties, warmth
from tests.graph.story import INSTANTS, TODAY, begin, steps


def wrong(found: Rebuilt) -> tuple[int, int, int]:
    return found.acquaintances, found.last_contacts, found.labels


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@holds(told=st.lists(steps, min_size=1, max_size=12))
@example(told=[("declare", 0, 1), ("record", ("CALL", INSTANTS[0], [("TO", 0), ("TO", 1)])), ("delete", 0), ("end", 0, 1), ("claim", 0, 4)])
@example(told=[("record", ("EMAIL", at, [("FROM", 0), ("TO", 4)])) for at in INSTANTS] + [("claim", 1, 4), ("delete", 3), ("delete", 0)])
async def test_what_is_maintained_is_what_is_rebuilt(writer: Writer, told: list[tuple[Any, ...]]) -> None:
    story = await begin(writer, len(told))
    for step in told:
        await story.tell(step)
    kept = await ties(writer)
    found = {
        pair: (tie["count"], tie.get("first_at"), tie.get("last_at"), *(tie[way] * DEFAULT.decay(TODAY) for way in ("out", "in")))
        for pair, tie in kept.items()
    }
    expected = story.expected()
    assert found.keys() == expected.keys() | story.declared | story.past
    assert {pair for pair, tie in kept.items() if tie["declared"]} == story.declared
    assert {pair for pair, tie in kept.items() if tie.get("until")} == story.past
    for pair, values in {**dict.fromkeys(found, (0, None, None, 0, 0)), **expected}.items():
        assert found[pair][:3] == values[:3]
        assert found[pair][3:] == pytest.approx(values[3:], abs=1e-9)
    assert [await last(writer, story.names[who]) for who in (0, 1, 2, 3, 6)] == [story.last(who) for who in (0, 1, 2, 3, 6)]
    assert wrong(await rebuild.rebuild(writer))[:2] == (0, 0)
    assert (await ties(writer)).keys() == kept.keys()
    await given.run(writer.database, "MATCH (n) WHERE n:Node OR n:UnclaimedAddress DETACH DELETE n")


async def test_what_went_wrong_is_put_right(writer: Writer) -> None:
    ann, bob, cid, dan = [await world.person(writer) for _ in range(4)]
    acme = await world.organization(writer)
    await world.position(writer, ann, acme)
    await record(writer, "MEAL", ATTENDEE=[ann, bob, cid])
    right = await ties(writer)
    assert wrong(await rebuild.rebuild(writer)) == (0, 0, 4)
    query = "MATCH (a:Node {id: $a})-[k:KNOWS]-(b:Node {id: $b}) "
    await given.run(writer.database, query + "SET k.out = k.out * 1.001", a=ann, b=bob)
    await given.run(writer.database, query + "DELETE k", a=ann, b=cid)
    await given.run(
        writer.database,
        "MATCH (a:Node {id: $a}), (b:Node {id: $b}) CREATE (a)-[k:KNOWS {id: '1', pair: $a + '|' + $b, count: 1, declared: false}]->(b) "
        "SET k.out = 1.0, k.`in` = 1.0",
        a=cid,
        b=dan,
    )
    await given.run(writer.database, "MATCH (n:Party) WHERE n.id IN $ids SET n.last_interaction_at = $at", ids=[ann, dan, acme], at=LATER)
    assert wrong(await rebuild.rebuild(writer)) == (3, 3, 0)
    repaired = await ties(writer)
    assert {pair: (each["count"], round(each["out"] - right[pair]["out"], 9)) for pair, each in repaired.items()} == dict.fromkeys(
        right, (1, 0)
    )
    assert [await last(writer, party) for party in (ann, bob, cid, dan, acme)] == [AT, AT, AT, None, AT]
    assert wrong(await rebuild.rebuild(writer)) == (0, 0, 0)


async def test_a_declared_acquaintance_stays_without_interactions(writer: Writer) -> None:
    ann, bob = await world.person(writer), await world.person(writer)
    id = await record(writer, FROM=ann, TO=bob)
    await given.run(writer.database, "MATCH ()-[k:KNOWS]->() SET k.declared = true, k.closeness = 'GOOD'")
    await given.run(writer.database, "MATCH (i:Interaction {id: $id}) DETACH DELETE i", id=id)
    assert wrong(await rebuild.rebuild(writer))[0] == 1
    found = await tie(writer, ann, bob)
    assert found
    assert {name: found.get(name) for name in ("out", "in", "count", "first_at", "last_at", "closeness")} == {
        "out": 0.0,
        "in": 0.0,
        "count": 0,
        "first_at": None,
        "last_at": None,
        "closeness": "GOOD",
    }
    assert wrong(await rebuild.rebuild(writer))[0] == 0


async def test_other_weights_take_effect_by_a_rebuild_and_never_mix(writer: Writer) -> None:
    ann, bob, cid = [await world.person(writer) for _ in range(3)]
    for other in (bob, cid):
        await record(writer, at=EARLIER, FROM=ann, TO=other)
    half = Warmth(half_life=90)
    assert (await rebuild.rebuild(writer, weights=half)).acquaintances == 2
    assert (await rebuild.rebuild(writer, weights=half)).acquaintances == 0
    await record(writer, at=LATER, FROM=ann, TO=bob)
    found = await tie(writer, ann, bob)
    assert found
    assert (found["weights"], found["count"]) == (DEFAULT.version, 2)
    assert (await rebuild.rebuild(writer)).acquaintances == 1


async def test_it_labels_who_has_a_role(writer: Writer) -> None:
    us, acme, beta = await world.organization(writer, own=True), await world.organization(writer), await world.organization(writer)
    ours, theirs = await world.person(writer), await world.person(writer)
    await world.position(writer, ours, us)
    for type_, party in (("CUSTOMER_OF", acme), ("CUSTOMER_OF", acme), ("SUPPLIER_OF", acme), ("PARTNER_OF", ours)):
        await given.run(
            writer.database,
            f"MATCH (p:Node {{id: $p}}), (o:Node {{id: $o}}) CREATE (p)-[:{type_} {{id: $id}}]->(o)",
            p=party,
            o=us,
            id=writer.ids.new(),
        )
    await given.run(
        writer.database,
        "MATCH (p:Node {id: $p}), (o:Node {id: $o}) CREATE (p)-[:CUSTOMER_OF {id: 'x', deleted_at: '2026'}]->(o)",
        p=beta,
        o=us,
    )
    assert (await rebuild.rebuild(writer)).labels == 5
    labels = [await world.labels(writer, party) - {"Node", "Party", "Person", "Organization"} for party in (acme, beta, ours, theirs)]
    assert labels == [{"Customer", "Supplier"}, set(), {"Employee", "Partner"}, {"Contact"}]
    assert await rebuild.rebuild(writer) == Rebuilt(people=2, parties=5, acquaintances=0, last_contacts=0, labels=0)


async def test_it_tells_how_far_it_is_and_takes_small_bites(writer: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    people = [await world.person(writer) for _ in range(5)]
    for _ in range(3):
        await record(writer, "MEETING", ATTENDEE=people)
    await given.run(writer.database, "MATCH ()-[k:KNOWS]->() DELETE k")
    monkeypatch.setattr(rebuild, "_INTERACTIONS", 4)
    monkeypatch.setattr(rebuild, "_PARTIES", 2)
    heard: list[tuple[str, int, int]] = []
    assert (await rebuild.rebuild(writer, lambda *step: heard.append(step))).acquaintances == 10
    bites = {step: [done for name, done, _ in heard if name == step] for step, _, _ in heard}
    assert bites == {"acquaintances": [1, 2, 3, 4, 5], "last contacts": [2, 4, 5], "labels": [2, 4, 5]}
    assert {total for _, _, total in heard} == {5}


async def test_others_may_write_meanwhile(writer: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rebuild, "_INTERACTIONS", 1)
    people = [await world.person(writer) for _ in range(4)]

    async def write(number: int) -> None:
        at = INSTANTS[number % len(INSTANTS)]
        id = await record(writer, "CALL", at, ATTENDEE=[people[number % 4], people[(number + 1) % 4], people[(number + 2) % 4]])
        if number % 3 == 0:
            await delete(writer, id)

    await asyncio.gather(*(write(number) for number in range(20)), *(rebuild.rebuild(writer) for _ in range(3)))
    assert sum(each["count"] for each in (await ties(writer)).values()) == 13 * 3
    assert await warmth(writer, people[0], people[1]) is not None
    assert wrong(await rebuild.rebuild(writer))[:2] == (0, 0)
