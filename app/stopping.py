"""SIGTERM ends a command as Ctrl-C does: what it began is cleaned up, and it says so. `serve` has a way of its own."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Coroutine
from typing import Any, Never, TypeVar

__all__ = ["TERMINATED", "Terminated", "terminable", "watch"]

TERMINATED = 128 + signal.SIGTERM
"""What shells call it, too."""

T = TypeVar("T")


class Terminated(BaseException):
    """Somebody asked for the end of the process."""


def watch() -> None:
    """From now on SIGTERM is raised as Terminated."""
    signal.signal(signal.SIGTERM, _terminate)


def _terminate(*_: object) -> Never:
    raise Terminated


async def terminable(work: Coroutine[Any, Any, T]) -> T:
    """What `work` gives; SIGTERM cancels it, where raising in the midst of the loop would keep others from cleaning up."""
    task = asyncio.current_task()
    if task and sys.platform != "win32":
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    return await work
