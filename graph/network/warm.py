"""Compiles every kernel ahead, by running each algorithm on a small network: the first analysis then need not wait for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from graph.network import Network, centrality
from graph.network.betweenness import betweenness
from graph.network.cohesion import clustering, constraint, core_numbers, effective_size, take_share
from graph.network.communities import label_propagation, modularity
from graph.network.components import articulation_points, strong, weak
from graph.network.distances import closeness, distances, harmonic, levels
from graph.network.influence_maximisation import most_influential
from graph.network.leaving import leaving
from graph.network.leiden import leiden
from graph.network.paths import strongest_paths
from graph.network.reach import reach
from graph.network.shortest import shortest_path, shortest_simple_paths
from graph.network.similarity import most_similar, similarity
from graph.network.spread import spread

__all__ = ["warm"]


def warm(tell: Callable[[str], None] = lambda name: None) -> None:
    """Runs them all, and tells the name of each before it begins. Some seconds once compiled, a minute or two the first time."""
    for name, algorithm in _ALGORITHMS.items():
        tell(name)
        for directed in (False, True):
            algorithm(_network(directed))


def _network(directed: bool) -> Network:
    dice = np.random.default_rng(1)
    a, b = np.tile(np.arange(8), 3), np.concatenate([np.roll(np.arange(8), by) for by in (1, 3, 1)])
    return Network.of(range(8), a, b, dice.uniform(0.1, 0.9, 24), directed=directed)


def _once_without_direction(algorithm: Callable[[Network], Any]) -> Callable[[Network], Any]:
    return lambda network: None if network.directed else algorithm(network)


_ALGORITHMS: dict[str, Callable[[Network], Any]] = {
    "rows": lambda network: (network.reverse, network.strength),
    "pagerank": centrality.pagerank,
    "betweenness": lambda network: (betweenness(network), betweenness(network, weighted=True)),
    "distances": lambda network: (
        levels(network, [0]),
        distances(network, [0]),
        closeness(network),
        closeness(network, [0]),
        closeness(network, weighted=True),
        harmonic(network),
    ),
    "cohesion": lambda network: (
        core_numbers(network) if not network.directed else None,
        # Only large networks call it.
        take_share(network.indptr, network.indices, np.zeros(8, np.int32), np.zeros(1, np.int32), 0, 0, 8),
        clustering(network),
        clustering(network, weighted=True),
        constraint(network),
        effective_size(network),
    ),
    "components": lambda network: (weak(network), strong(network)),
    "articulation points": _once_without_direction(articulation_points),
    "leaving": lambda network: leaving(network, [0]).without(1),
    "communities": lambda network: (leiden(network), label_propagation(network), modularity(network, np.arange(8) % 2)),
    "paths": lambda network: (
        strongest_paths(network, [0], [4], 3),
        shortest_path(network, 0, 4),
        next(shortest_simple_paths(network, 0, 4)),
    ),
    "reach": lambda network: reach(network, [0], 2),
    "similarity": lambda network: (similarity(network, [0], [2]), most_similar(network, 3)),
    "spread": lambda network: (spread(network, [0], simulations=10), most_influential(network, 2, most_sets=2048)),
}
