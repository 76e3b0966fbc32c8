"""Every way to fail, as the failure it is."""

from __future__ import annotations

import asyncio
import dataclasses
import socket
import time
from typing import Any, LiteralString

import pytest

from graph.database import BadQuery, ConstraintViolated, Database, Target, TooLarge, Unavailable
from tests.graph.database import given


@pytest.mark.parametrize(
    ("query", "parameters"),
    [
        ("RETURN", None),
        ("RETURN $absent", None),
        ("RETURN 1 / 0", None),
        ("RETURN $text", {"text": "\ud800"}),
        ("RETURN $number", {"number": 2**63}),
        ("RETURN $thing", {"thing": object()}),
    ],
)
async def test_a_bad_statement_or_value_is_a_bad_query(database: Database, query: LiteralString, parameters: dict[str, Any] | None) -> None:
    for run in (database.read, lambda q, p: database.write(given.work(q, p))):
        started = time.monotonic()
        with pytest.raises(BadQuery):
            await run(query, parameters)
        assert time.monotonic() - started < 5
    assert (await database.read("RETURN 1"))[0][0] == 1


async def test_a_value_that_exists_is_a_violated_constraint(unique: Database) -> None:
    await unique.write(given.work("CREATE (:Probe {id: 'a'})"))
    started = time.monotonic()
    with pytest.raises(ConstraintViolated):
        await unique.write(given.work("CREATE (:Probe {id: 'b'}) CREATE (:Probe {id: 'a'})"))
    assert time.monotonic() - started < 2
    assert await given.count(unique) == 1


async def test_a_transaction_over_its_memory_is_not_tried_again(on_neo4j: None, database: Database) -> None:
    with database.recording() as statements, pytest.raises(TooLarge):
        await database.read("UNWIND range(1, 30000000) AS i RETURN collect(toString(i)) AS list")
    assert len(statements) == 1


def _nobody() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.mark.parametrize("uri", ["bolt://127.0.0.1:{port}", "http://127.0.0.1:{port}", "bolt://no.such.host.invalid", "nonsense"])
async def test_a_database_that_is_not_there_is_unavailable(uri: str) -> None:
    started = time.monotonic()
    with pytest.raises(Unavailable):
        await Database.connect(Target(uri.format(port=_nobody()), "neo4j", "x", "neo4j", "neo4j"), statement_seconds=1)
    assert time.monotonic() - started < 5


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\x00\x00\x00\x00"])
async def test_something_that_is_no_database_is_unavailable(answer: bytes) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(answer)
        await reader.read()
        writer.close()

    async with await asyncio.start_server(talk, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(Unavailable):
            await Database.connect(Target(f"bolt://127.0.0.1:{port}", "neo4j", "x", "neo4j", "neo4j"), statement_seconds=1)


async def test_a_wrong_password_is_unavailable_at_once(target: Target) -> None:
    started = time.monotonic()
    with pytest.raises(Unavailable):
        await Database.connect(dataclasses.replace(target, password="wrong"))
    assert time.monotonic() - started < 10


async def test_an_unknown_database_is_unavailable(target: Target) -> None:
    with pytest.raises(Unavailable):
        await Database.connect(dataclasses.replace(target, database="nosuch"), statement_seconds=1)
