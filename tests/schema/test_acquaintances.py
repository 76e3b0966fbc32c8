"""Acquaintances through the API: what interactions show, what somebody declares, and how strong both make a tie."""

from __future__ import annotations

from typing import Any

import pytest

from graph.metrics.warmth import DEFAULT, strength
from graph.writing import Writer
from tests.graph import given
from tests.schema.asking import done
from tests.schema.conftest import Api
from tests.schema.hiding import strict
from tests.schema.listing import Listing
from tests.schema.refusals import NOT_FOUND, STALE, refuses
from tests.schema.test_interactions import record

ALL = "id version parties { name } bases closeness strength interactionCount firstInteractionAt lastInteractionAt"
NOW = "2026-07-01T08:00:00.000000Z"
TODAY = "2026-07-01T08:00:00Z"


@pytest.fixture
async def people(writer: Writer) -> dict[str, str]:
    """Three people, in the order of their ids."""
    return {name: await given.person(writer, name) for name in ("安", "Bo", "Cy")}


async def declare(api: Api, *parties: str, **fields: Any) -> Any:
    return await done(api, "acquaintanceStart", {"parties": list(parties), **fields}, ALL)


async def tie(api: Api, id: str, selection: str = ALL) -> Any:
    """The only acquaintance of a person, or None."""
    document = f"query($id: ID!) {{ person(id: $id) {{ acquaintances {{ edges {{ tie {{ {selection} }} }} }} }} }}"
    edges = (await api(document, id=id))["person"]["acquaintances"]["edges"]
    assert len(edges) < 2
    return edges[0]["tie"] if edges else None


def expected(out: dict[str, str], back: dict[str, str], closeness: str | None = None) -> float:
    """The strength today of instants → channels there and back."""
    there, again = (sum(DEFAULT.contribution(channel, at) for at, channel in each.items()) * DEFAULT.decay(NOW) for each in (out, back))
    return round(strength(there, again, closeness).value, 9)


async def test_every_field_of_a_declaration_is_written_read_changed_and_cleared(api: Api, people: dict[str, str]) -> None:
    made = await declare(
        api, people["Bo"], people["安"], bases=["CLASSMATE", "FELLOW_TOWNSMAN", "CLASSMATE"], closeness="KNOWN", since="2019"
    )
    assert made == {
        "id": made["id"],
        "version": 1,
        "parties": [{"name": "安"}, {"name": "Bo"}],
        "bases": ["CLASSMATE", "FELLOW_TOWNSMAN"],
        "closeness": "KNOWN",
        "strength": 0.4,
        "interactionCount": 0,
        "firstInteractionAt": None,
        "lastInteractionAt": None,
    }
    changed = await done(
        api, "acquaintanceUpdate", {"id": made["id"], "version": 1, "bases": ["FRIEND"], "closeness": "CLOSE", "since": "2020-02"}, ALL
    )
    assert changed == {**made, "version": 2, "bases": ["FRIEND"], "closeness": "CLOSE", "strength": 0.8}
    cleared = await done(api, "acquaintanceUpdate", {"id": made["id"], "version": 2, "bases": None, "closeness": None, "since": None}, ALL)
    assert cleared == {**made, "version": 3, "bases": [], "closeness": None, "strength": 0}
    assert await done(api, "acquaintanceDelete", {"id": made["id"], "version": 3}) is None
    assert await tie(api, people["Bo"]) is None


@pytest.mark.parametrize(
    ("fields", "what", "said"),
    [
        ({"parties": ["安", "安"]}, "Refused REFUSED parties", "nobody is an acquaintance of themselves|不能与自己建立人脉"),
        ({"parties": ["安"]}, "InvalidInput INVALID parties", "it names 1 people; an acquaintance has two|共有 1 人，人脉关系须为两人"),
        ({"parties": ["安", "Bo", "Cy"]}, "InvalidInput INVALID parties", "it names 3 people|共有 3 人"),
        ({"parties": ["安", "acme"]}, "NotFound NOT_FOUND parties", NOT_FOUND),
        ({"parties": ["Bo", "安"]}, "Duplicate DUPLICATE parties", "was declared before; change it with|请用 acquaintanceUpdate 修改"),
        (
            {"since": "2026-07-02"},
            "InvalidInput IN_FUTURE since",
            "2026-07-02 lies in the future; give a day that has come|请填写不晚于今天",
        ),
        ({"since": "2027"}, "InvalidInput IN_FUTURE since", "2027 lies in the future|2027 在未来"),
    ],
)
async def test_what_a_declaration_cannot_be(
    api: Api, writer: Writer, people: dict[str, str], fields: dict[str, Any], what: str, said: str
) -> None:
    ids = {**people, "acme": await given.organization(writer)}
    fields = {name: [ids[one] for one in value] if name == "parties" else value for name, value in fields.items()}
    made = await declare(api, people["安"], people["Bo"])
    await refuses(api, "acquaintanceStart", {"parties": [people["安"], people["Cy"]], **fields}, what, said)
    if "since" in fields:
        await refuses(api, "acquaintanceUpdate", {"id": made["id"], "version": 1, **fields}, what, said)


async def test_a_declaration_stays_between_the_same_two(api: Api, people: dict[str, str]) -> None:
    made = await declare(api, people["安"], people["Bo"])
    moved = {"id": made["id"], "version": 1, "parties": [people["安"], people["Cy"]]}
    await refuses(api, "acquaintanceUpdate", moved, "Refused REFUSED parties", "between the same two people|人脉双方不可更改")
    await refuses(api, "acquaintanceUpdate", {"id": made["id"], "version": 2}, "Stale STALE version", STALE)
    await refuses(
        api, "acquaintanceEnd", {"id": made["id"], "until": "2026-07-02"}, "InvalidInput IN_FUTURE until", "2026-07-02 lies|在未来"
    )
    same = {"id": made["id"], "version": 1, "parties": [people["Bo"], people["安"]]}
    assert (await done(api, "acquaintanceUpdate", same, "version"))["version"] == 1


async def test_what_only_interactions_show_is_nobodys_declaration(api: Api, people: dict[str, str]) -> None:
    await record(api, people, "CALL", FROM="安", TO="Bo")
    id = (await tie(api, people["安"]))["id"]
    said = "nobody declared this acquaintance, it follows from interactions|此人脉由互动形成，并未声明"
    for name, input in (("Update", {"version": 1, "closeness": "GOOD"}), ("End", {}), ("Delete", {})):
        await refuses(api, f"acquaintance{name}", {"id": id, **input}, "Refused REFUSED id", said)


@pytest.mark.parametrize(
    ("channel", "roles", "there", "back"),
    [
        ("EMAIL", {"FROM": "安", "TO": "Bo"}, 1, 0),
        ("EMAIL", {"FROM": "Bo", "CC": "安"}, 0, 0.5),
        ("EMAIL", {"FROM": "安", "BCC": "Bo"}, 0, 0),
        ("EMAIL", {"FROM": "Cy", "TO": "安 Bo"}, 0, 0),
        ("GIFT", {"FROM": "安", "TO": "Bo"}, 3, 0),
        ("MEETING", {"FROM": "Cy", "ATTENDEE": "安 Bo"}, 4, 4),
        ("MEAL", {"ATTENDEE": "安 Bo"}, 6, 6),
        ("APP", {"FROM": "Bo", "TO": "安"}, 0, 0.5),
        ("EVENT", {"ATTENDEE": "安 Bo " + " ".join(f"g{i}@x.example" for i in range(18))}, 2, 2),
        ("EVENT", {"ATTENDEE": "安 Bo " + " ".join(f"g{i}@x.example" for i in range(19))}, 0, 0),
    ],
)
async def test_an_interaction_counts_by_its_channel_and_roles(
    api: Api, people: dict[str, str], channel: str, roles: dict[str, str], there: float, back: float
) -> None:
    await record(api, people, channel, TODAY, **roles)
    found = Listing(api, "acquaintances", "name", of=f'person(id: "{people["安"]}")')
    assert ("Bo" in await found.rows()) is bool(there or back)
    if there or back:
        document = (
            'query($id: ID!) { person(id: $id) { acquaintances(where: { node: { name: { eq: "Bo" } } }) { edges { tie { strength } } } } }'
        )
        (edge,) = (await api(document, id=people["安"]))["person"]["acquaintances"]["edges"]
        assert edge["tie"]["strength"] == pytest.approx(strength(there, back).value, abs=1e-9)


async def test_corrections_and_deletions_leave_what_is_left(api: Api, people: dict[str, str]) -> None:
    first = await record(api, people, "EMAIL", "2026-01-01T00:00:00Z", FROM="安", TO="Bo")
    second = await record(api, people, "MEAL", "2026-03-01T00:00:00Z", ATTENDEE="安 Bo")
    both = await tie(api, people["安"])
    assert both["interactionCount"] == 2
    assert (both["firstInteractionAt"], both["lastInteractionAt"]) == ("2026-01-01T00:00:00.000000Z", "2026-03-01T00:00:00.000000Z")
    out, back = {"2026-01-01T00:00:00Z": "EMAIL", "2026-03-01T00:00:00Z": "MEAL"}, {"2026-03-01T00:00:00Z": "MEAL"}
    assert both["strength"] == expected(out, back)
    await done(api, "interactionUpdate", {"id": second, "version": 1, "occurredAt": "2025-12-01T00:00:00Z", "channel": "CALL"})
    corrected = await tie(api, people["安"])
    assert corrected["firstInteractionAt"] == "2025-12-01T00:00:00.000000Z"
    assert corrected["lastInteractionAt"] == "2026-01-01T00:00:00.000000Z"
    assert corrected["strength"] == expected(
        {"2026-01-01T00:00:00Z": "EMAIL", "2025-12-01T00:00:00Z": "CALL"}, {"2025-12-01T00:00:00Z": "CALL"}
    )
    await done(api, "interactionDelete", {"id": second})
    left = await tie(api, people["Bo"])
    assert left == {**both, "interactionCount": 1, "lastInteractionAt": both["firstInteractionAt"], "strength": left["strength"]}
    assert left["strength"] == expected({"2026-01-01T00:00:00Z": "EMAIL"}, {})
    assert left["version"] == 1
    await done(api, "interactionUpdate", {"id": first, "version": 1, "participants": [{"role": "FROM", "party": people["安"]}]})
    assert await tie(api, people["安"]) is None


async def test_a_declared_closeness_is_a_floor_that_ends_alone(api: Api, people: dict[str, str]) -> None:
    await record(api, people, "EMAIL", TODAY, FROM="安", TO="Bo")
    made = await declare(api, people["安"], people["Bo"], closeness="GOOD", since="2020")
    assert (made["strength"], made["interactionCount"]) == (0.6, 1)
    reasons = "reasons { code label value share party { id } }"
    api.language = "zh"
    codes = {r["code"]: r for r in (await tie(api, people["Bo"], reasons))["reasons"]}
    api.language = "en"
    assert codes["DECLARED"] == {"code": "DECLARED", "label": "声明的亲密度", "value": 0.6, "share": 1, "party": None}
    assert codes["ONE_SIDED"]["value"] == pytest.approx(0.2 * (1 - 2.718281828459045**-0.2), abs=1e-9)
    ended = await done(api, "acquaintanceEnd", {"id": made["id"]}, ALL)
    assert (ended["closeness"], ended["strength"], ended["version"]) == (None, expected({TODAY: "EMAIL"}, {}), made["version"] + 1)
    (reason,) = (await tie(api, people["Bo"], reasons))["reasons"]
    assert (reason["code"], reason["label"], reason["share"]) == ("ONE_SIDED", "Contact one way", 1)


async def test_acquaintances_are_filtered_and_sorted(api: Api, people: dict[str, str]) -> None:
    await record(api, people, "MEAL", "2026-05-01T00:00:00Z", ATTENDEE="安 Bo")
    await declare(api, people["安"], people["Cy"], closeness="CLOSE", bases=["ALUMNI"])
    found = Listing(api, "acquaintances", "name", of=f'person(id: "{people["安"]}")')
    for condition, expected_ in {
        "strength: { gt: 0.75 }": ["Cy"],
        "closeness: { isNull: true }": ["Bo"],
        "bases: { hasSome: [ALUMNI, FRIEND] }": ["Cy"],
        "interactionCount: { gte: 1 }": ["Bo"],
        'lastInteractionAt: { lt: "2026-05-01T08:00:00.000001+08:00" }': ["Bo"],
        'node: { name: { startsWith: "C" } }': ["Cy"],
    }.items():
        assert await found.where(condition) == expected_, condition
    for order, names in {
        "{ strength: DESC }": ["Cy", "Bo"],
        "{ lastInteractionAt: ASC }": ["Bo", "Cy"],
        "{ node: { name: DESC } }": ["Cy", "Bo"],
    }.items():
        assert await found.rows(f"orderBy: [{order}]") == await found.forward(f"orderBy: [{order}]", 1) == names
        assert await found.backward(f"orderBy: [{order}]", 1) == names


async def test_an_acquaintance_is_hidden_with_either_person(api: Api, writer: Writer, people: dict[str, str]) -> None:
    spy = await given.person(writer, "Spy", notes="secret")
    hidden = await declare(api, people["安"], spy, closeness="CLOSE")
    await declare(api, people["安"], people["Bo"], closeness="KNOWN")
    api.viewer = strict("Person", hidden=("Acquaintance.closeness",))
    assert (await api("query($id: ID!) { node(id: $id) { id } }", id=hidden["id"]))["node"] is None
    found = Listing(api, "acquaintances", "name", of=f'person(id: "{people["安"]}")')
    assert await found.where("") == ["Bo"]
    assert await found.where("strength: { gt: 0.7 }") == []
    assert await Listing(api, "people").where('acquaintances: { some: { node: { name: { eq: "Spy" } } } }') == []
    for arguments in ("(where: { closeness: { eq: KNOWN } })", "(orderBy: [{ closeness: ASC }])"):
        document = f"query($id: ID!) {{ person(id: $id) {{ acquaintances{arguments} {{ totalCount }} }} }}"
        assert await api.errors(document, id=people["安"]) == [("You may not read Acquaintance.closeness.", ["person"])]
