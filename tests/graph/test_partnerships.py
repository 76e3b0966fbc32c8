from __future__ import annotations

import json

import pytest

from graph import partnerships
from graph.errors import NotFound, ProblemCode, Problems, Refused
from graph.fields import Ending, Reference
from graph.partners import PartnerKind
from graph.partnerships import PartnershipStart, PartnershipUpdate
from graph.writing import Writer
from tests.graph import world


async def test_a_partnership_has_one_form_whoever_is_named_first(writer: Writer) -> None:
    first, second = await world.organization(writer), await world.person(writer)
    assert first < second
    for parties in ([first, second], [second, first]):
        id = (await partnerships.start(writer, PartnershipStart(parties=parties, kind=PartnerKind.CHANNEL))).id
        tie = await world.tie(writer, id)
        assert (tie["type"], tie["source"], tie["target"], tie["kind"]) == ("PARTNERS_WITH", first, second, "CHANNEL")
        await partnerships.delete(writer, Reference(id=id))


async def test_a_partnership_without_anything_else_is_logged_with_both_parties(writer: Writer) -> None:
    first, second = await world.organization(writer), await world.organization(writer, "Other")
    await partnerships.start(writer, PartnershipStart(parties=[second, first]))
    (change,) = await world.changes(writer)
    assert [(field.name, field.before, field.after) for field in change.fields] == [("parties", None, json.dumps([first, second]))]
    assert await world.log(writer, first) == await world.log(writer, second) == ["START"]


@pytest.mark.parametrize("count", [0, 1, 3])
def test_a_partnership_is_of_two(count: int) -> None:
    with pytest.raises(Problems) as caught:
        PartnershipStart.parse({"parties": [f"p{place}" for place in range(count)]})
    assert [problem.path for problem in caught.value.problems] == [("parties",)]


async def test_nobody_is_its_own_partner(writer: Writer) -> None:
    acme = await world.organization(writer)
    with pytest.raises(Refused) as caught:
        await partnerships.start(writer, PartnershipStart(parties=[acme, acme]))
    assert (caught.value.code, caught.value.path) == (ProblemCode.REFUSED, ("parties",))


@pytest.mark.parametrize("missing", ["0", "zzz"])
async def test_both_must_be_there(writer: Writer, missing: str) -> None:
    with pytest.raises(NotFound) as caught:
        await partnerships.start(writer, PartnershipStart(parties=[await world.organization(writer), missing]))
    assert (caught.value.missing_id, caught.value.path) == (missing, ("parties",))


async def test_one_of_the_two_can_be_corrected(writer: Writer) -> None:
    first, second, third = [await world.organization(writer, name) for name in "ABC"]
    id = (await partnerships.start(writer, PartnershipStart(parties=[first, second]))).id
    await partnerships.update(writer, PartnershipUpdate(id=id, version=1, parties=[third, second]))
    tie = await world.tie(writer, id)
    assert (tie["source"], tie["target"], tie["version"]) == (second, third, 2)
    await partnerships.update(writer, PartnershipUpdate(id=id, version=2, parties=[second, third]))
    assert (await world.tie(writer, id))["version"] == 2


async def test_a_partnership_ends(writer: Writer) -> None:
    first, second = await world.organization(writer), await world.organization(writer, "Other")
    id = (await partnerships.start(writer, PartnershipStart.parse({"parties": [first, second], "since": "2020-01-01"}))).id
    await partnerships.end(writer, Ending(id=id))
    tie = await world.tie(writer, id)
    assert (tie["since"], tie["until"], tie["source"]) == ("2020-01-01", "2026-07-01", first)
