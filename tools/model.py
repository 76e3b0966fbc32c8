"""`docs/graph-model.md`, written from the declarations of the API: what is stored, and how the API reads it."""

from __future__ import annotations

from collections.abc import Iterator

import schema
from graph.projection.declare import KINDS, Kind
from graph.projection.fields import Field, declared
from graph.projection.inputs import members_of
from graph.projection.reads import Count, End, Expression, Link, Part, Prop, Total

HEAD = """# The graph model

Generated from the declarations in `schema/` (`make generate`); a check keeps it fresh.

Everything that a client can name has an `id` (a UUIDv7) and, where it is a node, the common label `Node`. Instants are stored as text
of one width in UTC, days as `YYYY-MM-DD`, exact numbers (money, quantities, shares) as integers of millionths. What is deleted carries
`deleted_at`, and no read finds it. See `docs/decisions/` for why.

```mermaid
"""


def text() -> str:
    """The whole document."""
    assert schema.schema is not None
    kinds = [k for k in KINDS.values() if k.label and k.name not in ("Query", "Node")]
    parts = [HEAD, _diagram(kinds), "```\n"]
    parts += [_section(kind) for kind in sorted(kinds, key=lambda k: (k.tie, k.name))]
    return "\n".join("".join(parts).splitlines()) + "\n"


def _diagram(kinds: list[Kind]) -> str:
    lines = ["graph LR"]
    lines += [f"  {k.name}([{k.name}])" for k in kinds if not k.tie and not k.abstract]
    return "\n".join([*lines, *sorted({edge for k in kinds for edge in _edges(k)})]) + "\n"


def _edges(kind: Kind) -> Iterator[str]:
    """One arrow for each relationship type, from the pattern of some link over one step."""
    if kind.tie or (kind.abstract and not members_of(kind)):
        return
    for f in declared(kind.cls).values():
        if not isinstance(f.read, Link) or len(f.read.pattern.ties) != 1 or f.read.choose:
            continue
        (tie,), target = f.read.pattern.ties, f.read.pattern.target.label
        here, there = (kind.label, target) if tie.direction >= 0 else (target, kind.label)
        if kind.label == _owner(kind, f):
            yield from (f"  {here} -- {type_} --> {there}" for type_ in tie.types)


def _owner(kind: Kind, f: Field) -> str:
    """The label of the type that declares a field first, so that Party's ties are not drawn again for people and organizations."""
    above = [k for k in KINDS.values() if k.abstract and k.name != "Node" and k is not kind and issubclass(kind.cls, k.cls)]
    return next((k.label for k in above if f.name in declared(k.cls)), kind.label)


def _section(kind: Kind) -> str:
    what = "relationship" if kind.tie else "label of each" if kind.abstract else "label"
    lines = [f"\n## {kind.name}\n", f"{(kind.cls.__doc__ or '').strip()} Stored as {what} `{kind.label}`.\n"]
    lines += ["| field | read from |", "|---|---|"]
    lines += [f"| `{f.name}` | {_source(f)} |" for f in declared(kind.cls).values()]
    return "\n".join(lines) + "\n"


def _source(f: Field) -> str:
    match f.read:
        case Prop(name=name, scaled=scaled):
            return f"property `{name or f.python_name}`" + (" (millionths)" if scaled else "")
        case Link(pattern=pattern) | Count(pattern=pattern) | Total(pattern=pattern):
            return f"`{pattern.text}`".replace("|", "\\|")
        case End(which=which):
            return f"`({which})`" if which != "both" else "`(start)` and `(end)`"
        case Part():
            return f"properties of the same node, as `{getattr(f.type, '__name__', f.type)}`"
        case Expression():
            return "an expression over its properties"
        case _:
            return "its properties, computed"
