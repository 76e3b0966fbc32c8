"""What a party is to one of our own companies, for a period: customer, partner, supplier."""

from __future__ import annotations

from dataclasses import dataclass
from typing import LiteralString

from pydantic import Field

from graph.database import Transaction
from graph.errors import ProblemCode, refused
from graph.fields import ABSENT, Fields, Id
from graph.ties import End, Period, State, Tie

__all__ = ["Role", "RoleFields"]


class RoleFields(Period):
    """The fields of every role."""

    party: Id = Field(default=ABSENT, description="Who has the role (往来方)")
    own: Id | None = Field(default=None, description="With which of our own companies; the first of them if absent (我方公司)")


_PARTY, _OWN = End("party", "Party"), End("own", "Organization")


@dataclass(frozen=True)
class Role(Tie):
    """A kind of role. Its party gets `label`, which says *is or was*; a party has a role with one of our companies once at a time."""

    source: End = _PARTY
    target: End = _OWN
    label: LiteralString = ""

    async def ends(self, transaction: Transaction, given: Fields, before: State | None) -> tuple[str, str]:
        """As given, else as they were, else our first company. REFUSED when a new `own` is not ours."""
        party, own = await super().ends(transaction, given, before)
        if not own:
            return party, await _first_own(transaction)
        if not before or own != before.target:
            await _check_own(transaction, own)
        return party, own

    async def check(self, transaction: Transaction, after: State) -> None:
        """OVERLAP with another period; labels the party."""
        for row in await transaction.run(_periods(self.type), {"id": after.id, "party": after.source, "own": after.target}):
            if after.overlaps(row["since"], row["until"]):
                raise _overlap(row["since"], row["until"])
        # Before the tie is there: the embedded engine moves a labelled node, and takes its new ties for second ones of the same id.
        await transaction.run(_labelled(self.label), {"party": after.source})


_FIRST_OWN = """
MATCH (own:Organization {own: true}) WHERE own.deleted_at IS NULL
RETURN own.id AS id ORDER BY own.created_at, own.id LIMIT 1
"""

_NOT_OWN = """
MATCH (own:Node {id: $own}) WHERE own:Organization AND own.deleted_at IS NULL AND NOT coalesce(own.own, false)
RETURN own.id
"""


async def _first_own(transaction: Transaction) -> str:
    rows = await transaction.run(_FIRST_OWN)
    if not rows:
        raise refused("own: none of the organizations is ours; create one first", "own：尚无我方公司，请先新建", "own")
    return str(rows[0]["id"])


async def _check_own(transaction: Transaction, own: str) -> None:
    if await transaction.run(_NOT_OWN, {"own": own}):
        en = "own: this organization is not one of our own companies; choose one that is, or leave it out"
        raise refused(en, "own：该组织不是我方公司，请选择我方公司或留空", "own")


def _overlap(since: str | None, until: str | None) -> Exception:
    en = f"since: the party has this role already from {since or 'the beginning'} until {until or 'further notice'}; end that period first"
    zh = f"since：该往来方自 {since or '起初'} 至 {until or '今后'} 已有此角色，请先结束该期间"
    return refused(en, zh, "since", code=ProblemCode.OVERLAP)


def _periods(type: LiteralString) -> LiteralString:
    return f"""MATCH (:Node {{id: $party}})-[tie:{type}]->(:Node {{id: $own}}) WHERE tie.id <> $id AND tie.deleted_at IS NULL
    RETURN tie.since AS since, tie.until AS until ORDER BY tie.since"""


def _labelled(label: LiteralString) -> LiteralString:
    return f"MATCH (party:Node {{id: $party}}) WHERE NOT party:{label} SET party:{label}"
