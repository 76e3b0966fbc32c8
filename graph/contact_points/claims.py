"""Mail that was there before anybody had its address: it is connected to the party that gets the address."""

from __future__ import annotations

from collections.abc import Sequence

from graph import knows
from graph.contact_points.shared import Holders, holders
from graph.database import Transaction
from graph.writing import Writer

# Made only to be locked: who records something for this address at the same moment waits, and then finds its new owner.
_HOLD = """
UNWIND $matches AS match
MERGE (address:UnclaimedAddress {match: match})
SET address._lock = true REMOVE address._lock
"""

_CLAIM = """
UNWIND $matches AS match
MATCH (address:UnclaimedAddress {match: match})-[seat:TOOK_PART]->(interaction:Interaction)
MATCH (party:Node {id: $party})
CREATE (party)-[:TOOK_PART {role: seat.role, address: seat.address}]->(interaction)
DELETE seat
RETURN DISTINCT interaction.id AS id
"""

_FORGET = """
UNWIND $matches AS match
MATCH (address:UnclaimedAddress {match: match}) WHERE NOT (address)-[:TOOK_PART]->()
DELETE address
"""

_LAST = """
MATCH (party:Node {id: $party})
UNWIND $interactions AS id
MATCH (interaction:Node {id: id}) WHERE interaction.deleted_at IS NULL
WITH party, max(interaction.occurred_at) AS last
WHERE party.last_interaction_at IS NULL OR party.last_interaction_at < last
SET party.last_interaction_at = last
"""

_COMPANY = """
UNWIND $interactions AS id
MATCH (interaction:Node {id: id})<-[:TOOK_PART]-(other:Person) WHERE other.id <> $party
RETURN DISTINCT other.id AS id
"""


async def claim(transaction: Transaction, writer: Writer, party: str, matches: Sequence[str]) -> dict[str, Holders]:
    """Gives `party` the past interactions of those addresses that nobody else has; last contact and acquaintance follow.

    Answers who else has the others.
    """
    if not matches:
        return {}
    parameters = {"party": party, "matches": sorted(matches)}
    await transaction.run(_HOLD, parameters)
    shared = await holders(transaction, matches, besides=party)
    free = [match for match in matches if match not in shared]
    interactions = [row["id"] for row in await transaction.run(_CLAIM, {"party": party, "matches": free})]
    await transaction.run(_FORGET, parameters)
    if interactions:
        await _follow(transaction, writer, party, interactions)
    return shared


async def _follow(transaction: Transaction, writer: Writer, party: str, interactions: Sequence[str]) -> None:
    parameters = {"party": party, "interactions": interactions}
    await transaction.run(_LAST, parameters)
    others = [str(row["id"]) for row in await transaction.run(_COMPANY, parameters)]
    await knows.recount(transaction, writer, [(min(party, other), max(party, other)) for other in others])
