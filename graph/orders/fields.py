"""What can be said of an order and its lines."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from graph.errors import ProblemCode
from graph.fields import (
    ABSENT,
    REQUIRED,
    Amount,
    Create,
    CurrencyCode,
    Fields,
    Id,
    Instant,
    Quantity,
    Reference,
    Share,
    ShortText,
    Update,
    wrong,
)

MOST_LINES = 1_000


class OrderLineFields(Fields):
    """One product of an order (订单行)."""

    product: Id = Field(description="What was ordered (产品)")
    quantity: Quantity = Field(description="How many units (数量)")
    unit_price: Amount | None = Field(default=None, description="Price of one unit, before the discount; the product's if absent (单价)")
    discount: Share | None = Field(default=None, description="Share taken off, 0 to 1; none if absent (折扣)")
    unit_cost: Amount | None = Field(default=None, description="Cost of one unit; the product's if absent, null: not known (单位成本)")


def _countable(lines: list[OrderLineFields]) -> list[OrderLineFields]:
    if not lines:
        raise wrong("an order needs a line; name what was ordered", "订单至少需要一行，请填写所订产品", ProblemCode.REQUIRED)
    if len(lines) > MOST_LINES:
        en, zh = f"it has {len(lines)} lines; at most {MOST_LINES} are stored", f"共 {len(lines)} 行，最多 {MOST_LINES} 行"
        raise wrong(en, zh, ProblemCode.TOO_LONG)
    return lines


Lines = Annotated[list[OrderLineFields], AfterValidator(_countable)]


class OrderFields(Fields):
    """What can be written of an order (订单)."""

    number: ShortText | None = Field(default=None, description="Our number of it (订单号)")
    buyer: Id = Field(default=ABSENT, description="Who bought (买方)")
    seller: Id | None = Field(default=None, description="The person who sold (销售员)")
    partner: Id | None = Field(default=None, description="The partner who brought it (带来订单的合作伙伴)")
    ordered_at: Instant = Field(default=ABSENT, description="When it was placed (下单时间)")
    currency: CurrencyCode | None = Field(
        default=None,
        description="The currency of all its amounts, the company's if absent; a new one leaves the numbers as they are (货币)",
    )
    lines: Lines = Field(default=ABSENT, description="What was ordered; the whole list (订单行)")


class OrderRecord(OrderFields, Create):
    """A new order (订单)."""

    buyer: Id = REQUIRED
    ordered_at: Instant = REQUIRED
    lines: Lines = REQUIRED


class OrderUpdate(OrderFields, Update):
    """A change of an order (订单)."""


class OrderCancel(Reference):
    """An order that is off (订单)."""

    cancelled_at: Instant | None = Field(default=None, description="When it was cancelled; now if absent (取消时间)")
