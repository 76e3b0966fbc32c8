"""`orderBy` and keyset cursors. What has no value comes last, ties are broken by id, so pages are stable while data changes."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from graph.projection.context import BadInput, Compilation, Scope
from graph.projection.declare import Kind
from graph.projection.fields import Field, declared
from graph.projection.inputs import other_end
from graph.projection.matches import follow
from graph.projection.reads import End, Link, Part
from graph.projection.values import sort_value, words

MOST_KEYS = 10


@dataclass(frozen=True)
class Term:
    """One key of an order: a Cypher value, its direction, whether it can be null, and the path a client gave for it."""

    cypher: str
    descending: bool
    nullable: bool
    path: str

    @property
    def plain(self) -> bool:
        """A bare property: an index may give the order."""
        return self.cypher.replace(".", "", 1).replace("_", "").isalnum()


def terms(c: Compilation, kind: Kind, orders: Sequence[dict[str, Any]], scope: Scope) -> list[Term]:
    """The keys of an order, the id last."""
    if len(orders) > MOST_KEYS:
        raise BadInput(f"`orderBy` has {len(orders)} keys: {MOST_KEYS} at most decide.")
    return [*(_term(c, kind, given, scope, "") for given in orders), Term(f"{scope.this}.id", False, False, "id")]


def _term(c: Compilation, kind: Kind, given: dict[str, Any], scope: Scope, path: str) -> Term:
    ((key, below),) = given.items()
    path += f".{key}"
    if key == "node" and kind.symmetric:
        return _term(c, other_end(kind), below, Scope(scope.node), path)
    f = declared(kind.cls)[key]
    c.check_field(f"{kind.name}.{key}")
    match f.read:
        case Link() as link:
            return _linked(c, f, link, below, scope, path)
        case End(which=which):
            return _term(c, _kind(f), below, Scope(getattr(scope, which)), path)
        case Part(by=""):
            inner = _term(c, _kind(f), below, scope, path)
            return Term(inner.cypher, inner.descending, True, inner.path)
        case Part(by=by):
            return Term(words(by, scope), below.value == "DESC", True, path)
    text = sort_value(c, f, scope)
    nullable = f.nullable or bool(f.choices) or (not f.read.by and "(" in text and "COUNT" not in text)
    return Term(text, below.value == "DESC", nullable, path)


def _kind(f: Field) -> Kind:
    assert f.kind is not None
    return f.kind


def _linked(c: Compilation, f: Field, link: Link, below: dict[str, Any], scope: Scope, path: str) -> Term:
    if f.name in scope.joined:
        return _term(c, _kind(f), below, Scope(scope.joined[f.name]), path)
    match = follow(c, link, scope, day="$today" if link.valid else "")
    inner = _term(c, _kind(f), below, match.scope, path)
    pick = f"{match.all} ORDER BY {match.words(link.pick)} LIMIT 1 " if link.pick else ""
    return Term(f"COLLECT {{ {match.text()} {pick}RETURN {inner.cypher} LIMIT 1 }}[0]", inner.descending, True, inner.path)


def order_by(keys: Sequence[Term], backward: bool, *, split: bool = False) -> str:
    """The ORDER BY list; with `split` the first key is known to be null everywhere or nowhere."""
    out = []
    for i, key in enumerate(keys):
        if key.nullable and not (split and i == 0):
            out.append(f"{key.cypher} IS NULL{' DESC' if backward else ''}")
        out.append(key.cypher + (" DESC" if key.descending != backward else ""))
    return ", ".join(out)


def beyond(keys: Sequence[Term], values: Sequence[tuple[Any, str]], backward: bool) -> str:
    """The condition to stand strictly behind a cursor (before it, when `backward`); values come with their parameters.

    The prefix form `x >= $v AND (x > $v OR …)` lets an index on the first key do the work.
    """
    (key, *rest), ((value, parameter), *more) = keys, values
    x, up = key.cypher, key.descending == backward
    strict = f"{x} {'>' if up else '<'} {parameter}"
    if not rest:
        return strict
    then = beyond(rest, more, backward)
    if value is None:
        return f"({x} IS NOT NULL OR {then})" if backward else f"({x} IS NULL AND {then})"
    if key.nullable and not backward:
        return f"({strict} OR {x} IS NULL OR ({x} = {parameter} AND {then}))"
    return f"({x} {'>=' if up else '<='} {parameter} AND ({strict} OR {then}))"


def fingerprint(kind: Kind, keys: Sequence[Term]) -> str:
    """What a cursor must have been made for."""
    spec = f"{kind.name}:" + ",".join(k.path + ("-" if k.descending else "+") for k in keys)
    return hashlib.blake2s(spec.encode(), digest_size=4).hexdigest()


def encode(mark: str, values: Sequence[Any]) -> str:
    """An opaque cursor."""
    return base64.urlsafe_b64encode(orjson.dumps([mark, *values])).decode().rstrip("=")


def decode(cursor: str, mark: str, size: int, argument: str) -> list[Any]:
    """The key values inside a cursor, or a clear refusal."""
    try:
        found, *values = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, TypeError):
        raise BadInput(f"`{argument}` is not a cursor: take one from `pageInfo` or `edges`.") from None
    if found != mark or len(values) != size:
        raise BadInput(f"`{argument}` belongs to another list or order: take a cursor of this one.")
    if not all(v is None or isinstance(v, str | float) or (isinstance(v, int) and abs(v) < 2**63) for v in values):
        raise BadInput(f"`{argument}` is not a cursor: take one from `pageInfo` or `edges`.")
    return list(values)
