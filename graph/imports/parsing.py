"""Rows as the input models understand them. Nothing here waits for anything, so it is done beside the database's work."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from graph.errors import Problems, WriteProblem
from graph.imports import ledger
from graph.imports.batches import findings
from graph.imports.keys import Entry
from graph.imports.report import Finding
from graph.imports.sources import Job
from graph.writing import Writer


@dataclass(frozen=True)
class Parsed:
    """An entry and its model, or the `refusals` that it has instead. `given` are its cells as the ledger remembers them.

    Lenient cells that were wrong are warned of, and empty in `cells`.
    """

    entry: Entry
    given: Mapping[str, str]
    cells: Mapping[str, str]
    model: Any
    ready: Any = None
    refusals: tuple[Finding, ...] = ()
    warnings: tuple[Finding, ...] = ()


def parsed(job: Job, entry: Entry, writer: Writer) -> Parsed:
    """What a row says, but for its late cells."""
    cells = {name: cell for name, cell in entry.cells.items() if name not in job.noun.late}
    return _parsed(job, Parsed(entry, ledger.remembered(job.noun, cells), cells, None), writer)


def _parsed(job: Job, so_far: Parsed, writer: Writer) -> Parsed:
    cells = so_far.cells
    try:
        model = job.noun.parsed(cells, writer)
        return replace(so_far, model=model, ready=job.noun.prepared(model, writer))
    except (Problems, WriteProblem) as problem:
        found = tuple(findings(job.noun, so_far.entry.line, problem))
    columns = {finding.column for finding in found if cells.get(finding.column)}
    if not (columns and columns <= job.lenient):
        return replace(so_far, refusals=found)
    rest = {name: "" if name in columns else cell for name, cell in cells.items()}
    return _parsed(job, replace(so_far, cells=rest, warnings=so_far.warnings + found), writer)
