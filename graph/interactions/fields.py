"""What can be written of an interaction, and its words."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from graph.errors import ProblemCode
from graph.fields import ABSENT, ASIDE, REQUIRED, Create, Fields, Id, Instant, LongText, ShortText, Text, Update, many, wrong
from graph.terms import Term

MOST_PARTICIPANTS = 1_000


class Channel(Term):
    """How people were in touch (渠道)."""

    EMAIL = "E-mail", "电子邮件"
    CALL = "Call", "电话"
    MEETING = "Meeting", "会议"
    VISIT = "Visit", "拜访"
    MEAL = "Meal", "宴请"
    GIFT = "Gift", "礼品"
    SMS = "Text message", "短信"
    WECHAT = "WeChat", "微信"
    WECOM = "WeCom", "企业微信"
    DINGTALK = "DingTalk", "钉钉"
    SOCIAL = "Social network", "社交网络"
    APP = "App", "应用内"
    EVENT = "Event", "活动"
    LETTER = "Letter", "信函"
    OTHER = "Other", "其他"


class Direction(Term):
    """Which way it went, seen from us (方向)."""

    INBOUND = "To us", "收到"
    OUTBOUND = "From us", "发出"
    INTERNAL = "Among ourselves", "内部"
    EXTERNAL = "Without us", "外部"


class ParticipantRole(Term):
    """How somebody took part (参与角色)."""

    FROM = "Sender or host", "发起人"
    TO = "Recipient", "收件人"
    CC = "In copy", "抄送"
    BCC = "In blind copy", "密送"
    ATTENDEE = "Attendee", "参加者"


class InteractionPurpose(Term):
    """What it was for (目的)."""

    ACQUIRE = "To win a customer", "获客"
    NEGOTIATE = "To negotiate", "谈判"
    DELIVER = "To deliver", "交付"
    SUPPORT = "To support", "支持"
    CARE = "To keep in touch", "关怀"
    FEEDBACK = "To hear an opinion", "反馈"
    COMPLAINT = "A complaint", "投诉"
    RENEW = "To renew", "续约"
    SOCIAL = "Social", "社交"
    OTHER = "Other", "其他"


class Visibility(Term):
    """Who may see it (可见范围)."""

    EVERYONE = "Everyone", "所有人"
    TEAM = "The team", "团队"
    PRIVATE = "Its author", "仅自己"


def _somebody(participants: list[ParticipantFields]) -> list[ParticipantFields]:
    if not participants:
        raise wrong("somebody must have taken part; name at least one", "至少需要一位参与者", ProblemCode.REQUIRED)
    return participants


class ParticipantFields(Fields):
    """Somebody who took part: a party, or an address that may belong to one (参与者)."""

    role: ParticipantRole = Field(description="How (参与角色)")
    party: Id | None = Field(default=None, description="The person or organization (参与方)")
    address: ShortText | None = Field(
        default=None,
        description="An e-mail address, phone number or account. It becomes the one person who has it, of several the one for whom it is "
        "primary, else an organization in the same way; while that leaves several or nobody, no party takes part by it (地址)",
    )

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.party is None) == (self.address is None):
            raise wrong("it takes a party or an address, one of them", "请填写参与方或地址，二者择一")
        return self


Participants = Annotated[list[ParticipantFields], many(MOST_PARTICIPANTS), AfterValidator(_somebody)]
Regarding = Annotated[list[Id], many(100)]


class InteractionFields(Fields):
    """What can be said of an interaction."""

    channel: Channel = Field(default=ABSENT, description="How people were in touch (渠道)")
    occurred_at: Instant = Field(default=ABSENT, description="When, or when it began; not in the future (发生时间)")
    ended_at: Instant | None = Field(default=None, description="When it ended, not before it began (结束时间)")
    direction: Annotated[Direction, ASIDE] | None = Field(
        default=None, description="Which way; if absent or null, from who was ours on that day (方向)"
    )
    subject: ShortText | None = Field(default=None, description="What it was about, in one line (主题)")
    summary: LongText | None = Field(default=None, description="What was said (摘要)")
    sentiment: float | None = Field(default=None, ge=-1, le=1, allow_inf_nan=False, description="Mood, from -1 bad to 1 good (情感)")
    purpose: InteractionPurpose | None = Field(default=None, description="What for (目的)")
    outcome: Text | None = Field(default=None, description="What came of it (结果)")
    visibility: Visibility = Field(default=ABSENT, description="Who may see it (可见范围)")
    participants: Participants = Field(default=ABSENT, description="Who took part (参与者)")
    regarding: Regarding | None = Field(
        default=None, description="What it was about, besides the organizations its people were with on that day (关于)"
    )


class InteractionRecord(InteractionFields, Create):
    """A new interaction (互动)."""

    channel: Channel = REQUIRED
    occurred_at: Instant = REQUIRED
    visibility: Visibility = Visibility.EVERYONE
    participants: Participants = REQUIRED


class InteractionUpdate(InteractionFields, Update):
    """A correction of an interaction (互动)."""
