"""Ownership: who owns which organization, what share of it, and who controls it."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import Field

from graph import periods, ties
from graph.database import Transaction
from graph.errors import ProblemCode, refused
from graph.fields import ABSENT, REQUIRED, Create, Ending, Id, Reference, Share, Update
from graph.terms import Term
from graph.ties import End, Period, State, Tie
from graph.writing import Writer, Written

__all__ = [
    "OWNERSHIP",
    "OwnershipFields",
    "OwnershipKind",
    "OwnershipStart",
    "OwnershipUpdate",
    "check_return",
    "delete",
    "end",
    "start",
    "update",
]


class OwnershipKind(Term):
    """What the owned organization is to its owner (股权类型)."""

    SUBSIDIARY = "Subsidiary", "子公司"
    BRANCH = "Branch", "分公司"
    JOINT_VENTURE = "Joint venture", "合资公司"
    HOLDING = "Holding", "控股"
    MINORITY = "Minority holding", "参股"


class OwnershipFields(Period):
    """What can be written of an ownership (股权关系)."""

    owner: Id = Field(default=ABSENT, description="The party that owns (股东)")
    owned: Id = Field(default=ABSENT, description="The organization that is owned (被投资企业)")
    kind: OwnershipKind = Field(default=ABSENT, description="What the one is to the other (股权类型)")
    share: Share | None = Field(default=None, description="What part is owned, 0 to 1 (持股比例)")
    controlling: bool = Field(default=ABSENT, description="Whether the owner decides; one owner does at a time (是否控股)")


class OwnershipStart(OwnershipFields, Create):
    """An ownership from a day on (股权关系)."""

    owner: Id = REQUIRED
    owned: Id = REQUIRED
    kind: OwnershipKind = REQUIRED
    controlling: bool = Field(default=False)


class OwnershipUpdate(OwnershipFields, Update):
    """A change of an ownership (股权关系)."""


@dataclass(frozen=True)
class _Ownership(Tie):
    async def check(self, transaction: Transaction, after: State) -> None:
        if await _closes_circle(transaction, after):
            en = "owned: it owns its owner on some of these days, directly or through others; an organization cannot own itself"
            raise refused(en, "owned：该组织在此期间直接或间接持有其股东，股权不能形成循环", "owned", code=ProblemCode.CYCLE)
        if after.values.get("controlling"):
            await _check_control(transaction, after)


OWNERSHIP = _Ownership("OWNS", End("owner", "Party"), End("owned", "Organization"), hierarchy=True)


async def start(writer: Writer, input: OwnershipStart) -> Written:
    """Record that a party owns an organization, or a part of it, for a period (开始股权关系)."""
    return await ties.start(writer, OWNERSHIP, input)


async def update(writer: Writer, input: OwnershipUpdate) -> Written:
    """Correct an ownership (修改股权关系)."""
    return await ties.update(writer, OWNERSHIP, input)


async def end(writer: Writer, input: Ending) -> Written:
    """End an ownership; the past is kept (结束股权关系)."""
    return await ties.end(writer, OWNERSHIP, input)


async def delete(writer: Writer, input: Reference) -> Written:
    """Delete an ownership that never was (删除股权关系)."""
    return await ties.delete(writer, OWNERSHIP, input)


# Organizations that were deleted count here: restored, they would bring back their place in the circle.
_OWNED = """
MATCH (owner:Node)-[tie:OWNS]->(owned:Node) WHERE owner.id IN $owners AND tie.deleted_at IS NULL AND tie.id <> $id
RETURN owner.id AS owner, owned.id AS owned, tie.since AS since, tie.until AS until
"""

_CONTROLLED = """
MATCH (owner:Node)-[tie:OWNS]->(:Node {id: $owned})
WHERE tie.controlling = true AND tie.deleted_at IS NULL AND owner.deleted_at IS NULL AND tie.id <> $id
RETURN tie.since AS since, tie.until AS until
"""

_CONTROLS = """
MATCH (:Node {id: $owner})-[tie:OWNS]->(owned:Node)
WHERE tie.controlling = true AND tie.deleted_at IS NULL AND owned.deleted_at IS NULL
RETURN tie.id AS id, owned.id AS owned, tie.since AS since, tie.until AS until
"""


async def _closes_circle(transaction: Transaction, after: State) -> bool:
    """Whether a way leads from the owned down to the owner on one and the same day of the period."""
    seen, step = set(), {(after.target, *after.period)}
    while step:
        seen |= step
        rows = await transaction.run(_OWNED, {"owners": [owner for owner, _, _ in step], "id": after.id})
        step = {
            (row["owned"], *_common(since, until, row["since"], row["until"]))
            for row in rows
            for owner, since, until in step
            if owner == row["owner"] and periods.overlap(since, until, row["since"], row["until"])
        } - seen
        if any(owned == after.source for owned, _, _ in step):
            return True
    return False


def _common(since: str | None, until: str | None, other_since: str | None, other_until: str | None) -> tuple[str | None, str | None]:
    return max(since or "", other_since or "") or None, min(filter(None, (until, other_until)), default=None)


async def check_return(transaction: Transaction, owner: str) -> None:
    """That a party which was deleted may own again what it did. OVERLAP when another one controls an organization by now."""
    await ties.take_turn(transaction, OWNERSHIP)
    for row in await transaction.run(_CONTROLS, {"owner": owner}):
        await _check_control(transaction, State(row["id"], owner, row["owned"], dict(row)), "id")


async def _check_control(transaction: Transaction, after: State, name: str = "controlling") -> None:
    for row in await transaction.run(_CONTROLLED, {"owned": after.target, "id": after.id}):
        if after.overlaps(row["since"], row["until"]):
            # Neither who nor when: the viewer may not be allowed to see that owner.
            en = f"{name}: another owner controls it on some of these days; end that first"
            raise refused(en, f"{name}：该期间内已由另一股东控股，请先结束该关系", name, code=ProblemCode.OVERLAP)
