from __future__ import annotations

import pytest

from graph import suppliers
from graph.errors import ProblemCode, Refused
from graph.fields import Ending, Reference
from graph.suppliers import Criticality, SupplierStart, SupplierUpdate
from graph.writing import Writer
from tests.graph import world


async def test_a_supplier_starts_changes_ends_and_goes(writer: Writer) -> None:
    us, acme = await world.organization(writer, own=True), await world.organization(writer)
    start = SupplierStart.parse({"party": acme, "category": "Tea 茶叶", "criticality": "LOW"})
    id = (await suppliers.start(writer, start)).id
    tie = await world.tie(writer, id)
    assert (tie["type"], tie["source"], tie["target"], tie["category"], tie["criticality"]) == ("SUPPLIER_OF", acme, us, "Tea 茶叶", "LOW")
    assert "Supplier" in await world.labels(writer, acme)
    await suppliers.update(writer, SupplierUpdate(id=id, version=1, criticality=Criticality.CRITICAL))
    await suppliers.end(writer, Ending(id=id))
    tie = await world.tie(writer, id)
    assert (tie["category"], tie["criticality"], tie["until"], tie["version"]) == ("Tea 茶叶", "CRITICAL", "2026-07-01", 3)
    await suppliers.delete(writer, Reference(id=id, version=3))
    assert (await world.tie(writer, id))["deleted_at"] == writer.now()


async def test_a_supplier_is_one_once_at_a_time(writer: Writer) -> None:
    await world.organization(writer, own=True)
    acme = await world.organization(writer)
    await suppliers.start(writer, SupplierStart(party=acme))
    with pytest.raises(Refused) as caught:
        await suppliers.start(writer, SupplierStart(party=acme))
    assert caught.value.code == ProblemCode.OVERLAP
