"""Brings the database to the schema of this version: `migrations/` is loaded, planned, and what is pending is executed under a lock.

Each step is remembered in the graph as `(:Migration {name, checksum, done, applied_at})`, in the transaction of each statement, so
that a killed run goes on where it stopped. A step is Cypher, or Python with `async def apply(database)` where a value must be
computed: that must bear being run again.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, LiteralString, cast

import migrations
from graph.clock import Clock, SystemClock, instant
from graph.database import Database, Transaction
from graph.migrate import seam
from graph.migrate.lease import Lease, LeaseLost, held
from graph.migrate.steps import Changed, Mark, MigrationProblem, Misnamed, Missing, OutOfOrder, Step, is_schema, load, plan

__all__ = ["Changed", "LeaseLost", "MigrationProblem", "Misnamed", "Missing", "OutOfOrder", "all_steps", "apply", "pending"]

FOLDER = Path(migrations.__file__).parent
# A constraint or a full-text index over millions of nodes takes its time.
PATIENCE = 3600.0

_MARKS: LiteralString = "MATCH (m:Migration) RETURN m.name, m.checksum, m.done, m.applied_at IS NOT NULL"
_BEGIN: LiteralString = """
MERGE (m:Migration {name: $name})
WITH m, CASE WHEN m.checksum = $checksum AND m.applied_at IS NULL THEN m.done ELSE 0 END AS done
SET m.checksum = $checksum, m.done = done
REMOVE m.applied_at
RETURN done
"""
_DONE: LiteralString = "MATCH (m:Migration {name: $name}) SET m.done = $done"
_COMPLETE: LiteralString = "MATCH (m:Migration {name: $name}) SET m.applied_at = $at"
_OWN_KEYS: tuple[LiteralString, ...] = (
    "CREATE CONSTRAINT lock_name IF NOT EXISTS FOR (n:Lock) REQUIRE n.name IS UNIQUE",
    "CREATE CONSTRAINT migration_name IF NOT EXISTS FOR (n:Migration) REQUIRE n.name IS UNIQUE",
)

Work = Callable[[Transaction], Awaitable[Any]]


def all_steps() -> list[str]:
    """Names of the steps that `apply` would run on a new database."""
    return [step.name for step in plan(load(FOLDER), {})]


async def pending(database: Database, *, folder: Path = FOLDER) -> list[str]:
    """Names of the steps that `apply` would run. MigrationProblem when files and history do not fit."""
    return [step.name for step in plan(load(folder), await _marks(database))]


async def apply(
    database: Database,
    *,
    clock: Clock | None = None,
    progress: Callable[[str], None] | None = None,
    folder: Path = FOLDER,
    lease_seconds: float = 15,
) -> list[str]:
    """Runs what is pending, telling `progress` each name as it begins, and gives the names. MigrationProblem, before anything ran."""
    steps = load(folder)
    if not plan(steps, await _marks(database)):
        return []
    for key in _OWN_KEYS:
        await seam.change_schema(database, key, seconds=PATIENCE)
    async with held(database, lease_seconds) as lease:
        # Planned again: whoever held the lock before us may have done it all.
        todo = plan(steps, await _marks(database))
        for step in todo:
            if progress:
                progress(step.name)
            await _run(database, step, lease)
            await _mark(database, lease, _COMPLETE, {"name": step.name, "at": instant((clock or SystemClock()).now())})
    return [step.name for step in todo]


async def _marks(database: Database) -> dict[str, Mark]:
    return {row[0]: Mark(row[1], row[2], row[3]) for row in await database.read(_MARKS)}


async def _run(database: Database, step: Step, lease: Lease) -> None:
    done = (await _mark(database, lease, _BEGIN, {"name": step.name, "checksum": step.checksum}))[0][0]
    if step.path.suffix == ".py":
        await _load_python(step)(database)
        return
    for place, statement in enumerate(step.statements[done:], done + 1):
        await _execute(database, lease, statement, {"name": step.name, "done": place})
    await seam.await_indexes(database, seconds=PATIENCE)


async def _execute(database: Database, lease: Lease, statement: LiteralString, mark: dict[str, Any]) -> None:
    # Schema statements are written to bear being run again, so only data needs to remember how far it came.
    if is_schema(statement):
        await seam.change_schema(database, statement, seconds=PATIENCE)
        return

    async def work(transaction: Transaction) -> None:
        await transaction.run(statement)
        await lease.check(transaction)
        await transaction.run(_DONE, mark)

    await database.write(work, seconds=PATIENCE)


async def _mark(database: Database, lease: Lease, query: LiteralString, parameters: dict[str, Any]) -> list[Any]:
    async def work(transaction: Transaction) -> list[Any]:
        await lease.check(transaction)
        return await transaction.run(query, parameters)

    return await database.write(work)


def _load_python(step: Step) -> Callable[[Database], Awaitable[None]]:
    spec = importlib.util.spec_from_file_location(step.path.stem, step.path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return cast(Callable[[Database], Awaitable[None]], module.apply)
