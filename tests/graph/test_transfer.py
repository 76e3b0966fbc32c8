from __future__ import annotations

import asyncio
import gzip
import json
import os
import signal
import stat
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import Any, LiteralString

import pytest

from graph import embedded, migrate, transfer
from graph.database import ConstraintViolated, Database, Target
from tests.graph import given

WORLD: LiteralString = """
CREATE (z:Node:Party:Person:Contact {id: 'z', name: '张伟', search_text: '张伟 zhangwei zw', tags: ['a', '"b"', '换\\n行'], version: 3})
CREATE (o:Node:Party:Organization {id: 'o', name: 'Müller', own: true, other_names: [], notes: $notes, influence_score: 0.1, rank: 1})
CREATE (p:Node:Position {id: 'p', title: 'CEO'})
CREATE (c:Node:Change {id: 'c', number: 9007199254740993, key: 'k', fields: '[["name",null,"x"]]', actor: 'user:1'})
CREATE (u:UnclaimedAddress {match: 'EMAIL|a@b.c', value: 'a@b.c'})
CREATE ({lonely: true})
CREATE (z)-[:HOLDS]->(p)-[:AT]->(o)
CREATE (z)-[:OWNS {id: 't1', share: 510000, controlling: false, since: '2019-03'}]->(o)
CREATE (z)-[:OWNS {id: 't2', share: -1}]->(o)
CREATE (z)-[:KNOWS {id: 'k', pair: 'z|z', out: 1.5, in: 2.0, count: 7, bases: ['FRIEND', 'ALUMNI']}]->(z)
CREATE (u)-[:TOOK_PART {role: 'FROM'}]->(:Node:Interaction {id: 'i', sentiment: -0.25, occurred_at: '2026-05-01T00:00:00.000000Z'})
CREATE (c)-[:ABOUT]->(z)
"""

posix = pytest.mark.skipif(sys.platform == "win32", reason="not there")
STEPS = sorted(path.name for path in migrate.FOLDER.glob("V*__*"))
Found = tuple[Counter[str], Counter[str]]


async def everything(database: Database) -> Found:
    """Every node and every tie with all it has but the name of its log, as text that tells 1 from 1.0, and how often it is there."""
    nodes = await database.read(
        "MATCH (n) WHERE NOT n:Migration AND NOT n:Lock AND NOT n:GuanxiTest AND NOT n:Counter RETURN labels(n), properties(n)"
    )
    nodes += await database.read("MATCH (n:Counter) RETURN labels(n), n {.*, log: null}")
    ties = await database.read(
        "MATCH (a)-[t]->(b) RETURN type(t), properties(t), labels(a), properties(a), labels(b), properties(b)",
    )
    return Counter(map(_text, nodes)), Counter(map(_text, ties))


def _text(row: Any) -> str:
    return json.dumps([sorted(value) if isinstance(value, list) else value for value in row], sort_keys=True, ensure_ascii=False)


@pytest.fixture
async def other(tmp_path: Path) -> AsyncIterator[Database]:
    """A second, embedded database."""
    async with embedded.running(tmp_path / "other") as target, await Database.connect(target) as database:
        yield database


@pytest.fixture
async def world(database: Database) -> AsyncIterator[Database]:
    await given.run(database, WORLD, notes="长" * 20_000)
    await given.run(database, "MATCH (c:Counter {name: 'changes'}) SET c.value = 42")
    yield database
    await given.run(database, "MATCH (l:Lock {name: 'load'}) DELETE l")


async def wipe(database: Database) -> None:
    await given.run(database, "MATCH (n) WHERE NOT n:Migration AND NOT n:Lock AND NOT n:GuanxiTest AND NOT n:Counter DETACH DELETE n")
    await given.run(database, "MATCH (c:Counter) SET c.value = 0")


def make_fifo(path: Path) -> None:
    os.mkfifo(path)


def rewrite(path: Path, change: Any) -> Path:
    """The dump with its lines changed, its checksum as it was."""
    lines = gzip.decompress(path.read_bytes()).splitlines(keepends=True)
    path.write_bytes(gzip.compress(b"".join(change(lines))))
    return path


class TestRoundTrip:
    async def test_there_and_back_nothing_is_lost_or_changed(self, world: Database, other: Database, tmp_path: Path) -> None:
        before = await everything(world)
        header = await transfer.dump(world, tmp_path / "there.gz")
        assert (header.nodes, header.ties, header.counters, sum(before[1].values())) == (7, 7, {"changes": 42}, 7)
        assert await transfer.load(other, tmp_path / "there.gz") == header
        assert await everything(other) == before
        await transfer.dump(other, tmp_path / "back.gz")
        await wipe(world)
        assert await everything(world) != before
        assert await transfer.load(world, tmp_path / "back.gz") == header
        assert await everything(world) == before
        assert not await transfer.interrupted(world)

    async def test_what_came_in_is_indexed_and_unique(self, world: Database, tmp_path: Path) -> None:
        await transfer.dump(world, tmp_path / "dump.gz")
        await wipe(world)
        await transfer.load(world, tmp_path / "dump.gz")
        query: LiteralString = "CALL db.index.fulltext.queryNodes('search', 'zhangw*') YIELD node RETURN node.id"
        assert await given.value(world, query) == "z"
        assert await given.value(world, "MATCH (a)-[t:OWNS]->(b) WHERE t.id = 't1' RETURN b.id") == "o"

    async def test_many_rows_go_in_batches_and_progress_is_told(
        self, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(transfer, "_NODES_AT_ONCE", 20)
        monkeypatch.setattr(transfer, "_TIES_AT_ONCE", 30)
        await given.run(database, "UNWIND range(1, 101) AS i CREATE (:Node:Probe {id: toString(i), place: i})")
        await given.run(database, "MATCH (a:Probe), (b:Probe {place: 1}) CREATE (a)-[:OWNS {id: a.id}]->(b)")
        before = await everything(database)
        told: list[tuple[int, int]] = []
        await transfer.dump(database, tmp_path / "dump.gz", progress=lambda done, total: told.append((done, total)))
        await wipe(database)
        with database.recording() as statements:
            await transfer.load(database, tmp_path / "dump.gz", progress=lambda done, total: told.append((done, total)))
        assert await everything(database) == before
        assert sum("CREATE" in statement.query for statement in statements) == 6 + 4
        assert told == [(202, 202), (202, 202)]

    async def test_an_empty_database_is_dumped_and_loaded(self, database: Database, tmp_path: Path) -> None:
        header = await transfer.dump(database, tmp_path / "dump.gz")
        assert (header.nodes, header.ties, header.counters) == (0, 0, {"changes": 0})
        assert header.migrations == STEPS
        assert await transfer.load(database, tmp_path / "dump.gz") == header


class TestDump:
    async def test_a_place_that_cannot_be_written_is_named_as_it_was_given(self, database: Database, tmp_path: Path) -> None:
        with pytest.raises(transfer.TransferProblem, match=r"none/dump\.gz cannot be written: No such file or directory\.$"):
            await transfer.dump(database, tmp_path / "none/dump.gz")

    @pytest.mark.parametrize("make", [os.mkdir, pytest.param(make_fifo, marks=posix)])
    async def test_what_is_no_regular_file_stays_as_it_is(self, database: Database, tmp_path: Path, make: Callable[[Path], object]) -> None:
        place = tmp_path / "place"
        make(place)
        before = place.stat()
        with pytest.raises(transfer.TransferProblem, match=r"place is no regular file, and is left as it is; give another path\.$"):
            await transfer.dump(database, place)
        assert (place.stat().st_ino, place.stat().st_mode) == (before.st_ino, before.st_mode)
        assert os.listdir(tmp_path) == ["place"]

    @posix
    async def test_a_link_stays_and_where_it_leads_to_is_written(self, database: Database, tmp_path: Path) -> None:
        (tmp_path / "link").symlink_to("dump.gz")
        for _ in range(2):
            header = await transfer.dump(database, tmp_path / "link")
        assert (tmp_path / "link").is_symlink()
        assert transfer.archive.check(tmp_path / "dump.gz") == header

    @pytest.mark.parametrize("well", [True, False])
    async def test_nothing_beside_it_is_touched(
        self, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, well: bool
    ) -> None:
        (tmp_path / "dump.gz.part").write_text("somebody's")
        if not well:
            monkeypatch.setattr(transfer, "_NODES", "UNWIND [{id: 'new'}] AS n RETURN 'a', [], n")
        with nullcontext() if well else pytest.raises(transfer.Moved):
            await transfer.dump(database, tmp_path / "dump.gz")
        assert (tmp_path / "dump.gz.part").read_text() == "somebody's"
        assert set(os.listdir(tmp_path)) == {"dump.gz.part", *(["dump.gz"] if well else [])}

    async def test_one_that_is_stopped_leaves_no_draft(self, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        drafts: list[list[str]] = []

        def stop(done: int, total: int) -> None:
            drafts.append(os.listdir(tmp_path))
            raise asyncio.CancelledError

        await given.run(database, "CREATE (:Probe)")
        monkeypatch.setattr(transfer._Meter, "add", lambda meter, count: stop(count, count))
        with pytest.raises(asyncio.CancelledError):
            await transfer.dump(database, tmp_path / "dump.gz")
        assert [name.startswith(".guanxi-dump-") for name in drafts[0]] == [True]
        assert os.listdir(tmp_path) == []

    async def test_names_itself_in_its_gzip_header(self, database: Database, tmp_path: Path) -> None:
        await transfer.dump(database, tmp_path / "all.dump")
        assert b"\x00all.dump\x00" in b"\x00" + (tmp_path / "all.dump").read_bytes()[10:20]

    async def test_is_for_its_owner_alone(self, database: Database, tmp_path: Path) -> None:
        await transfer.dump(database, tmp_path / "dump.gz")
        assert stat.S_IMODE((tmp_path / "dump.gz").stat().st_mode) == 0o600

    @pytest.mark.parametrize(
        "meanwhile",
        [
            "CREATE (:Probe)",
            "MATCH (n:Node {id: 'z'}) CREATE (n)-[:OWNS]->(n)",
            "CREATE (:Probe)-[:OWNS]->(:Probe)",
            "MATCH (c:Counter) SET c.value = 43",
        ],
    )
    async def test_is_refused_when_somebody_writes_meanwhile(
        self, world: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, meanwhile: LiteralString
    ) -> None:
        header = transfer._header

        async def header_then_write(database: Database) -> transfer.Header:
            monkeypatch.setattr(transfer, "_header", header)
            found = await header(database)
            await given.run(database, meanwhile)
            return found

        monkeypatch.setattr(transfer, "_header", header_then_write)
        (tmp_path / "dump.gz").write_text("an older one")
        with pytest.raises(transfer.Moved):
            await transfer.dump(world, tmp_path / "dump.gz")
        assert (tmp_path / "dump.gz").read_text() == "an older one"
        assert os.listdir(tmp_path) == ["dump.gz"]

    async def test_is_refused_when_a_tie_is_newer_than_its_nodes(
        self, world: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(transfer, "_TIES", "MATCH (a)-[t]->(b) RETURN type(t), elementId(a), 'unheard of', properties(t)")
        with pytest.raises(transfer.Moved):
            await transfer.dump(world, tmp_path / "dump.gz")

    @pytest.mark.parametrize("value", ["datetime('2026-01-01T00:00:00Z')", "point({x: 1, y: 2})", "sqrt(-1.0)"])
    async def test_a_value_that_json_cannot_hold_is_refused(self, database: Database, tmp_path: Path, value: LiteralString) -> None:
        await given.run(database, "CREATE (:Probe {value: " + value + "})")
        with pytest.raises(transfer.TransferProblem, match="cannot be dumped"):
            await transfer.dump(database, tmp_path / "dump.gz")
        assert os.listdir(tmp_path) == []


class TestLoad:
    async def test_only_into_an_empty_database(self, world: Database, tmp_path: Path) -> None:
        before = await everything(world)
        await transfer.dump(world, tmp_path / "dump.gz")
        with pytest.raises(transfer.NotEmpty):
            await transfer.load(world, tmp_path / "dump.gz")
        assert await everything(world) == before

    @pytest.mark.parametrize(
        "change",
        [
            lambda lines: [],
            lambda lines: lines[:-1],
            lambda lines: [*lines[:3], *lines[4:]],
            lambda lines: [*lines, lines[-1]],
            lambda lines: [lines[0], lines[2], lines[1], *lines[3:]],
            lambda lines: [line.replace(b"CEO", b"CFO") for line in lines],
            lambda lines: [lines[0].replace(b'"guanxi":1', b'"guanxi":2'), *lines[1:]],
            lambda lines: [lines[0].replace(b'"nodes":7', b'"nodes":8'), *lines[1:]],
            lambda lines: [b"[]\n", *lines[1:]],
            lambda lines: [lines[0], b"\xff\n", *lines[1:]],
        ],
    )
    async def test_a_damaged_file_touches_nothing(self, world: Database, tmp_path: Path, change: Any) -> None:
        await transfer.dump(world, tmp_path / "dump.gz")
        await wipe(world)
        with pytest.raises(transfer.Damaged):
            await transfer.load(world, rewrite(tmp_path / "dump.gz", change))
        assert not await transfer.interrupted(world)
        assert await given.value(world, "MATCH (n:Node) RETURN count(n)") == 0

    @pytest.mark.parametrize("content", [b"", b"key,name\n", gzip.compress(b"x" * 10_000, mtime=0)[:-20]])
    async def test_what_is_no_dump_is_refused(self, database: Database, tmp_path: Path, content: bytes) -> None:
        (tmp_path / "dump.gz").write_bytes(content)
        with pytest.raises(transfer.Damaged, match="dump.gz"):
            await transfer.load(database, tmp_path / "dump.gz")

    def test_fewer_rows_than_said_are_refused(self, tmp_path: Path) -> None:
        with transfer.archive.writing(tmp_path / "dump.gz", transfer.Header(2, 0, {}, [])) as file:
            file.row(["Node"], {"id": "a"})
        with pytest.raises(transfer.Damaged):
            transfer.archive.check(tmp_path / "dump.gz")

    @pytest.mark.parametrize(
        "row",
        [
            [["Node) DETACH DELETE n //"], {}],
            [["Node", 1], {}],
            ["OWNS]->(b) DELETE a //", 0, 1, {}],
            ["OWNS", 0, 99, {}],
            ["OWNS", -1, 0, {}],
            ["OWNS", 0, 1],
            {"labels": []},
        ],
    )
    def test_a_forged_line_becomes_no_statement(self, tmp_path: Path, row: Any) -> None:
        path = tmp_path / "dump.gz"
        with transfer.archive.writing(path, transfer.Header(2, 1, {}, [])) as file:
            for line in ([["Node"], {"id": "a"}], [["Node"], {"id": "b"}], row):
                file.line(line)
        with pytest.raises(transfer.Damaged):
            transfer.archive.check(path)

    async def test_a_dump_of_a_newer_version_is_refused(self, database: Database, tmp_path: Path) -> None:
        with transfer.archive.writing(tmp_path / "dump.gz", transfer.Header(0, 0, {}, ["V001__identity.cypher", "V999__future.py"])):
            pass
        with pytest.raises(transfer.TooNew, match="V999__future.py"):
            await transfer.load(database, tmp_path / "dump.gz")

    async def test_a_dump_of_an_older_version_is_migrated(
        self, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with transfer.archive.writing(tmp_path / "dump.gz", transfer.Header(1, 0, {}, [])) as file:
            file.line([["Node"], {"id": "old"}])
        applied: list[list[str]] = []
        apply = migrate.apply

        async def watched(database: Database, **options: Any) -> list[str]:
            applied.append(await apply(database, **options))
            return applied[-1]

        monkeypatch.setattr(migrate, "apply", watched)
        await transfer.load(database, tmp_path / "dump.gz")
        assert applied == [[], STEPS]
        assert await migrate.pending(database) == []

    async def test_one_that_fails_leaves_nothing(self, database: Database, tmp_path: Path) -> None:
        with transfer.archive.writing(tmp_path / "dump.gz", transfer.Header(3, 0, {"changes": 9}, [])) as file:
            for labels in (["Node"], ["Node", "Person"], ["Node", "Product"]):
                file.line([labels, {"id": "same" if len(labels) > 1 else "a"}])
        with pytest.raises(ConstraintViolated):
            await transfer.load(database, tmp_path / "dump.gz")
        assert await given.value(database, "MATCH (n:Node) RETURN count(n)") == 0
        assert await given.value(database, "MATCH (c:Counter) RETURN c.value") == 0
        assert not await transfer.interrupted(database)

    async def test_one_that_is_killed_is_cleared_by_the_next(self, world: Database, target: Target, tmp_path: Path) -> None:
        before = await everything(world)
        await transfer.dump(world, tmp_path / "dump.gz")
        await wipe(world)
        assert await _load_and_die(target, tmp_path / "dump.gz") == -signal.SIGKILL
        assert await transfer.interrupted(world)
        assert 0 < await given.value(world, "MATCH (n:Node) RETURN count(n)") < len(before[0])
        await transfer.load(world, tmp_path / "dump.gz")
        assert await everything(world) == before


async def _load_and_die(target: Target, path: Path) -> int:
    program = f"""
import asyncio, os, pathlib
from graph.database import Database, Target
from graph import transfer
async def main():
    async with await Database.connect(Target(**{ ({**asdict(target), "folder": None})!r})) as database:
        await transfer.load(database, pathlib.Path({str(path)!r}), progress=lambda done, total: os.kill(os.getpid(), 9))
transfer._NODES_AT_ONCE = 1
# The first ones may be locks and counters.
transfer._Meter.add = lambda self, count: setattr(self, "count", self.count + 1) if self.count < 10 else self._progress(1, 1)
asyncio.run(main())
"""
    child = await asyncio.create_subprocess_exec(sys.executable, "-c", program, cwd=Path(transfer.__file__).parents[2])
    return await child.wait()
