"""Ownerships through the API; what every tie has in common is in `test_ties.py`."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from graph.projection.context import Viewer
from graph.writing import Writer
from tests.graph import given
from tests.schema.asking import done
from tests.schema.conftest import Api
from tests.schema.listing import Listing
from tests.schema.refusals import NOT_FOUND, REQUIRED, refuses

FIELDS = {"since": "2024-01-01", "until": "2027-01-01", "kind": "JOINT_VENTURE", "share": "0.333333", "controlling": True}
CIRCLE = "it owns its owner on some of these days, directly or through others|直接或间接持有其股东，股权不能形成循环"
CONTROLLED = "another owner controls it on some of these days; end that first|该期间内已由另一股东控股，请先结束该关系"


async def companies(writer: Writer, *names: str) -> list[str]:
    return [await given.organization(writer, name) for name in names]


async def owns(api: Api, owner: str, owned: str, **fields: Any) -> str:
    return str((await done(api, "ownershipStart", {"owner": owner, "owned": owned, "kind": "SUBSIDIARY", **fields}))["id"])


async def test_every_field_is_written_read_back_and_cleared(api: Api, writer: Writer) -> None:
    alibaba, (ant,) = await given.person(writer, "马云"), await companies(writer, "蚂蚁集团")
    shown = "id version since until kind share controlling owner { __typename name } owned { name }"
    made = await done(api, "ownershipStart", {"owner": alibaba, "owned": ant, **FIELDS}, shown)
    ends = {"owner": {"__typename": "Person", "name": "马云"}, "owned": {"name": "蚂蚁集团"}}
    assert made == {**FIELDS, **ends, "id": made["id"], "version": 1}
    for version, field in enumerate(("since", "until", "share"), 1):
        made |= {field: None, "version": version + 1}
        assert await done(api, "ownershipUpdate", {"id": made["id"], "version": version, field: None}, shown) == made
    for field in ("owner", "owned", "kind", "controlling"):
        await refuses(api, "ownershipUpdate", {"id": made["id"], "version": 4, field: None}, f"InvalidInput REQUIRED {field}", REQUIRED)


@pytest.mark.parametrize("kind", ["SUBSIDIARY", "BRANCH", "JOINT_VENTURE", "HOLDING", "MINORITY"])
async def test_an_ownership_is_of_any_kind_and_does_not_control_unless_told(api: Api, writer: Writer, kind: str) -> None:
    a, b = await companies(writer, "A", "B")
    made = await done(api, "ownershipStart", {"owner": a, "owned": b, "kind": kind}, "kind controlling share")
    assert made == {"kind": kind, "controlling": False, "share": None}
    assert await Listing(api, "organizations").where(f"owns: {{ some: {{ kind: {{ eq: {kind} }} }} }}") == ["A"]


@pytest.mark.parametrize(
    ("share", "what"),
    [
        ("0", "0"),
        ("1", "1"),
        ("0.000001", "0.000001"),
        ("0.5000000", "0.5"),
        ("1.000001", "it must lie between 0 and 1|必须在 0 与 1 之间"),
        ("-0.1", "it must lie between 0 and 1|必须在 0 与 1 之间"),
        ("0.1234567", "it has more than 6 decimals; round it|小数超过 6 位，请四舍五入"),
    ],
)
async def test_a_share_lies_between_none_and_all(api: Api, writer: Writer, share: str, what: str) -> None:
    a, b = await companies(writer, "A", "B")
    input = {"owner": a, "owned": b, "kind": "MINORITY", "share": share}
    if "|" in what:
        await refuses(api, "ownershipStart", input, "InvalidInput OUT_OF_RANGE share", what)
    else:
        assert await done(api, "ownershipStart", input, "share") == {"share": what}


async def test_nobody_owns_a_person(api: Api, writer: Writer) -> None:
    ann, (a,) = await given.person(writer), await companies(writer, "A")
    input = {"owner": a, "owned": ann, "kind": "HOLDING"}
    assert (await refuses(api, "ownershipStart", input, "NotFound NOT_FOUND owned", NOT_FOUND))["missingId"] == ann


@pytest.mark.parametrize("names", ["AB", "ABC", "ABCDE"])
async def test_ownership_closes_no_circle(api: Api, writer: Writer, names: str) -> None:
    chain = await companies(writer, *names)
    for owner, owned in pairwise(chain):
        await owns(api, owner, owned)
    back = {"owner": chain[-1], "owned": chain[0]}
    await refuses(api, "ownershipStart", {**back, "kind": "HOLDING"}, "Refused CYCLE owned", CIRCLE)
    (other,) = await companies(writer, "Other")
    tie = await owns(api, chain[-1], other)
    await refuses(api, "ownershipUpdate", {"id": tie, "version": 1, **back}, "Refused CYCLE owned", CIRCLE)


async def test_a_circle_is_one_on_a_common_day_only(api: Api, writer: Writer) -> None:
    a, b = await companies(writer, "A", "B")
    first = await owns(api, a, b, since="2010-01-01", until="2015-01-01")
    second = await owns(api, b, a, since="2015-01-01")
    later = {"id": first, "version": 1, "until": "2015-01-02"}
    await refuses(api, "ownershipUpdate", later, "Refused CYCLE owned", CIRCLE)
    await refuses(api, "ownershipEnd", {"id": first, "until": "2015-01-02"}, "Refused CYCLE owned", CIRCLE)
    await done(api, "ownershipDelete", {"id": second})
    assert await done(api, "ownershipUpdate", later, "until") == {"until": "2015-01-02"}


async def test_a_deleted_company_keeps_its_place_in_the_hierarchy(api: Api, writer: Writer) -> None:
    a, b, c = await companies(writer, "A", "B", "C")
    await owns(api, a, b)
    await owns(api, b, c)
    await done(api, "organizationDelete", {"id": b})
    await refuses(api, "ownershipStart", {"owner": c, "owned": a, "kind": "HOLDING"}, "Refused CYCLE owned", CIRCLE)


async def test_one_owner_controls_at_a_time(api: Api, writer: Writer) -> None:
    a, b, owned = await companies(writer, "A", "B", "Owned")
    first = await owns(api, a, owned, controlling=True, since="2020-01-01", until="2024-01-01")
    await owns(api, b, owned, controlling=True, since="2024-01-01")
    minor = await owns(api, b, owned, since="2021-01-01")
    what, said = "Refused OVERLAP controlling", CONTROLLED
    await refuses(api, "ownershipUpdate", {"id": minor, "version": 1, "controlling": True, "until": "2023-01-01"}, what, said)
    input = {"owner": b, "owned": owned, "kind": "HOLDING", "controlling": True, "until": "2020-01-02"}
    await refuses(api, "ownershipStart", input, what, said)
    await refuses(api, "ownershipUpdate", {"id": first, "version": 1, "until": None}, what, said)


async def test_who_controls_without_being_seen_is_not_told_of(api: Api, writer: Writer) -> None:
    a, spy, owned = await companies(writer, "A", "Spy", "Owned")
    await owns(api, spy, owned, controlling=True, since="2021-03-04", until="2025-06-07")
    await done(api, "organizationUpdate", {"id": spy, "version": 1, "notes": "secret"})
    api.viewer = Viewer("user:2", "Bob", rules={"Organization": "coalesce(node.notes, '') <> 'secret'"})
    input = {"owner": a, "owned": owned, "kind": "HOLDING", "controlling": True}
    problem = await refuses(api, "ownershipStart", input, "Refused OVERLAP controlling", CONTROLLED)
    assert not {"2021", "2025", "Spy", spy} & set(problem["message"].replace("-", " ").split())


async def test_who_comes_back_does_not_control_beside_another(api: Api, writer: Writer) -> None:
    a, b, owned = await companies(writer, "A", "B", "Owned")
    await owns(api, a, owned, controlling=True)
    await done(api, "organizationDelete", {"id": a})
    second = await owns(api, b, owned, controlling=True)
    await refuses(api, "organizationRestore", {"id": a}, "Refused OVERLAP id", CONTROLLED)
    await done(api, "ownershipUpdate", {"id": second, "version": 1, "controlling": False})
    assert await done(api, "organizationRestore", {"id": a}, "name") == {"name": "A"}


async def group(api: Api, writer: Writer) -> str:
    """A holding that owns four companies, or did."""
    holding, *owned = await companies(writer, "控股", "A", "B", "华", "秘密")
    await owns(api, holding, owned[0], share="0.6", controlling=True, since="2020-01-01")
    await owns(api, holding, owned[1], share="0.25", kind="MINORITY", since="2010-01-01", until="2015-01-01")
    await owns(api, holding, owned[2], kind="BRANCH")
    await owns(api, holding, owned[3], share="1", kind="JOINT_VENTURE", until="2030-01-01")
    await done(api, "organizationUpdate", {"id": owned[3], "version": 1, "notes": "secret"})
    return holding


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ('share: { gte: "0.25", lt: "1" }', "A B"),
        ('share: { in: ["0.6", "1.000000"] }', "A 秘密"),
        ('share: { ne: "1" }', "A B"),
        ("share: { isNull: true }", "华"),
        ("kind: { in: [BRANCH, MINORITY] }", "B 华"),
        ("kind: { notIn: [BRANCH, MINORITY] }", "A 秘密"),
        ("controlling: { eq: true }", "A"),
        ("controlling: { eq: false }", "B 华 秘密"),
        ('since: { lte: "2010-01-01" }', "B"),
        ('until: { gt: "2015-01-01" }', "秘密"),
        ("until: { isNull: true }", "A 华"),
        ('owned: { name: { ne: "A" } }', "B 华 秘密"),
        ('owner: { name: { eq: "A" } }', ""),
        ('and: [{ kind: { ne: BRANCH } }, { not: { until: { lt: "2020-01-01" } } }]', "A 秘密"),
    ],
)
async def test_ownerships_are_found_by(api: Api, writer: Writer, condition: str, found: str) -> None:
    holding = await group(api, writer)
    owned = Listing(api, "owns", "owned { name }", f'organization(id: "{holding}")')
    assert await owned.where(condition) == found.split()
    assert await Listing(api, "organizations").where(f"ownedBy: {{ some: {{ {condition} }} }}") == found.split()
    assert await Listing(api, "organizations").where(f"owns: {{ some: {{ {condition} }} }}") == (["控股"] if found else [])


@pytest.mark.parametrize(
    ("key", "ascending", "descending"),
    [
        ("share: %s", "B A 秘密 华", "秘密 A B 华"),
        ("kind: %s", "A 华 秘密 B", "B 秘密 华 A"),
        ("since: %s", "B A 华 秘密", "A B 华 秘密"),
        ("until: %s", "B 秘密 A 华", "秘密 B A 华"),
        ("owned: { name: %s }", "A B 华 秘密", "秘密 华 B A"),
    ],
)
async def test_ownerships_are_sorted_by(api: Api, writer: Writer, key: str, ascending: str, descending: str) -> None:
    owned = Listing(api, "owns", "owned { name }", f'organization(id: "{await group(api, writer)}")')
    for way, names in (("ASC", ascending), ("DESC", descending)):
        order = f"orderBy: [{{ {key % way} }}, {{ owned: {{ name: ASC }} }}]"
        assert await owned.rows(order) == await owned.forward(order) == await owned.backward(order) == names.split()


@pytest.mark.parametrize(
    ("day", "found"),
    [
        ("2009-12-31", "华 秘密"),
        ("2010-01-01", "B 华 秘密"),
        ("2015-01-01", "华 秘密"),
        ("2020-01-01", "A 华 秘密"),
        ("2030-01-01", "A 华"),
    ],
)
async def test_what_is_owned_depends_on_the_day(api: Api, writer: Writer, day: str, found: str) -> None:
    holding = await group(api, writer)
    owned = Listing(api, "owns", "owned { name }", f'organization(id: "{holding}")')
    page = await owned.page(f'asOf: "{day}", orderBy: [{{ owned: {{ name: ASC }} }}]')
    assert [node["owned"]["name"] for node in page["nodes"]] == found.split()
    assert page["totalCount"] == len(found.split())


async def test_what_one_may_not_read_is_neither_owned_nor_counted(api: Api, writer: Writer) -> None:
    holding = await group(api, writer)
    owned = Listing(api, "owns", "owned { name }", f'organization(id: "{holding}")')
    api.viewer = Viewer("user:2", "Bob", rules={"Organization": "coalesce(node.notes, '') <> 'secret'"})
    order = "orderBy: [{ share: DESC }, { owned: { name: ASC } }]"
    assert await owned.forward(order) == await owned.backward(order) == ["A", "B", "华"]
    assert (await owned.count(), await owned.where("kind: { eq: JOINT_VENTURE }")) == (3, [])
    assert await Listing(api, "organizations").where("owns: { some: { kind: { eq: JOINT_VENTURE } } }") == []
    api.viewer = Viewer("user:2", "Bob", hidden=frozenset({"Ownership.share"}))
    assert await api.errors(f'{{ organization(id: "{holding}") {{ owns(orderBy: [{{ share: ASC }}]) {{ nodes {{ id }} }} }} }}') == [
        ("You may not read Ownership.share.", ["organization"])
    ]
