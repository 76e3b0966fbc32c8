from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph import periods
from graph.database import Database
from graph.errors import Invalid, ProblemCode

DAYS = st.dates(date(2019, 1, 1), date(2020, 12, 31)).map(date.isoformat)
PARTS = st.sampled_from(["2019", "2019-01", "2019-05", "2019-12", "2020", "2020-01", "2020-02"])
ENDS = st.none() | DAYS | PARTS


def days(since: str | None, until: str | None) -> set[str]:
    all_days = [(date(2018, 12, 31) + timedelta(n)).isoformat() for n in range(733)]
    return {day for day in all_days if periods.valid_on(day, since, until)}


@given(ENDS, ENDS, ENDS, ENDS)
def test_periods_overlap_when_they_have_a_day_in_common(
    since: str | None, until: str | None, since2: str | None, until2: str | None
) -> None:
    shared = days(since, until) & days(since2, until2)
    assert periods.overlap(since, until, since2, until2) == periods.overlap(since2, until2, since, until) == bool(shared)


@given(ENDS, ENDS)
def test_what_is_known_in_part_holds_as_its_first_day_does(since: str | None, until: str | None) -> None:
    assert days(since, until) == days(since and periods.first_day(since), until and periods.first_day(until))


@pytest.mark.parametrize(
    ("known", "day"), [("2020", "2020-01-01"), ("2020-02", "2020-02-01"), ("2020-02-29", "2020-02-29"), ("0001", "0001-01-01")]
)
def test_a_part_of_a_day_means_the_first_day_of_it(known: str, day: str) -> None:
    assert periods.first_day(known) == day


@pytest.mark.parametrize(
    ("since", "until", "other_since", "other_until"),
    [
        ("2020", None, None, "2020-01-01"),
        ("2020", None, None, "2020-01"),
        ("2020-01", None, None, "2020-01-01"),
        ("2020-01-01", None, None, "2020"),
        ("2020", "2021", "2021-01-01", None),
        ("2019-05", "2019", None, None),
        ("2019-05-01", "2019-05-01", None, None),
    ],
)
def test_periods_that_meet_or_hold_on_no_day_do_not_overlap(
    since: str | None, until: str | None, other_since: str | None, other_until: str | None
) -> None:
    assert not periods.overlap(since, until, other_since, other_until)
    assert not periods.overlap(other_since, other_until, since, until)


def test_since_is_inclusive_and_until_exclusive() -> None:
    assert [periods.valid_on(day, "2019-05", "2020") for day in ("2019-04-30", "2019-05-01", "2019-12-31", "2020-01-01")] == [
        False,
        True,
        True,
        False,
    ]


@pytest.mark.parametrize(("since", "until"), [("2019-05-02", "2019-05-01"), ("2019-05", "2019-04"), ("2020", "2019-12-31")])
def test_a_period_cannot_end_before_it_starts(since: str, until: str) -> None:
    with pytest.raises(Invalid) as caught:
        periods.check(since, until, "position", "until")
    assert (caught.value.code, caught.value.path) == (ProblemCode.OUT_OF_RANGE, ("position", "until"))


@pytest.mark.parametrize(
    ("since", "until"), [(None, "2019"), ("2019", None), ("2019-05-01", "2019-05-01"), ("2019-05", "2019"), ("2019", "2019-05")]
)
def test_what_is_known_in_part_may_be_said(since: str | None, until: str | None) -> None:
    periods.check(since, until)


async def test_the_graph_agrees(database: Database) -> None:
    for since, until in [(None, None), ("2019-05", None), (None, "2019-05"), ("2019-05-01", "2019-06-01"), ("2019", "2019-06")]:
        for day in ("2019-04-30", "2019-05-01", "2019-05-31", "2019-06-01"):
            query = "WITH {since: $since, until: $until} AS tie RETURN " + periods.valid("tie") + " AS valid"
            rows = await database.read(query, {"since": since, "until": until, "day": day})
            assert rows[0]["valid"] == periods.valid_on(day, since, until)
