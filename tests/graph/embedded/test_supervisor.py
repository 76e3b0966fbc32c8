"""The supervisor by itself."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from graph import embedded
from graph.embedded import supervisor
from graph.locks import FileLock
from tests.graph.embedded import given


def test_a_guard_kills_where_the_kernel_does_not() -> None:
    program = """
import subprocess, sys, time
from graph.embedded.supervisor import guarded
child = subprocess.Popen(["sleep", "60"])
guarded(child.pid)
print(child.pid, flush=True)
time.sleep(60)
"""
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout
        child = int(parent.stdout.readline())
        parent.kill()
    for _ in range(100):
        if not subprocess.run(["ps", "-o", "pid=", "-p", str(child)], capture_output=True, check=False).stdout.strip():
            return
        time.sleep(0.05)
    pytest.fail("the child outlived its parent")


@pytest.fixture
def signals() -> Iterator[None]:
    before = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, before)


def test_a_supervisor_ends_well_when_nobody_is_there_or_another_is_at_work(folder: Path, signals: None) -> None:
    package = embedded._package()
    embedded._made(folder)
    assert supervisor.main(folder, package) == 0
    assert not given.processes(folder)
    with (folder / "engine.log").open("a") as log:
        log.write("x" * 1_000_001)
    assert supervisor.main(folder, package) == 0
    assert (folder / "engine.log.1").exists()
    assert (folder / "engine.log").stat().st_size < 10_000
    another = FileLock.exclusive(folder / "supervisor.lock")
    assert another
    with another:
        assert supervisor.main(folder, package) == 0


def test_a_supervisor_gives_up_an_engine_that_does_not_stay(folder: Path, signals: None) -> None:
    (folder / "engine").mkdir(parents=True)
    (folder / "engine/databases").write_text("not a folder")
    user = FileLock.shared(folder / "users.lock")
    assert user
    with user:
        assert supervisor.main(folder, embedded._package()) == 1


def test_a_port_is_kept_unless_it_is_taken() -> None:
    port = supervisor._port(None)
    assert 20000 <= port < 32000
    assert supervisor._port(port) == port
