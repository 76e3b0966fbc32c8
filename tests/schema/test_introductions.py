"""Introductions through the API: the strongest ways to somebody, over people whom the viewer may know of."""

from __future__ import annotations

from typing import Any

import pytest

from graph.analyses.kept import keeper
from graph.analyses.kept.memory import USUAL
from graph.writing import Writer
from tests.graph import given
from tests.schema.asking import done
from tests.schema.conftest import Api
from tests.schema.hiding import strict

PATHS = """query($id: ID!, $from: [ID!], $first: Int) { party(by: { id: $id }) { introductions(from: $from, first: $first) {
    strength steps { strength from { name } to { name } reasons { code label value share party { id } } } } } }"""


async def introductions(api: Api, id: str, **options: Any) -> Any:
    return (await api(PATHS, id=id, **options))["party"]["introductions"]


async def ways(api: Api, id: str, **options: Any) -> dict[str, float]:
    """`Eve → Mia → 赵`: strength, the strongest first."""
    found = await introductions(api, id, **options)
    assert [path["strength"] for path in found] == sorted((path["strength"] for path in found), reverse=True)
    return {" → ".join([path["steps"][0]["from"]["name"], *(s["to"]["name"] for s in path["steps"])]): path["strength"] for path in found}


@pytest.fixture
async def people(api: Api, writer: Writer) -> dict[str, str]:
    """Eve and Dan are ours; Mia (close) and Moe (good) lead from Eve to 赵, who is with Acme, and Dan knows Moe a little."""
    own, acme = await given.own(writer), await given.organization(writer, "Acme")
    ids = {name: await given.person(writer, name) for name in ("Eve", "Dan", "赵")}
    ids["Mia"] = await given.person(writer, "Mia", notes="secret")
    ids["Moe"] = await given.person(writer, "Moe")
    for name in ("Eve", "Dan"):
        await given.position(writer, ids[name], own, since="2020")
    await given.position(writer, ids["赵"], acme, title="CEO", since="2020")
    for pair, closeness in {"Eve Mia": "CLOSE", "Mia 赵": "CLOSE", "Eve Moe": "GOOD", "Moe 赵": "GOOD", "Dan Moe": "DISTANT"}.items():
        parties = [ids[name] for name in pair.split()]
        await done(api, "acquaintanceStart", {"parties": parties, "closeness": closeness})
    return ids | {"acme": acme}


async def test_the_strongest_ways_come_first(api: Api, people: dict[str, str]) -> None:
    expected = {"Eve → Mia → 赵": 0.64, "Eve → Moe → 赵": 0.36, "Dan → Moe → 赵": 0.12}
    assert await ways(api, people["赵"]) == await ways(api, people["acme"]) == expected
    assert await ways(api, people["赵"], first=1) == {"Eve → Mia → 赵": 0.64}
    assert await ways(api, people["赵"], first=0) == {}
    assert await ways(api, people["赵"], **{"from": [people["Dan"]]}) == {"Dan → Moe → 赵": 0.12, "Dan → Moe → Eve → Mia → 赵": 0.0768}
    assert await ways(api, people["赵"], **{"from": [people["Mia"]]}, first=1) == {"Mia → 赵": 0.8}
    assert await ways(api, people["赵"], **{"from": []}) == await ways(api, people["赵"], **{"from": ["nobody"]}) == {}


async def test_each_step_says_why(api: Api, people: dict[str, str]) -> None:
    talk = {"channel": "MEAL", "occurredAt": "2026-07-01T08:00:00Z"}
    seats = [{"role": "ATTENDEE", "party": people[name]} for name in ("Eve", "赵")]
    await done(api, "interactionRecord", {**talk, "participants": seats})
    api.language = "zh"
    (path,) = await introductions(api, people["赵"], first=1)
    ((step,), reasons) = path["steps"], {r["code"]: r for r in path["steps"][0]["reasons"]}
    assert (step["from"], step["to"], step["strength"]) == ({"name": "Eve"}, {"name": "赵"}, path["strength"])
    assert {code: reason["label"] for code, reason in reasons.items()} == {"MUTUAL": "双向往来", "ONE_SIDED": "单向往来"}
    assert sum(reason["value"] for reason in reasons.values()) == pytest.approx(path["strength"])
    assert sum(reason["share"] for reason in reasons.values()) == pytest.approx(1)


async def test_who_introduces_and_to_whom_are_read_at_once_where_the_same_is_asked_of_them(
    api: Api, writer: Writer, people: dict[str, str]
) -> None:
    async def first_step(selected: str) -> tuple[Any, int]:
        document = f"query($id: ID!) {{ party(by: {{ id: $id }}) {{ introductions(first: 1) {{ steps {{ {selected} }} }} }} }}"
        with writer.database.recording() as statements:
            found = await api(document, id=people["赵"])
        return found["party"]["introductions"][0]["steps"][0], len(statements)

    await first_step("from { name }")
    _, alone = await first_step("from { name }")
    step, number = await first_step("from { name } again: from { name } to { name }")
    assert (step, number) == ({"from": {"name": "Eve"}, "again": {"name": "Eve"}, "to": {"name": "Mia"}}, alone)
    step, number = await first_step("from { name } to { id name }")
    assert (step, number) == ({"from": {"name": "Eve"}, "to": {"id": people["Mia"], "name": "Mia"}}, alone + 1)


async def test_who_opted_out_left_or_was_deleted_is_in_no_way(api: Api, people: dict[str, str]) -> None:
    await done(api, "personUpdate", {"id": people["Mia"], "version": 1, "networkOptOut": True})
    assert list(await ways(api, people["赵"])) == ["Eve → Moe → 赵", "Dan → Moe → 赵"]
    eve = (await api("query($id: ID!) { person(id: $id) { position { id } } }", id=people["Eve"]))["person"]["position"]["id"]
    await done(api, "positionEnd", {"id": eve, "until": "2026-07-01"})
    assert list(await ways(api, people["赵"])) == ["Dan → Moe → 赵"]
    await done(api, "personDelete", {"id": people["Moe"]})
    assert await ways(api, people["赵"]) == {}
    await done(api, "personRestore", {"id": people["Moe"]})
    assert list(await ways(api, people["赵"])) == ["Dan → Moe → 赵"]


async def test_no_way_leads_over_whom_the_viewer_may_not_read(api: Api, people: dict[str, str]) -> None:
    api.viewer = strict("Person")
    assert await ways(api, people["赵"]) == {"Eve → Moe → 赵": 0.36, "Dan → Moe → 赵": 0.12}
    assert await ways(api, people["赵"], **{"from": [people["Mia"]]}) == {}
    api.viewer = strict(hidden=("Person.introductions",))
    assert await api.errors(PATHS, id=people["赵"]) == [("You may not read Person.introductions.", ["party"])]


async def test_a_way_to_an_organization_leads_not_to_whose_position_is_hidden(api: Api, writer: Writer, people: dict[str, str]) -> None:
    spy = await given.person(writer, "Spy")
    await given.position(writer, spy, people["acme"], title="secret", since="2020")
    await done(api, "acquaintanceStart", {"parties": [people["Eve"], spy], "closeness": "CLOSE"})
    assert "Eve → Spy" in await ways(api, people["acme"])
    api.viewer = strict("Position")
    assert "Eve → Spy" not in await ways(api, people["acme"])
    assert "Eve → Spy" in await ways(api, spy)


@pytest.mark.parametrize("first", [-1, 101])
async def test_wrong_numbers_of_ways_are_refused(api: Api, people: dict[str, str], first: int) -> None:
    ((message, path),) = await api.errors(PATHS, id=people["赵"], first=first)
    assert message == f"`first` is {first}: it must lie between 0 and 100."
    assert path == ["party", "introductions"]


async def test_a_network_that_may_not_be_kept_is_said_so(api: Api, people: dict[str, str]) -> None:
    keeper(api.writer.database).limit = 1
    try:
        [(said, _)] = await api.errors(PATHS, id=people["赵"])
    finally:
        keeper(api.writer.database).limit = USUAL
    assert "raise GUANXI_NETWORK_MEMORY" in said
