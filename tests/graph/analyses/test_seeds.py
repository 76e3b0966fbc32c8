from __future__ import annotations

import re

import pytest

from graph.analyses import execution
from graph.analyses.reasons import ReasonCode
from graph.analyses.rows import NodeScore
from graph.errors import NotFound, Problems, Refused
from graph.writing import Writer
from tests.graph.analyses import world


async def chosen(writer: Writer, **parameters: object) -> dict[str, float]:
    """Who is to be won, in order, with how many more are reached."""
    outcome = (await execution.run(writer, "seeds", parameters)).outcome
    return {row.party: row.score for row in outcome.rows if isinstance(row, NodeScore)}


@pytest.fixture
async def stars(writer: Writer) -> Writer:
    """Hub knows five others well, Sun three; nobody knows anybody else."""
    others = [*(f"h{number}" for number in range(5)), *(f"s{number}" for number in range(3))]
    await world.people(writer, "hub", "sun", *others)
    await world.knows(writer, *(f"{'hub' if other[0] == 'h' else 'sun'} {other}" for other in others), closeness="CLOSE")
    return writer


async def test_who_reaches_most_is_won_first(stars: Writer) -> None:
    found = await chosen(stars, count=2, chance=1)
    assert list(found) == ["hub", "sun"]
    # Word passes over a tie of strength .8 with a chance of .8.
    assert found["hub"] == pytest.approx(1 + 5 * 0.8, abs=0.1)
    assert found["sun"] == pytest.approx(1 + 3 * 0.8, abs=0.1)


async def test_who_is_in_another_network_is_refused(stars: Writer) -> None:
    await world.organizations(stars, "acme")
    with pytest.raises(Refused, match=r"^candidates.1: it is not in the network of people; choose another level$"):
        await chosen(stars, candidates=["hub", "acme"])
    assert list(await chosen(stars, level="ORGANIZATIONS", candidates=["acme"])) == ["acme"]


async def test_our_own_need_not_be_won(stars: Writer) -> None:
    await world.organizations(stars, "us", own=True)
    await world.position(stars, "hub", "us")
    assert "hub" not in await chosen(stars, count=9, chance=1)
    assert list(await chosen(stars, count=2, chance=1, ours=True)) == ["hub", "sun"]
    assert list(await chosen(stars, count=1, chance=1, candidates=["hub", "h1"])) == ["hub"]
    assert await chosen(stars, count=2, excluded=["sun", *(f"h{n}" for n in range(5)), *(f"s{n}" for n in range(3))]) == {}
    await world.position(stars, "sun", "us")
    others = [*(f"h{n}" for n in range(5)), *(f"s{n}" for n in range(3))]
    (note,) = (await execution.run(stars, "seeds", {"excluded": others})).outcome.notes
    assert note.en.startswith("nobody is left to be won")
    # Word goes through them all the same.
    assert (await chosen(stars, count=1, chance=1, candidates=["h0"]))["h0"] == pytest.approx(1 + 0.8 * (1 + 4 * 0.8), abs=0.1)


async def test_the_formula_tells_the_reach_and_what_is_certain(stars: Writer) -> None:
    outcome = (await execution.run(stars, "seeds", {"count": 2, "chance": 1})).outcome
    found = re.match(r"seeds 3: ([\d.]+) reached, at least (\d+)% of the best possible; chance 1, seed 1;", outcome.formula)
    assert found
    assert float(found[1]) == pytest.approx(8.4, abs=0.3)
    assert 50 <= int(found[2]) <= 100


async def test_reasons_tell_who_hears_it_and_by_way_of_whom(stars: Writer) -> None:
    await world.people(stars, "far")
    await world.knows(stars, "h0 far", closeness="CLOSE")
    outcome = (await execution.run(stars, "seeds", {"count": 3, "chance": 1, "candidates": ["hub", "sun", "h1"]})).outcome
    hub, sun, again = ({(r.code, r.party): r.value for r in row.reasons} for row in outcome.rows)
    assert hub[ReasonCode.UNHEARD, None] == sun[ReasonCode.UNHEARD, None] == 1
    assert list(hub)[:2] == [(ReasonCode.SPREAD, "h0"), (ReasonCode.UNHEARD, None)]
    assert hub[ReasonCode.SPREAD, "h0"] == pytest.approx(0.8 * 1.8, abs=0.05)
    assert hub[ReasonCode.SPREAD, "h2"] == pytest.approx(0.8, abs=0.05)
    # Who is won last has mostly heard it already, and so has whom they would tell.
    assert again == {(ReasonCode.UNHEARD, None): pytest.approx(0.2, abs=0.05)}
    for row in outcome.rows:
        assert isinstance(row, NodeScore)
        assert sum(r.value for r in row.reasons) == pytest.approx(row.score)
        assert sum(r.share for r in row.reasons) == pytest.approx(1)


async def test_the_same_seed_finds_the_same(stars: Writer) -> None:
    assert await chosen(stars, count=3, seed=7) == await chosen(stars, count=3, seed=7)


async def test_only_candidates_are_won_and_the_excluded_never(stars: Writer) -> None:
    # Whom Hub knows reaches Hub, and by Hub the others.
    assert next(iter(await chosen(stars, count=1, chance=1, excluded=["hub"])))[0] == "h"
    assert set(await chosen(stars, count=2, chance=1, candidates=["h0", "sun"])) == {"h0", "sun"}
    assert await chosen(stars, count=5, chance=1, candidates=[]) == {}


async def test_for_a_budget_those_are_won_who_reach_most_for_it(stars: Writer) -> None:
    assert list(await chosen(stars, chance=1, budget=2)) == ["hub", "sun"]
    # For the cost of Hub, who reaches 5, one can have Sun, who reaches 3.4, and others besides.
    outcome = (await execution.run(stars, "seeds", {"chance": 1, "budget": 4, "costs": [{"party": "hub", "cost": 4}]})).outcome
    won = {row.party for row in outcome.rows if isinstance(row, NodeScore)}
    assert "sun" in won
    assert "hub" not in won
    assert "best possible, for 4 of 4; chance 1" in outcome.formula
    assert "hub" not in await chosen(stars, chance=1, budget=3, costs=[{"party": "hub", "cost": 4}])
    assert list(await chosen(stars, chance=1, budget=0.5)) == []
    assert list(await chosen(stars, chance=1, budget=100, cost=50)) == ["hub", "sun"]
    assert list(await chosen(stars, chance=1, count=2, cost=50)) == ["hub", "sun"]


async def test_costs_need_a_budget_and_whom_there_is(stars: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    hub = {"party": "hub", "cost": 4}
    for wrong, said in (
        ({"costs": [hub]}, "costs: costs need a budget; give one"),
        ({"budget": 4, "costs": [hub, hub | {"cost": 5}]}, "costs: hub has two costs; give one"),
        ({"budget": 4, "costs": [hub | {"cost": 0}]}, "costs.0.cost: it must lie between 0.01 and 1000000000"),
        ({"budget": 0}, "budget: it must lie between 0.01 and 1000000000"),
    ):
        with pytest.raises(Problems, match=re.escape(said)):
            await chosen(stars, **wrong)
    await world.change(stars, "sun", network_opt_out=True)
    with pytest.raises(NotFound) as caught:
        await chosen(stars, budget=4, costs=[hub, {"party": "sun", "cost": 1}])
    assert caught.value.path == ("costs", "1", "party")
    monkeypatch.setattr("graph.analyses.seeds._MOST", 4)
    assert len(await chosen(stars, budget=4)) <= 4
    assert len(await chosen(stars, budget=4_000, cost=1_000)) <= 4
    assert len(await chosen(stars, budget=1_000_000, candidates=["hub", "h0", "h1", "h2"])) == 4
    with pytest.raises(Refused, match="budget: it could win more than 4, the most there may be"):
        await chosen(stars, budget=5)


async def test_who_opted_out_neither_is_won_nor_passes_word_on(stars: Writer) -> None:
    await world.change(stars, "hub", network_opt_out=True)
    found = await chosen(stars, count=1, chance=1)
    assert list(found) == ["sun"]
    with pytest.raises(NotFound) as caught:
        await chosen(stars, candidates=["sun", "hub"])
    assert caught.value.path == ("candidates", "1")


async def test_more_than_there_are_is_everybody(stars: Writer) -> None:
    assert len(await chosen(stars, count=1_000)) == 10


async def test_bounds_and_an_empty_graph(writer: Writer) -> None:
    for wrong in ({"count": 0}, {"chance": 0}, {"chance": 1.5}):
        with pytest.raises(Problems):
            await chosen(writer, **wrong)
    assert await chosen(writer) == {}
