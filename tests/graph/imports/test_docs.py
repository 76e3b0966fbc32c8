"""docs/import.md tells the truth: every file with its columns, and a mapping that can be read."""

from __future__ import annotations

import re
from pathlib import Path

from graph.imports import mapping, sources
from graph.imports.kinds import KINDS

TEXT = (Path(__file__).parents[3] / "docs/import.md").read_text("utf-8")


def test_every_file_is_there_with_its_columns_in_the_order_in_which_it_is_read() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (.+) \|$", TEXT, re.MULTILINE)
    assert [name for name, _ in rows] == list(KINDS)
    for name, columns in rows:
        kind = KINDS[name]
        assert set(columns.replace("**", "").split()) == set(kind.by_name), name
        assert set(re.findall(r"\*\*(\w+)\*\*", columns)) == set(kind.required), name


def test_the_mapping_can_be_read() -> None:
    (example,) = re.findall(r"^```toml\n(.+?)^```$", TEXT, re.MULTILINE | re.DOTALL)
    sources.check(mapping.parsed(example), KINDS)


def test_the_columns_that_take_several_values_are_named() -> None:
    (named,) = re.findall(r"parted by `;`: ([\w, ]+)\.", TEXT)
    several = {name for kind in KINDS.values() for name, column in kind.by_name.items() if column.read.__name__ == "several"}
    assert set(named.split(", ")) == several
