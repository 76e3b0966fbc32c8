"""Connections: which rows a page needs, in what order, and how they become `nodes`, `edges`, `pageInfo` and `totalCount`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import inf, prod
from typing import Any

from graphql import FieldNode, GraphQLObjectType, get_named_type

from graph.projection.context import BadInput, Compilation, Limit, Scope
from graph.projection.fields import Field
from graph.projection.inputs import page_size
from graph.projection.matches import Match
from graph.projection.orders import Term, beyond, decode, encode, fingerprint, order_by, terms
from graph.projection.patterns import Pattern
from graph.projection.predicates import predicate
from graph.projection.reads import Link
from graph.projection.select import Selected, selected
from graph.projection.shape import Part, Reader
from graph.projection.values import counted

# How fan-outs name the ways along a relationship: from its start, from its end.
_WAYS = {1: (">",), -1: ("<",), 0: (">", "<")}
LIKELY_ROWS = 50_000
MOST_ROWS = 2_000_000
# Of all lists of a root together.
ALL_ROWS = 200_000
# A list without pages: what it may hold in the worst case, as far as an estimate goes by it.
_LONG = 100

# How an element becomes columns: (compilation, core type, field nodes, match, tie or node) -> Part
Body = Callable[[Compilation, Any, Sequence[FieldNode], Match, bool], Part]


@dataclass(frozen=True)
class Window:
    """Which part of a list is asked for."""

    size: int
    backward: bool
    after: str | None
    before: str | None

    @classmethod
    def of(cls, args: dict[str, Any]) -> Window:
        first, last = args.get("first"), args.get("last")
        if first is not None and last is not None:
            raise BadInput("Give `first` or `last`, not both.")
        size = page_size(first) if last is None else page_size(last, name="last")
        return cls(size, last is not None, args.get("after"), args.get("before"))


@dataclass
class Page:
    """A compiled page: its columns, keys and readers; written out as a nested list or as the rows of a root."""

    match: Match
    keys: list[Term]
    window: Window
    mark: str
    take: str = ""
    cells: list[str] = field(default_factory=list)
    readers: dict[str, Callable[[list[Any], Any], Any]] = field(default_factory=dict)
    conditions: list[str] = field(default_factory=list)
    wants_total: bool = False
    wants_rows: bool = False
    wants_cursors: bool = False
    wants_more: bool = False
    pure: bool = True
    cursors: dict[str, tuple[list[Any], list[str]]] = field(default_factory=dict)

    def total(self) -> str:
        return counted(self.match)

    def nested(self, c: Compilation) -> Part:
        return Part(self.value(f"COLLECT {{ {self.rows(c)} }}" if self.wants_rows else ""), self.read, self.pure)

    def root(self, c: Compilation) -> str:
        """The page as the one record of a statement: engines send a long record sooner than many short ones."""
        if not self.wants_rows:
            return f"RETURN {self.value('')} AS row"
        return f"{self._root_rows(c)} WITH collect(row) AS rows RETURN {self.value('rows')} AS row"

    def value(self, rows: str) -> str:
        """What `read` takes: rows and total, or whichever of them is wanted."""
        if rows and self.wants_total:
            return f"[{rows}, {self.total()}]"
        return rows or (self.total() if self.wants_total else "0")

    def _root_rows(self, c: Compilation) -> str:
        """An index gives the order of what has a value; what has none follows (or leads, backwards), read only if the page is short."""
        if not (self.keys[0].nullable and self.keys[0].plain):
            return self.rows(c, last="WITH")
        both = [self.rows(c, null_first=self.window.backward), self.rows(c, null_first=not self.window.backward)]
        return f"CALL {{ {' UNION ALL '.join(both)} }} WITH row LIMIT {self.take}"

    def rows(self, c: Compilation, *, null_first: bool | None = None, last: str = "RETURN") -> str:
        """The rows of the page, one more where it must be known; `null_first` picks one arm of an order whose first key may be null."""
        keys, alias = self._bound(c)
        m, after = self.match, self._keyset(keys, null_first)
        steps = [m.text(*(after if not alias else ()))]
        steps.append(f"WITH DISTINCT {m.kept}" if m.distinct else "WITH *")
        if alias:
            steps.append(f"WITH *, {', '.join(alias)}" + (f" WHERE {' AND '.join(after)}" if after else "") + " WITH *")
        steps.append(f"ORDER BY {order_by(keys, self.window.backward, split=null_first is not None)} LIMIT {self.take}")
        return " ".join([*steps, f"{last} {self._row(keys)} AS row"])

    def together(self, c: Compilation) -> str:
        """Rows and total from one search, as one record; "" where the order or the elements need more than that."""
        m, first = self.match, self.keys[0]
        if (
            not (self.wants_rows and self.wants_total)
            or self.cursors
            or m.kept != m.node
            or first.nullable
            or not all(k.plain for k in self.keys)
        ):
            return ""
        found, order = c.name("found"), order_by(self.keys, self.window.backward)
        once = "DISTINCT " if m.distinct else ""
        search = f"{m.text(*self._keyset(self.keys, None))} WITH {once}{m.node} ORDER BY {order} WITH collect({m.node}) AS {found}"
        return f"{search} RETURN [[{m.node} IN {found}[..{self.take}] | {self._row(self.keys)}], size({found})] AS row"

    def _row(self, keys: Sequence[Term]) -> str:
        columns = [*self.cells, *(k.cypher for k in keys if self.wants_cursors)]
        return columns[0] if self.bare else f"[{', '.join(columns)}]"

    @property
    def bare(self) -> bool:
        """Rows are their only cell."""
        return len(self.cells) == 1 and not self.wants_cursors

    def _bound(self, c: Compilation) -> tuple[list[Term], list[str]]:
        """Keys that are more than a property are computed once, under a name."""
        keys, alias = [], []
        for key in self.keys:
            if key.plain:
                keys.append(key)
            else:
                name = c.name("key")
                alias.append(f"{key.cypher} AS {name}")
                keys.append(replace(key, cypher=name))
        return keys, alias

    def _keyset(self, keys: list[Term], null_first: bool | None) -> list[str]:
        out, first = [], keys[0]
        if null_first is not None:
            out.append(f"{first.cypher} IS {'NULL' if null_first else 'NOT NULL'}")
        elif first.plain and first.path != "id" and not first.nullable:
            out.append(f"{first.cypher} IS NOT NULL")
        for argument, (values, parameters) in self.cursors.items():
            if null_first is not None and not first.nullable:
                continue
            out.append(beyond(keys, list(zip(values, parameters, strict=True)), argument == "before"))
        return out

    def read(self, value: Any) -> Any:
        rows, total = value if self.wants_rows and self.wants_total else (value, value)
        if not self.wants_rows:
            return {key: read([], (total, False)) for key, read in self.readers.items()}
        more = len(rows) > self.window.size
        rows = [[row] for row in rows[: self.window.size]] if self.bare else rows[: self.window.size]
        if self.window.backward:
            rows.reverse()
        return {key: read(rows, (total, more)) for key, read in self.readers.items()}

    def cursor(self, row: list[Any]) -> str:
        return encode(self.mark, row[len(self.cells) :])


def compile_page(
    c: Compilation, f: Field, type_: GraphQLObjectType, nodes: Sequence[FieldNode], args: dict[str, Any], match: Match, body: Body
) -> Page:
    """Compile a connection field over the elements that `match` finds."""
    window, kind, link = Window.of(args), f.kind, f.read
    assert kind is not None
    assert isinstance(link, Link)
    if not kind.tie and match.tie:
        # The tie is only there to give the order.
        match.scope = Scope(match.node)
    if args.get("where"):
        match.conditions.append(predicate(c, kind, args["where"], match.scope))
    keys = terms(c, kind, args.get("orderBy") or [], match.scope)
    if link.usual and len(keys) == 1:
        keys.insert(0, Term(match.words(link.usual), False, False, link.usual.removeprefix("this.")))
    page = Page(match, keys, window, fingerprint(kind, keys))
    for argument in ("after", "before"):
        if (text := args.get(argument)) is not None:
            values = decode(text, page.mark, len(keys), argument)
            page.cursors[argument] = (values, [c.parameter(v) for v in values])
    _columns(c, page, type_, selected(c.operation, type_, nodes), body)
    page.take = c.parameter(window.size + page.wants_more)
    return page


def budget(c: Compilation, args: dict[str, Any], pattern: Pattern) -> Compilation:
    """The row estimate one list deeper: what is asked for, or what its ties usually lead to if that is less."""
    size = Window.of(args).size or 1
    return _checked(c.narrowed(size, min(size, usual_rows(c.operation.fanouts, pattern))))


def budget_of_all(c: Compilation, pattern: Pattern) -> Compilation:
    """The same for a list without pages; where nothing is known of its ties they count as one."""
    usual = usual_rows(c.operation.fanouts, pattern)
    return _checked(c.narrowed(_LONG, min(_LONG, usual) if usual < inf else 1))


def _checked(c: Compilation) -> Compilation:
    c.spent[0] += c.rows
    for rows, most in ((c.rows, LIKELY_ROWS), (c.most, MOST_ROWS), (c.spent[0], ALL_ROWS)):
        if rows > most:
            raise Limit(f"This may answer {int(rows)} rows, {most} at most are allowed: ask for smaller pages (`first`) or fewer levels.")
    return c


def usual_rows(fanouts: Mapping[str, float], pattern: Pattern) -> float:
    """How many elements a pattern leads to at the 99th percentile; infinite for a root, or where nothing is known."""
    if pattern.is_root:
        return inf
    steps = [sum(fanouts.get(t + d, inf) for t in tie.types for d in _WAYS[tie.direction]) for tie in pattern.ties]
    return max(1.0, prod(steps))


def _columns(c: Compilation, page: Page, type_: GraphQLObjectType, keys: Selected, body: Body) -> None:
    for key, group in keys.items():
        match group[0].name.value:
            case "nodes":
                page.readers[key] = _nodes(*_cell(c, page, type_.fields["nodes"].type, group, body))
            case "edges":
                page.readers[key] = _edges(c, page, type_, group, body)
            case "pageInfo":
                page.readers[key] = _page_info(c, page, group, type_)
            case "totalCount":
                page.wants_total = True
                page.readers[key] = lambda rows, facts: facts[0]
            case _:
                page.readers[key] = lambda rows, facts: type_.name
    if not c.operation.shaped:
        page.readers["@type"] = lambda rows, facts: type_.name


def _cell(c: Compilation, page: Page, type_: Any, group: Sequence[FieldNode], body: Body, tie: bool = False) -> tuple[int, Reader | None]:
    part = body(c, get_named_type(type_), group, page.match, tie)
    page.cells.append(part.cypher)
    page.pure = page.pure and part.pure
    page.wants_rows = True
    return len(page.cells) - 1, part.read


def _nodes(at: int, read: Reader | None) -> Callable[[list[Any], Any], Any]:
    assert read is not None
    return lambda rows, facts: [read(row[at]) for row in rows]


def _edges(c: Compilation, page: Page, type_: GraphQLObjectType, group: Sequence[FieldNode], body: Body) -> Callable[[list[Any], Any], Any]:
    edge: Any = get_named_type(type_.fields["edges"].type)
    page.wants_rows = True
    columns: dict[str, Callable[[list[Any]], Any]] = {} if c.operation.shaped else {"@type": lambda row: edge.name}
    for key, nodes in selected(c.operation, edge, group).items():
        name = nodes[0].name.value
        if name == "cursor":
            page.wants_cursors = True
            columns[key] = page.cursor
        elif name == "__typename":
            columns[key] = lambda row: edge.name
        else:
            at, read = _cell(c, page, edge.fields[name].type, nodes, body, name == "tie")
            columns[key] = lambda row, at=at, read=read: read(row[at])  # type: ignore[misc]
    return lambda rows, facts: [{key: read(row) for key, read in columns.items()} for row in rows]


def _page_info(c: Compilation, page: Page, group: Sequence[FieldNode], type_: GraphQLObjectType) -> Callable[[list[Any], Any], Any]:
    page.wants_rows = True
    info: Any = get_named_type(type_.fields["pageInfo"].type)
    names = {key: nodes[0].name.value for key, nodes in selected(c.operation, info, group).items()}
    window, type_name = page.window, info.name
    known: dict[str, Callable[[list[Any], bool], Any]] = {
        "hasNextPage": lambda rows, more: window.before is not None if window.backward else more,
        "hasPreviousPage": lambda rows, more: more if window.backward else window.after is not None,
        "startCursor": lambda rows, more: page.cursor(rows[0]) if rows else None,
        "endCursor": lambda rows, more: page.cursor(rows[-1]) if rows else None,
        "__typename": lambda rows, more: type_name,
    }
    page.wants_cursors |= not {"startCursor", "endCursor"}.isdisjoint(names.values())
    page.wants_more |= not {"hasNextPage", "hasPreviousPage"}.isdisjoint(names.values())
    wanted = {key: known[name] for key, name in names.items()} | ({} if c.operation.shaped else {"@type": known["__typename"]})
    return lambda rows, facts: {key: tell(rows, facts[1]) for key, tell in wanted.items()}
