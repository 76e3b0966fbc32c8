"""What a scalar takes, and the sentence for what it does not."""

from __future__ import annotations

from typing import Any

import pytest
from graphql import GraphQLError

from schema.scalars import NAMES, SCALARS, CountryCode, CurrencyCode

PARSE: dict[str, Any] = {name: SCALARS[type_].parse_value for name, type_ in NAMES.items()}
PARSE |= {"CurrencyCode": SCALARS[CurrencyCode].parse_value, "CountryCode": SCALARS[CountryCode].parse_value}


@pytest.mark.parametrize(
    ("name", "given", "stored"),
    [
        ("DateTime", "2026-07-01T10:00:00+02:00", "2026-07-01T08:00:00.000000Z"),
        ("Date", "2026-07-01", "2026-07-01"),
        ("PartialDate", "2019", "2019"),
        ("PartialDate", "2019-03", "2019-03"),
        ("BigInt", "-9223372036854775808", -(2**63)),
        ("CurrencyCode", "cny", "CNY"),
        ("CountryCode", "de", "DE"),
    ],
)
def test_takes(name: str, given: str, stored: object) -> None:
    assert PARSE[name](given) == stored


@pytest.mark.parametrize(
    ("name", "given"),
    [
        *(("DateTime", v) for v in ("x", "", "2026-07-01T08:00:00", "0001-01-01T00:00:00+14:00", "2025-02-30T00:00:00Z", 5)),
        *(("Date", v) for v in ("2026-13-01", "soon", 20260701)),
        *(("PartialDate", v) for v in ("0000", "2024-13", "2024-3", "", 2024)),
        *(("Decimal", v) for v in ("NaN", "sNaN", "Infinity", "", "0x10", "1_0", "１", True, 1.5)),
        *(("BigInt", v) for v in ("9223372036854775808", "x", 5, "1" * 5_000)),
        ("CurrencyCode", "zz"),
        ("CountryCode", "XX1"),
    ],
)
def test_refuses_with_a_sentence_for_the_client(name: str, given: object) -> None:
    with pytest.raises(GraphQLError) as refused:
        PARSE[name](given)
    assert repr(given)[:20] in refused.value.message
