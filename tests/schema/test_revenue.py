"""What customers bought together, and how orders are filtered, sorted, paged and hidden."""

from __future__ import annotations

import pytest

from graph.writing import Writer
from tests.graph import given
from tests.schema.asking import done
from tests.schema.conftest import Api
from tests.schema.hiding import strict
from tests.schema.test_orders import numbers, order, revenue
from tests.schema.test_products import money, product


async def customer(api: Api, writer: Writer) -> str:
    await given.own(writer)
    acme = await given.organization(writer)
    await done(api, "customerStart", {"party": acme})
    return acme


@pytest.mark.parametrize(
    ("arguments", "amount"),
    [
        ("", "1111.00"),
        ('(from: "2026-06-01")', "1110.00"),
        ('(until: "2026-06-01")', "1.00"),
        ('(from: "2026-06-01", until: "2026-06-02")', "10.00"),
        ('(from: "2026-06-02", until: "2026-07-01")', "100.00"),
        ('(from: "2026-06-02", until: "2026-06-02")', "0.00"),
        ('(from: "9999-12-31")', "0.00"),
        ('(until: "0001-01-01")', "0.00"),
    ],
)
async def test_days_are_those_of_the_company(api: Api, writer: Writer, arguments: str, amount: str) -> None:
    """16:00 in UTC is midnight in Shanghai."""
    acme = await customer(api, writer)
    instants = ["2026-05-31T15:59:59.999999Z", "2026-05-31T16:00:00Z", "2026-06-01T16:00:00Z", "2026-06-30T16:00:00Z"]
    for price, at in zip((1, 10, 100, 1000), instants, strict=True):
        await order(api, acme, {"unitPrice": str(price)}, at=at)
    assert await revenue(api, acme, arguments) == money(amount, amount.replace(".", "").lstrip("0") or "0", "CNY")


async def test_a_sum_over_several_currencies_is_null_with_a_warning(api: Api, writer: Writer) -> None:
    acme = await customer(api, writer)
    await order(api, acme, {"unitPrice": "1"}, at="2026-01-01T00:00:00Z")
    await order(api, acme, {"unitPrice": "1"}, at="2026-02-01T00:00:00Z", currency="USD")
    assert await revenue(api, acme) is None
    assert await revenue(api, acme, '(from: "2026-02-01")') == money("1.00", "100", "USD")


async def test_large_sums_stay_exact(api: Api, writer: Writer) -> None:
    acme = await customer(api, writer)
    for price in ("9000000000.000001", "9000000000.000002"):
        await order(api, acme, {"quantity": "1000", "unitPrice": price})
    assert await revenue(api, acme) == money("18000000000000.00", "1800000000000000", "CNY")
    bo = await given.person(writer, "Bo")
    await done(api, "customerStart", {"party": bo})
    await order(api, bo, {"quantity": "1000", "unitPrice": "9223372036"})
    for way, first in (("DESC", ["Acme", "Bo"]), ("ASC", ["Bo", "Acme"])):
        page = (await api(f"{{ customers(orderBy: [{{ customer: {{ revenue: {way} }} }}]) {{ nodes {{ name }} }} }}"))["customers"]
        assert [n["name"] for n in page["nodes"]] == first
    await order(api, acme, {"quantity": "1000", "unitPrice": "-9000000000"})
    assert await revenue(api, acme) == money("9000000000000.00", "900000000000000", "CNY")


async def test_a_customer_without_orders_has_no_revenue_in_our_currency(api: Api, writer: Writer) -> None:
    assert await revenue(api, await customer(api, writer)) == money("0.00", "0", "CNY")


async def test_orders_are_filtered_sorted_and_paged(api: Api, writer: Writer) -> None:
    acme, bo = await given.organization(writer, "Acme"), await given.person(writer, "Bo")
    tea, cup = await product(api, "茶"), await product(api, "Cup")
    await order(api, acme, {"product": tea, "unitPrice": "5", "unitCost": "1"}, number="A", at="2026-01-03T00:00:00Z", seller=bo)
    await order(api, acme, {"product": cup, "unitPrice": "7", "quantity": "2.5"}, number="B", at="2026-01-02T00:00:00Z")
    await order(api, bo, {"product": tea, "unitPrice": "1", "unitCost": "2"}, number="C", at="2026-01-01T00:00:00Z", currency="USD")
    for arguments, expected in [
        ("(orderBy: [{ orderedAt: ASC }])", "CBA"),
        ("(orderBy: [{ orderedAt: DESC }], first: 2)", "AB"),
        ("(orderBy: [{ total: DESC }])", "BAC"),
        ("(orderBy: [{ margin: ASC }])", "CAB"),
        ("(orderBy: [{ margin: DESC }])", "ACB"),
        ("(orderBy: [{ number: ASC }], last: 2)", "BC"),
        ('(where: { buyer: { name: { eq: "Bo" } } })', "C"),
        ('(where: { seller: { name: { contains: "o" } } })', "A"),
        ('(where: { orderedAt: { gte: "2026-01-02T08:00:00+08:00" } }, orderBy: [{ number: ASC }])', "AB"),
        ('(where: { lines: { some: { quantity: { gt: "2.499999" } } } })', "B"),
        ('(where: { lines: { none: { product: { name: { eq: "茶" } } } } })', "B"),
        ("(where: { currency: { eq: USD } })".replace("USD", '"usd"'), "C"),
    ]:
        assert "".join(await numbers(api, arguments)) == expected, arguments
    page = """query($a: String, $b: String) { orders(orderBy: [{ margin: DESC }], first: %s, after: $a, last: %s, before: $b) {
        nodes { number } pageInfo { endCursor startCursor } } }"""
    first = (await api(page % (2, "null")))["orders"]
    last = (await api(page % (2, "null"), a=first["pageInfo"]["endCursor"]))["orders"]
    back = (await api(page % ("null", 2), b=last["pageInfo"]["startCursor"]))["orders"]
    assert [[n["number"] for n in p["nodes"]] for p in (first, last, back)] == [["A", "C"], ["B"], ["A", "C"]]


async def test_a_strict_viewer_meets_hidden_orders_nowhere(api: Api, writer: Writer) -> None:
    acme = await customer(api, writer)
    hidden = await given.person(writer, "Bo", notes="secret")
    await order(api, acme, {"unitPrice": "1"}, number="A", seller=hidden)
    secret = await order(api, acme, {"unitPrice": "2"}, number="secret")
    await order(api, hidden, {"unitPrice": "4"}, number="C")
    api.viewer = strict("Order", "Person")
    # The order of a hidden buyer cannot be shown without its buyer.
    assert await numbers(api) == ["A"]
    assert await revenue(api, acme) == money("1.00", "100", "CNY")
    found = await api("query($id: ID!) { order(id: $id) { id } orders { totalCount nodes { seller { name } } } }", id=secret)
    assert found == {"order": None, "orders": {"totalCount": 1, "nodes": [{"seller": None}]}}
    assert await numbers(api, '(where: { seller: { name: { eq: "Bo" } } })') == []
    some = '{ organizations(where: { orders: { some: { number: { eq: "secret" } } } }) { totalCount } }'
    assert (await api(some))["organizations"]["totalCount"] == 0
    api.viewer = strict(hidden=("Customer.revenue",))
    (error,) = await api.errors("query($id: ID!) { party(by: { id: $id }) { customer { revenue { amount } } } }", id=acme)
    assert error == ("You may not read Customer.revenue.", ["party"])


async def test_lines_stay_in_their_order_whatever_is_read_of_them(api: Api, writer: Writer) -> None:
    names = ["Tea", "Cup", "Pot", "Can"]
    lines = [{"product": await product(api, name), "unitPrice": "1"} for name in names]
    id = await order(api, await given.person(writer), *lines)
    found = (await api("query($id: ID!) { order(id: $id) { lines { product { name } } } }", id=id))["order"]["lines"]
    assert [line["product"]["name"] for line in found] == names


async def test_of_several_current_periods_the_latest_counts(api: Api, writer: Writer) -> None:
    acme = await given.organization(writer)
    for name, since in (("One", "2024-01-01"), ("Two", "2025-01-01"), ("Three", "2023-01-01")):
        own = await given.organization(writer, name, own=True)
        await done(api, "customerStart", {"party": acme, "own": own, "since": since})
    found = await api("query($id: ID!) { organization(id: $id) { customer { own { name } } } }", id=acme)
    assert found["organization"]["customer"]["own"] == {"name": "Two"}
    for name, names in {"Two": ["Acme"], "One": [], "Three": []}.items():
        where = f'{{ organizations(where: {{ customer: {{ own: {{ name: {{ eq: "{name}" }} }} }} }}) {{ nodes {{ name }} }} }}'
        assert [n["name"] for n in (await api(where))["organizations"]["nodes"]] == names
