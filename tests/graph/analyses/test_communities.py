from __future__ import annotations

import pytest

from graph.analyses import execution
from graph.analyses.reasons import ReasonCode
from graph.analyses.rows import NodeGroup
from graph.errors import Problems
from graph.writing import Writer
from tests.graph.analyses import world


async def groups(writer: Writer, **parameters: object) -> list[NodeGroup]:
    outcome = (await execution.run(writer, "communities", parameters)).outcome
    return [row for row in outcome.rows if isinstance(row, NodeGroup)]


def members(found: list[NodeGroup]) -> list[set[str]]:
    return [set(row.members) for row in found]


@pytest.fixture
async def two(writer: Writer) -> Writer:
    """Four of Acme who know each other, three others who do, and one weak tie between; Far knows nobody."""
    await world.organizations(writer, "acme", "beta")
    await world.people(writer, "ann", "bob", "eve", "joe", "kim", "lee", "max", "far")
    await world.knows(writer, "ann bob", "ann eve", "ann joe", "bob eve", "bob joe", "eve joe", closeness="CLOSE")
    await world.knows(writer, "kim lee", "kim max", "lee max", closeness="GOOD")
    await world.knows(writer, "joe kim", closeness="DISTANT")
    for name in ("ann", "bob", "eve"):
        await world.position(writer, name, "acme")
    await world.position(writer, "kim", "beta")
    return writer


@pytest.mark.parametrize("method", ["LEIDEN", "LABEL_PROPAGATION"])
async def test_who_is_closely_tied_belongs_together(two: Writer, method: str) -> None:
    assert members(await groups(two, method=method)) == [{"ann", "bob", "eve", "joe"}, {"kim", "lee", "max"}]


async def test_a_group_is_told_by_its_strongest_members_and_where_they_work(two: Writer) -> None:
    first, second = await groups(two)
    assert (first.label.en, second.label.zh) == ("Community 1", "社群 2")
    assert first.members == ("ann", "bob", "eve", "joe")
    assert {(reason.code, reason.party): reason.value for reason in first.reasons} == pytest.approx(
        {
            (ReasonCode.WORKING_AT, "acme"): 3.0,
            **{(ReasonCode.MEMBER, name): 2.4 for name in ("ann", "bob", "eve", "joe")},
        }
    )
    assert sum(reason.share for reason in first.reasons) == pytest.approx(1)
    assert {reason.party for reason in second.reasons if reason.code is ReasonCode.WORKING_AT} == set()


async def test_small_groups_are_left_out_unless_asked_for(two: Writer) -> None:
    assert members(await groups(two, smallest=4)) == [{"ann", "bob", "eve", "joe"}]
    assert {"far"} in members(await groups(two, smallest=1))


async def test_a_greater_resolution_gives_smaller_groups(two: Writer) -> None:
    assert max(map(len, members(await groups(two, resolution=50, smallest=1)))) == 1


async def test_organizations_form_groups_too(writer: Writer) -> None:
    await world.organizations(writer, "acme", "beta", "core", "far")
    await world.tie(writer, "SUPPLIES", "acme", "beta")
    await world.tie(writer, "OWNS", "beta", "core")
    assert members(await groups(writer, level="ORGANIZATIONS")) == [{"acme", "beta", "core"}]


async def test_who_opted_out_is_in_no_group(two: Writer) -> None:
    await world.change(two, "ann", network_opt_out=True)
    assert all("ann" not in group for group in members(await groups(two, smallest=1)))


async def test_parameters_have_bounds_and_an_empty_graph_no_groups(writer: Writer) -> None:
    for wrong in ({"resolution": 0}, {"smallest": 0}, {"seed": -1}):
        with pytest.raises(Problems):
            await groups(writer, **wrong)
    assert await groups(writer) == []
