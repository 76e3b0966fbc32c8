"""`guanxi serve` as a process: starts, greets, answers, stops; and what keeps it from starting."""

from __future__ import annotations

import json
import os
import queue
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from app.serving import listen
from app.settings import Settings
from tests.app.test_cli import COMMAND, guanxi

# The command with a database that takes its time over people.
SLOW = """
import asyncio
from app import cli
from graph.database import Database
quick = Database.read

async def slow(database, text, *rest, **named):
    if "Person" in text:
        print("reading people", flush=True)
        await asyncio.sleep(2)
    return await quick(database, text, *rest, **named)

Database.read = slow
cli.main()
"""
COUNT = "{ people { totalCount } }"


class Process:
    """A server, its output so far, and where it listens."""

    def __init__(self, *arguments: str, folder: Path, command: tuple[str, ...] = (str(COMMAND),), **environment: str) -> None:
        clean = {name: value for name, value in os.environ.items() if not name.startswith("GUANXI_")}
        self.child = subprocess.Popen(
            [*command, "serve", "--port", "0", *arguments],
            cwd=folder,
            env={**clean, "PYTHONUNBUFFERED": "1", **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.output = ""
        self._lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.child.stdout
        for line in self.child.stdout:
            self._lines.put(line)

    def until(self, text: str, seconds: float = 60) -> None:
        while text not in self.output:
            self.output += self._lines.get(timeout=seconds)

    def url(self, seconds: float = 60) -> str:
        self.until("A first query", seconds)
        found = re.search(r"http://[0-9.]+:\d+", self.output)
        assert found
        return found[0]

    def end(self, number: signal.Signals) -> int:
        self.child.send_signal(number)
        return self.child.wait(20)


@contextmanager
def serving(*arguments: str, folder: Path, command: tuple[str, ...] = (str(COMMAND),), **environment: str) -> Iterator[Process]:
    process = Process(*arguments, folder=folder, command=command, **environment)
    try:
        yield process
    finally:
        process.child.kill()
        process.child.wait()


def ask(url: str, query: str) -> Any:
    request = urllib.request.Request(f"{url}/graphql", json.dumps({"query": query}).encode(), {"content-type": "application/json"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def test_serves_a_company_of_ours_to_this_machine_or_with_leave_to_others_and_stops_when_told(tmp_path: Path) -> None:
    with serving(folder=tmp_path, GUANXI_COMPANY="灯塔科技") as process:
        found = ask(process.url(), "{ organizations { nodes { name own } } }")
        assert found == {"data": {"organizations": {"nodes": [{"name": "灯塔科技", "own": True}]}}}
        shown = re.search(r'"query": "(.*?)"', process.output)
        assert shown
        assert ask(process.url(), shown[1]) == {"data": {"people": {"nodes": []}}}
        assert process.end(signal.SIGTERM) == 0
        process.until("Stopped.")
    with serving("--host", "0.0.0.0", folder=tmp_path, GUANXI_COMPANY="又一个", GUANXI_INSECURE_BIND="1") as again:
        assert ask(again.url(), "{ organizations { nodes { name } } }")["data"]["organizations"]["nodes"] == [{"name": "灯塔科技"}]
        assert "without authentication" in again.output
        assert again.end(signal.SIGINT) == 0
    assert "Traceback" not in process.output + again.output


def test_a_start_with_the_demonstration_answers_what_the_readme_asks_and_the_next_one_is_quick(tmp_path: Path) -> None:
    asked = {name: (query, answer) for query, answer in _readme() for name in ("people", "parties", "contacts") if f"  {name}(" in query}
    assert set(asked) == {"people", "parties", "contacts"}
    with serving("--demo", folder=tmp_path) as first:
        url = first.url(seconds=180)
        for name, (query, answer) in asked.items():
            assert _lasting(ask(url, query)["data"][name]) == _lasting(answer["data"][name]), name
        people = ask(url, COUNT)
        assert first.end(signal.SIGTERM) == 0
    began = time.monotonic()
    with serving("--demo", folder=tmp_path) as again:
        url = again.url()
        took = time.monotonic() - began
        with urllib.request.urlopen(f"{url}/health/ready", timeout=5) as answer:
            assert json.load(answer) == {"ready": True}
        assert ask(url, COUNT) == people
        assert again.end(signal.SIGTERM) == 0
    assert took < 30


def _readme() -> list[tuple[str, Any]]:
    text = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    return [(query, json.loads(answer)) for query, answer in re.findall(r"```graphql\n(.*?)```\n+```json\n(.*?)```", text, re.DOTALL)]


def _lasting(answer: Any) -> Any:
    """What does not depend on the day on which somebody asks: of the paths, whose order fades with time, only where they lead."""
    if isinstance(answer, list):
        return [_lasting(each) for each in answer]
    if isinstance(answer, dict):
        return {name: _ends(value) if name == "introductions" else _lasting(value) for name, value in answer.items()}
    return answer


def _ends(paths: list[Any]) -> set[str]:
    return {path["steps"][-1]["to"]["name"] for path in paths}


@pytest.mark.skipif(sys.platform == "win32", reason="no such signal")
def test_a_request_that_is_under_way_is_answered_before_the_stop(tmp_path: Path) -> None:
    with (
        serving(folder=tmp_path, command=(sys.executable, "-c", SLOW)) as process,
        ThreadPoolExecutor(1) as client,
    ):
        answer = client.submit(ask, process.url(), COUNT)
        process.until("reading people")
        assert process.end(signal.SIGTERM) == 0
        assert answer.result(1) == {"data": {"people": {"totalCount": 0}}}
        process.until("Stopped.")
    assert "Traceback" not in process.output


def test_doctor_beside_it_finds_all_well(tmp_path: Path) -> None:
    with serving(folder=tmp_path) as process:
        port = process.url().rpartition(":")[2]
        well = guanxi("doctor", folder=tmp_path, GUANXI_PORT=port)
        assert f"✓ a Guanxi already listens on 127.0.0.1:{port}\n" in well.stdout
        assert (well.returncode, well.stdout.splitlines()[-1]) == (0, "All is well.")


def test_a_taken_port_is_2_and_one_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        refused = guanxi("serve", "--port", str(listener.getsockname()[1]), folder=tmp_path)
    assert refused.returncode == 2
    assert "cannot listen on 127.0.0.1" in refused.stderr
    assert "--port or GUANXI_PORT (make run PORT=…)" in refused.stderr
    assert refused.stderr.count("\n") == 1


def test_no_part_of_an_answer_waits_for_the_client() -> None:
    with (
        listen(Settings(_env_file=None, port=0)) as listener,
        socket.create_connection(listener.getsockname()),
        listener.accept()[0] as there,
    ):
        assert there.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
def test_other_machines_only_with_leave(host: str, tmp_path: Path) -> None:
    refused = guanxi("serve", "--host", host, folder=tmp_path)
    assert refused.returncode == 2
    assert "GUANXI_INSECURE_BIND=1" in refused.stderr
    assert not (tmp_path / "var").exists()


def test_a_start_that_fails_says_why_and_is_1(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    failed = guanxi("serve", "--port", "0", folder=tmp_path, GUANXI_DATA="file")
    assert failed.returncode == 1
    assert "file" in failed.stderr
    assert "Traceback" not in failed.stderr
