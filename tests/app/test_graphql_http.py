"""GraphQL over HTTP: media types, methods, parameters, statuses, errors."""

from __future__ import annotations

import asyncio
import json
import logging
from typing import Any

import httpx
import pytest

from app import logs
from app.graphql_http import GraphQLEndpoint
from app.metrics import Metrics
from tests.app import given

GRAPHQL, JSON = "application/graphql-response+json", "application/json"


async def post(client: httpx.AsyncClient, body: object, accept: str = GRAPHQL, **headers: str) -> httpx.Response:
    return await client.post("/graphql", json=body, headers={"accept": accept, **headers})


async def data(client: httpx.AsyncClient, query: str, **variables: Any) -> Any:
    answer = await post(client, {"query": query, "variables": variables})
    assert answer.status_code == 200, answer.text
    return answer.json()["data"]


def only(answer: httpx.Response) -> dict[str, Any]:
    [error] = answer.json()["errors"]
    assert error["extensions"]["code"]
    found: dict[str, Any] = error
    return found


async def test_answers(client: httpx.AsyncClient) -> None:
    assert await data(client, "query($name: String!) { hello(name: $name) one }", name="张伟") == {"hello": "hello 张伟", "one": 1}


async def test_aliases_of_one_text_share_a_document_and_nothing_else(client: httpx.AsyncClient) -> None:
    query = "query A { a: hello } query B { b: hello }"
    assert (await post(client, {"query": query, "operationName": "A"})).json()["data"] == {"a": "hello world"}
    assert (await post(client, {"query": query, "operationName": "B"})).json()["data"] == {"b": "hello world"}


@pytest.mark.parametrize(
    ("accept", "answered"),
    [
        (GRAPHQL, GRAPHQL),
        (JSON, JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        (f"{JSON}, {GRAPHQL}", GRAPHQL),
        (f"{GRAPHQL};q=0.5, {JSON}", JSON),
        (f"{GRAPHQL}; charset=utf-8, {JSON};q=0.9", GRAPHQL),
        ("text/plain, */*;q=0.1", JSON),
    ],
)
async def test_the_answer_is_of_the_accepted_type(client: httpx.AsyncClient, accept: str, answered: str) -> None:
    answer = await post(client, {"query": "{ hello }"}, accept)
    assert (answer.status_code, answer.headers["content-type"]) == (200, f"{answered}; charset=utf-8")


@pytest.mark.parametrize("accept", ["image/png", "text/html", f"{JSON};q=0", "q=1;;;", f"{JSON};q=much"])
async def test_other_types_are_not_acceptable(client: httpx.AsyncClient, accept: str) -> None:
    answer = await post(client, {"query": "{ hello }"}, accept)
    assert (answer.status_code, only(answer)["extensions"]["code"]) == (406, "BAD_REQUEST")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"query": "{"}, "GRAPHQL_PARSE_FAILED"),
        ({"query": '{ hello(name: "\\uD800") }'}, "GRAPHQL_PARSE_FAILED"),
        ({"query": "# nothing but a comment"}, "GRAPHQL_PARSE_FAILED"),
        ({"query": "{ nothing }"}, "GRAPHQL_VALIDATION_FAILED"),
        ({"query": "fragment F on Query { hello }"}, "GRAPHQL_VALIDATION_FAILED"),
        ({"query": "query A { hello } query B { hello }"}, "OPERATION_RESOLUTION_FAILURE"),
        ({"query": "query A { hello }", "operationName": "B"}, "OPERATION_RESOLUTION_FAILURE"),
        ({"query": "query($n: [Int!]!) { numbers(of: $n) }"}, "BAD_USER_INPUT"),
        ({"query": "query($n: [Int!]!) { numbers(of: $n) }", "variables": {"n": [2**31]}}, "BAD_USER_INPUT"),
        ({"query": "query($n: [Int!]!) { numbers(of: $n) }", "variables": {"n": [10**30]}}, "BAD_USER_INPUT"),
        ({"query": "query($n: Float!) { slow(seconds: $n) }", "variables": {"n": "NaN"}}, "BAD_USER_INPUT"),
    ],
)
async def test_a_request_that_can_not_run_has_no_data(client: httpx.AsyncClient, body: dict[str, Any], code: str) -> None:
    telling, plain = await post(client, body), await post(client, body, JSON)
    assert (telling.status_code, plain.status_code) == (400, 200)
    for answer in (telling, plain):
        assert only(answer)["extensions"] == {"code": code}
        assert "data" not in answer.json()


@pytest.mark.parametrize(
    ("content", "content_type", "status"),
    [
        (b'{"query":"{ hello }"}', "text/plain", 415),
        (b"query=%7Bhello%7D", "application/x-www-form-urlencoded", 415),
        (b'{"query":"{ hello }"}', "application/graphql", 415),
        (b'{"query":"{ hello }"}', "", 415),
        ('{"query":"{ hello }"}'.encode("utf-16"), "application/json; charset=utf-16", 415),
        (b'{"query":"{ hello }"}', 'application/json; charset="UTF-8"', 200),
        (b"", "application/json", 400),
        (b'{"query": "{ hel', "application/json", 400),
        (b'{"query": "{ hello }"} {}', "application/json", 400),
        (b'[{"query": "{ hello }"}]', "application/json", 400),
        (b'{"query": ""}', "application/json", 400),
        (b'{"query": "{ hello }", "variables": {"x": NaN}}', "application/json", 400),
        (b'{"query": "{ hello }", "variables": {"x": "\\ud800"}}', "application/json", 400),
        (b'{"query": "{ hello }", "variables": {"x": "\xff"}}', "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
    ],
)
async def test_bodies_that_are_no_request(client: httpx.AsyncClient, content: bytes, content_type: str, status: int) -> None:
    answer = await client.post("/graphql", content=content, headers={"content-type": content_type, "accept": GRAPHQL})
    assert answer.status_code == status
    assert status == 200 or only(answer)["extensions"] == {"code": "BAD_REQUEST"}


async def test_nul_and_other_odd_text_comes_back_as_it_went(client: httpx.AsyncClient) -> None:
    odd = "\0 \u2028 \U0001f600 ' OR 1=1"
    assert await data(client, "query($name: String!) { hello(name: $name) }", name=odd) == {"hello": f"hello {odd}"}


async def test_queries_by_get(client: httpx.AsyncClient) -> None:
    query = {"query": "query Q($n: String!) { hello(name: $n) }", "variables": '{"n": "李"}', "operationName": "Q", "extensions": "{}"}
    answer = await client.get("/graphql", params=query, headers={"accept": GRAPHQL})
    assert answer.json() == {"data": {"hello": "hello 李"}}
    wrong = await client.get("/graphql", params=query | {"variables": "{"}, headers={"accept": GRAPHQL})
    assert (wrong.status_code, only(wrong)["extensions"]["code"]) == (400, "BAD_REQUEST")


async def test_mutations_by_post_alone(client: httpx.AsyncClient) -> None:
    refused = await client.get("/graphql", params={"query": "mutation { touch }"}, headers={"accept": JSON})
    assert (refused.status_code, refused.headers["allow"]) == (405, "POST")
    assert "data" not in refused.json()
    assert await data(client, "mutation { touch }") == {"touch": "touched"}


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "HEAD"])
async def test_other_methods_are_refused(client: httpx.AsyncClient, method: str) -> None:
    answer = await client.request(method, "/graphql")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, POST")


async def test_subscriptions_are_refused(client: httpx.AsyncClient) -> None:
    assert (await post(client, {"query": "subscription { ticks }"})).status_code == 405


async def test_a_browser_gets_the_ide_and_all_of_it_from_here(client: httpx.AsyncClient) -> None:
    page = await client.get("/graphql", headers={"accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    assert page.headers["content-type"].startswith("text/html")
    assert "'self'" in page.headers["content-security-policy"]
    for file in ("react.production.min.js", "react-dom.production.min.js", "graphiql.min.js", "graphiql.min.css", "start.js", "start.css"):
        assert f'"/ide/{file}"' in page.text
        assert (await client.get(f"/ide/{file}")).status_code == 200
    assert '"http' not in page.text.replace("http://www.w3.org", "")


async def test_one_fault_leaves_the_rest_of_the_answer(client: httpx.AsyncClient) -> None:
    answer = await post(client, {"query": '{ hello bad: fault(kind: "bug") }'})
    assert answer.status_code == 200
    assert answer.json()["data"] == {"hello": "hello world", "bad": None}
    assert only(answer)["path"] == ["bad"]


async def test_a_null_that_climbs_to_the_root_is_still_an_answer(client: httpx.AsyncClient) -> None:
    answer = await post(client, {"query": "{ must }"})
    assert (answer.status_code, answer.json()["data"]) == (200, None)


@pytest.mark.parametrize(
    ("kind", "code"),
    [("bug", "INTERNAL_SERVER_ERROR"), ("timed_out", "TIMED_OUT"), ("too_large", "LIMIT_EXCEEDED"), ("unavailable", "UNAVAILABLE")],
)
async def test_our_own_faults_are_masked(client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture, kind: str, code: str) -> None:
    with caplog.at_level(logging.INFO, "guanxi"):
        answer = await post(client, {"query": f'{{ fault(kind: "{kind}") }}'}, **{"x-request-id": "request-of-mine"})
    assert only(answer)["extensions"] == {"code": code, "requestId": "request-of-mine"}
    assert given.SECRET not in answer.text
    [line] = [logs.Text().format(record) for record in caplog.records if record.name == "guanxi.errors"]
    assert "request=request-of-mine" in line
    assert given.SECRET not in line
    assert ("given.py" in line) == (kind == "bug")


async def test_what_the_caller_can_mend_is_told_in_their_language(client: httpx.AsyncClient) -> None:
    body = {"query": '{ fault(kind: "invalid") }'}
    english, chinese = await post(client, body), await post(client, body, **{"accept-language": "zh-CN"})
    assert only(english)["message"] == "after: it is no cursor of this list"
    assert only(chinese)["message"] == "after：不是此列表的游标"
    assert only(english)["extensions"] == {"code": "BAD_USER_INPUT", "problem": "INVALID"}


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("fr, en;q=0.3, zh;q=0.2", "en"),
        ("ZH", "zh"),
        ("fr", "en"),
        ("", "en"),
        ("zh;q=0, en;q=0.1", "en"),
        ("zh;q=huge", "en"),
    ],
)
async def test_language(client: httpx.AsyncClient, header: str, language: str) -> None:
    assert (await post(client, {"query": "{ language }"}, **{"accept-language": header})).json()["data"] == {"language": language}


async def test_long_answers_are_compressed_for_who_takes_it(client: httpx.AsyncClient) -> None:
    compressed = await post(client, {"query": "{ long }"}, **{"accept-encoding": "gzip"})
    assert compressed.headers["content-encoding"] == "gzip"
    for refusing in ("identity", "gzip;q=0", ""):
        plain = await post(client, {"query": "{ long }"}, **{"accept-encoding": refusing})
        assert "content-encoding" not in plain.headers
    assert compressed.json() == plain.json()
    short = await post(client, {"query": "{ hello }"}, **{"accept-encoding": "gzip"})
    assert "content-encoding" not in short.headers


async def test_a_body_cut_off_harms_nobody(client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture) -> None:
    _, writer = await asyncio.open_connection(client.base_url.host, client.base_url.port)
    writer.write(b'POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{"query":')
    await writer.drain()
    writer.close()
    await asyncio.sleep(0.1)
    assert await data(client, "{ hello }") == {"hello": "hello world"}
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


async def left(client: httpx.AsyncClient, query: str) -> None:
    """Asks, and hangs up before the answer."""
    with pytest.raises(httpx.ReadTimeout):
        await client.post("/graphql", json={"query": query}, timeout=1.2)


async def test_a_query_is_stopped_when_its_client_leaves(client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture) -> None:
    given.STOPPED.clear()
    await left(client, "{ slow(seconds: 60) }")
    async with asyncio.timeout(10):
        while not given.STOPPED:
            await asyncio.sleep(0.02)
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


async def test_a_mutation_goes_on_when_its_client_leaves(client: httpx.AsyncClient) -> None:
    given.TOUCHED.clear()
    await left(client, "mutation { touch(seconds: 2) }")
    async with asyncio.timeout(10):
        while not given.TOUCHED:
            await asyncio.sleep(0.02)


async def test_a_slow_answer_still_comes(client: httpx.AsyncClient) -> None:
    assert await data(client, "{ slow(seconds: 1.5) }") == {"slow": "done"}


async def test_many_at_once_keep_to_themselves(client: httpx.AsyncClient) -> None:
    async def one(number: int) -> None:
        found = await data(client, "query($n: String!) { slow(seconds: 0.01) hello(name: $n) one }", n=str(number))
        assert found["hello"] == f"hello {number}"

    await asyncio.gather(*(one(number) for number in range(50)))


def test_a_schema_with_extensions_is_refused() -> None:
    import strawberry
    from strawberry.extensions import ParserCache

    schema = strawberry.Schema(given.Query, extensions=[ParserCache])
    with pytest.raises(ValueError, match="extensions"):
        GraphQLEndpoint(schema, lambda: None, Metrics())


async def test_an_answer_is_the_bytes_of_its_data(client: httpx.AsyncClient) -> None:
    answer = await post(client, {"query": "{ b: hello a: hello }"})
    assert answer.content == b'{"data":{"b":"hello world","a":"hello world"}}'
    assert json.loads(answer.content)
