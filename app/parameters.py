"""A GraphQL request as HTTP carries it: what it accepts, and its parameters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any

import orjson
from starlette.datastructures import QueryParams
from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope

from app.errors import Code, refusal
from app.limits import Limits, check_variables

__all__ = ["Headers", "Media", "Parameters", "Unreadable", "accepted", "read", "takes_gzip"]

Headers = Mapping[bytes, bytes]


class Media(StrEnum):
    """How an answer is written. The first one can tell a failed request from a failed field by its status."""

    GRAPHQL = "application/graphql-response+json"
    JSON = "application/json"
    HTML = "text/html"


class Unreadable(Exception):
    """The HTTP request carries no GraphQL request; `status` says in which way."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.error = refusal(Code.LIMIT if status == 413 else Code.REQUEST, message)


@dataclass(frozen=True, slots=True)
class Parameters:
    """What to run."""

    query: str
    variables: dict[str, Any]
    operation: str | None


@lru_cache(256)
def accepted(header: bytes) -> Media | None:
    """What to answer to an `Accept` header: the best liked, the more telling one between equals, plain JSON where anything goes."""
    likes = _likes(header or b"*/*")
    anything = likes.get("*/*", 0.0)
    marks = {
        Media.GRAPHQL: likes.get(Media.GRAPHQL, 0.0),
        Media.HTML: likes.get(Media.HTML, likes.get("text/*", 0.0)),
        Media.JSON: likes.get(Media.JSON, likes.get("application/*", anything)),
    }
    best = max(marks, key=marks.__getitem__)
    return best if marks[best] > 0 else None


@lru_cache(64)
def takes_gzip(header: bytes) -> bool:
    """Whether an `Accept-Encoding` header asks for gzip."""
    return _likes(header).get("gzip", 0.0) > 0


def _likes(header: bytes) -> dict[str, float]:
    return dict(_like(part) for part in header.decode("latin-1").split(",")[:50])


def _like(part: str) -> tuple[str, float]:
    name, *parameters = (piece.strip().lower() for piece in part.split(";"))
    weights = [parameter[2:] for parameter in parameters if parameter.startswith("q=")]
    try:
        return name, float(weights[0]) if weights else 1.0
    except ValueError:
        return name, 0.0


async def read(scope: Scope, receive: Receive, headers: Headers, limits: Limits) -> Parameters:
    """The parameters of a GET or POST; Unreadable, GraphQLError for variables that are too large, ClientDisconnect for a body cut off."""
    values = _of_url(scope) if scope["method"] == "GET" else _of_json(await _body(receive, headers, limits))
    parameters = _checked(values)
    if parameters.variables:
        check_variables(parameters.variables, limits)
    return parameters


def _of_url(scope: Scope) -> dict[str, Any]:
    values: dict[str, Any] = dict(QueryParams(scope["query_string"]))
    for name in ("variables", "extensions"):
        if name in values:
            values[name] = _json(values[name], f"The URL's {name} must be valid JSON.")
    return values


async def _body(receive: Receive, headers: Headers, limits: Limits) -> bytes:
    _expect_json(headers.get(b"content-type", b""))
    length = headers.get(b"content-length", b"")
    if length.isdigit() and int(length) > limits.body:
        raise _too_long(limits)
    body, more = b"", True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        body, more = body + message.get("body", b""), message.get("more_body", False)
        if len(body) > limits.body:
            raise _too_long(limits)
    return body


def _too_long(limits: Limits) -> Unreadable:
    return Unreadable(413, f"The body is longer than {limits.body} bytes.")


@lru_cache(64)
def _expect_json(content_type: bytes) -> None:
    name, *parameters = (piece.strip().lower() for piece in content_type.decode("latin-1").split(";"))
    charsets = [parameter[8:].strip('"') for parameter in parameters if parameter.startswith("charset=")]
    if name != Media.JSON or charsets not in ([], ["utf-8"], ["utf8"]):
        raise Unreadable(415, "A POST request needs the content type application/json, in UTF-8.")


def _of_json(body: bytes) -> dict[str, Any]:
    values = _json(body, "The body is not valid JSON in UTF-8.")
    if not isinstance(values, dict):
        raise Unreadable(400, "The body must be one JSON object; batches are not served.")
    return values


def _json(text: bytes | str, otherwise: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        # The numbers of JSON have no end; those of its readers do.
        infinite = error.msg.startswith("number is infinity")
        raise Unreadable(400, "A number in the JSON is too large: at most 1.8e308 is read." if infinite else otherwise) from None


def _checked(values: Mapping[str, Any]) -> Parameters:
    query, variables, operation = values.get("query"), values.get("variables"), values.get("operationName")
    if not isinstance(query, str) or not query:
        raise Unreadable(400, "The parameter query is required: the text of a GraphQL document.")
    if not isinstance(operation, str | None):
        raise Unreadable(400, "The parameter operationName must be a string.")
    for name in ("variables", "extensions"):
        if not isinstance(values.get(name), dict | None):
            raise Unreadable(400, f"The parameter {name} must be a JSON object.")
    return Parameters(query, variables or {}, operation or None)
