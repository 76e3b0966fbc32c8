"""The one way into the graph: managed transactions over Bolt, alike on Neo4j and on the embedded engine.

Whatever goes wrong between us and the database leaves this module as one of

    DatabaseFailure
     +-- Unavailable             nobody answered, or not for us, or others were in the way until the deadline
     |    +-- Denied             user or password are not accepted
     |    +-- OutcomeUnknown     the connection broke, or the deadline passed, during a commit: the write may have happened
     +-- TimedOut                the deadline passed, and the statement was stopped
     +-- ConstraintViolated      a unique value exists already
     +-- TooLarge                the transaction needs more memory than one may use
     +-- BadQuery                the statement cannot run: its text or a value in it is wrong, or it wrote where only reading is allowed

Retries, with jitter and until the deadline, happen here and nowhere else: the driver's own are off.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import logging
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager, nullcontext, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Literal, LiteralString, Self, TypeVar

from neo4j import AsyncDriver, AsyncGraphDatabase, AsyncSession, Record, unit_of_work
from neo4j.exceptions import DriverError, Neo4jError

from graph.database.failures import (
    BadQuery,
    ConstraintViolated,
    DatabaseFailure,
    Denied,
    Kind,
    OutcomeUnknown,
    TimedOut,
    TooLarge,
    Unavailable,
    passes,
    translated,
)
from graph.database.transactions import BATCH, Parameters, Statement, Transaction, Unit
from graph.locks import Turns

__all__ = [
    "BadQuery",
    "ConstraintViolated",
    "Database",
    "DatabaseFailure",
    "Denied",
    "OutcomeUnknown",
    "Record",
    "Statement",
    "Target",
    "TimedOut",
    "TooLarge",
    "Transaction",
    "Unavailable",
]

T = TypeVar("T")
# What goes wrong is raised here; the driver would also log every try and every connection that ends with its engine.
logging.getLogger("neo4j").setLevel(logging.CRITICAL)
_OF_CONNECTION: LiteralString = "SHOW TRANSACTIONS YIELD transactionId, clientAddress WHERE clientAddress = $address RETURN transactionId"


@dataclass(frozen=True)
class Target:
    """Where a database is and how to get in. `folder` is the embedded engine's: its write lock lives there."""

    uri: str
    user: str
    password: str
    database: str
    engine: Literal["neo4j", "embedded"]
    folder: Path | None = None

    def written(self) -> str:
        """As JSON, password included, for another process that reads it with `read`."""
        return json.dumps(asdict(self), default=str)

    @classmethod
    def read(cls, text: str) -> Self:
        """What `written` gave."""
        given = json.loads(text)
        return cls(**given | {"folder": given["folder"] and Path(given["folder"])})


class Database:
    """One pool of connections to one database. `statements` counts what ran; `observers` hear of each statement as it ends."""

    def __init__(self, target: Target, driver: AsyncDriver, statement_seconds: float) -> None:
        self.target = target
        self.engine = target.engine
        self.statements = 0
        self.observers: list[Callable[[Statement], None]] = []
        self._driver = driver
        self._seconds = statement_seconds
        self._bookmarks = AsyncGraphDatabase.bookmark_manager()
        self._turns = Turns(target.folder) if target.folder else None
        self._stops: set[asyncio.Task[None]] = set()

    @classmethod
    async def connect(cls, target: Target, *, statement_seconds: float = 30, wait: float | None = None) -> Self:
        """Opens `target`; Unavailable when it does not answer within `wait`, or else `statement_seconds`, the deadline of later calls."""
        # The driver takes http:// too, as a preview that needs more than we install.
        if not target.uri.startswith(("bolt", "neo4j")):
            raise Unavailable(f"the address of a database begins with bolt:// or neo4j://, not as {target.uri!r}")
        try:
            driver = AsyncGraphDatabase.driver(
                target.uri,
                auth=(target.user, target.password) if target.user else None,
                max_transaction_retry_time=0,
                notifications_min_severity="OFF",
                telemetry_disabled=True,
            )
        except (DriverError, ValueError) as error:
            raise Unavailable(str(error)) from error
        database = cls(target, driver, statement_seconds)
        try:
            await database.read("RETURN 1", seconds=wait)
        except BaseException as error:
            await database.close()
            if isinstance(error, TimedOut):
                raise Unavailable(f"{target.uri} does not answer") from error
            raise
        return database

    async def close(self) -> None:
        await asyncio.gather(*self._stops)
        await self._driver.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self.close()

    async def read(self, query: LiteralString, parameters: Parameters = None, *, seconds: float | None = None) -> list[Record]:
        """All rows of one reading statement, from wherever reads are served."""
        return await self._managed("read", lambda transaction: transaction.run(query, parameters), seconds)

    async def probe(self, *, seconds: float = 2) -> None:
        """Asks once for a sign of life, and does not wait for one that comes back: Unavailable or TimedOut without."""
        await self._managed("read", lambda transaction: transaction.run("RETURN 1"), seconds, again=lambda: False)

    async def stream(
        self, query: LiteralString, parameters: Parameters = None, *, seconds: float | None = None, ahead: int = BATCH
    ) -> AsyncIterator[Record]:
        """The rows of one reading statement while they arrive, some batches of `ahead` before the caller asks for them.

        Closing the iterator stops the statement.
        """
        arrived: asyncio.Queue[list[Record] | None] = asyncio.Queue()
        room, begun = asyncio.Semaphore(3), asyncio.Event()

        async def work(transaction: Transaction) -> None:
            async for batch in transaction.batches(query, parameters, ahead):
                begun.set()
                await room.acquire()
                arrived.put_nowait(batch)

        reading = asyncio.create_task(self._managed("read", work, seconds, again=lambda: not begun.is_set()))
        reading.add_done_callback(lambda _: arrived.put_nowait(None))
        try:
            while batch := await arrived.get():
                room.release()
                for row in batch:
                    yield row
            await reading
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)

    async def write(self, work: Callable[[Transaction], Awaitable[T]], *, seconds: float | None = None) -> T:
        """Runs `work` in one write transaction and commits it. After a conflict `work` runs again: it must touch nothing else."""
        return await self._managed("write", work, seconds)

    async def run_schema(self, query: LiteralString) -> None:
        """One schema statement, in a transaction of its own."""
        await self.write(lambda transaction: transaction.run(query))

    @contextmanager
    def recording(self) -> Iterator[list[Statement]]:
        """The statements that end meanwhile, for tests: `with database.recording() as statements: …; assert len(statements) == 1`."""
        statements: list[Statement] = []
        self.observers.append(statements.append)
        try:
            yield statements
        finally:
            self.observers.remove(statements.append)

    def _observe(self, statement: Statement) -> None:
        self.statements += 1
        for observer in self.observers:
            observer(statement)

    async def _managed(
        self,
        kind: Kind,
        work: Callable[[Transaction], Awaitable[T]],
        seconds: float | None,
        again: Callable[[], bool] = lambda: True,
    ) -> T:
        seconds = self._seconds if seconds is None else seconds
        unit, failure, deadline = Unit(kind, work, self._observe), None, asyncio.timeout(seconds)
        try:
            async with deadline, self._turn(kind):
                for attempt in itertools.count():
                    try:
                        return await self._attempt(unit, seconds)
                    except DatabaseFailure as error:
                        if not passes(error, kind, embedded=self.engine == "embedded", attempt=attempt) or not again():
                            raise
                        failure = error
                    await asyncio.sleep(random.uniform(0.5, 1) * min(0.01 * 2**attempt, 0.5))
        except TimeoutError as error:
            if not deadline.expired():
                raise
            if kind == "write" and unit.finished:
                raise OutcomeUnknown("the deadline passed during the commit") from error
            raise failure or TimedOut(f"no answer within {seconds:g} s") from error
        raise AssertionError("unreachable")

    async def _attempt(self, unit: Unit[T], seconds: float) -> T:
        bounded = unit_of_work(timeout=seconds)(unit.run)
        try:
            async with self._session() as session:
                # As the driver's own execute_query does: BEGIN travels with the first statement and saves a round trip.
                with session._pipelined_begin:
                    return await (session.execute_read(bounded) if unit.kind == "read" else session.execute_write(bounded))
        except asyncio.CancelledError:
            if self.engine == "embedded" and unit.port and not unit.finished:
                await self._stop(unit.port)
            raise
        except (Neo4jError, DriverError) as error:
            raise translated(error) from error

    async def _stop(self, port: int) -> None:
        # Neo4j stops a statement when its connection closes, the embedded engine must be told. Shielded, as it is a cancel that led here.
        stop = asyncio.create_task(self._terminate(port))
        self._stops.add(stop)
        stop.add_done_callback(self._stops.discard)
        await asyncio.shield(stop)

    async def _terminate(self, port: int) -> None:
        address = {"address": f"/127.0.0.1:{port}"}
        for pause in (0, 0.05, 0.2):
            await asyncio.sleep(pause)
            with suppress(DatabaseFailure):
                for row in await self.read(_OF_CONNECTION, address, seconds=5):
                    await self.read("TERMINATE TRANSACTIONS $id", {"id": row[0]}, seconds=5)
                    return

    def _session(self) -> AsyncSession:
        return self._driver.session(database=self.target.database or None, bookmark_manager=self._bookmarks)

    def _turn(self, kind: Kind) -> AbstractAsyncContextManager[None]:
        return self._turns.turn() if self._turns and kind == "write" else nullcontext()
