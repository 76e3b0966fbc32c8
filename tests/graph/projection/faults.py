"""What is wrong with the selection of a root, whatever the data: hidden fields, meaningless nulls, unusable pages and cursors."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from graphql import (
    FieldNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLIncludeDirective,
    GraphQLResolveInfo,
    GraphQLSkipDirective,
    get_argument_values,
    get_directive_values,
    get_named_type,
    is_abstract_type,
    is_object_type,
)

from graph.projection.declare import KINDS, Kind
from graph.projection.fields import Field, declared
from graph.projection.reads import Link, Prop, Unfold
from tests.graph.projection import filters

MOST_ROWS = 50_000
Info = GraphQLResolveInfo[Any]


def found(hidden: frozenset[str], info: Info) -> list[GraphQLError]:
    return [GraphQLError(message) for message in _Search(hidden, info).field("Query", info.field_name, info.field_nodes, 1)]


class _Search:
    def __init__(self, hidden: frozenset[str], info: Info) -> None:
        self.hidden, self.info = hidden, info

    def object(self, type_: Any, nodes: Sequence[FieldNode], rows: int, ties: bool) -> Iterator[str]:
        """Faults below a selection on a type, or on each of the types behind an interface."""
        types = self.info.schema.get_possible_types(type_) if is_abstract_type(type_) else [type_]
        for concrete in types:
            kind = KINDS.get(concrete.name)
            if kind and kind.tie and is_abstract_type(type_) and not ties:
                continue
            for group in self.collected(concrete, nodes).values():
                yield from self.field(concrete.name, group[0].name.value, group, rows)

    def field(self, type_: str, name: str, nodes: Sequence[FieldNode], rows: int) -> Iterator[str]:
        if f"{type_}.{name}" in self.hidden:
            yield f"You may not read {type_}.{name}."
        parent: Any = self.info.schema.type_map[type_]
        core = parent.fields.get(name)
        if core is None:
            return
        f = declared(KINDS[type_].cls).get(name) if type_ in KINDS else None
        below = get_named_type(core.type)
        try:
            args = get_argument_values(core, nodes[0], self.info.variable_values)
        except GraphQLError as e:
            yield e.message
            return
        if f and f.shape == "connection":
            yield from self.connection(f, below, nodes, args, rows)
        elif is_object_type(below) or is_abstract_type(below):
            if f and isinstance(f.read, Unfold) and (args.get("first") or 0) < 0:
                yield f"`first` is {args['first']}: it may not be negative."
            yield from self.object(below, nodes, rows, ties=not (f and isinstance(f.read, Link)))

    def connection(self, f: Field, type_: Any, nodes: Sequence[FieldNode], args: dict[str, Any], rows: int) -> Iterator[str]:
        assert f.kind is not None
        first, last = args.get("first"), args.get("last")
        size = last if last is not None else 20 if first is None else first
        if first is not None and last is not None:
            yield "Give `first` or `last`, not both."
        elif not 0 <= size <= 200:
            yield f"`{'first' if last is None else 'last'}` is {size}: it must lie between 0 and 200."
        rows *= max(size, 1)
        if rows > MOST_ROWS:
            yield f"This may answer {rows} rows, {MOST_ROWS} at most are allowed: ask for smaller pages (`first`) or fewer levels."
        yield from self.where(f.kind, args.get("where") or {})
        for order in args.get("orderBy") or []:
            yield from self.order(f.kind, order)
        yield from _cursors(f, args)
        for group in self.collected(type_, nodes).values():
            if group[0].name.value in ("nodes", "edges"):
                part = get_named_type(type_.fields[group[0].name.value].type)
                yield from self.edge(part, group, rows)

    def edge(self, type_: Any, nodes: Sequence[FieldNode], rows: int) -> Iterator[str]:
        if not type_.name.endswith("Edge"):
            yield from self.object(type_, nodes, rows, ties=False)
            return
        for group in self.collected(type_, nodes).values():
            if group[0].name.value in ("node", "tie"):
                yield from self.object(get_named_type(type_.fields[group[0].name.value].type), group, rows, ties=False)

    def where(self, kind: Kind, where: dict[str, Any]) -> Iterator[str]:
        for key, given in where.items():
            if given is None:
                yield f"`{key}: null` in a filter means nothing: use `isNull: true`, `not: {{ {key}: … }}`, or leave it out."
            elif key in ("and", "or", "not"):
                for inner in [given] if key == "not" else given:
                    yield from self.where(kind, inner)
            elif key == "node" and kind.symmetric:
                yield from self.where(filters.other(kind), given)
            elif key == "type" and kind.abstract:
                yield from _operands(given, scaled=False)
            else:
                yield from self.condition(kind, declared(kind.cls)[key], given)

    def condition(self, kind: Kind, f: Field, given: dict[str, Any]) -> Iterator[str]:
        if f"{kind.name}.{f.name}" in self.hidden:
            yield f"You may not read {kind.name}.{f.name}."
        if f.kind is None:
            yield from _operands(given, isinstance(f.read, Prop) and f.read.scaled)
        elif f.shape == "one":
            yield from self.where(f.kind, given)
        else:
            for quantifier, inner in given.items():
                if inner is None:
                    yield f"`{quantifier}: null` in a filter means nothing: leave it out."
                else:
                    yield from self.where(f.kind, inner)

    def order(self, kind: Kind, order: dict[str, Any]) -> Iterator[str]:
        ((key, below),) = order.items()
        if key == "node" and kind.symmetric:
            yield from self.order(filters.other(kind), below)
            return
        f = declared(kind.cls)[key]
        if f"{kind.name}.{key}" in self.hidden:
            yield f"You may not read {kind.name}.{key}."
        if isinstance(below, dict):
            assert f.kind is not None
            yield from self.order(f.kind, below)

    def collected(self, type_: Any, nodes: Sequence[Any]) -> dict[str, list[FieldNode]]:
        out: dict[str, list[FieldNode]] = {}
        for node in nodes:
            for part in node.selection_set.selections:
                self._collect(type_, part, out)
        return out

    def _collect(self, type_: Any, part: Any, out: dict[str, list[FieldNode]]) -> None:
        variables = self.info.variable_values
        if (get_directive_values(GraphQLSkipDirective, part, variables) or {"if": False})["if"]:
            return
        if not (get_directive_values(GraphQLIncludeDirective, part, variables) or {"if": True})["if"]:
            return
        if isinstance(part, FieldNode):
            out.setdefault((part.alias or part.name).value, []).append(part)
            return
        body = self.info.fragments[part.name.value] if isinstance(part, FragmentSpreadNode) else part
        body = getattr(body, "definition", body)
        condition = self.info.schema.type_map[body.type_condition.name.value] if body.type_condition else type_
        if condition is type_ or (is_abstract_type(condition) and self.info.schema.is_sub_type(condition, type_)):
            for inner in body.selection_set.selections:
                self._collect(type_, inner, out)


def _operands(given: dict[str, Any], scaled: bool) -> Iterator[str]:
    for op, operand in given.items():
        if op == "mode":
            continue
        if operand is None:
            yield f"`{op}: null` in a filter means nothing: use `isNull: true`, or leave it out."
        elif scaled and op != "isNull":
            for v in operand if isinstance(operand, list) else [operand]:
                if Decimal(v) * 10**6 != int(Decimal(v) * 10**6):
                    yield f"{v} has more than six decimals or is too large."


def _cursors(f: Field, args: dict[str, Any]) -> Iterator[str]:
    link, kind = f.read, f.kind
    assert isinstance(link, Link)
    assert kind is not None
    orders = args.get("orderBy") or []
    shape = filters.keys(None, kind, orders, link.usual)  # type: ignore[arg-type]
    for argument in ("after", "before"):
        if (text := args.get(argument)) is None:
            continue
        inside = filters.opened(text)
        if inside is None or not inside:
            yield f"`{argument}` is not a cursor: take one from `pageInfo` or `edges`."
        elif inside[0] != filters.mark(kind, shape) or len(inside) != len(shape) + 1:
            yield f"`{argument}` belongs to another list or order: take a cursor of this one."
