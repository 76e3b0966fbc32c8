"""One real engine a session, emptied after each test. `--engine neo4j` or ENGINE=neo4j runs the same tests on Neo4j."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime

import pytest

from graph import embedded, migrate
from graph.analyses.kept import keeper
from graph.clock import FixedClock
from graph.database import Database, Target, Transaction
from graph.ids import SeededIds
from tests import neo4j

# Engines that live for seconds: half the work of their start is optimising what they will not do twice.
os.environ.setdefault("JDK_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1")

NOON = datetime(2026, 7, 1, 8, tzinfo=UTC)
"""The moment at which tests take place."""


def pytest_addoption(parser: pytest.Parser) -> None:
    default = os.environ.get("GUANXI_TEST_ENGINE") or os.environ.get("ENGINE") or "embedded"
    parser.addoption("--engine", choices=["embedded", "neo4j"], default=default)


@pytest.fixture(scope="session")
def engine(request: pytest.FixtureRequest) -> str:
    return "neo4j" if neo4j.given() else str(request.config.getoption("--engine"))


@pytest.fixture(scope="session")
async def target(engine: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Target]:
    async with _engine(engine, tmp_path_factory) as target:
        yield target


def _engine(engine: str, folders: pytest.TempPathFactory) -> AbstractAsyncContextManager[Target]:
    return neo4j.running(folders.mktemp("neo4j")) if engine == "neo4j" else embedded.running(folders.mktemp("embedded"))


@pytest.fixture(scope="session")
async def migrated(target: Target) -> AsyncIterator[Database]:
    """The session's one Database, its schema in place."""
    async with await Database.connect(target) as database:
        await database.write(lambda transaction: transaction.run("MATCH (n) WHERE NOT n:GuanxiTest DETACH DELETE n"))
        await migrate.apply(database)
        yield database


@pytest.fixture
async def database(migrated: Database) -> AsyncIterator[Database]:
    """The database, empty but for its schema."""
    yield migrated
    await wipe(migrated)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOON)


@pytest.fixture
def ids(clock: FixedClock) -> SeededIds:
    return SeededIds(1, clock)


async def wipe(database: Database) -> None:
    """Empties the database but for its schema."""

    async def delete(transaction: Transaction) -> None:
        await transaction.run("MATCH (n) WHERE NOT n:Migration AND NOT n:Lock AND NOT n:Counter AND NOT n:GuanxiTest DETACH DELETE n")
        await transaction.run("MATCH (n:Counter) SET n.value = 0 REMOVE n._lock, n.graph, n.rebuilt")

    await database.write(delete)
    # Its log begins anew, and tells nothing of what is gone.
    keeper(database).forget()
