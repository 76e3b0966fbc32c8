from __future__ import annotations

import pytest

from graph.analyses import execution
from graph.analyses.reasons import ReasonCode
from graph.analyses.rows import PathRow
from graph.errors import Problems
from graph.writing import Writer
from tests.graph.analyses import world


async def ways(writer: Writer, **parameters: object) -> dict[str, float]:
    """`ann bob boss` → strength, in the order of the rows."""
    outcome = (await execution.run(writer, "reach", parameters)).outcome
    return {" ".join(row.parties): round(row.strength, 6) for row in outcome.rows if isinstance(row, PathRow)}


@pytest.fixture
async def team(writer: Writer) -> Writer:
    """Ann and Amy are ours; Bob is known to both, Boss to Bob and hardly to Amy, Eve to Boss."""
    await world.organizations(writer, "us", own=True)
    await world.people(writer, "ann", "amy", "bob", "boss", "eve", "far")
    for name in ("ann", "amy"):
        await world.position(writer, name, "us")
    await world.knows(writer, "ann bob", "boss eve", closeness="CLOSE")
    await world.knows(writer, "amy bob", "bob boss", closeness="GOOD")
    await world.knows(writer, "amy boss", closeness="DISTANT")
    return writer


async def test_everybody_within_reach_is_told_with_the_strongest_way(team: Writer) -> None:
    assert await ways(team) == {"ann bob": 0.8, "ann bob boss": 0.48, "amy boss eve": 0.16}
    assert list(await ways(team)) == ["ann bob", "ann bob boss", "amy boss eve"]
    assert await ways(team, steps=1) == {"ann bob": 0.8, "amy boss": 0.2}
    assert await ways(team, steps=3) == {"ann bob": 0.8, "ann bob boss": 0.48, "ann bob boss eve": 0.384}


async def test_the_weak_can_be_left_out_and_others_may_set_out(team: Writer) -> None:
    assert await ways(team, least=0.2) == {"ann bob": 0.8, "ann bob boss": 0.48}
    assert await ways(team, **{"from": ["eve"]}) == {"eve boss": 0.8, "eve boss bob": 0.48, "eve boss amy": 0.16}
    assert await ways(team, **{"from": []}) == {}
    with pytest.raises(Problems, match=r"^from\.1: nothing of this kind has the id 'nobody'.*; from\.2: .* 'us'"):
        await ways(team, **{"from": ["eve", "nobody", "us"]})


async def test_each_step_is_a_reason(team: Writer) -> None:
    outcome = (await execution.run(team, "reach", {})).outcome
    (row,) = [row for row in outcome.rows if isinstance(row, PathRow) and row.parties[-1] == "boss"]
    assert [(reason.code, reason.party, reason.value) for reason in row.reasons] == [
        (ReasonCode.STEP, "bob", 0.8),
        (ReasonCode.STEP, "boss", 0.6),
    ]


async def test_who_opted_out_or_was_deleted_is_on_no_way(team: Writer) -> None:
    await world.change(team, "bob", network_opt_out=True)
    assert await ways(team, steps=3) == {"amy boss": 0.2, "amy boss eve": 0.16}
    await world.change(team, "boss", deleted_at=world.LONG_AGO)
    assert await ways(team, steps=3) == {}


async def test_the_team_of_a_past_day_sets_out_then(team: Writer) -> None:
    await world.change(team, "ann at us", since="2026-06-01")
    await world.change(team, "amy at us", until="2026-06-15")
    assert await ways(team, asOf="2026-05-01", steps=1) == {"amy bob": 0.6, "amy boss": 0.2}
    assert await ways(team, steps=1) == {"ann bob": 0.8}


@pytest.mark.parametrize("wrong", [{"steps": 0}, {"steps": 6}, {"least": 1.1}, {"asOf": "2026-02-30"}])
async def test_parameters_have_bounds(writer: Writer, wrong: dict[str, object]) -> None:
    with pytest.raises(Problems) as caught:
        await execution.run(writer, "reach", wrong)
    assert caught.value.problems[0].path == (next(iter(wrong)),)


async def test_nobody_is_reached_in_an_empty_graph(writer: Writer) -> None:
    assert await ways(writer) == {}
