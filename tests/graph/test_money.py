from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Context, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph import money
from graph.errors import Invalid, ProblemCode
from graph.fields import exact, scaled

MILLION = 10**6
amounts = st.integers(-(10**18), 10**18)


@pytest.mark.parametrize(("currency", "digits"), [("CNY", 2), ("USD", 2), ("JPY", 0), ("KRW", 0), ("KWD", 3), ("CLF", 4)])
def test_a_currency_has_its_own_digits(currency: str, digits: int) -> None:
    assert money.digits(currency) == digits


@pytest.mark.parametrize(("currency", "digits"), [("RSD", 2), ("LBP", 2), ("IQD", 3)])
def test_digits_are_those_of_iso_4217_where_daily_use_has_fewer(currency: str, digits: int) -> None:
    assert money.digits(currency) == digits


@pytest.mark.parametrize(
    ("amount", "currency", "shown", "minor"),
    [
        ("1265793.0395", "CNY", "1265793.04", 126579304),
        ("0.005", "CNY", "0.01", 1),
        ("0.015", "CNY", "0.02", 2),
        ("0.004999", "CNY", "0.00", 0),
        ("-0.005", "CNY", "-0.01", -1),
        ("12", "CNY", "12.00", 1200),
        ("0.5", "JPY", "1", 1),
        ("1500", "JPY", "1500", 1500),
        ("1.2345", "KWD", "1.235", 1235),
        ("1.23456", "CLF", "1.2346", 12346),
    ],
)
def test_a_half_is_rounded_up_to_the_digits_of_the_currency(amount: str, currency: str, shown: str, minor: int) -> None:
    assert str(money.shown(scaled(Decimal(amount)), currency)) == shown
    assert money.minor(scaled(Decimal(amount)), currency) == minor


def test_the_largest_amount_is_shown_to_its_last_digit() -> None:
    assert str(money.shown(money.LARGEST, "CNY")) == "9223372036854.78"
    assert str(money.shown(-money.LARGEST, "CLF")) == "-9223372036854.7758"


@given(amounts, st.sampled_from(["CNY", "JPY", "KWD", "CLF"]))
def test_what_is_shown_and_its_minor_units_agree(amount: int, currency: str) -> None:
    assert money.shown(amount, currency) == Decimal(money.minor(amount, currency)).scaleb(-money.digits(currency))
    assert abs(money.shown(amount, currency) - exact(amount)) * 2 <= Decimal(1).scaleb(-money.digits(currency))


@pytest.mark.parametrize(
    ("quantity", "unit_price", "discount", "total"),
    [
        ("12", "14", "0", "168"),
        ("40", "7.70", "0.15", "261.8"),
        ("0.000001", "0.5", "0", "0"),
        ("0.000003", "0.5", "0", "0.000002"),
        ("0.000001", "0.500001", "0", "0.000001"),
        ("3", "9.99", "1", "0"),
        ("0.000001", "-0.5", "0", "0"),
        ("1", "0.000001", "0.5", "0"),
    ],
)
def test_the_total_of_a_line_is_exact_to_the_millionth(quantity: str, unit_price: str, discount: str, total: str) -> None:
    numbers = (scaled(Decimal(value)) for value in (quantity, unit_price, discount))
    assert exact(money.line_total(*numbers)) == Decimal(total)


@given(st.integers(0, 10**15), amounts, st.integers(0, MILLION))
def test_a_line_total_is_rounded_half_to_even_as_decimal_does(quantity: int, unit_price: int, discount: int) -> None:
    precise = Context(prec=80)
    value = precise.multiply(precise.multiply(exact(quantity), exact(unit_price)), 1 - exact(discount))
    assert money.line_total(quantity, unit_price, discount) == scaled(value.quantize(Decimal("0.000001"), ROUND_HALF_EVEN, precise))


@given(st.integers(0, 10**15), amounts)
def test_a_cost_is_a_line_without_discount(quantity: int, unit_cost: int) -> None:
    assert money.cost(quantity, unit_cost) == money.line_total(quantity, unit_cost, 0)


@pytest.mark.parametrize("amount", [0, money.LARGEST, -money.LARGEST])
def test_what_64_bits_hold_passes(amount: int) -> None:
    assert money.check(amount, "lines", "0") == amount


@pytest.mark.parametrize("amount", [money.LARGEST + 1, -money.LARGEST - 1, 10**27])
def test_what_64_bits_do_not_hold_is_refused_by_its_field(amount: int) -> None:
    with pytest.raises(Invalid) as caught:
        money.check(amount, "lines", "0")
    assert (caught.value.code, caught.value.path) == (ProblemCode.OUT_OF_RANGE, ("lines", "0"))
    assert caught.value.message().startswith("lines.0: the amount has more than 9,223,372,036,854")
