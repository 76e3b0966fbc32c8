"""A write that names what the viewer may not read: it is not there, and nothing is written."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from graph.projection.context import Viewer
from graph.writing import Writer
from tests.graph import given
from tests.schema.asking import ask, done
from tests.schema.conftest import EVERYONE, Api
from tests.schema.hiding import strict
from tests.schema.lives import LIVES, NAMES, Life, named, takes, world
from tests.schema.refusals import NOT_FOUND, refuses

NOBODY = "01890000-0000-7000-8000-000000000000"
AT = "2026-01-01T00:00:00Z"


@pytest.mark.parametrize(
    ("mutation", "input", "path"),
    [
        ("personUpdate", {"id": "spy", "version": 1, "name": "X"}, "id"),
        ("personUpdate", {"id": "spy", "version": 7}, "id"),
        ("personDelete", {"id": "spy"}, "id"),
        ("referralRecord", {"referrer": "ann", "referred": "spy", "occurredAt": AT}, "referred"),
        ("orderRecord", {"buyer": "spy", "orderedAt": AT, "lines": [{"product": "tea", "quantity": "1"}]}, "buyer"),
        ("orderRecord", {"buyer": "ann", "orderedAt": AT, "lines": [{"product": "sabre", "quantity": "1"}]}, "lines.0.product"),
        (
            "interactionRecord",
            {"channel": "CALL", "occurredAt": AT, "participants": [{"role": "TO", "party": "spy"}]},
            "participants.0.party",
        ),
        ("acquaintanceStart", {"parties": ["ann", "spy"]}, "parties"),
        ("positionStart", {"organization": "acme", "person": "spy"}, "person"),
        ("productUpdate", {"id": "sabre", "version": 1}, "id"),
    ],
)
async def test_what_may_not_be_read_may_not_be_named(api: Api, writer: Writer, mutation: str, input: dict[str, Any], path: str) -> None:
    ids = {
        "ann": await given.person(writer),
        "acme": await given.organization(writer),
        "spy": await given.person(writer, "Spy", notes="secret"),
    }
    ids["tea"] = (await done(api, "productCreate", {"name": "Tea", "unitPrice": "1"}))["id"]
    ids["sabre"] = (await done(api, "productCreate", {"name": "Sabre", "category": "secret", "unitPrice": "1"}))["id"]
    api.viewer = strict("Person", "Product")
    problem = await refuses(api, mutation, _named(input, ids), f"NotFound NOT_FOUND {path}", NOT_FOUND)
    assert problem["missingId"] in (ids["spy"], ids["sabre"])


def _named(input: Any, ids: dict[str, str]) -> Any:
    if isinstance(input, dict):
        return {name: _named(value, ids) for name, value in input.items()}
    if isinstance(input, list):
        return [_named(value, ids) for value in input]
    return ids.get(input, input) if isinstance(input, str) else input


async def test_the_rest_may_be_written(api: Api, writer: Writer) -> None:
    ann, bo = await given.person(writer), await given.person(writer, "Bo")
    api.viewer = strict("Person", "Product")
    await done(api, "personUpdate", {"id": ann, "version": 1, "name": "Eve"})
    tie = await done(api, "acquaintanceStart", {"parties": [ann, bo]})
    await done(api, "acquaintanceUpdate", {"id": tie["id"], "version": 1, "closeness": "GOOD"})
    await done(api, "personDelete", {"id": ann})
    assert (await done(api, "personRestore", {"id": ann}, "name"))["name"] == "Eve"


async def test_a_tie_to_whom_one_may_not_read_is_not_there(api: Api, writer: Writer) -> None:
    ann, spy = await given.person(writer), await given.person(writer, "Spy", notes="secret")
    tie = (await done(api, "acquaintanceStart", {"parties": [ann, spy]}))["id"]
    await given.own(writer)
    role = (await done(api, "customerStart", {"party": spy}))["id"]
    api.viewer = strict("Person")
    for mutation, input in (
        ("acquaintanceUpdate", {"id": tie, "version": 1, "closeness": "GOOD"}),
        ("acquaintanceUpdate", {"id": tie, "version": 7}),
        ("acquaintanceEnd", {"id": tie}),
        ("acquaintanceDelete", {"id": tie}),
        ("customerUpdate", {"id": role, "version": 1, "stage": "LOST"}),
        ("customerEnd", {"id": role}),
        ("customerDelete", {"id": role}),
    ):
        assert (await refuses(api, mutation, input, "NotFound NOT_FOUND id", NOT_FOUND))["missingId"] == input["id"]
    api.viewer = EVERYONE
    assert (await done(api, "acquaintanceUpdate", {"id": tie, "version": 1, "closeness": "GOOD"}, "version"))["version"] == 2


async def test_what_was_hidden_before_it_was_deleted_does_not_come_back(api: Api, writer: Writer) -> None:
    spy = await given.person(writer, "Spy", notes="secret")
    await done(api, "personDelete", {"id": spy})
    api.viewer = strict("Person")
    await refuses(api, "personRestore", {"id": spy}, "NotFound NOT_FOUND id", NOT_FOUND)
    api.viewer = EVERYONE
    assert (await done(api, "personRestore", {"id": spy}, "name"))["name"] == "Spy"


KINDS_OF_NODES = {"person", "organization", "product", "position", "interaction", "referral", "order"}
TYPES = {
    "acme": "Organization",
    "bolt": "Organization",
    "we": "Organization",
    "ann": "Person",
    "bo": "Person",
    "seat": "Position",
    "tea": "Product",
}


def without(type_: str, id: str) -> Viewer:
    """Who may read everything but one."""
    return Viewer("user:2", "Bob", rules={type_: f"node.id <> '{id}'"})


def paths(input: Any, name: str, *path: str) -> Iterator[list[str]]:
    """Where an input says `name`."""
    if isinstance(input, dict | list):
        for key, value in input.items() if isinstance(input, dict) else enumerate(input):
            yield from paths(value, name, *path, str(key))
    elif input == name:
        yield list(path)


async def not_found(api: Api, mutation: str, input: dict[str, Any], id: str) -> list[str]:
    """Where a mutation misses `id`, without having done anything."""
    before = (await api("{ changes { totalCount } }"))["changes"]
    payload = await ask(api, mutation, input)
    assert (payload["object"], [(p["code"], p["missingId"]) for p in payload["problems"]]) == (None, [("NOT_FOUND", id)]), mutation
    assert (await api("{ changes { totalCount } }"))["changes"] == before
    return list(payload["problems"][0]["path"])


@pytest.mark.parametrize("life", LIVES, ids=NAMES)
async def test_no_step_of_a_life_takes_what_may_not_be_read(api: Api, writer: Writer, life: Life) -> None:
    ids, id = await world(api, writer), ""
    for count, (mutation, input) in enumerate(life.steps):
        refers = {"id": id, **({"version": count} if takes(mutation, "version") else {})} if id else {}
        given = {**named(input, ids), **refers}
        for name, type_ in TYPES.items():
            for path in paths(input, name):
                api.viewer = without(type_, ids[name])
                missed = await not_found(api, mutation, given, ids[name])
                # The order of two who know each other is not the one in which they were given.
                assert missed == (["parties"] if path[0] == "parties" else path)
                api.viewer = EVERYONE
                assert await not_found(api, mutation, _named(given, {ids[name]: NOBODY}), NOBODY) == missed
        if id and life.noun in KINDS_OF_NODES:
            api.viewer = without(life.type, id)
            assert await not_found(api, mutation, given, id) == ["id"]
        elif id:
            for name in [name for name in TYPES if list(paths(life.steps[0][1], name))]:
                api.viewer = without(TYPES[name], ids[name])
                assert await not_found(api, mutation, given, id) == ["id"]
        api.viewer = EVERYONE
        id = (await done(api, mutation, given) or {"id": id})["id"]
