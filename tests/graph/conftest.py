from __future__ import annotations

import pytest

from graph.clock import FixedClock
from graph.database import Database
from graph.ids import SeededIds
from graph.writing import Writer
from tests.graph import given


@pytest.fixture
def writer(database: Database, clock: FixedClock, ids: SeededIds) -> Writer:
    return given.writer(database, clock, ids)
