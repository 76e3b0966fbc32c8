"""What runs of analyses cost those who only read: `guanxi serve` with 20,000 people and 200,000 acquaintances on the embedded engine.

A steady stream of point reads, first alone, then while heavy runs follow one another, after each of them was there once; beside it
the event loop is asked for a sign of life every few milliseconds. `GUANXI_BENCHMARK_PEOPLE`, `_TIES`, `_SECONDS` and `_RATE` (reads a
second) say how much.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from statistics import median, quantiles
from tempfile import TemporaryDirectory

import orjson

from benchmarks import load
from benchmarks.introductions import world
from benchmarks.reads import free_port
from graph import embedded, migrate
from graph.database import Database, Target

PEOPLE = int(os.environ.get("GUANXI_BENCHMARK_PEOPLE", "20000"))
TIES = int(os.environ.get("GUANXI_BENCHMARK_TIES", "200000"))
SECONDS = float(os.environ.get("GUANXI_BENCHMARK_SECONDS", "60"))
RATE = float(os.environ.get("GUANXI_BENCHMARK_RATE", "100"))
EVERY = 0.005
READ = "query($id: ID!) { person(id: $id) { name positions { nodes { title organization { name } } } } }"
START = "mutation($input: AnalysisStartInput!) { analysisStart(input: $input) { analysisRun { id } problems { message } } }"
STATE = "query($id: ID!) { analysisRun(id: $id) { status } }"


def main() -> None:
    asyncio.run(_measure())


async def _measure() -> None:
    async with embedded.passing(memory=1_500) as target, await Database.connect(target) as database:
        await migrate.apply(database)
        await world.load(database, PEOPLE, TIES)
        async with serving(target) as port:
            reads = [orjson.dumps({"query": READ, "variables": {"id": world.person(n)}}) for n in range(0, PEOPLE, 97)]
            # A server that has been up for a while: what it does for the first time is compiled meanwhile.
            await _round(port, 0)
            await load.paced(port, "/graphql", reads, rate=RATE, seconds=SECONDS / 4)
            alone = await _load(port, reads)
            runs = asyncio.create_task(_runs(port))
            busy = await _load(port, reads)
            runs.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await runs  # Raises what a run failed with.
    _report("alone", *alone)
    _report("while runs work", *busy)
    print(f"p95 grows by {_p95(busy[0]) / _p95(alone[0]):.2f}; goal less than 2. No sign of life may be more than 50 ms late.")


async def _load(port: int, reads: list[bytes]) -> tuple[list[float], list[float]]:
    """The times of the reads, and of the signs of life."""
    return await asyncio.gather(
        load.paced(port, "/graphql", reads, rate=RATE, seconds=SECONDS),
        load.paced(port, "/health/live", [b""], rate=1 / EVERY, seconds=SECONDS),
    )


async def _runs(port: int) -> None:
    """Heavy runs, one after the other, none of which has been there before."""
    for number in itertools.count(1):
        await _round(port, number)


async def _round(port: int, number: int) -> None:
    for name in ("influence", "brokers", "communities", "keyPeople"):
        seconds = await done(port, name, {"acquaintance": 1 + number / 1_000})
        print(f"  {name}: done after {seconds:.1f} s", flush=True)


async def done(port: int, name: str, parameters: dict[str, object]) -> float:
    """The seconds from the start of a run until it is done."""
    began = time.perf_counter()
    answer = await load.answer(port, "/graphql", orjson.dumps({"query": START, "variables": {"input": {name: parameters}}}))
    id = orjson.loads(answer)["data"]["analysisStart"]["analysisRun"]["id"]
    while True:
        state = await load.answer(port, "/graphql", orjson.dumps({"query": STATE, "variables": {"id": id}}))
        status = orjson.loads(state)["data"]["analysisRun"]["status"]
        if status not in ("QUEUED", "RUNNING"):
            break
        await asyncio.sleep(1)
    if status != "DONE":
        raise RuntimeError(f"{name}: {status}")
    return time.perf_counter() - began


def _p95(times: list[float]) -> float:
    return quantiles(times, n=20)[-1]


def _report(when: str, reads: list[float], signs: list[float]) -> None:
    print(
        f"{when:<16} {len(reads):6,} reads, median {median(reads) * 1000:6.1f} ms, p95 {_p95(reads) * 1000:6.1f} ms;"
        f" signs of life: p99 {quantiles(signs, n=100)[-1] * 1000:6.1f} ms, longest {max(signs) * 1000:6.1f} ms"
    )


@asynccontextmanager
async def serving(target: Target) -> AsyncIterator[int]:
    """The port of a `guanxi serve` of that database."""
    with TemporaryDirectory() as passing:
        port = free_port()
        environment = {name: value for name, value in os.environ.items() if not name.startswith("GUANXI_")}
        environment |= {"GUANXI_DATA": str(target.folder or passing), "GUANXI_LOG": "warning"}
        if target.engine == "neo4j":
            of_server = {"URI": target.uri, "USER": target.user, "PASSWORD": target.password, "DATABASE": target.database}
            environment |= {f"GUANXI_NEO4J_{name}": value for name, value in of_server.items()}
        command = ("-c", "import sys; from app.cli import main; sys.exit(main())", "serve", "--port", str(port))
        process = await asyncio.create_subprocess_exec(sys.executable, *command, env=environment, stdout=asyncio.subprocess.DEVNULL)
        try:
            for _ in range(600):
                with contextlib.suppress(OSError, RuntimeError):
                    await load.answer(port, "/health/ready", b"")
                    break
                await asyncio.sleep(0.1)
            yield port
        finally:
            process.terminate()
            await process.wait()
