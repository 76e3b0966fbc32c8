"""The main job on real input: Northwind through the command line into a fresh database, then one question over HTTP."""

from __future__ import annotations

import csv
import json
import re
import subprocess
import urllib.request
from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

from tests import shared
from tests.app.test_cli import COMMAND
from tests.app.test_serve import ask, serving

RECIPE = (Path(__file__).parents[2] / "docs" / "recipes.md").read_text(encoding="utf-8").partition("```graphql northwind\n")[2]
STATEMENTS = re.compile(r"^guanxi_statement_seconds_count\{.*\} (\S+)$", re.MULTILINE)
TOP = """{
  customers(first: 10, orderBy: [{ customer: { revenue: DESC } }]) {
    totalCount
    nodes { name customer { revenue { amount amountMinor currency } suppliers(first: 100) { nodes { address { country } } } } }
  }
  suppliers { totalCount } employees { totalCount } products { totalCount } orders { totalCount }
}"""


def _rows(name: str) -> list[dict[str, str]]:
    with shared.path(f"data/northwind/{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _expected() -> list[tuple[str, Decimal, int]]:
    """Name, revenue, number of suppliers of the ten best customers, straight from the files."""
    buyer = {r["orderID"]: r["customerID"] for r in _rows("orders")}
    maker = {r["productID"]: r["supplierID"] for r in _rows("products")}
    names = {r["customerID"]: r["companyName"] for r in _rows("customers")}
    revenue: dict[str, Decimal] = defaultdict(Decimal)
    suppliers: dict[str, set[str]] = defaultdict(set)
    for line in _rows("order-details"):
        customer = buyer[line["orderID"]]
        revenue[customer] += Decimal(line["unitPrice"]) * Decimal(line["quantity"]) * (1 - Decimal(line["discount"]))
        suppliers[customer].add(maker[line["productID"]])
    best = sorted(revenue, key=lambda c: -revenue[c])[:10]
    return [(names[c], revenue[c], len(suppliers[c])) for c in best]


def _import(folder: Path) -> dict[str, Any]:
    source = shared.path("data/northwind")
    arguments = [str(COMMAND), "import", str(source), "--mapping", "northwind", "--json", "--data", str(folder / "var")]
    done = subprocess.run(arguments, check=False, cwd=folder, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def test_the_best_customers_and_where_their_goods_come_from(tmp_path: Path) -> None:
    expected = _expected()
    _import(tmp_path)
    with serving("--data", str(tmp_path / "var"), folder=tmp_path) as process:
        data = ask(process.url(), TOP)["data"]
        _holds_the_recipe(process.url())
    found = data["customers"]
    assert found["totalCount"] == 91
    assert {name: data[name]["totalCount"] for name in ("suppliers", "employees", "products", "orders")} == {
        "suppliers": 29,
        "employees": 9,
        "products": 77,
        "orders": 830,
    }
    assert [n["name"] for n in found["nodes"]] == [name for name, _, _ in expected]
    for node, (_, revenue, suppliers) in zip(found["nodes"], expected, strict=True):
        assert Decimal(node["customer"]["revenue"]["amount"]) == revenue.quantize(Decimal("0.01"), ROUND_HALF_UP)
        assert len(node["customer"]["suppliers"]["nodes"]) == suppliers
        assert all(s["address"]["country"] for s in node["customer"]["suppliers"]["nodes"])


def _holds_the_recipe(url: str) -> None:
    """The query of the recipes has the answer that stands below it."""
    query, _, rest = RECIPE.partition("```")
    # A server also has statements of its own: right after its start, and one a second or two.
    for _ in range(200):
        before = _statements(url)
        answer = ask(url, query)["data"]["customers"]["nodes"]
        if (took := _statements(url) - before) == 1:
            break
    assert took == 1
    assert [_line(node["name"], **node["customer"]) for node in answer] == re.findall(r"^\| .*\d.* \|$", rest, re.MULTILINE)


def _statements(url: str) -> float:
    with urllib.request.urlopen(f"{url}/metrics", timeout=10) as answer:
        return sum(map(float, STATEMENTS.findall(answer.read().decode())))


def _line(name: str, revenue: dict[str, str], suppliers: dict[str, Any]) -> str:
    assert revenue["currency"] == "USD"
    countries = sorted({node["address"]["country"] for node in suppliers["nodes"]})
    return f"| {name} | {revenue['amount']} | {suppliers['totalCount']} | {' '.join(countries)} |"
