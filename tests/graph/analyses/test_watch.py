from __future__ import annotations

import pytest

from graph.analyses.watch import Cancelled, Late, Watch


def test_progress_is_never_taken_back() -> None:
    watch = Watch()
    for reached in (0.5, 0.2, 7):
        watch.at(reached)
    assert watch.progress == 1


def test_a_part_counts_as_its_part_of_the_whole() -> None:
    watch = Watch()
    part = watch.part(0.2, 0.7).part(0.5, 1)
    part.at(0.5)
    assert watch.progress == pytest.approx(0.2 + 0.5 * 0.75)


def test_who_is_cancelled_or_late_hears_it_in_every_part() -> None:
    watch = Watch()
    watch.cancel()
    for each in (watch, watch.part(0, 1)):
        with pytest.raises(Cancelled):
            each.check()
    with pytest.raises(Late, match="longer than 0 s"):
        Watch(0).part(0, 1).at(0.5)


def test_to_tell_is_not_to_ask() -> None:
    watch = Watch(0)
    watch.tell(0.5)
    assert watch.progress == 0.5
