"""Which language somebody reads."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

__all__ = ["Language", "chosen"]

Language = Literal["en", "zh"]


@lru_cache(256)
def chosen(accept_language: bytes, otherwise: Language) -> Language:
    """The best of ours in an `Accept-Language` header such as `zh-CN,zh;q=0.9,en;q=0.8`; `otherwise` where it names none of them."""
    wishes = [wish for part in accept_language.decode("latin-1").split(",")[:50] if (wish := _wish(part))]
    best = max(wishes, key=lambda wish: wish[1], default=None)
    return best[0] if best else otherwise


def _wish(part: str) -> tuple[Language, float] | None:
    tag, _, parameter = part.partition(";")
    name = tag.strip().lower().partition("-")[0]
    weight = _weight(parameter)
    if not 0 < weight <= 1:
        return None
    return ("zh", weight) if name == "zh" else ("en", weight) if name == "en" else None


def _weight(parameter: str) -> float:
    name, _, value = parameter.partition("=")
    try:
        return float(value) if name.strip().lower() == "q" else 1.0
    except ValueError:
        return 0.0
