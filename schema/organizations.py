"""Organizations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph.organizations import OrganizationKind
from graph.projection.connections import Connection
from graph.projection.declare import link, node, prop
from schema.parties import Party

if TYPE_CHECKING:
    from schema.ownerships import Ownership
    from schema.positions import Position


@node("Organization")
class Organization(Party):
    """A company, authority, association or other body; our own companies too (组织)."""

    legal_name: str | None = prop("Registered name (法定名称).", filter=True, order=True)
    kind: OrganizationKind = prop("What sort of body (类别).", filter=True, order=True)
    own: bool = prop("One of our own companies (是否本公司).", filter=True)
    industry: str | None = prop("Industry (行业).", filter=True, order=True)
    website: str | None = prop("Website (网站).", filter=True)
    domains: list[str] = prop("Its e-mail and web domains (域名).", filter=True)
    notes: str | None = prop("Notes (备注).")
    owned_by: Connection[Ownership] | None = link("Who owns it (股东).", "(this)<-[tie:OWNS]-(node:Party)", valid=True)
    owns: Connection[Ownership] | None = link("What it owns (持股).", "(this)-[tie:OWNS]->(node:Organization)", valid=True)
    positions: Connection[Position] | None = link(
        "Its positions, former ones too unless `asOf` says otherwise; with `reportsTo` this is the org chart (职位).",
        "(this)<-[:AT]-(node:Position)",
        valid=True,
    )
