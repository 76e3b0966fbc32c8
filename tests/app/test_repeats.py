"""What is sent twice, late or in a circle over HTTP: once is enough, and the answer says what happened."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.app.samples import PROBLEMS
from tests.app.test_graphql_http import post


async def told(client: httpx.AsyncClient, mutation: str, input: dict[str, Any], selection: str = "", **headers: str) -> Any:
    """The payload of a mutation: `id` of its object, and its problems."""
    noun = selection or next(mutation.removesuffix(v) for v in ("Create", "Update", "Start", "Record", "Delete") if mutation.endswith(v))
    kind = mutation[0].upper() + mutation[1:]
    problems = PROBLEMS.replace("message", "message ... on Stale { current { id } }")
    body = f"mutation($input: {kind}Input!) {{ done: {mutation}(input: $input) {{ {noun} {{ id }} {problems} }} }}"
    answer = (await post(client, {"query": body, "variables": {"input": input}}, **headers)).json()
    assert "errors" not in answer, answer
    return {"id": (answer["data"]["done"][noun] or {}).get("id"), "problems": answer["data"]["done"]["problems"]}


async def made(client: httpx.AsyncClient, mutation: str, **input: Any) -> str:
    payload = await told(client, mutation, input)
    assert payload["problems"] == []
    return str(payload["id"])


async def count(client: httpx.AsyncClient, root: str) -> int:
    return int((await post(client, {"query": f"{{ {root} {{ totalCount }} }}"})).json()["data"][root]["totalCount"])


async def test_every_new_thing_is_made_once_for_a_key(product: httpx.AsyncClient) -> None:
    ann, bo = [await made(product, "personCreate", name=name) for name in ("Ann", "Bo")]
    acme, tea = await made(product, "organizationCreate", name="Acme"), await made(product, "productCreate", name="Tea", unitPrice="1")
    at = "2026-01-01T00:00:00Z"
    call = {"channel": "CALL", "occurredAt": at, "participants": [{"role": "FROM", "party": ann}]}
    order = {"buyer": ann, "orderedAt": at, "lines": [{"product": tea, "quantity": "1"}]}
    news: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
        ("personCreate", {"name": "Cy"}, {"name": "Di"}),
        ("organizationCreate", {"name": "Bolt"}, {"name": "Bolt", "industry": "Steel"}),
        ("productCreate", {"name": "Cup"}, {"name": "Cup", "unitPrice": "1"}),
        ("positionStart", {"organization": acme, "person": ann}, {"organization": acme}),
        ("customerStart", {"party": acme}, {"party": ann}),
        ("partnershipStart", {"parties": [acme, ann]}, {"parties": [acme, bo]}),
        ("acquaintanceStart", {"parties": [ann, bo]}, {"parties": [ann, bo], "closeness": "GOOD"}),
        ("interactionRecord", call, {**call, "channel": "SMS"}),
        ("referralRecord", {"referrer": ann, "referred": acme, "occurredAt": at}, {"referrer": bo, "referred": acme, "occurredAt": at}),
        ("orderRecord", order, {**order, "buyer": bo}),
    ]
    for mutation, input, other in news:
        keyed = {**input, "idempotencyKey": f"键 {mutation}"}
        first = await told(product, mutation, keyed)
        changes = await count(product, "changes")
        assert first["problems"] == [], mutation
        assert await told(product, mutation, keyed) == first, mutation
        again = await told(product, mutation, {**other, "idempotencyKey": f"键 {mutation}"}, **{"accept-language": "zh"})
        (problem,) = again["problems"]
        assert (problem["__typename"], problem["code"], problem["path"]) == ("Refused", "KEY_REUSED", ["idempotencyKey"]), mutation
        assert problem["message"] == "idempotencyKey：此键已用于其他输入，请换用新键"
        assert await count(product, "changes") == changes, mutation
    used = await told(product, "organizationCreate", {"name": "Cy", "idempotencyKey": "键 personCreate"})
    assert [p["code"] for p in used["problems"]] == ["KEY_REUSED"]


async def test_a_key_without_a_value_is_none(product: httpx.AsyncClient) -> None:
    ids = {await made(product, "personCreate", name="Ann", idempotencyKey=key) for key in (None, "", " ")}
    assert len(ids) == 3


@pytest.mark.parametrize("noun", ["person", "organization", "product"])
async def test_who_writes_on_an_old_version_gets_the_new_one(product: httpx.AsyncClient, noun: str) -> None:
    id = await made(product, f"{noun}Create", name="Ann")
    assert (await told(product, f"{noun}Update", {"id": id, "version": 1, "name": "Bo"}))["id"] == id
    for version in (1, 3, 2**31 - 1):
        for verb in ("Update", "Delete"):
            (problem,) = (await told(product, noun + verb, {"id": id, "version": version}))["problems"]
            assert (problem["code"], problem["path"], problem["current"]) == ("STALE", ["version"], {"id": id})
            assert problem["message"] == "version: it is 2 by now; read the object again and repeat"


async def test_circles_are_refused(product: httpx.AsyncClient) -> None:
    a, b, c = [await made(product, "organizationCreate", name=name) for name in "ABC"]
    for owner, owned in ((a, b), (b, c)):
        await made(product, "ownershipStart", owner=owner, owned=owned, kind="SUBSIDIARY")
    (problem,) = (await told(product, "ownershipStart", {"owner": c, "owned": a, "kind": "SUBSIDIARY"}))["problems"]
    assert (problem["__typename"], problem["code"]) == ("Refused", "CYCLE")
    (own,) = (await told(product, "ownershipStart", {"owner": a, "owned": a, "kind": "SUBSIDIARY"}))["problems"]
    assert own["__typename"] == "Refused"
    top = await made(product, "positionStart", organization=a, title="Top")
    low = await made(product, "positionStart", organization=a, title="Low", reportsTo=top)
    for boss in (low, top):
        (problem,) = (await told(product, "positionUpdate", {"id": top, "version": 1, "reportsTo": boss}))["problems"]
        assert (problem["__typename"], problem["path"]) == ("Refused", ["reportsTo"])


async def test_a_mutation_cut_short_in_the_middle_does_nothing(product: httpx.AsyncClient) -> None:
    body = b'{"query": "mutation { personCreate(input: { name: \\"Ann\\" }) { person { id } } }"'
    headers = {"content-type": "application/json"}
    for content in (body, body + b', "variables": {', body[:40]):
        assert (await product.post("/graphql", content=content, headers=headers)).json()["errors"][0]["extensions"]["code"] == "BAD_REQUEST"
    assert await count(product, "people") == 0


async def test_one_refusal_leaves_the_other_mutations_of_a_request(product: httpx.AsyncClient) -> None:
    one = 'personCreate(input: {{ name: "{}" }}) {{ person {{ name }} problems {{ code }} }}'
    answer = await post(product, {"query": f"mutation {{ a: {one.format('A')} b: {one.format('')} c: {one.format('C')} }}"})
    payloads = answer.json()["data"]
    assert [payloads[k]["person"] for k in "abc"] == [{"name": "A"}, None, {"name": "C"}]
    assert await count(product, "people") == 2
