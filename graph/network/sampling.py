"""Some nodes drawn for all, and how far what they tell may be off."""

from __future__ import annotations

from math import log, sqrt
from random import Random

import numpy as np

from graph.network import IntArray

__all__ = ["error_bound", "pivots"]


def pivots(n: int, k: int | None, seed: int | Random = 0) -> IntArray:
    """k of n nodes, each set of k alike, in the order networkx draws them; all n in their order if `k` is n or None.

    >>> pivots(10, 3, seed=1).tolist()
    [2, 1, 4]
    """
    if k is None or k == n:
        return np.arange(n)
    random = seed if isinstance(seed, Random) else Random(seed)
    return np.array(random.sample(range(n), k), np.int64)


def error_bound(n: int, k: int, confidence: float = 0.95) -> float:
    """How far the means over k of n nodes, drawn at once, of n quantities between 0 and 1 are off at most, all n at the same time.

    Holds with a probability of at least `confidence`: Serfling's inequality (Annals of Statistics 2, 1974), which is Hoeffding's for draws
    without repetition, and the union bound.

    >>> round(error_bound(100_000, 2_000), 4), error_bound(100, 100), error_bound(100, 1)
    (0.061, 0.0, 1.0)
    """
    if not 0 < k < n:
        return 0.0 if n <= k else 1.0
    return min(1.0, sqrt((1 - (k - 1) / n) * log(2 * n / (1 - confidence)) / (2 * k)))
