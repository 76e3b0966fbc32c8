"""Two and a half years of mail, calls, visits and dinners of the demonstration."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta

from app.demo.dice import Dice
from app.demo.people import People, Person, Row
from app.demo.ties import CUSTOMERS, TODAY, accounts, teams

COUNT = 6_000
FIRST, LAST = date(2024, 1, 2), TODAY - timedelta(days=1)

_WEIGHTS = {"MATURE": 6.0, "GROWING": 5.0, "ONBOARDING": 7.0, "DECLINING": 3.0, "PROSPECT": 1.2, "PARTNER": 3.0, "SUPPLIER": 1.4}
_CHANNELS = {
    "EMAIL": 44.0, "WECHAT": 19.0, "CALL": 12.0, "MEETING": 9.0, "WECOM": 3.0, "VISIT": 3.5, "MEAL": 2.5, "DINGTALK": 1.5, "SMS": 1.0,
    "APP": 0.7, "GIFT": 0.5, "SOCIAL": 0.5, "LETTER": 0.3, "OTHER": 0.2,
}  # fmt: skip
_ABROAD = {"EMAIL": 70.0, "CALL": 14.0, "MEETING": 9.0, "VISIT": 2.0, "MEAL": 2.0, "SOCIAL": 2.0, "LETTER": 1.0}
_TOGETHER = {"MEETING", "VISIT", "MEAL"}
_PURPOSES = {
    "CUSTOMER": {
        "DELIVER": 4.0,
        "SUPPORT": 4.0,
        "CARE": 2.0,
        "NEGOTIATE": 2.0,
        "RENEW": 1.5,
        "FEEDBACK": 1.0,
        "COMPLAINT": 0.6,
        "SOCIAL": 0.6,
    },
    "PROSPECT": {"ACQUIRE": 6.0, "NEGOTIATE": 2.0, "SOCIAL": 1.0},
    "PARTNER": {"NEGOTIATE": 2.0, "ACQUIRE": 3.0, "SOCIAL": 1.0, "DELIVER": 2.0, "OTHER": 0.5},
    "SUPPLIER": {"NEGOTIATE": 3.0, "DELIVER": 4.0, "COMPLAINT": 0.7, "OTHER": 0.5},
}
_SUBJECTS = {
    "ACQUIRE": ("初步沟通需求", "产品演示安排", "First call about requirements", "Invitation to a demonstration"),
    "NEGOTIATE": ("报价与条款", "合同修改意见", "Terms and prices", "Comments on the draft contract"),
    "DELIVER": ("实施进度", "上线计划确认", "Delivery schedule", "Go-live checklist"),
    "SUPPORT": ("登录问题", "报表口径咨询", "Question about a report", "Slow dashboard"),
    "CARE": ("季度回访", "节日问候", "Quarterly check-in", "Season's greetings"),
    "FEEDBACK": ("使用反馈", "满意度访谈", "Feedback on the last release", "Survey call"),
    "COMPLAINT": ("交付延迟投诉", "发票错误", "Complaint about the delay", "Wrong invoice"),
    "RENEW": ("续约讨论", "下一年度预算", "Renewal", "Budget for next year"),
    "SOCIAL": ("周末球局", "老友小聚", "Dinner", "Golf on Saturday"),
    "OTHER": ("其他事项", "资料传递", "Odds and ends", "Documents"),
}
_MOODS = {"COMPLAINT": (-9, -3), "SUPPORT": (-4, 4), "SOCIAL": (2, 9), "CARE": (1, 8), "FEEDBACK": (-5, 8)}
_OUTCOMES = ("约定下周再议", "已确认", "待对方回复", "Agreed", "Follow up next week", "To be clarified")
_SUMMARIES = (
    "双方就范围、时间与分工达成一致，下一步由我方提交方案。",
    "对方关注交付质量与响应速度，希望指定固定接口人。",
    "They asked for a reference in their industry and a fixed price.",
)
_STRANGERS = (
    "office@lantern-fair.example",
    "info@industry-weekly.example",
    "kanzlei@rosenquell.example",
    "+8619900009001",
    "xinxi@zhanhui.example",
)


def made(people: People) -> list[Row]:
    """Rows for `interactions.csv`, in the order of time."""
    dice = Dice("history")
    makers: dict[Callable[[], Row], float] = {
        _dealings(dice, people): 78.0,
        _colleagues(dice, people): 15.0,
        _others(dice, people): 5.0,
        _events(dice, people): 0.8,
    }
    rows = sorted((dice.weighted(makers)() for _ in range(COUNT)), key=lambda row: row["occurred_at"])
    return [{"key": f"I-{number + 1:05}", **row} for number, row in enumerate(rows)]


def _dealings(dice: Dice, people: People) -> Callable[[], Row]:
    """Our account team with their people: a few on either side do most of it."""
    kinds = accounts()
    weights = {key: _WEIGHTS[CUSTOMERS[key][1] if key in CUSTOMERS else kind] for key, kind in kinds.items()}
    team = {key: list(of.values()) for key, of in teams(people).items()}
    abroad = {row["organization_key"] for row in people.rows if row["country"] != "CN"}

    def one() -> Row:
        key = dice.weighted(weights)
        stage = CUSTOMERS[key][1] if key in CUSTOMERS else kinds[key]
        ours, theirs = dice.often(team[key]), dice.often(people.of(key)[:6])
        purpose = dice.weighted(_PURPOSES.get(stage, _PURPOSES["CUSTOMER"]))
        channel = dice.weighted(_ABROAD if key in abroad else _CHANNELS)
        first = max(FIRST, ours.since, theirs.since, date.fromisoformat(CUSTOMERS[key][0]) if stage == "PROSPECT" else FIRST)
        last = LAST - timedelta(days=150 if stage == "DECLINING" else 0)
        sender, recipient = (ours, theirs) if dice.chance(0.55) else (theirs, ours)
        copied = [
            each for each in (dice.often(team[key]), dice.often(people.of(key)[:6])) if each not in (ours, theirs) and dice.chance(0.3)
        ]
        return _row(dice, channel, purpose, _when(dice, min(first, last), last), sender, [recipient], copied, key in abroad)

    return one


def _colleagues(dice: Dice, people: People) -> Callable[[], Row]:
    ours = [*people.of("us"), *people.of("us-sh")]

    def one() -> Row:
        sender, recipient, copied = dice.some(ours, 3)
        if sender.department != recipient.department and dice.chance(0.5):
            recipient = dice.pick([each for each in ours if each.department == sender.department and each is not sender] or [recipient])
        first = max(FIRST, sender.since, recipient.since)
        channel = dice.weighted({"WECOM": 5.0, "EMAIL": 3.0, "MEETING": 2.0, "CALL": 1.0})
        return _row(dice, channel, "OTHER", _when(dice, first, LAST), sender, [recipient], [copied] if dice.chance(0.2) else [], False)

    return one


def _others(dice: Dice, people: People) -> Callable[[], Row]:
    """What others do among themselves, as far as we hear of it: this leads to people whom none of us has met."""
    ways = [("chengguan", "qiuhe"), ("luoshi", "mojing"), ("lanying", "yuntai"), ("jiangnan", "xunlu"), ("marrowgate", "jiyun")]
    ways += [("qingyu", "brindlecote"), ("lanxi", "halvbrekke"), ("linqi", "qingyu"), ("yuanxiu", "huaixu"), ("chixi", "lihu")]

    def one() -> Row:
        there, here = dice.pick(ways)
        sender, recipient = dice.often(people.of(there)[:4]), dice.often(people.of(here)[:4])
        if dice.chance(0.5):
            sender, recipient = recipient, sender
        channel = dice.weighted({"MEETING": 4.0, "MEAL": 3.0, "EMAIL": 3.0, "CALL": 1.0})
        return _row(dice, channel, "SOCIAL", _when(dice, max(FIRST, sender.since, recipient.since), LAST), sender, [recipient], [], False)

    return one


def _events(dice: Dice, people: People) -> Callable[[], Row]:
    """Salons of our own; some are so large that nobody gets to know anybody."""
    ours = people.of("us")
    guests = [person for key in accounts() for person in people.of(key)[:4]]

    def one() -> Row:
        host = dice.pick(ours[:6])
        invited = [each for each in dice.some(guests, dice.pick((3, 6, 10, 14, 26))) if each is not host]
        row = _row(dice, "EVENT", "SOCIAL", _when(dice, FIRST, LAST), host, invited, [], False)
        return {**row, "subject": dice.pick(("观海客户沙龙", "行业交流会", "新品发布会"))}

    return one


def _when(dice: Dice, first: date, last: date) -> str:
    day = dice.day(min(first, last), last)
    # Business is done on working days, mostly.
    day -= timedelta(days=max(0, day.weekday() - 4) if dice.chance(0.9) else 0)
    return f"{day} {dice.between(8, 19):02}:{dice.between(0, 59):02}"


def _row(
    dice: Dice, channel: str, purpose: str, at: str, sender: Person, recipients: Sequence[Person], copied: Sequence[Person], abroad: bool
) -> Row:
    low, high = _MOODS.get(purpose, (-2, 6))
    subjects = _SUBJECTS[purpose][2:] if abroad else _SUBJECTS[purpose][:2]
    stranger = [dice.pick(_STRANGERS)] if channel == "EMAIL" and dice.chance(0.01) else []
    return {
        "channel": channel,
        "occurred_at": at,
        "ended_at": f"{at[:11]}{int(at[11:13]) + dice.between(1, 3):02}{at[13:]}" if channel in _TOGETHER else "",
        "subject": dice.pick(subjects),
        "summary": dice.pick(_SUMMARIES) if dice.chance(0.08) else "",
        "sentiment": str(dice.between(low, high) / 10) if dice.chance(0.35) else "",
        # Mail comes with addresses, the rest was written down by one of us.
        "from": _named(dice, channel, sender),
        "to": ";".join([*(_named(dice, channel, each) for each in recipients), *stranger]),
        "cc": ";".join(_named(dice, channel, each) for each in copied),
        "purpose": purpose,
        "outcome": dice.pick(_OUTCOMES) if dice.chance(0.15) else "",
        "visibility": dice.weighted({"EVERYONE": 95.0, "TEAM": 4.0, "PRIVATE": 1.0}),
    }


def _named(dice: Dice, channel: str, person: Person) -> str:
    return person.email if channel == "EMAIL" and person.email and dice.chance(0.3) else person.key
