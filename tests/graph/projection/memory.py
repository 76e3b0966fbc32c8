"""The whole graph in memory, and what a viewer may read of it: patterns walked step by step, in plain Python."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from graph.database import Database
from graph.projection.declare import KINDS, OPEN_LABELS, TIES, Kind
from graph.projection.fields import declared
from graph.projection.patterns import NodeStep, Pattern, TieStep
from graph.projection.reads import Link


@dataclass(eq=False)
class Node:
    labels: frozenset[str]
    properties: Mapping[str, Any]
    ties: list[Tie] = field(default_factory=list, repr=False)


@dataclass(eq=False)
class Tie:
    type: str
    start: Node
    end: Node
    properties: Mapping[str, Any]


@dataclass(frozen=True)
class Place:
    """Where declarations are read: a node, or a tie with its ends and the node it was followed to."""

    this: Node | Tie
    start: Node | None = None
    end: Node | None = None
    node: Node | None = None

    def get(self, name: str, key: str) -> Any:
        """`name.key`: a missing property, or one of nothing, is null."""
        thing = self.this if name == "tie" else self.node or self.this if name in ("node", "order") else getattr(self, name)
        return None if thing is None else thing.properties.get(key)

    @property
    def id(self) -> Any:
        return self.this.properties.get("id")

    @property
    def target(self) -> Place:
        """The node that was arrived at."""
        return self if self.node is None else Place(self.node)


@dataclass
class Graph:
    nodes: list[Node]
    ties: list[Tie]

    @classmethod
    async def load(cls, database: Database) -> Graph:
        rows = await database.read("MATCH (n) RETURN elementId(n), labels(n), properties(n)")
        nodes = {key: Node(frozenset(labels), properties) for key, labels, properties in rows}
        found = await database.read("MATCH (a)-[t]->(b) RETURN type(t), elementId(a), elementId(b), properties(t)")
        ties = [Tie(type_, nodes[a], nodes[b], properties) for type_, a, b, properties in found]
        for tie in ties:
            for node in {tie.start, tie.end}:
                node.ties.append(tie)
        return cls(list(nodes.values()), ties)


Rule = Callable[[Node], bool]


@dataclass
class Sight:
    """What one viewer sees."""

    graph: Graph
    rules: Mapping[str, Rule] = field(default_factory=dict)
    known: dict[Node, bool] = field(default_factory=dict)

    def reads(self, node: Node) -> bool:
        """Not deleted, no rule of its types forbids it, and what it cannot be without may be read too."""
        if node not in self.known:
            there = node.properties.get("deleted_at") is None
            self.known[node] = there and all(self._allows(k, node) for k in kinds_of(node)) and self._tells_nothing_hidden(node)
        return self.known[node]

    def _tells_nothing_hidden(self, change: Node) -> bool:
        """A change about something that a rule hides is hidden, even if that was deleted since."""
        about = [tie.end for tie in change.ties if tie.type == "ABOUT" and tie.start is change]
        return all(rule(node) for node in about for kind in kinds_of(node) if (rule := self.rules.get(kind)))

    def _allows(self, kind: str, node: Node) -> bool:
        rule = self.rules.get(kind)
        there = all(any(self.along(link.pattern, Place(node))) for link in required(kind))
        return (rule is None or rule(node)) and there and self._may_be_told(KINDS[kind], node)

    def _may_be_told(self, kind: Kind, node: Node) -> bool:
        if kind.tells is None:
            return True
        type_, to = kind.tells.ties[0].types[0], kind.tells.nodes[1]
        told = [self._passes(tie.end, to) for tie in node.ties if tie.type == type_ and tie.start is node]
        return any(told) if kind.partly else all(told)

    def along(self, pattern: Pattern, place: Place | None, types: tuple[str, ...] | None = None) -> Iterator[Place]:
        """Each way a pattern can be walked, as the place it leads to."""
        if pattern.is_root and place is None:
            yield from (Place(n) for n in self.graph.nodes if self._passes(n, pattern.nodes[0]))
            return
        assert place is not None
        anchor = getattr(place, pattern.nodes[0].name)
        if _fits(anchor, pattern.nodes[0]):
            for nodes, ties in self._walk(pattern, [anchor], [], types):
                yield _arrived(pattern, nodes, ties)

    def _walk(
        self, pattern: Pattern, nodes: list[Node], ties: list[Tie], types: tuple[str, ...] | None
    ) -> Iterator[tuple[list[Node], list[Tie]]]:
        i = len(ties)
        if i == len(pattern.ties):
            yield nodes, ties
            return
        for tie, other in _steps(nodes[-1], pattern.ties[i], types):
            if tie not in ties and self._passes(other, pattern.nodes[i + 1]):
                yield from self._walk(pattern, [*nodes, other], [*ties, tie], types)

    def _passes(self, node: Node, step: NodeStep) -> bool:
        return _fits(node, step) and (step.label in OPEN_LABELS or self.reads(node))


def _fits(node: Node, step: NodeStep) -> bool:
    return (not step.label or step.label in node.labels) and all((node.properties.get(k) or False) == v for k, v in step.where)


def _steps(node: Node, step: TieStep, types: tuple[str, ...] | None) -> Iterator[tuple[Tie, Node]]:
    for tie in node.ties:
        if tie.type not in (step.types if types is None else types) or not lives(tie):
            continue
        if step.direction >= 0 and tie.start is node:
            yield tie, tie.end
        if step.direction <= 0 and tie.end is node:
            yield tie, tie.start


def lives(tie: Tie) -> bool:
    return tie.type not in TIES or tie.properties.get("deleted_at") is None


def _arrived(pattern: Pattern, nodes: list[Node], ties: list[Tie]) -> Place:
    node = nodes[pattern.at]
    named = next((t for t, step in zip(ties, pattern.ties, strict=True) if step.name == "tie"), None)
    if named:
        return Place(named, named.start, named.end, node)
    # `period` stands where the days of a flag are kept.
    period = next((n for n, step in zip(nodes, pattern.nodes, strict=True) if step.name == "period"), None)
    return Place(period, node=node) if period else Place(node)


def kinds_of(node: Node) -> list[str]:
    """The concrete GraphQL type of a node; none for an address that nobody has."""
    return [k.name for k in KINDS.values() if k.label in node.labels and not k.tie and not k.abstract]


def type_name(thing: Node | Tie) -> str:
    if isinstance(thing, Node):
        return kinds_of(thing)[0]
    return next(k.name for k in KINDS.values() if k.tie and k.label == thing.type)


def required(kind: str) -> list[Link]:
    """Links that may not be null."""
    return [f.read for f in declared(KINDS[kind].cls).values() if isinstance(f.read, Link) and f.shape == "one" and not f.nullable]


def holds_on(place: Place, day: str) -> bool:
    """The period of a place holds on a day."""
    since, until = place.get("this", "since"), place.get("this", "until")
    return (since is None or since <= day) and (until is None or until > day)
