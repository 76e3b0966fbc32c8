"""Log lines, as text for people or JSON for machines. Nobody's data shows from level info on: callers log kinds, times and ids."""

from __future__ import annotations

import logging
import sys
import traceback
from datetime import UTC, datetime
from typing import Any

import orjson

from app.settings import Settings

__all__ = ["configure"]


def configure(settings: Settings) -> None:
    """All logging of the process to stderr, in the settings' format and from their level on."""
    level: int = getattr(logging, settings.log.upper())
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter((Json if settings.log_format == "json" else Text)(messages=level <= logging.DEBUG))
    logging.basicConfig(handlers=[handler], level=max(logging.WARNING, level), force=True)
    for ours in ("guanxi", "app", "schema", "graph"):
        logging.getLogger(ours).setLevel(level)
    # Nothing here shows where a line was logged or by which thread; finding that out is half the cost of a line.
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False


class Formatter(logging.Formatter):
    """Shows of an exception where and of what class it was, and its message, which may quote a value, only with `messages`."""

    def __init__(self, *, messages: bool = False) -> None:
        super().__init__()
        self._messages = messages

    def trace(self, record: logging.LogRecord) -> str:
        kind, error, trace = record.exc_info or (None, None, None)
        if not (kind and error):
            return ""
        last = traceback.format_exception_only(error) if self._messages else [f"{kind.__module__}.{kind.__qualname__}"]
        return "".join([*traceback.format_tb(trace), *last]).rstrip()


class Text(Formatter):
    """`2026-11-22T05:56:03.123Z INFO requests: POST /graphql status=200 ms=3.1 request=…`"""

    def format(self, record: logging.LogRecord) -> str:
        fields = "".join(f" {name}={value}" for name, value in _fields(record).items())
        line = f"{_at(record)} {record.levelname} {_logger(record)}: {record.getMessage()}{fields}"
        return f"{line}\n{trace}" if (trace := self.trace(record)) else line


class Json(Formatter):
    """One object a line: at, level, logger, message, and the fields of the event."""

    def format(self, record: logging.LogRecord) -> str:
        line = {"at": _at(record), "level": record.levelname.lower(), "logger": _logger(record), "message": record.getMessage()}
        line |= _fields(record)
        if trace := self.trace(record):
            line["trace"] = trace
        return orjson.dumps(line, default=str).decode()


def _at(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _logger(record: logging.LogRecord) -> str:
    return record.name.removeprefix("guanxi.")


def _fields(record: logging.LogRecord) -> dict[str, Any]:
    fields: dict[str, Any] = getattr(record, "fields", {})
    return fields
