"""The codes of errors are those that are documented, one for each meaning."""

from __future__ import annotations

import re
from pathlib import Path

import app
import graph
import schema
from app.errors import Code

ROOT = Path(__file__).parents[2]
LITERAL = re.compile(r'"code": "([A-Z_]+)"')


def test_the_table_of_the_documentation_has_every_code() -> None:
    errors = (ROOT / "docs" / "api.md").read_text(encoding="utf-8").partition("\n## Errors\n")[2].partition("\n## ")[0]
    assert re.findall(r"^\| `([A-Z_]+)` \|", errors, re.MULTILINE) == list(Code)


def test_no_code_is_sent_that_is_none_of_them() -> None:
    files = [file for package in (app, graph, schema) for folder in package.__path__ for file in Path(folder).rglob("*.py")]
    sent = {code for file in files for code in LITERAL.findall(file.read_text(encoding="utf-8"))}
    assert sent
    assert sent <= set(Code)
