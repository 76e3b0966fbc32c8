from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

import pytest

from graph import identifiers, organizations, people
from graph.database import Database
from graph.errors import Duplicate, ProblemCode, Problems
from graph.fields import Reference
from graph.organizations import OrganizationUpdate
from graph.writing import Writer, Written
from tests.graph import given, log

DUNS = {"system": "duns", "value": "150483782"}
USCC = {"system": "uscc", "value": "91440300708461136T"}


async def owner(database: Database, identifier: dict[str, str]) -> str | None:
    """Who is found by it."""
    query = "MATCH (o)-[:IDENTIFIED_BY]->(:Identifier {key: $key}) RETURN o.id"
    found = await given.rows(database, query, key=identifiers.key(**identifier))
    return found[0][0] if found else None


async def update(writer: Writer, id: str, given_identifiers: list[dict[str, str]] | None) -> Written:
    version = (await given.node(writer.database, id))["version"]
    return await organizations.update(writer, OrganizationUpdate.parse({"id": id, "version": version, "identifiers": given_identifiers}))


async def test_a_party_is_found_by_its_identifiers(writer: Writer) -> None:
    acme = await given.organization(writer, identifiers=[DUNS, USCC, DUNS])
    assert await owner(writer.database, DUNS) == await owner(writer.database, USCC) == acme
    assert await given.value(writer.database, "MATCH (i:Identifier) RETURN count(i)") == 2


async def test_an_identifier_belongs_to_one_party_of_any_kind(writer: Writer) -> None:
    acme = await given.organization(writer, identifiers=[USCC, DUNS])
    with pytest.raises(Duplicate) as caught:
        await given.person(writer, identifiers=[{"system": "crm", "value": "1"}, DUNS])
    assert (caught.value.existing_id, caught.value.path) == (acme, ("identifiers", "1"))
    assert "identifiers.1" in caught.value.message("zh")
    assert await given.value(writer.database, "MATCH (p:Person) RETURN count(p)") == 0


async def test_a_long_identifier_is_repeated_in_brief(writer: Writer) -> None:
    long = {"system": "duns", "value": "1" * 150}
    await given.organization(writer, identifiers=[long])
    with pytest.raises(Duplicate) as caught:
        await given.person(writer, identifiers=[long])
    for language in ("en", "zh"):
        assert "1" * 60 + "…" in caught.value.message(language)


async def test_the_list_is_replaced_and_what_stays_keeps_its_id(writer: Writer) -> None:
    acme = await given.organization(writer, identifiers=[DUNS])
    query = "MATCH (i:Identifier {key: $key}) RETURN i.id"
    before = await given.value(writer.database, query, key=identifiers.key(**DUNS))
    await update(writer, acme, [USCC, DUNS])
    assert await given.value(writer.database, query, key=identifiers.key(**DUNS)) == before
    await update(writer, acme, [USCC])
    assert await owner(writer.database, DUNS) is None
    await update(writer, acme, None)
    assert await owner(writer.database, USCC) is None
    assert [change.fields[0].name for change in await log.after(writer.database, 1)] == ["identifiers"] * 3


async def test_what_was_given_up_can_be_taken(writer: Writer) -> None:
    acme, other = await given.organization(writer, identifiers=[DUNS]), await given.organization(writer, "Other")
    await update(writer, acme, [])
    await update(writer, other, [DUNS])
    assert await owner(writer.database, DUNS) == other
    with pytest.raises(Duplicate):
        await update(writer, acme, [DUNS])


async def test_the_same_list_changes_nothing(writer: Writer) -> None:
    acme = await given.organization(writer, identifiers=[DUNS, USCC])
    await update(writer, acme, [USCC, DUNS])
    assert (await given.node(writer.database, acme))["version"] == 1


async def test_deleting_frees_and_restoring_takes_again(writer: Writer) -> None:
    acme = await given.organization(writer, identifiers=[DUNS, USCC])
    await update(writer, acme, [DUNS])
    await organizations.delete(writer, Reference(id=acme))
    assert await owner(writer.database, DUNS) is None
    await organizations.restore(writer, Reference(id=acme))
    assert await owner(writer.database, DUNS) == acme
    assert await owner(writer.database, USCC) is None


async def test_who_lost_an_identifier_meanwhile_cannot_be_restored(writer: Writer) -> None:
    ann = await given.person(writer, identifiers=[DUNS])
    await people.delete(writer, Reference(id=ann))
    acme = await given.organization(writer, identifiers=[DUNS])
    with pytest.raises(Duplicate) as caught:
        await people.restore(writer, Reference(id=ann))
    assert (caught.value.existing_id, caught.value.path) == (acme, ("id",))
    assert "deleted_at" in await given.node(writer.database, ann)


async def test_of_eight_that_take_one_identifier_one_gets_it(writer: Writer) -> None:
    attempts = (given.organization(writer, f"Acme {number}", identifiers=[DUNS]) for number in range(8))
    outcomes = await asyncio.gather(*attempts, return_exceptions=True)
    assert Counter(type(outcome) for outcome in outcomes) == {str: 1, Duplicate: 7}
    (winner,) = (outcome for outcome in outcomes if isinstance(outcome, str))
    assert await owner(writer.database, DUNS) == winner
    assert {outcome.existing_id for outcome in outcomes if isinstance(outcome, Duplicate)} == {winner}


@pytest.mark.parametrize(
    ("identifier", "field"),
    [({"system": "a|b", "value": "c"}, "system"), ({"system": "", "value": "c"}, "system"), ({"system": "a", "value": " "}, "value")],
)
async def test_system_and_value_are_told_apart(writer: Writer, identifier: dict[str, Any], field: str) -> None:
    with pytest.raises(Problems) as caught:
        await given.organization(writer, identifiers=[identifier])
    assert [problem.path for problem in caught.value.problems] == [("identifiers", "0", field)]
    assert caught.value.problems[0].code in (ProblemCode.INVALID, ProblemCode.REQUIRED)
