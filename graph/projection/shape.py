"""Readers: what turns the positional lists of a statement into objects keyed as the response is.

In shaped mode the result is the response itself, and whatever the database cannot promise (nulls, enums, 32 bits) is checked here;
`Unclean` leaves the verdict to ordinary completion. Otherwise the result feeds ordinary completion, which does the checking.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from graphql import GraphQLOutputType, get_named_type, is_enum_type, is_leaf_type, is_list_type, is_non_null_type, is_object_type

from graph.projection.context import Operation
from graph.projection.declare import KINDS
from graph.projection.select import selected

Reader = Callable[[Any], Any]


class Unclean(Exception):
    """A value is not what its type promises."""


@dataclass(frozen=True)
class Part:
    """A Cypher value, how to read it, and whether everything below it comes out of the statement."""

    cypher: str
    read: Reader | None = None
    pure: bool = True


@dataclass
class Row:
    """The columns of one object in the making."""

    type_name: str
    shaped: bool
    keys: list[str] = field(default_factory=list)
    cypher: list[str] = field(default_factory=list)
    readers: list[tuple[int, Reader]] = field(default_factory=list)
    required: list[int] = field(default_factory=list)
    texts: list[int] = field(default_factory=list)
    checks: list[tuple[int, Callable[[Any], bool]]] = field(default_factory=list)
    pure: bool = True

    def add(self, key: str, part: Part, type_: GraphQLOutputType | None = None) -> None:
        """Append a column under its response key."""
        at = len(self.keys)
        self.keys.append(key)
        self.cypher.append(part.cypher)
        self.pure = self.pure and part.pure
        if part.read:
            self.readers.append((at, part.read))
        if type_ is not None and self.shaped:
            self.required += [at] if is_non_null_type(type_) else []
            if is_text(type_):
                self.texts.append(at)
            elif check := leaf_check(type_):
                self.checks.append((at, check))

    def part(self) -> Part:
        return Part("[" + ", ".join(self.cypher) + "]", self.reader(), self.pure)

    def reader(self) -> Reader:
        keys, readers, required, checks = tuple(self.keys), tuple(self.readers), tuple(self.required), tuple(self.checks)
        name, texts = self.type_name, tuple(self.texts)

        def ordinary(row: list[Any]) -> Any:
            for i, read in readers:
                if row[i] is not None:
                    row[i] = read(row[i])
            return {**dict(zip(keys, row, strict=True)), "@type": name}

        def shaped(row: list[Any]) -> Any:
            for i, read in readers:
                if row[i] is not None:
                    row[i] = read(row[i])
            if None in row and any(row[i] is None for i in required):
                raise Unclean
            for i in texts:
                if type(row[i]) is not str and row[i] is not None:
                    raise Unclean
            for i, check in checks:
                if row[i] is not None and not check(row[i]):
                    raise Unclean
            return dict(zip(keys, row))  # noqa: B905, any `strict` takes an eighth of all shaping

        return shaped if self.shaped else ordinary


def is_text(type_: GraphQLOutputType) -> bool:
    """A String or an ID: they are most of what is read, so that a call for each would show."""
    inner: Any = type_.of_type if is_non_null_type(type_) else type_
    return is_leaf_type(inner) and inner.name in ("String", "ID")


def leaf_check(type_: GraphQLOutputType) -> Callable[[Any], bool] | None:
    """What the database cannot promise about a leaf: enum membership, 32-bit integers, finite floats, no null inside a list."""
    inner: Any = type_.of_type if is_non_null_type(type_) else type_
    if is_list_type(inner):
        if is_enum_type(named := get_named_type(inner)):
            return frozenset(named.values).issuperset
        return (lambda v: None not in v) if is_non_null_type(inner.of_type) else None
    if is_enum_type(inner):
        return frozenset(inner.values).__contains__
    if not is_leaf_type(inner):
        return None
    checks: dict[str, Callable[[Any], bool]] = {
        "Int": lambda v: type(v) is int and -(2**31) <= v < 2**31,
        "Float": lambda v: type(v) is float and v - v == 0,
        "Boolean": lambda v: type(v) is bool,
    }
    return checks.get(inner.name)


def value_reader(operation: Operation, type_: GraphQLOutputType, nodes: Sequence[Any]) -> Reader | None:
    """How a Python value (a dict, or a list of them, as `computed` gives) becomes response-keyed; None where it is so already."""
    inner: Any = type_.of_type if is_non_null_type(type_) else type_
    if is_list_type(inner):
        item = value_reader(operation, inner.of_type, nodes)
        return (lambda values: [item(v) for v in values]) if item else None
    if not is_object_type(inner) or inner.name in KINDS:
        return None
    columns: list[tuple[str, str, Reader | None]] = []
    for key, group in selected(operation, inner, nodes).items():
        name = group[0].name.value
        below = None if name == "__typename" else value_reader(operation, inner.fields[name].type, group)
        columns.append((key, name, below))
    return _values(inner.name, columns, operation.shaped)


def _values(type_name: str, columns: list[tuple[str, str, Reader | None]], shaped: bool) -> Reader:
    def read(value: dict[str, Any]) -> Any:
        out: dict[str, Any] = {} if shaped else {"@type": type_name}
        for key, name, below in columns:
            v = type_name if name == "__typename" else value[name]
            out[key] = below(v) if below and v is not None else v
        return out

    return read
