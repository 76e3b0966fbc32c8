"""The people of the demonstration: who is what where, who left, which chairs are empty."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from app.demo.dice import Dice
from app.demo.names import Name, Names

Row = dict[str, str]
OPTED_OUT = 6

# Title and department in Chinese and English, seniority, and what a Chinese title makes of a family name.
_POSTS = (
    ("总经理", "Managing director", "管理层", "Management", "TOP", "总"),
    ("财务总监", "Chief financial officer", "财务部", "Finance", "EXECUTIVE", "总"),
    ("采购总监", "Head of procurement", "采购部", "Procurement", "DIRECTOR", "总监"),
    ("信息总监", "Chief information officer", "信息部", "IT", "EXECUTIVE", "总"),
    ("运营总监", "Head of operations", "运营部", "Operations", "DIRECTOR", "总监"),
    ("采购经理", "Procurement manager", "采购部", "Procurement", "MANAGER", "经理"),
    ("项目经理", "Project manager", "信息部", "IT", "MANAGER", "经理"),
    ("高级工程师", "Senior engineer", "信息部", "IT", "SENIOR", "工"),
    ("财务专员", "Accountant", "财务部", "Finance", "STAFF", ""),
    ("行政助理", "Assistant", "管理层", "Management", "ASSISTANT", ""),
    ("业务专员", "Clerk", "运营部", "Operations", "STAFF", ""),
)
_OURS = (
    ("总经理", "Managing director", "管理层", "Management", "TOP", "总"),
    ("销售副总裁", "Vice president sales", "销售部", "Sales", "EXECUTIVE", "总"),
    ("技术副总裁", "Vice president technology", "研发部", "Engineering", "EXECUTIVE", "总"),
    ("大客户总监", "Key account director", "销售部", "Sales", "DIRECTOR", "总监"),
    ("伙伴总监", "Partner director", "伙伴部", "Partners", "DIRECTOR", "总监"),
    ("客户成功总监", "Customer success director", "客户成功部", "Customer success", "DIRECTOR", "总监"),
    ("采购经理", "Procurement manager", "采购部", "Procurement", "MANAGER", "经理"),
    *[("客户经理", "Account manager", "销售部", "Sales", "MANAGER", "经理")] * 9,
    *[("售前顾问", "Presales consultant", "销售部", "Sales", "SENIOR", "工")] * 4,
    *[("伙伴经理", "Partner manager", "伙伴部", "Partners", "MANAGER", "经理")] * 3,
    *[("客户成功经理", "Customer success manager", "客户成功部", "Customer success", "MANAGER", "经理")] * 5,
    *[("工程师", "Engineer", "研发部", "Engineering", "STAFF", "工")] * 5,
)
_ADDRESSED = {"SCHOOL": "老师", "HOSPITAL": "主任", "GOVERNMENT": "处"}
_PHONES = {"US": "+1206555{:04}", "GB": "+44113496{:04}", "DE": "+493023125{:03}", "SE": "+4631390{:04}", "NO": "+475500{:04}"}
_USUAL_SIZE = 6
_SIZES = {
    "战略客户": 12,
    "重点客户": 10,
    "strategic": 10,
    "潜在": 4,
    "二级供应商": 4,
    "tier 3": 3,
    "投资人": 4,
    "顾问": 4,
    "supplier": 4,
    "供应商": 5,
}
_VACANT = (
    "lingyan",
    "hepan",
    "qingyu",
    "tinglan",
    "huaixu",
    "linqi",
    "luting",
    "marrowgate",
    "quillfeather",
    "luoshi",
    "lihu",
    "us",
    "us-sh",
    "jiyun",
)


@dataclass(frozen=True)
class Person:
    """One of the people, with what the rest of the story needs of them."""

    key: str
    organization: str
    name: Name
    department: str
    seniority: str
    since: date
    email: str
    phone: str


@dataclass
class People:
    """Everybody. `rows` are for `people.csv`, `positions` for `positions.csv`."""

    by_organization: dict[str, list[Person]] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)
    positions: list[Row] = field(default_factory=list)

    def all(self) -> list[Person]:
        return [person for people in self.by_organization.values() for person in people]

    def of(self, organization: str, *departments: str) -> list[Person]:
        """Those of an organization, of all departments or of these."""
        return [person for person in self.by_organization[organization] if not departments or person.department in departments]


def made(organizations: Mapping[str, Row]) -> People:
    """The people of these organizations."""
    dice = Dice("people")
    names = Names(dice)
    people = People()
    # The most usual name there is: whoever tries the search finds him.
    known = {("yuanxiu", 0): names.named("林", "听澜"), ("lingyan", 0): names.named("王", "松年"), ("qingyu", 2): names.named("张", "伟")}
    known |= {("family-lin", place): names.named("林", given) for place, given in enumerate(("德润", "玉洁", "微之", "采薇"))}
    for key, organization in organizations.items():
        posts = _posts(key, organization)
        people.by_organization[key] = []
        for place, post in enumerate(posts):
            name = known.get((key, place)) or names.new(organization["country"])
            _hire(people, dice, key, organization, post, name)
    _change_sides(people, dice)
    _leave_chairs_empty(people, organizations)
    _hold_second_posts(people)
    for row in dice.some([row for row in people.rows if not row["organization_key"].startswith("us")], OPTED_OUT):
        row["network_opt_out"] = "true"
    return people


def _posts(key: str, organization: Row) -> list[tuple[str, ...]]:
    if key == "us":
        return list(_OURS)
    if key == "us-sh":
        return [_OURS[0], _OURS[3], *_OURS[7:9], _OURS[16], *_OURS[23:25], *_OURS[28:33]]
    if organization["kind"] == "HOUSEHOLD":
        return [("家族成员", "Member of the family", "", "", "", "")] * 4
    size = max((size for tag, size in _SIZES.items() if tag in organization["tags"].split(";")), default=_USUAL_SIZE)
    return [*_POSTS[:size], *[_POSTS[-1]] * (size - len(_POSTS))]


def _hire(people: People, dice: Dice, key: str, organization: Row, post: tuple[str, ...], name: Name) -> None:
    chinese = organization["country"] == "CN"
    title, department = (post[0], post[2]) if chinese else (post[1], post[3])
    place, number = len(people.by_organization[key]), len(people.rows)
    since = dice.day(date(2012, 1, 1), date(2025, 9, 30)) if place else dice.day(date(2009, 1, 1), date(2019, 12, 31))
    host = organization["website"].removeprefix("https://")
    person = Person(
        f"{key}-{place + 1}",
        key,
        name,
        post[3],
        post[4],
        since,
        f"{name.latin}@{host}" if host else "",
        f"1990000{number:04}" if chinese else _PHONES.get(organization["country"], "").format(number),
    )
    people.by_organization[key].append(person)
    superior = _superior(people.by_organization[key], person)
    people.rows.append(
        {
            "key": person.key,
            "name": name.shown,
            "family_name": name.family,
            "given_name": name.given,
            "salutation": _salutation(name, organization, post[5], chinese),
            "email": person.email,
            "mobile" if chinese else "phone": person.phone,
            "wechat": f"{name.latin.replace('.', '_')}_{number}" if chinese and dice.chance(0.5) else "",
            "country": organization["country"],
            "city": organization["city"],
            "organization_key": key,
            "position_kind": "FAMILY" if organization["kind"] == "HOUSEHOLD" else "EMPLOYEE",
            "title": title,
            "department": department,
            "seniority": post[4],
            "since": since.isoformat() if dice.chance(0.7) else since.isoformat()[:7],
            "reports_to_key": superior.key if superior else "",
            "network_opt_out": "",
            "tags": _tags(dice, post[4]),
        }
    )


def _salutation(name: Name, organization: Row, usual: str, chinese: bool) -> str:
    if not chinese:
        return ""
    suffix = _ADDRESSED.get(organization["kind"], usual)
    return name.family + suffix if suffix else ""


def _tags(dice: Dice, seniority: str) -> str:
    if seniority in ("TOP", "EXECUTIVE"):
        return "决策人"
    return dice.weighted({"": 8.0, "影响者": 1.0, "技术把关": 1.0})


def _superior(colleagues: list[Person], person: Person) -> Person | None:
    """The last one who came before and ranks higher, in the same department if there is one; so circles cannot be."""
    ranks = ("TOP", "EXECUTIVE", "DIRECTOR", "MANAGER", "SENIOR", "STAFF", "ASSISTANT")
    if person.seniority not in ranks:
        return None
    higher = [each for each in colleagues if each is not person and ranks.index(each.seniority) < ranks.index(person.seniority)]
    near = [each for each in higher if each.department == person.department]
    return near[-1] if near else higher[0] if higher else None


def _change_sides(people: People, dice: Dice) -> None:
    """Some came from another of these organizations: their time there is over, their ties are not."""
    others = [key for key in people.by_organization if not key.startswith(("us", "family"))]
    movers = dice.some([person for person in people.all() if person.since.year >= 2021 and person.seniority not in ("", "TOP")], 36)
    for number, person in enumerate(movers):
        former = (
            "us"
            if number % 6 == 0 and not person.organization.startswith("us")
            else dice.pick([key for key in others if key != person.organization])
        )
        people.positions.append(
            {
                "key": f"former-{person.key}",
                "person_key": person.key,
                "organization_key": former,
                "title": "客户经理" if former == "us" else "高级专员",
                "department": "销售部" if former == "us" else "业务部",
                "seniority": "SENIOR",
                "primary": "false",
                "since": str(person.since.year - dice.between(2, 6)),
                "until": person.since.isoformat()[:7],
            }
        )


def _leave_chairs_empty(people: People, organizations: Mapping[str, Row]) -> None:
    for key in _VACANT:
        chinese = organizations[key]["country"] == "CN"
        people.positions.append(
            {
                "key": f"vacant-{key}",
                "organization_key": key,
                "title": "数字化副总裁" if chinese else "Vice president digital",
                "department": "数字化部" if chinese else "Digital",
                "seniority": "EXECUTIVE",
                "since": "2026-02",
            }
        )


def _hold_second_posts(people: People) -> None:
    for row in _second_posts(people):
        people.positions.append({"primary": "false", **row, "key": f"second-{row['person_key']}-{row['organization_key']}"})


def _second_posts(people: People) -> Iterator[Row]:
    heads = people.by_organization
    yield {"person_key": heads["yuanxiu"][0].key, "organization_key": "family-lin", "kind": "FAMILY", "title": "家族长子"}
    yield {"person_key": heads["family-lin"][0].key, "organization_key": "yuanxiu", "kind": "OWNER", "title": "创始人", "since": "1994"}
    yield {"person_key": heads["yinquan"][0].key, "organization_key": "us", "kind": "DIRECTOR", "title": "董事", "since": "2021-06"}
    yield {"person_key": heads["linqi"][0].key, "organization_key": "lingyan", "kind": "ADVISER", "title": "技术顾问", "since": "2022"}
    for member in ("lingyan", "yuanxiu-jm", "lihu", "duling"):
        yield {"person_key": heads[member][0].key, "organization_key": "jiangnan", "kind": "MEMBER", "title": "理事", "since": "2023"}
