"""Answers put together in Python that carry ids: the objects behind them are read at once, one statement for all that is selected alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from graphql import FieldNode, get_named_type, is_leaf_type, is_list_type, is_non_null_type, print_ast

from graph.projection.context import Operation
from graph.projection.declare import KINDS
from graph.projection.read import Info, objects, operation_of
from graph.projection.select import selected


@dataclass
class _Wanted:
    """Objects of one type of which the same is selected, by id."""

    type: Any
    nodes: Sequence[FieldNode]
    found: dict[str, Any] = field(default_factory=dict)


class _Groups:
    """What is wanted: selections that are written alike belong together."""

    def __init__(self) -> None:
        self.all: dict[tuple[str, ...], _Wanted] = {}
        self._of: dict[tuple[int, ...], _Wanted] = {}

    def of(self, type_: Any, nodes: Sequence[FieldNode]) -> _Wanted:
        ids = tuple(map(id, nodes))
        if ids not in self._of:
            written = (type_.name, *(print_ast(node.selection_set) for node in nodes if node.selection_set))
            self._of[ids] = self.all.setdefault(written, _Wanted(type_, nodes))
        return self._of[ids]


@dataclass(frozen=True)
class _Place:
    """Where an object will stand."""

    wanted: _Wanted
    id: str


async def carried(info: Info, value: Any) -> Any:
    """`value` (dicts by GraphQL name, ids where objects belong) as the field of `info` answers it; lists leave out what cannot be read."""
    groups = _Groups()
    draft = _walk(operation_of(info), info.return_type, info.field_nodes, value, groups)
    for group in groups.all.values():
        group.found = await objects(info, group.type, group.nodes, sorted(group.found))
    return _settled(draft)


def _walk(operation: Operation, type_: Any, nodes: Sequence[FieldNode], value: Any, groups: _Groups) -> Any:
    inner = type_.of_type if is_non_null_type(type_) else type_
    if value is None or is_leaf_type(inner):
        return value
    if is_list_type(inner):
        return [_walk(operation, inner.of_type, nodes, v, groups) for v in value]
    if inner.name in KINDS:
        group = groups.of(get_named_type(inner), nodes)
        group.found[value] = None
        return _Place(group, value)
    if not isinstance(value, dict):
        # An object that answers for itself, such as a problem.
        return value
    out: dict[str, Any] = {"@type": inner.name}
    for key, below in selected(operation, inner, nodes).items():
        name = below[0].name.value
        out[key] = inner.name if name == "__typename" else _walk(operation, inner.fields[name].type, below, value[name], groups)
    return out


def _settled(draft: Any) -> Any:
    if isinstance(draft, _Place):
        return draft.wanted.found.get(draft.id)
    if isinstance(draft, list):
        settled = [(_settled(v), isinstance(v, _Place)) for v in draft]
        return [v for v, is_object in settled if v is not None or not is_object]
    if isinstance(draft, dict):
        return {key: _settled(v) for key, v in draft.items()}
    return draft
