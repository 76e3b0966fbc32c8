"""The embedded engine's Java classes as it has them in memory once it runs: kept under `.cache`, they halve the time of its start."""

from __future__ import annotations

import asyncio
import os
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path

from graph import embedded, migrate
from graph.database import Database, Unavailable

OPTIONS = "JDK_JAVA_OPTIONS"
# Engines that live for seconds: half the work of their start is optimising what they will not do twice.
# Neo4j's Java reads the options, too, and does not know them all.
_USUAL = "-XX:+IgnoreUnrecognizedVMOptions -XX:TieredStopAtLevel=1"
_FOLDER = Path(__file__).parents[1] / ".cache"


def use() -> None:
    """From now on the engines that this process and its children start take their classes from the file, made now if need be."""
    if OPTIONS in os.environ:
        return
    file = _FOLDER / f"classes-{version('arcadedb-embedded')}.aot"
    if not file.exists():
        # Where there is no engine, or it cannot write the file, tests go on without.
        with suppress(Unavailable, FileNotFoundError):
            _make(file)
    os.environ[OPTIONS] = f"{_USUAL} -XX:AOTCache={file}" if file.exists() else _USUAL


def _make(file: Path) -> None:
    _FOLDER.mkdir(exist_ok=True)
    draft = file.with_name(f"{file.name}.{os.getpid()}")
    os.environ[OPTIONS] = f"{_USUAL} -XX:AOTCacheOutput={draft}"
    asyncio.run(_live())
    # Written while the engine ended.
    draft.replace(file)


async def _live() -> None:
    async with embedded.passing() as target, await Database.connect(target) as database:
        await migrate.apply(database)
