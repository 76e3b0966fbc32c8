"""A real business, as nobody of the project wrote it: imported through the shipped mapping, with exact totals."""

from __future__ import annotations

import csv
import os
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import pytest

from graph import imports, money
from graph.fields import exact
from graph.imports import Outcome, Report
from graph.writing import Writer
from tests.graph.imports.conftest import Ask

FOLDER = Path(__file__).parents[3] / "../shared/data/northwind"


def table(name: str) -> list[list[str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))[1:]


def revenues() -> dict[str, Decimal]:
    """Customer → revenue, straight from the files: the columns read here stand before any comma that should have been quoted."""
    buyers = {row[0]: row[1] for row in table("orders.csv")}
    found: dict[str, Decimal] = defaultdict(Decimal)
    for order, _, price, quantity, discount in table("order-details.csv"):
        found[buyers[order]] += Decimal(price) * Decimal(quantity) * (1 - Decimal(discount))
    return found


@pytest.fixture
async def report(writer: Writer) -> Report:
    if not FOLDER.is_dir():
        if os.environ.get("CI"):
            pytest.fail("the Northwind files are not there")
        pytest.skip("the Northwind files are not there")
    return await imports.run(writer, [FOLDER], mapping="northwind")


async def test_everything_is_taken_with_exact_totals(report: Report, ask: Ask) -> None:
    created = {(part.path.name, part.noun): part.counts[Outcome.CREATED] for part in report.parts}
    assert created == {
        ("customers.csv", "organizations"): 91,
        ("customers.csv", "people"): 91,
        ("suppliers.csv", "organizations"): 29,
        ("suppliers.csv", "people"): 29,
        ("employees.csv", "people"): 9,
        ("products.csv", "products"): 77,
        ("orders.csv", "orders"): 830,
        ("order-details.csv", "order_lines"): 2155,
    }
    assert (report.refused, report.source) == (0, "northwind")
    assert await ask("MATCH (:Party:Customer)-[t:CUSTOMER_OF]->(:Organization {own: true}) RETURN count(t)") == [91]
    assert await ask("MATCH (:Party:Supplier)-[t:SUPPLIER_OF]->(:Organization {own: true}) RETURN count(t)") == [29]
    assert await ask("MATCH (p:Employee)-[:HOLDS]->()-[:AT]->({own: true}) RETURN count(p)") == [9]
    assert await ask("MATCH ()-[line:CONTAINS]->() RETURN count(line)") == [2155]
    assert await ask("MATCH ()-[line:SOLD]->() RETURN count(line)") == [830]

    total = (await ask("MATCH (o:Order) RETURN sum(o.total)"))[0]
    assert exact(total) == Decimal("1265793.0395")
    assert money.shown(total, "USD") == Decimal("1265793.04")
    assert await ask("MATCH (o:Order) WHERE o.margin IS NOT NULL OR o.currency <> 'USD' RETURN count(o)") == [0]
    found = await ask("MATCH (c:Customer)-[:IDENTIFIED_BY]->(i) MATCH (c)-[:BOUGHT]->(o) RETURN i.value, sum(o.total)")
    assert {key.removeprefix("customer:"): exact(sum) for key, sum in found} == revenues()


async def test_rows_with_loose_commas_and_superiors_are_as_the_file_means_them(report: Report, ask: Ask) -> None:
    query = """
    MATCH (o:Supplier)-[:IDENTIFIED_BY]->(i) WHERE i.value IN ['supplier:7', 'supplier:18']
    RETURN o.name, o.address_line, o.address_country ORDER BY o.name
    """
    assert await ask(query) == [
        ("Aux joyeux ecclésiastiques", "203, Rue des Francs-Bourgeois", "FR"),
        ("Pavlova, Ltd.", "74 Rose St. Moonie Ponds", "AU"),
    ]
    query = "MATCH (p:Person)-[:HOLDS]->()-[:REPORTS_TO]->()<-[:HOLDS]-(boss) RETURN boss.name, count(p) ORDER BY boss.name"
    assert await ask(query) == [("Andrew Fuller", 5), ("Steven Buchanan", 3)]


async def test_a_second_import_changes_nothing(report: Report, writer: Writer, ask: Ask) -> None:
    async def state() -> list[object]:
        return [
            *await ask("MATCH (n) RETURN count(n)"),
            *await ask("MATCH ()-[t]->() RETURN count(t)"),
            *await ask("MATCH (c:Counter) RETURN c.value"),
        ]

    before = await state()
    again = await imports.run(writer, [FOLDER], mapping="northwind")
    assert again.counts[Outcome.UNCHANGED] == sum(report.counts.values()) == sum(again.counts.values())
    assert await state() == before
