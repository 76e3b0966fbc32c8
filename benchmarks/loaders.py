"""The same schema as somebody would build it with resolvers and DataLoaders, as far as the cases go."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, LiteralString

import strawberry
from strawberry.dataloader import DataLoader

from graph.database import Database

_PERSON: LiteralString = "MATCH (p:Node) WHERE p.id IN $keys AND p:Person AND p.deleted_at IS NULL RETURN p.id, properties(p)"
_PEOPLE: LiteralString = "MATCH (p:Person) WHERE p.deleted_at IS NULL RETURN properties(p) ORDER BY p.id LIMIT $first"
_ORGANIZATIONS: LiteralString = "MATCH (o:Organization) WHERE o.deleted_at IS NULL RETURN properties(o) ORDER BY o.id LIMIT $first"
_FOUND: LiteralString = """
MATCH (p:Person) WHERE p.deleted_at IS NULL AND p.name STARTS WITH $p
  AND EXISTS { MATCH (p)-[:HOLDS]->(q:Position) WHERE q.deleted_at IS NULL AND q.title = 'CEO' }
"""
_FOUND_PAGE: LiteralString = f"{_FOUND} RETURN properties(p) ORDER BY p.id LIMIT $first"
_FOUND_COUNT: LiteralString = f"{_FOUND} RETURN count(*)"
_HELD: LiteralString = """
UNWIND $keys AS key MATCH (p:Node {id: key})-[:HOLDS]->(q:Position) WHERE q.deleted_at IS NULL
WITH key, q ORDER BY q.id RETURN key, properties(q)
"""
_AT: LiteralString = """
UNWIND $keys AS key MATCH (q:Node {id: key})-[:AT]->(o:Organization) WHERE o.deleted_at IS NULL RETURN key, properties(o)
"""
_OF: LiteralString = """
UNWIND $keys AS key MATCH (o:Node {id: key})<-[:AT]-(q:Position) WHERE q.deleted_at IS NULL
WITH key, q ORDER BY q.id RETURN key, properties(q)
"""
_HOLDER: LiteralString = """
UNWIND $keys AS key MATCH (q:Node {id: key})<-[:HOLDS]-(p:Person) WHERE p.deleted_at IS NULL RETURN key, properties(p)
"""
_TALKS: LiteralString = """
UNWIND $keys AS key MATCH (p:Node {id: key})-[:TOOK_PART]->(i:Interaction) WHERE i.deleted_at IS NULL
WITH key, i ORDER BY i.id WITH key, collect(properties(i))[..3] AS rows UNWIND rows AS row RETURN key, row
"""


@dataclass
class Loaders:
    """`info.context`: one loader a relation and request."""

    database: Database
    made: dict[Hashable, DataLoader[Any, Any]] = field(default_factory=dict)

    async def read(self, query: LiteralString, **parameters: Any) -> list[Any]:
        return [row[0] for row in await self.database.read(query, parameters)]

    def many(self, query: LiteralString) -> DataLoader[Any, Any]:
        if query not in self.made:
            self.made[query] = DataLoader(self._batch(query))
        return self.made[query]

    def _batch(self, query: LiteralString) -> Callable[[list[str]], Awaitable[list[list[Any]]]]:
        async def load(keys: list[str]) -> list[list[Any]]:
            found: dict[str, list[Any]] = defaultdict(list)
            for key, row in await self.database.read(query, {"keys": keys}):
                found[key].append(row)
            return [found[key] for key in keys]

        return load


Info = strawberry.Info[Loaders, None]


def _get(name: str) -> Any:
    return strawberry.field(resolver=lambda root: root.get(name))


@strawberry.type
class Interaction:
    id: strawberry.ID = _get("id")
    channel: str = _get("channel")
    occurred_at: str = _get("occurred_at")
    subject: str | None = _get("subject")


@strawberry.type
class Influence:
    score: float = _get("influence_score")


@strawberry.type
class Organization:
    id: strawberry.ID = _get("id")
    name: str = _get("name")
    kind: str = _get("kind")

    @strawberry.field
    async def positions(self: Any, info: Info, first: int = 20) -> Positions:
        return {"nodes": (await info.context.many(_OF).load(self["id"]))[:first]}  # type: ignore[return-value]


@strawberry.type
class Interactions:
    nodes: list[Interaction] = _get("nodes")


@strawberry.enum
class Through(Enum):
    SELF = "SELF"


@strawberry.type
class Person:
    id: strawberry.ID = _get("id")
    name: str = _get("name")
    salutation: str | None = _get("salutation")

    @strawberry.field
    def influence(self: Any) -> Influence | None:
        return self if self.get("influence_score") is not None else None

    @strawberry.field
    async def position(self: Any, info: Info) -> Position | None:
        held = await info.context.many(_HELD).load(self["id"])
        return max(held, key=lambda q: (q["primary"], q["since"]), default=None)

    @strawberry.field
    async def positions(self: Any, info: Info, first: int = 20) -> Positions:
        return {"nodes": (await info.context.many(_HELD).load(self["id"]))[:first]}  # type: ignore[return-value]

    @strawberry.field
    async def interactions(self: Any, info: Info, through: list[Through] | None = None, first: int = 20) -> Interactions:
        return {"nodes": (await info.context.many(_TALKS).load(self["id"]))[:first]}  # type: ignore[return-value]


@strawberry.type
class Position:
    id: strawberry.ID = _get("id")
    title: str | None = _get("title")
    since: str | None = _get("since")

    @strawberry.field
    async def organization(self: Any, info: Info) -> Organization:
        return (await info.context.many(_AT).load(self["id"]))[0]  # type: ignore[no-any-return]

    @strawberry.field
    async def person(self: Any, info: Info) -> Person | None:
        return next(iter(await info.context.many(_HOLDER).load(self["id"])), None)


@strawberry.type
class Positions:
    nodes: list[Position] = _get("nodes")


@strawberry.type
class People:
    nodes: list[Person] = _get("nodes")
    total_count: int | None = _get("total")


@strawberry.type
class Organizations:
    nodes: list[Organization] = _get("nodes")


@strawberry.input
class Text:
    starts_with: str | None = None
    eq: str | None = None


@strawberry.input
class PositionWhere:
    title: Text | None = None


@strawberry.input
class PositionQuantifier:
    some: PositionWhere | None = None


@strawberry.input
class PersonWhere:
    name: Text | None = None
    positions: PositionQuantifier | None = None


@strawberry.type
class Query:
    @strawberry.field
    async def person(self, info: Info, id: strawberry.ID) -> Person | None:
        return next(iter(await info.context.many(_PERSON).load(id)), None)

    @strawberry.field
    async def people(self, info: Info, first: int = 20, where: PersonWhere | None = None) -> People:
        if where and where.name:
            named = where.name.starts_with
            found, (total,) = await asyncio.gather(
                info.context.read(_FOUND_PAGE, p=named, first=first), info.context.read(_FOUND_COUNT, p=named)
            )
            return {"nodes": found, "total": total}  # type: ignore[return-value]
        return {"nodes": await info.context.read(_PEOPLE, first=first)}  # type: ignore[return-value]

    @strawberry.field
    async def organizations(self, info: Info, first: int = 20) -> Organizations:
        return {"nodes": await info.context.read(_ORGANIZATIONS, first=first)}  # type: ignore[return-value]


schema = strawberry.Schema(Query)
