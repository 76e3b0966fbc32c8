"""Supply between any two parties: who supplies our suppliers, our customers, one another. Ours are roles (`suppliers`)."""

from __future__ import annotations

from pydantic import Field

from graph import ties
from graph.fields import ABSENT, REQUIRED, Create, Ending, Id, Reference, ShortText, Update
from graph.ties import End, Period, Tie
from graph.writing import Writer, Written

__all__ = ["SUPPLY", "SupplyFields", "SupplyStart", "SupplyUpdate", "delete", "end", "start", "update"]


class SupplyFields(Period):
    """What can be written of a supply (供应关系)."""

    supplier: Id = Field(default=ABSENT, description="The party that supplies (供应方)")
    buyer: Id = Field(default=ABSENT, description="The party that is supplied (采购方)")
    category: ShortText | None = Field(default=None, description="What is supplied (供应品类)")


class SupplyStart(SupplyFields, Create):
    """A supply from a day on (供应关系)."""

    supplier: Id = REQUIRED
    buyer: Id = REQUIRED


class SupplyUpdate(SupplyFields, Update):
    """A change of a supply (供应关系)."""


SUPPLY = Tie("SUPPLIES", End("supplier", "Party"), End("buyer", "Party"))


async def start(writer: Writer, input: SupplyStart) -> Written:
    """Record that a party supplies another one for a period (开始供应关系)."""
    return await ties.start(writer, SUPPLY, input)


async def update(writer: Writer, input: SupplyUpdate) -> Written:
    """Correct a supply (修改供应关系)."""
    return await ties.update(writer, SUPPLY, input)


async def end(writer: Writer, input: Ending) -> Written:
    """End a supply; the past is kept (结束供应关系)."""
    return await ties.end(writer, SUPPLY, input)


async def delete(writer: Writer, input: Reference) -> Written:
    """Delete a supply that never was (删除供应关系)."""
    return await ties.delete(writer, SUPPLY, input)
