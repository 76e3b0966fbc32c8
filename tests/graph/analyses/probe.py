"""An analysis that does what a test wants, and how its runs are looked at."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Annotated, Any, TypeVar, cast

from graph.analyses import ANALYSES, lease
from graph.analyses.registry import Estimate, analysis, between
from graph.analyses.rows import Outcome, Row, RowKind
from graph.analyses.runs import Run
from graph.analyses.watch import Watch
from graph.changes import ChangeAction
from graph.database import Database, Record, Transaction, Unavailable
from graph.errors import refused
from graph.fields import Fields
from graph.writing import Author, Writer
from tests.graph.analyses import world
from tests.graph.log import after

T = TypeVar("T")
SYSTEM = Author("system", "System")
GONE = "another machine|1|token"
"""A process that gives no signs any more."""

ROWS: list[Row] = []


class Probe(Fields):
    """What the analysis of these tests does."""

    seconds: Annotated[float, between(0, 10)] = 0
    fail: str = ""


async def _estimate(writer: Writer, parameters: Probe) -> Estimate:
    return Estimate(10, 20, 0.5, 1_000)


async def _load(writer: Writer, parameters: Probe) -> str:
    if parameters.fail == "load":
        raise refused("to: nobody knows anybody", "to：没有人认识任何人", "to")
    return "facts"


def _probe(facts: str, parameters: Probe, watch: Watch) -> Outcome:
    if parameters.fail == "bug":
        raise ZeroDivisionError
    end = time.monotonic() + parameters.seconds
    while time.monotonic() < end:
        time.sleep(0.01)
        watch.at(0.5)
    return Outcome(list(ROWS), "probe 1")


@contextmanager
def registered() -> Iterator[None]:
    """Meanwhile there is an analysis called probe; what it gives is ROWS."""
    decorate = analysis(
        "probe",
        title=("Probe", "探测"),
        purpose=("Tests", "测试"),
        formula=("none", "无"),
        complexity=("O(1)", "O(1)"),
        rows=RowKind.GRAPH_FACT,
        parameters=Probe,
        estimate=_estimate,
        load=_load,
    )
    decorate(_probe)
    ROWS.clear()
    try:
        yield
    finally:
        del ANALYSES["probe"]


class Interrupted:
    """A database before each of whose statements something happens."""

    def __init__(self, database: Database, before: Callable[[], Awaitable[None]]) -> None:
        self._database, self._before = database, before

    async def read(self, *given: Any, **options: Any) -> list[Record]:
        await self._before()
        return await self._database.read(*given, **options)

    async def stream(self, *given: Any, **options: Any) -> AsyncIterator[Record]:
        await self._before()
        async for row in self._database.stream(*given, **options):
            yield row

    async def write(self, work: Callable[[Transaction], Awaitable[T]], **options: Any) -> T:
        await self._before()
        return await self._database.write(work, **options)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._database, name)

    def of(self, writer: Writer) -> Writer:
        return replace(writer, database=cast(Database, self))


class Unsteady(Interrupted):
    """A database that does not answer while it is `away`."""

    def __init__(self, database: Database) -> None:
        super().__init__(database, self._check)
        self.away = False

    async def _check(self) -> None:
        if self.away:
            raise Unavailable("nobody answered")


async def taken(writer: Writer, heavy: int = 99) -> Run:
    """The next run, which must be there."""
    run = await lease.take(writer, heavy=heavy)
    assert run
    return run


async def state(writer: Writer, id: str) -> dict[str, Any]:
    return await world.properties(writer, id)


async def until(writer: Writer, id: str, *status: str, seconds: float = 10) -> dict[str, Any]:
    for _ in range(round(seconds / 0.02)):
        if (found := await state(writer, id))["status"] in status:
            return found
        await asyncio.sleep(0.02)
    raise AssertionError(found)


async def log(writer: Writer) -> list[tuple[str, ChangeAction, dict[str, str | None]]]:
    return [
        (change.actor, change.action, {field.name: field.after for field in change.fields}) for change in await after(writer.database, 0)
    ]


async def only(writer: Writer, status: str, progress: float = 0.0) -> None:
    """Waits until the only run is there, in this status and so far."""
    query = "MATCH (run:AnalysisRun) WHERE run.status = $status AND run.progress >= $progress - 0.001 RETURN run.id"
    for _ in range(500):
        if await writer.database.read(query, {"status": status, "progress": progress}):
            return
        await asyncio.sleep(0.02)
    raise AssertionError(status)
