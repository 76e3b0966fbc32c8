"""How many interactions a second `guanxi import` takes into the embedded engine, acquaintance kept. `python -m benchmarks.import_rate`"""

from __future__ import annotations

import argparse
import asyncio
import csv
import random
import tempfile
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from app import serving
from graph import embedded, imports, migrate
from graph.clock import SystemClock
from graph.database import Database
from graph.ids import RandomIds
from graph.imports import Outcome, Report
from graph.writing import Author, Customs, Writer

GOAL = 1_500
OURS, THEIRS, ORGANIZATIONS = 60, 940, 120
CHANNELS = ("EMAIL",) * 7 + ("WECHAT",) * 3 + ("CALL",) * 2 + ("MEETING", "VISIT", "MEAL")
FIRST = datetime(2024, 1, 1, tzinfo=UTC)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--interactions", type=int, default=30_000)
    given = parser.parse_args()
    # The loop that the command itself runs on.
    with tempfile.TemporaryDirectory() as folder, asyncio.Runner(loop_factory=serving.new_event_loop()) as runner:
        runner.run(_measure(Path(folder), given.interactions))


async def _measure(folder: Path, interactions: int) -> None:
    files = folder / "files"
    files.mkdir()
    _people(files, random.Random(1))
    async with embedded.running(folder / "engine") as target, await Database.connect(target) as database:
        await migrate.apply(database)
        clock = SystemClock()
        writer = Writer(database, clock, RandomIds(clock), Author("user:benchmark", "Benchmark"), Customs("Benchmark"))
        _say("organizations and people", await imports.run(writer, [files], source="benchmark"))
        _interactions(files, random.Random(2), interactions)
        rate = _say("interactions", await imports.run(writer, [files / "interactions.csv"], source="benchmark"))
        _say("the same again", await imports.run(writer, [files / "interactions.csv"], source="benchmark"))
        knows = (await database.read("MATCH ()-[k:KNOWS]->() RETURN count(k), sum(k.count)"))[0]
        print(f"acquaintances: {knows[0]:,}, from {knows[1]:,} encounters")
        print(f"goal: {GOAL:,} interactions a second; here {rate:,.0f}, {rate / GOAL:.2f} of it")


def _say(what: str, report: Report) -> float:
    rows = sum(report.counts.values()) - report.refused
    created, unchanged = report.counts[Outcome.CREATED], report.counts[Outcome.UNCHANGED]
    rate = rows / report.seconds
    print(
        f"{what}: {created:,} created, {unchanged:,} unchanged, {report.refused:,} refused in {report.seconds:.1f} s: {rate:,.0f} a second"
    )
    return rate


def _people(folder: Path, dice: random.Random) -> None:
    _write(folder / "organizations.csv", ("key", "name"), ((f"o{n}", f"Organization {n}") for n in range(ORGANIZATIONS)))
    ours = ((f"p{n}", f"Colleague {n}", "true", "", f"p{n}@ours.example") for n in range(OURS))
    theirs = (
        (f"p{n}", f"Contact {n}", "", f"o{dice.randrange(ORGANIZATIONS)}", f"p{n}@theirs.example") for n in range(OURS, OURS + THEIRS)
    )
    _write(folder / "people.csv", ("key", "name", "own", "organization_key", "email"), [*ours, *theirs])


def _interactions(folder: Path, dice: random.Random, count: int) -> None:
    _write(
        folder / "interactions.csv",
        ("key", "channel", "occurred_at", "subject", "from", "to", "cc"),
        (_interaction(number, dice) for number in range(count)),
    )


def _interaction(number: int, dice: random.Random) -> Sequence[str]:
    at = FIRST + timedelta(minutes=dice.randrange(1_200_000))
    ours, theirs = dice.randrange(OURS), dice.randrange(OURS, OURS + THEIRS)
    sender, recipient = (ours, theirs) if dice.random() < 0.6 else (theirs, ours)
    copy = f"p{dice.randrange(OURS)}@ours.example" if dice.random() < 0.4 else ""
    return str(number), dice.choice(CHANNELS), at.isoformat(), f"About order {dice.randrange(5_000)}", f"p{sender}", f"p{recipient}", copy


def _write(path: Path, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(rows)


if __name__ == "__main__":
    main()
