"""Connections: pages of nodes with their cursors, as Relay describes them."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

import strawberry
from strawberry.schema.name_converter import NameConverter
from strawberry.types.base import StrawberryObjectDefinition, StrawberryType

N = TypeVar("N")
U = TypeVar("U")


@strawberry.type(description="Where a page begins and ends, and whether more lies before or behind it.")
class PageInfo:
    has_next_page: bool = strawberry.field(description="More follows behind this page.")
    has_previous_page: bool = strawberry.field(description="More lies before this page.")
    start_cursor: str | None = strawberry.field(description="Cursor of the first element, for `before`.")
    end_cursor: str | None = strawberry.field(description="Cursor of the last element, for `after`.")


@strawberry.type(description="One element of a page and its cursor.")
class Edge(Generic[N]):
    cursor: str = strawberry.field(description="Opaque; it stays valid while elements come and go.")
    node: N = strawberry.field(description="The element.")


@strawberry.type(description="A page of a list.")
class Connection(Generic[N]):
    nodes: list[N] = strawberry.field(description="The elements of the page.")
    edges: list[Edge[N]] = strawberry.field(description="The elements with their cursors.")
    page_info: PageInfo = strawberry.field(description="Where the page begins and ends.")
    total_count: int = strawberry.field(description="How many there are in all, whatever the page.")


@strawberry.type(description="One element of a page, its cursor, and the tie that leads to it.")
class TieEdge(Generic[N, U]):
    cursor: str = strawberry.field(description="Opaque; it stays valid while elements come and go.")
    node: N = strawberry.field(description="The other party.")
    tie: U = strawberry.field(description="The tie between the two.")


@strawberry.type(description="A page of a list of ties that read the same from both ends; the tie stands on the edge.")
class TieConnection(Generic[N, U]):
    nodes: list[N] = strawberry.field(description="The other parties.")
    edges: list[TieEdge[N, U]] = strawberry.field(description="The other parties with their ties and cursors.")
    page_info: PageInfo = strawberry.field(description="Where the page begins and ends.")
    total_count: int = strawberry.field(description="How many there are in all, whatever the page.")


class Names(NameConverter):
    """`PersonConnection`, `PersonEdge`; a symmetric tie gives its own name: `AcquaintanceConnection`."""

    def from_generic(self, generic_type: StrawberryObjectDefinition, types: list[StrawberryType | type]) -> str:
        element: Any = types[-1]
        return self.from_type(getattr(element, "__strawberry_definition__", element)) + generic_type.name.removeprefix("Tie")
