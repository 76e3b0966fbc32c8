"""Reads over HTTP, on both engines: ours against Cypher written by hand and against DataLoaders, in one run.

`GUANXI_BENCHMARK_SECONDS` (2) is the length of one measurement, `GUANXI_BENCHMARK_ROUNDS` (3) how often; medians are reported.
"""

from __future__ import annotations

import asyncio
import os
import socket
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import median

import orjson

from benchmarks import load, world
from benchmarks.cases import CASES, Case
from graph import embedded, migrate
from graph.database import Database, Target
from tests import neo4j

SECONDS = float(os.environ.get("GUANXI_BENCHMARK_SECONDS", "2"))
ROUNDS = int(os.environ.get("GUANXI_BENCHMARK_ROUNDS", "3"))
CLIENTS = 8
WAYS = ("/raw", "/graphql", "/loaders")


def main() -> None:
    for engine in os.environ.get("GUANXI_BENCHMARK_ENGINES", "embedded neo4j").split():
        asyncio.run(_measure(engine))


async def _measure(engine: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        running = embedded.running(Path(folder)) if engine == "embedded" else neo4j.running(Path(folder))
        async with running as target:
            async with await Database.connect(target) as database:
                await migrate.apply(database)
                began = time.perf_counter()
                await world.load(database)
                print(f"\n{engine}: loaded in {time.perf_counter() - began:.0f} s", flush=True)
            async with served(target) as port:
                for number, case in enumerate(CASES):
                    await _report(port, number, case)


@asynccontextmanager
async def served(target: Target) -> AsyncIterator[int]:
    """The port of a server process that answers from `target`."""
    port = free_port()
    environment = {**os.environ, "GUANXI_BENCHMARK_TARGET": target.written(), "GUANXI_BENCHMARK_PORT": str(port)}
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "benchmarks.server", env=environment)
    try:
        await _ready(port)
        yield port
    finally:
        process.terminate()
        await process.wait()


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


async def _ready(port: int) -> None:
    for _ in range(200):
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            return
        except OSError:
            await asyncio.sleep(0.1)
    raise TimeoutError("the server did not start")


async def _report(port: int, number: int, case: Case) -> None:
    ask = orjson.dumps({"query": case.document, "variables": case.variables})
    bodies = {"/raw": orjson.dumps({"case": number, "variables": case.variables}), "/graphql": ask, "/loaders": ask}
    answers = {way: orjson.loads(await load.answer(port, way, body)) for way, body in bodies.items()}
    assert answers["/graphql"] == answers["/loaders"], case.name
    rates: dict[str, list[float]] = {way: [] for way in WAYS}
    for way in WAYS:
        await load.requests_per_second(port, way, bodies[way], clients=CLIENTS, seconds=min(SECONDS, 1))
    for _ in range(ROUNDS):
        for way in WAYS:
            rates[way].append(await load.requests_per_second(port, way, bodies[way], clients=CLIENTS, seconds=SECONDS))
    raw, ours, loaders = (median(rates[way]) for way in WAYS)
    line = f"  {case.name:<46} ours/raw {ours / raw:5.2f}   ours/loaders {ours / loaders:5.2f}   ours {ours:7.1f}/s"
    print(line, flush=True)
