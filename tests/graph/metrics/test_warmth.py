"""The numbers of tie strength, and which people one interaction joins."""

import doctest
import math
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.metrics import warmth
from graph.metrics.warmth import CHANNEL_WEIGHTS, DEFAULT, EPOCH, MOST_PEOPLE, Warmth, pairs, saturation, strength

ROLES = ["FROM", "TO", "CC", "BCC", "ATTENDEE"]
participants = st.lists(st.tuples(st.sampled_from("abcdefgh"), st.sampled_from(ROLES)), max_size=12)


def test_its_examples_hold() -> None:
    assert doctest.testmod(warmth).failed == 0
    assert Warmth().version == "warmth 1, half-life 180 d, weights 2c58d9a9"


@pytest.mark.parametrize(
    ("channels", "weight"),
    [
        ("EMAIL SMS WECHAT WECOM DINGTALK LETTER OTHER", 1),
        ("SOCIAL APP", 0.5),
        ("CALL EVENT", 2),
        ("GIFT", 3),
        ("MEETING VISIT", 4),
        ("MEAL", 6),
    ],
)
def test_a_channel_weighs_what_the_table_says(channels: str, weight: float) -> None:
    assert {DEFAULT.contribution(channel, EPOCH) for channel in channels.split()} == {weight}


def test_a_contribution_halves_in_a_half_life() -> None:
    sum_of_two = DEFAULT.contribution("EMAIL", "2026-01-01T00:00:00.000000Z") + DEFAULT.contribution("MEAL", "2026-01-01T00:00:00.000000Z")
    assert sum_of_two * DEFAULT.decay("2026-01-01") == pytest.approx(7)
    assert sum_of_two * DEFAULT.decay("2026-06-30") == pytest.approx(3.5)
    assert sum_of_two * DEFAULT.decay(datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=1800)) == pytest.approx(7 / 1024)


def test_the_shortest_half_life_lasts_a_lifetime() -> None:
    stored = Warmth(half_life=30).contribution("MEAL", "2099-12-31T23:59:59.999999Z")
    assert math.isfinite(stored)
    assert stored * Warmth(half_life=30).decay("2100-01-01") == pytest.approx(6)
    assert Warmth(half_life=30).contribution("MEAL", "0001-01-01T00:00:00.000000Z") == 0


@pytest.mark.parametrize("half_life", [29.9, 0, -1, math.nan, math.inf, 36_501])
def test_a_half_life_out_of_range_is_refused(half_life: float) -> None:
    with pytest.raises(ValueError, match="half-life"):
        Warmth(half_life=half_life)


@pytest.mark.parametrize(
    "channels", [{}, {**CHANNEL_WEIGHTS, "EMAIL": -1}, {**CHANNEL_WEIGHTS, "EMAIL": math.nan}, {**CHANNEL_WEIGHTS, "FAX": 1}]
)
def test_every_channel_has_one_weight(channels: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="channel"):
        Warmth(channels=channels)


def test_other_settings_are_another_version() -> None:
    others = [Warmth(), Warmth(half_life=90), Warmth(channels={**CHANNEL_WEIGHTS, "MEAL": 7})]
    assert len({each.version for each in others}) == 3
    assert Warmth(channels=dict(reversed(list(CHANNEL_WEIGHTS.items())))).version == Warmth().version


def test_strength_follows_its_formula() -> None:
    tie = strength(2, 7)
    assert tie.mutual == pytest.approx(0.8 * (1 - math.exp(-2 / 5)))
    assert tie.one_sided == pytest.approx(0.2 * (1 - math.exp(-7 / 5)))
    assert tie.value == pytest.approx(tie.mutual + tie.one_sided)
    assert strength(7, 2) == tie


def test_a_flood_of_one_way_mail_does_not_make_a_friend() -> None:
    assert strength(10_000, 0).value == pytest.approx(0.2)
    assert strength(5, 5).value > 0.6


@pytest.mark.parametrize(("closeness", "floor"), [("DISTANT", 0.2), ("KNOWN", 0.4), ("GOOD", 0.6), ("CLOSE", 0.8), (None, 0)])
def test_a_declared_closeness_is_a_floor(closeness: str | None, floor: float) -> None:
    assert strength(0, 0, closeness).value == floor
    assert strength(100, 100, closeness).value > 0.99


@given(out=st.floats(-1e-9, 1e9), back=st.floats(-1e-9, 1e9), more=st.floats(0, 1e6))
def test_strength_stays_below_one_and_grows_with_warmth(out: float, back: float, more: float) -> None:
    value = strength(out, back).value
    assert 0 <= value < 1
    assert strength(out + more, back).value >= value - 1e-12
    assert 0 <= saturation(max(out, 0)) <= 1


def test_a_message_joins_its_sender_with_each_recipient_alone() -> None:
    mail = [("s", "FROM"), ("t", "TO"), ("c", "CC"), ("b", "BCC")]
    assert pairs("EMAIL", mail) == {("s", "t"): (1.0, 0.0), ("c", "s"): (0.0, 0.5)}


def test_whom_a_message_names_twice_counts_once_by_the_greater_share() -> None:
    assert pairs("EMAIL", [("a", "FROM"), ("b", "CC"), ("b", "TO"), ("b", "BCC")]) == {("a", "b"): (1.0, 0.0)}


def test_two_senders_do_not_write_to_one_another() -> None:
    assert pairs("LETTER", [("a", "FROM"), ("b", "FROM"), ("c", "TO")]) == {("a", "c"): (1.0, 0.0), ("b", "c"): (1.0, 0.0)}


def test_a_message_to_oneself_or_from_nobody_joins_nobody() -> None:
    assert pairs("EMAIL", [("a", "FROM"), ("a", "TO")]) == {}
    assert pairs("EMAIL", [("a", "TO"), ("b", "TO")]) == {}


@pytest.mark.parametrize("channel", ["CALL", "MEETING", "VISIT", "MEAL", "EVENT"])
def test_a_gathering_joins_everybody_both_ways_whatever_their_roles(channel: str) -> None:
    assert pairs(channel, [("a", "FROM"), ("b", "BCC"), ("c", "ATTENDEE"), ("c", "TO")]) == dict.fromkeys(
        [("a", "b"), ("a", "c"), ("b", "c")], (1.0, 1.0)
    )


def test_more_than_twenty_people_are_a_crowd() -> None:
    twenty = [(f"{n:02}", "ATTENDEE") for n in range(MOST_PEOPLE)]
    assert len(pairs("MEETING", twenty)) == 190
    assert len(pairs("MEETING", [*twenty, ("00", "TO")])) == 190
    assert pairs("MEETING", [*twenty, ("20", "ATTENDEE")]) == {}
    assert pairs("EMAIL", [("s", "FROM"), *((person, "TO") for person, _ in twenty)]) == {}


@given(channel=st.sampled_from(sorted(CHANNEL_WEIGHTS)), listed=participants)
def test_pairs_are_ordered_shares_of_one(channel: str, listed: list[tuple[str, str]]) -> None:
    joined = pairs(channel, listed)
    assert joined == pairs(channel, reversed(listed))
    assert all(a < b and {a, b} <= dict(listed).keys() for a, b in joined)
    assert all(there + back > 0 and 0 <= there <= 1 and 0 <= back <= 1 for there, back in joined.values())
