"""Whole statements: a root connection as one record, and objects looked up by id."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, LiteralString, cast

from graphql import FieldNode, GraphQLField, GraphQLObjectType, get_named_type, is_non_null_type

from graph.projection.context import Compilation, Operation, Scope
from graph.projection.declare import KINDS, Kind
from graph.projection.fields import Field
from graph.projection.inputs import members_of
from graph.projection.matches import kind_of, readable
from graph.projection.objects import chosen, element, selection
from graph.projection.pages import budget, compile_page
from graph.projection.reads import Link
from graph.projection.select import arguments
from graph.projection.shape import Reader


@dataclass(frozen=True)
class Statement:
    """Cypher, its parameters, and what its rows become; `pure` when nothing is left to resolvers."""

    text: LiteralString
    parameters: dict[str, Any]
    read: Callable[[list[Any]], Any]
    pure: bool


def _statement(c: Compilation, text: str, read: Callable[[list[Any]], Any], pure: bool) -> Statement:
    # The one place where text made here counts as literal: it is put together from declarations and fresh names alone.
    return Statement(cast(LiteralString, text), c.parameters, read, pure)  # type: ignore[redundant-cast]


def connection(operation: Operation, f: Field, core: GraphQLField, nodes: list[FieldNode]) -> Statement:
    """A root connection, rows and total (if asked for) as one record."""
    c = Compilation.of(operation)
    link, args = f.read, arguments(operation, core, nodes[0])
    assert isinstance(link, Link)
    type_: Any = core.type.of_type if is_non_null_type(core.type) else core.type
    inner = budget(c, args, link.pattern)
    page = compile_page(inner, f, type_, nodes, args, chosen(inner, link, Scope(""), args), element)
    # With a filter of its own a search costs more than to remember what it found.
    text = page.together(inner) if args.get("where") else ""
    return _statement(c, text or page.root(inner), lambda rows: page.read(rows[0]), page.pure)


def by_ids(operation: Operation, type_: Any, nodes: Sequence[FieldNode], ids: list[str], found: str = "") -> Statement:
    """Objects of a type by id, nodes and ties alike; rows become `{id: object}`. `found` is another way to find the node `n`.

    Ties are the first clause of their arm, or the embedded engine scans the type instead of using its index.
    """
    c = Compilation.of(operation)
    c.parameters["ids"] = ids
    kind = KINDS[type_.name]
    readers: dict[str, Reader | None] = {}
    arms: list[str] = []
    pure, node_reader = True, None
    members = members_of(kind) if kind.abstract else [kind]
    if any(not m.tie for m in members):
        part = selection(c, type_, nodes, Scope("n"), safe=False)
        arms.append(f"{found or 'MATCH (n:Node) WHERE n.id IN $ids'} RETURN [n.id, {part.cypher}] AS row")
        pure, node_reader = part.pure, part.read
    for m in members:
        if m.tie:
            core = operation.schema.get_type(m.name)
            part = selection(c, core, nodes, Scope("t", start="a", end="b", node="b"))
            arms.append(f"{_tie_text(c, m)} RETURN [t.id, ['{m.name}', {part.cypher}]] AS row")
            readers[m.name], pure = part.read, pure and part.pure

    def read_one(value: Any) -> Any:
        # A value that may be a tie begins with the name of its type; one without any field is an empty list.
        if readers and value[0] in readers:
            reader: Reader | None = readers[value[0]]
            return reader(value[1]) if reader else value[1]
        return node_reader(value) if node_reader else value

    def read(rows: list[Any]) -> Any:
        return {id_: read_one(value) for id_, value in rows if value is not None}

    return _statement(c, " UNION ALL ".join(arms), read, pure)


def _tie_text(c: Compilation, kind: Kind) -> str:
    conditions = [f"{v}:Party AND " + " AND ".join(readable(c, kind_of("Party"), v)) for v in ("a", "b")]
    return f"MATCH (a)-[t:{kind.label}]->(b) WHERE t.id IN $ids AND t.deleted_at IS NULL WITH a, t, b WHERE {' AND '.join(conditions)}"


def named(core: GraphQLField) -> GraphQLObjectType:
    """The object or interface type that a field answers."""
    return cast(GraphQLObjectType, get_named_type(core.type))


def readable_nodes(operation: Operation, kind: Kind, ids: list[str] | None, *, deleted: bool = False) -> Statement:
    """The ids of the nodes of a kind that the viewer may read; with `deleted` also of those that are gone but were theirs to read."""
    c = Compilation.of(operation)
    c.parameters["ids"] = ids
    found = f"MATCH (n:{kind.label}) WHERE true" if ids is None else f"MATCH (n:Node) WHERE n.id IN $ids AND n:{kind.label}"
    alive, *rules = readable(c, kind, "n")
    conditions = rules if deleted else [alive, *rules]
    return _statement(c, f"{' AND '.join([found, *conditions])} RETURN n.id", list, True)


def readable_where(operation: Operation, kind: Kind, found: LiteralString, answer: LiteralString, **parameters: Any) -> Statement:
    """What `answer` says of each node `n` of a kind that the clauses `found` find and the viewer may read."""
    c = Compilation.of(operation)
    c.parameters |= parameters
    return _statement(c, f"{found} WITH * WHERE {' AND '.join(readable(c, kind, 'n'))} RETURN {answer}", list, True)


def readable_ties(operation: Operation, kind: Kind, ids: list[str]) -> Statement:
    """The ids of the ties of a kind both ends of which the viewer may read."""
    c = Compilation.of(operation)
    c.parameters["ids"] = ids
    return _statement(c, f"{_tie_text(c, kind)} RETURN t.id", list, True)
