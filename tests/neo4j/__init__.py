"""A real Neo4j for the tests: the server that GUANXI_TEST_NEO4J_URI names, or one started from Maven artifacts."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from graph.database import Database, Target
from tests.neo4j import artifacts, server

VERSION = os.environ.get("GUANXI_TEST_NEO4J") or os.environ.get("NEO4J") or "5.26.30"


def given() -> bool:
    """Whether the environment names a server to use."""
    return bool(os.environ.get("GUANXI_TEST_NEO4J_URI"))


@asynccontextmanager
async def running(folder: Path) -> AsyncIterator[Target]:
    """A Neo4j that tests may wipe; one of our own keeps its data in `folder`."""
    if given():
        target = existing()
        async with await Database.connect(target) as database:
            await check_marker(database)
        yield target
    else:
        async with server.running(folder, artifacts.resolved(VERSION)) as target:
            yield target


def existing() -> Target:
    """The server that the environment names."""
    environment = os.environ
    return Target(
        uri=environment["GUANXI_TEST_NEO4J_URI"],
        user=environment.get("GUANXI_TEST_NEO4J_USER", "neo4j"),
        password=environment.get("GUANXI_TEST_NEO4J_PASSWORD", ""),
        database=environment.get("GUANXI_TEST_NEO4J_DATABASE", "neo4j"),
        engine="neo4j",
    )


async def check_marker(database: Database) -> None:
    """RuntimeError unless the database says that tests may wipe it."""
    if not await database.read("MATCH (marker:GuanxiTest) RETURN marker LIMIT 1"):
        raise RuntimeError(f"Tests wipe their database. To let them have the one at {database.target.uri}, run there: CREATE (:GuanxiTest)")
