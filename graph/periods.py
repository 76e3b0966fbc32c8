"""Periods: from `since`, inclusive, until `until`, exclusive. An end that is missing is open.

An end that is known in part means the first day of it: since `2019-05` is from 2019-05-01 on, until `2020` is over on 2020-01-01.
"""

from __future__ import annotations

from typing import LiteralString

from graph.errors import ProblemCode, invalid

__all__ = ["check", "first_day", "overlap", "valid", "valid_on"]


def first_day(known: str) -> str:
    """The day that a year, a month or a day begins with, as text: `2019-05-01` for `2019-05`. Such texts sort as the days do."""
    return known + "-01-01"[len(known) - len("2019") :]


# Beside a whole day a part sorts as its first day does: right before all days in it.
def valid(name: LiteralString) -> LiteralString:
    """Cypher: whether the node or tie called `name` holds on $day, a whole one."""
    return f"({name}.since IS NULL OR {name}.since <= $day) AND ({name}.until IS NULL OR {name}.until > $day)"


def valid_on(day: str, since: str | None, until: str | None) -> bool:
    """Whether a period holds on `day`, a whole one."""
    return (since is None or since <= day) and (until is None or until > day)


def overlap(since: str | None, until: str | None, other_since: str | None, other_until: str | None) -> bool:
    """Whether two periods have a day in common. One that is over before it begins has none: `2019-05` until `2019`."""
    begins = [first_day(day) for day in (since, other_since) if day]
    ends = [first_day(day) for day in (until, other_until) if day]
    return not begins or not ends or max(begins) < min(ends)


def check(since: str | None, until: str | None, *path: str) -> None:
    """Raises OUT_OF_RANGE when a period would end before it starts. `2019-05` until `2019` is fine: it says only what is known."""
    if since and until and until[: len(since)] < since[: len(until)]:
        path = path or ("until",)
        name = ".".join(path)
        en = f"{name}: {until} lies before since, {since}; give a later day"
        raise invalid(en, f"{name}：{until} 早于开始日期 {since}，请填写更晚的日期", *path, code=ProblemCode.OUT_OF_RANGE)
