"""Every analysis says all the time how far it is, and hears all the time whether it has to end."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import pytest

from graph.analyses import ANALYSES
from graph.analyses.rows import Outcome
from graph.analyses.watch import Cancelled, Watch
from tests.graph.analyses import synthetic

every = pytest.mark.parametrize("name", sorted(ANALYSES))
# Some ten milliseconds, however busy the machine is.
CALLS = 10_000


class Ticks(Watch):
    """Counts how often it is asked, and is cancelled at the tick `last`."""

    def __init__(self, last: int | None = None) -> None:
        super().__init__()
        self.count = 0
        self.reached: list[float] = []
        self._last = last

    def check(self) -> None:
        self.count += 1
        self.reached.append(self.progress)
        if self.count == self._last:
            self.cancel()
        super().check()


facts = cache(synthetic.facts)


def computed(name: str, watch: Watch) -> Outcome:
    parameters = ANALYSES[name].parameters.parse(synthetic.GIVEN.get(name, {}))
    return ANALYSES[name].compute(facts(name), parameters, watch)


@contextmanager
def calls() -> Iterator[Callable[[], int]]:
    """Meanwhile counts what this thread calls, in Python or in C. A machine that is busy counts the same."""
    count = 0

    def called(_: Any, event: str, __: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(called)
    try:
        yield lambda: count
    finally:
        sys.setprofile(before)


@every
def test_no_long_way_lies_between_two_ticks(name: str) -> None:
    computed(name, Watch())
    gaps: list[int] = []
    with calls() as counted:
        watch, last = Ticks(), 0
        check = watch.check

        def ticked() -> None:
            nonlocal last
            gaps.append(counted() - last)
            last = counted()
            check()

        watch.check = ticked  # type: ignore[method-assign]
        computed(name, watch)
        gaps.append(counted() - last)
    assert max(gaps) < CALLS


@every
def test_a_cancel_at_any_tick_ends_it_at_once(name: str) -> None:
    whole = Ticks()
    assert computed(name, whole).rows
    assert whole.count > 2
    for last in sorted({1, 2, *range(3, whole.count // 2, max(whole.count // 10, 1))}):
        watch = Ticks(last)
        with pytest.raises(Cancelled):
            computed(name, watch)
        assert watch.count == last


@every
def test_progress_is_told_on_the_way(name: str) -> None:
    watch = Ticks()
    computed(name, watch)
    assert watch.progress > 0.85
    assert len({round(reached, 2) for reached in watch.reached}) > 5
