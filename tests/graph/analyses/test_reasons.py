from __future__ import annotations

import doctest

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.analyses import ranking
from graph.analyses.ranking import ranked
from graph.analyses.reasons import Reason, ReasonCode, Reasons, folded, packed, shortened, unpack

REASONS = st.lists(
    st.builds(
        Reason, st.sampled_from(ReasonCode), st.floats(-9, 9), st.none() | st.floats(0, 9), st.floats(-1, 1), st.none() | st.just("ann")
    )
)


def test_the_examples_of_the_documentation_hold() -> None:
    assert doctest.testmod(ranking).failed == 0


@given(REASONS)
def test_what_is_packed_comes_back(reasons: list[Reason]) -> None:
    lists = packed(reasons, "influence_")
    assert list(lists) == [f"influence_reason_{name}" for name in ("codes", "parties", "values", "weights", "shares")]
    assert unpack(*lists.values()) == tuple(reasons)


@given(REASONS)
def test_in_columns_they_are_the_same_sequence(reasons: list[Reason]) -> None:
    columns = Reasons.of(reasons)
    assert list(columns) == reasons
    assert [columns[at] for at in range(len(columns))] == reasons
    assert (columns[1:3], reasons[:1] == list(columns[:1])) == (tuple(reasons[1:3]), True)
    assert Reasons.of(columns) is columns
    assert packed(columns) == packed(reasons)


def test_nothing_stored_is_no_reason() -> None:
    assert unpack(None, None, None, None, None) == ()


@given(REASONS, st.integers(1, 5))
def test_folding_keeps_the_sums_and_the_greatest(reasons: list[Reason], most: int) -> None:
    kept = folded(reasons, most)
    assert sum(reason.value for reason in kept) == pytest.approx(sum(reason.value for reason in reasons), abs=1e-9)
    assert sum(reason.share for reason in kept) == pytest.approx(sum(reason.share for reason in reasons), abs=1e-9)
    named = sorted((abs(reason.value) for reason in reasons if reason.code is not ReasonCode.OTHERS), reverse=True)
    if others := len(named) > most or len(named) < len(reasons):
        named = named[: most - 1]
    assert [abs(reason.value) for reason in kept if reason.code is not ReasonCode.OTHERS] == named
    assert [reason.code is ReasonCode.OTHERS for reason in kept] == [False] * len(named) + [True] * others
    assert shortened(kept, most) == folded(kept, most) == kept
    first = [each for each in shortened(reasons, most) if each.code is not ReasonCode.OTHERS]
    assert first == [each for each in reasons if each.code is not ReasonCode.OTHERS][: len(named)]


@pytest.mark.parametrize("code", ReasonCode)
def test_every_reason_has_a_label_in_both_languages(code: ReasonCode) -> None:
    assert code.label("en") != code.label("zh")


def test_rounding_does_not_part_equals() -> None:
    ranking = ranked(np.array([1.0, 3.0 + 1e-14, 3.0]))
    assert ranking.order.tolist() == [1, 2, 0]
    assert ranking.scores.tolist() == [33.333333333, 100, 100]
    assert ranking.percentiles.tolist() == [0, 50, 50]


def test_ranking_of_nobody_one_and_nothing() -> None:
    assert ranked(np.zeros(0)).order.tolist() == []
    assert ranked(np.ones(1)).percentiles.tolist() == [100]
    assert ranked(np.zeros(3)).scores.tolist() == [0, 0, 0]
