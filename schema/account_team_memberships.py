"""Account teams: who of ours looks after whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph.account_team_memberships import AccountRole
from graph.projection.declare import end, prop, tie
from schema.nodes import Node
from schema.scalars import Date

if TYPE_CHECKING:
    from schema.parties import Party
    from schema.people import Person


@tie("COVERS")
class AccountTeamMembership(Node):
    """One of our people looks after a party (客户团队成员)."""

    person: Person = end("Who of ours (成员).", "start")
    party: Party = end("The account (客户).", "end")
    role: AccountRole = prop("In which role (角色).", filter=True, order=True)
    since: Date | None = prop("From this day on, inclusive (起).", filter=True, order=True)
    until: Date | None = prop("Until this day, exclusive (止).", filter=True, order=True)
    version: int = prop("Raised by every change (版本).")
