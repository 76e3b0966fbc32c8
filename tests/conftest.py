"""One real engine a session, emptied after each test. `--engine neo4j` or ENGINE=neo4j runs the same tests on Neo4j."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from graph import embedded, migrate
from graph.clock import FixedClock
from graph.database import Database, Target, Transaction
from graph.ids import SeededIds
from tests import neo4j

MEMORY, ROOM = Path("/dev/shm"), 4 << 30
"""Where Linux keeps files in memory, and how many bytes must be free to use it."""

NOON = datetime(2026, 7, 1, 8, tzinfo=UTC)
"""The moment at which tests take place."""

OPTIONS = "JDK_JAVA_OPTIONS"
USUAL = "-XX:+IgnoreUnrecognizedVMOptions -XX:TieredStopAtLevel=1"
"""Engines that live for seconds: half the work of their start is optimising what they will not do twice."""


def pytest_addoption(parser: pytest.Parser) -> None:
    default = os.environ.get("GUANXI_TEST_ENGINE") or os.environ.get("ENGINE") or "embedded"
    parser.addoption("--engine", choices=["embedded", "neo4j"], default=default)


def pytest_configure() -> None:
    # The workers have it from the process that starts them.
    os.environ.setdefault(OPTIONS, USUAL)


@pytest.fixture(scope="session")
def engine(request: pytest.FixtureRequest) -> str:
    return "neo4j" if neo4j.given() else str(request.config.getoption("--engine"))


@pytest.fixture(scope="session")
async def target(engine: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Target]:
    with _folder(engine, tmp_path_factory) as folder:
        async with neo4j.running(folder) if engine == "neo4j" else embedded.running(folder) as target:
            yield target


@contextmanager
def _folder(name: str, folders: pytest.TempPathFactory) -> Iterator[Path]:
    # A write of a test waits for the disk most of its time; what comes through a crash has tests with engines of their own.
    if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM:
        with TemporaryDirectory(prefix=f"guanxi-{name}-", dir=MEMORY, ignore_cleanup_errors=True) as folder:
            yield Path(folder)
    else:
        yield folders.mktemp(name)


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
        await transaction.run("MATCH (n:Counter) SET n.value = 0, n.log = randomUUID() REMOVE n._lock, n.graph, n.rebuilt")

    await database.write(delete)
