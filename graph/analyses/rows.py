"""What an analysis may give: rows of a closed set of kinds, each with its reasons."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, LiteralString, NamedTuple

from pydantic import Field

from graph.analyses.days import AsOf
from graph.analyses.reasons import Reason, ReasonCode
from graph.errors import Message
from graph.terms import Term


class RowKind(Term):
    """What the rows of an analysis are (结果类别)."""

    NODE_SCORE = "A score of each party", "各方评分"
    NODE_GROUP = "Groups of parties", "分组"
    PAIR_SCORE = "A score of each pair", "成对评分"
    PATH = "Paths", "路径"
    GRAPH_FACT = "Facts about the network", "网络指标"


@dataclass(frozen=True)
class NodeScore:
    """A party's score; rank 1 is the best of its level."""

    party: str
    score: float
    rank: int
    reasons: Sequence[Reason] = ()


@dataclass(frozen=True)
class NodeGroup:
    """Parties that belong together."""

    label: Message
    members: tuple[str, ...]
    reasons: Sequence[Reason] = ()


class Told(NamedTuple):
    """What may be said of a part of a group: its code, and of its party the name and, of an organization, the industry."""

    code: str
    name: str | None = None
    industry: str | None = None


def group_title(en: str, zh: str, told: Iterable[Sequence[Any]], language: str) -> str:
    """What to call a group by what is told of each of its reasons, the greatest first: `Community 1: Ann, Bob (Acme)`.

    In brackets stands where most of its members work, or else the industry that more than half of the most telling ones share.
    """
    chinese = language.startswith("zh")
    reasons = [Told(*each) for each in told]
    members = [each for each in reasons if each.code == ReasonCode.MEMBER]
    who = ("、" if chinese else ", ").join([each.name for each in members if each.name][:2])
    places = [each.name for each in reasons if each.code == ReasonCode.WORKING_AT and each.name]
    where = places[:1] or [name for name, count in Counter(each.industry for each in members).items() if name and 2 * count > len(members)]
    label = zh if chinese else en
    about = f"{who}（{where[0]}）" if chinese and where else f"{who} ({where[0]})" if where else who
    return f"{label}{'：' if chinese else ': '}{about.strip()}" if about else label


@dataclass(frozen=True)
class PairScore:
    """A score of two parties."""

    a: str
    b: str
    score: float
    reasons: Sequence[Reason] = ()


@dataclass(frozen=True)
class PathRow:
    """Parties in the order of a path, and its strength in (0, 1]."""

    parties: tuple[str, ...]
    strength: float
    reasons: Sequence[Reason] = ()


@dataclass(frozen=True)
class GraphFact:
    """A number about the whole network."""

    code: str
    label: Message
    value: float
    reasons: Sequence[Reason] = ()


Row = NodeScore | NodeGroup | PairScore | PathRow | GraphFact


class Scored(AsOf):
    """Whether scores are put on the parties."""

    write: bool = Field(
        default=True,
        description="Whether parties carry the new scores; if not, and of a past day, they are rows of the run alone (是否写入各方)",
    )


@dataclass(frozen=True)
class OnParties:
    """The properties that an analysis may leave on a party, and the Cypher that keeps them there.

    `write` takes $rows [{id, properties}], $run and $as_of; `clear` takes $run, $levels, $nothing and $batch, takes what other runs left
    on at most so many parties, and gives their number; `withdraw` takes the same from those that have scores of whatever run, but what
    other runs than $run left as history; `wrote` gives a party with scores of $run, if there is one.
    """

    properties: tuple[str, ...]
    write: LiteralString
    clear: LiteralString
    withdraw: LiteralString
    wrote: LiteralString


@dataclass(frozen=True)
class Scores:
    """The newest scores, for the parties themselves, as of an instant. Those of one of `levels` are replaced together."""

    by_party: Mapping[str, Mapping[str, Any]]
    as_of: str
    levels: tuple[str, ...] = ("ALL",)


@dataclass(frozen=True)
class Outcome:
    """What an analysis found: its rows, the best first, the formula with its version and weights, and the scores it leaves on parties."""

    rows: Sequence[Row]
    formula: str
    scores: Scores | None = None
    notes: tuple[Message, ...] = ()
