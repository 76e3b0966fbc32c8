from __future__ import annotations

import doctest
from collections import defaultdict
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.metrics import referral_value
from graph.metrics.referral_value import Credit, Period, Referred, attributed, crv, present_value, value

D = Decimal
ONE = [Period(D(98), D(40), D(18), D(5))] * 2
TWO = [Period(saving=D(5))] * 2
RATE = D("0.0723805")


def test_the_examples_of_the_documentation_hold() -> None:
    assert doctest.testmod(referral_value).failed == 0


def test_the_published_example_of_kumar_petersen_and_leone() -> None:
    assert round(crv([ONE, ONE], [], RATE), 4) == D("162.1863")
    assert round(crv([], [TWO, TWO], RATE), 4) == D("18.0207")
    assert round(crv([ONE, ONE], [TWO, TWO], RATE), 4) == D("180.2070")


def test_a_period_later_is_worth_less_by_the_rate() -> None:
    assert present_value([D(0), D(121)], D("0.1")) == D(100)
    assert present_value([D(121)], D("0.1")) == D(110)
    assert present_value([], D("0.1")) == 0


def test_of_a_doubtful_cause_each_kind_counts_with_its_probability() -> None:
    period = Period(D(98), D(40), D(18), D(5))
    certain, saved = value([period], RATE), value([period], RATE, D(0))
    assert saved == present_value([D(5)], RATE)
    assert value([period], RATE, D("0.25")) == pytest.approx(D("0.25") * certain + D("0.75") * saved)


def referred(*pairs: str, worth: int = 100) -> list[Referred]:
    """`referred("ab", "bc")`: a referred b, later b referred c, each worth 100."""
    return [Referred(f"r{place}", pair[0], pair[1], f"2026-{place:03}", worth) for place, pair in enumerate(pairs)]


def totals(credits: dict[str, list[Credit]]) -> dict[str, tuple[int, int]]:
    """Direct and indirect of each party."""
    return {
        party: (sum(c.amount for c in own if c.through is None), sum(c.amount for c in own if c.through)) for party, own in credits.items()
    }


def test_a_referrer_passes_half_on_to_its_referrer_and_the_last_keeps_the_rest() -> None:
    assert totals(attributed(referred("ab", "bc", "cd"))) == {"a": (100, 50 + 25), "b": (50, 25), "c": (50, 0)}
    assert totals(attributed(referred("ab", "bc"), D("0.2"))) == {"a": (100, 20), "b": (80, 0)}


def test_credits_name_the_referral_and_who_passed_it_on() -> None:
    assert attributed(referred("ab", "bc"))["a"] == [Credit("r0", 100), Credit("r1", 50, through="b")]


def test_several_referrers_share_what_is_passed_on_equally() -> None:
    assert totals(attributed(referred("ac", "bc", "cd", worth=90)))["a"] == (90, 23)
    assert totals(attributed(referred("ac", "bc", "cd", worth=90)))["b"] == (90, 22)


def test_a_chain_ends_after_five_referrers() -> None:
    found = totals(attributed([*referred("ab", "bc", "cd", "de", "ef", "fg", worth=0), Referred("last", "g", "h", "2027", 1600)]))
    assert {party: sum(both) for party, both in found.items()} == {"a": 0, "b": 0, "c": 100, "d": 100, "e": 200, "f": 400, "g": 800}


def test_a_cycle_is_cut_at_its_latest_referral() -> None:
    # c referred a last: whoever a refers afterwards is owed to a alone.
    found = totals(attributed([*referred("ab", "bc", "ca", worth=0), Referred("last", "a", "x", "2027", 100)]))
    assert {party: sum(both) for party, both in found.items()} == {"a": 100, "b": 0, "c": 0}


def test_the_order_in_which_referrals_are_given_has_no_part() -> None:
    referrals = referred("ab", "bc", "ca", "ad")
    assert attributed(reversed(referrals)) == attributed(referrals)


def test_nothing_is_passed_on_to_who_bought() -> None:
    assert totals(attributed(referred("ab", "ba"))) == {"a": (100, 0), "b": (100, 0)}


PARTIES = st.sampled_from("abcdefgh")
REFERRALS = st.lists(
    st.builds(Referred, st.uuids().map(str), PARTIES, PARTIES, st.sampled_from("1234"), st.integers(-(10**9), 10**9)), max_size=25
)


@given(REFERRALS, st.decimals(0, 1, places=3), st.integers(1, 6))
def test_no_value_is_lost_or_won(referrals: list[Referred], passed_on: Decimal, depth: int) -> None:
    credits = attributed(referrals, passed_on, depth)
    by_referral: dict[str, int] = defaultdict(int)
    for credit in (credit for own in credits.values() for credit in own):
        by_referral[credit.referral] += credit.amount
    assert by_referral == {referral.id: referral.value for referral in referrals}


@given(REFERRALS)
def test_without_chains_everybody_has_the_value_of_their_own_referrals(referrals: list[Referred]) -> None:
    apart = [Referred(r.id, f"referrer {r.referrer}", r.referred, r.at, r.value) for r in referrals]
    own: dict[str, int] = defaultdict(int)
    for referral in apart:
        own[referral.referrer] += referral.value
    assert totals(attributed(apart)) == {party: (amount, 0) for party, amount in own.items()}
