"""What the functions of networkx are given and give, in terms of ours: nodes as positions, weights, what we do not answer."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Any

import networkx as nx
import numpy as np

from graph.network import Network

__all__ = [
    "Node",
    "Refusal",
    "any_of",
    "argument",
    "chosen",
    "directed",
    "first",
    "grouped",
    "is_node",
    "labelled",
    "looped",
    "multigraph",
    "none_loops",
    "not_function",
    "place",
    "plain_weights",
    "weighed",
]

Node = Hashable
Refusal = Callable[..., str | None]


def labelled(network: Network, values: Any) -> dict[Node, Any]:
    """Node → its value."""
    return dict(zip(network.ids, values.tolist(), strict=True))


def weighed(network: Network, weight: str | None) -> Network:
    """The network with the weights that a call asks for: where it asks for none, networkx may bring one that was made with them."""
    return network if weight is not None else network.unweighted


def plain_weights(network: Network, weight: str | None, *, above: bool = False) -> Network:
    """The same where weights are 0 or more, or `above` 0; networkx answers for others by itself."""
    found = weighed(network, weight)
    if not ((found.weights > 0 if above else found.weights >= 0) & np.isfinite(found.weights)).all():
        raise NotImplementedError("weights are numbers that are not negative")
    return found


def looped(network: Network) -> bool:
    """Whether a node is tied to itself."""
    return bool((network.indices == network.rows).any())


def none_loops(network: Network) -> Network:
    """The same where no node is tied to itself; networkx answers for others by itself."""
    if looped(network):
        raise NotImplementedError("no node may be tied to itself")
    return network


def is_node(network: Network, node: Any) -> bool:
    """Whether it is one, which what cannot be hashed is not."""
    try:
        return node in network.place
    except TypeError:
        return False


def place(network: Network, node: Any, what: str = "Node") -> int:
    """The position of a node; NodeNotFound if it is none."""
    if not is_node(network, node):
        raise nx.NodeNotFound(f"{what} {node} is not in G")
    return network.place[node]


def chosen(network: Network, nodes: Any) -> list[int]:
    """The positions of a node, of those of several that are in the network, or of all (None): an `nbunch` of networkx."""
    if nodes is None:
        return list(range(len(network)))
    if is_node(network, nodes):
        return [network.place[nodes]]
    if not isinstance(nodes, Iterable):
        raise nx.NetworkXError(f"Node {nodes} is not in the graph.")
    return [network.place[node] for node in nodes if node in network.place]


def first(args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
    """The graph of a call."""
    return args[0] if args else kwargs["G"]


def argument(args: tuple[Any, ...], kwargs: Mapping[str, Any], name: str, at: int) -> Any:
    """What a call gives by this name or at this place, None where it gives nothing."""
    return args[at] if len(args) > at else kwargs.get(name)


def not_function(name: str, at: int) -> Refusal:
    """Refuses a function where an attribute is asked for."""
    return lambda *args, **kwargs: "weights are attributes, not functions" if callable(argument(args, kwargs, name, at)) else None


def any_of(*refusals: Refusal) -> Refusal:
    """Refuses what any of these refuses."""
    return lambda *args, **kwargs: next(filter(None, (refusal(*args, **kwargs) for refusal in refusals)), None)


def multigraph(*args: Any, **kwargs: Any) -> str | None:
    """Refuses parallel ties."""
    return "ties may not be parallel" if first(args, kwargs).is_multigraph() else None


def directed(*args: Any, **kwargs: Any) -> str | None:
    """Refuses directions."""
    return "ties may not have directions" if first(args, kwargs).is_directed() else None


def grouped(network: Network, labels: Any) -> list[set[Node]]:
    """The nodes of each label 0, 1, …"""
    ends = np.cumsum(np.bincount(labels))
    order, ids = np.argsort(labels, kind="stable").tolist(), network.ids
    return [{ids[at] for at in order[start:end]} for start, end in zip([0, *ends.tolist()], ends.tolist(), strict=False)]
