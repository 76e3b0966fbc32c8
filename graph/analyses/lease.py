"""Which process carries a run out: who takes the next one, and what becomes of those whose process ended before them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, LiteralString

from graph.analyses import keeping, processes, runs
from graph.analyses.registry import ANALYSES, find
from graph.analyses.runs import Run, RunStatus
from graph.database import Transaction
from graph.errors import NotFound, Problems, WriteProblem, refused
from graph.writing import Author, Writer

__all__ = ["HEAVY_RUNS", "heavy_is_left", "heavy_waits", "next_of", "put_back", "put_back_once", "sweep", "take"]

HEAVY_RUNS = 1

_WAITING: LiteralString = "MATCH (run:AnalysisRun) WHERE run.status = 'QUEUED' RETURN run.analysis, run.parameters"
_OPEN: LiteralString = """
MATCH (run:AnalysisRun) WHERE run.status IN ['QUEUED', 'RUNNING']
RETURN run.id AS id, run.status AS status, run.analysis AS analysis, run.parameters AS parameters, run.started_by AS author,
  run.queued_at AS queued_at
"""
_SERVED: LiteralString = """
MATCH (run:AnalysisRun) WHERE run.started_by IN $authors AND run.started_at IS NOT NULL
RETURN run.started_by, max(run.started_at)
"""
_TAKE: LiteralString = """
MATCH (run:Node {id: $id}) SET run._lock = true REMOVE run._lock
WITH run WHERE run.status = 'QUEUED'
SET run += $values
RETURN run.id, run.analysis, run.parameters, run.started_by, run.started_by_label
"""
_RUNNING: LiteralString = """
MATCH (run:AnalysisRun) WHERE run.status = 'RUNNING'
RETURN run.id AS id, run.analysis AS analysis, run.parameters AS parameters, run.process AS process, run.sign_at AS sign_at,
  coalesce(run.takeovers, 0) AS takeovers
"""
_IF_LOST: LiteralString = runs.changed_if("run.sign_at = $sign_at")
_IF_NEVER_PUT_BACK: LiteralString = runs.changed_if("coalesce(run.takeovers, 0) = 0")


@dataclass(frozen=True)
class Waiting:
    """A run that nobody has taken."""

    id: str
    author: str
    queued_at: str


def next_of(waiting: Iterable[Waiting], running: Mapping[str, int], served: Mapping[str, str]) -> Waiting | None:
    """The run of whoever has the fewest running and was served longest ago, of theirs the one that has waited longest."""

    def turn(run: Waiting) -> tuple[int, str, str, str]:
        return running.get(run.author, 0), served.get(run.author, ""), run.queued_at, run.id

    return min(waiting, key=turn, default=None)


async def take(writer: Writer, *, heavy: int = HEAVY_RUNS, light: bool = True) -> Run | None:
    """The next run for this process, if any: a heavy one while fewer than `heavy` run in the whole database, a light one if `light`."""
    # An idle server looks every second; it should not stand in the queue of the writers for that.
    if not any(light if each else heavy for each in await _waiting(writer)):
        return None

    async def work(transaction: Transaction) -> Sequence[Any]:
        await transaction.run(runs.LOCK)
        chosen = await _chosen(transaction, heavy, light)
        return await transaction.run(_TAKE, {"id": chosen.id, "values": runs.taken(writer)}) if chosen else []

    rows = await writer.database.write(work)
    if not rows:
        return None
    id, name, parameters, author, label = rows[0]
    try:
        analysis = find(name)
        return Run(id, analysis, runs.parsed(analysis, json.loads(parameters)), Author(author, label))
    except (NotFound, Problems) as error:
        # Queued by another version of the program, which knew other analyses or parameters.
        await keeping.fail(writer, id, name, Author(author, label), error.problems[0] if isinstance(error, Problems) else error)
        return await take(writer, heavy=heavy, light=light)


async def heavy_waits(writer: Writer) -> bool:
    """Whether a heavy run waits for a process to take it."""
    return not all(await _waiting(writer))


async def heavy_is_left(writer: Writer) -> bool:
    """Whether a heavy run waits though none runs: whoever takes such runs is about to take it, or does not work."""
    running = [row for row in await writer.database.read(_RUNNING) if not _is_light(row["analysis"], row["parameters"])]
    at_work = any(processes.is_alive(row["process"], row["sign_at"], writer.clock.now()) for row in running)
    return not at_work and await heavy_waits(writer)


async def _waiting(writer: Writer) -> list[bool]:
    """Of each run that waits, whether it is a light one."""
    return [_is_light(*row) for row in await writer.database.read(_WAITING)]


async def _chosen(transaction: Transaction, heavy: int, light: bool) -> Waiting | None:
    found = await transaction.run(_OPEN)
    running = [row for row in found if row["status"] == RunStatus.RUNNING]
    room = sum(not _is_light(row["analysis"], row["parameters"]) for row in running) < heavy
    queued = [row for row in found if row["status"] == RunStatus.QUEUED]
    may = [row for row in queued if (light if _is_light(row["analysis"], row["parameters"]) else room)]
    if not may:
        return None
    served = await transaction.run(_SERVED, {"authors": sorted({row["author"] for row in may})})
    waiting = [Waiting(row["id"], row["author"], row["queued_at"]) for row in may]
    return next_of(waiting, Counter(row["author"] for row in running), dict(map(tuple, served)))


def _is_light(name: str, parameters: str) -> bool:
    # What is not known here fails at once.
    return name not in ANALYSES or ANALYSES[name].is_light(json.loads(parameters).get("asOf"))


async def put_back(writer: Writer, run: Run) -> None:
    """Lets another process take a run that this one cannot end."""
    await runs.beat(writer, run.id, _anew())


async def put_back_once(writer: Writer, run: Run) -> bool:
    """Whether this run begins anew, as one whose process ended: not if it did so before."""
    parameters = {"id": run.id, "process": processes.this(), "values": _anew(takeovers=1)}
    return bool(await writer.database.write(lambda transaction: transaction.run(_IF_NEVER_PUT_BACK, parameters)))


def _anew(**values: int) -> dict[str, Any]:
    """The properties of a run that waits again; of one that its process or the database left `takeovers` too, since that happens once."""
    begun = ("keeping", "process", "started_at", "fingerprint")
    return {"status": RunStatus.QUEUED.value, "progress": 0.0, **dict.fromkeys(begun), **values}


async def sweep(writer: Writer) -> list[str]:
    """Lets the runs whose process ended before they did begin anew, once; the second time they fail. Gives their ids."""
    now = writer.clock.now()
    lost = [row for row in await writer.database.read(_RUNNING) if not processes.is_alive(row["process"], row["sign_at"], now)]
    for row in lost:
        if not row["takeovers"]:
            await _of_lost(writer, row, _anew(takeovers=1))
        elif await _of_lost(writer, row, {"process": processes.this(), "sign_at": writer.now(), "keeping": None}):
            await keeping.fail(writer, row["id"], row["analysis"], writer.author, _twice(row["process"]))
    return [row["id"] for row in lost]


async def _of_lost(writer: Writer, row: Any, values: Mapping[str, Any]) -> bool:
    """Whether the run was still as lost as when it was looked at, and has these values now."""
    parameters = {"id": row["id"], "process": row["process"], "sign_at": row["sign_at"], "values": values}
    return bool(await writer.database.write(lambda transaction: transaction.run(_IF_LOST, parameters)))


def _twice(process: str) -> WriteProblem:
    host, number, _ = process.rsplit("|", 2)
    en = f"twice the process that ran it ended before it did (the last one was {number} on {host}); start the analysis again"
    zh = f"运行它的进程两次提前结束（最后一次是 {host} 上的 {number}），请重新启动分析"
    return refused(en, zh)
