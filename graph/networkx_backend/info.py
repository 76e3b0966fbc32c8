"""What networkx reads when it is imported: nothing heavy may stand here."""

from __future__ import annotations

from typing import Any

__all__ = ["FUNCTIONS", "get_info"]

FUNCTIONS = (
    "average_clustering",
    "clustering",
    "constraint",
    "core_number",
    "degree_centrality",
    "effective_size",
    "eigenvector_centrality",
    "hits",
    "in_degree_centrality",
    "katz_centrality",
    "out_degree_centrality",
    "pagerank",
    "transitivity",
    "triangles",
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
