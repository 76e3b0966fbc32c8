"""Parties: everyone one can relate to, organizations and people alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

import strawberry

from graph.contact_points import ContactPointKind
from graph.parties import OtherNameKind, PartyRole
from graph.projection.connections import Connection, TieConnection
from graph.projection.declare import computed, flags, interface, link, narrower_label, node, part, part_of, prop, value
from graph.projection.reads import Choose
from schema.changes import logged
from schema.introductions import IntroductionPath, paths
from schema.nodes import Node
from schema.scalars import CountryCode, DateTime

if TYPE_CHECKING:
    from schema.account_team_memberships import AccountTeamMembership
    from schema.changes import Change
    from schema.customers import Customer
    from schema.influence import Influence
    from schema.interactions import Interaction
    from schema.orders import Order
    from schema.partners import Partner
    from schema.partnerships import Partnership
    from schema.referral_value import ReferralValue
    from schema.referrals import Referral
    from schema.suppliers import Supplier
    from schema.supplies import Supply

for label in ("Customer", "Partner", "Supplier"):
    narrower_label(label, "Party")

# A period with several current ones answers the one that began last.
LATEST = "coalesce(tie.since, '') DESC, tie.id"
SCOPES = Choose(
    "through",
    "InteractionScope",
    types={"SELF": "TOOK_PART", "PEOPLE": "REGARDS"},
    default=("SELF", "PEOPLE"),
    spread={"SUBSIDIARIES": "OWNS"},
)


@value
class OtherName:
    """Another name that a party goes by (别名)."""

    name: str = strawberry.field(description="The name (名称).")
    kind: OtherNameKind = strawberry.field(description="What sort of name (类别).")


def other_names(names: list[str] | None, kinds: list[str] | None) -> list[dict[str, str]]:
    """Parallel lists as objects."""
    return [{"name": name, "kind": kind} for name, kind in zip(names or [], kinds or [], strict=True)]


@node("Identifier", of=("(this)<-[:IDENTIFIED_BY]-(node:Party)", "(this)<-[:IDENTIFIED_BY]-(node:Product)"))
class Identifier(Node):
    """What another system calls a party or product: `system|value` is unique (外部标识)."""

    system: str = prop(
        "Whose identifier it is, as in `crm:salesforce`, `uscc` 统一社会信用代码, `duns`, `source:NAME` (系统).", filter=True, order=True
    )
    value: str = prop("The identifier (值).", filter=True, order=True)


@node("ContactPoint", of=("(this)<-[:REACHED_AT]-(node:Party)",))
class ContactPoint(Node):
    """A way to reach a party (联系方式)."""

    kind: ContactPointKind = prop("What sort of contact point (类别).", filter=True, order=True)
    value: str = prop("The address or number in its standard form (值).", filter=True, order=True)
    extension: str | None = prop("Extension of a landline (分机).")
    primary: bool = prop("The one to use among those of its kind (是否首选).", filter=True)
    verified_at: DateTime | None = prop("When it was last known to work (验证时间).", filter=True, order=True)


@part_of
class Address:
    """A postal address (地址)."""

    country: CountryCode | None = prop("Country (国家).", name="address_country", filter=True, order=True)
    region: str | None = prop("Province or state (省/州).", name="address_region", filter=True, order=True)
    city: str | None = prop("City (城市).", name="address_city", filter=True, order=True)
    district: str | None = prop("District (区县).", name="address_district", filter=True)
    line: str | None = prop("Street and number (详细地址).", name="address_line")
    postal_code: str | None = prop("Postal code (邮政编码).", name="address_postal_code", filter=True)


HAS_ADDRESS = (
    "coalesce(this.address_country, this.address_region, this.address_city, "
    "this.address_district, this.address_line, this.address_postal_code)"
)


@interface("Party")
class Party(Node):
    """Everyone one can relate to: an organization or a person (关系方)."""

    name: str = prop("The name as shown (名称).", filter=True, order=True, by="this.sort_name")
    short_name: str | None = prop("Short name (简称).", filter=True, order=True)
    other_names: list[OtherName] = computed(
        "Former, translated and other names (别名).", other_names, "this.other_names", "this.other_name_kinds"
    )
    identifiers: list[Identifier] = link(
        "What other systems call it (外部标识).", "(this)-[:IDENTIFIED_BY]->(node:Identifier)", pick="node.key"
    )
    contact_points: list[ContactPoint] = link(
        "How to reach it (联系方式).",
        "(this)-[:REACHED_AT]->(node:ContactPoint)",
        pick="node.kind, node.primary DESC, node.id",
        equal=("kind", ContactPointKind),
    )
    address: Address | None = part("Postal address (地址).", HAS_ADDRESS)
    tags: list[str] = prop("Free labels (标签).", filter=True)
    created_at: DateTime = prop("When it was entered (创建时间).", filter=True, order=True)
    updated_at: DateTime = prop("When it was last changed (更新时间).", filter=True, order=True)
    version: int = prop("Raised by every change; updates say which they saw (版本).")
    roles: list[PartyRole] = flags(
        "What it is to us on the day (角色).",
        CUSTOMER="(this)-[tie:CUSTOMER_OF]->(:Organization)",
        PARTNER="(this)-[tie:PARTNER_OF]->(:Organization)",
        SUPPLIER="(this)-[tie:SUPPLIER_OF]->(:Organization)",
        EMPLOYEE="(this)-[:HOLDS]->(period:Position)-[:AT]->(:Organization {own: true})",
        OWN="(this:Organization {own: true})",
    )
    customer: Customer | None = link(
        "Its current period as our customer (客户关系).", "(this)-[tie:CUSTOMER_OF]->(node:Organization)", valid=True, pick=LATEST
    )
    partner: Partner | None = link(
        "Its current period as our partner (合作伙伴关系).", "(this)-[tie:PARTNER_OF]->(node:Organization)", valid=True, pick=LATEST
    )
    supplier: Supplier | None = link(
        "Its current period as our supplier (供应商关系).", "(this)-[tie:SUPPLIER_OF]->(node:Organization)", valid=True, pick=LATEST
    )
    orders: Connection[Order] | None = link("What it bought (订单).", "(this)-[:BOUGHT]->(node:Order)")
    account_team: Connection[AccountTeamMembership] | None = link(
        "Who of ours looks after it (客户团队).", "(this)<-[tie:COVERS]-(node:Person)", valid=True
    )
    partnerships: TieConnection[Party, Partnership] | None = link(
        "Partnerships with others (合作关系).", "(this)-[tie:PARTNERS_WITH]-(node:Party)", valid=True
    )
    supplied_by: Connection[Supply] | None = link("Who supplies it (供应来源).", "(this)<-[tie:SUPPLIES]-(node:Party)", valid=True)
    supplies: Connection[Supply] | None = link("Whom it supplies (供应对象).", "(this)-[tie:SUPPLIES]->(node:Party)", valid=True)
    interactions: Connection[Interaction] | None = link(
        "What was said and done with it: by itself, by its people (as recorded then), by its subsidiaries (互动).",
        "(this)-[:TOOK_PART|REGARDS]-(node:Interaction)",
        choose=SCOPES,
    )
    last_interaction_at: DateTime | None = prop("When the last interaction took place (最近互动时间).", filter=True, order=True)
    referrals_made: Connection[Referral] | None = link("Whom it referred to us (发出的推荐).", "(this)-[:MADE]->(node:Referral)")
    referrals_received: Connection[Referral] | None = link("Through whom it came (收到的推荐).", "(this)<-[:LED_TO]-(node:Referral)")

    introductions: list[IntroductionPath] = strawberry.field(
        resolver=paths,
        description="The strongest ways to it, from us or from those named, over people who know each other (引荐路径).",
        metadata={"needs": ("id",)},
    )
    influence: Influence | None = part(
        "How much weight it has in its network (影响力).", "this.influence_score", order=True, by="this.influence_score"
    )
    referral_value: ReferralValue | None = part(
        "What its referrals were worth (推荐价值).", "this.referral_attributed", order=True, by="this.referral_attributed"
    )
    changes: Connection[Change] | None = logged("What was written about it, oldest first (变更记录).", "(this)<-[:ABOUT]-(node:Change)")
