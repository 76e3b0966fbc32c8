"""Ties with a period, alike for all kinds: start, update, end, delete. A kind says its ends and its rules.

A tie is `(source)-[:TYPE {id, since, until, …, version}]->(target)`. Its source is locked before anything about it is checked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, LiteralString

from pydantic import Field

from graph import nodes, periods
from graph.changes import ChangeAction
from graph.database import Transaction
from graph.errors import ProblemCode, invalid, refused
from graph.fields import Create, Day, Ending, Fields, Reference, Update
from graph.writing import Draft, Writer, Written, locked, write

__all__ = ["End", "Period", "State", "Tie", "begin", "delete", "end", "hold", "start", "update"]


class Period(Fields):
    """From one day until another."""

    since: Day | None = Field(default=None, description="The first day (开始日期)")
    until: Day | None = Field(default=None, description="The first day on which it is over (结束日期，不含当日)")


@dataclass(frozen=True)
class End:
    """One end of a kind of tie: the field that names it, and the label it must have."""

    field: str
    label: str


@dataclass(frozen=True)
class State:
    """A tie as it is, or as a write would leave it. `values` are its stored properties."""

    id: str
    source: str
    target: str
    values: Mapping[str, Any]

    @property
    def period(self) -> tuple[str | None, str | None]:
        return self.values.get("since"), self.values.get("until")

    def overlaps(self, since: str | None, until: str | None) -> bool:
        return periods.overlap(*self.period, since, until)


@dataclass(frozen=True)
class Tie:
    """A kind of tie. `hierarchy`: writers of this kind write in turn, because a check follows ties that they do not lock."""

    type: LiteralString
    source: End
    target: End
    hierarchy: bool = False

    async def ends(self, transaction: Transaction, given: Fields, before: State | None) -> tuple[str, str]:
        """The ids of both ends: as given, else as they were."""
        source = getattr(given, self.source.field, None) or (before.source if before else "")
        target = getattr(given, self.target.field, None) or (before.target if before else "")
        return source, target

    async def check(self, transaction: Transaction, after: State) -> None:
        """Raises what the rules of this kind have against `after`, and prepares its ends. It runs under the lock."""

    def named(self, source: str, target: str) -> dict[str, str]:
        """Both ends as the log shows them."""
        return {self.source.field: source, self.target.field: target}


async def start(writer: Writer, tie: Tie, given: Create) -> Written:
    """Makes a new tie. NotFound for an end that is not there; REFUSED between one and the same; what `tie` has against it."""

    async def work(transaction: Transaction, draft: Draft) -> str:
        return await begin(transaction, writer, draft, tie, given)

    return await write(writer, ChangeAction.START, work, given=given)


async def begin(transaction: Transaction, writer: Writer, draft: Draft, tie: Tie, given: Create, *, held: bool = False) -> str:
    """A new tie within a transaction. Gives its id; raises what `start` does.

    `held`: its ends are known to be there, and `hold` has locked the source.
    """
    if not held:
        await take_turn(transaction, tie)
    source, target = await tie.ends(transaction, given, None)
    for name, value in tie.named(source, target).items():
        draft.set(name, None, value)
    after = State(writer.ids.new(), source, target, draft.compare(given, {}))
    _check_period(after)
    await _check(transaction, tie, after, held=held)
    now = writer.now()
    values = {**after.values, "id": after.id, "version": 1, "created_at": now, "updated_at": now}
    await transaction.run(_create(tie.type), {"source": source, "target": target, "tie": values})
    draft.about(source, target)
    return after.id


async def update(writer: Writer, tie: Tie, given: Update) -> Written:
    """Changes a tie, its ends too. NotFound, Stale, and as `start`."""

    async def work(transaction: Transaction, draft: Draft) -> str:
        before = await _held(transaction, tie, given.id, given.version)
        await _change(writer, transaction, draft, tie, before, given)
        return given.id

    return await write(writer, ChangeAction.UPDATE, work, given=given)


async def end(writer: Writer, tie: Tie, given: Ending) -> Written:
    """Sets the day from which a tie is over, today if none is given."""
    ending = given if given.until else Ending(id=given.id, until=date.fromisoformat(writer.today()))

    async def work(transaction: Transaction, draft: Draft) -> str:
        before = await _held(transaction, tie, given.id, None)
        # A shorter period breaks no rule, and must not fail over one that somebody else has broken.
        shorter = before.period[1] is None or str(ending.until) <= before.period[1]
        await _change(writer, transaction, draft, tie, before, ending, lawful=shorter)
        return given.id

    return await write(writer, ChangeAction.END, work, given=given)


async def delete(writer: Writer, tie: Tie, given: Reference) -> Written:
    """Takes a tie away that should never have been there; one that is over is ended."""

    async def work(transaction: Transaction, draft: Draft) -> str:
        before = await _held(transaction, tie, given.id, given.version)
        now = writer.now()
        draft.set("deletedAt", None, now)
        draft.about(before.source, before.target)
        await _set(transaction, tie, before, {"deleted_at": now, "updated_at": now})
        return given.id

    return await write(writer, ChangeAction.DELETE, work, given=given)


_HOLD = "UNWIND $ids AS id MATCH (node:Node {id: id}) SET node._lock = true REMOVE node._lock"


async def hold(transaction: Transaction, tie: Tie, ids: Iterable[str]) -> None:
    """Locks parties before several ties of a kind begin at them."""
    await take_turn(transaction, tie)
    await transaction.run(_HOLD, {"ids": sorted(set(ids))})


_TAKE_TURN = "MATCH (turn:Lock {name: $name}) SET turn._lock = true REMOVE turn._lock RETURN turn.name"


async def take_turn(transaction: Transaction, tie: Tie) -> None:
    """Waits until nobody else writes ties of a hierarchy."""
    if tie.hierarchy:
        await transaction.run(_TAKE_TURN, {"name": tie.type})


async def _held(transaction: Transaction, tie: Tie, id: str, version: int | None) -> State:
    await take_turn(transaction, tie)
    await transaction.run(_lock(tie.type), {"id": id})
    values = await locked(transaction, _read(tie.type), id, version=version)
    return State(id, values.pop("source"), values.pop("target"), values)


async def _change(
    writer: Writer, transaction: Transaction, draft: Draft, tie: Tie, before: State, given: Fields, *, lawful: bool = False
) -> None:
    changed = draft.compare(given, before.values)
    source, target = await tie.ends(transaction, given, before)
    shown = tie.named(before.source, before.target)
    for name, value in tie.named(source, target).items():
        draft.set(name, shown[name], value)
    if not draft.fields:
        return
    after = State(before.id, source, target, {**before.values, **changed})
    _check_period(after)
    if not lawful:
        await _check(transaction, tie, after)
    if (source, target) != (before.source, before.target):
        await transaction.run(_move(tie.type), {"id": after.id, "source": source, "target": target})
    await _set(transaction, tie, before, {**changed, "updated_at": writer.now()})
    draft.about(before.source, before.target, source, target)


def _check_period(after: State) -> None:
    since, until = after.period
    if since and until and until <= since:
        en = f"until: {until} does not lie after since, {since}; give a later day, or delete what never was"
        zh = f"until：{until} 须晚于开始日期 {since}，请填写更晚的日期；从未生效的请直接删除"
        raise invalid(en, zh, "until", code=ProblemCode.OUT_OF_RANGE)


async def _check(transaction: Transaction, tie: Tie, after: State, *, held: bool = False) -> None:
    if not held:
        await nodes.hold(transaction, tie.source.label, after.source, tie.source.field)
        await nodes.find(transaction, tie.target.label, after.target, tie.target.field)
    if after.source == after.target:
        name = tie.target.field
        raise refused(f"{name}: nobody has this tie with itself; choose another one", f"{name}：不能与自身建立关系，请另选", name)
    await tie.check(transaction, after)


async def _set(transaction: Transaction, tie: Tie, before: State, values: Mapping[str, Any]) -> None:
    version = before.values["version"] + 1
    await transaction.run(_update(tie.type), {"id": before.id, "values": {**values, "version": version}})


# A type cannot be a parameter. An unlabelled pattern with the id in WHERE is the one that finds the index on both engines.
def _lock(type: LiteralString) -> LiteralString:
    return f"MATCH (source)-[tie:{type}]->() WHERE tie.id = $id SET source._lock = true REMOVE source._lock RETURN source.id"


def _read(type: LiteralString) -> LiteralString:
    return f"""MATCH (source)-[tie:{type}]->(target) WHERE tie.id = $id
    AND tie.deleted_at IS NULL AND source.deleted_at IS NULL AND target.deleted_at IS NULL
    RETURN tie {{.*, source: source.id, target: target.id}}"""


def _create(type: LiteralString) -> LiteralString:
    return f"MATCH (source:Node {{id: $source}}), (target:Node {{id: $target}}) CREATE (source)-[tie:{type}]->(target) SET tie = $tie"


def _update(type: LiteralString) -> LiteralString:
    return f"MATCH ()-[tie:{type}]->() WHERE tie.id = $id SET tie += $values"


def _move(type: LiteralString) -> LiteralString:
    return f"""MATCH ()-[old:{type}]->() WHERE old.id = $id WITH old, properties(old) AS kept DELETE old WITH kept
    MATCH (source:Node {{id: $source}}), (target:Node {{id: $target}}) CREATE (source)-[tie:{type}]->(target) SET tie = kept"""
