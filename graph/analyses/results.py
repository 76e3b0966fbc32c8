"""Keeps what an analysis found: scores on the parties, rows with the run. In batches: no transaction grows with the graph, or a row."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing
from typing import Any, LiteralString, TypeVar

from graph.analyses.reasons import packed, shortened
from graph.analyses.rows import GraphFact, NodeGroup, NodeScore, OnParties, Outcome, PairScore, PathRow, Row, Scores
from graph.analyses.runs import Run
from graph.database import Database, Record, Transaction
from graph.writing import Writer

__all__ = ["KEPT_ROWS", "forget", "keep", "withdraw"]

KEPT_ROWS = 10_000
"""So many rows of a run are kept, of each level if it ranks on several. The parties themselves keep all scores."""

T = TypeVar("T")
Before = Callable[[Transaction], Awaitable[None]]
_PARTIES, _ROWS = 1_000, 500
# What a statement creates and then ties it holds in memory for each of the ties: of a row so many come with it.
_FEW = 10
_SECONDS = 120.0

_REMOVE: LiteralString = """
MATCH (:Node {id: $run})-[:GAVE]->(row:AnalysisRow)
WITH row LIMIT $batch
DETACH DELETE row
RETURN count(row)
"""


_CONCERNS: LiteralString = """
MATCH (party:Node {id: concerned.id})
CREATE (found)-[:CONCERNS {place: concerned.place}]->(party)
"""
_CONCERNS_MORE: LiteralString = f"""
MATCH (:Node {{id: $run}})-[:GAVE]->(found:AnalysisRow {{id: $row}})
UNWIND $parties AS concerned
{_CONCERNS}
"""


def _add(kind: LiteralString) -> LiteralString:
    return f"""
MATCH (run:Node {{id: $run}})
UNWIND $rows AS row
CREATE (run)-[:GAVE]->(found:AnalysisRow:{kind})
SET found = row.properties
WITH found, row
UNWIND row.parties AS concerned
WITH found, concerned
{_CONCERNS}
"""


_ADD: Mapping[type[Row], LiteralString] = {
    NodeScore: _add("NodeScore"),
    NodeGroup: _add("NodeGroup"),
    PairScore: _add("PairScore"),
    PathRow: _add("PathRow"),
    GraphFact: _add("GraphFact"),
}


async def keep(writer: Writer, run: Run, outcome: Outcome, tell: Callable[[float], None]) -> None:
    """Puts the newest scores on the parties, takes older ones from those no longer ranked, and keeps the best rows with the run."""
    await forget(writer, run.id)
    if outcome.scores and run.analysis.kept:
        await _keep_scores(writer.database, run.id, run.analysis.kept, outcome.scores, tell)
    rows = [row for row in outcome.rows if not isinstance(row, NodeScore) or row.rank <= KEPT_ROWS]
    await _keep_rows(writer, run.id, rows[: 2 * KEPT_ROWS], tell)


async def forget(writer: Writer, run: str) -> None:
    """Takes the rows from a run."""
    await _until_none(writer.database, _REMOVE, {"run": run, "batch": _ROWS})


async def withdraw(database: Database, kept: OnParties, levels: Sequence[str], run: str, before: Before) -> None:
    """Takes all scores of these levels from the parties, of whatever run, but not what is left of earlier runs than this one as history.

    Each batch begins with what comes `before`.
    """
    await _until_none(database, kept.withdraw, _taking(kept, levels, run), before)


def _taking(kept: OnParties, levels: Sequence[str], run: str) -> dict[str, Any]:
    return {"run": run, "levels": levels, "batch": _PARTIES, "nothing": dict.fromkeys(kept.properties)}


async def _keep_scores(database: Database, run: str, kept: OnParties, scores: Scores, tell: Callable[[float], None]) -> None:
    parties = sorted(scores.by_party)

    def batch(start: int) -> list[dict[str, Any]]:
        return [{"id": id, "properties": scores.by_party[id]} for id in parties[start : start + _PARTIES]]

    async with aclosing(_made_ahead(batch, range(0, len(parties), _PARTIES))) as batches:
        async for start, rows in batches:
            await _write(database, kept.write, {"rows": rows, "run": run, "as_of": scores.as_of})
            tell(0.7 * (start + _PARTIES) / len(parties))
    await _until_none(database, kept.clear, _taking(kept, scores.levels, run))


async def _keep_rows(writer: Writer, run: str, rows: Sequence[Row], tell: Callable[[float], None]) -> None:
    def batch(start: int) -> list[dict[str, Any]]:
        return [_stored(writer.ids.new(), start + place, row) for place, row in enumerate(rows[start : start + _ROWS], start=1)]

    async with aclosing(_made_ahead(batch, range(0, len(rows), _ROWS))) as batches:
        async for start, stored in batches:
            few = [row | {"parties": row["parties"][:_FEW]} for row in stored]
            await _write(writer.database, _ADD[type(rows[start])], {"run": run, "rows": few})
            for row in stored:
                for first in range(_FEW, len(row["parties"]), _PARTIES):
                    more = {"run": run, "row": row["properties"]["id"], "parties": row["parties"][first : first + _PARTIES]}
                    await _write(writer.database, _CONCERNS_MORE, more)
            tell(0.7 + 0.3 * (start + _ROWS) / len(rows))


async def _made_ahead(make: Callable[[int], T], starts: Sequence[int]) -> AsyncGenerator[tuple[int, T]]:
    """What is made of each, in a thread, while the database is at work on the one before."""
    if not starts:
        return
    making = asyncio.create_task(asyncio.to_thread(make, starts[0]))
    try:
        for start, following in zip(starts, [*starts[1:], None], strict=True):
            made = await making
            if following is not None:
                making = asyncio.create_task(asyncio.to_thread(make, following))
            yield start, made
    finally:
        making.cancel()
        await asyncio.gather(making, return_exceptions=True)


def _stored(id: str, place: int, row: Row) -> dict[str, Any]:
    properties, parties = _parts(row)
    return {
        "properties": {"id": id, "place": place, "rank": place, **properties, **packed(shortened(row.reasons))},
        "parties": [{"id": party, "place": at} for at, party in enumerate(parties)],
    }


def _parts(row: Row) -> tuple[dict[str, Any], Sequence[str]]:
    """The properties of a row, and the parties it speaks of in their order."""
    match row:
        case NodeScore():
            return {"score": row.score, "rank": row.rank}, [row.party]
        case NodeGroup():
            return {"label_en": row.label.en, "label_zh": row.label.zh}, row.members
        case PairScore():
            return {"score": row.score}, [row.a, row.b]
        case PathRow():
            return {"strength": row.strength}, row.parties
        case GraphFact():
            return {"code": row.code, "label_en": row.label.en, "label_zh": row.label.zh, "value": row.value}, ()


async def _until_none(database: Database, query: LiteralString, parameters: Mapping[str, Any], before: Before | None = None) -> None:
    async def work(transaction: Transaction) -> Sequence[Record]:
        if before:
            await before(transaction)
        return await transaction.run(query, parameters)

    while (await database.write(work, seconds=_SECONDS))[0][0]:
        pass


async def _write(database: Database, query: LiteralString, parameters: Mapping[str, Any]) -> list[Record]:
    return await database.write(lambda transaction: transaction.run(query, parameters), seconds=_SECONDS)
