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
from tests.conftest import OPTIONS
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
    package = embedded.package()
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
        assert supervisor.main(folder, embedded.package()) == 1


def test_a_port_is_kept_unless_it_is_taken() -> None:
    port = supervisor._port(None)
    assert 20000 <= port < 32000
    assert supervisor._port(port) == port


def test_an_engine_chokes_that_collects_for_more_than_half_of_the_time(tmp_path: Path) -> None:
    log = tmp_path / "collections.log"
    assert not supervisor.chokes(log, 100)
    young = "[{at:.3f}s] GC(7) Pause Young (Allocation Failure) 700M->690M(742M) 900.000ms\n"
    full = "[{at:.3f}s] GC(8) Pause Full (Ergonomics) 742M->741M(742M) 2400.125ms\n"
    log.write_text("".join(young.format(at=at) + full.format(at=at + 0.5) for at in range(70, 88, 3)))
    assert not supervisor.chokes(log, 100)
    with log.open("a") as more:
        more.write(full.format(at=90))
    assert supervisor.chokes(log, 100)
    # What was long ago, or is still being written, does not count.
    assert not supervisor.chokes(log, 102)
    log.write_text(full.format(at=90).rstrip().removesuffix("ms") * 20)
    assert not supervisor.chokes(log, 100)


def test_what_chokes_is_left_for_another_start(folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / "collections.log").write_text("[1.000s] GC(8) Pause Full (Ergonomics) 742M->741M(742M) 16000.125ms\n")
    user = FileLock.shared(folder / "users.lock")
    assert user
    with user, subprocess.Popen(["sleep", "60"]) as java:
        try:
            assert supervisor._watched(folder, java) is False
            assert java.poll() is None
        finally:
            java.kill()
    assert "begins anew" in (folder / "engine.log").read_text()


async def test_the_engine_logs_its_collections_as_they_are_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # One that reads all classes anew needs a full collection before it is there.
    monkeypatch.setenv(OPTIONS, "-XX:AOTMode=off")
    async with embedded.running(folder):
        assert supervisor._FULL.search((folder / "collections.log").read_bytes())
