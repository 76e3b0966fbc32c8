"""kill -9, of a process that carries a run out."""

from __future__ import annotations

import asyncio
import itertools
from dataclasses import replace
from typing import LiteralString

import pytest

from graph.analyses import lease, processes, runs
from graph.analyses.runner import Runner
from graph.database import Target
from graph.writing import Writer
from tests.graph.analyses import probe, worker, world

pytestmark = pytest.mark.usefixtures("probing")
PEOPLE = [f"p{number:04}" for number in range(2_000)]
_SCORES: LiteralString = """
MATCH (:Node {id: $id})-[:GAVE]->(row)-[:CONCERNS]->(n:Person)
RETURN row.rank AS rank, n.influence_rank AS kept, n.influence_run AS run, size(n.influence_trail_at) AS trail
"""
_SCORED: LiteralString = "MATCH (n:Person) WHERE n.influence_run IS NOT NULL RETURN count(n)"


async def test_a_run_is_taken_over_once_and_then_fails_with_its_reason(writer: Writer, target: Target) -> None:
    id = (await runs.start(writer, "probe", {"seconds": 10})).id
    for _ in range(2):
        with worker.working(target) as process:
            # Slow to start, as a server is.
            await probe.until(writer, id, "RUNNING", seconds=60)
            process.kill()
        assert await lease.sweep(writer) == [id]
    failed = await probe.state(writer, id)
    assert (failed["status"], failed["takeovers"]) == ("FAILED", 1)
    assert f"twice the process that ran it ended before it did (the last one was {process.pid} on " in failed["problem_en"]
    assert await lease.sweep(writer) == []


async def test_scores_are_never_of_two_runs_once_it_was_taken_over(writer: Writer, target: Target) -> None:
    await world.people(writer, *PEOPLE)
    await world.knows(writer, *(f"{a} {b}" for a, b in itertools.pairwise(PEOPLE)))
    id = (await runs.start(writer, "influence", {"level": "PEOPLE"})).id
    with worker.working(target) as process:
        await probe.until(writer, id, "RUNNING", seconds=60)
        while not (await writer.database.read(_SCORED))[0][0]:
            await asyncio.sleep(0.005)
        process.kill()
    left = await probe.state(writer, id)
    assert (left["status"], left["keeping"]) == ("RUNNING", True)
    assert not processes.is_alive(left["process"], left["sign_at"], writer.clock.now())
    async with Runner(replace(writer, author=probe.SYSTEM), every=0.02):
        done = await probe.until(writer, id, "DONE", seconds=60)
    assert (done["takeovers"], done["row_count"]) == (1, len(PEOPLE))
    found = await writer.database.read(_SCORES, {"id": id})
    assert sorted(row["rank"] for row in found) == list(range(1, len(PEOPLE) + 1))
    # What was written before the kill stands there once.
    assert {(row["rank"] - row["kept"], row["run"], row["trail"]) for row in found} == {(0, id, 1)}
