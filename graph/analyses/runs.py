"""Runs of analyses as the graph keeps them: what was asked and by whom, how far it is, what became of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, LiteralString

from graph.analyses import named, processes, stored
from graph.analyses.registry import Analysis, Estimate, find
from graph.analyses.rows import Outcome
from graph.analyses.watch import Cancelled
from graph.changes import ChangeAction
from graph.database import DatabaseFailure, Transaction
from graph.errors import Duplicate, Message, WriteProblem, refused
from graph.fields import Fields, Reference, references
from graph.terms import Term
from graph.writing import Author, Draft, Writer, Written, locked, write

__all__ = ["Run", "RunStatus", "begin", "cancel", "queue", "start"]


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

    @property
    def light(self) -> bool:
        """Whether it is over in a moment, and waits for no heavy one."""
        return self.analysis.is_light(getattr(self.parameters, "as_of", None))


LOCK: LiteralString = "MATCH (lock:Lock {name: 'analyses'}) SET lock._lock = true"
"""Before it is decided which runs there are, and whose."""

QUEUED = {"status": RunStatus.QUEUED.value}
# One that waits will see the graph as it is then; one that runs has seen it already.
_OPEN: LiteralString = """
MATCH (run:AnalysisRun)
WHERE (run.status = 'QUEUED' OR run.status = 'RUNNING' AND run.fingerprint = $fingerprint)
  AND run.analysis = $analysis AND run.parameters = $parameters AND run.started_by = $author
RETURN run.id ORDER BY run.queued_at, run.id LIMIT 1
"""
_JOINED = Message(
    "the run that you started with the same parameters has not ended yet: it is the one that is answered",
    "您以相同参数启动的运行尚未结束，直接返回该运行",
)
_WITHDRAWN = Message(
    "some parties had its scores already, others those of an earlier run: both were taken from them; start the analysis again",
    "部分对象已有其分数，其余仍为先前运行的分数：两者均已清除，请重新启动分析",
)
_CREATE: LiteralString = "CREATE (run:Node:AnalysisRun) SET run = $values"
_LOCKED: LiteralString = """
MATCH (run:Node {id: $id}) SET run._lock = true REMOVE run._lock
WITH run WHERE run:AnalysisRun
RETURN properties(run)
"""
_SET: LiteralString = "MATCH (run:Node {id: $id}) SET run += $values, run.version = run.version + 1, run.updated_at = $now"


def changed_if(condition: LiteralString) -> LiteralString:
    """Sets $values of a run that $process has, its id, if that holds as well."""
    return f"""
MATCH (run:Node {{id: $id}}) SET run._lock = true REMOVE run._lock
WITH run WHERE run.status = 'RUNNING' AND run.process = $process AND {condition}
SET run += $values
RETURN run.id
"""


BEAT: LiteralString = changed_if("true")
_OURS: LiteralString = "MATCH (run:Node {id: $id}) WHERE run.status = 'RUNNING' AND run.process = $process RETURN run.id"
# Scores that the parties of a level had of other runs are gone: those of this one are all there.
_REPLACED: LiteralString = """
MATCH (run:AnalysisRun) WHERE run.analysis = $analysis AND run.on_parties IS NOT NULL AND run.id <> $id
SET run.on_parties = [level IN run.on_parties WHERE NOT level IN $levels]
"""


async def start(writer: Writer, name: str, parameters: Mapping[str, Any] | Fields, path: Sequence[str] = ()) -> Written:
    """Queue a run of an analysis, for whichever server process is free; or the run that has, or will have, the answer (启动分析)."""
    analysis, given = await _understood(writer, name, parameters, path)
    if earlier := await stored.find(writer, analysis, given):
        return Written(earlier, (stored.answered(earlier),))
    return await _create(writer, analysis, given, await waiting(writer, analysis, given), seen=await stored.fingerprint(writer, analysis))


async def queue(writer: Writer, name: str, parameters: Mapping[str, Any] | Fields, path: Sequence[str] = ()) -> Written:
    """Queue a run of an analysis, whatever was computed before."""
    analysis, given = await _understood(writer, name, parameters, path)
    return await _create(writer, analysis, given, await waiting(writer, analysis, given))


async def begin(writer: Writer, name: str, parameters: Mapping[str, Any] | Fields) -> Run:
    """A run that this process has taken from its beginning."""
    analysis, given = await _understood(writer, name, parameters)
    written = await _create(writer, analysis, given, taken(writer))
    return Run(written.id, analysis, given, writer.author)


async def cancel(writer: Writer, input: Reference) -> Written:
    """Cancel a run that waits or runs; what it has not kept by then is dropped (取消分析)."""

    async def work(transaction: Transaction, draft: Draft) -> str:
        found = await locked(transaction, _LOCKED, input.id, version=input.version)
        if found["status"] not in (RunStatus.QUEUED, RunStatus.RUNNING):
            en = f"id: the run is {found['status']} and cannot be cancelled any more; start another one if need be"
            raise refused(en, f"id：该运行状态为 {found['status']}，已无法取消，可重新启动", "id")
        # One that has begun to put scores on parties, be it before it was put back, goes on until they all have them.
        if found.get("keeping") or found.get("on_parties"):
            en = "id: the run has begun to keep its results and cannot be cancelled any more; wait until it has ended"
            raise refused(en, "id：该运行已开始保存结果，无法取消，请等待其结束", "id")
        await _set(transaction, writer, draft, found, {"status": RunStatus.CANCELLED.value, "finished_at": writer.now()})
        return input.id

    return await write(writer, ChangeAction.END, work, given=input)


def parsed(analysis: Analysis[Any, Any], parameters: Mapping[str, Any] | Fields) -> Fields:
    """The parameters with their defaults; Problems that name each one that is wrong, with its bounds."""
    given: Fields = analysis.parameters.parse(parameters) if isinstance(parameters, Mapping) else parameters
    return given


async def _understood(
    writer: Writer, name: str, parameters: Mapping[str, Any] | Fields, path: Sequence[str] = ()
) -> tuple[Analysis[Any, Any], Fields]:
    analysis = find(name, "analysis")
    given = parsed(analysis, parameters)
    await named.check(writer, given, *path)
    return analysis, given


async def _create(
    writer: Writer, analysis: Analysis[Any, Any], given: Fields, state: Mapping[str, Any], *, seen: str | None = None
) -> Written:
    """A new run; or, where the fingerprint that a run would have `seen` is given, the same one of this author that has not ended."""
    asked = stored.asked(analysis, given)

    async def work(transaction: Transaction, draft: Draft) -> str:
        if seen and (found := await _not_ended(transaction, asked | {"author": writer.author.id, "fingerprint": seen})):
            draft.warn(Duplicate(_JOINED, existing_id=found))
            return found
        return await add(transaction, writer, draft, asked, state, [id for id, _ in references(given)])

    return await write(writer, ChangeAction.START, work, given=given)


async def _not_ended(transaction: Transaction, asked: Mapping[str, str]) -> str | None:
    await transaction.run(LOCK)
    return next((str(row[0]) for row in await transaction.run(_OPEN, asked)), None)


async def add(
    transaction: Transaction, writer: Writer, draft: Draft, asked: Mapping[str, str], state: Mapping[str, Any], naming: Collection[str]
) -> str:
    """Adds a run of what was asked, `analysis` and `parameters` as they are stored, which name these parties, and gives its id."""
    id, now = writer.ids.new(), writer.now()
    draft.aside = True
    times = {"queued_at": now, "created_at": now, "updated_at": now}
    author = {"started_by": writer.author.id, "started_by_label": writer.author.label}
    await transaction.run(_CREATE, {"values": {"id": id, "version": 1, "progress": 0.0, **asked, **author, **times, **state}})
    await named.tie(transaction, id, naming)
    for name, value in (*asked.items(), ("status", state["status"])):
        draft.set(name, None, value)
    return id


def taken(writer: Writer) -> dict[str, Any]:
    """The properties of a run that this process begins."""
    now = writer.now()
    return {"status": RunStatus.RUNNING.value, "process": processes.this(), "started_at": now, "sign_at": now}


async def sign(writer: Writer, run: Run, progress: float, estimate: Estimate | None = None, **values: Any) -> None:
    """Tells how far a run is, and that its process lives. Cancelled when the run is no longer this process's."""
    if estimate:
        values |= _told(estimate)
    if not await beat(writer, run.id, {**values, "progress": progress, "sign_at": writer.now()}):
        raise Cancelled


async def check(writer: Writer, run: Run) -> None:
    """Cancelled when the run is no longer this process's. A read alone."""
    if not await writer.database.read(_OURS, {"id": run.id, "process": processes.this()}):
        raise Cancelled


async def waiting(writer: Writer, analysis: Analysis[Any, Any], given: Fields) -> dict[str, Any]:
    """The properties of a run that waits, with what it will take; what cannot be counted in time is told when it begins."""
    try:
        return QUEUED | _told(await analysis.estimate(writer, given))
    except DatabaseFailure:
        return QUEUED


def _told(estimate: Estimate) -> dict[str, Any]:
    return {f"estimate_{name}": value for name, value in asdict(estimate).items()}


async def beat(writer: Writer, id: str, values: Mapping[str, Any]) -> bool:
    """Sets these properties of a run as long as it is this process's."""
    parameters = {"id": id, "process": processes.this(), "values": dict(values)}
    return bool(await writer.database.write(lambda transaction: transaction.run(BEAT, parameters)))


async def done(writer: Writer, run: Run, outcome: Outcome, withdrawn: Sequence[str] = ()) -> None:
    """Ends a run with its results; parties have scores of the levels `withdrawn` no more."""
    notes = (*outcome.notes, _WITHDRAWN) if withdrawn else outcome.notes
    values = {"status": RunStatus.DONE.value, "progress": 1.0, "formula": outcome.formula, "row_count": len(outcome.rows), **_notes(notes)}
    await _end(writer, run.id, run.author, values, outcome.scores.levels if outcome.scores else withdrawn)


async def failed(writer: Writer, id: str, author: Author, problem: WriteProblem, withdrawn: Sequence[str] = ()) -> None:
    """Ends a run with the reason why it has no results; parties have scores of the levels `withdrawn` no more."""
    reason = {"problem_code": problem.code.value, "problem_en": problem.text.en, "problem_zh": problem.text.zh}
    await _end_without(writer, id, author, {"status": RunStatus.FAILED.value, **reason}, withdrawn)


async def cancelled(writer: Writer, run: Run, withdrawn: Sequence[str]) -> None:
    """Ends a run whose process is told to stop; parties have scores of the levels `withdrawn` no more."""
    await _end_without(writer, run.id, run.author, {"status": RunStatus.CANCELLED.value}, withdrawn)


async def _end_without(writer: Writer, id: str, author: Author, values: Mapping[str, Any], withdrawn: Sequence[str]) -> None:
    notes = _notes((_WITHDRAWN,)) if withdrawn else {}
    await _end(writer, id, author, {**values, **notes}, withdrawn)


def _notes(notes: Sequence[Message]) -> dict[str, list[str]]:
    return {"notes_en": [note.en for note in notes], "notes_zh": [note.zh for note in notes]}


async def _end(writer: Writer, id: str, author: Author, values: Mapping[str, Any], levels: Sequence[str] = ()) -> None:
    async def work(transaction: Transaction, draft: Draft) -> str:
        found = await locked(transaction, _LOCKED, id)
        if found["status"] == RunStatus.RUNNING and found["process"] == processes.this():
            await _set(transaction, writer, draft, found, {**values, "finished_at": writer.now(), "keeping": None})
            await transaction.run(_REPLACED, {"id": id, "analysis": found["analysis"], "levels": levels})
        return id

    await write(replace(writer, author=author), ChangeAction.ANALYSE, work, given=Fields())


async def _set(transaction: Transaction, writer: Writer, draft: Draft, found: Mapping[str, Any], values: Mapping[str, Any]) -> None:
    await transaction.run(_SET, {"id": found["id"], "values": dict(values), "now": writer.now()})
    draft.aside = True
    draft.set("status", found["status"], values["status"])
