"""What a reader may ask for, through the schema; each answer is checked in both ways of execution."""

from __future__ import annotations

from typing import Any

import pytest
from graphql import GraphQLError

from graph import acquaintances, customers, products
from graph.acquaintances import AcquaintanceStart
from graph.customers import CustomerStart
from graph.products import ProductCreate
from graph.projection.context import Viewer
from graph.writing import Writer
from tests.graph import given
from tests.graph.contacts import record
from tests.schema.conftest import Api

STRICT = Viewer(
    "user:2",
    "Bob",
    rules={"Person": "node.notes IS NULL OR node.notes <> 'secret'", "Organization": "node.notes IS NULL OR node.notes <> 'secret'"},
    hidden=frozenset({"Person.email", "Organization.industry"}),
)


async def company(writer: Writer) -> dict[str, str]:
    """Two of ours, an organization with three people, one of them hidden from a strict viewer."""
    ids = {"own": await given.own(writer), "acme": await given.organization(writer, "Acme", industry="Steel", shortName="AC")}
    for name, extra in (("Ann", {}), ("Bo", {"notes": "secret"}), ("李娜", {"salutation": "李总"})):
        ids[name] = await given.person(writer, name, **extra)
        ids[f"{name} position"] = await given.position(writer, ids[name], ids["acme"], title=f"Title of {name}", since="2020")
    ids["Eve"] = await given.person(writer, "Eve")
    await given.position(writer, ids["Eve"], ids["own"], since="2021-05")
    return ids


async def names(api: Api, arguments: str, root: str = "people") -> list[str]:
    data = await api(f"{{ {root}({arguments}) {{ nodes {{ name }} }} }}")
    return [n["name"] for n in data[root]["nodes"]]


async def test_one_statement_answers_a_whole_tree(api: Api, writer: Writer) -> None:
    ids = await company(writer)
    before = writer.database.statements
    document = (
        "query($id: ID!) { organization(id: $id) { name positions { totalCount nodes { title person { name } organization { name } } } } }"
    )
    result = await api.result(document, id=ids["acme"])
    assert result.data is not None
    assert result.data["organization"]["positions"]["totalCount"] == 3
    assert writer.database.statements - before == 2  # one by ordinary completion, one shaped


async def test_names_sort_by_pinyin_after_latin(api: Api, writer: Writer) -> None:
    await company(writer)
    assert await names(api, "orderBy: [{ name: ASC }]") == ["Ann", "Bo", "Eve", "李娜"]
    assert await names(api, "orderBy: [{ name: DESC }]") == ["李娜", "Eve", "Bo", "Ann"]


async def test_what_has_no_value_comes_last_either_way(api: Api, writer: Writer) -> None:
    await given.person(writer, "A", familyName="Zhou")
    await given.person(writer, "B")
    await given.person(writer, "C", familyName="An")
    assert await names(api, "orderBy: [{ familyName: ASC }]") == ["C", "A", "B"]
    assert await names(api, "orderBy: [{ familyName: DESC }]") == ["A", "C", "B"]


@pytest.mark.parametrize("order", ["", "orderBy: [{ name: DESC }],", "orderBy: [{ familyName: ASC }, { name: ASC }],"])
async def test_pages_join_without_gap_or_double(api: Api, writer: Writer, order: str) -> None:
    for i in range(7):
        await given.person(writer, f"P{i}", **({"familyName": f"F{i % 2}"} if i % 3 else {}))
    everybody = await names(api, f"{order} first: 100")
    forward, after = [], ""
    while True:
        page = (await api(f"{{ people({order} first: 3 {after}) {{ nodes {{ name }} pageInfo {{ hasNextPage endCursor }} }} }}"))["people"]
        forward += [n["name"] for n in page["nodes"]]
        after = f'after: "{page["pageInfo"]["endCursor"]}"'
        if not page["pageInfo"]["hasNextPage"]:
            break
    backward: list[str] = []
    before = ""
    while True:
        page = (await api(f"{{ people({order} last: 3 {before}) {{ nodes {{ name }} pageInfo {{ hasPreviousPage startCursor }} }} }}"))[
            "people"
        ]
        backward = [n["name"] for n in page["nodes"]] + backward
        before = f'before: "{page["pageInfo"]["startCursor"]}"'
        if not page["pageInfo"]["hasPreviousPage"]:
            break
    assert forward == backward == everybody


async def test_pages_are_stable_while_rows_come_and_go(api: Api, writer: Writer) -> None:
    ids = [await given.person(writer, f"P{i}") for i in range(4)]
    page = (await api("{ people(first: 2, orderBy: [{ name: ASC }]) { nodes { name } pageInfo { endCursor } } }"))["people"]
    await given.person(writer, "P0a")
    await given.run(writer.database, "MATCH (n:Node {id: $id}) SET n.deleted_at = '2026-01-01T00:00:00.000000Z'", id=ids[1])
    assert await names(api, f'first: 5, orderBy: [{{ name: ASC }}], after: "{page["pageInfo"]["endCursor"]}"') == ["P2", "P3"]


async def test_filters_reach_through_relations(api: Api, writer: Writer) -> None:
    await company(writer)
    some = 'where: { positions: { some: { title: { contains: "ann", mode: INSENSITIVE } } } }'
    assert await names(api, some) == ["Ann"]
    none = 'orderBy: [{ name: ASC }], where: { positions: { none: { organization: { name: { eq: "Acme" } } } } }'
    assert await names(api, none) == ["Eve"]
    assert await names(api, 'where: { employee: { since: { gte: "2021" } } }') == ["Eve"]
    either = 'orderBy: [{ name: ASC }], where: { or: [{ name: { eq: "Ann" } }, { not: { salutation: { isNull: true } } }] }'
    assert await names(api, either) == ["Ann", "李娜"]
    assert await names(api, "where: { id: { in: [] } }") == []


async def test_the_opposite_of_unknown_matches(api: Api, writer: Writer) -> None:
    await given.person(writer, "A", salutation="王总")
    await given.person(writer, "B")
    assert await names(api, 'where: { not: { salutation: { eq: "王总" } } }') == ["B"]
    assert await names(api, 'where: { salutation: { ne: "王总" } }') == []


async def test_null_in_a_filter_is_an_error_that_points_to_is_null(api: Api) -> None:
    ((message, path),) = await api.errors("{ people(where: { salutation: null }) { totalCount } }")
    assert "isNull" in message
    assert path == ["people"]
    ((message, _),) = await api.errors("query($x: String) { people(where: { salutation: { eq: $x } }) { totalCount } }", x=None)
    assert "isNull" in message


async def test_an_absent_variable_is_absent(api: Api, writer: Writer) -> None:
    await given.person(writer, "A")
    data = await api("query($x: StringFilter) { people(where: { salutation: $x }) { totalCount } }")
    assert data["people"]["totalCount"] == 1


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        ("first: -1", "between 0 and 200"),
        ("first: 201", "between 0 and 200"),
        ("first: 1, last: 1", "not both"),
        ('after: "x"', "not a cursor"),
        ('after: "bnVsbA"', "not a cursor"),
    ],
)
async def test_wrong_pages_are_refused_by_name(api: Api, arguments: str, part: str) -> None:
    ((message, path),) = await api.errors(f"{{ people({arguments}) {{ totalCount nodes {{ id }} }} }}")
    assert part in message
    assert path == ["people"]


async def test_a_cursor_of_another_order_is_refused(api: Api, writer: Writer) -> None:
    await given.person(writer, "A")
    page = (await api("{ people(orderBy: [{ name: ASC }]) { pageInfo { endCursor } } }"))["people"]
    ((message, _),) = await api.errors(f'{{ people(after: "{page["pageInfo"]["endCursor"]}") {{ nodes {{ id }} }} }}')
    assert "another list or order" in message


async def test_too_many_rows_are_refused_before_they_are_read(api: Api) -> None:
    deep = "{ people(first: 200) { nodes { positions(first: 200) { nodes { reports(first: 200) { nodes { id } } } } } } }"
    ((message, path),) = await api.errors(deep)
    assert "smaller pages" in message
    assert path == ["people"]


async def test_one_fault_does_not_erase_the_rest(api: Api, writer: Writer) -> None:
    await given.person(writer, "A")
    result = await api.result("{ bad: people(first: -1) { totalCount } good: people { totalCount } }")
    assert result.data == {"bad": None, "good": {"totalCount": 1}}


async def test_aliases_fragments_and_directives(api: Api, writer: Writer) -> None:
    ids = await company(writer)
    document = """
        query($id: ID!, $no: Boolean!) {
          a: node(id: $id) { ...who b: __typename ... on Organization { industry } }
          party: party(by: { id: $id }) { name @skip(if: $no) again: name @include(if: $no) tags }
        }
        fragment who on Party { id title: name ... on Organization { title: name kind } }
    """
    data = await api(document, id=ids["acme"], no=True)
    assert data["a"] == {"id": ids["acme"], "title": "Acme", "b": "Organization", "industry": "Steel", "kind": "COMPANY"}
    assert data["party"] == {"again": "Acme", "tags": []}


async def test_an_object_of_which_everything_is_skipped_is_there(api: Api, writer: Writer) -> None:
    ids = await company(writer)
    document = """query($id: ID!) { organization(id: $id) { id @skip(if: true) } node(id: $id) { id @skip(if: true) }
        organizations(first: 1) { nodes { name @skip(if: true) } } }"""
    assert await api(document, id=ids["acme"]) == {"organization": {}, "node": {}, "organizations": {"nodes": [{}]}}


async def test_lists_are_compared_at_the_end_of_a_link(api: Api, writer: Writer) -> None:
    acme, bolt = await given.organization(writer, "Acme", tags=["vip", "old"]), await given.organization(writer, "Bolt")
    for name, supplier in (("Tea", acme), ("Tin", bolt)):
        await products.create(writer, ProductCreate.parse({"name": name, "supplier": supplier}))
    for condition, found in (
        ("hasSome: [vip, new]", ["Tea"]),
        ("hasSome: []", []),
        ("hasEvery: [vip, old]", ["Tea"]),
        ("hasEvery: [vip, new]", []),
        ("hasEvery: []", ["Tea", "Tin"]),
    ):
        tags = condition.replace("[", '["').replace("]", '"]').replace(", ", '", "').replace('[""]', "[]")
        assert await names(api, f"orderBy: [{{ name: ASC }}], where: {{ supplier: {{ tags: {{ {tags} }} }} }}", "products") == found


async def test_a_customer_today_is_not_one_on_another_day(api: Api, writer: Writer) -> None:
    ids = await company(writer)
    start = {"party": ids["acme"], "since": "2024-01-01", "until": "2025-01-01", "stage": "LOST"}
    await customers.start(writer, CustomerStart.parse(start))
    await customers.start(writer, CustomerStart.parse({**start, "since": "2026-01-01", "until": None, "stage": "GROWING"}))
    document = """query($id: ID!) { organization(id: $id) {
        now: customer { stage } then: customer(asOf: "2024-06-01") { stage } between: customer(asOf: "2025-06-01") { stage }
        roles before: roles(asOf: "2023-01-01") } }"""
    data = (await api(document, id=ids["acme"]))["organization"]
    assert data == {"now": {"stage": "GROWING"}, "then": {"stage": "LOST"}, "between": None, "roles": ["CUSTOMER"], "before": []}
    assert await names(api, "where: { customer: { stage: { eq: GROWING } } }", "customers") == ["Acme"]
    assert await names(api, "where: { customer: { stage: { eq: LOST } } }", "customers") == []


async def test_an_acquaintance_begins_with_the_first_interaction_or_as_declared(api: Api, writer: Writer) -> None:
    ann, bo, cai = [await given.person(writer, name) for name in ("Ann", "Bo", "Cai")]
    # In Shanghai the fifth of March.
    await record(writer, at="2024-03-04T17:00:00Z", FROM=ann, TO=bo)
    await acquaintances.start(writer, AcquaintanceStart.parse({"parties": [ann, cai], "since": "2023"}))
    document = """query($id: ID!, $day: Date) { person(id: $id) { acquaintances(asOf: $day) { nodes { name } } } }"""

    async def known(day: str | None) -> set[str]:
        data = await api(document, id=ann, day=day)
        return {node["name"] for node in data["person"]["acquaintances"]["nodes"]}

    assert [await known(day) for day in ("2022-12-31", "2023-01-01", "2024-03-04")] == [set(), {"Cai"}, {"Cai"}]
    assert await known("2024-03-05") == await known(None) == {"Bo", "Cai"}
    # What interactions show begins with them, whatever is declared besides.
    await acquaintances.start(writer, AcquaintanceStart.parse({"parties": [ann, bo], "since": "2025-01-01"}))
    assert await known("2024-03-05") == {"Bo", "Cai"}


async def test_paths_to_many_at_once_have_a_limit(api: Api, writer: Writer) -> None:
    for number in range(11):
        await given.person(writer, f"Ann {number}")
    document = "{ people { nodes { introductions(first: 100) { strength } } } }"
    (error,) = (await api.result(document)).errors or []
    assert error.message.startswith("More than 1,000 paths in one request: ask for fewer parties")
    assert error.extensions == {"code": "LIMIT_EXCEEDED"}
    assert await api("{ people(first: 10) { nodes { introductions(first: 100) { strength } } } }")


class TestStrictViewer:
    """What one may not read cannot be seen, counted, filtered by or sorted on."""

    async def test_hidden_nodes_are_nowhere(self, api: Api, writer: Writer) -> None:
        ids = await company(writer)
        api.viewer = STRICT
        document = "query($acme: ID!, $bo: ID!, $p: ID!) { node(id: $bo) { id } position(id: $p) { person { id } } people { totalCount } "
        document += "organization(id: $acme) { positions { totalCount nodes { person { name } } } } }"
        data = await api(document, acme=ids["acme"], bo=ids["Bo"], p=ids["Bo position"])
        assert data["node"] is None
        assert data["position"] == {"person": None}
        assert data["people"]["totalCount"] == 3
        assert sorted(str((n["person"] or {}).get("name")) for n in data["organization"]["positions"]["nodes"]) == ["Ann", "None", "李娜"]

    async def test_filters_and_orders_tell_nothing_of_the_hidden(self, api: Api, writer: Writer) -> None:
        await company(writer)
        api.viewer = STRICT
        found = 'where: { positions: { some: { person: { name: { eq: "Bo" } } } } }'
        assert await names(api, found, "organizations") == []
        data = await api("{ positions: organizations { nodes { positions(orderBy: [{ title: ASC }]) { totalCount } } } }")
        assert data["positions"]["nodes"]

    async def test_what_cannot_be_without_the_hidden_is_hidden_too(self, api: Api, writer: Writer) -> None:
        ids = await company(writer)
        hidden = await given.organization(writer, "Hidden", notes="secret")
        position = await given.position(writer, ids["Ann"], hidden, title="Spy")
        api.viewer = STRICT
        document = "query($p: ID!, $a: ID!) { position(id: $p) { id } person(id: $a) { positions { totalCount } } }"
        data = await api(document, p=position, a=ids["Ann"])
        assert data == {"position": None, "person": {"positions": {"totalCount": 1}}}

    @pytest.mark.parametrize(
        "document",
        [
            "{ people { nodes { email } } }",
            '{ people(where: { email: { eq: "x" } }) { totalCount } }',
            "{ people(orderBy: [{ email: ASC }]) { totalCount } }",
            '{ organizations(where: { positions: { some: { person: { email: { eq: "x" } } } } }) { totalCount } }',
            '{ people(where: { position: { organization: { industry: { eq: "Steel" } } } }) { totalCount } }',
        ],
    )
    async def test_hidden_fields_fail_their_root_alone(self, api: Api, document: str) -> None:
        api.viewer = STRICT
        ((message, path),) = await api.errors(document)
        assert "may not read" in message
        assert path is not None
        assert len(path) == 1


async def test_the_text_of_a_statement_holds_nothing_of_the_client(api: Api, writer: Writer) -> None:
    """Plans are cached by text: other values, aliases and page sizes must not change it."""
    texts: list[Any] = []
    writer.database.observers.append(lambda statement: texts.append(statement.query))
    try:
        await api('{ people(first: 2, where: { name: { eq: "A" } }) { nodes { id name } } }')
        await api('{ x: people(first: 9, where: { name: { eq: "B" } }) { y: nodes { a: id b: name } } }')
    finally:
        writer.database.observers.pop()
    assert len(set(texts)) == 1


async def test_wrong_values_are_the_request_s_own_fault(api: Api) -> None:
    """A masked fault of ours carries another error than GraphQL's own."""
    result = await api.result("query($d: DateTime) { people(where: { createdAt: { gt: $d } }) { totalCount } }", d="soon")
    assert result.errors is not None
    assert "soon" in result.errors[0].message
    assert isinstance(result.errors[0].original_error, GraphQLError | None)


async def test_amounts_beyond_all_bounds_are_refused(api: Api) -> None:
    document = "query($q: Decimal) { orders(where: { lines: { some: { quantity: { gt: $q } } } }) { totalCount } }"
    for given_ in ("1e999999", "-1e999999", "1e28", "1e-999999"):
        ((message, _),) = await api.errors(document, q=given_)
        assert "decimals or is too large" in message


async def test_conditions_and_keys_have_a_most(api: Api) -> None:
    many = [{"name": {"contains": str(i)}} for i in range(101)]
    ((message, _),) = await api.errors("query($w: [PersonWhere!]) { people(where: { or: $w }) { totalCount } }", w=many)
    assert "100 conditions" in message
    assert (await api("query($w: [PersonWhere!]) { people(where: { or: $w }) { totalCount } }", w=many[:99]))["people"]["totalCount"] == 0
    ((message, _),) = await api.errors("query($o: [PersonOrder!]) { people(orderBy: $o) { totalCount } }", o=[{"name": "ASC"}] * 11)
    assert "10 at most" in message


async def test_text_matches_however_its_accents_are_composed(api: Api, writer: Writer) -> None:
    await given.person(writer, "Ren\u00e9")
    assert await names(api, 'where: { name: { eq: "Rene\u0301" } }') == ["Ren\u00e9"]
