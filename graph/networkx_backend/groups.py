"""Communities as networkx gives them, and how good it finds them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np
from networkx.algorithms.community.quality import NotAPartition

from graph.network import IntArray, Network
from graph.network.communities import label_propagation, leiden
from graph.network.communities import modularity as quality
from graph.networkx_backend.arguments import (
    Node,
    Refusal,
    any_of,
    argument,
    directed,
    grouped,
    is_node,
    multigraph,
    none_loops,
    not_function,
    plain_weights,
    weighed,
)


def leiden_communities(
    G: Network, weight: str | None = "weight", resolution: float = 1, max_level: None = None, seed: Any = None
) -> list[set[Node]]:
    return grouped(G, leiden(plain_weights(G, weight), resolution=resolution, seed=_drawn(seed)))


def asyn_lpa_communities(G: Network, weight: str | None = None, seed: Any = None) -> Iterator[set[Node]]:
    return _spread(G, weight, seed)


def fast_label_propagation_communities(G: Network, *, weight: str | None = None, seed: Any = None) -> Iterator[set[Node]]:
    return _spread(G, weight, seed)


def _spread(network: Network, weight: str | None, seed: Any) -> Iterator[set[Node]]:
    ties = none_loops(plain_weights(network, weight, above=True))
    return iter(grouped(network, label_propagation(ties, seed=_drawn(seed))))


def _drawn(seed: Any) -> int:
    """A seed for our random numbers out of networkx's."""
    return 0 if seed is None else int(seed.randint(0, 2**31 - 1))


def modularity(G: Network, communities: Iterable[Any], weight: str | None = "weight", resolution: float = 1) -> float:
    given = communities if isinstance(communities, list) else list(communities)
    labels, ties = _labels(G, given), weighed(G, weight)
    if not ties.weights.sum():
        raise ZeroDivisionError("no tie has weight")
    return quality(ties, labels, resolution=resolution)


def _labels(network: Any, given: list[Any]) -> IntArray:
    labels = np.full(len(network), -1)
    for label, group in enumerate(given):
        labels[[network.place[node] for node in group if is_node(network, node)]] = label
    if (labels < 0).any() or sum(map(len, given)) != len(network):
        raise NotAPartition(network, given)
    return labels


def _leiden_differs(*args: Any, **kwargs: Any) -> str | None:
    return None if argument(args, kwargs, "max_level", 3) is None else "there are no levels to stop at"


REFUSALS: Mapping[str, Refusal] = {
    "asyn_lpa_communities": any_of(directed, multigraph, not_function("weight", 1)),
    "fast_label_propagation_communities": not_function("weight", 1),
    "leiden_communities": any_of(_leiden_differs, not_function("weight", 1)),
    "modularity": not_function("weight", 2),
}
