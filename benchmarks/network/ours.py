"""Our kernels on one graph: `python -m benchmarks.network.ours FILE`. They are compiled on a small graph first."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.network.timing import tell
from graph.network import Network, centrality
from graph.network.betweenness import betweenness
from graph.network.cohesion import clustering, constraint, core_numbers
from graph.network.communities import label_propagation
from graph.network.components import articulation_points, bridges, weak
from graph.network.distances import closeness, harmonic
from graph.network.leiden import leiden
from graph.network.similarity import similarity

Given = dict[str, Any]


def built(given: Given) -> Network:
    return Network.of(range(int(given["n"])), given["a"], given["b"], given["weight"])


def algorithms(given: Given) -> dict[str, Callable[[Network], Any]]:
    sources, pairs = given["sources"].tolist(), given["pairs"]
    return {
        "PageRank": centrality.pagerank,
        "Katz": centrality.katz,
        "eigenvector": centrality.eigenvector,
        "HITS": centrality.hits,
        "betweenness, 64 sources": lambda g: betweenness(g, k=min(64, len(g))),
        "harmonic, 64 sources": lambda g: closeness(g, sources),
        "harmonic, all": harmonic,
        "core numbers": core_numbers,
        "clustering": clustering,
        "constraint, 2,000 nodes": lambda g: constraint(g, given["egos"]),
        "components": weak,
        "articulation points": articulation_points,
        "bridges": bridges,
        "Leiden": leiden,
        "label propagation": label_propagation,
        "Adamic-Adar, 100,000 pairs": lambda g: similarity(g, pairs[:, 0], pairs[:, 1]),
    }


def small() -> Given:
    dice = np.random.default_rng(1)
    ends = {name: dice.integers(0, 50, 200) for name in ("a", "b")}
    return {
        **ends,
        "weight": dice.random(200),
        "n": 50,
        "sources": np.arange(5),
        "egos": np.arange(5),
        "pairs": dice.integers(0, 50, (9, 2)),
    }


def main(file: str) -> None:
    warm, given = small(), dict(np.load(file))
    for algorithm in algorithms(warm).values():
        algorithm(built(warm))
    tell(lambda: built(given), algorithms(given))


if __name__ == "__main__":
    main(sys.argv[1])
