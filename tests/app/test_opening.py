"""A database that cannot be opened: which setting to look at, and no noise."""

from __future__ import annotations

import asyncio
import logging

import pytest

from app import opening
from app.settings import Settings
from graph.database import Target, Unavailable


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
