"""Every analysis read by somebody who may not know everybody."""

from __future__ import annotations

import json
from typing import Any

import pytest

from graph.analyses import ANALYSES, execution, lease
from graph.writing import Writer
from tests.graph import given
from tests.schema.asking import done
from tests.schema.conftest import Api
from tests.schema.hiding import strict

PARTY = "{ __typename id name }"
ROWS = f"""rows(first: 100) {{ totalCount nodes {{ __typename reasons(first: 50) {{ code label value weight share party {PARTY} }}
    ... on NodeScore {{ score rank party {PARTY} }} ... on NodeGroup {{ label size members {{ totalCount nodes {PARTY} }} }}
    ... on PairScore {{ score a {PARTY} b {PARTY} }} ... on PathRow {{ strength parties {PARTY} }}
    ... on GraphFact {{ code label value }} }} }}"""


@pytest.fixture
async def world(api: Api, writer: Writer) -> dict[str, str]:
    """Ours is Ann; Spy, hidden from the strict, stands between her and the others; the hidden Core supplies Acme, which supplies us."""
    us = await given.own(writer)
    ids = {name: await given.person(writer, name) for name in ("Ann", "Bob", "Eve", "Joe")}
    ids["Spy"] = await given.person(writer, "Spy", notes="secret")
    ids["Acme"] = await given.organization(writer, "Acme")
    ids["Core"] = await given.organization(writer, "Core", notes="secret")
    await given.position(writer, ids["Ann"], us)
    await given.position(writer, ids["Eve"], ids["Acme"])
    for a, b in (("Ann", "Spy"), ("Spy", "Bob"), ("Bob", "Eve"), ("Bob", "Joe"), ("Eve", "Joe"), ("Spy", "Joe")):
        await done(api, "acquaintanceStart", {"parties": [ids[a], ids[b]], "closeness": "CLOSE"})
    await done(api, "supplyStart", {"supplier": ids["Core"], "buyer": ids["Acme"], "category": "steel"})
    await done(api, "supplyStart", {"supplier": ids["Acme"], "buyer": us, "category": "bolts"})
    await done(api, "referralRecord", {"referrer": ids["Spy"], "referred": ids["Bob"], "occurredAt": "2026-01-01T00:00:00Z"})
    return ids


async def run(api: Api, name: str, parameters: dict[str, Any]) -> str:
    """Starts an analysis and carries it out, as a server does."""
    id = str((await done(api, "analysisStart", {name: parameters}))["id"])
    taken = await lease.take(api.writer)
    assert taken
    await execution.execute(api.writer, taken)
    return id


def field(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(map(str.title, rest))


def parameters(name: str, ids: dict[str, str]) -> dict[str, Any]:
    """What it cannot do without; and both levels where it has one."""
    needed = {"introductions": {"to": ids["Joe"]}, "similar_parties": {"party": ids["Joe"]}}
    return needed.get(name, {})


@pytest.mark.parametrize("name", sorted(ANALYSES))
async def test_the_hidden_are_nowhere_in_its_rows(api: Api, world: dict[str, str], name: str) -> None:
    id = await run(api, field(name), parameters(name, world))
    document = f"query($id: ID!) {{ analysisRun(id: $id) {{ status {ROWS} }} }}"
    everything = (await api(document, id=id))["analysisRun"]
    assert everything["status"] == "DONE"
    assert everything["rows"]["totalCount"] > 0
    api.viewer = strict("Person", "Organization")
    shown = (await api(document, id=id))["analysisRun"]["rows"]
    told = json.dumps(shown, ensure_ascii=False)
    for hidden in ("Spy", "Core"):
        assert hidden not in told
        assert world[hidden] not in told
    assert shown["totalCount"] == len(shown["nodes"])
    for row in shown["nodes"]:
        assert row.get("party", row.get("a", 0)) is not None
        assert row.get("b", 0) is not None
        assert len(row.get("parties", [0, 0])) > 1


@pytest.mark.parametrize("name", ["reach", "introductions"])
async def test_a_way_over_the_hidden_is_not_told(api: Api, world: dict[str, str], name: str) -> None:
    id = await run(api, name, {**parameters(name, world), **({"steps": 3} if name == "reach" else {})})
    document = f"query($id: ID!) {{ analysisRun(id: $id) {{ {ROWS} }} }}"
    assert (await api(document, id=id))["analysisRun"]["rows"]["totalCount"] > 0
    api.viewer = strict("Person")
    assert (await api(document, id=id))["analysisRun"]["rows"] == {"totalCount": 0, "nodes": []}
