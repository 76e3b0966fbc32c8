from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace

import pytest

from graph.analyses.runner import Runner
from graph.writing import Writer
from tests.graph.analyses import probe


@pytest.fixture
def probing() -> Iterator[None]:
    with probe.registered():
        yield


@pytest.fixture
async def runner(writer: Writer) -> AsyncIterator[Runner]:
    """Takes queued runs, as a server does."""
    async with Runner(replace(writer, author=probe.SYSTEM), every=0.02) as runner:
        yield runner
