from __future__ import annotations

from typing import Annotated, Any

import pytest
from pydantic import Field

from graph.analyses import ANALYSES, ties
from graph.analyses.registry import Estimate, between
from graph.analyses.rows import Scored
from graph.errors import Problems
from graph.fields import Fields
from graph.writing import Writer
from tests.graph import contacts
from tests.graph.analyses import world


@pytest.mark.parametrize(
    ("least", "most", "shown"),
    [(0, 2**31 - 1, "0 to 2147483647"), (0, 1e9, "0 to 1000000000"), (0.01, 0.99, "0.01 to 0.99"), (-1.5, 1.0, "-1.5 to 1")],
)
def test_bounds_are_shown_as_people_write_them(least: float, most: float, shown: str) -> None:
    class Bounded(Fields):
        number: Annotated[float, between(least, most)] = Field(description="A number (数)")

    assert Bounded.model_fields["number"].description == f"A number; {shown} (数)"
    for inside in (least, most):
        assert Bounded.parse({"number": inside}).number == inside
    for outside in (least - 1, most + 1, float("nan"), float("inf")):
        with pytest.raises(Problems, match=f"must lie between {shown.replace(' to ', ' and ')}$"):
            Bounded.parse({"number": outside})


async def _estimate(writer: Writer, name: str, **parameters: Any) -> Estimate:
    analysis = ANALYSES[name]
    return await analysis.estimate(writer, analysis.parameters.parse(parameters))


async def test_an_estimate_grows_with_what_is_asked_for(writer: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    await world.people(writer, "ann", "bob", "eve")
    await contacts.record(writer, at="2026-04-01T02:00:00Z", FROM="ann", TO="bob")
    await contacts.record(writer, at="2026-04-03T02:00:00Z", FROM="bob", TO="eve")
    usual = await _estimate(writer, "influence")
    assert (usual.nodes, usual.edges) == (3, 2)
    monkeypatch.setattr(ties, "_SECONDS_AN_INTERACTION", 10.0)
    monkeypatch.setattr("graph.analyses.influence._SECONDS_A_VISIT", 10.0)
    monkeypatch.setattr("graph.analyses.brokers._SECONDS_A_VISIT", 10.0)
    assert await _estimate(writer, "influence") == usual
    # Each interaction is read for a past day; betweenness looks from each node at each tie.
    assert await _estimate(writer, "influence", asOf="2026-04-02") == usual.longer(2 * 10)
    assert await _estimate(writer, "influence", measure="BETWEENNESS") == usual.longer(3 * 2 * 10)
    assert await _estimate(writer, "influence", measure="BLEND", betweenness=1) == usual.longer(3 * 2 * 10)
    seconds = [(await _estimate(writer, "brokers", sources=sources)) for sources in (2, 0, 1_000)]
    assert seconds == [usual.longer(sources * 2 * 10) for sources in (2, 3, 3)]


async def test_an_estimate_counts_what_is_read(writer: Writer) -> None:
    await world.organizations(writer, "us", own=True)
    await world.organizations(writer, "steel", "ore")
    await world.people(writer, *(f"p{number}" for number in range(7)))
    await world.knows(writer, "p0 p1", "p1 p2")
    assert await _estimate(writer, "supplier_paths") == Estimate.of(0, 0)
    await world.tie(writer, "SUPPLIES", "ore", "steel")
    await world.tie(writer, "SUPPLIER_OF", "steel", "us")
    assert await _estimate(writer, "supplier_paths") == Estimate.of(4, 2)


def test_those_that_leave_scores_say_what_they_leave() -> None:
    assert {name for name, each in ANALYSES.items() if each.kept} == {"influence", "referral_value"}
    assert all(issubclass(each.parameters, Scored) == bool(each.kept) for each in ANALYSES.values())
