"""Orders through the API: exact sums, times, who bought, sold and brought; revenue between days."""

from __future__ import annotations

from typing import Any

import pytest

from graph.writing import Writer
from tests.graph import given
from tests.schema.asking import done
from tests.schema.conftest import Api
from tests.schema.refusals import NOT_FOUND, STALE, refuses, too_long
from tests.schema.test_products import money, product

ALL = """id version number buyer { name } seller { name } partner { name } orderedAt cancelledAt currency
    total { amount amountMinor currency } margin { amount currency }
    lines { product { name } quantity discount unitPrice { amount currency } unitCost { amount } total { amount amountMinor currency } }"""
JUNE = "2026-06-01T00:00:00Z"
FUTURE = "lies in the future; a fact has a time that has come|在未来，事实的时间不得晚于现在"
QUANTITY = "it must |必须"


async def order(api: Api, buyer: str, *lines: dict[str, Any], at: str = JUNE, **fields: Any) -> str:
    """Lines default to one unit of a product of their own."""
    given_ = [{"product": line.get("product") or await product(api), "quantity": "1", **line} for line in lines]
    return str((await done(api, "orderRecord", {"buyer": buyer, "orderedAt": at, "lines": given_, **fields}))["id"])


async def numbers(api: Api, arguments: str = "") -> list[str]:
    return [n["number"] for n in (await api(f"{{ orders{arguments} {{ nodes {{ number }} }} }}"))["orders"]["nodes"]]


async def revenue(api: Api, party: str, arguments: str = "") -> Any:
    document = f"query($id: ID!) {{ party(by: {{ id: $id }}) {{ customer {{ revenue{arguments} {{ amount amountMinor currency }} }} }} }}"
    return (await api(document, id=party))["party"]["customer"]["revenue"]


async def test_every_field_is_written_read_changed_and_cleared(api: Api, writer: Writer) -> None:
    acme, mill = await given.organization(writer, "艾克美"), await given.organization(writer, "Mill")
    ann, bob = await given.person(writer, "Ann"), await given.person(writer, "鲍勃")
    tea, cup = await product(api, "茶", unitPrice="3.3", unitCost="1.1"), await product(api, "Cup", unitPrice="9")
    first = {"number": "订单-1", "buyer": acme, "seller": ann, "partner": mill, "orderedAt": "2026-06-01T08:00:00+08:00", "currency": "CNY"}
    lines = [
        {"product": tea, "quantity": "1000", "discount": "0.25"},
        {"product": cup, "quantity": "0.000001", "unitPrice": "7.5", "discount": "0", "unitCost": "5"},
    ]
    made = await done(api, "orderRecord", {**first, "lines": lines}, ALL)
    assert made == {
        "id": made["id"],
        "version": 1,
        "number": "订单-1",
        "buyer": {"name": "艾克美"},
        "seller": {"name": "Ann"},
        "partner": {"name": "Mill"},
        "orderedAt": "2026-06-01T00:00:00.000000Z",
        "cancelledAt": None,
        "currency": "CNY",
        "total": money("2475.00", "247500", "CNY"),
        "margin": {"amount": "1375.00", "currency": "CNY"},
        "lines": [
            {
                "product": {"name": "茶"},
                "quantity": "1000",
                "discount": "0.25",
                "unitPrice": {"amount": "3.30", "currency": "CNY"},
                "unitCost": {"amount": "1.10"},
                "total": money("2475.00", "247500", "CNY"),
            },
            {
                "product": {"name": "Cup"},
                "quantity": "0.000001",
                "discount": "0",
                "unitPrice": {"amount": "7.50", "currency": "CNY"},
                "unitCost": {"amount": "5.00"},
                "total": money("0.00", "0", "CNY"),
            },
        ],
    }
    second = {"number": "A-2", "buyer": bob, "seller": bob, "partner": acme, "orderedAt": "2025-01-01T00:00:00Z", "currency": "USD"}
    changed = await done(api, "orderUpdate", {"id": made["id"], "version": 1, **second, "lines": [lines[1]]}, ALL)
    assert {k: changed[k] for k in ("version", "number", "orderedAt", "currency", "total")} == {
        "version": 2,
        "number": "A-2",
        "orderedAt": "2025-01-01T00:00:00.000000Z",
        "currency": "USD",
        "total": money("0.00", "0", "USD"),
    }
    assert [changed[k]["name"] for k in ("buyer", "seller", "partner")] == ["鲍勃", "鲍勃", "艾克美"]
    cleared = await done(api, "orderUpdate", {"id": made["id"], "version": 2, "number": None, "seller": None, "partner": None}, ALL)
    assert [cleared[k] for k in ("version", "number", "seller", "partner")] == [3, None, None, None]
    party = (
        "query($a: ID!, $b: ID!) { a: party(by: { id: $a }) { orders { totalCount } } b: party(by: { id: $b }) { orders { totalCount } } }"
    )
    assert await api(party, a=acme, b=bob) == {"a": {"orders": {"totalCount": 0}}, "b": {"orders": {"totalCount": 1}}}
    assert await done(api, "orderDelete", {"id": made["id"]}) is None
    assert await numbers(api) == []


@pytest.mark.parametrize(
    ("line", "total"),
    [
        ({"quantity": "3", "unitPrice": "0.1"}, "0.30"),
        ({"quantity": "1000000000", "unitPrice": "9223.372036"}, "9223372036000.00"),
        ({"quantity": "0.333333", "unitPrice": "3"}, "1.00"),
        ({"quantity": "1", "unitPrice": "0.005"}, "0.01"),
        ({"quantity": "1", "unitPrice": "-0.005"}, "-0.01"),
        ({"quantity": "7", "unitPrice": "1000000000000", "discount": "0.999999"}, "7000000.00"),
        ({"quantity": "1", "unitPrice": "99999.999999", "discount": "1"}, "0.00"),
    ],
)
async def test_a_line_is_exact_and_rounded_once(api: Api, writer: Writer, line: dict[str, Any], total: str) -> None:
    id = await order(api, await given.person(writer), line)
    found = (await api("query($id: ID!) { order(id: $id) { total { amount } lines { total { amount } } } }", id=id))["order"]
    assert found == {"total": {"amount": total}, "lines": [{"total": {"amount": total}}]}


async def test_sums_are_of_exact_lines_not_of_what_is_shown(api: Api, writer: Writer) -> None:
    id = await order(api, await given.person(writer), *[{"unitPrice": "0.004"}] * 10)
    found = (await api("query($id: ID!) { order(id: $id) { total { amount } lines { total { amount } } } }", id=id))["order"]
    assert found["total"] == {"amount": "0.04"}
    assert {line["total"]["amount"] for line in found["lines"]} == {"0.00"}


@pytest.mark.parametrize(
    ("currency", "shown"), [("JPY", ("1235", "1235")), ("KWD", ("1234.568", "1234568")), ("USD", ("1234.57", "123457"))]
)
async def test_amounts_have_the_digits_of_their_currency(api: Api, writer: Writer, currency: str, shown: tuple[str, str]) -> None:
    id = await order(api, await given.person(writer), {"unitPrice": "1234.5675"}, currency=currency)
    found = (await api("query($id: ID!) { order(id: $id) { total { amount amountMinor currency } } }", id=id))["order"]["total"]
    assert found == money(*shown, currency)


async def test_the_margin_is_known_only_if_every_cost_is(api: Api, writer: Writer) -> None:
    ann, tea = await given.person(writer), await product(api, unitPrice="5", unitCost="2")
    known = [{"product": tea, "quantity": "2"}]
    unknown = [*known, {"product": tea, "quantity": "2", "unitCost": None}]
    lines = "margin { amount } lines { unitCost { amount } }"
    made = await done(api, "orderRecord", {"buyer": ann, "orderedAt": JUNE, "lines": known}, f"id {lines}")
    assert made["margin"] == {"amount": "6.00"}
    assert (await done(api, "orderUpdate", {"id": made["id"], "version": 1, "lines": unknown}, lines)) == {
        "margin": None,
        "lines": [{"unitCost": {"amount": "2.00"}}, {"unitCost": None}],
    }


@pytest.mark.parametrize(
    ("fields", "what", "said"),
    [
        ({"orderedAt": "2026-07-01T08:05:01Z"}, "InvalidInput IN_FUTURE orderedAt", FUTURE),
        ({"lines": []}, "InvalidInput REQUIRED lines", "an order needs a line; name what was ordered|订单至少需要一行"),
        (
            {"lines": [{"quantity": "1"}] * 1001},
            "InvalidInput TOO_LONG lines",
            "it has 1001 lines; at most 1000 are stored|共 1001 行，最多 1000 行",
        ),
        ({"lines": [{"quantity": "0"}]}, "InvalidInput OUT_OF_RANGE lines.0.quantity", QUANTITY),
        ({"lines": [{"quantity": "1000000000.000001"}]}, "InvalidInput OUT_OF_RANGE lines.0.quantity", QUANTITY),
        (
            {"lines": [{"quantity": "1", "discount": "1.000001"}]},
            "InvalidInput OUT_OF_RANGE lines.0.discount",
            "it must lie between 0 and 1|必须在 0 与 1 之间",
        ),
        (
            {"lines": [{"quantity": "1"}, {"quantity": "1", "unitPrice": None}]},
            "InvalidInput REQUIRED lines.1.unitPrice",
            "the product has no price in CNY; give one|该产品没有 CNY 价格，请填写单价",
        ),
        ({"lines": [{"quantity": "1", "product": "0190"}]}, "NotFound NOT_FOUND lines.0.product", NOT_FOUND),
        (
            {"lines": [{"quantity": "10", "unitPrice": "1000000000000"}]},
            "InvalidInput OUT_OF_RANGE lines.0",
            "check quantity and price|请检查数量与单价",
        ),
        (
            {"lines": [{"quantity": "5", "unitPrice": "1000000000000"}] * 2},
            "InvalidInput OUT_OF_RANGE lines",
            "the amount has more than 9,223,372,036,854 units|金额超过 9,223,372,036,854",
        ),
        ({"buyer": "0190"}, "NotFound NOT_FOUND buyer", NOT_FOUND),
        ({"seller": "acme"}, "NotFound NOT_FOUND seller", NOT_FOUND),
        ({"partner": "tea"}, "NotFound NOT_FOUND partner", NOT_FOUND),
        ({"number": "x" * 201}, "InvalidInput TOO_LONG number", too_long(200)),
    ],
)
async def test_what_an_order_cannot_be(api: Api, writer: Writer, fields: dict[str, Any], what: str, said: str) -> None:
    acme, tea = await given.organization(writer), await product(api, unitPrice="1")
    ids = {"acme": acme, "tea": await product(api, "Priceless")}
    fields = {name: ids.get(value, value) if isinstance(value, str) else value for name, value in fields.items()}
    lines = [
        {"product": ids["tea"] if "unitPrice" in line else tea, **line} for line in fields.pop("lines", [{"product": tea, "quantity": "1"}])
    ]
    await refuses(api, "orderRecord", {"buyer": acme, "orderedAt": JUNE, **fields, "lines": lines}, what, said)
    id = await order(api, acme, {"product": tea})
    await refuses(api, "orderUpdate", {"id": id, "version": 1, **fields, "lines": lines}, what, said)
    await refuses(api, "orderDelete", {"id": id, "version": 2}, "Stale STALE version", STALE)


async def test_a_clock_may_be_five_minutes_ahead(api: Api, writer: Writer) -> None:
    id = await order(api, await given.person(writer), {"unitPrice": "1"}, at="2026-07-01T16:05:00+08:00")
    late = {"id": id, "version": 1, "orderedAt": "2026-07-01T08:05:00.000001Z"}
    await refuses(api, "orderUpdate", late, "InvalidInput IN_FUTURE orderedAt", f"08:05:00.000001Z {FUTURE}")


async def test_an_order_is_cancelled_once_and_counts_no_longer(api: Api, writer: Writer) -> None:
    await given.own(writer)
    ann = await given.person(writer)
    await done(api, "customerStart", {"party": ann})
    id = await order(api, ann, {"unitPrice": "5"})
    await order(api, ann, {"unitPrice": "7"})
    assert await revenue(api, ann) == money("12.00", "1200", "CNY")
    early = {"id": id, "cancelledAt": "2026-05-31T23:59:59Z"}
    order_of_times = "an order is cancelled after it is placed; give a later time|取消时间不得早于下单时间，请更正"
    await refuses(api, "orderCancel", early, "InvalidInput OUT_OF_RANGE cancelledAt", order_of_times)
    await refuses(api, "orderCancel", {"id": id, "cancelledAt": "2026-07-02T00:00:00Z"}, "InvalidInput IN_FUTURE cancelledAt", FUTURE)
    at = {"id": id, "version": 1, "cancelledAt": "2026-06-02T00:00:00Z"}
    assert (await done(api, "orderCancel", at, "cancelledAt"))["cancelledAt"] == "2026-06-02T00:00:00.000000Z"
    await refuses(api, "orderCancel", {"id": id}, "Refused REFUSED id", "the order is cancelled already|该订单已取消")
    later = {"id": id, "version": 2, "orderedAt": "2026-06-03T00:00:00Z"}
    await refuses(api, "orderUpdate", later, "InvalidInput OUT_OF_RANGE cancelledAt", order_of_times)
    assert await revenue(api, ann) == money("7.00", "700", "CNY")
