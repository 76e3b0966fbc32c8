from __future__ import annotations

import doctest
from collections import defaultdict
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.analyses import execution
from graph.analyses.days import Moment
from graph.analyses.reasons import ReasonCode
from graph.analyses.referral_value import ReferralValueParameters, facts, referral_value
from graph.analyses.referral_value.facts import Facts, Made, Sale
from graph.analyses.rows import NodeScore, Outcome
from graph.analyses.watch import Watch
from graph.metrics.referral_value import Period, crv
from graph.writing import Writer
from tests.graph.analyses import world

MILLION = 10**6
JANUARY, FEBRUARY, APRIL = (f"2026-{month:02}-10T08:00:00.000000Z" for month in (1, 2, 4))
PUBLISHED = {"rate": "0.0723805", "periods": 2, "months": 6, "saving": 0}


def test_the_examples_of_the_documentation_hold() -> None:
    assert doctest.testmod(facts).failed == 0


def account(facts: Facts, **parameters: Any) -> dict[str, dict[str, Any]]:
    """What is kept of each party, without the prefix."""
    outcome = referral_value(facts, ReferralValueParameters.parse(parameters), Watch())
    assert outcome.scores
    return {
        party: {name.removeprefix("referral_"): value for name, value in kept.items()} for party, kept in outcome.scores.by_party.items()
    }


def known(referrals: list[Made], sales: dict[str, list[Sale]], at: str = "2026-12-31T00:00:00.000000Z") -> Facts:
    return Facts(Moment(at, at[:10], False), "CNY", referrals, sales)


def sold(at: str, margin: int, currency: str = "CNY") -> Sale:
    return Sale(at, margin * 2 * MILLION, margin * MILLION, currency)


def test_the_published_example_over_orders_and_rewards() -> None:
    # Kumar, Petersen & Leone: two customers each half-year who would not have joined otherwise, two who would.
    made = [Made(f"r{who}", "ann", who, JANUARY, "WON", anyway=who > "b", reward=0, reward_currency="CNY") for who in "abcd"]
    sales = {who: [sold(JANUARY, 45), sold("2026-08-10T08:00:00.000000Z", 45)] for who in "abcd"}
    kept = account(known(made, sales), **PUBLISHED)
    expected = crv([[Period(Decimal(45))] * 2] * 2, [], Decimal("0.0723805"))
    assert round(expected, 4) == Decimal("162.1863")
    # Each of the two is rounded to a millionth.
    assert kept["ann"]["crv"] == pytest.approx(round(expected * MILLION), abs=1)
    assert (kept["ann"]["caused_count"], kept["ann"]["anyway_count"]) == (2, 2)


def test_rewards_savings_and_retention_enter_as_in_the_formula() -> None:
    made = [Made("r", "ann", "bob", JANUARY, "WON", anyway=False, reward=40 * MILLION, reward_currency="CNY")]
    kept = account(known(made, {"bob": [sold(JANUARY, 98)]}, at=FEBRUARY), rate=0, saving=5, retention_cost=18, periods=2)
    # Two periods have begun: the reward and the saving fall in the first, keeping takes 18 in each.
    assert kept["ann"]["crv"] == (98 - 40 + 5 - 18 - 18) * MILLION
    anyway = [Made("r", "ann", "bob", JANUARY, "WON", anyway=True, reward=40 * MILLION, reward_currency="CNY")]
    assert account(known(anyway, {"bob": [sold(JANUARY, 98)]}), rate=0, saving=5)["ann"]["crv"] == 5 * MILLION


def test_an_unknown_cause_counts_by_half() -> None:
    kept = account(known([Made("r", "ann", "bob", JANUARY, "WON")], {"bob": [sold(JANUARY, 100)]}), rate=0)
    assert (kept["ann"]["crv"], kept["ann"]["caused_count"], kept["ann"]["reason_codes"]) == (50 * MILLION, 1, ["UNCERTAIN"])
    assert kept["ann"]["reason_weights"] == [0.5]
    assert (
        account(known([Made("r", "ann", "bob", JANUARY, "WON")], {"bob": [sold(JANUARY, 100)]}), rate=0, caused=1)["ann"]["crv"]
        == 100 * MILLION
    )


def test_a_later_period_is_worth_less() -> None:
    made = [Made("r", "ann", "bob", JANUARY, "WON", anyway=False)]
    sales = {
        "bob": [sold(JANUARY, 101), sold("2026-02-09T08:00:00.000000Z", 101), sold(FEBRUARY, 10201), sold("2028-02-10T08:00:00.000000Z", 7)]
    }
    assert account(known(made, sales, at="2029-01-01T00:00:00.000000Z"))["ann"]["crv"] == (100 + 100 + 10_000) * MILLION


def test_orders_without_all_unit_costs_have_the_usual_margin() -> None:
    made = [Made("r", "ann", "bob", JANUARY, "WON", anyway=False)]
    facts = known(made, {"bob": [Sale(JANUARY, 200 * MILLION, None, "CNY")]})
    assert account(facts, rate=0)["ann"]["crv"] == 60 * MILLION
    assert account(facts, rate=0, margin="0.5")["ann"]["crv"] == 100 * MILLION


def test_a_referral_counts_once_the_referred_has_joined_and_unless_it_was_lost() -> None:
    sales = {who: [sold(FEBRUARY, 10)] for who in ("bought", "lost", "before", "again")}
    made = [
        Made("1", "ann", "bought", JANUARY, "OPEN", anyway=False),
        Made("2", "ann", "lost", JANUARY, "LOST", anyway=False),
        Made("3", "ann", "before", APRIL, "OPEN", anyway=False),
        Made("4", "ann", "never bought", JANUARY, "QUALIFIED", anyway=False),
        Made("5", "ann", "again", JANUARY, "WON", anyway=False),
        Made("6", "ann", "again", FEBRUARY, "WON", anyway=False),
    ]
    kept = account(known(made, sales), rate=0)["ann"]
    assert (kept["crv"], kept["caused_count"]) == (20 * MILLION, 2)
    assert sorted(kept["reason_parties"]) == ["again", "bought"]


def test_several_referrers_share_what_is_counted_from_the_first_of_them() -> None:
    made = [Made("1", "ann", "eve", JANUARY, "WON", anyway=False), Made("2", "bob", "eve", APRIL, "WON", anyway=False)]
    kept = account(known(made, {"eve": [sold(FEBRUARY, 100)]}), rate=0)
    assert (kept["ann"]["crv"], kept["bob"]["crv"]) == (50 * MILLION, 50 * MILLION)


def test_value_is_passed_on_along_the_chain() -> None:
    made = [Made("1", "ann", "bob", JANUARY, "WON", anyway=False), Made("2", "bob", "eve", FEBRUARY, "WON", anyway=False)]
    kept = account(known(made, {"eve": [sold(APRIL, 100)]}), rate=0)
    assert {name: kept["ann"][name] for name in ("crv", "attributed", "direct", "indirect")} == {
        "crv": 0,
        "attributed": 50 * MILLION,
        "direct": 0,
        "indirect": 50 * MILLION,
    }
    assert (kept["bob"]["crv"], kept["bob"]["attributed"]) == (100 * MILLION, 50 * MILLION)
    assert list(zip(kept["ann"]["reason_codes"], kept["ann"]["reason_parties"], strict=True)) == [("PASSED_ON", "bob"), ("CAUSED", "bob")]
    assert kept["ann"]["reason_values"] == [50, 0]


def test_orders_in_another_currency_are_left_out_and_said_so() -> None:
    facts = known([Made("r", "ann", "bob", JANUARY, "WON", anyway=False)], {"bob": [sold(JANUARY, 10), sold(JANUARY, 99, "USD")]})
    outcome = referral_value(facts, ReferralValueParameters(), Watch())
    assert [row.score for row in outcome.rows if isinstance(row, NodeScore)] == [pytest.approx(10 / 1.01)]
    assert "orders in USD were left out (1)" in outcome.notes[0].en


PARTIES = st.sampled_from([f"p{number}" for number in range(7)])
INSTANTS = st.integers(1, 28).map(lambda day: f"2026-03-{day:02}T00:00:00.000000Z")
MADE = st.builds(
    Made, st.uuids().map(str), PARTIES, PARTIES, INSTANTS, st.sampled_from(["WON", "OPEN", "LOST"]), st.sampled_from([True, False, None])
)
SALES = st.dictionaries(PARTIES, st.lists(st.builds(Sale, INSTANTS, st.integers(0, 10**12), st.none(), st.just("CNY")), max_size=3))


@given(st.lists(MADE, max_size=20), SALES)
def test_over_all_parties_what_is_attributed_is_what_the_referrals_were_worth(referrals: list[Made], sales: dict[str, list[Sale]]) -> None:
    kept = account(known(referrals, sales)).values()
    assert sum(each["attributed"] for each in kept) == sum(each["crv"] for each in kept)
    totals: dict[str, int] = defaultdict(int)
    for each in kept:
        assert each["direct"] + each["indirect"] == each["attributed"]
        assert not each["attributed"] or sum(each["reason_shares"]) == pytest.approx(1)
        totals["worth"] += each["crv"]
    # A party's orders are worth no more than the margin of all of them, however many referred it.
    assert totals["worth"] <= sum(sale.total for own in sales.values() for sale in own) * 0.3 + 20


async def values(writer: Writer, **parameters: Any) -> Outcome:
    return (await execution.run(writer, "referral_value", parameters)).outcome


async def test_it_is_computed_from_the_graph_and_kept_on_the_parties(writer: Writer) -> None:
    await world.people(writer, "ann", "bob")
    await world.people(writer, "shy", network_opt_out=True)
    await world.organizations(writer, "acme", "beta")
    await world.referral(writer, "ann", "acme", JANUARY, would_have_joined_anyway=False)
    await world.referral(writer, "acme", "beta", FEBRUARY, would_have_joined_anyway=False, status="OPEN")
    await world.referral(writer, "bob", "beta", FEBRUARY, deleted_at=APRIL)
    await world.referral(writer, "shy", "acme", FEBRUARY, status="LOST")
    await world.order(writer, "beta", APRIL, 1_000, 400)
    await world.order(writer, "beta", APRIL, 1_000, 400, cancelled_at=APRIL)
    await world.order(writer, "beta", APRIL, 1_000, 400, deleted_at=APRIL)
    outcome = await values(writer, rate=0)
    assert [(row.party, row.score, row.rank) for row in outcome.rows if isinstance(row, NodeScore)] == [("acme", 200, 1), ("ann", 200, 2)]
    kept = await world.properties(writer, "ann")
    assert {name: kept[f"referral_{name}"] for name in ("crv", "attributed", "indirect", "currency", "caused_count", "as_of")} == {
        "crv": 0,
        "attributed": 200 * MILLION,
        "indirect": 200 * MILLION,
        "currency": "CNY",
        "caused_count": 1,
        "as_of": writer.now(),
    }
    assert kept["referral_formula"].startswith("referral value 1: rate 0")
    assert "referral_crv" not in await world.properties(writer, "shy")


async def test_a_past_day_is_told_by_what_had_happened_and_leaves_the_scores_of_today(writer: Writer) -> None:
    await world.people(writer, "ann", "bob", "eve")
    await world.organizations(writer, "acme", "beta")
    await world.referral(writer, "ann", "acme", JANUARY, status="WON", closed_at=APRIL, would_have_joined_anyway=False)
    await world.referral(writer, "bob", "beta", JANUARY, status="LOST", closed_at=APRIL, would_have_joined_anyway=False)
    await world.referral(writer, "eve", "beta", APRIL, would_have_joined_anyway=False)
    await world.order(writer, "beta", FEBRUARY, 1_000, 100)
    await world.order(writer, "beta", FEBRUARY, 1_000, 400, cancelled_at=APRIL)
    await world.order(writer, "beta", APRIL, 1_000, 50)

    async def of(day: str | None) -> dict[str, float]:
        rows = (await values(writer, rate=0, asOf=day)).rows
        return {row.party: row.score for row in rows if isinstance(row, NodeScore) and row.score}

    await world.order(writer, "acme", APRIL, 1_000, 200)
    assert await of(None) == {"ann": 200, "eve": 50}
    before = await world.properties(writer, "ann")
    # Bob's was not lost yet, and the order not cancelled; on the first day nobody had bought, and nothing was won.
    assert await of("2026-03-31") == {"bob": 500}
    assert await of("2026-01-31") == {}
    assert await world.properties(writer, "ann") == before


async def test_who_refers_no_more_loses_the_score(writer: Writer) -> None:
    await world.people(writer, "ann", "bob")
    referral = await world.referral(writer, "ann", "bob", JANUARY)
    await values(writer)
    assert (await world.properties(writer, "ann"))["referral_crv"] == 0
    await world.change(writer, referral, deleted_at=APRIL)
    await values(writer)
    assert not [name for name in await world.properties(writer, "ann") if name.startswith("referral")]


def test_reasons_say_what_kind_of_referral_it_was() -> None:
    made = [Made(str(anyway), "ann", str(anyway), JANUARY, "WON", anyway=anyway) for anyway in (True, False, None)]
    kept = account(known(made, {who: [sold(JANUARY, 100)] for who in ("True", "False", "None")}), saving=1)["ann"]
    assert dict(zip(kept["reason_parties"], kept["reason_codes"], strict=True)) == {
        "True": ReasonCode.ANYWAY,
        "False": ReasonCode.CAUSED,
        "None": ReasonCode.UNCERTAIN,
    }
