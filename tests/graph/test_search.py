from __future__ import annotations

import re
from typing import Any, LiteralString

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from graph import search, text
from graph.database import Database
from graph.search import Hit, Place
from tests.graph import given as graph_given

TODAY = "2026-07-01"
ODD = [
    "", " ", "\t\n", "*", "?", "(", ")", '"', "'", "\\", "/", "a/b/", "~", "張~0.5", "^", "a^9", "-", "--", "+a -b", "!", "&&", "||", "AND",
    "OR NOT", "NOT", "a AND", "(a OR", "[a TO b]", "{a TO *}", "search_text:a", ":", "*:*", "$query", "`n`", "'; DROP", "a*b?c", "\u0000",
    "\ufeff", "😀", "é̂", "ﷺ", "İ", "ß", "a" * 5000, "张" * 500, "a b " * 500, "アbc", "हिन्दी", "ไทย", "\u202eabc", "_", "1e309", "null",
]  # fmt: skip
EXPECTED = {
    "张伟": ["zhang"],
    "伟": ["zhang"],
    "张 伟": ["zhang"],
    "zhangwei": ["zhang"],
    "zhang wei": ["zhang"],
    "ZHANGW": ["zhang"],
    "zw": ["zhang"],
    "muller": ["muller"],
    "MÜLLER, Jürgen": ["muller"],
    "obrien": ["obrien"],
    "o'brien": ["obrien"],
    "o brien": ["obrien"],
    "will": ["will"],
    "an": ["will"],
    "华民": ["huawei"],
    "技术": ["huawei"],
    "术技": [],
    "hm": ["huawei"],
    "huamin": ["huawei", "obrien"],
    "hw@huamin.com": ["obrien"],
    "采购": ["muller"],
    "purchas": ["muller"],
    "报价": ["talk"],
    "quarterly": ["talk"],
    "chai": ["chai"],
    "acme": ["acme", "acmes"],
    "nobody": [],
    "will zhang": [],
}


async def party(database: Database, label: LiteralString, id: str, name: str, **fields: Any) -> None:
    stored = {
        "id": id,
        "name": name,
        "sort_name": text.sort_name(name),
        "search_text": text.search_text(name, fields.get("short_name"), *fields.get("other_names", [])),
        **fields,
    }
    await graph_given.run(database, "CREATE (n:Node:Party) SET n += $stored", stored=stored)
    await graph_given.run(database, "MATCH (n:Node {id: $id}) SET n:" + label, id=id)


async def position(database: Database, holder: str, id: str, title: str, until: str | None = None) -> None:
    fields = {"id": id, "title": title, "search_text": text.search_text(title), "until": until}
    query: LiteralString = "MATCH (p:Node {id: $holder}) CREATE (p)-[:HOLDS]->(n:Node:Position) SET n += $fields"
    await graph_given.run(database, query, holder=holder, fields=fields)


async def contact_point(database: Database, owner: str, id: str, value: str, **fields: str) -> None:
    stored = {"id": id, "value": value, "search_text": text.search_text(value), **fields}
    query: LiteralString = "MATCH (p:Node {id: $owner}) CREATE (p)-[:REACHED_AT]->(n:Node:ContactPoint) SET n += $stored"
    await graph_given.run(database, query, owner=owner, stored=stored)


async def found(database: Database, typed: str, **options: Any) -> list[str]:
    return [hit.id for hit in await search.hits(database, typed, today=TODAY, **options)]


@pytest.fixture
async def world(database: Database) -> Database:
    await party(database, "Person", "zhang", "张伟")
    await party(database, "Person", "muller", "Jürgen Müller")
    await party(database, "Person", "obrien", "Conor O’Brien")
    await party(database, "Person", "will", "Will An")
    await party(database, "Organization", "huawei", "华北为民技术有限公司", short_name="华民", other_names=["Huamin Ltd"])
    await party(database, "Organization", "acme", "Acme")
    await party(database, "Organization", "acmes", "Acme Services")
    await position(database, "muller", "cpo", "采购总监 Head of Purchasing")
    await position(database, "will", "past", "采购经理", until="2020-01-01")
    await contact_point(database, "obrien", "mail", "hw@huamin.com")
    await graph_given.run(
        database,
        "CREATE (:Node:Product {id: 'chai', name: 'Chai', sort_name: 'chai', search_text: 'chai', category: 'Beverages'}) "
        "CREATE (:Node:Interaction {id: 'talk', subject: '报价 quarterly offer', occurred_at: '2026-05-01', search_text: $folded})",
        folded=text.search_text("报价 quarterly offer"),
    )
    return database


class TestQuery:
    @pytest.mark.parametrize(
        ("typed", "query"),
        [
            ("wei", "(wei)^4 OR (wei*)"),
            ("Zhang  WEI", "(zhang AND wei)^4 OR (zhang* AND wei*) OR zhangwei*"),
            ("张伟", "(张 AND 伟)^4 OR (张* AND 伟*)"),
            ("3M华为", "(3m AND 华 AND 为)^4 OR (3m* AND 华* AND 为*)"),
            ("O'Brien", "(obrien)^4 OR (obrien*)"),
            ("a OR b", "(a AND or AND b)^4 OR (a* AND or* AND b*) OR aorb*"),
        ],
    )
    def test_asks_for_every_word_or_its_beginning(self, typed: str, query: str) -> None:
        assert search.fulltext(typed) == query

    @pytest.mark.parametrize("typed", ["", "   ", "*", "😀", "\\", "-- !"])
    def test_is_none_for_what_has_no_word(self, typed: str) -> None:
        assert search.fulltext(typed) is None
        assert search.parameters(typed, today=TODAY) is None

    @given(st.text())
    @example("a" * 10_000)
    @example("张" * 10_000)
    def test_stays_small_and_holds_no_syntax_of_the_user(self, typed: str) -> None:
        query = search.fulltext(typed) or ""
        assert len(query) < 4000
        words = re.sub(r"\^4 OR | OR (?=\w+\*$)| AND |[*()]", " ", query).split()
        assert all(character not in word for word in words for character in '+-!{}[]^"~?:\\/&|')
        assert not {"AND", "OR", "NOT"} & set(words)


class TestHits:
    async def test_finds(self, world: Database) -> None:
        assert {typed: await found(world, typed) for typed in EXPECTED} == EXPECTED

    async def test_finds_on_every_keystroke(self, world: Database) -> None:
        for name, id in {
            "zhangwei": "zhang",
            "zhang wei": "zhang",
            "华北为民": "huawei",
            "Jürgen M": "muller",
            "O'Brien": "obrien",
        }.items():
            for end in range(1, len(name) + 1):
                assert id in await found(world, name[:end]), name[:end]

    async def test_whatever_is_typed_is_safe(self, world: Database) -> None:
        for typed in ODD:
            assert isinstance(await found(world, typed), list)

    @given(st.text(max_size=40))
    @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    async def test_whatever_is_typed_is_safe_and_one_statement(self, world: Database, typed: str) -> None:
        with world.recording() as statements:
            await search.hits(world, typed, today=TODAY)
        assert len(statements) == (search.fulltext(typed) is not None)
        assert all(statement.error is None for statement in statements)

    async def test_takes_only_the_types_asked_for(self, world: Database) -> None:
        assert await found(world, "huamin", types=["PERSON"]) == ["obrien"]
        assert await found(world, "chai", types=["PERSON", "ORGANIZATION", "INTERACTION"]) == []
        assert await found(world, "chai", types=["PRODUCT"]) == ["chai"]
        assert await found(world, "offer", types=["INTERACTION"]) == ["talk"]
        assert await found(world, "chai", types=[]) == []

    async def test_leaves_out_what_is_deleted(self, world: Database) -> None:
        query: LiteralString = (
            "MATCH (n:Node) WHERE n.id IN ['zhang', 'cpo', 'mail', 'talk'] SET n.deleted_at = '2026-01-01T00:00:00.000000Z'"
        )
        await graph_given.run(world, query)
        assert [await found(world, typed) for typed in ("张伟", "采购", "hw", "offer")] == [[], [], [], []]

    async def test_leaves_out_the_position_of_a_deleted_holder(self, world: Database) -> None:
        await graph_given.run(world, "MATCH (n:Node {id: 'muller'}) SET n.deleted_at = '2026-01-01T00:00:00.000000Z'")
        assert await found(world, "采购") == []

    async def test_a_position_that_ended_finds_nobody(self, world: Database) -> None:
        assert await found(world, "采购经理") == []
        assert [hit.id for hit in await search.hits(world, "采购经理", today="2019-12-31")] == ["will"]

    async def test_sees_what_was_changed(self, world: Database) -> None:
        query: LiteralString = "MATCH (n:Node {id: 'acme'}) SET n.name = 'Zenith', n.search_text = 'zenith'"
        await graph_given.run(world, query)
        assert (await found(world, "acme"), await found(world, "zenith")) == (["acmes"], ["acme"])


class TestOrder:
    async def test_the_best_comes_first(self, database: Database) -> None:
        await party(database, "Person", "token", "Peter Lin")
        await party(database, "Person", "begun", "Linda Zoe")
        await party(database, "Person", "inner", "Anna Linde")
        await party(database, "Person", "exact", "Lin")
        await party(database, "Person", "holder", "Boris")
        await position(database, "holder", "p", "Line manager")
        await party(database, "Person", "apart", "Xaver Linus")
        await graph_given.run(database, "MATCH (n:Node {id: 'apart'}) SET n.search_text = 'xaver linus'")
        assert await found(database, "lin") == ["exact", "begun", "token", "inner", "apart", "holder"]

    async def test_pinyin_typed_apart_is_as_good_as_together(self, world: Database) -> None:
        await party(world, "Person", "wei", "韦张")
        for typed in ("zhangwei", "zhang wei", "zhangwe", "zhang we"):
            first, *_ = await search.hits(world, typed, today=TODAY)
            assert (first.id, first.place.rank) == ("zhang", 2 if typed.endswith("wei") else 3), typed

    async def test_a_whole_address_is_as_good_as_a_name(self, world: Database) -> None:
        await party(world, "Organization", "other", "HW Huamin Com")
        (first, second) = await search.hits(world, "hw@huamin.com", today=TODAY)
        assert (first.id, first.place.rank, second.id, second.place.rank) == ("obrien", 0, "other", 1)

    async def test_names_sort_by_pinyin_after_latin_and_ties_by_id(self, database: Database) -> None:
        for id, name in (("d", "赵敏"), ("c", "安敏"), ("b", "Min Zhao"), ("a", "Min Zhao")):
            await party(database, "Person", id, name)
        assert await found(database, "min") == ["a", "b", "c", "d"]

    async def test_newer_interactions_come_first(self, database: Database) -> None:
        rows = [
            {"id": str(day), "occurred_at": f"2026-05-0{day}T00:00:00.000000Z", "subject": "offer", "search_text": "offer"}
            for day in (2, 3, 1)
        ]
        await graph_given.run(database, "UNWIND $rows AS row CREATE (n:Node:Interaction) SET n += row", rows=rows)
        assert await found(database, "offer") == ["3", "2", "1"]

    async def test_pages_cover_everything_once(self, database: Database) -> None:
        for number in range(7):
            await party(database, "Person", f"p{number}", "Lin Fan" if number % 2 else "Fan Lin")
        rows = [{"id": f"i{day}", "occurred_at": f"2026-05-0{day}", "subject": "lin", "search_text": "x lin"} for day in (1, 2, 3)]
        await graph_given.run(database, "UNWIND $rows AS row CREATE (n:Node:Interaction) SET n += row", rows=rows)
        pages: list[Hit] = []
        while page := await search.hits(database, "lin", today=TODAY, first=3, after=pages[-1].place if pages else None):
            assert len(page) <= 3
            pages += page
        assert [hit.id for hit in pages] == await found(database, "lin") == ["p1", "p3", "p5", "p0", "p2", "p4", "p6", "i3", "i2", "i1"]


class TestEvidence:
    async def test_names_the_fields_and_shows_their_texts(self, world: Database) -> None:
        async def evidence(typed: str) -> list[tuple[list[str], list[str]]]:
            return [(hit.matched_on, hit.highlights) for hit in await search.hits(world, typed, today=TODAY)]

        assert await evidence("zhangw") == [(["name"], ["张伟"])]
        assert await evidence("huamin") == [
            (["shortName", "otherNames"], ["华民", "Huamin Ltd"]),
            (["contactPoints"], ["hw@huamin.com"]),
        ]
        assert await evidence("采购") == [(["positions"], ["采购总监 Head of Purchasing"])]
        assert await evidence("offer") == [(["subject"], ["报价 quarterly offer"])]

    async def test_one_thing_found_twice_is_one_hit(self, world: Database) -> None:
        await contact_point(world, "zhang", "m2", "zhangwei@example.com")
        await contact_point(world, "zhang", "m1", "zhangwei@acme.com")
        (hit,) = await search.hits(world, "zhangwei", today=TODAY)
        assert hit.matches == (("name", "张伟"), ("contactPoints", "zhangwei@acme.com"), ("contactPoints", "zhangwei@example.com"))
        assert (hit.type, hit.place) == ("PERSON", Place(2, text.sort_name("张伟"), "", "zhang"))

    async def test_a_number_found_by_another_form_is_shown(self, database: Database) -> None:
        await party(database, "Person", "a", "张伟")
        await contact_point(database, "a", "m", "+8613800138000", search_text="8613800138000 13800138000")
        for typed in ("138", "13800 138000", "+86 138"):
            (hit,) = await search.hits(database, typed, today=TODAY)
            assert hit.matches == (("contactPoints", "+8613800138000"),)

    async def test_a_field_that_did_not_match_is_not_named(self, database: Database) -> None:
        await party(database, "Person", "a", "张伟", other_names=["golf", "高尔夫"], family_name="张")
        (hit,) = await search.hits(database, "gol", today=TODAY)
        assert hit.matches == (("otherNames", "golf"),)
        (hit,) = await search.hits(database, "高尔夫 张", today=TODAY)
        assert hit.matches == (("name", "张伟"), ("otherNames", "高尔夫"), ("familyName", "张"))


# Beyond the basic plane the analyzers take only Han for words: what is written in Tangut or emoji alone is not found (docs/engines.md).
@given(st.text(st.characters(codec="utf-8", max_codepoint=0xFFFF), min_size=1, max_size=30))
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example("〇々仝")
@example("𠮷野")
@example("ひらがな カタカナ한글")
@example("abc华为def アbc")
async def test_every_name_is_found_by_itself(database: Database, name: str) -> None:
    await party(database, "Person", "self", name)
    try:
        assert await found(database, name) == (["self"] if text.fold(name) else [])
    finally:
        await graph_given.run(database, "MATCH (n:Node {id: 'self'}) DETACH DELETE n")
