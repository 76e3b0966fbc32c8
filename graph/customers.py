"""Customers: parties that buy from one of our companies, or may."""

from __future__ import annotations

from pydantic import Field

from graph import ties
from graph.fields import REQUIRED, Create, Ending, Id, Reference, Update
from graph.roles import Role, RoleFields
from graph.terms import Term
from graph.writing import Writer, Written

__all__ = [
    "CUSTOMER",
    "CustomerFields",
    "CustomerSegment",
    "CustomerStage",
    "CustomerStart",
    "CustomerUpdate",
    "delete",
    "end",
    "start",
    "update",
]


class CustomerStage(Term):
    """How far a customer has come (客户阶段)."""

    PROSPECT = "Prospect", "潜在客户"
    ONBOARDING = "Onboarding", "导入期"
    GROWING = "Growing", "成长期"
    MATURE = "Mature", "成熟期"
    DECLINING = "Declining", "衰退期"
    LOST = "Lost", "已流失"


class CustomerSegment(Term):
    """Who the customer is (客户类型)."""

    B2B = "Business", "企业客户"
    B2C = "Consumer", "个人客户"


class CustomerFields(RoleFields):
    """What can be written of a customer (客户关系)."""

    stage: CustomerStage | None = Field(default=None, description="How far the customer has come (客户阶段)")
    segment: CustomerSegment | None = Field(default=None, description="Business or consumer (客户类型)")


class CustomerStart(CustomerFields, Create):
    """A party that becomes a customer (客户关系)."""

    party: Id = REQUIRED


class CustomerUpdate(CustomerFields, Update):
    """A change of a period as a customer (客户关系)."""


CUSTOMER = Role("CUSTOMER_OF", label="Customer")


async def start(writer: Writer, input: CustomerStart) -> Written:
    """Make a party a customer of one of our companies for a period (开始客户关系)."""
    return await ties.start(writer, CUSTOMER, input)


async def update(writer: Writer, input: CustomerUpdate) -> Written:
    """Correct a period as a customer (修改客户关系)."""
    return await ties.update(writer, CUSTOMER, input)


async def end(writer: Writer, input: Ending) -> Written:
    """End a period as a customer; the past is kept (结束客户关系)."""
    return await ties.end(writer, CUSTOMER, input)


async def delete(writer: Writer, input: Reference) -> Written:
    """Delete a period as a customer that never was (删除客户关系)."""
    return await ties.delete(writer, CUSTOMER, input)
