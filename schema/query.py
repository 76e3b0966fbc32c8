"""The roots of all reads."""

from __future__ import annotations

from typing import Annotated, Any

import strawberry

from graph.analyses import ANALYSES
from graph.errors import Problems
from graph.identifiers import IdentifierFields, key
from graph.projection.carried import carried
from graph.projection.connections import Connection
from graph.projection.declare import link, lookup, part_of
from graph.projection.read import found_by
from schema.analyses import Analysis, AnalysisRun, shown
from schema.analysis_schedules import AnalysisSchedule
from schema.changes import Change, logged
from schema.context import Context
from schema.inputs import input_type
from schema.interactions import Interaction
from schema.nodes import Node
from schema.orders import Order
from schema.organizations import Organization
from schema.parties import Party
from schema.people import Person
from schema.positions import Position
from schema.products import Product
from schema.referrals import Referral
from schema.score_moves import ScoreMoves, score_moves
from schema.search import SearchConnection, SearchType, found
from schema.viewer import Viewer

Info = strawberry.Info[Context, None]


IdentifierInput = input_type(IdentifierFields, "IdentifierInput")


@strawberry.input(one_of=True, description="How to find a party: by its id, or by what another system calls it (查找方式).")
class PartyBy:
    id: strawberry.ID | None = strawberry.field(default=strawberry.UNSET, description="Its id (编号).")
    identifier: IdentifierInput | None = strawberry.field(default=strawberry.UNSET, description="What another system calls it (外部标识).")  # type: ignore[valid-type]


_BY_KEY = "MATCH (i:Identifier) WHERE i.key IN $ids MATCH (i)<-[:IDENTIFIED_BY]-(n:Party)"


def _key(given: Any) -> str:
    """The key that such an identifier would be stored under; none when it could not be."""
    try:
        wanted = IdentifierFields.parse({"system": given.system, "value": given.value})
    except Problems:
        return ""
    return key(wanted.system, wanted.value)


async def _party(info: Info, by: Annotated[PartyBy, strawberry.argument(description="How to find it (查找方式).")]) -> Any:
    given: Any = by
    if given.identifier:
        return await found_by(info._raw_info, _BY_KEY, _key(given.identifier))
    return await found_by(info._raw_info, "", given.id)


async def _analyses(info: Info) -> Any:
    return await carried(info._raw_info, [shown(a, info.context.language) for a in ANALYSES.values()])


async def _search(
    info: Info,
    text: Annotated[str, strawberry.argument(description="What the user typed (关键词).")],
    types: Annotated[list[SearchType] | None, strawberry.argument(description="Only these types (类型).")] = None,
    first: Annotated[int | None, strawberry.argument(description="How many, 200 at most.")] = 20,
    after: Annotated[str | None, strawberry.argument(description="Behind this cursor.")] = None,
) -> Any:
    return await found(info, text, types, first, after)


async def _viewer(info: Info) -> Any:
    viewer = info.context.viewer
    return await carried(info._raw_info, {"id": viewer.id, "name": viewer.name, "employee": info.context.employee})


@part_of
class Query:
    """Everything that can be asked; what is not there and what the viewer may not see look the same (查询)."""

    node: Node | None = lookup("Anything by its id (按编号查询).")
    nodes: list[Node | None] | None = lookup("Several things by their ids, in the same order (批量查询).")
    parties: Connection[Party] | None = link("Organizations and people (关系方).", "(node:Party)")
    organization: Organization | None = lookup("An organization (组织).")
    organizations: Connection[Organization] | None = link("Organizations (组织).", "(node:Organization)")
    person: Person | None = lookup("A person (人).")
    people: Connection[Person] | None = link("People, ours and theirs (人).", "(node:Person)")
    contacts: Connection[Person] | None = link("People without a current position with us (联系人).", "(node:Person)", lacks="employee")
    employees: Connection[Person] | None = link("People with a current position with us (员工).", "(node:Employee)", has="employee")
    customers: Connection[Party] | None = link("Parties that are customers today (客户).", "(node:Customer)", has="customer")
    partners: Connection[Party] | None = link("Parties that are partners today (合作伙伴).", "(node:Partner)", has="partner")
    suppliers: Connection[Party] | None = link("Parties that are suppliers today (供应商).", "(node:Supplier)", has="supplier")
    position: Position | None = lookup("A position (职位).")
    interaction: Interaction | None = lookup("An interaction (互动).")
    interactions: Connection[Interaction] | None = link("Interactions (互动).", "(node:Interaction)")
    referral: Referral | None = lookup("A referral (推荐).")
    referrals: Connection[Referral] | None = link("Referrals (推荐).", "(node:Referral)")
    product: Product | None = lookup("A product (产品).")
    products: Connection[Product] | None = link("Products (产品).", "(node:Product)")
    order: Order | None = lookup("An order (订单).")
    orders: Connection[Order] | None = link("Orders (订单).", "(node:Order)")
    changes: Connection[Change] | None = logged(
        "The log of all writes, oldest first; who goes on after the last cursor misses none (变更记录).", "(node:Change)"
    )

    analysis_run: AnalysisRun | None = lookup("A run of an analysis (分析任务).")
    analysis_runs: Connection[AnalysisRun] | None = link("Runs of analyses (分析任务).", "(node:AnalysisRun)")
    analysis_schedule: AnalysisSchedule | None = lookup("An analysis that starts by itself (定时分析).")
    analysis_schedules: Connection[AnalysisSchedule] | None = link(
        "Analyses that start by themselves (定时分析).", "(node:AnalysisSchedule)"
    )
    score_moves: ScoreMoves | None = strawberry.field(
        resolver=score_moves, description="Who moved most between two runs of one analysis, and because of whom (评分变动)."
    )
    party: Party | None = strawberry.field(
        resolver=_party, description="A party by its id or by what another system calls it (查找关系方)."
    )
    analyses: list[Analysis] | None = strawberry.field(resolver=_analyses, description="What can be computed on the network (可用分析).")
    search: SearchConnection | None = strawberry.field(
        resolver=_search,
        description="What matches a text, its first 200 characters: names in Chinese, by pinyin or its initials, titles (搜索).",
    )
    viewer: Viewer | None = strawberry.field(resolver=_viewer, description="Who asks (当前用户).")
