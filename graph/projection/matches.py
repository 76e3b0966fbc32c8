"""Patterns written as MATCH clauses, with the read rule of every node and tie they touch."""

from __future__ import annotations

import re
from dataclasses import dataclass

from graph.clock import end
from graph.projection.context import Compilation, Scope
from graph.projection.declare import KINDS, NARROWER, OPEN_LABELS, TIES, Kind
from graph.projection.fields import declared
from graph.projection.inputs import members_of
from graph.projection.patterns import ANCHORS, NodeStep, Pattern, TieStep
from graph.projection.reads import Link

_WORD = re.compile(r"'[^']*'|`[^`]*`|\.\w+|\$[\w.]+|\b(?:this|start|end|node|tie|order|line)\b(?!\s*\()")
_VALID = "({x}.since IS NULL OR {x}.since <= {day}) AND ({x}.until IS NULL OR {x}.until > {day})"


def substitute(cypher: str, **names: str) -> str:
    """Declared Cypher with its words (`this`, `node`, …) replaced by variables; strings, properties and parameters stay."""
    return _WORD.sub(lambda m: names.get(m[0]) or m[0], cypher)


def kind_of(label: str) -> Kind:
    """The declared type with a label."""
    label = NARROWER.get(label, label)
    return next(k for k in KINDS.values() if k.label == label and not k.tie)


def valid(variable: str, day: str) -> str:
    """The condition that a period holds on a day."""
    return _VALID.format(x=variable, day=day)


@dataclass
class Match:
    """Clauses and conditions that find the elements of a link, and the names they go by."""

    clauses: list[str]
    conditions: list[str]
    scope: Scope
    node: str
    tie: str
    distinct: bool
    names: dict[str, str]

    def text(self, *more: str) -> str:
        conditions = [c for c in (*self.conditions, *more) if c]
        return " ".join(self.clauses) + (" WHERE " + " AND ".join(conditions) if conditions else "")

    def words(self, cypher: str) -> str:
        """Declared Cypher about an element: `node` and `tie` are what was matched, `this` what it stands for."""
        return substitute(cypher, this=self.scope.this, start=self.scope.start, end=self.scope.end, node=self.node, tie=self.tie)

    @property
    def all(self) -> str:
        """Everything a page needs and what stands around it. The embedded engine forgets a tie that then only an ORDER BY speaks of."""
        return f"WITH *, {self.tie} AS {self.tie}_" if self.tie else "WITH *"

    @property
    def kept(self) -> str:
        """The variables a page needs behind a WITH."""
        return ", ".join(dict.fromkeys(v for v in (self.node, self.tie, *self.scope.joined.values()) if v))


def readable(c: Compilation, kind: Kind, variable: str) -> list[str]:
    """Conditions under which the viewer may read a node: it is not deleted, its rule holds, and so for what it cannot be without."""
    base = f"{variable}.deleted_at IS NULL"
    if not kind.abstract:
        return [base, *_own(c, kind, variable)]
    special = [(m, _own(c, m, variable)) for m in members_of(kind)]
    if not any(conditions for _, conditions in special):
        return [base]
    return [base, "(" + " OR ".join(" AND ".join([f"{variable}:{m.label}", *conditions]) for m, conditions in special) + ")"]


def _own(c: Compilation, kind: Kind, variable: str) -> list[str]:
    out = rule(c, kind, variable)
    for _, link in required(kind):
        match = follow(c, link, Scope(variable), join=False)
        out.append(f"EXISTS {{ {match.text()} }}")
    return out + ([_telling(c, kind.tells, kind.partly, variable)] if kind.tells else [])


def _telling(c: Compilation, pattern: Pattern, partly: bool, variable: str) -> str:
    match = along(c, pattern, Scope(variable))
    if partly:
        return f"EXISTS {{ {match.text()} }}"
    return f"NOT EXISTS {{ {' '.join(match.clauses)} WHERE NOT coalesce({' AND '.join(match.conditions)}, false) }}"


def rule(c: Compilation, kind: Kind, variable: str) -> list[str]:
    text = c.operation.viewer.rules.get(kind.name)
    return [f"({substitute(text, node=variable)})"] if text else []


def required(kind: Kind) -> list[tuple[str, Link]]:
    """Links that are never null: a node without the other end cannot be shown at all."""
    return [(f.name, f.read) for f in declared(kind.cls).values() if isinstance(f.read, Link) and f.shape == "one" and not f.nullable]


def follow(c: Compilation, link: Link, scope: Scope, *, day: str = "", join: bool = True) -> Match:
    """The match of a link from a scope; `join` adds what its elements cannot be without, for use by their fields."""
    match = along(c, link.pattern, scope)
    match.conditions += [match.words(link.where)] if link.where else []
    if day:
        match.conditions.append(_held(c, link, match, day) if link.held else valid(match.scope.this, day))
    if join and not link.pattern.tie and link.pattern.target.label not in OPEN_LABELS:
        _join(c, kind_of(link.pattern.target.label), link.pattern, match)
    return match


def _held(c: Compilation, link: Link, match: Match, day: str) -> str:
    over = c.parameter(end(c.parameters[day.removeprefix("$")], c.operation.time_zone))
    return match.words(link.held).replace("$day", day).replace("$over", over)


def _join(c: Compilation, kind: Kind, pattern: Pattern, match: Match) -> None:
    joined = {}
    for name, link in required(kind):
        if not pattern.is_root and _inverse(link.pattern, pattern):
            joined[name] = match.scope.start
            continue
        other = along(c, link.pattern, Scope(match.node))
        match.clauses += other.clauses
        match.conditions += other.conditions
        joined[name] = other.node
    match.scope = Scope(match.node, joined=joined)


def _inverse(link: Pattern, pattern: Pattern) -> bool:
    """The last step of the pattern is the link backwards: what it leads back to has been matched already."""
    last = pattern.ties[pattern.at - 1]
    return (
        pattern.at == len(pattern.ties)
        and len(link.ties) == 1
        and link.ties[0].types == last.types
        and link.ties[0].direction == -last.direction != 0
    )


def along(c: Compilation, pattern: Pattern, scope: Scope) -> Match:
    """A pattern with fresh names, labels and conditions on everything it passes."""
    nodes: dict[int, str] = {}
    ties: dict[int, str] = {}
    conditions: list[str] = []

    def write_node(i: int, step: NodeStep) -> str:
        if i == 0 and step.name in ANCHORS:
            nodes[i] = getattr(scope, step.name)
            conditions.extend([f"{nodes[i]}:{step.label}", *_equal(nodes[i], step)] if step.label else [])
            return f"({nodes[i]})"
        nodes[i] = c.name("n")
        kind = None if step.label in OPEN_LABELS else kind_of(step.label)
        conditions.extend(_equal(nodes[i], step))
        if kind and (i != pattern.at or pattern.tie or kind.abstract or not required(kind)):
            conditions.extend(readable(c, kind, nodes[i]))
        elif kind:
            conditions.extend([f"{nodes[i]}.deleted_at IS NULL", *rule(c, kind, nodes[i])])
        return f"({nodes[i]}:{step.label})"

    def write_tie(i: int, step: TieStep) -> str:
        if step.name != "tie" and not any(t in TIES for t in step.types):
            return f"[:{'|'.join(step.types)}]"
        ties[i] = c.name("t")
        conditions.extend(f"{ties[i]}.deleted_at IS NULL" for t in step.types[:1] if any(t in TIES for t in step.types))
        return f"[{ties[i]}:{'|'.join(step.types)}]"

    text = pattern.render(write_node, write_tie)
    node, before = nodes[pattern.at], nodes.get(pattern.at - 1, "")
    tie = next((ties[i] for i, step in enumerate(pattern.ties) if step.name == "tie"), "")
    names = {step.name: nodes[i] for i, step in enumerate(pattern.nodes) if step.name}
    return Match([f"MATCH {text}"], conditions, _scope(pattern, tie, before, node), node, tie, _distinct(pattern), names)


def _scope(pattern: Pattern, tie: str, before: str, node: str) -> Scope:
    if not tie:
        return Scope(node, start=before)
    start, end = (node, before) if pattern.ties[pattern.at - 1].direction < 0 else (before, node)
    return Scope(tie, start=start, end=end, node=node)


def _distinct(pattern: Pattern) -> bool:
    """Several ties may lead to one node: then a list of nodes must say each once."""
    return bool(pattern.ties) and not pattern.tie


def _equal(variable: str, step: NodeStep) -> list[str]:
    """What is not known to be true is false."""
    return [
        f"NOT coalesce({variable}.{key}, false)" if value is False else f"{variable}.{key} = {'true' if value is True else repr(value)}"
        for key, value in step.where
    ]
