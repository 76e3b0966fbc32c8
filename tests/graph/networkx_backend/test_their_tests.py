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
LEAST = 593
"""So many of their calls came to us when this was written; fewer mean that something falls back unseen."""


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
    assert set(calls) == set(FUNCTIONS)
    assert sum(calls.values()) >= LEAST, calls
