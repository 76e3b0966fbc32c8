"""Connections that break before, in and after a commit."""

from __future__ import annotations

import pytest

from graph.database import Database, OutcomeUnknown, Target
from tests.graph.database import given
from tests.graph.database.wire import BOLT_COMMIT, behind_a_wire


async def test_what_breaks_before_the_commit_is_run_again(unique: Database, target: Target) -> None:
    async with behind_a_wire(target, b"CREATE (:Probe") as (wire, database):
        wire.cuts = 3
        await database.write(given.work("CREATE (:Probe {id: 'a'})"))
        assert wire.cuts == 0
    assert await given.count(unique) == 1


async def test_a_read_is_run_again_wherever_it_breaks(target: Target) -> None:
    async with behind_a_wire(target, BOLT_COMMIT) as (wire, database):
        wire.cuts = 2
        assert (await database.read("RETURN 1"))[0][0] == 1
        assert wire.cuts == 0


@pytest.mark.parametrize("deliver", [True, False])
async def test_the_outcome_of_a_write_that_breaks_in_its_commit_is_unknown(unique: Database, target: Target, deliver: bool) -> None:
    async with behind_a_wire(target, BOLT_COMMIT, deliver=deliver) as (wire, database):
        wire.cuts = 1
        with pytest.raises(OutcomeUnknown):
            await database.write(given.work("CREATE (:Probe {id: 'a'})"))
    assert await given.count(unique) == deliver


async def test_the_outcome_of_a_write_whose_deadline_passes_in_its_commit_is_unknown(unique: Database, target: Target) -> None:
    async with behind_a_wire(target, BOLT_COMMIT, pause=1.2) as (wire, database):
        wire.cuts = 1
        with pytest.raises(OutcomeUnknown):
            await database.write(given.work("CREATE (:Probe {id: 'a'})"), seconds=1)
    assert await given.count(unique) == 1
