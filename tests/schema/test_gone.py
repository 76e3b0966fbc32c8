"""A write of what was deleted: it says so, and what brings it back, to whom it was there before."""

from __future__ import annotations

from typing import Any

import pytest

from graph.writing import Writer
from tests.graph import given
from tests.schema.asking import done
from tests.schema.conftest import Api
from tests.schema.hiding import strict
from tests.schema.refusals import NOT_FOUND, problems, refuses


async def gone(api: Api, noun: str, input: dict[str, Any], made_by: str = "Create") -> str:
    made = await done(api, f"{noun}{made_by}", input)
    await api(f"mutation($id: ID!) {{ {noun}Delete(input: {{ id: $id }}) {{ problems {{ message }} }} }}", id=made["id"])
    return str(made["id"])


@pytest.mark.parametrize(
    ("noun", "input"),
    [
        ("person", {"name": "Ann"}),
        ("organization", {"name": "Acme", "kind": "COMPANY"}),
        ("product", {"name": "Tea", "unitPrice": "1"}),
    ],
)
async def test_what_can_be_restored_says_how(api: Api, noun: str, input: dict[str, Any]) -> None:
    id = await gone(api, noun, input)
    said = f"it was deleted, and {noun}Restore brings it back|它已被删除，可用 {noun}Restore 恢复"
    problem = await refuses(api, f"{noun}Update", {"id": id, "version": 2, "name": "X"}, "NotFound NOT_FOUND id", said)
    assert problem["missingId"] == id
    await refuses(api, f"{noun}Delete", {"id": id}, "NotFound NOT_FOUND id", said)
    assert (await done(api, f"{noun}Restore", {"id": id}))["id"] == id


async def test_what_cannot_be_restored_says_that_it_was_deleted(api: Api, writer: Writer) -> None:
    ann = await given.person(writer)
    called = {"channel": "CALL", "occurredAt": "2026-06-01T02:00:00Z", "participants": [{"role": "TO", "party": ann}]}
    id = await gone(api, "interaction", called, "Record")
    said = f"{id!r} any more: it was deleted|它已被删除"
    problem = await refuses(api, "interactionUpdate", {"id": id, "version": 2, "subject": "X"}, "NotFound NOT_FOUND id", said)
    assert problem["message"].endswith("it was deleted")


async def test_nobody_learns_that_what_was_hidden_from_them_is_gone(api: Api) -> None:
    spy = await gone(api, "person", {"name": "Spy", "notes": "secret"})
    api.viewer = strict("Person")
    (told,) = await problems(api, "personUpdate", {"id": spy, "version": 2, "name": "X"})
    nobody = spy[:-1] + ("0" if spy[-1] != "0" else "1")
    (never,) = await problems(api, "personUpdate", {"id": nobody, "version": 2, "name": "X"})
    assert told["message"] == never["message"].replace(nobody, spy)
    assert NOT_FOUND.split("|")[0] in told["message"]
    ann = await gone(api, "person", {"name": "Ann"})
    (said,) = await problems(api, "personUpdate", {"id": ann, "version": 2, "name": "X"})
    assert "personRestore" in said["message"]
