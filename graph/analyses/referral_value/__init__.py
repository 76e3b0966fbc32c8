"""Referral value (推荐价值): what the parties that somebody referred were worth, to the referrer and along the chain above."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, LiteralString

from graph import money
from graph.analyses.reasons import Reason, ReasonCode, folded, packed
from graph.analyses.referral_value import facts as known
from graph.analyses.referral_value.facts import Facts, Made
from graph.analyses.referral_value.parameters import ReferralValueParameters
from graph.analyses.registry import Estimate, analysis
from graph.analyses.rows import NodeScore, OnParties, Outcome, RowKind, Scores
from graph.analyses.ties import takes_part
from graph.analyses.watch import Watch
from graph.errors import Message
from graph.metrics.referral_value import Credit, Referred, attributed
from graph.money import ONE
from graph.network.threads import one
from graph.writing import Writer

__all__ = ["ReferralValueParameters", "referral_value"]

_OWN = ("crv", "attributed", "direct", "indirect", "currency", "caused_count", "anyway_count", "as_of", "formula", "run", *packed(()))
# Who was deleted or opted out since the facts were read gets no score.
_WRITE: LiteralString = f"""
UNWIND $rows AS row
MATCH (n:Node {{id: row.id}}) WHERE {takes_part("n")}
WITH n, row.properties AS given
SET n += given {{.*, referral_run: $run, referral_as_of: $as_of}}
"""
_CLEAR: LiteralString = """
MATCH (n:Party) WHERE n.referral_run <> $run
WITH n LIMIT $batch
SET n += $nothing
RETURN count(n)
"""
_WITHDRAW: LiteralString = """
MATCH (n:Party) WHERE n.referral_run IS NOT NULL
WITH n LIMIT $batch
SET n += $nothing
RETURN count(n)
"""
_WROTE: LiteralString = "MATCH (n:Party) WHERE n.referral_run = $run RETURN n.id LIMIT 1"
_KEPT = OnParties(tuple(f"referral_{name}" for name in _OWN), _WRITE, _CLEAR, _WITHDRAW, _WROTE)


async def _estimate(writer: Writer, parameters: ReferralValueParameters) -> Estimate:
    return Estimate.of(*await known.count(writer.database))


@analysis(
    "referral_value",
    title=("Referral value", "推荐价值"),
    purpose=(
        "What the parties that somebody referred were worth, to the referrer and along the chain of those who referred the referrers.",
        "被推荐方带来的价值：归于推荐人本人，并沿推荐链向上分摊。",
    ),
    formula=(
        (
            "CRV = Σ (A − a − M + ACQ)/(1+r)^t over those who would not have joined without it, + Σ ACQ/(1+r)^t over the others; "
            "attributed: a referrer keeps 1 − δ of it and passes δ on to who referred it"
        ),
        "CRV = 对因推荐才加入者求 Σ (A − a − M + ACQ)/(1+r)^t，对其余者求 Σ ACQ/(1+r)^t；归因价值：推荐人保留 1 − δ，其余 δ 传给其推荐人",
    ),
    complexity=(
        "O(orders + referrals · referrers of one party ^ depth); memory O(orders + referrals)",
        "O(订单数 + 推荐数 · 单方推荐人数 ^ 链深)；内存 O(订单数 + 推荐数)",
    ),
    rows=RowKind.NODE_SCORE,
    parameters=ReferralValueParameters,
    estimate=_estimate,
    load=known.load,
    kept=_KEPT,
)
def referral_value(facts: Facts, parameters: ReferralValueParameters, watch: Watch) -> Outcome:
    """CRV (Kumar, Petersen & Leone 2010) and attributed value of everybody who referred somebody, ranked by what is attributed.

    A referral counts unless it was lost, once the referred party has joined: it was won, or the party has bought since. Its value is that
    of the referred party's own orders from the first referral of it that counts on, in periods of months; several referrers share it
    equally. The reward and the saving fall in the first period. A referral that may or may not have caused the joining counts as both, by
    its probability. Along a chain no value is lost or won; a cycle is cut at its latest referral, and nothing is passed on to who bought.
    Of a past day count the orders that stood then and the referrals made by then, open if they were closed later, all at the amounts
    that are recorded now; the scores on the parties stay what is so now.
    """
    counted = one(lambda: known.counted(facts), watch.part(0, 0.1).at)
    worth = known.worths(counted, facts, parameters, watch.part(0.1, 0.4))
    referred = [Referred(made.id, made.referrer, made.referred, made.at, worth[made.id]) for made in counted]
    credits = attributed(referred, parameters.passed_on, parameters.depth, watch.part(0.4, 0.6).at)
    notes = one(lambda: _notes(facts), watch.part(0.6, 0.6).at)
    accounts = one(lambda: _accounts(facts, parameters, counted, worth, credits), watch.part(0.6, 0.6).at)
    scores = {account.party: account.properties(facts) for account in watch.part(0.6, 0.8).over(accounts)}
    ranked = enumerate(watch.part(0.8, 1).over(accounts), start=1)
    rows = [NodeScore(account.party, account.attributed / ONE, rank, account.reasons()) for rank, account in ranked]
    return Outcome(rows, parameters.formula, Scores(scores, facts.moment.at), notes)


def _accounts(
    facts: Facts,
    parameters: ReferralValueParameters,
    counted: Sequence[Made],
    worth: dict[str, int],
    credits: Mapping[str, Sequence[Credit]],
) -> list[_Account]:
    """Of everybody who referred somebody, the greatest first."""
    own: dict[str, list[Made]] = defaultdict(list)
    for made in counted:
        own[made.referrer].append(made)
    parties = ({made.referrer for made in facts.referrals} | set(credits)) - facts.hidden
    accounts = [_Account(party, own[party], credits.get(party, ()), worth, parameters, facts.hidden) for party in parties]
    return sorted(accounts, key=lambda account: (-account.attributed, account.party))


@dataclass(frozen=True)
class _Account:
    """One party: its referrals that count, and its credits."""

    party: str
    own: Sequence[Made]
    credits: Sequence[Credit]
    worth: dict[str, int]
    parameters: ReferralValueParameters
    hidden: frozenset[str]

    @property
    def attributed(self) -> int:
        return sum(credit.amount for credit in self.credits)

    @property
    def direct(self) -> int:
        return sum(credit.amount for credit in self.credits if credit.through is None)

    def properties(self, facts: Facts) -> dict[str, Any]:
        caused = sum(made.caused(self.parameters.caused) * 2 >= 1 for made in self.own)
        amounts = {
            "crv": sum(self.worth[made.id] for made in self.own),
            "attributed": self.attributed,
            "direct": self.direct,
            "indirect": self.attributed - self.direct,
        }
        return {
            **{f"referral_{name}": money.check(amount, name) for name, amount in amounts.items()},
            "referral_currency": facts.currency,
            "referral_caused_count": caused,
            "referral_anyway_count": len(self.own) - caused,
            "referral_formula": self.parameters.formula,
            **packed(self.reasons(), "referral_"),
        }

    def reasons(self) -> tuple[Reason, ...]:
        """What each referral left, and what each referred referrer passed on. Shares add up to 1; who opted out is among OTHERS."""
        made = {each.id: each for each in self.own}
        direct = [self._reason(made[credit.referral], credit.amount) for credit in self.credits if credit.through is None]
        through: Counter[str] = Counter()
        for credit in self.credits:
            if credit.through is not None:
                through[credit.through] += credit.amount
        weight = float(self.parameters.passed_on)
        indirect = [
            Reason(ReasonCode.PASSED_ON, amount / ONE, weight, self._share(amount), party) for party, amount in through.items() if amount
        ]
        return folded(direct + indirect, hidden=self.hidden)

    def _reason(self, made: Made, amount: int) -> Reason:
        code = {None: ReasonCode.UNCERTAIN, True: ReasonCode.ANYWAY, False: ReasonCode.CAUSED}[made.anyway]
        return Reason(code, amount / ONE, float(made.caused(self.parameters.caused)), self._share(amount), made.referred)

    def _share(self, amount: int) -> float:
        return amount / self.attributed if self.attributed else 0.0


def _notes(facts: Facts) -> tuple[Message, ...]:
    foreign = Counter(sale.currency for sales in facts.sales.values() for sale in sales if sale.currency != facts.currency)
    return tuple(_foreign(count, currency, facts.currency) for currency, count in sorted(foreign.items()))


def _foreign(count: int, currency: str, counted: str) -> Message:
    en = f"orders in {currency} were left out ({count}): what counts is {counted}; give `currency` to choose another"
    return Message(en, f"{count} 笔以 {currency} 计价的订单未计入（只计 {counted}），可用参数 currency 指定其他币种")
