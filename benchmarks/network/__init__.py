"""The network engine beside its peers: `python -m benchmarks network`, or `make bench-network`.

Each library runs in a process of its own, those for Python in an environment that this makes under `.cache` (`peers.txt`), Neo4j's Graph
Data Science in a server of its own (`gds.py`), on one graph: heavy-tailed, with communities. Reported for each algorithm: our seconds, and
those of each peer as a multiple of ours; last, the memory of the processes at their greatest.

`GUANXI_BENCHMARK_NODES` (100,000) and `GUANXI_BENCHMARK_TIES` (1,000,000) set its size, `GUANXI_BENCHMARK_PEERS` the peers. With
`GUANXI_BENCHMARK_LARGE=1` a graph ten times as large comes after it, without networkx and rustworkx: about an hour.
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
from benchmarks.network.timing import LIMIT

SLOW = ("networkx", "rustworkx")
PEERS = ("networkx", "igraph", "rustworkx", "networkit", "scikit-network", "gds")
HERE = Path(__file__).parent
ROOT = HERE.parents[1]
# Algorithm → seconds, None where it took longer than it may.
Times = dict[str, float | None]


def main() -> None:
    nodes = int(os.environ.get("GUANXI_BENCHMARK_NODES", "100000"))
    ties = int(os.environ.get("GUANXI_BENCHMARK_TIES", "1000000"))
    peers = os.environ.get("GUANXI_BENCHMARK_PEERS", " ".join(PEERS)).split()
    _measure(nodes, ties, peers)
    if os.environ.get("GUANXI_BENCHMARK_LARGE"):
        _measure(10 * nodes, 10 * ties, [peer for peer in peers if peer not in SLOW])


def _measure(nodes: int, ties: int, peers: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "graph.npz"
        graph.write(file, nodes, ties)
        print(f"\n{nodes:,} nodes, {ties:,} ties\n", flush=True)
        ours = _run([sys.executable, "-m", "benchmarks.network.ours", str(file)])
        theirs = {peer: _run([*_command(peer), str(file)]) for peer in peers}
    _table(ours, {peer: times for peer, times in theirs.items() if times})


def _command(peer: str) -> list[str]:
    if peer == "gds":
        return [sys.executable, "-m", "benchmarks.network.gds"]
    return [str(_environment()), "-W", "ignore", str(HERE / "peers.py"), peer]


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
    """What a process tells line by line; what fails is missing, and its error is printed."""
    found: Times = {}
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            # What else a process has to say, Maven for one, is none of its figures; it may have left a colour behind.
            if (figure := line.find('{"')) >= 0:
                found |= json.loads(line[figure:])
                print(f"  {command[-2]}: {line[figure:].strip()}", file=sys.stderr, flush=True)
    return found


def _table(ours: Times, theirs: dict[str, Times]) -> None:
    print("| algorithm | ours, s | " + " | ".join(theirs) + " |")
    print("|---|---|" + "---|" * len(theirs))
    for name, seconds in ours.items():
        if seconds:
            cells = (_ratio(times[name], seconds) if name in times else "" for times in theirs.values())
            print(f"| {name} | {seconds:.4g} | " + " | ".join(cells) + " |")


def _ratio(theirs: float | None, ours: float) -> str:
    return f"> {LIMIT / ours:.0f}" if theirs is None else f"{theirs / ours:.2f}" if theirs < 100 * ours else f"{theirs / ours:.0f}"
