"""Random numbers for kernels: splitmix64, whose n-th number is a function of where it starts and of n alone.

Every item (a simulation, a set, a node) has numbers of its own, so that what comes out depends on the seed, and neither on the order in
which items are worked on nor on the number of threads. Steele, Lea & Flood, OOPSLA (2014).

>>> mixed(np.uint64(1234567) + STEP)
6457827717110365317
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from graph.network.compiled import kernel

__all__ = ["STEP", "mixed", "shuffled", "started", "uniform"]

STEP = np.uint64(0x9E3779B97F4A7C15)
_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_30, _27, _31, _11 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(11)
_UNIT = 2.0**-53


@kernel
def mixed(state: np.uint64) -> np.uint64:
    """The random number of a state. The next state is `state + STEP`."""
    z = np.uint64(state)
    z = (z ^ (z >> _30)) * _FIRST
    z = (z ^ (z >> _27)) * _SECOND
    return z ^ (z >> _31)


@kernel
def uniform(state: np.uint64) -> float:
    """The random number of a state as one in [0, 1), of 53 bits."""
    return float(mixed(state) >> _11) * _UNIT


@kernel
def started(seed: int, item: int) -> np.uint64:
    """The state before the first of an item's numbers."""
    return mixed(mixed(np.uint64(seed) + STEP) + np.uint64(item) * STEP)


@kernel
def shuffled(size: int, seed: int) -> NDArray[np.int32]:
    """0…size - 1 in a random order (Fisher & Yates)."""
    order, state = np.arange(size).astype(np.int32), started(seed, size)
    for last in range(size - 1, 0, -1):
        state += STEP
        other = int(uniform(state) * (last + 1))
        order[last], order[other] = order[other], order[last]
    return order
