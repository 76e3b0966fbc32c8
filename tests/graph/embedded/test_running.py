"""What an engine gives, to whom, and why it may not start."""

from __future__ import annotations

import asyncio
import json
import os
import stat
import sys
import time
from pathlib import Path

import pytest

from graph import embedded
from graph.database import BadQuery, Database, Target, Unavailable
from graph.locks import FileLock
from tests.graph.embedded import given


async def test_data_outlives_the_engine_and_a_lost_password(folder: Path) -> None:
    async with embedded.running(folder) as target, await Database.connect(target) as database:
        await given.create(database, 1)
        first = given.java(folder)
    await given.nothing_is_left(folder)
    (folder / "engine.json").write_text("torn")
    async with embedded.running(folder) as target, await Database.connect(target) as database:
        assert await given.ids(database) == ["1"]
        assert given.java(folder) != first


async def test_one_that_was_started_ahead_is_joined_and_ends_with_its_user(folder: Path) -> None:
    with embedded.ahead(folder, memory=300):
        await given.until(lambda: any("ArcadeDBServer" in arguments for arguments in given.processes(folder).values()))
        begun = given.java(folder)
        async with embedded.running(folder) as target, await Database.connect(target) as database:
            await given.create(database, 1)
            assert given.java(folder) == begun
            assert " -Xmx300m " in given.processes(folder)[begun]
    await given.nothing_is_left(folder)


async def test_one_that_was_started_ahead_ends_with_who_did_not_wait_for_it(folder: Path) -> None:
    with embedded.ahead(folder):
        await given.until(lambda: bool(given.processes(folder)))
    await given.nothing_is_left(folder)


async def test_what_keeps_one_from_starting_ahead_is_told_by_who_needs_it(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with embedded.ahead(tmp_path / "file"), pytest.raises(Unavailable, match="cannot keep its data in .*file"):
        async with embedded.running(tmp_path / "file"):
            pass


async def test_its_memory_is_what_whoever_starts_it_gives_it(folder: Path) -> None:
    async with embedded.running(folder, memory=300):
        assert " -Xmx300m " in given.processes(folder)[given.java(folder)]
        async with embedded.running(folder, memory=400):
            assert " -Xmx300m " in given.processes(folder)[given.java(folder)]


async def test_only_its_owner_on_this_machine_gets_in(folder: Path) -> None:
    async with embedded.running(folder) as target:
        for name in ("engine.json", "engine.password"):
            assert stat.S_IMODE((folder / name).stat().st_mode) == 0o600
        assert len(target.password) >= 32
        assert not any(target.password in arguments for arguments in given.processes(folder).values())
        with pytest.raises(Unavailable):
            await Database.connect(Target(target.uri, "root", "guess", target.database, "embedded"), statement_seconds=5)
        if sys.platform == "linux":
            assert _listening(given.java(folder)) == {"127.0.0.1"}
    assert len((folder / "engine.log").read_text().splitlines()) < 10


async def test_all_that_is_written_is_for_the_owner_alone(folder: Path) -> None:
    (folder / "engine").mkdir(parents=True)
    async with embedded.running(folder) as target, await Database.connect(target) as database:
        await given.create(database, 1)
        written = _modes(folder)
    assert any("databases/guanxi" in name for name in written)
    # The folder itself is ours to close only where we made it.
    assert [name for name, mode in written.items() if mode & 0o077] == []
    async with embedded.running(folder.parent / "new"):
        assert stat.S_IMODE((folder.parent / "new").stat().st_mode) == 0o700


def _modes(folder: Path) -> dict[str, int]:
    return {str(path): stat.S_IMODE(path.stat().st_mode) for path in folder.rglob("*")}


def _listening(pid: int) -> set[str]:
    links = [os.readlink(link) for link in Path(f"/proc/{pid}/fd").iterdir()]
    addresses = set()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and f"socket:[{fields[9]}]" in links:
                last = fields[1].split(":")[0][-8:]
                addresses.add(".".join(str(byte) for byte in reversed(bytes.fromhex(last))))
    return addresses


async def test_a_start_that_fails_shows_the_last_log_lines(folder: Path) -> None:
    (folder / "engine").mkdir(parents=True)
    (folder / "engine/databases").write_text("not a folder")
    started = time.monotonic()
    with pytest.raises(Unavailable, match=r"(?s)did not start.*ConfigurationException.*is not a directory"):
        async with embedded.running(folder, seconds=30):
            pass
    assert time.monotonic() - started < 20
    await given.nothing_is_left(folder)


async def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Unavailable, match="cannot keep its data in .*file/data"):
        async with embedded.running(tmp_path / "file/data"):
            pass


async def test_a_folder_whose_engine_does_not_let_go_is_named(folder: Path) -> None:
    embedded._made(folder)
    stopping = FileLock.exclusive(folder / "users.lock")
    assert stopping
    with stopping, pytest.raises(Unavailable, match="still stopping"):
        async with embedded.running(folder, seconds=0.2):
            pass


async def test_without_a_wheel_it_points_to_neo4j(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "arcadedb_embedded", None)
    with pytest.raises(Unavailable, match="GUANXI_NEO4J_URI"):
        async with embedded.running(folder):
            pass


async def test_sql_answers_rows_and_says_what_is_wrong(folder: Path) -> None:
    async with embedded.running(folder) as target:
        assert await embedded.sql(target, "SELECT 1 + 1 AS two") == [{"two": 2}]
        with pytest.raises(BadQuery):
            await embedded.sql(target, "SELECT FROM WHERE")
    await given.nothing_is_left(folder)
    with pytest.raises(Unavailable):
        await embedded.sql(target, "SELECT 1")
    with pytest.raises(BadQuery, match="embedded engine alone"):
        await embedded.sql(Target("bolt://127.0.0.1:1", "", "", "neo4j", "neo4j"), "SELECT 1")


async def test_no_proxy_stands_between(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    async with embedded.running(folder) as target:
        assert await embedded.sql(target, "SELECT 1 + 1 AS two") == [{"two": 2}]


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1",
        b"nonsense\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\n\r\n{",
        b"HTTP/1.1 500 X\r\nContent-Length: 99\r\n\r\n{",
    ],
)
async def test_an_answer_that_breaks_off_is_none(folder: Path, answer: bytes) -> None:
    async def half(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"}")
        writer.write(answer)
        writer.close()

    os.makedirs(folder, exist_ok=True)
    target = Target("bolt://127.0.0.1:1", "root", "", "guanxi", "embedded", folder)
    async with await asyncio.start_server(half, "127.0.0.1") as server:
        (folder / "engine.json").write_text(json.dumps({"http": server.sockets[0].getsockname()[1]}))
        with pytest.raises(Unavailable):
            await embedded.sql(target, "SELECT 1")
    (folder / "engine.json").unlink()
    with pytest.raises(Unavailable):
        await embedded.sql(target, "SELECT 1")


async def test_it_reads_no_files_and_takes_large_messages(folder: Path) -> None:
    (folder.parent / "secret.csv").write_text("secret")
    async with embedded.running(folder) as target, await Database.connect(target) as database:
        for address in (f"file://{folder.parent}/secret.csv", "http://127.0.0.1:9/x"):
            with pytest.raises(BadQuery, match="allow|disabled"):
                await database.read("LOAD CSV FROM $address AS line RETURN line", {"address": address})
        started = time.monotonic()
        # More than the 16 MiB at which it would stall by default.
        (row,) = await database.read("RETURN size($texts)", {"texts": ["x" * 1_000_000] * 20})
        assert row[0] == 20
        assert time.monotonic() - started < 15
        ((here, utc),) = await database.read("RETURN toString(localdatetime()), toString(datetime())")
        assert here[:15] == utc[:15]
