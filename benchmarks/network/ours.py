"""Our kernels on one graph: `python -m benchmarks.network.ours FILE`. They are compiled on a small graph first."""

from __future__ import annotations

import sys
from collections.abc import Callable
from itertools import islice
from typing import Any

import numpy as np

from benchmarks.network.timing import tell
from graph.network import Network, centrality
from graph.network.betweenness import betweenness
from graph.network.cohesion import clustering, constraint, core_numbers
from graph.network.communities import label_propagation
from graph.network.components import articulation_points, bridges, weak
from graph.network.distances import closeness, harmonic
from graph.network.influence_maximisation import most_influential
from graph.network.leiden import leiden
from graph.network.shortest import shortest_simple_paths
from graph.network.similarity import most_similar, similarity

Given = dict[str, Any]


def built(given: Given) -> Network:
    return Network.of(range(int(given["n"])), given["a"], given["b"], given["weight"])


def algorithms(given: Given) -> dict[str, Callable[[Network], Any]]:
    sources, pairs, between = given["sources"].tolist(), given["pairs"], given["between"].tolist()
    whole = {"harmonic, all": harmonic} if int(given["n"]) <= 200_000 else {}
    return {
        "PageRank": centrality.pagerank,
        "Katz": centrality.katz,
        "eigenvector": centrality.eigenvector,
        "HITS": centrality.hits,
        "betweenness, 64 sources": lambda g: betweenness(g, k=min(64, len(g))),
        "harmonic, 64 sources": lambda g: closeness(g, sources),
        **whole,
        "core numbers": core_numbers,
        "clustering": clustering,
        "constraint, 2,000 nodes": lambda g: constraint(g, given["egos"]),
        "five shortest paths, 20 pairs": lambda g: five_shortest(g.weighted(given["length"]), between),
        "components": weak,
        "articulation points": articulation_points,
        "bridges": bridges,
        "Leiden": leiden,
        "label propagation": label_propagation,
        "Adamic-Adar, 100,000 pairs": lambda g: similarity(g, pairs[:, 0], pairs[:, 1]),
        "ten most alike of each": lambda g: most_similar(g, 10),
        "ten to spread from": lambda g: most_influential(g.weighted(np.full(len(given["a"]), 0.01)), 10),
    }


def five_shortest(network: Network, between: list[list[int]]) -> list[list[tuple[float, tuple[int, ...]]]]:
    return [list(islice(shortest_simple_paths(network, source, target), 5)) for source, target in between]


def small() -> Given:
    dice = np.random.default_rng(1)
    ends = {name: dice.integers(0, 50, 200) for name in ("a", "b")}
    return {
        **ends,
        "weight": dice.random(200),
        "length": dice.random(200),
        "n": 50,
        "sources": np.arange(5),
        "egos": np.arange(5),
        "pairs": dice.integers(0, 50, (9, 2)),
        "between": dice.integers(0, 50, (2, 2)),
    }


def main(file: str) -> None:
    warm, given = small(), dict(np.load(file))
    for algorithm in algorithms(warm).values():
        algorithm(built(warm))
    tell(lambda: built(given), algorithms(given))


if __name__ == "__main__":
    main(sys.argv[1])
