"""The backend itself: each function by the name and with the parameters that networkx gives it."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import numpy as np

from graph.network import Network
from graph.networkx_backend import connectivity, distances, groups, pairs, ranks, structure
from graph.networkx_backend.arguments import argument, first
from graph.networkx_backend.convert import from_networkx, to_networkx
from graph.networkx_backend.info import FUNCTIONS

__all__ = ["backend"]

SMALLEST = 1_000
"""Below so many nodes networkx is as fast, conversion counted."""

LIGHT = frozenset(
    {
        "connected_components",
        "degree_centrality",
        "in_degree_centrality",
        "is_connected",
        "is_strongly_connected",
        "is_weakly_connected",
        "modularity",
        "number_connected_components",
        "number_strongly_connected_components",
        "number_weakly_connected_components",
        "out_degree_centrality",
        "single_source_dijkstra_path_length",
        "single_source_shortest_path_length",
        "strongly_connected_components",
        "weakly_connected_components",
    }
)
"""What networkx has done before a graph is converted."""

PAIRS = frozenset({"adamic_adar_index", "jaccard_coefficient", "resource_allocation_index"})
"""These are light where they are asked for certain pairs."""

_MODULES = (connectivity, distances, groups, pairs, ranks, structure)
_REFUSALS = {name: refusal for module in _MODULES for name, refusal in module.REFUSALS.items()}


def can_run(name: str, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> bool | str:
    """Whether we would answer as networkx does; else why not."""
    refusal = _REFUSALS.get(name)
    return (refusal(*args, **kwargs) if refusal else None) or True


def should_run(name: str, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> bool | str:
    """Whether converting a graph of networkx for this is worth while."""
    graph = first(args, kwargs)
    if isinstance(graph, Network) or (getattr(graph, "__networkx_cache__", None) or {}).get("backends", {}).get("guanxi"):
        return True
    if len(graph) < SMALLEST:
        return "the graph is small"
    light = name in LIGHT or (name in PAIRS and argument(args, kwargs, "ebunch", 1) is not None)
    return "to convert the graph takes longer" if light else True


def convert_from_nx(graph: Any, *, edge_attrs: Mapping[str, Any] | None = None, weight: str | None = None, **_: Any) -> Network:
    if edge_attrs and len(edge_attrs) > 1:
        raise NotImplementedError("a network has one weight")
    try:
        made = from_networkx(graph, edge_attrs, weight)
    except (TypeError, ValueError):
        raise NotImplementedError("weights are numbers") from None
    # None, where networkx may read that there is no tie, has become one of these.
    if np.isnan(made.weights).any():
        raise NotImplementedError("weights are numbers")
    return made


def convert_to_nx(result: Any, **_: Any) -> Any:
    return to_networkx(result)


backend = SimpleNamespace(
    can_run=can_run,
    should_run=should_run,
    convert_from_nx=convert_from_nx,
    convert_to_nx=convert_to_nx,
    **{name: next(getattr(module, name) for module in _MODULES if hasattr(module, name)) for name in FUNCTIONS},
)
