"""`/graphql`: GraphQL over HTTP by the specification, written for the hot path."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Sequence
from inspect import isawaitable
from typing import Any, cast

import orjson
import strawberry
from graphql import ExecutionResult, GraphQLError, OperationType, execute, get_operation_ast
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from strawberry.execution import optimized_is_awaitable

from app import ide, languages, parameters
from app.documents import Document, Documents, Refused
from app.errors import Code, refusal, shown
from app.languages import Language
from app.leaving import stopped_when_left
from app.limits import Limits
from app.metrics import Metrics
from app.parameters import Headers, Media, Parameters, Unreadable
from app.requests import request_id
from app.services import Call, Services
from graph.projection.read import answer

__all__ = ["GraphQLEndpoint"]

METHODS = "GET, POST"
# Of the values of variables; each quotes what it found.
MOST_MISTAKES = 5
VARY = "accept, accept-encoding, accept-language"
SMALLEST_TO_COMPRESS = 1_000
# Level 6 takes twice the time of level 2 for a tenth less.
COMPRESSION = 2
_is_awaitable = cast(Any, optimized_is_awaitable)  # as the library itself passes it; its type is wider than the parameter's


class GraphQLEndpoint:
    """An ASGI application. `services` gives what to answer from, or None until it is there."""

    def __init__(
        self,
        schema: strawberry.Schema,
        services: Callable[[], Services | None],
        metrics: Metrics,
        *,
        language: Language = "en",
        limits: Limits | None = None,
    ) -> None:
        if schema.extensions:
            # Their hooks would cost every request; what they are for is done here, once for each text of a document.
            raise ValueError("the schema has extensions, which are not run")
        self._schema = schema._schema
        self._executor = schema.execution_context_class
        self._services = services
        self._metrics = metrics
        self._language = language
        self._limits = limits or Limits()
        self._documents = Documents(self._schema, self._limits)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = dict(scope["headers"])
        try:
            response = await self._answer(scope, receive, headers)
        except ClientDisconnect:
            return
        if parameters.takes_gzip(headers.get(b"accept-encoding", b"")):
            compress(response)
        await response(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, headers: Headers) -> Response:
        media = parameters.accepted(headers.get(b"accept", b"*/*"))
        method = scope["method"]
        if method == "GET" and media is Media.HTML:
            return ide.page()
        call = Call(request_id(scope), languages.chosen(headers.get(b"accept-language", b""), self._language))
        if media is None or media is Media.HTML:
            error = refusal(Code.REQUEST, f"What Accept asks for is not served: {Media.GRAPHQL} and {Media.JSON} are.")
            return self._failed(call, Media.JSON, [error], 406)
        if method not in ("GET", "POST"):
            return self._not_this_way(call, media, f"The methods are {METHODS}.", METHODS)
        try:
            given = await parameters.read(scope, receive, headers, self._limits)
            document = self._documents.get(given.query)
            kind = document.kind(given.operation)
        except Unreadable as unreadable:
            return self._failed(call, media, [unreadable.error], unreadable.status)
        except Refused as refused:
            return self._failed(call, media, refused.errors)
        except GraphQLError as error:
            return self._failed(call, media, [error])
        if kind is OperationType.SUBSCRIPTION:
            return self._not_this_way(call, media, "Subscriptions are not served over plain HTTP.", METHODS)
        if kind is OperationType.MUTATION and method == "GET":
            return self._not_this_way(call, media, "A mutation has to come by POST.", "POST")
        if kind is OperationType.MUTATION:
            return await self._run(call, media, document, given)
        with stopped_when_left(receive):
            return await self._run(call, media, document, given)

    async def _run(self, call: Call, media: Media, document: Document, given: Parameters) -> Response:
        services = self._services()
        if services is None:
            return self._failed(
                call, media, [refusal(Code.UNAVAILABLE, "The server is starting: /health/ready says when it is ready.")], 503
            )
        context = services.context(call)
        try:
            data = await self._shaped(document, given, context)
            if data is not None:
                return _json(_body(data, context), media, 200)
            return self._written(call, media, await self._executed(document, given, context), context)
        except Exception as error:
            # The edge of the server: whatever it was, the caller gets an id to tell us, not a traceback.
            return self._failed(call, media, [GraphQLError("", original_error=error)], 500)

    async def _shaped(self, document: Document, given: Parameters, context: Any) -> dict[str, Any] | None:
        """The data of a query that is declared through and through; None where execution has to decide."""
        operation = get_operation_ast(document.node, given.operation)
        if operation is None or operation.operation is not OperationType.QUERY:
            return None
        return await answer(self._schema, document.node, operation, given.variables or {}, context)

    async def _executed(self, document: Document, given: Parameters, context: object) -> ExecutionResult:
        result = execute(
            self._schema,
            document.node,
            context_value=context,
            variable_values=given.variables,
            operation_name=given.operation,
            executor_class=self._executor,
            is_awaitable=_is_awaitable,
            max_coercion_errors=MOST_MISTAKES,
        )
        return await result if isawaitable(result) else result

    def _written(self, call: Call, media: Media, result: ExecutionResult, context: object) -> Response:
        errors = result.errors
        if not errors:
            return _json(_body(result.data, context), media, 200)
        if result.data is None and all(error.path is None for error in errors):
            return self._failed(call, media, errors)
        return _json({"data": result.data, "errors": self._shown(call, errors)}, media, 200)

    def _failed(self, call: Call, media: Media, errors: Sequence[GraphQLError], status: int = 0) -> Response:
        """No data. Without a `status` of its own it is 400, or 200 for a client that knows plain JSON alone, as the specification says."""
        return _json({"errors": self._shown(call, errors)}, media, status or (400 if media is Media.GRAPHQL else 200))

    def _not_this_way(self, call: Call, media: Media, message: str, allowed: str) -> Response:
        response = self._failed(call, media, [refusal(Code.OPERATION, message)], 405)
        response.headers["allow"] = allowed
        return response

    def _shown(self, call: Call, errors: Sequence[GraphQLError]) -> list[Any]:
        entries = [shown(error, call.request_id, call.language) for error in errors]
        for entry in entries:
            self._metrics.error(str(entry["extensions"]["code"]))
        return entries


def _body(data: Any, context: object) -> dict[str, Any]:
    warnings = getattr(context, "warnings", None)
    return {"data": data, "extensions": {"warnings": list(dict.fromkeys(warnings))}} if warnings else {"data": data}


def _json(body: dict[str, Any], media: Media, status: int) -> Response:
    headers = {"content-type": f"{media}; charset=utf-8", "cache-control": "no-store", "vary": VARY}
    return Response(orjson.dumps(body), status, headers)


def compress(response: Response) -> None:
    """Packs a long body, in place."""
    if len(response.body) < SMALLEST_TO_COMPRESS:
        return
    response.body = gzip.compress(response.body, COMPRESSION)
    response.headers["content-encoding"] = "gzip"
    response.headers["content-length"] = str(len(response.body))
