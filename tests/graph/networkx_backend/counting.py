"""A plugin for pytest: counts the calls that reach our functions, and prints them at the end as `dispatched: {…}`."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Callable
from typing import Any

from graph.networkx_backend.dispatch import backend
from graph.networkx_backend.info import FUNCTIONS

CALLS: Counter[str] = Counter()


def _counted(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        CALLS[name] += 1
        return function(*args, **kwargs)

    return call


for each in FUNCTIONS:
    setattr(backend, each, _counted(each, getattr(backend, each)))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    terminalreporter.write_line(f"dispatched: {dict(sorted(CALLS.items()))}")
