"""Search by text, as people type it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import strawberry

from graph import search
from graph.projection.carried import carried
from graph.projection.connections import PageInfo
from graph.projection.declare import value
from graph.projection.inputs import page_size
from graph.projection.orders import decode, encode
from graph.projection.read import readable_ids
from graph.search import Place
from graph.terms import Term

if TYPE_CHECKING:
    from schema.nodes import Node

_MARK = "search"


class SearchType(Term):
    """What may be searched for (搜索类型)."""

    ORGANIZATION = "Organizations", "组织"
    PERSON = "People", "人"
    PRODUCT = "Products", "产品"
    INTERACTION = "Interactions", "互动"


@value
class SearchEdge:
    """One hit (搜索命中)."""

    cursor: str = strawberry.field(description="Its place in the order of this search.")
    node: Node = strawberry.field(description="What was found (对象).")
    matched_on: list[str] = strawberry.field(description="The fields in which the text was found (命中字段).")
    highlights: list[str] = strawberry.field(description="The texts of these fields (命中内容).")


@value
class SearchConnection:
    """A page of hits, the best first (搜索结果)."""

    nodes: list[Node] = strawberry.field(description="What was found (对象).")
    edges: list[SearchEdge] = strawberry.field(description="The hits (命中).")
    page_info: PageInfo = strawberry.field(description="Where the page begins and ends.")


async def found(info: Any, text: str, types: list[SearchType] | None, first: int | None, after: str | None) -> Any:
    """A page of hits for what a user typed."""
    first = page_size(first)
    place = Place(*decode(after, _MARK, 4, "after")) if after is not None else None
    kinds, context = None if types is None else [t.value for t in types], info.context
    hits = await search.hits(
        context.database,
        text,
        today=context.today,
        types=kinds,
        first=first + 1,
        after=place,
        readable=partial(_readable, info._raw_info) if context.viewer.rules else None,
        hidden=context.viewer.hidden,
    )
    more, hits = len(hits) > first, hits[:first]
    cursors = [encode(_MARK, list(hit.place)) for hit in hits]
    page = {
        "hasNextPage": more,
        "hasPreviousPage": after is not None,
        "startCursor": cursors[0] if cursors else None,
        "endCursor": cursors[-1] if cursors else None,
    }
    edges = [
        {"cursor": c, "node": hit.id, "matchedOn": hit.matched_on, "highlights": hit.highlights}
        for c, hit in zip(cursors, hits, strict=True)
    ]
    return await carried(info._raw_info, {"nodes": [hit.id for hit in hits], "edges": edges, "pageInfo": page})


async def _readable(info: Any, ids: list[str]) -> set[str]:
    return await readable_ids(info, "Node", ids) or set()
