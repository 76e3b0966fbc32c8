"""One small Neo4j server of our own, on loopback, in a folder that nobody else uses."""

from __future__ import annotations

import asyncio
import ctypes
import shlex
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from graph.database import Database, Target
from tests.neo4j.artifacts import Distribution

PASSWORD = "guanxi-tests"
SETTINGS = {
    "server.default_listen_address": "127.0.0.1",
    "server.http.enabled": "false",
    "server.https.enabled": "false",
    "dbms.usage_report.enabled": "false",
    "dbms.security.allow_csv_import_from_file_urls": "false",
    "server.memory.heap.initial_size": "128m",
    "server.memory.heap.max_size": "1g",
    # Generated documents are all different: a thousand of their plans take what there is.
    "server.memory.query_cache.per_db_cache_num_entries": "250",
    "server.memory.pagecache.size": "128m",
    "dbms.memory.transaction.total.max": "256m",
    "db.memory.transaction.max": "192m",
    "db.transaction.timeout": "60s",
    "db.tx_log.preallocate": "false",
    "db.tx_log.rotation.size": "16m",
    "db.tx_log.rotation.retention_policy": "keep_none",
    "server.jvm.additional": "-XX:+UseSerialGC",
    "internal.server.bolt.thread_pool_shutdown_wait_time": "100ms",
}


@asynccontextmanager
async def running(home: Path, distribution: Distribution, settings: Mapping[str, str] | None = None) -> AsyncIterator[Target]:
    """A fresh server in `home`, ready, stopped at the end. RuntimeError with its last log lines when it does not come up in two minutes."""
    port = _free_port()
    _furnish(home, distribution, {**_settings(distribution, port), **(settings or {})})
    target = Target(f"bolt://127.0.0.1:{port}", "neo4j", PASSWORD, "neo4j", "neo4j")
    process = _start(home, distribution)
    try:
        await _ready(process, target, home)
        async with await Database.connect(target) as database:
            await database.write(lambda transaction: transaction.run("MERGE (:GuanxiTest)"))
        yield target
    finally:
        process.terminate()
        await asyncio.to_thread(process.wait, 30)


def _settings(distribution: Distribution, port: int) -> dict[str, str]:
    address = f"127.0.0.1:{port}"
    # Without it a stop takes ten seconds; the setting changed its name.
    name, value = ("quiet_period", "0") if distribution.is_5 else ("quiet_period_duration", "0s")
    return {
        **SETTINGS,
        "server.bolt.listen_address": address,
        "server.bolt.advertised_address": address,
        f"internal.dbms.bolt.netty_server_shutdown_{name}": value,
    }


def _furnish(home: Path, distribution: Distribution, settings: Mapping[str, str]) -> None:
    for folder in ("conf", "data/dbms", "logs", "run", "plugins", "import"):
        (home / folder).mkdir(parents=True, exist_ok=True)
    (home / "lib").symlink_to(distribution.jars)
    (home / "conf/neo4j.conf").write_text("".join(f"{name}={value}\n" for name, value in settings.items()))
    shutil.copy(_password_file(home, distribution), home / "data/dbms/auth.ini")


def _password_file(home: Path, distribution: Distribution) -> Path:
    # Neo4j writes it in two seconds, so it is kept beside the jars.
    kept = distribution.jars.parent / "auth.ini"
    if not kept.exists():
        _run(home, distribution, "org.neo4j.server.startup.Neo4jAdminCommand", "dbms", "set-initial-password", PASSWORD)
        # Through a copy beside it: the two folders may be on different disks.
        copy = kept.with_name(home.name)
        shutil.copy(home / "data/dbms/auth.ini", copy)
        copy.replace(kept)
    return kept


def _start(home: Path, distribution: Distribution) -> subprocess.Popen[bytes]:
    # The command line that Neo4j would start itself: run directly, the server is our own child.
    command = _run(home, distribution, "org.neo4j.server.startup.Neo4jCommand", "console", "--dry-run").strip().splitlines()[-1]
    with (home / "logs/console.log").open("wb") as log:
        return subprocess.Popen(
            shlex.split(command),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=home,
            env=_environment(home),
            preexec_fn=_die_with_tests if sys.platform == "linux" else None,  # noqa: PLW1509
        )


def _run(home: Path, distribution: Distribution, main: str, *arguments: str) -> str:
    command: list[str | Path] = [
        distribution.java,
        "-XX:TieredStopAtLevel=1",
        "-XX:+UseSerialGC",
        "-cp",
        f"{distribution.jars}/*",
        main,
        *arguments,
    ]
    return subprocess.check_output(command, env=_environment(home), text=True, timeout=60)


def _environment(home: Path) -> dict[str, str]:
    return {"NEO4J_HOME": str(home), "NEO4J_CONF": str(home / "conf"), "PATH": "/usr/bin:/bin"}


def _die_with_tests() -> None:
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def _ready(process: subprocess.Popen[bytes], target: Target, home: Path) -> None:
    connecting = asyncio.create_task(Database.connect(target, statement_seconds=120))
    while not connecting.done():
        if process.poll() is not None:
            connecting.cancel()
            raise RuntimeError("Neo4j did not start:\n" + (home / "logs/console.log").read_text()[-3000:])
        await asyncio.sleep(0.1)
    await (await connecting).close()
