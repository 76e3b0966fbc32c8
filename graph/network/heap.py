"""A heap of nodes, the one with the least key first, in which keys may become less. Four children a place: flatter, kinder to caches.

`heap` (n) are its nodes, `slot` (n) where in it a node is, -1 if nowhere, `keys` (n) what orders them. Every call is O(log n).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from graph.network.compiled import kernel

Places = NDArray[np.int32]
FloatArray = NDArray[np.float64]


@kernel
def lift(heap: Places, slot: Places, keys: FloatArray, size: int, node: int) -> int:
    """Puts a node in, or moves up one whose key has become less; how many there are then."""
    at, key = slot[node], keys[node]
    if at < 0:
        at = size
        size += 1
    while at > 0:
        above = (at - 1) >> 2
        if keys[heap[above]] <= key:
            break
        heap[at] = heap[above]
        slot[heap[at]] = at
        at = above
    heap[at] = node
    slot[node] = at
    return size


@kernel
def take(heap: Places, slot: Places, keys: FloatArray, size: int) -> int:
    """The node with the least key, taken out of the `size` there are."""
    first, last = heap[0], heap[size - 1]
    slot[first] = -1
    size -= 1
    if size == 0:
        return int(first)
    at, key = 0, keys[last]
    while 4 * at + 1 < size:
        least = 4 * at + 1
        for child in range(least + 1, min(least + 4, size)):
            if keys[heap[child]] < keys[heap[least]]:
                least = child
        if keys[heap[least]] >= key:
            break
        heap[at] = heap[least]
        slot[heap[at]] = at
        at = least
    heap[at] = last
    slot[last] = at
    return int(first)
