from __future__ import annotations

import re
from pathlib import Path

import pytest

from graph.analyses import ANALYSES, Analysis, find
from graph.analyses.catalogue import markdown
from graph.analyses.registry import analysis
from graph.analyses.rows import RowKind
from graph.errors import NotFound, Problems
from graph.fields import Fields

ROOT = Path(__file__).parents[3]
every = pytest.mark.parametrize("name", sorted(ANALYSES))


def test_the_documentation_is_what_the_registry_says() -> None:
    written = (ROOT / "docs/analyses.md").read_text(encoding="utf-8")
    assert written == markdown(), "docs/analyses.md is stale: make generate"


def test_the_analyses_are_found() -> None:
    assert sorted(ANALYSES) == [
        "brokers",
        "communities",
        "influence",
        "introductions",
        "key_people",
        "missing_ties",
        "network_health",
        "reach",
        "referral_value",
        "seeds",
        "similar_parties",
        "supplier_paths",
    ]
    with pytest.raises(NotFound):
        find("alchemy")


@every
def test_an_analysis_says_what_it_is_in_both_languages(name: str) -> None:
    found: Analysis[object, Fields] = ANALYSES[name]
    assert re.search(r"O\(.*; memory O\(", found.complexity.en)
    for said in (found.title, found.purpose, found.formula, found.complexity):
        assert re.search(r"[a-z]", said.en)
        assert re.search(r"[一-鿿]", said.zh)


@every
def test_every_parameter_is_described_with_its_chinese_term(name: str) -> None:
    for parameter, field in ANALYSES[name].parameters.model_fields.items():
        assert re.fullmatch(r"[A-Z].* \(.*[一-鿿].*\)", field.description or ""), parameter


@every
def test_a_parameter_that_is_not_there_is_named(name: str) -> None:
    with pytest.raises(Problems, match="speed: there is no such field"):
        ANALYSES[name].parameters.parse({"speed": 1, "to": "somebody"})


def test_bounds_and_choices_are_shown() -> None:
    shown = markdown()
    assert "| `periods` | whole number | `24` | How many periods count, from the referral on; 1 to 120 (期数) |" in shown
    assert "| `costs` | list of SeedCost |  | " in shown
    assert "| `level` | `PEOPLE` \\| `ORGANIZATIONS` |  |" in shown
    assert "| `from` | list of text |  |" in shown
    assert "| `to` | text | required |" in shown


def test_a_name_is_taken_once() -> None:
    taken = ANALYSES["influence"]
    again = analysis(
        "influence",
        title=("", ""),
        purpose=("", ""),
        formula=("", "无"),
        complexity=("", ""),
        rows=RowKind.PATH,
        parameters=taken.parameters,
        estimate=taken.estimate,
        load=taken.load,
    )
    with pytest.raises(ValueError, match="two analyses are called influence"):
        again(taken.compute)
