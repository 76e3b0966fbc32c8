from __future__ import annotations

import pytest

from graph.analyses import execution
from graph.analyses.reasons import ReasonCode
from graph.analyses.rows import GraphFact
from graph.writing import Writer
from tests.graph.analyses import world


async def facts(writer: Writer, **parameters: object) -> dict[str, GraphFact]:
    outcome = (await execution.run(writer, "network_health", parameters)).outcome
    return {row.code: row for row in outcome.rows if isinstance(row, GraphFact)}


def why(fact: GraphFact) -> dict[str | None, float]:
    return {reason.party: reason.share for reason in fact.reasons}


async def test_what_holds_the_network_together(writer: Writer) -> None:
    await world.people(writer, "ann", "bob", "eve", "joe", "kim", "far")
    await world.knows(writer, "ann bob", "ann eve", "bob eve", closeness="CLOSE")
    await world.knows(writer, "eve joe", closeness="DISTANT")
    found = await facts(writer)
    assert {code: round(fact.value, 6) for code, fact in found.items()} == {
        "NODES": 6,
        "TIES": 4,
        "DENSITY": round(8 / 30, 6),
        "MEAN_STRENGTH": 0.65,
        "COMPONENTS": 3,
        "LARGEST_COMPONENT": round(4 / 6, 6),
        "ISOLATED": 2,
        "SINGLE_POINTS_OF_FAILURE": 1,
        "BRIDGES": 1,
        "CLUSTERING": round((1 + 1 + 1 / 3) / 6, 6),
    }
    assert [reason.party for reason in found["SINGLE_POINTS_OF_FAILURE"].reasons] == ["eve"]
    assert [reason.party for reason in found["ISOLATED"].reasons] == ["far", "kim"]
    assert why(found["SINGLE_POINTS_OF_FAILURE"]) == {"eve": 1}
    assert why(found["ISOLATED"]) == {"far": 0.5, "kim": 0.5}
    assert why(found["MEAN_STRENGTH"]) == pytest.approx({"ann": 1.6 / 5.2, "bob": 1.6 / 5.2, "eve": 1.8 / 5.2, "joe": 0.2 / 5.2})
    assert why(found["TIES"]) == why(found["DENSITY"]) == {"eve": 3 / 8, "ann": 2 / 8, "bob": 2 / 8, "joe": 1 / 8}
    assert why(found["COMPONENTS"]) == {"eve": 4 / 6, "far": 1 / 6, "kim": 1 / 6}
    assert why(found["BRIDGES"]) == {"eve": 1 / 2, "joe": 1 / 2}
    assert why(found["CLUSTERING"]) == pytest.approx({"ann": 3 / 7, "bob": 3 / 7, "eve": 1 / 7})
    assert [reason.code for reason in found["COMPONENTS"].reasons] == [ReasonCode.PART] * 3
    assert found["DENSITY"].label.zh == "密度"


async def test_beyond_nine_the_others_are_told_together(writer: Writer) -> None:
    people = [f"p{number:02}" for number in range(13)]
    await world.people(writer, *people)
    await world.knows(writer, *(f"p00 {other}" for other in people[1:]), "p01 p12")
    told = (await facts(writer))["TIES"].reasons
    assert [reason.party for reason in told] == ["p00", "p01", "p12", *people[2:8], None]
    assert (told[-1].code, told[-1].value) == (ReasonCode.OTHERS, 4)
    assert sum(reason.share for reason in told) == pytest.approx(1)


async def test_a_segment_is_as_dense_as_its_customers_and_their_people(writer: Writer) -> None:
    await world.organizations(writer, "us", own=True)
    await world.organizations(writer, "acme", "beta")
    await world.people(writer, "ann", "bob", "eve")
    for customer, segment in (("acme", "B2B"), ("beta", "B2B"), ("eve", "B2C")):
        await world.tie(writer, "CUSTOMER_OF", customer, "us", segment=segment)
    await world.position(writer, "ann", "acme")
    await world.position(writer, "bob", "beta")
    await world.knows(writer, "ann bob", "bob eve")
    assert why((await facts(writer))["DENSITY_B2B"]) == {"ann": 0.5, "bob": 0.5}
    assert (await facts(writer))["DENSITY_B2B"].value == 1
    assert "DENSITY_B2C" not in await facts(writer)
    organizations = await facts(writer, level="ORGANIZATIONS")
    assert (organizations["NODES"].value, organizations["DENSITY_B2B"].value) == (3, 1)


async def test_a_customer_of_the_past_is_in_no_segment_today(writer: Writer) -> None:
    await world.organizations(writer, "us", own=True)
    await world.people(writer, "ann", "bob")
    for name in ("ann", "bob"):
        await world.tie(writer, "CUSTOMER_OF", name, "us", segment="B2C", until="2026-01-01")
    await world.knows(writer, "ann bob")
    assert "DENSITY_B2C" not in await facts(writer)
    assert (await facts(writer, asOf="2025-12-31"))["DENSITY_B2C"].value == 1


async def test_an_empty_graph_has_facts_too(writer: Writer) -> None:
    assert {fact.value for fact in (await facts(writer)).values()} == {0}


@pytest.mark.parametrize("level", ["PEOPLE", "ORGANIZATIONS"])
async def test_the_facts_are_kept_with_the_run(writer: Writer, level: str) -> None:
    run = await execution.run(writer, "network_health", {"level": level})
    rows = await writer.database.read(
        "MATCH (:Node {id: $run})-[:GAVE]->(row:GraphFact) RETURN row.code ORDER BY row.place", {"run": run.run.id}
    )
    assert [row[0] for row in rows][:3] == ["NODES", "TIES", "DENSITY"]
