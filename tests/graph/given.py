"""What tests start from: `given.organization(writer)`. Each gives the id of what it made."""

from __future__ import annotations

import asyncio
from typing import Any, LiteralString

from graph import organizations, people, positions
from graph.clock import Clock
from graph.database import Database, Record
from graph.ids import Ids
from graph.organizations import OrganizationCreate
from graph.people import PersonCreate
from graph.positions import PositionStart
from graph.writing import Author, Customs, Writer

CUSTOMS = Customs(company="Guanxi Demo 演示公司", region="CN", time_zone="Asia/Shanghai", currency="CNY")


def writer(database: Database, clock: Clock, ids: Ids, author: str = "user:1") -> Writer:
    return Writer(database, clock, ids, Author(author, author.upper()), CUSTOMS)


async def rows(database: Database, query: LiteralString, **parameters: Any) -> list[Record]:
    return await database.read(query, parameters)


async def value(database: Database, query: LiteralString, **parameters: Any) -> Any:
    """The first column of the only row."""
    found = await database.read(query, parameters)
    assert len(found) == 1, f"{len(found)} rows"
    return found[0][0]


async def run(database: Database, query: LiteralString, **parameters: Any) -> None:
    await database.write(lambda transaction: transaction.run(query, parameters))


async def warm(database: Database, connections: int = 8) -> None:
    """Opens connections, so that as many writers then really begin at once."""
    await asyncio.gather(*(database.read("RETURN 1") for _ in range(connections)))


async def organization(writer: Writer, name: str = "Acme", **fields: Any) -> str:
    """Fields are named as in the API."""
    return (await organizations.create(writer, OrganizationCreate.parse({"name": name, **fields}))).id


async def own(writer: Writer, name: str = "We 我们") -> str:
    return await organization(writer, name, own=True)


async def person(writer: Writer, name: str = "Ann", **fields: Any) -> str:
    return (await people.create(writer, PersonCreate.parse({"name": name, **fields}))).id


async def position(writer: Writer, person: str | None, organization: str, **fields: Any) -> str:
    return (await positions.start(writer, PositionStart.parse({"person": person, "organization": organization, **fields}))).id


async def node(database: Database, id: str) -> dict[str, Any]:
    """The stored properties of a node."""
    return dict(await value(database, "MATCH (n:Node {id: $id}) RETURN properties(n)", id=id))


async def labels(database: Database, id: str) -> set[str]:
    return set(await value(database, "MATCH (n:Node {id: $id}) RETURN labels(n)", id=id))
