"""The query that the IDE begins with."""

from __future__ import annotations

import re
from pathlib import Path

from app import ide
from graph.clock import FixedClock
from graph.database import Database
from graph.ids import SeededIds
from tests.graph import given
from tests.schema.conftest import Api

START = Path(ide.__file__).parent / "static/start.js"


async def test_it_runs_and_its_lines_are_short_enough_to_be_read(database: Database, clock: FixedClock, ids: SeededIds) -> None:
    writer = given.writer(database, clock, ids)
    found = re.search(r"const FIRST = `(.*?)`", START.read_text("utf-8"), re.DOTALL)
    assert found
    assert max(map(len, found[1].splitlines())) < 60
    await given.person(writer, "Ada")
    answer = await Api(writer)(found[1])
    assert answer == {"people": {"nodes": [{"name": "Ada", "position": None, "influence": None}]}}
