"""What is written and read, and what is seen of it."""

from __future__ import annotations

import dataclasses
import logging

import pytest

from graph.database import BadQuery, Database, Statement, Target, Transaction
from tests.graph.database import given


async def test_what_is_written_is_read(database: Database) -> None:
    value = {"text": "关系 Beziehung", "number": 2**63 - 1, "list": ["a", "b"], "none": None, "true": True}
    rows = await database.write(
        given.work("CREATE (n:Probe {id: 'a'}) SET n.text = $text, n.list = $list RETURN $number, $none, $true", value)
    )
    assert rows == [[2**63 - 1, None, True]]
    (row,) = await database.read("MATCH (n:Probe {id: $id}) RETURN n.text AS text, n.list AS list", {"id": "a"})
    assert (row["text"], row["list"]) == ("关系 Beziehung", ["a", "b"])


async def test_rows_are_in_no_log_of_the_driver(database: Database, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, "neo4j"):
        await database.write(given.work("UNWIND $rows AS row CREATE (:Probe {id: row.id})", {"rows": [{"id": "Ann"}, {"id": "Bob"}]}))
    assert "[2 values]" in caplog.text
    assert "Ann" not in caplog.text
    assert await given.count(database) == 2


async def test_statements_of_one_write_see_one_another_and_nobody_else_does(database: Database) -> None:
    async def work(transaction: Transaction) -> None:
        await transaction.run("CREATE (:Probe {id: 'a'})")
        assert (await transaction.run("MATCH (n:Probe) RETURN count(n)"))[0][0] == 1
        assert await given.count(database) == 0

    await database.write(work)
    assert await given.count(database) == 1


async def test_what_the_work_raises_comes_out_and_nothing_is_written(database: Database) -> None:
    class Refused(Exception):
        pass

    async def work(transaction: Transaction) -> None:
        await transaction.run("CREATE (:Probe {id: 'a'})")
        raise Refused

    with pytest.raises(Refused):
        await database.write(work)
    assert await given.count(database) == 0


async def test_work_may_turn_a_failure_into_its_own(unique: Database) -> None:
    class Duplicate(Exception):
        pass

    async def work(transaction: Transaction) -> None:
        await transaction.run("CREATE (:Probe {id: 'before'})")
        try:
            await transaction.run("RETURN 1 / 0")
        except BadQuery as failure:
            raise Duplicate from failure

    with pytest.raises(Duplicate):
        await unique.write(work)
    assert await given.count(unique) == 0


async def test_a_read_that_writes_is_refused_and_undone(database: Database) -> None:
    with pytest.raises(BadQuery):
        await database.read("CREATE (n:Probe) RETURN n")
    with pytest.raises(BadQuery):
        await anext(database.stream("CREATE (n:Probe) WITH n UNWIND [] AS x RETURN x"))
    assert await given.count(database) == 0


async def test_neo4j_is_reached_through_its_routing_table_too(on_neo4j: None, target: Target) -> None:
    async with await Database.connect(dataclasses.replace(target, uri=target.uri.replace("bolt", "neo4j", 1))) as routed:
        await routed.write(given.work("CREATE (:Probe)"))
        assert await given.count(routed) == 1
        await routed.write(given.work("MATCH (n:Probe) DELETE n"))


async def test_every_statement_is_counted_and_recorded(database: Database) -> None:
    before = database.statements
    with database.recording() as statements:
        await database.read("UNWIND range(1, 3) AS i RETURN i")
        with pytest.raises(BadQuery):
            await database.read("RETURN 1 / 0")
    assert [(each.query, each.rows, type(each.error)) for each in statements] == [
        ("UNWIND range(1, 3) AS i RETURN i", 3, type(None)),
        ("RETURN 1 / 0", 0, BadQuery),
    ]
    assert all(0 < each.seconds < 5 for each in statements)
    assert database.statements == before + 2
    await database.read("RETURN 1")
    assert len(statements) == 2


async def test_an_observer_hears_of_each_statement(database: Database) -> None:
    heard: list[Statement] = []
    database.observers.append(heard.append)
    await database.read("RETURN 1")
    database.observers.remove(heard.append)
    assert [each.query for each in heard] == ["RETURN 1"]
