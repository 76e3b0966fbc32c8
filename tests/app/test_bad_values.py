"""Values over HTTP that are none: dates, numbers, ids, versions, keys. Each gets an answer with a code and the right form."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest

from graph.clock import FixedClock
from graph.database import Database
from graph.errors import brief
from graph.ids import SeededIds
from graph.writing import Writer
from tests.app import samples
from tests.app.samples import NOBODY, least, mutate
from tests.app.test_graphql_http import GRAPHQL, only, post
from tests.graph import given

MODELS = samples.models()
DAY, PARTIAL, INSTANT = "2026-07-01", "2019, 2019-03 or 2019-03-31", "2026-07-01T08:00:00Z"
SLOPPY = [
    "2026-7-1",
    "20260701",
    "2026-07-01 08:00",
    "2026-W27-3",
    "01.07.2026",
    "07/01/2026",
    "٢٠٢٦-07-01",
    "",
    " ",
    "today",
    "null",
    20260701,
]
NEVER = ["0000-01-01", "2026-02-30", "2026-13-01", "2025-02-29", "10000-01-01", "-001-01-01"]
FILTERS = {
    "Date": "organizations(where: { ownedBy: { some: { since: { eq: $v } } } })",
    "PartialDate": "people(where: { position: { since: { eq: $v } } })",
    "DateTime": "people(where: { createdAt: { gt: $v } })",
    "Decimal": "orders(where: { lines: { some: { quantity: { gt: $v } } } })",
    "BigInt": "changes(where: { number: { gt: $v } })",
    "CurrencyCode": "orders(where: { currency: { eq: $v } })",
    "CountryCode": "parties(where: { address: { country: { eq: $v } } })",
    "Float": "interactions(where: { sentiment: { gt: $v } })",
    "Int": "people(first: $v)",
    "ID": "people(where: { id: { eq: $v } })",
    "Boolean": "organizations(where: { own: { eq: $v } })",
    "String": "people(where: { salutation: { eq: $v } })",
}


DELETE = 'personDelete(input: { id: "x" }) { problems { code } }'


@pytest.fixture
def writer(database: Database, clock: FixedClock, ids: SeededIds) -> Writer:
    return given.writer(database, clock, ids)


def query(scalar: str) -> str:
    return f"query($v: {scalar}) {{ {FILTERS[scalar]} {{ totalCount }} }}"


@pytest.mark.parametrize(
    ("scalar", "value", "form"),
    [
        *(("Date", value, DAY) for value in [*SLOPPY, *NEVER, "2026-07", "2026-07-01T08:00:00Z", True]),
        *(("PartialDate", value, PARTIAL) for value in [*SLOPPY, *NEVER, "2026-1", "0000", "26", "202607", "2026-", "2026-07-01T08:00Z"]),
        *(("DateTime", value, INSTANT) for value in [*SLOPPY, *(f"{day}T08:00:00Z" for day in NEVER), "2026-07-01", "2026-07-01T08:00:00"]),
        *(("DateTime", value, INSTANT) for value in ["2026-07-01 08:00:00Z", "20260701T080000Z", "2026-07-01T25:00:00Z", "T08:60:00Z"]),
        *(("DateTime", value, INSTANT) for value in ["0001-01-01T00:00+08:00", "9999-12-31T23:59:59-08:00", "2026-07-01T08:00+24:00", 0]),
        *(("Decimal", value, '"12.50"') for value in ["", "NaN", "Infinity", "-inf", "1,5", "1_000", "0x10", "١", "--1", 12.5, 1, True]),
        *(("Decimal", value, "too large") for value in ["1e19", "9223372036855", "1e999999999", "0.0000001", "1e-999999999"]),
        *(("BigInt", value, '"42"') for value in ["", "1.0", "1e3", "1_000", " 42", "٤٢", "0x10", "NaN", 42, True]),
        *(("BigInt", value, "64 bits") for value in ["9223372036854775808", "-9223372036854775809", "9" * 5_000]),
        *(("CurrencyCode", value, "CNY") for value in ["", "XXXX", "RMB", "¥", 156, "CN\0Y"]),
        *(("CountryCode", value, "CN") for value in ["", "CHN", "ZZZ", "86", 86, "C\0"]),
        *(("Float", value, "Float") for value in ["NaN", "Infinity", "0.5", True, [0.5]]),
        *(("Int", value, "Int") for value in [2**31, -(2**31) - 1, 10**30, 1.5, "1", True]),
        *(("ID", value, "ID") for value in [1.5, True, ["a"], {}]),
        *(("Boolean", value, "Boolean") for value in ["true", 1, 0]),
        *(("String", value, "String") for value in [1, True, ["a"], {"a": 1}]),
    ],
)  # fmt: skip
async def test_scalars_that_are_none_are_refused_with_the_right_form(bad: httpx.AsyncClient, scalar: str, value: Any, form: str) -> None:
    answer = await post(bad, {"query": query(scalar), "variables": {"v": value}})
    assert answer.status_code in (200, 400)
    error = only(answer)
    assert error["extensions"]["code"] in ("BAD_USER_INPUT", "LIMIT_EXCEEDED")
    assert form in error["message"]
    assert len(error["message"]) < 250
    if not isinstance(value, list | dict | bool):
        literal = f'"{value}"' if isinstance(value, str) else str(value)
        told = only(await post(bad, {"query": re.sub(r"\$v(?!:)", lambda _: literal, query(scalar).replace(f"query($v: {scalar}) ", ""))}))
        assert told["extensions"]["code"] in ("BAD_USER_INPUT", "GRAPHQL_VALIDATION_FAILED", "GRAPHQL_PARSE_FAILED")
        assert told["locations"]


@pytest.mark.parametrize(
    ("scalar", "value"),
    [
        ("Date", "0001-01-01"), ("Date", "9999-12-31"), ("Date", "2024-02-29"), ("PartialDate", "0001"), ("PartialDate", "9999-12"),
        ("DateTime", "2026-07-01T16:00+08:00"), ("DateTime", "2026-07-01T08:00:00.123456789Z"), ("DateTime", "9999-12-31T23:59:59Z"),
        ("DateTime", "2026-07-01t08:00:00z"), ("Decimal", "9223372036854.775807"), ("Decimal", "-1e-6"), ("BigInt", "-9223372036854775808"),
        ("BigInt", "9223372036854775807"), ("Float", 1e308), ("Float", -0.0), ("Int", 0), ("ID", "\0"), ("ID", "x" * 100_000), ("ID", 7),
        ("String", "\0\u2028😀' OR 1=1"), ("String", ""), ("CurrencyCode", "cny"), ("CountryCode", "cn"),
    ],
)  # fmt: skip
async def test_values_at_the_edge_are_answered(bad: httpx.AsyncClient, scalar: str, value: Any) -> None:
    answer = await post(bad, {"query": query(scalar), "variables": {"v": value}})
    assert list(answer.json()) == ["data"], answer.text


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        ('{"v": NaN}', 400, "BAD_REQUEST"),
        ('{"v": Infinity}', 400, "BAD_REQUEST"),
        ('{"v": "\\ud800"}', 400, "BAD_REQUEST"),
        ('{"v": 1e400}', 400, "BAD_REQUEST"),
        ('{"v": "a\x01"}', 400, "BAD_REQUEST"),
        ('{"v": {"a": {"a": ' * 40 + "1" + "}}" * 40 + "}", 400, "BAD_REQUEST"),
        ('{"v": ' + "[" * 200 + "]" * 200 + "}", 400, "LIMIT_EXCEEDED"),
        ('{"v": [' + "1," * 10_000 + "1]}", 400, "LIMIT_EXCEEDED"),
    ],
)
async def test_variables_that_are_no_json_or_too_much(bad: httpx.AsyncClient, content: str, status: int, code: str) -> None:
    body = (
        f'{{"query": "query($v: Float) {{ interactions(where: {{ sentiment: {{ gt: $v }} }}) {{ totalCount }} }}", "variables": {content}}}'
    )
    answer = await bad.post("/graphql", content=body.encode(), headers={"content-type": "application/json", "accept": GRAPHQL})
    assert (answer.status_code, only(answer)["extensions"]["code"]) == (status, code)


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ("{ people " + "{ nodes { position { person " * 3_300 + "{ id }" + " } } }" * 3_300 + " }", "LIMIT_EXCEEDED"),
        ("{" + "".join(f" a{i}: people {{ totalCount }}" for i in range(101)) + " }", "LIMIT_EXCEEDED"),
        ("{" + "".join(f" a{i}: __typename" for i in range(1_000)) + " }", "LIMIT_EXCEEDED"),
        ("mutation {" + "".join(f" a{i}: {DELETE}" for i in range(101)) + " }", "LIMIT_EXCEEDED"),
        ("{ people { ...A } } fragment A on PersonConnection { edges { node { id } } ...A }", "GRAPHQL_VALIDATION_FAILED"),
        ("{ people(where: " + "{ not: " * 31 + "{}" + " }" * 31 + ") { totalCount } }", "LIMIT_EXCEEDED"),
        ('{ people(where: { name: { in: ["' + '", "'.join(["x"] * 3_000) + '"] } }) { totalCount } }', "LIMIT_EXCEEDED"),
        ("{ people(first: 200) { nodes { positions(first: 200) { nodes { reports(first: 200) { nodes { id } } } } } } }", "LIMIT_EXCEEDED"),
        ("{ people(first: 201) { totalCount } }", "BAD_USER_INPUT"),
        ('{ people(after: "' + "A" * 5_000 + '") { nodes { id } } }', "BAD_USER_INPUT"),
        ('{ people(after: "bnVsbA==") { nodes { id } } }', "BAD_USER_INPUT"),
    ],
    ids=range(11),
)  # fmt: skip
async def test_documents_that_ask_for_too_much(bad: httpx.AsyncClient, document: str, code: str) -> None:
    answer = await post(bad, {"query": document})
    assert answer.status_code in (200, 400)
    assert {error["extensions"]["code"] for error in answer.json()["errors"]} == {code}


@pytest.mark.parametrize("mutation", [name for name, model in MODELS.items() if "id" in model.model_fields])
async def test_ids_of_nothing_and_of_another_type_are_not_found(bad: httpx.AsyncClient, writer: Writer, mutation: str) -> None:
    other = await (given.person(writer) if not mutation.startswith("person") else given.organization(writer))
    for id in (NOBODY, "x", "\u202e'; --", other, "长" * 200):
        (problem,) = await mutate(bad, mutation, least(MODELS[mutation]) | {"id": id})
        assert (problem["__typename"], problem["code"], problem["path"]) == ("NotFound", "NOT_FOUND", ["id"]), id
        assert repr(brief(id)) in problem["message"]


@pytest.mark.parametrize("mutation", [name for name, model in MODELS.items() if "version" in model.model_fields and "Update" in name])
async def test_versions_are_whole_numbers_from_one_on(bad: httpx.AsyncClient, mutation: str) -> None:
    for version in (0, -1):
        (problem,) = await mutate(bad, mutation, least(MODELS[mutation]) | {"version": version})
        assert (problem["__typename"], problem["code"], problem["path"]) == ("InvalidInput", "OUT_OF_RANGE", ["version"])
    kind = mutation[0].upper() + mutation[1:]
    for wrong in (2**31, 1.5, "1", None, True):
        document = f"mutation($input: {kind}Input!) {{ {mutation}(input: $input) {{ problems {{ code }} }} }}"
        variables = {"input": least(MODELS[mutation]) | {"version": wrong}}
        answer = await post(bad, {"query": document, "variables": variables})
        assert only(answer)["extensions"]["code"] == "BAD_USER_INPUT"
