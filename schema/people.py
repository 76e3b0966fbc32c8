"""People."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph.projection.connections import Connection, TieConnection
from graph.projection.declare import link, narrower_label, node, prop, single
from schema.acquaintances import ACQUAINTED
from schema.parties import Party

if TYPE_CHECKING:
    from schema.account_team_memberships import AccountTeamMembership
    from schema.acquaintances import Acquaintance
    from schema.positions import Position

narrower_label("Employee", "Person")

FIRST_POSITION = "coalesce(node.primary, false) DESC, coalesce(node.since, '') DESC, node.id"
OWN_POSITION = "(this)-[:HOLDS]->(node:Position)-[:AT]->(:Organization {own: true})"


@node("Person")
class Person(Party):
    """A human being: one of ours, or one of theirs (人)."""

    family_name: str | None = prop("Family name (姓).", filter=True, order=True)
    given_name: str | None = prop("Given name (名).", filter=True, order=True)
    salutation: str | None = prop("How to address them, as in 王总 (称呼).", filter=True)
    email: str | None = single(
        "The primary e-mail address (邮箱).",
        "(this)-[:REACHED_AT]->(node:ContactPoint {kind: 'EMAIL'})",
        "node.value",
        "node.primary DESC, node.id",
    )
    phone: str | None = single(
        "The primary mobile number, else a landline (电话).",
        "(this)-[:REACHED_AT]->(node:ContactPoint)",
        "node.value",
        "node.kind DESC, node.primary DESC, node.id",
        where="node.kind IN ['MOBILE', 'LANDLINE']",
    )
    network_opt_out: bool = prop("Asked to be left out of paths and rankings (是否退出人脉网络).", filter=True)
    notes: str | None = prop("Notes (备注).")
    position: Position | None = link(
        "The primary current position (现任职位).", "(this)-[:HOLDS]->(node:Position)", valid=True, pick=FIRST_POSITION
    )
    positions: Connection[Position] | None = link(
        "Positions held, former ones too unless `asOf` says otherwise (任职经历).", "(this)-[:HOLDS]->(node:Position)", valid=True
    )
    employee: Position | None = link("The current position with us (在本公司的职位).", OWN_POSITION, valid=True, pick=FIRST_POSITION)
    accounts: Connection[AccountTeamMembership] | None = link(
        "Whom this person of ours looks after (负责的客户).", "(this)-[tie:COVERS]->(node:Party)", valid=True
    )
    acquaintances: TieConnection[Person, Acquaintance] | None = link(
        "Whom they know (人脉).", "(this)-[tie:KNOWS]-(node:Person)", valid=True, held=ACQUAINTED
    )
