"""The rows of a job, each with its key: those without one, and those whose key came before, are told apart here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import TypeVar

from pydantic_core import PydanticCustomError

from graph.errors import Message, brief
from graph.fields.kinds import clean
from graph.imports.batches import unknown
from graph.imports.files import Row as Cells
from graph.imports.files import Unreadable
from graph.imports.hierarchy import Hierarchy
from graph.imports.keys import LONGEST, Ask, Entry, Key, Keys
from graph.imports.report import Finding, Outcome
from graph.imports.sources import Job

T = TypeVar("T")


@dataclass(frozen=True)
class Refusal:
    """One row that is refused."""

    findings: tuple[Finding, ...]


@dataclass
class Reading:
    """Reads jobs, several times if need be. `taken` says where each key came first, `refused` what is known to be wrong by job and line."""

    taken: dict[Key, tuple[Job, int]] = field(default_factory=dict)
    refused: dict[tuple[int, int], Finding] = field(default_factory=dict)

    def entries(self, job: Job) -> Iterator[Entry | Refusal | Outcome]:
        """Every row: an Entry, a Refusal, or SKIPPED for one that the mapping leaves out."""
        for row in job.rows():
            if row is None:
                yield Outcome.SKIPPED
            elif isinstance(row, Unreadable):
                yield Refusal((Finding(row.line, row.column, row.reason),))
            else:
                yield self._entry(job, row)

    def _entry(self, job: Job, row: Cells) -> Entry | Refusal:
        if found := tuple(_missing(job, row)):
            return Refusal(found)
        if known := self.refused.get((id(job), row.line)):
            return Refusal((known,))
        key = job.noun.space, "|".join(row.cells[column] for column in job.noun.key)
        first, line = self.taken.setdefault(key, (job, row.line))
        if (first, line) != (job, row.line):
            where = f"line {line}" if first is job else f"line {line} of {first.table.path.name}"
            column = job.noun.key[-1]
            return Refusal((Finding(row.line, column, Message(f"{where} has this key already", f"与 {where} 的键重复")),))
        return Entry(row.line, key, row.cells)

    async def foresee(self, ask: Ask, keys: Keys, jobs: Iterable[Job]) -> None:
        """Refuses, before anything is written, rows whose late cells name nothing, or close a circle among themselves."""
        ties = [tie for job in jobs if job.noun.late for tie in self._ties(job)]
        absent = {tie.names for tie in ties} - self.taken.keys()
        found = {key for some in chunks(sorted(absent), 1_000) for key in await keys.find(ask, some)}
        hierarchies: dict[str, Hierarchy] = defaultdict(Hierarchy)
        for tie in ties:
            above, below = tie.names[1], tie.entry.key[1]
            if tie.names not in self.taken and tie.names not in found:
                self._refuse(tie, *unknown(above))
            elif not hierarchies[tie.column].add(below, above):
                one, other = brief(above), brief(below)
                self._refuse(tie, f"“{one}” stands below “{other}”: this would close a circle", f"“{one}”在“{other}”之下，将形成循环")

    def _ties(self, job: Job) -> Iterator[_Tie]:
        columns = [column for column in job.noun.columns if column.late and column.name in job.columns]
        for entry in self.entries(job):
            if isinstance(entry, Entry):
                for column in columns:
                    if name := entry.cells[column.name]:
                        yield _Tie(job, replace(entry, cells={}), column.name, (column.names, name))

    def _refuse(self, tie: _Tie, en: str, zh: str) -> None:
        self.refused[id(tie.job), tie.entry.line] = Finding(tie.entry.line, tie.column, Message(en, zh))


@dataclass(frozen=True)
class _Tie:
    """What a late cell names."""

    job: Job
    entry: Entry
    column: str
    names: Key


def chunks(things: Iterable[T], size: int) -> Iterator[list[T]]:
    """Lists of at most `size`."""
    iterator = iter(things)
    while some := list(islice(iterator, size)):
        yield some


def _missing(job: Job, row: Cells) -> Iterator[Finding]:
    for column in job.noun.required:
        if not row.cells.get(column):
            yield Finding(row.line, column, Message("it is required; give it a value", "为必填项，请填写"))
    for column in job.noun.key:
        try:
            clean(row.cells.get(column) or "-", LONGEST)
        except PydanticCustomError as problem:
            context = problem.context or {}
            yield Finding(row.line, column, Message(context["en"], context["zh"]))
