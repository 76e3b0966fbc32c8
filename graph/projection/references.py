"""Fields that point by id instead of by a tie: rows with a party each, and whatever a change was about."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from graphql import FieldNode, GraphQLField, get_named_type

from graph.projection.context import BadInput, Compilation, Scope
from graph.projection.declare import KINDS
from graph.projection.inputs import members_of
from graph.projection.matches import readable, substitute
from graph.projection.reads import Title, Unfold
from graph.projection.select import selected
from graph.projection.shape import Part, Reader, value_reader

Selection = Callable[..., Part]


def unfolded(
    c: Compilation, read: Unfold, core: GraphQLField, group: list[FieldNode], scope: Scope, args: dict[str, Any], selection: Selection
) -> Part:
    """Parallel lists as rows `[values…, has a party, party or null]`, handed to the declared function and then shaped."""
    value_type: Any = get_named_type(core.type)
    party = c.name("n")
    nodes = [n for g in selected(c.operation, value_type, group).values() if g[0].name.value == "party" for n in g]
    body = _party(c, value_type, nodes, party, selection)
    shape = value_reader(c.operation, core.type, group)
    assert shape is not None

    def rows(found_rows: list[list[Any]]) -> Any:
        seen = [[*r[:-1], body.read(r[-1]) if body.read and r[-1] is not None else r[-1]] for r in found_rows]
        return shape(read.function(seen, _first(args, read.limit), c.operation.language))

    return Part(_listed(c, read, scope, party, body.cypher), rows, body.pure)


def titled(c: Compilation, read: Title, scope: Scope) -> Part:
    """Values and rows `[listed values…, id, [properties…] or null]`, handed to the declared function."""
    party, kinds, hidden = c.name("n"), [KINDS["Party"], *members_of(KINDS["Party"])], c.operation.viewer.hidden
    may = [not any(f"{kind.name}.{name}" in hidden for kind in kinds) for name in read.properties]
    answer = ", ".join(f"{party}.{name}" if known else "null" for name, known in zip(read.properties, may, strict=True))
    rows = _listed(c, read, scope, party, f"[{answer}]")
    needs, nothing = ", ".join(substitute(need, this=scope.this) for need in read.needs), [None] * len(may)

    def text(found: list[Any]) -> str:
        return read.function(*found[0], [[*row[:-2], *(row[-1] or nothing)] for row in found[1]], c.operation.language)

    return Part(f"[[{needs}], {rows}]", text)


def _listed(c: Compilation, read: Unfold | Title, scope: Scope, party: str, answer: str) -> str:
    """Cypher: a row for each place of the lists, with the id of a party and what is answered of it if the viewer may read it."""
    index = c.name("i")
    lists = [f"{scope.this}.{name}[{index}]" for name in read.lists]
    reference, size = f"{scope.this}.{read.reference}[{index}]", f"coalesce(size({scope.this}.{read.reference}), 0)"
    known = f"{_may_read(c, party)} AND NOT coalesce({party}.{read.unless}, false)"
    found = f"COLLECT {{ MATCH ({party}:Node {{id: {reference}}}) WHERE {known} RETURN {answer} }}[0]"
    return f"[{index} IN range(0, {size} - 1) | [{', '.join([*lists, reference, found])}]]"


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
    id_, n = f"{scope.this}.{name}", c.name("n")
    node = selection(c, type_, nodes, Scope(n), safe=False)
    found = f"COLLECT {{ MATCH ({n}:Node {{id: {id_}}}) RETURN {node.cypher} LIMIT 1 }}[0]"
    kinds = [kind for kind in members_of(KINDS[type_.name]) if kind.tie]
    if not kinds:
        return Part(found, node.read, node.pure)
    # All types of ties in one search: each one more takes Neo4j long to plan.
    a, t, b = c.name("n"), c.name("t"), c.name("n")
    ties = {kind: selection(c, c.operation.schema.get_type(kind.name), nodes, Scope(t, start=a, end=b, node=b)) for kind in kinds}
    whens = " ".join(f"WHEN '{kind.label}' THEN ['{kind.name}', {part.cypher}]" for kind, part in ties.items())
    conditions = [f"{t}.id = {id_}", f"{t}.deleted_at IS NULL", *readable(c, KINDS["Party"], a), *readable(c, KINDS["Party"], b)]
    way = f"({scope.this})-[:ABOUT]->({a}:Party)-[{t}:{'|'.join(kind.label for kind in kinds)}]->({b}:Party)"
    tie = f"COLLECT {{ MATCH {way} WHERE {' AND '.join(conditions)} RETURN CASE type({t}) {whens} END LIMIT 1 }}[0]"
    read = _either(node.read, {kind.name: part.read for kind, part in ties.items()})
    return Part(f"coalesce({found}, {tie})", read, node.pure and all(part.pure for part in ties.values()))


def _either(node: Reader | None, ties: Mapping[str, Reader | None]) -> Reader:
    def read(row: list[Any]) -> Any:
        if row[0] in ties:
            reader, row = ties[row[0]], row[1]
        else:
            reader = node
        return reader(row) if reader else row

    return read
