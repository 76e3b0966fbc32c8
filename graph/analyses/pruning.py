"""Old runs go with their rows, so that the graph does not grow by being analysed."""

from __future__ import annotations

from typing import LiteralString

from graph.analyses import results
from graph.writing import Writer

__all__ = ["KEPT_RUNS", "prune"]

KEPT_RUNS = 20
"""So many ended runs of each analysis are kept."""

_ENDED: LiteralString = """
MATCH (run:AnalysisRun) WHERE run.analysis = $analysis AND run.status IN ['DONE', 'FAILED', 'CANCELLED']
RETURN run.id, run.on_parties ORDER BY run.finished_at DESC, run.id DESC
"""
_REMOVE: LiteralString = """
MATCH (run:Node {id: $id}) WHERE run.status IN ['DONE', 'FAILED', 'CANCELLED']
DETACH DELETE run
"""


async def prune(writer: Writer, analysis: str, kept: int = KEPT_RUNS) -> list[str]:
    """Removes the ended runs of an analysis but the newest, and but those whose scores parties have; gives their ids."""
    ended = await writer.database.read(_ENDED, {"analysis": analysis})
    old = [id for id, on_parties in ended[kept:] if not on_parties]
    for id in old:
        await results.forget(writer, id)
        await writer.database.write(lambda transaction, id=id: transaction.run(_REMOVE, {"id": id}))  # type: ignore[misc]
    return old
