"""A second reading of the declarations: everything in memory, answered by graphql-core alone. It shares no step with the compiler."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cmp_to_key
from typing import Any

from graphql import GraphQLError, GraphQLResolveInfo, GraphQLScalarType, GraphQLSchema, build_schema, execute_sync, get_named_type
from graphql.execution import ExecutionResult
from graphql.language import DocumentNode, VariableNode

from graph.projection.declare import KINDS
from graph.projection.fields import Field, declared
from graph.projection.reads import ById, Computed, End, Expression, Flags, Link, Lookup, Part, Prop, Total, Unfold
from schema import schema, sdl
from tests.graph.projection import faults, filters
from tests.graph.projection.memory import Node, Place, Tie, holds_on, lives, type_name
from tests.graph.projection.reading import Reading, element
from tests.graph.projection.words import sorted_by, value

Info = GraphQLResolveInfo[Any]
MOST_STEPS = 8


@dataclass
class Page:
    """A list that a connection answers from."""

    places: list[Place]
    total: int
    cursors: dict[int, str]
    more: bool
    args: dict[str, Any]


@dataclass(frozen=True)
class Edge:
    place: Place
    cursor: str


def resolve(source: Any, info: Info, **args: Any) -> Any:
    r: Reading = info.context
    name = info.field_name
    if isinstance(source, Page):
        return [_shown_as(p, info) for p in source.places] if name == "nodes" else _page(source, name)
    if isinstance(source, Edge):
        return source.cursor if name == "cursor" else _shown_as(source.place, info)
    if isinstance(source, dict):
        return source[name]
    if source is None:
        _refuse(r, info)
    return _declared(r, declared(KINDS[info.parent_type.name].cls)[name], source, info, args)


def _shown_as(place: Place, info: Info) -> Place:
    """The tie, or the node it leads to: as the type of the field wants it."""
    return place if KINDS[get_named_type(info.return_type).name].tie else place.target


def _refuse(r: Reading, info: Info) -> None:
    found = faults.found(r.hidden, info)
    if found:
        r.faults[str(info.path.key)] = {f.message for f in found}
        raise found[0]


def _declared(r: Reading, f: Field, place: Any, info: Info, args: dict[str, Any]) -> Any:
    match f.read:
        case Lookup():
            name = get_named_type(info.return_type).name
            return [r.by_id(i, name) for i in args["ids"]] if f.shape == "list" else r.by_id(args["id"], name)
        case ById(name=key):
            return r.by_id(place.get("this", key), get_named_type(info.return_type).name, place.this)
        case Part(when=when):
            return None if value(when, place) is None else place
        case End(which="both"):
            return r.ends(place)
        case End():
            return r.one(f, place)
        case Link() if f.shape == "connection":
            return _connection(r, f, place, info, args)
        case Link() if f.shape == "list":
            return _list(r, f.read, f, place, args)
        case Link():
            return r.one(f, place, args.get("asOf") or "")
        case _:
            return _made(r, f, place, args)


def _made(r: Reading, f: Field, place: Place, args: dict[str, Any]) -> Any:
    """What is put together from stored values."""
    match f.read:
        case Computed(function=function, needs=needs, takes=takes):
            given: dict[str, Any] = {
                "language": r.language,
                "now": r.now,
                "today": r.today,
                "currency": r.currency,
                "decay": r.decay,
                "hidden": sorted(r.hidden),
            } | args
            return function(*(value(need, place) for need in needs), **{t: given[t] for t in takes})
        case Flags(patterns=patterns):
            day = args.get("asOf") or r.today
            return [code for code, p in patterns.items() if any(_holds(found, day) for found in r.sight.along(p, place))]
        case Total() as read:
            return _total(r, read, place, args)
        case Unfold() as read:
            return read.function(list(_rows(r, read, place)), 10 if args.get("first") is None else args["first"], r.language)
    return _shown(f, r.leaf(f, place))


def _holds(place: Place, day: str) -> bool:
    """A flag without a period holds always."""
    return place.node is None or holds_on(place, day)


def _total(r: Reading, read: Total, place: Place, args: dict[str, Any]) -> Any:
    found = r.amounts(read, place, args)
    currencies = {currency for _, currency in found} or {r.currency}
    return read.function(sum(amount for amount, _ in found), next(iter(currencies))) if len(currencies) == 1 else None


def _rows(r: Reading, read: Unfold, place: Place) -> Iterator[list[Any]]:
    for i, id_ in enumerate(place.get("this", read.reference) or []):
        found = r.by_id(id_, "Party") if id_ else None
        party = None if found is None or found.get("this", read.unless) else found
        yield [*(place.get("this", name)[i] for name in read.lists), id_, party]


def _shown(f: Field, found: Any) -> Any:
    if found is None:
        return None
    if isinstance(f.read, Prop) and f.read.scaled:
        text = f"{'-' if found < 0 else ''}{abs(found) // 10**6}.{abs(found) % 10**6:06d}"
        return text.rstrip("0").rstrip(".")
    if isinstance(f.read, Expression) and f.read.digits is not None:
        return round(found, f.read.digits)
    return str(found) if getattr(f.type, "__name__", "") == "BigInt" else found


def _list(r: Reading, link: Link, f: Field, place: Place, args: dict[str, Any]) -> list[Place]:
    found = []
    for pattern in (link.pattern, link.also):
        if pattern:
            places = list(r.sight.along(pattern, place))
            places = places if pattern.tie else list({p.this: p for p in places}.values())
            kept = [p for p in places if all(v is None or p.get("this", k) == v for k, v in args.items())]
            found += sorted_by(link.pick, kept)
    return [element(f, p) for p in found]


def _connection(r: Reading, f: Field, place: Place | None, info: Info, args: dict[str, Any]) -> Page:
    link, kind = f.read, f.kind
    assert isinstance(link, Link)
    assert kind is not None
    found = _chosen(r, link, place, args["through"] or []) if link.choose else r.places(link, place, args.get("asOf") or "")
    for name, wanted in ((link.has, True), (link.lacks, False)):
        if name:
            single = declared(kind.cls)[name]
            found = [p for p in found if (r.one(single, p) is not None) == wanted]
    nodes = bool(link.pattern.tie) and not kind.tie
    found = [p for p in found if filters.matches(r, kind, args.get("where") or {}, p.target if nodes else p)]
    return _windowed(r, found, kind, filters.keys(r, kind, args.get("orderBy") or [], link.usual, nodes=nodes), info, args)


def _windowed(r: Reading, found: list[Place], kind: Any, keys: list[filters.Key], info: Info, args: dict[str, Any]) -> Page:
    def compared(a: tuple[Place, list[Any]], b: tuple[Place, list[Any]]) -> int:
        return filters.compare(keys, a[1], b[1])

    valued = sorted([(p, [k.of(p) for k in keys]) for p in found], key=cmp_to_key(compared))
    mark = filters.mark(kind, keys)
    cursors = {id(p): filters.cursor(mark, values) for p, values in valued}
    _offer(r, info, [cursors[id(p)] for p, _ in valued])
    for argument, side in (("after", 1), ("before", -1)):
        if text := args.get(argument):
            bound = (filters.opened(text) or [])[1:]
            valued = [(p, v) for p, v in valued if filters.compare(keys, v, bound) * side > 0]
    places = [p for p, _ in valued]
    last = args.get("last")
    size = last if last is not None else 20 if args.get("first") is None else args["first"]
    kept = places[max(len(places) - size, 0) :] if last is not None else places[:size]
    return Page(kept, len(found), cursors, len(places) > size, args)


def _offer(r: Reading, info: Info, cursors: list[str]) -> None:
    for argument in info.field_nodes[0].arguments or ():
        if argument.name.value in ("after", "before") and isinstance(argument.value, VariableNode):
            r.cursors.setdefault(argument.value.name.value, []).extend(cursors)


def _chosen(r: Reading, link: Link, place: Place | None, through: list[str]) -> list[Place]:
    """What the chosen ties of the party itself lead to, and all those of what it owns at any depth."""
    assert link.choose is not None
    assert place is not None
    found = r.places(link, place, types=tuple(link.choose.types[t] for t in through if t in link.choose.types))
    for scope, hierarchy in link.choose.spread.items():
        if scope in through:
            for node in _below(r, place.this, hierarchy):
                found += r.places(link, Place(node))
    return list({p.this: p for p in found}.values())


def _below(r: Reading, top: Node | Tie, hierarchy: str) -> list[Node]:
    assert isinstance(top, Node)
    found: dict[Node, None] = {}
    level = [top]
    for _ in range(MOST_STEPS):
        ties = [t for n in level for t in n.ties if t.type == hierarchy and t.start is n and lives(t) and holds_on(Place(t), r.today)]
        level = [t.end for t in ties if r.sight.reads(t.end)]
        found |= dict.fromkeys(level)
    return list(found)


def _page(page: Page, name: str) -> Any:
    edges = [Edge(p, page.cursors[id(p)]) for p in page.places]
    if name == "pageInfo":
        backward = page.args.get("last") is not None
        return {
            "hasNextPage": page.args.get("before") is not None if backward else page.more,
            "hasPreviousPage": page.more if backward else page.args.get("after") is not None,
            "startCursor": edges[0].cursor if edges else None,
            "endCursor": edges[-1].cursor if edges else None,
        }
    return page.total if name == "totalCount" else edges


def _schema() -> GraphQLSchema:
    made, core = build_schema(sdl()), schema._schema
    for name, type_ in made.type_map.items():
        if isinstance(type_, GraphQLScalarType):
            known: Any = core.type_map[name]
            type_.parse_value, type_.coerce_input_value = known.parse_value, known.coerce_input_value  # type: ignore[method-assign]
            type_.coerce_input_literal = known.coerce_input_literal
    return made


SCHEMA = _schema()


def answered(document: DocumentNode, variables: dict[str, Any], reading: Reading) -> ExecutionResult:
    """What the declarations say the answer is."""
    result = execute_sync(
        SCHEMA,
        document,
        context_value=reading,
        variable_values=variables,
        field_resolver=resolve,
        type_resolver=lambda place, info, type_: type_name(place.this),
    )
    assert all(e.original_error is None or isinstance(e.original_error, GraphQLError) for e in result.errors or []), result.errors
    return result
