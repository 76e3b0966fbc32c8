"""Positions as users write them."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from graph.clock import FixedClock
from graph.writing import Writer
from tests.graph import given
from tests.schema.asking import done
from tests.schema.conftest import Api
from tests.schema.listing import Listing
from tests.schema.refusals import NOT_FOUND, REQUIRED, STALE, refuses, too_long

FIELDS: dict[str, Any] = {
    "kind": "DIRECTOR",
    "title": "采购总监",
    "department": "采购部",
    "seniority": "EXECUTIVE",
    "primary": True,
    "since": "2019-03",
    "until": "2030",
}
SHOWN = "id version kind title department seniority primary since until current organization { id } person { id } reportsTo { id }"
CIRCLE = "this position reports to the one that is changed, so a circle would close|该职位向当前职位汇报，将形成循环"


async def start(api: Api, organization: str, person: str | None = None, selection: str = "id", **fields: Any) -> Any:
    return await done(api, "positionStart", {"organization": organization, "person": person, **fields}, selection)


async def primaries(api: Api, person: str) -> dict[str, bool]:
    document = "query($id: ID!) { person(id: $id) { positions { nodes { title primary } } } }"
    return {node["title"]: node["primary"] for node in (await api(document, id=person))["person"]["positions"]["nodes"]}


async def test_every_field_is_written_read_back_and_cleared(api: Api, writer: Writer) -> None:
    acme, li = await given.organization(writer, "阿里"), await given.person(writer, "李娜")
    boss = await start(api, acme)
    made = await start(api, acme, li, SHOWN, **FIELDS, reportsTo=boss["id"])
    around = {"organization": {"id": acme}, "person": {"id": li}, "reportsTo": boss, "current": True}
    assert made == {**FIELDS, **around, "id": made["id"], "version": 1}
    for version, field in enumerate(("title", "department", "seniority", "since", "until", "reportsTo", "person"), 1):
        # A vacant position is nobody's main one.
        made |= {field: None, "version": version + 1} | ({"primary": False} if field == "person" else {})
        assert await done(api, "positionUpdate", {"id": made["id"], "version": version, field: None}, SHOWN) == made
    for field in ("organization", "kind", "primary"):
        await refuses(api, "positionUpdate", {"id": made["id"], "version": 8, field: None}, f"InvalidInput REQUIRED {field}", REQUIRED)


@pytest.mark.parametrize("kind", "EMPLOYEE DIRECTOR OWNER LEGAL_REPRESENTATIVE ADVISER MEMBER FAMILY OTHER".split())
async def test_a_position_is_of_any_kind(api: Api, writer: Writer, kind: str) -> None:
    acme = await given.organization(writer)
    assert (await start(api, acme, selection="kind primary person { id }")) == {"kind": "EMPLOYEE", "primary": False, "person": None}
    assert await start(api, acme, selection="kind", kind=kind) == {"kind": kind}


@pytest.mark.parametrize(
    ("fields", "what", "said"),
    [
        ({"title": "x" * 201}, "TOO_LONG title", too_long(200)),
        ({"department": "x" * 201}, "TOO_LONG department", too_long(200)),
        ({"since": "2020", "until": "2019"}, "OUT_OF_RANGE until", "2019 lies before since, 2020|2019 早于开始日期 2020"),
        ({"since": "2020-02-02", "until": "2020-01"}, "OUT_OF_RANGE until", "2020-01 lies before since|2020-01 早于开始日期"),
        ({"since": "2020-02-02", "until": "2020-02-01"}, "OUT_OF_RANGE until", "lies before since|早于开始日期"),
    ],
)
async def test_wrong_values_are_refused_by_field(api: Api, writer: Writer, fields: dict[str, Any], what: str, said: str) -> None:
    acme = await given.organization(writer)
    await refuses(api, "positionStart", {"organization": acme, **fields}, f"InvalidInput {what}", said)
    made = await start(api, acme, selection="id title", title="衔" * 200, department="部" * 200)
    assert made["title"] == "衔" * 200
    await refuses(api, "positionUpdate", {"id": made["id"], "version": 1, **fields}, f"InvalidInput {what}", said)


@pytest.mark.parametrize(("since", "until"), [("2019-05", "2019"), ("2019", "2019-05-01"), ("2020-01-01", "2020-01-01"), (None, "1999")])
async def test_a_period_says_what_is_known(api: Api, writer: Writer, since: str | None, until: str) -> None:
    made = await start(api, await given.organization(writer), selection="since until current", since=since, until=until)
    assert made == {"since": since, "until": until, "current": False}


async def test_it_ends_today_where_the_company_is(api: Api, writer: Writer, clock: FixedClock) -> None:
    clock.advance(timedelta(hours=9))
    made = await start(api, await given.organization(writer), since="2020-06")
    assert await done(api, "positionEnd", {"id": made["id"]}, "until current") == {"until": "2026-07-02", "current": False}
    assert await done(api, "positionEnd", {"id": made["id"], "until": "2021"}, "until version") == {"until": "2021", "version": 3}
    said = "2020-05 lies before since, 2020-06|2020-05 早于开始日期 2020-06"
    await refuses(api, "positionEnd", {"id": made["id"], "until": "2020-05"}, "InvalidInput OUT_OF_RANGE until", said)


async def test_what_was_deleted_is_not_there_and_an_old_version_is_stale(api: Api, writer: Writer) -> None:
    acme = await given.organization(writer)
    made = await start(api, acme)
    await done(api, "positionUpdate", {"id": made["id"], "version": 1, "title": "CTO"})
    for name, input in (("Update", {"title": "CEO"}), ("Delete", {})):
        stale = await refuses(api, f"position{name}", {"id": made["id"], "version": 1, **input}, "Stale STALE version", STALE)
        assert stale["current"] == made
    assert await done(api, "positionDelete", {"id": made["id"], "version": 2}) is None
    assert await Listing(api, "positions", "title", f'organization(id: "{acme}")').count() == 0
    inputs: list[tuple[str, dict[str, Any]]] = [("Update", {"version": 2}), ("End", {}), ("Delete", {})]
    for id in (made["id"], acme, "0190"):
        for name, more in inputs:
            await refuses(api, f"position{name}", {"id": id, **more}, "NotFound NOT_FOUND id", NOT_FOUND)


@pytest.mark.parametrize("field", ["organization", "person", "reportsTo", "endsPosition"])
async def test_what_a_position_names_must_be_there(api: Api, writer: Writer, field: str) -> None:
    acme, ann = await given.organization(writer), await given.person(writer)
    made: dict[str, Any] = await start(api, acme, ann)
    gone: dict[str, Any] = {"person": await given.person(writer), "organization": await given.organization(writer)}
    gone |= dict.fromkeys(("reportsTo", "endsPosition"), (await start(api, acme))["id"])
    for name, id in (("person", gone["person"]), ("organization", gone["organization"]), ("position", gone["reportsTo"])):
        await done(api, f"{name}Delete", {"id": id})
    wrong = ann if field != "person" else acme
    for id in (gone[field], wrong, "0190"):
        input = {"organization": acme, "person": ann, field: id}
        assert (await refuses(api, "positionStart", input, f"NotFound NOT_FOUND {field}", NOT_FOUND))["missingId"] == id
        if field != "endsPosition":
            await refuses(api, "positionUpdate", {"id": made["id"], "version": 1, field: id}, f"NotFound NOT_FOUND {field}", NOT_FOUND)


@pytest.mark.parametrize("length", [1, 2, 4])
async def test_nobody_reports_to_those_below(api: Api, writer: Writer, length: int) -> None:
    acme = await given.organization(writer)
    chain = [(await start(api, acme, title=f"Level {level}"))["id"] for level in range(length)]
    for superior, position in pairwise(chain):
        await done(api, "positionUpdate", {"id": position, "version": 1, "reportsTo": superior})
    circle = {"id": chain[0], "version": 1, "reportsTo": chain[-1]}
    await refuses(api, "positionUpdate", circle, "Refused CYCLE reportsTo", CIRCLE)
    if length > 2:
        await done(api, "positionDelete", {"id": chain[1]})
        assert await done(api, "positionUpdate", circle, "reportsTo { title }") == {"reportsTo": {"title": f"Level {length - 1}"}}


async def test_the_first_position_is_primary_until_another_one_takes_it(api: Api, writer: Writer) -> None:
    acme, ann = await given.organization(writer), await given.person(writer)
    first = await start(api, acme, ann, "id version primary", title="First", since="2020")
    second = await start(api, acme, ann, "id primary", title="Second", since="2021")
    assert (first["primary"], second["primary"]) == (True, False)
    await start(api, acme, ann, title="Third", primary=True)
    assert await primaries(api, ann) == {"First": False, "Second": False, "Third": True}
    assert (await api("query($id: ID!) { position(id: $id) { version } }", id=first["id"]))["position"] == {"version": 2}
    await done(api, "positionUpdate", {"id": second["id"], "version": 1, "primary": True})
    assert await primaries(api, ann) == {"First": False, "Second": True, "Third": False}
    await done(api, "positionUpdate", {"id": second["id"], "version": 2, "primary": False})
    assert await primaries(api, ann) == {"First": False, "Second": False, "Third": False}
    document = "query($id: ID!) { person(id: $id) { position { title } } }"
    assert (await api(document, id=ann))["person"] == {"position": {"title": "Second"}}


async def test_former_and_current_positions_may_both_be_primary(api: Api, writer: Writer) -> None:
    acme, ann = await given.organization(writer), await given.person(writer)
    former = await start(api, acme, ann, "id primary", title="Former", since="2010", until="2015")
    await start(api, acme, ann, title="Current", since="2015")
    assert await primaries(api, ann) == {"Former": True, "Current": True}
    document = "query($id: ID!, $day: Date) { person(id: $id) { position(asOf: $day) { title } } }"
    for day, title in (("2009-12-31", None), ("2014-12-31", "Former"), ("2015-01-01", "Current"), (None, "Current")):
        assert (await api(document, id=ann, day=day))["person"]["position"] == (title and {"title": title})
    await done(api, "positionUpdate", {"id": former["id"], "version": 1, "until": None})
    assert await primaries(api, ann) == {"Former": False, "Current": True}


@pytest.mark.parametrize(
    ("until", "since", "both"),
    [
        ("2020-01-01", "2020", True),
        ("2020", "2020-01", True),
        ("2020-01", "2020-01-01", True),
        ("2020-01-02", "2020", False),
        ("2020-02", "2020", False),
        ("2021", "2020-12-31", False),
    ],
)
async def test_a_part_of_a_day_stands_for_the_first_day_of_it(api: Api, writer: Writer, until: str, since: str, both: bool) -> None:
    acme, ann = await given.organization(writer), await given.person(writer)
    await start(api, acme, ann, title="Former", until=until)
    await start(api, acme, ann, title="Next", since=since, until="2026")
    assert await primaries(api, ann) == {"Former": True, "Next": both}


async def test_a_position_that_changes_hands_is_primary_only_for_who_has_no_other(api: Api, writer: Writer) -> None:
    acme, ann, bo = await given.organization(writer), await given.person(writer), await given.person(writer, "Bo")
    seat = await start(api, acme, ann, title="Seat")
    await start(api, acme, bo, title="Other")
    await done(api, "positionUpdate", {"id": seat["id"], "version": 1, "person": bo})
    assert (await primaries(api, ann), await primaries(api, bo)) == ({}, {"Seat": False, "Other": True})
    await done(api, "positionUpdate", {"id": seat["id"], "version": 2, "person": ann})
    assert await primaries(api, ann) == {"Seat": True}


async def test_a_move_ends_the_former_position(api: Api, writer: Writer) -> None:
    acme, ann, bo = await given.organization(writer), await given.person(writer), await given.person(writer, "Bo")
    first = await start(api, acme, ann, title="First", since="2020-06")
    move = {"organization": acme, "person": ann, "endsPosition": first["id"]}
    said = "2020-05 lies before since, 2020-06|2020-05 早于开始日期 2020-06"
    await refuses(api, "positionStart", {**move, "since": "2020-05"}, "InvalidInput OUT_OF_RANGE endsPosition", said)
    said = "somebody else holds this position; end it by itself|该职位不属于此人，请单独结束"
    for other in (bo, None):
        await refuses(api, "positionStart", {**move, "person": other}, "InvalidInput INVALID endsPosition", said)
    shown = "primary person { positions { nodes { title until primary } } }"
    assert (await done(api, "positionStart", {**move, "title": "Second"}, shown))["primary"] is True
    await done(api, "positionStart", {**move, "title": "Third", "since": "2026-12"})
    ann_ = Listing(api, "positions", "title until", f'person(id: "{ann}")')
    assert [row["until"] for row in await ann_.rows("orderBy: [{ title: ASC }]")] == ["2026-07-01", None, None]


@pytest.mark.parametrize(
    ("until", "since", "ended", "version"),
    [
        ("2026-01-01", "2026", "2026-01-01", 1),
        ("2026", "2026-01-01", "2026", 1),
        ("2026", "2026-02", "2026", 1),
        ("2026-02", "2026", "2026", 2),
        (None, "2026", "2026", 2),
    ],
)
async def test_a_move_ends_what_still_lasts_on_its_first_day(
    api: Api, writer: Writer, until: str | None, since: str, ended: str, version: int
) -> None:
    acme, ann = await given.organization(writer), await given.person(writer)
    former = (await start(api, acme, ann, since="2020", until=until))["id"]
    await start(api, acme, ann, since=since, endsPosition=former)
    document = "query($id: ID!) { position(id: $id) { until version } }"
    assert (await api(document, id=former))["position"] == {"until": ended, "version": version}


async def test_a_key_starts_one_position(api: Api, writer: Writer) -> None:
    acme = await given.organization(writer)
    made = await start(api, acme, title="CTO", idempotencyKey="k")
    assert await start(api, acme, title="CTO", idempotencyKey="k") == made
    said = "it came with another input before; use a new key|此键已用于其他输入，请换用新键"
    other = {"organization": acme, "title": "CEO", "idempotencyKey": "k"}
    await refuses(api, "positionStart", other, "Refused KEY_REUSED idempotencyKey", said)
