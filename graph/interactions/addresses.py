"""Whose an address is: the one person who has it, or of several the one for whom it is primary; else, in the same way, an organization's.

Where that leaves several, or nobody, the address takes part itself, until somebody claims it (`graph.contact_points.claim`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import LiteralString

from graph import contact_points
from graph.contact_points import Address, ContactPointKind
from graph.database import Transaction
from graph.interactions.fields import Channel

_OWNERS: LiteralString = """
UNWIND $matches AS match
MATCH (point:ContactPoint {match: match})
MATCH (point)<-[:REACHED_AT]-(party:Party)
WHERE point.deleted_at IS NULL AND party.deleted_at IS NULL
RETURN DISTINCT match, party.id, party:Organization, coalesce(point.primary, false)
"""
_HOLD: LiteralString = """
UNWIND $addresses AS address
MERGE (u:UnclaimedAddress {match: address.match})
ON CREATE SET u.value = address.value
SET u._lock = true REMOVE u._lock
"""
_FORGET: LiteralString = "UNWIND $matches AS match MATCH (u:UnclaimedAddress {match: match}) WHERE NOT (u)-[:TOOK_PART]->() DELETE u"
_DOMAINS: LiteralString = "MATCH (o:Organization {own: true}) WHERE o.deleted_at IS NULL RETURN o.domains"


@dataclass(frozen=True)
class Owner:
    """The party whose an address is."""

    id: str
    organization: bool
    primary: bool


@lru_cache(maxsize=10_000)
def standard(text: str, channel: Channel, region: str) -> Address:
    """The standard form of an address in an interaction: e-mail, phone, or an account with the channel."""
    accounts = {each.value for each in ContactPointKind}
    return contact_points.guess(text, region, ContactPointKind(channel) if channel in accounts else ContactPointKind.OTHER)


async def owners(transaction: Transaction, addresses: Iterable[Address]) -> dict[str, Owner]:
    """Match → owner, of those that have one. The others are there as UnclaimedAddress afterwards, and locked."""
    open_ = {address.match: address for address in addresses}
    found = await _owners(transaction, open_)
    if rest := [open_[match] for match in sorted(open_.keys() - found.keys())]:
        # Somebody may get the address at this moment: one of both waits for the lock, and then finds what the other wrote.
        await transaction.run(_HOLD, {"addresses": [{"match": address.match, "value": address.value} for address in rest]})
        late = await _owners(transaction, [address.match for address in rest])
        if late:
            await transaction.run(_FORGET, {"matches": sorted(late)})
        found |= late
    return found


async def _owners(transaction: Transaction, matches: Collection[str]) -> dict[str, Owner]:
    candidates: dict[str, list[Owner]] = defaultdict(list)
    for match, *owner in await transaction.run(_OWNERS, {"matches": sorted(matches)}) if matches else []:
        candidates[match].append(Owner(*owner))
    decided = {match: _the_one(several) for match, several in candidates.items()}
    return {match: owner for match, owner in decided.items() if owner}


def _the_one(candidates: Sequence[Owner]) -> Owner | None:
    people = [owner for owner in candidates if not owner.organization] or candidates
    several = people if len({owner.id for owner in people}) == 1 else [owner for owner in people if owner.primary]
    return several[0] if len({owner.id for owner in several}) == 1 else None


async def own_domains(transaction: Transaction) -> set[str]:
    """The e-mail domains of our own companies."""
    return {domain for row in await transaction.run(_DOMAINS) for domain in row[0] or []}
