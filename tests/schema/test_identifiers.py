"""What other systems call parties and products, through the API."""

from __future__ import annotations

from typing import Any

import pytest

from graph.projection.context import Viewer
from graph.writing import Writer
from tests.graph import given
from tests.schema.asking import done
from tests.schema.conftest import Api
from tests.schema.listing import Listing
from tests.schema.refusals import EMPTY, refuses, too_long

USCC = {"system": "uscc", "value": "91330100799655058B"}
TAKEN = "use that one, or correct the value|已属于另一对象，请使用该对象或更正"
DUPLICATE = "Duplicate DUPLICATE identifiers.{}"
BY = "query($by: IdentifierInput!) { party(by: { identifier: $by }) { name } }"
SECRET = Viewer("user:2", "Bob", rules={"Organization": "coalesce(node.notes, '') <> 'secret'"})


async def organization(api: Api, name: str, *identifiers: dict[str, str], selection: str = "id version", **more: Any) -> Any:
    return await done(api, "organizationCreate", {"name": name, "identifiers": list(identifiers), **more}, selection)


async def test_identifiers_are_written_whole_and_read_back_in_order(api: Api) -> None:
    duns, crm = {"system": "duns", "value": "54-3"}, {"system": "crm:销售易", "value": "客户 7"}
    made = await organization(api, "阿里巴巴", USCC, duns, crm, selection="id identifiers { id system value }")
    assert [{k: i[k] for k in ("system", "value")} for i in made["identifiers"]] == [crm, duns, USCC]
    kept = {i["system"]: i["id"] for i in made["identifiers"]}
    input = {"id": made["id"], "version": 1, "identifiers": [USCC, duns | {"value": "55"}]}
    changed = await done(api, "organizationUpdate", input, "version identifiers { id system value }")
    assert changed["identifiers"][1] == {"id": kept["uscc"], **USCC}
    assert changed["identifiers"][0]["id"] != kept["duns"]
    again = input | {"version": 2, "identifiers": [duns | {"value": "55"}, USCC, USCC]}
    assert await done(api, "organizationUpdate", again, "version identifiers { id system value }") == changed
    for version, nothing in ((2, None), (3, [])):
        emptied = await done(
            api, "organizationUpdate", {"id": made["id"], "version": version, "identifiers": nothing}, "version identifiers { id }"
        )
        assert emptied == {"version": 3, "identifiers": []}


async def test_identifiers_of_the_greatest_lengths_are_kept(api: Api) -> None:
    long = [{"system": f"{n:02}" + "系" * 98, "value": "值" * 200} for n in range(50)]
    assert (await organization(api, "A", *long, selection="identifiers { system value }"))["identifiers"] == long


@pytest.mark.parametrize(
    ("identifiers", "what", "said"),
    [
        ([{"system": "x" * 101, "value": "1"}], "TOO_LONG identifiers.0.system", too_long(100)),
        ([USCC, {"system": "x", "value": "1" * 201}], "TOO_LONG identifiers.1.value", too_long(200)),
        ([{"system": "x", "value": str(n)} for n in range(51)], "TOO_LONG identifiers", "51 items; at most 50|共 51 项，最多 50 项"),
        ([{"system": "a|b", "value": "1"}], "INVALID identifiers.0.system", "it holds a |, which stands between|含有分隔符 |，请删除"),
        ([{"system": " ", "value": "1"}], "REQUIRED identifiers.0.system", EMPTY),
        ([{"system": "x", "value": ""}], "REQUIRED identifiers.0.value", EMPTY),
    ],
)
async def test_wrong_identifiers_are_refused_by_place(api: Api, identifiers: list[Any], what: str, said: str) -> None:
    if "a|b" in str(identifiers):
        said = "which stands between system and value; leave it out|含有分隔符"
    for name, more in (("personCreate", {}), ("productCreate", {"unitPrice": "1", "currency": "CNY"})):
        await refuses(api, name, {"name": "A", "identifiers": identifiers, **more}, f"InvalidInput {what}", said)


async def test_an_identifier_belongs_to_one_party_or_product(api: Api, writer: Writer) -> None:
    acme = await organization(api, "Acme", USCC)
    product = await done(api, "productCreate", {"name": "M8", "identifiers": [{"system": "sku", "value": "8"}]})
    others = [{"system": "duns", "value": "1"}, USCC]
    for name in ("organizationCreate", "personCreate", "productCreate"):
        double = await refuses(api, name, {"name": "B", "identifiers": others}, DUPLICATE.format(1), TAKEN)
        assert double["existing"] == {"id": acme["id"]}
    ann = await given.person(writer)
    sku = {"id": ann, "version": 1, "identifiers": [{"system": "sku", "value": "8"}]}
    assert (await refuses(api, "personUpdate", sku, DUPLICATE.format(0), TAKEN))["existing"] == {"id": product["id"]}
    assert (await organization(api, "B", USCC | {"system": "USCC"}, {"system": "duns", "value": "1"}))["version"] == 1


async def test_whoever_gives_an_identifier_up_leaves_it_to_others(api: Api) -> None:
    first = await organization(api, "First", USCC)
    await done(api, "organizationUpdate", {"id": first["id"], "version": 1, "identifiers": []})
    second = await organization(api, "Second", USCC)
    await done(api, "organizationDelete", {"id": second["id"]})
    third = await organization(api, "Third", USCC)
    assert (await api(BY, by=USCC))["party"] == {"name": "Third"}
    taken = "another one has '91330100799655058B' of 'uscc'|“uscc”的“91330100799655058B”已属于另一对象"
    double = await refuses(api, "organizationRestore", {"id": second["id"]}, "Duplicate DUPLICATE id", taken)
    assert double["existing"] == {"id": third["id"]}
    await done(api, "organizationDelete", {"id": third["id"]})
    assert (await api(BY, by=USCC))["party"] is None
    await done(api, "organizationRestore", {"id": second["id"]})
    assert (await api(BY, by=USCC))["party"] == {"name": "Second"}


@pytest.mark.parametrize(
    ("system", "value", "found"),
    [
        ("crm", "Ren\u00e9 7", "A"),
        ("crm", "Rene\u0301 7", "A"),
        (" crm ", "Ren\u00e9  7", "A"),
        ("crm", "ren\u00e9 7", None),
        ("CRM", "Ren\u00e9 7", None),
        ("crm", "a|b", "A"),
        ("crm|a", "b", None),
        ("", "Ren\u00e9 7", None),
    ],
)
async def test_a_party_is_found_by_what_others_call_it(api: Api, system: str, value: str, found: str | None) -> None:
    await organization(api, "A", {"system": "crm", "value": "Ren\u00e9 7"}, {"system": "crm", "value": "a|b"})
    assert (await api(BY, by={"system": system, "value": value}))["party"] == (found and {"name": found})


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ('some: { system: { eq: "duns" } }', "A B"),
        ('some: { system: { eq: "duns" }, value: { gt: "1" } }', "B"),
        ('some: { value: { startsWith: "9133" } }', "A"),
        ('none: { system: { startsWith: "USC", mode: INSENSITIVE } }', "B C"),
        ('all: { system: { ne: "uscc" } }', "B C"),
        ("none: {}", "C"),
    ],
)
async def test_parties_are_found_by_their_identifiers(api: Api, condition: str, found: str) -> None:
    await organization(api, "A", USCC, {"system": "duns", "value": "1"})
    await organization(api, "B", {"system": "duns", "value": "2"})
    await organization(api, "C")
    assert await Listing(api, "parties").where(f"identifiers: {{ {condition} }}") == found.split()


async def test_identifiers_of_who_is_hidden_or_deleted_are_nowhere(api: Api) -> None:
    shown = "id identifiers { id }"
    hidden = await organization(api, "Hidden", USCC, selection=shown, notes="secret")
    gone = await organization(api, "Gone", {"system": "duns", "value": "1"}, selection=shown)
    await done(api, "organizationDelete", {"id": gone["id"]})
    api.viewer = SECRET
    assert (await api(BY, by=USCC))["party"] is None
    assert await Listing(api, "parties").where('identifiers: { some: { system: { in: ["uscc", "duns"] } } }') == []
    double = await refuses(api, "personCreate", {"name": "B", "identifiers": [USCC]}, DUPLICATE.format(0), TAKEN)
    assert double["existing"] is None
    for owner in (hidden, gone):
        assert (await api("query($id: ID!) { node(id: $id) { id } }", id=owner["identifiers"][0]["id"]))["node"] is None
