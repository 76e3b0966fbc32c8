"""Scalars. Inputs become the form that the graph stores; outputs come from the graph in the form that clients see."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal as Exact
from decimal import InvalidOperation
from typing import Any, NewType

import strawberry
from babel import Locale
from babel.numbers import list_currencies
from graphql import GraphQLError
from strawberry.types.scalar import ScalarDefinition

from graph.clock import instant

DateTime = NewType("DateTime", str)
Date = NewType("Date", str)
PartialDate = NewType("PartialDate", str)
Decimal = NewType("Decimal", str)
BigInt = NewType("BigInt", str)
CurrencyCode = NewType("CurrencyCode", str)
CountryCode = NewType("CountryCode", str)
JSON = NewType("JSON", object)

_RFC3339 = "https://datatracker.ietf.org/doc/html/rfc3339"
_ISO8601 = "https://www.iso.org/iso-8601-date-and-time-format.html"
_DECIMAL = re.compile(r"[+-]?[0-9]+(\.[0-9]*)?([eE][+-]?[0-9]+)?")
_TERRITORIES = frozenset(code for code in Locale("en").territories if len(str(code)) == 2)


def _text(value: Any, expected: str) -> str:
    if not isinstance(value, str):
        raise GraphQLError(f"{value!r} is not {expected}.")
    return value


def _date_time(value: Any) -> str:
    expected = "an instant with its offset, as in 2026-07-01T08:00:00Z"
    try:
        found = dt.datetime.fromisoformat(_text(value, expected))
        if found.tzinfo is None:
            raise ValueError
        return instant(found.astimezone(dt.UTC))
    except (ValueError, OverflowError):
        raise GraphQLError(f"{value!r} is not {expected}.") from None


def _date(value: Any) -> str:
    try:
        return dt.date.fromisoformat(_text(value, "a day")).isoformat()
    except ValueError:
        raise GraphQLError(f"{value!r} is not a day, as in 2026-07-01.") from None


def _partial_date(value: Any) -> str:
    text = _text(value, "a year, month or day")
    try:
        dt.date.fromisoformat(text + "-01-01"[(len(text) - 4) // 3 * 3 :] if len(text) in (4, 7) else text)
    except ValueError:
        raise GraphQLError(f"{value!r} is not a year, month or day, as in 2019, 2019-03 or 2019-03-31.") from None
    return text


def _decimal(value: Any) -> Exact:
    try:
        text = _text(value, "a decimal")
        found = Exact(text)
        if not found.is_finite() or not _DECIMAL.fullmatch(text):
            raise InvalidOperation
    except InvalidOperation:
        raise GraphQLError(f'{value!r} is not a decimal in quotes, as in "12.50".') from None
    return found


def _big_int(value: Any) -> int:
    try:
        found = int(_text(value, "a whole number"))
    except ValueError:
        raise GraphQLError(f'{value!r} is not a whole number in quotes, as in "42".') from None
    if not -(2**63) <= found < 2**63:
        raise GraphQLError(f"{value!r} does not fit into 64 bits.")
    return found


def _currency(value: Any) -> str:
    if _text(value, "a currency").upper() not in list_currencies():
        raise GraphQLError(f"{value!r} is not an ISO 4217 currency, as in CNY.")
    return str(value).upper()


def _country(value: Any) -> str:
    if _text(value, "a country").upper() not in _TERRITORIES:
        raise GraphQLError(f"{value!r} is not an ISO 3166 country, as in CN.")
    return str(value).upper()


def _scalar(name: str, description: str, url: str | None, parse: Any = lambda v: v) -> ScalarDefinition:
    return strawberry.scalar(name=name, description=description, specified_by_url=url, parse_value=parse, serialize=lambda v: v)


SCALARS: dict[object, ScalarDefinition] = {
    DateTime: _scalar("DateTime", "An instant, ISO 8601 with offset; answered in UTC (时间).", _RFC3339, _date_time),
    Date: _scalar("Date", "A day in the company's time zone, as in 2026-07-01 (日期).", _ISO8601, _date),
    PartialDate: _scalar("PartialDate", "A year, a month or a day: 2019, 2019-03, 2019-03-31 (不完整日期).", _ISO8601, _partial_date),
    Decimal: _scalar(
        "Decimal", 'An exact decimal number as text, as in "12.50" (小数).', "https://speleotrove.com/decimal/decarith.html", _decimal
    ),
    BigInt: _scalar("BigInt", "A 64-bit whole number as text (整数).", "https://www.rfc-editor.org/rfc/rfc8259#section-6", _big_int),
    CurrencyCode: _scalar(
        "CurrencyCode", "An ISO 4217 currency, as in CNY (货币).", "https://www.iso.org/iso-4217-currency-codes.html", _currency
    ),
    CountryCode: _scalar(
        "CountryCode", "An ISO 3166 country, as in CN (国家).", "https://www.iso.org/iso-3166-country-codes.html", _country
    ),
    JSON: _scalar("JSON", "Any JSON value.", "https://www.rfc-editor.org/rfc/rfc8259"),
}

NAMES = {"DateTime": DateTime, "Date": Date, "PartialDate": PartialDate, "Decimal": Decimal, "BigInt": BigInt, "JSON": JSON}
