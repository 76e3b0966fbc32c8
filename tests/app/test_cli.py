"""The commands as a shell runs them: output and exit codes."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from app import cli
from app.commands import frame
from graph import embedded
from graph.database import Database, Unavailable
from graph.errors import refused
from tests.graph import given

COMMAND = Path(sys.executable).with_name("guanxi")
posix = pytest.mark.skipif(sys.platform == "win32", reason="neither FIFOs nor these signals")


SLOW_DUMP = """
import sys
from app import cli
from graph import transfer
transfer._Meter.add = lambda meter, count: (print("writing", flush=True), sys.stdin.readline())
cli.main(["dump", "all.dump"])
"""


def guanxi(*arguments: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs the command in `folder`, without settings of ours."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("GUANXI_")}
    return subprocess.run(
        [str(COMMAND), *arguments], cwd=folder, env={**clean, **environment}, capture_output=True, text=True, timeout=120, check=False
    )


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield int(listener.getsockname()[1])


def test_help_names_every_command_at_once(tmp_path: Path) -> None:
    started = time.perf_counter()
    shown = guanxi("--help", folder=tmp_path)
    assert time.perf_counter() - started < 2
    assert shown.returncode == 0
    for name in cli.COMMANDS:
        assert f"  {name} " in shown.stdout


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_every_command_has_help(name: str) -> None:
    shown = CliRunner().invoke(cli.guanxi, [name, "--help"])
    assert (shown.exit_code, shown.stderr) == (0, "")
    assert cli.COMMANDS[name][:20] in shown.stdout


@pytest.mark.parametrize("arguments", [["nothing"], ["migrate", "--forward"], ["migrate", "now"]])
def test_wrong_usage_is_2(arguments: list[str]) -> None:
    assert CliRunner().invoke(cli.guanxi, arguments).exit_code == 2


@pytest.mark.parametrize("name", ["GUANXI_PROT", "GUANXI_PORT"])
def test_wrong_settings_are_2_and_one_line(name: str, tmp_path: Path) -> None:
    wrong = guanxi("migrate", folder=tmp_path, **{name: "x"})
    assert wrong.returncode == 2
    assert wrong.stderr.startswith(f"Error: {name}: ")
    assert wrong.stderr.count("\n") == 1
    assert not (tmp_path / "var").exists()


@pytest.mark.parametrize(
    ("failure", "shown"),
    [
        (Unavailable("nobody at home"), "nobody at home"),
        (refused("a rule", "规则"), "a rule"),
        (FileNotFoundError(2, "No such file or directory", "people.csv"), "No such file or directory: people.csv"),
    ],
)
def test_what_goes_wrong_in_the_world_is_one_line(failure: Exception, shown: str) -> None:
    async def work() -> None:
        raise failure

    with pytest.raises(click.ClickException) as raised:
        frame.run(work())
    assert (raised.value.message, raised.value.exit_code) == (shown, 1)


async def test_migrate_then_check(tmp_path: Path) -> None:
    async with embedded.running(tmp_path / "var"):
        await asyncio.to_thread(migrate_then_check, tmp_path)


def migrate_then_check(tmp_path: Path) -> None:
    before = guanxi("migrate", "--check", folder=tmp_path)
    assert before.returncode == 1
    assert before.stdout.splitlines()[0].startswith("V001__")
    ill = guanxi("doctor", folder=tmp_path, GUANXI_PORT="0")
    assert (ill.returncode, ill.stdout.splitlines()[-1]) == (1, "1 problem."), ill.stdout
    assert "migrations are pending: V001__" in ill.stdout
    assert "→ guanxi migrate" in ill.stdout
    done = guanxi("migrate", folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    after = guanxi("migrate", "--check", folder=tmp_path)
    assert (after.returncode, after.stdout) == (0, "")
    well = guanxi("doctor", folder=tmp_path, GUANXI_PORT="0")
    assert (well.returncode, well.stdout.splitlines()[-1]) == (0, "All is well."), well.stdout


async def test_dump_load_rebuild(tmp_path: Path) -> None:
    # Held here, so that the commands join the engines and need not start them.
    async with embedded.running(tmp_path / "one"), embedded.running(tmp_path / "two"):
        await asyncio.to_thread(dump_load_rebuild, tmp_path)


def dump_load_rebuild(tmp_path: Path) -> None:
    rebuilt = guanxi("rebuild", "--data", "one", folder=tmp_path)
    assert (rebuilt.returncode, rebuilt.stdout.splitlines()[0]) == (0, "Looked at 0 people and 1 parties.")
    dumped = guanxi("dump", "all.dump", "--data", "one", folder=tmp_path)
    assert (dumped.returncode, "are in all.dump" in dumped.stdout, "dump: 100%" in dumped.stderr) == (0, True, True)
    refused = guanxi("dump", "all.dump", "--data", "one", folder=tmp_path)
    assert (refused.returncode, refused.stderr) == (2, "Error: all.dump exists already; --force overwrites it\n")
    assert guanxi("dump", "all.dump", "--force", "--data", "one", folder=tmp_path).returncode == 0
    loaded = guanxi("load", "all.dump", "--data", "two", folder=tmp_path)
    assert (loaded.returncode, loaded.stdout.partition(" came")[0]) == (0, dumped.stdout.partition(" are")[0])
    again = guanxi("load", "all.dump", "--data", "two", folder=tmp_path)
    assert (again.returncode, again.stderr.count("\n")) == (1, 1)
    (tmp_path / "other").write_text("no dump")
    assert guanxi("load", "other", "--data", "two", folder=tmp_path).returncode == 1
    assert guanxi("load", "nowhere", "--data", "two", folder=tmp_path).returncode == 2


@posix
def test_a_dump_goes_to_no_folder_and_no_special_file(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "fifo")
    for name in ("folder", "fifo"):
        refused = guanxi("dump", name, "--force", folder=tmp_path)
        said = f"Error: {name} is no regular file, and is left as it is; give another path\n"
        assert (refused.returncode, refused.stderr) == (2, said)
    assert (tmp_path / "fifo").is_fifo()
    assert {path.name for path in tmp_path.iterdir()} == {"folder", "fifo"}


@pytest.fixture
def silent() -> Iterator[socket.socket]:
    """Takes connections, and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(30)
        yield listener


@posix
@pytest.mark.parametrize(
    ("number", "ignored", "code"), [(signal.SIGINT, "", 1), (signal.SIGTERM, "", 143), (signal.SIGTERM, "trap '' INT;", 143)]
)
def test_a_command_that_is_stopped_says_so(number: int, ignored: str, code: int, silent: socket.socket, tmp_path: Path) -> None:
    settings = {"GUANXI_NEO4J_URI": f"bolt://127.0.0.1:{silent.getsockname()[1]}"}
    shell = ["sh", "-c", f'{ignored} exec "$0" migrate', str(COMMAND)]
    with subprocess.Popen(shell, cwd=tmp_path, env=os.environ | settings, stderr=subprocess.PIPE, text=True) as child:
        connection, _ = silent.accept()
        with connection:
            child.send_signal(number)
            _, said = child.communicate(timeout=20)
    assert (child.returncode, said.splitlines()[-1], "Traceback" in said) == (code, "Stopped.", False)


@posix
def test_a_command_that_is_stopped_before_it_began_its_work_says_so(tmp_path: Path) -> None:
    program = "import signal; from app import cli; cli.keyword.iskeyword = lambda name: signal.raise_signal(15)"
    stopped = subprocess.run(
        [sys.executable, "-c", f"{program}; cli.main(['migrate'])"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (stopped.returncode, stopped.stderr) == (143, "Stopped.\n")


@posix
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 1), (signal.SIGTERM, 143)])
async def test_a_dump_that_is_stopped_leaves_nothing(number: int, code: int, tmp_path: Path) -> None:
    async with embedded.running(tmp_path / "var") as target, await Database.connect(target) as database:
        await given.run(database, "CREATE (:Probe)")
        await asyncio.to_thread(stop_a_dump, number, code, tmp_path)
    assert os.listdir(tmp_path) == ["var"]


def stop_a_dump(number: int, code: int, folder: Path) -> None:
    program = [sys.executable, "-c", SLOW_DUMP]
    with subprocess.Popen(program, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as child:
        assert child.stdout
        assert child.stdout.readline() == "writing\n"
        assert any(path.suffix == ".part" for path in folder.iterdir())
        child.send_signal(number)
        _, said = child.communicate(timeout=60)
    assert (child.returncode, said.splitlines()[-1]) == (code, "Stopped.")


def test_doctor_finds_what_is_not_well(tmp_path: Path, taken: int) -> None:
    ill = guanxi("doctor", "--data", "new", folder=tmp_path, GUANXI_PORT=str(taken))
    assert ill.returncode == 1
    assert ill.stdout.count("cannot listen on 127.0.0.1") == ill.stdout.count("→ choose another port") == 1
    assert ill.stdout.splitlines()[-1] == "1 problem."


def test_doctor_tries_the_engine_and_makes_nothing_where_there_is_nothing(tmp_path: Path) -> None:
    well = guanxi("doctor", "--data", "new", folder=tmp_path, GUANXI_PORT="0", TMPDIR=str(tmp_path))
    assert (well.returncode, well.stdout.splitlines()[-1]) == (0, "All is well."), well.stdout
    assert "the embedded engine answers at bolt://" in well.stdout
    assert f"there is nothing in {tmp_path / 'new'} yet" in well.stdout
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "place", ["file/data", pytest.param("/proc/data", marks=pytest.mark.skipif(sys.platform != "linux", reason="no /proc"))]
)
def test_doctor_tries_to_write_where_the_data_is_to_be(place: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    ill = guanxi("doctor", "--data", place, folder=tmp_path, GUANXI_PORT="0")
    assert ill.returncode == 1
    assert f"{place} cannot be written" in ill.stdout
    assert ill.stdout.splitlines()[-1] == "1 problem."


def test_check_makes_nothing(tmp_path: Path) -> None:
    new = guanxi("migrate", "--check", "--data", "new", folder=tmp_path)
    assert (new.returncode, new.stdout.splitlines()[0].startswith("V001__")) == (1, True)
    assert list(tmp_path.iterdir()) == []


def test_doctor_prepares_the_engines_ahead_as_far_as_it_can(tmp_path: Path) -> None:
    package = tmp_path / "packages/arcadedb_embedded"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    warmed = guanxi("doctor", "--warm", folder=tmp_path, PYTHONPATH=str(package.parent))
    assert warmed.returncode == 0
    assert warmed.stdout.startswith("compiling: rows\n")
    assert warmed.stdout.endswith("\nkeeping the classes of the embedded engine\n")
    assert "not kept, so that it starts more slowly: The embedded engine in " in warmed.stderr
    assert [file.name for file in package.iterdir()] == ["__init__.py"]
    assert list(tmp_path.iterdir()) == [package.parent]


def test_doctor_says_which_settings_lead_to_a_server_that_is_not_there(tmp_path: Path) -> None:
    ill = guanxi("doctor", folder=tmp_path, GUANXI_NEO4J_URI="bolt://127.0.0.1:1", GUANXI_PORT="0")
    assert ill.returncode == 1
    assert "GUANXI_NEO4J_URI" in ill.stdout
    assert "Traceback" not in ill.stderr


@pytest.mark.parametrize("command", ["dump all.gz", "rebuild", "analyse influence", "plot 1"])
def test_what_needs_data_says_where_there_are_none_and_makes_no_folder(command: str, tmp_path: Path) -> None:
    refused = guanxi(*command.split(), folder=tmp_path)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert f"there is nothing in {tmp_path / 'var'} yet: name another folder by --data or GUANXI_DATA" in refused.stderr
    assert not list(tmp_path.iterdir())
