"""`asOf`: what was valid on a day, by what is known today, of every field that takes it and from either end."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from graph.projection.declare import KINDS
from graph.writing import Writer
from schema import schema
from tests.schema.asking import done
from tests.schema.conftest import Api
from tests.schema.hiding import strict
from tests.schema.lives import named, world


@dataclass(frozen=True)
class Ended:
    """The field `name` of a thing of the `world`, and what makes an entry in it that has a period."""

    of: str
    name: str
    made: str
    input: dict[str, Any] = field(default_factory=dict)
    single: bool = False

    @property
    def type(self) -> str:
        return "Person" if self.of in ("ann", "bo") else "Organization"


OWNED = {"owner": "acme", "owned": "bolt", "kind": "BRANCH"}
COVERED = {"person": "ann", "party": "acme", "role": "SALES"}
HELD = {"organization": "acme", "person": "bo"}
FIELDS = [
    Ended("acme", "owns", "ownershipStart", OWNED),
    Ended("bolt", "ownedBy", "ownershipStart", OWNED),
    Ended("acme", "partnerships", "partnershipStart", {"parties": ["acme", "bolt"]}),
    Ended("bolt", "partnerships", "partnershipStart", {"parties": ["acme", "bolt"]}),
    Ended("acme", "supplies", "supplyStart", {"supplier": "acme", "buyer": "bolt"}),
    Ended("bolt", "suppliedBy", "supplyStart", {"supplier": "acme", "buyer": "bolt"}),
    Ended("bo", "suppliedBy", "supplyStart", {"supplier": "acme", "buyer": "bo"}),
    Ended("acme", "accountTeam", "accountTeamMembershipStart", COVERED),
    Ended("ann", "accounts", "accountTeamMembershipStart", COVERED),
    Ended("acme", "positions", "positionStart", HELD),
    Ended("bo", "positions", "positionStart", HELD),
    Ended("bo", "position", "positionStart", HELD, single=True),
    Ended("bo", "employee", "positionStart", {"organization": "we", "person": "bo"}, single=True),
    Ended("acme", "customer", "customerStart", {"party": "acme"}, single=True),
    Ended("bo", "partner", "partnerStart", {"party": "bo"}, single=True),
    Ended("acme", "supplier", "supplierStart", {"party": "acme"}, single=True),
]
EVERY = pytest.mark.parametrize("ended", FIELDS, ids=[f"{each.name} of {each.of}" for each in FIELDS])
# Inclusive at the start, exclusive at the end.
DAYS = {"2019-12-31": 0, "2020-01-01": 1, "2022-06-15": 1, "2023-12-31": 1, "2024-01-01": 0, "0001-01-01": 0, "9999-12-31": 0}


async def counts(api: Api, ended: Ended, ids: dict[str, str], *days: str | None) -> list[int]:
    """How many entries the field has on each of these days, all asked for in one request; None: without a day."""
    shown = "id" if ended.single else "totalCount nodes { __typename }"
    fields = [f"d{place}: {ended.name}{f'(asOf: {day!r})' if day else ''} {{ {shown} }}" for place, day in enumerate(days)]
    document = f"query($id: ID!) {{ node(id: $id) {{ ... on {ended.type} {{ {' '.join(fields)} }} }} }}".replace("'", '"')
    found = (await api(document, id=ids[ended.of]))["node"]
    entries = [found[f"d{place}"] for place in range(len(days))]
    assert ended.single or all(entry["totalCount"] == len(entry["nodes"]) for entry in entries)
    return [int(entry is not None) if ended.single else entry["totalCount"] for entry in entries]


@EVERY
async def test_a_period_counts_from_its_first_day_until_the_day_it_is_over(api: Api, writer: Writer, ended: Ended) -> None:
    ids = await world(api, writer)
    id = (await done(api, ended.made, {**named(ended.input, ids), "since": "2020-01-01", "until": "2024-01-01"}))["id"]
    assert await counts(api, ended, ids, *DAYS) == list(DAYS.values())
    # A list tells the past too, a single field what is current.
    assert await counts(api, ended, ids, None, "2026-07-01") == [0 if ended.single else 1, 0]
    await done(api, ended.made.replace("Start", "Delete"), {"id": id, "version": 1})
    assert await counts(api, ended, ids, None, *DAYS) == [0] * (len(DAYS) + 1)


@EVERY
async def test_a_period_without_ends_counts_always(api: Api, writer: Writer, ended: Ended) -> None:
    ids = await world(api, writer)
    await done(api, ended.made, named(ended.input, ids))
    assert await counts(api, ended, ids, None, *DAYS) == [1] * (len(DAYS) + 1)


@EVERY
async def test_what_was_not_known_then_counts_if_it_is_known_now(api: Api, writer: Writer, ended: Ended) -> None:
    ids = await world(api, writer)
    id = (await done(api, ended.made, {**named(ended.input, ids), "since": "2025-01-01"}))["id"]
    assert await counts(api, ended, ids, "2022-06-15", "2025-01-01") == [0, 1]
    await done(api, ended.made.replace("Start", "Update"), {"id": id, "version": 1, "since": "2020-01-01"})
    assert await counts(api, ended, ids, "2022-06-15", "2025-01-01") == [1, 1]


@EVERY
async def test_the_past_of_what_may_not_be_read_is_hidden_too(api: Api, writer: Writer, ended: Ended) -> None:
    ids = await world(api, writer)
    await done(api, ended.made, {**named(ended.input, ids), "since": "2020-01-01", "until": "2024-01-01"})
    given = [name for value in ended.input.values() for name in (value if isinstance(value, list) else [value])]
    (other,) = ({"we", "acme", "bolt", "ann", "bo"} & {*given}) - {ended.of} or {"we"}
    noun = "person" if other in ("ann", "bo") else "organization"
    await done(api, f"{noun}Update", {"id": ids[other], "version": 1, "notes": "secret"})
    api.viewer = strict("Person", "Organization")
    hidden = 1 if (ended.of, ended.name) == ("acme", "positions") else 0
    assert await counts(api, ended, ids, "2022-06-15") == [hidden]


@pytest.mark.parametrize(
    ("since", "until", "days"),
    [
        ("2020", "2024", {"2019-12-31": 0, "2020-01-01": 1, "2023-12-31": 1, "2024-01-01": 0}),
        ("2020-05", "2020-06", {"2020-04-30": 0, "2020-05-01": 1, "2020-05-31": 1, "2020-06-01": 0}),
        ("2020", None, {"2019-12-31": 0, "2020-01-01": 1, "2026-07-01": 1}),
        (None, "2020-02", {"2020-01-31": 1, "2020-02-01": 0}),
        ("2019-05", "2019", {"2018-12-31": 0, "2019-04-30": 0, "2019-05-01": 0, "2019-12-31": 0}),
    ],
)
async def test_a_position_known_in_part_counts_from_the_first_day_of_the_part(
    api: Api, writer: Writer, since: str | None, until: str | None, days: dict[str, int]
) -> None:
    ids = await world(api, writer)
    await done(api, "positionStart", {"organization": ids["acme"], "person": ids["bo"], "since": since, "until": until})
    for ended in (Ended("acme", "positions", ""), Ended("bo", "positions", ""), Ended("bo", "position", "", single=True)):
        assert await counts(api, ended, ids, *days) == list(days.values())


def test_every_field_that_takes_a_day_is_held_here() -> None:
    core = schema._schema
    taking = {(name, field) for name in KINDS for field, it in core.type_map[name].fields.items() if "asOf" in it.args}  # type: ignore[attr-defined]
    held = {(each.type, each.name) for each in FIELDS} | {("Person", "acquaintances"), ("Person", "roles"), ("Organization", "roles")}
    names = {field for _, field in held}
    assert {field for type_, field in taking if type_ in ("Person", "Organization")} <= names
    assert not [field for type_, field in taking if type_ == "Query"]


@pytest.mark.parametrize("day", ["2026-02-30", "2026", "2026-07-01T00:00:00Z", "yesterday", ""])
async def test_a_day_is_a_whole_one(api: Api, writer: Writer, day: str) -> None:
    ids = await world(api, writer)
    document = "query($id: ID!, $day: Date) { party(by: { id: $id }) { roles(asOf: $day) } }"
    answered = await api.result(document, id=ids["acme"], day=day)
    assert (answered.data, len(answered.errors or [])) == (None, 1)


async def test_a_day_that_is_null_or_absent_is_today(api: Api, writer: Writer) -> None:
    ids = await world(api, writer)
    await done(api, "customerStart", {"party": ids["acme"], "since": "2026-07-01"})
    await done(api, "partnerStart", {"party": ids["acme"], "until": "2026-07-01"})
    document = "query($id: ID!, $day: Date) { party(by: { id: $id }) { a: roles(asOf: $day) b: roles c: roles(asOf: null) } }"
    for variables in ({}, {"day": None}):
        assert (await api(document, id=ids["acme"], **variables))["party"] == {name: ["CUSTOMER"] for name in "abc"}
