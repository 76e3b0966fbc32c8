"""Carries a run out: estimate, load, compute in a thread, keep. It can be watched and cancelled, and always ends with a state."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from graph.analyses import keeping, lease, results, runs, stored
from graph.analyses.days import Moment
from graph.analyses.kept import keeper, memory
from graph.analyses.registry import Estimate, find
from graph.analyses.rows import Outcome, Scored
from graph.analyses.runs import Run
from graph.analyses.watch import RUN_SECONDS, Cancelled, Late, Watch
from graph.clock import FixedClock
from graph.database import DatabaseFailure
from graph.errors import Problems, WriteProblem, refused
from graph.fields import Fields
from graph.writing import Writer

__all__ = ["Finished", "answered", "execute", "run"]

_GLANCE = 0.1
_SIGN = 10


@dataclass(frozen=True)
class Finished:
    """What became of a run."""

    run: Run
    estimate: Estimate
    outcome: Outcome


async def run(
    writer: Writer,
    name: str,
    parameters: Mapping[str, Any] | Fields,
    *,
    seconds: float = RUN_SECONDS,
    progress: Callable[[float], None] | None = None,
) -> Finished:
    """Runs one analysis here and now. Raises what made it fail, after the run has it as its reason."""
    taken = await runs.begin(writer, name, parameters)
    try:
        return await execute(writer, taken, seconds=seconds, progress=progress)
    except asyncio.CancelledError:
        await asyncio.shield(_cancelled(writer, taken))
        raise


async def _cancelled(writer: Writer, run: Run) -> None:
    await runs.cancelled(writer, run, await keeping.withdraw(writer, run.id, run.analysis.name))


async def answered(writer: Writer, name: str, parameters: Mapping[str, Any] | Fields) -> Finished | None:
    """What a run of before found, if it would be the same now."""
    analysis = find(name, "analysis")
    given = runs.parsed(analysis, parameters)
    id = await stored.find(writer, analysis, given)
    if id and (found := await stored.outcome(writer, id)):
        return Finished(Run(id, analysis, given, writer.author), *found)
    return None


async def execute(writer: Writer, run: Run, *, seconds: float = RUN_SECONDS, progress: Callable[[float], None] | None = None) -> Finished:
    """Carries out a run that this process has taken; its results are computed within so many seconds.

    Raises Cancelled when somebody cancelled the run, and what made it fail after the run has it as its reason. What fails while parties
    get their scores puts the run back in the queue, once. When the task itself is cancelled the run stays as it is: the caller decides.
    """
    watch, scoring = Watch(seconds), False
    try:
        async with _attended(writer, run, watch, progress):
            estimate, outcome = await _computed(writer, run, watch, seconds)
            # From here on the scores of the parties change: too late to cancel, or to be late.
            # A run that was put back may leave none any more: its day is a past one by now.
            withdrawn = await keeping.withdraw(writer, run.id, run.analysis.name) if run.analysis.kept and not outcome.scores else ()
            await keeping.begin(writer, run.id, run.analysis.name, outcome.scores.levels if outcome.scores else ())
            scoring = outcome.scores is not None
            await results.keep(writer, run, outcome, lambda done: watch.tell(0.7 + 0.3 * done))
        await runs.done(writer, run, outcome, withdrawn)
    except Cancelled:
        raise
    except Exception as error:
        # Whatever it is, the run ends with a reason; the caller gets the error itself.
        if not (scoring and await lease.put_back_once(writer, run)):
            await keeping.fail(writer, run.id, run.analysis.name, run.author, _reason(error))
        raise
    finally:
        watch.cancel()
    return Finished(run, estimate, outcome)


async def _computed(writer: Writer, run: Run, watch: Watch, seconds: float) -> tuple[Estimate, Outcome]:
    analysis = run.analysis
    try:
        async with asyncio.timeout(seconds):
            seen, then = await _seen(writer, run)
            estimate = await analysis.estimate(then, run.parameters)
            await runs.sign(writer, run, 0.0, estimate, fingerprint=seen)
            if not run.light:
                memory.check_run(estimate, keeper(writer.database).limit)
            facts = await analysis.load(then, run.parameters)
            watch.at(0.2)
            outcome = await _in_thread(partial(analysis.compute, facts, run.parameters, watch.part(0.2, 0.7)), watch)
    except TimeoutError:
        raise Late(seconds) from None
    return estimate, outcome if _leaves_scores(then, run.parameters) else replace(outcome, scores=None)


async def _seen(writer: Writer, run: Run) -> tuple[str, Writer]:
    """The fingerprint of what there is, and a writer for all that is read from now on: as of a moment after it, but of its day."""
    while True:
        seen = await stored.fingerprint(writer, run.analysis)
        then = replace(writer, clock=FixedClock(writer.clock.now()))
        if stored.day(seen) == then.today():
            return seen, then


def _leaves_scores(writer: Writer, parameters: Fields) -> bool:
    """Whether parties get the scores: they keep what is so today."""
    return isinstance(parameters, Scored) and parameters.write and not Moment.of(writer, parameters).past


async def _in_thread(compute: Callable[[], Outcome], watch: Watch) -> Outcome:
    """What is computed in a thread. Who no longer waits for it leaves when the thread has ended: until then it is a run that works."""
    working = asyncio.create_task(asyncio.to_thread(compute))
    try:
        return await asyncio.shield(working)
    finally:
        if not working.done():
            watch.cancel()
            await asyncio.wait([working])
            working.exception()


@asynccontextmanager
async def _attended(writer: Writer, run: Run, watch: Watch, progress: Callable[[float], None] | None) -> AsyncIterator[None]:
    """Meanwhile tells how the run goes on, and ends it once somebody has cancelled it: that is looked for at every glance."""
    work = asyncio.current_task()
    attending = asyncio.create_task(_attend(writer, run, watch, progress or (lambda _: None), work))
    try:
        yield
    except asyncio.CancelledError:
        if attending.done() and not attending.exception() and work and not work.uncancel():
            raise Cancelled from None
        raise
    finally:
        attending.cancel()
        await asyncio.gather(attending, return_exceptions=True)


async def _attend(writer: Writer, run: Run, watch: Watch, progress: Callable[[float], None], work: asyncio.Task[Any] | None) -> None:
    for glance in itertools.count(1):
        await asyncio.sleep(_GLANCE)
        progress(watch.progress)
        try:
            await (runs.sign(writer, run, watch.progress) if glance % _SIGN == 0 else runs.check(writer, run))
        except Cancelled:
            watch.cancel()
            if work:
                work.cancel()
            return
        except DatabaseFailure:
            # The next sign may get through; a database that stays away fails the run itself.
            continue


def _reason(error: Exception) -> WriteProblem:
    match error:
        case WriteProblem():
            return error
        case Problems():
            return error.problems[0]
        case Late():
            en, zh = (
                f"it took longer than {error.seconds:g} s; ask for less, or raise GUANXI_RUN_SECONDS",
                f"运行超过 {error.seconds:g} 秒，请缩小范围或提高 GUANXI_RUN_SECONDS",
            )
        case DatabaseFailure():
            en, zh = "the database did not do its part; try again", "数据库未能完成操作，请重试"
        case _:
            en, zh = "an internal error; the log of the server tells more", "内部错误，详见服务器日志"
    return refused(en, zh)
