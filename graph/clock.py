"""Time, injected: code asks a clock, so that demonstrations and documentation give the same answers every day."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo


class Clock(Protocol):
    """Gives the present instant, aware and in UTC."""

    def now(self) -> datetime: ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass
class FixedClock:
    """Stands still at `at`, an aware instant, until it is advanced."""

    at: datetime

    def __post_init__(self) -> None:
        self.at = _aware(self.at)

    def now(self) -> datetime:
        return self.at

    def advance(self, by: timedelta) -> None:
        self.at += by


def instant(at: datetime) -> str:
    """`at` as 27 characters in UTC, `2026-11-22T05:56:03.123456Z`: such texts sort as the instants do. ValueError without a zone."""
    return _aware(at).isoformat(timespec="microseconds").replace("+00:00", "Z")


def beginning(day: str, zone: str) -> str:
    """The instant at which `day` begins in a time zone, as stored instants compare with it."""
    try:
        return instant(datetime.combine(date.fromisoformat(day), time(), ZoneInfo(zone)))
    except OverflowError:
        # The first day of all begins before it, elsewhere: no instant that is stored lies between.
        return day


def end(day: str, zone: str) -> str:
    """The instant at which `day` is over in a time zone, as stored instants compare with it."""
    try:
        return beginning((date.fromisoformat(day) + timedelta(days=1)).isoformat(), zone)
    except OverflowError:
        # Behind the last day of all there is none.
        return f"{day}~"


def _aware(at: datetime) -> datetime:
    if at.utcoffset() is None:
        raise ValueError(f"an instant needs a time zone: {at}")
    return at.astimezone(UTC)
