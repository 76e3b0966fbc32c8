"""`where` as Cypher. A condition that is unknown (on what has no value) never matches, and its `not` does."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from unicodedata import normalize

from graph.projection.context import BadInput, Compilation, Scope
from graph.projection.declare import Kind
from graph.projection.fields import Field, declared
from graph.projection.inputs import other_end
from graph.projection.matches import follow, readable
from graph.projection.reads import End, Link, Part, Prop
from graph.projection.values import value, words

_COMPARE = {"eq": "=", "ne": "<>", "lt": "<", "lte": "<=", "gt": ">", "gte": ">=", "in": "IN"}
_TEXT = {"contains": "CONTAINS", "startsWith": "STARTS WITH", "endsWith": "ENDS WITH"}


def predicate(c: Compilation, kind: Kind, where: dict[str, Any], scope: Scope) -> str:
    """All conditions of one `XWhere` as one parenthesised Cypher condition."""
    out = [_entry(c, kind, key, given, scope) for key, given in where.items()]
    return "(" + " AND ".join(out) + ")" if out else "true"


def _entry(c: Compilation, kind: Kind, key: str, given: Any, scope: Scope) -> str:
    c.check_condition()
    if given is None:
        raise BadInput(f"`{key}: null` in a filter means nothing: use `isNull: true`, `not: {{ {key}: … }}`, or leave it out.")
    match key:
        case "and":
            return " AND ".join(predicate(c, kind, w, scope) for w in given) or "true"
        case "or":
            return "(" + (" OR ".join(predicate(c, kind, w, scope) for w in given) or "false") + ")"
        case "not":
            return f"NOT coalesce({predicate(c, kind, given, scope)}, false)"
        case "type" if kind.abstract:
            if given.get("in", ()) is None:
                raise BadInput("`in: null` in a filter means nothing: use `isNull: true`, or leave it out.")
            labels = [k.value for k in given.get("in", ())]
            return "true" if "in" not in given else "(" + (" OR ".join(f"{scope.this}:{label}" for label in labels) or "false") + ")"
        case "node" if kind.symmetric:
            return predicate(c, other_end(kind), given, Scope(scope.node))
    f = declared(kind.cls)[key]
    c.check_field(f"{kind.name}.{key}")
    return _field(c, f, given, scope)


def _field(c: Compilation, f: Field, given: dict[str, Any], scope: Scope) -> str:
    match f.read:
        case Link():
            return _link(c, f, f.read, given, scope)
        case End(which=which) if f.shape == "one":
            variable = getattr(scope, which)
            return _at(c, f, variable, given)
        case End():
            return _ends(c, f, given, scope)
        case Part(when=when):
            return f"({words(when, scope)} IS NOT NULL AND {predicate(c, _kind(f), given, scope)})"
    scaled = isinstance(f.read, Prop) and f.read.scaled
    return (
        "("
        + (" AND ".join(_compare(c, value(c, f, scope), op, v, given, scaled) for op, v in given.items() if op != "mode") or "true")
        + ")"
    )


def _kind(f: Field) -> Kind:
    assert f.kind is not None
    return f.kind


def _at(c: Compilation, f: Field, variable: str, given: dict[str, Any]) -> str:
    """A condition on a node at the end of a tie: only as far as the viewer may read it."""
    kind = [f"{variable}:{_kind(f).label}"] if f.nullable else []
    return "(" + " AND ".join([*kind, *readable(c, _kind(f), variable), predicate(c, _kind(f), given, Scope(variable))]) + ")"


def _ends(c: Compilation, f: Field, given: dict[str, Any], scope: Scope) -> str:
    out = []
    for quantifier, inner in given.items():
        if inner is None:
            raise BadInput(f"`{quantifier}: null` in a filter means nothing: leave it out.")
        each = [f"coalesce({_at(c, f, v, inner)}, false)" for v in (scope.start, scope.end)]
        out.append(_quantified(quantifier, each))
    return "(" + (" AND ".join(out) or "true") + ")"


def _quantified(quantifier: str, each: list[str]) -> str:
    if quantifier == "some":
        return "(" + " OR ".join(each) + ")"
    return " AND ".join(each if quantifier == "all" else [f"NOT {e}" for e in each])


def _link(c: Compilation, f: Field, link: Link, given: dict[str, Any], scope: Scope) -> str:
    if f.shape != "one":
        return "(" + (" AND ".join(_exists(c, f, link, q, inner, scope) for q, inner in given.items()) or "true") + ")"
    if f.name in scope.joined:
        return predicate(c, _kind(f), given, Scope(scope.joined[f.name]))
    match = follow(c, link, scope, day="$today" if link.valid else "")
    condition = predicate(c, _kind(f), given, match.scope)
    if not link.pick or not given:
        return f"EXISTS {{ {match.text(condition)} }}"
    pick = match.words(link.pick)
    return f"coalesce(COLLECT {{ {match.text()} {match.all} ORDER BY {pick} LIMIT 1 RETURN {condition} }}[0], false)"


def _exists(c: Compilation, f: Field, link: Link, quantifier: str, inner: Any, scope: Scope) -> str:
    if inner is None:
        raise BadInput(f"`{quantifier}: null` in a filter means nothing: leave it out.")
    each = []
    for way in (link, replace(link, pattern=link.also)) if link.also else (link,):
        match = follow(c, way, scope)
        condition = predicate(c, _kind(f), inner, match.scope)
        each.append(f"EXISTS {{ {match.text(f'NOT coalesce({condition}, false)' if quantifier == 'all' else condition)} }}")
    found = f"({' OR '.join(each)})"
    return found if quantifier == "some" else f"NOT {found}"


def _compare(c: Compilation, expression: str, op: str, given: Any, all_given: dict[str, Any], scaled: bool) -> str:
    if given is None:
        raise BadInput(f"`{op}: null` in a filter means nothing: use `isNull: true`, or leave it out.")
    if op == "isNull":
        return f"{expression} IS {'' if given else 'NOT '}NULL"
    if op in ("has", "hasSome", "hasEvery"):
        return _list(c, expression, op, given)
    if op == "notIn" and not given:
        # Nothing is in an empty list, not even what has no value, and that never matches.
        return f"{expression} IS NOT NULL"
    fold = getattr(all_given.get("mode"), "value", "") == "INSENSITIVE"
    parameter = c.parameter([_lower(v, fold) for v in given] if isinstance(given, list) else _lower(given, fold), scaled=scaled)
    left = f"toLower({expression})" if fold else expression
    if op == "notIn":
        return f"NOT {left} IN {parameter}"
    return f"{left} {_COMPARE.get(op) or _TEXT[op]} {parameter}"


def _lower(given: Any, fold: bool) -> Any:
    """Text as it is stored, in NFC, and in lower case where case does not matter."""
    if not isinstance(given, str):
        return given
    text = normalize("NFC", given)
    return text.lower() if fold else text


def _list(c: Compilation, expression: str, op: str, given: Any) -> str:
    parameter = c.parameter(given)
    if op == "has":
        return f"{parameter} IN {expression}"
    # Not `any()` and `all()`: at the end of a subquery the embedded engine looks for their variables outside of it.
    if op == "hasSome":
        return f"size([x IN {parameter} WHERE x IN {expression}]) > 0"
    return f"size([x IN {parameter} WHERE NOT x IN {expression}]) = 0"
