"""Money as clients see it."""

from __future__ import annotations

from typing import Any

import strawberry

from graph import money
from graph.projection.declare import value
from schema.scalars import BigInt, CurrencyCode, Decimal


@value
class Money:
    """An amount of money, exact, rounded once to the digits of its currency (金额)."""

    amount: Decimal = strawberry.field(description="The amount in units of the currency, as in 1265793.04 (金额).")
    amount_minor: BigInt = strawberry.field(description="The amount in the smallest units of the currency, as in 126579304 (最小货币单位).")
    currency: CurrencyCode = strawberry.field(description="The currency (货币).")


def shown(scaled: int | None, currency: str | None) -> dict[str, Any] | None:
    """The `Money` of a stored amount (integer of 10^-6 units); None where there is none."""
    if scaled is None or currency is None:
        return None
    return {"amount": f"{money.shown(scaled, currency):f}", "amountMinor": str(money.minor(scaled, currency)), "currency": currency}
