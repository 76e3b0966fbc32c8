"""Gets rows ready to be written: read, understood, compared with their last import, and what they name looked up.

All of it is done for the next rows while the database writes the ones before.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from graph.errors import Message
from graph.imports import ledger
from graph.imports.batches import Batch, Kind, Row
from graph.imports.keys import Entry, Key, Keys
from graph.imports.ledger import Last
from graph.imports.parsing import Parsed, parsed
from graph.imports.report import Finding, Outcome, Part
from graph.imports.rows import Refusal
from graph.imports.sources import Job
from graph.writing import Writer


@dataclass
class Prepared:
    """Rows that are read, understood and looked up: what is new, what is known. `rest` and `part` count what is settled already."""

    rest: Part
    parsed: list[Parsed]
    part: Part
    new: Batch
    known: Batch


@dataclass
class Preparing:
    """Prepares rows of one source."""

    writer: Writer
    keys: Keys

    async def next(self, job: Job, rows: Iterator[list[Entry | Refusal | Outcome]]) -> Prepared | None:
        """The next of `rows`, None after the last."""

        def read() -> list[Parsed | Refusal | Outcome]:
            return [parsed(job, each, self.writer) if isinstance(each, Entry) else each for each in next(rows, [])]

        some = await asyncio.to_thread(read)
        if not some:
            return None
        rest = fresh_part(job)
        for each in some:
            if isinstance(each, Refusal):
                rest.refuse(*each.findings)
            elif isinstance(each, Outcome):
                rest.counts[each] += 1
        return await self.again(job, rest, [each for each in some if isinstance(each, Parsed)])

    async def again(self, job: Job, rest: Part, some: list[Parsed]) -> Prepared:
        """Rows that were read before, as things stand now."""
        part = fresh_part(job)
        lasts = await self.lasts(job.noun, [each.entry for each in some])
        rows = [row for each in some if (row := _row(job, part, each, lasts.get(each.entry.key)))]
        new = self.batch(job.noun, [row for row in rows if not row.last])
        known = self.batch(job.noun, [row for row in rows if row.last])
        for batch in (new, known):
            if batch.rows:
                await batch.look_up(self.writer.database.read)
        return Prepared(rest, some, part, new, known)

    def batch(self, noun: Kind, rows: list[Row]) -> Batch:
        return Batch(noun, self.writer, self.keys, rows)

    async def lasts(self, noun: Kind, entries: Sequence[Entry]) -> dict[Key, Last]:
        """What is known of these rows from the ledger, and of objects that they mean without it."""
        by_entry = {self.keys.entry(*entry.key): entry for entry in entries}
        read = self.writer.database.read
        lasts = {by_entry[key].key: last for key, last in (await ledger.find(read, by_entry)).items()} if by_entry else {}
        rest = [entry for entry in entries if entry.key not in lasts]
        return lasts | (await noun.recognised(read, self.keys, rest) if rest else {})


def fresh_part(job: Job) -> Part:
    """Nothing yet about the file and noun of a job."""
    return Part(job.part.path, job.part.noun)


def _row(job: Job, part: Part, this: Parsed, last: Last | None) -> Row | None:
    """The row to be taken, if there is anything to take; else `part` says why."""
    entry = this.entry
    if last and last.noun != job.noun.name:
        text = Message(f"this key is taken by one of {last.noun}", f"此键已用于 {last.noun}")
        part.refuse(Finding(entry.line, job.noun.key[-1], text))
        return None
    changed = ledger.changed(this.given, last)
    if last and not changed:
        part.counts[Outcome.UNCHANGED] += 1
        return None
    if this.refusals:
        part.refuse(*this.refusals)
        return None
    part.warn(*this.warnings)
    id, made = (last.object, last.part) if last else ("", None)
    return Row(entry.line, entry.key, this.given, this.cells, this.model, changed, last, id, made, this.ready)
