"""Who knew whom at a past instant: added up from the interactions before it, for the stored sums hold later contact too."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, LiteralString

import numpy as np
from numpy.typing import NDArray

from graph import knows
from graph.analyses.kept.columns import Columns
from graph.database import Database, Record

__all__ = ["as_of"]

_SECONDS, _BATCH = 300.0, 20_000
_ENCOUNTERS: LiteralString = """
MATCH (i:Interaction) WHERE i.deleted_at IS NULL AND NOT i.crowd AND i.occurred_at < $at
MATCH (i)<-[t:TOOK_PART]-(p:Person)
WITH i, collect([p.id, t.role]) AS people
RETURN i.channel, i.occurred_at, people
"""


async def as_of(database: Database, at: str, now: Columns) -> Columns:
    """The same acquaintances with what the encounters before an instant give; declarations say themselves from which day on they count.

    Memory O(m) for m acquaintances, however many encounters there were.
    """
    sums, rows = await asyncio.to_thread(_Sums, now), list[Record]()
    async for row in database.stream(_ENCOUNTERS, {"at": at}, seconds=_SECONDS):
        rows.append(row)
        if len(rows) == _BATCH:
            await asyncio.to_thread(sums.add, rows)
            rows = []
    await asyncio.to_thread(sums.add, rows)
    return replace(now, out=sums.out, back=sums.back)


class _Sums:
    """What has been added up for each row of columns."""

    def __init__(self, columns: Columns) -> None:
        self.out, self.back = np.zeros_like(columns.out), np.zeros_like(columns.back)
        self._place = columns.place
        keys = self._keys(columns.a, columns.b)
        self._order = np.argsort(keys)
        self._sorted = keys[self._order]

    def add(self, rows: Sequence[Record]) -> None:
        """Adds what these encounters give to acquaintances that there are."""
        deltas = [delta for delta in knows.deltas(knows.encounters(rows)) if self._place.keys() >= {*delta.pair}]
        ends = np.array([[self._place[id] for id in delta.pair] for delta in deltas], np.int64).reshape(-1, 2)
        given = np.array([[delta.out, delta.back] for delta in deltas]).reshape(-1, 2)
        keys = self._keys(ends[:, 0], ends[:, 1])
        at = np.searchsorted(self._sorted, keys)
        there = at < len(self._sorted)
        there[there] = self._sorted[at[there]] == keys[there]
        found = self._order[at[there]]
        self.out[found] += given[there, 0]
        self.back[found] += given[there, 1]

    def _keys(self, a: NDArray[Any], b: NDArray[Any]) -> NDArray[np.int64]:
        keys: NDArray[np.int64] = a.astype(np.int64) * len(self._place) + b
        return keys
