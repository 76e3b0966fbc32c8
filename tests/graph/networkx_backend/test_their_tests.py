"""networkx's own tests of the functions that we dispatch, run against us."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import networkx as nx

from graph.networkx_backend.info import FUNCTIONS

THEIRS = Path(nx.__file__).parent / "algorithms"
FILES = (
    "centrality/tests/test_betweenness_centrality.py",
    "centrality/tests/test_closeness_centrality.py",
    "centrality/tests/test_degree_centrality.py",
    "centrality/tests/test_eigenvector_centrality.py",
    "centrality/tests/test_harmonic_centrality.py",
    "centrality/tests/test_katz_centrality.py",
    "community/tests/test_label_propagation.py",
    "community/tests/test_leiden.py",
    "community/tests/test_quality.py",
    "components/tests/test_biconnected.py",
    "components/tests/test_connected.py",
    "components/tests/test_strongly_connected.py",
    "components/tests/test_weakly_connected.py",
    "link_analysis/tests/test_hits.py",
    "link_analysis/tests/test_pagerank.py",
    "shortest_paths/tests/test_unweighted.py",
    "shortest_paths/tests/test_weighted.py",
    "tests/test_bridges.py",
    "tests/test_cluster.py",
    "tests/test_core.py",
    "tests/test_link_prediction.py",
    "tests/test_structuralholes.py",
)
LEAST = {
    "adamic_adar_index": 7,
    "articulation_points": 8,
    "asyn_lpa_communities": 7,
    "average_clustering": 22,
    "betweenness_centrality": 66,
    "bridges": 4,
    "closeness_centrality": 21,
    "clustering": 58,
    "connected_components": 9,
    "constraint": 18,
    "core_number": 25,
    "degree_centrality": 6,
    "effective_size": 20,
    "eigenvector_centrality": 8,
    "fast_label_propagation_communities": 17,
    "harmonic_centrality": 14,
    "has_bridges": 5,
    "hits": 2,
    "in_degree_centrality": 3,
    "is_connected": 15,
    "is_strongly_connected": 9,
    "is_weakly_connected": 7,
    "jaccard_coefficient": 6,
    "katz_centrality": 20,
    "leiden_communities": 11,
    "modularity": 22,
    "number_connected_components": 7,
    "number_strongly_connected_components": 5,
    "number_weakly_connected_components": 6,
    "out_degree_centrality": 3,
    "pagerank": 18,
    "resource_allocation_index": 7,
    "single_source_dijkstra_path_length": 20,
    "single_source_shortest_path_length": 78,
    "strongly_connected_components": 12,
    "transitivity": 5,
    "triangles": 15,
    "weakly_connected_components": 7,
}
"""So many of their calls of each came to us when this was written; fewer mean that something falls back unseen."""


def test_they_pass_on_our_kernels() -> None:
    root = Path(__file__).parents[3]
    options = ("-q", "-p", "tests.graph.networkx_backend.counting", "-p", "no:cacheprovider", "-c", os.devnull, "--rootdir", str(THEIRS))
    files = [str(THEIRS / file) for file in FILES]
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", *options, "--backend", "guanxi", "--fallback-to-nx", *files],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout[-4000:] + ran.stderr[-2000:]
    (counts,) = re.findall(r"^dispatched: (\{.*\})$", ran.stdout, re.MULTILINE)
    calls = ast.literal_eval(counts)
    assert set(calls) == set(LEAST) == set(FUNCTIONS)
    fewer = {name: (calls[name], least) for name, least in LEAST.items() if calls[name] < least}
    assert not fewer, f"came and should have come: {fewer}"
