"""How long the scores of so many parties take to be put on them, in the embedded engine. `python -m benchmarks score_rate`"""

from __future__ import annotations

import argparse
import asyncio
import time

import numpy as np

from app import serving
from graph import embedded, migrate
from graph.analyses import results, runs
from graph.analyses.days import Moment
from graph.analyses.influence import InfluenceParameters, influence
from graph.analyses.networks import Facts, NetworkLevel, Placed
from graph.analyses.rows import Outcome
from graph.analyses.ties import Ends
from graph.analyses.watch import Watch
from graph.clock import SystemClock
from graph.database import Database
from graph.ids import RandomIds
from graph.writing import Author, Customs, Writer

GOAL = 20
BATCH = 5_000
TIES_EACH = 5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parties", type=int, default=100_000)
    given, _ = parser.parse_known_args()
    with asyncio.Runner(loop_factory=serving.new_event_loop()) as runner:
        runner.run(_measure(given.parties))


async def _measure(parties: int) -> None:
    async with embedded.passing() as target, await Database.connect(target) as database:
        await migrate.apply(database)
        clock = SystemClock()
        writer = Writer(database, clock, RandomIds(clock), Author("user:benchmark", "Benchmark"), Customs("Benchmark"))
        ids = [f"p{number:07}" for number in range(parties)]
        await _people(database, ids)
        for what, alpha in (("a first run", 0.95), ("the next run, which changes all of them", 0.5)):
            outcome = _computed(writer, ids, alpha)
            reasons = sum(len(row.reasons) for row in outcome.rows) / parties
            seconds = await _kept(writer, outcome)
            rate = f"{parties / seconds:,.0f} parties a second, {reasons:.1f} reasons each"
            print(f"scores of {what}, and its best rows: {seconds:.1f} s, {rate}; goal {GOAL * parties / 100_000:g} s")


async def _people(database: Database, ids: list[str]) -> None:
    query = "UNWIND $ids AS id CREATE (n:Node:Party:Person {id: id, name: id, sort_name: id, version: 1, network_opt_out: false})"
    for start in range(0, len(ids), BATCH):
        batch = {"ids": ids[start : start + BATCH]}
        await database.write(lambda transaction, batch=batch: transaction.run(query, batch))  # type: ignore[misc]


def _computed(writer: Writer, ids: list[str], alpha: float) -> Outcome:
    a, b = np.random.default_rng(1).integers(0, len(ids), (2, TIES_EACH * len(ids)), np.int32)
    parameters, nobody = InfluenceParameters(level=NetworkLevel.PEOPLE, alpha=alpha), Ends((), ())
    levels = {NetworkLevel.PEOPLE: ids, NetworkLevel.ORGANIZATIONS: list[str]()}
    known = Placed(a, b, np.full(len(a), 0.6))
    facts = Facts(Moment.of(writer, parameters), levels, known, nobody, {level: {} for level in NetworkLevel})
    return influence(facts, parameters, Watch())


async def _kept(writer: Writer, outcome: Outcome) -> float:
    run = await runs.begin(writer, "influence", {})
    started = time.perf_counter()
    await results.keep(writer, run, outcome, lambda _: None)
    return time.perf_counter() - started
