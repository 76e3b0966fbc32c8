from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from graph.network.work import balanced


@given(st.lists(st.integers(0, 50)), st.integers(1, 60))
def test_ranges_cover_all_and_cost_no_more_than_allowed(costs: list[int], most: int) -> None:
    ranges = balanced(np.array(costs, np.int64), most)
    assert [item for start, stop in ranges for item in range(start, stop)] == list(range(len(costs)))
    assert all(stop - start == 1 or sum(costs[start:stop]) <= most for start, stop in ranges)
    assert all(start < stop for start, stop in ranges)
