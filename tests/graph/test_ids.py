from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from uuid import RFC_4122, UUID

from graph.clock import FixedClock, SystemClock
from graph.ids import RandomIds, SeededIds

AT = datetime(2026, 7, 1, 8, tzinfo=UTC)


def milliseconds(identity: str) -> int:
    return UUID(identity).int >> 80


def test_ids_are_uuids_of_version_7_with_their_time() -> None:
    for ids in (RandomIds(FixedClock(AT)), SeededIds(1, FixedClock(AT))):
        identity = ids.new()
        assert (UUID(identity).version, UUID(identity).variant, str(UUID(identity))) == (7, RFC_4122, identity)
        assert milliseconds(identity) == AT.timestamp() * 1000


def test_ids_ascend_within_one_millisecond() -> None:
    ids = RandomIds(FixedClock(AT))
    made = [ids.new() for _ in range(5000)]
    assert made == sorted(set(made))
    assert {milliseconds(identity) for identity in made} == {milliseconds(made[0])}


def test_ids_ascend_when_the_clock_is_set_back() -> None:
    clock = FixedClock(AT)
    ids = RandomIds(clock)
    first = ids.new()
    clock.advance(timedelta(hours=-1))
    second = ids.new()
    clock.advance(timedelta(hours=2))
    assert first < second < ids.new()


def test_the_same_seed_gives_the_same_ids() -> None:
    def several(seed: int) -> list[str]:
        clock = FixedClock(AT)
        ids = SeededIds(seed, clock)
        made = []
        for _ in range(20):
            made.append(ids.new())
            clock.advance(timedelta(milliseconds=1))
        return made

    assert several(1) == several(1)
    assert not set(several(1)) & set(several(2))


def test_random_ids_differ_between_sources() -> None:
    assert RandomIds(FixedClock(AT)).new() != RandomIds(FixedClock(AT)).new()


def test_threads_never_share_an_id() -> None:
    ids = RandomIds(SystemClock())
    with ThreadPoolExecutor(4) as pool:
        made = [identity for batch in pool.map(lambda _: [ids.new() for _ in range(500)], range(8)) for identity in batch]
    assert len(set(made)) == 4000
