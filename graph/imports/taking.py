"""Takes rows into the graph: new ones a batch at a time, in one transaction with one Change; corrections one by one, each with its own.

A batch is there as a whole or not at all, and its ledger with it: an import that was cut off is started again, and goes on.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from graph import changes
from graph.changes import Change, ChangeAction, FieldChange
from graph.database import ConstraintViolated, Transaction
from graph.errors import NotFound, Problems, Stale, WriteProblem
from graph.imports import ledger
from graph.imports.batches import Batch, Kind, Row
from graph.imports.keys import Entry, Found, Keys
from graph.imports.ledger import Last
from graph.imports.preparing import Prepared, Preparing, fresh_part
from graph.imports.report import Outcome, Part, Progress, Watcher
from graph.imports.rows import Reading, chunks
from graph.imports.sources import Job
from graph.writing import Writer

SIZE = 2_000
"""Rows of a batch."""

_TRIES = 5
_SECONDS = 300.0


@dataclass
class Taker:
    """Takes jobs, one after the other. A `dry` one finds everything that is wrong, and writes nothing."""

    writer: Writer
    keys: Keys
    reading: Reading
    dry: bool = False
    watch: Watcher | None = None
    _touched: set[tuple[int, int]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._preparing = Preparing(self.writer, self.keys)

    async def take(self, job: Job) -> None:
        """All rows of a job, but for their late cells."""
        rows = chunks(self.reading.entries(job), SIZE)
        ahead = asyncio.create_task(self._preparing.next(job, rows))
        try:
            while some := await ahead:
                # The next rows are read and looked up while the database writes these.
                ahead = asyncio.create_task(self._preparing.next(job, rows))
                job.part.add(await self._take(job, some))
                if self.watch:
                    self.watch(Progress(job.part, sum(job.part.counts.values()), max(job.table.lines - 1, 0)))
        finally:
            await asyncio.gather(ahead, return_exceptions=True)

    async def _take(self, job: Job, prepared: Prepared) -> Part:
        for _ in range(_TRIES - 1):
            try:
                return await self._attempt(job, prepared)
            # Somebody made the same thing meanwhile, or deleted what it names: the next attempt sees it.
            except (ConstraintViolated, NotFound):
                prepared = await self._preparing.again(job, prepared.rest, prepared.parsed)
        return await self._attempt(job, prepared)

    async def _attempt(self, job: Job, prepared: Prepared) -> Part:
        part = fresh_part(job)
        new, known = await self._create(job, prepared.new), await self._correct(prepared.known)
        part.add(prepared.rest)
        part.add(prepared.part)
        for batch, outcome in ((new, Outcome.CREATED), (known, Outcome.UPDATED)):
            part.counts[outcome] += len(batch.accepted)
            part.warn(*batch.warnings)
            for found in batch.refusals.values():
                part.refuse(*found)
            self._touched |= {(id(job), row.line) for row in batch.accepted if job.noun.late}
        return part

    async def _create(self, job: Job, batch: Batch) -> Batch:
        async def unit(transaction: Transaction) -> Batch:
            fresh = batch.fresh()
            await fresh.noun.check(transaction.run, fresh)
            if fresh.accepted:
                await fresh.noun.create(transaction, fresh)
            if rows := fresh.accepted:
                await ledger.add(transaction, [self._entry(fresh.noun, row) for row in rows])
                await self._log(transaction, job, [row.id for row in rows])
            return fresh

        if not batch.accepted:
            return batch
        if not self.dry:
            return await self.writer.database.write(unit, seconds=_SECONDS)
        await batch.noun.check(self.writer.database.read, batch)
        self.keys.planned |= {row.key: Found("", batch.noun.labels, row.cell("own") != "") for row in batch.accepted}
        return batch

    async def _correct(self, batch: Batch) -> Batch:
        if self.dry:
            return batch
        for row in batch.accepted:
            await self._correct_one(batch, row)
        if rows := [self._entry(batch.noun, row) for row in batch.accepted]:
            await self.writer.database.write(lambda transaction: ledger.put(transaction, rows))
        return batch

    async def _correct_one(self, batch: Batch, row: Row) -> None:
        for attempt in range(_TRIES):
            try:
                await batch.noun.correct(batch, row)
            except Stale as problem:
                if attempt == _TRIES - 1:
                    batch.refuse_for(row, problem)
                continue
            except (Problems, WriteProblem) as problem:
                if isinstance(problem, NotFound) and problem.missing_id == row.id:
                    batch.refuse(row, "", "what it became was deleted here since", "其对应的对象已在此删除")
                else:
                    batch.refuse_for(row, problem)
            return

    async def tie(self, job: Job) -> None:
        """The late cells of a job whose rows were taken."""
        if not job.noun.late & job.columns:
            return
        for some in chunks((each for each in self.reading.entries(job) if isinstance(each, Entry)), SIZE):
            await self._tie(job, some)

    async def _tie(self, job: Job, entries: Sequence[Entry]) -> None:
        lasts = await self._preparing.lasts(job.noun, entries)
        rows = [row for entry in entries if (last := lasts.get(entry.key)) and (row := _late(job.noun, entry, last))]
        if not rows:
            return

        async def unit(transaction: Transaction) -> Batch:
            fresh = self._preparing.batch(job.noun, [replace(row) for row in rows])
            await fresh.look_up(transaction.run, late=True)
            await fresh.noun.tie(transaction, fresh)
            if tied := fresh.accepted:
                await ledger.put(transaction, [self._entry(job.noun, row) for row in tied])
                await self._log(transaction, job, [row.id for row in tied], fresh.log)
            return fresh

        batch = self._preparing.batch(job.noun, rows) if self.dry else await self.writer.database.write(unit, seconds=_SECONDS)
        # The rest of such a row is there: the cell is tried again with the next import.
        job.part.warn(*(finding for found in batch.refusals.values() for finding in found))
        for row in batch.accepted:
            if (id(job), row.line) not in self._touched:
                job.part.counts[Outcome.UNCHANGED] -= 1
                job.part.counts[Outcome.UPDATED] += 1

    def _entry(self, noun: Kind, row: Row) -> dict[str, Any]:
        return ledger.entry(noun, self.keys.entry(*row.key), row.id, row.given, row.last, row.part)

    async def _log(self, transaction: Transaction, job: Job, subjects: Sequence[str], fields: Sequence[FieldChange] = ()) -> None:
        author = self.writer.author
        told = FieldChange("file", None, job.table.path.name), FieldChange(job.noun.name, None, str(len(subjects)))
        change = Change(
            self.writer.ids.new(), self.writer.now(), author.id, author.label, ChangeAction.IMPORT, tuple(subjects), (*told, *fields)
        )
        # Parties have a history, and who may not read one of them does not read this. Of the rest it tells how many there were.
        ends = (end for each in fields for end in (each.before, each.after) if end)
        await changes.append(transaction, change, about=[*subjects, *ends] if "Party" in job.noun.labels else [])


def _late(noun: Kind, entry: Entry, last: Last) -> Row | None:
    cells = {name: cell for name, cell in entry.cells.items() if name in noun.late}
    given = ledger.remembered(noun, cells)
    changed = ledger.changed(given, last)
    return Row(entry.line, entry.key, given, cells, None, changed, last, last.object, last.part) if changed else None
