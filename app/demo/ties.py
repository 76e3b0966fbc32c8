"""What the parties of the demonstration are to us and to one another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from app.demo.dice import Dice
from app.demo.people import People, Person, Row
from graph.acquaintances import AcquaintanceBasis

TODAY = date(2026, 6, 30)
"""The day on which the demonstration stands."""

CUSTOMERS = {
    "yuanxiu": ("2019-03-01", "MATURE"),
    "yuanxiu-jm": ("2020-01-15", "MATURE"),
    "yuanxiu-wl": ("2021-06-01", "GROWING"),
    "yuanxiu-xc": ("2024-04-01", "GROWING"),
    "lingyan": ("2018-05-20", "MATURE"),
    "hepan": ("2021-09-01", "GROWING"),
    "hepan-ll": ("2025-11-01", "ONBOARDING"),
    "qingyu": ("2020-08-10", "MATURE"),
    "yanchi": ("2022-02-01", "DECLINING"),
    "shuolan": ("2022-10-01", "GROWING"),
    "shuolan-fd": ("2025-08-15", "ONBOARDING"),
    "tinglan": ("2020-11-11", "DECLINING"),
    "lanxi": ("2023-03-01", "GROWING"),
    "tangxi": ("2021-04-01", "MATURE"),
    "huaixu": ("2019-10-01", "MATURE"),
    "huaixu-zl": ("2023-07-01", "GROWING"),
    "linqi": ("2022-09-01", "MATURE"),
    "baiting": ("2024-01-10", "GROWING"),
    "luting": ("2025-05-01", "ONBOARDING"),
    "mantuo": ("2023-12-01", "GROWING"),
    "duling": ("2024-09-01", "GROWING"),
    "halvbrekke": ("2023-05-01", "GROWING"),
    "quillfeather": ("2022-06-15", "DECLINING"),
    "marrowgate": ("2021-01-20", "MATURE"),
    "tannenzweig": ("2024-06-01", "GROWING"),
    "sorrelfinch": ("2025-10-01", "ONBOARDING"),
    "kazumino": ("2023-10-01", "MATURE"),
    "muxi": ("2024-02-01", "GROWING"),
    "jiyun": ("2026-03-01", "PROSPECT"),
    "xunlu": ("2026-04-15", "PROSPECT"),
    "qiuhe": ("2026-05-10", "PROSPECT"),
    "mojing": ("2026-02-20", "PROSPECT"),
    "yuntai": ("2026-06-01", "PROSPECT"),
    "brindlecote": ("2026-01-15", "PROSPECT"),
}
"""Customers and prospects: since when, and how far they are."""

PARTNERS = {
    "chengguan": ("2019-01-01", "SERVICES", "金牌"),
    "luoshi": ("2020-03-01", "TECHNOLOGY", "金牌"),
    "muxi": ("2020-07-01", "RESELLER", "银牌"),
    "lanying": ("2021-02-01", "DISTRIBUTOR", "银牌"),
    "yinquan": ("2021-06-01", "INVESTOR", ""),
    "jiangnan": ("2022-01-01", "REFERRAL", ""),
    "thistlewick": ("2022-11-01", "SERVICES", "Silver"),
    "pemberlock": ("2021-05-01", "TECHNOLOGY", "Gold"),
    "steinquell": ("2023-02-01", "RESELLER", "Silver"),
    "wusheng": ("2023-06-01", "SERVICES", "认证"),
    "nuopu": ("2024-03-01", "CHANNEL", "认证"),
    "huaixu": ("2023-01-01", "REFERRAL", ""),
}
SUPPLIERS = {
    "hengzhi": ("2019-04-01", "服务器", "CRITICAL"),
    "lihu": ("2020-02-01", "芯片", "CRITICAL"),
    "zhuxian": ("2020-09-01", "网关设备", "HIGH"),
    "jilang": ("2021-11-01", "光学传感器", "MEDIUM"),
    "vantorrel": ("2022-04-01", "Sensors", "HIGH"),
    "osterkvist": ("2023-03-01", "Connectors", "MEDIUM"),
    "ferngarth": ("2021-07-01", "Hosting", "HIGH"),
    "yibo": ("2018-06-01", "办公用品", "LOW"),
    "cenlu": ("2019-08-01", "印刷", "LOW"),
    "qiaozhi": ("2020-01-01", "法律服务", "MEDIUM"),
    "luoshi": ("2020-03-01", "云资源", "CRITICAL"),
    "guanli": ("2022-05-01", "包装", "LOW"),
}
_OWNERS = (
    ("us", "us-sh", "SUBSIDIARY", "1", "true", "2020-05-01"),
    ("family-lin", "yuanxiu", "HOLDING", "0.55", "true", "1994-01-01"),
    ("yuanxiu", "yuanxiu-jm", "SUBSIDIARY", "1", "true", "2001-06-01"),
    ("yuanxiu", "yuanxiu-wl", "SUBSIDIARY", "0.8", "true", "2008-01-01"),
    ("yuanxiu", "yuanxiu-xc", "JOINT_VENTURE", "0.51", "true", "2017-09-01"),
    ("huaixu-zl", "yuanxiu-xc", "JOINT_VENTURE", "0.49", "", "2017-09-01"),
    ("huaixu", "huaixu-zl", "SUBSIDIARY", "1", "true", "2012-03-01"),
    ("hepan", "hepan-ll", "SUBSIDIARY", "0.7", "true", "2016-11-01"),
    ("shuolan", "shuolan-fd", "SUBSIDIARY", "1", "true", "2011-04-01"),
    ("yinquan", "us", "MINORITY", "0.12", "", "2021-06-01"),
    ("yinquan", "nuopu", "MINORITY", "0.2", "", "2023-01-01"),
    ("mantuo-1", "mantuo", "HOLDING", "0.67", "true", "2005-01-01"),
)
_PARTNERSHIPS = (
    ("chengguan", "yuanxiu", "SERVICES"),
    ("chengguan", "huaixu", "SERVICES"),
    ("chengguan", "qiuhe", "SERVICES"),
    ("luoshi", "muxi", "TECHNOLOGY"),
    ("luoshi", "mojing", "TECHNOLOGY"),
    ("lanying", "hepan", "DISTRIBUTOR"),
    ("lanying", "yuntai", "CHANNEL"),
    ("jiangnan", "duling", "REFERRAL"),
    ("jiangnan", "xunlu", "REFERRAL"),
    ("thistlewick", "quillfeather", "SERVICES"),
    ("thistlewick", "sorrelfinch", "SERVICES"),
    ("pemberlock", "marrowgate", "TECHNOLOGY"),
    ("steinquell", "tannenzweig", "RESELLER"),
    ("wusheng", "linqi", "SERVICES"),
    ("linqi", "qingyu", "TECHNOLOGY"),
    ("lanxi", "halvbrekke", "OTHER"),
    ("marrowgate", "jiyun", "TECHNOLOGY"),
    ("qingyu", "brindlecote", "DISTRIBUTOR"),
)
_SUPPLIES = (
    ("drumlinshaw", "chixi", "稀有金属"),
    ("drumlinshaw", "vantorrel", "Rare metals"),
    ("chixi", "lihu", "稀土"),
    ("chixi", "jilang", "稀土"),
    ("suyan", "lihu", "光刻胶"),
    ("suyan", "guanli", "树脂"),
    ("lihu", "zhuxian", "芯片"),
    ("lihu", "hengzhi", "芯片"),
    ("jilang", "zhuxian", "光模块"),
    ("vantorrel", "osterkvist", "Sensors"),
    ("osterkvist", "hengzhi", "Connectors"),
    ("hengzhi", "luoshi", "服务器"),
    ("hengzhi", "huaixu", "服务器"),
    ("zhuxian", "lingyan", "控制器"),
    ("guanli", "hepan", "包装"),
    ("guanli", "mantuo", "包装"),
    ("hepan-ll", "hepan", "冷链运输"),
    ("hepan-ll", "tinglan", "冷链运输"),
    ("yuanxiu-xc", "yuanxiu-jm", "合金"),
    ("yuanxiu-wl", "tangxi", "运输"),
    ("lanxi", "yuanxiu-wl", "海运"),
    ("halvbrekke", "tannenzweig", "Shipping"),
    ("duling", "lingyan", "连杆"),
    ("lingyan", "shuolan-fd", "塔筒"),
    ("tangxi", "yuntai", "布草"),
    ("cenlu", "yanchi", "印刷"),
)
_BASES = tuple(AcquaintanceBasis)
_CLOSENESS = ("DISTANT", "KNOWN", "KNOWN", "GOOD", "GOOD", "CLOSE")

Tables = dict[str, list[Row]]


def made(people: People) -> Tables:
    """Rows for the files of roles and ties."""
    return {
        "customer_roles": list(_customer_roles(people)),
        "partner_roles": [_role(key, since, {"kind": kind, "tier": tier}) for key, (since, kind, tier) in PARTNERS.items()],
        "supplier_roles": [_role(key, since, {"category": what, "criticality": how}) for key, (since, what, how) in SUPPLIERS.items()],
        "ownerships": [
            {
                "key": f"{owner}-{owned}",
                "owner_key": owner,
                "owned_key": owned,
                "kind": kind,
                "share": share,
                "controlling": rules,
                "since": since,
            }
            for owner, owned, kind, share, rules, since in _OWNERS
        ],
        "partnerships": [
            {"key": f"{one}-{other}", "party_key": one, "other_key": other, "kind": kind, "since": f"20{18 + number % 7}-01-01"}
            for number, (one, other, kind) in enumerate(_PARTNERSHIPS)
        ],
        "supplies": [
            {
                "key": f"{supplier}-{buyer}",
                "supplier_key": supplier,
                "buyer_key": buyer,
                "category": what,
                "since": f"20{15 + number % 9}-01-01",
            }
            for number, (supplier, buyer, what) in enumerate(_SUPPLIES)
        ],
        "account_teams": list(_account_teams(people)),
    }


def _role(key: str, since: str, rest: Row) -> Row:
    return {"key": key, "party_key": key, "since": since, **rest}


def _customer_roles(people: People) -> Iterator[Row]:
    for key, (since, stage) in CUSTOMERS.items():
        yield _role(key, since, {"stage": stage, "segment": "B2B"})
    yield {"key": "yunque", "party_key": "yunque", "since": "2021-03-01", "until": "2025-10-01", "stage": "LOST", "segment": "B2B"}
    yield {"key": "yanchi-first", "party_key": "yanchi", "since": "2018-01-01", "until": "2020-06-01", "stage": "LOST", "segment": "B2B"}
    for person in (people.of("mantuo")[0], people.of("linqi")[2]):
        yield {"key": person.key, "party_key": person.key, "since": "2024-01-01", "stage": "MATURE", "segment": "B2C"}


def teams(people: People) -> dict[str, dict[str, Person]]:
    """Account → role → who of us has it now."""
    dice = Dice("teams")
    staff = {role: _staff(people, *titles) for role, titles in _STAFF.items()}
    found: dict[str, dict[str, Person]] = {}
    for number, key in enumerate([*CUSTOMERS, *(key for key in [*PARTNERS, *SUPPLIERS] if key not in CUSTOMERS)]):
        roles = ["OWNER"] if key in CUSTOMERS else ["PARTNER_MANAGER"] if key in PARTNERS else ["OTHER"]
        if key in CUSTOMERS and CUSTOMERS[key][1] != "PROSPECT":
            roles += ["CUSTOMER_SUCCESS", *dice.some(["PRESALES", "SERVICE"], dice.between(0, 2))]
        if key in ("yuanxiu", "lingyan", "huaixu", "marrowgate", "shuolan"):
            roles.append("EXECUTIVE_SPONSOR")
        if key in PARTNERS and key in CUSTOMERS:
            roles.append("PARTNER_MANAGER")
        found[key] = {role: staff[role][(number + place) % len(staff[role])] for place, role in enumerate(roles)}
    return found


_STAFF = {
    "OWNER": ("客户经理", "大客户总监"),
    "PRESALES": ("售前顾问",),
    "SERVICE": ("工程师",),
    "CUSTOMER_SUCCESS": ("客户成功经理", "客户成功总监"),
    "PARTNER_MANAGER": ("伙伴经理", "伙伴总监"),
    "EXECUTIVE_SPONSOR": ("总经理", "销售副总裁"),
    "OTHER": ("采购经理",),
}


def _staff(people: People, *titles: str) -> list[Person]:
    ours = {row["key"] for row in people.rows if row["organization_key"] in ("us", "us-sh") and row["title"] in titles}
    return [person for person in people.all() if person.key in ours]


def _account_teams(people: People) -> Iterator[Row]:
    for account, team in teams(people).items():
        for role, person in team.items():
            since = max(person.since, date(2021, 1, 1)) + timedelta(days=30)
            yield {
                "key": f"{account}-{role}",
                "person_key": person.key,
                "party_key": account,
                "role": role,
                "since": min(since, TODAY).isoformat(),
            }
    one, other = _staff(people, "客户经理")[:2]
    for person in (one, other):
        ended = {"since": person.since.isoformat(), "until": max(person.since + timedelta(days=60), date(2025, 10, 1)).isoformat()}
        yield {
            "key": f"yunque-{person.key}",
            "person_key": person.key,
            "party_key": "yunque",
            "role": "OWNER" if person is one else "SALES",
            **ended,
        }


def declared(people: People) -> list[tuple[str, str, Sequence[str], str, str]]:
    """Declared acquaintances: two keys, bases, closeness, since. They lead to people whom none of us has met."""
    dice = Dice("acquaintances")
    ways = [("chengguan", "qiuhe"), ("luoshi", "mojing"), ("lanying", "yuntai"), ("marrowgate", "jiyun"), ("jiangnan", "xunlu")]
    ways += [
        ("qingyu", "brindlecote"),
        ("us", "yuanxiu"),
        ("us", "chengguan"),
        ("us", "linqi"),
        ("family-lin", "yuanxiu"),
        ("linqi", "qingyu"),
    ]
    found: dict[tuple[str, str], tuple[str, str, Sequence[str], str, str]] = {}
    for one, other in ways * 3:
        a, b = dice.pick(people.of(one)[:5]).key, dice.pick(people.of(other)[:5]).key
        bases = dice.some(_BASES, dice.between(1, 2))
        found.setdefault((a, b), (a, b, bases, dice.pick(_CLOSENESS), str(dice.between(1995, 2022))))
    return list(found.values())


def accounts() -> Mapping[str, str]:
    """Everybody we deal with, and as what: customers before partners before suppliers."""
    return {**dict.fromkeys(SUPPLIERS, "SUPPLIER"), **dict.fromkeys(PARTNERS, "PARTNER"), **dict.fromkeys(CUSTOMERS, "CUSTOMER")}
