from __future__ import annotations

import pytest

from graph.writing import Writer
from tests.graph import given


@pytest.fixture
async def acme(writer: Writer) -> str:
    return await given.organization(writer)


@pytest.fixture
async def ann(writer: Writer) -> str:
    return await given.person(writer)
