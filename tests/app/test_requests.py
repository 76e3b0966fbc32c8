"""What stands around every request, without a server: ids, hosts, faults, what log and metrics are told."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable
from typing import Any

import pytest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.metrics import Metrics
from app.requests import Requests, is_allowed, request_id


class Told(Metrics):
    """Metrics that remember what they were told."""

    def __init__(self) -> None:
        super().__init__()
        self.requests: list[tuple[str, str, int]] = []

    def request(self, path: str, method: str, status: int, seconds: float) -> None:
        assert 0 <= seconds < 5
        self.requests.append((path, method, status))


async def well(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 201, "headers": [(b"x-seen", request_id(scope).encode())]})
    await send({"type": "http.response.body", "body": scope["path"].encode()})


async def bare(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 204})
    await send({"type": "http.response.body", "body": b""})


async def broken(scope: Scope, receive: Receive, send: Send) -> None:
    raise RuntimeError("zhang.wei@example.com is not there")


async def cut(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    raise RuntimeError("the rest is missing")


class Asked:
    """One request, and all that came of it."""

    def __init__(self, app: ASGIApp, **options: Any) -> None:
        self.metrics, self.sent = Told(), list[Message]()
        usual: dict[str, Any] = {"hosts": ["crm.example.com"], "paths": ["/", "/graphql", "/health/live"], "quiet": ["/health/live"]}
        self.app = Requests(app, self.metrics, **{**usual, "direct": {}, **options})

    async def __call__(self, path: str = "/", method: str = "GET", *, kind: str = "http", **headers: str) -> Asked:
        named = {"host": "localhost", **headers}
        pairs = [(name.replace("_", "-").encode(), value.encode("latin-1")) for name, value in named.items()]
        await self.app({"type": kind, "path": path, "method": method, "headers": pairs}, _nothing, self._send)
        return self

    async def _send(self, message: Message) -> None:
        self.sent.append(message)

    @property
    def status(self) -> int:
        return int(self.sent[0]["status"])

    @property
    def body(self) -> bytes:
        return b"".join(message["body"] for message in self.sent[1:])

    def header(self, name: str) -> str:
        (value,) = [value for key, value in self.sent[0]["headers"] if key == name.encode()]
        return str(value.decode())


async def _nothing() -> Message:
    raise AssertionError("nobody reads the body here")


@pytest.mark.parametrize("given", ["12345678", "x" * 64, "Trace_0-1.2-ABC", "........"])
async def test_an_id_that_a_caller_gives_is_the_request_s(given: str) -> None:
    asked = await Asked(well)(x_request_id=given)
    assert (asked.header("x-request-id"), asked.header("x-seen")) == (given, given)


@pytest.mark.parametrize(
    "given", ["", "1234567", "x" * 65, "12345678 ", "1234 5678", "12345678\n", "12345\t678", "請12345678".encode().decode("latin-1")]
)
async def test_an_id_that_could_spoil_a_log_is_not_taken(given: str) -> None:
    asked = await Asked(well)(x_request_id=given)
    assert re.fullmatch("[0-9a-f]{32}", asked.header("x-request-id"))
    assert asked.header("x-seen") == asked.header("x-request-id")


async def test_every_request_has_an_id_of_its_own() -> None:
    assert len({(await Asked(bare)()).header("x-request-id") for _ in range(20)}) == 20


@pytest.mark.parametrize("path", ["/", "/graphql", "/nowhere"])
@pytest.mark.parametrize("host", ["evil.example", "", "crm.example.com.evil.example", "127.0.0.1.evil.example"])
async def test_who_names_another_host_reaches_nothing(path: str, host: str) -> None:
    asked = await Asked(broken, direct={"/graphql": broken})(path, host=host)
    told = json.loads(asked.body)
    assert (asked.status, told["requestId"]) == (400, asked.header("x-request-id"))
    assert "GUANXI_ALLOWED_HOSTS" in told["error"]
    assert asked.header("content-length") == str(len(asked.body))
    assert asked.metrics.requests == [(path if path != "/nowhere" else "(other)", "GET", 400)]


@pytest.mark.parametrize(
    ("header", "allowed"),
    [
        ("crm.example.com", True),
        ("CRM.Example.com:443", True),
        ("localhost", True),
        ("localhost:", True),
        ("localhost:99999", True),
        ("127.0.0.1", True),
        ("192.168.0.7:8000", True),
        ("[::1]:8000", True),
        ("[2001:db8::1]", True),
        ("::1", False),
        ("crm.example.com.", False),
        ("xcrm.example.com", False),
        ("localhost:8000:9000", False),
        ("localhost:port", False),
        ("http://localhost", False),
        ("localhost,evil.example", False),
        ("127.0.0.1:80:80", False),
        ("127.1", False),
        ("1.2.3.4.5", False),
        (":8000", False),
        (" localhost", False),
    ],
)
async def test_only_our_names_and_addresses_are_hosts(header: str, allowed: bool) -> None:
    assert is_allowed(header, frozenset({"localhost", "crm.example.com"})) is allowed
    assert (await Asked(bare)(host=header)).status == (204 if allowed else 400)


async def test_what_breaks_before_an_answer_is_one_and_says_nothing_of_why(caplog: pytest.LogCaptureFixture) -> None:
    asked = await Asked(broken)("/graphql", "POST")
    assert asked.status == 500
    assert json.loads(asked.body) == {"error": "Something went wrong on our side.", "requestId": asked.header("x-request-id")}
    assert asked.header("content-type") == "application/json"
    assert asked.metrics.requests == [("/graphql", "POST", 500)]
    (fault,) = [record for record in caplog.records if record.name == "guanxi.errors"]
    assert fault.fields == {"request": asked.header("x-request-id"), "error": "RuntimeError"}  # type: ignore[attr-defined]


async def test_what_breaks_in_the_middle_is_cut_off_there(caplog: pytest.LogCaptureFixture) -> None:
    asked = await Asked(cut)()
    assert [message["type"] for message in asked.sent] == ["http.response.start"]
    assert asked.metrics.requests == [("/", "GET", 200)]
    assert [record.name for record in caplog.records if record.levelno == logging.ERROR] == ["guanxi.errors"]


@pytest.mark.parametrize(
    ("path", "method", "told"),
    [
        ("/graphql", "POST", ("/graphql", "POST")),
        ("/graphql", "OPTIONS", ("/graphql", "OPTIONS")),
        ("/", "HEAD", ("/", "HEAD")),
        ("/people/zhang.wei", "GET", ("(other)", "GET")),
        ("/graphql/", "GET", ("(other)", "GET")),
        ("/", "zhang.wei", ("/", "(other)")),
        ("/", "get", ("/", "(other)")),
    ],
)
async def test_log_and_metrics_repeat_no_path_nor_method_of_a_client(
    caplog: pytest.LogCaptureFixture, path: str, method: str, told: tuple[str, str]
) -> None:
    with caplog.at_level(logging.DEBUG, "guanxi.requests"):
        asked = await Asked(well)(path, method)
    assert asked.metrics.requests == [(*told, 201)]
    (line,) = [record for record in caplog.records if record.name == "guanxi.requests"]
    assert line.getMessage() == f"{told[1]} {told[0]}"
    assert line.fields == {"status": 201, "ms": line.fields["ms"], "request": asked.header("x-request-id")}  # type: ignore[attr-defined]


@pytest.mark.parametrize(("path", "level"), [("/health/live", logging.DEBUG), ("/health/live/", logging.INFO), ("/", logging.INFO)])
async def test_what_machines_ask_all_day_is_logged_at_debug(caplog: pytest.LogCaptureFixture, path: str, level: int) -> None:
    with caplog.at_level(logging.DEBUG, "guanxi.requests"):
        await Asked(bare)(path)
    assert [record.levelno for record in caplog.records if record.name == "guanxi.requests"] == [level]


async def test_the_hot_path_goes_past_the_application() -> None:
    asked = await Asked(broken, direct={"/graphql": well})("/graphql")
    assert (asked.status, asked.body) == (201, b"/graphql")
    assert (await Asked(well, direct={"/graphql": broken})("/graphql/")).status == 201


@pytest.mark.parametrize("kind", ["lifespan", "websocket"])
async def test_what_is_no_request_passes_untouched(kind: str) -> None:
    seen: list[Scope] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(dict(scope))

    asked = await Asked(app)(kind=kind, host="evil.example")
    assert [set(scope) for scope in seen] == [{"type", "path", "method", "headers"}]
    assert (asked.sent, asked.metrics.requests) == ([], [])


@pytest.mark.parametrize("app", [well, bare, broken])
async def test_an_answer_keeps_its_own_headers_beside_the_id(app: Callable[..., Any]) -> None:
    names = [name for name, _ in (await Asked(app)()).sent[0]["headers"]]
    own = {well: [b"x-seen"], bare: [], broken: [b"content-type", b"content-length"]}[app]
    assert names == [*own, b"x-request-id"]
