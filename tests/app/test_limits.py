"""Hostile requests are refused at once, and as what they are."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from graphql import get_introspection_query, parse

from app.documents import Documents, Refused
from app.errors import Code
from app.limits import Limits, check_document, check_variables
from tests.app import given

LIMITS = Limits()
GRAPHQL = "application/graphql-response+json"


def chain(length: int) -> str:
    """Fragments that spread the next one, as deep as they are many."""
    spreads = "".join(f"fragment F{n} on Query {{ ...F{n + 1} }}\n" for n in range(length))
    return f"{{ ...F0 }}\n{spreads} fragment F{length} on Query {{ hello }}"


def bomb(length: int) -> str:
    """Each fragment holds the next one twice: 2 ** length fields out of a few lines."""
    spreads = "".join(f"fragment F{n} on Query {{ a: me {{ ...F{n + 1} }} b: me {{ ...F{n + 1} }} }}\n" for n in range(length))
    return f"{{ ...F0 }}\n{spreads} fragment F{length} on Query {{ hello }}"


def cycle(length: int) -> str:
    return "{ ...F0 }" + "".join(f"fragment F{n} on Query {{ me {{ ...F{(n + 1) % length} }} }}\n" for n in range(length))


HOSTILE: dict[str, tuple[str, str]] = {
    "10,000 levels": ("{ me " * 10_000 + "{ hello }" + "}" * 10_000, "LIMIT_EXCEEDED"),
    "10,000 levels, never closed": ("{ me " * 10_000, "LIMIT_EXCEEDED"),
    "10,000 levels of inline fragments": ("{ ... " * 10_000 + "{ hello }" + "}" * 10_000, "LIMIT_EXCEEDED"),
    "10,000 levels of lists": ("{ numbers(of: " + "[" * 10_000 + "]" * 10_000 + ") }", "LIMIT_EXCEEDED"),
    "10,000 levels of list types": ("query($x: " + "[" * 10_000 + "Int" + "]" * 10_000 + ") { hello }", "LIMIT_EXCEEDED"),
    "31 levels": ("{ me " * 30 + "{ hello }" + "}" * 30, "LIMIT_EXCEEDED"),
    "1,000 aliases": ("{" + "".join(f"a{n}: hello " for n in range(1_000)) + "}", "LIMIT_EXCEEDED"),
    "1,000 aliases in a fragment": (
        "{ ...F } fragment F on Query {" + "".join(f"a{n}: hello " for n in range(1_000)) + "}",
        "LIMIT_EXCEEDED",
    ),
    "600 times one field": ("{" + "me { hello } " * 600 + "}", "LIMIT_EXCEEDED"),
    "350 times one field in inline fragments": ("{" + "... { me { hello } } " * 350 + "}", "LIMIT_EXCEEDED"),
    "150 times one field in fragments": (
        "{" + "".join(f"...F{n} " for n in range(150)) + "}" + "".join(f"fragment F{n} on Query {{ me {{ hello }} }} " for n in range(150)),
        "LIMIT_EXCEEDED",
    ),
    "31 levels in an argument": ("{ numbers(of: " + "[" * 31 + "]" * 31 + ") }", "LIMIT_EXCEEDED"),
    "31 levels in a default": ("query($x: Int = " + "[{a: " * 16 + "1" + "}]" * 16 + ") { numbers(of: [$x]) }", "LIMIT_EXCEEDED"),
    "100,000 names": ("{" + "hello " * 100_000 + "}", "LIMIT_EXCEEDED"),
    "16,000 names": ("{" + "hello " * 16_000 + "}", "LIMIT_EXCEEDED"),
    "100,000 comments": ("#\n" * 49_000 + "{ hello }", "LIMIT_EXCEEDED"),
    "one long name": ("{" + "h" * 1_000_000, "LIMIT_EXCEEDED"),
    "a long string": ('{ hello(name: "' + "h" * 99_000, "GRAPHQL_PARSE_FAILED"),
    "a chain of 400 fragments": (chain(400), "LIMIT_EXCEEDED"),
    "a bomb of 2 ** 40 fields": (bomb(40), "LIMIT_EXCEEDED"),
    "a cycle of one": ("{ ...F } fragment F on Query { me { ...F } }", "GRAPHQL_VALIDATION_FAILED"),
    "a cycle of 100": (cycle(100), "LIMIT_EXCEEDED"),
    "a cycle of 20": (cycle(20), "GRAPHQL_VALIDATION_FAILED"),
    "600 variables": ("query(" + "".join(f"$v{n}: Int " for n in range(600)) + ") { hello }", "GRAPHQL_VALIDATION_FAILED"),
    "350 directives": ("{ hello " + "@skip(if: false) " * 350 + "}", "GRAPHQL_VALIDATION_FAILED"),
    "490 operations": ("".join(f"query Q{n} {{ hello }}" for n in range(490)) + "{ hello }", "LIMIT_EXCEEDED"),
    "200 operations of one name": ("query Q { hello }" * 200, "GRAPHQL_VALIDATION_FAILED"),
    "2,400 unknown fields": ("{" + "".join(f"n{n} " for n in range(2_400)) + "}", "LIMIT_EXCEEDED"),
    "an object of 600 fields": ("{ numbers(of: {" + "".join(f"f{n}: 1 " for n in range(600)) + "}) }", "LIMIT_EXCEEDED"),
    "introspection in circles": (
        "{ __schema { types { " + "fields { type { " * 12 + "name" + "} }" * 12 + "} } }",
        "GRAPHQL_VALIDATION_FAILED",
    ),
}


@contextmanager
def untraced() -> Iterator[None]:
    """Without the measuring of coverage, which takes longer than what is measured here."""
    trace = sys.gettrace()
    sys.settrace(None)
    try:
        yield
    finally:
        sys.settrace(trace)


def best_of(times: int, work: Callable[[], object]) -> float:
    """Seconds of work of the quickest of several runs: how busy the machine is does not count."""

    def once() -> float:
        started = time.process_time()
        work()
        return time.process_time() - started

    with untraced():
        return min(once() for _ in range(times))


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_documents_cost_less_than_50_ms(name: str) -> None:
    text, code = HOSTILE[name]

    def refuse() -> None:
        with pytest.raises(Refused) as refused:
            Documents(given.schema._schema, LIMITS).get(text)
        assert {error.extensions and error.extensions["code"] for error in refused.value.errors} == {code}

    assert best_of(3, refuse) < 0.05


@pytest.mark.parametrize("name", HOSTILE)
async def test_hostile_documents_get_a_clear_answer(client: httpx.AsyncClient, name: str) -> None:
    text, code = HOSTILE[name]
    answer = await client.post("/graphql", json={"query": text}, headers={"accept": GRAPHQL})
    if len(text) > LIMITS.body:
        assert answer.status_code == 413
        return
    assert answer.status_code == 400
    assert "data" not in answer.json()
    assert {error["extensions"]["code"] for error in answer.json()["errors"]} == {code}
    assert "requestId" not in answer.text


def test_usual_documents_are_let_through() -> None:
    documents = Documents(given.schema._schema, LIMITS)
    documents.get(get_introspection_query(input_value_deprecation=True, specified_by_url=True))
    documents.get("{ me " * 29 + "{ hello }" + "}" * 29)
    documents.get("{" + "".join(f"a{n}: hello " for n in range(100)) + "}")
    documents.get(chain(40))
    documents.get(bomb(4))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{ a { b { c } } }", "2 levels"),
        ("{ a { ...F } } fragment F on Query { b { c } }", "2 levels"),
        ("{ a { ... { ... { b { c } } } } }", "2 levels"),
        ("{ a b c d }", "3 fields"),
        ("{ a ...F ...F } fragment F on Query { b c }", "3 fields"),
        ("query A { a } query B { a b c d }", "3 fields"),
        ("{ x: a y: b }", "1 aliases"),
    ],
)
def test_what_counts(text: str, says: str) -> None:
    with pytest.raises(Exception, match=f"more than {says}"):
        check_document(parse(text), Limits(depth=2, fields=3, aliases=1))


@pytest.mark.parametrize("text", ["{ a { b } }", "{ a ...F } fragment F on Query { b c }", "{ x: a b }", "fragment F on Query { ...F }"])
def test_what_is_just_allowed(text: str) -> None:
    check_document(parse(text), Limits(depth=2, fields=3, aliases=1))


def named(count: int) -> str:
    """Operations of one field."""
    return "".join(f"query Q{n} {{ hello }} " for n in range(count))


def listed(levels: int) -> str:
    return "{ numbers(of: " + "[" * levels + "1" + "]" * levels + ") }"


def objects(levels: int) -> str:
    return "query($x: Int = " + "{a: " * levels + "1" + "}" * levels + ") { numbers(of: [$x]) }"


def wide(fields: int) -> str:
    return "query($x: Int = {" + "".join(f"f{n}: 1 " for n in range(fields)) + "}) { numbers(of: [$x]) }"


def spread(fields: int) -> str:
    """So many fields out of few names and fragments, 21 behind each alias."""
    inner = "me { ...F me { ...F me { ...F } } }"
    rest = "hello language requestId one long must".split()[: fields - 1995]
    tree = "".join(f"a{n}: {inner} " for n in range(95))
    return "{" + tree + " ".join(rest) + "} fragment F on Query { hello language requestId one long must }"


# What makes a document of a size, and the greatest that is let through to validation.
BOUNDS: dict[str, tuple[Callable[[int], str], int]] = {
    "levels": (lambda size: "{ me " * (size - 1) + "{ hello }" + "}" * (size - 1), 30),
    "levels in fragments": (lambda size: "{ me { ...F } } fragment F on Query {" + "me {" * (size - 2) + "hello" + "}" * (size - 1), 30),
    "aliases": (lambda size: "{" + "".join(f"a{n}: hello " for n in range(size)) + "}", 100),
    "aliases in two operations": (lambda size: "query A { x: hello } query B {" + "".join(f"a{n}: hello " for n in range(size)) + "}", 100),
    "fields": (spread, 2_000),
    "definitions": (named, 200),
    "comments": (lambda size: "#\n" * size + "{ hello }", 1_000),
    "characters": (lambda size: "{ hello }" + " " * (size - 9), 100_000),
    "tokens": (lambda size: "{ numbers(of: [" + "1 " * (size - 9) + "]) }", 2_500),
    "levels of a list": (listed, 30),
    "levels of an object": (objects, 30),
    "fields of an object": (wide, 100),
}


@pytest.mark.parametrize("name", BOUNDS)
def test_each_bound_is_met_exactly(name: str) -> None:
    made, most = BOUNDS[name]
    documents = Documents(given.schema._schema, LIMITS)
    assert "LIMIT_EXCEEDED" in codes(documents, made(most + 1))
    assert "LIMIT_EXCEEDED" not in codes(documents, made(most))


def codes(documents: Documents, text: str) -> set[str]:
    """Of what a document is refused for."""
    try:
        documents.get(text)
    except Refused as refused:
        return {str(error.extensions["code"]) for error in refused.errors if error.extensions}
    except Exception as error:
        return {str(error.extensions["code"])}  # type: ignore[attr-defined]
    return set()


@pytest.mark.parametrize(
    ("made", "most"),
    [
        (lambda size: {"n": [0] * (size - 2)}, 10_000),
        (lambda size: {str(n): n for n in range(size - 1)}, 10_000),
        (lambda size: {"n": [[0] * 9] * ((size - 2) // 10) + [0] * ((size - 2) % 10)}, 10_000),
        (lambda size: nested_lists(size - 2), 30),
        (lambda size: nested_objects(size - 2), 30),
    ],
    ids=["a list", "an object", "lists in a list", "lists", "objects"],
)
def test_each_bound_of_variables_is_met_exactly(made: Callable[[int], dict[str, object]], most: int) -> None:
    check_variables(made(most), LIMITS)
    with pytest.raises(Exception, match="more than") as refused:
        check_variables(made(most + 1), LIMITS)
    assert refused.value.extensions == {"code": Code.LIMIT}  # type: ignore[attr-defined]


def nested_lists(levels: int) -> dict[str, object]:
    value: object = 0
    for _ in range(levels):
        value = [value]
    return {"x": value}


def nested_objects(levels: int) -> dict[str, object]:
    value: object = 0
    for _ in range(levels):
        value = {"x": value}
    return {"x": value}


def nested(levels: int) -> dict[str, object]:
    value: dict[str, object] = {}
    for _ in range(levels):
        value = {"and": [value]}
    return value


@pytest.mark.parametrize(
    "variables",
    [{"n": [1] * 100_000}, {"n": [[]] * 100_000}, {str(n): n for n in range(100_000)}, nested(5_000), {"n": [nested(14)] * 1_000}],
)
def test_hostile_variables_cost_less_than_50_ms(variables: dict[str, object]) -> None:
    def refuse() -> None:
        with pytest.raises(Exception, match="more than") as refused:
            check_variables(variables, LIMITS)
        assert refused.value.extensions == {"code": Code.LIMIT}  # type: ignore[attr-defined]

    assert best_of(3, refuse) < 0.05


def test_usual_variables_are_let_through() -> None:
    check_variables({"ids": ["x"] * 5_000, "where": nested(10)}, LIMITS)


async def test_hostile_variables_over_http(client: httpx.AsyncClient) -> None:
    body = {"query": "query($n: [Int!]!) { numbers(of: $n) }", "variables": {"n": [1] * 100_000}}
    answer = await client.post("/graphql", json=body, headers={"accept": GRAPHQL})
    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (400, "LIMIT_EXCEEDED")


async def test_the_body_has_an_end(client: httpx.AsyncClient) -> None:
    """Both where its length is told, and where it comes in pieces."""

    async def pieces() -> Any:
        for _ in range(200):
            yield b" " * 10_000

    headers = {"content-type": "application/json", "accept": GRAPHQL}
    for content in (b" " * 2_000_000, pieces()):
        answer = await client.post("/graphql", content=content, headers=headers)
        assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (413, "LIMIT_EXCEEDED")


def test_documents_are_kept_by_their_text_up_to_a_size() -> None:
    documents = Documents(given.schema._schema, LIMITS, characters=30)
    first, second = documents.get("{ hello }"), documents.get("{ a: hello }")
    assert documents.get("{ hello }") is first
    documents.get("{ b: hello }")  # 33 characters together: the one used longest ago goes
    assert documents.get("{ hello }") is first
    assert documents.get("{ a: hello }") is not second


WIDE = "query($where: PartyWhere) { parties(where: $where) { totalCount } }"
# On the real schema, whose types are large.
COSTLY: dict[str, tuple[str, dict[str, Any]]] = {
    "unknown fields of a filter": ("{ parties(where: {" + "".join(f"nam{n}: 1 " for n in range(100)) + "}) { totalCount } }", {}),
    "unknown arguments": ("{ parties(" + "".join(f"wher{n}: 1 " for n in range(550)) + ") { totalCount } }", {}),
    "one connection 450 times": ("{ parties {" + "nodes { id } " * 450 + "} }", {}),
    "fields that conflict by type": (
        "{ parties { nodes {" + "... on Organization { id } ... on Person { id } " * 150 + "} } }",
        {},
    ),
    "filters in filters": ("{ parties(where: " + "{not: " * 150 + "{}" + "}" * 150 + ") { totalCount } }", {}),
    "unknown fields of a variable": (WIDE, {"where": {f"nam{n}": 1 for n in range(9_000)}}),
    "wrong values in a variable": (WIDE, {"where": {"and": [{"type": {"in": ["X"]}}] * 2_400}}),
    "filters in filters in a variable": (WIDE, {"where": nested(29)}),
}


@pytest.mark.parametrize("name", COSTLY)
async def test_the_real_schema_refuses_as_quickly(product: httpx.AsyncClient, name: str) -> None:
    query, variables = COSTLY[name]
    times = []
    for _ in range(3):
        # Client and server are one process here: its work counts for both.
        with untraced():
            started = time.process_time()
            answer = await product.post("/graphql", json={"query": query, "variables": variables}, headers={"accept": GRAPHQL})
            times.append(time.process_time() - started)
        assert answer.status_code == 400, answer.text
        assert "requestId" not in answer.text
    assert min(times) < 0.05


async def test_the_ide_can_read_the_schema(product: httpx.AsyncClient) -> None:
    answer = await product.post("/graphql", json={"query": get_introspection_query(input_value_deprecation=True)})
    assert "errors" not in answer.json()
    assert len(answer.json()["data"]["__schema"]["types"]) > 100
