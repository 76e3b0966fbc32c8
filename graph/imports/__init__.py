"""Imports (导入): files of other systems into the graph, again and again, without losing what people changed here."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from graph import organizations
from graph.imports import sources
from graph.imports.keys import PARTY, Keys, is_source
from graph.imports.kinds import KINDS
from graph.imports.mapping import BadMapping, named
from graph.imports.report import Finding, Outcome, Part, Progress, Report, Watcher
from graph.imports.rows import Reading
from graph.imports.taking import Taker
from graph.writing import Author, Writer

__all__ = [
    "BadMapping",
    "BadSource",
    "Finding",
    "NothingToImport",
    "Outcome",
    "Part",
    "Planned",
    "Progress",
    "Report",
    "carry_out",
    "plan",
    "run",
]

USUAL_SOURCE = "files"
"""What a source is called that nobody named."""


class BadSource(Exception):
    """A name that a source cannot have."""


class NothingToImport(Exception):
    """None of the paths holds a file that an import knows."""


@dataclass(frozen=True)
class Planned:
    """An import before it begins: as which source, and of which files."""

    source: str
    plan: sources.Plan


async def run(
    writer: Writer,
    paths: Iterable[Path],
    *,
    source: str | None = None,
    mapping: str | None = None,
    dry_run: bool = False,
    progress: Watcher | None = None,
) -> Report:
    """Plans, and carries that out at once."""
    return await carry_out(writer, plan(paths, source=source, mapping=mapping), dry_run=dry_run, progress=progress)


def plan(paths: Iterable[Path], *, source: str | None = None, mapping: str | None = None) -> Planned:
    """What an import of files, and of those in folders, will do as `source`, the mapping's own name if absent. Nothing is asked of a graph.

    Raises BadMapping, BadSource, NothingToImport, OSError for a path that cannot be read.
    """
    translation = named(mapping) if mapping else None
    if translation:
        sources.check(translation, KINDS)
    name = source or (translation.source if translation else USUAL_SOURCE)
    if not is_source(name):
        raise BadSource(f"“{name}” cannot be the name of a source: use small letters, digits, “.”, “_” and “-”")
    found = sources.plan(paths, KINDS, translation)
    if not found.parts:
        known = [file.name for file in translation.file] if translation else [f"{kind}.csv" for kind in KINDS]
        raise NothingToImport(_nothing(found, known))
    return Planned(name, found)


async def carry_out(writer: Writer, planned: Planned, *, dry_run: bool = False, progress: Watcher | None = None) -> Report:
    """Imports what is planned. A dry run writes nothing and finds what is wrong.

    A row that is wrong is refused in the report; OSError for a file that cannot be read any more.
    """
    started, name = time.monotonic(), planned.source
    author = Author(f"import:{name}", name)
    taker = Taker(replace(writer, author=author), Keys(name), Reading(), dry_run, progress)
    await _take(taker, planned.plan.jobs)
    return Report(name, dry_run, planned.plan.parts, time.monotonic() - started, planned.plan.unknown)


def _nothing(plan: sources.Plan, known: list[str]) -> str:
    names = ", ".join(path.name for path in plan.unknown)
    found = f"{names}: the name of a file says what it holds" if names else "there is no file to import"
    return f"{found}; known are {', '.join(known)}, and a --mapping describes others"


async def _take(taker: Taker, jobs: list[sources.Job]) -> None:
    parties = [job for job in jobs if job.noun.space == PARTY]
    if parties and not taker.dry:
        await organizations.ensure_own(taker.writer)
    await taker.reading.foresee(taker.writer.database.read, taker.keys, parties)
    for job in parties:
        await taker.take(job)
    for job in parties:
        await taker.tie(job)
    for job in jobs:
        if job.noun.space != PARTY:
            await taker.take(job)
