from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.analyses import execution, kept, ties
from graph.analyses.days import AsOf, Moment
from graph.analyses.ties import Acquaintances
from graph.metrics import warmth
from graph.writing import Writer
from tests.graph.analyses import world

NOBODY = np.zeros(0, np.int32)
WARMTH = st.floats(-1e-9, 1e6)
TIES = st.lists(st.tuples(WARMTH, WARMTH, st.sampled_from([None, *warmth.CLOSENESS_FLOORS])), max_size=20)
AT = st.floats(0, 5_000).map(lambda days: warmth.EPOCH + timedelta(days=days))


@given(TIES, AT)
def test_strengths_in_columns_are_those_of_each_tie(found: list[tuple[float, float, str | None]], at: datetime) -> None:
    out, back, closeness = zip(*found, strict=True) if found else ((), (), ())
    floors = np.array([warmth.CLOSENESS_FLOORS.get(each or "", 0.0) for each in closeness])
    columns = Acquaintances((), NOBODY, NOBODY, np.array(out), np.array(back), floors)
    decay = warmth.DEFAULT.decay(at)
    one_by_one = [warmth.strength(a * decay, b * decay, each).value for a, b, each in found]
    np.testing.assert_allclose(ties.strengths(columns, at), one_by_one, rtol=1e-12)


def test_no_strength_reaches_one() -> None:
    columns = Acquaintances((), NOBODY, NOBODY, np.array([1e9]), np.array([1e9]), np.zeros(1))
    assert ties.strengths(columns, warmth.EPOCH)[0] < 1


async def test_all_acquaintances_come_in_columns(writer: Writer) -> None:
    await world.people(writer, "ann", "bob", "eve")
    await world.knows(writer, "ann bob", closeness="CLOSE", warmth=5)
    await world.knows(writer, "ann eve", closeness=None, warmth=2)
    await world.knows(writer, "bob eve", closeness="GOOD", since="2026-07-02", warmth=1)
    found = await kept.acquaintances(writer.database, Moment.of(writer, AsOf()))
    rows = zip(found.a, found.b, ties.strengths(found, writer.clock.now()).tolist(), strict=True)
    assert {(found.people[a], found.people[b]): strength for a, b, strength in rows} == pytest.approx(
        {
            ("ann", "bob"): warmth.strength(5, 5, "CLOSE").value,
            ("ann", "eve"): warmth.strength(2, 2).value,
            ("bob", "eve"): warmth.strength(1, 1).value,
        }
    )


async def test_everybody_takes_part_who_is_there_and_has_not_opted_out(writer: Writer) -> None:
    await world.people(writer, "ann", "bob")
    await world.people(writer, "shy", network_opt_out=True)
    await world.people(writer, "gone", deleted_at=world.LONG_AGO)
    assert (await kept.acquaintances(writer.database, Moment.of(writer, AsOf()))).people == ("ann", "bob")
    assert await ties.count(writer.database) == (4, 0)


async def test_ties_are_counted_by_type_until_they_are_gone(writer: Writer) -> None:
    await world.people(writer, "ann", "bob", "eve")
    await world.knows(writer, "ann bob", "bob eve")
    await world.tie(writer, "SUPPLIES", "ann", "bob")
    assert [await ties.stored(writer.database, *types) for types in ((), ("KNOWS",), ("KNOWS", "SUPPLIES"))] == [0, 2, 3]
    await writer.database.write(lambda transaction: transaction.run("MATCH (n {id: 'eve'}) DETACH DELETE n"))
    assert await ties.stored(writer.database, "KNOWS") == 1


@pytest.mark.parametrize("name", ["introductions", "reach", "key_people", "supplier_paths"])
async def test_what_begins_with_us_says_where_nobody_is_ours(writer: Writer, name: str) -> None:
    await world.people(writer, "ann", "bob")
    await world.knows(writer, "ann bob")
    parameters = {"to": "bob"} if name == "introductions" else {}
    (note,) = (await execution.run(writer, name, parameters)).outcome.notes
    assert (note.en[:15], note.zh[:8]) == ("nobody is ours:", "没有我方组织或人")
    await world.organizations(writer, "us", own=True)
    await world.position(writer, "ann", "us")
    assert (await execution.run(writer, name, parameters)).outcome.notes == ()
