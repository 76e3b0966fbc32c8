"""How every list is paged: twenty at a time unless asked otherwise, two hundred at most, from either end."""

from __future__ import annotations

from typing import Any

import pytest

from graph.database import Transaction
from graph.writing import Writer
from tests.schema.conftest import Api
from tests.schema.listing import Listing

MANY = 203

_MADE = """
UNWIND $rows AS row
CREATE (o:Node:Party:Organization {id: row.id, name: row.name, own: false, domains: [], tags: [], kind: 'COMPANY', version: 1})
SET o.sort_name = row.name, o.search_text = row.name, o.created_at = $now, o.updated_at = $now
"""


@pytest.fixture
async def names(api: Api, writer: Writer) -> list[str]:
    """So many organizations that no page holds them all; their names in order."""
    names = [f"n{number:03}" for number in range(MANY)]
    rows = [{"id": writer.ids.new(), "name": name} for name in names]

    async def work(transaction: Transaction) -> None:
        await transaction.run(_MADE, {"rows": rows, "now": writer.now()})

    await writer.database.write(work)
    return names


@pytest.mark.parametrize("root", ["organizations", "parties"])
async def test_a_page_is_as_long_as_asked_and_counts_all(api: Api, names: list[str], root: str) -> None:
    pages: list[tuple[str, list[str], bool, bool]] = [
        ("", names[:20], True, False),
        ("first: 1", names[:1], True, False),
        ("first: 199", names[:199], True, False),
        ("first: 200", names[:200], True, False),
        ("first: null", names[:20], True, False),
        ("last: 1", names[-1:], False, True),
        ("last: 30", names[-30:], False, True),
        ("last: 200", names[-200:], False, True),
        ("last: 3, first: null", names[-3:], False, True),
        ("first: 0", [], True, False),
        ("last: 0", [], False, True),
    ]
    for arguments, found, following, preceding in pages:
        page = await Listing(api, root).page(f"{arguments} orderBy: [{{ name: ASC }}]")
        info = page["pageInfo"]
        assert [node["name"] for node in page["nodes"]] == found, arguments
        assert (info["hasNextPage"], info["hasPreviousPage"], page["totalCount"]) == (following, preceding, MANY), arguments


async def test_a_page_may_lie_between_two_cursors(api: Api, names: list[str]) -> None:
    order = "orderBy: [{ name: ASC }]"
    edges = (await Listing(api, "organizations").page(f"first: 50 {order}"))["edges"]
    after, before = edges[9]["cursor"], edges[40]["cursor"]

    async def between(arguments: str) -> list[str]:
        page = await Listing(api, "organizations").page(f'{arguments} after: "{after}", before: "{before}" {order}')
        assert page["totalCount"] == MANY
        return [node["name"] for node in page["nodes"]]

    assert await between("") == names[10:30]
    assert await between("first: 200") == names[10:40]
    assert await between("first: 3") == names[10:13]
    assert await between("last: 3") == names[37:40]
    after, before = before, after
    assert await between("first: 200") == []


WRONG: list[tuple[str, str]] = [
    ("first: 201", "between 0 and 200"),
    ("last: 201", "between 0 and 200"),
    ("first: -1", "between 0 and 200"),
    ("last: -1", "between 0 and 200"),
    ("first: 2147483647", "between 0 and 200"),
    ("first: 1, last: 1", "not both"),
    ("first: 0, last: 0", "not both"),
    ('after: ""', "not a cursor"),
    ('before: "x"', "not a cursor"),
    ('after: "W10="', "not a cursor"),
    ('before: "\\ud83d\\ude00"', "not a cursor"),
]


@pytest.mark.parametrize("root", ["organizations", "people", "parties", "products", "orders", "interactions", "referrals", "changes"])
async def test_a_page_that_cannot_be_is_refused_by_every_list(api: Api, root: str) -> None:
    for arguments, part in WRONG:
        answered: Any = await api.result(f'{{ {root}({arguments}) {{ totalCount nodes {{ id }} }} party(by: {{ id: "x" }}) {{ id }} }}')
        (error,) = answered.errors
        assert part in error.message, arguments
        assert (error.path, answered.data) == ([root], {root: None, "party": None})


async def test_lists_inside_of_objects_have_the_same_bounds(api: Api, names: list[str]) -> None:
    for arguments, part in WRONG:
        ((message, _),) = await api.errors(f"{{ organizations(first: 1) {{ nodes {{ owns({arguments}) {{ nodes {{ id }} }} }} }} }}")
        assert part in message, arguments


async def test_the_cursor_of_one_page_goes_on_although_its_row_is_gone(api: Api, names: list[str], writer: Writer) -> None:
    order = "orderBy: [{ name: ASC }]"
    page = await Listing(api, "organizations", "id name").page(f"first: 5 {order}")
    query = "MATCH (n:Node {id: $id}) SET n.deleted_at = $now"

    async def work(transaction: Transaction) -> None:
        await transaction.run(query, {"id": page["nodes"][-1]["id"], "now": writer.now()})

    await writer.database.write(work)
    following = await Listing(api, "organizations").page(f'first: 2, after: "{page["pageInfo"]["endCursor"]}" {order}')
    assert ([node["name"] for node in following["nodes"]], following["totalCount"]) == (names[5:7], MANY - 1)
    preceding = await Listing(api, "organizations").page(f'last: 2, before: "{page["pageInfo"]["endCursor"]}" {order}')
    assert [node["name"] for node in preceding["nodes"]] == names[2:4]
