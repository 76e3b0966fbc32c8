from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest

from graph.network import threads


def test_results_come_in_the_order_of_the_jobs() -> None:
    def job(number: int) -> Callable[[], int]:
        def work() -> int:
            time.sleep(0.01 * (number % 3))
            return number

        return work

    assert list(threads.each([job(number) for number in range(20)])) == list(range(20))
    assert list(threads.each([])) == []


def test_what_a_tick_raises_ends_the_work_at_once() -> None:
    started: list[int] = []
    go = threading.Event()

    def work() -> None:
        started.append(1)
        go.wait(10)

    def tick(done: float) -> None:
        raise TimeoutError

    began = time.monotonic()
    with pytest.raises(TimeoutError):
        list(threads.each([work] * 100, tick))
    assert time.monotonic() - began < 1
    go.set()
    time.sleep(0.1)
    assert len(started) <= 2 * threads.count()


def test_what_a_job_raises_comes_through() -> None:
    with pytest.raises(ZeroDivisionError):
        threads.one(lambda: 1 // 0)


def test_progress_goes_up() -> None:
    seen: list[float] = []
    list(threads.each([lambda: None] * 5, seen.append))
    assert sorted(seen) == seen
    assert seen[-1] == 0.8


def test_jobs_of_jobs_do_not_wait_for_the_threads_that_these_hold() -> None:
    def work() -> list[int]:
        return list(threads.each([lambda: 1, lambda: 2]))

    assert list(threads.each([work] * 10)) == [[1, 2]] * 10
