"""The keys of a source, and what they name here: what an import made of them, or who has them as an identifier."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, LiteralString

from graph import identifiers
from graph.database import Record

PARTY, PRODUCT, ORDER, ORDER_LINE, INTERACTION, REFERRAL = "party", "product", "order", "order_line", "interaction", "referral"
"""The key spaces of a source."""

LONGEST = 200

Ask = Callable[[LiteralString, Mapping[str, Any]], Awaitable[list[Record]]]
"""Runs a reading statement: a database's `read`, or a transaction's `run`."""

Key = tuple[str, str]
"""A space, and the source's own key in it."""

_SOURCE = re.compile(r"[a-z0-9][a-z0-9._-]{0,59}")
_MADE: LiteralString = """
UNWIND $keys AS key
MATCH (i:Imported {key: key})
MATCH (n:Node {id: i.object})
WHERE n.deleted_at IS NULL
RETURN key, n.id, labels(n), coalesce(n.own, false)
"""
_IDENTIFIED: LiteralString = """
UNWIND $keys AS key
MATCH (i:Identifier {key: key})
MATCH (i)<-[:IDENTIFIED_BY]-(n:Node)
WHERE n.deleted_at IS NULL
RETURN key, n.id, labels(n), coalesce(n.own, false)
"""


@dataclass(frozen=True)
class Entry:
    """One row that has a key of its own."""

    line: int
    key: Key
    cells: Mapping[str, str]


@dataclass(frozen=True)
class Found:
    """What a key names. `labels` are those of its node; `own`: it is one of our own companies."""

    id: str
    labels: frozenset[str]
    own: bool = False


@dataclass
class Keys:
    """The keys of one source. `planned` is what a dry run would have made by now."""

    source: str
    planned: dict[Key, Found] = field(default_factory=dict)

    def entry(self, space: str, own: str) -> str:
        """By what the ledger knows a row of the source."""
        return f"{self.source}|{space}|{own}"

    def system(self, space: str) -> str:
        """The system of the identifiers that parties and products get; the two must not meet in one."""
        return f"source:{self.source}" if space == PARTY else f"source:{self.source}:{space}"

    async def find(self, ask: Ask, wanted: Iterable[Key]) -> dict[Key, Found]:
        """What these keys name, as far as it is there and not deleted."""
        keys = set(wanted)
        found = {key: self.planned[key] for key in keys & self.planned.keys()}
        made = {self.entry(*key): key for key in keys - found.keys()}
        found |= await _answers(ask, _MADE, made)
        named = {identifiers.key(self.system(key[0]), key[1]): key for key in keys - found.keys() if key[0] in (PARTY, PRODUCT)}
        return found | await _answers(ask, _IDENTIFIED, named)


def is_source(name: str) -> bool:
    """Whether a source may be called this: small letters, digits, `.`, `_` and `-`."""
    return _SOURCE.fullmatch(name) is not None


async def _answers(ask: Ask, query: LiteralString, keys: Mapping[str, Key]) -> dict[Key, Found]:
    rows = await ask(query, {"keys": sorted(keys)}) if keys else []
    return {keys[key]: Found(id, frozenset(labels), own) for key, id, labels, own in rows}
