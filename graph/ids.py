"""Identity of everything in the graph: UUID version 7 (RFC 9562), which sorts by the time it was made."""

import random
import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Protocol
from uuid import UUID

from graph.clock import Clock

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TAIL_BITS = 74
# Ids of one millisecond go up by a random step of at most this many bits: ordered, and still not to be guessed.
_STEP_BITS = 32


class Ids(Protocol):
    """Gives new ids, each greater than the one before."""

    def new(self) -> str: ...


class _Ascending:
    def __init__(self, clock: Clock, bits: Callable[[int], int]) -> None:
        self._clock = clock
        self._bits = bits
        self._lock = Lock()
        self._last = 0

    def new(self) -> str:
        millisecond = (self._clock.now() - _EPOCH) // timedelta(milliseconds=1)
        with self._lock:
            fresh = millisecond << _TAIL_BITS | self._bits(_TAIL_BITS)
            # A clock set back must not give ids that sort before earlier ones.
            self._last = fresh if self._last >> _TAIL_BITS < millisecond else self._last + 1 + self._bits(_STEP_BITS)
            return _text(self._last)


class RandomIds(_Ascending):
    """Ids that cannot be guessed, from the system's source of randomness."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock, secrets.randbits)


class SeededIds(_Ascending):
    """The same ids for the same seed and clock, for tests and demonstration data."""

    def __init__(self, seed: int, clock: Clock) -> None:
        super().__init__(clock, random.Random(seed).getrandbits)


def _text(ordered: int) -> str:
    head, tail = ordered >> _TAIL_BITS, ordered & (1 << _TAIL_BITS) - 1
    high, low = tail >> 62, tail & (1 << 62) - 1
    return str(UUID(int=head << 80 | 7 << 76 | high << 64 | 2 << 62 | low))
