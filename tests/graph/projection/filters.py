"""`where` and `orderBy` over places: what is unknown does not match, what has no value comes last, ids break ties."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import EnumMeta
from typing import TYPE_CHECKING, Any

import orjson

from graph.projection.declare import Kind
from graph.projection.fields import Field, declared
from graph.projection.reads import End, Link, Part, Prop, Total
from tests.graph.projection.memory import Place, type_name
from tests.graph.projection.words import value

if TYPE_CHECKING:
    from tests.graph.projection.reading import Reading

_TESTS: dict[str, Callable[[Any, Any], bool]] = {
    "eq": lambda x, y: x == y,
    "ne": lambda x, y: x != y,
    "lt": lambda x, y: x < y,
    "lte": lambda x, y: x <= y,
    "gt": lambda x, y: x > y,
    "gte": lambda x, y: x >= y,
    "in": lambda x, y: x in y,
    "notIn": lambda x, y: x not in y,
    "contains": lambda x, y: y in x,
    "startsWith": lambda x, y: x.startswith(y),
    "endsWith": lambda x, y: x.endswith(y),
    "has": lambda x, y: y in x,
    "hasSome": lambda x, y: any(v in x for v in y),
    "hasEvery": lambda x, y: all(v in x for v in y),
}


def other(kind: Kind) -> Kind:
    """What a symmetric tie connects."""
    return next(k for f in declared(kind.cls).values() if isinstance(f.read, End) and f.shape == "list" and (k := f.kind))


def matches(r: Reading, kind: Kind, where: dict[str, Any], place: Place) -> bool:
    return all(_entry(r, kind, key, given, place) for key, given in where.items())


def _entry(r: Reading, kind: Kind, key: str, given: Any, place: Place) -> bool:
    if key in ("and", "or"):
        return (all if key == "and" else any)(matches(r, kind, w, place) for w in given)
    if key == "not":
        return not matches(r, kind, given, place)
    if key == "type":
        return "in" not in given or type_name(place.this).upper() in given["in"]
    if key == "node" and kind.symmetric:
        return matches(r, other(kind), given, place.target)
    return _field(r, declared(kind.cls)[key], given, place)


def _field(r: Reading, f: Field, given: dict[str, Any], place: Place) -> bool:
    match f.read:
        case Part(when=when):
            return value(when, place) is not None and matches(r, _kind(f), given, place)
        case Link() | End() if f.shape != "one":
            found = r.ends(place) if isinstance(f.read, End) else _related(r, f.read, place)
            return all(_quantified(q, [matches(r, _kind(f), inner, p) for p in found]) for q, inner in given.items())
        case Link() | End():
            only = r.one(f, place)
            return only is not None and matches(r, _kind(f), given, only)
    return _compared(r.leaf(f, place), given, isinstance(f.read, Prop) and f.read.scaled)


def _related(r: Reading, link: Link, place: Place) -> list[Place]:
    also = r.places(replace(link, pattern=link.also), place) if link.also else []
    return r.places(link, place) + also


def _kind(f: Field) -> Kind:
    assert f.kind is not None
    return f.kind


def _quantified(quantifier: str, each: list[bool]) -> bool:
    return any(each) if quantifier == "some" else all(each) if quantifier == "all" else not any(each)


def _compared(found: Any, given: dict[str, Any], scaled: bool) -> bool:
    fold = given.get("mode") == "INSENSITIVE"
    for op, operand in given.items():
        if op == "mode":
            continue
        if op == "isNull":
            if (found is None) != operand:
                return False
        elif found is None or not _TESTS[op](_folded(found, fold), _folded(scale(operand) if scaled else operand, fold)):
            return False
    return True


def scale(operand: Any) -> Any:
    """Decimals are stored as integers of 10^-6."""
    return [scale(v) for v in operand] if isinstance(operand, list) else int(Decimal(operand) * 10**6)


def _folded(v: Any, fold: bool) -> Any:
    return [_folded(x, fold) for x in v] if isinstance(v, list) else v.lower() if fold and isinstance(v, str) else v


@dataclass(frozen=True)
class Key:
    """One thing to sort by: its path in the request, its direction, and how to find the value of an element."""

    path: str
    descending: bool
    of: Callable[[Place], Any]


def keys(r: Reading, kind: Kind, orders: Sequence[dict[str, Any]], usual: str, *, nodes: bool = False) -> list[Key]:
    """The keys of an order, the id last; `usual` leads when none is asked for. Of `nodes`, places are ties that lead to them."""

    def at(place: Place) -> Place:
        return place.target if nodes else place

    asked = [_key(r, kind, given, at, "") for given in orders]
    if usual and not asked:
        asked = [Key(usual.removeprefix("this."), False, lambda p: p.get(*usual.split(".")))]
    return [*asked, Key("id", False, lambda p: at(p).id)]


def _key(r: Reading, kind: Kind, given: dict[str, Any], at: Callable[[Place], Place | None], path: str) -> Key:
    ((name, below),) = given.items()
    path += f".{name}"
    if name == "node" and kind.symmetric:
        return _key(r, other(kind), below, lambda p: None if (q := at(p)) is None else q.target, path)
    f = declared(kind.cls)[name]
    if isinstance(below, dict):
        step = _stay if isinstance(f.read, Part) else lambda q: r.one(f, q)
        return _key(r, _kind(f), below, lambda p: None if (q := at(p)) is None else step(q), path)
    return Key(path, below == "DESC", lambda p: None if (q := at(p)) is None else _sorted_value(r, f, q))


def _stay(place: Place) -> Place:
    return place


def _sorted_value(r: Reading, f: Field, place: Place) -> Any:
    if f.read.by:
        return value(f.read.by, place)
    if isinstance(f.read, Total):
        amounts = r.amounts(f.read, place, {})
        return sum(a for a, _ in amounts) if len({c for _, c in amounts}) == 1 else None
    found = r.leaf(f, place)
    return list(f.type.__members__).index(found) if isinstance(f.type, EnumMeta) and found in f.type.__members__ else found


def compare(keys_: Sequence[Key], left: Sequence[Any], right: Sequence[Any]) -> int:
    """Below zero when `left` comes first."""
    for key, a, b in zip(keys_, left, right, strict=True):
        if a is None or b is None:
            if (a is None) != (b is None):
                return 1 if a is None else -1
        elif a != b:
            return 1 if (a > b) != key.descending else -1
    return 0


def mark(kind: Kind, keys_: Sequence[Key]) -> str:
    """What cursors of an order begin with."""
    text = f"{kind.name}:" + ",".join(k.path + ("-" if k.descending else "+") for k in keys_)
    return hashlib.blake2s(text.encode(), digest_size=4).hexdigest()


def cursor(mark_: str, values: Sequence[Any]) -> str:
    return base64.urlsafe_b64encode(orjson.dumps([mark_, *values])).decode().rstrip("=")


def opened(text: str) -> list[Any] | None:
    """What is in a cursor; None when it is none."""
    try:
        found = orjson.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except ValueError:
        return None
    return found if isinstance(found, list) else None
