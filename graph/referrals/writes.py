"""How a referral is written: the referrer is locked, so that two at once do not refer the same party."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graph import money, nodes
from graph.changes import ChangeAction
from graph.database import Transaction
from graph.errors import Duplicate, Message, ProblemCode, Refused, invalid, refused
from graph.fields import Reference, stored
from graph.referrals.fields import ReferralClose, ReferralQualify, ReferralRecord, ReferralStatus, ReferralUpdate
from graph.writing import Draft, Writer, Written, locked, write

_CREATE = """
MATCH (referrer:Node {id: $referrer}), (referred:Node {id: $referred})
CREATE (referrer)-[:MADE]->(referral:Node:Referral)-[:LED_TO]->(referred) SET referral = $properties
"""

_LOCK = """
MATCH (referral:Node {id: $id}) SET referral._lock = true REMOVE referral._lock
WITH referral WHERE referral:Referral AND referral.deleted_at IS NULL
MATCH (referrer:Party)-[:MADE]->(referral)-[:LED_TO]->(referred:Party)
RETURN referral {.*, referrer: referrer.id, referred: referred.id}
"""

_OPEN = """
MATCH (:Node {id: $referrer})-[:MADE]->(referral:Referral)-[:LED_TO]->(:Node {id: $referred})
WHERE referral.deleted_at IS NULL AND referral.id <> $id AND referral.status IN ['OPEN', 'QUALIFIED']
RETURN referral.id AS id ORDER BY id
"""

_SET = """
MATCH (referral:Node {id: $id})
SET referral += $properties, referral.updated_at = $now, referral.version = referral.version + 1
"""

_REFERRER = """
MATCH ()-[made:MADE]->(referral:Node {id: $id}) DELETE made
WITH referral MATCH (referrer:Node {id: $referrer}) CREATE (referrer)-[:MADE]->(referral)
"""

_REFERRED = """
MATCH (referral:Node {id: $id})-[led:LED_TO]->() DELETE led
WITH referral MATCH (referred:Node {id: $referred}) CREATE (referral)-[:LED_TO]->(referred)
"""


async def record(writer: Writer, input: ReferralRecord) -> Written:
    """Record that a party recommended us to another one (记录推荐)."""
    writer.check_past(input.occurred_at, "occurredAt")

    async def work(transaction: Transaction, draft: Draft) -> str:
        id, now = writer.ids.new(), writer.now()
        given = draft.compare(input, {})
        money.denominate(writer, draft, {}, given, "reward", currency="reward_currency")
        after = {"id": id, "status": ReferralStatus.OPEN.value, **given}
        await _tie(transaction, draft, {}, {**after, "referrer": input.referrer, "referred": input.referred})
        properties = {**after, "version": 1, "created_at": now, "updated_at": now}
        await transaction.run(_CREATE, {"referrer": input.referrer, "referred": input.referred, "properties": properties})
        return id

    return await write(writer, ChangeAction.RECORD, work, given=input)


async def update(writer: Writer, input: ReferralUpdate) -> Written:
    """Change a referral; its status follows `referralQualify` and `referralClose` (修改推荐)."""
    writer.check_past(input.occurred_at, "occurredAt")

    async def work(transaction: Transaction, draft: Draft) -> str:
        before = await locked(transaction, _LOCK, input.id, version=input.version)
        changed = draft.compare(input, before)
        money.denominate(writer, draft, before, changed, "reward", currency="reward_currency")
        ends = {"referrer": input.referrer or before["referrer"], "referred": input.referred or before["referred"]}
        after = {**before, **changed, **ends}
        await _tie(transaction, draft, before, after)
        _check_order(after)
        await _save(transaction, writer, draft, before, changed)
        return input.id

    return await write(writer, ChangeAction.UPDATE, work, given=input)


async def qualify(writer: Writer, input: ReferralQualify) -> Written:
    """Mark an open referral as worth pursuing (确认推荐)."""
    writer.check_past(input.qualified_at, "qualifiedAt")
    reached = {"status": ReferralStatus.QUALIFIED.value, "qualified_at": stored(input.qualified_at) or writer.now()}
    return await _move(writer, input, reached, ReferralStatus.OPEN)


async def close(writer: Writer, input: ReferralClose) -> Written:
    """Close a referral as won or lost (推荐结案)."""
    writer.check_past(input.closed_at, "closedAt")
    reached = {"status": input.outcome.value, "closed_at": stored(input.closed_at) or writer.now()}
    return await _move(writer, input, reached, ReferralStatus.OPEN, ReferralStatus.QUALIFIED)


async def delete(writer: Writer, input: Reference) -> Written:
    """Delete a referral that never was (删除推荐)."""

    async def work(transaction: Transaction, draft: Draft) -> str:
        before = await locked(transaction, _LOCK, input.id, version=input.version)
        now = writer.now()
        draft.set("deletedAt", None, now)
        await _save(transaction, writer, draft, before, {"deleted_at": now})
        return input.id

    return await write(writer, ChangeAction.DELETE, work, given=input)


async def _move(writer: Writer, input: Reference, reached: dict[str, str], *origins: ReferralStatus) -> Written:
    async def work(transaction: Transaction, draft: Draft) -> str:
        before = await locked(transaction, _LOCK, input.id, version=input.version)
        if before["status"] not in origins:
            raise _not_from(ReferralStatus(before["status"]))
        _check_order({**before, **reached})
        for name, shown in (("status", "status"), ("qualified_at", "qualifiedAt"), ("closed_at", "closedAt")):
            draft.set(shown, before.get(name), reached.get(name, before.get(name)))
        await _save(transaction, writer, draft, before, reached)
        return input.id

    return await write(writer, ChangeAction.UPDATE, work, given=input)


def _not_from(status: ReferralStatus) -> Refused:
    en = f"id: the referral is {status.en.lower()} already; only one that still goes on can get there"
    return refused(en, f"id：该推荐状态为“{status.zh}”，只有进行中的推荐才能执行此操作", "id")


def _check_order(after: Mapping[str, Any]) -> None:
    known = [(name, after[name]) for name in ("occurred_at", "qualified_at", "closed_at") if after.get(name)]
    if known != sorted(known, key=lambda entry: entry[1]):
        en = "occurredAt: a referral is made, then qualified, then closed; give times in this order"
        raise invalid(en, "occurredAt：时间须依次为推荐、确认、结案，请更正", "occurredAt", code=ProblemCode.OUT_OF_RANGE)


async def _tie(transaction: Transaction, draft: Draft, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    referrer, referred = ends = after["referrer"], after["referred"]
    draft.about(*ends)
    if ends == (before.get("referrer"), before.get("referred")):
        return
    draft.set("referrer", before.get("referrer"), referrer)
    draft.set("referred", before.get("referred"), referred)
    await nodes.hold(transaction, "Party", referrer, "referrer")
    await nodes.find(transaction, "Party", referred, "referred")
    if referrer == referred:
        raise refused("referred: nobody refers itself; name another party", "referred：不能推荐自己，请另选", "referred")
    if after["status"] in (ReferralStatus.OPEN, ReferralStatus.QUALIFIED):
        await _check_single(transaction, after)
    if before:
        await transaction.run(_REFERRER, {"id": after["id"], "referrer": referrer})
        await transaction.run(_REFERRED, {"id": after["id"], "referred": referred})


async def _check_single(transaction: Transaction, after: Mapping[str, Any]) -> None:
    rows = await transaction.run(_OPEN, {name: after[name] for name in ("id", "referrer", "referred")})
    if rows:
        en = "referred: the same party has referred it already, and that referral still goes on; add to that one, or close it"
        text = Message(en, "referred：同一推荐人对其的推荐仍在进行中，请补充该推荐或先结案")
        raise Duplicate(text, "referred", existing_id=rows[0]["id"])


async def _save(transaction: Transaction, writer: Writer, draft: Draft, before: Mapping[str, Any], properties: Mapping[str, Any]) -> None:
    if draft.fields:
        draft.about(before["referrer"], before["referred"])
        await transaction.run(_SET, {"id": before["id"], "properties": properties, "now": writer.now()})
