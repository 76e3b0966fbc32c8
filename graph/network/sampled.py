"""Sampling in jobs: items whose cost nobody knows beforehand, each with random numbers of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TypeVar

from graph.network.threads import Tick, each, parts
from graph.network.work import CHUNK

__all__ = ["in_jobs"]

T = TypeVar("T")
_BATCH, _GROWTH = 16, 8


def in_jobs(run: Callable[[int, int], T], work: Callable[[T], int], first: int, last: int, tick: Tick) -> Iterator[T]:
    """What `run` gives for ranges that cover first…last, in their order. `work` tells what a result cost.

    Ranges start with one item and grow towards about `CHUNK` steps. The items must not depend on the range they are in.
    """
    at, size = first, 1
    while at < last:
        end, spent = min(at + _BATCH * size, last), 0
        jobs = [partial(run, at + start, at + stop) for start, stop in parts(end - at, size)]
        for result in each(jobs, partial(_share, tick, (at - first) / (last - first), (end - at) / (last - first))):
            spent += work(result)
            yield result
        size = max(1, min(_GROWTH * size, CHUNK * (end - at) // max(spent, 1)))
        at = end


def _share(tick: Tick, start: float, length: float, done: float) -> None:
    tick(start + length * done)
