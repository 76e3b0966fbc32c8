"""How everything is written: one transaction, the work and its Change together, a repeated request only once."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, LiteralString
from zoneinfo import ZoneInfo

from graph import changes
from graph.changes import Change, ChangeAction, FieldChange
from graph.clock import Clock, instant
from graph.database import ConstraintViolated, Database, Transaction
from graph.errors import ProblemCode, Stale, WriteProblem, invalid, refused
from graph.fields import Fields
from graph.gone import missing
from graph.ids import Ids

__all__ = ["Author", "Customs", "Draft", "Work", "Writer", "Written", "locked", "write"]

KEPT = timedelta(days=30)
LEEWAY = timedelta(minutes=5)
_TRIES = 5


@dataclass(frozen=True)
class Author:
    """Who writes: a stable id (`user:…`, `import:…`, `system`) and a name to show."""

    id: str
    label: str


@dataclass(frozen=True)
class Customs:
    """What is usual in this company: its name, the region of bare phone numbers, its time zone, its currency."""

    company: str
    region: str = "CN"
    time_zone: str = "Asia/Shanghai"
    currency: str = "CNY"


@dataclass(frozen=True)
class Writer:
    """All that a write needs besides its input."""

    database: Database
    clock: Clock
    ids: Ids
    author: Author
    customs: Customs

    def now(self) -> str:
        """The present instant, as it is stored."""
        return instant(self.clock.now())

    def today(self) -> str:
        """The present day where the company is, as it is stored."""
        return self.clock.now().astimezone(ZoneInfo(self.customs.time_zone)).date().isoformat()

    def check_past(self, at: datetime | None, *path: str) -> None:
        """Raises IN_FUTURE for a fact that lies more than five minutes ahead: clocks differ a little."""
        if at is not None and at > self.clock.now() + LEEWAY:
            en = f"{'.'.join(path)}: {instant(at)} lies in the future; a fact has a time that has come"
            raise invalid(en, f"{'.'.join(path)}：{instant(at)} 在未来，事实的时间不得晚于现在", *path, code=ProblemCode.IN_FUTURE)


@dataclass(frozen=True)
class Written:
    """What became of a write: the id of its object, and what the client should know besides."""

    id: str
    warnings: tuple[WriteProblem, ...] = ()


@dataclass
class Draft:
    """What a unit of work tells about itself while it runs. Without a changed field there is no Change."""

    fields: list[FieldChange] = field(default_factory=list)
    subjects: list[str] = field(default_factory=list)
    touched: list[str] = field(default_factory=list)
    warnings: list[WriteProblem] = field(default_factory=list)
    aside: bool = False
    """Whether the write is about an analysis itself: the graph that analyses see stays as it is."""

    def set(self, name: str, before: str | None, after: str | None) -> None:
        """Logs one field by its GraphQL name."""
        if before != after:
            self.fields.append(FieldChange(name, before, after))

    def compare(self, input: Fields, before: Mapping[str, Any], *path: str) -> dict[str, Any]:
        """The properties that `input` changes, and logs them. `before` is what is stored, empty for a creation."""
        given = input.given()
        changed = {name: value for name, value in given.items() if value != before.get(name)}
        for name, value in changed.items():
            shown, after = input.shown(name, value)
            self.set(".".join((*path, shown)), input.shown(name, before.get(name))[1], after)
        return changed

    def subject(self, id: str) -> None:
        """One more object that was created or changed, besides the one whose id the work gives back."""
        self.subjects.append(id)

    def about(self, *ids: str | None) -> None:
        """Parties and other nodes that the write touched: their logs show it. None is left out."""
        self.touched += [id for id in ids if id is not None]

    def warn(self, problem: WriteProblem) -> None:
        """Something the client should know although the write was done."""
        self.warnings.append(problem)


Work = Callable[[Transaction, Draft], Awaitable[str]]
"""Does what a write has to do and gives the id of its object. It may run several times; only the last one counts."""


async def write(writer: Writer, action: ChangeAction, work: Work, *, given: Fields) -> Written:
    """Runs `work` and appends its Change in one transaction. The same `given.idempotency_key` of the same author does it only once."""
    key = _key(writer, given)
    fingerprint = _fingerprint(action, given) if key else None

    async def unit(transaction: Transaction) -> Written:
        if key and (earlier := await _earlier(transaction, key, fingerprint, writer)):
            return Written(earlier)
        draft = Draft()
        id = await work(transaction, draft)
        if draft.fields:
            change = _change(writer, action, id, draft, key, fingerprint)
            await changes.append(transaction, change, about=list(dict.fromkeys([*draft.touched, *change.subjects])), aside=draft.aside)
        return Written(id, tuple(draft.warnings))

    return await _retried(writer.database, unit)


async def _retried(database: Database, unit: Callable[[Transaction], Awaitable[Written]]) -> Written:
    # Who loses a race for a unique key starts again, and then finds what the winner wrote.
    for _ in range(_TRIES - 1):
        try:
            return await database.write(unit)
        except ConstraintViolated:
            continue
    return await database.write(unit)


def _change(writer: Writer, action: ChangeAction, id: str, draft: Draft, key: str | None, fingerprint: str | None) -> Change:
    return Change(
        id=writer.ids.new(),
        at=writer.now(),
        actor=writer.author.id,
        actor_label=writer.author.label,
        action=action,
        subjects=tuple(dict.fromkeys([id, *draft.subjects])),
        fields=tuple(draft.fields),
        key=key,
        input_hash=fingerprint,
    )


def _key(writer: Writer, given: Fields) -> str | None:
    key = getattr(given, "idempotency_key", None)
    return f"{writer.author.id}|{key}" if key else None


def _fingerprint(action: ChangeAction, given: Fields) -> str:
    return hashlib.sha256(f"{action} {type(given).__name__} {given.model_dump_json(exclude_unset=True)}".encode()).hexdigest()


_EARLIER = "MATCH (change:Change {key: $key}) RETURN change.subject_id AS id, change.at AS at, change.input_hash AS fingerprint"

_FORGET = "MATCH (change:Change {key: $key}) REMOVE change.key"


async def _earlier(transaction: Transaction, key: str, fingerprint: str | None, writer: Writer) -> str | None:
    rows = await transaction.run(_EARLIER, {"key": key})
    if not rows:
        return None
    if rows[0]["at"] < instant(writer.clock.now() - KEPT):
        await transaction.run(_FORGET, {"key": key})
        return None
    if rows[0]["fingerprint"] != fingerprint:
        en = "idempotencyKey: it came with another input before; use a new key"
        raise refused(en, "idempotencyKey：此键已用于其他输入，请换用新键", "idempotencyKey", code=ProblemCode.KEY_REUSED)
    return str(rows[0]["id"])


async def locked(transaction: Transaction, query: LiteralString, id: str, *path: str, version: int | None = None) -> dict[str, Any]:
    """What `query` finds of the object `id`, locked until the commit, if it is there and has this `version`; else NotFound or Stale.

    `query` locks before it looks, and gives the properties first:
    `MATCH (n:Person {id: $id}) SET n._lock = true REMOVE n._lock WITH n WHERE n.deleted_at IS NULL RETURN properties(n)`
    """
    rows = await transaction.run(query, {"id": id})
    if not rows:
        raise await missing(transaction, id, *(path or ("id",)))
    found: dict[str, Any] = dict(rows[0][0])
    if version is not None and found["version"] != version:
        raise Stale(id, found["version"])
    return found
