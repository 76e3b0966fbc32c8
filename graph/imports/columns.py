"""Nouns as files know them: columns, and how a row of cells becomes the input model that a mutation would get."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pydantic.alias_generators import to_snake

from graph.errors import Message, WriteProblem
from graph.fields import Fields
from graph.imports import cells
from graph.imports.cells import Reader
from graph.imports.report import Finding
from graph.writing import Writer


@dataclass(frozen=True)
class Column:
    """One column.

    `path` leads to its field in the model. `names` is the key space of what it names, `label` what that must be; with `addresses` it may
    be an e-mail address or a phone number instead. `kept`: the ledger keeps its text, not a digest, because a correction needs to know
    what to take back. `late`: what it names may stand further down, or in a file that comes later.
    """

    name: str
    path: tuple[str, ...] = ()
    read: Reader = cells.text
    names: str = ""
    label: str = ""
    addresses: bool = False
    required: bool = False
    kept: bool = False
    late: bool = False

    def keys(self, cell: str) -> list[str]:
        """The keys that a cell names."""
        return cells.several(cell) if self.read is cells.several else [cell] if cell else []


def plain(model: type[Fields], *aside: str) -> tuple[Column, ...]:
    """A column for each field that `model` itself declares, but for those `aside`: references, and what needs a column of its own."""
    own = {name: model.model_fields[name] for name in model.__annotations__ if name in model.model_fields and name not in aside}
    return tuple(Column(name, (name,), cells.reader(info)) for name, info in own.items())


@dataclass(frozen=True)
class Noun:
    """One kind of file. Its keys live in `space`; `key` are the columns that make one up."""

    name: str
    space: str
    model: type[Fields]
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ("key",)

    @cached_property
    def by_name(self) -> dict[str, Column]:
        return {column.name: column for column in self.columns}

    @cached_property
    def required(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns if column.required)

    @cached_property
    def late(self) -> frozenset[str]:
        return frozenset(column.name for column in self.columns if column.late)

    def values(self, cells_given: Mapping[str, str], writer: Writer) -> dict[str, Any]:
        """The input of the model, from the cells that say something."""
        values: dict[str, Any] = {}
        for column in self.columns:
            if column.path and (cell := cells_given.get(column.name)):
                _put(values, column.path, column.read(cell, writer.customs.time_zone))
        return values

    def parsed(self, cells_given: Mapping[str, str], writer: Writer) -> Fields:
        """The model of one row; raises Problems or a WriteProblem."""
        return self.model.parse(self.values(cells_given, writer))

    def finding(self, line: int, problem: WriteProblem) -> Finding:
        """What is wrong with a row, under the column that it comes from."""
        path = tuple(to_snake(step) for step in problem.path)
        fitting = [
            column.name
            for column in self.columns
            if path and (column.name == path[0] or (column.path and column.path == path[: len(column.path)]))
        ]
        return Finding(line, fitting[0], _unnamed(problem)) if fitting else Finding(line, "", problem.text)


def _put(values: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    *above, last = path
    for step in above:
        values = values.setdefault(step, {})
    values[last] = value


def _unnamed(problem: WriteProblem) -> Message:
    # The sentence begins with the name that the API has for the field; the column has its own.
    name = ".".join(problem.path)
    return Message(problem.text.en.removeprefix(f"{name}: "), problem.text.zh.removeprefix(f"{name}："))
