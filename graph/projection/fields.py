"""The declared fields of a type, with their element types resolved: what inputs, compiler and checks walk over."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from strawberry.types.base import StrawberryList, StrawberryOptional
from strawberry.utils.str_converters import to_camel_case

from graph.projection.connections import Connection, TieConnection
from graph.projection.declare import KINDS, VALUES, Kind
from graph.projection.reads import Read


@dataclass(frozen=True)
class Field:
    """One declared field: its GraphQL name, where it reads from, and what it answers."""

    name: str
    python_name: str
    read: Read
    type: Any
    shape: str  # one | list | connection
    nullable: bool

    @property
    def choices(self) -> tuple[str, ...]:
        """The values of a closed list, in the order in which it declares them; () for anything else."""
        listed: Mapping[str, Any] = getattr(self.type, "__members__", {})
        return tuple(choice.value for choice in listed.values())

    @property
    def kind(self) -> Kind | None:
        """The declared type behind an object field."""
        return KINDS.get(getattr(self.type, "__name__", ""))


def fill_namespaces() -> None:
    """Let types in several files name one another: each module of a declared type learns all their names."""
    types = {**{name: kind.cls for name, kind in KINDS.items()}, **VALUES}
    for cls in types.values():
        module = vars(sys.modules[cls.__module__])
        for name, other in types.items():
            module.setdefault(name, other)


@cache
def declared(cls: type) -> Mapping[str, Field]:
    """Declared fields by GraphQL name."""
    out = {}
    for f in cls.__strawberry_definition__.fields:  # type: ignore[attr-defined]
        if (read := f.metadata.get("read")) is not None:
            name = f.graphql_name or to_camel_case(f.python_name)
            out[name] = Field(name, f.python_name, read, *_shape(f.type))
    return out


def _shape(type_: Any) -> tuple[Any, str, bool]:
    shape, nullable = "one", False
    while True:
        definition: Any = getattr(type_, "__strawberry_definition__", None)
        generic = getattr(definition, "concrete_of", None)
        if generic is not None and generic.origin in (Connection, TieConnection):
            type_, shape = list(definition.type_var_map.values())[-1], "connection"
        elif isinstance(type_, StrawberryOptional):
            type_, nullable = type_.of_type, nullable or shape == "one"
        elif isinstance(type_, StrawberryList):
            type_, shape = type_.of_type, "list"
        else:
            return getattr(type_, "wrapped_cls", type_), shape, nullable
