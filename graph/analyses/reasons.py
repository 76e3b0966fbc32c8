"""Why a number is what it is: its parts, each with what it gave."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, overload

from graph.terms import Term

MOST = 10
NO_WEIGHT = -1.0


class ReasonCode(Term):
    """What kind of part it is (原因类别)."""

    OWN = "Their own standing", "自身"
    ACQUAINTANCE = "Acquaintance", "熟人"
    REPORTING = "Reporting line", "汇报关系"
    REFERRAL = "Referral", "推荐"
    OWNERSHIP = "Ownership", "股权"
    PARTNERSHIP = "Partnership", "合作"
    SUPPLY = "Supply", "供应"
    PEOPLE = "Their people know each other", "人员往来"
    CAUSED = "Referred, and would not have joined otherwise", "推荐促成"
    ANYWAY = "Referred, and would have joined anyway", "本会加入的被推荐方"
    UNCERTAIN = "Referred, and may have joined anyway", "推荐作用不确定"
    PASSED_ON = "Passed on by whom they referred", "下级推荐人传递"
    MUTUAL = "Contact both ways", "双向往来"
    ONE_SIDED = "Contact one way", "单向往来"
    DECLARED = "Declared closeness", "声明的亲密度"
    COMMON = "Somebody both know", "共同联系人"
    BETWEEN = "Between how many others", "处于他人最短路径上的比例"
    HOLES = "How little those they know know one another", "结构洞：熟人之间互不相识的程度"
    CUTS_OFF = "How many pairs lose each other without them", "离开后失去联系的对数"
    OUT_OF_REACH = "How many we cannot reach without them", "离开后我方无法触达的人数"
    LOSES = "Whom we cannot reach without them", "离开后我方无法触达的对象"
    UNHEARD = "Had not heard it from those before", "此前未从他人处听到的概率"
    SPREAD = "How many more hear it by way of this one", "经由此方新增的平均触达人数"
    MEMBER = "A telling member", "核心成员"
    WORKING_AT = "Where members work", "成员任职单位"
    CORE = "In how dense a part of the network", "所处网络的紧密程度"
    CLOSE_TO_US = "How close to our team", "与我方团队的亲近程度"
    TIED = "To how many they are tied", "关系数量"
    PART = "How many hang together with them", "所在连通分量的规模"
    CLOSED = "How many of those they know know one another", "熟人彼此相识的比例"
    STEP = "A step of the path", "路径中的一步"
    OTHERS = "Others", "其他"


@dataclass(frozen=True)
class Reason:
    """One part of a number: what it gave (`value`), by which `weight`, its `share` of the whole, and the party it came from."""

    code: ReasonCode
    value: float
    weight: float | None = None
    share: float = 0.0
    party: str | None = None


@dataclass(frozen=True)
class Reasons(Sequence[Reason]):
    """Reasons in columns, as the graph keeps them; each is made when it is asked for. A missing party is '', a missing weight -1."""

    codes: list[str]
    parties: list[str]
    values: list[float]
    weights: list[float]
    shares: list[float]

    @classmethod
    def of(cls, reasons: Iterable[Reason]) -> Reasons:
        """Those of a sequence; itself if it is in columns."""
        if isinstance(reasons, cls):
            return reasons
        if isinstance(reasons, WhenAsked):
            return cls.of(reasons.of())
        rows = [
            (each.code.value, each.party or "", float(each.value), NO_WEIGHT if each.weight is None else float(each.weight), each.share)
            for each in reasons
        ]
        return cls(*map(list, zip(*rows, strict=True))) if rows else cls([], [], [], [], [])

    def __len__(self) -> int:
        return len(self.codes)

    def __iter__(self) -> Iterator[Reason]:
        return iter(unpack(self.codes, self.parties, self.values, self.weights, self.shares))

    @overload
    def __getitem__(self, at: int) -> Reason: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[Reason, ...]: ...
    def __getitem__(self, at: int | slice) -> Reason | tuple[Reason, ...]:
        return tuple(self)[at]


@dataclass(frozen=True, eq=False)
class WhenAsked(Sequence[Reason]):
    """Reasons that are worked out whenever somebody asks for them: those of a large network take more room than the network."""

    of: Callable[[], Sequence[Reason]]

    def __len__(self) -> int:
        return len(self.of())

    def __iter__(self) -> Iterator[Reason]:
        return iter(self.of())

    def __eq__(self, other: object) -> bool:
        return tuple(self) == tuple(other) if isinstance(other, Sequence) else NotImplemented

    def __hash__(self) -> int:
        return hash(tuple(self))

    @overload
    def __getitem__(self, at: int) -> Reason: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Reason]: ...
    def __getitem__(self, at: int | slice) -> Reason | Sequence[Reason]:
        return self.of()[at]


def folded(reasons: Iterable[Reason], most: int = MOST, hidden: Collection[str] = ()) -> tuple[Reason, ...]:
    """The greatest first, as `shortened` gives them."""
    return shortened(sorted(reasons, key=lambda reason: (-abs(reason.value), reason.code, reason.party or "")), most, hidden)


def shortened(reasons: Sequence[Reason], most: int = MOST, hidden: Collection[str] = ()) -> tuple[Reason, ...]:
    """The first of them; the last of `most` is OTHERS, all others as one part, with those that name one of `hidden`, if there are any.

    The sums of values and of shares stay.
    """
    named = [reason for reason in reasons if reason.code is not ReasonCode.OTHERS and reason.party not in hidden]
    if len(named) == len(reasons) <= most:
        return tuple(named)
    rest = named[most - 1 :] + [reason for reason in reasons if reason.code is ReasonCode.OTHERS or reason.party in hidden]
    others = Reason(ReasonCode.OTHERS, sum(reason.value for reason in rest), None, sum(reason.share for reason in rest))
    return (*named[: most - 1], others)


def packed(reasons: Sequence[Reason], prefix: str = "") -> dict[str, list[Any]]:
    """As the graph keeps them: lists of one length, by property."""
    columns = Reasons.of(reasons)
    return {
        f"{prefix}reason_codes": columns.codes,
        f"{prefix}reason_parties": columns.parties,
        f"{prefix}reason_values": columns.values,
        f"{prefix}reason_weights": columns.weights,
        f"{prefix}reason_shares": columns.shares,
    }


def unpack(
    codes: Sequence[str] | None,
    parties: Sequence[str] | None,
    values: Sequence[float] | None,
    weights: Sequence[float] | None,
    shares: Sequence[float] | None,
) -> tuple[Reason, ...]:
    """The reasons of such lists; none when there are none."""
    columns = zip(codes or (), parties or (), values or (), weights or (), shares or (), strict=True)
    return tuple(
        Reason(ReasonCode(code), value, None if weight == NO_WEIGHT else weight, share, party or None)
        for code, party, value, weight, share in columns
    )
