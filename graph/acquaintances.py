"""Declared acquaintances (人脉): what somebody says about two people, beside what their interactions show.

Both live on the one KNOWS tie of the pair. A declared closeness is a floor of its own for its strength, never mixed into its warmth.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, Any, LiteralString

from pydantic import AfterValidator, Field

from graph import knows, nodes, periods
from graph.changes import ChangeAction
from graph.database import Transaction
from graph.errors import Duplicate, Message, ProblemCode, invalid, refused
from graph.fields import ABSENT, NULL_IS_EMPTY, REQUIRED, Create, Ending, Fields, Id, PartialDate, Reference, Update, many, wrong
from graph.terms import Term
from graph.writing import Draft, Writer, Written, locked, write


class AcquaintanceBasis(Term):
    """Where two people know each other from (相识基础)."""

    COLLEAGUE = "Colleagues", "同事"
    FORMER_COLLEAGUE = "Former colleagues", "前同事"
    CLASSMATE = "Classmates", "同学"
    ALUMNI = "Alumni of one school", "校友"
    FELLOW_TOWNSMAN = "From the same place", "同乡"
    COMRADE = "Served together", "战友"
    RELATIVE = "Relatives", "亲属"
    TEACHER_STUDENT = "Teacher and student", "师生"
    FRIEND = "Friends", "朋友"
    BUSINESS = "Business", "商务往来"
    OTHER = "Otherwise", "其他"


class Closeness(Term):
    """How close two people are, as declared (亲密程度)."""

    DISTANT = "They have met", "点头之交"
    KNOWN = "They know each other", "相识"
    GOOD = "They know each other well", "熟识"
    CLOSE = "They are close", "密友"


def _two(parties: list[str]) -> list[str]:
    if len(parties) != 2:
        raise wrong(f"it names {len(parties)} people; an acquaintance has two", f"共有 {len(parties)} 人，人脉关系须为两人")
    return sorted(parties)


Pair = Annotated[list[Id], AfterValidator(_two)]


class AcquaintanceFields(Fields):
    """What can be declared of an acquaintance (人脉)."""

    parties: Pair = Field(default=ABSENT, description="The two people, in any order; they stay the same (双方)")
    bases: Annotated[list[AcquaintanceBasis], NULL_IS_EMPTY, many(20)] = Field(
        default=ABSENT, description="Where they know each other from (相识基础)"
    )
    closeness: Closeness | None = Field(default=None, description="How close they are: a floor for the strength (亲密程度)")
    since: PartialDate | None = Field(default=None, description="Since when, not in the future (相识时间)")


class AcquaintanceStart(AcquaintanceFields, Create):
    """Two people who know each other (人脉)."""

    parties: Pair = REQUIRED


class AcquaintanceUpdate(AcquaintanceFields, Update):
    """A change of what was declared (人脉)."""


_FIND: LiteralString = "MATCH (a:Node {id: $a})-[k:KNOWS {pair: $pair}]->() RETURN properties(k)"
_HOLD: LiteralString = """
MATCH (a)-[k:KNOWS]->(b) WHERE k.id = $id
SET a._lock = true REMOVE a._lock
RETURN a.id
"""
_READ: LiteralString = """
MATCH (a)-[k:KNOWS]->(b) WHERE k.id = $id AND a.deleted_at IS NULL AND b.deleted_at IS NULL
RETURN k {.*, a: a.id, b: b.id}
"""
_SET: LiteralString = "MATCH (a:Node {id: $a})-[k:KNOWS {pair: $pair}]->() SET k += $values"


async def start(writer: Writer, input: AcquaintanceStart) -> Written:
    """Declare that two people know each other (声明人脉)."""

    async def work(transaction: Transaction, draft: Draft) -> str:
        a, b = input.parties
        if a == b:
            raise refused(
                "parties: nobody is an acquaintance of themselves; name two people", "parties：不能与自己建立人脉，请填写两人", "parties"
            )
        for id in input.parties:
            await nodes.hold(transaction, "Person", id, "parties")
        before = await _existing(transaction, writer, a, b)
        if before["declared"]:
            en = "parties: that they know each other was declared before; change it with acquaintanceUpdate"
            raise Duplicate(Message(en, "parties：双方人脉已声明，请用 acquaintanceUpdate 修改"), "parties", existing_id=before["id"])
        draft.set("parties", None, json.dumps(input.parties))
        values = {"closeness": None, "since": None, **draft.compare(input, {}), "declared": True, "until": None}
        _check_past(writer, values["since"], "since")
        await _set(transaction, writer, {**before, "a": a, "b": b}, values)
        draft.about(a, b)
        return str(before["id"])

    return await write(writer, ChangeAction.START, work, given=input)


async def update(writer: Writer, input: AcquaintanceUpdate) -> Written:
    """Change what was declared of an acquaintance (修改人脉)."""

    async def work(transaction: Transaction, draft: Draft) -> str:
        before = await _declared(transaction, input.id, input.version)
        if "parties" in input.model_fields_set and input.parties != [before["a"], before["b"]]:
            en = "parties: an acquaintance stays between the same two people; delete it and start another one"
            raise refused(en, "parties：人脉双方不可更改，请删除后重新声明", "parties")
        changed = draft.compare(input, before)
        _check_past(writer, changed.get("since"), "since")
        if changed:
            await _set(transaction, writer, before, changed)
            draft.about(before["a"], before["b"])
        return input.id

    return await write(writer, ChangeAction.UPDATE, work, given=input)


async def end(writer: Writer, input: Ending) -> Written:
    """Say that a declaration is over; what interactions show stays (结束人脉声明)."""

    async def work(transaction: Transaction, draft: Draft) -> str:
        before = await _declared(transaction, input.id, None)
        until = input.until.isoformat() if input.until else writer.today()
        _check_past(writer, until, "until")
        periods.check(before.get("since"), until)
        draft.set("until", None, until)
        draft.set("closeness", before.get("closeness"), None)
        draft.about(before["a"], before["b"])
        # With a period of its own the tie would hide interactions outside of it.
        period = {"since": None} if before["count"] else {"until": until}
        await _set(transaction, writer, before, {"declared": False, "closeness": None, **period})
        return input.id

    return await write(writer, ChangeAction.END, work, given=input)


async def delete(writer: Writer, input: Reference) -> Written:
    """Take back a declaration that should never have been; what interactions show stays (删除人脉声明)."""

    async def work(transaction: Transaction, draft: Draft) -> str:
        before = await _declared(transaction, input.id, input.version, or_ended=True)
        draft.set("deletedAt", None, writer.now())
        draft.about(before["a"], before["b"])
        gone = {"declared": False, "bases": [], "closeness": None, "since": None, "until": None}
        await _set(transaction, writer, before, gone)
        if not before["count"]:
            await knows.put(transaction, writer, [], [(before["a"], before["b"])])
        return input.id

    return await write(writer, ChangeAction.DELETE, work, given=input)


async def _existing(transaction: Transaction, writer: Writer, a: str, b: str) -> dict[str, Any]:
    """The tie of two people who are locked, made if it was not there, with version 0."""
    parameters = {"a": a, "pair": f"{a}|{b}"}
    if rows := await transaction.run(_FIND, parameters):
        return dict(rows[0][0])
    await knows.put(transaction, writer, [knows.Delta(a, b)], ())
    return {**dict((await transaction.run(_FIND, parameters))[0][0]), "version": 0}


async def _declared(transaction: Transaction, id: str, version: int | None, *, or_ended: bool = False) -> dict[str, Any]:
    await transaction.run(_HOLD, {"id": id})
    before = await locked(transaction, _READ, id, version=version)
    if not before["declared"] and not (or_ended and before.get("until")):
        en = "id: nobody declared this acquaintance, it follows from interactions; declare it with acquaintanceStart, or correct these"
        raise refused(en, "id：此人脉由互动形成，并未声明；请先用 acquaintanceStart 声明，或更正互动", "id")
    return before


async def _set(transaction: Transaction, writer: Writer, before: Mapping[str, Any], values: Mapping[str, Any]) -> None:
    stamped = {**values, "version": before["version"] + 1, "updated_at": writer.now()}
    await transaction.run(_SET, {"a": before["a"], "pair": before["pair"], "values": stamped})


def _check_past(writer: Writer, day: str | None, name: str) -> None:
    if day and day > writer.today():
        en = f"{name}: {day} lies in the future; give a day that has come"
        raise invalid(en, f"{name}：{day} 在未来，请填写不晚于今天的日期", name, code=ProblemCode.IN_FUTURE)
