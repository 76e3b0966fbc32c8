"""What `/metrics` tells, as Prometheus text: requests, answers with errors, statements."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, GCCollector, Histogram, PlatformCollector, ProcessCollector, generate_latest

from graph.database import Statement

__all__ = ["CONTENT_TYPE", "Metrics"]

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class Metrics:
    """The counters of one server; nothing in them names a person or holds a text of a client."""

    def __init__(self) -> None:
        self._registry = registry = CollectorRegistry()
        for collector in (ProcessCollector, PlatformCollector, GCCollector):
            collector(registry=registry)
        self._requests = Histogram(
            "guanxi_request_seconds", "HTTP requests", ["path", "method", "status"], registry=registry, buckets=SECONDS
        )
        self._errors = Counter("guanxi_graphql_errors", "Entries in `errors`, by extensions.code", ["code"], registry=registry)
        self._statements = Histogram(
            "guanxi_statement_seconds", "Statements sent to the database", ["outcome"], registry=registry, buckets=SECONDS
        )
        self._rows = Counter("guanxi_statement_rows", "Records that came back; a page of a list is one", registry=registry)

    def request(self, path: str, method: str, status: int, seconds: float) -> None:
        self._requests.labels(path, method, status).observe(seconds)

    def error(self, code: str) -> None:
        self._errors.labels(code).inc()

    def statement(self, statement: Statement) -> None:
        """An observer of `Database.observers`."""
        self._statements.labels("failed" if statement.error else "done").observe(statement.seconds)
        self._rows.inc(statement.rows)

    def text(self) -> bytes:
        return generate_latest(self._registry)
