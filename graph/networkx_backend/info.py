"""What networkx reads when it is imported: nothing heavy may stand here."""

from __future__ import annotations

from typing import Any

__all__ = ["FUNCTIONS", "get_info"]

FUNCTIONS = (
    "adamic_adar_index",
    "articulation_points",
    "asyn_lpa_communities",
    "average_clustering",
    "betweenness_centrality",
    "bridges",
    "closeness_centrality",
    "clustering",
    "connected_components",
    "constraint",
    "core_number",
    "degree_centrality",
    "effective_size",
    "eigenvector_centrality",
    "fast_label_propagation_communities",
    "harmonic_centrality",
    "has_bridges",
    "hits",
    "in_degree_centrality",
    "is_connected",
    "is_strongly_connected",
    "is_weakly_connected",
    "jaccard_coefficient",
    "katz_centrality",
    "leiden_communities",
    "modularity",
    "number_connected_components",
    "number_strongly_connected_components",
    "number_weakly_connected_components",
    "out_degree_centrality",
    "pagerank",
    "resource_allocation_index",
    "single_source_dijkstra_path_length",
    "single_source_shortest_path_length",
    "strongly_connected_components",
    "transitivity",
    "triangles",
    "weakly_connected_components",
)
"""The functions of networkx that have kernels here, by the names under which they are dispatched."""


def get_info() -> dict[str, Any]:
    """The description of this backend."""
    return {
        "backend_name": "guanxi",
        "project": "Guanxi",
        "package": "guanxi",
        "short_summary": "Compressed rows and compiled kernels, many threads, no lock.",
        "functions": {name: {} for name in FUNCTIONS},
    }
