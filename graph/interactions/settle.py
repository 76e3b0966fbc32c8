"""From what somebody tells of an interaction to what is stored: whose the addresses are, which way it went, whom it regarded."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from graph.contact_points import Address
from graph.database import Transaction
from graph.errors import NotFound
from graph.interactions import addresses, sides, store
from graph.interactions.addresses import Owner
from graph.interactions.sides import Places
from graph.interactions.store import Happening, Held, Seat
from graph.metrics.warmth import is_crowd
from graph.writing import Writer

CAN_BE_REGARDED = frozenset({"Party", "Product", "Order", "Referral"})


@dataclass(frozen=True)
class Guest:
    """Who took part, as told: a party or an address, or both as they were stored before."""

    role: str
    party: str | None = None
    address: Address | None = None


@dataclass(frozen=True)
class Told:
    """An interaction as told. Without a `direction` it is derived, and so is `followed`: the organizations that it regards besides."""

    id: str
    values: Mapping[str, Any]
    guests: tuple[Guest, ...]
    regarding: tuple[str, ...] = ()
    followed: tuple[str, ...] | None = None
    direction: str | None = None

    @property
    def occurred_at(self) -> str:
        return str(self.values["occurred_at"])


async def settle(transaction: Transaction, writer: Writer, told: Sequence[Told], before: Collection[str] = ()) -> list[Happening]:
    """What to store. All whom it concerns are locked, `before` too, and their last contact is moved on. NotFound for what is not there.

    `before` are the ids of what a correction concerned until now; it may have been deleted since.
    """
    around = _Surroundings(ZoneInfo(writer.customs.time_zone))
    loose = [guest.address for each in told for guest in each.guests if guest.address and not guest.party]
    if loose:
        around.owners = await addresses.owners(transaction, loose)
        around.domains = await addresses.own_domains(transaction)
    around.places = await sides.places(transaction, {party for each in told for party in around.parties(each)})
    took_part = _latest((each.occurred_at, around.parties(each)) for each in told)
    regarded = _latest((each.occurred_at, around.regarding(each)) for each in told)
    around.held = await store.hold(transaction, took_part, regarded, before)
    for each in told:
        around.check(each, before)
    return [around.happening(each) for each in told]


@dataclass
class _Surroundings:
    """What the graph knows of those who took part."""

    zone: ZoneInfo
    owners: Mapping[str, Owner] = field(default_factory=dict)
    domains: Collection[str] = ()
    places: Places = field(default_factory=dict)
    held: Held = field(default_factory=dict)

    def party(self, guest: Guest) -> str | None:
        owner = self.owners.get(guest.address.match) if guest.address else None
        return guest.party or (owner.id if owner else None)

    def parties(self, told: Told) -> set[str]:
        return {party for guest in told.guests if (party := self.party(guest))}

    def regarding(self, told: Told) -> dict[str, bool]:
        """Id → whether it was named."""
        followed = told.followed
        if followed is None:
            day = self._day(told)
            followed = tuple(id for party in self.parties(told) for id in sides.organizations(self.places.get(party, ()), day))
        return dict.fromkeys(sorted(followed), False) | dict.fromkeys(told.regarding, True)

    def check(self, told: Told, before: Collection[str]) -> None:
        for place, guest in enumerate(told.guests):
            if (party := self.party(guest)) and party not in before and "Party" not in self._labels(party):
                raise NotFound(party, "participants", str(place), "party")
        for place, id in enumerate(told.regarding):
            if id not in before and not CAN_BE_REGARDED & self._labels(id):
                raise NotFound(id, "regarding", str(place))

    def happening(self, told: Told) -> Happening:
        seats = store.ordered(self._seat(guest) for guest in told.guests)
        day = self._day(told)
        direction = told.direction or sides.direction((guest.role, self._is_ours(guest, day)) for guest in told.guests)
        crowd = is_crowd(seat.key for seat in seats if not seat.organization)
        values = {**told.values, "direction": str(direction), "direction_given": told.direction is not None, "crowd": crowd}
        return Happening(told.id, values, seats, self.regarding(told))

    def _seat(self, guest: Guest) -> Seat:
        party, address = self.party(guest), guest.address
        key = party or (address.match if address else "")
        organization = party is not None and "Organization" in self._labels(party)
        return Seat(guest.role, key, address.value if address else None, party is not None, organization)

    def _is_ours(self, guest: Guest, day: str) -> bool:
        if party := self.party(guest):
            return (party in self.held and self.held[party].own) or sides.is_ours(self.places.get(party, ()), day)
        # A colleague who is not in the graph yet still writes from our domain.
        return guest.address is not None and guest.address.value.rpartition("@")[2] in self.domains

    def _labels(self, id: str) -> frozenset[str]:
        return self.held[id].labels if id in self.held else frozenset()

    def _day(self, told: Told) -> str:
        return datetime.fromisoformat(told.occurred_at).astimezone(self.zone).date().isoformat()


def _latest(facts: Iterable[tuple[str, Iterable[str]]]) -> dict[str, str]:
    latest: dict[str, str] = {}
    for at, ids in facts:
        latest |= {id: max(latest.get(id, ""), at) for id in ids}
    return latest
