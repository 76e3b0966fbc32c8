from __future__ import annotations

from datetime import UTC, datetime, timedelta

from graph import fanouts
from graph.clock import FixedClock
from graph.database import Database
from tests.graph import given


async def _stars(database: Database) -> None:
    """A hundred nodes with one tie, one with five."""
    await given.run(
        database,
        "UNWIND range(1, 105) AS i CREATE (a:Node {id: 'a' + toString(i)}) CREATE (b:Node {id: 'b' + toString(i)}) CREATE (a)-[:MADE]->(b)",
    )
    await given.run(database, "MATCH (a:Node {id: 'a1'}) MATCH (b:Node) WHERE b.id IN ['b2', 'b3', 'b4', 'b5'] CREATE (a)-[:MADE]->(b)")


async def test_the_99th_percentile_of_ties_in_both_directions(database: Database, clock: FixedClock) -> None:
    await _stars(database)
    found = await fanouts.measure(database, clock)
    assert found == {"MADE>": 1.0, "MADE<": 2.0}


async def test_kept_for_a_day_and_then_measured_again(database: Database, clock: FixedClock) -> None:
    assert await fanouts.kept(database, clock) == {}
    await _stars(database)
    assert await fanouts.kept(database, clock) == {}
    later = FixedClock(datetime(2026, 7, 1, 8, tzinfo=UTC) + timedelta(days=1, seconds=1))
    assert await fanouts.kept(database, later) == {"MADE>": 1.0, "MADE<": 2.0}
    assert await given.value(database, "MATCH (s:Statistics) RETURN count(s)") == 1
