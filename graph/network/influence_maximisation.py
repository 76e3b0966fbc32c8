"""From whom word of mouth goes furthest (影响力最大化), with a certificate of how good the answer is.

OPIM-C: reverse-reachable sets are drawn in two halves; seeds are chosen on one and judged on the other, and the sets are doubled until the
bounds meet. Tang, Tang, Xiao & Yuan, SIGMOD (2018). The model of spread is that of `graph.network.spread`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from math import e, log, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graph.network import FloatArray, IntArray, Network
from graph.network.random_numbers import started
from graph.network.reachable_sets import Cover, Sets, coverage, drawn
from graph.network.spread import check_chances
from graph.network.threads import Tick, silent

__all__ = ["Influencers", "most_influential"]

MOST_MEMORY = 1 << 29
_FIRST_SETS = 1024
# Bytes that a member of each half takes at worst, while the second half is put together, and bytes that a set takes besides.
_MEMBER, _SET = 14, 40
_ROUNDING = 1e-9


@dataclass(frozen=True)
class Influencers:
    """Seeds, in the order in which they were chosen, and what is certain of them.

    With the probability that was asked for their spread is no less than `lower`, and no seeds within the budget have one of more than
    `best`; `spread` is the estimate, from as many `sets` as were drawn for each half. `origin` says whose choice they are: GREEDY (most new
    sets for their cost), COST_BLIND (most new sets), STRENGTH (most direct ties for their cost) or GIVEN.
    """

    nodes: IntArray
    spread: float
    lower: float
    best: float
    sets: int
    origin: str

    @property
    def ratio(self) -> float:
        """Their spread is at least this share of the best possible."""
        return self.lower / self.best if self.best else 1.0


@dataclass(frozen=True)
class _Budget:
    """Who may be chosen (`open`, the strongest first), what they cost (of all nodes), how much may be spent."""

    open: IntArray
    costs: FloatArray
    most: float

    @cached_property
    def alike(self) -> bool:
        """Whether it is only a number of seeds."""
        return len(self.open) == 0 or bool((self.costs[self.open] == self.costs[self.open[0]]).all())

    def allows(self, cost: FloatArray, spent: float) -> NDArray[np.bool_]:
        return np.asarray(spent + cost <= self.most * (1 + _ROUNDING))


def most_influential(
    network: Network,
    budget: float,
    *,
    costs: FloatArray | None = None,
    candidates: Iterable[int] | None = None,
    excluded: Iterable[int] = (),
    given: Sequence[Sequence[int]] = (),
    ratio: float = 1 - 1 / e - 0.02,
    failure: float = 0.01,
    seed: int = 0,
    most_sets: int = 1 << 24,
    memory: int = MOST_MEMORY,
    found: Callable[[Influencers], Any] = lambda _: None,
    tick: Tick = silent,
) -> Influencers:
    """The seeds of the furthest spread for at most `budget`: so many of them, or of `costs` (n, above 0) so much.

    Seeds come from `candidates` (all) without the `excluded`. Those who have most direct ties and each of the sets that are `given` stand
    against the greedy choice on the same sets; the best is returned. It ends when its certified `ratio` is reached, or with what it has
    when `most_sets` or `memory` (bytes for the sets, besides O(n)) allow no more; each time it has something better it calls `found`, so
    that a tick that raises loses nothing. All bounds of all rounds hold together with probability 1 - `failure`. The same `seed` gives the
    same result. For a number of seeds 1 - 1/e - ε is always reached with enough sets; with costs, or for small ε, it may end below.
    O(steps to draw the sets + n · seeds). ValueError where a weight is no chance or a given set breaks the rules.

    >>> certain = Network.of("abcd", np.array([0, 1]), np.array([1, 2]), directed=True)
    >>> result = most_influential(certain, 1)
    >>> result.nodes.tolist(), round(result.spread, 1)
    ([0], 3.0)
    """
    check_chances(network)
    limits = _limits(network, budget, costs, candidates, excluded)
    contenders = [("GIVEN", _checked(limits, nodes)) for nodes in given] + [("STRENGTH", _filled(limits))]
    rounds = max(1, (max(most_sets, _FIRST_SETS) // _FIRST_SETS).bit_length())
    # So many bounds must hold: in every round one for the best and one for each contender, the greedy ones among them.
    certainty = log(rounds * (len(contenders) + (2 if limits.alike else 3)) / failure)
    strongest = contenders[-1][1]
    result = Influencers(
        strongest, float(len(strongest)), float(len(strongest)), float(len(network) if len(strongest) else 0), 0, "STRENGTH"
    )
    found(result)
    halves = (_EMPTY, _EMPTY)
    for at in range(rounds if len(strongest) else 0):
        count, watch = min(_FIRST_SETS << at, most_sets), partial(_at, tick, min(result.ratio / ratio, 1))
        grown = None if result.ratio >= ratio else _grown(network, halves, count, (memory - _SET * count) // _MEMBER, seed, watch)
        if grown is None:
            break
        halves = grown
        better = _round(network, limits, contenders, halves, certainty, result, watch)
        if better.ratio > result.ratio:
            found(better)
        result = better
    return result


def _at(tick: Tick, done: float, _: float) -> None:
    tick(done)


_EMPTY = Sets(np.zeros(1, np.int64), np.zeros(0, np.int32))


def _limits(
    network: Network, budget: float, costs: FloatArray | None, candidates: Iterable[int] | None, excluded: Iterable[int]
) -> _Budget:
    price = np.ones(len(network)) if costs is None else np.asarray(costs, np.float64)
    if len(price) != len(network) or not (price > 0).all():
        raise ValueError("every node has a cost above 0")
    may = np.zeros(len(network), np.bool_)
    may[slice(None) if candidates is None else list(candidates)] = True
    may[list(excluded)] = False
    may &= price <= budget * (1 + _ROUNDING)
    order = np.argsort(-network.strength / price, kind="stable")
    return _Budget(order[may[order]], price, budget)


def _checked(limits: _Budget, nodes: Sequence[int]) -> IntArray:
    given = np.unique(np.asarray(nodes, np.int64))
    if not np.isin(given, limits.open).all() or not limits.allows(limits.costs[given].sum(), 0):
        raise ValueError("given seeds are candidates that the budget allows")
    return given


def _filled(limits: _Budget) -> IntArray:
    """Of those who may be chosen the first that the budget allows."""
    chosen, spent, least = list[int](), 0.0, limits.costs[limits.open].min(initial=np.inf)
    for node in limits.open.tolist():
        if not limits.allows(least, spent):
            break
        if limits.allows(limits.costs[node], spent):
            chosen.append(node)
            spent += float(limits.costs[node])
    return np.array(chosen, np.int64)


def _grown(network: Network, halves: tuple[Sets, Sets], count: int, most: int, seed: int, tick: Tick) -> tuple[Sets, Sets] | None:
    """Both halves with `count` sets each; None where that takes too much memory, or where they have them already."""
    # Foreseen from those that are there; what is drawn in vain would only take time.
    if len(halves[0]) >= count or max(half.size for half in halves) * count > most:
        return None
    grown = list[Sets]()
    for half, before in enumerate(halves):
        sets = drawn(network, before, count, most, int(started(seed, half)) >> 1, tick)
        if sets is None:
            return None
        grown.append(sets)
    return grown[0], grown[1]


def _round(
    network: Network, limits: _Budget, given: list[tuple[str, IntArray]], halves: tuple[Sets, Sets], certainty: float,
    before: Influencers, tick: Tick,
) -> Influencers:  # fmt: skip
    """The better of what there was `before` and of what the sets say now."""
    n, (choosing, judging) = len(network), halves
    greedy, covered = _greedy(n, limits, choosing, True, tick)
    contenders = [("GREEDY", greedy)]
    if not limits.alike:
        blind, also_covered = _greedy(n, limits, choosing, False, tick)
        contenders, covered = [*contenders, ("COST_BLIND", blind)], min(covered, also_covered)
    unit = n / len(judging)
    best = min(before.best, (sqrt(covered + certainty / 2) + sqrt(certainty / 2)) ** 2 * unit)
    judged = list[tuple[float, int, str, IntArray]]()
    for origin, nodes in [*contenders, *given]:
        hits = coverage(n, judging, nodes, tick)
        judged.append((_least(hits, len(nodes), certainty, unit), hits, origin, nodes))
    lower, hits, origin, nodes = max(judged, key=lambda each: each[:2])
    if lower <= before.lower and before.sets:
        return replace(before, best=best)
    return Influencers(nodes, max(hits * unit, len(nodes)), lower, max(best, lower), len(judging), origin)


def _least(hits: int, seeds: int, certainty: float, unit: float) -> float:
    root = max(sqrt(hits + 2 * certainty / 9) - sqrt(certainty / 2), 0)
    # Whatever the sets say, seeds reach themselves.
    return float(max((root**2 - certainty / 18) * unit, seeds))


def _greedy(n: int, limits: _Budget, sets: Sets, by_cost: bool, tick: Tick) -> tuple[IntArray, float]:
    """Seeds chosen one after another, and how many sets those of any other choice within the budget cover at most."""
    cover, costs = Cover(n, sets, tick), limits.costs[limits.open]
    chosen, spent, bound = list[int](), 0.0, float(len(sets))
    while True:
        tick(0)
        gains = cover.gains[limits.open]
        if len(chosen) & (len(chosen) - 1) == 0:
            bound = min(bound, cover.total + _most_gain(gains, costs, limits))
        worth = gains / (costs if by_cost else 1.0)
        worth[chosen] = -1
        if not limits.alike or not limits.allows(costs[0], spent):
            worth[~limits.allows(costs, spent)] = -1
        at = int(np.argmax(worth))
        if worth[at] < 0:
            return limits.open[chosen], min(bound, cover.total + _most_gain(gains, costs, limits))
        chosen.append(at)
        spent += float(costs[at])
        cover.take(int(limits.open[at]))


def _most_gain(gains: IntArray, costs: FloatArray, limits: _Budget) -> float:
    """The most that can be gained within the budget, were gains to add up and the last one divisible: no choice gains more."""
    if limits.alike:
        count = min(int(limits.most * (1 + _ROUNDING) / costs[0]), len(gains))
        return float(np.partition(gains, len(gains) - count)[len(gains) - count :].sum())
    order = np.argsort(-gains / costs, kind="stable")
    before = np.cumsum(costs[order]) - costs[order]
    shares = np.clip((limits.most * (1 + _ROUNDING) - before) / costs[order], 0, 1)
    return float((gains[order] * shares).sum())
