"""What can be said of a referral, and its words."""

from __future__ import annotations

from pydantic import Field

from graph.fields import ABSENT, REQUIRED, Amount, Create, CurrencyCode, Fields, Id, Instant, Reference, Text, Update
from graph.interactions import Channel
from graph.terms import Term


class ReferralStatus(Term):
    """How far a referral has come (推荐状态)."""

    OPEN = "Open", "待跟进"
    QUALIFIED = "Qualified", "已确认"
    WON = "Won", "已成交"
    LOST = "Lost", "未成交"


class ReferralOutcome(Term):
    """How a referral ends (推荐结果)."""

    WON = "Won", "已成交"
    LOST = "Lost", "未成交"


class ReferralFields(Fields):
    """What can be written of a referral (推荐)."""

    referrer: Id = Field(default=ABSENT, description="Who recommended us (推荐人)")
    referred: Id = Field(default=ABSENT, description="To whom (被推荐方)")
    occurred_at: Instant = Field(default=ABSENT, description="When (推荐时间)")
    channel: Channel | None = Field(default=None, description="How (渠道)")
    would_have_joined_anyway: bool | None = Field(
        default=None, description="Whether the party would have come without the referral; null if nobody knows (无推荐是否也会成交)"
    )
    reward: Amount | None = Field(default=None, description="What the referrer got for it (推荐奖励)")
    reward_currency: CurrencyCode | None = Field(default=None, description="The currency of the reward, the company's if absent (奖励币种)")
    note: Text | None = Field(default=None, description="Note (备注)")


class ReferralRecord(ReferralFields, Create):
    """A new referral (推荐)."""

    referrer: Id = REQUIRED
    referred: Id = REQUIRED
    occurred_at: Instant = REQUIRED


class ReferralUpdate(ReferralFields, Update):
    """A change of a referral (推荐)."""


class ReferralQualify(Reference):
    """A referral that is worth pursuing (推荐)."""

    qualified_at: Instant | None = Field(default=None, description="When it was found out; now if absent (确认时间)")


class ReferralClose(Reference):
    """How a referral ended (推荐)."""

    outcome: ReferralOutcome = Field(description="Won or lost (结果)")
    closed_at: Instant | None = Field(default=None, description="When; now if absent (结案时间)")
