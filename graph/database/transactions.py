"""One managed transaction: what a unit of work is given, and what is seen of its statements."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, LiteralString, TypeVar

from neo4j import AsyncManagedTransaction, AsyncResult, Record
from neo4j.exceptions import DriverError, Neo4jError

from graph.database.failures import DatabaseFailure, Kind, translated

T = TypeVar("T")
Parameters = Mapping[str, Any] | None
BATCH = 1000


@dataclass(frozen=True)
class Statement:
    """One statement that ran: its text, the seconds until its last row, the number of rows, and what went wrong, if anything."""

    query: str
    seconds: float
    rows: int
    error: DatabaseFailure | None = None


class _Unworded(list[Any]):
    """Its values are in no log: the driver words all parameters for its own, even where that is off, at three times the cost of sending."""

    def __repr__(self) -> str:
        return f"[{len(self)} values]"


def _sent(value: Any) -> Any:
    return _Unworded(value) if isinstance(value, list) else value


class Transaction:
    """Runs statements inside one managed transaction."""

    def __init__(self, inner: AsyncManagedTransaction, kind: Kind, observe: Callable[[Statement], None]) -> None:
        self._inner, self._kind, self._observe = inner, kind, observe

    async def run(self, query: LiteralString, parameters: Parameters = None) -> list[Record]:
        """All rows of one statement."""
        return [row async for batch in self.batches(query, parameters) for row in batch]

    async def batches(self, query: LiteralString, parameters: Parameters = None, size: int = BATCH) -> AsyncIterator[list[Record]]:
        """The rows of one statement as they arrive, some at a time."""
        started, rows, failure = time.perf_counter(), 0, None
        try:
            result = await self._inner.run(query, {name: _sent(value) for name, value in (parameters or {}).items()})
            while batch := await result.fetch(size):
                rows += len(batch)
                yield batch
            await self._check(result)
        # Besides its own errors the driver lets through what a parameter does to its encoder: a lone surrogate, a number over 64 bits.
        except (Neo4jError, DriverError, TypeError, ValueError, OverflowError) as error:
            failure = translated(error)
            raise failure from error
        finally:
            self._observe(Statement(query, time.perf_counter() - started, rows, failure))

    async def _check(self, result: AsyncResult) -> None:
        # The embedded engine writes in a read transaction without complaint: this rolls it back.
        if self._kind == "read" and "w" in ((await result.consume()).query_type or ""):
            raise ValueError("a statement that writes was run as a read")


class Unit(Generic[T]):
    """One unit of work, perhaps run several times; `port` is that of its connection, `finished` says that only the commit is left."""

    def __init__(self, kind: Kind, work: Callable[[Transaction], Awaitable[T]], observe: Callable[[Statement], None]) -> None:
        self.kind: Kind = kind
        self._work, self._observe = work, observe
        self.port, self.finished = 0, False

    async def run(self, inner: AsyncManagedTransaction) -> T:
        self.port, self.finished = inner._connection.local_port, False
        result = await self._work(Transaction(inner, self.kind, self._observe))
        self.finished = True
        return result
