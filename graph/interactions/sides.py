"""Who was ours on a day, and whom the others were with: from the positions that people held then."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import LiteralString

from graph import periods
from graph.database import Transaction
from graph.interactions.fields import Direction

_POSITIONS: LiteralString = """
UNWIND $people AS id
MATCH (:Node {id: id})-[:HOLDS]->(position:Position)-[:AT]->(organization:Organization)
WHERE position.deleted_at IS NULL AND organization.deleted_at IS NULL
RETURN id, organization.id, organization.own, position.primary, position.since, position.until
"""


@dataclass(frozen=True)
class Place:
    """A position, as far as it matters here."""

    organization: str
    own: bool
    primary: bool
    since: str | None
    until: str | None


Places = Mapping[str, Sequence[Place]]


async def places(transaction: Transaction, people: Iterable[str]) -> Places:
    """All positions of each of these people, past ones too."""
    found: dict[str, list[Place]] = defaultdict(list)
    for person, organization, own, primary, since, until in await transaction.run(_POSITIONS, {"people": sorted(set(people))}):
        found[person].append(Place(organization, bool(own), bool(primary), since, until))
    return found


def is_ours(held: Sequence[Place], day: str) -> bool:
    """Whether somebody with these positions was one of ours on `day`."""
    return any(place.own for place in _valid(held, day))


def organizations(held: Sequence[Place], day: str) -> list[str]:
    """Whom somebody with these positions spoke for on `day`: the primary position, else every one; nobody if it is one of ours."""
    valid = _valid(held, day)
    if any(place.own for place in valid):
        return []
    return sorted({place.organization for place in [each for each in valid if each.primary] or valid})


def direction(sides: Iterable[tuple[str, bool]]) -> Direction:
    """From (role, is ours) of all participants. Where nobody is named as sender, a contact of ours counts as made by us."""
    listed = list(sides)
    ours = [mine for _, mine in listed]
    if all(ours):
        return Direction.INTERNAL
    if not any(ours):
        return Direction.EXTERNAL
    senders = [mine for role, mine in listed if role == "FROM"]
    return Direction.OUTBOUND if any(senders) or not senders else Direction.INBOUND


def _valid(held: Sequence[Place], day: str) -> list[Place]:
    return [place for place in held if periods.valid_on(day, place.since, place.until)]
