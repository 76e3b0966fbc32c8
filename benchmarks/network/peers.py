"""One peer on one graph: `python peers.py NAME FILE`. Runs in the peers' environment, so it imports nothing of ours but `timing`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from itertools import islice
from math import log
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))

from timing import tell

Algorithms = dict[str, Callable[[Any], Any]]


def networkx(given: Any) -> tuple[Callable[[], Any], Algorithms]:
    import networkx as nx

    def build() -> Any:
        graph: Any = nx.Graph()
        graph.add_nodes_from(range(int(given["n"])))
        graph.add_weighted_edges_from(zip(given["a"].tolist(), given["b"].tolist(), given["weight"].tolist(), strict=True))
        return graph

    def paths(graph: Any) -> Any:
        for a, b in given["between"].tolist():
            list(islice(nx.shortest_simple_paths(graph, a, b, weight=lambda _, __, data: -log(data["weight"])), 5))

    pairs, sources, egos, alpha = given["pairs"].tolist(), given["sources"].tolist(), given["egos"].tolist(), float(given["alpha"])
    return build, {
        "PageRank": lambda g: nx.pagerank(g, tol=1e-12, max_iter=300),
        "Katz": lambda g: nx.katz_centrality(g, alpha, 1.0, tol=1e-12, max_iter=2000, weight="weight"),
        "eigenvector": lambda g: nx.eigenvector_centrality(g, tol=1e-12, max_iter=1000, weight="weight"),
        "HITS": lambda g: nx.hits(g, tol=1e-12, max_iter=1000),
        "betweenness, 64 sources": lambda g: nx.betweenness_centrality(g, k=64, seed=1),
        "harmonic, 64 sources": lambda g: [sum(1 / d for d in nx.single_source_shortest_path_length(g, s).values() if d) for s in sources],
        "core numbers": nx.core_number,
        "clustering": nx.clustering,
        "constraint, 2,000 nodes": lambda g: nx.constraint(g, nodes=egos, weight="weight"),
        "five shortest paths, 20 pairs": paths,
        "components": lambda g: list(nx.connected_components(g)),
        "articulation points": lambda g: list(nx.articulation_points(g)),
        "bridges": lambda g: list(nx.bridges(g)),
        "label propagation": lambda g: list(nx.community.fast_label_propagation_communities(g, weight="weight", seed=1)),
        "Adamic-Adar, 100,000 pairs": lambda g: list(nx.adamic_adar_index(g, [pair for pair in pairs if pair[0] != pair[1]])),
    }


def igraph(given: Any) -> tuple[Callable[[], Any], Algorithms]:
    import igraph as ig

    def build() -> Any:
        graph = ig.Graph(n=int(given["n"]), edges=np.column_stack([given["a"], given["b"]]))
        graph.es["weight"], graph.es["length"] = given["weight"], given["length"]
        return graph

    def paths(graph: Any) -> Any:
        for a, b in given["between"].tolist():
            graph.get_k_shortest_paths(a, to=b, k=5, weights="length")

    sources, egos = given["sources"].tolist(), given["egos"].tolist()
    return build, {
        "PageRank": lambda g: g.pagerank(weights="weight", directed=False),
        "eigenvector": lambda g: g.eigenvector_centrality(weights="weight"),
        "HITS": lambda g: g.hub_score(weights="weight"),
        "betweenness, 64 sources": lambda g: g.betweenness(directed=False, sources=sources),
        "harmonic, 64 sources": lambda g: g.harmonic_centrality(vertices=sources, normalized=False),
        "core numbers": lambda g: g.coreness(),
        "clustering": lambda g: g.transitivity_local_undirected(mode="zero"),
        "constraint, 2,000 nodes": lambda g: g.constraint(vertices=egos, weights="weight"),
        "five shortest paths, 20 pairs": paths,
        "components": lambda g: g.connected_components(),
        "articulation points": lambda g: g.articulation_points(),
        "bridges": lambda g: g.bridges(),
        "Leiden": lambda g: g.community_leiden("modularity", weights="weight", n_iterations=3),
        "label propagation": lambda g: g.community_label_propagation(weights="weight"),
    }


def rustworkx(given: Any) -> tuple[Callable[[], Any], Algorithms]:
    import rustworkx as rx

    def build() -> Any:
        graph = rx.PyGraph(multigraph=False)
        graph.add_nodes_from(range(int(given["n"])))
        graph.add_edges_from(list(zip(given["a"].tolist(), given["b"].tolist(), given["weight"].tolist(), strict=True)))
        return graph

    alpha = float(given["alpha"])
    return build, {
        "PageRank": lambda g: rx.pagerank(g.to_directed(), weight_fn=float, tol=1e-12, max_iter=300),
        "Katz": lambda g: rx.katz_centrality(g, alpha, 1.0, weight_fn=float, tol=1e-12, max_iter=2000),
        "eigenvector": lambda g: rx.eigenvector_centrality(g, weight_fn=float, tol=1e-12, max_iter=1000),
        "HITS": lambda g: rx.hits(g.to_directed(), weight_fn=float, tol=1e-12, max_iter=1000),
        "core numbers": rx.core_number,
        "components": rx.connected_components,
        "articulation points": rx.articulation_points,
        "bridges": rx.bridges,
    }


def networkit(given: Any) -> tuple[Callable[[], Any], Algorithms]:
    import networkit as nk

    nk.setNumberOfThreads(2)
    bare = nk.GraphFromCoo((given["a"].astype(np.int64), given["b"].astype(np.int64)), n=int(given["n"]), weighted=False, directed=False)

    def build() -> Any:
        ends = given["a"].astype(np.int64), given["b"].astype(np.int64)
        return nk.GraphFromCoo((given["weight"], ends), n=int(given["n"]), weighted=True, directed=False)

    def run(algorithm: Any) -> Any:
        return algorithm.run()

    pairs = [tuple(pair) for pair in given["pairs"].tolist()]
    whole = {"harmonic, all": lambda _: run(nk.centrality.HarmonicCloseness(bare, False))} if int(given["n"]) <= 20_000 else {}
    return build, {
        "PageRank": lambda g: run(nk.centrality.PageRank(g, 0.85, 1e-12)),
        "Katz": lambda g: run(nk.centrality.KatzCentrality(g, float(given["alpha"]), 1.0, 1e-12)),
        # It looks at how the value changes, whose error is the square of the vector's.
        "eigenvector": lambda g: run(nk.centrality.EigenvectorCentrality(g, 1e-15)),
        "betweenness, 64 sources": lambda g: run(nk.centrality.EstimateBetweenness(bare, 64, False, True)),
        **whole,
        "core numbers": lambda g: run(nk.centrality.CoreDecomposition(bare)),
        "clustering": lambda g: run(nk.centrality.LocalClusteringCoefficient(bare, True)),
        "components": lambda g: run(nk.components.ConnectedComponents(bare)),
        "articulation points": lambda g: run(nk.components.BiconnectedComponents(bare)),
        "Leiden": lambda g: run(nk.community.ParallelLeiden(g, 3)),
        "label propagation": lambda g: run(nk.community.PLP(g)),
        "Adamic-Adar, 100,000 pairs": lambda g: nk.linkprediction.AdamicAdarIndex(bare).runOn(pairs),
    }


def scikit_network(given: Any) -> tuple[Callable[[], Any], Algorithms]:
    from scipy import sparse
    from sknetwork.clustering import Leiden, PropagationClustering
    from sknetwork.ranking import HITS, PageRank
    from sknetwork.topology import get_connected_components, get_core_decomposition

    def build() -> Any:
        n = int(given["n"])
        matrix = sparse.coo_matrix((given["weight"], (given["a"], given["b"])), shape=(n, n)).tocsr()
        return (matrix + matrix.T).tocsr()

    return build, {
        "PageRank": lambda m: PageRank(0.85, solver="piteration", n_iter=170, tol=1e-12).fit_predict(m),
        "HITS": lambda m: HITS().fit_predict(m),
        "core numbers": get_core_decomposition,
        "components": get_connected_components,
        "Leiden": lambda m: Leiden(random_state=1).fit_predict(m),
        "label propagation": lambda m: PropagationClustering().fit_predict(m),
    }


if __name__ == "__main__":
    name, file = sys.argv[1:]
    tell(*globals()[name.replace("-", "_")](dict(np.load(file))))
