"""Who knew whom at a past instant: added up from the interactions before it, for the stored sums hold later contact too."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import LiteralString

import numpy as np

from graph import knows
from graph.analyses.ties import Acquaintances, positions
from graph.database import Database, Record

__all__ = ["as_of"]

_SECONDS = 300.0
_ENCOUNTERS: LiteralString = """
MATCH (i:Interaction) WHERE i.deleted_at IS NULL AND NOT i.crowd AND i.occurred_at < $at
MATCH (i)<-[t:TOOK_PART]-(p:Person)
WITH i, collect([p.id, t.role]) AS people
RETURN i.channel, i.occurred_at, people
"""


async def as_of(database: Database, at: str, declared: Acquaintances) -> Acquaintances:
    """What the encounters before an instant give, beside the floors that are `declared` for that day."""
    rows = [row async for row in database.stream(_ENCOUNTERS, {"at": at}, seconds=_SECONDS)]
    return await asyncio.to_thread(_added, declared, rows)


def _added(now: Acquaintances, rows: Sequence[Record]) -> Acquaintances:
    declared = now.floor > 0
    columns = (now.a[declared].tolist(), now.b[declared].tolist(), now.floor[declared].tolist())
    floors = {(a, b): floor for a, b, floor in zip(*columns, strict=True)}
    place = positions(now.people)
    deltas = (delta for delta in knows.deltas(knows.encounters(rows)) if place.keys() >= {*delta.pair})
    sums = {(place[delta.pair[0]], place[delta.pair[1]]): (delta.out, delta.back) for delta in deltas}
    pairs = sorted(sums.keys() | floors.keys())
    rows_of = [(*pair, *sums.get(pair, (0.0, 0.0)), floors.get(pair, 0.0)) for pair in pairs]
    a, b, out, back, floor = np.array(rows_of, np.float64).reshape(-1, 5).T
    return Acquaintances(now.people, a.astype(np.int32), b.astype(np.int32), out, back, floor)
