"""Random writes over all nouns that touch who knows whom, as users do them; those that a rule forbids are not done."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from graph import acquaintances, interactions, organizations, people, positions
from graph.acquaintances import AcquaintanceStart, AcquaintanceUpdate, Closeness
from graph.errors import Problems, WriteProblem
from graph.fields import Ending, Reference
from graph.interactions import Channel, InteractionRecord, InteractionUpdate, ParticipantRole
from graph.metrics.warmth import CLOSENESS_FLOORS
from graph.organizations import OrganizationUpdate
from graph.people import PersonUpdate
from graph.positions import PositionEnding, PositionUpdate
from graph.writing import Writer
from tests.graph import given

ADDRESSES = [f"somebody{number}@example.com" for number in range(8)]
DAYS = ["2019", "2024-05", "2026-06-30", "2026-07-01"]


@dataclass
class Writes:
    """What there is to write about, by kind, and how many writes were done."""

    writer: Writer
    dice: random.Random
    ids: dict[str, list[str]] = field(default_factory=lambda: {kind: [] for kind in ("person", "organization", "position", "talk", "tie")})
    done: int = 0

    async def begin(self) -> None:
        """Some people of ours and some of others."""
        for own in (True, False, False):
            await self.organization(own)
        for _ in range(8):
            await self.person()

    async def some(self, count: int) -> None:
        """So many more, of any kind."""
        for _ in range(count):
            with suppress(Problems, WriteProblem):
                await self.dice.choices(_KINDS, _SHARES)[0](self)
                self.done += 1

    def one(self, kind: str) -> str:
        return self.dice.choice(self.ids[kind] or ["nobody"])

    async def version(self, id: str) -> int:
        rows = await given.rows(self.writer.database, "MATCH (n:Node {id: $id}) RETURN n.version", id=id)
        rows = rows or await given.rows(self.writer.database, "MATCH ()-[k:KNOWS {id: $id}]->() RETURN k.version", id=id)
        return int(rows[0][0]) if rows else 1

    async def reference(self, kind: str) -> dict[str, Any]:
        id = self.one(kind)
        return {"id": id, "version": await self.version(id)}

    async def person(self) -> None:
        more: dict[str, Any] = {"networkOptOut": True} if self.dice.random() < 0.1 else {}
        if self.dice.random() < 0.5:
            more["contactPoints"] = self.points()
        if self.dice.random() < 0.5:
            more["position"] = {"organization": self.one("organization")}
        self.ids["person"].append(await given.person(self.writer, f"Person {self.done}", **more))

    def points(self) -> list[dict[str, Any]]:
        return [{"kind": "EMAIL", "value": address} for address in self.dice.sample(ADDRESSES, self.dice.randrange(3))]

    async def opt(self) -> None:
        change = {**await self.reference("person"), "networkOptOut": self.dice.random() < 0.5}
        await people.update(self.writer, PersonUpdate.parse(change))

    async def reach(self) -> None:
        change = {**await self.reference("person"), "contactPoints": self.points()}
        await people.update(self.writer, PersonUpdate.parse(change))

    async def delete_person(self) -> None:
        await people.delete(self.writer, Reference.parse(await self.reference("person")))

    async def restore_person(self) -> None:
        await people.restore(self.writer, Reference.parse(await self.reference("person")))

    async def organization(self, own: bool | None = None) -> None:
        own = self.dice.random() < 0.3 if own is None else own
        self.ids["organization"].append(await given.organization(self.writer, f"Organization {self.done}", own=own))

    async def own(self) -> None:
        change = {**await self.reference("organization"), "own": self.dice.random() < 0.5}
        await organizations.update(self.writer, OrganizationUpdate.parse(change))

    async def delete_organization(self) -> None:
        await organizations.delete(self.writer, Reference.parse(await self.reference("organization")))

    async def restore_organization(self) -> None:
        await organizations.restore(self.writer, Reference.parse(await self.reference("organization")))

    async def position(self) -> None:
        since = self.dice.choice([None, *DAYS])
        id = await given.position(self.writer, self.one("person"), self.one("organization"), since=since)
        self.ids["position"].append(id)

    async def hand_over(self) -> None:
        ends = {"person": self.one("person"), "organization": self.one("organization")}
        await positions.update(self.writer, PositionUpdate.parse({**await self.reference("position"), **ends}))

    async def end_position(self) -> None:
        await positions.end(self.writer, PositionEnding.parse({"id": self.one("position"), "until": self.dice.choice(DAYS)}))

    async def delete_position(self) -> None:
        await positions.delete(self.writer, Reference.parse(await self.reference("position")))

    def talk(self) -> dict[str, Any]:
        return {
            "channel": self.dice.choice(list(Channel)).value,
            "occurredAt": f"2026-0{self.dice.randrange(1, 7)}-15T08:00:00Z",
            "participants": [self.seat() for _ in range(self.dice.choice([2, 2, 3, 4, 22]))],
        }

    def seat(self) -> dict[str, Any]:
        role = self.dice.choice(list(ParticipantRole)).value
        return {"role": role, **({"address": self.dice.choice(ADDRESSES)} if self.dice.random() < 0.3 else {"party": self.one("person")})}

    async def record(self) -> None:
        self.ids["talk"].append((await interactions.record(self.writer, InteractionRecord.parse(self.talk()))).id)

    async def correct(self) -> None:
        kept = self.dice.sample(["channel", "occurredAt", "participants"], self.dice.randrange(3))
        change = {name: value for name, value in self.talk().items() if name not in kept}
        await interactions.update(self.writer, InteractionUpdate.parse({**await self.reference("talk"), **change}))

    async def delete_talk(self) -> None:
        await interactions.delete(self.writer, Reference.parse(await self.reference("talk")))

    async def declare(self) -> None:
        told = {
            "parties": [self.one("person"), self.one("person")],
            "closeness": self.closeness(),
            "since": self.dice.choice([None, *DAYS]),
        }
        self.ids["tie"].append((await acquaintances.start(self.writer, AcquaintanceStart.parse(told))).id)

    def closeness(self) -> str | None:
        return self.dice.choice([None, *(Closeness(name).value for name in CLOSENESS_FLOORS)])

    async def redeclare(self) -> None:
        change = {**await self.reference("tie"), "closeness": self.closeness()}
        await acquaintances.update(self.writer, AcquaintanceUpdate.parse(change))

    async def end_tie(self) -> None:
        await acquaintances.end(self.writer, Ending.parse({"id": self.one("tie")}))

    async def delete_tie(self) -> None:
        await acquaintances.delete(self.writer, Reference.parse(await self.reference("tie")))


_OFTEN: dict[Callable[[Writes], Awaitable[None]], int] = {
    Writes.record: 12,
    Writes.correct: 6,
    Writes.declare: 6,
    Writes.delete_talk: 3,
    Writes.redeclare: 3,
    Writes.position: 3,
    Writes.person: 3,
    Writes.reach: 3,
    Writes.restore_person: 3,
    Writes.hand_over: 2,
    Writes.end_position: 2,
    Writes.opt: 2,
    Writes.end_tie: 2,
    Writes.delete_tie: 2,
    Writes.delete_person: 2,
    Writes.restore_organization: 2,
    Writes.organization: 1,
    Writes.own: 1,
    Writes.delete_organization: 1,
    Writes.delete_position: 1,
}
_KINDS, _SHARES = list(_OFTEN), list(_OFTEN.values())
