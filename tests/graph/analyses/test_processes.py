from __future__ import annotations

import os
import socket
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from graph.analyses import processes

NOW = datetime(2026, 7, 1, tzinfo=UTC)
HERE = socket.gethostname()


def is_alive(process: str, silent: timedelta = timedelta(seconds=1)) -> bool:
    return processes.is_alive(process, (NOW - silent).isoformat(), NOW)


def test_this_process_is_alive_as_long_as_it_gives_signs() -> None:
    assert is_alive(processes.this())
    assert not is_alive(processes.this(), timedelta(minutes=2))


def test_an_earlier_process_with_our_number_is_dead() -> None:
    assert not is_alive(f"{HERE}|{os.getpid()}|earlier")


@pytest.mark.skipif(sys.platform == "win32", reason="no signal 0")
def test_a_process_that_ended_is_dead_and_others_are_alive() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other:
        assert is_alive(f"{HERE}|{other.pid}|token")
        other.communicate(b"\n")
    assert not is_alive(f"{HERE}|{other.pid}|token")
    # Number 1 is somebody else's, or ours to signal: there in any case.
    assert is_alive(f"{HERE}|1|token")


@pytest.mark.skipif(sys.platform != "linux", reason="no /proc")
@pytest.mark.parametrize("name", ["plain", "a) S (b"])
def test_a_killed_process_that_nobody_has_waited_for_is_dead(name: str, tmp_path: Path) -> None:
    program = tmp_path / name
    program.symlink_to(sys.executable)
    with subprocess.Popen([program, "-c", "input()"], stdin=subprocess.PIPE) as other:
        assert is_alive(f"{HERE}|{other.pid}|token")
        other.kill()
        # It waits for the end, and leaves it to be asked for.
        os.waitid(os.P_PID, other.pid, os.WEXITED | os.WNOWAIT)
        assert not is_alive(f"{HERE}|{other.pid}|token")


def test_of_another_machine_only_its_signs_are_known() -> None:
    assert is_alive("elsewhere|1|token")
    assert not is_alive("elsewhere|1|token", timedelta(minutes=3))
