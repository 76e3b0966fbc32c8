"""What positions mean for who holds them: which one is primary, and whether they are one of ours."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from graph import periods
from graph.database import Transaction
from graph.positions.fields import HeldPosition
from graph.writing import Draft, Writer

_PRIMARY = """
MATCH (:Node {id: $person})-[:HOLDS]->(position:Position {primary: true})
WHERE position.deleted_at IS NULL AND position.id <> $position
RETURN position.id AS id, position.since AS since, position.until AS until ORDER BY position.id
"""

_YIELD = """
MATCH (position:Node {id: $position})
SET position.primary = false, position.version = position.version + 1, position.updated_at = $now
"""


@dataclass(frozen=True)
class Claim:
    """That a position be the primary one of its holder: `wanted` or not, or None to be it if no other one is."""

    position: str
    person: str | None
    since: str | None
    until: str | None
    wanted: bool | None


async def settle(transaction: Transaction, writer: Writer, draft: Draft, claim: Claim, *, taking: bool) -> bool:
    """Whether the position is the primary one. At most one is on any day to come: if `taking`, others yield, else it does.

    The person must be locked.
    """
    if claim.wanted is False or claim.person is None:
        return bool(claim.wanted)
    others = [
        other
        for other in await transaction.run(_PRIMARY, {"person": claim.person, "position": claim.position})
        if periods.overlap(claim.since, claim.until, other["since"], other["until"])
    ]
    today = writer.today()
    rivals = [other["id"] for other in others if _lasts(claim.until, today) and _lasts(other["until"], today)]
    if claim.wanted is None:
        # A position that lasts is the first one when the others are over, although it may have begun before they were.
        return not (rivals if _lasts(claim.until, today) else others)
    if rivals and not taking:
        return False
    for rival in rivals:
        await transaction.run(_YIELD, {"position": rival, "now": writer.now()})
        draft.subject(rival)
        draft.set(f"{rival}.primary", "true", "false")
    return True


def _lasts(until: str | None, today: str) -> bool:
    return until is None or until > today


_WITH_US = """
UNWIND $people AS id
MATCH (person:Node {id: id})
OPTIONAL MATCH (person)-[:HOLDS]->(position:Position)-[:AT]->(organization:Organization {own: true})
WHERE position.deleted_at IS NULL AND organization.deleted_at IS NULL
RETURN id, labels(person) AS labels, collect([position.since, position.until]) AS periods, count(position) AS count
"""

_EMPLOYEES = "UNWIND $people AS id MATCH (person:Node {id: id}) SET person:Employee"

_CONTACTS = "UNWIND $people AS id MATCH (person:Node {id: id}) SET person:Contact"

_IS_OWN = "MATCH (organization:Node {id: $id}) RETURN coalesce(organization.own, false) AS own"


async def label(transaction: Transaction, writer: Writer, people: Iterable[str | None]) -> None:
    """Labels people as Employee who are or were with us, and as Contact who are, were or will be without a position with us."""
    named = sorted({person for person in people if person is not None})
    rows = await transaction.run(_WITH_US, {"people": named}) if named else []
    employees, contacts = [], []
    for row in rows:
        labels = _labels(row["periods"] if row["count"] else [], writer.today())
        employees += [row["id"]] * ("Employee" in labels - set(row["labels"]))
        contacts += [row["id"]] * ("Contact" in labels - set(row["labels"]))
    if employees:
        await transaction.run(_EMPLOYEES, {"people": employees})
    if contacts:
        await transaction.run(_CONTACTS, {"people": contacts})


async def labels_with(transaction: Transaction, writer: Writer, position: HeldPosition | None) -> frozenset[str]:
    """The labels of a new person with this position: the embedded engine cannot add one to a node of the same transaction."""
    rows = await transaction.run(_IS_OWN, {"id": position.organization}) if position else []
    ours = [(position.since, position.until)] if position and rows and rows[0]["own"] else []
    return frozenset(_labels(ours, writer.today()))


def _labels(ours: Iterable[tuple[str | None, str | None]], today: str) -> set[str]:
    periods = list(ours)
    stays = any(until is None and (since is None or since <= today) for since, until in periods)
    return ({"Employee"} if periods else set()) | (set() if stays else {"Contact"})
