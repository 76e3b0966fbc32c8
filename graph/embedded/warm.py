"""Keeps the engine's classes beside its package, so that later engines start in half the time: `python -m graph.embedded.warm`.

Java sees for itself whether they are those of the engine at hand, and does without them otherwise.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from graph import embedded, migrate
from graph.database import Database, DatabaseFailure
from graph.embedded import supervisor

__all__ = ["warm"]


async def warm() -> str | None:
    """Some seconds. What kept it from it: an engine that is not there or does not start, or a package that cannot be written to."""
    try:
        package = embedded.package()
        with TemporaryDirectory(prefix=".classes-", dir=package) as folder:
            draft = Path(folder, "classes")
            async with embedded.passing(seconds=120, learning=draft) as target, await Database.connect(target) as database:
                await migrate.apply(database)
            await asyncio.to_thread(_keep, draft, supervisor.classes(package))
    except (DatabaseFailure, OSError) as problem:
        return str(problem)
    return None


def _keep(draft: Path, place: Path) -> None:
    # The engine wrote it while it ended, for its user alone; but it holds nobody's data.
    draft.chmod(0o644)
    draft.replace(place)


if __name__ == "__main__":
    if problem := asyncio.run(warm()):
        sys.exit(f"The embedded engine will start more slowly: {problem}")
