"""What comes out does not depend on how many threads there are."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from graph.network import Network, cohesion, leiden, rows, sampled, threads, work
from graph.network.centrality import eigenvector, hits, katz, pagerank
from graph.network.cohesion import clustering, constraint, core_numbers, effective_size, triangles
from graph.network.communities import label_propagation, modularity
from graph.network.influence_maximisation import most_influential
from graph.network.similarity import most_similar, similarity
from graph.network.spread import spread
from tests.graph.network.shelf import exact, shelf

CHANCES = np.random.default_rng(1).uniform(0.05, 0.3, 891)
NODES = np.arange(300)
MEASURES: dict[str, Callable[[Network], Any]] = {
    "rows": lambda network: Network.of(network.ids, network.rows, network.indices, network.weights).edges,
    "directed core numbers": lambda network: core_numbers(Network.of(network.ids, network.rows, network.indices, directed=True)),
    "weights": lambda network: network.weighted(CHANCES[::-1]).weights,
    "core numbers": core_numbers,
    "triangles": triangles,
    "clustering": lambda network: clustering(network, weighted=True),
    "constraint": constraint,
    "effective size": effective_size,
    "similarity": lambda network: similarity(network, NODES, NODES[::-1]),
    "most similar": lambda network: most_similar(network, 5).scores,
    "katz": lambda network: katz(network).scores,
    "pagerank": lambda network: pagerank(network).scores,
    "eigenvector": lambda network: eigenvector(network).scores,
    "hits": lambda network: hits(network).scores,
    "leiden": leiden.leiden,
    "label propagation": label_propagation,
    "modularity": lambda network: modularity(network, NODES % 9),
    "spread": lambda network: spread(network, [1, 2], simulations=300).mean,
    "most influential": lambda network: most_influential(network, 4, ratio=0.6).nodes,
}


@pytest.fixture
def many_jobs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work.balanced, "__defaults__", (100,))
    for module, name in ((leiden, "_CHUNK"), (sampled, "CHUNK")):
        monkeypatch.setattr(module, name, 100)
    for module, name in ((rows, "_LARGE"), (cohesion, "_LARGE"), (cohesion, "_MANY")):
        monkeypatch.setattr(module, name, 0)


@pytest.fixture
def pool(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[int], None]]:
    pools = {count: threads.made(count) for count in (1, 2, 5)}

    def use(count: int) -> None:
        monkeypatch.setattr(threads, "count", lambda: count)
        monkeypatch.setattr(threads, "_pool", lambda: pools[count])

    yield use
    for each in pools.values():
        each.shutdown()


@pytest.mark.usefixtures("many_jobs")
@pytest.mark.parametrize("measure", MEASURES.values(), ids=MEASURES.keys())
def test_one_thread_finds_what_many_find(measure: Callable[[Network], Any], pool: Callable[[int], None]) -> None:
    network, found = exact(shelf()["large"]).weighted(CHANCES), list[Any]()
    for count in (1, 2, 5):
        pool(count)
        found.append(np.asarray(measure(network)))
    np.testing.assert_array_equal(found[0], found[1])
    np.testing.assert_array_equal(found[0], found[2])


RANKS = """
import hashlib, numpy as np
from graph.network import Network
from graph.network.centrality import eigenvector, hits, katz, pagerank
random = np.random.default_rng(1)
ours = Network.of(range(30_000), random.integers(0, 30_000, 90_000), random.integers(0, 3_000, 90_000), random.uniform(0.1, 1, 90_000))
print([hashlib.sha256(measure(ours).scores.tobytes()).hexdigest() for measure in (katz, pagerank, eigenvector, hits)])
"""


def test_threads_of_linear_algebra_change_no_bit() -> None:
    several = [dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), count) for count in ("1", "2")]
    found = [subprocess.run([sys.executable, "-c", RANKS], env={**os.environ, **each}, capture_output=True, check=True) for each in several]
    assert found[0].stdout == found[1].stdout != b""
