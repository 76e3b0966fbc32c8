"""Which files an import reads, as what, and in which order: parties before whatever names them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from graph.errors import Message
from graph.imports import files
from graph.imports.batches import Kind
from graph.imports.files import Row, Table, Unreadable
from graph.imports.mapping import BadMapping, File, Output
from graph.imports.mapping import Mapping as Translation
from graph.imports.report import Finding, Part

_EXTENSIONS = {".csv", ".tsv", ".txt"}


@dataclass(frozen=True)
class Job:
    """One file to be read as one noun, directly or through a mapping."""

    noun: Kind
    table: Table
    part: Part
    translation: Translation | None = None
    file: File | None = None
    output: Output | None = None

    @property
    def columns(self) -> frozenset[str]:
        """The columns of ours that it gives."""
        return frozenset(self.output.fields if self.output else self.table.columns) & self.noun.by_name.keys()

    @property
    def lenient(self) -> frozenset[str]:
        """The columns whose wrong cells are left out instead of refusing the row."""
        return frozenset(name for name, cell in self.output.fields.items() if cell.lenient) if self.output else frozenset()

    def rows(self) -> Iterator[Row | Unreadable | None]:
        """Its rows with cells under our own names; None for one that the mapping skips."""
        for row in self.table.rows():
            yield row if isinstance(row, Unreadable) else self._ours(row)

    def _ours(self, row: Row) -> Row | Unreadable | None:
        if not (self.translation and self.file and self.output):
            return Row(row.line, {name: cell for name, cell in row.cells.items() if name in self.noun.by_name})
        try:
            cells = self.translation.cells(self.file, self.output, row)
        except Unreadable as problem:
            return problem
        return None if cells is None else Row(row.line, cells)


def check(translation: Translation, nouns: Mapping[str, Kind]) -> None:
    """BadMapping for a noun or a column that does not exist, or a required one that is left out."""
    for file in translation.file:
        for output in file.output:
            where = f"{file.name}: {output.noun}"
            if not (noun := nouns.get(output.noun)):
                raise BadMapping(f"{where}: no such noun; there are {', '.join(nouns)}")
            if strange := sorted(output.fields.keys() - noun.by_name.keys()):
                raise BadMapping(f"{where}: no such column: {', '.join(strange)}; there are {', '.join(noun.by_name)}")
            if missing := [name for name in noun.required if name not in output.fields]:
                raise BadMapping(f"{where}: required, and not given: {', '.join(missing)}")


@dataclass
class Plan:
    """What is to be read, and all that there is to report on, files that cannot be read too: both in the order in which it is done."""

    jobs: list[Job] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    unknown: list[Path] = field(default_factory=list)
    """Files that were named, or look like tables, and whose own names say nothing."""


def plan(paths: Iterable[Path], nouns: Mapping[str, Kind], translation: Translation | None) -> Plan:
    """What the files at `paths` are."""
    plan = Plan()
    for path, named in _files(paths):
        readings = _readings(path, nouns, translation)
        for noun, file, output in readings:
            plan.parts.append(part := Part(path, noun.name))
            if table := _opened(path, noun, part, file, output):
                plan.jobs.append(Job(noun, table, part, translation, file, output))
        if not readings and (named or path.suffix.lower() in _EXTENSIONS):
            plan.unknown.append(path)
    order = list(nouns)
    plan.jobs.sort(key=lambda job: order.index(job.noun.name))
    plan.parts.sort(key=lambda part: order.index(part.noun))
    return plan


def _files(paths: Iterable[Path]) -> Iterator[tuple[Path, bool]]:
    """The files, and whether each was named itself."""
    for path in paths:
        if path.is_dir():
            yield from ((each, False) for each in sorted(path.iterdir()) if each.is_file())
        else:
            yield path, True


def _readings(path: Path, nouns: Mapping[str, Kind], translation: Translation | None) -> Sequence[tuple[Kind, File | None, Output | None]]:
    if translation:
        file = translation.file_named(path.name)
        return [(nouns[output.noun], file, output) for output in file.output] if file else []
    if path.suffix.lower() not in _EXTENSIONS:
        return []
    # `interactions-2026-05.csv` is one of several parts.
    stem = path.stem.lower().replace("-", "_").replace(" ", "_")
    fitting = [noun for name, noun in nouns.items() if re.fullmatch(rf"{name}([_.(].*|\d.*)?", stem)]
    return [(max(fitting, key=lambda noun: len(noun.name)), None, None)] if fitting else []


def _opened(path: Path, noun: Kind, part: Part, file: File | None, output: Output | None) -> Table | None:
    try:
        table = files.opened(path, loose_commas=bool(file and file.loose_commas), exact_header=file is not None)
    except Unreadable as problem:
        part.refuse(Finding(problem.line, problem.column, problem.reason))
        return None
    wanted = sorted(output.columns()) if output else noun.required
    if missing := [name for name in wanted if name not in table.columns]:
        part.refuse(*(Finding(1, name, Message("this column is missing", "缺少此列")) for name in missing))
        return None
    if not output:
        part.warn(
            *(
                Finding(1, name, Message(f"{noun.name} have no such column", f"{noun.name} 没有此列"))
                for name in table.columns
                if name not in noun.by_name
            )
        )
    return table
