"""Chance that falls the same way every time, on every version of Python."""

from __future__ import annotations

import random
from bisect import bisect
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import cache
from itertools import accumulate
from typing import TypeVar

T = TypeVar("T")


@cache
def _shares(count: int) -> list[float]:
    return list(accumulate(1 / (place + 1) for place in range(count)))


class Dice:
    """Seeded by a word. Only `random()` is the same for all versions of Python, so everything is made of it."""

    def __init__(self, seed: str) -> None:
        self._random = random.Random(seed).random

    def chance(self, share: float) -> bool:
        return self._random() < share

    def between(self, least: int, most: int) -> int:
        """A whole number, both ends included."""
        return least + int(self._random() * (most - least + 1))

    def pick(self, things: Sequence[T]) -> T:
        return things[int(self._random() * len(things))]

    def weighted(self, weights: Mapping[T, float]) -> T:
        left = self._random() * sum(weights.values())
        for thing, weight in weights.items():
            left -= weight
            if left < 0:
                return thing
        return thing

    def often(self, things: Sequence[T]) -> T:
        """The first one most, the second half as much, the third a third as much."""
        shares = _shares(len(things))
        return things[bisect(shares, self._random() * shares[-1])]

    def some(self, things: Sequence[T], count: int) -> list[T]:
        """`count` different ones, fewer if there are not so many."""
        rest = list(things)
        return [rest.pop(int(self._random() * len(rest))) for _ in range(min(count, len(rest)))]

    def day(self, first: date, last: date) -> date:
        return first + timedelta(days=self.between(0, (last - first).days))
