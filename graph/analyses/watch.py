"""How a computation in a thread is watched: it tells how far it is, and is told when to end."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import TypeVar

__all__ = ["Cancelled", "Late", "Stopped", "Watch"]


T = TypeVar("T")
_EVERY = 20


RUN_SECONDS = 600.0


class Stopped(Exception):
    """A computation was ended from outside."""


class Cancelled(Stopped):
    """Somebody cancelled it."""


class Late(Stopped):
    """It took longer than it may."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"longer than {seconds:g} s")
        self.seconds = seconds


class Watch:
    """Shared by a computation and those who wait for it; each attribute is set by one thread."""

    def __init__(self, seconds: float = RUN_SECONDS) -> None:
        self.progress = 0.0
        self.cancelled = False
        self._seconds = seconds
        self._end = time.monotonic() + seconds

    def cancel(self) -> None:
        """Ends the computation at its next `check`."""
        self.cancelled = True

    def check(self) -> None:
        """Raises Cancelled or Late when the computation has to end. Called every 100 ms or more often."""
        if self.cancelled:
            raise Cancelled
        if time.monotonic() > self._end:
            raise Late(self._seconds)

    def tell(self, progress: float) -> None:
        """So much is done, 0…1. What was reached is never taken back."""
        self.progress = max(self.progress, min(progress, 1.0))

    def at(self, progress: float) -> None:
        """Like `tell` and `check`."""
        self.tell(progress)
        self.check()

    def over(self, items: Sequence[T]) -> Iterator[T]:
        """The items in turn, which are all of the work; every few of them it is `at` what was given."""
        for done, item in enumerate(items):
            if done % _EVERY == 0:
                self.at(done / len(items))
            yield item
        self.at(1)

    def part(self, start: float, end: float) -> Watch:
        """A watch over a part of the work, from `start` to `end` of the whole."""
        return _Part(self, start, end)


class _Part(Watch):
    def __init__(self, whole: Watch, start: float, end: float) -> None:
        super().__init__()
        self._whole, self._start, self._size = whole, start, end - start

    def check(self) -> None:
        self._whole.check()

    def tell(self, progress: float) -> None:
        super().tell(progress)
        self._whole.tell(self._start + self._size * self.progress)
