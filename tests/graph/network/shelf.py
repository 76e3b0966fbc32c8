"""Small named graphs every algorithm has to stand, and random ones."""

from __future__ import annotations

import networkx as nx
import numpy as np
from hypothesis import strategies as st

from graph.network import Layer, Network, strongest


def network(graph: nx.Graph[int]) -> Network:
    """The Network of a networkx graph whose nodes are 0…n-1; a tie without a weight has weight 1."""
    ends = [(f"{a:05}", f"{b:05}") for a, b in graph.edges()]
    weight = np.array([data.get("weight", 1.0) for *_, data in graph.edges(data=True)])
    return strongest([f"{node:05}" for node in graph], [Layer(0, [a for a, _ in ends], [b for _, b in ends], weight)])


def shelf() -> dict[str, nx.Graph[int]]:
    graphs = {
        "empty": nx.empty_graph(0),
        "one node": nx.empty_graph(1),
        "two apart": nx.empty_graph(2),
        "pair": nx.path_graph(2),
        "star": nx.star_graph(6),
        "path": nx.path_graph(7),
        "ring": nx.cycle_graph(80),
        "clique": nx.complete_graph(6),
        "disconnected": nx.disjoint_union(nx.complete_graph(4), nx.path_graph(3)),
        "florentine": nx.florentine_families_graph(),
        "karate": nx.karate_club_graph(),
        "les misérables": nx.les_miserables_graph(),
        "large": nx.barabasi_albert_graph(300, 3, seed=1),
    }
    return {name: nx.convert_node_labels_to_integers(graph) for name, graph in graphs.items()}


@st.composite
def graphs(draw: st.DrawFn, most: int = 12) -> nx.Graph[int]:
    """A weighted graph of 1…most nodes with strengths in (0, 1)."""
    n = draw(st.integers(1, most))
    graph: nx.Graph[int] = nx.empty_graph(n)
    pairs = [(a, b) for a in range(n) for b in range(a)]
    for a, b in draw(st.lists(st.sampled_from(pairs), unique=True)) if pairs else []:
        graph.add_edge(a, b, weight=draw(st.floats(0.01, 0.99)))
    return graph
