"""Work on several threads at once, watched. What comes out does not depend on how many there are.

`tick` is called at least every 50 ms with the share that is done; what it raises ends the work, and no further part of it begins.
"""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from functools import cache
from itertools import islice
from typing import TypeVar

__all__ = ["Tick", "each", "one", "silent"]

T = TypeVar("T")
Tick = Callable[[float], None]
_GLANCE = 0.05
_here = threading.local()


def silent(_: float) -> None:
    """A tick for work that nobody watches."""


@cache
def _pool() -> ThreadPoolExecutor:
    return made(count())


def made(threads: int) -> ThreadPoolExecutor:
    """A pool whose threads know that they are of one."""
    return ThreadPoolExecutor(threads, thread_name_prefix="network", initializer=lambda: setattr(_here, "is_of_a_pool", True))


def count() -> int:
    """How many threads there are: one for each processor this process may use; for a job of a pool itself alone."""
    if getattr(_here, "is_of_a_pool", False):
        return 1
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def each(jobs: Sequence[Callable[[], T]], tick: Tick = silent) -> Iterator[T]:
    """What the jobs give, in their order. A few run ahead of the one that is waited for.

    A job may have jobs of its own: it does them itself, as it would hold the thread that they wait for.
    """
    if getattr(_here, "is_of_a_pool", False):
        for done, job in enumerate(jobs):
            tick(done / len(jobs))
            yield job()
        return
    coming = iter(jobs)
    running: deque[Future[T]] = deque(_pool().submit(job) for job in islice(coming, 2 * count()))
    try:
        for done in range(len(jobs)):
            while wait([running[0]], _GLANCE).not_done:
                tick(done / len(jobs))
            tick(done / len(jobs))
            result = running.popleft().result()
            running.extend(_pool().submit(job) for job in islice(coming, 1))
            yield result
    finally:
        for future in running:
            future.cancel()


def one(job: Callable[[], T], tick: Tick = silent) -> T:
    """What a single job gives."""
    (result,) = each([job], tick)
    return result


def parts(size: int, most: int) -> list[tuple[int, int]]:
    """Ranges that cover 0…size, at most `most` long each.

    >>> parts(7, 3)
    [(0, 3), (3, 6), (6, 7)]
    """
    return [(start, min(start + most, size)) for start in range(0, size, most)]
