"""Several processes have one copy of the network: whoever has the turn reads, the others map what it wrote."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import random
import shutil
import signal
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, ExitStack, contextmanager
from pathlib import Path
from threading import Timer

import pytest

from graph import changes, people
from graph.analyses.kept import Keeper
from graph.analyses.kept.copies import Copies
from graph.database import Database
from graph.locks import FileLock
from graph.people import PersonUpdate
from graph.writing import Writer
from tests.graph import given
from tests.graph.analyses.kept.test_following import told
from tests.graph.analyses.kept.writes import Writes
from tests.graph.contacts import record

READS_ALL = "MATCH (n)-[k:KNOWS]->(other)"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "network"


@pytest.fixture
async def keepers(writer: Writer, folder: Path) -> AsyncIterator[list[Keeper]]:
    """Those of three processes, as far as a folder and a database can tell."""
    async with AsyncExitStack() as stack:
        found = []
        for _ in range(3):
            keeper = Keeper(await stack.enter_async_context(await Database.connect(writer.database.target)))
            keeper.folder = folder
            found.append(keeper)
        yield found


@contextmanager
def queries(keepers: list[Keeper]) -> Iterator[list[str]]:
    """What the databases of these keepers are asked meanwhile."""
    asked: list[str] = []
    with ExitStack() as stack:
        recorded = [stack.enter_context(keeper._of().recording()) for keeper in keepers]
        yield asked
        asked += [each.query for statements in recorded for each in statements]


def versions(folder: Path) -> list[str]:
    return sorted(each.name for log in folder.iterdir() if log.is_dir() for each in log.iterdir() if each.is_dir())


def place(folder: Path) -> Path:
    """The only version."""
    (found,) = (each for log in folder.iterdir() if log.is_dir() for each in log.iterdir() if each.is_dir())
    return found


async def met(writer: Writer, *names: str) -> list[str]:
    ids = [await given.person(writer, name) for name in names]
    await record(writer, "MEAL", "2026-06-01T00:00:00Z", ATTENDEE=ids)
    return ids


async def test_one_reads_and_all_have_the_same_arrays(writer: Writer, keepers: list[Keeper], folder: Path) -> None:
    await met(writer, "Ann", "Bob")
    with queries(keepers) as asked:
        found = await asyncio.gather(*(keeper.now() for keeper in keepers))
    assert sum(READS_ALL in query for query in asked) == 1
    assert {str(told(known)) for known in found} == {str(told(await Keeper(writer.database).now()))}
    assert len(versions(folder)) == 1


@pytest.mark.parametrize("seed", range(2))
async def test_whoever_follows_the_log_gives_it_to_the_others(writer: Writer, keepers: list[Keeper], seed: int) -> None:
    writes = Writes(writer, random.Random(seed))
    await writes.begin()
    await keepers[0].now()
    with queries(keepers) as asked:
        for _ in range(8):
            await writes.some(writes.dice.randrange(1, 8))
            known = [await keeper.now() for keeper in writes.dice.sample(keepers, 2)]
            fresh = told(await Keeper(writer.database).now())
            assert [told(each) for each in known] == [fresh, fresh]
    assert not any(READS_ALL in query for query in asked)


async def test_a_write_that_touches_nobody_leaves_the_arrays_where_they_are(writer: Writer, keepers: list[Keeper], folder: Path) -> None:
    await met(writer, "Ann", "Bob")
    before = await keepers[0].now()
    inode = (place(folder) / "out.npy").stat().st_ino
    await given.organization(writer)
    after = [await keeper.now() for keeper in keepers]
    assert {each.stand for each in after} == {before.stand._replace(number=before.stand.number + 1)}
    assert (place(folder) / "out.npy").stat().st_ino == inode


async def test_arrays_that_are_mapped_stay_when_the_next_version_comes(writer: Writer, keepers: list[Keeper], folder: Path) -> None:
    await met(writer, "Ann", "Bob")
    before = await keepers[0].now()
    seen = told(before)
    await met(writer, "Eve", "Dan")
    await keepers[1].now()
    assert len(versions(folder)) == 1
    assert told(before) == seen
    assert len((await keepers[0].now()).place) == 4


async def test_who_opts_out_is_in_nobodys_network(writer: Writer, keepers: list[Keeper]) -> None:
    ann, bob = await met(writer, "Ann", "Bob")
    for keeper in keepers:
        assert bob in (await keeper.now()).place
    await people.update(writer, PersonUpdate.parse({"id": bob, "version": 1, "networkOptOut": True}))
    for keeper in keepers:
        assert list((await keeper.now()).place) == [ann]


async def test_a_log_that_begins_anew_is_not_mixed_up_with_the_one_before(writer: Writer, keepers: list[Keeper], folder: Path) -> None:
    await met(writer, "Ann", "Bob")
    known = await keepers[0].now()
    version = place(folder)
    version.rename(version.with_name(f"{known.stand.rebuilt}-{known.stand.number + 1_000}"))
    assert (await keepers[1].now()).stand == known.stand
    assert versions(folder) == [f"{known.stand.rebuilt}-{known.stand.number}"]


async def test_what_a_crash_left_is_removed_by_whoever_comes_first(writer: Writer, folder: Path) -> None:
    await met(writer, "Ann", "Bob")
    for name in ("log/0-7", "log/draft-x", "another/0-8"):
        (folder / name).mkdir(parents=True)
        (folder / name).with_name("turn.lock").touch()
    keeper = Keeper(writer.database)
    keeper.folder = folder
    known = await keeper.now()
    assert versions(folder) == [f"{known.stand.rebuilt}-{known.stand.number}"]
    # While somebody uses them they stay.
    Copies(folder, known.stand.log)
    assert len(versions(folder)) == 1


def test_what_is_not_a_copy_stays(folder: Path) -> None:
    kept = folder / "drawings" / "plan.txt"
    kept.parent.mkdir(parents=True)
    kept.touch()
    Copies(folder, "log")
    assert kept.exists()


@pytest.mark.parametrize("file", ["ids.npy", "since.npy", "posts.json"])
@pytest.mark.parametrize("content", [None, b"", b"garbage", b"[[1]]"])
async def test_a_damaged_version_is_read_anew(
    writer: Writer, keepers: list[Keeper], folder: Path, file: str, content: bytes | None
) -> None:
    await met(writer, "Ann", "Bob")
    await keepers[0].now()
    damaged = place(folder) / file
    damaged.unlink()
    if content is not None:
        damaged.write_bytes(content)
    assert len((await asyncio.wait_for(keepers[1].now(), 10)).place) == 2
    await met(writer, "Eve", "Dan")
    found = [await asyncio.wait_for(keeper.now(), 10) for keeper in keepers]
    assert [len(known.place) for known in found] == [4, 4, 4]
    assert all(keeper.folder for keeper in keepers)
    all_anew = told(await Keeper(writer.database).now())
    assert [told(known) for known in found] == [all_anew] * 3


async def test_another_log_has_versions_of_its_own(writer: Writer, keepers: list[Keeper], folder: Path) -> None:
    await met(writer, "Ann", "Bob")
    await keepers[0].now()
    await given.run(writer.database, "MATCH (c:Counter {name: 'changes'}) SET c.log = 'another'")
    for keeper in keepers:
        known = await keeper.now()
        assert (known.stand.log, len(known.place)) == ("another", 2)
    assert (folder / "another").is_dir()


async def test_a_folder_that_is_gone_keeps_nobody_from_an_answer(writer: Writer, keepers: list[Keeper], folder: Path) -> None:
    await met(writer, "Ann", "Bob")
    await keepers[0].now()
    _gone(folder).mkdir()
    await met(writer, "Eve", "Dan")
    assert [len((await keeper.now()).place) for keeper in keepers] == [4, 4, 4]
    _gone(folder).write_text("")
    await met(writer, "Kim", "Lee")
    assert [len((await keeper.now()).place) for keeper in keepers] == [6, 6, 6]


@pytest.mark.skipif(sys.platform == "win32", reason="it shares nothing")
async def test_a_full_disk_keeps_nobody_from_an_answer(writer: Writer, keepers: list[Keeper]) -> None:
    import resource

    await met(writer, "Ann", "Bob")
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    # An array's first lines have room, its end has not; of that numpy does not tell.
    resource.setrlimit(resource.RLIMIT_FSIZE, (130, usual[1]))
    try:
        found = [await keeper.now() for keeper in keepers]
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, usual)
    assert [len(known.place) for known in found] == [2, 2, 2]


async def test_a_folder_that_could_not_be_used_is_tried_again_after_a_while(writer: Writer, keepers: list[Keeper], folder: Path) -> None:
    await asyncio.to_thread(folder.write_text, "")
    for keeper in keepers[:2]:
        keeper.alone = 0.2
    await met(writer, "Ann", "Bob")
    assert len((await keepers[0].now()).place) == 2
    await asyncio.to_thread(folder.unlink)
    await met(writer, "Eve", "Dan")
    assert len((await keepers[0].now()).place) == 4
    assert not await asyncio.to_thread(folder.exists)
    await asyncio.sleep(0.2)
    await met(writer, "Kim", "Lee")
    assert len((await keepers[0].now()).place) == 6
    with queries(keepers) as asked:
        assert len((await keepers[1].now()).place) == 6
    assert not any(READS_ALL in query for query in asked)


def test_copies_that_nobody_has_any_more_are_nobody_s(folder: Path) -> None:
    kept = Copies(folder, "log")
    assert FileLock.exclusive(folder / "users.lock") is None
    del kept
    lock = FileLock.exclusive(folder / "users.lock")
    assert lock
    lock.close()


def test_who_comes_while_another_one_clears_waits_for_it(folder: Path) -> None:
    folder.mkdir()
    lock = FileLock.exclusive(folder / "users.lock")
    assert lock
    Timer(0.1, lock.close).start()
    kept = Copies(folder, "log")
    assert FileLock.exclusive(folder / "users.lock") is None
    del kept


def _gone(folder: Path) -> Path:
    shutil.rmtree(folder)
    return folder


async def test_a_turn_ends_with_the_process_that_has_it(writer: Writer, keepers: list[Keeper], folder: Path) -> None:
    await met(writer, "Ann", "Bob")
    log = (await changes.stand(writer.database)).log
    process = multiprocessing.get_context("spawn").Process(target=_hold, args=(folder, log))
    process.start()
    try:
        while not (folder / "held").exists():
            await asyncio.sleep(0.01)
        waiting = asyncio.create_task(keepers[0].now())
        await asyncio.sleep(0.1)
        assert not waiting.done()
        assert process.pid
        os.kill(process.pid, signal.SIGKILL)
        assert len((await waiting).place) == 2
    finally:
        process.kill()


def _hold(folder: Path, log: str) -> None:
    copies = Copies(folder, log)
    with copies.turn() or pytest.fail("somebody else has it"):
        (folder / "held").touch()
        signal.pause()
