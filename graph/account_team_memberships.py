"""Account teams: which of our people look after which party, and as what."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import Field

from graph import ties
from graph.database import Transaction
from graph.errors import refused
from graph.fields import ABSENT, REQUIRED, Create, Ending, Id, Reference, Update
from graph.terms import Term
from graph.ties import End, Period, State, Tie
from graph.writing import Writer, Written

__all__ = [
    "MEMBERSHIP",
    "AccountRole",
    "AccountTeamMembershipFields",
    "AccountTeamMembershipStart",
    "AccountTeamMembershipUpdate",
    "delete",
    "end",
    "start",
    "update",
]


class AccountRole(Term):
    """What one of ours does for an account (客户团队角色)."""

    OWNER = "Account owner", "客户负责人"
    SALES = "Sales", "销售"
    PRESALES = "Presales", "售前"
    CUSTOMER_SUCCESS = "Customer success", "客户成功"
    SERVICE = "Service", "服务"
    PARTNER_MANAGER = "Partner manager", "伙伴经理"
    EXECUTIVE_SPONSOR = "Executive sponsor", "高层对接人"
    OTHER = "Other", "其他"


class AccountTeamMembershipFields(Period):
    """What can be written of a membership in an account team (客户团队成员)."""

    person: Id = Field(default=ABSENT, description="One of our people (我方人员)")
    party: Id = Field(default=ABSENT, description="The party that the person looks after (所负责的往来方)")
    role: AccountRole = Field(default=ABSENT, description="What the person does for it (客户团队角色)")


class AccountTeamMembershipStart(AccountTeamMembershipFields, Create):
    """A membership from a day on (客户团队成员)."""

    person: Id = REQUIRED
    party: Id = REQUIRED
    role: AccountRole = REQUIRED


class AccountTeamMembershipUpdate(AccountTeamMembershipFields, Update):
    """A change of a membership (客户团队成员)."""


@dataclass(frozen=True)
class _Membership(Tie):
    async def check(self, transaction: Transaction, after: State) -> None:
        positions = await transaction.run(_POSITIONS_WITH_US, {"person": after.source})
        if not any(after.overlaps(row["since"], row["until"]) for row in positions):
            en = "person: this person has no position with us on these days; start the position first, or choose one of our people"
            raise refused(en, "person：此人在该期间未在我方任职，请先登记任职，或另选我方人员", "person")


MEMBERSHIP = _Membership("COVERS", End("person", "Person"), End("party", "Party"))


async def start(writer: Writer, input: AccountTeamMembershipStart) -> Written:
    """Let one of our people look after a party for a period (加入客户团队)."""
    return await ties.start(writer, MEMBERSHIP, input)


async def update(writer: Writer, input: AccountTeamMembershipUpdate) -> Written:
    """Correct a membership in an account team (修改客户团队成员)."""
    return await ties.update(writer, MEMBERSHIP, input)


async def end(writer: Writer, input: Ending) -> Written:
    """End a membership in an account team; the past is kept (退出客户团队)."""
    return await ties.end(writer, MEMBERSHIP, input)


async def delete(writer: Writer, input: Reference) -> Written:
    """Delete a membership in an account team that never was (删除客户团队成员)."""
    return await ties.delete(writer, MEMBERSHIP, input)


_POSITIONS_WITH_US = """
MATCH (:Node {id: $person})-[:HOLDS]->(position:Position)-[:AT]->(own:Organization {own: true})
WHERE position.deleted_at IS NULL AND own.deleted_at IS NULL
RETURN position.since AS since, position.until AS until
"""
