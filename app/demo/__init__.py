"""A small world to look at: invented companies and people, two and a half years up to 30 June 2026, the same every time.

It comes in by way of the import, as files do, so that everything about it is as real data would be.
"""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

from app.commands.progress import Tell
from app.demo import history, people, ties, trade
from app.demo.people import People, Row
from app.settings import Settings
from graph import acquaintances, imports
from graph.acquaintances import AcquaintanceStart
from graph.analyses import execution
from graph.clock import FixedClock
from graph.database import Database
from graph.ids import RandomIds, SeededIds
from graph.imports import Progress, Report
from graph.writing import Author, Writer

__all__ = ["COMPANY", "NOW", "SOURCE", "is_empty", "is_wanted", "load", "scores", "tables"]

COMPANY = "观海科技"
"""Ours, unless a company of ours is there already, or named in the settings."""

NOW = datetime(2026, 6, 30, 10, tzinfo=UTC)
"""The moment at which the demonstration stands."""

SOURCE = "demo"
_SEED = 20260630
_SYSTEM = f"source:{SOURCE}"
_SCORES = ("influence", "referral_value")
_AUTHOR = Author("system", "Demonstration")
_PARTIES = "MATCH (p:Party) WHERE p.deleted_at IS NULL AND NOT coalesce(p.own, false) RETURN p.id LIMIT 1"
_OTHERS = """
MATCH (p:Party) WHERE p.deleted_at IS NULL AND NOT coalesce(p.own, false)
  AND NOT EXISTS { (p)-[:IDENTIFIED_BY]->(:Identifier {system: $system}) }
RETURN p.id LIMIT 1
"""
_SCORED = "MATCH (r:AnalysisRun) WHERE r.analysis IN $names AND r.status = 'DONE' RETURN count(DISTINCT r.analysis)"
_OURS = "MATCH (o:Organization {own: true}) WHERE o.deleted_at IS NULL RETURN o.name ORDER BY o.created_at, o.id LIMIT 1"
_KEYS = "MATCH (p:Party)-[:IDENTIFIED_BY]->(i:Identifier {system: $system}) RETURN i.value, p.id"


async def is_empty(database: Database) -> bool:
    """Whether there is nobody but us."""
    return not await database.read(_PARTIES)


async def is_wanted(database: Database) -> bool:
    """Whether there is nobody but us, or a demonstration alone whose loading was cut off."""
    if await database.read(_OTHERS, {"system": _SYSTEM}):
        return False
    scored = (await database.read(_SCORED, {"names": _SCORES}))[0][0]
    return bool(scored < len(_SCORES)) or await is_empty(database)


async def load(writer: Writer, tell: Tell = lambda *_: None) -> Report:
    """Puts the demonstration, or what is missing of it, into the writer's database, which is migrated and holds nothing else.

    `tell` hears of each step how much of how much is done.
    """
    name = await _company(writer)
    ours = _standing(replace(writer, author=_AUTHOR, customs=replace(writer.customs, company=name)), _SEED)
    if not await is_empty(writer.database):
        # The ids of the first part are taken.
        ours = replace(ours, ids=RandomIds(ours.clock))
    everybody, rows = tables(name)

    def watch(step: Progress) -> None:
        tell(step.part.noun, step.done, step.total)

    with tempfile.TemporaryDirectory() as folder:
        _write(Path(folder), rows)
        report = await imports.run(ours, [Path(folder)], source=SOURCE, progress=watch)
    await _declare(ours, everybody, tell)
    return report


async def scores(writer: Writer, tell: Tell = lambda *_: None) -> None:
    """Computes influence and referral value, as of the day on which the demonstration stands."""
    then = _standing(writer, _SEED + 1)
    for name in _SCORES:
        await execution.run(then, name, {})
        tell(f"analysis {name}", 1, 1)


def _standing(writer: Writer, seed: int) -> Writer:
    clock = FixedClock(NOW)
    return replace(writer, clock=clock, ids=SeededIds(seed, clock))


async def _company(writer: Writer) -> str:
    if rows := await writer.database.read(_OURS):
        return str(rows[0][0])
    named = writer.customs.company
    return COMPANY if named == Settings.model_fields["company"].default else named


def tables(company: str = COMPANY) -> tuple[People, dict[str, Sequence[Row]]]:
    """The people, and all rows by the name of their file."""
    organizations = [{**row, "name": company if row["key"] == "us" else row["name"]} for row in _organizations()]
    everybody = people.made({row["key"]: row for row in organizations})
    found: dict[str, Sequence[Row]] = {"organizations": organizations, "people": everybody.rows, "positions": everybody.positions}
    return everybody, {**found, **ties.made(everybody), **trade.made(everybody), "interactions": history.made(everybody)}


def _organizations() -> Iterator[Row]:
    yield from csv.DictReader((files("app.demo") / "organizations.csv").read_text("utf-8").splitlines())


def _write(folder: Path, rows: Mapping[str, Sequence[Row]]) -> None:
    for name, some in rows.items():
        columns = list(dict.fromkeys(column for row in some for column in row))
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            table = csv.DictWriter(file, columns, restval="")
            table.writeheader()
            table.writerows(some)


async def _declare(writer: Writer, everybody: People, tell: Tell) -> None:
    ids = {row[0]: row[1] for row in await writer.database.read(_KEYS, {"system": _SYSTEM})}
    declared = list(ties.declared(everybody))
    for done, (one, other, bases, closeness, since) in enumerate(declared, 1):
        given = {"parties": [ids[one], ids[other]], "bases": bases, "closeness": closeness, "since": since}
        given["idempotencyKey"] = f"{SOURCE}|{one}|{other}"
        await acquaintances.start(writer, AcquaintanceStart.parse(given))
        tell("acquaintances", done, len(declared))
