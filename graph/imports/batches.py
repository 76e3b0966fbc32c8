"""Rows on their way into the graph, some at a time: what they name is looked up, what is wrong with one refuses it alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from graph import contact_points
from graph.changes import FieldChange
from graph.contact_points import ContactPointKind
from graph.database import Transaction
from graph.errors import Message, Problems, WriteProblem, brief
from graph.imports.columns import Column, Noun
from graph.imports.keys import Ask, Entry, Found, Key, Keys
from graph.imports.ledger import Last
from graph.imports.report import Finding
from graph.writing import Writer


@dataclass
class Row:
    """One row that was understood: `cells` and the `model` that they make; `given` are its cells as the ledger remembers them.

    `changed` are the columns that differ from `last`, the last import, which a new row does not have.
    `id` is the object's, `part` that of what else the row made, `ready` what the noun has prepared of the model.
    """

    line: int
    key: Key
    given: Mapping[str, str]
    cells: Mapping[str, str]
    model: Any
    changed: frozenset[str]
    last: Last | None = None
    id: str = ""
    part: str | None = None
    ready: Any = None

    def cell(self, column: str) -> str:
        return self.cells.get(column, "")

    @property
    def stored(self) -> dict[str, Any]:
        """The properties that the graph keeps of what it says."""
        return {name: value for name, value in self.model.given().items() if value is not None}


@dataclass(frozen=True)
class Kind(Noun):
    """A noun that can be written: new rows together, a correction one by one, as a user would make it."""

    labels: frozenset[str] = frozenset()

    def corrected(self, row: Row, writer: Writer) -> dict[str, Any]:
        """The fields of the model whose cells have changed, an emptied one as None."""
        given = {column.path[0]: None for column in self.columns if column.path and column.name in row.changed}
        return {**given, **{name: value for name, value in self.values(row.cells, writer).items() if name in given}}

    def prepared(self, model: Any, writer: Writer) -> Any:
        """What can be made of a model before anything is looked up. It runs beside the database's work."""
        return None

    async def recognised(self, ask: Ask, keys: Keys, entries: Sequence[Entry]) -> dict[Key, Last]:
        """Objects that no import made, and that these rows mean nevertheless."""
        return {}

    async def check(self, ask: Ask, batch: Batch) -> None:
        """Refuses new rows for what stands against them in the graph. It runs in a dry run too."""

    async def create(self, transaction: Transaction, batch: Batch) -> None:
        """Writes the accepted rows of a batch, all of them new, and sets their `id` and `part`."""
        raise NotImplementedError

    async def correct(self, batch: Batch, row: Row) -> None:
        """Takes the changed columns of a row that was imported before. Raises a WriteProblem or Problems. It may run again."""
        raise NotImplementedError

    async def tie(self, transaction: Transaction, batch: Batch) -> None:
        """Takes the late columns of the accepted rows. A cell that cannot be taken is warned of."""
        raise NotImplementedError


@dataclass
class Batch:
    """Rows of one noun. `found` is what the keys in them name, `log` what was there before and is not any more."""

    noun: Kind
    writer: Writer
    keys: Keys
    rows: list[Row]
    found: dict[Key, Found] = field(default_factory=dict)
    refusals: dict[int, list[Finding]] = field(default_factory=lambda: defaultdict(list))
    warnings: list[Finding] = field(default_factory=list)
    log: list[FieldChange] = field(default_factory=list)

    def fresh(self) -> Batch:
        """The same, for one attempt to write it."""
        refusals = defaultdict(list, {line: list(found) for line, found in self.refusals.items()})
        rows = [replace(row) for row in self.rows]
        return Batch(self.noun, self.writer, self.keys, rows, self.found, refusals, list(self.warnings))

    @property
    def accepted(self) -> list[Row]:
        return [row for row in self.rows if row.line not in self.refusals]

    def refuse(self, row: Row, column: str, en: str, zh: str) -> None:
        self.refusals[row.line].append(Finding(row.line, column, Message(en, zh)))

    def refuse_for(self, row: Row, problem: WriteProblem | Problems) -> None:
        self.refusals[row.line] += findings(self.noun, row.line, problem)

    def warn(self, row: Row, column: str, en: str, zh: str) -> None:
        self.warnings.append(Finding(row.line, column, Message(en, zh)))

    def named(self, row: Row, column: str) -> Found | None:
        """What the one key in a cell names."""
        this = self.noun.by_name[column]
        return next((self.found[this.names, key] for key in this.keys(row.cell(column)) if (this.names, key) in self.found), None)

    async def look_up(self, ask: Ask, *, late: bool = False) -> None:
        """Finds what the rows name; refuses those that name what is not there, or is something else."""
        columns = [column for column in self.noun.columns if column.names and column.late is late]
        wanted = {(column.names, key) for row in self.rows for column in columns for key in column.keys(row.cell(column.name))}
        self.found |= await self.keys.find(ask, wanted)
        for row in self.rows:
            for column in columns:
                for key in column.keys(row.cell(column.name)):
                    self._check(row, column, key)

    def _check(self, row: Row, column: Column, key: str) -> None:
        found = self.found.get((column.names, key))
        if found is None:
            if not (column.addresses and is_address(key, self.writer.customs.region)):
                self.refuse(row, column.name, *unknown(key, column.addresses))
        elif column.label and column.label not in found.labels:
            self.refuse(row, column.name, f"“{brief(key)}” is no {column.label.lower()}", f"“{brief(key)}”不是 {column.label}")


def unknown(key: str, addresses: bool = False) -> tuple[str, str]:
    """The sentence for a key that names nothing."""
    key = brief(key)
    if addresses:
        return f"“{key}” is neither a key of this source nor an address", f"“{key}”既不是此来源的键，也不是地址"
    return f"this source has nothing with the key “{key}”", f"此来源没有键为“{key}”的对象"


@lru_cache(10_000)
def is_address(text: str, region: str) -> bool:
    """Whether this is an e-mail address or a phone number."""
    return contact_points.guess(text, region).kind is not ContactPointKind.OTHER


def findings(noun: Noun, line: int, problem: WriteProblem | Problems) -> list[Finding]:
    return [noun.finding(line, each) for each in (problem.problems if isinstance(problem, Problems) else [problem])]
