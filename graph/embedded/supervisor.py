"""Owns the engine's Java process: starts it, restarts it when it is killed or chokes, and stops it once nobody uses the folder.

A program of its own (`supervisor.py FOLDER PACKAGE MEGABYTES`), small, on the standard library alone: it outlives whoever started it. It
ends with 0 when nobody is left or another supervisor is at work, and with 1 when the engine will not stay up.
"""

from __future__ import annotations

import ctypes
import json
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from graph.locks import FileLock

MEMORY = 768
"""Megabytes that an engine has for its objects."""

_LOG_BYTES = 1_000_000
_WINDOW = 30.0
_FULL = re.compile(rb"^\[([\d.]+)s\].* Pause Full .* ([\d.]+)ms$", re.MULTILINE)
_LOGGING = """handlers=java.util.logging.ConsoleHandler
.level=WARNING
java.util.logging.ConsoleHandler.level=WARNING
com.arcadedb.bolt.level=SEVERE
com.arcadedb.query.polyglot.level=SEVERE
"""


def read_state(folder: Path) -> dict[str, Any]:
    """Where the engine listens, and its password: `{"bolt": int, "http": int, "password": str}`. FileNotFoundError before a first start."""
    state: dict[str, Any] = json.loads((folder / "engine.json").read_text())
    return state


def classes(package: Path) -> Path:
    """Where the engine's classes are kept as Java has them in memory once it runs: with them it starts in half the time."""
    return package / "classes.aot"


def main(folder: Path, package: Path, memory: int = MEMORY, learning: Path | None = None) -> int:
    """Exit code. The classes of an engine that ends are written to `learning`."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    lock = _alone(folder)
    if lock is None:
        return 0
    with lock:
        failures = 0
        while failures < 3:
            started = time.monotonic()
            with _engine(folder, package, memory, learning) as java:
                # Its classes are written while it ends.
                if _watched(folder, java, 120 if learning else 20):
                    return 0
            # A signal is somebody else's doing; an exit of its own, right after the start, is likely to happen again.
            failures = failures + 1 if java.returncode > 0 and time.monotonic() - started < 10 else 0
    return 1


def _alone(folder: Path) -> FileLock | None:
    # More than one try: others look whether a supervisor is there by sharing its lock for a moment.
    for _ in range(20):
        if lock := FileLock.exclusive(folder / "supervisor.lock"):
            return lock
        time.sleep(0.01)
    return None


def _watched(folder: Path, java: subprocess.Popen[bytes], grace: float = 20) -> bool:
    """Waits until nobody uses the folder (True, and the engine is stopped) or the engine ended by itself or chokes (False)."""
    started = checked = time.monotonic()
    while java.poll() is None:
        if users := FileLock.exclusive(folder / "users.lock"):
            with users:
                _stop(java, grace)
            return True
        now = time.monotonic()
        if now - checked > 1:
            checked = now
            if chokes(folder / "collections.log", now - started):
                with (folder / "engine.log").open("a") as log:
                    log.write("The engine did little but collect what freed nothing, so it begins anew.\n")
                return False
        time.sleep(0.1)
    return False


def chokes(collections: Path, uptime: float) -> bool:
    """Whether the engine spent more than half of the last half minute in full collections, as its log of them tells.

    Its parser remembers ways through its grammar for every new statement, and never forgets one: after many thousand different statements
    no memory is left. Every collection still frees a little, so that the engine never gives up by itself.
    """
    try:
        with collections.open("rb") as file:
            file.seek(max(0, collections.stat().st_size - 65_536))
            found = _FULL.findall(file.read())
    except FileNotFoundError:
        return False
    return sum(float(took) for at, took in found if float(at) > uptime - _WINDOW) > _WINDOW * 1000 / 2


@contextmanager
def _engine(folder: Path, package: Path, memory: int, learning: Path | None) -> Iterator[subprocess.Popen[bytes]]:
    log = folder / "engine.log"
    if log.exists() and log.stat().st_size > _LOG_BYTES:
        log.replace(folder / "engine.log.1")
    with log.open("ab") as output:
        java = subprocess.Popen(
            _command(folder, package, _prepared(folder), memory, learning),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=folder,
            preexec_fn=partial(_die_with, os.getpid()) if sys.platform == "linux" else None,  # noqa: PLW1509 (this program has one thread)
        )
    guard = None if sys.platform == "linux" else guarded(java.pid)
    try:
        yield java
    finally:
        # Not asked to stop: while it does, it answers those who still use it with errors that make no sense.
        java.kill()
        java.wait()
        if guard:
            guard.kill()
            guard.wait()


def _die_with(parent: int) -> None:
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def guarded(pid: int) -> subprocess.Popen[bytes]:
    """Kills `pid` when this process ends, however it ends: for systems whose kernel cannot."""
    return subprocess.Popen(["/bin/sh", "-c", 'read _; kill -9 "$0"', str(pid)], stdin=subprocess.PIPE, start_new_session=True)


def _stop(java: subprocess.Popen[bytes], grace: float) -> None:
    java.terminate()
    try:
        java.wait(grace)
    except subprocess.TimeoutExpired:
        java.kill()
        java.wait()


def _prepared(folder: Path) -> dict[str, Any]:
    state: dict[str, Any]
    try:
        state = read_state(folder)
    except (FileNotFoundError, ValueError):
        state = {"password": secrets.token_urlsafe(24)}
        # The engine asks for a password at its first start alone; without this it would keep one that nobody knows.
        (folder / "engine/config/server-users.jsonl").unlink(missing_ok=True)
    for name in ("bolt", "http"):
        state[name] = _port(state.get(name))
    _write_private(folder / "engine.password", state["password"])
    _write_private(folder / "engine.json", json.dumps(state))
    (folder / "logging.properties").write_text(_LOGGING)
    # What an earlier version or another umask left open is closed with the folder.
    (folder / "engine").mkdir(exist_ok=True)
    (folder / "engine").chmod(0o700)
    return state


def _port(before: int | None) -> int:
    """The same port as before, if it can be had: then whoever is connected finds the engine again after a restart."""
    for _ in range(20 if before else 0):
        if before and _free(before):
            return before
        time.sleep(0.05)
    # Below the range from which the kernel takes ports for outgoing connections, so that none of those sits here after a restart.
    return next(port for port in iter(lambda: 20000 + secrets.randbelow(12000), None) if _free(port))


def _free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def _write_private(path: Path, text: str) -> None:
    draft = path.with_suffix(path.suffix + ".new")
    draft.unlink(missing_ok=True)
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    draft.replace(path)


def _command(folder: Path, package: Path, state: dict[str, Any], memory: int, learning: Path | None) -> list[str]:
    return [
        str(package / "jre/bin/java"),
        # All of it at once: grown bit by bit, the heap is collected a third more often while a large network is read.
        f"-Xms{memory}m",
        f"-Xmx{memory}m",
        # Java does without those that are not there, or of another version; that is nothing to tell.
        f"-XX:AOTCacheOutput={learning}" if learning else f"-XX:AOTCache={classes(package)}",
        "-Xlog:aot=off",
        "-XX:+UseParallelGC",
        "-XX:+ExitOnOutOfMemoryError",
        # In the folder, where the process is at home: a path may hold a colon.
        "-Xlog:gc:file=collections.log:uptime:filecount=1,filesize=1M",
        "-Duser.timezone=UTC",
        "-Dfile.encoding=UTF8",
        "-Djava.awt.headless=true",
        f"-Djava.util.logging.config.file={folder / 'logging.properties'}",
        "-Dpolyglot.engine.WarnInterpreterOnly=false",
        "--add-modules=jdk.incubator.vector",
        "--enable-native-access=ALL-UNNAMED",
        "--sun-misc-unsafe-memory-access=allow",
        "--add-opens=java.base/java.util.concurrent.atomic=ALL-UNNAMED",
        "--add-opens=java.base/java.nio.channels.spi=ALL-UNNAMED",
        "--add-opens=java.base/java.lang=ALL-UNNAMED",
        *(f"-Darcadedb.{name}={value}" for name, value in _settings(folder, state).items()),
        # In an order that a copy of the package has, too: the classes that are kept hang on it.
        "-cp",
        ":".join(map(str, sorted((package / "jars").glob("*.jar")))),
        "com.arcadedb.server.ArcadeDBServer",
    ]


def _settings(folder: Path, state: dict[str, Any]) -> dict[str, object]:
    return {
        "server.rootPath": folder / "engine",
        "server.logsDirectory": folder / "engine/log",
        "server.rootPasswordPath": folder / "engine.password",
        "server.plugins": "Bolt:com.arcadedb.bolt.BoltProtocolPlugin",
        # In production mode an error would not say what it is about.
        "server.mode": "development",
        "server.defaultDatabases": "guanxi[root]",
        "server.httpIncomingHost": "127.0.0.1",
        "server.httpIncomingPort": state["http"],
        "bolt.host": "127.0.0.1",
        "bolt.port": state["bolt"],
        "bolt.maxMessageSize": 1 << 28,
        # Every commit is on its way to the disk before it is acknowledged; by default none is.
        "txWalFlush": 1,
        # Every commit copies whole pages of the indexes that it changes; with those of 256 KB, the default, that was a third of its work.
        "indexDefaultPageSize": 1 << 16,
        "command.timeout": 300_000,
        # What one statement sorts or collects; the bytes it may take are bounded besides.
        "queryMaxHeapElementsAllowedPerOp": 5_000_000,
        "opencypher.loadCsv.allowFileUrls": "false",
        "opencypher.loadCsv.allowRemoteUrls": "false",
    }


if __name__ == "__main__":
    # Everything that it and its engine write is people's data: for the owner alone.
    os.umask(0o077)
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), *map(Path, sys.argv[4:])))
