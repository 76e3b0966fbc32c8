"""One request of one viewer, and what single declarations answer: links, ends, leaves, totals, ids."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from graph.clock import beginning
from graph.projection.declare import KINDS, TIES
from graph.projection.fields import Field
from graph.projection.reads import Count, End, Expression, Link, Prop, Single, Total
from tests.graph.projection.memory import Node, Place, Sight, lives, type_name
from tests.graph.projection.words import CONDITIONS, EXPRESSIONS, HELD, sorted_by, value


@dataclass
class Reading:
    """One request of one viewer. `cursors` collects what variables that stand for cursors could have been."""

    sight: Sight
    today: str
    now: str
    decay: float
    hidden: frozenset[str] = frozenset()
    language: str = "en"
    currency: str = "CNY"
    time_zone: str = "UTC"
    cursors: dict[str, list[str]] = field(default_factory=dict)
    faults: dict[str, set[str]] = field(default_factory=dict)

    def places(self, link: Link, place: Place | None, day: str = "", types: tuple[str, ...] | None = None) -> list[Place]:
        """Where a link leads, each node once."""
        found = [
            p
            for p in self.sight.along(link.pattern, place, types)
            if CONDITIONS[link.where](p) and (not day or HELD[link.held](p, day, self.time_zone))
        ]
        return found if link.pattern.tie else list({p.this: p for p in found}.values())

    def one(self, f: Field, place: Place, day: str = "") -> Place | None:
        """What a link to one object, or an end of a tie, leads to."""
        if isinstance(f.read, End):
            node = getattr(place, f.read.which)
            return Place(node) if node is not None and _is(node, f) and self.sight.reads(node) else None
        assert isinstance(f.read, Link)
        found = self.places(f.read, place, (day or self.today) if f.read.valid else "")
        found = sorted_by(f.read.pick, found) if f.read.pick else found
        return element(f, found[0]) if found else None

    def ends(self, place: Place) -> list[Place]:
        """Both ends of a tie, in the order of their ids."""
        assert place.start is not None
        assert place.end is not None
        return sorted((Place(place.start), Place(place.end)), key=lambda p: str(p.id))

    def leaf(self, f: Field, place: Place) -> Any:
        """The stored value of a leaf."""
        match f.read:
            case Prop(name=name):
                found = place.get("this", name or f.python_name)
                return (found or []) if f.shape == "list" else found
            case Expression(cypher=cypher):
                return EXPRESSIONS[cypher](place, self.today, self.decay)
            case Count(pattern=pattern):
                return len({p.this for p in self.sight.along(pattern, place)})
            case Single() as read:
                found = sorted_by(read.pick, [p for p in self.sight.along(read.pattern, place) if CONDITIONS[read.where](p)])
                return value(read.value, found[0]) if found else None
        raise AssertionError(f.name)

    def amounts(self, read: Total, place: Place, args: dict[str, Any]) -> list[tuple[int, str]]:
        found = {p.this: p for p in self.sight.along(read.pattern, place) if CONDITIONS[read.where](p)}.values()
        begin, end = (day and beginning(day, self.time_zone) for day in (args.get("from"), args.get("until")))
        inside = [p for p in found if (not begin or value(read.between, p) >= begin) and (not end or value(read.between, p) < end)]
        return [(value(read.value, p), value(read.currency, p)) for p in inside]

    def by_id(self, id_: str, name: str, about: Node | None = None) -> Place | None:
        """The node or tie with an id, if it is of the type; with `about`, only ties that begin at what a change was about."""
        types = {k.name for k in KINDS.values() if not k.abstract and issubclass(k.cls, KINDS[name].cls)}
        for node in self.sight.graph.nodes:
            if "Node" in node.labels and node.properties["id"] == id_ and type_name(node) in types and self._may(node):
                return Place(node)
        for tie in self.sight.graph.ties:
            known = tie.type in TIES and tie.properties["id"] == id_ and TIES[tie.type].name in types and lives(tie)
            if known and self.sight.reads(tie.start) and self.sight.reads(tie.end) and (about is None or _concerns(about, tie.start)):
                return Place(tie, tie.start, tie.end, tie.end)
        return None

    def _may(self, node: Node) -> bool:
        """A part may be read with one of those it belongs to."""
        owners = KINDS[type_name(node)].of
        return self.sight.reads(node) and (not owners or any(any(self.sight.along(owner, Place(node))) for owner in owners))


def _concerns(change: Node, party: Node) -> bool:
    return any(t.type == "ABOUT" and t.end is party for t in change.ties)


def _is(node: Node, f: Field) -> bool:
    assert f.kind is not None
    return f.kind.label in node.labels


def element(f: Field, place: Place) -> Place:
    assert f.kind is not None
    return place if f.kind.tie else place.target
