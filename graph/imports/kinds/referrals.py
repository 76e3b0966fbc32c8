"""Referrals from files, also those that are over already."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import LiteralString

from pydantic import Field

from graph import referrals
from graph.database import Transaction
from graph.errors import NotFound, ProblemCode, invalid
from graph.fields import Fields, Instant
from graph.imports import cells
from graph.imports.batches import Batch, Kind, Row
from graph.imports.columns import Column, plain
from graph.imports.keys import PARTY, REFERRAL, Ask
from graph.referrals import ReferralClose, ReferralFields, ReferralQualify, ReferralRecord, ReferralStatus, ReferralUpdate
from graph.writing import Writer

_COLUMNS = (
    Column("key", required=True),
    Column("referrer_key", ("referrer",), names=PARTY, label="Party", required=True),
    Column("referred_key", ("referred",), names=PARTY, label="Party", required=True),
    Column("occurred_at", ("occurred_at",), cells.instant, required=True),
    Column("status", ("status",), cells.term(ReferralStatus)),
    Column("qualified_at", ("qualified_at",), cells.instant),
    Column("closed_at", ("closed_at",), cells.instant),
    *plain(ReferralFields, "referrer", "referred", "occurred_at"),
)
_COURSE = {"status", "qualified_at", "closed_at"}
_GOING_ON = (ReferralStatus.OPEN, ReferralStatus.QUALIFIED)
_CREATE: LiteralString = """
UNWIND $rows AS row
MATCH (referrer:Node {id: row.referrer})
MATCH (referred:Node {id: row.referred})
CREATE (referrer)-[:MADE]->(referral:Node:Referral)-[:LED_TO]->(referred) SET referral = row.properties
"""
_OPEN: LiteralString = """
UNWIND $pairs AS pair
MATCH (:Node {id: pair[0]})-[:MADE]->(referral:Referral)-[:LED_TO]->(:Node {id: pair[1]})
WHERE referral.deleted_at IS NULL AND referral.status IN ['OPEN', 'QUALIFIED']
RETURN pair[0] AS referrer, pair[1] AS referred
"""
_STORED: LiteralString = """
MATCH (referral:Node {id: $id}) WHERE referral:Referral AND referral.deleted_at IS NULL
RETURN referral.version AS version, referral.status AS status
"""


class ReferralRow(ReferralRecord):
    """A referral with what has become of it (推荐)."""

    status: ReferralStatus = ReferralStatus.OPEN
    qualified_at: Instant | None = Field(default=None, description="When it was found worth pursuing (确认时间)")
    closed_at: Instant | None = Field(default=None, description="When it ended (结案时间)")


@dataclass(frozen=True)
class Referrals(Kind):
    """Who recommended us to whom."""

    def parsed(self, cells_given: Mapping[str, str], writer: Writer) -> Fields:
        given = super().parsed(cells_given, writer)
        assert isinstance(given, ReferralRow)
        times = [(name, at) for name in ("occurred_at", "qualified_at", "closed_at") if (at := getattr(given, name))]
        for name, at in times:
            writer.check_past(at, name)
        if times != sorted(times, key=lambda each: each[1]):
            en = "a referral is made, then qualified, then closed"
            raise invalid(f"occurredAt: {en}", "occurredAt：时间须依次为推荐、确认、结案", "occurredAt", code=ProblemCode.OUT_OF_RANGE)
        if given.referrer == given.referred:
            raise invalid("referred_key: nobody refers itself", "referred_key：不能推荐自己", "referred_key", code=ProblemCode.REFUSED)
        return given

    async def check(self, ask: Ask, batch: Batch) -> None:
        """One referral of the same party by the same referrer goes on at a time."""
        open_ = [row for row in batch.accepted if row.model.status in _GOING_ON]
        pairs = {row.line: _ends(batch, row) for row in open_}
        if not pairs:
            return
        found = await ask(_OPEN, {"pairs": sorted(set(pairs.values()))})
        there = {(row["referrer"], row["referred"]) for row in found}
        for row in open_:
            # In a dry run objects that are yet to come have no id: their keys tell them apart.
            pair = pairs[row.line] if all(pairs[row.line]) else (row.model.referrer, row.model.referred)
            if pair in there:
                batch.refuse(
                    row, "referred_key", "the same party has referred it already, and that goes on", "同一推荐人对其的推荐仍在进行中"
                )
            there.add(pair)

    async def create(self, transaction: Transaction, batch: Batch) -> None:
        now = batch.writer.now()
        rows = []
        for row in batch.accepted:
            row.id = batch.writer.ids.new()
            referrer, referred = _ends(batch, row)
            given = row.stored
            if "reward" in given:
                given.setdefault("reward_currency", batch.writer.customs.currency)
            properties = {**given, "id": row.id, "version": 1, "created_at": now, "updated_at": now}
            rows.append({"referrer": referrer, "referred": referred, "properties": properties})
        await transaction.run(_CREATE, {"rows": rows})

    async def correct(self, batch: Batch, row: Row) -> None:
        given = {name: value for name, value in self.corrected(row, batch.writer).items() if name not in _COURSE}
        for name, id in zip(("referrer", "referred"), _ends(batch, row), strict=True):
            if name in given:
                given[name] = id
        version, status = await _stored(batch, row)
        if given:
            await referrals.update(batch.writer, ReferralUpdate.parse({**given, "id": row.id, "version": version}))
        if "status" in row.changed and row.model.status != status:
            await _move(batch, row)


async def _stored(batch: Batch, row: Row) -> tuple[int, str]:
    found = await batch.writer.database.read(_STORED, {"id": row.id})
    if not found:
        raise NotFound(row.id, "id")
    return found[0]["version"], found[0]["status"]


async def _move(batch: Batch, row: Row) -> None:
    if row.model.status is ReferralStatus.QUALIFIED:
        await referrals.qualify(batch.writer, ReferralQualify(id=row.id, qualified_at=row.model.qualified_at))
    elif row.model.status is ReferralStatus.OPEN:
        batch.refuse(row, "status", "a referral that has moved on is not opened again", "已推进的推荐不能重新打开")
    else:
        await referrals.close(
            batch.writer, ReferralClose.parse({"id": row.id, "outcome": row.model.status, "closed_at": row.model.closed_at})
        )


def _ends(batch: Batch, row: Row) -> tuple[str, str]:
    referrer, referred = batch.named(row, "referrer_key"), batch.named(row, "referred_key")
    return (referrer.id if referrer else ""), (referred.id if referred else "")


REFERRALS = Referrals("referrals", REFERRAL, ReferralRow, _COLUMNS, labels=frozenset({"Referral"}))
