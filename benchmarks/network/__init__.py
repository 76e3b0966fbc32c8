"""The network engine beside its peers: `python -m benchmarks network`, or `make bench-network`.

Each library runs in a process of its own, the peers in an environment of their own that this makes under `.cache` (`peers.txt`), on one
graph: heavy-tailed, with communities. `GUANXI_BENCHMARK_NODES` (100,000) and `GUANXI_BENCHMARK_TIES` (1,000,000) set its size,
`GUANXI_BENCHMARK_PEERS` the peers. Reported for each algorithm: our seconds, and those of each peer as a multiple of ours.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

from benchmarks.network import graph

PEERS = ("networkx", "igraph", "rustworkx", "networkit", "scikit-network")
HERE = Path(__file__).parent
ROOT = HERE.parents[1]
Times = dict[str, float]


def main() -> None:
    nodes = int(os.environ.get("GUANXI_BENCHMARK_NODES", "100000"))
    ties = int(os.environ.get("GUANXI_BENCHMARK_TIES", "1000000"))
    peers = os.environ.get("GUANXI_BENCHMARK_PEERS", " ".join(PEERS)).split()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "graph.npz"
        graph.write(file, nodes, ties)
        print(f"{nodes:,} nodes, {ties:,} ties", flush=True)
        ours = _run([sys.executable, "-m", "benchmarks.network.ours", str(file)])
        python = _environment()
        theirs = {peer: _run([str(python), str(HERE / "peers.py"), peer, str(file)]) for peer in peers}
    _table(ours, theirs)


def _environment() -> Path:
    """The interpreter of the environment in which the peers are installed."""
    folder = ROOT / ".cache/peers"
    python = folder / "bin/python"
    stamp = folder / "installed.txt"
    wanted = (HERE / "peers.txt").read_text()
    if not stamp.exists() or stamp.read_text() != wanted:
        venv.create(folder, with_pip=True, clear=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "-r", HERE / "peers.txt"], check=True)
        stamp.write_text(wanted)
    return python


def _run(command: list[str]) -> Times:
    """Algorithm → seconds, as a process tells them line by line; what takes too long or fails is missing."""
    found: Times = {}
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            found |= json.loads(line)
    return found


def _table(ours: Times, theirs: dict[str, Times]) -> None:
    print("| algorithm | ours, s | " + " | ".join(theirs) + " |")
    print("|---|---|" + "---|" * len(theirs))
    for name, seconds in ours.items():
        cells = (f"{times[name] / seconds:.2f}" if name in times else "" for times in theirs.values())
        print(f"| {name} | {seconds:.4g} | " + " | ".join(cells) + " |")
