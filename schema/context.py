"""What a request brings along: who asks, when, in which language, and what may be read and written with."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from graph import changes
from graph.database import Database
from graph.metrics.warmth import DEFAULT, Warmth
from graph.projection.context import Viewer
from graph.writing import Writer
from schema.changes import with_log


@dataclass
class Context:
    """`info.context` of every resolver."""

    writer: Writer
    viewer: Viewer
    request_id: str = ""
    language: str = "en"
    employee: str | None = None
    warmth: Warmth = DEFAULT
    fanouts: Mapping[str, float] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    paths: int = 0
    compared: int = 0
    now: str = ""
    today: str = ""

    def __post_init__(self) -> None:
        self.viewer = with_log(self.viewer)
        self.now, self.today = self.now or self.writer.now(), self.today or self.writer.today()

    @property
    def database(self) -> Database:
        return self.writer.database

    @property
    def currency(self) -> str:
        return self.writer.customs.currency

    @property
    def time_zone(self) -> str:
        return self.writer.customs.time_zone

    @property
    def facts(self) -> Mapping[str, Any]:
        """What declarations may name besides `$now` and `$today`: `$decay` turns stored sums into the warmth of now."""
        hidden = {"hidden": sorted(self.viewer.hidden)} if self.viewer.hidden else {}
        return {"decay": self.warmth.decay(self.now), **hidden}

    @property
    def late(self) -> Mapping[str, Callable[[], Awaitable[Any]]]:
        """What is read right before the statement that names it: `$head` is the number of the newest change."""
        return {"head": lambda: changes.head(self.database)}
