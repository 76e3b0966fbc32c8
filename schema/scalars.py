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
from graphql import GraphQLError, ValueNode, value_from_ast_untyped
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
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_PARTIAL = re.compile(r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?")
_INSTANT = re.compile(rf"{_DAY.pattern}[Tt][0-9]{{2}}:[0-9]{{2}}(:[0-9]{{2}}(\.[0-9]+)?)?([Zz]|[+-][0-9]{{2}}:[0-9]{{2}})")
_DECIMAL = re.compile(r"[+-]?[0-9]+(\.[0-9]*)?([eE][+-]?[0-9]+)?")
_WHOLE = re.compile(r"[+-]?0*[0-9]{1,19}")
_QUOTED = 100
_TERRITORIES = frozenset(code for code in Locale("en").territories if len(str(code)) == 2)


def _wrong(value: Any, expected: str) -> GraphQLError:
    quoted = repr(value)
    return GraphQLError(f"{quoted if len(quoted) <= _QUOTED else quoted[:_QUOTED] + '…'} is not {expected}.")


def _date_time(value: Any) -> str:
    try:
        if isinstance(value, str) and _INSTANT.fullmatch(value):
            return instant(dt.datetime.fromisoformat(value.upper()).astimezone(dt.UTC))
    except (ValueError, OverflowError):
        pass
    raise _wrong(value, "an instant with its offset, as in 2026-07-01T08:00:00Z")


def _date(value: Any) -> str:
    if isinstance(value, str) and _DAY.fullmatch(value) and _is_day(value):
        return value
    raise _wrong(value, "a day, as in 2026-07-01")


def _partial_date(value: Any) -> str:
    if isinstance(value, str) and _PARTIAL.fullmatch(value) and _is_day(value + "-01-01"[len(value) - 4 :]):
        return value
    raise _wrong(value, "a year, month or day, as in 2019, 2019-03 or 2019-03-31")


def _is_day(text: str) -> bool:
    try:
        return bool(dt.date.fromisoformat(text))
    except ValueError:
        return False


def _decimal(value: Any) -> Exact:
    try:
        if isinstance(value, str) and _DECIMAL.fullmatch(value):
            return Exact(value)
    except InvalidOperation:
        pass
    raise _wrong(value, 'a decimal in quotes, as in "12.50"')


def _big_int(value: Any) -> int:
    if isinstance(value, str) and _WHOLE.fullmatch(value) and -(2**63) <= (found := int(value)) < 2**63:
        return found
    raise _wrong(value, 'a whole number of 64 bits in quotes, as in "42"')


def _currency(value: Any) -> str:
    if isinstance(value, str) and value.upper() in list_currencies():
        return value.upper()
    raise _wrong(value, "an ISO 4217 currency, as in CNY")


def _country(value: Any) -> str:
    if isinstance(value, str) and value.upper() in _TERRITORIES:
        return value.upper()
    raise _wrong(value, "an ISO 3166 country, as in CN")


def _scalar(name: str, description: str, url: str | None, parse: Any = lambda v: v) -> ScalarDefinition:
    def literal(node: ValueNode, variables: dict[str, Any] | None = None) -> Any:
        try:
            return parse(value_from_ast_untyped(node, variables))
        except GraphQLError as error:
            # With its place in the document.
            raise GraphQLError(error.message, node) from None

    return strawberry.scalar(
        name=name, description=description, specified_by_url=url, parse_value=parse, parse_literal=literal, serialize=lambda v: v
    )


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
