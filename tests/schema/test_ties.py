"""What holds for every tie with a period, whatever its noun: `graph/ties.py` through the API."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from graph.clock import FixedClock
from graph.projection.context import Viewer
from graph.writing import Writer
from tests.graph import given
from tests.schema.asking import done
from tests.schema.conftest import Api
from tests.schema.refusals import NOT_FOUND, STALE, refuses, too_long

STRICT = Viewer("user:2", "Bob", rules={"Organization": "coalesce(node.notes, '') <> 'secret'"})


@dataclass(frozen=True)
class Noun:
    """A kind of tie, the fields that name its ends, and what it cannot be started without."""

    name: str
    source: str
    target: str
    more: dict[str, Any] = field(default_factory=dict)

    def of(self, source: str, target: str, **fields: Any) -> dict[str, Any]:
        ends = {"parties": [source, target]} if self.source == self.target else {self.source: source, self.target: target}
        return {**ends, **self.more, **fields}

    async def start(self, api: Api, source: str, target: str, selection: str = "id", **fields: Any) -> Any:
        return await done(api, f"{self.name}Start", self.of(source, target, **fields), selection)


ALL = [
    Noun("customer", "party", "own"),
    Noun("supplier", "party", "own"),
    Noun("partner", "party", "own"),
    Noun("ownership", "owner", "owned", {"kind": "SUBSIDIARY"}),
    Noun("partnership", "parties", "parties"),
    Noun("supply", "supplier", "buyer"),
]
EVERY = pytest.mark.parametrize("noun", ALL, ids=[noun.name for noun in ALL])


async def pair(writer: Writer) -> tuple[str, str]:
    """Two organizations that every kind of tie may join: the second is ours."""
    return await given.organization(writer, "Acme"), await given.own(writer)


async def is_there(api: Api, id: str) -> bool:
    return (await api("query($id: ID!) { node(id: $id) { id } }", id=id))["node"] is not None


@EVERY
async def test_a_period_is_corrected_by_day(api: Api, writer: Writer, noun: Noun) -> None:
    made = await noun.start(api, *await pair(writer), "id since until version", since="2024-02-29", until="2026-01-01")
    assert made == {"id": made["id"], "since": "2024-02-29", "until": "2026-01-01", "version": 1}
    changes: list[dict[str, Any]] = [{"since": "2024-01-01"}, {"until": None}, {"since": None}]
    for version, days in enumerate(changes, 1):
        made |= {**days, "version": version + 1}
        assert await done(api, f"{noun.name}Update", {"id": made["id"], "version": version, **days}, "id since until version") == made
    assert (await done(api, f"{noun.name}Update", {"id": made["id"], "version": 4, "since": None}, "version"))["version"] == 4


@EVERY
async def test_a_period_lasts_a_day_at_least(api: Api, writer: Writer, noun: Noun) -> None:
    ends = await pair(writer)
    what, said = "InvalidInput OUT_OF_RANGE until", "2024-01-01 does not lie after since, 2024-01-01|2024-01-01 须晚于开始日期 2024-01-01"
    await refuses(api, f"{noun.name}Start", noun.of(*ends, since="2024-01-01", until="2024-01-01"), what, said)
    id = (await noun.start(api, *ends, since="2024-01-01"))["id"]
    await refuses(api, f"{noun.name}Update", {"id": id, "version": 1, "until": "2024-01-01"}, what, said)
    await refuses(api, f"{noun.name}End", {"id": id, "until": "2024-01-01"}, what, said)


@EVERY
async def test_it_ends_today_where_the_company_is(api: Api, writer: Writer, clock: FixedClock, noun: Noun) -> None:
    clock.advance(timedelta(hours=9))
    id = (await noun.start(api, *await pair(writer), since="2024-01-01"))["id"]
    assert await done(api, f"{noun.name}End", {"id": id}, "until version") == {"until": "2026-07-02", "version": 2}
    assert await done(api, f"{noun.name}End", {"id": id, "until": "2025-01-01"}, "until version") == {"until": "2025-01-01", "version": 3}
    assert await done(api, f"{noun.name}End", {"id": id, "until": "2025-01-01"}, "until version") == {"until": "2025-01-01", "version": 3}


@EVERY
async def test_what_was_deleted_is_not_there_to_be_written(api: Api, writer: Writer, noun: Noun) -> None:
    ends = await pair(writer)
    gone, other = (await noun.start(api, *ends))["id"], ALL[ALL.index(noun) - 1]
    another = (await other.start(api, *ends))["id"]
    assert await is_there(api, gone)
    assert await done(api, f"{noun.name}Delete", {"id": gone}) is None
    assert not await is_there(api, gone)
    for id in (gone, another, ends[0], "0190"):
        for name, input in (("Update", {"version": 1, "since": "2020-01-01"}), ("End", {}), ("Delete", {})):
            missing = await refuses(api, f"{noun.name}{name}", {"id": id, **input}, "NotFound NOT_FOUND id", NOT_FOUND)
            assert missing["missingId"] == id


@EVERY
async def test_an_old_version_is_stale(api: Api, writer: Writer, noun: Noun) -> None:
    id = (await noun.start(api, *await pair(writer)))["id"]
    await done(api, f"{noun.name}Update", {"id": id, "version": 1, "since": "2020-01-01"})
    for name, input in (("Update", {"since": "2021-01-01"}), ("Delete", {})):
        stale = await refuses(api, f"{noun.name}{name}", {"id": id, "version": 1, **input}, "Stale STALE version", STALE)
        assert stale["current"] == {"id": id}
    assert await done(api, f"{noun.name}Delete", {"id": id, "version": 2}) is None


@EVERY
async def test_both_ends_must_be_there(api: Api, writer: Writer, noun: Noun) -> None:
    acme, own = await pair(writer)
    gone = await given.organization(writer, "Gone")
    await done(api, "organizationDelete", {"id": gone})
    id = (await noun.start(api, acme, own))["id"]
    for missing in (gone, await given.position(writer, None, acme), "0190"):
        for end, ends in ((noun.source, (missing, own)), (noun.target, (acme, missing))):
            what = f"NotFound NOT_FOUND {end}"
            assert (await refuses(api, f"{noun.name}Start", noun.of(*ends), what, NOT_FOUND))["missingId"] == missing
            changed = {"parties": list(ends)} if end == "parties" else {end: missing}
            await refuses(api, f"{noun.name}Update", {"id": id, "version": 1, **changed}, what, NOT_FOUND)


@EVERY
async def test_nobody_has_a_tie_with_itself(api: Api, writer: Writer, noun: Noun) -> None:
    _, own = await pair(writer)
    said = "nobody has this tie with itself; choose another one|不能与自身建立关系，请另选"
    await refuses(api, f"{noun.name}Start", noun.of(own, own), f"Refused REFUSED {noun.target}", said)


@EVERY
async def test_it_moves_to_other_ends_and_keeps_its_id(api: Api, writer: Writer, noun: Noun) -> None:
    acme, own = await pair(writer)
    bolt, other = await given.organization(writer, "Bolt"), await given.own(writer, "Other")
    shown = "parties { name }" if noun.source == "parties" else f"{noun.source} {{ name }} {noun.target} {{ name }}"
    made = await noun.start(api, acme, own, "id", since="2020-01-01")
    ends = {"parties": [bolt, other]} if noun.source == "parties" else {noun.source: bolt, noun.target: other}
    moved = await done(api, f"{noun.name}Update", {"id": made["id"], "version": 1, **ends}, f"id since version {shown}")
    names: Any = [{"name": "Bolt"}, {"name": "Other"}]
    found = {"parties": names} if noun.source == "parties" else dict(zip((noun.source, noun.target), names, strict=True))
    assert moved == made | found | {"since": "2020-01-01", "version": 2}
    assert await is_there(api, made["id"])


@EVERY
async def test_it_is_hidden_with_its_ends_and_comes_back_with_them(api: Api, writer: Writer, noun: Noun) -> None:
    acme, own = await pair(writer)
    await given.own(writer, "Other")
    id = (await noun.start(api, acme, own))["id"]
    for end in (acme, own):
        await done(api, "organizationDelete", {"id": end})
        assert not await is_there(api, id)
        await refuses(api, f"{noun.name}End", {"id": id}, "NotFound NOT_FOUND id", NOT_FOUND)
        await done(api, "organizationRestore", {"id": end})
        assert await is_there(api, id)


@EVERY
async def test_who_may_not_read_an_end_does_not_get_the_tie(api: Api, writer: Writer, noun: Noun) -> None:
    acme, own = await pair(writer)
    hidden, ours = (
        await given.organization(writer, "Hidden", notes="secret"),
        await given.organization(writer, "O", own=True, notes="secret"),
    )
    ties = [(await noun.start(api, *ends))["id"] for ends in ((acme, own), (hidden, own), (acme, ours))]
    api.viewer = STRICT
    assert [await is_there(api, id) for id in ties] == [True, False, False]


@EVERY
async def test_a_key_starts_one_tie(api: Api, writer: Writer, noun: Noun) -> None:
    ends = await pair(writer)
    made = await noun.start(api, *ends, since="2020-01-01", idempotencyKey="钥匙")
    assert await noun.start(api, *ends, since="2020-01-01", idempotencyKey="钥匙") == made
    again = noun.of(*ends, since="2020-01-02", idempotencyKey="钥匙")
    said = "it came with another input before; use a new key|此键已用于其他输入，请换用新键"
    await refuses(api, f"{noun.name}Start", again, "Refused KEY_REUSED idempotencyKey", said)
    await refuses(api, f"{noun.name}Start", again | {"idempotencyKey": "x" * 201}, "InvalidInput TOO_LONG idempotencyKey", too_long(200))
