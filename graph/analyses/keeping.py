"""Who changes the scores that parties have: one run at a time; one that will have no results takes away what it has begun to put there."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, LiteralString

from graph.analyses import processes, results, runs
from graph.analyses.registry import ANALYSES
from graph.analyses.watch import Cancelled
from graph.database import Transaction
from graph.errors import WriteProblem
from graph.writing import Author, Writer

__all__ = ["begin", "fail", "may_begin", "withdraw"]

_GLANCE = 0.1
_LEFT: LiteralString = "MATCH (run:Node {id: $id}) RETURN coalesce(run.on_parties, [])"
_KEEPING: LiteralString = """
MATCH (run:AnalysisRun)
WHERE run.status = 'RUNNING' AND run.keeping AND run.on_parties IS NOT NULL AND run.analysis = $analysis AND run.id <> $id
RETURN run.process AS process, run.sign_at AS sign_at
"""


async def begin(writer: Writer, id: str, analysis: str, levels: Sequence[str]) -> None:
    """Waits until this run may change the scores that parties have of `levels`. From then on it cannot be cancelled."""
    while True:
        if await may_begin(writer, id, analysis, levels):
            return
        await asyncio.sleep(_GLANCE)


async def may_begin(writer: Writer, id: str, analysis: str, levels: Sequence[str]) -> bool:
    """Whether it does from now on: not while a living process changes such scores. Cancelled when it is no longer this process's."""

    async def work(transaction: Transaction) -> bool:
        if levels and await _another_keeps(transaction, writer, id, analysis):
            return False
        await _keep(transaction, writer, id, {"wrote": list(levels), "on_parties": list(levels)} if levels else {})
        return True

    return await writer.database.write(work)


async def _another_keeps(transaction: Transaction, writer: Writer, id: str, analysis: str) -> bool:
    await transaction.run(runs.LOCK)
    others = await transaction.run(_KEEPING, {"id": id, "analysis": analysis})
    return any(processes.is_alive(row["process"], row["sign_at"], writer.clock.now()) for row in others)


async def _keep(transaction: Transaction, writer: Writer, id: str, values: Mapping[str, Any]) -> None:
    values = {"sign_at": writer.now(), "keeping": True, **values}
    if not await transaction.run(runs.BEAT, {"id": id, "process": processes.this(), "values": values}):
        raise Cancelled


async def fail(writer: Writer, id: str, analysis: str, author: Author, problem: WriteProblem) -> None:
    """Ends a run of this process with the reason why it has no results, after what it has kept of them is gone."""
    await runs.failed(writer, id, author, problem, await withdraw(writer, id, analysis))


async def withdraw(writer: Writer, id: str, analysis: str) -> Sequence[str]:
    """Takes away what a run of this process has kept; the levels of which no party has a score any more.

    Where it has put scores on some parties, others have those of an earlier run: such a mixture is none. Nothing is touched of a run that
    has ended, or that another process has by now.
    """
    kept = ANALYSES[analysis].kept if analysis in ANALYSES else None
    try:
        levels = await _begin_again(writer, id, analysis) if kept else ()
        taken = kept is not None and bool(levels) and bool(await writer.database.read(kept.wrote, {"run": id}))
        if kept and taken:
            await results.withdraw(writer.database, kept, levels, id, partial(_keep, writer=writer, id=id, values={}))
        await writer.database.write(partial(_keep, writer=writer, id=id, values={"on_parties": []} if levels else {}))
    except Cancelled:
        return ()
    await results.forget(writer, id)
    return levels if taken else ()


async def _begin_again(writer: Writer, id: str, analysis: str) -> Sequence[str]:
    """Begins with what is on parties of this run: its levels, none once another run has put all of its own there."""

    async def work(transaction: Transaction) -> Sequence[str] | None:
        if not await _left(transaction, id):
            return ()
        # In this order: another run ends and takes its levels from this one in one transaction.
        if await _another_keeps(transaction, writer, id, analysis):
            return None
        if levels := await _left(transaction, id):
            await _keep(transaction, writer, id, {})
        return levels

    while True:
        if (levels := await writer.database.write(work)) is not None:
            return levels
        await asyncio.sleep(_GLANCE)


async def _left(transaction: Transaction, id: str) -> Sequence[str]:
    levels: Sequence[str] = (await transaction.run(_LEFT, {"id": id}))[0][0]
    return levels
