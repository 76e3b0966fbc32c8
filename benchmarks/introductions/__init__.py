"""The network in memory, and introductions over HTTP: 100,000 people, 1,000,000 acquaintances, on both engines.

`GUANXI_BENCHMARK_PEOPLE` and `GUANXI_BENCHMARK_TIES` say how many, `GUANXI_BENCHMARK_ENGINES` on what (embedded neo4j),
`GUANXI_BENCHMARK_FOLDER` where the embedded engine keeps them for the next time: they take some minutes to make;
`GUANXI_BENCHMARK_MEMORY` (2000) are its megabytes.
"""

from __future__ import annotations

import asyncio
import os
import resource
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from statistics import median, quantiles

import numpy as np
import orjson

from benchmarks import busy, load
from benchmarks.introductions import world
from benchmarks.reads import served
from graph import embedded, migrate
from graph.analyses.introductions import introductions
from graph.analyses.kept import Keeper, Known, keeper
from graph.clock import SystemClock, instant
from graph.database import Database, Target
from graph.ids import RandomIds
from graph.interactions import InteractionRecord, record
from graph.writing import Author, Customs, Writer
from tests import neo4j

PEOPLE = int(os.environ.get("GUANXI_BENCHMARK_PEOPLE", "100000"))
TIES = int(os.environ.get("GUANXI_BENCHMARK_TIES", "1000000"))
MEMORY = int(os.environ.get("GUANXI_BENCHMARK_MEMORY", "2000"))
SECONDS = float(os.environ.get("GUANXI_BENCHMARK_SECONDS", "5"))
CLIENTS, WRITES, SOUGHT = 20, 5, 200
DOCUMENT = (
    """query($id: ID!) { party(by: { id: $id }) { introductions(first: 3) { strength steps { strength from { name } to { name } } } } }"""
)


def main() -> None:
    for engine in os.environ.get("GUANXI_BENCHMARK_ENGINES", "embedded neo4j").split():
        asyncio.run(_measure(engine))


async def _measure(engine: str) -> None:
    with tempfile.TemporaryDirectory() as passing:
        kept = os.environ.get("GUANXI_BENCHMARK_FOLDER")
        folder = Path(kept if kept and engine == "embedded" else passing)
        async with embedded.running(folder, memory=MEMORY) if engine == "embedded" else neo4j.running(folder) as target:
            async with await Database.connect(target) as database:
                await migrate.apply(database)
                began = time.perf_counter()
                await world.load(database, PEOPLE, TIES)
                print(f"\n{engine}: {PEOPLE:,} people, {TIES:,} acquaintances, made in {time.perf_counter() - began:.0f} s", flush=True)
                await _reading(database)
                await _following(database)
                await _sharing(database)
            await _answering(target)
            await _scoring(target)


async def _reading(database: Database) -> None:
    before = _resident()
    for which in ("first", "second"):
        began = time.perf_counter()
        known = await Keeper(database).now()
        seconds = time.perf_counter() - began
        print(f"  read, the {which} time       {seconds:6.2f} s   {len(known.columns.a) / seconds:9,.0f} ties a second", flush=True)
    known.at(SystemClock().now(), _today())
    held = _bytes(known) * 1_000_000 / len(known.columns.a)
    print(
        f"  memory of 1,000,000 ties    {held / 1e6:6.0f} MB in arrays; the process grew by {(_resident() - before) / 1e6:.0f} MB at most"
    )


def _bytes(known: Known) -> int:
    columns, network = known.columns, known.at(SystemClock().now(), _today())
    arrays: Sequence[np.ndarray] = [getattr(columns, name) for name in ("a", "b", "out", "back", "level", "since")]
    return sum(each.nbytes for each in (*arrays, network.indptr, network.indices, network.edges, network.weights, known.network.weights))


def _resident() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _today() -> str:
    return SystemClock().now().date().isoformat()


async def _following(database: Database) -> None:
    clock = SystemClock()
    writer = Writer(database, clock, RandomIds(clock), Author("user:benchmark", "Benchmark"), Customs("Benchmark"))
    await keeper(database).now()
    refreshes, searches = [], []
    for number in range(WRITES):
        seats = [{"role": "ATTENDEE", "party": world.person(each)} for each in (number, 1_000 + number)]
        given = {"channel": "MEAL", "occurredAt": instant(clock.now()), "participants": seats}
        await record(writer, InteractionRecord.parse(given))
        began = time.perf_counter()
        await keeper(database).now()
        refreshes.append(time.perf_counter() - began)
        began = time.perf_counter()
        await introductions(database, clock, to=world.person(50_000 % PEOPLE))
        searches.append(time.perf_counter() - began)
    print(
        f"  refreshed after one write   {median(refreshes) * 1e3:6.0f} ms; the first search then {median(searches) * 1e3:.0f} ms",
        flush=True,
    )


async def _sharing(database: Database) -> None:
    with tempfile.TemporaryDirectory() as folder, ProcessPoolExecutor(1, get_context("spawn")) as pool:
        first = Keeper(database)
        first.folder = Path(folder)
        await first.now()
        seconds, taken = await asyncio.get_running_loop().run_in_executor(pool, _mapped, database.target, Path(folder))
    print(f"  another process has it after {seconds * 1e3:5.0f} ms, and takes {taken / 1e6:.0f} MB of its own", flush=True)


def _mapped(target: Target, folder: Path) -> tuple[float, int]:
    """The seconds until this process has what another one read, and the bytes that it shares with nobody, strengths included."""

    async def measured() -> tuple[float, int]:
        async with await Database.connect(target) as database:
            keeper = Keeper(database)
            keeper.folder = folder
            before, began = _private(), time.perf_counter()
            known = await keeper.now()
            seconds = time.perf_counter() - began
            known.at(SystemClock().now(), _today())
            return seconds, _private() - before

    return asyncio.run(measured())


def _private() -> int:
    lines = Path("/proc/self/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Private"))


async def _scoring(target: Target) -> None:
    async with busy.serving(target) as port:
        for number, which in enumerate(("on people without scores", "on people with scores", "again"), start=1):
            seconds = await busy.done(port, "influence", {"acquaintance": 1 - number / 1_000})
            print(f"  influence {which:<24} {seconds:6.1f} s from its start until all have their scores; goal 30 s", flush=True)


async def _answering(target: Target) -> None:
    step = PEOPLE // SOUGHT
    bodies = [orjson.dumps({"query": DOCUMENT, "variables": {"id": world.person(n)}}) for n in range(world.OURS, PEOPLE, step)]
    async with served(target) as port:
        await load.answer(port, "/graphql", bodies[0])
        for clients in (1, CLIENTS):
            times = await load.times(port, "/graphql", bodies, clients=clients, seconds=SECONDS)
            each, rate = quantiles(times, n=100), len(times) / SECONDS
            print(
                f"  introductions, {clients:2} at once   p50 {each[49] * 1e3:6.1f} ms   p95 {each[94] * 1e3:6.1f} ms   {rate:5.0f}/s",
                flush=True,
            )
