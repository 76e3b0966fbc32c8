"""Files in a folder, imported through the real database."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from graph import imports
from graph.clock import FixedClock
from graph.database import Database
from graph.ids import SeededIds
from graph.imports import Report
from graph.writing import Author, Customs, Writer

Ask = Callable[..., Awaitable[list[Any]]]
Import = Callable[..., Awaitable[Report]]


def told(report: Report) -> list[tuple[int, str, str]]:
    """Line, column and reason of all that was refused."""
    return sorted((finding.line, finding.column, finding.reason.en) for part in report.parts for finding in part.refusals)


@pytest.fixture
def writer(database: Database, clock: FixedClock, ids: SeededIds) -> Writer:
    return Writer(database, clock, ids, Author("user:ada", "Ada"), Customs("观海科技"))


@pytest.fixture
def load(writer: Writer, tmp_path: Path) -> Import:
    """`await load(people="key,name\\n1,Ada\\n")` imports people.csv; further options go to the import."""

    async def load(source: str | None = "crm", *, mapping: str | None = None, dry_run: bool = False, **tables: str) -> Report:
        _put(tmp_path, tables)
        return await imports.run(writer, [tmp_path], source=source, mapping=mapping, dry_run=dry_run)

    return load


def _put(folder: Path, tables: Mapping[str, str]) -> None:
    for old in folder.glob("*.csv"):
        old.unlink()
    for name, content in tables.items():
        (folder / f"{name}.csv").write_text(content, "utf-8")


@pytest.fixture
def ask(database: Database) -> Ask:
    """The rows of a statement, each as a tuple, or as a plain value if it has one column."""

    async def ask(query: Any, **parameters: Any) -> list[Any]:
        rows = [tuple(row.values()) for row in await database.read(query, parameters)]
        return [row[0] if len(row) == 1 else row for row in rows]

    return ask
