"""The referrals that count, and what each was worth.

A referral counts unless it was lost, once the referred party has joined: it was won, or the party has bought since. Its value is that
of the referred party's own orders, from the first referral of it that counts; several referrers share it equally.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from typing import LiteralString

from graph.analyses.days import Moment
from graph.analyses.referral_value.parameters import ReferralValueParameters
from graph.analyses.watch import Watch
from graph.database import Database
from graph.metrics.referral_value import Period, value
from graph.money import ONE
from graph.writing import Writer


@dataclass(frozen=True)
class Made:
    """A referral as it was recorded; `reward` in millionths."""

    id: str
    referrer: str
    referred: str
    at: str
    status: str
    anyway: bool | None = None
    reward: int = 0
    reward_currency: str | None = None

    def caused(self, unknown: Decimal) -> Decimal:
        """The probability that the referred party would not have joined without it."""
        return unknown if self.anyway is None else Decimal(not self.anyway)


@dataclass(frozen=True)
class Sale:
    """An order of a referred party, in millionths; without a margin where a unit cost is missing."""

    at: str
    total: int
    margin: int | None
    currency: str


@dataclass(frozen=True)
class Facts:
    """What was referred until a moment, and what each referred party bought. `hidden` have opted out of rankings
    and reasons."""

    moment: Moment
    currency: str
    referrals: Sequence[Made]
    sales: Mapping[str, Sequence[Sale]]
    hidden: frozenset[str] = frozenset()


# Clocks differ by minutes: now, what is recorded has happened.
_EVER = "~"
_REFERRALS: LiteralString = """
MATCH (a:Party)-[:MADE]->(r:Referral)-[:LED_TO]->(b:Party)
WHERE r.deleted_at IS NULL AND a.deleted_at IS NULL AND b.deleted_at IS NULL AND r.occurred_at < $before
RETURN r.id, a.id, b.id, r.occurred_at, CASE WHEN r.closed_at >= $before THEN 'OPEN' ELSE r.status END,
  r.would_have_joined_anyway, coalesce(r.reward, 0), r.reward_currency
"""
_SALES: LiteralString = """
MATCH (r:Referral)-[:LED_TO]->(b:Party)
WHERE r.deleted_at IS NULL AND b.deleted_at IS NULL
WITH DISTINCT b
MATCH (b)-[:BOUGHT]->(o:Order)
WHERE o.deleted_at IS NULL AND o.ordered_at < $before AND (o.cancelled_at IS NULL OR o.cancelled_at >= $before)
RETURN b.id, collect([o.ordered_at, o.total, o.margin, o.currency])
"""
_HIDDEN: LiteralString = "MATCH (n:Person)-[:MADE|LED_TO]-(:Referral) WHERE n.network_opt_out RETURN collect(DISTINCT n.id)"
_COUNTS: tuple[LiteralString, LiteralString] = (
    "MATCH (r:Referral) RETURN count(r)",
    "MATCH (:Referral)-[:LED_TO]->(b:Party)-[:BOUGHT]->(o:Order) RETURN count(o)",
)


async def count(database: Database) -> tuple[int, int]:
    """How many referrals there are, and how many orders of referred parties."""
    referrals, orders = [int((await database.read(query))[0][0]) for query in _COUNTS]
    return referrals, orders


async def load(writer: Writer, parameters: ReferralValueParameters) -> Facts:
    database, moment = writer.database, Moment.of(writer, parameters)
    before = {"before": moment.at if moment.past else _EVER}
    return Facts(
        moment=moment,
        currency=parameters.currency or writer.customs.currency,
        referrals=[Made(*row) for row in await database.read(_REFERRALS, before)],
        sales={row[0]: [Sale(*sale) for sale in row[1]] for row in await database.read(_SALES, before)},
        hidden=frozenset((await database.read(_HIDDEN))[0][0]),
    )


def counted(facts: Facts) -> list[Made]:
    """The referrals that count, the earliest first: one of each referrer and referred party."""
    found: dict[tuple[str, str], Made] = {}
    for made in sorted(facts.referrals, key=lambda made: (made.at, made.id)):
        joined = made.status == "WON" or any(sale.at >= made.at for sale in facts.sales.get(made.referred, ()))
        if made.status != "LOST" and joined and made.referrer != made.referred:
            found.setdefault((made.referrer, made.referred), made)
    return list(found.values())


def worths(counted: Iterable[Made], facts: Facts, parameters: ReferralValueParameters, watch: Watch) -> dict[str, int]:
    """The value of each referral by its id, in millionths."""
    by_referred: dict[str, list[Made]] = defaultdict(list)
    for made in counted:
        by_referred[made.referred].append(made)
    together = watch.over(list(by_referred.values()))
    return {made.id: _worth(made, several, facts, parameters) for several in together for made in several}


def _worth(made: Made, together: Sequence[Made], facts: Facts, parameters: ReferralValueParameters) -> int:
    margins = _margins(facts, made.referred, together[0].at, parameters)
    kept, saved = parameters.retention_cost * ONE, parameters.saving * ONE
    reward = made.reward if made.reward_currency == facts.currency else 0
    periods = [
        Period(
            margin=margin / len(together),
            referral_cost=Decimal(reward if first else 0),
            retention_cost=kept / len(together),
            saving=saved / len(together) if first else Decimal(0),
        )
        for first, margin in zip([True] + [False] * len(margins), margins, strict=False)
    ]
    return int(value(periods, parameters.rate, made.caused(parameters.caused)).to_integral_value(ROUND_HALF_EVEN))


def _margins(facts: Facts, party: str, start: str, parameters: ReferralValueParameters) -> list[Decimal]:
    """The gross margin of each period that has begun, in millionths."""
    margins = [Decimal(0)] * min(parameters.periods, months(start, facts.moment.at) // parameters.months + 1)
    for sale in facts.sales.get(party, ()):
        period = months(start, sale.at) // parameters.months
        if sale.at >= start and sale.currency == facts.currency and period < len(margins):
            margins[period] += parameters.margin * sale.total if sale.margin is None else sale.margin
    return margins


def months(start: str, end: str) -> int:
    """How many whole months lie between two instants as they are stored; 0 when `end` is earlier.

    >>> months("2026-01-31T09:00:00.000000Z", "2026-02-28T09:00:00.000000Z"), months("2025-11-15T09", "2026-02-15T09")
    (0, 3)
    """
    whole = (int(end[:4]) - int(start[:4])) * 12 + int(end[5:7]) - int(start[5:7]) - (end[8:] < start[8:])
    return max(whole, 0)
