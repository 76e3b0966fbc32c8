from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.network import Network, sampled
from graph.network.spread import spread
from tests.graph.network.live_edges import spreads
from tests.graph.network.shelf import exact, shelf

# The example of the CELF page of Neo4j Graph Data Science; every tie succeeds with a chance of .1.
NAMES = "Jimmy Jack Alice Ceri Mohammed Michael Ethan Lara Amir Willie".split()
CELF: nx.DiGraph[int] = nx.empty_graph(10, create_using=nx.DiGraph)
CELF.add_weighted_edges_from((int(a), int(b), 0.1) for a, b in map(tuple, "12 20 26 27 28 29 36 54 56 60 61 67 64 78".split()))
ALICE, MICHAEL, ETHAN = (NAMES.index(name) for name in ("Alice", "Michael", "Ethan"))


@st.composite
def cascades(draw: st.DrawFn, ties: int = 7) -> nx.DiGraph[int]:
    """A directed graph of 1…6 nodes whose weights are chances."""
    n = draw(st.integers(1, 6))
    graph: nx.DiGraph[int] = nx.empty_graph(n, create_using=nx.DiGraph)
    node = st.integers(0, n - 1)
    for a, b in draw(st.lists(st.tuples(node, node), max_size=ties)):
        graph.add_edge(a, b, weight=draw(st.sampled_from([0.0, 0.1, 0.5, 0.9, 1.0])))
    return graph


def test_the_exact_spread_of_the_published_example() -> None:
    exactly = spreads(CELF, [(ALICE,), (ALICE, ETHAN), (ALICE, ETHAN, MICHAEL)])
    gains = np.diff([0, *exactly.values()])
    np.testing.assert_allclose(gains, [1.54781, 1.24929, 1.09], atol=5e-6)


def test_simulations_come_to_the_exact_spread_of_the_published_example() -> None:
    result = spread(exact(CELF), [ALICE, ETHAN, MICHAEL], simulations=100_000)
    assert result.mean == pytest.approx(3.88710, abs=4 * result.error)
    assert result.error < 0.005
    np.testing.assert_allclose(result.gains, [1.54781, 1.24929, 1.09], atol=0.01)
    assert result.gains.sum() == pytest.approx(result.mean)


def test_what_each_adds_is_told_by_way_of_whom() -> None:
    # 0 and 4 know 1 and 2, 2 knows 3; 4 knows 5.
    ties = [(0, 1), (0, 2), (2, 3), (4, 1), (4, 2), (4, 5)]
    certain = Network.of(range(6), *np.array(ties).T, directed=True)
    result = spread(certain, [0, 4, 3, 4], simulations=10)
    assert result.own.tolist() == [1, 1, 0, 0]
    assert [ways.tolist() for ways in result.through] == [[1, 2], [0, 0, 1], [], [0, 0, 0]]
    assert result.gains.tolist() == [4, 2, 0, 0]


@given(cascades(), st.data())
@settings(max_examples=50)
def test_simulations_come_to_the_exact_spread(graph: nx.DiGraph[int], data: st.DataObject) -> None:
    seeds = tuple(sorted(data.draw(st.sets(st.integers(0, len(graph) - 1)))))
    result = spread(exact(graph), seeds, simulations=4000)
    assert result.mean == pytest.approx(spreads(graph, [seeds])[seeds], abs=6 * result.error + 1e-9)


def test_the_standard_error_is_that_of_the_mean() -> None:
    network = exact(CELF)
    results = [spread(network, [ALICE], simulations=200, seed=seed) for seed in range(300)]
    means = np.array([result.mean for result in results])
    assert np.mean([result.error for result in results]) == pytest.approx(means.std(ddof=1), rel=0.15)


def test_a_tie_without_direction_leads_both_ways_and_parallel_ties_try_each() -> None:
    path = Network.of(range(3), np.array([0, 1]), np.array([1, 2]))
    assert spread(path, [1], simulations=10).mean == spread(path, [2], simulations=10).mean == 3
    twice = Network.of(range(2), np.array([0, 0]), np.array([1, 1]), np.array([0.5, 0.5]), directed=True)
    assert spread(twice, [0], simulations=20_000).mean == pytest.approx(1.75, abs=0.02)


def test_few_simulations_say_little() -> None:
    network = exact(CELF)
    assert np.isnan(spread(network, [0], simulations=0).mean)
    assert np.isnan(spread(network, [0], simulations=1).error)
    nobody = spread(network, [], simulations=5)
    assert (nobody.mean, len(nobody.own), len(nobody.through), len(nobody.gains)) == (0, 0, 0, 0)
    assert spread(network, [3, 3], simulations=5).mean >= 1


def test_weights_are_chances() -> None:
    for weight in (-0.1, 1.1):
        with pytest.raises(ValueError, match="chances"):
            spread(Network.of("ab", np.array([0]), np.array([1]), np.array([weight])), [0])


def test_the_same_seed_gives_the_same_however_the_work_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    network = exact(shelf()["large"]).weighted(np.full(891, 0.2))
    results = [spread(network, [0, 7], simulations=500, seed=seed) for seed in range(3)]
    assert len({result.mean for result in results}) == 3
    monkeypatch.setattr(sampled, "CHUNK", 50)
    for seed, before in enumerate(results):
        again = spread(network, [0, 7], simulations=500, seed=seed)
        assert again == before
        assert again.own.tolist() == before.own.tolist()
        assert [ways.tolist() for ways in again.through] == [ways.tolist() for ways in before.through]


def test_progress_goes_up_until_it_is_stopped() -> None:
    class Enough(Exception): ...

    seen = list[float]()

    def tick(done: float) -> None:
        seen.append(done)
        if done > 0.5:
            raise Enough

    with pytest.raises(Enough):
        spread(exact(CELF), [0], simulations=1_000_000, tick=tick)
    assert seen == sorted(seen)
