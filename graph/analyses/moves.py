"""Who moved most between two runs of one analysis, and which neighbours caused it."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, LiteralString

from graph.analyses.reasons import ReasonCode, unpack
from graph.analyses.registry import ANALYSES, find
from graph.analyses.ties import takes_part
from graph.database import Database
from graph.errors import NotFound, invalid, refused
from graph.terms import Term

__all__ = ["Cause", "Move", "MoveMetric", "Standing", "between", "causes", "check", "folded", "standings"]

# When it was, and whether the parties got the scores.
_WHENEVER = {"asOf", "write"}


class MoveMetric(Term):
    """What counts as a move (变动指标)."""

    RANK = "By how many places", "名次变化"
    SCORE = "By how much of the score", "得分变化"


@dataclass(frozen=True)
class Standing:
    """What a run said of a party."""

    row: str
    rank: int
    score: float


@dataclass(frozen=True)
class Move:
    """A party in two runs."""

    party: str
    before: Standing
    after: Standing

    def size(self, metric: MoveMetric) -> float:
        """How far it moved, up or down."""
        if metric is MoveMetric.RANK:
            return abs(self.after.rank - self.before.rank)
        return abs(self.after.score - self.before.score)


@dataclass(frozen=True)
class Cause:
    """One part of the scores of a party: what it gave before, and what after."""

    code: ReasonCode
    party: str | None
    before: float
    after: float

    @property
    def change(self) -> float:
        return self.after - self.before


_RUNS: LiteralString = """
MATCH (run:AnalysisRun) WHERE run.id IN $ids
RETURN run.id AS id, run.analysis AS analysis, run.parameters AS parameters, run.status AS status,
  EXISTS { MATCH (run)-[:GAVE]->(:NodeScore) } AS scored
"""
FOUND: LiteralString = f"""
MATCH (:Node {{id: $run}})-[:GAVE]->(n:NodeScore)-[:CONCERNS]->(party:Party)
WHERE {takes_part("party")}
"""
STANDING: LiteralString = "[party.id, n.id, n.rank, n.score]"
"""Of whom a run has a row, and what it says, for `standings`."""

_PACKED: LiteralString = """
MATCH (:Node {id: $run})-[:GAVE]->(row:NodeScore) WHERE row.id IN $rows
RETURN row.id, row.reason_codes, row.reason_parties, row.reason_values, row.reason_weights, row.reason_shares
"""


async def check(database: Database, start: str, end: str, readable: Collection[str] | None = None) -> None:
    """Raises what is wrong with two runs: NotFound, Refused for one without scores, Invalid for those that asked different things."""
    found = {row["id"]: row for row in await database.read(_RUNS, {"ids": [start, end]})}
    for id, name in ((start, "from"), (end, "to")):
        if id not in found or (readable is not None and id not in readable):
            raise NotFound(id, name)
        if found[id]["status"] != "DONE" or not found[id]["scored"]:
            en = f"{name}: the run has no scores of parties ({found[id]['status']}); choose one that is done and ranks parties"
            zh = f"{name}：该运行没有各方评分（{found[id]['status']}），请选择已完成且对各方评分的运行"
            raise refused(en, zh, name)
    one, other = found[start]["analysis"], found[end]["analysis"]
    if one != other:
        en = f"to: it is a run of {other}, and `from` is one of {one}; choose two runs of one analysis"
        raise invalid(en, f"to：该运行属于 {other}，而 from 属于 {one}，请选择同一分析的两次运行", "to")
    if differing := _differing(*(_usual(one) | json.loads(found[id]["parameters"]) for id in (start, end))):
        names = ", ".join(differing)
        en = f"to: it was computed with other parameters than `from` ({names}); choose two runs that differ in their days alone"
        raise invalid(en, f"to：该运行与 from 的参数不同（{names}），请选择仅日期不同的两次运行", "to")


def _usual(analysis: str) -> dict[str, Any]:
    """The defaults of its parameters: what those mean that a run does not have, since they came after it."""
    if analysis not in ANALYSES:
        return {}
    usual: dict[str, Any] = json.loads(find(analysis).parameters.model_construct().model_dump_json(by_alias=True))
    return usual


def _differing(one: Mapping[str, Any], other: Mapping[str, Any]) -> list[str]:
    """The parameters that make the scores of two runs incomparable."""
    return sorted(name for name in (one.keys() | other.keys()) - _WHENEVER if one.get(name) != other.get(name))


def standings(found: Iterable[Sequence[Any]]) -> dict[str, Standing]:
    """Rows of STANDING, by party."""
    return {party: Standing(*standing) for party, *standing in found}


def between(before: Mapping[str, Standing], after: Mapping[str, Standing], metric: MoveMetric) -> list[Move]:
    """Everybody whom both runs ranked and who moved, the greatest moves first."""
    moves = [Move(party, before[party], after[party]) for party in before.keys() & after.keys()]
    other = MoveMetric.SCORE if metric is MoveMetric.RANK else MoveMetric.RANK
    moved = [move for move in moves if move.size(metric)]
    return sorted(moved, key=lambda move: (-move.size(metric), -move.size(other), move.party))


async def causes(database: Database, start: str, end: str, moves: Sequence[Move]) -> dict[str, list[Cause]]:
    """What each part of their scores gave before and after, by party.

    What one run kept by itself and the other among the others is taken to have changed as little as it may have.
    """
    before = await _parts(database, start, [move.before.row for move in moves])
    after = await _parts(database, end, [move.after.row for move in moves])
    return {move.party: _compared(before[move.before.row], after[move.after.row]) for move in moves}


Parts = Mapping[tuple[ReasonCode, str | None], float]
_OTHERS = (ReasonCode.OTHERS, None)


async def _parts(database: Database, run: str, rows: Sequence[str]) -> dict[str, Parts]:
    found: dict[str, dict[tuple[ReasonCode, str | None], float]] = {row: defaultdict(float) for row in rows}
    for row, *lists in await database.read(_PACKED, {"run": run, "rows": list(rows)}):
        for reason in unpack(*lists):
            found[row][reason.code, reason.party] += reason.value
    return dict(found)


def _compared(before: Parts, after: Parts) -> list[Cause]:
    keys, (before, after) = dict.fromkeys([*before, *after]), (_told(before, after), _told(after, before))
    return [Cause(code, party, before.get((code, party), 0.0), after.get((code, party), 0.0)) for code, party in keys]


def _told(parts: Parts, other: Parts) -> Parts:
    """With what `other` kept by itself and these among the others: as much of those as it may have been, at most the least of these."""
    told, left = dict(parts), max(parts.get(_OTHERS, 0.0), 0.0)
    most = min((abs(value) for part, value in parts.items() if part != _OTHERS), default=0.0)
    # Whom it names itself, if only as somebody else, is not among its others.
    named = {party for _, party in parts if party}
    missing = {part: value for part, value in other.items() if part not in parts and part[1] not in named and value > 0}
    for part, value in sorted(missing.items(), key=lambda each: (-each[1], each[0][0], each[0][1] or "")):
        told[part] = min(value, most, left)
        left -= told[part]
        told[_OTHERS] = told.get(_OTHERS, 0.0) - told[part]
    return told


def folded(found: Iterable[Cause], readable: Collection[str]) -> list[Cause]:
    """The greatest changes first; what came from somebody else than `readable` is one part, the last. What stayed as it was is left out."""
    told: list[Cause] = []
    rest = [0.0, 0.0]
    for cause in found:
        if cause.code is ReasonCode.OTHERS or (cause.party is not None and cause.party not in readable):
            rest = [rest[0] + cause.before, rest[1] + cause.after]
        else:
            told.append(cause)
    told.sort(key=lambda cause: (-abs(cause.change), cause.code, cause.party or ""))
    others = Cause(ReasonCode.OTHERS, None, *rest)
    return [cause for cause in (*told, others) if cause.change]
