from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from graph.database import Database, Target
from tests.conftest import wipe
from tests.graph.projection import comparison, load, world
from tests.graph.projection.comparison import Asking
from tests.graph.projection.memory import Graph


@pytest.fixture(scope="module")
async def asking(migrated: Database, target: Target) -> AsyncIterator[list[Asking]]:
    """The random world, loaded once a module, as two viewers ask about it."""
    await load.write(migrated, world.made())
    # Neo4j plans some of these monsters longer than a client would wait for an answer.
    async with await Database.connect(target, statement_seconds=300) as patient:
        yield comparison.asking(comparison.writer(patient), await Graph.load(patient))
    await wipe(migrated)
