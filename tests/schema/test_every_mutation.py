"""What holds for every mutation, whatever its noun: it is one Change, done once, by who may, on what is there and was seen."""

from __future__ import annotations

from typing import Any

import pytest

from graph.writing import Writer
from schema import WRITES
from tests.schema.asking import ask, done
from tests.schema.conftest import EVERYONE, Api
from tests.schema.hiding import strict
from tests.schema.lives import LIVES, NAMES, Life, named, takes, world

EVERY = pytest.mark.parametrize("life", LIVES, ids=NAMES)
NOBODY = "01900000-0000-7000-8000-000000000000"
LOGGED = "number at action actor { id } subject { id } subjects fields { name before after }"
_ACTIONS = {"Qualify": "UPDATE", "Close": "UPDATE", "Cancel": "UPDATE"}


async def log(api: Api) -> list[Any]:
    return list((await api(f"{{ changes(orderBy: [{{ number: ASC }}], first: 100) {{ nodes {{ {LOGGED} }} }} }}"))["changes"]["nodes"])


async def seen(api: Api, life: Life, id: str) -> Any:
    found = await api(f"query($id: ID!) {{ node(id: $id) {{ ... on {life.type} {{ version }} }} }}", id=id)
    return found["node"] and found["node"]["version"]


async def version(writer: Writer, id: str) -> int:
    """As stored, of what was deleted too; 0 of what is gone."""
    node = await writer.database.read("MATCH (n:Node {id: $id}) RETURN n.version", {"id": id})
    rows = node or await writer.database.read("MATCH ()-[tie]->() WHERE tie.id = $id RETURN tie.version", {"id": id})
    return int(rows[0][0]) if rows else 0


def refers(mutation: str, id: str, version: int) -> dict[str, Any]:
    return {"id": id, **({"version": version} if takes(mutation, "version") else {})}


def problem(payload: Any) -> tuple[str, str, Any]:
    (told,) = payload["problems"]
    assert payload["object"] is None
    return told["__typename"], told["code"], told["path"]


def test_every_mutation_has_its_place_in_a_life() -> None:
    inputs = {f"{mutation[0].upper()}{mutation[1:]}Input" for life in LIVES for mutation, _ in life.steps}
    assert {write.input.__name__ for write in WRITES if write.noun != "analysis_run"} == inputs


@EVERY
async def test_each_step_is_one_change_by_its_author_and_raises_the_version_by_one(api: Api, writer: Writer, life: Life) -> None:
    ids, id = await world(api, writer), ""
    for count, (mutation, input) in enumerate(life.steps):
        before, verb = await log(api), mutation.removeprefix(life.noun)
        answered = await done(api, mutation, {**named(input, ids), **(refers(mutation, id, count) if id else {})})
        id = id or answered["id"]
        (change,) = (await log(api))[len(before) :]
        assert (change["number"], change["action"]) == (str(len(before) + 1), _ACTIONS.get(verb, verb.upper())), mutation
        assert (change["at"], change["actor"]["id"]) == ("2026-07-01T08:00:00.000000Z", "user:1")
        assert (change["subjects"], change["subject"]) == ([id], None if verb == "Delete" else {"id": id})
        assert {field["name"] for field in change["fields"]} >= input.keys() - {"outcome"}, mutation
        assert change["fields"], mutation
        assert all(field["before"] != field["after"] for field in change["fields"])
        assert await version(writer, id) in (count + 1, 0 if verb == "Delete" else count + 1), mutation
        assert await seen(api, life, id) == (None if verb == "Delete" else count + 1), mutation


@EVERY
async def test_each_step_needs_the_present_version_of_what_is_there(api: Api, writer: Writer, life: Life) -> None:
    ids = await world(api, writer)
    (first, made), *rest = life.steps
    id = (await done(api, first, named(made, ids)))["id"]
    for count, (mutation, input) in enumerate(rest, 1):
        before, hidden = await log(api), mutation.endswith("Restore")
        for wrong in (NOBODY, ids["tea"] if life.noun != "product" else ids["acme"], "x"):
            payload = await ask(api, mutation, {**named(input, ids), **refers(mutation, wrong, count)})
            assert problem(payload) == ("NotFound", "NOT_FOUND", ["id"]), mutation
            assert payload["problems"][0]["missingId"] == wrong
        for other in {max(count - 1, 1), count + 1} - {count} if takes(mutation, "version") else ():
            payload = await ask(api, mutation, {**named(input, ids), "id": id, "version": other})
            assert problem(payload) == ("Stale", "STALE", ["version"]), mutation
            assert payload["problems"][0]["current"] == (None if hidden else {"id": id}), mutation
        assert await log(api) == before
        with writer.database.recording() as statements:
            await done(api, mutation, {**named(input, ids), **refers(mutation, id, count)})
        # Both engines isolate no better than read committed: who looks first acts on what may be gone.
        assert "_lock" in statements[0].query, mutation
        for later, change in rest if mutation.endswith("Delete") else ():
            if not later.endswith("Restore"):
                payload = await ask(api, later, {**named(change, ids), **refers(later, id, count + 1)})
                assert problem(payload) == ("NotFound", "NOT_FOUND", ["id"]), later


@EVERY
async def test_who_may_not_is_told_so_in_every_step(api: Api, writer: Writer, life: Life) -> None:
    ids, id = await world(api, writer), ""
    names = [f"Mutation.{name}" for each in LIVES for name, _ in each.steps]
    for count, (mutation, input) in enumerate(life.steps):
        before, given = await log(api), {**named(input, ids), **(refers(mutation, id, count) if id else {})}
        api.viewer = strict(hidden=(f"Mutation.{mutation}",))
        assert problem(await ask(api, mutation, given)) == ("NotAllowed", "NOT_ALLOWED", None), mutation
        assert await log(api) == before
        api.viewer = strict(hidden=tuple(name for name in names if name != f"Mutation.{mutation}"))
        id = (await done(api, mutation, given) or {"id": id})["id"]
    api.viewer = EVERYONE


@EVERY
async def test_a_key_makes_one_thing_and_belongs_to_its_input(api: Api, writer: Writer, life: Life) -> None:
    ids = await world(api, writer)
    mutation, made = life.steps[0]
    input = {**named(made, ids), "idempotencyKey": "1"}
    first, before = await done(api, mutation, input), await log(api)
    assert await done(api, mutation, input) == first
    name = next(
        name for name in ("note", "notes", "number", "subject", "title", "category", "until", "since", "cron") if takes(mutation, name)
    )
    payload = await ask(api, mutation, {**input, name: "0 8 * * *" if name == "cron" else "2030-01-01"})
    assert problem(payload) == ("Refused", "KEY_REUSED", ["idempotencyKey"])
    assert await log(api) == before
