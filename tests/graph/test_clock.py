from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.clock import FixedClock, SystemClock, beginning, instant

ZONES = st.sampled_from([UTC, ZoneInfo("Asia/Shanghai"), ZoneInfo("America/New_York"), timezone(timedelta(hours=-11))])
# A day away from either end, so that every zone can still express it in UTC.
INSTANTS = st.datetimes(datetime.fromisoformat("0001-01-02"), datetime.fromisoformat("9999-12-30"), timezones=ZONES)


def test_system_clock_is_aware_and_current() -> None:
    now = SystemClock().now()
    assert now.utcoffset() == timedelta(0)
    assert abs(now - datetime.now(UTC)) < timedelta(seconds=5)


def test_fixed_clock_stands_still_until_advanced() -> None:
    clock = FixedClock(datetime(2026, 7, 1, 16, tzinfo=ZoneInfo("Asia/Shanghai")))
    assert clock.now() == clock.now() == datetime(2026, 7, 1, 8, tzinfo=UTC)
    assert clock.now().tzinfo is UTC
    clock.advance(timedelta(days=1))
    assert clock.now() == datetime(2026, 7, 2, 8, tzinfo=UTC)


def test_instant_is_utc_with_six_digits() -> None:
    assert instant(datetime(2026, 11, 22, 13, 56, 3, 123456, tzinfo=ZoneInfo("Asia/Shanghai"))) == "2026-11-22T05:56:03.123456Z"
    assert instant(datetime(2026, 11, 22, tzinfo=UTC)) == "2026-11-22T00:00:00.000000Z"
    assert instant(datetime(900, 1, 1, tzinfo=UTC)) == "0900-01-01T00:00:00.000000Z"


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        instant(datetime.fromisoformat("2026-11-22"))
    with pytest.raises(ValueError, match="time zone"):
        FixedClock(datetime.fromisoformat("2026-11-22"))


@given(INSTANTS, INSTANTS)
def test_texts_compare_as_their_instants(one: datetime, other: datetime) -> None:
    assert len(instant(one)) == 27
    assert (instant(one) < instant(other)) == (one.astimezone(UTC) < other.astimezone(UTC))


@pytest.mark.parametrize(
    ("day", "zone", "begins"),
    [
        ("2026-07-01", "UTC", "2026-07-01T00:00:00.000000Z"),
        ("2026-07-01", "Asia/Shanghai", "2026-06-30T16:00:00.000000Z"),
        ("2026-03-09", "America/New_York", "2026-03-09T04:00:00.000000Z"),
        ("2026-03-08", "America/New_York", "2026-03-08T05:00:00.000000Z"),
        ("0001-01-01", "Asia/Shanghai", "0001-01-01"),
        ("9999-12-31", "America/New_York", "9999-12-31T05:00:00.000000Z"),
    ],
)
def test_a_day_begins_where_the_company_is(day: str, zone: str, begins: str) -> None:
    assert beginning(day, zone) == begins
