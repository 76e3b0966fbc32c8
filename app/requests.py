"""Around every request: its id, the Host it names, its time and status in log and metrics, and an answer when something breaks."""

from __future__ import annotations

import ipaddress
import logging
import re
import secrets
import time
from collections.abc import Collection, Mapping
from functools import lru_cache

import orjson
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.errors import report
from app.metrics import Metrics

__all__ = ["Requests", "request_id"]

log = logging.getLogger("guanxi.requests")

_GIVEN_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
LOOPBACK_NAMES = ("localhost",)


def request_id(scope: Scope) -> str:
    """Of the request that `scope` belongs to: the caller's `X-Request-ID`, or ours."""
    given: str = scope["guanxi.request_id"]
    return given


class Requests:
    """Pure ASGI. `paths` are those that log and metrics may name; what else a client writes is not repeated.

    Those of them that are `quiet` are asked by machines all day long, and logged at level debug.
    `direct` are applications by their path, past the routing and middleware of `app`: for the hot path.
    """

    def __init__(
        self,
        app: ASGIApp,
        metrics: Metrics,
        *,
        hosts: Collection[str],
        paths: Collection[str],
        quiet: Collection[str],
        direct: Mapping[str, ASGIApp],
    ) -> None:
        self._app = app
        self._direct = direct
        self._metrics = metrics
        self._hosts = frozenset((*LOOPBACK_NAMES, *hosts))
        self._paths = frozenset(paths)
        self._quiet = frozenset(quiet)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        headers = dict(scope["headers"])
        scope["guanxi.request_id"] = identity = _identity(headers.get(b"x-request-id", b""))
        status = 0

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", ()), (b"x-request-id", identity.encode())]
            await send(message)

        try:
            if not is_allowed(headers.get(b"host", b"").decode("latin-1"), self._hosts):
                await _plain(answer, 400, "The Host header does not name this server; GUANXI_ALLOWED_HOSTS allows further names.", identity)
            else:
                await self._direct.get(scope["path"], self._app)(scope, receive, answer)
        except Exception as error:
            report(error, identity)
            if not status:
                await _plain(answer, 500, "Something went wrong on our side.", identity)
        finally:
            self._tell(scope, status, time.perf_counter() - started, identity)

    def _tell(self, scope: Scope, status: int, seconds: float, identity: str) -> None:
        path = scope["path"] if scope["path"] in self._paths else "(other)"
        method = scope["method"] if scope["method"] in ("GET", "POST", "HEAD", "OPTIONS") else "(other)"
        self._metrics.request(path, method, status, seconds)
        level = logging.DEBUG if path in self._quiet else logging.INFO
        if log.isEnabledFor(level):
            log.log(level, "%s %s", method, path, extra={"fields": {"status": status, "ms": round(seconds * 1000, 1), "request": identity}})


def _identity(given: bytes) -> str:
    text = given.decode("latin-1")
    return text if _GIVEN_ID.fullmatch(text) else secrets.token_hex(16)


@lru_cache(64)
def is_allowed(header: str, hosts: frozenset[str]) -> bool:
    """Whether a Host header names us. Any address will do: a page of somebody else's can only make a *name* of its own point here."""
    name = header.rsplit(":", 1)[0] if re.search(r":\d*$", header) else header
    if name.lower() in hosts:
        return True
    try:
        ipaddress.ip_address(name.removeprefix("[").removesuffix("]"))
    except ValueError:
        return False
    return True


async def _plain(send: Send, status: int, message: str, identity: str) -> None:
    body = orjson.dumps({"error": message, "requestId": identity})
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
