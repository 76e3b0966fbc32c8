"""A small random world with nulls, deleted nodes and ties, parallel ties and hidden people: rows for a graph."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

Properties = dict[str, Any]
NAMES = ("Ada", "Bob", "张伟", "Cy", "李娜", "Dee", "Éva")
OWN = 2


def instant(days: int) -> str:
    return f"{2020 + days // 365:04d}-{1 + days % 365 // 31:02d}-{1 + days % 28:02d}T08:00:00.000000Z"


def day(days: int) -> str:
    return instant(days)[:10]


@dataclass
class World:
    """Rows to write: nodes by their labels, ties by their type; ids tell what they are (p1, o2, pos3)."""

    random: random.Random
    nodes: dict[str, list[Properties]] = field(default_factory=lambda: defaultdict(list))
    ties: dict[str, list[tuple[str, str, Properties]]] = field(default_factory=lambda: defaultdict(list))
    numbers: Iterable[int] = field(default_factory=lambda: count(1))

    def node(self, id_: str, labels: str, **properties: Any) -> str:
        self.nodes[labels].append({"id": id_, **{k: v for k, v in properties.items() if v is not None}})
        return id_

    def link(self, start: str, type_: str, end: str, **properties: Any) -> None:
        self.ties[type_].append((start, end, {k: v for k, v in properties.items() if v is not None}))

    def tie(self, start: str, type_: str, end: str, **properties: Any) -> None:
        """A tie with a life of its own."""
        since = self.random.randrange(1500)
        period = {"since": self.maybe(day(since)), "until": self.maybe(day(since + 500)), "deleted_at": self.rarely(instant(1))}
        self.link(start, type_, end, **{"id": f"t{next(iter(self.numbers))}", "version": 1, **period, **properties})

    def one(self, *values: Any) -> Any:
        return self.random.choice(values)

    def maybe(self, value: Any) -> Any:
        return self.one(None, value)

    def rarely(self, value: Any) -> Any:
        return value if self.random.random() < 0.1 else None

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def when(self) -> str:
        return instant(self.random.randrange(2000))


def made(seed: int = 3, *, organizations: int = 9, people: int = 22, interactions: int = 40, orders: int = 24) -> World:
    w = World(random.Random(seed))
    companies = [_organization(w, i) for i in range(organizations)]
    persons = [_person(w, i, companies, people) for i in range(people)]
    _chart(w)
    _roles(w, companies, persons)
    _people_ties(w, persons, companies)
    _interactions(w, interactions, [*companies, *persons], companies)
    _trade(w, orders, [*companies, *persons], companies, persons)
    _analyses(w, [*companies, *persons])
    return w


def _party(w: World) -> Properties:
    return {
        "created_at": w.when(),
        "updated_at": w.when(),
        "version": None if w.chance(0.02) else w.random.randrange(1, 5),
        "last_interaction_at": w.maybe(w.when()),
        "tags": w.one(None, ["vip"], ["vip", "new"], []),
        "notes": w.one(None, None, "quiet", "secret"),
        "short_name": w.one(None, "Short", "short", "s1"),
        "address_country": w.one(None, "CN", "DE"),
        "address_city": w.one(None, None, "Berlin", "上海"),
        "other_names": w.maybe(["Old name"]) or [],
        "deleted_at": w.rarely(instant(1)),
    }


def _scores(w: World, rank: int, people: int) -> Properties:
    if w.chance(0.5):
        return {}
    size = w.random.randrange(0, 4)
    parties = [w.one("", f"p{w.random.randrange(people)}") for _ in range(size)]
    reasons = {"codes": [w.one("ACQUAINTANCE", "OTHERS") for _ in parties], "parties": parties, "values": [1.5 + i for i in range(size)]}
    reasons |= {"weights": [w.one(-1.0, 0.5) for _ in parties], "shares": [0.25 for _ in parties]}
    influence = {
        "level": "PEOPLE",
        "score": w.random.randrange(8) / 2,
        "rank": rank,
        "percentile": 50.0,
        "as_of": instant(5),
        "formula": "f",
    }
    trail = {"trail_at": [instant(3)], "trail_scores": [1.0], "trail_ranks": [2]}
    found = {**influence, **trail, **{f"reason_{k}": v for k, v in reasons.items()}}
    return {f"influence_{k}": v for k, v in found.items()} | _value(w, reasons)


def _value(w: World, reasons: Properties) -> Properties:
    if w.chance(0.5):
        return {}
    amounts = {key: w.random.randrange(5) * 10**6 + 55_555 for key in ("crv", "attributed", "direct", "indirect")}
    rest = {"currency": "CNY", "caused_count": w.random.randrange(3), "anyway_count": 0, "as_of": instant(6), "formula": "g"}
    return {f"referral_{k}": v for k, v in {**amounts, **rest, **{f"reason_{k}": v for k, v in reasons.items()}}.items()}


def _organization(w: World, i: int) -> str:
    name = f"{w.one(*NAMES)} Org {i}"
    labels = "Node:Party:Organization" + w.one("", ":Customer", ":Customer:Supplier", ":Partner")
    own = {"own": i < OWN, "kind": w.one("COMPANY", "FUND"), "industry": w.one(None, "IT", "Food"), "domains": w.one([], ["a.example"])}
    alive = {"deleted_at": None, "notes": None} if i < OWN else {}
    names = {"name": name, "sort_name": name.lower(), "legal_name": w.maybe(f"{name} Ltd"), "other_name_kinds": []}
    party = _party(w) | {"other_names": []}
    return w.node(f"o{i}", labels, **{**party, **names, **own, **alive, **_scores(w, i + 1, 10)})


def _person(w: World, i: int, companies: list[str], people: int) -> str:
    name, id_ = f"{w.one(*NAMES)} {i}", f"p{i}"
    party = _party(w)
    names = {"name": name, "sort_name": name.lower(), "salutation": w.one(None, "王总", "Dr"), "family_name": w.one(None, "Z", "z", "Ad")}
    kinds = {"other_name_kinds": ["FORMER" for _ in party["other_names"]], "network_opt_out": w.chance(0.1)}
    w.node(id_, "Node:Party:Person" + w.one("", ":Employee", ":Customer"), **{**party, **names, **kinds, **_scores(w, i + 1, people)})
    for j in range(w.random.randrange(3)):
        kind = w.one("EMAIL", "EMAIL", "MOBILE", "LANDLINE")
        point = w.node(
            f"c{i}_{j}", "Node:ContactPoint", kind=kind, value=f"x{i}{j}@e.example", primary=j == 0, verified_at=w.maybe(w.when())
        )
        w.link(id_, "REACHED_AT", point)
        if w.chance(0.1):
            w.link(id_, "REACHED_AT", point)
    if w.chance(0.3):
        w.link(id_, "IDENTIFIED_BY", w.node(f"i{i}", "Node:Identifier", system="source:A", value=f"K{i}", key=f"source:A|K{i}"))
    for j in range(w.random.randrange(3)):
        _position(w, f"pos{i}_{j}", id_, w.one(*companies, *companies[:OWN] * 2), j == 0)
    return id_


def _position(w: World, id_: str, holder: str, company: str, primary: bool) -> None:
    since = w.random.randrange(1500)
    period = {"since": w.one(None, day(since)[:4], day(since)), "until": w.one(None, day(since + 300))}
    words = {"title": w.one(None, "CEO", "CTO"), "department": w.one(None, "Sales"), "seniority": w.one(None, "EXECUTIVE", "STAFF")}
    rest = {"version": 1, "deleted_at": w.rarely(instant(1)), "primary": None if w.chance(0.05) else primary}
    w.node(id_, "Node:Position", kind="EMPLOYEE", **period, **words, **rest)
    w.link(id_, "AT", company)
    if not w.chance(0.1):
        w.link(holder, "HOLDS", id_)


def _chart(w: World) -> None:
    ids = [p["id"] for p in w.nodes["Node:Position"]]
    for i, id_ in enumerate(ids):
        if i and w.chance(0.4):
            w.link(id_, "REPORTS_TO", w.one(*ids[:i]))


def _roles(w: World, companies: list[str], persons: list[str]) -> None:
    for party in [*companies[OWN:], *persons]:
        for _ in range(w.one(0, 0, 1, 2)):
            w.tie(party, "CUSTOMER_OF", w.one(*companies[:OWN]), stage=w.one(None, "GROWING", "LOST"), segment="B2B")
        if w.chance(0.2):
            w.tie(party, "SUPPLIER_OF", companies[0], category="x", criticality=w.one(None, "HIGH"))
        if w.chance(0.2):
            w.tie(party, "PARTNER_OF", companies[1], kind=w.one(None, "REFERRAL"), tier=w.one(None, "gold"))


def _people_ties(w: World, persons: list[str], companies: list[str]) -> None:
    parties = [*companies, *persons]
    for i, company in enumerate(companies[1:], 1):
        for _ in range(w.one(0, 1, 1, 2)):
            owner = w.one(*companies[:i], *companies[:i], w.one(*persons))
            w.tie(owner, "OWNS", company, kind="SUBSIDIARY", share=w.one(None, 500_000, 250_000), controlling=w.chance(0.5))
    for party in parties:
        if w.chance(0.4):
            w.tie(w.one(*persons), "COVERS", party, role=w.one("SALES", "SERVICE"))
        if w.chance(0.4):
            first, second = sorted(w.random.sample(parties, 2))
            w.tie(first, "PARTNERS_WITH", second, kind=w.one(None, "RESELLER"))
        if w.chance(0.3):
            w.tie(*_shuffled(w, parties, "SUPPLIES"), category=w.one(None, "c"))
    for first, second in sorted({tuple(sorted(w.random.sample(persons, 2))) for _ in range(30)}):
        moments = {"first_at": w.when(), "last_at": w.when(), "until": None, "closeness": w.one(None, None, "GOOD", "CLOSE")}
        # 0 and the declared floors have a strength that needs no exponential, so both engines agree to the last bit.
        sums = {"out": w.one(0.0, 0.0, 3e6), "in": w.one(0.0, 1.5e6), "count": w.random.randrange(9), "declared": w.chance(0.5)}
        w.tie(
            first,
            "KNOWS",
            second,
            pair=f"{first}|{second}",
            bases=w.one([], ["ALUMNI", "FRIEND"], ["ALUMNI"], ["OF_OLD"] if w.chance(0.2) else []),
            **sums,
            **moments,
        )


def _shuffled(w: World, ids: list[str], type_: str) -> tuple[str, str, str]:
    start, end = w.random.sample(ids, 2)
    return start, type_, end


def _interactions(w: World, size: int, parties: list[str], companies: list[str]) -> None:
    for i in range(6):
        w.node(f"u{i}", "UnclaimedAddress", value=f"u{i}@z.example", match=f"EMAIL|u{i}")
    for i in range(size):
        said = {"subject": w.one(None, f"talk {i % 7}"), "sentiment": w.one(None, 0.25, -0.5, 1), "summary": w.maybe("…")}
        rest = {"visibility": w.one("EVERYONE", "TEAM"), "version": 1, "deleted_at": w.rarely(instant(1)), "purpose": w.maybe("SUPPORT")}
        way = {"channel": w.one("EMAIL", "MEETING"), "direction": w.one("INBOUND", "OUTBOUND"), "occurred_at": w.when()}
        id_ = w.node(f"x{i}", "Node:Interaction", **said, **way, **rest)
        for party in w.random.sample(parties, w.random.randrange(1, 4)):
            w.link(party, "TOOK_PART", id_, role=w.one("FROM", "TO"), address=w.one(None, "a@b.example"))
        if w.chance(0.3):
            w.link(f"u{i % 6}", "TOOK_PART", id_, role="CC", address="u@z.example")
        for company in w.random.sample(companies, w.random.randrange(3)):
            w.link(id_, "REGARDS", company)


def _trade(w: World, size: int, parties: list[str], companies: list[str], persons: list[str]) -> None:
    for i in range(6):
        price = {"unit_price": w.one(None, 1_990_000), "unit_cost": w.maybe(990_000), "currency": "CNY", "version": 1}
        w.node(f"pr{i}", "Node:Product", name=f"Prod {i}", sort_name=f"prod {i}", category=w.one(None, "A"), **price)
        for company in w.random.sample(companies, w.one(1, 1, 2)):
            w.link(company, "OFFERS", f"pr{i}")
    for i in range(size):
        cancelled, money = {"cancelled_at": w.rarely(instant(3))}, {"currency": w.one(*["CNY"] * 6, "USD"), "margin": w.one(None, 10**6)}
        total = w.random.randrange(1, 9) * 10**6 + 39_500
        w.node(f"or{i}", "Node:Order", number=w.maybe(f"#{i % 5}"), ordered_at=w.when(), total=total, version=1, **cancelled, **money)
        w.link(w.one(*parties), "BOUGHT", f"or{i}")
        if w.chance(0.5):
            w.link(w.one(*persons), "SOLD", f"or{i}")
        for place in range(w.random.randrange(1, 4)):
            line = {"place": place, "quantity": 2_500_000, "unit_price": 1_990_000, "discount": 50_000, "total": 3_980_000}
            w.link(f"or{i}", "CONTAINS", f"pr{w.random.randrange(6)}", **line)
    for i in range(14):
        reward = w.one({}, {"reward": 12_500_000, "reward_currency": "CNY"})
        facts = {"status": w.one("OPEN", "WON"), "would_have_joined_anyway": w.one(None, True, False), "version": 1, **reward}
        start, _, end = _shuffled(w, parties, "")
        w.node(f"r{i}", "Node:Referral", occurred_at=w.when(), channel=w.maybe("EMAIL"), **facts)
        w.link(start, "MADE", f"r{i}")
        w.link(f"r{i}", "LED_TO", end)


def _analyses(w: World, parties: list[str]) -> None:
    for i in range(12):
        party = w.one(*parties)
        tie = w.one(*w.ties["OWNS"], *w.ties["COVERS"])
        subject, about = w.one((party, party), (tie[2]["id"], tie[0]), ("nothing", party))
        log = {"actor": "system", "actor_label": "Guanxi", "action": w.one("CREATE", "UPDATE"), "fields": '[["name",null,"x"]]'}
        w.node(f"ch{i}", "Node:Change", number=i + 1, at=instant(i), subject_id=subject, subjects=[subject], **log)
        w.link(f"ch{i}", "ABOUT", about)
    for i in range(2):
        run = {
            "analysis": "influence",
            "parameters": "{}",
            "status": "DONE",
            "progress": 1.0,
            "started_by": "user:1",
            "started_by_label": "Ann",
        }
        w.node(f"run{i}", "Node:AnalysisRun", queued_at=instant(i), started_at=w.maybe(instant(i)), version=1, **run)
        schedule = {"analysis": "influence", "parameters": "{}", "cron": "0 6 * * *", "created_by": "user:1", "created_by_label": "Ann"}
        w.node(f"schedule{i}", "Node:AnalysisSchedule", next_at=instant(i), version=1, **schedule)
        w.link(f"schedule{i}", "STARTED", f"run{i}")
        for rank in range(1, 5):
            party, reasons = w.one(*parties), {"codes": ["OTHERS"], "parties": [""], "values": [1.0], "weights": [-1.0], "shares": [1.0]}
            row = {f"reason_{k}": v for k, v in reasons.items()}
            w.node(f"row{i}_{rank}", "AnalysisRow:NodeScore", rank=rank, place=rank, score=1.0 / rank, **row)
            w.link(f"run{i}", "GAVE", f"row{i}_{rank}")
            w.link(f"row{i}_{rank}", "CONCERNS", party, place=0)
