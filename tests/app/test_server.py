"""The places besides /graphql, what stands around every request, and the server while its engine is away."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from app import logs
from app.requests import is_allowed
from app.server import create_app
from app.services import Services
from app.settings import Settings
from graph import embedded
from tests.app import given

SETTINGS = Settings(_env_file=None)


async def test_the_root_says_where_things_are(client: httpx.AsyncClient) -> None:
    places = (await client.get("/")).json()
    for name in ("graphql", "live", "ready", "metrics"):
        assert (await client.get(places[name], headers={"accept": "text/html"})).status_code == 200


async def test_every_answer_has_a_request_id(client: httpx.AsyncClient) -> None:
    for path in ("/", "/graphql", "/nowhere", "/health/live"):
        assert len((await client.get(path)).headers["x-request-id"]) == 32
    assert (await client.get("/", headers={"x-request-id": "trace-0123456789"})).headers["x-request-id"] == "trace-0123456789"
    for odd in ("short", "x" * 65, "a b c d e f g", "new\tline-12345"):
        assert (await client.get("/", headers={"x-request-id": odd})).headers["x-request-id"] != odd


async def test_resolvers_see_the_request_id(client: httpx.AsyncClient) -> None:
    answer = await client.post("/graphql", json={"query": "{ requestId }"})
    assert answer.json()["data"]["requestId"] == answer.headers["x-request-id"]


@pytest.mark.parametrize(
    "host", ["localhost", "localhost:8000", "LOCALHOST:1", "127.0.0.1:8000", "[::1]:8000", "10.1.2.3", "crm.example.com"]
)
def test_hosts_that_are_ours(host: str) -> None:
    assert is_allowed(host, frozenset({"localhost", "crm.example.com"}))


@pytest.mark.parametrize(
    "host", ["", "evil.example", "localhost.evil.example", "127.0.0.1.evil.example:80", "localhost:80:evil", "[::1", "a@localhost"]
)
def test_hosts_that_are_not(host: str) -> None:
    assert not is_allowed(host, frozenset({"localhost", "crm.example.com"})) or host == "[::1"


async def test_another_host_gets_nothing(client: httpx.AsyncClient) -> None:
    answer = await client.post("/graphql", json={"query": "{ hello }"}, headers={"host": "evil.example"})
    assert answer.status_code == 400
    assert "GUANXI_ALLOWED_HOSTS" in answer.text
    assert "hello" not in answer.text


async def test_metrics_count_requests_errors_and_statements(client: httpx.AsyncClient) -> None:
    before = await metrics(client)
    await client.post("/graphql", json={"query": '{ one bad: fault(kind: "bug") }'})
    await client.get("/people/zhang.wei@example.com")
    after = await metrics(client)

    def grown(name: str) -> float:
        return after.get(name, 0) - before.get(name, 0)

    assert grown('guanxi_request_seconds_count{method="POST",path="/graphql",status="200"}') == 1
    assert grown('guanxi_request_seconds_count{method="GET",path="(other)",status="404"}') == 1
    assert grown('guanxi_graphql_errors_total{code="INTERNAL_SERVER_ERROR"}') == 1
    assert grown('guanxi_statement_seconds_count{outcome="done"}') == 1
    assert grown("guanxi_statement_rows_total") == 1
    assert "zhang" not in str(after)


async def metrics(client: httpx.AsyncClient) -> dict[str, float]:
    answer = await client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=")
    lines = [line.rsplit(" ", 1) for line in answer.text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, value in lines}


async def test_a_request_is_one_line_without_anybodys_data(client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        await client.get("/graphql", params={"query": '{ hello(name: "zhang.wei@example.com") }'})
        await client.get("/people/zhang.wei@example.com?q=zhang")
        await client.get("/health/ready")
    lines = [record for record in caplog.records if record.name == "guanxi.requests"]
    assert [line.getMessage() for line in lines] == ["GET /graphql", "GET (other)"]
    assert [line.fields["status"] for line in lines] == [200, 404]  # type: ignore[attr-defined]
    ours = [record for record in caplog.records if not record.name.startswith("httpx")]
    for formatter in (logs.Text(), logs.Json()):
        assert "zhang" not in "".join(formatter.format(record) for record in ours)


def test_log_lines_as_text_and_json() -> None:
    record = logging.LogRecord("guanxi.requests", logging.INFO, __file__, 1, "%s %s", ("GET", "/"), None)
    record.created, record.fields = 0.0, {"status": 200, "ms": 1.5}
    assert logs.Text().format(record) == "1970-01-01T00:00:00.000Z INFO requests: GET / status=200 ms=1.5"
    assert json.loads(logs.Json().format(record)) == {
        "at": "1970-01-01T00:00:00.000Z",
        "level": "info",
        "logger": "requests",
        "message": "GET /",
        "status": 200,
        "ms": 1.5,
    }


@pytest.mark.parametrize("kind", [logs.Text, logs.Json])
def test_a_trace_shows_where_and_what_it_was_about_only_on_request(kind: type[logs.Formatter]) -> None:
    try:
        raise ValueError(given.SECRET)
    except ValueError:
        record = logging.LogRecord("guanxi", logging.ERROR, __file__, 1, "broken", (), sys.exc_info())
    for messages in (True, False):
        line = kind(messages=messages).format(record)
        assert "ValueError" in line
        assert "test_server.py" in line
        assert (given.SECRET in line) == messages


async def test_something_that_breaks_outside_graphql_is_masked_too() -> None:
    app = create_app(SETTINGS, given.schema, never)

    @app.get("/broken")
    async def broken() -> None:
        raise RuntimeError(given.SECRET)

    async with given.serving(app) as client:
        answer = await client.get("/broken")
    assert answer.status_code == 500
    assert answer.json()["requestId"] == answer.headers["x-request-id"]
    assert given.SECRET not in answer.text


def broken_services() -> Services:
    raise RuntimeError(given.SECRET)


@asynccontextmanager
async def never() -> AsyncIterator[Services]:
    await asyncio.Event().wait()
    yield broken_services()


@asynccontextmanager
async def fails() -> AsyncIterator[Services]:
    yield broken_services()


async def test_a_start_that_fails_is_told() -> None:
    told: list[Exception | None] = []
    async with given.serving(create_app(SETTINGS, given.schema, fails, started=told.append)) as client:
        answer = await client.get("/health/ready")
        assert (answer.status_code, answer.json()["ready"]) == (503, False)
        assert given.SECRET not in answer.text
        assert (await client.get("/health/live")).status_code == 200
    assert [type(error) for error in told] == [RuntimeError]


async def test_503_until_the_services_are_there() -> None:
    async with asyncio.timeout(10), given.serving(create_app(SETTINGS, given.schema, never)) as client:
        assert (await client.get("/health/live")).status_code == 200
        health = await client.get("/health/ready")
        assert (health.status_code, health.json()) == (503, {"ready": False, "reason": "The server is starting."})
        answer = await client.post("/graphql", json={"query": "{ hello }"})
        assert (answer.status_code, answer.json()["errors"][0]["extensions"]) == (503, {"code": "UNAVAILABLE"})


async def test_503_while_the_engine_is_away_and_on_when_it_is_back(tmp_path: Path) -> None:
    async with embedded.running(tmp_path) as target, given.serving(create_app(SETTINGS, given.schema, given.services(target))) as client:
        await given.ready(client)
        # The supervisor is held, or the engine would be back before anybody could see that it was away.
        keeper = process_of(tmp_path, b"supervisor.py")
        os.kill(keeper, signal.SIGSTOP)
        os.kill(process_of(tmp_path, b"ArcadeDBServer"), signal.SIGKILL)
        health = await until(client, 503)
        os.kill(keeper, signal.SIGCONT)
        assert health.json()["reason"].startswith("The database d")
        assert (await client.get("/health/live")).status_code == 200
        await until(client, 200)
        assert (await client.post("/graphql", json={"query": "{ one }"})).json() == {"data": {"one": 1}}


async def until(client: httpx.AsyncClient, status: int) -> httpx.Response:
    async with asyncio.timeout(60):
        while (answer := await client.get("/health/ready")).status_code != status:
            await asyncio.sleep(0.02)
        return answer


def process_of(folder: Path, word: bytes) -> int:
    """The process whose command line has `word` and the folder."""
    processes = [process for process in Path("/proc").iterdir() if process.name.isdecimal()]
    [found] = [int(process.name) for process in processes if word in (words := words_of(process)) and str(folder).encode() in words]
    return found


def words_of(process: Path) -> bytes:
    try:
        return (process / "cmdline").read_bytes()
    except OSError:
        return b""
