"""Clients that leave before they are answered: what is computed for them is stopped, down to the statement."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from starlette.requests import ClientDisconnect
from starlette.types import Receive

__all__ = ["stopped_when_left"]

# Most answers are there by then, and cost no watching.
PATIENCE_SECONDS = 1.0


@contextmanager
def stopped_when_left(receive: Receive) -> Iterator[None]:
    """Cancels the block once the client is gone, and raises ClientDisconnect. For what has no effect of its own: queries."""
    task = asyncio.current_task()
    assert task
    watching: list[asyncio.Task[None]] = []
    left = False

    async def watch() -> None:
        nonlocal left
        while (await receive())["type"] != "http.disconnect":
            pass
        left = True
        task.cancel()

    waiting = asyncio.get_running_loop().call_later(PATIENCE_SECONDS, lambda: watching.append(asyncio.create_task(watch())))
    try:
        yield
    except asyncio.CancelledError:
        if left and not task.uncancel():
            raise ClientDisconnect from None
        raise
    finally:
        waiting.cancel()
        for each in watching:
            each.cancel()
