"""Locks on files, between processes. The kernel frees them however their holder ends."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

if sys.platform != "win32":
    import fcntl


class FileLock:
    """A lock that is held, until `close` or the end of the process."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    @classmethod
    def shared(cls, path: Path) -> Self | None:
        """Together with others who share it; None while somebody has it alone."""
        return cls._take(path, fcntl.LOCK_SH)

    @classmethod
    def exclusive(cls, path: Path) -> Self | None:
        """Alone; None while anybody else has it."""
        return cls._take(path, fcntl.LOCK_EX)

    @classmethod
    def _take(cls, path: Path, kind: int) -> Self | None:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return None
        return cls(descriptor)

    def close(self) -> None:
        os.close(self._descriptor)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


class Turns:
    """One writer at a time, among the tasks of this process and all processes that use `folder`."""

    def __init__(self, folder: Path) -> None:
        self._queue, self._turn = folder / "write.queue", folder / "write.lock"
        self._tasks = asyncio.Lock()

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Waits for its turn; may be cancelled while it waits, and is free for the next at its end."""
        async with self._tasks:
            # Whoever waits holds the queue: an import that writes without pause cannot pass it twice.
            with await _taken(self._queue):
                turn = await _taken(self._turn)
            with turn:
                yield


async def _taken(path: Path) -> FileLock:
    # Asked again and again, not waited for in a thread: a thread that waits in the kernel cannot be cancelled.
    pause = 0.001
    while not (lock := FileLock.exclusive(path)):
        await asyncio.sleep(pause)
        pause = min(pause * 1.5, 0.01)
    return lock
