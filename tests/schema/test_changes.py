"""The log through the API: what was done by whom, before and after, and who may read of it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from graph.writing import Writer
from tests.graph import given
from tests.schema.asking import done
from tests.schema.conftest import Api
from tests.schema.hiding import strict
from tests.schema.listing import Listing
from tests.schema.lives import LIVES, Life, named, takes, world

ALL = "number at actor { id label } action subject { __typename id } subjects fields { name before after }"


async def log(api: Api, of: str = "") -> list[Any]:
    """What was done, the first first; `of` is the id of a party."""
    document = f"changes(orderBy: [{{ number: ASC }}]) {{ nodes {{ {ALL} }} }}"
    if not of:
        return list((await api(f"{{ {document} }}"))["changes"]["nodes"])
    return list((await api(f"query($id: ID!) {{ party(by: {{ id: $id }}) {{ {document} }} }}", id=of))["party"]["changes"]["nodes"])


async def test_every_write_leaves_a_change_with_before_and_after(api: Api) -> None:
    ann = (await done(api, "personCreate", {"name": "安", "tags": ["x"]}))["id"]
    await done(api, "personUpdate", {"id": ann, "version": 1, "name": "Ann", "tags": [], "salutation": "安总"})
    await done(api, "personUpdate", {"id": ann, "version": 2, "salutation": None})
    await done(api, "personUpdate", {"id": ann, "version": 3, "name": "Ann"})
    await done(api, "personDelete", {"id": ann})
    await done(api, "personRestore", {"id": ann})
    found = await log(api)
    assert [(c["number"], c["action"]) for c in found] == [
        ("1", "CREATE"),
        ("2", "UPDATE"),
        ("3", "UPDATE"),
        ("4", "DELETE"),
        ("5", "RESTORE"),
    ]
    assert found == await log(api, ann)
    common = {(c["at"], str(c["actor"]), str(c["subject"]), str(c["subjects"])) for c in found}
    person = {"__typename": "Person", "id": ann}
    assert common == {("2026-07-01T08:00:00.000000Z", str({"id": "user:1", "label": "USER:1"}), str(person), str([ann]))}
    assert {f["name"]: (f["before"], f["after"]) for f in found[1]["fields"]} == {
        "name": ("安", "Ann"),
        "tags": ('["x"]', "[]"),
        "salutation": (None, "安总"),
    }
    assert found[2]["fields"] == [{"name": "salutation", "before": "安总", "after": None}]
    assert [f["name"] for f in found[3]["fields"]] == ["deletedAt"]


async def test_who_follows_the_log_by_its_cursors_misses_nothing_while_eight_write(api: Api, writer: Writer) -> None:
    follow = "query($after: String) { changes(first: 3, after: $after) { nodes { number } pageInfo { endCursor } } }"
    await given.warm(writer.database, 9)
    seen: list[int] = []

    async def write(place: int) -> None:
        for each in range(5):
            await done(api, "personCreate", {"name": f"Person {place}.{each}"})

    async def read() -> None:
        after = None
        while len(seen) < 40:
            page = (await api.once(follow, after=after))["changes"]
            seen.extend(int(node["number"]) for node in page["nodes"])
            after = page["pageInfo"]["endCursor"] or after

    await asyncio.wait_for(asyncio.gather(read(), *(write(place) for place in range(8))), timeout=60)
    assert seen == list(range(1, 41))


async def test_the_log_goes_by_number_as_far_as_it_went_before_it_was_read(api: Api, writer: Writer) -> None:
    ann = await given.person(writer)
    await given.run(
        writer.database,
        """MATCH (n:Node {id: $ann}) UNWIND [[9, 2], [8, 3], [7, 4]] AS row
        CREATE (n)<-[:ABOUT]-(:Node:Change {id: 'c' + toString(row[0]), number: row[1], at: $at, subjects: []})""",
        ann=ann,
        at=writer.now(),
    )
    await given.run(writer.database, "MATCH (counter:Counter {name: 'changes'}) SET counter.value = 3")
    page = "changes(first: 3) { nodes { number } totalCount }"
    found = await api(f"query($id: ID!) {{ {page} person(id: $id) {{ {page} }} }}", id=ann)
    for log in (found["changes"], found["person"]["changes"]):
        assert log == {"nodes": [{"number": "1"}, {"number": "2"}, {"number": "3"}], "totalCount": 3}


async def test_a_change_is_in_the_log_of_all_whom_it_concerns(api: Api, writer: Writer) -> None:
    acme, bolt, ann = await given.organization(writer, "Acme"), await given.organization(writer, "Bolt"), await given.person(writer)
    tie = (await done(api, "partnershipStart", {"parties": [acme, bolt], "kind": "TECHNOLOGY"}))["id"]
    call = {"channel": "CALL", "occurredAt": "2026-01-01T00:00:00Z", "participants": [{"role": "FROM", "party": ann}], "regarding": [bolt]}
    talk = (await done(api, "interactionRecord", call))["id"]
    subjects = {id: [c["subject"]["id"] for c in (await log(api, id))[1:]] for id in (acme, bolt, ann)}
    assert subjects == {acme: [tie], bolt: [tie, talk], ann: [talk]}
    assert (await log(api, acme))[-1]["subject"]["__typename"] == "Partnership"
    await done(api, "partnershipDelete", {"id": tie})
    assert [c["subject"] for c in (await log(api, acme))[1:]] == [None, None]


MOVES: list[tuple[str, dict[str, Any], str]] = [
    ("product", {"supplier": "bolt"}, "bolt"),
    ("position", {"organization": "bolt"}, "acme bolt bo"),
    ("position", {"person": "ann"}, "acme bo ann"),
    ("position", {"person": None}, "acme bo"),
    ("customer", {"party": "bolt"}, "acme bolt we"),
    ("supplier", {"party": "ann"}, "acme ann we"),
    ("partner", {"party": "bolt", "kind": "TECHNOLOGY"}, "acme bolt we"),
    ("ownership", {"owner": "bo"}, "acme bo bolt"),
    ("ownership", {"owned": "we"}, "acme bolt we"),
    ("partnership", {"parties": ["bo", "acme"]}, "acme bolt bo"),
    ("supply", {"supplier": "we"}, "acme bolt we"),
    ("supply", {"buyer": "we"}, "acme bolt we"),
    ("accountTeamMembership", {"party": "bo"}, "ann acme bo"),
    ("interaction", {"participants": [{"role": "TO", "party": "bolt"}]}, "ann bo acme bolt"),
    ("interaction", {"regarding": ["bolt"]}, "ann bo acme bolt"),
    ("referral", {"referrer": "ann"}, "acme bolt ann"),
    ("referral", {"referred": "ann"}, "acme bolt ann"),
    ("order", {"buyer": "bo"}, "acme bo ann bolt"),
    ("order", {"seller": "bo"}, "acme bo ann bolt"),
    ("order", {"seller": None}, "acme ann bolt"),
    ("order", {"partner": "we"}, "acme we ann bolt"),
]


@pytest.mark.parametrize(("noun", "change", "concerned"), MOVES, ids=[f"{noun} {' '.join(change)}" for noun, change, _ in MOVES])
async def test_a_correction_is_in_the_log_of_whom_it_concerned_and_whom_it_concerns(
    api: Api, writer: Writer, noun: str, change: dict[str, Any], concerned: str
) -> None:
    ids = await world(api, writer)
    (mutation, made), *_ = next(life for life in LIVES if life.noun == noun).steps
    id = (await done(api, mutation, named(made, ids)))["id"]
    await done(api, f"{noun}Update", {"id": id, "version": 1, **named(change, ids)})
    last = (await log(api))[-1]
    assert last["subject"]["id"] == id
    assert {field["name"] for field in last["fields"]} >= change.keys()
    parties = [name for name in ids if name not in ("seat", "tea")]
    assert {name for name in parties if last in await log(api, ids[name])} == set(concerned.split())


@pytest.mark.parametrize("life", [life for life in LIVES if life.steps[-1][0].endswith("Delete")], ids=lambda life: life.noun)
async def test_what_is_deleted_is_in_the_log_of_whom_it_concerned(api: Api, writer: Writer, life: Life) -> None:
    ids = await world(api, writer)
    (made, input), (deleted, _) = life.steps[0], life.steps[-1]
    id = (await done(api, made, named(input, ids)))["id"]
    known = {name for name in ids if name not in ("seat", "tea") and (await log(api))[-1] in await log(api, ids[name])}
    await done(api, deleted, {"id": id, **({"version": 1} if takes(deleted, "version") else {})})
    last = (await log(api))[-1]
    assert (last["action"], last["subjects"]) == ("DELETE", [id])
    assert {name for name in ids if name not in ("seat", "tea") and last in await log(api, ids[name])} == known


async def test_the_log_is_filtered_sorted_and_paged(api: Api, writer: Writer) -> None:
    ids = [await given.person(writer, f"P{i}") for i in range(3)]
    await done(api, "personUpdate", {"id": ids[0], "version": 1, "name": "Q"})
    found = Listing(api, "changes", "number")
    assert await found.where("action: { eq: UPDATE }") == ["4"]
    assert await found.where(f'subjects: {{ has: "{ids[0]}" }}') == ["1", "4"]
    assert await found.where('number: { gt: "2" }') == ["3", "4"]
    assert await found.where('number: { in: ["1", "9223372036854775807"] }') == ["1"]
    assert await found.where('at: { lt: "2026-07-01T16:00:00+08:00" }') == []
    newest = ["4", "3", "2", "1"]
    assert await found.rows("orderBy: [{ number: DESC }]") == newest
    assert await found.forward("orderBy: [{ action: DESC }, { number: DESC }]") == newest
    assert await found.backward("orderBy: [{ number: DESC }]") == newest


async def test_what_is_hidden_leaves_no_trace_in_the_log(api: Api, writer: Writer) -> None:
    acme, ann = await given.organization(writer, "Acme"), await given.person(writer, "Ann")
    spy = await given.person(writer, "Spy", notes="secret")
    await done(api, "referralRecord", {"referrer": spy, "referred": acme, "occurredAt": "2026-01-01T00:00:00Z", "note": "psst"})
    gone = await given.person(writer, "Gone", notes="secret")
    await done(api, "personDelete", {"id": gone})
    api.viewer = strict("Person")
    found = await log(api)
    assert [c["subject"]["id"] for c in found] == [acme, ann]
    assert await Listing(api, "changes", "number").count() == 2
    assert len(await log(api, acme)) == 1
    assert await Listing(api, "changes", "number").where(f'subjects: {{ hasSome: ["{spy}", "{gone}"] }}') == []


async def test_fields_that_may_not_be_read_are_not_in_the_log(api: Api, writer: Writer) -> None:
    point = [{"kind": "EMAIL", "value": "ann@x.example"}]
    ann = await given.person(writer, "Ann", notes="n", salutation="s", contactPoints=point)
    await given.position(writer, ann, await given.organization(writer), title="Spy", since="2020")
    for hidden, gone in (
        ("Person.notes", "notes"),
        ("Person.contactPoints", "contactPoints"),
        ("Person.email", "contactPoints"),
        ("ContactPoint.value", "contactPoints"),
        ("Position.title", "title"),
    ):
        api.viewer = strict(hidden=(hidden,))
        names = {f["name"] for c in await log(api) for f in c["fields"]}
        assert {"notes", "contactPoints", "title"} - names == {gone}, hidden
        assert {"name", "salutation", "since"} <= names
