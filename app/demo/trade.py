"""What the demonstration's customers buy, and who sent them to us."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal

from app.demo.dice import Dice
from app.demo.people import People, Person, Row
from app.demo.ties import CUSTOMERS, PARTNERS, TODAY, Tables, teams

REFERRALS = 150

# Key, name, category, supplier, price, cost; ours have no supplier but ourselves.
_PRODUCTS = (
    ("crm", "观澜 CRM 企业版（年）", "软件订阅", "us", "1200", "260"),
    ("crm-lite", "观澜 CRM 标准版（年）", "软件订阅", "us", "480", "110"),
    ("graph", "观澜 关系图谱（年）", "软件订阅", "us", "86000", "18500"),
    ("bi", "观澜 经营分析（年）", "软件订阅", "us", "52000", "11000"),
    ("mes", "观澜 产线协同（年）", "软件订阅", "us", "138000", "39000"),
    ("cold", "观澜 冷链监控（年）", "软件订阅", "us", "64000", "15500"),
    ("fleet", "观澜 车队调度（年）", "软件订阅", "us", "58000", "13200"),
    ("api", "开放接口包（年）", "软件订阅", "us-sh", "18000", "3600"),
    ("cloud-s", "云主机 标准型（月）", "云服务", "luoshi", "1450.5", "1020"),
    ("cloud-l", "云主机 高性能（月）", "云服务", "luoshi", "5880", "4310.25"),
    ("backup", "异地备份（月）", "云服务", "us-sh", "980", "420"),
    ("host-eu", "European hosting (month)", "云服务", "ferngarth", "2100", "1390"),
    ("server-a", "机架服务器 A2", "硬件", "hengzhi", "46800", "38200"),
    ("server-b", "机架服务器 B4", "硬件", "hengzhi", "97500", "81400"),
    ("gateway", "工业网关 G1", "硬件", "zhuxian", "3280", "2140"),
    ("gateway-x", "工业网关 G1 防爆型", "硬件", "zhuxian", "6150", "4420"),
    ("sensor-t", "温度传感器", "硬件", "vantorrel", "186.4", "121.75"),
    ("sensor-o", "光学传感器", "硬件", "jilang", "742", "505.5"),
    ("connector", "Connector set", "硬件", "osterkvist", "59.9", "36.2"),
    ("edge", "边缘计算盒", "硬件", "lihu", "8900", "6650"),
    ("setup", "实施服务（人天）", "服务", "us", "3200", "1900"),
    ("training", "培训（场）", "服务", "wusheng", "15000", "9800"),
    ("consult", "流程咨询（人天）", "服务", "chengguan", "4800", "3300"),
    ("support", "驻场支持（月）", "服务", "us", "28000", "19500"),
)
_BY_PARTNER = {
    "muxi": ("tangxi", "tinglan", "qingyu"),
    "lanying": ("hepan", "mantuo"),
    "steinquell": ("tannenzweig",),
    "luoshi": ("lanxi", "yuanxiu-wl"),
}
_SIZES = {"MATURE": 15, "GROWING": 10, "DECLINING": 7, "ONBOARDING": 3, "PROSPECT": 0}
_CHANNELS = {"MEETING": 3.0, "WECHAT": 4.0, "EMAIL": 3.0, "CALL": 2.0, "MEAL": 2.0, "EVENT": 1.0}


def made(people: People) -> Tables:
    """Rows for the files of products, orders, their lines and referrals."""
    products = [
        {"key": key, "name": name, "category": category, "supplier_key": supplier, "unit_price": price, "unit_cost": cost}
        for key, name, category, supplier, price, cost in _PRODUCTS
    ]
    orders, lines = _orders(people)
    return {"products": products, "orders": orders, "order_lines": lines, "referrals": _referrals(people)}


def _orders(people: People) -> tuple[list[Row], list[Row]]:
    dice = Dice("orders")
    sellers = teams(people)
    partners = {customer: partner for partner, customers in _BY_PARTNER.items() for customer in customers}
    orders: list[Row] = []
    lines: list[Row] = []
    for customer, (since, stage) in CUSTOMERS.items():
        first = max(date.fromisoformat(since), date(2023, 1, 1))
        last = TODAY - timedelta(days=240 if stage == "DECLINING" else 3)
        for _ in range(_SIZES[stage] + dice.between(-1, 2) if _SIZES[stage] else 0):
            number = f"SO-{len(orders) + 1:04}"
            orders.append(
                {
                    "key": number,
                    "number": number,
                    "customer_key": customer,
                    "ordered_at": f"{dice.day(first, last)} {dice.between(9, 17):02}:{dice.between(0, 59):02}",
                    "seller_key": sellers[customer]["OWNER"].key,
                    "partner_key": partners.get(customer, "") if dice.chance(0.6) else "",
                }
            )
            lines += _lines(dice, number)
    return orders, lines


def _lines(dice: Dice, order: str) -> Iterator[Row]:
    for key, _, _, _, price, _ in dice.some(_PRODUCTS, dice.between(1, 4)):
        many = dice.between(5, 80) if Decimal(price) < 2_000 else dice.between(1, 12 if Decimal(price) < 20_000 else 3)
        discount = dice.weighted({"": 5.0, "0.05": 2.0, "0.1": 2.0, "0.15": 1.0, "0.225": 0.5})
        yield {"order_key": order, "product_key": key, "quantity": str(many), "discount": discount}


def _referrals(people: People) -> list[Row]:
    dice = Dice("referrals")
    sources: list[str] = [*(key for key in [*PARTNERS, *CUSTOMERS] if CUSTOMERS.get(key, ("", ""))[1] != "PROSPECT")]
    targets = list(CUSTOMERS)
    pairs: dict[tuple[str, str], None] = dict.fromkeys(_chains())
    while len(pairs) < REFERRALS:
        kind = dice.weighted({"organizations": 5.0, "person": 3.0, "people": 3.0})
        referred = dice.pick(targets)
        referrer = dice.pick([key for key in sources if key != referred])
        if kind != "organizations":
            referrer = dice.pick(people.of(referrer)[:6]).key
        if kind == "people":
            referred = dice.pick(people.of(referred)[:6]).key
        pairs.setdefault((referrer, referred))
    owners = {person.key: person for person in people.all()}
    return [_referral(dice, number, pair, owners) for number, pair in enumerate(pairs)]


def _chains() -> list[tuple[str, str]]:
    """Who sent whom, who sent whom; the last one closes a circle, years later."""
    return [
        ("chengguan", "lingyan"),
        ("lingyan", "yuanxiu"),
        ("yuanxiu", "yuanxiu-jm"),
        ("yuanxiu-jm", "tangxi"),
        ("tangxi", "mantuo"),
        ("huaixu", "huaixu-zl"),
        ("huaixu-zl", "yuanxiu-xc"),
        ("jiangnan", "duling"),
        ("pemberlock", "marrowgate"),
        ("thistlewick", "quillfeather"),
        ("lanxi", "halvbrekke"),
        ("halvbrekke", "tannenzweig"),
        ("yuanxiu", "chengguan"),
    ]


def _referral(dice: Dice, number: int, pair: tuple[str, str], people: Mapping[str, Person]) -> Row:
    referrer, referred = pair
    organization = people[referred].organization if referred in people else referred
    since, stage = CUSTOMERS.get(organization, ("2022-01-01", "MATURE"))
    joined = date.fromisoformat(since)
    status = _status(dice, stage, number)
    made = (
        joined - timedelta(days=dice.between(20, 200))
        if status in ("WON", "LOST")
        else dice.day(TODAY - timedelta(days=200), TODAY - timedelta(days=40))
    )
    qualified = made + timedelta(days=dice.between(3, 12))
    closed = made + timedelta(days=dice.between(13, 19))
    return {
        "key": f"R-{number + 1:03}",
        "referrer_key": referrer,
        "referred_key": referred,
        "occurred_at": made.isoformat(),
        "channel": dice.weighted(_CHANNELS),
        "status": status,
        "qualified_at": qualified.isoformat() if status in ("QUALIFIED", "WON") else "",
        "closed_at": closed.isoformat() if status in ("WON", "LOST") else "",
        "would_have_joined_anyway": dice.weighted({"false": 5.0, "true": 2.0, "": 3.0}),
        "reward": str(dice.pick((1_000, 2_000, 5_000, 8_000))) if status == "WON" and dice.chance(0.4) else "",
        "note": dice.pick(("", "", "行业沙龙上介绍", "老同事推荐", "Introduced at a trade fair")),
    }


def _status(dice: Dice, stage: str, number: int) -> str:
    if number < len(_chains()):
        return "WON"
    if stage == "PROSPECT":
        return dice.weighted({"OPEN": 3.0, "QUALIFIED": 2.0})
    return dice.weighted({"WON": 6.0, "LOST": 2.0, "OPEN": 1.0, "QUALIFIED": 1.0})
