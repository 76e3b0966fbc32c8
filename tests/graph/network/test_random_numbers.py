from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from graph.network.random_numbers import STEP, mixed, shuffled, started, uniform


def test_it_is_splitmix64() -> None:
    state, numbers = np.uint64(1234567), list[int]()
    with np.errstate(over="ignore"):
        for _ in range(5):
            state += STEP
            numbers.append(int(mixed(state)))
    assert numbers == [6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431, 16408922859458223821]


def test_every_item_and_every_seed_has_numbers_of_its_own() -> None:
    assert len({int(started(seed, item)) for seed in range(50) for item in range(50)}) == 2500


def test_they_are_spread_evenly_over_the_unit_interval() -> None:
    numbers = np.array([uniform(np.uint64(started(7, item))) for item in range(20_000)])
    assert 0 <= numbers.min() < numbers.max() < 1
    assert numbers.mean() == pytest.approx(0.5, abs=0.01)
    np.testing.assert_allclose(np.histogram(numbers, 10, (0, 1))[0], 2000, atol=200)


def test_every_order_is_as_likely() -> None:
    counts = Counter(tuple(shuffled(4, seed).tolist()) for seed in range(4800))
    assert len(counts) == 24
    assert all(120 < count < 280 for count in counts.values())
    assert [shuffled(size, 1).tolist() for size in (0, 1)] == [[], [0]]
