"""Periods: from `since`, inclusive, until `until`, exclusive. An end that is missing is open. Days compare as text, partial ones too."""

from __future__ import annotations

from typing import LiteralString

from graph.errors import ProblemCode, invalid

__all__ = ["check", "overlap", "valid", "valid_on"]


def valid(name: LiteralString) -> LiteralString:
    """Cypher: whether the node or tie called `name` holds on $day."""
    return f"({name}.since IS NULL OR {name}.since <= $day) AND ({name}.until IS NULL OR {name}.until > $day)"


def valid_on(day: str, since: str | None, until: str | None) -> bool:
    """Whether a period holds on `day`."""
    return (since is None or since <= day) and (until is None or until > day)


def overlap(since: str | None, until: str | None, other_since: str | None, other_until: str | None) -> bool:
    """Whether two periods have a day in common."""
    return (until is None or other_since is None or other_since < until) and (other_until is None or since is None or since < other_until)


def check(since: str | None, until: str | None, *path: str) -> None:
    """Raises OUT_OF_RANGE when a period would end before it starts. `2019-05` until `2019` is fine: it says only what is known."""
    if since and until and until[: len(since)] < since[: len(until)]:
        path = path or ("until",)
        name = ".".join(path)
        en = f"{name}: {until} lies before since, {since}; give a later day"
        raise invalid(en, f"{name}：{until} 早于开始日期 {since}，请填写更晚的日期", *path, code=ProblemCode.OUT_OF_RANGE)
