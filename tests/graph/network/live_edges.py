"""The exact spread of an independent cascade in small networks, by all its worlds (Kempe, Kleinberg & Tardos, KDD 2003)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations, product

import networkx as nx


def worlds(graph: nx.DiGraph[int]) -> Iterator[tuple[float, nx.DiGraph[int]]]:
    """Each choice of ties that succeed, and how likely it is."""
    ties: list[tuple[int, int, float]] = list(graph.edges(data="weight"))
    for lives in product([False, True], repeat=len(ties)):
        chance, world = 1.0, nx.create_empty_copy(graph)
        for (a, b, weight), alive in zip(ties, lives, strict=True):
            chance *= weight if alive else 1 - weight
            if alive:
                world.add_edge(a, b)
        yield chance, world


def reached(world: nx.DiGraph[int]) -> list[set[int]]:
    return [{node, *nx.descendants(world, node)} for node in range(len(world))]


def spreads(graph: nx.DiGraph[int], choices: Iterable[tuple[int, ...]]) -> dict[tuple[int, ...], float]:
    """The spread of each of the choices of seeds."""
    result = dict.fromkeys(choices, 0.0)
    for chance, world in worlds(graph):
        from_each = reached(world)
        for seeds in result:
            result[seeds] += chance * len(set[int]().union(*(from_each[seed] for seed in seeds)))
    return result


def every_choice(n: int, costs: list[float], budget: float) -> list[tuple[int, ...]]:
    """All seeds within the budget."""
    sets = [seeds for size in range(n + 1) for seeds in combinations(range(n), size)]
    return [seeds for seeds in sets if sum(costs[seed] for seed in seeds) <= budget + 1e-9]
