"""Distances, and the centralities that come of them, as networkx gives them."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil, floor, inf
from random import Random
from typing import Any

import numpy as np

from graph.network import FloatArray, Network, betweenness, distances
from graph.networkx_backend.arguments import (
    Node,
    Refusal,
    any_of,
    argument,
    chosen,
    labelled,
    not_function,
    place,
    plain_weights,
)


def single_source_shortest_path_length(G: Network, source: Node, cutoff: float | None = None) -> dict[Node, float]:
    most = None if cutoff in (None, inf) else max(0, ceil(cutoff))
    steps = distances.levels(G, [place(G, source, "Source")], most=most)
    return _nearest_first(G, steps, steps >= 0)


def single_source_dijkstra_path_length(
    G: Network, source: Node, cutoff: float | None = None, weight: str | None = "weight"
) -> dict[Node, float]:
    if weight is None:
        return single_source_shortest_path_length(G, source, None if cutoff in (None, inf) else floor(cutoff))
    start = place(G, source)
    far = distances.distances(plain_weights(G, weight), [start])
    within = far < inf if cutoff is None else (far < inf) & (far <= cutoff)
    within[start] = True
    return _nearest_first(G, far, within)


def _nearest_first(network: Network, values: Any, within: Any) -> dict[Node, Any]:
    order = np.argsort(values, kind="stable")
    order = order[within[order]]
    return {network.ids[at]: value for at, value in zip(order.tolist(), values[order].tolist(), strict=True)}


def closeness_centrality(G: Network, u: Node | None = None, distance: str | None = None, wf_improved: bool = True) -> Any:
    ties, weighted = plain_weights(G, distance), distance is not None
    if u is None:
        return labelled(G, distances.closeness(ties, weighted=weighted, wf_improved=wf_improved))
    return distances.closeness(ties, [place(G, u)], weighted=weighted, wf_improved=wf_improved).item()


def harmonic_centrality(G: Network, nbunch: Any = None, distance: str | None = None, sources: Any = None) -> dict[Node, float]:
    ties, weighted = plain_weights(G, distance), distance is not None
    nodes, starts = list(dict.fromkeys(chosen(G, nbunch))), sorted(set(chosen(G, sources)))
    if len(nodes) < len(starts):
        found = np.array([_nearness(distances.distances(ties.reverse, [at], weighted=weighted)[starts]) for at in nodes])
    else:
        found = distances.harmonic(ties, starts, weighted=weighted)[nodes]
    return {G.ids[at]: value for at, value in zip(nodes, found.tolist(), strict=True)}


def _nearness(far: FloatArray) -> float:
    return float((1 / far[far > 0]).sum())


def betweenness_centrality(
    G: Network,
    k: int | None = None,
    normalized: bool = True,
    weight: str | None = None,
    endpoints: bool = False,
    seed: Random | None = None,
) -> dict[Node, float]:
    ties, random = plain_weights(G, weight, above=True), seed or Random()
    found = betweenness.betweenness(ties, weighted=weight is not None, normalized=normalized, endpoints=endpoints, k=k, seed=random)
    return labelled(G, found)


def _no_sample(*args: Any, **kwargs: Any) -> str | None:
    k, seed = argument(args, kwargs, "k", 1), argument(args, kwargs, "seed", 5)
    if k is not None and k < 1:
        return "no node is drawn"
    return None if seed is None or isinstance(seed, Random) else "nodes are drawn by Python's random numbers"


def _no_cutoff(*args: Any, **kwargs: Any) -> str | None:
    cutoff = argument(args, kwargs, "cutoff", 2)
    return "the cutoff is no number" if cutoff != cutoff else None


REFUSALS: Mapping[str, Refusal] = {
    "betweenness_centrality": any_of(_no_sample, not_function("weight", 3)),
    "closeness_centrality": not_function("distance", 2),
    "harmonic_centrality": not_function("distance", 2),
    "single_source_dijkstra_path_length": any_of(_no_cutoff, not_function("weight", 3)),
    "single_source_shortest_path_length": _no_cutoff,
}
