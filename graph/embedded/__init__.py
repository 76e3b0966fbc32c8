"""The embedded engine: ArcadeDB on its own Java runtime, a child process on loopback that speaks Bolt. All that knows of it is here.

In its folder: `engine/` (the data), `engine.json` (ports and password, for the owner alone), `engine.log`, and locks. Whoever uses the
folder shares `users.lock`, which the kernel frees however a process ends. `supervisor.lock` belongs to the one supervisor (see
`supervisor.py`), which restarts an engine that was killed and stops it once nobody uses it; should the supervisor itself be killed, its
engine dies with it, and whoever uses the folder starts another.
"""

from __future__ import annotations

import asyncio
import base64
import importlib.util
import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import ExitStack, asynccontextmanager, contextmanager, suppress
from http.client import HTTPException
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from graph.database import BadQuery, Database, DatabaseFailure, Target, Unavailable
from graph.embedded import supervisor
from graph.locks import FileLock

__all__ = ["ahead", "is_new", "package", "passing", "running", "sql"]

_ROOT = Path(__file__).parents[2]
# The engine is on this machine: no proxy of the environment stands between, nor hears its password.
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@asynccontextmanager
async def running(
    folder: Path, *, seconds: float = 60, memory: int = supervisor.MEMORY, learning: Path | None = None
) -> AsyncIterator[Target]:
    """The engine of `folder`, started or joined, and kept running meanwhile. Unavailable, with its last log lines, after `seconds`.

    An engine that is started here has so many megabytes of `memory` for its objects, its cache of the data among them, and writes
    its classes to `learning` when it ends.
    """
    deadline = time.monotonic() + seconds
    given = [package(), memory, *([learning] if learning else [])]
    folder = _made(folder)
    with await _shared(folder, deadline):
        keeper = _Keeper(folder, given)
        target = await keeper.ready(deadline)
        keeping = asyncio.create_task(keeper.keep())
        try:
            yield target
        finally:
            keeping.cancel()
            await asyncio.gather(keeping, return_exceptions=True)


@contextmanager
def ahead(folder: Path, *, memory: int = supervisor.MEMORY) -> Iterator[None]:
    """Meanwhile the engine of `folder` starts, so that `running` waits less for it. What keeps it from that `running` tells."""
    with ExitStack() as held:
        with suppress(Unavailable, OSError):
            given, folder = [package(), memory], _made(folder)
            if lock := FileLock.shared(folder / "users.lock"):
                held.enter_context(lock)
                keeper = _Keeper(folder, given)
                keeper.ensure()
        yield


@asynccontextmanager
async def passing(*, seconds: float = 60, memory: int = supervisor.MEMORY, learning: Path | None = None) -> AsyncIterator[Target]:
    """An engine without data that leaves nothing behind."""
    with TemporaryDirectory(prefix="guanxi-") as name:
        folder = Path(name)
        try:
            async with running(folder, seconds=seconds, memory=memory, learning=learning) as target:
                yield target
        finally:
            await _stopped(folder, time.monotonic() + seconds)


def is_new(folder: Path) -> bool:
    """Whether no engine has been at work in `folder` yet."""
    return not (folder / "engine.json").exists()


async def sql(target: Target, command: str) -> list[dict[str, Any]]:
    """The rows of one SQL command, over the engine's HTTP: for what it does not take in Cypher."""
    return await asyncio.to_thread(_post, target, command)


class _Keeper:
    """Sees to it that a supervisor is at work."""

    def __init__(self, folder: Path, given: Sequence[object]) -> None:
        self._folder = folder
        self._command = [sys.executable, "-P", supervisor.__file__, str(folder), *map(str, given)]
        self._process: subprocess.Popen[bytes] | None = None
        self._failures = 0

    async def ready(self, deadline: float) -> Target:
        failure: DatabaseFailure | None = None
        while time.monotonic() < deadline and not self._failures:
            self.ensure()
            if await asyncio.to_thread(_answers, self._folder):
                try:
                    target = _target(self._folder)
                    await (await Database.connect(target, statement_seconds=5)).close()
                except DatabaseFailure as error:
                    failure = error
                else:
                    return target
            await asyncio.sleep(0.02)
        raise Unavailable(f"The embedded engine in {self._folder} did not start.\n{_last_lines(self._folder)}") from failure

    async def keep(self) -> None:
        while True:
            await asyncio.sleep(min(0.25 * 2**self._failures, 30))
            # Whatever stands in the way now, a full disk or too many processes, may be gone the next time.
            with suppress(OSError):
                self.ensure()

    def ensure(self) -> None:
        if self._process and (code := self._process.poll()) is not None:
            self._failures = self._failures + 1 if code else 0
            self._process = None
        elif not self._process and (free := FileLock.shared(self._folder / "supervisor.lock")):
            free.close()
            self._process = self._started()

    def _started(self) -> subprocess.Popen[bytes]:
        log_file = self._folder / "engine.log"
        log_file.touch(0o600)
        with log_file.open("ab") as log:
            return subprocess.Popen(
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self._folder,
                env={**os.environ, "PYTHONPATH": str(_ROOT)},
                # Ctrl-C in the terminal is not for it: it ends after those who use the engine.
                start_new_session=True,
            )


def package() -> Path:
    """The folder of the engine's Python package, its Java runtime in it. Unavailable where there is none."""
    found = importlib.util.find_spec("arcadedb_embedded")
    if sys.platform == "win32" or not found or not found.origin:
        raise Unavailable("There is no embedded engine for this platform: name a Neo4j server in GUANXI_NEO4J_URI instead.")
    return Path(found.origin).parent


def _made(folder: Path) -> Path:
    try:
        folder.mkdir(0o700, parents=True, exist_ok=True)
        (folder / "users.lock").touch(0o600)
    except OSError as error:
        raise Unavailable(f"The embedded engine cannot keep its data in {folder}: {error.strerror}.") from error
    return folder.resolve()


async def _shared(folder: Path, deadline: float) -> FileLock:
    # Taken by a supervisor while it stops the engine; then a new one starts.
    while not (lock := FileLock.shared(folder / "users.lock")):
        if time.monotonic() > deadline:
            raise Unavailable(f"The embedded engine in {folder} is still stopping.")
        await asyncio.sleep(0.05)
    return lock


async def _stopped(folder: Path, deadline: float) -> None:
    while time.monotonic() < deadline:
        if lock := FileLock.exclusive(folder / "supervisor.lock"):
            lock.close()
            return
        await asyncio.sleep(0.05)


def _answers(folder: Path) -> bool:
    # Asked before the first query: the engine listens before it has made its database, and logs each query that does not find it.
    with suppress(OSError, ValueError, HTTPException):
        port = supervisor.read_state(folder)["http"]
        with _DIRECT.open(f"http://127.0.0.1:{port}/api/v1/ready", timeout=1) as answer:
            return bool(answer.status == 204)
    return False


def _target(folder: Path) -> Target:
    state = supervisor.read_state(folder)
    return Target(f"bolt://127.0.0.1:{state['bolt']}", "root", state["password"], "guanxi", "embedded", folder)


def _last_lines(folder: Path, count: int = 20) -> str:
    log = folder / "engine.log"
    return "\n".join(log.read_text(errors="replace").splitlines()[-count:]) if log.exists() else ""


def _post(target: Target, command: str) -> list[dict[str, Any]]:
    if target.folder is None:
        raise BadQuery("SQL is for the embedded engine alone")
    user = base64.b64encode(f"{target.user}:{target.password}".encode()).decode()
    try:
        request = urllib.request.Request(
            f"http://127.0.0.1:{supervisor.read_state(target.folder)['http']}/api/v1/command/{target.database}",
            json.dumps({"language": "sql", "command": command}).encode(),
            {"Content-Type": "application/json", "Authorization": f"Basic {user}"},
        )
        try:
            with _DIRECT.open(request, timeout=60) as answer:
                rows: list[dict[str, Any]] = json.load(answer)["result"]
                return rows
        except urllib.error.HTTPError as error:
            raise BadQuery(error.read().decode(errors="replace")) from error
    # An engine that ends while it answers: what came of it is cut off anywhere.
    except (OSError, HTTPException, ValueError, LookupError) as error:
        raise Unavailable(str(error)) from error
