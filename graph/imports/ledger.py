"""What each source gave last: `(:Imported {key: "source|space|key", noun, object, part, cells})`, one for each row that was taken.

By it a second import finds what the first one made, leaves alone what has not changed, and knows which cells have.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, LiteralString

from graph.database import Transaction
from graph.imports.columns import Noun
from graph.imports.keys import Ask

_LONGEST = 200
_FIND: LiteralString = """
UNWIND $keys AS key
MATCH (n:Imported {key: key})
RETURN key, n.noun, n.object, n.part, n.cells
"""
_ADD: LiteralString = "UNWIND $rows AS row CREATE (n:Imported) SET n = row"
_PUT: LiteralString = "UNWIND $rows AS row MERGE (n:Imported {key: row.key}) SET n += row"


@dataclass(frozen=True)
class Last:
    """The last import of a row: which object it is, what else it made (`part`), and its cells, as `remembered` gives them."""

    noun: str
    object: str
    part: str | None = None
    cells: Mapping[str, str] = field(default_factory=dict)


def remembered(noun: Noun, cells: Mapping[str, str]) -> dict[str, str]:
    """Cells as the ledger keeps them: a digest, or the text where the next import needs it; an empty one stays empty."""
    columns = noun.by_name
    return {name: cell if not cell or (columns[name].kept and len(cell) <= _LONGEST) else _digest(cell) for name, cell in cells.items()}


def changed(now: Mapping[str, str], last: Last | None) -> frozenset[str]:
    """The columns whose cells, as `remembered`, differ from the last import. A column that the file does not have has not changed."""
    before = last.cells if last else {}
    return frozenset(name for name, cell in now.items() if cell != before.get(name, ""))


def entry(noun: Noun, key: str, object: str, now: Mapping[str, str], last: Last | None, part: str | None = None) -> dict[str, Any]:
    """What is to be kept of a row that was taken. A column that this file does not have keeps what it had."""
    kept = {name: cell for name, cell in {**(last.cells if last else {}), **now}.items() if cell}
    return {"key": key, "noun": noun.name, "object": object, "part": part, "cells": json.dumps(kept, ensure_ascii=False)}


async def find(ask: Ask, keys: Iterable[str]) -> dict[str, Last]:
    """What is known of the rows with these keys."""
    rows = await ask(_FIND, {"keys": sorted(set(keys))})
    return {key: Last(noun, object, part, json.loads(cells)) for key, noun, object, part, cells in rows}


async def add(transaction: Transaction, entries: Sequence[Mapping[str, Any]]) -> None:
    """Keeps rows that were taken for the first time."""
    await transaction.run(_ADD, {"rows": entries})


async def put(transaction: Transaction, entries: Sequence[Mapping[str, Any]]) -> None:
    """Keeps rows that were taken again, or whose object was there before."""
    await transaction.run(_PUT, {"rows": entries})


def _digest(cell: str) -> str:
    return "#" + hashlib.blake2b(cell.encode(), digest_size=6).hexdigest()
