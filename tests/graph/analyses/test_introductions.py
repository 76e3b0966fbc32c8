from __future__ import annotations

from datetime import timedelta

import pytest

from graph import changes
from graph.analyses import execution
from graph.analyses.introductions import IntroductionPath, introductions
from graph.analyses.reasons import ReasonCode
from graph.analyses.rows import PathRow
from graph.changes import ChangeAction
from graph.clock import FixedClock
from graph.errors import Problems
from graph.fields import Fields
from graph.metrics import warmth
from graph.metrics.warmth import strength
from graph.writing import Draft, Writer, write
from tests.graph import contacts, given
from tests.graph.analyses import world


def people(paths: list[IntroductionPath]) -> list[str]:
    """Each path as `ann bob eve`."""
    return [" ".join([path.steps[0].source, *(step.target for step in path.steps)]) for path in paths]


async def found(writer: Writer, to: str, *sources: str, first: int = 3, readable: set[str] | None = None) -> list[str]:
    paths = await introductions(writer.database, writer.clock, to=to, sources=sources or None, first=first, readable=readable)
    return people(paths)


async def us(writer: Writer, *names: str) -> None:
    """These people work for us."""
    await world.organizations(writer, "us", own=True)
    await world.people(writer, *names)
    for name in names:
        await world.position(writer, name, "us")


async def test_the_strongest_paths_come_first(writer: Writer) -> None:
    await us(writer, "ann")
    await world.people(writer, "bob", "eve", "kim", "boss")
    await world.knows(writer, "ann bob", "bob boss", closeness="CLOSE")
    await world.knows(writer, "ann eve", "eve boss", closeness="GOOD")
    await world.knows(writer, "ann boss", closeness="DISTANT")
    await world.knows(writer, "kim boss", closeness="CLOSE")
    paths = await introductions(writer.database, writer.clock, to="boss")
    assert people(paths) == ["ann bob boss", "ann eve boss", "ann boss"]
    assert [path.strength for path in paths] == pytest.approx([0.64, 0.36, 0.2])
    assert await found(writer, "boss", first=1) == ["ann bob boss"]


async def test_they_start_with_us_or_with_those_named(writer: Writer) -> None:
    await us(writer, "ann", "amy")
    await world.people(writer, "gone", "kim", "boss")
    await world.position(writer, "gone", "us", until="2026-06-30")
    await world.knows(writer, "ann amy", "amy boss", "gone boss", "kim boss", "ann kim")
    assert await found(writer, "boss") == ["amy boss", "ann kim boss"]
    assert await found(writer, "boss", "ann") == ["ann amy boss", "ann kim boss"]
    assert await found(writer, "boss", "kim", "nobody") == ["kim boss", "kim ann amy boss"]
    assert await found(writer, "boss", "nobody") == []


async def test_those_of_a_past_day_go_over_what_was_known_then(writer: Writer) -> None:
    us, ann, bob, eve, boss = await given.own(writer), *[await given.person(writer, name) for name in ("Ann", "Bob", "Eve", "Boss")]
    await given.position(writer, ann, us, since="2026-03-01", until="2026-05-31")
    await given.position(writer, bob, us, since="2026-05-01")
    await contacts.record(writer, at="2026-03-10T02:00:00Z", FROM=ann, TO=eve)
    await contacts.record(writer, at="2026-04-10T02:00:00Z", FROM=eve, TO=boss)
    await contacts.record(writer, at="2026-05-10T02:00:00Z", FROM=bob, TO=boss)

    async def on(day: str | None) -> dict[tuple[str, ...], float]:
        rows = (await execution.run(writer, "introductions", {"to": boss, "asOf": day})).outcome.rows
        return {row.parties: row.strength for row in rows if isinstance(row, PathRow)}

    assert (await on("2026-02-28"), await on("2026-03-31")) == ({}, {})
    then = await on("2026-04-30")
    assert [*then] == [(ann, eve, boss)]
    first, second = [
        warmth.strength(0, warmth.DEFAULT.contribution("EMAIL", at) * warmth.DEFAULT.decay("2026-04-30T16:00:00.000000Z")).value
        for at in ("2026-03-10T02:00:00Z", "2026-04-10T02:00:00Z")
    ]
    assert [*then.values()] == pytest.approx([first * second])
    assert [*await on("2026-05-30")] == [(bob, boss), (ann, eve, boss)]
    assert [*await on(None)] == [(bob, boss)]


async def test_an_organization_is_reached_by_any_of_its_people(writer: Writer) -> None:
    await us(writer, "ann")
    await world.organizations(writer, "acme")
    await world.people(writer, "bob", "boss", "left")
    for person, more in {"bob": {}, "boss": {}, "left": {"until": "2026"}}.items():
        await world.position(writer, person, "acme", **more)
    await world.knows(writer, "ann bob", closeness="KNOWN")
    await world.knows(writer, "ann boss", "bob boss", closeness="GOOD")
    await world.knows(writer, "ann left", closeness="CLOSE")
    assert await found(writer, "acme") == ["ann boss", "ann bob"]


async def test_nobody_who_opted_out_was_deleted_or_is_hidden_is_in_a_path(writer: Writer) -> None:
    await us(writer, "ann")
    await world.people(writer, "shy", network_opt_out=True)
    await world.people(writer, "gone", deleted_at=world.LONG_AGO)
    await world.people(writer, "bob", "eve", "boss")
    await world.knows(writer, "ann shy", "shy boss", "ann gone", "gone boss", closeness="CLOSE")
    await world.knows(writer, "ann bob", "bob boss", closeness="GOOD")
    await world.knows(writer, "ann eve", "eve boss", closeness="KNOWN")
    assert await found(writer, "boss") == ["ann bob boss", "ann eve boss"]
    assert await found(writer, "boss", readable={"ann", "eve", "boss"}) == ["ann eve boss"]
    assert await found(writer, "boss", readable={"bob", "eve", "boss"}) == []
    assert await found(writer, "boss", readable={"ann", "bob", "eve"}) == []
    assert await found(writer, "shy") == []
    assert await found(writer, "gone") == []


async def test_five_steps_are_the_most(writer: Writer) -> None:
    await us(writer, "p0")
    await world.people(writer, *(f"p{number}" for number in range(1, 7)))
    await world.knows(writer, *(f"p{number} p{number + 1}" for number in range(6)))
    assert await found(writer, "p5") == ["p0 p1 p2 p3 p4 p5"]
    assert await found(writer, "p6") == []


async def test_steps_say_how_strong_they_are_and_why(writer: Writer, clock: FixedClock) -> None:
    await us(writer, "ann")
    await world.people(writer, "bob", "eve")
    await world.knows(writer, "ann bob", closeness="KNOWN", warmth=20)
    await world.knows(writer, "bob eve", closeness="GOOD", warmth=1)
    [path] = await introductions(writer.database, clock, to="eve")
    warm, declared = path.steps
    assert warm.strength == pytest.approx(strength(20, 20, "KNOWN").value)
    assert {reason.code: reason.value for reason in warm.reasons} == pytest.approx(
        {ReasonCode.MUTUAL: strength(20, 20).mutual, ReasonCode.ONE_SIDED: strength(20, 20).one_sided, ReasonCode.DECLARED: 0.4}
    )
    assert sum(reason.share for reason in warm.reasons) == pytest.approx(1)
    assert (declared.source, declared.target, declared.strength) == ("bob", "eve", 0.6)
    assert [reason.code for reason in declared.reasons if reason.share] == [ReasonCode.DECLARED]


async def test_warmth_fades(writer: Writer, clock: FixedClock) -> None:
    await us(writer, "ann")
    await world.people(writer, "bob")
    await world.knows(writer, "ann bob", closeness=None, warmth=20)
    clock.advance(timedelta(days=180))
    [path] = await introductions(writer.database, clock, to="bob")
    assert path.strength == pytest.approx(strength(10, 10).value)


async def test_only_what_exists_counts(writer: Writer) -> None:
    await us(writer, "ann")
    await world.people(writer, "bob", "eve", "kim")
    await world.knows(writer, "ann bob", deleted_at=world.LONG_AGO)
    await world.knows(writer, "ann eve", closeness=None)
    await world.knows(writer, "ann kim", since="2026-07-03")
    assert [await found(writer, name) for name in ("bob", "eve", "kim", "nobody")] == [[], [], [], []]


async def test_nobody_introduces_us_to_ourselves(writer: Writer) -> None:
    await us(writer, "ann", "amy")
    await world.knows(writer, "ann amy")
    assert await found(writer, "us") == []
    assert await found(writer, "amy") == ["ann amy"]


async def test_the_network_is_read_again_once_the_log_has_grown(writer: Writer) -> None:
    await us(writer, "ann")
    await world.people(writer, "bob")
    await world.knows(writer, "ann bob")
    assert await found(writer, "bob") == ["ann bob"]
    with writer.database.recording() as statements:
        assert await found(writer, "bob") == ["ann bob"]
    assert not [each for each in statements if "KNOWS" in each.query]
    await world.change(writer, "bob", network_opt_out=True)
    await logged(writer)
    assert await found(writer, "bob") == []


async def logged(writer: Writer) -> None:
    async def work(_: object, draft: Draft) -> str:
        draft.set("networkOptOut", "false", "true")
        return "bob"

    before = await changes.head(writer.database)
    await write(writer, ChangeAction.UPDATE, work, given=Fields())
    assert await changes.head(writer.database) == before + 1


async def test_as_an_analysis_it_gives_paths(writer: Writer) -> None:
    await us(writer, "ann")
    await world.people(writer, "bob", "eve")
    await world.knows(writer, "ann bob", "bob eve")
    outcome = (await execution.run(writer, "introductions", {"to": "eve", "from": ["ann"]})).outcome
    [row] = outcome.rows
    assert isinstance(row, PathRow)
    assert row.parties == ("ann", "bob", "eve")
    assert row.strength == pytest.approx(0.36)
    assert [(reason.code, reason.party) for reason in row.reasons] == [(ReasonCode.STEP, "bob"), (ReasonCode.STEP, "eve")]
    with pytest.raises(Problems) as raised:
        await execution.run(writer, "introductions", {"to": "nobody"})
    assert raised.value.problems[0].path == ("to",)
