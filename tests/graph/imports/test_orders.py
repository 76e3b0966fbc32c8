"""Products, orders and their lines from files: prices, exact sums, corrections."""

from __future__ import annotations

from decimal import Decimal

from graph import orders, products
from graph.fields import exact
from graph.imports import Outcome
from graph.orders import OrderRecord, OrderUpdate
from graph.products import ProductCreate
from graph.writing import Writer
from tests.graph.imports.conftest import Ask, Import, told

COMPANIES = "key,name\na,Ada\nb,Byron\n"
PRODUCTS = "key,name,category,supplier_key,unit_price,unit_cost\nx,Chai,茶,b,10,4\ny,Chang,,,2.5,\n"
ORDERS = "key,number,customer_key,ordered_at,seller_key,partner_key,currency\n1,SO-1,a,2026-05-01,s,b,\n2,,b,2026-05-02T10:00:00Z,,,EUR\n"
SELLERS = "key,name,own\ns,Sam,true\n"
LINES = "order_key,product_key,quantity,unit_price,discount,unit_cost"
SUMS = "MATCH (o:Order) RETURN o.total, o.margin, o.currency, o.version ORDER BY o.ordered_at"


async def test_products_orders_and_lines_are_tied_and_summed(load: Import, ask: Ask) -> None:
    rows = ["1,x,3,,10%,", '1,y,"1,000",2,,1', "2,x,2,7,0.5,3"]
    report = await load(organizations=COMPANIES, people=SELLERS, products=PRODUCTS, orders=ORDERS, order_lines="\n".join([LINES, *rows]))
    assert told(report) == []
    query = """
    MATCH (p:Product) OPTIONAL MATCH (s)-[:OFFERS]->(p)
    RETURN p.name, p.category, p.unit_price, p.unit_cost, p.currency, s.name ORDER BY p.name
    """
    assert await ask(query) == [("Chai", "茶", 10_000_000, 4_000_000, "CNY", "Byron"), ("Chang", None, 2_500_000, None, "CNY", None)]
    query = """
    MATCH (b)-[:BOUGHT]->(o:Order) OPTIONAL MATCH (s)-[:SOLD]->(o) OPTIONAL MATCH (p)-[:BROUGHT]->(o)
    RETURN b.name, s.name, p.name, o.number, o.ordered_at ORDER BY o.ordered_at
    """
    assert await ask(query) == [
        ("Ada", "Sam", "Byron", "SO-1", "2026-04-30T16:00:00.000000Z"),
        ("Byron", None, None, None, "2026-05-02T10:00:00.000000Z"),
    ]
    assert await ask(SUMS) == [(2_027_000_000, 1_015_000_000, "CNY", 2), (7_000_000, 1_000_000, "EUR", 2)]
    query = """
    MATCH (o)-[l:CONTAINS]->(p)
    RETURN p.name, l.place, l.quantity, l.unit_price, l.discount, l.unit_cost ORDER BY o.ordered_at, l.place
    """
    assert (await ask(query))[0] == ("Chai", 0, 3_000_000, 10_000_000, 100_000, 4_000_000)
    assert await ask("MATCH (:Product)-[:IDENTIFIED_BY]->(i) RETURN i.key ORDER BY i.key") == [
        "source:crm:product|x",
        "source:crm:product|y",
    ]


async def test_it_equals_what_mutations_make(load: Import, writer: Writer, ask: Ask) -> None:
    await load(
        organizations=COMPANIES,
        products=PRODUCTS,
        orders="key,customer_key,ordered_at\n1,a,2026-05-01\n",
        order_lines=f"{LINES}\n1,x,3,,10%,\n",
    )
    ada = (await ask("MATCH (o {name: 'Ada'}) RETURN o.id"))[0]
    product = await products.create(writer, ProductCreate.parse({"name": "Chai", "category": "茶", "unitPrice": "10", "unitCost": "4"}))
    line = {"product": product.id, "quantity": "3", "discount": "0.1"}
    made = await orders.record(writer, OrderRecord.parse({"buyer": ada, "orderedAt": "2026-04-30T16:00:00Z", "lines": [line]}))
    query = "MATCH (o:Order)-[l:CONTAINS]->(p) RETURN properties(o), properties(l), properties(p) ORDER BY o.id = $id"
    first, second = [[{**part, "id": "", "version": 0} for part in row] for row in await ask(query, id=made.id)]
    assert first == second


async def test_lines_of_one_order_may_come_in_several_files(load: Import, ask: Ask) -> None:
    await load(organizations=COMPANIES, people=SELLERS, products=PRODUCTS, orders=ORDERS, order_lines=f"{LINES}\n1,x,1,,,\n")
    await load(order_lines=f"{LINES}\n1,x,1,,,\n1,y,2,,,\n")
    assert (await ask(SUMS))[0] == (15_000_000, None, "CNY", 3)
    assert await ask("MATCH ()-[l:CONTAINS]->() RETURN l.place ORDER BY l.place") == [0, 1]


async def test_a_changed_line_corrects_the_order_and_keeps_other_edits(load: Import, writer: Writer, ask: Ask) -> None:
    await load(organizations=COMPANIES, people=SELLERS, products=PRODUCTS, orders=ORDERS, order_lines=f"{LINES}\n1,x,1,,,\n1,y,2,,,\n")
    order, version = (await ask("MATCH (o:Order {number: 'SO-1'}) RETURN o.id, o.version"))[0]
    x, y = await ask("MATCH (p:Product) RETURN p.id ORDER BY p.name")
    lines = [{"product": y, "quantity": "5", "unitPrice": "3"}, {"product": x, "quantity": "1", "unitCost": "6"}]
    await orders.update(writer, OrderUpdate.parse({"id": order, "version": version, "lines": lines}))
    report = await load(order_lines=f"{LINES}\n1,x,4,,,\n1,y,2,,,\n")
    assert report.counts == {Outcome.UPDATED: 1, Outcome.UNCHANGED: 1}
    query = "MATCH ()-[l:CONTAINS]->(p) RETURN p.name, l.quantity, l.unit_price, l.unit_cost ORDER BY l.place"
    assert await ask(query) == [("Chang", 5_000_000, 3_000_000, None), ("Chai", 4_000_000, 10_000_000, 6_000_000)]
    assert (await ask(SUMS))[0][0] == 55_000_000


async def test_a_line_that_a_user_took_away_is_not_put_back(load: Import, writer: Writer, ask: Ask) -> None:
    await load(organizations=COMPANIES, people=SELLERS, products=PRODUCTS, orders=ORDERS, order_lines=f"{LINES}\n1,x,1,,,\n1,y,2,,,\n")
    order, version = (await ask("MATCH (o:Order {number: 'SO-1'}) RETURN o.id, o.version"))[0]
    x, _ = await ask("MATCH (p:Product) RETURN p.id ORDER BY p.name")
    await orders.update(writer, OrderUpdate.parse({"id": order, "version": version, "lines": [{"product": x, "quantity": "1"}]}))
    assert told(await load(order_lines=f"{LINES}\n1,y,3,,,\n")) == [(2, "", "the order has no such line any more")]


async def test_wrong_orders_and_lines_are_refused(load: Import, ask: Ask) -> None:
    orders_ = ["1,a,2026-05-01,", "2,nobody,2026-05-01,", "3,a,2026-08-01,", "4,a,soon,", "5,a,2026-05-01,XYZ", "1,b,2026-05-01,"]
    lines = ["1,x,0,,,", "1,x,1,,2,", "9,x,1,,,", "1,z,1,,,", "1,y,1,,,", "1,y,2,,,", "1,x,1e15,,,", "1,x,NaN,,,"]
    products_ = "key,name,unit_price,currency\nx,Chai,10,\ny,Chang,,\nw,Wrong,-1,\n"
    orders_file = "key,customer_key,ordered_at,currency\n" + "\n".join(orders_)
    report = await load(organizations=COMPANIES, products=products_, orders=orders_file, order_lines="\n".join([LINES, *lines]))
    found = {(part.noun, finding.line): finding.column for part in report.parts for finding in part.refusals}
    assert found == {
        ("products", 4): "unit_price",
        ("orders", 3): "customer_key",
        ("orders", 4): "ordered_at",
        ("orders", 5): "ordered_at",
        ("orders", 6): "currency",
        ("orders", 7): "key",
        ("order_lines", 2): "quantity",
        ("order_lines", 3): "product_key",
        ("order_lines", 4): "order_key",
        ("order_lines", 5): "product_key",
        ("order_lines", 6): "unit_price",
        ("order_lines", 7): "product_key",
        ("order_lines", 8): "product_key",
        ("order_lines", 9): "product_key",
    }
    assert await ask("MATCH (o:Order) RETURN count(o), sum(o.total)") == [(1, 0)]


async def test_one_order_may_be_too_large_without_harm_to_the_others(load: Import, ask: Ask) -> None:
    rows = [f"1,{product},1000000000,9000000000,," for product in ("x", "y")] + ["2,x,1,,,"]
    orders_file = "key,customer_key,ordered_at\n1,a,2026-05-01\n2,a,2026-05-02\n"
    report = await load(organizations=COMPANIES, products=PRODUCTS, orders=orders_file, order_lines="\n".join([LINES, *rows]))
    assert {line for line, _, _ in told(report)} == {2, 3}
    assert [exact(total) for total, *_ in await ask(SUMS)] == [Decimal(0), Decimal(10)]


async def test_a_changed_order_and_product_are_corrected(load: Import, ask: Ask) -> None:
    await load(organizations=COMPANIES, people=SELLERS, products=PRODUCTS, orders=ORDERS)
    changed_orders = ORDERS.replace("SO-1,a", "SO-7,b").replace(",s,b,", ",,b,EUR")
    changed_products = PRODUCTS.replace("Chai,茶,b,10,4", "Chai tea,,a,11,")
    report = await load(products=changed_products, orders=changed_orders)
    assert report.counts == {Outcome.UPDATED: 2, Outcome.UNCHANGED: 2}
    query = (
        "MATCH (b)-[:BOUGHT]->(o:Order) OPTIONAL MATCH (s)-[:SOLD]->(o) RETURN b.name, s.name, o.number, o.currency ORDER BY o.ordered_at"
    )
    assert (await ask(query))[0] == ("Byron", None, "SO-7", "EUR")
    query = "MATCH (s)-[:OFFERS]->(p:Product) RETURN s.name, p.name, p.category, p.unit_price, p.unit_cost"
    assert await ask(query) == [("Ada", "Chai tea", None, 11_000_000, None)]
