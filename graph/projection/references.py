"""Fields that point by id instead of by a tie: rows with a party each, and whatever a change was about."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from graphql import FieldNode, GraphQLField, get_named_type

from graph.projection.context import BadInput, Compilation, Scope
from graph.projection.declare import KINDS
from graph.projection.inputs import members_of
from graph.projection.matches import readable
from graph.projection.reads import Unfold
from graph.projection.select import selected
from graph.projection.shape import Part, Reader, value_reader

Selection = Callable[..., Part]


def unfolded(
    c: Compilation, read: Unfold, core: GraphQLField, group: list[FieldNode], scope: Scope, args: dict[str, Any], selection: Selection
) -> Part:
    """Parallel lists as rows `[values…, has a party, party or null]`, handed to the declared function and then shaped."""
    value_type: Any = get_named_type(core.type)
    index, party = c.name("i"), c.name("n")
    lists = [f"{scope.this}.{name}[{index}]" for name in read.lists]
    reference = f"{scope.this}.{read.reference}[{index}]"
    nodes = [n for g in selected(c.operation, value_type, group).values() if g[0].name.value == "party" for n in g]
    body = _party(c, value_type, nodes, party, selection)
    size = f"coalesce(size({scope.this}.{read.reference}), 0)"
    found = f"COLLECT {{ MATCH ({party}:Node {{id: {reference}}}) WHERE {_may_read(c, party)} RETURN {body.cypher} }}[0]"
    text = f"[{index} IN range(0, {size} - 1) | [{', '.join(lists)}, {reference}, {found}]]"
    shape = value_reader(c.operation, core.type, group)
    assert shape is not None

    def rows(found_rows: list[list[Any]]) -> Any:
        seen = [[*r[:-1], body.read(r[-1]) if body.read and r[-1] is not None else r[-1]] for r in found_rows]
        return shape(read.function(seen, _first(args, read.limit), c.operation.language))

    return Part(text, rows, body.pure)


def _first(args: dict[str, Any], usual: int) -> int:
    first = args.get("first")
    if first is not None and first < 0:
        raise BadInput(f"`first` is {first}: it may not be negative.")
    return usual if first is None else int(first)


def _party(c: Compilation, value_type: Any, nodes: Sequence[FieldNode], variable: str, selection: Selection) -> Part:
    if not nodes:
        return Part("true")
    return selection(c, get_named_type(value_type.fields["party"].type), nodes, Scope(variable))


def _may_read(c: Compilation, variable: str) -> str:
    return " AND ".join([f"{variable}:Party", *readable(c, KINDS["Party"], variable)])


def by_id(c: Compilation, name: str, type_: Any, nodes: Sequence[FieldNode], scope: Scope, selection: Selection) -> Part:
    """The node with the id that a property holds; or the tie, found from the nodes that the change is about."""
    readers: dict[str, Reader | None] = {}
    id_, n = f"{scope.this}.{name}", c.name("n")
    node = selection(c, type_, nodes, Scope(n), safe=False)
    arms = [f"COLLECT {{ MATCH ({n}:Node {{id: {id_}}}) RETURN {node.cypher} LIMIT 1 }}[0]"]
    pure = node.pure
    for kind in members_of(KINDS[type_.name]):
        if not kind.tie:
            continue
        a, t, b = c.name("n"), c.name("t"), c.name("n")
        part = selection(c, c.operation.schema.get_type(kind.name), nodes, Scope(t, start=a, end=b, node=b))
        conditions = [f"{t}.id = {id_}", f"{t}.deleted_at IS NULL", *readable(c, KINDS["Party"], a), *readable(c, KINDS["Party"], b)]
        arms.append(
            f"COLLECT {{ MATCH ({scope.this})-[:ABOUT]->({a}:Party)-[{t}:{kind.label}]->({b}:Party) "
            f"WHERE {' AND '.join(conditions)} RETURN ['{kind.name}', {part.cypher}] LIMIT 1 }}[0]"
        )
        readers[kind.name] = part.read
        pure = pure and part.pure

    def read(found: list[Any]) -> Any:
        reader = readers.get(found[0]) if found[0] in readers else None
        return reader(found[1]) if reader else node.read(found) if node.read else found

    return Part(f"coalesce({', '.join(arms)})", read, pure)
