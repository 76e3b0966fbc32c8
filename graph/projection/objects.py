"""Objects: the selected fields of a node or tie as one list of Cypher values, whatever their declarations say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from graphql import FieldNode, GraphQLField, GraphQLObjectType, get_named_type, is_non_null_type

from graph.projection.context import SCALE, Compilation, Scope
from graph.projection.declare import KINDS, Kind
from graph.projection.fields import Field, declared
from graph.projection.inputs import members_of
from graph.projection.matches import Match, along, follow, kind_of, readable, valid
from graph.projection.pages import budget, budget_of_all, compile_page
from graph.projection.predicates import predicate
from graph.projection.reads import ById, Computed, Count, End, Expression, Flags, Link, Prop, Single, Title, Total, Unfold
from graph.projection.reads import Part as PartOf
from graph.projection.references import by_id, titled, unfolded
from graph.projection.select import arguments, selected
from graph.projection.shape import Part, Reader, Row, value_reader
from graph.projection.values import decimal_text, flags, total, value, words


def selection(c: Compilation, type_: Any, nodes: Sequence[FieldNode], scope: Scope, *, safe: bool = True) -> Part:
    """An object of a concrete type, or of whichever type behind an interface a node has; null where it has none of them.

    `safe` says that the scope's node is known to be of the type and readable.
    """
    kind = KINDS[type_.name]
    if not kind.abstract:
        part = row(c, type_, nodes, scope)
        return part if safe else Part(f"CASE WHEN {_may(c, kind, scope.this)} THEN {part.cypher} END", part.read, part.pure)
    parts = {m: row(c, c.operation.schema.get_type(m.name), nodes, scope) for m in members_of(kind) if not m.tie}
    tests = {m: f"{scope.this}:{m.label}" if safe else _may(c, m, scope.this) for m in parts}
    whens = " ".join(f"WHEN {tests[m]} THEN ['{m.name}', {p.cypher}]" for m, p in parts.items())
    return Part(f"CASE {whens} END", one_of({m.name: p.read for m, p in parts.items()}), all(p.pure for p in parts.values()))


def one_of(readers: dict[str, Reader | None]) -> Reader:
    """Reads `[type name, columns]` with the reader of that type."""

    def read(found: list[Any]) -> Any:
        reader = readers[found[0]]
        return reader(found[1]) if reader else found[1]

    return read


def _may(c: Compilation, kind: Kind, variable: str) -> str:
    return " AND ".join([f"{variable}:{kind.label}", *readable(c, kind, variable), *_owned(c, kind, variable)])


def _owned(c: Compilation, kind: Kind, variable: str) -> list[str]:
    """That one of those a part belongs to is there to be read. Whoever comes to the part through them knows already."""
    owners = [f"EXISTS {{ {along(c, owner, Scope(variable)).text()} }}" for owner in kind.of]
    return [f"({' OR '.join(owners)})"] if owners else []


def row(c: Compilation, type_: Any, nodes: Sequence[FieldNode], scope: Scope) -> Part:
    """`[value, value, …]` of one node or tie of a concrete type."""
    out = Row(type_.name, c.operation.shaped)
    fields = declared(KINDS[type_.name].cls)
    for key, group in selected(c.operation, type_, nodes).items():
        name = group[0].name.value
        if name == "__typename":
            out.add(key, Part(f"'{type_.name}'"))
            continue
        c.check_field(f"{type_.name}.{name}")
        core = type_.fields[name]
        if name in fields:
            out.add(key, column(c, fields[name], core, group, scope), core.type)
        else:
            _resolved(out, core, scope)
    return out.part()


def _resolved(out: Row, core: GraphQLField, scope: Scope) -> None:
    """A field with a resolver of its own: it gets the properties it says it needs, and ordinary completion runs it."""
    out.pure = False
    for need in core.extensions["strawberry-definition"].metadata.get("needs", ()):
        if f"@{need}" not in out.keys:
            out.add(f"@{need}", Part(f"{scope.this}.{need}"))


def column(c: Compilation, f: Field, core: GraphQLField, group: list[FieldNode], scope: Scope) -> Part:
    """One field of an object."""
    args = arguments(c.operation, core, group[0]) if core.args else {}
    match f.read:
        case Prop() | Expression() | Count() | Single():
            return Part(value(c, f, scope), _leaf(f))
        case Computed():
            return _computed(c, f.read, core, group, scope, args)
        case Total():
            return Part(total(c, f.read, scope, args)[1], _money(c, f, core, group))
        case Flags():
            return Part(flags(c, f.read, scope, _day(c, args)))
        case PartOf(when=when):
            part = selection(c, get_named_type(core.type), group, scope)
            return Part(f"CASE WHEN {words(when, scope)} IS NOT NULL THEN {part.cypher} END", part.read, part.pure)
        case End(which=which):
            return _end(c, f, which, core, group, scope)
        case Link():
            return _link(c, f, f.read, core, group, scope, args)
        case Unfold():
            return unfolded(c, f.read, core, group, scope, args, selection)
        case Title():
            return titled(c, f.read, scope)
        case ById(name=name):
            return by_id(c, name, get_named_type(core.type), group, scope, selection)
    raise TypeError(f"no way to read {f.name}")


def _leaf(f: Field) -> Reader | None:
    if isinstance(f.read, Prop) and f.read.scaled:
        return decimal_text
    if isinstance(f.read, Expression) and f.read.digits is not None:
        digits = f.read.digits
        return lambda v: round(v, digits)
    return str if getattr(f.type, "__name__", "") == "BigInt" else None


def _day(c: Compilation, args: dict[str, Any]) -> str:
    return c.parameter(args["asOf"]) if args.get("asOf") else "$today"


def _computed(c: Compilation, read: Computed, core: GraphQLField, group: list[FieldNode], scope: Scope, args: dict[str, Any]) -> Part:
    given = {**c.operation.facts, **{k: getattr(c.operation, k) for k in ("language", "now", "today", "currency")}, **args}
    extra = {name: given.get(name) for name in read.takes}
    shape = value_reader(c.operation, core.type, group)

    def apply(values: list[Any]) -> Any:
        out = read.function(*values, **extra)
        return shape(out) if shape and out is not None else out

    return Part("[" + ", ".join(words(need, scope) for need in read.needs) + "]", apply)


def _money(c: Compilation, f: Field, core: GraphQLField, group: list[FieldNode]) -> Reader:
    shape, currency = value_reader(c.operation, core.type, group), c.operation.currency
    assert shape is not None
    assert isinstance(f.read, Total)
    function = f.read.function

    def read(found: list[Any]) -> Any:
        units, rest, alike, only = found
        if not alike:
            c.operation.warnings.append(f"{f.name} adds up several currencies and is therefore null.")
            return None
        return shape(function(units * SCALE + rest, only or currency))

    return read


def _end(c: Compilation, f: Field, which: str, core: GraphQLField, group: list[FieldNode], scope: Scope) -> Part:
    type_ = get_named_type(core.type)
    if which == "both":
        ends = [selection(c, type_, group, Scope(v)) for v in (scope.start, scope.end)]
        read = ends[0].read
        assert read is not None

        def in_order(found: list[Any]) -> Any:
            return [read(v) for v in (found[1:] if found[0] else found[:0:-1])]

        return Part(f"[{scope.start}.id < {scope.end}.id, {ends[0].cypher}, {ends[1].cypher}]", in_order, ends[0].pure)
    return selection(c, type_, group, Scope(getattr(scope, which)), safe=not f.nullable)


def _link(c: Compilation, f: Field, link: Link, core: GraphQLField, group: list[FieldNode], scope: Scope, args: dict[str, Any]) -> Part:
    type_: Any = core.type.of_type if is_non_null_type(core.type) else core.type
    if f.shape == "connection":
        return _connection(c, f, link, type_, group, scope, args)
    if f.shape == "list":
        return _list(c, link, get_named_type(type_), group, scope, args)
    if f.name in scope.joined:
        return selection(c, type_, group, Scope(scope.joined[f.name]))
    match = follow(c, link, scope, day=_day(c, args) if link.valid else "")
    body = element(c, type_, group, match)
    pick = f"{match.all} ORDER BY {match.words(link.pick)} LIMIT 1 " if link.pick else ""
    return Part(f"COLLECT {{ {match.text()} {pick}RETURN {body.cypher} LIMIT 1 }}[0]", body.read, body.pure)


def _list(c: Compilation, link: Link, type_: Any, group: list[FieldNode], scope: Scope, args: dict[str, Any]) -> Part:
    parts, texts = [], []
    for pattern in (link.pattern, link.also):
        if pattern is None:
            continue
        inner = budget_of_all(c, pattern)
        match = along(inner, pattern, scope)
        conditions = [f"{match.scope.this}.{k} = {c.parameter(v)}" for k, v in args.items() if v is not None]
        part = element(inner, type_, group, match)
        once = f"WITH DISTINCT {match.kept}" if match.distinct else match.all
        order = match.words(link.pick) if link.pick else f"{match.scope.this}.id"
        parts.append(part)
        texts.append(f"COLLECT {{ {match.text(*conditions)} {once} ORDER BY {order} RETURN {part.cypher} }}")
    read = parts[0].read
    assert read is not None
    return Part(" + ".join(texts), lambda rows: [read(r) for r in rows], parts[0].pure)


def element(c: Compilation, type_: Any, nodes: Sequence[FieldNode], match: Match, tie: bool = False) -> Part:
    """What a link leads to: the node, the tie, or (on a symmetric tie's edge) one of the two."""
    kind = KINDS[type_.name]
    if kind.tie or tie or not match.tie:
        return selection(c, type_, nodes, match.scope)
    return selection(c, type_, nodes, Scope(match.node))


def _connection(
    c: Compilation, f: Field, link: Link, type_: GraphQLObjectType, group: list[FieldNode], scope: Scope, args: dict[str, Any]
) -> Part:
    inner = budget(c, args, link.pattern)
    match = chosen(inner, link, scope, args)
    page = compile_page(inner, f, type_, group, args, match, element)
    return page.nested(inner)


def chosen(c: Compilation, link: Link, scope: Scope, args: dict[str, Any]) -> Match:
    """The match of a list field, with `asOf` and the ties that its argument chooses."""
    day = c.parameter(args["asOf"]) if args.get("asOf") else ""
    if not link.choose:
        match = follow(c, link, scope, day=day)
        kind = kind_of(link.pattern.target.label) if link.has or link.lacks else None
        if kind and link.has:
            match.conditions.append(predicate(c, kind, {link.has: {}}, match.scope))
        if kind and link.lacks:
            match.conditions.append(f"NOT {predicate(c, kind, {link.lacks: {}}, match.scope)}")
        return match
    return _choose(c, link, scope, [str(v) for v in args.get(link.choose.argument) or []])


def _choose(c: Compilation, link: Link, scope: Scope, values: list[str]) -> Match:
    assert link.choose is not None
    types = [link.choose.types[v] for v in link.choose.types if v in values]
    spread = [link.choose.spread[v] for v in link.choose.spread if v in values]
    match = follow(c, link, scope)
    old = "|".join(link.pattern.ties[0].types)
    if not spread:
        match.clauses[0] = match.clauses[0].replace(old, "|".join(types) or old)
        match.conditions += [] if types else ["false"]
        return match
    return _spread(c, match, scope, old, types, spread[0])


def _spread(c: Compilation, match: Match, scope: Scope, old: str, types: list[str], hierarchy: str) -> Match:
    """Walk down a hierarchy first: every node and tie on the way must be readable and valid today.

    What is found below counts by any tie, what the party itself leads to by the chosen `types` alone.
    """
    path, low, tie, step, last = c.name("path"), c.name("n"), c.name("r"), c.name("s"), c.name("t")
    organization = KINDS["Organization"]
    walk = f"MATCH {path} = ({scope.this})-[:{hierarchy}*0..8]->({low})"
    conditions = [
        f"all({tie} IN relationships({path}) WHERE {tie}.deleted_at IS NULL AND {valid(tie, '$today')})",
        f"all({step} IN nodes({path}) WHERE {step} = {scope.this} OR ({' AND '.join(readable(c, organization, step))}))",
    ]
    match.clauses[0] = match.clauses[0].replace(f"({scope.this})-[:{old}]", f"({low})-[{last}:{old}]", 1)
    match.clauses.insert(0, f"{walk} WHERE {' AND '.join(conditions)}")
    match.conditions.append(f"({low} <> {scope.this} OR type({last}) IN {types})")
    return match
