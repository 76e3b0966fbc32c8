"""The main job on real input: Northwind through the command line into a fresh database, then one question over HTTP."""

from __future__ import annotations

import csv
import json
import subprocess
from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

from tests import shared
from tests.app.test_cli import COMMAND
from tests.app.test_serve import ask, serving

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
