"""The log of changes as it stands in the database."""

from __future__ import annotations

import json
from dataclasses import dataclass

from graph import changes
from graph.changes import Change, ChangeAction, FieldChange
from graph.database import Database, Record

_AFTER = """
MATCH (change:Change) WHERE change.number > $number AND change.number <= $head
RETURN properties(change) AS change ORDER BY change.number LIMIT $limit
"""


@dataclass(frozen=True)
class Logged(Change):
    number: int = 0


async def after(database: Database, number: int, *, limit: int = 1000) -> list[Logged]:
    """The changes that follow `number`, oldest first, at most `limit`. None is left out, also while others write."""
    # A scan alone can pass over a change that commits while it runs; all up to a head that was read before are there.
    newest = await changes.head(database)
    return [_logged(row) for row in await database.read(_AFTER, {"number": number, "head": newest, "limit": limit})]


def _logged(row: Record) -> Logged:
    found = row["change"]
    return Logged(
        id=found["id"],
        at=found["at"],
        actor=found["actor"],
        actor_label=found["actor_label"],
        action=ChangeAction(found["action"]),
        subjects=tuple(found["subjects"]),
        fields=tuple(FieldChange(*field) for field in json.loads(found["fields"])),
        key=found.get("key"),
        input_hash=found.get("input_hash"),
        number=found["number"],
    )
