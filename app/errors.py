"""What stands in `errors`: faults of the request, told as they are, and our own, masked and logged under the request's id.

Every error carries `extensions.code`, one of `Code`; a masked one `extensions.requestId` too.
"""

from __future__ import annotations

import logging
from enum import StrEnum
from typing import Any

from graphql import GraphQLError, GraphQLFormattedError

from graph.database import DatabaseFailure, TimedOut, TooLarge, Unavailable
from graph.errors import WriteProblem

__all__ = ["Code", "refusal", "report", "shown"]

log = logging.getLogger("guanxi.errors")


class Code(StrEnum):
    """Why a request, or a part of it, was not answered."""

    REQUEST = "BAD_REQUEST"  # the HTTP request is not a GraphQL request
    PARSE = "GRAPHQL_PARSE_FAILED"  # the document is not GraphQL
    VALIDATION = "GRAPHQL_VALIDATION_FAILED"  # the document does not fit the schema
    OPERATION = "OPERATION_RESOLUTION_FAILURE"  # which operation is meant is not clear, or it is not allowed this way
    INPUT = "BAD_USER_INPUT"  # a variable or an argument has no sense
    NOT_ALLOWED = "NOT_ALLOWED"  # the viewer may not read a field that the document names
    LIMIT = "LIMIT_EXCEEDED"  # the request asks for more than one request may
    TIMED_OUT = "TIMED_OUT"  # the database took too long, and was stopped
    UNAVAILABLE = "UNAVAILABLE"  # the database does not answer at the moment: worth another try
    INTERNAL = "INTERNAL_SERVER_ERROR"  # our own fault


_MASKED: tuple[tuple[type[Exception], Code, str], ...] = (
    (TimedOut, Code.TIMED_OUT, "The database took too long to answer."),
    (TooLarge, Code.LIMIT, "The request needs more memory than one request may use."),
    (Unavailable, Code.UNAVAILABLE, "The database does not answer at the moment."),
    (Exception, Code.INTERNAL, "Something went wrong on our side."),
)


def refusal(code: Code, message: str) -> GraphQLError:
    """An error that tells the caller what is wrong with the request."""
    return GraphQLError(message, extensions={"code": code})


def shown(error: GraphQLError, request_id: str, language: str) -> GraphQLFormattedError:
    """`error` as the client may see it, in `language` where we have the words."""
    cause = _cause(error)
    if cause is None:
        return _formatted(error, error.message, {"code": Code.INPUT, **(error.extensions or {})})
    if isinstance(cause, WriteProblem):
        return _formatted(error, cause.message(language), {"code": Code.INPUT, "problem": cause.code.name})
    code, message = next((code, message) for kind, code, message in _MASKED if isinstance(cause, kind))
    report(cause, request_id)
    return _formatted(error, message, {"code": code, "requestId": request_id})


def _formatted(error: GraphQLError, message: str, extensions: dict[str, Any]) -> GraphQLFormattedError:
    formatted = error.formatted
    return {**formatted, "message": message, "extensions": extensions}


def report(cause: Exception, request_id: str) -> None:
    """Log what became of a request, and for a fault of ours where. The message shows at level debug alone: it may hold somebody's data."""
    fields = {"request": request_id, "error": type(cause).__name__}
    if isinstance(cause, DatabaseFailure):
        log.warning("the database failed", extra={"fields": fields})
        log.debug("%s", cause, extra={"fields": fields})
    else:
        log.error("the request failed", exc_info=cause, extra={"fields": fields})


def _cause(error: GraphQLError) -> Exception | None:
    cause: Exception | None = error
    while isinstance(cause, GraphQLError):
        cause = cause.original_error
    return cause
