"""Neo4j's Graph Data Science on one graph: `python -m benchmarks.network.gds FILE`. It and its Neo4j come through Maven.

The graph is projected from a file, so that the database itself stays empty. Measured is what the library says it computed for
(`computeMillis` of its `stats`), which leaves out what a user also waits for; where it says nothing, the time until the answer. As the
compiler of Java learns while it runs, a short computation is repeated up to ten times. It may use as many threads as there are
processors, of which its free edition allows four.
"""

from __future__ import annotations

import asyncio
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.network.timing import ENOUGH, LIMIT, say
from graph.database import Database, DatabaseFailure, TimedOut
from graph.network import threads
from tests.neo4j import artifacts, server

NEO4J, VERSION, REPEATS = "5.26.30", "2.13.9", 10
# What Neo4j has too: with two versions of it the server would not start.
SHARED = (
    "org.neo4j:* org.neo4j.app:* com.github.ben-manes.caffeine:* org.apache.commons:commons-lang3 org.apache.commons:commons-text "
    "org.eclipse.collections:* com.fasterxml.jackson.core:* org.javassist:* org.slf4j:*"
)
EXCLUSION = "<exclusion><groupId>{}</groupId><artifactId>{}</artifactId></exclusion>"
DEPENDENCY = """<dependency>
  <groupId>org.neo4j.gds</groupId><artifactId>{}</artifactId><version>{}</version><exclusions>{}</exclusions>
</dependency>"""
POM = """<project xmlns="http://maven.apache.org/POM/4.0.0">
<modelVersion>4.0.0</modelVersion><groupId>guanxi</groupId><artifactId>gds</artifactId><version>1</version><packaging>pom</packaging>
<dependencies>{}</dependencies>
</project>
"""
PROJECT = """
LOAD CSV FROM 'file:///ties.csv' AS row
WITH toInteger(row[0]) AS a, toInteger(row[1]) AS b, {weight: toFloat(row[2]), length: toFloat(row[3])} AS numbers
WITH gds.graph.project('ties', a, b, {relationshipProperties: numbers}, {undirectedRelationshipTypes: ['*']}) AS made
RETURN made.projectMillis AS computeMillis
"""
# Its HITS takes none but directed ties.
PROJECT_BOTH_WAYS = """
LOAD CSV FROM 'file:///ties.csv' AS row
UNWIND [[row[0], row[1]], [row[1], row[0]]] AS ends
RETURN gds.graph.project('both ways', toInteger(ends[0]), toInteger(ends[1]), {relationshipProperties: {weight: toFloat(row[2])}})
"""
DROP = "CALL gds.graph.drop($name) YIELD graphName RETURN count(*)"
WEIGHTED = {"relationshipWeightProperty": "weight"}
EXACT = {**WEIGHTED, "tolerance": 1e-12, "maxIterations": 1000}
STATS: dict[str, tuple[str, dict[str, Any]]] = {
    "PageRank": ("pageRank", EXACT),
    "eigenvector": ("eigenvector", EXACT),
    "betweenness, 64 sources": ("betweenness", {"samplingSize": 64, "samplingSeed": 1}),
    "harmonic, all": ("closeness.harmonic", {}),
    "core numbers": ("kcore", {}),
    "clustering": ("localClusteringCoefficient", {}),
    "components": ("wcc", {}),
    "articulation points": ("articulationPoints", {}),
    "Leiden": ("leiden", {**WEIGHTED, "randomSeed": 1}),
    "label propagation": ("labelPropagation", {**WEIGHTED, "maxIterations": 1000}),
    "ten most alike of each": ("nodeSimilarity", {"topK": 10}),
    "ten to spread from": ("influenceMaximization.celf", {"seedSetSize": 10, "propagationProbability": 0.01}),
}
BRIDGES = "CALL gds.bridges.stream('ties', {concurrency: $concurrency}) YIELD from RETURN count(*)"
PATHS = """
UNWIND $pairs AS pair
CALL gds.shortestPath.yens.stream('ties', {
  sourceNode: pair[0], targetNode: pair[1], k: 5, relationshipWeightProperty: 'length', concurrency: $concurrency
}) YIELD totalCost
RETURN count(*)
"""
# As many as its own power iteration of the leading vector needs for the same exactness.
HITS = """
CALL gds.hits.stats('both ways', {relationshipWeightProperty: 'weight', hitsIterations: 40, concurrency: $concurrency}) YIELD computeMillis
"""


def main(file: str) -> None:
    try:
        distribution, jars = artifacts.resolved(NEO4J), artifacts.fetched(f"gds-{VERSION}", _pom())
    except (RuntimeError, subprocess.SubprocessError) as error:
        print(f"Graph Data Science is left out: {error}", file=sys.stderr)
        return
    given = dict(np.load(file))
    with tempfile.TemporaryDirectory() as folder:
        _write(Path(folder) / "ties.csv", given)
        asyncio.run(_measure(Path(folder), distribution, jars, given))
    # The greatest process that was waited for: the server.
    say("memory, MB", resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)


def _pom() -> str:
    exclusions = "".join(EXCLUSION.format(*each.split(":")) for each in SHARED.split())
    return POM.format("".join(DEPENDENCY.format(artifact, VERSION, exclusions) for artifact in ("proc", "opengds-extension")))


def _write(file: Path, given: dict[str, Any]) -> None:
    columns = (given[name].tolist() for name in ("a", "b", "weight", "length"))
    with file.open("w") as lines:
        lines.writelines(f"{a},{b},{weight},{length}\n" for a, b, weight, length in zip(*columns, strict=True))


async def _measure(folder: Path, distribution: artifacts.Distribution, jars: Path, given: dict[str, Any]) -> None:
    settings = {
        "server.directories.plugins": str(jars),
        "server.directories.import": str(folder),
        "dbms.security.allow_csv_import_from_file_urls": "true",
        "dbms.security.procedures.unrestricted": "gds.*",
        "server.memory.heap.max_size": f"{3 + len(given['a']) // 1_000_000}g",
        "dbms.memory.transaction.total.max": "0",
        "db.memory.transaction.max": "0",
        "db.transaction.timeout": "0",
        "server.jvm.additional": "-XX:+UseParallelGC",
    }
    async with server.running(folder / "neo4j", distribution, settings) as target, await Database.connect(target) as database:
        await _build(database)
        both = {"concurrency": min(4, threads.count())}
        for name, (procedure, options) in STATS.items():
            if name != "harmonic, all" or int(given["n"]) <= 200_000:
                query = f"CALL gds.{procedure}.stats('ties', $options) YIELD computeMillis"
                await _say(database, name, query, {"options": {**options, **both}})
        await _say(database, "bridges", BRIDGES, both)
        await _say(database, "five shortest paths, 20 pairs", PATHS, {**both, "pairs": given["between"].tolist()})
        await database.read(DROP, {"name": "ties"})
        await database.read(PROJECT_BOTH_WAYS, seconds=10 * LIMIT)
        await _say(database, "HITS", HITS, both)


async def _build(database: Database) -> None:
    times = []
    for again in range(3):
        if again:
            await database.read(DROP, {"name": "ties"})
        (row,) = await database.read(PROJECT, seconds=10 * LIMIT)
        times.append(row["computeMillis"] / 1000)
    say("build", min(times))


async def _say(database: Database, name: str, query: str, parameters: dict[str, Any]) -> None:
    times: list[float] = []
    try:
        while len(times) < REPEATS and sum(times) < ENOUGH:
            began = time.perf_counter()
            (row,) = await database.read(query, parameters, seconds=LIMIT)
            millis = row.get("computeMillis")
            times.append(time.perf_counter() - began if millis is None else millis / 1000)
    except TimedOut:
        pass
    except DatabaseFailure as error:
        print(f"Graph Data Science: {name}: {error}", file=sys.stderr)
        return
    say(name, min(times, default=None))


if __name__ == "__main__":
    main(sys.argv[1])
