"""How warm a tie between two people is (关系温度): a sum of contributions that fade by half in every half-life.

A contribution is stored as `weight · 2^((t − epoch)/half-life)`: against a fixed epoch sums stay additive, and one factor turns a stored
sum into the warmth of any day. Two sums are kept for a pair, one a direction, so that a flood of one-way mail does not make a friend.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from types import MappingProxyType

FORMULA = 1
EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
MOST_PEOPLE = 20
GATHERINGS = frozenset({"CALL", "MEETING", "VISIT", "MEAL", "EVENT"})
CHANNEL_WEIGHTS: Mapping[str, float] = MappingProxyType(
    {
        **dict.fromkeys(("EMAIL", "SMS", "WECHAT", "WECOM", "DINGTALK", "LETTER", "OTHER"), 1.0),
        **dict.fromkeys(("SOCIAL", "APP"), 0.5),
        **dict.fromkeys(("CALL", "EVENT"), 2.0),
        "GIFT": 3.0,
        **dict.fromkeys(("MEETING", "VISIT"), 4.0),
        "MEAL": 6.0,
    }
)
# Who came to a message as one comes to a meeting was addressed by it; a blind copy shows no relation.
RECIPIENTS: Mapping[str, float] = MappingProxyType({"TO": 1.0, "ATTENDEE": 1.0, "CC": 0.5})
CLOSENESS_FLOORS: Mapping[str, float] = MappingProxyType({"DISTANT": 0.2, "KNOWN": 0.4, "GOOD": 0.6, "CLOSE": 0.8})
_BELOW_ONE = math.nextafter(1.0, 0.0)

Pair = tuple[str, str]
Shares = tuple[float, float]


@dataclass(frozen=True)
class Warmth:
    """The settings: half-life in days (30 to 36,500) and the weight of each channel. ValueError outside of these.

    >>> Warmth(half_life=29)
    Traceback (most recent call last):
    ValueError: a half-life is 30 to 36500 days: 29
    """

    half_life: float = 180
    channels: Mapping[str, float] = field(default_factory=lambda: CHANNEL_WEIGHTS)

    def __post_init__(self) -> None:
        # Below 30 days the sums would leave the range of a double within a lifetime.
        if not 30 <= self.half_life <= 36_500:
            raise ValueError(f"a half-life is 30 to 36500 days: {self.half_life}")
        if set(self.channels) != set(CHANNEL_WEIGHTS) or not all(0 <= weight <= 1_000 for weight in self.channels.values()):
            raise ValueError("every channel has one weight, 0 to 1000")

    @cached_property
    def version(self) -> str:
        """Names formula and settings; sums of different versions must not be added.

        >>> Warmth().version
        'warmth 1, half-life 180 d, weights 2c58d9a9'
        """
        weights = ";".join(f"{channel}={float(weight)!r}" for channel, weight in sorted(self.channels.items()))
        return f"warmth {FORMULA}, half-life {self.half_life:g} d, weights {hashlib.sha256(weights.encode()).hexdigest()[:8]}"

    def contribution(self, channel: str, occurred_at: str | datetime) -> float:
        """What one interaction adds to a stored sum.

        >>> Warmth().contribution("MEAL", "2020-06-29T00:00:00.000000Z")
        12.0
        """
        return self.channels[channel] * math.exp2(self._half_lives(occurred_at))

    def decay(self, at: str | datetime) -> float:
        """The factor from a stored sum to the warmth at an instant or a day (its beginning, UTC).

        >>> Warmth().decay("2020-06-29")
        0.5
        """
        # Long before the epoch a float holds it no more; there is nothing to multiply it with either.
        return math.exp2(min(-self._half_lives(at), 1_000))

    def _half_lives(self, at: str | datetime) -> float:
        moment = datetime.fromisoformat(at) if isinstance(at, str) else at
        return ((moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - EPOCH) / timedelta(days=self.half_life)


DEFAULT = Warmth()


@dataclass(frozen=True)
class Strength:
    """Tie strength in [0, 1) and what each part gave: `value` is the greater of `floor` and `mutual` + `one_sided`."""

    value: float
    mutual: float
    one_sided: float
    floor: float


def saturation(warmth: float) -> float:
    """1 − exp(−warmth/5).

    >>> round(saturation(5), 6)
    0.632121
    """
    return -math.expm1(-warmth / 5)


def strength(out: float, back: float, closeness: str | None = None) -> Strength:
    """Strength of a tie from its warmth in either direction and its declared closeness.

    >>> round(strength(10, 10).value, 6), round(strength(100, 0).value, 6), strength(0, 0, "GOOD").value
    (0.864665, 0.2, 0.6)
    """
    # A removed contribution may leave a rounding error below zero.
    low, high = sorted((max(out, 0.0), max(back, 0.0)))
    mutual, one_sided, floor = 0.8 * saturation(low), 0.2 * saturation(high), CLOSENESS_FLOORS.get(closeness or "", 0.0)
    return Strength(min(max(floor, mutual + one_sided), _BELOW_ONE), mutual, one_sided, floor)


def is_crowd(people: Iterable[str]) -> bool:
    """Whether these are so many that an interaction joins nobody.

    >>> is_crowd(map(str, range(20))), is_crowd(map(str, range(21)))
    (False, True)
    """
    return len(set(people)) > MOST_PEOPLE


def pairs(channel: str, participants: Iterable[tuple[str, str]]) -> dict[Pair, Shares]:
    """Pairs (smaller, greater) that one interaction of (person, role) joins, each with its shares of the weight: there, and back.

    A gathering joins everybody with everybody, a message its sender with each recipient.

    >>> pairs("MEAL", [("b", "ATTENDEE"), ("a", "ATTENDEE")])
    {('a', 'b'): (1.0, 1.0)}
    >>> pairs("EMAIL", [("b", "FROM"), ("a", "TO"), ("c", "CC"), ("d", "BCC")])
    {('a', 'b'): (0.0, 1.0), ('b', 'c'): (0.5, 0.0)}
    """
    listed = list(participants)
    if is_crowd(person for person, _ in listed):
        return {}
    directed = _meetings(listed) if channel in GATHERINGS else _messages(listed)
    joined = sorted({(min(ends), max(ends)) for ends in directed})
    return {(a, b): (directed.get((a, b), 0.0), directed.get((b, a), 0.0)) for a, b in joined}


def _meetings(participants: list[tuple[str, str]]) -> dict[Pair, float]:
    people = {person for person, _ in participants}
    return {(one, other): 1.0 for one in people for other in people if one != other}


def _messages(participants: list[tuple[str, str]]) -> dict[Pair, float]:
    senders = {person for person, role in participants if role == "FROM"}
    received: dict[str, float] = {}
    for person, role in participants:
        if role in RECIPIENTS:
            received[person] = max(RECIPIENTS[role], received.get(person, 0.0))
    return {(sender, person): share for sender in senders for person, share in received.items() if person != sender}
