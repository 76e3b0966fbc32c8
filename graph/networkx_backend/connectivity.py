"""Components, articulation points and bridges as networkx gives them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import networkx as nx

from graph.network import Network, components
from graph.network.components import Components
from graph.networkx_backend.arguments import Node, Refusal, grouped, place


def connected_components(G: Network) -> Iterator[set[Node]]:
    yield from grouped(G, components.weak(G).labels)


def number_connected_components(G: Network) -> int:
    return int(components.weak(G).count)


def is_connected(G: Network) -> bool:
    return _is_one(components.weak(G))


def weakly_connected_components(G: Network) -> Iterator[set[Node]]:
    yield from connected_components(G)


def number_weakly_connected_components(G: Network) -> int:
    return number_connected_components(G)


def is_weakly_connected(G: Network) -> bool:
    return is_connected(G)


def strongly_connected_components(G: Network) -> Iterator[set[Node]]:
    yield from grouped(G, components.strong(G, sinks_first=True).labels)


def number_strongly_connected_components(G: Network) -> int:
    return int(components.strong(G).count)


def is_strongly_connected(G: Network) -> bool:
    return _is_one(components.strong(G))


def _is_one(found: Components) -> bool:
    if not found.count:
        raise nx.NetworkXPointlessConcept("Connectivity is undefined for the null graph.")
    return bool(found.count == 1)


def articulation_points(G: Network) -> Iterator[Node]:
    for at in components.articulation_points(G).tolist():
        yield G.ids[at]


def bridges(G: Network, root: Node | None = None) -> Iterator[tuple[Node, Node]]:
    ends = components.bridges(G)
    if root is not None:
        labels = components.weak(G).labels
        ends = ends[labels[ends[:, 0]] == labels[place(G, root, "Root node")]]
    for a, b in ends.tolist():
        yield G.ids[a], G.ids[b]


def has_bridges(G: Network, root: Node | None = None) -> bool:
    return next(bridges(G, root), None) is not None


REFUSALS: Mapping[str, Refusal] = {}
