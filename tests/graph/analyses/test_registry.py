from __future__ import annotations

import pytest
from pydantic_core import PydanticCustomError

from graph.analyses.registry import Between


@pytest.mark.parametrize(
    ("least", "most", "shown"),
    [(0, 2**31 - 1, ("0", "2147483647")), (0, 1e9, ("0", "1000000000")), (0.01, 0.99, ("0.01", "0.99")), (-1.5, 1.0, ("-1.5", "1"))],
)
def test_bounds_are_shown_as_people_write_them(least: float, most: float, shown: tuple[str, str]) -> None:
    bounds = Between(least, most)
    assert bounds.shown == shown
    with pytest.raises(PydanticCustomError, match=f"must lie between {shown[0]} and {shown[1]}$"):
        bounds(most + 1)
