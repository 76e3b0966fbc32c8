"""Why a write was not done, as clients see it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import strawberry

from graph import errors
from graph.errors import ProblemCode, WriteProblem
from graph.projection.declare import VALUES, reference, value

if TYPE_CHECKING:
    from schema.nodes import Node


@strawberry.interface(description="Why something was not done, and the way out (问题).")
class Problem:
    message: str = strawberry.field(description="One sentence in the language of the request (说明).")
    code: ProblemCode = strawberry.field(description="What kind of problem; it never changes (代码).")
    path: list[str] | None = strawberry.field(description="The field that is wrong, from below `input` (字段路径).")


VALUES["Problem"] = Problem


@value
class InvalidInput(Problem):
    """A field of the input is wrong (输入无效)."""


@value
class NotFound(Problem):
    """What the input names is not there, or not for the viewer to read (未找到)."""

    missing_id: strawberry.ID | None = strawberry.field(description="The id that leads nowhere (未找到的编号).", default=None)


@value
class Stale(Problem):
    """Somebody else wrote in between (版本过期)."""

    current: Node | None = reference("The object as it is now (当前对象).")


@value
class Duplicate(Problem):
    """It exists already (重复)."""

    existing: Node | None = reference("What exists already (已有对象).")


@value
class Refused(Problem):
    """A rule of the business forbids it (被拒绝)."""


@value
class NotAllowed(Problem):
    """The viewer may not do this (没有权限)."""


def shown(problem: WriteProblem, language: str) -> Problem:
    """A problem of the graph in the words of the API."""
    common: dict[str, Any] = {"message": problem.message(language), "code": problem.code, "path": list(problem.path) or None}
    match problem:
        case errors.NotFound():
            return NotFound(**common, missing_id=strawberry.ID(problem.missing_id))
        case errors.Stale():
            return Stale(**common, current=cast(Any, problem.current_id))
        case errors.Duplicate():
            return Duplicate(**common, existing=cast(Any, problem.existing_id))
        case errors.NotAllowed():
            return NotAllowed(**common)
        case errors.Refused():
            return Refused(**common)
        case _:
            return InvalidInput(**common)
