"""How a database is opened; where it cannot be: which setting to look at, and no noise."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from app import opening
from app.services import Call
from app.settings import Settings
from graph.analyses.kept import keeper
from graph.database import Database, Target, Unavailable


def settings(uri: str, user: str = "neo4j", password: str = "") -> Settings:
    return Settings(_env_file=None, neo4j_uri=uri, neo4j_user=user, neo4j_password=password)


async def refusal(given: Settings) -> str:
    with pytest.raises(Unavailable) as raised:
        async with opening.database(given, seconds=2):
            pass
    return str(raised.value)


@pytest.mark.parametrize("uri", ["neo4j://127.0.0.1:1", "bolt://127.0.0.1:1"])
async def test_a_server_that_is_not_there_is_named_once(uri: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    said = await refusal(settings(uri, password="x"))
    assert said.startswith(f"GUANXI_NEO4J_URI: no database answers at {uri} (")
    assert said.endswith("leave it out for the embedded engine; guanxi doctor looks at more")
    assert [record.name for record in caplog.records if record.name.startswith("neo4j")] == []


async def test_a_server_that_is_not_there_is_not_waited_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "WAIT_SECONDS", 1)
    async with asyncio.timeout(opening.WAIT_SECONDS + 5):
        with pytest.raises(Unavailable):
            async with opening.database(settings("neo4j://127.0.0.1:1")):
                pass


async def test_a_wrong_password_is_told_from_a_missing_one(target: Target) -> None:
    said = await refusal(settings(target.uri, target.user, "a guess"))
    assert said == f"GUANXI_NEO4J_USER, GUANXI_NEO4J_PASSWORD: {target.uri} does not accept them"
    said = await refusal(settings(target.uri, target.user))
    assert said == f"GUANXI_NEO4J_PASSWORD is not set, and {target.uri} asks for one"


async def test_the_network_is_shared_before_anything_reads_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folders: list[Path | None] = []

    async def demonstrate(_: Settings, database: Database) -> None:
        folders.append(keeper(database).folder)

    @asynccontextmanager
    async def contexts(_: Settings, database: Database) -> AsyncIterator[Callable[[Call], object]]:
        yield lambda call: None

    monkeypatch.setattr(opening, "demonstrate", demonstrate)
    async with opening.services(Settings(_env_file=None, data=tmp_path), contexts, demo=True)():
        assert folders[0]
        assert folders[0].is_relative_to(tmp_path / "network")
