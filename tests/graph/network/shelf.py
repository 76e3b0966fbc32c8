"""Small named graphs every algorithm has to stand, and random ones."""

from __future__ import annotations

import networkx as nx
import numpy as np
from hypothesis import strategies as st

from graph.network import Layer, Network, strongest


def network(graph: nx.Graph[int]) -> Network:
    """The Network of a networkx graph whose nodes are 0…n-1; a tie without a weight has weight 1."""
    place = {node: position for position, node in enumerate(sorted(graph))}
    a, b = (np.array([place[edge[end]] for edge in graph.edges()], np.int32) for end in (0, 1))
    weight = np.array([data.get("weight", 1.0) for *_, data in graph.edges(data=True)])
    return strongest([f"{node:05}" for node in place], [Layer(0, a, b, weight)])


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


def exact(graph: nx.Graph[int]) -> Network:
    """The Network of a networkx graph whose nodes are 0…n-1 as it is: with its directions, loops and parallel ties."""
    ends = np.array([(a, b) for a, b in graph.edges()], np.int64).reshape(-1, 2)
    weight = np.array([data.get("weight", 1.0) for *_, data in graph.edges(data=True)], np.float64)
    return Network.of(range(len(graph)), ends[:, 0], ends[:, 1], weight, directed=graph.is_directed())


def odd() -> dict[str, nx.Graph[int]]:
    """Graphs with directions, with loops, and both."""
    loops, directed = nx.path_graph(4), nx.gnp_random_graph(30, 0.2, seed=2, directed=True)
    loops.add_edges_from([(0, 0), (2, 2)], weight=0.7)
    loops.add_edges_from([(0, 2)], weight=2.0)
    looped = nx.DiGraph([(0, 0), (0, 1), (1, 0), (1, 2), (2, 0), (2, 2), (3, 2), (3, 4)])
    for place, (*_, data) in enumerate(directed.edges(data=True)):
        data["weight"] = 0.1 + place % 7
    return {
        "a loop alone": nx.Graph([(0, 0)]),
        "loops": loops,
        "directed ring": nx.cycle_graph(5, create_using=nx.DiGraph),
        "directed": directed,
        "directed with loops": looped,
        "directed without ties": nx.empty_graph(3, create_using=nx.DiGraph),
    }


def parallel() -> dict[str, nx.MultiGraph[int]]:
    """Graphs with parallel ties, without and with directions."""
    ties = [(0, 1, 0.5), (0, 1, 0.25), (1, 2, 1.0), (2, 0, 2.0), (2, 3, 0.5), (3, 2, 0.5), (3, 3, 1.0), (3, 3, 1.0)]
    plain: nx.MultiGraph[int] = nx.MultiGraph()
    directed: nx.MultiDiGraph[int] = nx.MultiDiGraph()
    for graph in (plain, directed):
        graph.add_weighted_edges_from(ties)
    return {"parallel": plain, "directed and parallel": directed}


@st.composite
def any_graphs(draw: st.DrawFn, most: int = 10) -> nx.Graph[int]:
    """A weighted graph of 1…most nodes, with loops, with or without directions."""
    n, directed = draw(st.integers(1, most)), draw(st.booleans())
    graph: nx.Graph[int] = nx.empty_graph(n, create_using=nx.DiGraph if directed else nx.Graph)
    node = st.integers(0, n - 1)
    for a, b in draw(st.lists(st.tuples(node, node), max_size=4 * n)):
        graph.add_edge(a, b, weight=draw(st.floats(0.01, 2)))
    return graph


@st.composite
def graphs(draw: st.DrawFn, most: int = 12) -> nx.Graph[int]:
    """A weighted graph of 1…most nodes with strengths in (0, 1)."""
    n = draw(st.integers(1, most))
    graph: nx.Graph[int] = nx.empty_graph(n)
    pairs = [(a, b) for a in range(n) for b in range(a)]
    for a, b in draw(st.lists(st.sampled_from(pairs), unique=True)) if pairs else []:
        graph.add_edge(a, b, weight=draw(st.floats(0.01, 0.99)))
    return graph
