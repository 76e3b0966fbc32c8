from __future__ import annotations

import networkx as nx
import pytest

from graph.analyses import execution
from graph.analyses.reasons import ReasonCode
from graph.analyses.rows import NodeScore
from graph.errors import Problems
from graph.writing import Writer
from tests.graph.analyses import world


async def ranking(writer: Writer, **parameters: object) -> dict[str, NodeScore]:
    outcome = (await execution.run(writer, "brokers", parameters)).outcome
    return {row.party: row for row in outcome.rows if isinstance(row, NodeScore)}


@pytest.fixture
async def bridge(writer: Writer) -> Writer:
    """Ours is Ann, who knows Amy of ours and Bob; behind Bob stand Eve and Joe, who know each other."""
    await world.organizations(writer, "us", own=True)
    await world.people(writer, "amy", "ann", "bob", "eve", "joe", "far")
    for name in ("amy", "ann"):
        await world.position(writer, name, "us")
    await world.knows(writer, "amy ann", "ann bob", "bob eve", "bob joe", "eve joe", closeness="CLOSE")
    return writer


async def test_who_stands_between_others_comes_first(bridge: Writer) -> None:
    found = await ranking(bridge)
    graph = nx.Graph([("amy", "ann"), ("ann", "bob"), ("bob", "eve"), ("bob", "joe"), ("eve", "joe")])
    graph.add_node("far")
    theirs = nx.betweenness_centrality(graph)
    assert {party: row.score for party, row in found.items()} == pytest.approx(
        {party: 100 * value / max(theirs.values()) for party, value in theirs.items()}
    )
    assert list(found)[:2] == ["bob", "ann"]


async def test_reasons_say_what_breaks_without_them(bridge: Writer) -> None:
    found = await ranking(bridge)
    bob = {(reason.code, reason.party): reason.value for reason in found["bob"].reasons}
    assert bob[ReasonCode.BETWEEN, None] == pytest.approx(4 / 10)
    assert bob[ReasonCode.CUTS_OFF, None] == 4
    assert bob[ReasonCode.OUT_OF_REACH, None] == 2
    assert bob[ReasonCode.HOLES, None] > 0
    assert {party for code, party in bob if code is ReasonCode.LOSES} == {"eve", "joe"}
    assert found["far"].reasons == ()
    assert [reason.share for reason in found["bob"].reasons if reason.code is ReasonCode.BETWEEN] == [1.0]


async def test_some_sources_estimate_it_and_the_formula_says_how_well(bridge: Writer) -> None:
    outcome = (await execution.run(bridge, "brokers", {"sources": 3, "seed": 5})).outcome
    again = (await execution.run(bridge, "brokers", {"sources": 3, "seed": 5})).outcome
    assert outcome.rows == again.rows
    assert outcome.formula.startswith("brokers 1: 3 sources, seed 5, off by ")
    assert (await execution.run(bridge, "brokers", {"sources": 0})).outcome.formula.startswith("brokers 1: exact; ")


async def test_organizations_have_brokers_too(writer: Writer) -> None:
    await world.organizations(writer, "us", own=True)
    await world.organizations(writer, "acme", "beta")
    await world.tie(writer, "SUPPLIES", "acme", "us")
    await world.tie(writer, "SUPPLIES", "beta", "acme")
    found = await ranking(writer, level="ORGANIZATIONS")
    assert {party: row.score for party, row in found.items()} == {"acme": 100, "beta": 0, "us": 0}
    assert {reason.party for reason in found["acme"].reasons if reason.code is ReasonCode.LOSES} == {"beta"}


async def test_who_opted_out_is_left_out(bridge: Writer) -> None:
    await world.change(bridge, "bob", network_opt_out=True)
    assert set(await ranking(bridge)) == {"amy", "ann", "eve", "joe", "far"}


async def test_bounds_and_an_empty_graph(writer: Writer) -> None:
    with pytest.raises(Problems):
        await ranking(writer, sources=-1)
    assert await ranking(writer) == {}
