"""Who knew whom at a past instant: added up from the interactions before it, for the stored sums hold later contact too."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import LiteralString

import numpy as np

from graph import knows
from graph.analyses.kept.columns import Columns
from graph.database import Database, Record

__all__ = ["as_of"]

_SECONDS = 300.0
_ENCOUNTERS: LiteralString = """
MATCH (i:Interaction) WHERE i.deleted_at IS NULL AND NOT i.crowd AND i.occurred_at < $at
MATCH (i)<-[t:TOOK_PART]-(p:Person)
WITH i, collect([p.id, t.role]) AS people
RETURN i.channel, i.occurred_at, people
"""


async def as_of(database: Database, at: str, now: Columns) -> Columns:
    """The same acquaintances with what the encounters before an instant give; declarations say themselves from which day on they count."""
    rows = [row async for row in database.stream(_ENCOUNTERS, {"at": at}, seconds=_SECONDS)]
    return await asyncio.to_thread(_summed, now, rows)


def _summed(now: Columns, rows: Sequence[Record]) -> Columns:
    known = {pair: row for row, pair in enumerate(zip(now.a.tolist(), now.b.tolist(), strict=True))}
    out, back = np.zeros_like(now.out), np.zeros_like(now.back)
    for delta in knows.deltas(knows.encounters(rows)):
        a, b = map(now.place.get, delta.pair)
        if (row := known.get((a, b))) is not None:
            out[row], back[row] = delta.out, delta.back
    return replace(now, out=out, back=back)
