"""Hypothesis strategies: GraphQL documents over the real schema, with variables, fragments, directives and cursors."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any, TypeVar

from graphql import GraphQLNonNull, GraphQLObjectType, get_named_type, is_abstract_type, is_enum_type, is_leaf_type, is_non_null_type
from graphql import is_input_object_type as is_input
from graphql import is_list_type as is_list
from hypothesis import strategies as st
from strawberry.utils.str_converters import to_camel_case

from schema import schema
from tests.graph.projection.oracle import SCHEMA
from tests.graph.projection.world import World

T = TypeVar("T")
_DAYS = ("2020-03-01", "2021-06-15", "2022-01-01", "2023-12-31", "2026-07-01")
_POOLS: dict[str, Sequence[Any]] = {
    "Boolean": (True, False),
    "Int": (0, 1, 2, 3, 5),
    "Float": (0.25, -0.5, 0, 0.5, 1.5, 50.0),
    "DateTime": ("2022-01-01T00:00:00Z", "2021-06-15T16:00:00+08:00", "2020-01-06T08:00:00Z"),
    "Date": _DAYS,
    "PartialDate": (*_DAYS, "2021", "2022-02"),
    "Decimal": ("0.5", "0.25", "2.50", "0", "0.0000001"),
    "BigInt": ("1", "5", "9"),
    "CountryCode": ("CN", "DE", "FR"),
    "CurrencyCode": ("CNY", "USD"),
    "String": ("a", "O", "张", "é", "", "vip"),
}


@dataclass
class Document:
    """A document, its variables, and which of the cursors a first answer offers the variables in `cursors` take (-1: nonsense)."""

    text: str
    variables: dict[str, Any]
    cursors: dict[str, int]


def resolved(type_: Any, name: str) -> bool:
    """Whether a field asks a resolver, not the projection."""
    definition = schema._schema.type_map[type_.name].fields[name].extensions["strawberry-definition"]  # type: ignore[attr-defined]
    return definition.base_resolver is not None


@dataclass(frozen=True)
class Variable:
    name: str


@dataclass
class Vocabulary:
    """Words of a world by the GraphQL name of the field they stand in, so that filters hit."""

    words: dict[str, list[Any]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def of(cls, world: World) -> Vocabulary:
        made = cls()
        rows = [n for nodes in world.nodes.values() for n in nodes] + [p for ties in world.ties.values() for _, _, p in ties]
        for row in rows:
            for key, value in row.items():
                name = to_camel_case(key.removeprefix("address_").removeprefix("influence_"))
                made.words[name] += value if isinstance(value, list) else [value]
        return made

    def fitting(self, type_: str, hint: str) -> Sequence[Any]:
        if type_ == "ID":
            return [*self.words["id"], "nothing"]
        wanted: dict[str, type] = {"String": str, "DateTime": str, "PartialDate": str, "Date": str, "Int": int, "Float": float}
        found: list[Any] = [w for w in self.words.get(hint, ()) if type_ in wanted and type(w) is wanted[type_]]
        return [w[:10] for w in found if len(w) >= 10] if type_ == "Date" and found else found or _POOLS[type_]


@dataclass
class Author:
    """Writes one document; every choice is drawn."""

    draw: Callable[[st.SearchStrategy[Any]], Any]
    vocabulary: Vocabulary
    declared: list[str] = field(default_factory=list)
    variables: dict[str, Any] = field(default_factory=dict)
    fragments: list[str] = field(default_factory=list)
    cursors: dict[str, int] = field(default_factory=dict)
    plain: set[str] = field(default_factory=set)
    numbers: Any = field(default_factory=lambda: count(1))

    def below(self, end: int) -> int:
        return int(self.draw(st.integers(0, end - 1)))

    def one(self, of: Sequence[T]) -> T:
        return of[self.below(len(of))]

    def chance(self, percent: int) -> bool:
        return self.below(100) >= 100 - percent

    def document(self) -> Document:
        query: Any = SCHEMA.query_type
        roots = [name for name in query.fields if not resolved(query, name)]
        body = " ".join(self.field(query, self.one(roots), 3, fresh=True) for _ in range(1 + self.chance(20)))
        head = f"query({', '.join(self.declared)})" if self.declared else "query"
        return Document(" ".join([f"{head} {{ {body} }}", *self.fragments]), self.variables, self.cursors)

    def selection(self, type_: Any, depth: int, *, fresh: bool = False) -> str:
        """`{ … }` on a type; below fragments, leaves get names of their own so that types need not agree on them."""
        names = [n for n, f in type_.fields.items() if not resolved(type_, n) and (depth or is_leaf_type(get_named_type(f.type)))]
        out = [self.field(type_, self.one(names), depth, fresh=fresh) for _ in range(1 + self.below(4))] if names else []
        out += ["__typename"] if self.chance(15) or not names else []
        if is_abstract_type(type_):
            members: Any = SCHEMA.get_possible_types(type_)
            common: Any = [t for t in getattr(type_, "interfaces", ()) if self.chance(10)]
            out += [self.fragment(self.one([*members, *common]), depth) for _ in range(self.below(3))]
        elif self.chance(8):
            out.append(self.fragment(type_, depth))
        return "{ " + " ".join(out) + " }"

    def fragment(self, type_: Any, depth: int) -> str:
        body = self.selection(type_, depth, fresh=True)
        if self.chance(60):
            return f"... on {type_.name}{self.directive()} {body}"
        name = f"f{next(self.numbers)}"
        self.fragments.append(f"fragment {name} on {type_.name} {body}")
        return f"...{name}{self.directive()}"

    def directive(self) -> str:
        if not self.chance(8):
            return ""
        condition = self.one(("true", "false"))
        if self.chance(50):
            name = f"v{next(self.numbers)}"
            self.declared.append(f"${name}: Boolean!")
            self.variables[name], condition = condition == "true", f"${name}"
        return f" @{self.one(('skip', 'include'))}(if: {condition})"

    def field(self, type_: Any, name: str, depth: int, *, fresh: bool = False) -> str:
        core = type_.fields[name]
        below = get_named_type(core.type)
        arguments = self.arguments(name, core)
        bare = not fresh and not (core.args and name in self.plain)
        self.plain.add(name)
        head = (name if bare and not self.chance(15) else f"a{next(self.numbers)}: {name}") + arguments + self.directive()
        if is_leaf_type(below):
            return head
        texts = [self.body(below, depth) for _ in range(1 + self.chance(8))]
        return " ".join(f"{head} {text}" for text in texts)

    def body(self, type_: Any, depth: int) -> str:
        if not type_.name.endswith("Connection"):
            return self.selection(type_, max(depth - 1, 0))
        out = ["totalCount"] if self.chance(40) else []
        out += ["pageInfo " + self.selection(type_.fields["pageInfo"].type.of_type, 0)] if self.chance(40) else []
        out += [f"edges {self.edge(get_named_type(type_.fields['edges'].type), depth)}"] if self.chance(40) else []
        if not out or self.chance(50):
            out.insert(self.below(len(out) + 1), f"nodes {self.selection(get_named_type(type_.fields['nodes'].type), max(depth - 1, 0))}")
        return "{ " + " ".join(out) + " }"

    def edge(self, type_: GraphQLObjectType, depth: int) -> str:
        out = ["cursor"] if self.chance(60) else []
        for name in [n for n in ("node", "tie") if n in type_.fields]:
            if not out or self.chance(60):
                out.append(f"{name} {self.selection(get_named_type(type_.fields[name].type), max(depth - 1, 0))}")
        return "{ " + " ".join(out) + " }"

    def arguments(self, name: str, core: Any) -> str:
        page = self.page() if "last" in core.args else []
        for key, argument in core.args.items():
            if key in ("first", "last", "after", "before") and "last" in core.args:
                continue
            if is_non_null_type(argument.type) or self.chance(40):
                page.append(f"{key}: {self.given(self.value(argument.type, key if key != 'ids' else 'id', 3), argument.type)}")
        return f"({', '.join(page)})" if page else ""

    def page(self) -> list[str]:
        ways = (
            "first",
            "first",
            "last",
            "first after",
            "last before",
            "first before",
            "last after",
            "first after before",
            "",
            "first last",
        )
        words = self.one(ways[:-1] if self.chance(97) else ways).split()
        return [f"{w}: {self.size() if w in ('first', 'last') else self.cursor()}" for w in words]

    def size(self) -> str:
        size = self.one((1, 2, 3, 2, 5, 7, 0)) if self.chance(98) else self.one((-1, 201))
        if not self.chance(15):
            return str(size)
        name = f"v{next(self.numbers)}"
        self.declared.append(f"${name}: Int")
        self.variables[name] = size
        return f"${name}"

    def cursor(self) -> str:
        name = f"c{next(self.numbers)}"
        self.declared.append(f"${name}: String")
        self.cursors[name] = self.below(40) if self.chance(97) else -1
        return f"${name}"

    def value(self, type_: Any, hint: str, depth: int, *, variables: bool = True) -> Any:
        """A value of an input type as JSON would have it, now and then a variable."""
        if variables and self.chance(8):
            return self.variable(type_, hint, depth)
        inner = type_.of_type if is_non_null_type(type_) else type_
        if inner is type_ and self.chance(1):
            return None
        if is_list(inner):
            return [self.value(inner.of_type, hint, depth, variables=variables) for _ in range(self.below(4))]
        if is_input(inner):
            return self.object(inner, hint, depth, variables)
        if is_enum_type(inner):
            return self.one(list(inner.values))
        return self.one(self.vocabulary.fitting(inner.name, hint))

    def object(self, type_: Any, hint: str, depth: int, variables: bool) -> dict[str, Any]:
        ends = [k for k, f in type_.fields.items() if _flat(f.type)]
        names = [k for k in type_.fields if depth > 0 or k in ends] or list(type_.fields)
        size = 1 if type_.is_one_of else self.below(3) if self.chance(40) else 1
        out = {}
        for key in dict.fromkeys(self.one(names) for _ in range(size)):
            core = type_.fields[key]
            known = hint if type_.name.endswith("Filter") else key
            # The one of a kind that has to be given is never null.
            kind = GraphQLNonNull(core.type) if type_.is_one_of else core.type
            out[key] = self.value(kind, known, depth - 1, variables=variables and not type_.is_one_of)
        return out

    def variable(self, type_: Any, hint: str, depth: int) -> Variable:
        name, fixed = f"v{next(self.numbers)}", is_non_null_type(type_)
        way = self.one(("given", "given", "given", "default", "default") if fixed else ("given", "given", "default", "absent", "null"))
        value = self.value(type_, hint, depth, variables=False)
        text = str(type_)
        if way == "default" and value is not None:
            text = f"{text} = {self.given(value, type_)}"
        elif way == "given":
            self.variables[name] = value
        elif way == "null":
            self.variables[name] = None
        self.declared.append(f"${name}: {text}")
        return Variable(name)

    def given(self, value: Any, type_: Any = None) -> str:
        """A value as a literal."""
        inner = type_.of_type if is_non_null_type(type_) else type_
        if isinstance(value, Variable):
            return f"${value.name}"
        if isinstance(value, list):
            return "[" + ", ".join(self.given(v, inner.of_type) for v in value) + "]"
        if isinstance(value, dict):
            return "{" + ", ".join(f"{k}: {self.given(v, inner.fields[k].type)}" for k, v in value.items()) + "}"
        if value is not None and is_enum_type(inner):
            return str(value)
        return json.dumps(value, ensure_ascii=False)


def _flat(type_: Any) -> bool:
    """Nothing but leaves, or the filter of a leaf."""
    named = get_named_type(type_)
    return is_leaf_type(named) or named.name.endswith("Filter")


def documents(vocabulary: Vocabulary) -> st.SearchStrategy[Document]:
    @st.composite
    def made(draw: Callable[[st.SearchStrategy[Any]], Any]) -> Document:
        return Author(draw, vocabulary).document()

    return made()
