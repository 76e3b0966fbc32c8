"""Missing ties and similar parties: by whom two have in common."""

from __future__ import annotations

from math import log

import pytest

from graph.analyses import execution
from graph.analyses.reasons import ReasonCode
from graph.analyses.rows import PairScore
from graph.errors import NotFound, Problems, Refused
from graph.writing import Writer
from tests.graph.analyses import world


async def pairs(writer: Writer, name: str, **parameters: object) -> list[PairScore]:
    outcome = (await execution.run(writer, name, parameters)).outcome
    return [row for row in outcome.rows if isinstance(row, PairScore)]


def scores(rows: list[PairScore]) -> dict[str, float]:
    return {f"{row.a} {row.b}": row.score for row in rows}


@pytest.fixture
async def friends(writer: Writer) -> Writer:
    """Ann and Bob know Eve and Joe both, Kim knows Joe alone."""
    await world.people(writer, "ann", "bob", "eve", "joe", "kim", "far")
    await world.knows(writer, "ann eve", "ann joe", "bob eve", "bob joe", "joe kim")
    return writer


async def test_who_shares_most_is_told_first_with_whom_they_share(friends: Writer) -> None:
    rows = await pairs(friends, "missing_ties")
    assert scores(rows) == pytest.approx(
        {
            "ann bob": 1 / log(2) + 1 / log(3),
            "eve joe": 2 / log(2),
            "ann kim": 1 / log(3),
            "bob kim": 1 / log(3),
        }
    )
    assert [row.score for row in rows] == sorted((row.score for row in rows), reverse=True)
    shared = {reason.party: reason.value for row in rows if (row.a, row.b) == ("ann", "bob") for reason in row.reasons}
    assert shared == pytest.approx({"eve": 1 / log(2), "joe": 1 / log(3)})
    for row in rows:
        assert {reason.code for reason in row.reasons} == {ReasonCode.COMMON}
        assert sum(reason.share for reason in row.reasons) == pytest.approx(1)


async def test_other_measures_and_fewer_pairs(friends: Writer) -> None:
    rows = await pairs(friends, "missing_ties", measure="COMMON_NEIGHBOURS", first=2)
    assert scores(rows) == {"ann bob": 2, "eve joe": 2}
    assert scores(await pairs(friends, "missing_ties", measure="RESOURCE_ALLOCATION", first=1)) == {"eve joe": 1}


async def test_who_is_tied_in_any_way_is_not_missing(friends: Writer) -> None:
    await world.referral(friends, "ann", "bob")
    assert "ann bob" not in scores(await pairs(friends, "missing_ties"))


async def test_who_opted_out_is_in_no_pair_and_no_reason(friends: Writer) -> None:
    await world.change(friends, "joe", network_opt_out=True)
    rows = await pairs(friends, "missing_ties")
    assert list(scores(rows)) == ["ann bob"]
    assert [reason.party for reason in rows[0].reasons] == ["eve"]


async def test_the_most_similar_parties_are_tied_or_not(friends: Writer) -> None:
    assert scores(await pairs(friends, "similar_parties", party="ann")) == {"ann bob": 1.0, "ann kim": 0.5}
    assert scores(await pairs(friends, "similar_parties", party="ann", first=1)) == {"ann bob": 1.0}
    assert await pairs(friends, "similar_parties", party="far") == []


async def test_organizations_are_compared_by_their_own_ties(writer: Writer) -> None:
    await world.organizations(writer, "acme", "beta", "core")
    await world.tie(writer, "SUPPLIES", "acme", "core")
    await world.tie(writer, "SUPPLIES", "beta", "core")
    for level in ({}, {"level": "ORGANIZATIONS"}):
        assert scores(await pairs(writer, "similar_parties", party="acme", **level)) == {"acme beta": 1.0}
    with pytest.raises(Refused, match="party: it is not in the network of people; choose another level"):
        await pairs(writer, "similar_parties", party="acme", level="PEOPLE")
    assert scores(await pairs(writer, "missing_ties", level="ORGANIZATIONS", measure="JACCARD")) == {"acme beta": 1.0}


async def test_a_party_must_be_there(friends: Writer) -> None:
    await world.change(friends, "bob", network_opt_out=True)
    with pytest.raises(NotFound) as caught:
        await pairs(friends, "similar_parties", party="bob")
    assert caught.value.path == ("party",)
    with pytest.raises(Problems, match=r"^party: nothing of this kind has the id 'nobody'"):
        await pairs(friends, "similar_parties", party="nobody")
    with pytest.raises(Problems):
        await pairs(friends, "similar_parties")


async def test_an_empty_graph_has_no_pairs(writer: Writer) -> None:
    assert await pairs(writer, "missing_ties") == []
