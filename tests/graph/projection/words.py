"""The Cypher of declarations, in Python: `x.y` and `coalesce` are evaluated, longer conditions stand in a table."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import date, timedelta
from functools import cmp_to_key
from typing import Any

from graph.clock import beginning
from graph.metrics.warmth import CLOSENESS_FLOORS
from schema.acquaintances import ACQUAINTED, STRENGTH
from schema.positions import CURRENT
from tests.graph.projection.memory import Place, holds_on

_CONSTANTS: dict[str, Any] = {"''": "", "false": False, "true": True}


def value(text: str, place: Place) -> Any:
    """`this.name`, `coalesce(a, b, '')` or a constant."""
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if m := re.fullmatch(r"coalesce\((.*)\)", text):
        return next((v for part in m[1].split(", ") if (v := value(part, place)) is not None), None)
    name, key = text.split(".")
    return place.get(name, key.strip("`"))


def _strength(place: Place, today: str, decay: float) -> float:
    """Weak ties count by the weaker side mostly; a declared closeness is a floor."""
    low, high = sorted(max(place.get("this", key) or 0.0, 0.0) * decay for key in ("out", "in"))
    warm = 0.8 * (1.0 - math.exp(-low / 5.0)) + 0.2 * (1.0 - math.exp(-high / 5.0))
    return max(warm, CLOSENESS_FLOORS.get(place.get("this", "closeness"), 0.0))


EXPRESSIONS: dict[str, Callable[[Place, str, float], Any]] = {
    STRENGTH: _strength,
    CURRENT: lambda place, today, decay: holds_on(place, today),
}

CONDITIONS: dict[str, Callable[[Place], bool]] = {
    "": lambda place: True,
    "tie.place = 0": lambda place: place.get("tie", "place") == 0,
    "tie.place = 1": lambda place: place.get("tie", "place") == 1,
    "node.kind IN ['MOBILE', 'LANDLINE']": lambda place: place.get("node", "kind") in ("MOBILE", "LANDLINE"),
    # A world at rest.
    "node.number <= $head": lambda place: place.get("node", "number") is not None,
    "order.cancelled_at IS NULL": lambda place: place.get("order", "cancelled_at") is None,
}


def _held(place: Place, day: str, zone: str) -> bool:
    return holds_on(place, day)


def _acquainted(place: Place, day: str, zone: str) -> bool:
    met = place.get("this", "count") > 0 and place.get("this", "first_at") < beginning(_next(day), zone)
    declared = place.get("this", "declared") or place.get("this", "until") is not None
    return met or (declared and holds_on(place, day))


def _next(day: str) -> str:
    return (date.fromisoformat(day) + timedelta(days=1)).isoformat()


HELD: dict[str, Callable[[Place, str, str], bool]] = {"": _held, ACQUAINTED: _acquainted}


def sorted_by(pick: str, places: list[Place]) -> list[Place]:
    """In the order of a Cypher ORDER BY, where null is the greatest value."""
    for term in reversed(re.split(r", (?![^(]*\))", pick)):
        text, descending = term.removesuffix(" DESC"), term.endswith(" DESC")
        places = sorted(places, key=lambda p: _null_greatest(value(text, p)), reverse=descending)
    return places


def _null_greatest(v: Any) -> Any:
    def compared(a: Any, b: Any) -> int:
        return int((a is None) - (b is None) or (0 if a is None else (a > b) - (a < b)))

    return cmp_to_key(compared)(v)
