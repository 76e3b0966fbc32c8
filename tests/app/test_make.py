"""What `make run` gives to the command."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.skipif(not shutil.which("make"), reason="make is not here")
@pytest.mark.parametrize(
    ("given", "flags"),
    [
        ([], []),
        (["PORT=9000"], ["--port", "9000"]),
        (["DATA=/some where"], ["--data", '"/some', 'where"']),
        (["PORT=9000", "DATA=x"], ["--port", "9000", "--data", "x"]),
    ],
)
def test_port_and_folder_are_flags_only_when_given(given: list[str], flags: list[str]) -> None:
    clean = {name: value for name, value in os.environ.items() if name not in ("PORT", "DATA", "MAKEFLAGS")}
    shown = subprocess.run(["make", "-n", "run", *given], cwd=ROOT, env=clean, capture_output=True, text=True, check=True).stdout
    (line,) = [line for line in shown.splitlines() if "guanxi serve" in line]
    assert line.split("--demo")[1].replace('"x"', "x").split() == flags
