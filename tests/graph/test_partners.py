from __future__ import annotations

import pytest

from graph import partners
from graph.errors import ProblemCode, Problems, Refused
from graph.fields import Ending, Reference
from graph.partners import PartnerKind, PartnerStart, PartnerUpdate
from graph.writing import Writer
from tests.graph import world


async def test_a_partner_starts_changes_ends_and_goes(writer: Writer) -> None:
    us, acme = await world.organization(writer, own=True), await world.organization(writer)
    id = (await partners.start(writer, PartnerStart.parse({"party": acme, "kind": "RESELLER", "tier": " Gold ", "since": "2024-01-01"}))).id
    tie = await world.tie(writer, id)
    assert (tie["type"], tie["source"], tie["target"], tie["kind"], tie["tier"]) == ("PARTNER_OF", acme, us, "RESELLER", "Gold")
    assert "Partner" in await world.labels(writer, acme)
    await partners.update(writer, PartnerUpdate(id=id, version=1, kind=PartnerKind.DISTRIBUTOR, tier=None))
    await partners.end(writer, Ending.parse({"id": id, "until": "2025-01-01"}))
    tie = await world.tie(writer, id)
    assert (tie["kind"], tie.get("tier"), tie["until"], tie["version"]) == ("DISTRIBUTOR", None, "2025-01-01", 3)
    await partners.delete(writer, Reference(id=id))
    assert (await world.tie(writer, id))["deleted_at"] == writer.now()


async def test_a_partner_is_one_once_at_a_time(writer: Writer) -> None:
    await world.organization(writer, own=True)
    acme = await world.organization(writer)
    await partners.start(writer, PartnerStart(party=acme))
    with pytest.raises(Refused) as caught:
        await partners.start(writer, PartnerStart(party=acme))
    assert caught.value.code == ProblemCode.OVERLAP


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [("kind", "FRIEND", ProblemCode.INVALID), ("tier", "x" * 201, ProblemCode.TOO_LONG), ("since", "2024-02-30", ProblemCode.INVALID)],
)
def test_bad_values_are_named_by_their_field(field: str, value: str, code: ProblemCode) -> None:
    with pytest.raises(Problems) as caught:
        PartnerStart.parse({"party": "x", field: value})
    assert [(problem.code, problem.path) for problem in caught.value.problems] == [(code, (field,))]
