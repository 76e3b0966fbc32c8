"""A story of records, corrections, deletions and claims, told twice: to the writes, and to a plain list that is counted by hand."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

from graph import acquaintances, contact_points
from graph.acquaintances import AcquaintanceStart, Closeness
from graph.fields import Ending, Reference
from graph.metrics.warmth import CHANNEL_WEIGHTS, DEFAULT
from graph.writing import Writer
from tests.graph import world
from tests.graph.contacts import correct, delete, reach, record, ties

INSTANTS = ["2024-02-29T12:00:00Z", "2026-05-01T02:00:00Z", "2026-05-01T02:00:00.000001Z", "2026-06-30T23:59:59Z", "1999-12-31T00:00:00Z"]
ROLES = ["FROM", "TO", "CC", "BCC", "ATTENDEE"]
GATHERINGS = {"CALL", "MEETING", "VISIT", "MEAL", "EVENT"}
TODAY = "2026-07-01"

# Whom a participant is: 0 to 3 people, 4 and 5 addresses (of whoever claims them), 6 an organization.
participants = st.lists(st.tuples(st.sampled_from(ROLES), st.integers(0, 6)), min_size=1, max_size=5)
facts = st.tuples(st.sampled_from(sorted(CHANNEL_WEIGHTS)), st.sampled_from(INSTANTS), participants)
steps = st.one_of(
    st.tuples(st.just("record"), facts),
    st.tuples(st.just("correct"), st.integers(0, 9), facts),
    st.tuples(st.just("delete"), st.integers(0, 9)),
    st.tuples(st.just("claim"), st.integers(0, 3), st.integers(4, 5)),
    st.tuples(st.sampled_from(["declare", "end", "take back"]), st.integers(0, 3), st.integers(0, 3)),
)


@dataclass
class Story:
    """What happened, told twice: to the writes, and to a plain list."""

    writer: Writer
    names: list[str]
    claimed: dict[int, int] = field(default_factory=dict)
    live: dict[str, tuple[str, str, list[tuple[str, int]]]] = field(default_factory=dict)
    declared: set[str] = field(default_factory=set)
    past: set[str] = field(default_factory=set)

    async def tell(self, step: tuple[Any, ...]) -> None:
        match step:
            case ("record", fact):
                id = await record(self.writer, fact[0], fact[1], participants=self.seats(fact[2]))
                self.live[id] = fact
            case ("correct", place, fact) if self.live:
                id = list(self.live)[place % len(self.live)]
                await correct(
                    self.writer, id, await self.version(id), channel=fact[0], occurredAt=fact[1], participants=self.seats(fact[2])
                )
                self.live[id] = fact
            case ("delete", place) if self.live:
                id = list(self.live)[place % len(self.live)]
                await delete(self.writer, id)
                del self.live[id]
            case ("claim", person, address) if address not in self.claimed:
                await self.claim(person, address)
            case ("declare" | "end" | "take back" as verb, one, other) if one != other:
                await self.declare(verb, min(one, other), max(one, other))
        self.past -= self.expected().keys()

    async def version(self, id: str) -> int:
        return int((await world.properties(self.writer, id))["version"])

    async def claim(self, person: int, address: int) -> None:
        match_ = f"EMAIL|{self.names[address]}"
        await reach(self.writer, self.names[person], match_)
        await self.writer.database.write(lambda tx: contact_points.claim(tx, self.writer, self.names[person], [match_]))
        self.claimed[address] = person

    async def declare(self, verb: str, a: int, b: int) -> None:
        """What somebody says of two people; a declaration that ends where nothing else joins them is kept as the past."""
        pair = f"{self.names[a]}|{self.names[b]}"
        if verb == "declare" and pair not in self.declared:
            await acquaintances.start(self.writer, AcquaintanceStart(parties=[self.names[a], self.names[b]], closeness=Closeness.GOOD))
            self.declared.add(pair)
            self.past.discard(pair)
        elif verb == "end" and pair in self.declared:
            await acquaintances.end(self.writer, Ending(id=await self.tie_id(pair)))
            self.declared.discard(pair)
            self.past |= {pair} - self.expected().keys()
        elif verb == "take back" and pair in self.declared | self.past:
            await acquaintances.delete(self.writer, Reference(id=await self.tie_id(pair)))
            self.declared.discard(pair)
            self.past.discard(pair)

    async def tie_id(self, pair: str) -> str:
        return str((await ties(self.writer))[pair]["id"])

    def seats(self, listed: list[tuple[str, int]]) -> list[dict[str, str]]:
        return [{"role": role, "address" if who in (4, 5) else "party": self.names[who]} for role, who in listed]

    def expected(self) -> dict[str, tuple[int, str, str, float, float]]:
        """Pair → count, first, last, warmth there and back today, by counting."""
        joined: dict[tuple[int, int], list[tuple[str, float, float]]] = {}
        for channel, at, listed in self.live.values():
            people = {(role, self.claimed.get(who, who)) for role, who in listed}
            for a in range(4):
                for b in range(4):
                    if self.names[a] < self.names[b] and any(shares := (_share(channel, people, a, b), _share(channel, people, b, a))):
                        worth = _worth(channel, at)
                        joined.setdefault((a, b), []).append((_stored(at), shares[0] * worth, shares[1] * worth))
        return {
            f"{self.names[a]}|{self.names[b]}": (len(each), min(each)[0], max(each)[0], sum(x[1] for x in each), sum(x[2] for x in each))
            for (a, b), each in joined.items()
        }

    def last(self, who: int) -> str | None:
        return max(
            (_stored(at) for _, at, listed in self.live.values() if who in {self.claimed.get(each, each) for _, each in listed}),
            default=None,
        )


def _share(channel: str, people: set[tuple[str, int]], a: int, b: int) -> float:
    roles_a, roles_b = ({role for role, who in people if who == person} for person in (a, b))
    if channel in GATHERINGS:
        return float(bool(roles_a and roles_b))
    if "FROM" not in roles_a:
        return 0
    return 1 if roles_b & {"TO", "ATTENDEE"} else 0.5 if "CC" in roles_b else 0


def _worth(channel: str, at: str) -> float:
    return DEFAULT.contribution(channel, at) * DEFAULT.decay(TODAY)


def _stored(at: str) -> str:
    return at if "." in at else at.replace("Z", ".000000Z")


async def begin(writer: Writer, number: int) -> Story:
    people = [await world.person(writer) for _ in range(4)]
    return Story(writer, [*people, f"x{number}@acme.cn", f"y{number}@acme.cn", await world.organization(writer)])
