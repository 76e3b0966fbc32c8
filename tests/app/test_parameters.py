"""Reading what HTTP carries: headers with weights, and the parameters of a request."""

from __future__ import annotations

import pytest
from starlette.requests import ClientDisconnect
from starlette.types import Message, Scope

from app import languages
from app.errors import Code
from app.limits import Limits
from app.parameters import Headers, Media, Unreadable, accepted, read, takes_gzip

JSON: Headers = {b"content-type": b"application/json"}


@pytest.mark.parametrize(
    ("header", "media"),
    [
        (b"", Media.JSON),
        (b"*/*", Media.JSON),
        (b"application/json", Media.JSON),
        (b"APPLICATION/JSON", Media.JSON),
        (b"application/graphql-response+json", Media.GRAPHQL),
        (b"application/graphql-response+json, application/json", Media.GRAPHQL),
        (b"application/json, application/graphql-response+json", Media.GRAPHQL),
        (b"application/graphql-response+json;q=0.9, application/json;q=0.8, */*;q=0.1", Media.GRAPHQL),
        (b"application/graphql-response+json;q=0, application/json", Media.JSON),
        (b"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", Media.HTML),
        (b"text/html;q=0.1, application/json", Media.JSON),
        (b"text/*", Media.HTML),
        (b"application/*;q=0.5", Media.JSON),
        (b"image/webp", None),
        (b"*/*;q=0", None),
        (b";;;,,,q=;", None),
        (b"\xff\xfe", None),
        (b"x/y," * 1_000 + b"application/json", None),
    ],
)
def test_accept(header: bytes, media: Media | None) -> None:
    assert accepted(header) is media


@pytest.mark.parametrize(
    ("header", "takes"),
    [(b"gzip", True), (b"deflate, gzip;q=0.5", True), (b"GZIP", True), (b"gzip;q=0", False), (b"br", False), (b"", False)],
)
def test_accept_encoding(header: bytes, takes: bool) -> None:
    assert takes_gzip(header) is takes


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (b"zh", "zh"),
        (b"zh-Hant-TW", "zh"),
        (b"en-GB, zh;q=0.9", "en"),
        (b"de, zh;q=0.1", "zh"),
        (b"de", "zh"),
        (b"*", "zh"),
        (b"\xff", "zh"),
        (b"en;q=nan", "zh"),
        (b"zh;q=9, en;q=0.5", "en"),
    ],
)
def test_accept_language_falls_back_to_the_setting(header: bytes, language: str) -> None:
    assert languages.chosen(header, "zh") == language


def scope(method: str = "POST", query: bytes = b"") -> Scope:
    return {"type": "http", "method": method, "query_string": query}


class Body:
    """A body that comes in these pieces, and is cut off after them unless it is `whole`."""

    def __init__(self, *pieces: bytes, whole: bool = True) -> None:
        self._messages: list[Message] = [{"type": "http.request", "body": piece, "more_body": True} for piece in pieces]
        if whole:
            self._messages[-1]["more_body"] = False
        self._messages.append({"type": "http.disconnect"})

    async def __call__(self) -> Message:
        return self._messages.pop(0)


async def test_a_body_in_pieces_is_one_request() -> None:
    given = await read(scope(), Body(b'{"query": "{ a }", ', b'"variables": {"x": 1}, "operation', b'Name": "A"}'), JSON, Limits())
    assert (given.query, given.variables, given.operation) == ("{ a }", {"x": 1}, "A")


async def test_what_is_null_or_empty_is_absent() -> None:
    given = await read(scope(), Body(b'{"query": "{ a }", "variables": null, "operationName": "", "extensions": null}'), JSON, Limits())
    assert (given.variables, given.operation) == ({}, None)


async def test_a_body_that_is_cut_off_is_no_request() -> None:
    with pytest.raises(ClientDisconnect):
        await read(scope(), Body(b'{"query": "{ a }"}', whole=False), JSON, Limits())


async def test_by_url() -> None:
    given = await read(scope("GET", b"query=%7B+a+%7D&variables=%7B%22x%22%3A%22%E5%BC%A0%22%7D&operationName=A"), Body(b""), {}, Limits())
    assert (given.query, given.variables, given.operation) == ("{ a }", {"x": "张"}, "A")


@pytest.mark.parametrize("query", [b"", b"query=", b"query=a&variables=1", b"query=a&variables=nope", b"query=a&extensions=[]", b"%ff%fe"])
async def test_urls_that_are_no_request(query: bytes) -> None:
    with pytest.raises(Unreadable) as unreadable:
        await read(scope("GET", query), Body(b""), {}, Limits())
    assert unreadable.value.status == 400


@pytest.mark.parametrize("number", ["1e400", "-1e400", "9" * 5_000])
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_number_without_end_is_told_from_what_is_no_json(number: str, method: str) -> None:
    body = f'{{"query": "{{ a }}", "variables": {{"x": {number}}}}}'.encode()
    query = f'query=a&variables={{"x":{number}}}'.encode()
    with pytest.raises(Unreadable, match=r"^A number in the JSON is too large") as unreadable:
        await read(scope(method, query), Body(body), JSON, Limits())
    assert unreadable.value.status == 400


@pytest.mark.parametrize("told", [True, False])
async def test_a_long_body_is_not_read_to_its_end(told: bool) -> None:
    body = Body(*[b" " * 400] * 10)
    headers = {**JSON, b"content-length": b"4000"} if told else JSON
    with pytest.raises(Unreadable) as unreadable:
        await read(scope(), body, headers, Limits(body=1_000))
    assert (unreadable.value.status, unreadable.value.error.extensions) == (413, {"code": Code.LIMIT})
    assert len(body._messages) == (11 if told else 8)


@pytest.mark.parametrize("length", [b"many", b"-1", b"", b"1e3"])
async def test_a_length_that_is_no_number_is_not_believed(length: bytes) -> None:
    given = await read(scope(), Body(b'{"query": "{ a }"}'), {**JSON, b"content-length": length}, Limits())
    assert given.query == "{ a }"
