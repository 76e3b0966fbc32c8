from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from graph.database import Database
from tests.conftest import wipe
from tests.graph.projection import comparison, load, world
from tests.graph.projection.comparison import Asking
from tests.graph.projection.memory import Graph


@pytest.fixture(scope="module")
async def asking(migrated: Database) -> AsyncIterator[list[Asking]]:
    """The random world, loaded once a module, as two viewers ask about it."""
    await load.write(migrated, world.made())
    yield comparison.asking(comparison.writer(migrated), await Graph.load(migrated))
    await wipe(migrated)
