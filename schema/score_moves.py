"""Who moved most between two runs of one analysis."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from graph.analyses import moves, ties
from graph.analyses.moves import Cause, Move, MoveMetric, Standing
from graph.errors import WriteProblem
from graph.projection.carried import carried
from graph.projection.context import Limit
from graph.projection.declare import value
from graph.projection.inputs import DEFAULT_FIRST, page_size
from graph.projection.read import readable_ids, readable_rows
from schema.context import Context
from schema.problems import Problem, shown
from schema.reasons import DIGITS

if TYPE_CHECKING:
    from schema.parties import Party

MOST_COMPARED = 5
_TOLD = (
    "AnalysisRun.rows",
    "AnalysisRow.reasons",
    "NodeScore.party",
    "NodeScore.rank",
    "NodeScore.reasons",
    "NodeScore.score",
)


@value
class ScoreMoveReason:
    """What one part of a score gave in both runs (变动原因)."""

    code: str = strawberry.field(description="What kind of part; it never changes (代码).")
    label: str = strawberry.field(description="The kind in the language of the request (说明).")
    before: float = strawberry.field(
        description="What it gave in the first run; of what that run kept together, as much as may have been its (变动前)."
    )
    after: float = strawberry.field(
        description="What it gave in the second run; of what that run kept together, as much as may have been its (变动后)."
    )
    change: float = strawberry.field(description="How much more it gave; below 0: less (变化).")
    party: Party | None = strawberry.field(description="Whom it came from; null where nobody did, or the viewer may not know (关系方).")


@value
class ScoreMove:
    """How a party stood in both runs (评分变动)."""

    party: Party | None = strawberry.field(description="Who moved (关系方).")
    score_before: float = strawberry.field(description="The score in the first run (变动前得分).")
    score_after: float = strawberry.field(description="The score in the second run (变动后得分).")
    rank_before: int = strawberry.field(description="The rank in the first run; 1 is the best (变动前名次).")
    rank_after: int = strawberry.field(description="The rank in the second run; 1 is the best (变动后名次).")
    reasons: list[ScoreMoveReason] = strawberry.field(
        description="The parts of the score that changed, the greatest changes first; of the others together as the last (变动原因)."
    )


@value
class ScoreMoves:
    """Who moved most, if the runs can be compared (评分变动)."""

    moves: list[ScoreMove] = strawberry.field(description="The greatest moves first, of those whom both runs ranked and kept (变动).")
    total_count: int = strawberry.field(description="How many moved, as far as the viewer may know (总数).")
    problems: list[Problem] = strawberry.field(description="Why the runs cannot be compared; empty when they were (问题).")


async def score_moves(
    info: strawberry.Info[Context, None],
    metric: Annotated[MoveMetric, strawberry.argument(description="By what the greatest moves are found (变动指标).")],
    from_: Annotated[strawberry.ID, strawberry.argument(name="from", description="The first run (起始运行).")],
    to: Annotated[strawberry.ID, strawberry.argument(description="The second run, of the same analysis (截止运行).")],
    first: Annotated[int | None, strawberry.argument(description="How many, 200 at most (条数).")] = DEFAULT_FIRST,
) -> Any:
    """Who moved, as far as the viewer may read both rows and the party."""
    first = page_size(first)
    context, raw = info.context, info._raw_info
    for name in _TOLD:
        context.viewer.check_field(name)
    context.compared += 1
    if context.compared > MOST_COMPARED:
        raise Limit(f"More than {MOST_COMPARED} `scoreMoves` in one request: ask for fewer.")
    try:
        await moves.check(context.database, from_, to, await readable_ids(raw, "AnalysisRun", [from_, to]))
    except WriteProblem as problem:
        return await carried(raw, {"moves": [], "totalCount": 0, "problems": [shown(problem, context.language)]})
    found = moves.between(await _standings(raw, from_), await _standings(raw, to), metric)
    told = await _told(raw, from_, to, found[:first])
    return await carried(raw, {"moves": told, "totalCount": len(found), "problems": []})


async def _standings(info: Any, run: str) -> dict[str, Standing]:
    return moves.standings(await readable_rows(info, "NodeScore", moves.FOUND, moves.STANDING, run=run))


async def _told(info: Any, start: str, end: str, found: list[Move]) -> list[dict[str, Any]]:
    context = info.context
    causes = await moves.causes(context.database, start, end, found)
    named = await ties.present(context.database, {cause.party for each in causes.values() for cause in each if cause.party})
    may = await readable_ids(info, "Party", sorted(named))
    readable = named if may is None else named & may
    return [_move(move, moves.folded(causes[move.party], readable), context.language) for move in found]


def _move(move: Move, causes: list[Cause], language: str) -> dict[str, Any]:
    return {
        "party": move.party,
        "scoreBefore": round(move.before.score, DIGITS),
        "scoreAfter": round(move.after.score, DIGITS),
        "rankBefore": move.before.rank,
        "rankAfter": move.after.rank,
        "reasons": [_reason(cause, language) for cause in causes],
    }


def _reason(cause: Cause, language: str) -> dict[str, Any]:
    numbers = {name: round(getattr(cause, name), DIGITS) for name in ("before", "after", "change")}
    return {"code": cause.code.value, "label": cause.code.label(language), **numbers, "party": cause.party}
