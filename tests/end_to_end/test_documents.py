"""Every query and mutation of the README and the docs gives the answer that stands below it, one page after the other.

They are asked of the demonstration data under the fixed clock. The ids of what a block makes follow from its text alone: another one may
name them.

`GUANXI_TEST_WRITE=1` writes the answers anew.
"""

from __future__ import annotations

import json
import os
import re
import zlib
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app import demo
from graph.clock import FixedClock
from graph.database import Database
from graph.ids import SeededIds
from graph.writing import Customs
from tests.conftest import NOON, wipe
from tests.graph import given
from tests.schema.conftest import Api

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
WIDTH = 140
BLOCK = re.compile(r"```graphql\n(?P<query>.*?)```\n+```json\n(?P<answer>.*?)```", re.DOTALL)
BLOCKS = [(page, m) for page in PAGES for m in BLOCK.finditer(page.read_text(encoding="utf-8"))]


class Pages:
    """The answers, each asked for after all before it: a process that has only some of the tests asks the others' questions too."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._answers: list[Any] = []

    async def answer(self, number: int) -> Any:
        for _, block in BLOCKS[len(self._answers) : number + 1]:
            ids = SeededIds(zlib.crc32(block["query"].encode()), self._api.writer.clock)
            self._api.writer = replace(self._api.writer, ids=ids)
            self._answers.append({"data": await self._api(block["query"])})
        return self._answers[number]


@pytest.fixture(scope="module")
async def pages(migrated: Database) -> AsyncIterator[Pages]:
    """The demonstration data with its scores."""
    clock = FixedClock(NOON)
    writer = replace(given.writer(migrated, clock, SeededIds(1, clock)), customs=Customs("观海科技"))
    await demo.load(writer)
    await demo.scores(writer)
    yield Pages(Api(writer))
    await wipe(migrated)


def test_the_readme_has_queries_with_answers() -> None:
    assert sum(page.name == "README.md" for page, _ in BLOCKS) >= 4


@pytest.mark.parametrize("number", range(len(BLOCKS)), ids=[f"{page.name}-{block.start()}" for page, block in BLOCKS])
async def test_the_answer_is_the_one_that_stands_there(pages: Pages, number: int) -> None:
    (page, block), data = BLOCKS[number], await pages.answer(number)
    if os.environ.get("GUANXI_TEST_WRITE"):
        write(page, block, data)
    else:
        assert json.loads(block["answer"]) == data


def write(page: Path, block: re.Match[str], data: Any) -> None:
    answer = shown(data)
    text = page.read_text(encoding="utf-8")
    page.write_text(text.replace(block[0], f"```graphql\n{block['query']}```\n\n```json\n{answer}\n```"), encoding="utf-8")


def shown(value: Any, margin: str = "") -> str:
    """JSON with each value on one line where it fits."""
    line = json.dumps(value, ensure_ascii=False)
    if len(margin + line) <= WIDTH or not isinstance(value, dict | list):
        return line
    inner = margin + "  "
    if isinstance(value, dict):
        items = [f"{inner}{json.dumps(key, ensure_ascii=False)}: {shown(v, inner)}" for key, v in value.items()]
        return "{\n" + ",\n".join(items) + f"\n{margin}}}"
    return "[\n" + ",\n".join(f"{inner}{shown(v, inner)}" for v in value) + f"\n{margin}]"
