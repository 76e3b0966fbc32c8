"""A constraint to break, and tests of one engine alone."""

from __future__ import annotations

from typing import LiteralString

import pytest

from graph.database import Database, Target

UNIQUE: LiteralString = "CREATE CONSTRAINT probe_id IF NOT EXISTS FOR (n:Probe) REQUIRE n.id IS UNIQUE"


@pytest.fixture
async def unique(database: Database) -> Database:
    await database.run_schema(UNIQUE)
    return database


@pytest.fixture
def on_embedded(target: Target) -> None:
    if target.engine != "embedded":
        pytest.skip("of the embedded engine alone")


@pytest.fixture
def on_neo4j(target: Target) -> None:
    if target.engine != "neo4j":
        pytest.skip("of Neo4j alone")
