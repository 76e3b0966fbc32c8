"""Warm introductions: the strongest ways from us to somebody."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from graph.analyses.introductions import IntroductionPath as Found
from graph.analyses.introductions import introductions
from graph.errors import Refused
from graph.projection.carried import carried
from graph.projection.context import Limit
from graph.projection.declare import value
from graph.projection.inputs import page_size
from graph.projection.read import readable_ids
from schema.context import Context
from schema.reasons import DIGITS, shown

USUAL_PATHS, MOST_PATHS, MOST_IN_ALL = 3, 100, 1_000

if TYPE_CHECKING:
    from schema.people import Person
    from schema.reasons import Reason


@value
class IntroductionStep:
    """One person introduces to the next (引荐步骤)."""

    from_: Person = strawberry.field(name="from", description="Who introduces (引荐人).")
    to: Person = strawberry.field(description="To whom (被引荐人).")
    strength: float = strawberry.field(description="How well the two know each other, 0 to below 1 (关系强度).")
    reasons: list[Reason] = strawberry.field(description="What makes up the strength (强度构成).")


@value
class IntroductionPath:
    """A way from one of us to somebody, over people who know each other (引荐路径)."""

    strength: float = strawberry.field(description="The product of the strengths of its steps (强度).")
    steps: list[IntroductionStep] = strawberry.field(description="The steps, from us on (步骤).")


async def paths(
    root: Any,
    info: strawberry.Info[Context, None],
    from_: Annotated[
        list[strawberry.ID] | None,
        strawberry.argument(name="from", description="From these people; everybody with a current position with us unless told (起点)."),
    ] = None,
    first: Annotated[int | None, strawberry.argument(description="How many paths, 100 at most (条数).")] = USUAL_PATHS,
) -> Any:
    """The strongest paths to a party; people the viewer may not read, or who opted out, are in none."""
    first = page_size(first, usual=USUAL_PATHS, most=MOST_PATHS)
    context, raw = info.context, info._raw_info
    context.paths += first
    if context.paths > MOST_IN_ALL:
        raise Limit(f"More than {MOST_IN_ALL:,} paths in one request: ask for fewer parties, or for fewer with `first`.")
    allowed, sources = await readable_ids(raw, "Person"), None if from_ is None else list(map(str, from_))
    try:
        found = await introductions(
            context.database,
            context.writer.clock,
            to=root["@id"],
            sources=sources,
            first=first,
            readable=allowed,
            positions=await readable_ids(raw, "Position"),
            day=context.today,
        )
    except Refused as problem:
        raise Limit(problem.message(context.language)) from problem
    return await carried(raw, [_path(path, context.language) for path in found])


def _path(path: Found, language: str) -> dict[str, Any]:
    return {
        "strength": round(path.strength, DIGITS),
        "steps": [
            {"from": s.source, "to": s.target, "strength": round(s.strength, DIGITS), "reasons": [shown(r, language) for r in s.reasons]}
            for s in path.steps
        ],
    }
