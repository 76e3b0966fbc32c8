"""One statement a root, and its text is the same for the same shape: the engines plan by text."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from graphql import get_named_type

from tests.graph.projection.comparison import CORE, Asking
from tests.graph.projection.documents import resolved


@contextmanager
def heard(asking: Asking) -> Iterator[list[str]]:
    """The texts of the statements that run inside."""
    texts: list[str] = []
    observers = asking.writer.database.observers
    observers.append(lambda statement: texts.append(statement.query))
    try:
        yield texts
    finally:
        observers.pop()


def _roots() -> list[str]:
    query = CORE.query_type
    assert query is not None
    return [name for name in query.fields if not resolved(query, name)]


@pytest.mark.parametrize("root", _roots())
async def test_one_statement_answers_a_root(asking: list[Asking], root: str) -> None:
    query = CORE.query_type
    assert query is not None
    core = query.fields[root]
    arguments = '(ids: ["p1", "o1", "t1"])' if "ids" in core.args else '(id: "p1")' if "id" in core.args else "(first: 3)"
    page = "{ totalCount nodes { id } edges { cursor } pageInfo { hasNextPage } }"
    body = page if get_named_type(core.type).name.endswith("Connection") else "{ id __typename }"
    with heard(asking[0]) as texts:
        await asking[0].compare(f"{{ {root}{arguments} {body} }}")
    # The log asks first how far it goes.
    texts = [text for text in texts if ":Counter" not in text]
    assert len(texts) == 2, "one by ordinary execution, one shaped"


@pytest.mark.parametrize("page", ["nodes { id }", "totalCount nodes { id }", "edges { cursor }", "totalCount", "__typename"])
async def test_a_page_is_one_record(asking: list[Asking], page: str) -> None:
    with asking[0].writer.database.recording() as statements:
        await asking[0].compare(f"{{ people(first: 3, orderBy: [{{ shortName: ASC }}]) {{ {page} }} }}")
    assert [statement.rows for statement in statements] == [1, 1]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ('{ people(where: { name: { eq: "A" } }) { nodes { id } } }', '{ people(where: { name: { eq: "B\'}" } }) { nodes { id } } }'),
        ("{ people(first: 1) { nodes { id } } }", "{ x: people(first: 9) { y: nodes { z: id } } }"),
        ('{ person(id: "p1") { roles(asOf: "2021-01-01") } }', '{ person(id: "x") { roles(asOf: "2022-01-01") } }'),
        (
            "{ organizations(where: { own: { eq: true } }) { totalCount } }",
            "{ organizations(where: { own: { eq: false } }) { totalCount } }",
        ),
    ],
)
async def test_other_values_leave_the_text_as_it_is(asking: list[Asking], one: str, other: str) -> None:
    with heard(asking[1]) as texts:
        await asking[1].compare(one)
        await asking[1].compare(other)
    assert len(texts) == 4
    assert texts[:2] == texts[2:]
