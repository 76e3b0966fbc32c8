"""Partners: parties that do business together with one of our companies."""

from __future__ import annotations

from pydantic import Field

from graph import ties
from graph.fields import REQUIRED, Create, Ending, Id, Reference, ShortText, Update
from graph.roles import Role, RoleFields
from graph.terms import Term
from graph.writing import Writer, Written

__all__ = ["PARTNER", "PartnerFields", "PartnerKind", "PartnerStart", "PartnerUpdate", "delete", "end", "start", "update"]


class PartnerKind(Term):
    """What partners do together (伙伴类型)."""

    REFERRAL = "Referral partner", "推荐伙伴"
    RESELLER = "Reseller", "经销伙伴"
    TECHNOLOGY = "Technology partner", "技术伙伴"
    SERVICES = "Services partner", "服务伙伴"
    CHANNEL = "Channel partner", "渠道伙伴"
    DISTRIBUTOR = "Distributor", "分销商"
    INVESTOR = "Investor", "投资方"
    OTHER = "Other", "其他"


class PartnerFields(RoleFields):
    """What can be written of a partner (伙伴关系)."""

    kind: PartnerKind | None = Field(default=None, description="What we do together (伙伴类型)")
    tier: ShortText | None = Field(default=None, description="The level in our partner programme, as we call it (伙伴级别)")


class PartnerStart(PartnerFields, Create):
    """A party that becomes a partner (伙伴关系)."""

    party: Id = REQUIRED


class PartnerUpdate(PartnerFields, Update):
    """A change of a period as a partner (伙伴关系)."""


PARTNER = Role("PARTNER_OF", label="Partner")


async def start(writer: Writer, input: PartnerStart) -> Written:
    """Make a party a partner of one of our companies for a period (开始伙伴关系)."""
    return await ties.start(writer, PARTNER, input)


async def update(writer: Writer, input: PartnerUpdate) -> Written:
    """Correct a period as a partner (修改伙伴关系)."""
    return await ties.update(writer, PARTNER, input)


async def end(writer: Writer, input: Ending) -> Written:
    """End a period as a partner; the past is kept (结束伙伴关系)."""
    return await ties.end(writer, PARTNER, input)


async def delete(writer: Writer, input: Reference) -> Written:
    """Delete a period as a partner that never was (删除伙伴关系)."""
    return await ties.delete(writer, PARTNER, input)
