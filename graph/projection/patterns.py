"""Path patterns of declarations: `(this)-[tie:KNOWS]-(node:Person)`, parsed once and written out with fresh names.

A pattern starts at an anchor (`this`, or the `start` or `end` of a tie), ends at `node`, names a label for every other
node and a type for every relationship: otherwise the read rules of what lies between could not be applied.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

ANCHORS = ("this", "start", "end")

_NODE = re.compile(r"\(\s*(?P<name>\w+)?\s*(?::\s*(?P<label>\w+))?\s*(?:\{\s*(?P<where>[^}]*)\})?\s*\)")
_TIE = re.compile(r"(?P<back><)?-\[\s*(?P<name>\w+)?\s*:\s*(?P<types>[\w|]+)\s*\]-(?P<forth>>)?")
_LITERAL = re.compile(r"(\w+)\s*:\s*(true|false|'\w+')")


@dataclass(frozen=True)
class NodeStep:
    """A node of a pattern: its name ("" when anonymous), its label, and properties it must equal."""

    name: str
    label: str
    where: tuple[tuple[str, bool | str], ...] = ()


@dataclass(frozen=True)
class TieStep:
    """A relationship of a pattern; `direction` is 1 along it, -1 against it, 0 either way."""

    name: str
    types: tuple[str, ...]
    direction: int


@dataclass(frozen=True)
class Pattern:
    """Nodes and the ties between them, in the order of the text: one node more than ties."""

    text: str
    nodes: tuple[NodeStep, ...]
    ties: tuple[TieStep, ...]

    @property
    def is_root(self) -> bool:
        """It starts nowhere: `(node:Person)`."""
        return not self.ties

    @property
    def tie(self) -> TieStep | None:
        """The relationship that the pattern is about, if it names one `tie`."""
        return next((t for t in self.ties if t.name == "tie"), None)

    @property
    def at(self) -> int:
        """Which node the pattern is about: the one called `node`, or the last."""
        return next((i for i, step in enumerate(self.nodes) if step.name == "node"), len(self.nodes) - 1)

    @property
    def target(self) -> NodeStep:
        """The node that the pattern is about."""
        return self.nodes[self.at]

    def render(self, name_node: Callable[[int, NodeStep], str], name_tie: Callable[[int, TieStep], str]) -> str:
        """The pattern as Cypher, each step written by the given function; an anchor's name stands alone."""
        out = [name_node(0, self.nodes[0])]
        for i, tie in enumerate(self.ties):
            left, right = {1: ("-", "->"), -1: ("<-", "-"), 0: ("-", "-")}[tie.direction]
            out += [left, name_tie(i, tie), right, name_node(i + 1, self.nodes[i + 1])]
        return "".join(out)


def parse(text: str) -> Pattern:
    """Read a pattern; `TypeError` says what is wrong with a declaration, at import."""
    nodes, ties, at = [_node(text, 0)], [], 0
    at = nodes[0][1]
    while at < len(text):
        tie, at = _tie(text, at)
        node = _node(text, at)
        ties.append(tie)
        nodes.append(node)
        at = node[1]
    steps = tuple(n for n, _ in nodes)
    if ties and steps[0].name not in ANCHORS:
        raise TypeError(f"a pattern starts at (this), (start) or (end): {text}")
    return Pattern(text, steps, tuple(ties))


def _node(text: str, at: int) -> tuple[NodeStep, int]:
    if not (m := _NODE.match(text, at)):
        raise TypeError(f"no node at position {at} of the pattern {text}")
    name, label = m["name"] or "", m["label"] or ""
    if not label and name not in ANCHORS:
        raise TypeError(f"label every node, or read rules would not apply: {text}")
    literals: dict[str, bool] = {"true": True, "false": False}
    where = tuple(
        (str(key), literals[text] if text in literals else str(text).strip("'")) for key, text in _LITERAL.findall(m["where"] or "")
    )
    return NodeStep(name, label, where), m.end()


def _tie(text: str, at: int) -> tuple[TieStep, int]:
    if not (m := _TIE.match(text, at)):
        raise TypeError(f"no relationship with a type at position {at} of the pattern {text}")
    if m["back"] and m["forth"]:
        raise TypeError(f"a relationship points one way or no way: {text}")
    return TieStep(m["name"] or "", tuple(m["types"].split("|")), -1 if m["back"] else 1 if m["forth"] else 0), m.end()
