"""Referrals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph.interactions import Channel
from graph.projection.declare import computed, link, node, prop
from graph.referrals import ReferralStatus
from schema.money import Money, shown
from schema.nodes import Node
from schema.scalars import DateTime

if TYPE_CHECKING:
    from schema.parties import Party


@node("Referral")
class Referral(Node):
    """A party recommended us to another (推荐)."""

    referrer: Party = link("Who recommended us (推荐人).", "(this)<-[:MADE]-(node:Party)")
    referred: Party = link("Who came through it (被推荐方).", "(this)-[:LED_TO]->(node:Party)")
    occurred_at: DateTime = prop("When (发生时间).", filter=True, order=True)
    channel: Channel | None = prop("By which channel (渠道).", filter=True, order=True)
    status: ReferralStatus = prop("How far it got (状态).", filter=True, order=True)
    qualified_at: DateTime | None = prop("When it was found worth pursuing (确认时间).", filter=True, order=True)
    closed_at: DateTime | None = prop("When it was won or lost (结束时间).", filter=True, order=True)
    would_have_joined_anyway: bool | None = prop("The party would have come without it; null: not known (是否本会加入).", filter=True)
    reward: Money | None = computed(
        "What the referrer got (奖励).", shown, "this.reward", "this.reward_currency", order=True, by="this.reward"
    )
    note: str | None = prop("Note (备注).")
    version: int = prop("Raised by every change (版本).")
