"""Search through the API, as people type: Chinese, pinyin, initials, accents, addresses, titles, and text that means harm."""

from __future__ import annotations

from typing import Any

import pytest

from graph.writing import Writer
from tests.graph import given
from tests.schema.asking import done
from tests.schema.conftest import Api

FIND = """query($text: String!, $types: [SearchType!], $first: Int, $after: String) {
    search(text: $text, types: $types, first: $first, after: $after) {
        nodes { id } edges { cursor matchedOn highlights node { __typename
            ... on Party { name } ... on Product { product: name } ... on Interaction { subject } } }
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"""


HOSTILE = [
    "", "   ", "*", "?", '"', "'", "\\", "/.*/", "(", "a AND", "NOT", "OR", "a~", "a^9", "[a TO b]", "search_text:a", "*:*", "$query", "\0",
    "%",    "\ufeff", "\u202e", "😀", "_", "--", "'; MATCH (n) DETACH DELETE n //", "`x`", "张" * 10_000, "a b " * 5_000, "(" * 999,
    "null",
]  # fmt: skip


async def page(api: Api, text: str, **options: Any) -> Any:
    found = (await api(FIND, text=text, **options))["search"]
    cursors = [edge["cursor"] for edge in found["edges"]]
    assert len(found["nodes"]) == len(cursors)
    assert [found["pageInfo"][name] for name in ("startCursor", "endCursor")] == ([cursors[0], cursors[-1]] if cursors else [None, None])
    return found


async def found(api: Api, text: str, **options: Any) -> list[str]:
    """What the hits are called, the best first."""
    edges = (await page(api, text, **options))["edges"]
    return [next(edge["node"][name] for name in ("name", "product", "subject") if name in edge["node"]) for edge in edges]


async def why(api: Api, text: str) -> list[tuple[list[str], list[str]]]:
    """Fields and texts of each hit."""
    return [(edge["matchedOn"], edge["highlights"]) for edge in (await page(api, text))["edges"]]


@pytest.fixture
async def world(api: Api, writer: Writer) -> dict[str, str]:
    names = [{"name": "Huamin Technologies", "kind": "TRANSLATION"}]
    points = [
        {"kind": "EMAIL", "value": "hw@huamin.example"},
        {"kind": "MOBILE", "value": "13800138000"},
        {"kind": "WECHAT", "value": "weiwei_88"},
    ]
    acme = await given.organization(
        writer, "华民技术有限公司", shortName="华民", legalName="深圳华民技术", otherNames=names, domains=["huamin.example"]
    )
    zhang = await given.person(writer, "张伟", contactPoints=points)
    renee = await given.person(writer, "Renée Müller-Øster", familyName="Müller-Øster", givenName="Renée")
    await given.position(writer, zhang, acme, title="采购总监", department="供应链", since="2020")
    await given.position(writer, renee, acme, title="Chief Buyer", since="2020", until="2024")
    await given.position(writer, renee, acme, title="Adviser", since="2024")
    await given.person(writer, "单田芳")
    await done(api, "productCreate", {"name": "龙井茶", "category": "绿茶"})
    talk = {
        "channel": "CALL",
        "occurredAt": "2026-06-01T00:00:00Z",
        "subject": "报价 quarterly",
        "participants": [{"role": "FROM", "party": renee}],
    }
    await done(api, "interactionRecord", talk)
    return {"acme": acme, "zhang": zhang, "renee": renee}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("张伟", ["张伟"]),
        ("张 伟", ["张伟"]),
        ("伟", ["张伟"]),
        ("伟张", []),
        ("zhangwei", ["张伟"]),
        ("ZHANG  wei", ["张伟"]),
        ("zhangw", ["张伟"]),
        ("zw", ["张伟"]),
        ("shantianfang", ["单田芳"]),
        ("dantianfang", ["单田芳"]),
        ("stf", ["单田芳"]),
        ("renee", ["Renée Müller-Øster"]),
        ("Rene\u0301e", ["Renée Müller-Øster"]),
        ("MULLER oster", ["Renée Müller-Øster"]),
        ("mül", ["Renée Müller-Øster"]),
        ("华民", ["华民技术有限公司"]),
        ("hmjs", ["华民技术有限公司"]),
        ("huamin tech", ["华民技术有限公司"]),
        ("szhm", ["华民技术有限公司"]),
        ("huamin.example", ["华民技术有限公司", "张伟"]),
        ("hw@huamin.example", ["张伟"]),
        ("13800138000", ["张伟"]),
        ("+86 138 0013 8000", ["张伟"]),
        ("weiwei_88", ["张伟"]),
        ("采购", ["张伟"]),
        ("cgzj", ["张伟"]),
        ("供应链", ["张伟"]),
        ("adviser", ["Renée Müller-Øster"]),
        ("chief buyer", []),
        ("longjing", ["龙井茶"]),
        ("绿茶", ["龙井茶"]),
        ("quarterly", ["报价 quarterly"]),
        ("bj", ["报价 quarterly"]),
        ("ｚｗ", ["张伟"]),
        ("nobody", []),
    ],
)
async def test_people_find_what_they_type(api: Api, world: dict[str, str], text: str, names: list[str]) -> None:
    assert await found(api, text) == names


@pytest.mark.parametrize("whole", ["张伟", "zhangwei", "muller", "龙井茶", "hw@huamin.example", "adviser"])
async def test_every_beginning_finds_it_while_one_types(api: Api, world: dict[str, str], whole: str) -> None:
    (name,) = await found(api, whole)
    for end in range(1, len(whole)):
        if whole[:end].strip("@."):
            assert name in await found(api, whole[:end]), whole[:end]


async def test_hits_tell_where_the_text_was_found(api: Api, world: dict[str, str]) -> None:
    assert await why(api, "华民") == [(["name", "shortName", "legalName"], ["华民技术有限公司", "华民", "深圳华民技术"])]
    assert await why(api, "采购") == [(["positions"], ["采购总监"])]
    assert await why(api, "13800138000") == [(["contactPoints"], ["+8613800138000"])]
    assert await why(api, "Technologies") == [(["otherNames"], ["Huamin Technologies"])]
    assert await why(api, "quarterly") == [(["subject"], ["报价 quarterly"])]
    assert await why(api, "绿茶") == [(["name", "category"], ["龙井茶", "绿茶"])]
    assert await why(api, "renee") == [(["name", "givenName"], ["Renée Müller-Øster", "Renée"])]


async def test_the_best_come_first(api: Api, writer: Writer) -> None:
    for name in ("Anna Acme", "Acme Holding", "Acme", "Xacme"):
        await given.organization(writer, name)
    await given.person(writer, "Bo", contactPoints=[{"kind": "WECHAT", "value": "acme1"}])
    assert await found(api, "ACME") == ["Acme", "Acme Holding", "Anna Acme", "Bo"]


async def test_only_the_types_asked_for(api: Api, world: dict[str, str]) -> None:
    both = ["华民技术有限公司", "张伟"]
    for types, names in ([["ORGANIZATION"], both[:1]], [["PERSON"], both[1:]], [["PRODUCT", "INTERACTION"], []], [[], []], [None, both]):
        assert await found(api, "huamin", types=types) == names, types


async def test_pages_join_without_gap_or_double(api: Api, writer: Writer) -> None:
    for i in range(7):
        await given.person(writer, f"Ann {i % 3}")
    everybody = await page(api, "ann", first=200)
    seen: list[str] = []
    after = None
    while True:
        part = await page(api, "ann", first=2, after=after)
        assert part["pageInfo"]["hasPreviousPage"] is bool(after)
        seen += [node["id"] for node in part["nodes"]]
        after = part["pageInfo"]["endCursor"]
        if not part["pageInfo"]["hasNextPage"]:
            break
    assert seen == [node["id"] for node in everybody["nodes"]]
    assert len(set(seen)) == 7
    assert (await page(api, "ann", first=0))["nodes"] == []


@pytest.mark.parametrize(("options", "part"), [({"first": 201}, "0 and 200"), ({"first": -1}, "0 and 200"), ({"after": "x"}, "cursor")])
async def test_wrong_pages_are_refused_by_name(api: Api, options: dict[str, Any], part: str) -> None:
    ((message, path),) = await api.errors(FIND, text="a", **options)
    assert part in message
    assert path == ["search"]


async def test_a_cursor_of_a_list_is_none_of_a_search(api: Api, world: dict[str, str]) -> None:
    cursor = (await api("{ people { pageInfo { endCursor } } }"))["people"]["pageInfo"]["endCursor"]
    ((message, _),) = await api.errors(FIND, text="a", after=cursor)
    assert "another list or order" in message


@pytest.mark.parametrize("text", HOSTILE)
async def test_hostile_text_finds_nothing_and_harms_nothing(api: Api, writer: Writer, text: str) -> None:
    await given.person(writer, "Zoe")
    assert await found(api, text) == []
    assert await found(api, "zoe") == ["Zoe"]


async def test_what_is_changed_or_deleted_is_found_as_it_is_now(api: Api, world: dict[str, str]) -> None:
    id = world["zhang"]
    await done(api, "personUpdate", {"id": id, "version": 1, "name": "李娜", "contactPoints": []})
    assert await found(api, "zhangwei") == await found(api, "hw@huamin.example") == []
    assert await found(api, "lina") == ["李娜"]
    await done(api, "personDelete", {"id": id})
    assert await found(api, "lina") == await found(api, "采购总监") == []
    await done(api, "personRestore", {"id": id})
    assert await found(api, "采购总监") == ["李娜"]
    # A position cannot be without its organization.
    await done(api, "organizationDelete", {"id": world["acme"]})
    assert await found(api, "采购总监") == []


@pytest.mark.parametrize(
    ("noun", "name", "text", "left"),
    [
        ("person", "zhang", "zw", []),
        ("person", "zhang", "采购", []),
        ("person", "zhang", "hw@huamin.example", []),
        ("organization", "acme", "huamin tech", []),
        ("organization", "acme", "采购", []),
        ("organization", "acme", "huamin.example", ["张伟"]),
        ("product", "tea", "longjing", []),
    ],
)
async def test_what_is_deleted_finds_nothing_until_it_is_back(
    api: Api, world: dict[str, str], noun: str, name: str, text: str, left: list[str]
) -> None:
    ids = world | {"tea": (await api('{ products(where: { name: { eq: "龙井茶" } }) { nodes { id } } }'))["products"]["nodes"][0]["id"]}
    before = await found(api, text)
    await done(api, f"{noun}Delete", {"id": ids[name]})
    assert await found(api, text) == left != before
    await done(api, f"{noun}Restore", {"id": ids[name]})
    assert await found(api, text) == before


@pytest.mark.parametrize(
    ("until", "there"),
    [("2026-07-01", False), ("2026-07-02", True), ("2026-07", False), ("2026-08", True), ("2026", False), ("2027", True)],
)
async def test_a_title_finds_who_has_it_today(api: Api, world: dict[str, str], until: str, there: bool) -> None:
    await done(api, "positionStart", {"organization": world["acme"], "person": world["zhang"], "title": "Treasurer", "until": until})
    assert await found(api, "treasurer") == (["张伟"] if there else [])


async def test_who_has_left_an_address_or_a_place_is_not_found_by_it(api: Api, world: dict[str, str]) -> None:
    await done(api, "personUpdate", {"id": world["zhang"], "version": 1, "contactPoints": []})
    assert [await found(api, text) for text in ("weiwei_88", "13800138000", "zw")] == [[], [], ["张伟"]]
    (held,) = (await api("query($id: ID!) { person(id: $id) { positions { nodes { id } } } }", id=world["zhang"]))["person"]["positions"][
        "nodes"
    ]
    await done(api, "positionUpdate", {"id": held["id"], "version": 1, "person": world["renee"]})
    assert await found(api, "采购") == ["Renée Müller-Øster"]
    await done(api, "positionUpdate", {"id": held["id"], "version": 2, "person": None})
    assert await found(api, "采购") == []
    await done(api, "positionUpdate", {"id": held["id"], "version": 3, "person": world["zhang"], "title": None, "department": None})
    assert await found(api, "采购") == []


async def test_only_so_much_of_what_is_typed_counts(api: Api, writer: Writer) -> None:
    words = [f"word{number:02}" for number in range(16)]
    await given.person(writer, " ".join(words))
    await given.person(writer, "q" * 70)
    assert len(await found(api, " ".join(words))) == 1
    assert await found(api, " ".join([*words[:15], "other"])) == []
    assert len(await found(api, " ".join([*words, "other"]))) == 1
    assert len(await found(api, "q" * 64 + "other")) == 1
    assert await found(api, "q" * 63 + "other") == []
    assert len(await found(api, "word00 " + " " * 193 + "other")) == 1
    assert await found(api, "word00 " + " " * 192 + "other") == []
