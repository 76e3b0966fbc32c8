"""Suppliers: parties that sell to one of our companies."""

from __future__ import annotations

from pydantic import Field

from graph import ties
from graph.fields import REQUIRED, Create, Ending, Id, Reference, ShortText, Update
from graph.roles import Role, RoleFields
from graph.terms import Term
from graph.writing import Writer, Written

__all__ = ["SUPPLIER", "Criticality", "SupplierFields", "SupplierStart", "SupplierUpdate", "delete", "end", "start", "update"]


class Criticality(Term):
    """How much depends on a supplier (重要程度)."""

    LOW = "Low", "低"
    MEDIUM = "Medium", "中"
    HIGH = "High", "高"
    CRITICAL = "Critical", "关键"


class SupplierFields(RoleFields):
    """What can be written of a supplier (供应商关系)."""

    category: ShortText | None = Field(default=None, description="What it supplies (供应品类)")
    criticality: Criticality | None = Field(default=None, description="How much depends on it (重要程度)")


class SupplierStart(SupplierFields, Create):
    """A party that becomes a supplier (供应商关系)."""

    party: Id = REQUIRED


class SupplierUpdate(SupplierFields, Update):
    """A change of a period as a supplier (供应商关系)."""


SUPPLIER = Role("SUPPLIER_OF", label="Supplier")


async def start(writer: Writer, input: SupplierStart) -> Written:
    """Make a party a supplier of one of our companies for a period (开始供应商关系)."""
    return await ties.start(writer, SUPPLIER, input)


async def update(writer: Writer, input: SupplierUpdate) -> Written:
    """Correct a period as a supplier (修改供应商关系)."""
    return await ties.update(writer, SUPPLIER, input)


async def end(writer: Writer, input: Ending) -> Written:
    """End a period as a supplier; the past is kept (结束供应商关系)."""
    return await ties.end(writer, SUPPLIER, input)


async def delete(writer: Writer, input: Reference) -> Written:
    """Delete a period as a supplier that never was (删除供应商关系)."""
    return await ties.delete(writer, SUPPLIER, input)
