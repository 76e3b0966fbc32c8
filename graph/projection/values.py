"""The Cypher value behind a leaf declaration: what is shown, filtered and sorted by."""

from __future__ import annotations

from typing import Any

from graph.clock import beginning
from graph.projection.context import SCALE, Compilation, Scope
from graph.projection.fields import Field
from graph.projection.matches import Match, along, substitute, valid
from graph.projection.reads import Computed, Count, Expression, Flags, Prop, Single, Total

LARGEST_UNITS = 9 * 10**12
"""Sums of more units are sorted by as decimal fractions: in millionths they leave 64 bits."""


def words(cypher: str, scope: Scope) -> str:
    """Declared Cypher over the variables of a scope."""
    return substitute(cypher, this=scope.this, start=scope.start, end=scope.end, node=scope.node)


def value(c: Compilation, f: Field, scope: Scope) -> str:
    """The Cypher value of a property, expression or count."""
    match f.read:
        case Prop(name=name):
            stored = f"{scope.this}.{name or f.python_name}"
            return f"coalesce({stored}, [])" if f.shape == "list" else stored
        case Expression(cypher=cypher):
            return words(cypher, scope)
        case Count(pattern=pattern):
            return counted(along(c, pattern, scope))
        case Single():
            return single(c, f.read, scope)
        case Total():
            return total(c, f.read, scope, {})[0]
    raise TypeError(f"{f.name} has no single Cypher value")


def sort_value(c: Compilation, f: Field, scope: Scope) -> str:
    """What `orderBy` compares: the declared stand-in, the place in a closed list, or the value itself."""
    if f.read.by:
        return words(f.read.by, scope)
    if isinstance(f.read, Computed):
        raise TypeError(f"{f.name} is computed: say what to order it by")
    found = value(c, f, scope)
    places = " ".join(f"WHEN '{choice}' THEN {place}" for place, choice in enumerate(f.choices))
    return f"CASE {found} {places} END" if places else found


def single(c: Compilation, read: Single, scope: Scope) -> str:
    """The value of the first node that a pattern leads to."""
    match = along(c, read.pattern, scope)
    condition, pick, shown = (match.words(text) for text in (read.where, read.pick, read.value))
    return f"COLLECT {{ {match.text(condition)} WITH {match.node} ORDER BY {pick} LIMIT 1 RETURN {shown} }}[0]"


def counted(match: Match) -> str:
    """A list of nodes is a set: two ties to one node count once."""
    return f"COUNT {{ {match.text()}" + (f" RETURN DISTINCT {match.node} }}" if match.distinct else " }")


def flags(c: Compilation, read: Flags, scope: Scope, day: str) -> str:
    """A list of codes, one for each pattern that leads somewhere on the day."""
    cases = []
    for code, pattern in read.patterns.items():
        match = along(c, pattern, scope)
        period = match.tie or match.names.get("period", "")
        conditions = [valid(period, day)] if period else []
        cases.append(f"CASE WHEN EXISTS {{ {match.text(*conditions)} }} THEN '{code}' END")
    return f"[code IN [{', '.join(cases)}] WHERE code IS NOT NULL]"


def total(c: Compilation, read: Total, scope: Scope, args: dict[str, Any]) -> tuple[str, str]:
    """Sum and currency over a pattern: the sum for ordering (null when currencies differ), and what a reader judges.

    That is whole units and millionths, each summed alone: a sum of amounts that fit into 64 bits may not.
    """
    match = along(c, read.pattern, scope)
    names = {read.pattern.target.name: match.node, "this": scope.this, "start": scope.start, "end": scope.end}
    names = {k: v for k, v in names.items() if k}
    amount, currency = substitute(read.value, **names), substitute(read.currency, **names)
    conditions = [substitute(read.where, **names)] if read.where else []
    moment = substitute(read.between, **names)
    for name, operator in (("from", ">="), ("until", "<")):
        if args.get(name):
            conditions.append(f"{moment} {operator} {c.parameter(beginning(args[name], c.operation.time_zone))}")
    once = f"WITH DISTINCT {match.node} " if match.distinct else ""
    rows = f"[COLLECT {{ {match.text(*conditions)} {once}RETURN [{amount}, {currency}] }}]"
    # Not `sum()`: Neo4j takes an aggregate in a subquery beside other columns for one of the outer query.
    units, rest = (f"reduce(sum = 0, row IN rows | sum + row[0] {operator} {SCALE})" for operator in "/%")
    alike = "all(row IN rows WHERE row[1] = rows[0][1])"
    sums = f"[rows IN {rows} | [{units}, {rest}, {alike}, rows[0][1]]][0]"
    added = f"CASE WHEN abs(sums[0]) < {LARGEST_UNITS} THEN sums[0] * {SCALE} + sums[1] ELSE sums[0] * {SCALE}.0 END"
    return f"[sums IN [{sums}] | CASE WHEN sums[2] AND sums[3] IS NOT NULL THEN {added} END][0]", sums


def decimal_text(scaled: int) -> str:
    """Scaled integer → exact decimal text without trailing zeros.

    >>> decimal_text(12_340_000), decimal_text(-500_000), decimal_text(3_000_000)
    ('12.34', '-0.5', '3')
    """
    whole, part = divmod(abs(scaled), SCALE)
    digits = f"{part:06d}".rstrip("0")
    return ("-" if scaled < 0 else "") + str(whole) + (f".{digits}" if digits else "")
