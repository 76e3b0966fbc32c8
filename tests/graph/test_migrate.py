from __future__ import annotations

import asyncio
import shutil
import signal
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from graph import embedded, migrate
from graph.clock import FixedClock, instant
from graph.database import ConstraintViolated, Database, Target, Transaction, Unavailable
from graph.migrate.lease import Lease, LeaseLost, held
from graph.migrate.steps import Mark, Step, is_schema, load, plan
from tests.graph import given

Folder = Callable[..., Path]
REAL = sorted(path.name for path in migrate.FOLDER.glob("[RV]*__*.*"))

COMPUTING = """
async def apply(database):
    await database.write(lambda transaction: transaction.run("CREATE (:Probe {name: $name})", {"name": "x" * 3}))
"""
KILLED_ONCE = """
import os, pathlib
async def apply(database):
    flag = pathlib.Path({0!r})
    if not flag.exists():
        flag.touch()
        os.kill(os.getpid(), 9)
"""
ROBBED = """
async def apply(database):
    await database.write(lambda transaction: transaction.run("MATCH (l:Lock {name: 'migrations'}) SET l.holder = 'thief'"))
"""


@pytest.fixture
async def folder(database: Database, tmp_path: Path) -> AsyncIterator[Folder]:
    """Gives a folder of the real steps and those of the test, which are forgotten at its end."""

    def make(**files: str) -> Path:
        made = tmp_path / "steps"
        made.mkdir(exist_ok=True)
        for name in REAL:
            shutil.copy(migrate.FOLDER / name, made)
        for name, text in files.items():
            (made / ".".join(name.rsplit("_", 1))).write_text(text, "utf-8")
        return made

    yield make
    await given.run(database, "MATCH (m:Migration) WHERE NOT m.name IN $real DELETE m", real=REAL)
    await given.run(database, "MATCH (l:Lock {name: 'migrations'}) REMOVE l.holder, l.until")


def step(name: str, checksum: str = "1") -> Step:
    return Step(Path(name), int(name[1:4]) if name[0] == "V" else None, checksum)


def names(steps: list[Step]) -> list[str]:
    return [step.name for step in steps]


class TestLoad:
    def test_orders_by_number_and_puts_repeatable_steps_last(self, tmp_path: Path) -> None:
        for name in (
            "R__b.cypher",
            "R__a.cypher",
            "V1000__d.cypher",
            "V002__c.py",
            "V010__e.cypher",
            "V001__f.cypher",
            "__init__.py",
            "notes.md",
        ):
            (tmp_path / name).write_text("")
        assert names(load(tmp_path)) == ["V001__f.cypher", "V002__c.py", "V010__e.cypher", "V1000__d.cypher", "R__a.cypher", "R__b.cypher"]

    @pytest.mark.parametrize(
        "name", ["V1__short.cypher", "V001_one.cypher", "V001__Name.cypher", "R__computed.py", "helper.py", "V001__.cypher"]
    )
    def test_refuses_a_name_that_says_nothing(self, tmp_path: Path, name: str) -> None:
        (tmp_path / name).write_text("")
        with pytest.raises(migrate.Misnamed, match=name) as refused:
            load(tmp_path)
        assert refused.value.step == name

    def test_refuses_a_number_used_twice(self, tmp_path: Path) -> None:
        for name in ("V001__a.cypher", "V001__b.py"):
            (tmp_path / name).write_text("")
        with pytest.raises(migrate.Misnamed, match="V001__b.py"):
            load(tmp_path)

    def test_splits_statements_and_leaves_comments_out(self, tmp_path: Path) -> None:
        (tmp_path / "V001__a.cypher").write_text("// why;\nRETURN 1;\n\n  // more\nMATCH (n)\nRETURN ';', n;\nRETURN 3")
        assert load(tmp_path)[0].statements == ["RETURN 1", "MATCH (n)\nRETURN ';', n", "RETURN 3"]

    def test_checksum_is_of_the_content_however_lines_end(self, tmp_path: Path) -> None:
        path = tmp_path / "V001__a.cypher"
        sums = []
        for content in (b"RETURN 1;\nRETURN 2;\n", b"RETURN 1;\r\nRETURN 2;\r\n", b"RETURN 1;\nRETURN 3;\n"):
            path.write_bytes(content)
            sums.append(load(tmp_path)[0].checksum)
        assert sums[0] == sums[1] != sums[2]

    @pytest.mark.parametrize(
        ("statement", "schema"),
        [
            ("CREATE INDEX a IF NOT EXISTS FOR (n:A) ON (n.b)", True),
            ("create fulltext index a IF NOT EXISTS FOR (n:A) ON EACH [n.b]", True),
            ("DROP CONSTRAINT a IF EXISTS", True),
            ("CREATE (n:Index {name: 'INDEX'})", False),
            ("MATCH (n) SET n.x = 'CREATE INDEX'", False),
        ],
    )
    def test_tells_schema_from_data(self, statement: str, schema: bool) -> None:
        assert is_schema(statement) is schema


class TestPlan:
    def test_everything_is_pending_at_first_and_nothing_afterwards(self) -> None:
        steps = [step("V001__a.cypher"), step("R__b.cypher")]
        assert plan(steps, {}) == steps
        assert plan(steps, {each.name: Mark(each.checksum, 1, True) for each in steps}) == []

    def test_a_step_that_was_cut_off_is_pending(self) -> None:
        assert names(plan([step("V001__a.cypher")], {"V001__a.cypher": Mark("1", 3, False)})) == ["V001__a.cypher"]

    @pytest.mark.parametrize("complete", [True, False])
    def test_a_changed_step_is_refused_by_name(self, complete: bool) -> None:
        with pytest.raises(migrate.Changed, match="V001__a.cypher"):
            plan([step("V001__a.cypher", "2")], {"V001__a.cypher": Mark("1", 3, complete)})

    def test_a_changed_repeatable_step_is_pending(self) -> None:
        assert names(plan([step("R__a.cypher", "2")], {"R__a.cypher": Mark("1", 3, True)})) == ["R__a.cypher"]

    def test_a_missing_step_is_refused_by_name(self) -> None:
        with pytest.raises(migrate.Missing, match="V002__b.cypher"):
            plan([step("V001__a.cypher")], {"V001__a.cypher": Mark("1", 1, True), "V002__b.cypher": Mark("1", 1, True)})

    def test_a_repeatable_step_may_go(self) -> None:
        assert plan([], {"R__a.cypher": Mark("1", 1, True)}) == []

    def test_a_step_that_comes_too_late_is_refused_by_name(self) -> None:
        with pytest.raises(migrate.OutOfOrder, match="V002__b.cypher"):
            plan([step("V002__b.cypher"), step("V003__c.cypher")], {"V003__c.cypher": Mark("1", 1, True)})


class TestApply:
    async def test_runs_what_is_pending_once_and_tells_progress(self, database: Database, folder: Folder, clock: FixedClock) -> None:
        steps = folder(
            V901__a_cypher="CREATE (:Probe {name: 'a'});\nMATCH (p:Probe) SET p.seen = true;", R__z_cypher="CREATE (:Probe {name: 'z'});"
        )
        told: list[str] = []
        assert await migrate.pending(database, folder=steps) == ["V901__a.cypher", "R__z.cypher"]
        assert await migrate.apply(database, clock=clock, progress=told.append, folder=steps) == told == ["V901__a.cypher", "R__z.cypher"]
        assert await migrate.pending(database, folder=steps) == await migrate.apply(database, folder=steps) == []
        assert [tuple(row) for row in await given.rows(database, "MATCH (p:Probe) RETURN p.name, p.seen ORDER BY p.name")] == [
            ("a", True),
            ("z", None),
        ]
        mark = await given.value(database, "MATCH (m:Migration {name: 'V901__a.cypher'}) RETURN properties(m)")
        assert (mark["done"], mark["applied_at"], mark["checksum"]) == (
            2,
            instant(clock.now()),
            {step.name: step.checksum for step in load(steps)}["V901__a.cypher"],
        )

    async def test_nothing_pending_writes_nothing(self, database: Database) -> None:
        with database.recording() as statements:
            assert await migrate.apply(database) == []
        assert len(statements) == 1

    async def test_a_repeatable_step_runs_again_when_it_changed(self, database: Database, folder: Folder) -> None:
        text = "MERGE (p:Probe {name: 'r'}) SET p.runs = coalesce(p.runs, 0) + 1;\n"
        for content in (text, text, text + "// changed"):
            await migrate.apply(database, folder=folder(R__z_cypher=content))
        assert await given.value(database, "MATCH (p:Probe) RETURN p.runs") == 2

    async def test_nothing_runs_when_an_applied_step_was_changed(self, database: Database, folder: Folder) -> None:
        await migrate.apply(database, folder=folder(V901__a_cypher="CREATE (:Probe);"))
        steps = folder(V901__a_cypher="CREATE (:Probe {x: 1});", V902__b_cypher="CREATE (:Probe);")
        with pytest.raises(migrate.Changed, match="V901__a.cypher"):
            await migrate.apply(database, folder=steps)
        with pytest.raises(migrate.Changed, match="V901__a.cypher"):
            await migrate.pending(database, folder=steps)
        assert await given.value(database, "MATCH (p:Probe) RETURN count(p)") == 1

    async def test_a_python_step_computes(self, database: Database, folder: Folder) -> None:
        assert await migrate.apply(database, folder=folder(V901__a_py=COMPUTING)) == ["V901__a.py"]
        assert await given.value(database, "MATCH (p:Probe) RETURN p.name") == "xxx"

    async def test_goes_on_after_the_statement_that_failed(self, database: Database, folder: Folder) -> None:
        await given.run(database, "CREATE (:Node {id: 'taken'})")
        steps = folder(
            V901__a_cypher="CREATE (:Probe {name: 'first'});\nCREATE (:Node:Probe {id: 'taken'});\nCREATE (:Probe {name: 'last'});"
        )
        with pytest.raises(ConstraintViolated):
            await migrate.apply(database, folder=steps)
        assert await migrate.pending(database, folder=steps) == ["V901__a.cypher"]
        await given.run(database, "MATCH (n:Node {id: 'taken'}) DELETE n")
        assert await migrate.apply(database, folder=steps) == ["V901__a.cypher"]
        assert await given.value(database, "MATCH (p:Probe) RETURN count(p)") == 3

    async def test_two_servers_at_once_apply_a_step_once(self, target: Target, database: Database, folder: Folder) -> None:
        steps = folder(V901__a_cypher="CREATE (:Probe);\nCREATE (:Probe);", V902__b_cypher="CREATE (:Probe);")
        async with await Database.connect(target) as other:
            applied = await asyncio.gather(migrate.apply(database, folder=steps), migrate.apply(other, folder=steps))
        assert sorted(applied) == [[], ["V901__a.cypher", "V902__b.cypher"]]
        assert await given.value(database, "MATCH (p:Probe) RETURN count(p)") == 3

    async def test_a_killed_run_is_taken_over_and_goes_on(self, target: Target, database: Database, folder: Folder, tmp_path: Path) -> None:
        steps = folder(
            V901__a_cypher="CREATE (:Probe);", V902__b_py=KILLED_ONCE.format(str(tmp_path / "killed")), V903__c_cypher="CREATE (:Probe);"
        )
        assert await _apply_elsewhere(target, steps) == -signal.SIGKILL
        assert await migrate.pending(database, folder=steps) == ["V902__b.py", "V903__c.cypher"]
        assert await migrate.apply(database, folder=steps) == ["V902__b.py", "V903__c.cypher"]
        assert await given.value(database, "MATCH (p:Probe) RETURN count(p)") == 2

    async def test_whoever_lost_the_lock_writes_nothing_more(self, database: Database, folder: Folder) -> None:
        steps = folder(V901__a_py=ROBBED, V902__b_cypher="CREATE (:Probe);")
        with pytest.raises(LeaseLost):
            await migrate.apply(database, folder=steps)
        assert await given.value(database, "MATCH (p:Probe) RETURN count(p)") == 0
        assert await given.value(database, "MATCH (l:Lock {name: 'migrations'}) RETURN l.holder") == "thief"

    async def test_a_statement_is_undone_when_the_lock_is_lost_under_it(self, database: Database, folder: Folder) -> None:
        steps = folder(V901__a_cypher="MATCH (l:Lock {name: 'migrations'}) SET l.holder = 'thief';\nCREATE (:Probe);")
        with pytest.raises(LeaseLost):
            await migrate.apply(database, folder=steps)
        assert await given.value(database, "MATCH (p:Probe) RETURN count(p)") == 0
        assert await given.value(database, "MATCH (m:Migration {name: 'V901__a.cypher'}) RETURN m.done") == 0


async def _apply_elsewhere(target: Target, steps: Path) -> int:
    program = f"""
import asyncio, pathlib
from graph.database import Database, Target
from graph import migrate
async def main():
    async with await Database.connect(Target(**{ ({**asdict(target), "folder": None})!r})) as database:
        await migrate.apply(database, folder=pathlib.Path({str(steps)!r}), lease_seconds=1)
asyncio.run(main())
"""
    child = await asyncio.create_subprocess_exec(sys.executable, "-c", program, cwd=Path(migrate.__file__).parents[2])
    return await child.wait()


class TestLease:
    async def test_is_kept_from_others_while_its_holder_lives(self, database: Database, folder: Folder) -> None:
        async with held(database, 1.2):
            await asyncio.sleep(1.6)
            assert not await Lease(1).take(database)
        other = Lease(1)
        assert await other.take(database)
        await other.free(database)

    async def test_is_renewed_after_a_failure(self, database: Database, folder: Folder) -> None:
        class Failing(Lease):
            renewals = 0

            async def check(self, transaction: Transaction) -> None:
                self.renewals += 1
                if self.renewals == 1:
                    raise Unavailable("away for a moment")
                await super().check(transaction)

        lease = Failing(0.3)
        await lease.take(database)
        renewal = asyncio.create_task(lease.renew(database))
        async with asyncio.timeout(10):
            while lease.renewals < 3:
                await asyncio.sleep(0.05)
        assert not renewal.done()
        renewal.cancel()
        await lease.free(database)

    async def test_is_taken_over_once_it_ran_out(self, database: Database, folder: Folder) -> None:
        dead = Lease(0.2)
        assert await dead.take(database)
        async with asyncio.timeout(5), held(database, 1):
            with pytest.raises(LeaseLost):
                await database.write(dead.check)


class TestSchema:
    @pytest.mark.parametrize(
        ("label", "key"),
        [
            ("Node", "id"),
            ("Identifier", "key"),
            ("UnclaimedAddress", "match"),
            ("Change", "id"),
            ("Change", "key"),
            ("Counter", "name"),
            ("Lock", "name"),
            ("Migration", "name"),
        ],
    )
    async def test_keys_of_nodes_are_unique(self, database: Database, label: str, key: str) -> None:
        query = f"CREATE (n:{label} {{{key}: 'twice'}})"
        await given.run(database, query)  # type: ignore[arg-type, unused-ignore]
        try:
            with pytest.raises(ConstraintViolated):
                await given.run(database, query)  # type: ignore[arg-type, unused-ignore]
        finally:
            await given.run(database, f"MATCH (n:{label} {{{key}: 'twice'}}) DELETE n")  # type: ignore[arg-type, unused-ignore]

    @pytest.mark.parametrize(
        ("kind", "key"),
        [
            *(
                (kind, "id")
                for kind in ("CUSTOMER_OF", "PARTNER_OF", "SUPPLIER_OF", "OWNS", "PARTNERS_WITH", "SUPPLIES", "COVERS", "KNOWS")
            ),
            ("KNOWS", "pair"),
        ],
    )
    async def test_keys_of_ties_are_unique(self, database: Database, kind: str, key: str) -> None:
        query = f"CREATE (:Probe)-[:{kind} {{{key}: 'twice'}}]->(:Probe)"
        await given.run(database, query)  # type: ignore[arg-type, unused-ignore]
        with pytest.raises(ConstraintViolated):
            await given.run(database, query)  # type: ignore[arg-type, unused-ignore]

    async def test_a_change_without_a_key_is_not_unique(self, database: Database) -> None:
        await given.run(database, "CREATE (:Change {id: 'a', number: 7}), (:Change {id: 'b', number: 7})")

    async def test_the_counter_and_the_locks_are_there(self, database: Database) -> None:
        found = await given.rows(database, "MATCH (n) WHERE n:Counter OR n:Lock RETURN n.name, n.value ORDER BY n.name")
        assert [tuple(row) for row in found] == [
            ("OWNS", None),
            ("REPORTS_TO", None),
            ("analyses", None),
            ("changes", 0),
            ("migrations", None),
        ]

    async def test_everything_can_be_made_again(self, database: Database) -> None:
        await given.run(database, "MATCH (m:Migration) DELETE m")
        assert sorted(await migrate.apply(database)) == REAL
        assert await migrate.apply(database) == []

    async def test_numbers_compare_as_numbers_in_an_index(self, database: Database) -> None:
        await given.run(database, "UNWIND [9, 10, 100, -5, 2.5] AS score CREATE (:Party {influence_score: score})")
        found = await given.rows(
            database, "MATCH (p:Party) WHERE p.influence_score >= $a AND p.influence_score < $b RETURN p.influence_score", a=2.5, b=100
        )
        assert sorted(row[0] for row in found) == [2.5, 9, 10]

    @pytest.mark.parametrize(
        "query",
        [
            "MATCH (n:Person) WHERE n.sort_name IS NOT NULL RETURN n.id ORDER BY n.sort_name, n.id LIMIT 20",
            "MATCH (n:Organization) WHERE n.influence_score IS NOT NULL RETURN n.id ORDER BY n.influence_score DESC, n.id LIMIT 20",
            "MATCH (n:Party) WHERE n.created_at <= $v RETURN n.id ORDER BY n.created_at DESC, n.id LIMIT 20",
            "MATCH (a)-[t:OWNS]->(b) WHERE t.id = $v RETURN a.id, b.id",
            "MATCH (n:ContactPoint {match: $v}) RETURN n.id",
            "MATCH (n:Change) WHERE n.number > $v AND n.number <= $v RETURN n.id ORDER BY n.number LIMIT 100",
        ],
    )
    async def test_neo4j_answers_from_an_index(self, database: Database, query: str) -> None:
        if database.engine == "embedded":
            pytest.skip("its plan is text without a contract")
        plan = await _plan(database, query)
        assert any("Index" in operator for operator in plan), plan
        assert not any("Sort" in operator or "LabelScan" in operator for operator in plan), plan

    async def test_full_text_finds_single_characters_and_stop_words(self, database: Database) -> None:
        await given.run(
            database,
            "CREATE (:Node:Person {id: 'a', search_text: '张伟 zhangwei zw'}), (:Node:Product {id: 'b', search_text: 'will to be'})",
        )
        for text, found in (("张", "a"), ("zhangw*", "a"), ("will", "b"), ("to", "b"), ("(be AND wil*)", "b")):
            rows = await given.rows(database, "CALL db.index.fulltext.queryNodes('search', $text) YIELD node RETURN node.id", text=text)
            assert [row[0] for row in rows] == [found], text

    async def test_the_seam_takes_our_one_form_of_full_text(self, database: Database) -> None:
        if database.engine == "neo4j":
            pytest.skip("it takes every form")
        indexes = await embedded.sql(database.target, "SELECT name FROM schema:indexes WHERE name = 'search'")
        assert len(indexes) == 1


async def _plan(database: Database, query: str) -> list[str]:
    async with database._driver.session(database=database.target.database) as session:
        result = await session.run(f"EXPLAIN {query}", {"v": "x"})  # type: ignore[arg-type, unused-ignore]
        return _operators((await result.consume()).plan or {})


def _operators(plan: dict[str, Any]) -> list[str]:
    return [plan["operatorType"], *(name for child in plan.get("children", []) for name in _operators(child))]
