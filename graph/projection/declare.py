"""Declarations: where the value of a GraphQL field lives in the graph.

    @node("Person")
    class Person(Party):
        '''A human being (人).'''
        salutation: str | None = prop("How to address them (称呼)", filter=True)
        positions: Connection[Position] = link("Positions held (职位)", "(this)-[:HOLDS]->(node:Position)", valid=True)

Every declaration starts with the field's description. What a field answers is decided by the compiler, never by a resolver.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar, dataclass_transform

import strawberry
from strawberry.types.field import StrawberryField

from graph.projection.patterns import Pattern, parse
from graph.projection.reads import (
    ById,
    Choose,
    Computed,
    Count,
    End,
    Expression,
    Flags,
    Link,
    Lookup,
    Part,
    Prop,
    Read,
    Reference,
    Single,
    Title,
    Total,
    Unfold,
)

T = TypeVar("T", bound=type)


@dataclass(frozen=True)
class Kind:
    """A declared GraphQL type: the label or relationship type behind it, and whether it is a tie or abstract.

    `of` leads to those it belongs to: without one of them that the viewer may read it is not there. `tells` leads to those it speaks of:
    it is there if the viewer may read all of them, or with `partly` one of them.
    """

    cls: type
    name: str
    label: str = ""
    tie: bool = False
    abstract: bool = False
    symmetric: bool = False
    lasting: bool = True
    of: tuple[Pattern, ...] = ()
    tells: Pattern | None = None
    partly: bool = False


KINDS: dict[str, Kind] = {}
TIES: dict[str, Kind] = {}
VALUES: dict[str, type] = {}
OPEN_LABELS: set[str] = set()
NARROWER: dict[str, str] = {}


def open_label(label: str) -> None:
    """Let patterns use a label that no GraphQL type stands for; nodes with it are readable by everyone."""
    OPEN_LABELS.add(label)


def narrower_label(label: str, of: str) -> None:
    """Let patterns use a label that some nodes of a declared one carry besides; the same rules hold."""
    NARROWER[label] = of


def _field(read: Read, description: str, **options: Any) -> Any:
    return StrawberryField(description=description, metadata={"read": read}, **options)


def prop(description: str, *, name: str = "", filter: bool = False, order: bool = False, by: str = "", scaled: bool = False) -> Any:
    """A stored property, called as the field unless `name` says otherwise; `by` is what `orderBy` sorts by instead."""
    return _field(Prop(name=name, filter=filter, order=order, by=by, scaled=scaled), description)


def expression(description: str, cypher: str, *, filter: bool = False, order: bool = False, by: str = "", digits: int | None = None) -> Any:
    """A Cypher value; floats are rounded to `digits`, since the engines' mathematics differ in the last bit."""
    if re.search(r"\b(MATCH|EXISTS|COUNT|COLLECT|CALL)\b|\)\s*<?-", cypher, re.IGNORECASE):
        raise TypeError(f"expression() may not traverse the graph (read rules would not apply): {cypher}")
    return _field(Expression(cypher=cypher, filter=filter, order=order, by=by, digits=digits), description)


def count(description: str, pattern: str, *, filter: bool = False, order: bool = False) -> Any:
    """How many nodes a pattern leads to, as far as the viewer may read them."""
    return _field(Count(pattern=parse(pattern), filter=filter, order=order), description)


def total(
    description: str, function: Callable[[int, str], Any], pattern: str, value: str, currency: str, *, where: str = "", between: str = ""
) -> Any:
    """The exact sum of `value` (scaled) over a pattern, shown by `function` of sum and currency, sortable.

    With `between`, the arguments `from` and `until` bound that instant by days.
    """
    read = Total(pattern=parse(pattern), value=value, currency=currency, function=function, where=where, between=between, order=True)
    return _field(read, description)


def link(
    description: str,
    pattern: str,
    *,
    filter: bool = True,
    valid: bool = False,
    held: str = "",
    where: str = "",
    pick: str = "",
    also: str = "",
    choose: Choose | None = None,
    equal: tuple[str, Any] | None = None,
    has: str = "",
    lacks: str = "",
    usual: str = "",
) -> Any:
    """A connection (annotation `Connection[X]`), a list (`list[X]`) or one object (`X`, `X | None`).

    `valid` gives it `asOf`, and `held` says what holds on a `$day`, which is `$over` at an instant, where that is more than a period;
    `where` is a fixed condition; `pick` orders a list, or the candidates of a single one; `also` is a second pattern of a list; `equal`
    gives a list an optional argument that a property must equal; `has` and `lacks` name a single link that every element has, or has
    not; `usual` is what gives the order when the client asks for none.
    """
    read = Link(
        pattern=parse(pattern),
        also=parse(also) if also else None,
        filter=filter,
        valid=valid,
        held=held,
        where=where,
        pick=pick,
        choose=choose,
        equal=equal,
        has=has,
        lacks=lacks,
        usual=usual,
    )
    return _field(read, description)


def single(description: str, pattern: str, value: str, pick: str, *, where: str = "") -> Any:
    """`value` of the first node, in the order of `pick`, that a pattern leads to and the viewer may read."""
    return _field(Single(pattern=parse(pattern), value=value, pick=pick, where=where, filter=True, order=True), description)


def flags(description: str, **patterns: str) -> Any:
    """A list of codes, each there when its pattern leads to something valid on the day."""
    return _field(Flags(patterns={code: parse(p) for code, p in patterns.items()}), description)


def end(description: str, which: str = "end", *, filter: bool = True) -> Any:
    """On a tie: the node at its `start` or `end`, the `node` the connection arrived at, or `both` as a list."""
    return _field(End(which=which, filter=filter), description)


def computed(
    description: str, function: Callable[..., Any], *needs: str, takes: tuple[str, ...] = (), order: bool = False, by: str = ""
) -> Any:
    """A pure function of Cypher values (`this.total`), run while the row is read."""
    return _field(Computed(function=function, needs=needs, takes=takes, order=order, by=by), description)


def part(description: str, when: str, *, filter: bool = True, order: bool = False, by: str = "") -> Any:
    """An object of a type declared with `@part_of`, whose fields live on the same node."""
    return _field(Part(when=when, filter=filter, order=order, by=by), description)


def unfold(description: str, function: Callable[..., Any], *lists: str, reference: str, unless: str, limit: int = 10) -> Any:
    """Rows kept as parallel lists of one node, with the party each points to."""
    return _field(Unfold(function=function, lists=lists, reference=reference, limit=limit, unless=unless), description)


def by_id(description: str, name: str) -> Any:
    """The node or tie whose id is in the property `name`, if the viewer may read it."""
    return _field(ById(name=name), description)


def lookup(description: str) -> Any:
    """A root that answers one object by `id: ID!`, or a list of them by `ids: [ID!]!`, null where there is none to read."""
    return _field(Lookup(), description)


def title(
    description: str,
    function: Callable[..., str],
    *needs: str,
    lists: tuple[str, ...],
    reference: str,
    unless: str,
    properties: tuple[str, ...] = ("name",),
) -> Any:
    """A text made of Cypher values and of properties of parties, as far as the viewer may read these: see `Title`."""
    read = Title(function=function, needs=needs, lists=lists, reference=reference, unless=unless, properties=properties)
    return _field(read, description)


def reference(description: str) -> Any:
    """On an object made in Python (a payload, a problem): set it to an id, and clients get the object, if they may read it."""
    return _field(Reference(), description, default=None)


def interface(label: str, *, name: str | None = None) -> Callable[[T], T]:
    """A GraphQL interface; its label is carried by the nodes of every type that implements it."""
    return lambda cls: _kind(cls, Kind(cls, name or cls.__name__, label, abstract=True))


def node(label: str, *, of: tuple[str, ...] = (), tells: str = "", partly: bool = False) -> Callable[[T], T]:
    """A GraphQL type whose objects are nodes with this label.

    A part of others lives and is hidden with those `of` leads to; what speaks of others is hidden with any of those `tells` leads to,
    or with all of them if it is told `partly`.
    """
    speaks = parse(tells) if tells else None
    return lambda cls: _kind(cls, Kind(cls, cls.__name__, label, of=tuple(map(parse, of)), tells=speaks, partly=partly))


def tie(type_: str, *, symmetric: bool = False, lasting: bool = True) -> Callable[[T], T]:
    """A GraphQL type whose objects are relationships of this type; `lasting` ones have a life of their own and can be deleted."""
    return lambda cls: _kind(cls, Kind(cls, cls.__name__, type_, tie=True, symmetric=symmetric, lasting=lasting))


def part_of(cls: T) -> T:
    """A GraphQL type without an id of its own: its fields are read off the node it belongs to."""
    return _kind(cls, Kind(cls, cls.__name__))


@dataclass_transform(kw_only_default=True, field_specifiers=(strawberry.field,))
def value(cls: T) -> T:
    """A GraphQL type of plain values, as `computed` functions give them: dicts by GraphQL name."""
    VALUES[cls.__name__] = cls
    return strawberry.type(cls, description=_description(cls))


def _description(cls: type) -> str:
    return re.sub(r"\s*\n\s*", " ", (cls.__doc__ or "").strip())


def _kind(cls: T, kind: Kind) -> T:
    KINDS[kind.name] = kind
    if kind.tie and kind.lasting:
        TIES[kind.label] = kind
    description = _description(cls)
    if kind.abstract:
        setattr(cls, "resolve_type", classmethod(lambda _, value, info, __: value["@type"]))  # noqa: B010 - mypy knows no such attribute
        return strawberry.interface(cls, description=description)
    setattr(cls, "is_type_of", classmethod(lambda _, value, info: value.get("@type", kind.name) == kind.name))  # noqa: B010
    return strawberry.type(cls, description=description)
