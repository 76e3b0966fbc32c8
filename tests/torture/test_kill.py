"""kill -9, of the engine and of the server in turn, while clients write: what was acknowledged is there, and nothing is there by half."""

from __future__ import annotations

import asyncio
import os
import random
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from graph import embedded
from graph.clock import SystemClock
from graph.database import Database
from graph.ids import RandomIds
from graph.rebuild import rebuild
from tests.graph import given
from tests.torture.service import Broken, Service

ROUNDS = int(os.environ.get("GUANXI_TEST_TORTURE", "5"))
CLIENTS = 4

PEOPLE = """
MATCH (p:Person)
RETURN p.id, p.name, COUNT { (p)-[:HOLDS]->(:Position)-[:AT]->(:Organization) }, COUNT { (p)-[:REACHED_AT]->(:ContactPoint) }
"""
INTERACTIONS = "MATCH (i:Interaction) RETURN i.id, i.subject, COUNT { (i)<-[:TOOK_PART]-(:Person) }"


class Clients:
    """Several at once, each writing one thing after the other. A broken request is sent again until it is answered, or given up."""

    def __init__(self, service: Service, organization: str, dice: random.Random) -> None:
        self._service, self._organization, self._dice = service, organization, dice
        self.people: dict[str, str] = {}
        self.interactions: dict[str, str] = {}
        self.given_up: set[str] = set()
        self.over = False

    async def write(self, client: int) -> None:
        number = 0
        while not self.over:
            number += 1
            key = f"{client}-{number}"
            meets = len(self.people) > 1 and self._dice.random() < 0.5
            name, given, made = self._interaction(key) if meets else self._person(key)
            if identity := await self._sent(name, given):
                made[key] = identity
            else:
                self.given_up.add(key)

    async def have_written(self, more: int) -> None:
        """Waits until so many more requests were acknowledged."""
        enough = len(self.people) + len(self.interactions) + more
        async with asyncio.timeout(120):
            while len(self.people) + len(self.interactions) < enough:
                await asyncio.sleep(0.005)

    async def _sent(self, name: str, given: dict[str, Any]) -> str | None:
        while True:
            try:
                return await self._service.mutate(name, given)
            except Broken:
                if self._dice.random() < 0.3:
                    return None
                await self._service.ready()

    def _person(self, key: str) -> tuple[str, dict[str, Any], dict[str, str]]:
        reached = [{"kind": "EMAIL", "value": f"p{key}@example.com"}, {"kind": "WECHAT", "value": f"wx{key}"}]
        position = {"organization": self._organization, "title": "Buyer"}
        given = {"idempotencyKey": key, "name": f"Person {key}", "contactPoints": reached, "position": position}
        return "personCreate", given, self.people

    def _interaction(self, key: str) -> tuple[str, dict[str, Any], dict[str, str]]:
        pair = self._dice.sample(sorted(self.people.values())[:20], 2)
        took_part = [{"role": role, "party": person} for role, person in zip(("FROM", "TO"), pair, strict=True)]
        given = {"idempotencyKey": key, "channel": "EMAIL", "occurredAt": "2026-01-05T10:00:00Z", "subject": key, "participants": took_part}
        return "interactionRecord", given, self.interactions


@pytest.mark.torture
@pytest.mark.timeout(0)
async def test_nothing_acknowledged_is_lost_and_nothing_is_half_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    dice, service = random.Random(7), Service(tmp_path)
    service.start()
    try:
        await service.ready()
        clients = Clients(service, await service.mutate("organizationCreate", {"name": "Acme"}), dice)
        writing = [asyncio.create_task(clients.write(number)) for number in range(CLIENTS)]
        for number in range(ROUNDS):
            await clients.have_written(10)
            await asyncio.sleep(dice.uniform(0, 0.3))
            (service.kill_engine if number % 2 else service.kill_server)()
        await clients.have_written(10)
        clients.over = True
        await asyncio.gather(*writing)
    finally:
        await service.stop()
    async with embedded.running(tmp_path / "data") as target, await Database.connect(target) as database:
        found = await everything_is_whole(database, clients)
    with capsys.disabled():
        sys.stdout.write(f"\n{ROUNDS} kills: {found}, {len(clients.given_up)} requests given up\n")


async def everything_is_whole(database: Database, clients: Clients) -> str:
    people = {row[0]: row for row in await database.read(PEOPLE)}
    assert set(clients.people.values()) <= set(people), "acknowledged people are missing"
    for key, identity in clients.people.items():
        assert people[identity][1] == f"Person {key}"
    assert all((row[2], row[3]) == (1, 2) for row in people.values())
    assert len({row[1] for row in people.values()}) == len(people), "the same person twice"

    interactions = {row[0]: row for row in await database.read(INTERACTIONS)}
    assert {key: interactions[identity][1] for key, identity in clients.interactions.items()} == {key: key for key in clients.interactions}
    assert all(row[2] == 2 for row in interactions.values())
    assert len({row[1] for row in interactions.values()}) == len(interactions), "the same interaction twice"

    written = {row[1].removeprefix("Person ") for row in people.values()} | {row[1] for row in interactions.values()}
    assert written <= set(clients.people) | set(clients.interactions) | clients.given_up
    await every_write_has_its_change(database, {*people, *interactions})
    writer = given.writer(database, SystemClock(), RandomIds(SystemClock()))
    rebuilt = await rebuild(writer)
    assert (rebuilt.acquaintances, rebuilt.last_contacts, rebuilt.labels) == (0, 0, 0)
    return f"{len(people)} people, {len(interactions)} interactions"


async def every_write_has_its_change(database: Database, identities: set[str]) -> None:
    rows = await database.read("MATCH (c:Change) RETURN c.number, c.subjects ORDER BY c.number")
    assert [row[0] for row in rows] == list(range(1, len(rows) + 1))
    times = Counter(subject for row in rows for subject in set(row[1]))
    assert {identity: times[identity] for identity in identities if times[identity] == 0} == {}
    known = {row[0] for row in await database.read("MATCH (n:Node) RETURN n.id")}
    assert set(times) <= known, "a Change without what it tells of"
