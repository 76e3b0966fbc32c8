"""Heavy runs are carried out in a process of their own."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from pydantic import SecretStr

from app import worker
from app.settings import Settings
from app.worker.__main__ import Considerate, Server
from app.writers import SYSTEM, writer
from graph import organizations
from graph.analyses import lease, runs
from graph.analyses.runner import Runner
from graph.database import Database, Target, Transaction
from graph.writing import Writer

SETTINGS = Settings(_env_file=None, company="灯塔科技", log="warning")
ENDED = "MATCH (run:AnalysisRun {id: $id}) WHERE run.status = 'DONE' RETURN run.process"


@pytest.fixture
def system(database: Database) -> Writer:
    return writer(SETTINGS, database, SYSTEM)


@asynccontextmanager
async def _beside(system: Writer) -> AsyncIterator[Callable[[], None]]:
    async with worker.beside(SETTINGS, system, every=0.05) as asked, asyncio.timeout(60):
        yield asked


async def _carried_out(system: Writer, day: str) -> int:
    """The number of the process that carried a heavy run out."""
    queued = await runs.queue(system, "influence", {"asOf": day})
    while not (ended := await system.database.read(ENDED, {"id": queued.id})):
        await asyncio.sleep(0.05)
    return int(str(ended[0][0]).split("|")[1])


async def test_a_heavy_run_is_carried_out_beside_the_server_by_one_process_that_waits_for_the_next(system: Writer) -> None:
    async with _beside(system):
        first, second = await _carried_out(system, "2026-01-01"), await _carried_out(system, "2026-01-02")
    assert first == second != os.getpid()
    with pytest.raises(ProcessLookupError):
        os.kill(first, 0)


@pytest.mark.skipif(sys.platform == "win32", reason="has other priorities")
async def test_it_gives_way_to_who_asks_whatever_session_they_are_of(system: Writer) -> None:
    async with _beside(system):
        process = await _carried_out(system, "2026-01-01")
        assert os.getpriority(os.PRIO_PROCESS, process) == min(os.getpriority(os.PRIO_PROCESS, 0) + 10, 19)
        assert shared_among_sessions(process) in (None, "nice 10")


def shared_among_sessions(process: int) -> str | None:
    """What the kernel gives the session of a process; None where it does not share the processors among sessions."""
    try:
        return Path(f"/proc/{process}/autogroup").read_text().strip().partition(" ")[2]
    except OSError:
        return None


async def test_a_process_that_was_killed_is_followed_by_another(system: Writer) -> None:
    async with _beside(system):
        first = await _carried_out(system, "2026-01-01")
        os.kill(first, 9)
        assert await _carried_out(system, "2026-01-02") != first


@pytest.mark.skipif(sys.platform == "win32", reason="stops no process")
async def test_a_process_that_hangs_is_followed_by_another(system: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "PATIENCE", 2.0)
    async with _beside(system):
        first = await _carried_out(system, "2026-01-01")
        os.kill(first, signal.SIGSTOP)
        assert await _carried_out(system, "2026-01-02") != first
        with pytest.raises(ProcessLookupError):
            os.kill(first, 0)


async def test_it_is_found_wherever_the_server_was_started(system: Writer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "__init__.py").touch()
    monkeypatch.chdir(tmp_path)
    async with _beside(system):
        assert await _carried_out(system, "2026-01-01")


async def test_a_process_that_is_terminated_ends_in_order(system: Writer) -> None:
    with _started("from app.worker.__main__ import main; main()", system.database.target) as process:
        assert await _carried_out(system, "2026-01-01") == process.pid
        process.terminate()
        assert await asyncio.to_thread(process.wait, 30) == 0


async def test_a_process_without_the_server_that_started_it_ends(database: Database) -> None:
    with _started("from app.worker.__main__ import main; main()", database.target) as process:
        assert process.stdin is not None
        process.stdin.close()
        assert await asyncio.to_thread(process.wait, 30) == 0


async def test_a_process_without_work_ends(database: Database) -> None:
    with _started("from app.worker.__main__ import main; main(idle=0.2)", database.target) as process:
        assert await asyncio.to_thread(process.wait, 30) == 0


def _started(code: str, target: Target) -> subprocess.Popen[bytes]:
    # In a session of its own, as the server starts it: it makes its session give way.
    process = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, start_new_session=True)
    assert process.stdin is not None
    process.stdin.write(worker.told(SETTINGS, target))
    process.stdin.flush()
    return process


async def test_it_hears_that_the_server_is_asked_something(system: Writer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = tmp_path / "told"
    monkeypatch.setattr(worker, "__name__", "tests.app.listener")
    monkeypatch.setenv("GUANXI_TEST_TOLD", str(told))
    await runs.queue(system, "influence", {})
    async with _beside(system) as asked:
        while not told.exists():
            await asyncio.sleep(0.02)
        assert told.read_text() == "nothing"
        while told.read_text() == "nothing":
            asked()
            await asyncio.sleep(0.02)
    assert told.read_text() == "asked"


async def test_who_asks_when_no_process_is_there_is_not_told_of(system: Writer) -> None:
    async with _beside(system) as asked:
        asked()
        assert await _carried_out(system, "2026-01-01")


def test_it_rests_for_twice_as_long_as_it_worked_while_somebody_asks_often(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, server = [100.0], Server()
    monkeypatch.setattr("app.worker.__main__.monotonic", lambda: clock[0])
    assert server.rest(0.1) == 0
    for _ in range(2):
        server.hear()
        assert server.rest(0.1) == 0
    clock[0] += 0.9
    server.hear()
    assert (server.rest(0.1), server.rest(5)) == (0.2, 1)
    clock[0] += 0.2
    assert server.rest(0.1) == 0


async def test_it_rests_before_its_next_write_and_not_before_it_tells_of_this_one(database: Database) -> None:
    async def work(transaction: Transaction) -> int:
        return 7

    async with await Considerate.connect(database.target) as considerate:
        considerate.rest = lambda seconds: 60.0
        assert await considerate.write(work) == 7
        next = asyncio.create_task(considerate.write(work))
        assert await asyncio.wait([next], timeout=0.3) == (set(), {next})
        next.cancel()
        with pytest.raises(asyncio.CancelledError):
            await next


async def test_a_server_leaves_heavy_runs_alone_and_does_the_light_ones(system: Writer) -> None:
    queued = await runs.queue(system, "influence", {})
    async with Runner(system, heavy=0, every=0.02):
        await asyncio.sleep(0.3)
    assert await lease.heavy_waits(system)
    assert not await system.database.read(ENDED, {"id": queued.id})


async def test_the_process_leaves_light_runs_to_the_server(system: Writer) -> None:
    await organizations.ensure_own(system)
    ours = (await system.database.read("MATCH (o:Organization {own: true}) RETURN o.id"))[0][0]
    await runs.queue(system, "introductions", {"to": ours})
    assert not await lease.heavy_waits(system)
    assert await lease.take(system, light=False) is None
    assert await lease.take(system, heavy=0)


def test_the_process_is_told_all_but_the_password_of_the_settings() -> None:
    target = Target("bolt://127.0.0.1:7687", "neo4j", "pass\nword", "neo4j", "neo4j")
    settings = Settings(_env_file=None, neo4j_password=SecretStr("pass\nword"), origins="http://localhost:5173", data="elsewhere")
    line = worker.told(settings, target)
    assert line.count(b"\n") == 1
    again, place = worker.understood(line)
    assert place == target
    assert again.model_dump(exclude={"neo4j_password"}) == settings.model_dump(exclude={"neo4j_password"})
