"""The set-up of `.venv`: when it is trusted, and when it has to be made anew."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tools import environment


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose environment is complete."""
    for name in ("requirements.lock", "requirements-dev.lock", "pyproject.toml"):
        (tmp_path / name).write_text(name)
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / ".venv"], check=True)
    for name, value in {
        "ROOT": tmp_path,
        "CACHE": tmp_path / ".cache",
        "VENV": tmp_path / ".venv",
        "STAMP": tmp_path / ".venv/guanxi.json",
    }.items():
        monkeypatch.setattr(environment, name, value)
    monkeypatch.setattr(environment, "BIN", tmp_path / ".venv" / environment.BIN.name)
    monkeypatch.setattr(environment, "PYTHON", environment.BIN / environment.PYTHON.name)
    (environment.BIN / "guanxi").touch()
    site = next((tmp_path / ".venv").glob("lib/python*/site-packages"), tmp_path / ".venv/Lib/site-packages")
    (site / "pip.py").touch()
    environment.write_stamp("dev")
    return tmp_path


def test_what_is_complete_is_left_alone(place: Path) -> None:
    assert environment.is_ready("run")
    assert environment.is_ready("dev")
    assert environment.main("dev") == 0


def test_what_runs_may_lack_what_develops(place: Path) -> None:
    environment.write_stamp("run")
    assert environment.is_ready("run")
    assert not environment.is_ready("dev")


@pytest.mark.parametrize("file", ["requirements.lock", "pyproject.toml"])
def test_a_changed_file_asks_for_a_set_up(place: Path, file: str) -> None:
    (place / file).write_text("changed")
    assert not environment.is_ready("run")


def test_a_set_up_that_was_cut_off_is_not_trusted(place: Path) -> None:
    environment.STAMP.unlink()
    assert not environment.is_ready("run")
    environment.STAMP.write_text('{"place": "/so')
    assert not environment.is_ready("run")


def test_an_interpreter_that_is_gone_is_not_trusted(place: Path) -> None:
    environment.PYTHON.unlink()
    assert not environment.is_ready("run")


def test_a_command_that_is_gone_is_not_trusted(place: Path) -> None:
    (environment.BIN / "guanxi").unlink()
    assert not environment.is_ready("run")


def test_a_folder_that_was_moved_is_not_trusted(place: Path) -> None:
    stamp = json.loads(environment.STAMP.read_text())
    environment.STAMP.write_text(json.dumps(stamp | {"place": "/elsewhere/.venv"}))
    assert not environment.is_ready("run")


def test_the_locks_have_hashes_and_name_no_host() -> None:
    for name in environment.LOCKS.values():
        text = (Path(__file__).parents[1] / name).read_text()
        assert "--hash=sha256:" in text
        assert "://" not in text
        assert "index-url" not in text
        assert all("==" in line for line in text.splitlines() if line and not line.startswith((" ", "#")))


def test_what_develops_agrees_with_what_runs() -> None:
    run, dev = (pinned(Path(__file__).parents[1] / environment.LOCKS[level]) for level in ("run", "dev"))
    assert run.items() <= dev.items()


def pinned(lock: Path) -> dict[str, str]:
    lines = [line.split(" ")[0].split("==") for line in lock.read_text().splitlines() if "==" in line and not line.startswith((" ", "#"))]
    return {line[0]: line[1] for line in lines}


@pytest.mark.parametrize(("library", "fits"), [("glibc 2.34", True), ("glibc 2.5", False), ("glibc 3.0.1", True), (" ", False)])
def test_a_machine_too_old_for_the_embedded_engine_is_known(library: str, fits: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr("platform.libc_ver", lambda: tuple(library.split(" ")))
    assert environment.has_engine() is fits


def test_there_all_but_the_engine_is_installed() -> None:
    for name in environment.LOCKS.values():
        lock = (Path(__file__).parents[1] / name).read_text()
        left = environment.without_engine(lock)
        packages, remaining = [{line for line in text.splitlines() if "==" in line} for text in (lock, left)]
        assert {line.partition("==")[0] for line in packages - remaining} == {"arcadedb-embedded"}
        assert lock.count("--hash") - left.count("--hash") >= 4


def test_a_set_up_without_the_engine_says_so(place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    (place / "requirements.lock").write_text(
        "arcadedb-embedded==1 \\\n    --hash=sha256:1\n    # via guanxi\nneo4j==6 \\\n    --hash=sha256:2\n"
    )
    steps: list[list[str]] = []

    def run(step: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        steps.append(step)
        return subprocess.CompletedProcess(step, 0)

    monkeypatch.setattr(environment, "has_engine", lambda: False)
    monkeypatch.setattr(environment, "starts", lambda: True)
    monkeypatch.setattr("subprocess.run", run)
    assert environment.main("run") == 0
    lock = next(step[step.index("-r") + 1] for step in steps if "-r" in step)
    assert Path(lock).read_text() == "neo4j==6 \\\n    --hash=sha256:2\n"
    assert "GUANXI_NEO4J_URI" in capsys.readouterr().err


def test_an_engine_that_is_new_has_its_classes_kept_once(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = next((place / ".venv").glob("lib/python*/site-packages")) / "arcadedb_embedded"
    package.mkdir()
    (place / "requirements.lock").write_text("neo4j==6 \\\n    --hash=sha256:2\n")
    steps: list[list[str]] = []

    def run(step: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        steps.append(step)
        if step[-1] == "graph.embedded.warm":
            assert environment.is_ready("run"), "what is interrupted here need not be installed again"
            (package / "classes.aot").touch()
        return subprocess.CompletedProcess(step, 0)

    monkeypatch.setattr(environment, "starts", lambda: True)
    monkeypatch.setattr("subprocess.run", run)
    (package / "classes.aot").write_text("of the version before")
    assert environment.main("run") == 0
    assert steps[-1][1:] == ["-m", "graph.embedded.warm"]
    assert (package / "classes.aot").read_text() == ""
    steps.clear()
    assert environment.main("run") == 0
    assert steps == []
