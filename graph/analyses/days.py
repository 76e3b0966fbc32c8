"""The day of which an analysis speaks: today, or a past one, computed from what had happened by its end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from pydantic import Field

from graph.clock import end
from graph.errors import ProblemCode, invalid
from graph.fields import Day, Fields
from graph.writing import Writer

__all__ = ["AsOf", "Moment"]


class AsOf(Fields):
    """The day that is analysed."""

    as_of: Annotated[Day | None, Field()] = Field(
        default=None, description="As of the end of this day, by what had happened by then; now if absent (截至日期)"
    )


@dataclass(frozen=True)
class Moment:
    """An instant, `at` as it is stored, and its `day` where the company is. Before now it is `past`."""

    at: str
    day: str
    past: bool

    @classmethod
    def of(cls, writer: Writer, given: AsOf) -> Moment:
        """The moment that a run speaks of. OUT_OF_RANGE for a day to come."""
        now, today = writer.now(), writer.today()
        if given.as_of is None or given.as_of.isoformat() == today:
            return cls(now, today, False)
        day = given.as_of.isoformat()
        if day > today:
            en, zh = f"asOf: {day} lies in the future; give a day that has come", f"asOf：{day} 在未来，请填写不晚于今天的日期"
            raise invalid(en, zh, "asOf", code=ProblemCode.OUT_OF_RANGE)
        return cls(end(day, writer.customs.time_zone), day, True)

    @property
    def instant(self) -> datetime:
        return datetime.fromisoformat(self.at)
