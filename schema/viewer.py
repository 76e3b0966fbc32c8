"""Who asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import strawberry

from graph.projection.declare import value

if TYPE_CHECKING:
    from schema.people import Person


@value
class Viewer:
    """Who asks (当前用户)."""

    id: str = strawberry.field(description="A stable name, as in the log of changes (编号).")
    name: str = strawberry.field(description="The name to show (名称).")
    employee: Person | None = strawberry.field(description="The person of ours that this is (对应员工).")
