"""Units of work, a statement that takes forever, and whether it still runs."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, LiteralString

from graph.database import Database, Transaction

SLOW: LiteralString = "UNWIND range(1, 30000) AS a UNWIND range(1, 30000) AS b WITH a, b WHERE a + b = -1 RETURN count(*) AS slow_marker"


def work(query: LiteralString, parameters: dict[str, Any] | None = None) -> Callable[[Transaction], Awaitable[list[Any]]]:
    """A unit of work of one statement, answering its rows as lists."""

    async def run(transaction: Transaction) -> list[Any]:
        return [list(row) for row in await transaction.run(query, parameters)]

    return run


async def count(database: Database) -> int:
    return int((await database.read("MATCH (n:Probe) RETURN count(n)"))[0][0])


async def still_running(database: Database) -> bool:
    rows = await database.read("SHOW TRANSACTIONS YIELD currentQuery RETURN currentQuery")
    return any("slow_marker" in (row[0] or "") and "SHOW" not in row[0] for row in rows)


async def stops(database: Database) -> bool:
    for _ in range(30):
        if not await still_running(database):
            return True
        await asyncio.sleep(0.1)
    return False
