from __future__ import annotations

import pytest

from graph.analyses import execution
from graph.analyses.reasons import ReasonCode
from graph.analyses.rows import NodeScore
from graph.errors import Problems
from graph.writing import Writer
from tests.graph.analyses import world


async def ranking(writer: Writer, **parameters: object) -> dict[str, NodeScore]:
    outcome = (await execution.run(writer, "key_people", parameters)).outcome
    return {row.party: row for row in outcome.rows if isinstance(row, NodeScore)}


@pytest.fixture
async def others(writer: Writer) -> Writer:
    """Ann is ours and knows Bob; Bob, Eve and Joe know one another; Kim knows Joe; Far knows nobody."""
    await world.organizations(writer, "us", own=True)
    await world.people(writer, "ann", "bob", "eve", "joe", "kim", "far")
    await world.position(writer, "ann", "us")
    await world.knows(writer, "ann bob", "bob eve", "bob joe", "eve joe", closeness="CLOSE")
    await world.knows(writer, "joe kim", closeness="GOOD")
    return writer


async def test_core_and_closeness_make_up_the_score(others: Writer) -> None:
    found = await ranking(others)
    best = 0.5 + 0.5 * 0.8
    expected = {"bob": best, "eve": 0.5 + 0.5 * 0.64, "joe": 0.5 + 0.5 * 0.64, "kim": 0.25 + 0.5 * 0.384, "far": 0.0}
    assert {party: row.score for party, row in found.items()} == pytest.approx(
        {party: 100 * value / best for party, value in expected.items()}
    )
    assert [row.rank for row in found.values()] == [1, 2, 3, 4, 5]
    reasons = {reason.code: reason.value for reason in found["bob"].reasons}
    assert reasons == pytest.approx({ReasonCode.CORE: 50 / best, ReasonCode.CLOSE_TO_US: 40 / best})
    assert sum(reason.share for reason in found["kim"].reasons) == pytest.approx(1)
    assert found["far"].reasons == ()


async def test_either_may_count_alone(others: Writer) -> None:
    assert {party: row.score for party, row in (await ranking(others, closeness=0)).items()} == {
        "bob": 100,
        "eve": 100,
        "joe": 100,
        "kim": 50,
        "far": 0,
    }
    near = {party: row.score for party, row in (await ranking(others, core=0, steps=1)).items()}
    assert near == {"bob": 100, "eve": 0, "far": 0, "joe": 0, "kim": 0}


async def test_our_own_people_and_who_opted_out_are_not_ranked(others: Writer) -> None:
    await world.change(others, "joe", network_opt_out=True)
    assert set(await ranking(others)) == {"bob", "eve", "kim", "far"}


async def test_parameters_have_bounds(others: Writer) -> None:
    for wrong in ({"core": 1.5}, {"steps": 0}):
        with pytest.raises(Problems):
            await ranking(others, **wrong)


async def test_an_empty_graph_has_no_key_people(writer: Writer) -> None:
    assert await ranking(writer) == {}


async def test_something_must_count(writer: Writer) -> None:
    with pytest.raises(Problems, match="closeness: one of core and closeness must be above 0"):
        await execution.run(writer, "key_people", {"core": 0, "closeness": 0})
