from __future__ import annotations

import pytest

from graph import supplies
from graph.errors import NotFound, ProblemCode, Refused
from graph.fields import Ending, Reference
from graph.supplies import SupplyStart, SupplyUpdate
from graph.writing import Writer
from tests.graph import world


async def test_a_supply_starts_changes_ends_and_goes(writer: Writer) -> None:
    mill, shop = await world.organization(writer, "Mill"), await world.person(writer, "Shopkeeper")
    id = (await supplies.start(writer, SupplyStart.parse({"supplier": mill, "buyer": shop, "category": "Flour", "since": "2020-01-01"}))).id
    tie = await world.tie(writer, id)
    assert (tie["type"], tie["source"], tie["target"], tie["category"]) == ("SUPPLIES", mill, shop, "Flour")
    await supplies.update(writer, SupplyUpdate(id=id, version=1, category=None))
    await supplies.end(writer, Ending(id=id))
    tie = await world.tie(writer, id)
    assert (tie.get("category"), tie["until"], tie["version"]) == (None, "2026-07-01", 3)
    await supplies.delete(writer, Reference(id=id))
    assert (await world.tie(writer, id))["deleted_at"] == writer.now()


async def test_nobody_supplies_itself(writer: Writer) -> None:
    mill = await world.organization(writer, "Mill")
    with pytest.raises(Refused) as caught:
        await supplies.start(writer, SupplyStart(supplier=mill, buyer=mill))
    assert (caught.value.code, caught.value.path) == (ProblemCode.REFUSED, ("buyer",))


async def test_nobody_comes_to_supply_itself(writer: Writer) -> None:
    mill, shop = await world.organization(writer, "Mill"), await world.organization(writer, "Shop")
    id = (await supplies.start(writer, SupplyStart(supplier=mill, buyer=shop))).id
    with pytest.raises(Refused):
        await supplies.update(writer, SupplyUpdate(id=id, version=1, buyer=mill))
    await supplies.update(writer, SupplyUpdate(id=id, version=1, buyer=mill, supplier=shop))
    tie = await world.tie(writer, id)
    assert (tie["source"], tie["target"]) == (shop, mill)


@pytest.mark.parametrize("field", ["supplier", "buyer"])
async def test_both_must_be_there(writer: Writer, field: str) -> None:
    fields = {"supplier": await world.organization(writer), "buyer": await world.organization(writer), field: "nobody"}
    with pytest.raises(NotFound) as caught:
        await supplies.start(writer, SupplyStart.parse(fields))
    assert (caught.value.missing_id, caught.value.path) == ("nobody", (field,))
