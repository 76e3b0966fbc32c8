"""A graph as companies' networks are: heavy-tailed degrees, communities, one tie a pair. The same every time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.linalg import eigsh

MIXING, COMMUNITY = 0.25, 60
Ends = tuple[NDArray[np.int32], NDArray[np.int32]]


def write(file: Path, nodes: int, ties: int) -> None:
    """Writes `a`, `b`, `weight` (0 to 1), `length` (-ln weight), `n`, and what is asked of it: `sources`, `pairs`, `egos`, `between`, and
    `alpha`, how much of Katz centrality is passed on.
    """
    dice = np.random.default_rng(7)
    a, b = _ties(dice, nodes, ties)
    tied = np.unique(np.concatenate([a, b]))
    asked: dict[str, Any] = {
        "sources": dice.choice(tied, min(64, len(tied)), replace=False),
        "egos": np.sort(dice.choice(tied, min(2_000, len(tied)), replace=False)),
        "pairs": np.column_stack([dice.choice(a, 100_000), dice.choice(b, 100_000)]),
    }
    weight = dice.uniform(0.05, 0.95, len(a))
    asked["between"] = dice.choice(tied, (20, 2))
    matrix = sparse.coo_array((weight, (a, b)), shape=(nodes, nodes)).tocsr()
    asked["alpha"] = 0.95 / eigsh(matrix + matrix.T, k=1, which="LA", return_eigenvectors=False, v0=np.ones(nodes))[0]
    np.savez(file, a=a, b=b, weight=weight, length=-np.log(weight), n=nodes, **asked)


def _ties(dice: np.random.Generator, nodes: int, ties: int) -> Ends:
    community = np.sort(dice.integers(0, max(4, nodes // COMMUNITY), nodes))
    weight = np.minimum(dice.pareto(1.6, nodes) + 1, nodes**0.55)
    until = np.concatenate([[0.0], np.cumsum(weight)])
    begin, end = np.searchsorted(community, community), np.searchsorted(community, community, side="right")
    keys = np.zeros(0, np.int64)
    while len(keys) < ties:
        size = int((ties - len(keys)) * 1.3) + 100
        a = _drawn(dice, until, np.zeros(size), np.full(size, until[-1]))
        inside = dice.random(size) > MIXING
        low, high = np.where(inside, until[begin[a]], 0.0), np.where(inside, until[end[a]], until[-1])
        b = _drawn(dice, until, low, high)
        keys = np.unique(np.concatenate([keys, (np.minimum(a, b) * nodes + np.maximum(a, b))[a != b]]))
    keys = dice.permutation(keys)[:ties]
    named = dice.permutation(nodes)
    return named[keys // nodes].astype(np.int32), named[keys % nodes].astype(np.int32)


def _drawn(dice: np.random.Generator, until: NDArray[np.float64], low: NDArray[Any], high: NDArray[Any]) -> NDArray[np.int64]:
    places = np.searchsorted(until, low + dice.random(len(low)) * (high - low), side="right") - 1
    inside: NDArray[np.int64] = np.clip(places, 0, len(until) - 2)
    return inside
