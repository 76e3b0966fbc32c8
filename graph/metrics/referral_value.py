"""What referrals were worth (推荐价值): to whoever made them, and along the chain of those who referred the referrers.

The value of a party's referrals is that of Kumar, Petersen & Leone, "Driving Profitability by Encouraging Customer Referrals",
Journal of Marketing 74 (2010). How it is shared along a chain is ours, and conserves it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal, localcontext

FORMULA = "referral value 1"
_DIGITS = 50
Tick = Callable[[float], None]


@dataclass(frozen=True)
class Period:
    """What one referred party gave and took in one period, all in one unit of money.

    `margin` A is its gross margin, `referral_cost` a what the referral was rewarded with, `retention_cost` M what keeping it took, and
    `saving` ACQ what winning it would have cost without a referral.
    """

    margin: Decimal = Decimal(0)
    referral_cost: Decimal = Decimal(0)
    retention_cost: Decimal = Decimal(0)
    saving: Decimal = Decimal(0)

    @property
    def caused(self) -> Decimal:
        """A − a − M + ACQ: what is owed to the referral when the party would not have joined without it."""
        return self.margin - self.referral_cost - self.retention_cost + self.saving


def present_value(flows: Iterable[Decimal], rate: Decimal) -> Decimal:
    """Σ flow_t / (1 + rate)^t, the first flow at t = 1.

    >>> round(present_value([Decimal(110), Decimal(121)], Decimal("0.1")), 6)
    Decimal('200.000000')
    """
    with localcontext() as context:
        context.prec = _DIGITS
        return sum((flow / (1 + rate) ** t for t, flow in enumerate(flows, start=1)), Decimal(0))


def value(periods: Sequence[Period], rate: Decimal, caused: Decimal = Decimal(1)) -> Decimal:
    """The value of one referred party over its `periods`, which would not have joined without the referral with probability `caused`.

    >>> round(value([Period(margin=Decimal(90), saving=Decimal(20))], Decimal("0.1"), Decimal("0.5")), 6)
    Decimal('59.090909')
    """
    return present_value([caused * period.caused + (1 - caused) * period.saving for period in periods], rate)


def crv(caused: Iterable[Sequence[Period]], anyway: Iterable[Sequence[Period]], rate: Decimal) -> Decimal:
    """CRV, from the periods of each party of type one, which the referral `caused` to join, and of type two, which joined `anyway`.

    >>> one = [Period(Decimal(98), Decimal(40), Decimal(18), Decimal(5))] * 2
    >>> two = [Period(saving=Decimal(5))] * 2
    >>> round(crv([one, one], [two, two], Decimal("0.0723805")), 4)
    Decimal('180.2070')
    """
    return sum((value(each, rate) for each in caused), Decimal(0)) + sum((value(each, rate, Decimal(0)) for each in anyway), Decimal(0))


@dataclass(frozen=True)
class Credit:
    """What somebody has of the value of one referral: their own, or one passed on to them by `through`, whom they had referred."""

    referral: str
    amount: int
    through: str | None = None


@dataclass(frozen=True)
class Referred:
    """A referral that counts: who, whom, when (a text that sorts), and its value in whole units."""

    id: str
    referrer: str
    referred: str
    at: str
    value: int


def attributed(
    referrals: Iterable[Referred], passed_on: Decimal = Decimal("0.5"), depth: int = 5, tick: Tick = lambda _: None
) -> dict[str, list[Credit]]:
    """The value of every referral, shared along the chain above it: for each party its credits.

    A referrer keeps 1 − `passed_on` and passes the rest on to who referred it, in equal parts if several did; the last of a chain of at
    most `depth` keeps all that is left. Not one unit is lost or won: the credits add up to the values. A cycle is cut at its latest
    referral, and nothing is passed on to the party whose own purchases are shared.
    `tick` is called with the share that is done. O(referrals · referrers of one party ^ depth).

    >>> credits = attributed([Referred("1", "ann", "bob", "2026-01", 100), Referred("2", "bob", "eve", "2026-02", 60)])
    >>> {party: [credit.amount for credit in credits] for party, credits in credits.items()}
    {'ann': [100, 30], 'bob': [30]}
    """
    ordered = sorted(referrals, key=lambda referral: (referral.at, referral.id))
    above = _above(ordered, tick)
    credits: dict[str, list[Credit]] = defaultdict(list)

    def share(referral: Referred, party: str, amount: int, through: str | None, level: int) -> None:
        further = [other for other in above[party] if other != referral.referred] if level < depth else []
        rest = int((amount * passed_on).to_integral_value(ROUND_HALF_EVEN)) if further else 0
        credits[party].append(Credit(referral.id, amount - rest, through))
        for other, part in zip(further, _parts(rest, len(further)), strict=True):
            share(referral, other, part, party, level + 1)

    for done, referral in enumerate(ordered):
        tick(0.5 + 0.5 * done / len(ordered))
        share(referral, referral.referrer, referral.value, None, 1)
    return dict(credits)


def _above(ordered: Sequence[Referred], tick: Tick) -> Mapping[str, list[str]]:
    """Who referred each party, without those referrals, in order of time, that would close a cycle."""
    above: dict[str, list[str]] = defaultdict(list)
    for done, referral in enumerate(ordered):
        tick(0.5 * done / len(ordered))
        if referral.referrer not in above[referral.referred] and not _leads(above, referral.referrer, referral.referred):
            above[referral.referred].append(referral.referrer)
    return above


def _leads(above: Mapping[str, list[str]], party: str, top: str) -> bool:
    """Whether `top` is `party` or anywhere above it."""
    waiting, seen = [party], {party}
    while waiting:
        new = set(above.get(waiting.pop(), ())) - seen
        waiting += new
        seen |= new
    return top in seen


def _parts(amount: int, count: int) -> list[int]:
    """`amount` in so many parts that differ by at most one."""
    each, rest = divmod(amount, count) if count else (0, 0)
    return [each + (place < rest) for place in range(count)]
