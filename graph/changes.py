"""The log of all writes: who did what, when, to what, and what it was before. Audit, timeline and subscriptions read it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from graph.database import Database, Transaction
from graph.terms import Term

__all__ = ["Change", "ChangeAction", "FieldChange", "Stand", "append", "head", "rebuilt", "stand", "state"]


class ChangeAction(Term):
    """What was done (操作)."""

    CREATE = "Created", "新建"
    UPDATE = "Changed", "修改"
    DELETE = "Deleted", "删除"
    RESTORE = "Restored", "恢复"
    START = "Started", "开始"
    END = "Ended", "结束"
    RECORD = "Recorded", "记录"
    IMPORT = "Imported", "导入"
    ANALYSE = "Analysed", "分析"
    MIGRATE = "Migrated", "迁移"


@dataclass(frozen=True)
class FieldChange:
    """One field, by its name in the API, before and after, as text. A field of another subject has that one's id before its name."""

    name: str
    before: str | None
    after: str | None


class Stand(NamedTuple):
    """How often the graph was rebuilt, and the number of the last change that is not about analyses: greater whenever there is news.

    `log` names the log: no two databases have the same.
    """

    rebuilt: int
    number: int
    log: str = ""


@dataclass(frozen=True)
class Change:
    """One write. `subjects` are what it created or changed, the first of them is the subject."""

    id: str
    at: str
    actor: str
    actor_label: str
    action: ChangeAction
    subjects: tuple[str, ...]
    fields: tuple[FieldChange, ...] = ()
    key: str | None = None
    input_hash: str | None = None


_APPEND = """
CREATE (change:Node:Change) SET change = $change
WITH change
UNWIND CASE WHEN size($about) = 0 THEN [''] ELSE $about END AS id
OPTIONAL MATCH (node:Node {id: id})
WITH change, collect(node) AS nodes
FOREACH (node IN nodes | CREATE (change)-[:ABOUT]->(node))
WITH change
MATCH (counter:Counter {name: 'changes'}) SET counter._lock = true
WITH change, counter
SET counter.graph = CASE WHEN $aside THEN coalesce(counter.graph, counter.value) ELSE counter.value + 1 END
SET counter.value = counter.value + 1
SET change.number = counter.value
RETURN change.number AS number
"""

_HEAD = "MATCH (counter:Counter {name: 'changes'}) RETURN counter.value AS number"

_GRAPH = """
MATCH (counter:Counter {name: 'changes'})
RETURN coalesce(counter.rebuilt, 0), coalesce(counter.graph, counter.value), coalesce(counter.log, '')
"""
_REBUILT = "MATCH (counter:Counter {name: 'changes'}) SET counter._lock = true SET counter.rebuilt = coalesce(counter.rebuilt, 0) + 1"


async def append(transaction: Transaction, change: Change, *, about: Sequence[str] = (), aside: bool = False) -> int:
    """Writes `change` with its number, tied to the nodes with the ids `about`. It must be the last statement of its transaction.

    `aside` says that it is about nothing that can be analysed: `state` stays.

    The counter is locked until the commit: order of numbers is order of commits, and nobody waits for more than a commit.
    """
    rows = await transaction.run(_APPEND, {"change": _properties(change) | {"aside": aside or None}, "about": list(about), "aside": aside})
    return int(rows[0]["number"])


async def head(database: Database) -> int:
    """The number of the newest change, 0 before the first."""
    rows = await database.read(_HEAD)
    return int(rows[0]["number"])


async def state(database: Database) -> str:
    """What names the graph as analyses see it."""
    now = await stand(database)
    return f"{now.number}.{now.rebuilt}" if now.rebuilt else str(now.number)


async def stand(database: Database) -> Stand:
    """How the log stands."""
    return Stand(*(await database.read(_GRAPH))[0])


async def rebuilt(transaction: Transaction) -> None:
    """Derived data were put right without a change: the graph is another one to analyses."""
    await transaction.run(_REBUILT)


def _properties(change: Change) -> dict[str, Any]:
    return {
        "id": change.id,
        "at": change.at,
        "actor": change.actor,
        "actor_label": change.actor_label,
        "action": change.action.value,
        "subject_id": change.subjects[0] if change.subjects else None,
        "subjects": list(change.subjects),
        "fields": json.dumps([[field.name, field.before, field.after] for field in change.fields], ensure_ascii=False),
        "key": change.key,
        "input_hash": change.input_hash,
    }
