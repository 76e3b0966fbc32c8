"""The guide for contributors quotes the code as it is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
QUOTE = re.compile(r"^ *```\w+ (?P<file>\S+)\n(?P<lines>.*?)^ *```$", re.DOTALL | re.MULTILINE)
QUOTES = [(match["file"], match["lines"]) for match in QUOTE.finditer(GUIDE)]


@pytest.mark.parametrize(("file", "lines"), QUOTES, ids=[f"{number}-{file}" for number, (file, _) in enumerate(QUOTES)])
def test_what_is_quoted_stands_in_the_file(file: str, lines: str) -> None:
    assert _bare(lines) in _bare((ROOT / file).read_text(encoding="utf-8"))


@pytest.mark.parametrize("what", ["a field", "a noun", "an analysis", "a migration"])
def test_each_way_is_shown_on_code_that_is_there(what: str) -> None:
    section = GUIDE.partition(f"\n## Add {what}\n")[2].partition("\n## ")[0]
    assert QUOTE.search(section)


def test_every_block_of_code_names_its_file() -> None:
    assert len(re.findall(r"^ *```\w+", GUIDE, re.MULTILINE)) == len(QUOTES)


def _bare(lines: str) -> str:
    """Without margins: a quotation from within a class has none."""
    return "\n" + "".join(f"{line.strip()}\n" for line in lines.splitlines())
