from __future__ import annotations

import pytest

from graph.analyses import execution
from graph.analyses.reasons import ReasonCode
from graph.analyses.rows import PathRow
from graph.errors import Problems
from graph.writing import Writer
from tests.graph.analyses import world


async def paths(writer: Writer, **parameters: object) -> dict[str, float]:
    outcome = (await execution.run(writer, "supplier_paths", parameters)).outcome
    return {" ".join(row.parties): round(row.strength, 6) for row in outcome.rows if isinstance(row, PathRow)}


@pytest.fixture
async def chain(writer: Writer) -> Writer:
    """Bolts come to us from Acme alone, screws from Acme and Beta; steel comes to Acme from Core alone; ore to Core from two mines."""
    await world.organizations(writer, "us", own=True)
    await world.organizations(writer, "acme", "beta", "core", "mine1", "mine2")
    await world.tie(writer, "SUPPLIER_OF", "acme", "us", category="bolts")
    await world.tie(writer, "SUPPLIES", "acme", "us", category="screws")
    await world.tie(writer, "SUPPLIER_OF", "beta", "us", category="screws")
    await world.tie(writer, "SUPPLIES", "core", "acme", category="steel")
    for mine in ("mine1", "mine2"):
        await world.tie(writer, "SUPPLIES", mine, "core", category="ore")
    return writer


async def test_dependence_multiplies_along_the_tiers(chain: Writer) -> None:
    assert await paths(chain) == {
        "us acme": 1.0,
        "us acme core": 1.0,
        "us beta": 0.5,
        "us acme core mine1": 0.5,
        "us acme core mine2": 0.5,
    }
    assert await paths(chain, tiers=1) == {"us acme": 1.0, "us beta": 0.5}


async def test_single_points_of_failure_have_no_alternative_on_the_way(chain: Writer) -> None:
    assert await paths(chain, least=1) == {"us acme": 1.0, "us acme core": 1.0}
    await world.tie(chain, "SUPPLIES", "beta", "acme", category="steel")
    assert await paths(chain, least=1) == {"us acme": 1.0}


async def test_each_step_says_how_much_its_buyer_depends_on_it(chain: Writer) -> None:
    outcome = (await execution.run(chain, "supplier_paths", {})).outcome
    (row,) = [row for row in outcome.rows if isinstance(row, PathRow) and row.parties[-1] == "mine2"]
    assert [(reason.code, reason.party, reason.value) for reason in row.reasons] == [
        (ReasonCode.SUPPLY, "acme", 1.0),
        (ReasonCode.SUPPLY, "core", 1.0),
        (ReasonCode.SUPPLY, "mine2", 0.5),
    ]


async def test_supplies_that_are_over_or_deleted_count_no_more(chain: Writer) -> None:
    await world.change(chain, "core", deleted_at=world.LONG_AGO)
    assert await paths(chain) == {"us acme": 1.0, "us beta": 0.5}
    await world.tie(chain, "SUPPLIES", "mine1", "us", category="ore", until="2026-01-01")
    assert "us mine1" not in await paths(chain)
    assert "us mine1" in await paths(chain, asOf="2025-12-31")


async def test_circles_end_and_bounds_hold(chain: Writer) -> None:
    await world.tie(chain, "SUPPLIES", "us", "mine1", category="trucks")
    assert "us acme core mine1 us" not in await paths(chain, tiers=8)
    with pytest.raises(Problems):
        await paths(chain, tiers=9)


async def test_without_suppliers_there_is_no_path(writer: Writer) -> None:
    assert await paths(writer) == {}
