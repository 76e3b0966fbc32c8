"""Exact money: whole millionths of a currency unit in the graph, rounded once, when shown, to the currency's own digits."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from babel.numbers import get_currency_precision
from pydantic.alias_generators import to_camel

from graph.errors import ProblemCode, invalid
from graph.fields.kinds import SCALE
from graph.writing import Draft, Writer

__all__ = ["check", "cost", "denominate", "digits", "line_total", "minor", "shown"]

ONE = 10**SCALE
LARGEST = 2**63 - 1

# Unicode lists the digits in daily use. Payments count minor units by ISO 4217, which keeps those that inflation has emptied.
_ISO_DIGITS = dict.fromkeys(["AFN", "ALL", "IRR", "KPW", "LAK", "LBP", "MGA", "MMK", "RSD", "SLL", "SOS", "SYP", "YER"], 2) | {"IQD": 3}


def digits(currency: str) -> int:
    """How many decimals `currency` has by ISO 4217: 2 for CNY, 0 for JPY, 3 for KWD."""
    return _ISO_DIGITS.get(currency, get_currency_precision(currency))


def shown(amount: int, currency: str) -> Decimal:
    """So many millionths as people write them, a half rounded away from zero: `shown(1_265_793_039_500, "CNY")` is 1265793.04."""
    places = digits(currency)
    return Decimal(minor(amount, currency)).scaleb(-places)


def minor(amount: int, currency: str) -> int:
    """So many millionths in the smallest unit of `currency`, rounded as `shown` does: fen for CNY, yen for JPY."""
    return int(Decimal(amount).scaleb(digits(currency) - SCALE).to_integral_value(ROUND_HALF_UP))


def line_total(quantity: int, unit_price: int, discount: int) -> int:
    """quantity × unit price × (1 − discount), all in millionths, a half rounded to even."""
    return _divided(quantity * unit_price * (ONE - discount), ONE**2)


def cost(quantity: int, unit_cost: int) -> int:
    """quantity × unit cost, all in millionths, a half rounded to even."""
    return _divided(quantity * unit_cost, ONE)


def check(amount: int, *path: str) -> int:
    """`amount`, if the graph can hold it in 64 bits; else OUT_OF_RANGE."""
    if abs(amount) > LARGEST:
        name = ".".join(path)
        en = f"{name}: the amount has more than {LARGEST // ONE:,} units of its currency; check quantity and price"
        zh = f"{name}：金额超过 {LARGEST // ONE:,}，请检查数量与单价"
        raise invalid(en, zh, *path, code=ProblemCode.OUT_OF_RANGE)
    return amount


def denominate(
    writer: Writer, draft: Draft, before: Mapping[str, Any], changed: dict[str, Any], *amounts: str, currency: str = "currency"
) -> None:
    """Adds to `changed` the company's currency where `amounts` have none. REQUIRED when it is taken away from them."""
    after = {**before, **changed}
    if after.get(currency) or all(after.get(amount) is None for amount in amounts):
        return
    name = to_camel(currency)
    if currency in changed:
        en = f"{name}: an amount means nothing without its currency; give one, or clear the amount too"
        raise invalid(en, f"{name}：金额须有币种，请填写币种或同时清空金额", name, code=ProblemCode.REQUIRED)
    changed[currency] = writer.customs.currency
    draft.set(name, None, writer.customs.currency)


def _divided(numerator: int, denominator: int) -> int:
    quotient, rest = divmod(numerator, denominator)
    return quotient + (2 * rest > denominator or (2 * rest == denominator and quotient % 2))
