"""The files that the README shows are taken, all of them."""

from __future__ import annotations

import re
from pathlib import Path

from graph import imports
from graph.clock import FixedClock
from graph.database import Database
from graph.ids import SeededIds
from graph.imports import Outcome
from tests.graph import given

README = Path(__file__).parents[2] / "README.md"


async def test_the_files_that_the_readme_shows_are_taken(database: Database, clock: FixedClock, ids: SeededIds, tmp_path: Path) -> None:
    samples = re.findall(r"`(\w+\.csv)`:\n\n```csv\n(.*?)```", README.read_text("utf-8"), re.DOTALL)
    assert [name for name, _ in samples] == ["organizations.csv", "people.csv", "interactions.csv"]
    for name, text in samples:
        (tmp_path / name).write_text(text, "utf-8")
    report = await imports.run(given.writer(database, clock, ids), [tmp_path], source="crm")
    assert [(part.path.name, part.counts[Outcome.CREATED]) for part in report.parts] == [(name, 2) for name, _ in samples]
    assert (report.refused, [part.warnings for part in report.parts if part.warnings]) == (0, [])
