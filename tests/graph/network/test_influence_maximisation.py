from __future__ import annotations

from math import e
from typing import Any

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.network import Network, influence_maximisation, sampled
from graph.network.influence_maximisation import Influencers, most_influential
from graph.network.reachable_sets import Sets
from graph.network.spread import spread
from graph.network.threads import silent
from tests.graph.network.live_edges import every_choice, spreads
from tests.graph.network.shelf import exact, shelf
from tests.graph.network.test_spread import ALICE, CELF, ETHAN, MICHAEL, cascades

LARGE = exact(shelf()["large"]).weighted(np.full(891, 0.1))
# So unlikely to fail that a failure is a fault.
SURE = 1e-9


def same(a: Influencers, b: Influencers) -> bool:
    return a.nodes.tolist() == b.nodes.tolist() and (a.spread, a.lower, a.best, a.sets) == (b.spread, b.lower, b.best, b.sets)


@pytest.mark.parametrize("seed", range(3))
def test_the_seeds_of_the_published_example(seed: int) -> None:
    result = most_influential(exact(CELF), 3, ratio=1, failure=SURE, most_sets=1 << 19, seed=seed)
    assert result.nodes.tolist() == [ALICE, ETHAN, MICHAEL]
    assert result.spread == pytest.approx(3.88710, abs=0.03)
    assert result.lower <= 3.88710 <= result.best
    assert result.ratio > 0.88


@given(cascades(), st.data())
@settings(max_examples=60)
def test_the_certificate_holds_for_all_choices_within_the_budget(graph: nx.DiGraph[int], data: st.DataObject) -> None:
    n = len(graph)
    costs = data.draw(st.one_of(st.none(), st.lists(st.sampled_from([0.5, 1.0, 1.7, 3.0]), min_size=n, max_size=n)))
    budget = data.draw(st.sampled_from([1.0, 2.0, 3.3]))
    excluded = data.draw(st.sets(st.integers(0, n - 1), max_size=2))
    result = most_influential(
        exact(graph),
        budget,
        costs=None if costs is None else np.array(costs),
        excluded=excluded,
        failure=SURE,
        ratio=0.97,
        most_sets=1 << 12,
    )
    exactly = spreads(graph, [seeds for seeds in every_choice(n, costs or [1.0] * n, budget) if not excluded & set(seeds)])
    chosen = tuple(sorted(result.nodes.tolist()))
    assert result.lower - 1e-9 <= exactly[chosen]
    assert max(exactly.values()) <= result.best + 1e-9
    assert exactly[chosen] >= result.ratio * max(exactly.values()) - 1e-9


@given(st.lists(st.sets(st.integers(0, 5), min_size=1), min_size=1, max_size=12), st.data())
def test_no_choice_within_the_budget_covers_more_sets_than_the_bound(drawn: list[set[int]], data: st.DataObject) -> None:
    costs = data.draw(st.one_of(st.just([1.0] * 6), st.lists(st.sampled_from([0.5, 1.0, 1.7, 3.0]), min_size=6, max_size=6)))
    budget = data.draw(st.sampled_from([1.0, 2.0, 3.3, 9.0]))
    sets = Sets(np.cumsum([0, *map(len, drawn)]), np.array([node for each in drawn for node in sorted(each)], np.int32))
    limits = influence_maximisation._Budget(np.flatnonzero(np.array(costs) <= budget), np.array(costs), budget)
    covered = {choice: sum(bool(each & set(choice)) for each in drawn) for choice in every_choice(6, costs, budget)}
    for by_cost in (True, False) if len(limits.open) else ():
        chosen, bound = influence_maximisation._greedy(6, limits, sets, by_cost, silent)
        assert max(covered.values()) <= bound + 1e-9
        assert tuple(sorted(chosen.tolist())) in covered
        assert len(set(costs)) > 1 or covered[tuple(sorted(chosen.tolist()))] >= (1 - 1 / e) * max(covered.values())


def test_bounds_fail_no_more_often_than_said() -> None:
    best = max(spreads(CELF, every_choice(10, [1.0] * 10, 1)).values())
    network, failed = exact(CELF), 0
    for seed in range(200):
        result = most_influential(network, 1, failure=0.2, ratio=2, most_sets=512, seed=seed)
        failed += result.lower > best or result.best < best
    assert failed <= 40


@pytest.mark.parametrize("budget", [1, 5, 30])
def test_the_certificate_holds_in_fresh_simulations(budget: int) -> None:
    result = most_influential(LARGE, budget, ratio=0.7, failure=SURE)
    fresh = spread(LARGE, result.nodes, simulations=20_000, seed=99)
    assert len(result.nodes) == budget
    assert result.ratio >= 0.7
    assert result.lower <= fresh.mean + 4 * fresh.error
    assert result.best >= fresh.mean - 4 * fresh.error
    assert result.spread == pytest.approx(fresh.mean, rel=0.05)


def test_more_sets_bring_the_bounds_together() -> None:
    seen = list[Influencers]()
    result = most_influential(LARGE, 5, ratio=0.75, found=seen.append)
    assert seen[0].sets == 0
    assert [each.ratio for each in seen] == sorted({each.ratio for each in seen})
    assert same(seen[-1], result)
    assert result.sets > seen[1].sets


def test_who_is_excluded_or_no_candidate_is_not_chosen() -> None:
    free = most_influential(LARGE, 5).nodes.tolist()
    without = most_influential(LARGE, 5, excluded=free).nodes.tolist()
    assert not set(free) & set(without)
    assert set(most_influential(LARGE, 3, candidates=range(100, 110), excluded=[100]).nodes.tolist()) <= set(range(101, 110))
    nobody = most_influential(LARGE, 3, candidates=[])
    assert (nobody.nodes.tolist(), nobody.spread, nobody.best, nobody.ratio) == ([], 0, 0, 1)


def test_costs_are_kept_and_worth_their_price() -> None:
    # A hub that reaches ten for 5, and five who reach two each for 1.
    ties = [(0, leaf) for leaf in range(1, 11)] + [(hub, hub + 5) for hub in range(11, 16)]
    graph = nx.DiGraph(ties)
    network = Network.of(range(21), np.array([a for a, _ in ties]), np.array([b for _, b in ties]), directed=True)
    assert len(graph) == 21
    costs = np.where(np.arange(21) == 0, 5.0, 1.0)
    assert most_influential(network, 5, costs=costs, ratio=0.9).nodes.tolist() == [0]
    for_less = most_influential(network, 4, costs=costs, ratio=0.8).nodes.tolist()
    assert len(for_less) == 4
    assert set(for_less) < set(range(11, 16))
    assert most_influential(network, 0.5, costs=costs).nodes.tolist() == []
    assert len(most_influential(network, 0.3, costs=np.full(21, 0.1)).nodes) == 3


def test_the_best_of_all_contenders_is_returned() -> None:
    # One who takes most new sets for its cost leaves no money for the one who is worth it.
    network = Network.of(range(12), np.zeros(10, int), np.arange(2, 12), directed=True)
    costs = np.array([10.0, 0.5, *[100.0] * 10])
    result = most_influential(network, 10, costs=costs, ratio=0.9, most_sets=1 << 12)
    assert (result.nodes.tolist(), result.origin) == ([0], "COST_BLIND")
    greedy = most_influential(LARGE, 5, ratio=0.7)
    assert most_influential(LARGE, 5, ratio=0.7, given=[[290, 291], [250]]).origin == "GREEDY"
    given = most_influential(LARGE, 5, most_sets=1024, given=[greedy.nodes.tolist()], seed=5)
    assert given.spread >= most_influential(LARGE, 5, most_sets=1024, seed=5).spread


def test_given_seeds_and_costs_keep_the_rules() -> None:
    for seeds, rules in (([0, 1], {"budget": 1}), ([0], {"budget": 1, "excluded": [0]}), ([999], {"budget": 1})):
        with pytest.raises(ValueError, match="given seeds"):
            most_influential(LARGE, given=[seeds], **rules)
    for costs in (np.ones(3), np.zeros(300)):
        with pytest.raises(ValueError, match="cost"):
            most_influential(LARGE, 1, costs=costs)
    with pytest.raises(ValueError, match="chances"):
        most_influential(LARGE.weighted(np.full(891, 2.0)), 1)


def test_memory_is_bounded() -> None:
    ring = exact(nx.cycle_graph(500, create_using=nx.DiGraph))
    memories = (0, 5_000_000, 10_000_000, 50_000_000)
    results = [most_influential(ring, 1, ratio=2, memory=memory) for memory in memories]
    assert [result.sets for result in results] == [0, 0, 1024, 4096]
    # Every set has 500 members here, in each half and in the index of one of them.
    assert all(result.sets * 500 * 12 <= memory for result, memory in zip(results, memories, strict=True))
    assert (results[0].nodes.tolist(), results[0].origin, results[0].lower, results[0].best) == ([0], "STRENGTH", 1, 500)


@pytest.mark.parametrize("graph", shelf().values(), ids=shelf().keys())
def test_everybody_is_chosen_where_there_is_money_for_all(graph: nx.Graph[int]) -> None:
    result = most_influential(exact(graph).weighted(np.full(graph.number_of_edges(), 0.1)), len(graph))
    assert sorted(result.nodes.tolist()) == list(range(len(graph)))
    assert (result.spread, result.lower, result.best, result.ratio) == (len(graph), len(graph), len(graph), 1)


def test_the_same_seed_gives_the_same_however_the_work_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    results = [most_influential(LARGE, 5, seed=seed) for seed in range(3)]
    assert len({result.spread for result in results}) == 3
    monkeypatch.setattr(sampled, "CHUNK", 50)
    assert all(same(most_influential(LARGE, 5, seed=seed), results[seed]) for seed in range(3))


def test_whoever_watches_may_stop_it_and_keeps_what_was_found() -> None:
    class Enough(Exception): ...

    kept = list[Any]()

    def tick(done: float) -> None:
        if len(kept) > 2:
            raise Enough

    with pytest.raises(Enough):
        most_influential(LARGE, 5, ratio=2, tick=tick, found=kept.append)
    assert kept[-1].ratio > 0.1
