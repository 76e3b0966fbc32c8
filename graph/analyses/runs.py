"""Runs of analyses as the graph keeps them: what was asked and by whom, how far it is, what became of it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, LiteralString

from graph.analyses import processes, stored
from graph.analyses.registry import Analysis, Estimate, find
from graph.analyses.rows import Outcome
from graph.analyses.watch import Cancelled
from graph.changes import ChangeAction
from graph.database import Transaction
from graph.errors import NotFound, Problems, WriteProblem, refused
from graph.fields import Fields, Reference
from graph.terms import Term
from graph.writing import Author, Draft, Writer, Written, locked, write

__all__ = ["Run", "RunStatus", "begin", "cancel", "queue", "start", "take"]


class RunStatus(Term):
    """How far a run is (运行状态)."""

    QUEUED = "Waiting", "排队中"
    RUNNING = "Running", "运行中"
    DONE = "Done", "已完成"
    FAILED = "Failed", "失败"
    CANCELLED = "Cancelled", "已取消"


@dataclass(frozen=True)
class Run:
    """A run that this process has taken."""

    id: str
    analysis: Analysis[Any, Any]
    parameters: Fields
    author: Author


_CREATE: LiteralString = "CREATE (run:Node:AnalysisRun) SET run = $values"
_LOCKED: LiteralString = """
MATCH (run:Node {id: $id}) SET run._lock = true REMOVE run._lock
WITH run WHERE run:AnalysisRun
RETURN properties(run)
"""
_SET: LiteralString = "MATCH (run:Node {id: $id}) SET run += $values, run.version = run.version + 1, run.updated_at = $now"
_WAITING: LiteralString = "MATCH (run:AnalysisRun) WHERE run.status = 'QUEUED' RETURN run.id LIMIT 1"
_TAKE: LiteralString = """
MATCH (run:AnalysisRun) WHERE run.status = 'QUEUED'
WITH run ORDER BY run.queued_at, run.id LIMIT 1
SET run._lock = true REMOVE run._lock
WITH run WHERE run.status = 'QUEUED'
SET run += $values
RETURN run.id, run.analysis, run.parameters, run.started_by, run.started_by_label
"""
_BEAT: LiteralString = """
MATCH (run:Node {id: $id}) SET run._lock = true REMOVE run._lock
WITH run WHERE run.status = 'RUNNING' AND run.process = $process
SET run += $values
RETURN run.id
"""
# Scores that the parties of a level had of other runs are gone: those of this one are all there.
_REPLACED: LiteralString = """
MATCH (run:AnalysisRun) WHERE run.analysis = $analysis AND run.on_parties IS NOT NULL AND run.id <> $id
SET run.on_parties = [level IN run.on_parties WHERE NOT level IN $levels]
"""
_RUNNING: LiteralString = "MATCH (run:AnalysisRun) WHERE run.status = 'RUNNING' RETURN run.id, run.process, run.sign_at"


async def start(writer: Writer, name: str, parameters: Mapping[str, Any] | Fields) -> Written:
    """Queue a run of an analysis, which whichever server process is free takes; or the run that has the answer already (启动分析)."""
    analysis = find(name, "analysis")
    if earlier := await stored.find(writer, analysis, parsed(analysis, parameters)):
        return Written(earlier, (stored.answered(),))
    return await queue(writer, name, parameters)


async def queue(writer: Writer, name: str, parameters: Mapping[str, Any] | Fields) -> Written:
    """Queue a run of an analysis, whatever was computed before."""
    return await _create(writer, find(name, "analysis"), parameters, {"status": RunStatus.QUEUED.value})


async def begin(writer: Writer, name: str, parameters: Mapping[str, Any] | Fields) -> Run:
    """A run that this process has taken from its beginning."""
    analysis = find(name, "analysis")
    given = parsed(analysis, parameters)
    written = await _create(writer, analysis, given, _taken(writer))
    return Run(written.id, analysis, given, writer.author)


async def cancel(writer: Writer, input: Reference) -> Written:
    """Cancel a run that waits or runs; what it has not kept by then is dropped (取消分析)."""

    async def work(transaction: Transaction, draft: Draft) -> str:
        found = await locked(transaction, _LOCKED, input.id, version=input.version)
        if found["status"] not in (RunStatus.QUEUED, RunStatus.RUNNING) or found.get("keeping"):
            en = f"id: the run is {found['status']} and cannot be cancelled any more; start another one if need be"
            raise refused(en, f"id：该运行状态为 {found['status']}，已无法取消，可重新启动", "id")
        await _set(transaction, writer, draft, found, {"status": RunStatus.CANCELLED.value, "finished_at": writer.now()})
        return input.id

    return await write(writer, ChangeAction.END, work, given=input)


def parsed(analysis: Analysis[Any, Any], parameters: Mapping[str, Any] | Fields) -> Fields:
    """The parameters with their defaults; Problems that name each one that is wrong, with its bounds."""
    given: Fields = analysis.parameters.parse(parameters) if isinstance(parameters, Mapping) else parameters
    return given


async def _create(
    writer: Writer, analysis: Analysis[Any, Any], parameters: Mapping[str, Any] | Fields, state: Mapping[str, Any]
) -> Written:
    given = parsed(analysis, parameters)
    asked = {"analysis": analysis.name, "parameters": given.model_dump_json(by_alias=True)}

    async def work(transaction: Transaction, draft: Draft) -> str:
        id, now = writer.ids.new(), writer.now()
        draft.aside = True
        times = {"queued_at": now, "created_at": now, "updated_at": now}
        author = {"started_by": writer.author.id, "started_by_label": writer.author.label}
        await transaction.run(_CREATE, {"values": {"id": id, "version": 1, "progress": 0.0, **asked, **author, **times, **state}})
        for name, value in (*asked.items(), ("status", state["status"])):
            draft.set(name, None, value)
        return id

    return await write(writer, ChangeAction.START, work, given=given)


def _taken(writer: Writer) -> dict[str, Any]:
    now = writer.now()
    return {"status": RunStatus.RUNNING.value, "process": processes.this(), "started_at": now, "sign_at": now}


async def take(writer: Writer) -> Run | None:
    """The run that has waited longest, if any, for this process."""
    # An idle server looks every second; it should not stand in the queue of the writers for that.
    if not await writer.database.read(_WAITING):
        return None
    rows = await writer.database.write(lambda transaction: transaction.run(_TAKE, {"values": _taken(writer)}))
    if not rows:
        return None
    id, name, parameters, author, label = rows[0]
    try:
        analysis = find(name)
        return Run(id, analysis, parsed(analysis, json.loads(parameters)), Author(author, label))
    except (NotFound, Problems) as error:
        # Queued by another version of the program, which knew other analyses or parameters.
        await failed(writer, id, Author(author, label), error.problems[0] if isinstance(error, Problems) else error)
        return await take(writer)


async def sign(writer: Writer, run: Run, progress: float, estimate: Estimate | None = None, **values: Any) -> None:
    """Tells how far a run is, and that its process lives. Cancelled when the run is no longer this process's."""
    if estimate:
        values |= {f"estimate_{name}": value for name, value in asdict(estimate).items()}
    parameters = {"id": run.id, "process": processes.this(), "values": {**values, "progress": progress, "sign_at": writer.now()}}
    if not await writer.database.write(lambda transaction: transaction.run(_BEAT, parameters)):
        raise Cancelled


async def put_back(writer: Writer, run: Run) -> None:
    """Lets another process take a run that this one cannot end."""
    values = {"status": RunStatus.QUEUED.value, "progress": 0.0, "keeping": None, "process": None, "started_at": None}
    parameters = {"id": run.id, "process": processes.this(), "values": values}
    await writer.database.write(lambda transaction: transaction.run(_BEAT, parameters))


async def done(writer: Writer, run: Run, outcome: Outcome) -> None:
    """Ends a run with its results."""
    notes = {"notes_en": [note.en for note in outcome.notes], "notes_zh": [note.zh for note in outcome.notes]}
    values = {"status": RunStatus.DONE.value, "progress": 1.0, "formula": outcome.formula, "row_count": len(outcome.rows), **notes}
    await _end(writer, run.id, run.author, values, outcome.scores.levels if outcome.scores else ())


async def failed(writer: Writer, id: str, author: Author, problem: WriteProblem) -> None:
    """Ends a run with the reason why it has no results."""
    reason = {"problem_code": problem.code.value, "problem_en": problem.text.en, "problem_zh": problem.text.zh}
    await _end(writer, id, author, {"status": RunStatus.FAILED.value, **reason})


async def cancelled(writer: Writer, run: Run) -> None:
    """Ends a run whose process is told to stop."""
    await _end(writer, run.id, run.author, {"status": RunStatus.CANCELLED.value})


async def _end(writer: Writer, id: str, author: Author, values: Mapping[str, Any], levels: Sequence[str] = ()) -> None:
    async def work(transaction: Transaction, draft: Draft) -> str:
        found = await locked(transaction, _LOCKED, id)
        if found["status"] == RunStatus.RUNNING:
            await _set(transaction, writer, draft, found, {**values, "finished_at": writer.now(), "keeping": None})
            await transaction.run(_REPLACED, {"id": id, "analysis": found["analysis"], "levels": levels})
        return id

    await write(replace(writer, author=author), ChangeAction.ANALYSE, work, given=Fields())


async def _set(transaction: Transaction, writer: Writer, draft: Draft, found: Mapping[str, Any], values: Mapping[str, Any]) -> None:
    await transaction.run(_SET, {"id": found["id"], "values": dict(values), "now": writer.now()})
    draft.aside = True
    draft.set("status", found["status"], values["status"])


async def sweep(writer: Writer) -> list[str]:
    """Fails the runs whose process ended before they did, and gives their ids."""
    lost = []
    for id, process, sign in await writer.database.read(_RUNNING):
        if not processes.is_alive(process, sign, writer.clock.now()):
            host, number, _ = process.rsplit("|", 2)
            en = f"the process that ran it ended before it did ({number} on {host}); start the analysis again"
            problem = refused(en, f"运行它的进程已提前结束（{host} 上的 {number}），请重新启动分析")
            await failed(writer, id, writer.author, problem)
            lost.append(id)
    return lost
