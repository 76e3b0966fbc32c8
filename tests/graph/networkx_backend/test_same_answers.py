"""On graphs of every kind each function gives what networkx gives, and where it gives an error, the same error."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings

from graph.networkx_backend import pairs
from graph.networkx_backend.convert import from_networkx
from graph.networkx_backend.info import FUNCTIONS
from tests.graph.network.shelf import any_graphs, odd, parallel, shelf

WEIGHTS: tuple[Any, ...] = (None, "weight", lambda *_: 2)
SOME = [1, 0, 1, "nobody"]
GRAPHS = {**shelf(), **odd(), **parallel()}
del GRAPHS["large"]
for name, weights in {"nothing weighs": (0, 0, 0), "some weigh nothing": (0, 1, 2), "debts": (-1, -1, 2)}.items():
    GRAPHS[name] = nx.Graph()
    GRAPHS[name].add_weighted_edges_from(zip((0, 1, 2), (1, 2, 0), weights, strict=True))

PAIRS = [(0, 1), (1, 0), (2, 0), (1, 1)]
HALVES = [{0, 1}, set(range(2, 34))]
KATZ = [(0.01, None, True), (0.01, "weight", False), (0.05, "weight", True), (5, None, True)]
SHARES: list[Any] = [({0: 1}, None), (None, {0: 1, "nobody": 3}), ({0: 1, 1: 3}, {1: 1}), ({"nobody": 1}, None), (None, {}), (None, {0: 0})]
OFF = {"hits": 1e-7, "pagerank": 1e-7}
"""They end within the tolerance that is asked for, not at the same step."""

DRAWN = {"asyn_lpa_communities", "fast_label_propagation_communities", "leiden_communities"}
"""By chance: `test_groups` holds them to what defines them."""

CALLS: Mapping[str, list[dict[str, Any]]] = {
    "adamic_adar_index": [{}, {"ebunch": PAIRS[:3]}, {"ebunch": PAIRS}, {"ebunch": [(0, 0)]}, {"ebunch": [(0, "nobody")]}],
    "articulation_points": [{}],
    "average_clustering": [{"weight": weight, "count_zeros": zeros} for weight in WEIGHTS for zeros in (True, False)] + [{"nodes": SOME}],
    "betweenness_centrality": [
        *({"weight": weight, "endpoints": endpoints} for weight in WEIGHTS for endpoints in (True, False)),
        *({"k": k, "seed": 7, "normalized": normalized} for k in (0, 1, 3) for normalized in (True, False)),
    ],
    "bridges": [{}, {"root": 0}, {"root": "nobody"}],
    "closeness_centrality": [
        *({"distance": weight, "wf_improved": improved} for weight in WEIGHTS for improved in (True, False)),
        *({"distance": weight, "u": u} for weight in WEIGHTS[:2] for u in (0, "nobody")),
    ],
    "clustering": [{"weight": weight, "nodes": nodes} for weight in WEIGHTS for nodes in (None, 0, SOME)],
    "connected_components": [{}],
    "constraint": [{"weight": weight, "nodes": nodes} for weight in WEIGHTS for nodes in (None, [0, 1])],
    "core_number": [{}],
    "degree_centrality": [{}],
    "effective_size": [{}, *({"weight": weight, "nodes": [0, 1]} for weight in WEIGHTS)],
    "eigenvector_centrality": [
        *({"weight": weight, "tol": 1e-9, "max_iter": 1000} for weight in WEIGHTS[:2]),
        {"max_iter": 5},
        {"nstart": {0: 1.0}},
    ],
    "harmonic_centrality": [
        {"distance": weight, "nbunch": nbunch, "sources": sources}
        for weight in WEIGHTS
        for nbunch, sources in ((None, None), (SOME, None), (None, SOME), (0, 1))
    ],
    "has_bridges": [{}, {"root": 0}, {"root": "nobody"}],
    "hits": [{"tol": 1e-12}],
    "in_degree_centrality": [{}],
    "is_connected": [{}],
    "is_strongly_connected": [{}],
    "is_weakly_connected": [{}],
    "jaccard_coefficient": [{}, {"ebunch": PAIRS}, {"ebunch": [(0, "nobody")]}],
    "katz_centrality": [
        *({"alpha": alpha, "weight": weight, "normalized": normalized} for alpha, weight, normalized in KATZ),
        *({"alpha": 0.01, "beta": beta} for beta in (2, np.float32(0.5), {0: 1.0}, dict.fromkeys(range(34), 0.5), {1, 2})),
        {"nstart": {0: 1.0}},
    ],
    "modularity": [
        *({"communities": HALVES, "weight": weight, "resolution": resolution} for weight in WEIGHTS for resolution in (1, 0.5)),
        *({"communities": partition} for partition in ([], [{0}], [{0}, {0}], [{0, 1}, {2, 3}])),
    ],
    "number_connected_components": [{}],
    "number_strongly_connected_components": [{}],
    "number_weakly_connected_components": [{}],
    "out_degree_centrality": [{}],
    "pagerank": [
        *({"weight": weight, "alpha": alpha, "tol": 1e-9, "max_iter": 1000} for weight in WEIGHTS[:2] for alpha in (0.85, 0.5, 1)),
        *({"personalization": shares, "dangling": dangling, "tol": 1e-9} for shares, dangling in SHARES),
        {"max_iter": 5, "tol": 1e-9},
        {"tol": 0},
        {"nstart": {0: 1.0}},
    ],
    "resource_allocation_index": [{}, {"ebunch": PAIRS}, {"ebunch": [(0, "nobody")]}],
    "single_source_dijkstra_path_length": [
        {"source": source, "weight": weight, "cutoff": cutoff}
        for source in (0, "nobody")
        for weight in WEIGHTS
        for cutoff in (None, -1, 1.5)
    ],
    "single_source_shortest_path_length": [
        {"source": source, "cutoff": cutoff} for source in (0, "nobody") for cutoff in (None, -1, 0, 1.5, 2, math.inf)
    ],
    "strongly_connected_components": [{}],
    "transitivity": [{}],
    "triangles": [{}, {"nodes": 0}, {"nodes": SOME}],
    "weakly_connected_components": [{}],
}


def outcome(call: Callable[[], Any]) -> Any:
    """What a call gives, a set where the order is nobody's; or the kind of its error."""
    try:
        found = call()
        found = list(found) if isinstance(found, Iterator) else found
    except (nx.NetworkXException, ArithmeticError, LookupError, TypeError, ValueError) as error:
        return type(error)
    if isinstance(found, list) and found and isinstance(found[0], tuple) and len(found[0]) > 2:
        return {frozenset(pair): score for *pair, score in found}
    if isinstance(found, list):
        return {frozenset(each) if isinstance(each, (set, tuple)) else each for each in found}
    return found


def about(theirs: Any, off: float) -> Any:
    if isinstance(theirs, tuple):
        return tuple(about(each, off) for each in theirs)
    return pytest.approx(theirs, nan_ok=True, abs=off) if isinstance(theirs, (dict, float)) else theirs


def compared(graph: Any, name: str) -> int:
    """How many of the calls we answer, each as networkx does; with a conversion that has weights, whether they are asked for or not."""
    function, network, answered = getattr(nx, name, None) or getattr(nx.community, name), from_networkx(graph, weight="weight"), 0
    for call in CALLS[name]:
        try:
            ours = outcome(partial(function, network, **call))
        except NotImplementedError:
            continue
        answered += 1
        if name != "hits" or not by_chance(graph):
            assert ours == about(outcome(partial(function, graph, **call)), OFF.get(name, 1e-12)), call
    return answered


def by_chance(graph: Any) -> bool:
    """Whether the authorities of networkx are drawn: of equal singular values it takes any, those of 0 1 are equal to the eye."""
    if len(graph) < 2:
        return False
    first, second, *_ = np.linalg.svd(nx.to_numpy_array(graph), compute_uv=False)
    return bool(second > 0.99 * first)


def natural(call: Mapping[str, Any]) -> bool:
    return call.get("k") != 0 and "nstart" not in call and not any(map(callable, call.values()))


each_function = pytest.mark.parametrize("name", CALLS)


@each_function
def test_named_graphs_are_answered_as_by_networkx(name: str) -> None:
    for graph in GRAPHS.values():
        compared(graph, name)


@each_function
@settings(max_examples=30)
@given(graph=any_graphs())
def test_any_graph_is_answered_as_by_networkx(name: str, graph: Any) -> None:
    compared(graph, name)


@each_function
def test_what_is_natural_is_not_refused(name: str) -> None:
    graph = GRAPHS["directed" if any(part in name for part in ("strong", "weak", "in_", "out_")) else "karate"]
    assert compared(graph, name) == sum(map(natural, CALLS[name]))


def test_pairs_are_found_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    graph = GRAPHS["karate"]
    monkeypatch.setattr(pairs, "_ROOM", 5 * len(graph))
    assert compared(graph, "jaccard_coefficient") == len(CALLS["jaccard_coefficient"])


def test_every_function_is_compared_or_drawn_by_chance() -> None:
    assert {*CALLS, *DRAWN} == set(FUNCTIONS)
