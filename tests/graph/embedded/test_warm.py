"""The engine's classes, kept beside its package."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest

from graph import embedded
from graph.embedded.supervisor import classes
from graph.embedded.warm import warm
from tests.graph.embedded import given


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The engine's, without what is kept beside it."""
    place = tmp_path / "package"
    place.mkdir()
    for part in ("jre", "jars"):
        (place / part).symlink_to(embedded.package() / part)
    monkeypatch.setattr(embedded, "package", lambda: place)
    return place


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells which files a process has in its memory")
async def test_an_engine_has_its_classes_from_there_if_they_are_whole(package: Path, folder: Path) -> None:
    assert await warm() is None
    assert sorted(os.listdir(package)) == [classes(package).name, "jars", "jre"]
    assert stat.S_IMODE(os.stat(classes(package)).st_mode) == 0o644
    async with embedded.running(folder):
        assert has(given.java(folder), classes(package))
    await given.nothing_is_left(folder)
    os.truncate(classes(package), 1_000_000)
    async with embedded.running(folder):
        assert not has(given.java(folder), classes(package))
        assert "[aot]" not in (folder / "engine.log").read_text()


def has(process: int, file: Path) -> bool:
    return str(file) in Path(f"/proc/{process}/maps").read_text()


async def test_it_says_what_keeps_it_from_it(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "package", lambda: package / "gone")
    assert "No such file or directory" in (await warm() or "")
    monkeypatch.undo()
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    assert "name a Neo4j server in GUANXI_NEO4J_URI" in (await warm() or "")
