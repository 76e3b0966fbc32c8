"""What a declaration says: where the value of a field comes from. Made by the functions in `declare`, read by the compiler."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from graph.projection.patterns import Pattern


@dataclass(frozen=True, kw_only=True)
class Read:
    """What all declarations share: may clients filter, may they order, and by which Cypher value instead of the shown one."""

    filter: bool = False
    order: bool = False
    by: str = ""


@dataclass(frozen=True, kw_only=True)
class Prop(Read):
    """A stored property; `scaled` ones are integers of 10^-6 that clients see as decimals."""

    name: str = ""
    scaled: bool = False


@dataclass(frozen=True, kw_only=True)
class Expression(Read):
    """A Cypher value over `this`, `tie`, `start`, `end`, `node`; it may not walk the graph, or read rules would not apply."""

    cypher: str
    digits: int | None = None


@dataclass(frozen=True, kw_only=True)
class Count(Read):
    """How many different nodes (or ties, if the pattern names one) a pattern leads to."""

    pattern: Pattern


@dataclass(frozen=True, kw_only=True)
class Total(Read):
    """The exact sum of a scaled property over the nodes a pattern leads to, with the currency they share."""

    pattern: Pattern
    value: str
    currency: str
    function: Callable[[int, str], Any]
    where: str = ""
    between: str = ""


@dataclass(frozen=True)
class Choose:
    """A list argument that says which relationship types of the pattern count; `spread` values first walk down a hierarchy."""

    argument: str
    enum: str
    types: Mapping[str, str]
    default: tuple[str, ...]
    spread: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Link(Read):
    """The node or nodes, or ties, that a pattern leads to: a connection, or one object."""

    pattern: Pattern
    also: Pattern | None = None
    valid: bool = False
    held: str = ""
    where: str = ""
    pick: str = ""
    choose: Choose | None = None
    equal: tuple[str, Any] | None = None
    has: str = ""
    lacks: str = ""
    usual: str = ""


@dataclass(frozen=True, kw_only=True)
class Single(Read):
    """A value of the first of the nodes that a pattern leads to."""

    pattern: Pattern
    value: str
    pick: str
    where: str = ""


@dataclass(frozen=True, kw_only=True)
class End(Read):
    """A node at an end of a tie: its `start`, its `end`, or the `node` the connection arrived at; `both` answers a list."""

    which: str


@dataclass(frozen=True, kw_only=True)
class Computed(Read):
    """A pure function of stored values, applied while a row is read; `arguments` of the field are passed by name."""

    function: Callable[..., Any]
    needs: tuple[str, ...]
    takes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Part(Read):
    """An object that is stored on the same node: there when the Cypher value `when` is not null."""

    when: str


@dataclass(frozen=True, kw_only=True)
class Unfold(Read):
    """Objects stored as parallel lists; `reference` is the list of ids of parties that rows point to ("" for none).

    A party of which the property `unless` is true is hidden from everybody. `function` gets rows of values, whether the party is hidden
    from the viewer, and the party; it answers objects.
    """

    function: Callable[..., Any]
    lists: tuple[str, ...]
    reference: str
    limit: int
    unless: str


@dataclass(frozen=True, kw_only=True)
class Title(Read):
    """A text made of stored values and of what parties are, which parallel lists point to as those of `Unfold` do.

    `function` gets the values that it `needs`, rows of listed values and of `properties`, None where the viewer may not read it, and
    the language.
    """

    function: Callable[..., str]
    needs: tuple[str, ...]
    lists: tuple[str, ...]
    reference: str
    unless: str
    properties: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Flags(Read):
    """The codes of those patterns that lead somewhere; with `asOf`, on that day."""

    patterns: Mapping[str, Pattern]


@dataclass(frozen=True, kw_only=True)
class ById(Read):
    """Whatever carries the id that a property holds, node or tie."""

    name: str


@dataclass(frozen=True, kw_only=True)
class Lookup(Read):
    """A root: the object with the id that the argument `id` gives (or, for a list, `ids`)."""


@dataclass(frozen=True, kw_only=True)
class Reference(Read):
    """On an object made in Python: what carries the id that the attribute of the field holds."""
